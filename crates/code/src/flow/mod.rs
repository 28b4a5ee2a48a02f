//! Where data goes: an abstract run of each function that follows values from sources to sinks.

mod run;
mod value;

use crate::ir::{Span, Unit};

/// The run follows the nesting of the source and of calls, both bounded; this leaves room for the bounds.
const STACK: usize = 64 << 20;

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
    let analyse = || {
        let mut run = run::Run::new(unit);
        run.whole();
        run.finish()
    };
    std::thread::scope(|scope| {
        match std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, analyse)
            .map(std::thread::ScopedJoinHandle::join)
        {
            Ok(Ok(flows)) => flows,
            // A panic belongs to this file's scan, which reports it.
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(error) => (Vec::new(), vec![format!("flows were not followed: {error}")]),
        }
    })
}

#[cfg(test)]
mod tests;
