//! What instantiating or calling a dotted Python name would do, by the table of callables.

use crate::pickle::callables::{Callables, Effect, Verdict as Row};

/// Answer for one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Runs code, starts a process, imports, loads native code, opens connections.
    Executes,
    /// Reads or writes files, resolves names, or is otherwise not for honest configuration, but may be in a recipe.
    Touches,
    /// Known and harmless to build.
    Vetted,
    /// Not in the table.
    Unknown,
}

/// Judges `module.qualname`; `module:qualname` is read the same way. Where the module ends cannot be seen,
/// so every split is tried and the worst counts.
pub(crate) fn judge(name: &str) -> Verdict {
    let name = name.trim().replace(':', ".");
    if !name.contains('.') {
        return of(Callables::shipped().judge("builtins", &name));
    }
    let mut worst = Verdict::Unknown;
    for (at, _) in name.match_indices('.').take(12) {
        let (Some(module), Some(qualname)) = (name.get(..at), name.get(at + 1..)) else { continue };
        match (of(Callables::shipped().judge(module, qualname)), worst) {
            (Verdict::Executes, _) => return Verdict::Executes,
            (Verdict::Unknown, _) | (_, Verdict::Touches) => {}
            (verdict, _) => worst = verdict,
        }
    }
    worst
}

fn of(row: Row) -> Verdict {
    match row {
        Row::Vetted(_) => Verdict::Vetted,
        Row::Unknown => Verdict::Unknown,
        Row::Dangerous(effect) if executes(effect) => Verdict::Executes,
        Row::Dangerous(_) => Verdict::Touches,
    }
}

/// Effects that no honest configuration asks for.
fn executes(effect: Effect) -> bool {
    use Effect::{Code, FileWrite, Import, Native, Network, Process};
    matches!(effect, Process | Code | Native | Import | Network | FileWrite)
}

/// Whether the text could be a dotted Python name at all.
pub(crate) fn is_dotted_name(text: &str) -> bool {
    text.len() < 300
        && (text.contains('.') || text.contains(':'))
        && text.split(['.', ':']).all(|part| {
            part.starts_with(|c: char| c.is_alphabetic() || c == '_')
                && part.chars().all(|c| c.is_alphanumeric() || c == '_')
        })
}
