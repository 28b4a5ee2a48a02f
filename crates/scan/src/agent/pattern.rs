//! Regular expressions that cost nothing until one of their words stands in a text.

use std::ops::Range;
use std::sync::OnceLock;

use regex_automata::meta::Regex;
use regex_automata::util::syntax;

/// Matches of one pattern in one text that are looked at.
const MAX_MATCHES: usize = 60;

/// One pattern; in any case, `.` does not match line breaks.
pub(super) struct Pattern {
    /// In lower case; one of them stands in every text that matches.
    words: &'static [&'static str],
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
    pub(super) const fn new(words: &'static [&'static str], pattern: &'static str) -> Self {
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
        self.words.is_empty() || self.words.iter().any(|word| lower.contains(word))
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
