//! Base64 as Python's lenient decoder reads it: what is not in the alphabet is skipped.

/// Decodes until padding or the end; stops after `max` bytes. Both alphabets (`+/` and `-_`) are read.
pub fn decode(text: &[u8], max: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity((text.len() / 4 * 3 + 3).min(max));
    let (mut bits, mut held) = (0u32, 0u32);
    for byte in text {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => break,
            _ => continue,
        };
        bits = (bits << 6 | u32::from(six)) & 0xffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            if out.len() >= max {
                break;
            }
            out.push((bits >> held) as u8);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn decodes_as_python_does() {
        assert_eq!(decode(b"aGVsbG8=", 99), b"hello");
        assert_eq!(decode(b"aGVs\nbG8", 99), b"hello");
        assert_eq!(decode(b"a!G*V s bG8=", 99), b"hello");
        assert_eq!(decode(b"aGVsbG8=", 3), b"hel");
        assert_eq!(decode(b"_-8=", 9), [0xff, 0xef]);
        assert_eq!(decode(b"", 9), b"");
    }
}
