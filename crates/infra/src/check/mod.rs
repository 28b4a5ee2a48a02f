//! The language in which checks are written, once for every syntax.
//!
//! ```text
//! on notebook
//! where platform == "aws"
//! when direct_internet_access default on is on
//! at direct_internet_access
//! ```
//!
//! A check looks at resources of the kinds after `on`. `where` narrows them; what is undecided there is left out.
//! `when` says what is wrong, in three values: true is a finding, unknown is a finding for the auditor, false is none.
//! `at` says which attribute to point at, `say` overrides the message (`{path}` is replaced), `hide` keeps the lines
//! out of the report. `severity LEVEL if …` and `persona WHO if …` override what the rule says in general.
//!
//! A condition is made of `and`, `or`, `not`, brackets and
//!
//! - `PATH is on|off|set|absent|literal|secret|open|weak|unknown` (`is not …` for the opposite),
//! - `PATH == VALUE`, `!=` (some value differs), `<`, `>`, `in [VALUE, …]`, `not in […]` (some value is not in it),
//!   `matches "glob"`, `contains "text"`; a bare word on the right is a path,
//! - `PATH default VALUE …`, the value the provider takes when none is written,
//! - `any PATH (…)`, `every PATH (…)`, `no PATH (…)` about the elements of a list,
//! - `exists KIND (…)` about other resources, `outer.PATH` for the one outside, `PATH refers outer`.
//!
//! A path names attributes however their words are joined, goes through lists by itself, and takes `*` for any key.

mod eval;
mod lex;
mod parse;

pub use eval::{Hit, run};
pub use parse::parse;

use redan_domain::{Persona, Severity};

/// A parsed check.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Check {
    pub(crate) kinds: Vec<String>,
    pub(crate) filter: Vec<Expr>,
    pub(crate) wrong: Vec<Expr>,
    pub(crate) at: Option<Path>,
    pub(crate) say: Option<String>,
    pub(crate) hide: bool,
    pub(crate) severity: Vec<(Severity, Expr)>,
    pub(crate) persona: Vec<(Persona, Expr)>,
}

impl Check {
    /// Whether the lines it points at may not be shown.
    pub fn hides(&self) -> bool {
        self.hide
    }

    /// Kinds of resource it looks at.
    pub fn kinds(&self) -> &[String] {
        &self.kinds
    }
}

/// Keys, the first one perhaps `outer`.
pub(crate) type Path = Vec<String>;

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expr {
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    Is(Term, State),
    Compare(Term, Comparison, Vec<Operand>),
    Quantified(Quantifier, Path, Box<Expr>),
    Exists(String, Box<Expr>),
    Refers(Path, Path),
}

/// A path and what stands in for it when it is not written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Term {
    pub(crate) path: Path,
    pub(crate) default: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    On,
    Off,
    Set,
    Literal,
    Secret,
    Open,
    Weak,
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    Differs,
    Less,
    More,
    Within,
    Outside,
    Matches,
    Contains,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    Text(String),
    Path(Path),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantifier {
    Any,
    Every,
    No,
}
