//! URLs, bare domain names and IP addresses, told apart from file names, code, versions and times.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use super::scan::{before, byte, near, report, wordy};
use super::{Look, Probe};
use crate::check::domain::{Label, label};
use crate::detection::{Category, Detection};

/// The probe.
#[derive(Debug)]
pub(super) struct Net;

/// What begins a URL; then what speaks for an address, for a version, for a website.
const WORDS: &[&str] = &[
    "http://",
    "https://",
    "ftp://",
    "www.", // URLs
    "ip",
    "ipv4",
    "ipv6",
    "address",
    "host",
    "server",
    "dns",
    "gateway",
    "subnet",
    "ping",
    "client",
    "login from",
    "version",
    "release",
    "build",
    "firmware",
    "chrome/",
    "section",
    "chapter",
    "changelog",
    "upgrade", // versions
    "website",
    "site",
    "visit",
    "domain",
    "homepage",
    "url",
    "browse",
    "webseite",
];
const ADDRESS: Range<usize> = 4..16;
const VERSION: Range<usize> = 16..25;
const SITE: Range<usize> = 25..33;

const URL: (&str, &str) = ("URL", "url");
const IP: (&str, &str) = ("IP_ADDRESS", "ip-address");

/// Longest domain name (RFC 1035).
const LONGEST_NAME: usize = 253;

impl Probe for Net {
    fn categories(&self) -> &'static [Category] {
        &[Category::Personal]
    }

    fn words(&self) -> &'static [&'static str] {
        WORDS
    }

    fn run(&self, look: &Look<'_>, found: &mut Vec<Detection>) {
        let text = look.pass.text;
        let bytes = text.as_bytes();
        let mut urls: Vec<Range<usize>> = Vec::new();
        let mut until = 0;
        for word in look.words.iter().filter(|word| word.index < ADDRESS.start) {
            let host = byte(bytes, word.end);
            let www = word.index == 3;
            if word.start < until || wordy(before(bytes, word.start)) || !(wordy(host) || host == b'[') {
                continue;
            }
            let span = word.start..url_end(text, word.end);
            let dotted = || span.clone().skip(4).any(|at| byte(bytes, at) == b'.');
            if www && (b"@/".contains(&before(bytes, span.start)) || !dotted()) {
                continue;
            }
            until = span.end;
            report(look, URL, span.clone(), if www { 0.8 } else { 0.85 }, "form", found);
            urls.push(span);
        }
        let mut urls = urls.into_iter().peekable();
        let mut done = 0;
        for at in memchr::memchr2_iter(b'.', b':', bytes) {
            while urls.next_if(|url| url.end <= at).is_some() {}
            if at < done || !wordy(byte(bytes, at + 1)) && byte(bytes, at) == b'.' {
                continue;
            }
            let inside = urls.peek().is_some_and(|url| url.start <= at);
            if byte(bytes, at) == b':' {
                done = Self::six(look, at, found).unwrap_or(done);
            } else if before(bytes, at).is_ascii_digit() && byte(bytes, at + 1).is_ascii_digit() {
                done = Self::four(look, at, found).unwrap_or(done);
            } else if !inside {
                done = Self::name(look, at, found).unwrap_or(done);
            }
        }
    }
}

impl Net {
    /// An IPv4 address whose first dot is here; returns where it ends.
    fn four(look: &Look<'_>, dot: usize, found: &mut Vec<Detection>) -> Option<usize> {
        let bytes = look.pass.text.as_bytes();
        let start = back(bytes, dot, 4, |byte| byte.is_ascii_digit());
        let end = forth(bytes, dot, 16, |byte| byte.is_ascii_digit() || byte == b'.');
        let span = start..start + look.pass.text.get(start..end)?.trim_end_matches('.').len();
        let address: Ipv4Addr = look.pass.text.get(span.clone())?.parse().ok()?;
        let (left, right) = (before(bytes, start), byte(bytes, span.end));
        let path = left == b'/' && before(bytes, start - 1) != b'/';
        let joined = wordy(left) || b".-,=".contains(&left) && wordy(before(bytes, start - 1)) && left != b'=';
        if joined || path || wordy(right) || (b"-_".contains(&right) && wordy(byte(bytes, span.end + 1))) {
            return Some(end);
        }
        let port = b":/".contains(&right) && byte(bytes, span.end + 1).is_ascii_digit();
        let said = port || near(look, &span, (40, 20), |word| ADDRESS.contains(&word.index));
        let version = near(look, &span, (24, 0), |word| VERSION.contains(&word.index));
        let small = address.octets().iter().all(|octet| *octet < 20) && !address.is_private();
        let nobody = address.is_loopback() || address.is_unspecified() || address.is_broadcast();
        let score = match (said, version || small, nobody) {
            (_, _, true) => 0.3,
            (true, false, _) => 0.95,
            (true, true, _) => 0.6,
            (false, true, _) => 0.3,
            (false, false, _) => 0.7,
        };
        report(look, IP, span, score, if said { "form + context" } else { "form" }, found);
        Some(end)
    }

    /// An IPv6 address whose first colon is here; returns where it ends.
    fn six(look: &Look<'_>, colon: usize, found: &mut Vec<Detection>) -> Option<usize> {
        let bytes = look.pass.text.as_bytes();
        let start = back(bytes, colon, 5, |byte| byte.is_ascii_hexdigit());
        let end = forth(bytes, colon, 46, |byte| byte.is_ascii_hexdigit() || byte == b':' || byte == b'.');
        let run = look.pass.text.get(start..end)?.trim_end_matches('.');
        let colons = run.bytes().filter(|byte| *byte == b':').count();
        if colons < 2 || wordy(before(bytes, start)) || wordy(byte(bytes, end)) {
            return Some(end);
        }
        let run = if run.ends_with("::") { run } else { run.trim_end_matches(':') };
        // A port may follow all eight groups.
        let run =
            if colons == 8 && !run.contains("::") { run.rsplit_once(':').map_or(run, |(host, _)| host) } else { run };
        let Ok(address) = run.parse::<Ipv6Addr>() else { return Some(end) };
        let groups: Vec<&str> = run.split(':').filter(|group| !group.is_empty()).collect();
        let short = run.contains("::");
        // `a::b1` is a path in C++ or Rust, `[::2]` a slice, eight pairs an EUI-64.
        let code =
            short && !groups.first().is_some_and(|first| first.len() > 2 && first.bytes().any(|b| b.is_ascii_digit()));
        let pairs = !short && groups.iter().all(|group| group.len() < 3);
        if pairs || (run.ends_with("::") && groups.len() < 2) || (code && !run.contains('.') && groups.len() < 4) {
            return Some(end);
        }
        let score = if address.is_loopback() || address.is_unspecified() { 0.3 } else { 0.9 };
        report(look, IP, start..start + run.len(), score, "form", found);
        Some(end)
    }

    /// A domain name whose first dot is here; returns where it ends.
    fn name(look: &Look<'_>, dot: usize, found: &mut Vec<Detection>) -> Option<usize> {
        let text = look.pass.text;
        let bytes = text.as_bytes();
        let part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let start = back(bytes, dot, 64, part);
        let end = forth(bytes, dot, LONGEST_NAME, |byte| part(byte) || byte == b'.');
        let name = text.get(start..end)?.trim_end_matches(['.', '-']);
        let end = start + name.len();
        let (left, right) = (before(bytes, start), byte(bytes, end));
        let protocol_relative = left == b'/' && before(bytes, start - 1) == b'/';
        let attached = wordy(left) || (b"@/\\.-$#&".contains(&left) && !protocol_relative);
        // Most dots of a text are of code and end here.
        if attached || b"(@_=[".contains(&right) || right > 127 {
            return Some(end);
        }
        let class = label(name.rsplit('.').next()?);
        if class == Label::Unknown {
            return Some(end);
        }
        let labels: Vec<&str> = name.split('.').collect();
        let last = labels.last()?;
        if labels.iter().any(|label| label.is_empty()) {
            return Some(end);
        }
        let lower = last.bytes().all(|byte| byte.is_ascii_lowercase());
        let all_lower = name.bytes().all(|byte| !byte.is_ascii_uppercase());
        let package = labels.len() > 2 && label(labels.first()?) == Label::Sure;
        let framework = labels.len() == 2
            && matches!(labels.first()?.to_ascii_lowercase().as_str(), "asp" | "vb" | "ado" | "ml" | "system");
        if !lower || package || framework {
            return Some(end);
        }
        let path = right == b'/' && wordy(byte(bytes, end + 1)) || protocol_relative;
        let said = near(look, &(start..end), (24, 0), |word| SITE.contains(&word.index));
        let score = match class {
            Label::Sure if path || said => 0.8,
            Label::Sure => 0.6,
            Label::Known if said && all_lower => 0.6,
            Label::Known if all_lower && (path || labels.len() > 2) => 0.55,
            _ => 0.3,
        };
        let end = if right == b'/' || right == b':' { url_end(text, end) } else { end };
        report(look, URL, start..end, score, if said { "form + context" } else { "form" }, found);
        Some(end)
    }
}

/// Where the run of accepted bytes that ends before `at` begins, at most `most` bytes back.
fn back(bytes: &[u8], at: usize, most: usize, accept: impl Fn(u8) -> bool) -> usize {
    at - bytes.get(..at).unwrap_or_default().iter().rev().take(most).take_while(|byte| accept(**byte)).count()
}

/// Where the run of accepted bytes that begins at `at` ends, at most `most` bytes on.
fn forth(bytes: &[u8], at: usize, most: usize, accept: impl Fn(u8) -> bool) -> usize {
    at + bytes.get(at..).unwrap_or_default().iter().take(most).take_while(|byte| accept(**byte)).count()
}

/// ASCII that no URL goes on with.
const STOPS: [bool; 128] = {
    let mut table = [false; 128];
    let mut byte = 0_u8;
    while byte < 128 {
        #[allow(clippy::indexing_slicing, reason = "a constant; it is below the length")]
        {
            table[byte as usize] =
                matches!(byte, 0..=b' ' | b'<' | b'>' | b'"' | b'\'' | b'`' | b'{' | b'}' | b'|' | b'\\' | b'^' | 0x7f);
        }
        byte += 1;
    }
    table
};

/// Where a URL ends whose host begins at `from`: before white space, quotes, brackets that it did not open, and
/// punctuation that belongs to the sentence.
fn url_end(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    let stop = |byte: &u8| !byte.is_ascii() || STOPS.get(usize::from(*byte)).is_some_and(|stops| *stops);
    let mut end = 0;
    loop {
        let behind = rest.get(end..).unwrap_or_default();
        end += behind.bytes().position(|byte| stop(&byte)).unwrap_or(behind.len());
        match rest.get(end..).and_then(|behind| behind.chars().next()) {
            Some(wide) if !wide.is_ascii() && wide.is_alphanumeric() => end += wide.len_utf8(),
            _ => break,
        }
    }
    let mut url = rest.get(..end).unwrap_or_default();
    let count = |byte: u8| url.bytes().filter(|other| *other == byte).count();
    let closed = |close: u8, open: u8| count(close).saturating_sub(count(open));
    let (mut round, mut square) = match url.as_bytes().last() {
        // Brackets count only where punctuation ends the address.
        Some(last) if last.is_ascii_punctuation() => (closed(b')', b'('), closed(b']', b'[')),
        _ => (0, 0),
    };
    loop {
        let unbalanced = match url.as_bytes().last() {
            Some(b'.' | b',' | b';' | b':' | b'!' | b'?' | b'*') => true,
            Some(b')') if round > 0 => {
                round -= 1;
                true
            }
            Some(b']') if square > 0 => {
                square -= 1;
                true
            }
            _ => false,
        };
        if !unbalanced {
            return from + url.len();
        }
        url = url.get(..url.len() - 1).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use crate::{Context, Inspector, Options};

    fn found(text: &str) -> Vec<(String, String)> {
        let options = Options { only: vec!["URL".into(), "IP_ADDRESS".into()], ..Options::default() };
        let inspection = Inspector::new(options).unwrap().inspect(text, &Context::default());
        inspection.detections.iter().map(|d| (d.kind.to_string(), text[d.span.clone()].to_string())).collect()
    }

    #[test]
    fn urls_and_addresses_end_where_they_should() {
        for (text, expected) in [
            ("see https://example.com/a_(b), then", "https://example.com/a_(b)"),
            ("(see http://www.Example.com.pt/)", "http://www.Example.com.pt/"),
            ("at www.example.org.", "www.example.org"),
            ("mail example.com today", "example.com"),
            ("over shop.example.de/cart now", "shop.example.de/cart"),
            ("address 41.173.96.26 blocked", "41.173.96.26"),
            ("from 6e40:4041:c617:e898:c11:40d2:c669:2eb4 on", "6e40:4041:c617:e898:c11:40d2:c669:2eb4"),
            ("via 2001:db8::1, fast", "2001:db8::1"),
        ] {
            assert_eq!(found(text).iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>(), [expected], "{text}");
        }
    }

    #[test]
    fn code_versions_and_times_are_no_addresses() {
        for text in [
            "edit main.rs and index.js in os.path.join, then foo.is or self.name",
            "at 12:20:39 with 00:1B:44:11:3A:B7 and std::vec a[::2] fe::ed",
            "version 1.2.3.4, Chrome/118.0.5993.70, v10.20.30.40, 1.2.3.4.5.6",
            "org.apache.commons.net and com.example.app, System.Net, ASP.NET",
            "jane@example.com wrote e.g. this, i.e. that",
            "the import { a } from './b.de'",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }
}
