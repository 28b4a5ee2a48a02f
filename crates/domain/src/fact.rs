//! What a reader observed: never a judgement, always a place. Rules judge.

use std::fmt;

use crate::finding::Step;
use crate::level::{Confidence, Persona, Severity};
use crate::location::Excerpt;
use crate::text::shown;

/// Id of a kind of fact, kebab-case, for example `zip-name-mismatch`. Rules name the kinds they judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactKind(pub &'static str);

impl fmt::Display for FactKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

/// One observation.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Fact {
    /// What kind.
    pub kind: FactKind,
    /// The thing it is about (a callable, a member, an operator, a URL): short, stable, used for fingerprints.
    pub subject: String,
    /// One sentence for a person, lower case, no full stop, file content in backticks.
    pub message: String,
    /// Byte offset and length inside the innermost member.
    pub span: Option<(u64, u64)>,
    /// Line and column from 1, for text.
    pub line: Option<(u32, u32)>,
    /// JSON pointer or dotted path inside a document.
    pub pointer: Option<String>,
    /// The chain that led here: offset and what happened there, in order.
    pub steps: Vec<(u64, String)>,
    /// The way of the data, over several files if need be: the source first, the sink last.
    pub flow: Vec<Step>,
    /// What the eye should see.
    pub excerpt: Option<Excerpt>,
    /// Where this place is worse or better than the rule says in general.
    pub severity: Option<Severity>,
    /// Where this place is more or less certain than the rule says in general.
    pub confidence: Option<Confidence>,
    /// Where it concerns somebody else than the rule says in general, such as what could not be resolved.
    pub persona: Option<Persona>,
    /// A fix for this very place.
    pub fix: Option<String>,
}

impl Fact {
    /// A fact about the whole artifact; `subject` and `message` are cut to a sane length.
    pub fn new(kind: FactKind, subject: impl AsRef<str>, message: impl AsRef<str>) -> Self {
        Self {
            kind,
            subject: shown(subject.as_ref(), 200),
            message: shown(message.as_ref(), 600),
            span: None,
            line: None,
            pointer: None,
            steps: Vec::new(),
            flow: Vec::new(),
            excerpt: None,
            severity: None,
            confidence: None,
            persona: None,
            fix: None,
        }
    }

    /// Places it at bytes.
    pub fn at(mut self, offset: u64, len: u64) -> Self {
        self.span = Some((offset, len));
        self
    }

    /// Places it at a line and column, both from 1.
    pub fn line(mut self, line: u32, column: u32) -> Self {
        self.line = Some((line, column));
        self
    }

    /// Places it at an element of a document.
    pub fn pointer(mut self, pointer: impl AsRef<str>) -> Self {
        self.pointer = Some(shown(pointer.as_ref(), 300));
        self
    }

    /// Adds one link of the chain that led here.
    pub fn step(mut self, offset: u64, text: impl AsRef<str>) -> Self {
        self.steps.push((offset, shown(text.as_ref(), 300)));
        self
    }

    /// Shows these lines.
    pub fn excerpt(mut self, excerpt: Excerpt) -> Self {
        self.excerpt = Some(excerpt);
        self
    }
}

/// Declares kinds of fact: one constant each, and `FACTS`, the list of all.
#[macro_export]
macro_rules! facts {
    ($($(#[$doc:meta])* $name:ident = $id:literal;)+) => {
        $($(#[$doc])* pub(crate) const $name: $crate::FactKind = $crate::FactKind($id);)+
        /// Every kind of fact that is reported here.
        pub(crate) const FACTS: &[$crate::FactKind] = &[$($name),+];
    };
}
