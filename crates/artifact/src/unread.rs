//! A cheap look at Python source that is not, or not wholly, analysed: does it name what an attack needs.
//!
//! Words are found wherever they stand, in text and comments too, so that nothing about the syntax can hide them.

use redan_domain::{Fact, facts};

facts! {
    /// Source that was not analysed to its end names something that runs programs or code.
    DANGER = "python-unread-danger";
}

/// What is searched for; each search costs, so words share what they have in common.
const STEMS: &[&str] = &[
    "exec",
    "eval",
    "spawn",
    "system",
    "popen",
    "Popen",
    "startfile",
    "__import__",
    "run_path",
    "LoadLibrary",
    "CDLL",
    "subprocess",
    "pty",
    "PyRun_",
    "marshal",
    "runpy",
    "__builtins__",
];
/// Functions that run programs or code, as they are called or imported.
const FUNCTIONS: &[&str] = &[
    "system",
    "popen",
    "Popen",
    "startfile",
    "fork_exec",
    "posix_spawn",
    "execv",
    "execve",
    "execvp",
    "execl",
    "execlp",
    "spawn",
    "spawnl",
    "spawnv",
    "spawnvp",
    "eval",
    "exec",
    "execfile",
    "__import__",
    "run_path",
    "LoadLibrary",
    "CDLL",
    "PyRun_SimpleString",
    "PyRun_String",
];
/// Modules with no other purpose.
const MODULES: &[&str] = &["subprocess", "pty", "marshal", "runpy", "__builtins__", "_posixsubprocess"];
/// Words that are listed of one source.
const MAX_WORDS: usize = 8;

/// One fact for each dangerous word, where it stands first at or after byte `from`.
pub fn examine(text: &str, from: usize) -> Vec<Fact> {
    let facts = find(text, from, MAX_WORDS).into_iter().map(|(at, word)| {
        let message = format!("source that takes more work than is done to be analysed to its end names `{word}`");
        let (line, column) = crate::text::line_column(text, at);
        let excerpt = crate::text::excerpt(text, at, word.len(), "here");
        Fact::new(DANGER, word, message).at(at as u64, word.len() as u64).line(line, column).excerpt(excerpt)
    });
    facts.collect()
}

/// Whether there is any such word.
pub fn is_dangerous(text: &str) -> bool {
    !find(text, 0, 1).is_empty()
}

/// Dangerous words and where each stands first, in order; no more than `most`.
fn find(text: &str, from: usize, most: usize) -> Vec<(usize, &str)> {
    let mut found: Vec<(usize, &str)> = Vec::new();
    'stems: for stem in STEMS {
        let rest = text.as_bytes().get(from..).unwrap_or_default();
        for at in memchr::memmem::find_iter(rest, stem.as_bytes()) {
            let (start, word) = word_around(text, from + at, stem.len());
            let known = found.iter().any(|(_, known)| *known == word);
            if !known && is_used(text.as_bytes(), start, word) {
                found.push((start, word));
            }
            if found.len() >= most {
                break 'stems;
            }
        }
    }
    found.sort_unstable();
    found
}

/// The whole word around the `len` bytes at `at`, if it is not much longer, and where it starts.
fn word_around(text: &str, at: usize, len: usize) -> (usize, &str) {
    const LONGEST: usize = 20;
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let bytes = text.as_bytes();
    let before = bytes.get(..at).unwrap_or_default().iter().rev().take(LONGEST).take_while(|byte| part(byte)).count();
    let after = bytes.get(at + len..).unwrap_or_default().iter().take(LONGEST).take_while(|byte| part(byte)).count();
    (at - before, text.get(at - before..at + len + after).unwrap_or_default())
}

/// Whether the word at `at` is a dangerous module, or a function that is called or imported.
fn is_used(text: &[u8], at: usize, word: &str) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let after = text.get(at + word.len()..).unwrap_or_default();
    if MODULES.contains(&word) {
        return true;
    }
    if !FUNCTIONS.contains(&word) {
        return false;
    }
    // `model.eval()` and `platform.system()` are innocent.
    let innocent = match word {
        "eval" | "exec" | "spawn" => {
            before.last() == Some(&b'.') && !before.ends_with(b"builtins.") && !before.ends_with(b"pty.")
        }
        "system" => before.ends_with(b"platform."),
        _ => false,
    };
    let called = after.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\\' | b'\n')) == Some(&b'(');
    called && !innocent || is_imported(before)
}

/// Whether the line up to here begins an import.
fn is_imported(before: &[u8]) -> bool {
    const LONGEST: usize = 1000;
    let near = before.get(before.len().saturating_sub(LONGEST)..).unwrap_or_default();
    let line = near.rsplit(|byte| matches!(byte, b'\n' | b';')).next().unwrap_or_default();
    line.trim_ascii_start().starts_with(b"from ") && memchr::memmem::find(line, b"import").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        examine(text, 0).into_iter().map(|fact| fact.subject).collect()
    }

    #[test]
    fn finds_what_is_called_or_imported() {
        for (text, expected) in [
            ("import os\nos.system('x')", vec!["system"]),
            ("from os import path, system as s", vec!["system"]),
            ("x = 1; exec (y)", vec!["exec"]),
            ("'''\"' os.system('x')", vec!["system"]),
            ("import subprocess as s", vec!["subprocess"]),
            ("__import__('os').popen('x')", vec!["__import__", "popen"]),
            ("model.eval()\nplatform.system()\nself.exec_(x)\nmy_system(1)\n'the system is (x)'", vec![]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }
}
