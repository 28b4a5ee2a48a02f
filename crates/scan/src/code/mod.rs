//! Judges source code that ships with a model: one module per language.

mod python;
mod torchscript;

use redan_artifact::{Code, Fact, FactKind, Language};

/// What the code would do when the model is loaded.
pub fn examine(code: &Code) -> Vec<Fact> {
    match code.language {
        Language::Python => python::examine(&code.text),
        Language::TorchScript => torchscript::examine(&code.text),
    }
}

/// Every kind of fact that [`examine`] can report.
pub fn fact_kinds() -> Vec<FactKind> {
    [python::FACTS, torchscript::FACTS].concat()
}
