//! JSON in the encodings that Python's `json.loads` accepts for bytes: UTF-8, UTF-16 and UTF-32, told by the first bytes.

use std::borrow::Cow;

/// The text, and where it starts in the bytes if offsets in both agree.
pub(super) fn text(bytes: &[u8]) -> Option<(Cow<'_, str>, Option<u64>)> {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return std::str::from_utf8(rest).ok().map(|text| (Cow::Borrowed(text), Some(3)));
    }
    let wide = match bytes {
        [0xff, 0xfe, 0, 0, rest @ ..] => from_32(rest, u32::from_le_bytes),
        [0, 0, 0xfe, 0xff, rest @ ..] => from_32(rest, u32::from_be_bytes),
        [0xff, 0xfe, rest @ ..] => from_16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => from_16(rest, u16::from_be_bytes),
        [0, 0, ..] => from_32(bytes, u32::from_be_bytes),
        [0, _, ..] => from_16(bytes, u16::from_be_bytes),
        [_, 0, 0, 0, ..] => from_32(bytes, u32::from_le_bytes),
        [_, 0, ..] => from_16(bytes, u16::from_le_bytes),
        _ => return std::str::from_utf8(bytes).ok().map(|text| (Cow::Borrowed(text), Some(0))),
    };
    Some((Cow::Owned(wide), None))
}

/// Whether the beginning of a file can be JSON in a wide encoding; a narrow one is left to the parser.
pub(super) fn begins_like_json(head: &[u8]) -> bool {
    if !head.iter().take(4).any(|byte| *byte == 0) {
        return true;
    }
    // The head may cut a character in two.
    let whole = head.get(..head.len() / 4 * 4).unwrap_or_default();
    text(whole).is_some_and(|(text, _)| {
        let start = text.trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace());
        start.starts_with(['{', '[']) && !text.contains('\0')
    })
}

fn from_16(bytes: &[u8], number: fn([u8; 2]) -> u16) -> String {
    let units = bytes.as_chunks::<2>().0.iter().map(|unit| number(*unit));
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

fn from_32(bytes: &[u8], number: fn([u8; 4]) -> u32) -> String {
    let units = bytes.as_chunks::<4>().0.iter().map(|unit| number(*unit));
    units.map(|unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

#[cfg(test)]
mod tests {
    use super::{begins_like_json, text};

    #[test]
    fn weights_are_not_taken_for_a_wide_encoding() {
        let safetensors = [b"\x7b\0\0\0\0\0\0\0{\"w\": 1}".as_slice(), &[0; 64]].concat();
        assert!(!begins_like_json(&safetensors));
        let wide: Vec<u8> = "{\"a\": 1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(begins_like_json(&wide) && begins_like_json(b"{}"));
    }

    #[test]
    fn reads_what_python_reads() {
        let wide = |bytes: &[u8]| text(bytes).map(|(text, at)| (text.into_owned(), at));
        let expected = Some(("{}é".to_string(), None));
        for (mark, order) in [(true, true), (true, false), (false, true), (false, false)] {
            let put16 = |unit: u16| if order { unit.to_le_bytes() } else { unit.to_be_bytes() };
            let put32 = |unit: char| if order { (unit as u32).to_le_bytes() } else { (unit as u32).to_be_bytes() };
            let start = if mark { "\u{feff}" } else { "" };
            let source = format!("{start}{{}}é");
            let as_16: Vec<u8> = source.encode_utf16().flat_map(put16).collect();
            let as_32: Vec<u8> = source.chars().flat_map(put32).collect();
            assert_eq!(wide(&as_16), expected, "{mark} {order}");
            assert_eq!(wide(&as_32), expected, "{mark} {order}");
        }
        assert_eq!(wide(b"\xef\xbb\xbf{}"), Some(("{}".to_string(), Some(3))));
        assert_eq!(wide(b"{}"), Some(("{}".to_string(), Some(0))));
        assert_eq!(wide(b"{\xff}"), None);
    }
}
