//! Northern Europe: the Nordic and the Baltic countries.

use super::super::digits::{compact, digits, is_date, luhn, monotone, pair, weighted};
use super::{day_month, divides, exactly, year_month_day};

/// Sweden: personal identity number, Luhn over the last ten digits; 60 is added to the day of a coordination number.
pub(crate) fn sweden(value: &str) -> bool {
    let ten: String = value.chars().filter(char::is_ascii_digit).rev().take(10).collect();
    let ten: String = ten.chars().rev().collect();
    let day = pair(&digits(&ten), 4);
    let date = is_date(pair(&digits(&ten), 2), if day > 60 { day - 60 } else { day });
    matches!(digits(value).len(), 10 | 12) && date && luhn(&ten)
}

/// Sweden: number of an organisation; its third digit is at least 2.
pub(crate) fn sweden_organisation(value: &str) -> bool {
    exactly(value, 10).is_some_and(|digits| pair(&digits, 2) >= 20) && luhn(value)
}

/// Norway: national identity number with two check digits; 40 is added to the day or month of some.
pub(crate) fn norway(value: &str) -> bool {
    exactly(value, 11).is_some_and(|digits| {
        let date = is_date(pair(&digits, 2) % 40, pair(&digits, 0) % 40);
        date && divides(&digits, &[3, 7, 6, 1, 8, 9, 4, 5, 2, 1], 11)
            && divides(&digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1], 11)
    })
}

/// Denmark: a date of birth and four digits. The check digit was given up in 2007.
pub(crate) fn denmark(value: &str) -> bool {
    exactly(value, 10).is_some_and(|digits| day_month(&digits) && !digits.ends_with(&[0, 0, 0, 0]))
}

/// Finland: personal identity code, the rest modulo 31 as a character.
pub(crate) fn finland(value: &str) -> bool {
    let bytes = compact(value);
    let Some((check, body)) = bytes.split_last() else { return false };
    let digits: Vec<u32> = body.iter().filter(|b| b.is_ascii_digit()).map(|b| u32::from(b - b'0')).collect();
    let rest = super::super::digits::remainder(&digits, 31) as usize;
    digits.len() == 9 && day_month(&digits) && b"0123456789ABCDEFHJKLMNPRSTUVWXY".get(rest) == Some(check)
}

/// Iceland: date of birth, check digit, century; organisations have 40 added to the day.
pub(crate) fn iceland(value: &str) -> bool {
    exactly(value, 10).is_some_and(|digits| {
        is_date(pair(&digits, 2), pair(&digits, 0) % 40)
            && matches!(digits.last(), Some(0 | 9))
            && divides(&digits, &[3, 2, 7, 6, 5, 4, 3, 2, 1], 11)
    })
}

/// Estonia, Lithuania: sex and century, date of birth, check digit with a second row of weights.
pub(crate) fn baltic(value: &str) -> bool {
    exactly(value, 11).is_some_and(|digits| {
        let first = weighted(&digits, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
        let second = weighted(&digits, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11;
        let check = if first < 10 { first } else { second % 10 };
        matches!(digits.first(), Some(1..=8)) && year_month_day(&digits, 1) && digits.last() == Some(&check)
    })
}

/// Latvia: a date of birth with a check digit, or 32 and random digits since 2017.
pub(crate) fn latvia(value: &str) -> bool {
    exactly(value, 11).is_some_and(|digits| {
        let sum = weighted(&digits, &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9]);
        let check = (1 + sum) % 11 % 10;
        pair(&digits, 0) == 32 || (day_month(&digits) && !monotone(&digits) && digits.last() == Some(&check))
    })
}

#[cfg(test)]
mod tests {
    use super::super::table;
    use super::*;

    #[test]
    fn numbers_of_the_nordic_countries() {
        table(sweden, &["811218-9876", "19811218-9876"], &["811218-9875", "811318-9876"]);
        table(sweden_organisation, &["556703-7485"], &["556703-7486"]);
        table(norway, &["15108695088"], &["15108695077"]);
        table(denmark, &["211062-5629"], &["311362-5629"]);
        table(finland, &["131052-308T"], &["131052-308U"]);
        table(iceland, &["120174-3399"], &["120174-3389"]);
    }

    #[test]
    fn numbers_of_the_baltic_countries() {
        table(baltic, &["36805280109", "33309240064"], &["36805280108"]);
        table(latvia, &["161175-19997", "320000-00000"], &["161175-19996"]);
    }
}
