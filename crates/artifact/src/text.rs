//! Hostile text: shown harmless (by `domain`), and searched for what a person would not see.

pub use redan_domain::text::{excerpt, line_column, shown};

/// The first run of characters that hide text from a person: its offset, length in bytes, and what it is.
///
/// Joiners inside words and emoji, variation selectors behind one, a byte order mark at the start, and the
/// tags of flag emoji are honest.
pub fn hidden(text: &str) -> Option<(usize, usize, &'static str)> {
    let mut run: Option<(usize, usize, u32, &'static str)> = None;
    let mut previous = ' ';
    for (at, c) in text.char_indices() {
        let (what, enough) = match c {
            '\u{e0020}'..='\u{e007f}' if previous == '\u{1f3f4}' => {
                // The black flag and its tags: `previous` stays the flag until they end.
                continue;
            }
            '\u{e0000}'..='\u{e007f}' => ("invisible tag characters", 1),
            '\u{202a}' | '\u{202b}' | '\u{202d}' | '\u{202e}' => ("characters that reverse the reading order", 1),
            '\u{200b}' | '\u{2060}'..='\u{2064}' => ("zero-width characters", 3),
            '\u{feff}' if at > 0 => ("zero-width characters", 3),
            '\u{200c}' | '\u{200d}' if run.is_some() => ("zero-width characters", 3),
            '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => ("a run of variation selectors", 4),
            _ => {
                run = None;
                previous = c;
                continue;
            }
        };
        let (start, _, count, _) = run.unwrap_or((at, 0, 0, what));
        let end = at + c.len_utf8();
        if count + 1 >= enough {
            return Some((start, end - start, what));
        }
        run = Some((start, end, count + 1, what));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_text_is_found_and_honest_joiners_are_not() {
        for honest in [
            "\u{feff}{{ x }}",
            "👩\u{200d}💻 ❤\u{fe0f}",
            "می\u{200c}خواهم",
            "\u{1f3f4}\u{e0067}\u{e0062}\u{e007f}",
            "<｜end▁of▁sentence｜>",
        ] {
            assert_eq!(hidden(honest), None, "{honest}");
        }
        assert_eq!(hidden("ab\u{e0041}"), Some((2, 4, "invisible tag characters")));
        assert_eq!(hidden("ab\u{202e}c"), Some((2, 3, "characters that reverse the reading order")));
        assert_eq!(hidden("a\u{200b}\u{200c}\u{200b}"), Some((1, 9, "zero-width characters")));
        assert!(hidden("x\u{fe01}\u{fe02}\u{fe03}\u{e0101}").is_some());
    }
}
