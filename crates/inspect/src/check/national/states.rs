//! United States.

use super::super::digits::{compact, digits, luhn, monotone, pair, weighted};
use super::exactly;

/// Social security number: no area 000, 666 or 900 and above, no group 00, no serial 0000, none of those that
/// advertisements made famous (Social Security Administration).
pub(crate) fn ssn(value: &str) -> bool {
    let Some(digits) = exactly(value, 9) else { return false };
    let area = pair(&digits, 0) * 10 + digits.get(2).copied().unwrap_or_default();
    let serial = pair(&digits, 5) * 100 + pair(&digits, 7);
    let famous = matches!((area, pair(&digits, 3), serial), (78, 5, 1120) | (219, 9, 9999) | (123, 45, 6789));
    !matches!(area, 0 | 666 | 900..) && pair(&digits, 3) != 0 && serial != 0 && !famous && !monotone(&digits)
}

/// Individual taxpayer identification number: area 9xx, the groups that the Internal Revenue Service issues.
pub(crate) fn itin(value: &str) -> bool {
    let Some(digits) = exactly(value, 9) else { return false };
    let group = matches!(pair(&digits, 3), 50..=65 | 70..=88 | 90..=92 | 94..=99);
    digits.first() == Some(&9) && group && !monotone(&digits)
}

/// National provider identifier: Luhn over the digits behind the prefix 80840 (45 CFR 162.406).
pub(crate) fn npi(value: &str) -> bool {
    let body: String = value.chars().filter(char::is_ascii_digit).collect();
    body.len() == 10 && matches!(body.as_bytes().first(), Some(b'1' | b'2')) && luhn(&format!("80840{body}"))
}

/// Registration number of the Drug Enforcement Administration.
pub(crate) fn dea(value: &str) -> bool {
    let Some(digits) = exactly(value, 7) else { return false };
    weighted(&digits, &[1, 2, 1, 2, 1, 2]) % 10 == digits.last().copied().unwrap_or(10)
        && !monotone(&digits)
        && compact(value).len() == 9
}

/// Employer identification number: the prefixes that were assigned.
pub(crate) fn ein(value: &str) -> bool {
    let digits = digits(value);
    let unassigned = matches!(pair(&digits, 0), 0 | 7..=9 | 17..=19 | 28 | 29 | 49 | 69 | 70 | 78 | 79 | 89 | 96 | 97);
    digits.len() == 9 && !unassigned && !monotone(&digits)
}

#[cfg(test)]
mod tests {
    use super::super::table;
    use super::*;

    #[test]
    fn numbers_of_the_united_states() {
        table(ssn, &["460-89-9847", "899-01-0001"], &["000-12-3456", "666-12-3456", "900-12-3456", "078-05-1120"]);
        table(itin, &["912-70-1234", "900-94-0001"], &["912-93-1234", "812-70-1234"]);
        table(npi, &["1234567893", "1245319599"], &["1234567890", "3234567893"]);
        table(dea, &["BB1388568"], &["BB1388569", "1388568"]);
        table(ein, &["91-1144442"], &["07-1144442"]);
    }
}
