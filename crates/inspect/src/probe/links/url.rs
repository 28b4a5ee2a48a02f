//! An address as a browser reads it: entities, escapes, tabs and backslashes undone, then cut into its parts.

/// Longest address that is analysed, in bytes; what follows is ignored.
const LONGEST: usize = 8192;

/// The parts of an address that names a host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Url {
    /// `http`, `https`, …; empty for `//host/…`.
    pub(crate) scheme: String,
    /// Before `@`; empty if there is none.
    pub(crate) userinfo: String,
    /// Lower case, without port, percent-decoded, no dot at the end.
    pub(crate) host: String,
    /// The host as it is written, which data in it may depend on.
    pub(crate) spelled: String,
    /// With the leading `/`.
    pub(crate) path: String,
    /// Without the `?`.
    pub(crate) query: String,
    /// Without the `#`.
    pub(crate) fragment: String,
}

/// Schemes whose address names a host that is contacted.
const REMOTE: &[&str] = &["http", "https", "ftp", "ws", "wss"];

/// Whether the beginning of a destination can be an address of a host, or one that runs code.
pub(crate) fn may_matter(raw: &str) -> bool {
    let head: String = clean(raw, 40);
    let head = head.trim_start();
    head.starts_with("//") || scheme(head).is_some()
}

/// The scheme of an address in lower case, if it has one.
pub(crate) fn scheme(text: &str) -> Option<String> {
    let (scheme, _) = text.split_once(':')?;
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let good = scheme.len() <= 12
        && scheme.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic())
        && scheme.bytes().all(letters);
    good.then(|| scheme.to_ascii_lowercase())
}

/// What a browser or a Markdown reader makes of a destination before it takes it apart: HTML entities decoded,
/// backslash escapes undone, backslashes turned into slashes, tabs, line ends and controls removed.
pub(crate) fn clean(raw: &str, most: usize) -> String {
    let mut out = String::with_capacity(raw.len().min(most));
    let mut rest = raw;
    while let Some(first) = rest.chars().next() {
        if out.len() >= most {
            break;
        }
        let (mut char, mut len) = (first, first.len_utf8());
        if first == '&'
            && let Some((decoded, taken)) = entity(rest)
        {
            (char, len) = (decoded, taken);
        }
        rest = rest.get(len..).unwrap_or_default();
        match char {
            '\\' => {
                let escaped = rest.chars().next().filter(|next| next.is_ascii_punctuation() && *next != '\\');
                if escaped.is_none_or(|next| next == '/') {
                    out.push('/');
                }
            }
            '\u{0}'..='\u{1f}' => {}
            _ => out.push(char),
        }
    }
    out
}

/// A character reference at the start of a text, and its length in bytes.
fn entity(text: &str) -> Option<(char, usize)> {
    let head = text.as_bytes().get(1..)?;
    if head.first() == Some(&b'#') {
        let hex = matches!(head.get(1), Some(b'x' | b'X'));
        let from = 2 + usize::from(hex);
        let radix = if hex { 16 } else { 10 };
        let digits = text.as_bytes().get(from..)?.iter().take(8);
        let count = digits.take_while(|byte| char::from(**byte).is_digit(radix)).count();
        let code = u32::from_str_radix(text.get(from..from + count)?, radix).ok()?;
        let semicolon = usize::from(text.as_bytes().get(from + count) == Some(&b';'));
        return Some((char::from_u32(code)?, from + count + semicolon));
    }
    let len = head.iter().take(10).position(|byte| *byte == b';')?;
    let char = match text.get(1..=len)? {
        "amp" | "AMP" => '&',
        "colon" => ':',
        "sol" => '/',
        "bsol" => '\\',
        "period" => '.',
        "quest" => '?',
        "equals" => '=',
        "num" => '#',
        "percnt" => '%',
        "commat" => '@',
        "lowbar" => '_',
        "hyphen" | "dash" => '-',
        "lpar" => '(',
        "rpar" => ')',
        "quot" => '"',
        "apos" => '\'',
        "lt" => '<',
        "gt" => '>',
        "Tab" => '\t',
        "NewLine" => '\n',
        "nbsp" => ' ',
        _ => return None,
    };
    Some((char, len + 2))
}

impl Url {
    /// A letter with its content: the host is the receiver's.
    fn letter(rest: &str) -> Option<Self> {
        let (address, query) = rest.split_once('?')?;
        let (_, host) = address.rsplit_once('@')?;
        let (host, query) = (percent_decode(host, false), query.to_string());
        Some(Self { scheme: "mailto".into(), host: host.to_lowercase(), spelled: host, query, ..Self::default() })
    }

    /// Reads a destination; None if it names no host. A scheme of the web is followed by any number of slashes.
    pub(crate) fn parse(raw: &str) -> Option<Self> {
        let text = clean(raw, LONGEST);
        let text = text.trim();
        let (scheme, rest) = match scheme(text) {
            Some(scheme) if REMOTE.contains(&scheme.as_str()) => {
                let rest = text.get(scheme.len() + 1..)?;
                (scheme, rest.strip_prefix('/')?)
            }
            Some(scheme) if scheme == "mailto" => return Self::letter(text.get(scheme.len() + 1..)?),
            Some(_) => return None,
            None => (String::new(), text.strip_prefix("//")?),
        };
        let rest = rest.trim_start_matches('/');
        let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
        let (userinfo, place) = authority.rsplit_once('@').unwrap_or(("", authority));
        let host = match place.strip_prefix('[') {
            Some(address) => address.split(']').next().unwrap_or_default(),
            None => place.split(':').next().unwrap_or_default(),
        };
        // IDNA takes other full stops for a dot.
        let spelled = percent_decode(host, false).replace(['\u{3002}', '\u{ff0e}', '\u{ff61}'], ".");
        let spelled = spelled.trim_end_matches('.').to_string();
        let host = spelled.to_lowercase();
        let part = str::to_string;
        (!host.is_empty()).then(|| Self {
            scheme,
            userinfo: part(userinfo),
            host,
            spelled,
            path: part(path),
            query: part(query),
            fragment: part(fragment),
        })
    }

    /// Names and values of the query; a name without `=` has an empty value and counts as a value itself.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        pairs(&self.query)
    }
}

/// `a=b&c;d=e` as pairs; None for a piece without `=`.
pub(crate) fn pairs(text: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    text.split(['&', ';'])
        .filter(|piece| !piece.is_empty())
        .map(|piece| piece.split_once('=').map_or((piece, None), |(name, value)| (name, Some(value))))
}

/// Undoes `%41`, twice if it was done twice; bytes that make no UTF-8 are replaced. `plus` turns `+` into a space.
pub(crate) fn percent_decode(text: &str, plus: bool) -> String {
    let once = decode_once(text, plus);
    if once.contains("%2") || once.contains("%3") { decode_once(&once, false) } else { once }
}

fn decode_once(text: &str, plus: bool) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        match byte {
            b'%' => match (digit(ahead.next()), digit(ahead.next())) {
                (Some(high), Some(low)) => {
                    out.push((high * 16 + low) as u8);
                    bytes = ahead;
                }
                _ => out.push(byte),
            },
            b'+' if plus => out.push(b' '),
            _ => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_a_browser_reads_it() {
        for (raw, host, path, query) in [
            ("https://Evil.Example/a/b?q=1#f", "evil.example", "/a/b", "q=1"),
            ("//evil.example/x", "evil.example", "/x", ""),
            ("https:\\\\evil.example\\x?q=1", "evil.example", "/x", "q=1"),
            ("https:/evil.example/x", "evil.example", "/x", ""),
            ("ht\ntps://ev\til.example/?q=1", "evil.example", "/", "q=1"),
            ("&#104;ttps&colon;//evil.example?d=&#x61;b", "evil.example", "", "d=ab"),
            ("https://good.example@evil.example:8443/", "evil.example", "/", ""),
            ("https://evil.example/a\\?q=1\\&r=2", "evil.example", "/a", "q=1&r=2"),
            ("http://[::1]:80/x", "::1", "/x", ""),
            ("http://ev%69l.example./", "evil.example", "/", ""),
        ] {
            let url = Url::parse(raw).unwrap_or_else(|| panic!("{raw}"));
            assert_eq!((url.host.as_str(), url.path.as_str(), url.query.as_str()), (host, path, query), "{raw}");
        }
        for none in ["mailto:a@b.example", "images/logo.png", "#anchor", "https:", "javascript:x", ""] {
            assert_eq!(Url::parse(none), None, "{none}");
        }
    }

    #[test]
    fn percent_signs_are_undone_twice() {
        assert_eq!(percent_decode("a%20b%2Bc+d", true), "a b+c d");
        assert_eq!(percent_decode("a%2520b%zz%", false), "a b%zz%");
    }
}
