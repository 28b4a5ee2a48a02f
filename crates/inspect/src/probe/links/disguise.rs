//! Links that lead somewhere else than they seem to.

use super::host::Host;
use super::url::Url;
use crate::probe::hostile::reads;

/// How sure it is that a link deceives, and why.
pub(super) fn disguised(url: &Url<'_>, host: Host, shown: Option<&str>) -> Option<(f32, String)> {
    if let Some(claimed) = shown.and_then(shown_host).filter(|claimed| !same_site(claimed, &url.host)) {
        let known = matches!(host, Host::Known | Host::Local | Host::Loopback);
        return (!known).then(|| (0.65, format!("the text shows {claimed}, the link leads to {}", url.host)));
    }
    let user = url.userinfo.split(':').next().unwrap_or_default();
    if user.contains('.') && shown_host(&format!("www.{user}")).is_some() {
        return Some((0.7, format!("{user} before `@` looks like the host, which is {}", url.host)));
    }
    mixed(&url.host).then(|| (0.6, format!("the host {} mixes scripts", url.host)))
}

/// Longest link text that can claim a host, in bytes.
const LONGEST: usize = 2048;

/// The host that a link text claims: an address, or a name that ends like a company's.
pub(crate) fn shown_host(text: &str) -> Option<String> {
    // Most texts are words; no address that a reader takes in at a glance is long.
    if text.len() > LONGEST || memchr::memchr(b'.', text.as_bytes()).is_none() {
        return None;
    }
    reads(text.len());
    let text = text.trim().trim_matches(['*', '_', '`', '<', '>']);
    if text.contains([' ', '\n']) {
        return None;
    }
    let text = text.to_lowercase();
    let (explicit, rest) = match ["https://", "http://"].iter().find_map(|scheme| text.strip_prefix(*scheme)) {
        Some(rest) => (true, rest),
        None => (text.starts_with("www."), text.as_str()),
    };
    let host: String = rest.split(['/', '?', '#', ':']).next().unwrap_or_default().to_string();
    let label = |label: &str| !label.is_empty() && label.chars().all(|char| char.is_alphanumeric() || char == '-');
    let (_, top) = host.rsplit_once('.')?;
    let named = explicit || matches!(top, "com" | "org" | "gov" | "edu" | "bank");
    let whole = !text.contains(char::is_whitespace) && !text.contains('…') && !text.contains("...");
    (whole && named && host.split('.').all(label) && top.chars().all(char::is_alphabetic)).then_some(host)
}

/// Whether two hosts belong together: one is part of the other, or their second-level names are the same.
fn same_site(a: &str, b: &str) -> bool {
    let name = |host: &str| {
        let labels: Vec<&str> = host.split('.').rev().skip(1).collect();
        labels.into_iter().find(|label| label.len() > 3).unwrap_or_default().to_string()
    };
    a.ends_with(b) || b.ends_with(a) || name(a) == name(b)
}

/// One label with letters of the Latin script and look-alikes of another.
fn mixed(host: &str) -> bool {
    use unicode_script::{Script, UnicodeScript};
    if host.is_ascii() {
        return false;
    }
    host.split('.').any(|label| {
        let has = |script: Script| label.chars().any(|char| char.script() == script);
        has(Script::Latin) && (has(Script::Cyrillic) || has(Script::Greek))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_lead_elsewhere() {
        let ask = |shown: &str, url: &str| {
            let url = Url::parse(url).unwrap();
            disguised(&url, Host::of(&url.host), Some(shown)).is_some()
        };
        assert!(ask("https://bank.example", "https://evil.test.example.net/"));
        assert!(ask("mybank.com", "https://evil.example/login"));
        assert!(ask("here", "https://mybank.com@evil.example/"));
        assert!(ask("here", "https://p\u{0430}ypal.example/"));
        for (shown, url) in [
            ("https://docs.h.example/a", "https://h.example/a"),
            ("vue.js", "https://vuejs.org"),
            ("socket.io", "https://other.example"),
            ("read www.h.example first", "https://other.example"),
            ("http://foo-bar.com", "https://foo-bar.org/"),
        ] {
            assert!(!ask(shown, url), "{shown}");
        }
    }
}
