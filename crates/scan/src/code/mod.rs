//! Judges source code that ships with a model: one module per language.

mod budget;
mod python;
mod torchscript;

use redan_artifact::{Code, Fact, FactKind, Language};

pub use budget::Budget;

/// What the code would do when the model is loaded.
pub fn examine(code: &Code, budget: &mut Budget) -> Vec<Fact> {
    match code.language {
        Language::Python => python::examine(&code.text, budget),
        Language::TorchScript => torchscript::examine(&code.text),
    }
}

/// Whether the fact says that the source was not gone through to its end.
pub fn is_unfinished(kind: FactKind) -> bool {
    kind == python::UNFINISHED
}

/// Every kind of fact that [`examine`] can report.
pub fn fact_kinds() -> Vec<FactKind> {
    [python::FACTS, torchscript::FACTS].concat()
}
