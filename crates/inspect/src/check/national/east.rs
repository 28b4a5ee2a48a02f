//! Eastern Europe, from the Baltic Sea to the Balkans and Central Asia.

use super::super::digits::{base36, compact, is_date, mod_11_10, monotone, number, pair, weighted};
use super::{divides, exactly, sum_and_check};

/// Poland: PESEL, the century added to the month.
pub(crate) fn poland_pesel(value: &str) -> bool {
    exactly(value, 11).is_some_and(|digits| {
        is_date(pair(&digits, 2) % 20, pair(&digits, 4)) && divides(&digits, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1], 10)
    })
}

/// Poland: tax number.
pub(crate) fn poland_nip(value: &str) -> bool {
    let Some(digits) = exactly(value, 10) else { return false };
    let Some((sum, check)) = sum_and_check(&digits, &[6, 5, 7, 2, 3, 4, 5, 6, 7], 11) else { return false };
    sum == check && !monotone(&digits)
}

/// Poland: number of the business register.
pub(crate) fn poland_regon(value: &str) -> bool {
    let Some(digits) = exactly(value, 9) else { return false };
    let Some((sum, check)) = sum_and_check(&digits, &[8, 9, 2, 3, 4, 5, 6, 7], 11) else { return false };
    sum % 10 == check && !monotone(&digits)
}

/// Poland: identity card, the check digit fourth.
pub(crate) fn poland_card(value: &str) -> bool {
    let bytes = compact(value);
    let sum: u32 = bytes.iter().zip([7, 3, 1, 9, 7, 3, 1, 7, 3]).filter_map(|(b, w)| Some(base36(*b)? * w)).sum();
    bytes.len() == 9 && !bytes.starts_with(b"0") && sum.is_multiple_of(10)
}

/// Czech Republic, Slovakia: birth number; women have 50 added to the month, some people 20 more.
pub(crate) fn birth_number(value: &str) -> bool {
    let digits = super::super::digits::digits(value);
    let date = is_date(pair(&digits, 2) % 50 % 20, pair(&digits, 4));
    let check = number(&digits).is_multiple_of(11)
        || digits.split_last().is_some_and(|(last, body)| *last == 0 && number(body) % 11 == 10);
    let old = digits.len() == 9 && pair(&digits, 0) < 54 && !digits.ends_with(&[0, 0, 0]);
    date && (old || (digits.len() == 10 && check))
}

/// Hungary: tax number of a person.
pub(crate) fn hungary_tax(value: &str) -> bool {
    let Some(digits) = exactly(value, 10) else { return false };
    let Some((sum, check)) = sum_and_check(&digits, &[1, 2, 3, 4, 5, 6, 7, 8, 9], 11) else { return false };
    digits.first() == Some(&8) && sum == check && !monotone(&digits)
}

/// Hungary: number of the social insurance.
pub(crate) fn hungary_taj(value: &str) -> bool {
    let Some(digits) = exactly(value, 9) else { return false };
    let Some((sum, check)) = sum_and_check(&digits, &[3, 7, 3, 7, 3, 7, 3, 7], 10) else { return false };
    sum == check && !monotone(&digits)
}

/// Hungary: personal number: sex and century, date of birth, check digit with weights up or down.
pub(crate) fn hungary_personal(value: &str) -> bool {
    exactly(value, 11).is_some_and(|digits| {
        let up = weighted(&digits, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) % 11;
        let down = weighted(&digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11;
        let check = digits.last().copied().unwrap_or(11);
        matches!(digits.first(), Some(1..=8)) && super::year_month_day(&digits, 1) && (up == check || down == check)
    })
}

/// Romania: personal code.
pub(crate) fn romania_cnp(value: &str) -> bool {
    let Some(digits) = exactly(value, 13) else { return false };
    let weights = [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9];
    let Some((sum, check)) = sum_and_check(&digits, &weights, 11) else { return false };
    let county = matches!(pair(&digits, 7), 1..=48 | 51 | 52 | 70);
    let born = matches!(digits.first(), Some(1..=9)) && super::year_month_day(&digits, 1);
    born && county && check == if sum == 10 { 1 } else { sum }
}

/// Bulgaria: uniform civil number; the century is added to the month.
pub(crate) fn bulgaria_egn(value: &str) -> bool {
    let Some(digits) = exactly(value, 10) else { return false };
    let Some((sum, check)) = sum_and_check(&digits, &[2, 4, 8, 5, 10, 9, 7, 3, 6], 11) else { return false };
    is_date(pair(&digits, 2) % 20, pair(&digits, 4)) && pair(&digits, 2) < 53 && sum % 10 == check
}

/// Croatia: personal identification number.
pub(crate) fn croatia_oib(value: &str) -> bool {
    exactly(value, 11).is_some_and(|digits| !monotone(&digits) && mod_11_10(&digits))
}

/// The unique citizen number that Slovenia, Serbia and their neighbours kept: `DDMMYYY`, region, serial, check.
pub(crate) fn jmbg(value: &str) -> bool {
    exactly(value, 13).is_some_and(|digits| {
        let century = matches!(digits.get(4), Some(0 | 8 | 9));
        // A check digit of ten is written 0.
        let rest = weighted(&digits, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
        super::day_month(&digits) && century && digits.last() == Some(&((11 - rest) % 11 % 10))
    })
}

/// Slovenia: tax number.
pub(crate) fn slovenia_tax(value: &str) -> bool {
    let Some(digits) = exactly(value, 8) else { return false };
    let Some((sum, check)) = sum_and_check(&digits, &[8, 7, 6, 5, 4, 3, 2], 11) else { return false };
    digits.first() != Some(&0) && (11 - sum) % 10 == check && sum != 0 && !monotone(&digits)
}

/// Russia: tax number of a person, two check digits.
pub(crate) fn russia_inn(value: &str) -> bool {
    exactly(value, 12).is_some_and(|digits| {
        let first = weighted(&digits, &[7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10;
        let second = weighted(&digits, &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10;
        digits.get(10) == Some(&first) && digits.get(11) == Some(&second) && !monotone(&digits)
    })
}

/// Russia: number of the pension insurance.
pub(crate) fn russia_snils(value: &str) -> bool {
    exactly(value, 11).is_some_and(|digits| {
        let sum = weighted(&digits, &[9, 8, 7, 6, 5, 4, 3, 2, 1]);
        sum % 101 % 100 == pair(&digits, 9) && sum > 0 && !monotone(&digits)
    })
}

/// Ukraine: registration number of a taxpayer.
pub(crate) fn ukraine(value: &str) -> bool {
    let Some(digits) = exactly(value, 10) else { return false };
    // The first weight is -1, which is 10 modulo 11.
    let Some((sum, check)) = sum_and_check(&digits, &[10, 5, 7, 9, 4, 6, 10, 5, 7], 11) else { return false };
    sum % 10 == check && !monotone(&digits)
}

/// Kazakhstan: individual identification number.
pub(crate) fn kazakhstan(value: &str) -> bool {
    exactly(value, 12).is_some_and(|digits| {
        let first = weighted(&digits, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) % 11;
        let second = weighted(&digits, &[3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]) % 11;
        let check = if first < 10 { first } else { second };
        super::year_month_day(&digits, 0) && matches!(digits.get(6), Some(0..=6)) && digits.last() == Some(&check)
    })
}

#[cfg(test)]
mod tests {
    use super::super::table;
    use super::*;

    #[test]
    fn numbers_of_central_europe() {
        table(poland_pesel, &["44051401359"], &["44051401358", "44131401359"]);
        table(poland_nip, &["856-734-62-15"], &["856-734-62-14"]);
        table(poland_regon, &["192598184"], &["192598183"]);
        table(poland_card, &["ABA300000"], &["ABA400000"]);
        table(birth_number, &["710319/2745"], &["710319/2746"]);
        table(hungary_tax, &["8071592153"], &["8071592154"]);
        table(hungary_taj, &["111111110"], &["111111112"]);
    }

    #[test]
    fn numbers_of_the_balkans() {
        table(romania_cnp, &["1630615123457"], &["1630615123458", "1631315123457"]);
        table(bulgaria_egn, &["7523169263"], &["7523169262"]);
        table(croatia_oib, &["33392005961"], &["33392005962"]);
        table(jmbg, &["0101006500006", "2207005500720"], &["0101006500007"]);
        table(slovenia_tax, &["50223054"], &["50223055"]);
    }

    #[test]
    fn numbers_of_the_former_union() {
        table(russia_inn, &["500100732259"], &["500100732258"]);
        table(russia_snils, &["112-233-445 95"], &["112-233-445 96"]);
        table(ukraine, &["1759013776"], &["1759013770"]);
    }
}
