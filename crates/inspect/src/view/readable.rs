//! Whether decoded bytes are something that a model would read, and how a report shows it.

/// Most characters of a payload that a report shows.
const SHOWN: usize = 200;

/// The bytes as text if they are: UTF-8 without control characters, mostly letters, digits and punctuation.
pub(super) fn readable(bytes: Vec<u8>) -> Option<String> {
    let mut text = String::from_utf8(bytes).ok()?;
    while text.ends_with('\0') {
        text.pop();
    }
    (!text.is_empty() && is_readable(&text)).then_some(text)
}

/// UTF-16, little-endian, as text if it is.
pub(super) fn readable_utf16(bytes: &[u8]) -> Option<String> {
    let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
    String::from_utf16(&units).ok().filter(|text| !text.is_empty() && is_readable(text))
}

/// No control characters and nothing that is not a character; letters enough to be words.
fn is_readable(text: &str) -> bool {
    let mut letters = 0_usize;
    let mut odd = 0_usize;
    let mut total = 0_usize;
    for c in text.chars() {
        total += 1;
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' => letters += 1,
            '\n' | '\r' | '\t' | '!'..='~' => {}
            c if c.is_control() || matches!(c, '\u{FFFD}' | '\u{E000}'..='\u{F8FF}' | '\u{FFF0}'..='\u{FFFF}') => {
                return false;
            }
            c if c.is_alphabetic() => letters += 1,
            _ => odd += 1,
        }
    }
    letters * 2 >= total && odd * 4 <= total
}

/// One line of at most 200 characters; what is not seen is written as an escape.
pub(crate) fn line(text: &str) -> String {
    let mut out = String::new();
    for (count, c) in text.trim().chars().enumerate() {
        if count == SHOWN {
            out.push('…');
            break;
        }
        if c.is_control() || super::unicode::unseen(c).is_some() {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    // Many of these are kept.
    out.shrink_to_fit();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_told_from_bytes() {
        for (bytes, text) in [
            (&b"ignore"[..], true),
            ("обойди".as_bytes(), true),
            (b"\x89PNG\r\n", false),
            (b"", false),
            (b"\xff\xfe", false),
            (b"{}[]<>;:,.", false),
        ] {
            assert_eq!(readable(bytes.to_vec()).is_some(), text, "{bytes:?}");
        }
        assert_eq!(readable_utf16(b"c\0u\0r\0l\0").as_deref(), Some("curl"));
    }

    #[test]
    fn evidence_is_one_short_line() {
        assert_eq!(line(" a\nb\u{1b}\u{200b} "), "a\\nb\\u{1b}\\u{200b}");
        assert_eq!(line(&"é".repeat(300)).chars().count(), 201);
    }
}
