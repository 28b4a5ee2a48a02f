//! Runs over the alphabets of base64, base32 and hexadecimal digits.

use std::ops::Range;

use super::Piece;
use crate::view::Work;
use crate::view::readable::{readable, readable_utf16};

/// Shortest part of a run that is tried alone, in characters.
const SHORTEST: usize = 16;

/// A line of at least this many characters may go on in the next one.
const WRAPPED: usize = 40;

/// The same of lines that are all as long.
const NARROW: usize = 20;

/// Adds what the runs decode to.
pub(super) fn decode(text: &str, runs: &[Range<usize>], pieces: &mut Vec<Piece>, work: &mut Work) {
    let mut from = 0;
    while let Some(run) = runs.get(from) {
        let written = text.get(run.clone()).unwrap_or_default();
        let joined = if looks_like_text(written) { wrapped(text, runs, from) } else { 1 };
        let last = runs.get(from + joined - 1).unwrap_or(run);
        let range = run.start..last.end;
        work.add(range.len());
        from += joined;
        let Some(written) = text.get(range.clone()) else { continue };
        if let Some((text, step)) = whole(written) {
            pieces.push(Piece::new(range, text, step));
            continue;
        }
        if joined == 1 {
            parts(written, range.start, pieces);
        } else if run.len() < WRAPPED {
            // They are of one length by chance: each for itself.
            for run in runs.get(from - joined..from).unwrap_or_default() {
                let one = text.get(run.clone()).and_then(whole);
                pieces.extend(one.map(|(text, step)| Piece::new(run.clone(), text, step)));
            }
        }
    }
    for piece in pieces.iter_mut() {
        let range = &mut piece.edit.range;
        let after = text.as_bytes().get(range.end..).unwrap_or_default();
        range.end += after.iter().take(6).take_while(|byte| **byte == b'=').count();
    }
}

/// Of several lines: how many belong together from this one on.
fn wrapped(text: &str, runs: &[Range<usize>], first: usize) -> usize {
    let mut count = 1;
    while let (Some(run), Some(next)) = (runs.get(first + count - 1), runs.get(first + count)) {
        let gap = text.get(run.end..next.start).unwrap_or("-");
        let newlines = gap.bytes().filter(|byte| *byte == b'\n').count();
        // Shorter lines are those of one text if they are of one length.
        let narrow = run.len() >= NARROW && (next.len() == run.len() || count >= 2 && next.len() <= run.len());
        if run.len() < WRAPPED && !narrow
            || newlines != 1
            || gap.len() > 16
            || !gap.bytes().all(|byte| byte.is_ascii_whitespace())
        {
            break;
        }
        count += 1;
    }
    count
}

/// Parts of a path or of a name with hyphens.
fn parts(written: &str, start: usize, pieces: &mut Vec<Piece>) {
    let mut at = start;
    for part in written.split(['/', '-', '_', '+']) {
        if part.len() >= SHORTEST
            && part.len() < written.len()
            && let Some((text, step)) = whole(part)
        {
            pieces.push(Piece::new(at..at + part.len(), text, step));
        }
        at += part.len() + 1;
    }
}

fn whole(written: &str) -> Option<(String, &'static str)> {
    let written = written.strip_prefix("0x").unwrap_or(written);
    if written.len().is_multiple_of(2)
        && written.bytes().all(|byte| byte.is_ascii_hexdigit())
        && let Some(text) = hex(written).and_then(readable)
    {
        return Some((text, "hex"));
    }
    let upper = written.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'));
    // Small letters are words as well, unless they are long and have digits among them.
    let lower = || written.len() >= 32 && written.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7'));
    if (upper || lower() && written.bytes().any(|byte| byte.is_ascii_digit()))
        && let Some(text) = readable(unpack(written, 5, base32))
    {
        return Some((text, "base32"));
    }
    if !looks_like_text(written) {
        return None;
    }
    let bytes = unpack(written, 6, base64);
    if bytes.len() >= 8 && bytes.iter().skip(1).step_by(2).all(|byte| *byte == 0) {
        return readable_utf16(&bytes).map(|text| (text, "base64 of UTF-16"));
    }
    readable(bytes).map(|text| (text, "base64"))
}

/// Whether the first bytes of base64 can be text; nearly nothing else passes.
fn looks_like_text(written: &str) -> bool {
    let mut first = [0; 9];
    let mut len = 0;
    let written = written.as_bytes();
    for (place, byte) in first.iter_mut().zip(packed(written.get(..12).unwrap_or(written), 6, base64)) {
        *place = byte;
        len += 1;
    }
    let bytes = first.get(..len).unwrap_or_default();
    let utf16 = bytes.len() >= 8 && bytes.iter().skip(1).step_by(2).all(|byte| *byte == 0);
    let control = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\n' | b'\r' | b'\t') || *byte == 0x7F;
    if !utf16 && bytes.iter().any(control) {
        return false;
    }
    let valid = match std::str::from_utf8(bytes) {
        Ok(_) => true,
        // The last character may be cut.
        Err(error) => error.error_len().is_none() && error.valid_up_to() + 4 > bytes.len(),
    };
    utf16 || valid
}

fn hex(written: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pair = |pair: &[u8; 2]| u8::try_from(digit(pair[0])? << 4 | digit(pair[1])?).ok();
    written.as_bytes().as_chunks::<2>().0.iter().map(pair).collect()
}

/// Bits of each character, packed into bytes; characters outside the alphabet are skipped.
fn unpack(written: &str, width: u32, value: fn(u8) -> Option<u8>) -> Vec<u8> {
    let mut out = Vec::with_capacity(written.len() * width as usize / 8);
    out.extend(packed(written.as_bytes(), width, value));
    out
}

fn packed(written: &[u8], width: u32, value: impl Fn(u8) -> Option<u8>) -> impl Iterator<Item = u8> {
    let (mut bits, mut held) = (0_u32, 0_u32);
    written.iter().filter_map(move |byte| {
        bits = bits << width | u32::from(value(*byte)?);
        held += width;
        (held >= 8).then(|| {
            held -= 8;
            (bits >> held) as u8
        })
    })
}

/// RFC 4648, both alphabets.
fn base64(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

/// RFC 4648.
fn base32(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a',
        b'2'..=b'7' => byte - b'2' + 26,
        _ => return None,
    })
}
