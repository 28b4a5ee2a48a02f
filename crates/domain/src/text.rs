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

/// Line and column, both from 1 and the column in characters, of a byte offset. Reads all that is before it: who
/// asks often makes [`Lines`].
pub fn line_column(text: &str, offset: usize) -> (u32, u32) {
    let before = text.as_bytes().get(..offset.min(text.len())).unwrap_or_default();
    let line = memchr::memchr_iter(b'\n', before).count() as u32 + 1;
    let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    (line, characters(before.get(start..).unwrap_or_default()) + 1)
}

/// Characters that begin in these bytes.
fn characters(bytes: &[u8]) -> u32 {
    bytes.iter().map(|byte| u32::from(byte & 0xc0 != 0x80)).sum()
}

/// Where the lines of a text are, for many questions about one text.
#[derive(Debug, Clone)]
pub struct Lines<'t> {
    text: &'t str,
    /// First byte of each line.
    starts: Vec<usize>,
    /// Characters before each block, because one line may be the whole text.
    blocks: Vec<u32>,
}

impl<'t> Lines<'t> {
    const BLOCK: usize = 1024;

    /// Reads the text once.
    pub fn new(text: &'t str) -> Self {
        let bytes = text.as_bytes();
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', bytes).map(|at| at + 1)).collect();
        let mut before = 0;
        let blocks = bytes.chunks(Self::BLOCK).map(|block| {
            let here = before;
            before += characters(block);
            here
        });
        Self { text, starts, blocks: blocks.collect() }
    }

    /// Characters before an offset.
    fn characters_before(&self, offset: usize) -> u32 {
        let block = (offset / Self::BLOCK).min(self.blocks.len().saturating_sub(1));
        let rest = self.text.as_bytes().get(block * Self::BLOCK..offset).unwrap_or_default();
        self.blocks.get(block).copied().unwrap_or(0) + characters(rest)
    }

    /// As [`line_column`].
    pub fn line_column(&self, offset: usize) -> (u32, u32) {
        let offset = offset.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = line.checked_sub(1).and_then(|at| self.starts.get(at)).copied().unwrap_or(0);
        (line as u32, self.characters_before(offset) - self.characters_before(start) + 1)
    }

    /// As [`excerpt`].
    pub fn excerpt(&self, offset: usize, len: usize, note: &str) -> Excerpt {
        excerpt_of(self.text, self.line_column(offset).0, offset, len, note)
    }
}

/// The line that holds `offset`, with `len` bytes of it underlined and `note` under the mark.
pub fn excerpt(text: &str, offset: usize, len: usize, note: &str) -> Excerpt {
    excerpt_of(text, line_column(text, offset).0, offset, len, note)
}

fn excerpt_of(text: &str, line: u32, offset: usize, len: usize, note: &str) -> Excerpt {
    // A long line (minified JSON, a template on one line) is cut around the mark, and not read beyond that.
    const AROUND: usize = 60;
    let bytes = text.as_bytes();
    let offset = offset.min(bytes.len());
    let first = offset.saturating_sub(AROUND);
    let before = bytes.get(first..offset).unwrap_or_default();
    let (from, is_cut) = match memchr::memrchr(b'\n', before) {
        Some(at) => (first + at + 1, false),
        None => (first, first > 0 && bytes.get(first - 1) != Some(&b'\n')),
    };
    let last = offset.saturating_add(len.min(120)).saturating_add(AROUND).min(bytes.len());
    let after = bytes.get(offset..last).unwrap_or_default();
    let to = memchr::memchr(b'\n', after).map_or(last, |at| offset + at);
    let goes_on = bytes.get(to).is_some_and(|byte| *byte != b'\n');
    let slice = |a: usize, b: usize| String::from_utf8_lossy(bytes.get(a..b).unwrap_or_default()).into_owned();
    let lead = if is_cut { "…" } else { "" };
    let before = format!("{lead}{}", shown(&slice(from, offset), usize::MAX));
    let marked = shown(&slice(offset, to.min(offset.saturating_add(len))), 200);
    let after = shown(&slice(to.min(offset.saturating_add(len)), to), usize::MAX);
    let mark_start = before.chars().count() as u32;
    let mark_end = mark_start + (marked.chars().count() as u32).max(1);
    let tail = if goes_on { "…" } else { "" };
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
    fn lines_answer_as_the_text_does() {
        let long = format!("ä{}\n\n{}€\nend", "x".repeat(3000), "é".repeat(1500));
        for text in ["", "\n", "one\ntwo", &long] {
            let lines = Lines::new(text);
            for offset in (0..=text.len() + 1).filter(|at| text.is_char_boundary(*at) || *at > text.len()) {
                assert_eq!(lines.line_column(offset), line_column(text, offset), "{offset}");
                assert_eq!(lines.excerpt(offset, 5, "x"), excerpt(text, offset, 5, "x"), "{offset}");
            }
        }
    }

    #[test]
    fn a_long_line_is_cut_on_both_sides() {
        let text = format!("a\n{}MARK{}\nb", "x".repeat(100), "y".repeat(100));
        let line = &excerpt(&text, 102, 4, "").lines[0];
        assert_eq!(line.text, format!("…{}MARK{}…", "x".repeat(60), "y".repeat(60)));
        let short = &excerpt("a\nMARK\nb", 2, 4, "").lines[0];
        assert_eq!((short.text.as_str(), short.label.as_str()), ("MARK", "2"));
    }

    #[test]
    fn marks_the_place_in_its_line() {
        let text = "one\ntwo three\nfour";
        assert_eq!(line_column(text, 8), (2, 5));
        let line = &excerpt(text, 8, 5, "here").lines[0];
        assert_eq!((line.label.as_str(), line.text.as_str(), line.mark), ("2", "two three", Some((4, 9))));
    }
}
