//! Southern Europe: Spain, Portugal, Italy, Greece, Cyprus.

use super::super::digits::{base36, compact, digits, luhn, monotone, number, weighted};
use super::{day_month, exactly, sum_and_check};

/// Spain: the letter of a tax number (NIF) or of a foreigner's number (NIE, whose X, Y, Z are 0, 1, 2).
pub(crate) fn spain_nif(value: &str) -> bool {
    let bytes = compact(value);
    let Some((check, body)) = bytes.split_last() else { return false };
    let digit = |byte: &u8| match byte {
        b'X'..=b'Z' => u32::from(byte - b'X'),
        _ => u32::from(byte.wrapping_sub(b'0')),
    };
    let digits: Vec<u32> = body.iter().map(digit).collect();
    let letter = b"TRWAGMYFPDXBNJZSQVHLCKE".get((number(&digits) % 23) as usize);
    digits.len() == 8 && digits.iter().all(|digit| *digit < 10) && !monotone(&digits) && letter == Some(check)
}

/// Spain: number of the social security, modulo 97.
pub(crate) fn spain_social(value: &str) -> bool {
    exactly(value, 12).is_some_and(|digits| {
        let (body, key) = digits.split_at(10);
        number(body) % 97 == number(key) && !monotone(&digits)
    })
}

/// Portugal: tax number.
pub(crate) fn portugal_nif(value: &str) -> bool {
    let Some(digits) = exactly(value, 9) else { return false };
    let Some((sum, check)) = sum_and_check(&digits, &[9, 8, 7, 6, 5, 4, 3, 2], 11) else { return false };
    !matches!(digits.first(), Some(0 | 4 | 7)) && (if sum < 2 { 0 } else { 11 - sum }) == check && !monotone(&digits)
}

/// Portugal: document number of the citizen card, Luhn over letters as 10 to 35.
pub(crate) fn portugal_card(value: &str) -> bool {
    let bytes = compact(value);
    let doubled = |value: u32| if value > 9 { value - 9 } else { value };
    let sum: u32 = bytes
        .iter()
        .rev()
        .enumerate()
        .filter_map(|(index, byte)| {
            let value = base36(*byte)?;
            Some(if index % 2 == 0 { value } else { doubled(value * 2) })
        })
        .sum();
    bytes.len() == 12 && sum.is_multiple_of(10)
}

/// Italy: the check letter of a fiscal code; every second character counts by a table of its own.
pub(crate) fn italy_fiscal(value: &str) -> bool {
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let bytes = compact(value);
    let Some((check, body)) = bytes.split_last() else { return false };
    let place = |byte: &u8| usize::from(if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' });
    let sum: u32 = body
        .iter()
        .enumerate()
        .map(|(index, byte)| match index % 2 {
            0 => ODD.get(place(byte)).copied().unwrap_or_default(),
            _ => place(byte) as u32,
        })
        .sum();
    // Where two persons would have the same, digits are written as letters.
    let digit = |at: usize| match body.get(at) {
        Some(byte @ b'0'..=b'9') => Some(byte - b'0'),
        Some(byte) => b"LMNPQRSTUV".iter().position(|letter| letter == byte).map(|digit| digit as u8),
        None => None,
    };
    // Women have 40 added.
    let day = digit(9).zip(digit(10)).map(|(ten, one)| ten * 10 + one);
    body.len() == 15 && matches!(day, Some(1..=31 | 41..=71)) && u32::from(check.wrapping_sub(b'A')) == sum % 26
}

/// Italy: value added tax number; Luhn.
pub(crate) fn italy_vat(value: &str) -> bool {
    exactly(value, 11).is_some_and(|digits| !monotone(&digits)) && luhn(value)
}

/// Greece: number of the social security, a date of birth and Luhn.
pub(crate) fn greece_amka(value: &str) -> bool {
    exactly(value, 11).is_some_and(|digits| day_month(&digits)) && luhn(value)
}

/// Greece: tax number, weights by powers of two.
pub(crate) fn greece_afm(value: &str) -> bool {
    exactly(value, 9).is_some_and(|digits| {
        let sum = weighted(&digits, &[256, 128, 64, 32, 16, 8, 4, 2]);
        !monotone(&digits) && digits.last() == Some(&(sum % 11 % 10))
    })
}

/// Cyprus: tax number; digits at odd places count by a table of their own, the check is a letter.
pub(crate) fn cyprus(value: &str) -> bool {
    const ODD: [u32; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let bytes = compact(value);
    let sum: u32 = digits(value)
        .iter()
        .enumerate()
        .map(
            |(index, digit)| {
                if index % 2 == 0 { ODD.get(*digit as usize).copied().unwrap_or_default() } else { *digit }
            },
        )
        .sum();
    exactly(value, 8).is_some_and(|digits| !monotone(&digits)) && bytes.get(8) == Some(&(b'A' + (sum % 26) as u8))
}

#[cfg(test)]
mod tests {
    use super::super::table;
    use super::*;

    #[test]
    fn numbers_of_southern_europe() {
        table(spain_nif, &["54362315-K", "X-2482300W"], &["54362315-Z", "X-2482300A"]);
        table(spain_social, &["28 12345678 40"], &["28 12345678 41"]);
        table(portugal_nif, &["501 964 843"], &["501 964 842"]);
        table(portugal_card, &["00000000 0 ZZ4"], &["00000000 0 ZZ3"]);
        table(italy_fiscal, &["RCCMNL83S18D969H"], &["RCCMNL83S18D969I", "TTMBGC73L00I614X"]);
        table(italy_vat, &["00743110157"], &["00743110158"]);
        table(greece_amka, &["01013099997"], &["01013099999"]);
        table(greece_afm, &["094259216"], &["094259217"]);
        table(cyprus, &["10259033P"], &["10259033Z"]);
    }
}
