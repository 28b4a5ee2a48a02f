//! The Americas but the United States.

use super::super::digits::{compact, digits, is_date, luhn, monotone, pair, weighted};
use super::{exactly, sum_and_check, year_month_day};

/// Canada: social insurance number.
pub(crate) fn canada_sin(value: &str) -> bool {
    exactly(value, 9).is_some_and(|digits| !matches!(digits.first(), Some(0 | 8))) && luhn(value)
}

/// Brazil: the two check digits of CPF and CNPJ, weights counted from the right within `2..=most`.
fn brazil(digits: &[u32], most: usize) -> bool {
    let check = |body: &[u32]| {
        let sum: u32 = body.iter().rev().zip((2..=most as u32).cycle()).map(|(digit, weight)| digit * weight).sum();
        if sum % 11 < 2 { 0 } else { 11 - sum % 11 }
    };
    let Some((last, head)) = digits.split_last() else { return false };
    let Some((first, body)) = head.split_last() else { return false };
    !monotone(digits) && check(body) == *first && check(head) == *last
}

/// Brazil: number of a natural person.
pub(crate) fn brazil_cpf(value: &str) -> bool {
    exactly(value, 11).is_some_and(|digits| brazil(&digits, 11))
}

/// Brazil: number of a company.
pub(crate) fn brazil_cnpj(value: &str) -> bool {
    exactly(value, 14).is_some_and(|digits| brazil(&digits, 9))
}

/// Argentina, Peru: weights 5432765432 modulo 11.
fn taxpayer(value: &str) -> Option<(u32, u32)> {
    sum_and_check(&exactly(value, 11)?, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2], 11)
}

/// Argentina: tax (CUIT) and labour (CUIL) number.
pub(crate) fn argentina_cuit(value: &str) -> bool {
    let kind = matches!(pair(&digits(value), 0), 20 | 23..=27 | 30 | 33 | 34);
    kind && taxpayer(value).is_some_and(|(sum, check)| (11 - sum) % 11 == check || (sum == 1 && check == 9))
}

/// Peru: taxpayer number.
pub(crate) fn peru_ruc(value: &str) -> bool {
    let kind = matches!(pair(&digits(value), 0), 10 | 15 | 16 | 17 | 20);
    kind && taxpayer(value).is_some_and(|(sum, check)| (11 - sum) % 10 == check)
}

/// Chile: RUT, whose check character may be K.
pub(crate) fn chile_rut(value: &str) -> bool {
    let bytes = compact(value);
    let Some((check, body)) = bytes.split_last() else { return false };
    let weights = (2..=7).cycle();
    let sum: u32 =
        body.iter().rev().zip(weights).map(|(byte, weight)| u32::from(byte.wrapping_sub(b'0')) * weight).sum();
    let expected = match 11 - sum % 11 {
        11 => b'0',
        10 => b'K',
        digit => b'0' + digit as u8,
    };
    matches!(body.len(), 7 | 8) && body.iter().all(u8::is_ascii_digit) && sum > 0 && *check == expected
}

/// The states of Mexico in a CURP, two letters each; NE is for those born abroad.
const STATES: &str = "ASBCBSCCCHCLCMCSDFDGGRGTHGJCMCMNMSNENLNTOCPLQRQTSLSPSRTCTLTSVZYNZS";

/// Mexico: CURP, the population register's code.
pub(crate) fn mexico_curp(value: &str) -> bool {
    let bytes = compact(value);
    let Some((check, body)) = bytes.split_last() else { return false };
    // Letters behind N move one up: their alphabet has Ñ.
    let values = body.iter().map(|byte| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'N' => u32::from(byte - b'A') + 10,
        _ => u32::from(byte.saturating_sub(b'A')) + 11,
    });
    let sum: u32 = values.zip((2..=18).rev()).map(|(value, weight)| value * weight).sum();
    let state = bytes.get(11..13).unwrap_or_default();
    let known = STATES.as_bytes().chunks(2).any(|known| known == state);
    bytes.len() == 18 && known && date_at_4(&bytes) && (10 - sum % 10) % 10 == u32::from(check.wrapping_sub(b'0'))
}

/// Mexico: tax number of a person.
pub(crate) fn mexico_rfc(value: &str) -> bool {
    let bytes = compact(value);
    let Some((check, body)) = bytes.split_last() else { return false };
    // The alphabet is 0-9, A-N, &, O-Z.
    let values = body.iter().map(|byte| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'N' => u32::from(byte - b'A') + 10,
        _ => u32::from(byte.saturating_sub(b'A')) + 11,
    });
    let sum: u32 = values.zip((2..=13).rev()).map(|(value, weight)| value * weight).sum();
    let expected = match (11 - sum % 11) % 11 {
        10 => b'A',
        digit => b'0' + digit as u8,
    };
    bytes.len() == 13 && date_at_4(&bytes) && *check == expected
}

fn date_at_4(bytes: &[u8]) -> bool {
    let date: Vec<u32> = bytes.iter().skip(4).take(6).map(|byte| u32::from(byte.wrapping_sub(b'0'))).collect();
    date.iter().all(|digit| *digit < 10) && year_month_day(&date, 0)
}

/// Colombia: tax number, weights by primes from the right.
pub(crate) fn colombia_nit(value: &str) -> bool {
    let digits = digits(value);
    let Some((check, body)) = digits.split_last() else { return false };
    let reversed: Vec<u32> = body.iter().rev().copied().collect();
    let rest = weighted(&reversed, &[3, 7, 13, 17, 19, 23, 29, 37, 41, 43]) % 11;
    matches!(digits.len(), 9..=11) && !monotone(&digits) && *check == if rest < 2 { rest } else { 11 - rest }
}

/// Ecuador: identity card, by province, with Luhn's digit.
pub(crate) fn ecuador_cedula(value: &str) -> bool {
    exactly(value, 10)
        .is_some_and(|digits| matches!(pair(&digits, 0), 1..=24 | 30) && digits.get(2).is_some_and(|third| *third < 6))
        && luhn(value)
}

/// Uruguay: identity card.
pub(crate) fn uruguay_ci(value: &str) -> bool {
    exactly(value, 8)
        .is_some_and(|digits| !monotone(&digits) && weighted(&digits, &[2, 9, 8, 7, 6, 3, 4, 1]).is_multiple_of(10))
}

/// Dominican Republic: identity card.
pub(crate) fn dominican_cedula(value: &str) -> bool {
    exactly(value, 11).is_some_and(|digits| !monotone(&digits)) && luhn(value)
}

/// Cuba: identity card, which begins with a date of birth; it has no published check digit.
pub(crate) fn cuba_ni(value: &str) -> bool {
    exactly(value, 11).is_some_and(|digits| {
        // The seventh digit is the century: 9 for the nineteenth, 0 to 5 for the twentieth, 6 to 8 for this one. Of
        // years that end in 00, 2000 alone had a 29 February.
        let year = pair(&digits, 0);
        let leap = year.is_multiple_of(4) && (year > 0 || matches!(digits.get(6), Some(6..=8)));
        let (month, day) = (pair(&digits, 2), pair(&digits, 4));
        is_date(month, day) && (leap || (month, day) != (2, 29))
    })
}

#[cfg(test)]
mod tests {
    use super::super::table;
    use super::*;

    #[test]
    fn numbers_of_the_americas() {
        table(canada_sin, &["130 692 544"], &["130 692 543"]);
        table(brazil_cpf, &["529.982.247-25"], &["529.982.247-24", "111.111.111-11"]);
        table(brazil_cnpj, &["11.222.333/0001-81"], &["11.222.333/0001-82"]);
        table(argentina_cuit, &["20-05536168-2"], &["20-05536168-3"]);
        table(peru_ruc, &["20512333797"], &["20512333798"]);
        table(chile_rut, &["12.531.909-2"], &["12.531.909-3"]);
        table(mexico_curp, &["BOXW310820HNERXN09"], &["BOXW310820HNERXN08", "NEEC350317HGFKCF50"]);
        table(mexico_rfc, &["GODE561231GR8"], &["GODE561231GR9"]);
        table(colombia_nit, &["213.123.432-1"], &["213.123.432-2"]);
        table(ecuador_cedula, &["171430710-3"], &["171430710-4"]);
        table(uruguay_ci, &["1.234.567-2"], &["1.234.567-3"]);
        table(cuba_ni, &["96022906322"], &["94022906322", "96023006322"]);
        table(dominican_cedula, &["00113918205"], &["00113918204"]);
    }
}
