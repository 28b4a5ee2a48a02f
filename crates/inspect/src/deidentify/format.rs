//! Replacements that keep the shape of a value: masks and FF1.

use aes::Aes256;
use fpe::ff1::{FF1, FlexibleNumeralString};

use super::keys::Keys;
use crate::check::luhn;

/// FF1 over ten digits is not safe on fewer than a million values (NIST SP 800-38G, revision 1).
const LEAST_DIGITS: usize = 6;

/// A walk that needs so many steps does not happen: one in ten results passes Luhn.
const LONGEST_WALK: usize = 2_000;

/// Replaces letters and digits but the first and last few.
pub(super) fn mask(value: &str, first: usize, last: usize, with: char) -> String {
    let total = value.chars().filter(|character| character.is_alphanumeric()).count();
    // What is shorter than what may stay is covered as a whole.
    let (first, last) = if first + last >= total { (0, 0) } else { (first, last) };
    let mut seen = 0;
    let covered = |character: char| {
        if !character.is_alphanumeric() {
            return character;
        }
        seen += 1;
        if seen <= first || seen > total - last { character } else { with }
    };
    value.chars().map(covered).collect()
}

/// Which way FF1 goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Encrypt,
    Decrypt,
}

/// Encrypts the digits of a value, or decrypts them; None if too few may change. A value of a kind whose
/// numbers pass Luhn's check is encrypted again until the result passes it too: a walk along the cycle of the
/// permutation, so decrypting until the result passes leads back.
pub(super) fn digits(keys: &Keys, kind: &str, value: &str, keep: (usize, usize), way: Way) -> Option<String> {
    let all: Vec<u16> = value.bytes().filter(u8::is_ascii_digit).map(|byte| u16::from(byte - b'0')).collect();
    let last = keep.1.min(all.len().checked_sub(LEAST_DIGITS)?);
    let first = keep.0.min(all.len() - last - LEAST_DIGITS);
    let free = first..all.len() - last;
    let fixed: Vec<u8> =
        all.iter().enumerate().filter(|(at, _)| !free.contains(at)).map(|(_, digit)| *digit as u8).collect();
    let mut tweak = kind.as_bytes().to_vec();
    tweak.push(0);
    tweak.extend(fixed);
    let checked = matches!(kind, "CREDIT_CARD" | "IMEI") && luhn(value);
    let cipher = FF1::<Aes256>::new(keys.numbers(), 10).ok()?;
    let mut changed = all.get(free.clone())?.to_vec();
    for _ in 0..LONGEST_WALK {
        let numerals = FlexibleNumeralString::from(changed);
        let result = match way {
            Way::Encrypt => cipher.encrypt(&tweak, &numerals),
            Way::Decrypt => cipher.decrypt(&tweak, &numerals),
        };
        changed = result.ok()?.into();
        let written = write(value, &free, &changed);
        if !checked || luhn(&written) {
            return Some(written);
        }
    }
    None
}

/// The value with other digits in the free places.
fn write(value: &str, free: &std::ops::Range<usize>, changed: &[u16]) -> String {
    let mut at = 0_usize;
    let replaced = |character: char| {
        if !character.is_ascii_digit() {
            return character;
        }
        let place = at;
        at += 1;
        let digit = place.checked_sub(free.start).and_then(|place| changed.get(place));
        digit.and_then(|digit| char::from_digit(u32::from(*digit), 10)).unwrap_or(character)
    };
    value.chars().map(replaced).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks() {
        let table = [
            ("4111 1111 1111 1234", 0, 4, "**** **** **** 1234"),
            ("4111-1111-1111-1234", 4, 4, "4111-****-****-1234"),
            ("jane@example.com", 1, 0, "j***@*******.***"),
            ("1234", 0, 4, "****"),
            ("Łódź", 0, 1, "***ź"),
            ("", 2, 2, ""),
        ];
        for (value, first, last, expected) in table {
            assert_eq!(mask(value, first, last, '*'), expected);
        }
    }

    #[test]
    fn numbers_keep_their_shape_and_come_back() {
        let keys = Keys::new(&[7; 32], "t");
        let table = [
            ("CREDIT_CARD", "4111 1111 1111 1111", (6, 4)),
            ("CREDIT_CARD", "4111-1111-1111-1111", (0, 0)),
            ("CREDIT_CARD", "378282246310005", (6, 4)),
            ("CREDIT_CARD", "378282246310005", (0, 4)),
            ("US_SSN", "460-89-9847", (0, 0)),
            ("PHONE_NUMBER", "+1 (555) 010-0199", (1, 0)),
            ("ACCOUNT", "123456", (4, 4)),
        ];
        for (kind, value, keep) in table {
            let encrypted = digits(&keys, kind, value, keep, Way::Encrypt).unwrap();
            assert_ne!(encrypted, value);
            assert_eq!(luhn(&encrypted), luhn(value) || (kind != "CREDIT_CARD" && luhn(&encrypted)), "{encrypted}");
            let shape = |text: &str| text.replace(|character: char| character.is_ascii_digit(), "0");
            assert_eq!(shape(&encrypted), shape(value));
            assert_eq!(digits(&keys, kind, &encrypted, keep, Way::Decrypt).unwrap(), value);
            let other = Keys::new(&[7; 32], "u");
            assert_ne!(digits(&other, kind, &encrypted, keep, Way::Decrypt).as_deref(), Some(value));
        }
        let kept = digits(&keys, "CREDIT_CARD", "4111 1111 1111 1111", (6, 4), Way::Encrypt).unwrap();
        assert!(kept.starts_with("4111 11") && kept.ends_with("1111"), "{kept}");
        assert_eq!(digits(&keys, "PIN", "12345", (0, 0), Way::Encrypt), None);
    }
}
