//! Strings and numbers of a JSON text, found without building it, so that all else stays byte for byte.

use std::ops::Range;

/// A scalar that can hold a value of interest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scalar {
    /// With its quotes.
    pub(crate) span: Range<usize>,
    /// A string before a colon.
    pub(crate) key: bool,
    /// In quotes.
    pub(crate) string: bool,
}

/// Every string and number, in order. What is no JSON gives something, never a panic.
pub(crate) fn scalars(text: &str) -> Vec<Scalar> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let rest = bytes.get(at..).unwrap_or_default();
        match byte {
            b'"' => {
                let end = at + string(rest);
                let next = bytes.get(end..).unwrap_or_default().iter().find(|byte| !byte.is_ascii_whitespace());
                found.push(Scalar { span: at..end, key: next == Some(&b':'), string: true });
                at = end;
            }
            b'-' | b'0'..=b'9' => {
                let part = |byte: &u8| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9');
                let end = at + rest.iter().take_while(|byte| part(byte)).count();
                found.push(Scalar { span: at..end, key: false, string: false });
                at = end;
            }
            _ => at += 1,
        }
    }
    found
}

/// Length of the string that begins here, quotes included.
fn string(bytes: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The text as it stands inside a JSON string, without quotes.
pub(crate) fn escape(text: &str) -> String {
    let quoted = quote(text);
    quoted.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or_default().to_string()
}

/// The text as a JSON string.
pub(crate) fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
