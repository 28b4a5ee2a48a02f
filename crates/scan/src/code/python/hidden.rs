//! Characters in source that make it read other than it runs.

use redan_artifact::{Fact, text};

use super::HIDDEN_TEXT;

/// Bidirectional overrides and isolates: compilers follow the order of bytes, people that of the screen.
fn reorders(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

pub(super) fn examine(source: &str) -> Vec<Fact> {
    // A table of such characters has each alone between quotes; an attack has text on the same line.
    for (at, c) in source.char_indices().filter(|(_, c)| reorders(*c)) {
        let rest = source.get(at..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default();
        let after = line.chars().nth(1).unwrap_or('\n');
        let alone = matches!(after, '"' | '\'' | '\n' | '\r' | '-') || reorders(after);
        if !alone {
            let (number, column) = text::line_column(source, at);
            let message = "characters that reverse the reading order make this line read other than it runs";
            let fact =
                Fact::new(HIDDEN_TEXT, format!("U+{:04X}", u32::from(c)), message).at(at as u64, c.len_utf8() as u64);
            return vec![fact.line(number, column).excerpt(text::excerpt(source, at, c.len_utf8(), "here"))];
        }
    }
    Vec::new()
}
