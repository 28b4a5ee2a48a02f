//! Results that may be NULL, or the end of a container, and are used as if they never were.

use super::token::Dialect;
use super::walk::Walk;

/// Kinds of weakness that are found here.
pub(super) const KINDS: &[&str] = &["null-not-checked"];

/// Functions that give NULL where they find or get nothing.
const NULLABLE: &[&str] = &[
    "fopen",
    "fdopen",
    "freopen",
    "popen",
    "tmpfile",
    "opendir",
    "getenv",
    "secure_getenv",
    "getpwnam",
    "getpwuid",
    "getgrnam",
    "getgrgid",
    "strchr",
    "strrchr",
    "strstr",
    "strpbrk",
    "memchr",
    "strtok",
    "strtok_r",
    "bsearch",
    "localtime",
    "gmtime",
    "gethostbyname",
    "setlocale",
    "getcwd",
    "strcasestr",
    "_wfopen",
    "wcschr",
    "wcsstr",
];
/// Those of them whose result is often passed on where it cannot be missing.
const SEARCHES: &[&str] = &[
    "getenv",
    "secure_getenv",
    "getcwd",
    "strchr",
    "strrchr",
    "strstr",
    "strpbrk",
    "memchr",
    "setlocale",
    "localtime",
    "gmtime",
    "bsearch",
];
/// Functions that read what they are given in any case.
const READS: &[&str] = &[
    "atoi",
    "atol",
    "strlen",
    "strcmp",
    "strncmp",
    "strcpy",
    "strtol",
    "strdup",
    "strcat",
    "strcasecmp",
    "strncpy",
    "strtoul",
];

impl Walk<'_, '_> {
    /// `name = fopen(…);` where the next thing that happens with the name is a use.
    pub(super) fn got(&mut self, name: &str, length: usize, from: usize, end: usize) {
        let tokens = self.tokens;
        if !tokens.is(end, ";") {
            return;
        }
        let call = (from..end).take(8).find(|at| tokens.is_any(*at + 1, &["(", "<"]));
        let Some(call) = call else { return };
        let text = tokens.text(call);
        let is_whole = tokens.close(call + 1) + 1 == end;
        let is_found = text == "find"
            && self.dialect == Dialect::Cpp
            && tokens.is_any(call.wrapping_sub(1), &[".", "->"])
            && is_whole;
        let is_cast = text == "dynamic_cast" && (call..call + 8).any(|at| tokens.is(at, "*") && tokens.is(at + 1, ">"));
        let is_null = NULLABLE.contains(&text) && is_whole && !tokens.is_any(call.wrapping_sub(1), &[".", "->"]);
        let is_used = || match () {
            () if is_null && !SEARCHES.contains(&text) => self.is_used_before_check(name, length, end),
            () if is_null || is_found || is_cast => self.is_read_before_check(name, length, end),
            () => false,
        };
        if is_used() {
            self.report("null-not-checked", None, call, None, false);
        } else if is_null && length == 1 && matches!(text, "fopen" | "fdopen" | "opendir" | "popen" | "tmpfile") {
            self.leaks(name, end);
        }
    }

    /// Whether the next thing that happens with a pointer is that what it points to is read or written.
    fn is_read_before_check(&self, name: &str, length: usize, from: usize) -> bool {
        let tokens = self.tokens;
        let end = tokens.len().min(from + 80).min(self.inside.map_or(usize::MAX, |function| function.end));
        let next = (from..end).find(|at| {
            tokens.slice(*at, at + length) == name && !tokens.is_any(at.wrapping_sub(1), &[".", "->", "::"])
        });
        next.is_some_and(|at| {
            let is_argument = tokens.is_any(at.wrapping_sub(1), &["(", ","]) && tokens.is_any(at + length, &[",", ")"]);
            let open = (at.saturating_sub(12)..at).rev().find(|open| tokens.is(*open, "("));
            self.is_read(at, length)
                || tokens.is(at + length, "+") && !tokens.is_any(at.wrapping_sub(1), &["?", ":"])
                || is_argument && open.is_some_and(|open| READS.contains(&tokens.text(open.wrapping_sub(1))))
        })
    }

    /// `getpwnam(user)->pw_dir`, `atoi(getenv("N"))`, `*strchr(s, '/')`.
    pub(super) fn used_at_once(&mut self, at: usize) {
        let tokens = self.tokens;
        let text = tokens.text(at);
        // `items.find(key)->second`
        if text == "find" && self.dialect == Dialect::Cpp && tokens.is_any(at.wrapping_sub(1), &[".", "->"]) {
            let close = tokens.close(at + 1);
            if tokens.is(close + 1, "->") && matches!(tokens.text(close + 2), "second" | "first") {
                self.report("null-not-checked", None, at, None, false);
            }
            return;
        }
        if !tokens.is(at + 1, "(") || !NULLABLE.contains(&text) || tokens.is_any(at.wrapping_sub(1), &[".", "->"]) {
            return;
        }
        let close = tokens.close(at + 1);
        let is_argument = tokens.is_any(at.wrapping_sub(1), &["(", ","])
            && tokens.is_any(close + 1, &[",", ")"])
            && tokens.is(at.wrapping_sub(1), "(")
            && READS.contains(&tokens.text(at.wrapping_sub(2)));
        if tokens.is(close + 1, "->") || is_argument {
            self.report("null-not-checked", None, at, None, false);
        }
    }
}
