//! Where data goes: an abstract run of each function that follows values from sources to sinks.

mod run;
mod value;

use crate::ir::{Span, Unit};

/// Something that data reaches, or a call that is weak by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// Class of sink (`sql`, `shell`), or kind of weakness (`weak-hash`).
    pub kind: String,
    /// `user`, `model`, `tool`, `retrieved`, `local`, `unknown` for parameters; None for a weakness.
    pub label: Option<String>,
    /// What is called.
    pub callee: String,
    /// Where it comes from.
    pub source: Option<Span>,
    /// Assignments on the way.
    pub steps: Vec<(Span, String)>,
    /// Where it ends.
    pub sink: Span,
}

/// Flows of one file, and why it was not gone through to the end.
#[must_use]
pub fn flows(unit: &Unit) -> (Vec<Flow>, Vec<String>) {
    let mut run = run::Run::new(unit);
    run.whole();
    run.finish()
}

#[cfg(test)]
mod tests;
