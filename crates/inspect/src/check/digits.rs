//! Check digits over the digits of a value; other characters are separators.

/// The digits of a value, in order.
pub(super) fn digits(value: &str) -> Vec<u32> {
    value.bytes().filter(u8::is_ascii_digit).map(|byte| u32::from(byte - b'0')).collect()
}

/// Its letters and digits in upper case, in order: what is left when separators are dropped.
pub(super) fn compact(value: &str) -> Vec<u8> {
    value.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_uppercase()).collect()
}

/// Each digit times its weight, summed; what has no partner counts nothing.
pub(super) fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// The digits read as one decimal number; wraps beyond 19 digits.
pub(super) fn number(digits: &[u32]) -> u64 {
    digits.iter().fold(0_u64, |sum, digit| sum.wrapping_mul(10).wrapping_add(u64::from(*digit)))
}

/// Remainder of a decimal number of any length.
pub(super) fn remainder(digits: &[u32], modulus: u32) -> u32 {
    digits.iter().fold(0, |rest, digit| (rest * 10 + digit) % modulus)
}

/// Whether the number is one digit over and over: never assigned, often a placeholder.
pub(super) fn monotone(digits: &[u32]) -> bool {
    digits.windows(2).all(|pair| pair.first() == pair.last())
}

/// Whether day, month and two-digit year can be a date; 29 February always can, since the century is not known.
pub(super) fn is_date(month: u32, day: u32) -> bool {
    let last = match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    (1..=last).contains(&day)
}

/// Two digits as a number.
pub(super) fn pair(digits: &[u32], at: usize) -> u32 {
    digits.iter().skip(at).take(2).fold(0, |sum, digit| sum * 10 + digit)
}

/// 0 to 9 for digits, 10 to 35 for letters of either case.
pub(super) fn base36(byte: u8) -> Option<u32> {
    char::from(byte).to_digit(36)
}

/// Luhn (ISO/IEC 7812-1): every second digit from the right doubled, the sum divisible by 10.
pub fn luhn(value: &str) -> bool {
    let digits = || value.bytes().rev().filter(u8::is_ascii_digit).map(|byte| u32::from(byte - b'0'));
    let sum: u32 = digits()
        .enumerate()
        .map(|(index, digit)| if index % 2 == 0 { digit } else { digit * 2 - if digit > 4 { 9 } else { 0 } })
        .sum();
    digits().count() > 1 && sum.is_multiple_of(10)
}

/// Verhoeff's dihedral check digit, over all digits of the value.
pub(crate) fn verhoeff(value: &str) -> bool {
    let digits = digits(value);
    digits.len() > 1 && verhoeff_sum(&digits) == Some(0)
}

/// Position in the dihedral group D5 after the digits, from the right.
pub(super) fn verhoeff_sum(digits: &[u32]) -> Option<u32> {
    /// Verhoeff's permutation; applied once more for each place to the left.
    const PERMUTATION: [u32; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let mut sum = 0;
    for (place, digit) in digits.iter().rev().enumerate() {
        let mut value = *digit;
        for _ in 0..place % 8 {
            value = *PERMUTATION.get(value as usize)?;
        }
        sum = dihedral(sum, value);
    }
    Some(sum)
}

/// Multiplication in D5: rotations are 0 to 4, reflections 5 to 9.
fn dihedral(a: u32, b: u32) -> u32 {
    match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b - 5) % 5 + 5,
        (false, true) => (a - 5 + 5 - b) % 5 + 5,
        (false, false) => (a + 5 - b) % 5,
    }
}

/// ISO/IEC 7064, MOD 11,10, the last digit being the check digit.
pub(super) fn mod_11_10(digits: &[u32]) -> bool {
    let Some((check, body)) = digits.split_last() else { return false };
    let product = body.iter().fold(10, |product, digit| {
        let sum = (product + digit) % 10;
        if sum == 0 { 9 } else { sum * 2 % 11 }
    });
    (11 - product) % 10 == *check
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn luhn_catches_a_changed_digit() {
        assert!(luhn("4111 1111 1111 1111") && luhn("79927398713"));
        assert!(!luhn("4111 1111 1111 1112") && !luhn("79927398710") && !luhn("0") && !luhn(""));
    }

    #[test]
    fn verhoeff_of_the_textbook() {
        assert!(verhoeff("2363") && verhoeff("142857 0"));
        assert!(!verhoeff("2364") && !verhoeff("3263") && !verhoeff(""));
    }

    #[test]
    fn helpers_survive_short_input() {
        assert!(!mod_11_10(&[]) && monotone(&[]) && pair(&[], 3) == 0 && number(&[]) == 0);
        assert!(is_date(2, 29) && !is_date(2, 30) && !is_date(0, 1) && !is_date(13, 1));
    }
}
