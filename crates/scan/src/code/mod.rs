//! Judges source code that ships with a model: one module per language.

use redan_artifact::{Code, Fact, FactKind};

/// What the code would do when the model is loaded.
pub fn examine(_code: &Code) -> Vec<Fact> {
    Vec::new()
}

/// Every kind of fact that [`examine`] can report.
pub fn fact_kinds() -> Vec<FactKind> {
    Vec::new()
}
