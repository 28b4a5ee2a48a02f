//! C, C++, C# and PHP without grammars: tokens, the calls and assignments among them, and where the values of names
//! come from within a function. What a call means stands in tables (`specs/lines-*.txt`).
//!
//! It is made for fragments as well as for files: nothing has to be complete, and nothing is looked up elsewhere.

mod call;
mod checks;
mod copies;
mod extras;
mod functions;
mod heap;
mod index;
mod lexer;
mod lifetime;
mod names;
mod nullable;
mod quotes;
mod record;
mod stale;
mod token;
mod walk;

use token::Tokens;

pub use token::Dialect;

use crate::flow::Found;

/// Longest source that is read; what is longer is read up to here.
const MAX_SOURCE: usize = 1 << 20;

/// What is wrong in one source of a language without grammar; None if it is written in another.
#[must_use]
pub fn look(path: &str, file: usize, text: &str) -> Option<Found> {
    let dialect = Dialect::of(path)?;
    let mut problems = Vec::new();
    let source = if text.len() > MAX_SOURCE {
        problems.push("read up to the first megabyte".to_owned());
        let end = (0..=MAX_SOURCE).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.get(..end).unwrap_or("")
    } else {
        text
    };
    let tokens = lexer::tokens(source, dialect);
    if tokens.is_cut {
        problems.push("too many tokens, the rest was not read".to_owned());
    }
    let mut walk = walk::Walk::new(&tokens, dialect, file);
    walk.run();
    if walk.is_full {
        problems.push("too many findings, the rest is not listed".to_owned());
    }
    if tokens.is_spent() {
        problems.push("takes too much work, the rest was not read".to_owned());
    }
    Some(Found { flows: walk.flows, problems, ..Found::default() })
}

/// Every word for a class of sink (true) or a weakness that is reported.
pub fn words() -> impl Iterator<Item = (&'static str, bool)> {
    record::words()
        .chain(record::CLASSES.iter().map(|class| (*class, true)))
        .chain(weaknesses().map(|kind| (*kind, false)))
}

/// Kinds of weakness that are found without a table.
fn weaknesses() -> impl Iterator<Item = &'static &'static str> {
    let memory = copies::KINDS.iter().chain(heap::KINDS).chain(index::KINDS).chain(lifetime::KINDS);
    memory.chain(nullable::KINDS).chain(stale::KINDS).chain(extras::KINDS)
}

/// Whether the path that ends at this token is the one of the record.
fn path_fits(tokens: &Tokens<'_>, last: usize, record: &record::Record) -> bool {
    let mut at = last;
    for segment in &record.before {
        let is_behind = at >= 2 && tokens.is_joint(at - 1);
        if !is_behind || !tokens.is_name(at - 2, segment) {
            return false;
        }
        at -= 2;
    }
    let is_member = at > 0 && tokens.is_joint(at - 1) && !tokens.is_any(at - 1, &["::", "\\"]);
    record.anywhere || !record.before.is_empty() || !is_member || tokens.text(at).starts_with('$')
}

#[cfg(test)]
mod tests;
