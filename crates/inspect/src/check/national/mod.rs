//! Numbers that states give to people and companies: their check digits and the dates inside them.
//!
//! The algorithms are published by the issuing authorities; each function names the number it verifies.

pub(super) mod africa;
pub(super) mod america;
pub(super) mod asia;
pub(super) mod east;
pub(super) mod north;
pub(super) mod oceania;
pub(super) mod south;
pub(super) mod states;
pub(super) mod west;

use super::digits::{is_date, pair, weighted};

/// The digits if there are exactly so many.
fn exactly(value: &str, count: usize) -> Option<Vec<u32>> {
    let digits = super::digits::digits(value);
    (digits.len() == count).then_some(digits)
}

/// Whether the weighted sum of all digits is divisible by the modulus.
fn divides(digits: &[u32], weights: &[u32], modulus: u32) -> bool {
    weighted(digits, weights).is_multiple_of(modulus) && digits.iter().any(|digit| *digit != 0)
}

/// The weighted sum of all digits but the last, modulo `modulus`, and that last digit.
fn sum_and_check(digits: &[u32], weights: &[u32], modulus: u32) -> Option<(u32, u32)> {
    let (check, body) = digits.split_last()?;
    Some((weighted(body, weights) % modulus, *check))
}

/// Whether `YYMMDD` stands at `at`.
fn year_month_day(digits: &[u32], at: usize) -> bool {
    is_date(pair(digits, at + 2), pair(digits, at + 4))
}

/// Whether `DDMMYY` stands at the beginning.
fn day_month(digits: &[u32]) -> bool {
    is_date(pair(digits, 2), pair(digits, 0))
}

/// Holds a check against numbers that must and must not pass.
#[cfg(test)]
fn table(check: fn(&str) -> bool, valid: &[&str], invalid: &[&str]) {
    for value in valid {
        assert!(check(value), "{value} is valid");
    }
    for value in invalid.iter().chain(&["", "0", "é", "000000000", "99999999999999999999999999"]) {
        assert!(!check(value), "{value} is not valid");
    }
}
