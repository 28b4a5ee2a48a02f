//! Western Europe: the British Isles, France, Benelux, the German-speaking countries.

use super::super::digits::{
    base36, compact, digits, is_date, luhn, mod_11_10, monotone, number, pair, verhoeff_sum, weighted,
};
use super::{day_month, divides, exactly, sum_and_check};

/// United Kingdom: number of the National Health Service.
pub(crate) fn uk_nhs(value: &str) -> bool {
    exactly(value, 10)
        .is_some_and(|digits| divides(&digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1], 11) && !monotone(&digits))
}

/// United Kingdom: national insurance number, by the prefixes that are given out.
pub(crate) fn uk_nino(value: &str) -> bool {
    let bytes = compact(value);
    let prefix = bytes.get(..2).unwrap_or_default();
    let letter = |byte: &u8, not: &[u8]| byte.is_ascii_uppercase() && !not.contains(byte);
    let given = matches!(prefix, [a, b] if letter(a, b"DFIQUV") && letter(b, b"DFIOQUV"));
    let kept = [b"BG", b"GB", b"KN", b"NK", b"NT", b"TN", b"ZZ"].iter().any(|kept| *kept == prefix);
    bytes.len() == 9 && given && !kept
}

/// United Kingdom: driver number, month and day of birth in the middle; women have 50 added to the month.
pub(crate) fn uk_driver(value: &str) -> bool {
    let bytes = compact(value);
    let digit = |at: usize| bytes.get(at).map_or(0, |byte| u32::from(byte.wrapping_sub(b'0')));
    bytes.len() == 16 && is_date(digit(6) % 5 * 10 + digit(7), digit(8) * 10 + digit(9))
}

/// Ireland: personal public service number.
pub(crate) fn ireland_pps(value: &str) -> bool {
    let bytes = compact(value);
    let (Some(digits), Some(check)) = (exactly(value, 7), bytes.get(7)) else { return false };
    let second = bytes.get(8).map_or(0, |byte| if *byte == b'W' { 0 } else { u32::from(byte.wrapping_sub(b'@')) });
    let sum = (weighted(&digits, &[8, 7, 6, 5, 4, 3, 2]) + 9 * second) % 23;
    matches!(bytes.len(), 8 | 9) && *check == if sum == 0 { b'W' } else { b'@' + sum as u8 }
}

/// France: registration number (NIR, of the social security), key 97 minus the rest; Corsica counts as 19 and 18.
pub(crate) fn france_nir(value: &str) -> bool {
    let text = String::from_utf8(compact(value)).unwrap_or_default();
    let text = match text.get(5..7) {
        Some("2A") => text.replacen("2A", "19", 1),
        Some("2B") => text.replacen("2B", "18", 1),
        _ => text,
    };
    let Some(digits) = exactly(&text, 15) else { return false };
    let (body, key) = digits.split_at(13);
    let month = matches!(pair(&digits, 3), 1..=12 | 20..=42 | 50..=99);
    text.len() == 15 && month && 97 - number(body) % 97 == number(key)
}

/// France: tax number, the last three digits being the rest modulo 511.
pub(crate) fn france_spi(value: &str) -> bool {
    exactly(value, 13).is_some_and(|digits| {
        let (body, key) = digits.split_at(10);
        matches!(digits.first(), Some(0..=3)) && number(body) % 511 == number(key) && !monotone(&digits)
    })
}

/// France: number of an establishment; Luhn.
pub(crate) fn france_siret(value: &str) -> bool {
    let Some(digits) = exactly(value, 14) else { return false };
    let company: String = value.chars().filter(char::is_ascii_digit).take(9).collect();
    // The post office has more branches than the five digits can tell apart with a Luhn digit.
    let holds = luhn(value) || company == "356000000" && digits.iter().sum::<u32>().is_multiple_of(5);
    !monotone(&digits) && luhn(&company) && holds
}

/// Belgium: number of the national register, 97 minus the rest; those born since 2000 have a 2 put in front.
pub(crate) fn belgium(value: &str) -> bool {
    exactly(value, 11).is_some_and(|digits| {
        let (body, key) = digits.split_at(9);
        let date = matches!(pair(&digits, 2), 0..=12 | 20..=32 | 40..=52) && pair(&digits, 4) < 32;
        let holds = |number: u64| 97 - number % 97;
        date && !monotone(&digits) && [holds(number(body)), holds(2_000_000_000 + number(body))].contains(&number(key))
    })
}

/// Netherlands: citizen service number, the test of eleven.
pub(crate) fn netherlands_bsn(value: &str) -> bool {
    let Some(digits) = exactly(value, 9) else { return false };
    let Some((sum, check)) = sum_and_check(&digits, &[9, 8, 7, 6, 5, 4, 3, 2], 11) else { return false };
    sum == check && !monotone(&digits)
}

/// Luxembourg: date of birth, then a Luhn digit and a Verhoeff digit over the same eleven.
pub(crate) fn luxembourg(value: &str) -> bool {
    let Some(digits) = exactly(value, 13) else { return false };
    let body: String = value.chars().filter(char::is_ascii_digit).take(12).collect();
    let mut second: Vec<u32> = digits.iter().take(11).copied().collect();
    second.extend(digits.last());
    matches!(pair(&digits, 0), 18..=20)
        && is_date(pair(&digits, 4), pair(&digits, 6))
        && luhn(&body)
        && verhoeff_sum(&second) == Some(0)
}

/// Germany: tax identification number; one digit occurs twice or three times among the first ten.
pub(crate) fn germany_tax(value: &str) -> bool {
    exactly(value, 11).is_some_and(|digits| {
        let mut counts = [0_u32; 10];
        for digit in digits.iter().take(10) {
            if let Some(count) = counts.get_mut(*digit as usize) {
                *count += 1;
            }
        }
        let repeated: Vec<u32> = counts.into_iter().filter(|count| *count > 1).collect();
        digits.first() != Some(&0) && matches!(repeated.as_slice(), [2 | 3]) && mod_11_10(&digits)
    })
}

/// Germany: value added tax number.
pub(crate) fn germany_vat(value: &str) -> bool {
    exactly(value, 9).is_some_and(|digits| digits.first() != Some(&0) && !monotone(&digits) && mod_11_10(&digits))
}

/// Germany: serial number of an identity card or passport (ICAO 9303, weights 7, 3, 1), with its check digit.
pub(crate) fn germany_card(value: &str) -> bool {
    let bytes = compact(value);
    let Some((check, body)) = bytes.split_last() else { return false };
    let sum: u32 = body.iter().zip([7, 3, 1].iter().cycle()).filter_map(|(b, w)| Some(base36(*b)? * w)).sum();
    let mixed = body.iter().any(u8::is_ascii_digit);
    bytes.len() == 10 && mixed && u32::from(check.wrapping_sub(b'0')) == sum % 10
}

/// Germany: the sum of digits of the weighted digits, the letter being two digits.
fn germany_insured(value: &str, weights: &[u32]) -> bool {
    let mut digits: Vec<u32> = Vec::new();
    for byte in compact(value) {
        match byte {
            b'0'..=b'9' => digits.push(u32::from(byte - b'0')),
            _ => digits.extend([u32::from(byte - b'@') / 10, u32::from(byte - b'@') % 10]),
        }
    }
    let Some((check, body)) = digits.split_last() else { return false };
    let sum: u32 = body.iter().zip(weights).map(|(digit, weight)| digit * weight / 10 + digit * weight % 10).sum();
    body.len() == weights.len() && sum % 10 == *check
}

/// Germany: number of the pension insurance.
pub(crate) fn germany_pension(value: &str) -> bool {
    let day = pair(&digits(value), 2);
    let date = is_date(pair(&digits(value), 4), if day > 50 { day - 50 } else { day });
    date && germany_insured(value, &[2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1])
}

/// Germany: number of a health insurance card.
pub(crate) fn germany_health(value: &str) -> bool {
    germany_insured(value, &[1, 2, 1, 2, 1, 2, 1, 2, 1, 2]) && !monotone(&digits(value))
}

/// Austria: social insurance number, the check digit fourth.
pub(crate) fn austria(value: &str) -> bool {
    exactly(value, 10).is_some_and(|digits| {
        let (head, date) = digits.split_at(4);
        let sum = weighted(&digits, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11;
        let birth = day_month(date) || matches!(pair(date, 2), 13..=15);
        digits.first() != Some(&0) && birth && head.last() == Some(&sum)
    })
}

/// Switzerland: number of the old-age insurance, an EAN-13 with the country code 756.
pub(crate) fn switzerland(value: &str) -> bool {
    exactly(value, 13).is_some_and(|digits| {
        digits.starts_with(&[7, 5, 6]) && weighted(&digits, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]).is_multiple_of(10)
    })
}

#[cfg(test)]
mod tests {
    use super::super::table;
    use super::*;

    #[test]
    fn numbers_of_the_british_isles() {
        table(uk_nhs, &["943 476 5870"], &["943 476 5871"]);
        table(uk_nino, &["AB 12 34 56 C"], &["BG 12 34 56 C", "DA 12 34 56 C"]);
        table(uk_driver, &["MORGA657054SM9IJ"], &["MORGA697054SM9IJ"]);
        table(ireland_pps, &["6433435F", "6433435OA"], &["6433435E"]);
    }

    #[test]
    fn numbers_of_france_and_benelux() {
        table(france_nir, &["2 95 10 99 126 111 93", "2 53 07 2A 073 004 43"], &["2 95 10 99 126 111 92"]);
        table(france_spi, &["30 23 217 600 053"], &["30 23 217 600 054"]);
        table(
            france_siret,
            &["732 829 320 00074", "356 000 000 00048", "356 000 000 09075"],
            &["732 829 320 00075", "65482129909984", "356 000 000 09076"],
        );
        table(belgium, &["85.07.30-033.28", "17.07.30-033.84"], &["85.07.30-033.29"]);
        table(netherlands_bsn, &["111222333"], &["111222334"]);
        table(luxembourg, &["1893120105732"], &["1893120105733", "1893130105732"]);
    }

    #[test]
    fn numbers_of_the_german_speaking_countries() {
        table(germany_tax, &["36 574 261 809"], &["36 574 261 890", "12345678903"]);
        table(germany_vat, &["DE136695976"], &["DE136695978"]);
        table(germany_card, &["T220001293"], &["T220001294"]);
        table(germany_pension, &["15070649C103"], &["15070649C104"]);
        table(germany_health, &["A000500015"], &["A000500016"]);
        table(austria, &["1237 010180"], &["2237 010180"]);
        table(switzerland, &["756.9217.0769.85"], &["756.9217.0769.84"]);
    }
}
