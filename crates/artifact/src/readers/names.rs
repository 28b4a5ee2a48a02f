//! Member names that reach outside the folder an archive is unpacked into, shared by all archive readers.

use crate::walk::Cx;
use redan_domain::{Fact, facts};

facts! {
    /// A member name climbs out of the folder with `..`.
    TRAVERSAL = "archive-path-traversal";
    /// A member name starts at the root or at a drive.
    ABSOLUTE = "archive-absolute-path";
    /// A member name holds NUL or control characters; programs differ in what file that is.
    ODD_NAME = "archive-odd-name";
    /// A link whose target lies outside the archive.
    LINK_ESCAPE = "archive-link-escape";
    /// A link to another member.
    SYMLINK = "archive-symlink";
    /// A device, FIFO or other special file.
    SPECIAL_FILE = "archive-special-file";
}

/// Looks at the name of the member whose header is at `at`.
pub(crate) fn check(name: &str, at: u64, len: u64, cx: &mut Cx<'_>) {
    if is_absolute(name) {
        let message = format!("the member `{name}` has an absolute path: unpacking it may write anywhere");
        cx.fact(Fact::new(ABSOLUTE, name, message).at(at, len));
    }
    if climbs(name) {
        let message = format!("the member `{name}` climbs out of the folder it is unpacked into");
        cx.fact(Fact::new(TRAVERSAL, name, message).at(at, len));
    }
    if name.chars().any(char::is_control) {
        let message = format!("the member name `{name}` holds control characters; programs differ in what file it is");
        cx.fact(Fact::new(ODD_NAME, name, message).at(at, len));
    }
}

/// Looks at a link from `name` to `target`; a hard link's target counts from the root of the archive.
pub(crate) fn check_link(name: &str, target: &str, hard: bool, at: u64, cx: &mut Cx<'_>) {
    let folder = if hard { "" } else { name.rsplit_once('/').map_or("", |(folder, _)| folder) };
    if is_absolute(target) || climbs(&format!("{folder}/{target}")) {
        let message = format!("the link `{name}` points outside the archive, to `{target}`");
        cx.fact(Fact::new(LINK_ESCAPE, name, message).at(at, 1).step(at, format!("target `{target}`")));
    } else {
        let message = format!("the member `{name}` is a link to `{target}`");
        cx.fact(Fact::new(SYMLINK, name, message).at(at, 1));
    }
}

fn is_absolute(name: &str) -> bool {
    let mut chars = name.chars();
    match (chars.next(), chars.next()) {
        (Some('/' | '\\'), _) => true,
        (Some(drive), Some(':')) => drive.is_ascii_alphabetic() && matches!(chars.next(), Some('/' | '\\') | None),
        _ => false,
    }
}

/// Whether the path, followed part by part, is ever above where it started.
fn climbs(name: &str) -> bool {
    let mut depth = 0i64;
    for part in name.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => depth -= 1,
            _ => depth += 1,
        }
        if depth < 0 {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_paths_that_leave_from_those_that_stay() {
        for name in ["../x", "a/../../x", "..\\x", "a/./../../b"] {
            assert!(climbs(name), "{name}");
        }
        for name in ["a/../b", "a..b/c", "./a", "...", "archive/.data/version"] {
            assert!(!climbs(name), "{name}");
        }
        for name in ["/etc/passwd", "C:\\x", "\\\\host\\share", "c:/x"] {
            assert!(is_absolute(name), "{name}");
        }
        for name in ["a/b", "dense:0", "C", "x:y"] {
            assert!(!is_absolute(name), "{name}");
        }
    }
}
