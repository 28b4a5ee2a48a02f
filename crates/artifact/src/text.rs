//! Showing hostile text: cut, escaped, and counted in lines.

use redan_domain::{Excerpt, ExcerptLine};

/// `text` with control and invisible characters escaped, cut to `max` characters with `…`.
pub fn shown(text: &str, max: usize) -> String {
    let mut out = String::with_capacity(text.len().min(max.saturating_mul(2)));
    for (count, c) in text.chars().enumerate() {
        if count >= max {
            out.push('…');
            break;
        }
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() || is_invisible(c) => {
                use std::fmt::Write as _;
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// Bidirectional controls, zero-width characters and tags: what makes a line show other than it reads.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

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

/// Line and column, both from 1 and the column in characters, of a byte offset.
pub fn line_column(text: &str, offset: usize) -> (u32, u32) {
    let before = text.as_bytes().get(..offset.min(text.len())).unwrap_or_default();
    let line = memchr::memchr_iter(b'\n', before).count() as u32 + 1;
    let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let column = String::from_utf8_lossy(before.get(start..).unwrap_or_default()).chars().count() as u32 + 1;
    (line, column)
}

/// The line that holds `offset`, with `len` bytes of it underlined and `note` under the mark.
pub fn excerpt(text: &str, offset: usize, len: usize, note: &str) -> Excerpt {
    let (line, _) = line_column(text, offset);
    let bytes = text.as_bytes();
    let offset = offset.min(bytes.len());
    let start = memchr::memrchr(b'\n', bytes.get(..offset).unwrap_or_default()).map_or(0, |at| at + 1);
    let end = memchr::memchr(b'\n', bytes.get(offset..).unwrap_or_default()).map_or(bytes.len(), |at| offset + at);
    // A long line (minified JSON, a template on one line) is cut around the mark.
    const AROUND: usize = 60;
    let from = start.max(offset.saturating_sub(AROUND));
    let to = end.min(offset.saturating_add(len.min(120)).saturating_add(AROUND));
    let slice = |a: usize, b: usize| String::from_utf8_lossy(bytes.get(a..b).unwrap_or_default()).into_owned();
    let lead = if from > start { "…" } else { "" };
    let before = format!("{lead}{}", shown(&slice(from, offset), usize::MAX));
    let marked = shown(&slice(offset, to.min(offset.saturating_add(len))), 200);
    let after = shown(&slice(to.min(offset.saturating_add(len)), to), usize::MAX);
    let mark_start = before.chars().count() as u32;
    let mark_end = mark_start + (marked.chars().count() as u32).max(1);
    let tail = if to < end { "…" } else { "" };
    Excerpt {
        lines: vec![ExcerptLine {
            label: line.to_string(),
            text: format!("{before}{marked}{after}{tail}"),
            mark: Some((mark_start, mark_end)),
            note: note.to_string(),
        }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_is_shown_harmless() {
        assert_eq!(shown("a\nb\u{202e}\u{1b}[31m", 99), "a\\nb\\u{202e}\\u{1b}[31m");
        assert_eq!(shown("abcdef", 3), "abc…");
    }

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

    #[test]
    fn marks_the_place_in_its_line() {
        let text = "one\ntwo three\nfour";
        assert_eq!(line_column(text, 8), (2, 5));
        let line = &excerpt(text, 8, 5, "here").lines[0];
        assert_eq!((line.label.as_str(), line.text.as_str(), line.mark), ("2", "two three", Some((4, 9))));
    }
}
