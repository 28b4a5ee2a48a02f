//! Africa and the Middle East.

use super::super::digits::{digits, is_date, luhn, monotone, pair};
use super::{exactly, year_month_day};

/// South Africa: date of birth, citizenship, Luhn.
pub(crate) fn south_africa(value: &str) -> bool {
    exactly(value, 13).is_some_and(|digits| year_month_day(&digits, 0) && matches!(digits.get(10), Some(0..=2)))
        && luhn(value)
}

/// Egypt: century, date of birth, governorate.
pub(crate) fn egypt(value: &str) -> bool {
    exactly(value, 14).is_some_and(|digits| {
        matches!(digits.first(), Some(2 | 3))
            && year_month_day(&digits, 1)
            && matches!(pair(&digits, 7), 1..=4 | 11..=19 | 21..=29 | 31..=35 | 88)
    })
}

/// Israel: identity number, shorter ones filled up with zeros.
pub(crate) fn israel(value: &str) -> bool {
    exactly(value, 9).is_some_and(|digits| !monotone(&digits)) && luhn(value)
}

/// United Arab Emirates: country code of ISO 3166, year of birth, Luhn.
pub(crate) fn emirates(value: &str) -> bool {
    let digits = digits(value);
    digits.len() == 15 && digits.starts_with(&[7, 8, 4]) && matches!(pair(&digits, 3), 19 | 20) && luhn(value)
}

/// Saudi Arabia: citizens begin with 1, residents with 2.
pub(crate) fn saudi(value: &str) -> bool {
    exactly(value, 10).is_some_and(|digits| matches!(digits.first(), Some(1 | 2)) && !monotone(&digits)) && luhn(value)
}

/// Kuwait: civil number with century and date of birth.
pub(crate) fn kuwait(value: &str) -> bool {
    exactly(value, 12).is_some_and(|digits| {
        let (sum, check) = super::sum_and_check(&digits, &[2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], 11).unwrap_or_default();
        matches!(digits.first(), Some(2 | 3)) && is_date(pair(&digits, 3), pair(&digits, 5)) && (11 - sum) == check
    })
}

/// Turkey: identity number.
pub(crate) fn turkey(value: &str) -> bool {
    let Some(digits) = exactly(value, 11) else { return false };
    let [first, body @ .., tenth, last] = digits.as_slice() else { return false };
    let odd: u32 = first + body.iter().skip(1).step_by(2).sum::<u32>();
    let even: u32 = body.iter().step_by(2).sum();
    *first != 0 && (odd * 7 + 90 - even) % 10 == *tenth && (odd + even + tenth) % 10 == *last
}

#[cfg(test)]
mod tests {
    use super::super::table;
    use super::*;

    #[test]
    fn numbers_of_africa_and_the_middle_east() {
        table(south_africa, &["7503305044089"], &["7503305044088", "7513305044089"]);
        table(egypt, &["29001010123456"], &["29013010123456"]);
        table(israel, &["039337423"], &["039337424"]);
        table(emirates, &["784-1980-1234567-8"], &["784-1980-1234567-9"]);
        table(saudi, &["1012345672"], &["1012345678", "3012345672"]);
        table(turkey, &["17291716060"], &["17291716050", "07291716092"]);
    }
}
