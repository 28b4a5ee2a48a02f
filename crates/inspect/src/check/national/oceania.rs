//! Australia and New Zealand.

use super::super::digits::{compact, monotone, number, pair, weighted};
use super::{divides, exactly, sum_and_check};

/// Australia: tax file number.
pub(crate) fn australia_tfn(value: &str) -> bool {
    exactly(value, 9).is_some_and(|digits| divides(&digits, &[1, 4, 3, 7, 5, 8, 6, 9, 10], 11) && !monotone(&digits))
}

/// Australia: business number, one subtracted from its first digit, modulo 89. Its check digits are 11 to 99.
pub(crate) fn australia_abn(value: &str) -> bool {
    let weights = [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19];
    exactly(value, 11)
        .is_some_and(|digits| pair(&digits, 0) > 10 && (weighted(&digits, &weights) + 79).is_multiple_of(89))
}

/// Australia: company number.
pub(crate) fn australia_acn(value: &str) -> bool {
    exactly(value, 9).is_some_and(|digits| divides(&digits, &[8, 7, 6, 5, 4, 3, 2, 1, 1], 10))
}

/// Australia: Medicare card, the issue number last.
pub(crate) fn australia_medicare(value: &str) -> bool {
    let Some(digits) = exactly(value, 10).or_else(|| exactly(value, 11)) else { return false };
    let sum = weighted(&digits, &[1, 3, 7, 9, 1, 3, 7, 9]) % 10;
    matches!(digits.first(), Some(2..=6)) && digits.get(8) == Some(&sum) && !monotone(&digits)
}

/// New Zealand: inland revenue number; a second row of weights where the first gives ten. Those above 150,000,000 are
/// of the range that was opened last.
pub(crate) fn new_zealand_ird(value: &str) -> bool {
    let Some(mut digits) = exactly(value, 9).or_else(|| exactly(value, 8)) else { return false };
    if digits.len() == 8 {
        digits.insert(0, 0);
    }
    if !(10_000_001..200_000_000).contains(&number(&digits)) {
        return false;
    }
    let sums = |weights: &[u32]| sum_and_check(&digits, weights, 11).map(|(sum, check)| ((11 - sum) % 11, check));
    match sums(&[3, 2, 7, 6, 5, 4, 3, 2]) {
        Some((10, _)) => sums(&[7, 4, 3, 2, 5, 2, 7, 6]).is_some_and(|(sum, check)| sum == check),
        Some((sum, check)) => sum == check && !monotone(&digits),
        None => false,
    }
}

/// New Zealand: national health index number, letters of an alphabet without I and O.
pub(crate) fn new_zealand_nhi(value: &str) -> bool {
    let bytes = compact(value);
    let Some((check, body)) = bytes.split_last() else { return false };
    let place = |byte: u8| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        _ => u32::from(byte - b'A') + 1 - u32::from(byte > b'I') - u32::from(byte > b'O'),
    };
    let sum: u32 = body.iter().zip((2..=7).rev()).map(|(byte, weight)| place(*byte) * weight).sum();
    let digit =
        if check.is_ascii_digit() { (11 - sum % 11) % 10 == place(*check) } else { (23 - sum % 23) == place(*check) };
    bytes.len() == 7 && !sum.is_multiple_of(11) && digit
}

#[cfg(test)]
mod tests {
    use super::super::table;
    use super::*;

    #[test]
    fn numbers_of_australia_and_new_zealand() {
        table(australia_tfn, &["123 456 782"], &["123 456 783"]);
        table(australia_abn, &["83 914 571 673", "99179082888"], &["99 999 999 999", "10179082888"]);
        table(australia_acn, &["004 085 616"], &["004 085 617"]);
        table(australia_medicare, &["2123 45670 1"], &["2123 45680 1"]);
        table(new_zealand_ird, &["49-091-850", "136410132"], &["136410133", "200000009"]);
        table(new_zealand_nhi, &["JBX3656"], &["JBX3657"]);
    }
}
