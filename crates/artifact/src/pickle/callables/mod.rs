//! What is known of every callable a pickle may name: what it can do, or how honest files use it.
//!
//! The policy is default-deny. A name is [`Verdict::Dangerous`] with what it reaches, or
//! [`Verdict::Vetted`] for the ways honest files use it, or [`Verdict::Unknown`], which is not safe.
//! The table is text beside this file, one file per family of libraries; `parse.rs` describes its form,
//! `build.rs` lists the files and finds the modules in them.

#[cfg(test)]
mod compile;
mod layout;
mod page;
mod parse;
mod table;
#[cfg(test)]
mod tests;
mod user;
mod words;

use std::sync::LazyLock;

pub use page::reference_page;
pub use user::{CallableError, UserCallable};
pub use words::{Effect, Way, Ways};

use compiled::{LAYOUT, SOURCES};
use table::Table;
use user::UserRules;

/// `SOURCES` and `LAYOUT`: the text and where everything stands in it.
#[allow(clippy::unreadable_literal, reason = "nobody reads what is generated")]
mod compiled {
    use super::layout::{Block, Entry, Index, Layout, Span};

    include!(concat!(env!("OUT_DIR"), "/callables.rs"));
}

static TABLE: LazyLock<Table<'static>> = LazyLock::new(|| Table::new(SOURCES, LAYOUT));
static SHIPPED: LazyLock<Callables> = LazyLock::new(|| Callables { table: &TABLE, user: UserRules::default() });

/// What the policy says of one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Calling it can do harm of this kind.
    Dangerous(Effect),
    /// Honest files use it in these ways, and so used it cannot do harm.
    Vetted(Ways),
    /// Nobody has judged it.
    Unknown,
}

/// One row of the table, for documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row<'a> {
    /// Module, `pkg.**` for a package with everything below it.
    pub module: &'a str,
    /// Name in the module, a pattern with `*`, `@Class` or `@name`.
    pub name: &'a str,
    /// What the table says.
    pub verdict: Verdict,
}

/// The shipped table and what the user added to it.
#[derive(Debug, Clone)]
pub struct Callables {
    table: &'static Table<'static>,
    user: UserRules,
}

impl Callables {
    /// The table that comes with the program; parsed as far as it is asked for.
    pub fn shipped() -> &'static Callables {
        &SHIPPED
    }

    /// The shipped table with `[[callable]]` entries of the user's configuration on top.
    ///
    /// # Errors
    /// When an entry has an unknown word, no reason, or vets a name that the shipped table calls dangerous.
    pub fn with_user(entries: &[UserCallable]) -> Result<Callables, CallableError> {
        let table = Self::shipped().table;
        Ok(Callables { table, user: UserRules::new(entries, table)? })
    }

    /// Judges `qualname` of `module`, both as the pickle spells them; `qualname` may be dotted.
    ///
    /// A user's "dangerous" beats everything, a shipped "dangerous" beats a user's "vetted".
    pub fn judge(&self, module: &str, qualname: &str) -> Verdict {
        let user = self.user.judge(module, qualname);
        if let Verdict::Dangerous(_) = user {
            return user;
        }
        match self.table.judge(module, qualname) {
            Verdict::Unknown => user,
            shipped => shipped,
        }
    }

    /// Every shipped row, in the order of the files.
    pub fn rows(&self) -> impl Iterator<Item = Row<'static>> {
        self.table.rows()
    }
}
