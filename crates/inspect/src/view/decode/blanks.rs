//! White space that writes text: two kinds of spaces as bits, and tabs and spaces at the ends of lines.

use std::ops::Range;

use super::Piece;
use crate::view::zero_width;

/// Fewest blanks of a message.
const FEWEST: usize = 32;

/// Blanks at the end of a line, from which on they are no slip of an editor.
const TAIL: usize = 6;

/// What such text is called.
pub(super) const BLANKS: &str = "white space";

/// Adds what rows of blanks write.
pub(super) fn decode(text: &str, pieces: &mut Vec<Piece>) {
    if !text.is_ascii() {
        rows(text, pieces);
    }
    tails(text, pieces);
}

/// Spaces of other widths than the usual one.
fn is_space(c: char) -> bool {
    matches!(c, '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}')
}

/// Rows of two kinds of spaces.
fn rows(text: &str, pieces: &mut Vec<Piece>) {
    let bytes = text.as_bytes();
    let mut end = 0;
    for at in memchr::memchr3_iter(0xE2, 0xC2, 0xE3, bytes) {
        if at < end || !text.get(at..).and_then(|rest| rest.chars().next()).is_some_and(is_space) {
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        let len = rest.find(|c| !is_space(c) && c != ' ').unwrap_or(rest.len());
        end = at + len;
        let row = rest.get(..len).unwrap_or_default();
        let first = row.chars().next().unwrap_or_default();
        let Some(second) = row.chars().find(|c| *c != first) else { continue };
        let digits: Option<Vec<u8>> = row
            .chars()
            .map(|c| if c == first.min(second) { Some(0) } else { (c == first.max(second)).then_some(1) })
            .collect();
        push(digits.unwrap_or_default(), at..end, pieces);
    }
}

/// Tabs and spaces behind what is written in the lines, joined.
fn tails(text: &str, pieces: &mut Vec<Piece>) {
    let bytes = text.as_bytes();
    if memchr::memmem::find(bytes, b" \t").is_none() || memchr::memmem::find(bytes, b"\t ").is_none() {
        return;
    }
    let (mut digits, mut span): (Vec<u8>, Option<Range<usize>>) = (Vec::new(), None);
    let mut from = 0;
    for end in memchr::memchr_iter(b'\n', bytes).chain(std::iter::once(bytes.len())) {
        let line = bytes.get(from..end).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let tail = line.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let blanks = line.get(line.len() - tail..).unwrap_or_default();
        if tail >= TAIL && blanks.contains(&b'\t') && blanks.contains(&b' ') {
            digits.extend(blanks.iter().map(|byte| u8::from(*byte == b'\t')));
            // What stands between the lines stays as it is: the text is put where the last of them ends.
            span = Some(from + line.len() - tail..from + line.len());
        }
        from = end + 1;
    }
    if let Some(span) = span {
        push(digits, span, pieces);
    }
}

fn push(digits: Vec<u8>, range: Range<usize>, pieces: &mut Vec<Piece>) {
    if digits.len() >= FEWEST
        && let Some(text) = zero_width::bits(&digits)
    {
        pieces.push(Piece::new(range, text, BLANKS));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let mut pieces = Vec::new();
        decode(text, &mut pieces);
        pieces.into_iter().map(|piece| piece.edit.text).collect()
    }

    fn bits(text: &str, zero: char, one: char) -> String {
        text.bytes()
            .flat_map(|byte| (0..8).rev().map(move |bit| if byte >> bit & 1 == 1 { one } else { zero }))
            .collect()
    }

    #[test]
    fn blanks_that_write_are_read() {
        assert_eq!(read(&format!("Hello{}", bits("ignore", '\u{2009}', '\u{200A}'))), ["ignore"]);
        assert_eq!(read(&format!("a\n{}\nb", bits("ignore all", ' ', '\t'))), ["ignore all"]);
        let halves = bits("ignore all", ' ', '\t');
        let (first, second) = halves.split_at(40);
        assert_eq!(read(&format!("one{first}\ntwo{second}\nthree")), ["ignore all"]);
        for text in
            ["a\u{A0}b\u{A0} c", "\u{3000}\u{3000}日本\u{3000}", " \t \tif x:\n\t  \ty  \n", "| a  \t| b \t |\n"]
        {
            assert_eq!(read(text), [] as [&str; 0], "{text:?}");
        }
    }
}
