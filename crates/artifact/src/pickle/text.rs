//! Strings of a pickle: found again by the offset of their instruction and decoded only when needed.

use super::opcode::{Instruction, decode, op};
use super::stream::Stream;

/// The instruction at an offset.
pub(crate) fn instruction(stream: &Stream<'_>, at: u64) -> Option<Instruction> {
    if stream.input().bytes().is_some() {
        return decode(&mut Stream::new(stream.input(), at)).ok();
    }
    // Not in memory: a small copy does unless the data is long, and then the input has to be asked.
    let head = stream.fetch(at, 64).into_owned();
    match decode(&mut Stream::new(&head, 0)) {
        Ok(found) => {
            Some(Instruction { at, data: found.data + at, second: found.second + at, next: found.next + at, ..found })
        }
        Err(_) => decode(&mut Stream::new(stream.input(), at)).ok(),
    }
}

/// Whether the string instruction at an offset spells `word`; most are ruled out by their length.
pub(crate) fn is(stream: &Stream<'_>, at: u64, word: &str) -> bool {
    // An escape takes up to six bytes for a character, quotes two more.
    let plausible = |found: Instruction| (word.len() as u64..=word.len() as u64 * 6 + 2).contains(&found.number);
    instruction(stream, at).is_some_and(plausible)
        && string(stream, at, word.len() * 6 + 2).is_some_and(|(text, whole)| whole && text == word)
}

/// The text of the string instruction at an offset, at most `max` bytes of it; whether that is all.
/// None if it is not text as Python reads it.
pub(crate) fn string(stream: &Stream<'_>, at: u64, max: usize) -> Option<(String, bool)> {
    let found = instruction(stream, at)?;
    let whole = found.number <= max as u64;
    let raw = stream.fetch(found.data, found.number.min(max as u64) as usize);
    let text = match found.code {
        op::STRING => latin(&unescape(unquote(&raw))),
        op::UNICODE => raw_unicode(&raw),
        op::BINSTRING | op::SHORT_BINSTRING => latin(&raw),
        op::BINUNICODE | op::SHORT_BINUNICODE | op::BINUNICODE8 => match std::str::from_utf8(&raw) {
            Ok(text) => text.to_string(),
            Err(error) if !whole && error.error_len().is_none() => String::from_utf8_lossy(&raw).into_owned(),
            Err(_) => return None,
        },
        _ => return None,
    };
    Some((text, whole))
}

/// One line of a GLOBAL or INST.
pub(crate) fn line(stream: &Stream<'_>, at: u64, length: u64) -> Option<String> {
    if length > 1024 {
        return None;
    }
    String::from_utf8(stream.fetch(at, length as usize).into_owned()).ok()
}

fn latin(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_string(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// What stands between the quotes of a protocol 0 string.
fn unquote(raw: &[u8]) -> &[u8] {
    let raw = raw.trim_ascii();
    match raw {
        [quote @ (b'"' | b'\''), inner @ .., last] if quote == last => inner,
        _ => raw,
    }
}

/// Python's escapes for byte strings: `\n`, `\x41`, `\101` and so on.
fn unescape(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'\\' {
            out.push(*byte);
            continue;
        }
        let Some((escape, after)) = rest.split_first() else { break };
        rest = after;
        match escape {
            b'\n' => {}
            b'a' => out.push(7),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'v' => out.push(11),
            b'x' => match digits(rest, 2, 16) {
                Some(value) => {
                    out.push(value as u8);
                    rest = rest.get(2..).unwrap_or_default();
                }
                None => out.extend(b"\\x"),
            },
            b'0'..=b'7' => {
                let octal = std::iter::once(escape).chain(rest).take(3).take_while(|b| (b'0'..=b'7').contains(b));
                let (value, length) =
                    octal.fold((0u32, 0), |(value, length), b| (value * 8 + u32::from(b - b'0'), length + 1));
                out.push(value as u8);
                rest = rest.get(length - 1..).unwrap_or_default();
            }
            b'\\' | b'\'' | b'"' => out.push(*escape),
            other => out.extend([b'\\', *other]),
        }
    }
    out
}

/// Python's `raw-unicode-escape`: only `\uXXXX` and `\UXXXXXXXX` mean anything.
fn raw_unicode(raw: &[u8]) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((byte, after)) = rest.split_first() {
        let escape = match (byte, after.first()) {
            (b'\\', Some(b'u')) => digits(after.get(1..).unwrap_or_default(), 4, 16).map(|value| (value, 5)),
            (b'\\', Some(b'U')) => digits(after.get(1..).unwrap_or_default(), 8, 16).map(|value| (value, 9)),
            _ => None,
        };
        if let Some((value, length)) = escape {
            out.push(char::from_u32(value).unwrap_or('\u{fffd}'));
            rest = after.get(length..).unwrap_or_default();
        } else {
            out.push(char::from(*byte));
            rest = after;
        }
    }
    out
}

fn digits(raw: &[u8], count: usize, radix: u32) -> Option<u32> {
    let text = std::str::from_utf8(raw.get(..count)?).ok()?;
    text.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(text, radix).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_strings_as_python_does() {
        for (bytes, text) in [
            (&b"S'o\\x73'\n"[..], "os"),
            (b"S\"\\157s\"\n", "os"),
            (b"S'a\\\\b\\q'\n", "a\\b\\q"),
            (b"Vsyst\\u0065m\n", "system"),
            (b"V\\U0001f600\n", "😀"),
            (b"X\x02\0\0\0os", "os"),
            (b"\x8c\x02os", "os"),
            (b"U\x02\xe9s", "és"),
        ] {
            let data = bytes.to_vec();
            let unmapped = super::super::stream::Unmapped(data.clone());
            assert_eq!(string(&Stream::new(&data, 0), 0, 100), Some((text.to_string(), true)));
            assert_eq!(string(&Stream::new(&unmapped, 0), 0, 100), Some((text.to_string(), true)));
        }
        assert_eq!(string(&Stream::new(&b"\x8c\x02\xff\xff".to_vec(), 0), 0, 100), None);
        assert_eq!(string(&Stream::new(&b"\x8c\x04abcd".to_vec(), 0), 0, 2), Some(("ab".into(), false)));
    }
}
