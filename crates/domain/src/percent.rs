//! `%41` in addresses and tags.

/// The text with every `%` and two hexadecimal digits replaced by their byte; malformed escapes stay as they are.
pub fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let digits = bytes.get(at + 1..at + 3).and_then(|digits| std::str::from_utf8(digits).ok());
        let decoded = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let (b'%', Some(value)) = (byte, decoded) {
            out.push(value);
            at += 3;
        } else {
            out.push(*byte);
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::percent_decoded;

    #[test]
    fn decodes_what_is_well_formed() {
        for (text, expected) in [("a%20b", "a b"), ("%C3%BC%", "ü%"), ("%zz%4", "%zz%4"), ("", "")] {
            assert_eq!(percent_decoded(text), expected);
        }
    }
}
