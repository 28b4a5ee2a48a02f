//! Python that ships with a model: what importing it does, and what its loader hooks do when the model is loaded.
//!
//! The source is parsed, never run. An abstract run goes through the module as the interpreter would on
//! import, follows calls of its own functions, folds constants, and asks of each call what it reaches.
//! Afterwards the hooks that loaders call, then every other function, are gone through in the same way:
//! what only runs when somebody asks for it is judged only if it hides what it does.

mod calls;
mod effects;
mod eval;
mod fold;
mod hidden;
mod hooks;
mod parse;
mod run;
mod sinks;
mod statements;
mod value;
mod words;

use redan_artifact::{Fact, unread};

use super::budget::Budget;

use run::Run;

redan_domain::facts! {
    /// Importing or loading starts a program.
    PROCESS = "python-runs-process";
    /// Importing or loading asks a well-known program about the machine, or a function that is not run on load starts one.
    TOOL = "python-runs-tool";
    /// Code that is decoded, fetched or put together is run.
    DYNAMIC = "python-dynamic-code";
    /// Text that is not a constant is evaluated on import.
    EVALUATES = "python-evaluates-text";
    /// Importing opens a connection.
    CONNECTS = "python-opens-connection";
    /// A loader hook opens a connection.
    HOOK_CONNECTS = "python-hook-opens-connection";
    /// The environment or a file of secrets is sent away.
    SENDS_SECRETS = "python-sends-secrets";
    /// A shell is tied to a connection, or a command fetches and runs.
    SHELL = "python-reverse-shell";
    /// Importing writes or deletes files.
    WRITES = "python-writes-file";
    /// Something is written where programs are started from or keys are trusted.
    PERSISTS = "python-writes-startup";
    /// A name that runs code is reached in a way that hides it.
    OBFUSCATED = "python-obfuscated";
    /// Characters that make code read other than it runs.
    HIDDEN_TEXT = "python-hidden-text";
    /// Importing loads a native library.
    NATIVE = "python-loads-native";
    /// Importing unpickles.
    UNSAFE_LOAD = "python-unsafe-load";
    /// The source is too large or too deep to be gone through to the end.
    UNFINISHED = "python-analysis-unfinished";
}

/// Work of starting a thread.
const THREAD: u64 = 200;

/// With less work than this not even a thread is worth its while.
const LEAST: u64 = 5_000;

/// What importing this source would do.
pub(super) fn examine(text: &str, budget: &mut Budget) -> Vec<Fact> {
    if !words::may_reach(text) {
        return hidden::examine(text);
    }
    if budget.share() < LEAST {
        let unfinished = Fact::new(UNFINISHED, "parse", "the source before this one took all the work that is done");
        return [hidden::examine(text), vec![unfinished], unread::examine(text, 0)].concat();
    }
    redan_code::with_stack(|| analyse(text, budget))
        .unwrap_or_else(|error| vec![Fact::new(UNFINISHED, "thread", format!("source was not analysed: {error}"))])
}

fn analyse(text: &str, budget: &mut Budget) -> Vec<Fact> {
    let mut facts = hidden::examine(text);
    // A carriage return ends a line, and with it a comment; a byte order mark is nothing.
    let text = &text.replace('\r', "\n").replace('\u{feff}', "   ");
    let share = budget.share();
    let mut left = share;
    let parsed = parse::parse(text, &mut left, budget.wary);
    budget.wary |= parsed.odd;
    if let Some(tree) = &parsed.tree {
        let mut run = Run::new(text, 0, left);
        run.whole(tree.root_node());
        left = run.left();
        facts.append(&mut run.facts);
    }
    budget.take(share - left + THREAD);
    let unfinished = facts.iter().any(|fact| fact.kind == UNFINISHED);
    if parsed.cut && !unfinished {
        facts.push(Fact::new(UNFINISHED, "parse", "the source takes too much work to be parsed to the end"));
    }
    if parsed.cut || unfinished {
        // What the analysis did see is not said twice.
        let seen = |fact: &Fact| facts.iter().any(|known| known.subject.rsplit('.').next() == Some(&fact.subject));
        let unread: Vec<Fact> = unread::examine(text, 0).into_iter().filter(|fact| !seen(fact)).collect();
        facts.extend(unread);
    }
    facts
}

#[cfg(test)]
mod tests;
