//! South, East and South-East Asia.

use super::super::digits::{base36, compact, digits, is_date, monotone, pair, weighted};
use super::{exactly, sum_and_check, year_month_day};

/// India: Aadhaar, twelve digits with Verhoeff's.
pub(crate) fn india_aadhaar(value: &str) -> bool {
    exactly(value, 12).is_some_and(|digits| {
        let palindrome = digits.iter().eq(digits.iter().rev());
        !matches!(digits.first(), Some(0 | 1)) && !palindrome
    }) && super::super::digits::verhoeff(value)
}

/// India: goods and services tax number: state, permanent account number, check character modulo 36.
pub(crate) fn india_gstin(value: &str) -> bool {
    let bytes = compact(value);
    let Some((check, body)) = bytes.split_last() else { return false };
    let sum: u32 = body
        .iter()
        .enumerate()
        .filter_map(|(index, byte)| {
            let product = base36(*byte)? * if index % 2 == 0 { 1 } else { 2 };
            Some(product / 36 + product % 36)
        })
        .sum();
    bytes.len() == 15
        && matches!(pair(&digits(value), 0), 1..=38 | 97 | 99)
        && base36(*check) == Some((36 - sum % 36) % 36)
}

/// India: state codes of registration plates.
pub(crate) fn india_plate(value: &str) -> bool {
    const STATES: &str = "ANAPARASBRCGCHDDDLGAGJHPHRJHJKKAKLLALDMHMLMNMPMZNLODORPBPYRJSKTGTSTNTRUKUAUPWB";
    let state = value.get(..2).unwrap_or_default().as_bytes();
    STATES.as_bytes().chunks(2).any(|known| known == state)
}

/// China: resident identity number, date of birth and ISO 7064 MOD 11-2.
pub(crate) fn china(value: &str) -> bool {
    let bytes = compact(value);
    let Some((check, body)) = bytes.split_last() else { return false };
    let digits: Vec<u32> = body.iter().map(|byte| u32::from(byte.wrapping_sub(b'0'))).collect();
    let sum = weighted(&digits, &[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11;
    bytes.len() == 18
        && matches!(pair(&digits, 6), 18..=20)
        && is_date(pair(&digits, 10), pair(&digits, 12))
        && b"10X98765432".get(sum as usize) == Some(check)
}

/// Hong Kong: identity card; letters count 10 to 35, a missing first letter 36.
pub(crate) fn hong_kong(value: &str) -> bool {
    let bytes = compact(value);
    let values: Option<Vec<u32>> = bytes.iter().map(|byte| base36(*byte)).collect();
    let Some(mut values) = values.filter(|values| values.first() > Some(&9)) else { return false };
    if values.len() == 8 {
        values.insert(0, 36);
    }
    // A check of ten is written A, which is what base 36 reads.
    values.len() == 9 && weighted(&values, &[9, 8, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

/// Taiwan: identity card; the letter stands for two digits.
pub(crate) fn taiwan(value: &str) -> bool {
    let bytes = compact(value);
    let Some(letter) = bytes.first() else { return false };
    // Letters in the order of their numbers, from 10 on.
    let Some(place) = b"ABCDEFGHJKLMNPQRSTUVXYWZIO".iter().position(|known| known == letter) else { return false };
    let place = place as u32 + 10;
    let Some(digits) = exactly(value, 9) else { return false };
    let sum = place / 10 + place % 10 * 9 + weighted(&digits, &[8, 7, 6, 5, 4, 3, 2, 1, 1]);
    bytes.len() == 10 && sum.is_multiple_of(10) && !monotone(&digits)
}

/// Korea: resident registration number. Those given since October 2020 have no check digit, so only the date holds.
pub(crate) fn korea_rrn(value: &str) -> bool {
    exactly(value, 13).is_some_and(|digits| year_month_day(&digits, 0) && matches!(digits.get(6), Some(1..=8)))
}

/// Korea: business registration number.
pub(crate) fn korea_brn(value: &str) -> bool {
    exactly(value, 10).is_some_and(|digits| {
        let ninth = digits.get(8).copied().unwrap_or_default() * 5;
        let sum = weighted(&digits, &[1, 3, 7, 1, 3, 7, 1, 3, 5, 1]) + ninth / 10;
        let office = pair(&digits, 0) * 10 + digits.get(2).copied().unwrap_or_default();
        let serial = pair(&digits, 5) + pair(&digits, 7);
        sum.is_multiple_of(10) && office > 100 && pair(&digits, 3) > 0 && serial > 0 && !monotone(&digits)
    })
}

/// Japan: individual number.
pub(crate) fn japan(value: &str) -> bool {
    let Some(digits) = exactly(value, 12) else { return false };
    let Some((sum, check)) = sum_and_check(&digits, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2], 11) else { return false };
    !monotone(&digits) && check == if sum < 2 { 0 } else { 11 - sum }
}

/// Singapore: identity card (S, T) and foreign identification number (F, G, M).
pub(crate) fn singapore(value: &str) -> bool {
    let bytes = compact(value);
    let (Some(digits), Some(kind), Some(check)) = (exactly(value, 7), bytes.first(), bytes.get(8)) else {
        return false;
    };
    let sum = weighted(&digits, &[2, 7, 6, 5, 4, 3, 2]);
    let (offset, letters): (u32, &[u8]) = match kind {
        b'S' => (0, b"JZIHGFEDCBA"),
        b'T' => (4, b"JZIHGFEDCBA"),
        b'F' => (0, b"XWUTRQPNMLK"),
        b'G' => (4, b"XWUTRQPNMLK"),
        b'M' => (3, b"KLJNPQRTUWX"),
        _ => return false,
    };
    let rest = (sum + offset) % 11;
    let place = if *kind == b'M' { 10 - rest } else { rest };
    bytes.len() == 9 && letters.get(place as usize) == Some(check)
}

/// Thailand: identity number.
pub(crate) fn thailand(value: &str) -> bool {
    let Some(digits) = exactly(value, 13) else { return false };
    let weights = [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2];
    let Some((sum, check)) = sum_and_check(&digits, &weights, 11) else { return false };
    matches!(digits.first(), Some(1..=8)) && (11 - sum) % 10 == check && !monotone(&digits)
}

/// Malaysia: identity card: date of birth and place of birth; it has no published check digit.
pub(crate) fn malaysia(value: &str) -> bool {
    exactly(value, 12).is_some_and(|digits| {
        let place = matches!(pair(&digits, 6), 1..=16 | 21..=59 | 60..=68 | 71 | 72 | 74..=79 | 82..=93 | 98 | 99);
        year_month_day(&digits, 0) && place
    })
}

/// Indonesia: family card number: province, date of birth with 40 added to the day of women.
pub(crate) fn indonesia(value: &str) -> bool {
    exactly(value, 16).is_some_and(|digits| {
        let day = pair(&digits, 6);
        matches!(pair(&digits, 0), 11..=21 | 31..=36 | 51..=53 | 61..=65 | 71..=76 | 81 | 82 | 91..=96)
            && is_date(pair(&digits, 8), if day > 40 { day - 40 } else { day })
            && !digits.ends_with(&[0, 0, 0, 0])
    })
}

/// Vietnam: citizen identity: province, century and sex, year of birth.
pub(crate) fn vietnam(value: &str) -> bool {
    exactly(value, 12).is_some_and(|digits| digits.first() == Some(&0) && matches!(pair(&digits, 1), 1..=96))
}

/// Pakistan: computerised identity card: province.
pub(crate) fn pakistan(value: &str) -> bool {
    exactly(value, 13).is_some_and(|digits| matches!(digits.first(), Some(1..=7)) && digits.last() != Some(&0))
}

/// Sri Lanka: year and day of birth; women have 500 added.
pub(crate) fn sri_lanka(value: &str) -> bool {
    exactly(value, 9).is_some_and(|digits| {
        let day = pair(&digits, 2) * 10 + digits.get(4).copied().unwrap_or_default();
        matches!(day, 1..=366 | 501..=866)
    })
}

#[cfg(test)]
mod tests {
    use super::super::table;
    use super::*;

    #[test]
    fn numbers_of_south_asia() {
        table(india_aadhaar, &["234123412346"], &["234123412347", "643343121"]);
        table(india_gstin, &["27AAPFU0939F1ZV"], &["27AAPFU0939F1ZO"]);
        table(india_plate, &["MH12AB1234"], &["XX12AB1234"]);
        table(pakistan, &["42201-0397640-8"], &["82201-0397640-8"]);
        table(sri_lanka, &["850121234V"], &["859991234V"]);
    }

    #[test]
    fn numbers_of_east_asia() {
        table(china, &["11010519491231002X"], &["110105194912310029", "11010519491331002X"]);
        table(hong_kong, &["A123456(3)"], &["A123456(4)"]);
        table(taiwan, &["A123456789"], &["A123456788"]);
        table(korea_rrn, &["971013-2019902"], &["971313-2019902"]);
        table(korea_brn, &["116-82-00276"], &["116-82-00277", "0164890834"]);
        table(japan, &["123456789018"], &["123456789019"]);
    }

    #[test]
    fn numbers_of_south_east_asia() {
        table(singapore, &["S1234567D", "G1234567X"], &["S1234567E"]);
        table(thailand, &["1-2345-45678-78-1"], &["1-2345-45678-78-2"]);
        table(malaysia, &["770305-02-1234"], &["771305-02-1234", "770305-17-1234"]);
        table(indonesia, &["3171011708450001"], &["9971011708450001"]);
        table(vietnam, &["001099012345"], &["999099012345"]);
    }
}
