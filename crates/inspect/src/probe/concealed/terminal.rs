//! Text that a terminal shows in no ink, or in that of its ground.

use std::borrow::Cow;
use std::ops::Range;

use crate::probe::{Word, erased};

/// Text under SGR 8 (concealed), or in the colour of its ground, up to the sequence that ends it.
pub(super) fn place(text: &str, word: &Word, rest: &str) -> Option<Range<usize>> {
    let len = rest.bytes().take(64).take_while(|byte| byte.is_ascii_digit() || matches!(byte, b';' | b':')).count();
    let mut parameters = Cow::Borrowed(rest.get(..len)?);
    let mut start = word.end + len + 1;
    // Ink and ground may be set by a sequence each.
    let next = text.get(start..).and_then(|after| after.strip_prefix("\u{1b}["));
    let last =
        next.map_or(0, |next| next.bytes().take(64).take_while(|byte| byte.is_ascii_digit() || *byte == b';').count());
    if let Some(more) = next.filter(|next| next.as_bytes().get(last) == Some(&b'm')).and_then(|next| next.get(..last)) {
        parameters = Cow::Owned(format!("{parameters};{more}"));
        start += 2 + last + 1;
    }
    if rest.as_bytes().get(len) != Some(&b'm') {
        return None;
    }
    let after = text.get(start..word.end + rest.len())?;
    // Written as an escape, in source code, which defines colours for whatever comes.
    if text.get(word.start..)?.starts_with('\\') {
        let said = after.split(['\\', '"', '\'', '`', '\n']).next()?;
        return ((conceals(&parameters) || is_pale(&parameters)) && erased::is_order(said))
            .then_some(start..start + said.len());
    }
    let end = after.find(['\u{1b}', '\u{9b}']).unwrap_or(after.len());
    if conceals(&parameters) {
        return Some(start..start + end);
    }
    // In the colour of many grounds only an order is worth a word, and within its line.
    let said = after.get(..end)?.split('\n').next()?;
    (is_pale(&parameters) && erased::is_order(said)).then_some(start..start + said.len())
}

/// Whether the ink is black, or the brightest white by its number: the colours of most grounds.
fn is_pale(parameters: &str) -> bool {
    let codes: Vec<&str> = parameters.split(';').collect();
    let indexed = |codes: &[&str]| matches!(codes, ["38", "5", "0" | "15" | "16" | "231" | "232" | "255"]);
    codes.contains(&"30") && !codes.contains(&"38") && !codes.contains(&"48") || codes.windows(3).any(indexed)
}

/// Whether the parameters of SGR hide what follows.
fn conceals(parameters: &str) -> bool {
    let mut numbers = parameters.split(';');
    let (mut ink, mut ground) = (None, None);
    let mut concealed = false;
    while let Some(number) = numbers.next() {
        match number.parse::<u16>().unwrap_or(0) {
            0 => (ink, ground, concealed) = (None, None, false),
            8 => concealed = true,
            28 => concealed = false,
            code @ (30..=37 | 90..=97) => ink = Some((code - 30, 0, 0)),
            code @ (40..=47 | 100..=107) => ground = Some((code - 40, 0, 0)),
            code @ (38 | 48) => {
                let mut next = || numbers.next().and_then(|number| number.parse::<u16>().ok()).unwrap_or(0);
                let color = match next() {
                    5 => (next() + 1000, 0, 0),
                    _ => (next() + 2000, next(), next()),
                };
                if code == 38 { ink = Some(color) } else { ground = Some(color) }
            }
            _ => {}
        }
    }
    concealed || (ink.is_some() && ink == ground)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sequences_that_hide_conceal() {
        for (parameters, hides) in [
            ("8", true),
            ("1;8", true),
            ("30;40", true),
            ("38;5;8", false),
            ("38;2;8;8;8;48;2;8;8;8", true),
            ("0", false),
            ("8;0", false),
            ("", false),
            ("31;40", false),
            ("48;5;8;1", false),
        ] {
            assert_eq!(conceals(parameters), hides, "{parameters}");
        }
    }
}
