//! Showing hostile text: cut, escaped, and counted in lines.

use crate::location::{Excerpt, ExcerptLine};

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

/// Line and column, both from 1 and the column in characters, of a byte offset.
pub fn line_column(text: &str, offset: usize) -> (u32, u32) {
    let before = text.as_bytes().get(..offset.min(text.len())).unwrap_or_default();
    let line = memchr::memchr_iter(b'\n', before).count() as u32 + 1;
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let column = String::from_utf8_lossy(before.get(start..).unwrap_or_default()).chars().count() as u32 + 1;
    (line, column)
}

/// The line that holds `offset`, with `len` bytes of it underlined and `note` under the mark.
pub fn excerpt(text: &str, offset: usize, len: usize, note: &str) -> Excerpt {
    let (line, _) = line_column(text, offset);
    let bytes = text.as_bytes();
    let offset = offset.min(bytes.len());
    let start = bytes.get(..offset).unwrap_or_default().iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let end = bytes
        .get(offset..)
        .unwrap_or_default()
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(bytes.len(), |at| offset + at);
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
    fn marks_the_place_in_its_line() {
        let text = "one\ntwo three\nfour";
        assert_eq!(line_column(text, 8), (2, 5));
        let line = &excerpt(text, 8, 5, "here").lines[0];
        assert_eq!((line.label.as_str(), line.text.as_str(), line.mark), ("2", "two three", Some((4, 9))));
    }
}
