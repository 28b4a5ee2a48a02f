//! Gradient boosting: XGBoost, LightGBM and CatBoost files. They hold numbers and names; what can be wrong is
//! counts that lie, structure that is cut, and text that is code.

mod catboost;
mod lightgbm;
mod ubjson;
mod xgboost;

pub(crate) use self::catboost::{CatBoost, CatBoostJson};
pub(crate) use self::lightgbm::LightGbm;
pub(crate) use self::xgboost::{XgBoostBinary, XgBoostJson, XgBoostUbj};

use crate::walk::Cx;
use redan_domain::{Fact, facts};

facts! {
    /// A count that is negative, no number, or larger than any model has.
    ABSURD_COUNT = "model-absurd-count";
    /// A count that is not the number of things that are there.
    COUNT_MISMATCH = "model-count-mismatch";
    /// Cut, damaged, or not what the format prescribes.
    INVALID = "boost-invalid";
}

/// More features, classes, trees or nodes than any model has.
const ABSURD: i64 = 100_000_000;

/// Checks one count, given as text.
fn check_count(place: &str, value: &str, cx: &mut Cx<'_>) {
    // Written as a floating-point number by some versions.
    let number =
        value.trim().parse::<i64>().ok().or_else(|| value.trim().parse::<f64>().ok().map(|float| float as i64));
    let problem = match number {
        None => "is no number",
        Some(number) if number < 0 => "is negative",
        Some(number) if number > ABSURD => "is larger than any model has",
        Some(_) => return,
    };
    let message = format!("`{place}` is `{}`, which {problem}", crate::text::shown(value, 60));
    cx.fact(Fact::new(ABSURD_COUNT, place, message).pointer(place));
}

fn invalid(cx: &mut Cx<'_>, subject: &str, message: &str, at: u64) {
    cx.fact(Fact::new(INVALID, subject, message).at(at, 1));
    cx.incomplete(message);
}

#[cfg(test)]
mod tests;
