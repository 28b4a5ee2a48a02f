//! Characters written as escapes: percent, HTML entities, backslashes, quoted-printable.

use std::ops::Range;

use memchr::memchr_iter;

use super::Piece;
use crate::view::edit::floor;
use crate::view::sieve::Signs;
use crate::view::{Work, lexicon, orders};

/// What one escape stands for.
enum Unit {
    Byte(u8),
    Char(char),
    /// A line break that is not meant.
    Nothing,
}

/// Reads the escape that bytes begin with, and its length.
type Reader = fn(&[u8]) -> Option<(usize, Unit)>;

/// Adds what escapes stand for; `nested` in a text that was decoded.
pub(super) fn decode(text: &str, signs: &Signs, nested: bool, pieces: &mut Vec<Piece>, work: &mut Work) {
    let kinds: [(bool, u8, Reader, &'static str); 3] = [
        (signs.percent, b'%', percent, "percent escapes"),
        (signs.entity, b'&', entity, "HTML entities"),
        (signs.backslash, b'\\', backslash, "backslash escapes"),
    ];
    for (seen, lead, reader, step) in kinds {
        if seen {
            work.add(text.len());
            let from = pieces.len();
            runs(text, lead, reader, step, pieces);
            // Markup and quotes are escaped everywhere; alone they say nothing unless they were escaped twice.
            let markup = |piece: &Piece| {
                !piece.edit.text.is_empty() && piece.edit.text.bytes().all(|byte| b"<>&\"' \n\xC2\xA0".contains(&byte))
            };
            let escaped = pieces.get(from..).unwrap_or_default();
            if !nested && escaped.iter().all(markup) && !(lead == b'%' && in_address(text, escaped)) {
                pieces.truncate(from);
            }
        }
    }
    if signs.equals {
        work.add(text.len());
        quoted_printable(text, pieces);
    }
}

/// Spaces of an address between words that would be an order: `?q=ignore%20all%20previous%20instructions`.
fn in_address(text: &str, spaces: &[Piece]) -> bool {
    spaces.chunk_by(|a, b| b.edit.range.start - a.edit.range.end <= WORD).filter(|words| words.len() >= WORDS).any(
        |words| {
            let (Some(first), Some(last)) = (words.first(), words.last()) else { return false };
            let from = floor(text, first.edit.range.start.saturating_sub(WORD));
            let to = floor(text, (last.edit.range.end + WORD).min(from + LONGEST_ADDRESS));
            let read = text.get(from..to).unwrap_or_default().replace("%20", " ").replace("%2C", ",");
            lexicon::weight(&read) == 3 || orders::orders_model(&read)
        },
    )
}

/// Longest word between two escaped spaces, in bytes.
const WORD: usize = 24;

/// Fewest escaped spaces of an order.
const WORDS: usize = 3;

/// Most bytes of an address that are read.
const LONGEST_ADDRESS: usize = 2 << 10;

/// Escapes that follow each other without a gap, joined.
fn runs(text: &str, lead: u8, reader: Reader, step: &'static str, pieces: &mut Vec<Piece>) {
    let bytes = text.as_bytes();
    let mut open: Option<(Range<usize>, Vec<u8>)> = None;
    let mut end = 0;
    for at in memchr_iter(lead, bytes) {
        if at < end {
            continue;
        }
        let Some((len, unit)) = bytes.get(at..).and_then(reader) else { continue };
        end = at + len;
        match &mut open {
            Some((range, written)) if range.end == at => {
                range.end = end;
                put(unit, written);
            }
            _ => {
                close(open.take(), step, pieces);
                let mut written = Vec::new();
                put(unit, &mut written);
                open = Some((at..end, written));
            }
        }
    }
    close(open, step, pieces);
}

fn put(unit: Unit, into: &mut Vec<u8>) {
    match unit {
        Unit::Byte(byte) => into.push(byte),
        Unit::Char(c) => into.extend(c.encode_utf8(&mut [0; 4]).bytes()),
        Unit::Nothing => {}
    }
}

fn close(run: Option<(Range<usize>, Vec<u8>)>, step: &'static str, pieces: &mut Vec<Piece>) {
    if let Some((range, bytes)) = run
        && let Ok(text) = String::from_utf8(bytes)
        && !text.chars().any(|c| c.is_control() && !c.is_whitespace())
    {
        pieces.push(Piece::escape(range, text, step));
    }
}

fn hex(bytes: &[u8]) -> Option<u32> {
    (!bytes.is_empty() && bytes.len() <= 8)
        .then(|| bytes.iter().try_fold(0_u32, |value, byte| Some(value << 4 | char::from(*byte).to_digit(16)?)))
        .flatten()
}

fn hex_byte(bytes: &[u8]) -> Option<Unit> {
    Some(Unit::Byte(u8::try_from(hex(bytes)?).ok()?))
}

fn percent(bytes: &[u8]) -> Option<(usize, Unit)> {
    // `%2541` is `%41` once more: one step of the depth.
    Some((3, hex_byte(bytes.get(1..3)?)?))
}

/// Names of entities for ASCII, and the two spaces.
const NAMES: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("commat", '@'),
    ("period", '.'),
    ("comma", ','),
    ("colon", ':'),
    ("semi", ';'),
    ("sol", '/'),
    ("bsol", '\\'),
    ("num", '#'),
    ("excl", '!'),
    ("quest", '?'),
    ("lpar", '('),
    ("rpar", ')'),
    ("lbrack", '['),
    ("rbrack", ']'),
    ("lbrace", '{'),
    ("rbrace", '}'),
    ("equals", '='),
    ("lowbar", '_'),
    ("percnt", '%'),
    ("dollar", '$'),
    ("plus", '+'),
    ("ast", '*'),
    ("hyphen", '-'),
    ("grave", '`'),
    ("vert", '|'),
    ("shy", '\u{AD}'),
    ("Tab", '\t'),
    ("NewLine", '\n'),
];

fn entity(bytes: &[u8]) -> Option<(usize, Unit)> {
    let semicolon = |digits: usize| usize::from(bytes.get(digits) == Some(&b';'));
    let number = |from: usize, radix: u32| {
        let digits = bytes.get(from..)?.iter().take(8).take_while(|byte| char::from(**byte).is_digit(radix)).count();
        let text = std::str::from_utf8(bytes.get(from..from + digits)?).ok()?;
        let c = char::from_u32(u32::from_str_radix(text, radix).ok()?)?;
        Some((from + digits + semicolon(from + digits), Unit::Char(c)))
    };
    match bytes.get(1..3)? {
        [b'#', b'x' | b'X'] => number(3, 16),
        [b'#', _] => number(2, 10),
        _ => {
            let len = bytes.get(1..)?.iter().take(9).position(|byte| *byte == b';')?;
            let name = bytes.get(1..1 + len)?;
            let (_, c) = NAMES.iter().find(|(known, _)| known.as_bytes() == name)?;
            // Nobody sees a soft hyphen within a line.
            Some((len + 2, if *c == '\u{AD}' { Unit::Nothing } else { Unit::Char(*c) }))
        }
    }
}

fn backslash(bytes: &[u8]) -> Option<(usize, Unit)> {
    // CSS writes a character by six digits.
    if let Some(digits) = bytes.get(1..7).filter(|digits| digits.starts_with(b"00"))
        && let Some(code) = hex(digits)
    {
        let space = usize::from(bytes.get(7) == Some(&b' '));
        return Some((7 + space, Unit::Char(char::from_u32(code).filter(|c| !c.is_control())?)));
    }
    match bytes.get(1)? {
        // An escape within a string that is escaped once more.
        b'\\' if bytes.get(2) != Some(&b'\\') => backslash(bytes.get(1..)?).map(|(len, unit)| (len + 1, unit)),
        b'x' => Some((4, hex_byte(bytes.get(2..4)?)?)),
        b'u' if bytes.get(2) == Some(&b'{') => {
            let len = bytes.get(3..)?.iter().take(7).position(|byte| *byte == b'}')?;
            Some((len + 4, Unit::Char(char::from_u32(hex(bytes.get(3..3 + len)?)?)?)))
        }
        b'u' => {
            let high = hex(bytes.get(2..6)?)?;
            if !(0xD800..0xDC00).contains(&high) {
                return Some((6, Unit::Char(char::from_u32(high)?)));
            }
            let low = bytes.get(6..8).filter(|lead| lead == b"\\u").and_then(|_| hex(bytes.get(8..12)?))?;
            let code = 0x10000 + ((high - 0xD800) << 10) + low.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
            Some((12, Unit::Char(char::from_u32(code)?)))
        }
        b'U' => Some((10, Unit::Char(char::from_u32(hex(bytes.get(2..10)?)?)?))),
        b'0'..=b'3' => {
            let digits = bytes.get(1..4)?;
            digits.iter().all(|byte| matches!(byte, b'0'..=b'7')).then_some(())?;
            let value = digits.iter().fold(0_u32, |value, digit| value << 3 | u32::from(digit - b'0'));
            Some((4, Unit::Byte(u8::try_from(value).ok()?)))
        }
        _ => None,
    }
}

/// Only where all equals signs are escapes, or many in a row: `a=10` is an assignment.
fn quoted_printable(text: &str, pieces: &mut Vec<Piece>) {
    let bytes = text.as_bytes();
    let (mut total, mut valid) = (0_usize, 0_usize);
    for at in memchr_iter(b'=', bytes) {
        total += 1;
        valid += usize::from(bytes.get(at..).and_then(quoted).is_some());
    }
    let encoded = valid >= 3 && valid == total;
    let from = pieces.len();
    runs(text, b'=', quoted, "quoted-printable", pieces);
    // `?center=47.70&zoom=14` is the query of an address.
    let mut count = 0;
    pieces.retain(|piece| {
        count += 1;
        count <= from || !is_parameter(bytes.get(..piece.edit.range.start).unwrap_or_default())
    });
    if !encoded {
        let mut index = 0;
        pieces.retain(|piece| {
            index += 1;
            index <= from || piece.edit.range.len() >= 12
        });
    }
}

/// Whether a text ends with the name of a parameter.
fn is_parameter(before: &[u8]) -> bool {
    let name = before
        .iter()
        .rev()
        .take(32)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
        .count();
    name > 0
        && before
            .len()
            .checked_sub(name + 1)
            .and_then(|at| before.get(at))
            .is_some_and(|byte| matches!(byte, b'?' | b'&' | b';'))
}

fn quoted(bytes: &[u8]) -> Option<(usize, Unit)> {
    match bytes.get(1..3).or(bytes.get(1..2))? {
        [b'\n', ..] => Some((2, Unit::Nothing)),
        [b'\r', b'\n'] => Some((3, Unit::Nothing)),
        digits if digits.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F')) && digits.len() == 2 => {
            Some((3, hex_byte(digits)?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_backslashes_is_read_once() {
        for count in [3, 100_000] {
            let text = format!("say \\u0041 {}u0041", "\\".repeat(count));
            let mut pieces = Vec::new();
            runs(&text, b'\\', backslash, "backslash escapes", &mut pieces);
            let first = pieces.first().map(|piece| piece.edit.text.as_str());
            assert!(first == Some("A") && pieces.len() <= 2, "{count}: {}", pieces.len());
        }
        assert!(matches!(backslash(b"\\\\x41"), Some((5, Unit::Byte(b'A')))));
    }
}
