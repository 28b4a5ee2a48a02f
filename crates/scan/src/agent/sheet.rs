//! Collects facts about one text.

use std::collections::HashMap;
use std::ops::Range;

use redan_domain::text::{excerpt, line_column, shown};
use redan_domain::{Confidence, Fact, FactKind, Severity};

/// Facts of one kind that are kept of one file.
const MAX_OF_A_KIND: usize = 40;

/// One text and what was seen in it.
pub(super) struct Sheet<'t> {
    pub(super) path: &'t str,
    pub(super) text: &'t str,
    pub(super) facts: Vec<Fact>,
    counts: HashMap<FactKind, usize>,
    /// Where everything is placed that is found in a text made from this one, such as a decoded string.
    inside: Option<Range<usize>>,
    /// The text is about security: what it shows is more likely a warning than a deed.
    pub(super) about_security: bool,
    /// Words that say whose skill or server it is, in lower case.
    pub(super) about: String,
    /// A document for people, not a file that runs.
    pub(super) prose: bool,
    /// A part of a large program: only what is said to be a description is read by a model.
    pub(super) large: bool,
}

impl<'t> Sheet<'t> {
    pub(super) fn new(path: &'t str, text: &'t str) -> Self {
        Self {
            path,
            text,
            facts: Vec::new(),
            counts: HashMap::new(),
            inside: None,
            about_security: false,
            about: String::new(),
            prose: false,
            large: false,
        }
    }

    /// Places what `look` finds at `span`.
    pub(super) fn inside(&mut self, span: Range<usize>, look: impl FnOnce(&mut Self)) {
        let before = self.inside.replace(span);
        look(self);
        self.inside = before;
    }

    /// The part of a text that is looked at; says so if that is not all.
    pub(super) fn cut<'s>(&mut self, text: &'s str, max: usize) -> &'s str {
        let end = text.floor_char_boundary(max);
        if end < text.len() {
            let message = format!("only the first {} KiB were looked at", max >> 10);
            self.add(super::facts::UNREAD, end..end, "length", message);
        }
        text.get(..end).unwrap_or(text)
    }

    /// Whether offsets are those of a text made from this one.
    pub(super) fn is_inside(&self) -> bool {
        self.inside.is_some()
    }

    /// Adds a fact with the severity of its rule.
    pub(super) fn add(&mut self, kind: FactKind, span: Range<usize>, subject: &str, message: String) {
        self.put(kind, None, span, subject, message);
    }

    /// Adds a fact with a severity of its own.
    pub(super) fn add_as(
        &mut self,
        kind: FactKind,
        severity: Severity,
        span: Range<usize>,
        subject: &str,
        message: String,
    ) {
        self.put(kind, Some(severity), span, subject, message);
    }

    fn put(&mut self, kind: FactKind, severity: Option<Severity>, span: Range<usize>, subject: &str, message: String) {
        let span = self.inside.clone().unwrap_or(span);
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        if *count > MAX_OF_A_KIND {
            if *count == MAX_OF_A_KIND + 1 && kind != super::facts::UNREAD {
                let message = format!("more than {MAX_OF_A_KIND} places of `{}`, the others are left out", kind.0);
                self.put(super::facts::UNREAD, None, span, kind.0, message);
            }
            return;
        }
        let same = |fact: &Fact| fact.kind == kind && fact.span.is_some_and(|(at, _)| at == span.start as u64);
        if let Some(known) = self.facts.iter().position(same) {
            // Of two at one place the graver one stays; without a severity of its own it has that of its rule.
            let graver = self
                .facts
                .get(known)
                .is_some_and(|fact| fact.severity.zip(severity).is_some_and(|(old, new)| new > old));
            if !graver {
                return;
            }
            let _ = self.facts.remove(known);
        }
        let len = span.len().min(400);
        let (line, column) = line_column(self.text, span.start);
        let mut fact = Fact::new(kind, subject, message)
            .at(span.start as u64, len as u64)
            .line(line, column)
            .excerpt(excerpt(self.text, span.start, len.min(100), ""));
        fact.severity = severity;
        if severity.is_some_and(|severity| severity <= Severity::Low) {
            fact.confidence = Some(Confidence::Low);
        }
        self.facts.push(fact);
    }
}

/// File content for a message.
pub(super) fn quoted(text: &str) -> String {
    format!("`{}`", shown(text.trim(), 90).replace('`', "'"))
}

/// The severity for a place where the same thing is less grave: a text about security, a document.
pub(super) fn eased(severity: Severity, ease: bool) -> Severity {
    match severity {
        Severity::Critical | Severity::High if ease => Severity::Medium,
        other => other,
    }
}
