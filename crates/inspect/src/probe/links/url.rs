//! An address as a browser reads it: entities, escapes, tabs and backslashes undone, then cut into its parts. Most
//! addresses are spelled plainly; of them nothing is copied.

use std::borrow::Cow;

use crate::probe::hostile::reads;

/// Longest address that is analysed, in bytes; what follows is ignored.
const LONGEST: usize = 8192;

/// The parts of an address that names a host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Url<'a> {
    /// Before `@`; empty if there is none.
    pub(crate) userinfo: &'a str,
    /// Lower case, without port, percent-decoded, no dot at the end.
    pub(crate) host: Cow<'a, str>,
    /// The host as it is written, which data in it may depend on.
    pub(crate) spelled: Cow<'a, str>,
    /// With the leading `/`.
    pub(crate) path: &'a str,
    /// Without the `?`.
    pub(crate) query: &'a str,
    /// Without the `#`.
    pub(crate) fragment: &'a str,
    /// It begins a letter, which somebody reads before sending it.
    pub(crate) letter: bool,
}

/// Schemes whose address names a host that is contacted.
const REMOTE: &[&str] = &["http", "https", "ftp", "ws", "wss"];

/// The scheme of an address as it is written, if it has one of at most twelve characters.
pub(crate) fn scheme(text: &str) -> Option<&str> {
    let end = text.bytes().take(13).position(|byte| byte == b':')?;
    let scheme = text.get(..end)?;
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let good = scheme.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic()) && scheme.bytes().all(letters);
    good.then_some(scheme)
}

/// What a browser or a Markdown reader makes of a destination before it takes it apart: HTML entities decoded,
/// backslash escapes undone, backslashes turned into slashes, tabs, line ends and controls removed. What comes behind
/// the longest address that is analysed is left out.
pub(crate) fn clean(raw: &str) -> Cow<'_, str> {
    let head = prefix(raw, LONGEST);
    reads(head.len());
    // Without an early end, so that the compiler takes many bytes at once.
    if head.bytes().fold(false, |any, byte| any | matches!(byte, b'&' | b'\\' | 0..=0x1f)) {
        Cow::Owned(undo(raw, LONGEST))
    } else {
        Cow::Borrowed(head)
    }
}

/// The beginning of a text up to the first character that starts at or behind a place.
pub(crate) fn prefix(text: &str, most: usize) -> &str {
    let end = (most..text.len()).find(|at| text.is_char_boundary(*at));
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

fn undo(raw: &str, most: usize) -> String {
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

impl<'a> Url<'a> {
    /// A letter with its content: the host is the receiver's.
    fn letter(rest: &'a str) -> Option<Self> {
        let (address, query) = rest.split_once('?')?;
        let (_, host) = address.rsplit_once('@')?;
        let spelled = percent_decode(host, false);
        Some(Self { host: lower(&spelled), spelled, query, letter: true, ..Self::default() })
    }

    /// Reads a destination that is [`clean`]; None if it names no host. A scheme of the web is followed by any number
    /// of slashes.
    pub(crate) fn parse(clean: &'a str) -> Option<Self> {
        let text = clean.trim();
        let rest = match scheme(text) {
            Some(scheme) => {
                let rest = text.get(scheme.len() + 1..)?;
                if scheme.eq_ignore_ascii_case("mailto") {
                    return Self::letter(rest);
                }
                REMOTE.iter().find(|remote| scheme.eq_ignore_ascii_case(remote))?;
                rest.strip_prefix('/')?
            }
            None if text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www.")) => text,
            None => text.strip_prefix("//")?,
        };
        let rest = rest.trim_start_matches('/');
        let (rest, fragment) = cut(rest, b'#');
        let (rest, query) = cut(rest, b'?');
        reads(text.len());
        let slash = memchr::memchr(b'/', rest.as_bytes()).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(slash)?;
        let at = memchr::memrchr(b'@', authority.as_bytes());
        let place = authority.get(at.map_or(0, |at| at + 1)..)?;
        let host = match place.strip_prefix('[') {
            Some(address) => cut(address, b']').0,
            None => cut(place, b':').0,
        };
        let spelled = spelled(host);
        (!spelled.is_empty()).then(|| Self {
            userinfo: at.and_then(|at| authority.get(..at)).unwrap_or_default(),
            host: lower(&spelled),
            spelled,
            path,
            query,
            fragment,
            letter: false,
        })
    }

    /// Addresses inside this one, to which a redirect or a proxy passes what they carry: in a parameter, or behind
    /// another address in the path.
    pub(crate) fn inner(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut take = |text: &str| {
            let whole = ["http://", "https://", "//"].iter().any(|scheme| prefix(text, 8).starts_with(scheme));
            // `host.example/path?data` without a scheme: proxies of images take it so.
            let host = text.split(['/', '?']).next().unwrap_or_default();
            let bare = (text.contains('?') || text.contains('/') && is_top_level(host))
                && host.contains('.')
                && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
            if whole {
                found.push(text.to_string());
            } else if bare {
                found.push(format!("//{text}"));
            }
        };
        for value in self.parameters().filter_map(|(_, value)| value).filter(|value| value.len() > 10) {
            if value.contains(['/', '%']) {
                take(&percent_decode(value, true));
            }
        }
        // In base64, perhaps behind a mark of its kind.
        let values = self.parameters().filter_map(|(_, value)| value).chain(self.path.split('/'));
        for value in values.filter(|value| value.len() > 24) {
            if let Some(at) = value.get(..8).and_then(|head| head.find("aHR0c"))
                && let Some(address) = value.get(at..).and_then(super::data::decoded)
            {
                take(&address);
            }
        }
        // `google.com/amp/s/host.example/path`: a page that is shown by a service.
        for mark in ["/amp/s/", "/amp/"] {
            if let Some((_, rest)) = self.path.split_once(mark).filter(|(before, _)| before.is_empty()) {
                take(&if self.query.is_empty() { rest.to_string() } else { format!("{rest}?{}", self.query) });
                break;
            }
        }
        let schemes = self.path.match_indices("http").filter(|(at, _)| *at > 0);
        for (at, _) in schemes.take(2) {
            let rest = self.path.get(at..).unwrap_or_default();
            if rest.contains(':') || rest.contains("%3") {
                let query = if self.query.is_empty() { String::new() } else { format!("?{}", self.query) };
                take(&format!("{}{query}", percent_decode(rest, false)));
            }
        }
        found
    }

    /// Names and values of the query; a name without `=` has an empty value and counts as a value itself.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&'a str, Option<&'a str>)> {
        pairs(self.query)
    }
}

/// Whether a name ends like the host of a page rather than like a file.
fn is_top_level(host: &str) -> bool {
    const TOP: &[&str] =
        &["app", "co", "com", "dev", "example", "info", "io", "net", "online", "org", "site", "top", "xyz"];
    host.rsplit('.').next().is_some_and(|top| TOP.contains(&top))
}

/// What stands before and behind the first of a byte.
fn cut(text: &str, at: u8) -> (&str, &str) {
    let at = memchr::memchr(at, text.as_bytes()).unwrap_or(text.len());
    (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default())
}

/// A host without what spells it otherwise: percent signs, the full stops that IDNA takes for a dot, dots at the end.
fn spelled(host: &str) -> Cow<'_, str> {
    match percent_decode(host, false) {
        Cow::Borrowed(host) if host.is_ascii() => Cow::Borrowed(host.trim_end_matches('.')),
        host => {
            let mut host = host.replace(['\u{3002}', '\u{ff0e}', '\u{ff61}'], ".");
            host.truncate(host.trim_end_matches('.').len());
            Cow::Owned(host)
        }
    }
}

fn lower<'a>(text: &Cow<'a, str>) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(text)
            if text.bytes().fold(true, |all, byte| all & (byte.is_ascii() && !byte.is_ascii_uppercase())) =>
        {
            Cow::Borrowed(*text)
        }
        _ => Cow::Owned(text.to_lowercase()),
    }
}

/// `a=b&c;d=e` as pairs; None for a piece without `=`.
pub(crate) fn pairs(text: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    text.split(['&', ';'])
        .filter(|piece| !piece.is_empty())
        .map(|piece| piece.split_once('=').map_or((piece, None), |(name, value)| (name, Some(value))))
}

/// Undoes `%41`, twice if it was done twice; bytes that make no UTF-8 are replaced. `plus` turns `+` into a space.
pub(crate) fn percent_decode(text: &str, plus: bool) -> Cow<'_, str> {
    let first = if plus { memchr::memchr2(b'%', b'+', text.as_bytes()) } else { memchr::memchr(b'%', text.as_bytes()) };
    if first.is_none() {
        return Cow::Borrowed(text);
    }
    let once = decode_once(text, plus);
    Cow::Owned(if once.contains("%2") || once.contains("%3") { decode_once(&once, false) } else { once })
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
            let text = clean(raw);
            let url = Url::parse(&text).unwrap_or_else(|| panic!("{raw}"));
            assert_eq!((&*url.host, url.path, url.query), (host, path, query), "{raw}");
        }
        let text = "https://p.example/?url=h.example%2Fa%3Fn%3Dx&next=%2Fhome&u=https%3A%2F%2Fi.example%2F";
        let url = Url::parse(text).unwrap();
        assert_eq!(url.inner(), ["//h.example/a?n=x", "https://i.example/"]);
        let url = Url::parse("https://web.example/2027/https://h.example/a?q=1").unwrap();
        assert_eq!(url.inner(), ["https://h.example/a?q=1"]);
        for none in ["mailto:a@b.example", "images/logo.png", "#anchor", "https:", "javascript:x", ""] {
            assert_eq!(Url::parse(&clean(none)), None, "{none}");
        }
    }

    #[test]
    fn percent_signs_are_undone_twice() {
        assert_eq!(percent_decode("a%20b%2Bc+d", true), "a b+c d");
        assert_eq!(percent_decode("a%2520b%zz%", false), "a b%zz%");
    }
}
