//! Numbers of devices and vehicles.

use super::digits::{compact, digits, luhn, monotone};

/// An IMEI: 15 digits, Luhn, and a reporting body that allocates (3GPP TS 23.003).
pub(crate) fn imei(value: &str) -> bool {
    let digits = digits(value);
    digits.len() == 15 && !monotone(&digits) && luhn(value)
}

/// A vehicle identification number with the check digit of North America and China (49 CFR 565, GB 16735).
pub(crate) fn vin(value: &str) -> bool {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let bytes = compact(value);
    let transliterated = |byte: u8| match byte {
        b'0'..=b'9' => Some(u32::from(byte - b'0')),
        b'A'..=b'H' => Some(u32::from(byte - b'A') + 1),
        b'J'..=b'N' => Some(u32::from(byte - b'J') + 1),
        b'P' => Some(7),
        b'R' => Some(9),
        b'S'..=b'Z' => Some(u32::from(byte - b'S') + 2),
        _ => None,
    };
    let sum = bytes.iter().zip(WEIGHTS).try_fold(0, |sum, (byte, weight)| Some(sum + transliterated(*byte)? * weight));
    let check = |sum: u32| if sum % 11 == 10 { b'X' } else { b'0' + (sum % 11) as u8 };
    let mixed = bytes.iter().any(u8::is_ascii_alphabetic) && bytes.iter().any(u8::is_ascii_digit);
    bytes.len() == 17 && mixed && sum.map(check) == bytes.get(8).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_devices() {
        assert!(imei("49-015420-323751-8") && !imei("490154203237517") && !imei("000000000000000"));
        assert!(vin("1M8GDM9AXKP042788") && !vin("1M8GDM9A1KP042788") && !vin("11111111111111111") && !vin(""));
    }
}
