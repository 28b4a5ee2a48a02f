//! What a reader observed about a file: never a judgement, always a place.

use std::fmt;

use redan_domain::Excerpt;

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
    /// What the eye should see.
    pub excerpt: Option<Excerpt>,
}

impl Fact {
    /// A fact about the whole artifact; `subject` and `message` are cut to a sane length.
    pub fn new(kind: FactKind, subject: impl AsRef<str>, message: impl AsRef<str>) -> Self {
        Self {
            kind,
            subject: crate::text::shown(subject.as_ref(), 200),
            message: crate::text::shown(message.as_ref(), 600),
            span: None,
            line: None,
            pointer: None,
            steps: Vec::new(),
            excerpt: None,
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
        self.pointer = Some(crate::text::shown(pointer.as_ref(), 300));
        self
    }

    /// Adds one link of the chain that led here.
    pub fn step(mut self, offset: u64, text: impl AsRef<str>) -> Self {
        self.steps.push((offset, crate::text::shown(text.as_ref(), 300)));
        self
    }

    /// Shows these lines.
    pub fn excerpt(mut self, excerpt: Excerpt) -> Self {
        self.excerpt = Some(excerpt);
        self
    }
}

/// Declares a reader's kinds of fact: one constant each, and `FACTS`, the list of all.
macro_rules! facts {
    ($($(#[$doc:meta])* $name:ident = $id:literal;)+) => {
        $($(#[$doc])* pub(crate) const $name: $crate::fact::FactKind = $crate::fact::FactKind($id);)+
        /// Every kind of fact this reader reports.
        pub(crate) const FACTS: &[$crate::fact::FactKind] = &[$($name),+];
    };
}
pub(crate) use facts;
