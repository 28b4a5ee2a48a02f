//! Check digits over the digits of a value; other characters are separators.

/// Luhn (ISO/IEC 7812-1): every second digit from the right doubled, the sum divisible by 10.
pub fn luhn(value: &str) -> bool {
    let digits = || value.bytes().rev().filter(u8::is_ascii_digit).map(|byte| u32::from(byte - b'0'));
    let sum: u32 = digits()
        .enumerate()
        .map(|(index, digit)| if index % 2 == 0 { digit } else { digit * 2 - if digit > 4 { 9 } else { 0 } })
        .sum();
    digits().count() > 1 && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn luhn_catches_a_changed_digit() {
        assert!(luhn("4111 1111 1111 1111") && luhn("79927398713"));
        assert!(!luhn("4111 1111 1111 1112") && !luhn("79927398710") && !luhn("0") && !luhn(""));
    }
}
