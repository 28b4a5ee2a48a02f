//! Rows of numbers and signs that write characters: `69 67`, `105, 103`, `01101001`, Morse, Ascii85.

use std::ops::Range;

use super::{Piece, braille};
use crate::view::readable::readable;
use crate::view::sieve::Signs;
use crate::view::{Work, lexicon, zero_width};

/// Fewest characters that a row writes.
const SHORTEST: usize = 6;

/// Adds what the rows write.
pub(super) fn decode(text: &str, signs: &Signs, pieces: &mut Vec<Piece>, work: &mut Work) {
    if !text.is_ascii() {
        work.add(text.len());
        braille::decode(text, pieces);
    }
    if signs.pairs {
        row(text, hex, |text| text.len() >= SHORTEST, "hex", pieces);
    }
    if signs.codes {
        // Lists of small numbers are everywhere.
        row(text, decimal, |text| lexicon::weight(text) >= 2, "character codes", pieces);
    }
    if signs.bits {
        row(text, binary, |_| true, "binary", pieces);
        for word in words(text).filter(|word| word.len() >= 32) {
            let written = text.get(word.clone()).unwrap_or_default();
            if written.bytes().all(|byte| matches!(byte, b'0' | b'1')) {
                let digits: Vec<u8> = written.bytes().map(|byte| byte - b'0').collect();
                pieces.extend(zero_width::bits(&digits).map(|text| Piece::new(word, text, "binary")));
            }
        }
    }
    if signs.morse {
        morse(text, pieces);
    }
    if signs.ascii85 {
        ascii85(text, pieces);
    }
    let looks = [signs.pairs, signs.codes, signs.bits, signs.morse, signs.ascii85];
    work.add(text.len() * looks.iter().filter(|look| **look).count());
}

/// Words of ASCII letters and digits.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + bytes.get(at..)?.iter().position(u8::is_ascii_alphanumeric)?;
        let rest = bytes.get(start..)?;
        at = start + rest.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(rest.len());
        Some(start..at)
    })
}

/// Rows of words that are one byte each, with few signs between them.
fn row(
    text: &str,
    byte: fn(&str) -> Option<u8>,
    wanted: fn(&str) -> bool,
    step: &'static str,
    pieces: &mut Vec<Piece>,
) {
    let mut bytes: Vec<u8> = Vec::new();
    let mut span = 0..0;
    let mut flush = |bytes: &mut Vec<u8>, span: Range<usize>| {
        let bytes = std::mem::take(bytes);
        if bytes.len() >= SHORTEST.min(4)
            && let Some(text) = readable(bytes).filter(|text| wanted(text))
        {
            pieces.push(Piece::new(span, text, step));
        }
    };
    for word in words(text) {
        let near = text.get(span.end..word.start).is_some_and(|gap| gap.len() <= 4 && !gap.contains(['.', '(', ')']));
        let value = text.get(word.clone()).and_then(byte);
        if (value.is_none() || !near) && !bytes.is_empty() {
            flush(&mut bytes, span.clone());
        }
        if let Some(value) = value {
            if bytes.is_empty() {
                span.start = word.start;
            }
            bytes.push(value);
        }
        span.end = word.end;
    }
    flush(&mut bytes, span);
}

fn hex(word: &str) -> Option<u8> {
    let digits = word.strip_prefix("0x").unwrap_or(word);
    (digits.len() == 2).then(|| u8::from_str_radix(digits, 16).ok()).flatten()
}

fn decimal(word: &str) -> Option<u8> {
    word.parse().ok().filter(|code| (2..=3).contains(&word.len()) && (matches!(code, 10 | 13 | 32..=126)))
}

fn binary(word: &str) -> Option<u8> {
    (7..=8).contains(&word.len()).then(|| u8::from_str_radix(word, 2).ok()).flatten()
}

/// ITU-R M.1677-1: for each letter and digit its signs.
const MORSE: &[(&str, char)] = &[
    (".-", 'a'),
    ("-...", 'b'),
    ("-.-.", 'c'),
    ("-..", 'd'),
    (".", 'e'),
    ("..-.", 'f'),
    ("--.", 'g'),
    ("....", 'h'),
    ("..", 'i'),
    (".---", 'j'),
    ("-.-", 'k'),
    (".-..", 'l'),
    ("--", 'm'),
    ("-.", 'n'),
    ("---", 'o'),
    (".--.", 'p'),
    ("--.-", 'q'),
    (".-.", 'r'),
    ("...", 's'),
    ("-", 't'),
    ("..-", 'u'),
    ("...-", 'v'),
    (".--", 'w'),
    ("-..-", 'x'),
    ("-.--", 'y'),
    ("--..", 'z'),
    ("-----", '0'),
    (".----", '1'),
    ("..---", '2'),
    ("...--", '3'),
    ("....-", '4'),
    (".....", '5'),
    ("-....", '6'),
    ("--...", '7'),
    ("---..", '8'),
    ("----.", '9'),
    (".-.-.-", '.'),
    ("--..--", ','),
    ("..--..", '?'),
    ("-.-.--", '!'),
    ("-..-.", '/'),
    ("---...", ':'),
];

/// Dots and dashes, letters between spaces, words between slashes, bars or wider spaces.
fn morse(text: &str, pieces: &mut Vec<Piece>) {
    let sign = |c: char| matches!(c, '.' | '-' | '/' | '|' | ' ');
    let mut at = 0;
    for part in text.split_inclusive(|c| !sign(c)) {
        let start = at;
        at += part.len();
        let row = part.trim_end_matches(|c| !sign(c));
        if row.len() < 14 {
            continue;
        }
        let mut out = String::new();
        for word in row.split(['/', '|']).flat_map(|word| word.split("  ")) {
            let letters = word.split(' ').filter(|letter| !letter.is_empty());
            out.extend(letters.filter_map(|letter| MORSE.iter().find(|(signs, _)| *signs == letter)).map(|(_, c)| *c));
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        }
        if out.split(' ').any(lexicon::proves) {
            let skipped = row.len() - row.trim_start().len();
            pieces.push(Piece::new(start + skipped..start + row.trim_end().len(), out.trim().to_string(), "Morse"));
        }
    }
}

/// Ascii85 as PostScript marks it: between `<~` and `~>`.
fn ascii85(text: &str, pieces: &mut Vec<Piece>) {
    let mut from = 0;
    while let Some(start) = text.get(from..).and_then(|rest| rest.find("<~")).map(|at| from + at) {
        let inside = start + 2;
        let Some(end) = text.get(inside..).and_then(|rest| rest.find("~>")).map(|at| inside + at) else { return };
        from = end + 2;
        if let Some(text) = text.get(inside..end).and_then(base85).and_then(readable) {
            pieces.push(Piece::new(start..from, text, "Ascii85"));
        }
    }
}

fn base85(written: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut group: Vec<u8> = Vec::with_capacity(5);
    let flush = |group: &mut Vec<u8>, out: &mut Vec<u8>| {
        let count = group.len();
        group.resize(5, 84);
        let value =
            group.iter().try_fold(0_u32, |value, digit| value.checked_mul(85)?.checked_add(u32::from(*digit)))?;
        out.extend(value.to_be_bytes().iter().take(count.saturating_sub(1)));
        group.clear();
        Some(())
    };
    for byte in written.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        match byte {
            b'z' if group.is_empty() => out.extend([0; 4]),
            b'!'..=b'u' => group.push(byte - b'!'),
            _ => return None,
        }
        if group.len() == 5 {
            flush(&mut group, &mut out)?;
        }
    }
    if !group.is_empty() {
        flush(&mut group, &mut out)?;
    }
    Some(out)
}
