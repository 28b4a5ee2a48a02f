//! Regular expressions that cost nothing until one of their words stands in a text.

use std::ops::Range;
use std::sync::OnceLock;

use regex_automata::meta::Regex;
use regex_automata::util::syntax;

use super::list::{self, List};

/// Matches of one pattern in one text that are looked at.
const MAX_MATCHES: usize = 60;

/// One pattern; in any case, `.` does not match line breaks.
pub(super) struct Pattern {
    /// In lower case; one of them stands in every text that matches.
    words: List,
    source: &'static str,
    regex: OnceLock<Option<Regex>>,
}

/// One match: the whole, and the first group if there is one.
#[derive(Debug, Clone)]
pub(super) struct Match<'t> {
    pub(super) span: Range<usize>,
    pub(super) text: &'t str,
    pub(super) group: Option<&'t str>,
}

impl Pattern {
    pub(super) const fn new(words: List, pattern: &'static str) -> Self {
        Self { words, source: pattern, regex: OnceLock::new() }
    }

    fn regex(&self) -> Option<&Regex> {
        let build = || {
            let config = syntax::Config::new().case_insensitive(true).unicode(false).utf8(false);
            let limits = Regex::config().utf8_empty(false).nfa_size_limit(Some(4 << 20));
            Regex::builder().configure(limits).syntax(config).build(self.source).ok()
        };
        self.regex.get_or_init(build).as_ref()
    }

    fn may(&self, lower: &str) -> bool {
        self.words.is_empty() || list::any(lower, self.words)
    }

    /// Every match; `lower` is the text in lower case.
    pub(super) fn all<'t>(&self, text: &'t str, lower: &str) -> Vec<Match<'t>> {
        if !self.may(lower) {
            return Vec::new();
        }
        let Some(regex) = self.regex() else { return Vec::new() };
        let mut found = Vec::new();
        for captures in regex.captures_iter(text).take(MAX_MATCHES) {
            let Some(whole) = captures.get_match() else { continue };
            let group = captures.get_group(1).and_then(|span| text.get(span.start..span.end));
            // Bytes are matched: a match may end inside a character.
            if let Some(part) = text.get(whole.range()) {
                found.push(Match { span: whole.range(), text: part, group });
            }
        }
        found
    }

    /// Whether there is a match.
    pub(super) fn is_in(&self, text: &str, lower: &str) -> bool {
        self.may(lower) && self.regex().is_some_and(|regex| regex.is_match(text))
    }

    /// Whether it compiles.
    #[cfg(test)]
    pub(super) fn compiles(&self) -> bool {
        self.regex().is_some()
    }
}

/// Text in lower case with the same offsets.
pub(super) fn lower(text: &str) -> String {
    text.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sources of the patterns in a file of this crate: a pattern with a mistake would find nothing and say nothing.
    fn sources(code: &str) -> Vec<String> {
        let mut found = Vec::new();
        for call in code.split("Pattern::new(").skip(1) {
            let Some(at) = call.find("r#\"").into_iter().chain(call.find("r\"")).min() else { continue };
            let raw = call.get(at..).unwrap_or_default();
            let (open, close) = if raw.starts_with("r#") { (3, "\"#") } else { (2, "\"") };
            let body = raw.get(open..).unwrap_or_default();
            found.extend(body.split_once(close).map(|(source, _)| source.to_string()));
        }
        found
    }

    fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
    }

    #[test]
    fn every_pattern_compiles() {
        let mut seen = 0;
        let all = files(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/agent"));
        for file in all.iter().filter(|file| !file.ends_with("pattern.rs") && !file.ends_with("tests.rs")) {
            for source in sources(&std::fs::read_to_string(file).unwrap()) {
                let pattern = Pattern::new(&[], Box::leak(source.into_boxed_str()));
                assert!(pattern.compiles(), "{}: {}", file.display(), pattern.source);
                seen += 1;
            }
        }
        assert!(seen > 100, "{seen}");
    }
}
