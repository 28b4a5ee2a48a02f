//! What a value looks like, whoever gets it.

use super::words::has_word;

/// The scope of a signature, as the services that sign addresses write it: an account, a day, a region, a service.
pub(super) fn is_scope(value: &str) -> bool {
    let parts: Vec<&str> = value.split('/').collect();
    let [account, day, region, service, end] = parts.as_slice() else { return false };
    let name = |part: &str| {
        part.len() < 24 && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    // A service account is written as a mailbox.
    let account = account.len() < 80
        && account.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'.' | b'-'));
    let day = day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit());
    account && day && name(region) && name(service) && matches!(*end, "aws4_request" | "goog4_request")
}

/// A name of contents: hexadecimal digits that are no text.
pub(super) fn is_digest(value: &str) -> bool {
    value.len() >= 8
        && value.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
        && value.bytes().filter(u8::is_ascii_digit).count() >= 2
}

/// A number of four digits and more that is no year.
pub(super) fn has_number(value: &str) -> bool {
    let digits = |word: &str| word.len() >= 4 && word.bytes().filter(u8::is_ascii_digit).count() >= 4;
    let year = |word: &str| word.len() == 4 && (word.starts_with("19") || word.starts_with("20"));
    value.split(|char: char| !char.is_ascii_alphanumeric()).any(|word| digits(word) && !year(word))
}

/// The name of a picture that shows nothing.
pub(super) fn is_blank(segment: &str) -> bool {
    let stem = segment.split('.').next().unwrap_or_default();
    has_word(
        stem,
        &[
            "1x1",
            "beacon",
            "blank",
            "clear",
            "dot",
            "empty",
            "open",
            "p",
            "pixel",
            "px",
            "spacer",
            "track",
            "transparent",
        ],
    )
}

/// A point of the earth, or a day.
pub(super) fn is_place(value: &str) -> bool {
    let decimal = |part: &str| part.trim().parse::<f64>().is_ok() && part.contains('.');
    let point = value.contains(',') && value.split(',').all(decimal);
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let day = value.len() == 10 && value.split('-').map(str::len).eq([4, 2, 2]) && value.split('-').all(digits);
    point || day
}

/// Letters and digits, as people write passwords.
pub(super) fn is_chosen(text: &str) -> bool {
    text.len() >= 7
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Whether a name ends in what kind of file it is.
pub(super) fn is_file(value: &str) -> bool {
    let kind = value.rsplit_once('.').map(|(_, kind)| kind);
    kind.is_some_and(|kind| {
        (1..=5).contains(&kind.len())
            && kind.starts_with(|c: char| c.is_ascii_alphabetic())
            && kind.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}
