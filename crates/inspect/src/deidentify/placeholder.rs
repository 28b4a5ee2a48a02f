//! How a placeholder is written, and when two values are the same.

use std::borrow::Cow;

/// `EMAIL_ADDRESS` of `EMAIL_ADDRESS`, `OPENAI_API_KEY` of `openai-api-key`: ASCII capitals, digits and single
/// underscores, so that nothing in it means anything to JSON, Markdown tables or a shell.
pub(super) fn label(kind: &str) -> String {
    let mut label = String::with_capacity(kind.len());
    for character in kind.chars().take(64) {
        if character.is_ascii_alphanumeric() {
            label.push(character.to_ascii_uppercase());
        } else if !label.is_empty() && !label.ends_with('_') {
            label.push('_');
        }
    }
    let label = label.trim_end_matches('_');
    if label.is_empty() { "VALUE".to_string() } else { label.to_string() }
}

/// The form in which values of a kind are compared: addresses of mail in lower case, numbers without what
/// separates their groups, everything else as it stands.
pub(super) fn normalise<'a>(kind: &str, value: &'a str) -> Cow<'a, str> {
    let value = value.trim();
    if kind == "EMAIL_ADDRESS" {
        return Cow::Owned(value.to_lowercase());
    }
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let separator = |byte: u8| matches!(byte, b' ' | b'-');
    // Points, slashes and brackets group telephone numbers only: elsewhere they tell 1.23 from 12.3.
    let phone = |byte: u8| kind == "PHONE_NUMBER" && matches!(byte, b'.' | b'/' | b'(' | b')');
    let dated = kind.starts_with("DATE");
    let grouped = digits >= 6
        && !dated
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || separator(byte) || phone(byte));
    if !grouped {
        return Cow::Borrowed(value);
    }
    let kept = value.bytes().filter(|byte| !separator(*byte) && !phone(*byte));
    Cow::Owned(kept.map(|byte| char::from(byte.to_ascii_uppercase())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_plain() {
        let table = [
            ("EMAIL_ADDRESS", "EMAIL_ADDRESS"),
            ("openai-api-key", "OPENAI_API_KEY"),
            ("a\"\\ b--", "A_B"),
            ("日", "VALUE"),
        ];
        for (kind, expected) in table {
            assert_eq!(label(kind), expected);
        }
    }

    #[test]
    fn the_same_value_in_two_spellings() {
        let same = [
            ("EMAIL_ADDRESS", "Jane@Example.com", "jane@example.COM"),
            ("CREDIT_CARD", "4111 1111 1111 1111", "4111-1111-1111-1111"),
            ("PHONE_NUMBER", "+1 (555) 010-0000", "+15550100000"),
            ("IBAN_CODE", "gb82 west 1234 5698 7654 32", "GB82WEST12345698765432"),
        ];
        for (kind, a, b) in same {
            assert_eq!(normalise(kind, a), normalise(kind, b));
        }
        let different = [
            ("IP_ADDRESS", "10.1.11.111", "101.1.11.111"),
            ("DATE_TIME", "2024-11-01", "2024-1-101"),
            ("PERSON", "Ann", "ann"),
            ("LOCATION", "1.234567", "12.34567"),
        ];
        for (kind, a, b) in different {
            assert_ne!(normalise(kind, a), normalise(kind, b));
        }
    }
}
