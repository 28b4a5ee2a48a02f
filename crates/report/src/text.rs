//! Making text from files safe to show, and numbers easy to read.

use std::fmt::Write as _;

use redan_domain::{Location, ScanReport};

/// Longest piece of a file's content that a person is shown, in characters.
pub(crate) const LONGEST: usize = 400;

/// Whether a character could drive a terminal, reorder a line or hide in it.
pub(crate) fn unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Appends one character, spelt out if it would not be seen as itself.
pub(crate) fn push_visible(out: &mut String, c: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if unseen(c) => {
            let _ = write!(out, "\\u{{{:x}}}", c as u32);
        }
        c => out.push(c),
    }
}

/// One line in which every character is seen as what it is; cut at [`LONGEST`] characters.
pub(crate) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(LONGEST * 4));
    for (index, c) in text.chars().enumerate() {
        if index == LONGEST {
            out.push('…');
            break;
        }
        push_visible(&mut out, c);
    }
    out
}

/// `1 file`, `2 files`.
pub(crate) fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Bytes for people: `583 B`, `1.4 MB`.
pub(crate) fn size(bytes: u64) -> String {
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64;
    let mut unit = "B";
    for next in ["kB", "MB", "GB", "TB", "PB", "EB"] {
        if value < 999.95 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    format!("{value:.1} {unit}")
}

/// The place inside a file: offset or line, and pointer, without path and members.
pub(crate) fn spot(location: &Location) -> String {
    let bare = Location { path: String::new(), members: Vec::new(), ..location.clone() };
    visible(bare.to_string().trim_start_matches([' ', ':']))
}

/// The path as seen from where the user stands, not from the scanned argument.
pub(crate) fn from_here(path: &str, report: &ScanReport) -> String {
    let ends_with = |target: &str| target == path || target.strip_suffix(path).is_some_and(|rest| rest.ends_with('/'));
    let target = match report.targets.as_slice() {
        [one] if report.files.len() == 1 && ends_with(one) => return plain(one),
        [one] => one,
        // Several: folders are part of the path already, single files have only their name.
        many => return plain(many.iter().find(|target| ends_with(target)).map_or(path, |target| target)),
    };
    match plain(target).trim_end_matches('/') {
        "." | "" if !target.starts_with('/') => path.to_string(),
        folder => format!("{folder}/{path}"),
    }
}

fn plain(target: &str) -> String {
    target.trim_start_matches("./").to_string()
}

/// A path as a URI reference: percent-encoded, absolute only if it is a URL or starts at the root.
pub(crate) fn uri(path: &str) -> String {
    let scheme = path.split_once("://").filter(|(scheme, _)| scheme.bytes().all(|b| b.is_ascii_alphanumeric()));
    let keep: &[u8] = if scheme.is_some() { b"-._~/:?=&@+%" } else { b"-._~/" };
    let mut out = String::with_capacity(path.len());
    if path.starts_with('/') {
        out.push_str("file://");
    }
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || keep.contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_unseen_is_left() {
        assert_eq!(visible("a\x1b[31m\r\n\u{202e}b\u{e0041}"), "a\\u{1b}[31m\\r\\n\\u{202e}b\\u{e0041}");
        assert_eq!(visible(&"x".repeat(1000)).chars().count(), LONGEST + 1);
    }

    #[test]
    fn sizes_are_short() {
        for (bytes, text) in
            [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (999_999, "1.0 MB"), (2_500_000_000, "2.5 GB")]
        {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("a b/ü:%.pt"), "a%20b/%C3%BC%3A%25.pt");
        assert_eq!(uri("/m/x"), "file:///m/x");
        assert_eq!(uri("https://host/a b?x=1"), "https://host/a%20b?x=1");
    }

    #[test]
    fn paths_start_where_the_user_stands() {
        let report = |targets: &[&str], files: usize| ScanReport {
            targets: targets.iter().map(ToString::to_string).collect(),
            files: vec![
                redan_domain::FileRecord {
                    path: String::new(),
                    format: String::new(),
                    status: redan_domain::FileStatus::Scanned,
                    reasons: Vec::new(),
                    size: 0,
                    sha256: None,
                    findings: Vec::new(),
                };
                files
            ],
            ..ScanReport::default()
        };
        for (targets, files, path, expected) in [
            (&["models"][..], 2, "a.pt", "models/a.pt"),
            (&["./models/"], 2, "a.pt", "models/a.pt"),
            (&["."], 2, "a.pt", "a.pt"),
            (&["models/a.pt"], 1, "a.pt", "models/a.pt"),
            (&["x/a.pt", "y"], 2, "a.pt", "x/a.pt"),
            (&["x/a.pt", "y"], 2, "y/b.pt", "y/b.pt"),
            (&["hf://o/m"], 2, "a.pt", "hf://o/m/a.pt"),
        ] {
            assert_eq!(from_here(path, &report(targets, files)), expected, "{targets:?} {path}");
        }
    }
}
