//! What is known of a value: its constant, where it comes from, what it is called, what is inside.

use std::collections::BTreeMap;

use crate::ir::{FunctionId, Span};

/// Origins that one value keeps.
const MOST: usize = 4;

/// One origin of a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Origin {
    pub(super) label: String,
    pub(super) span: Span,
    /// Classes of sink for which it was made harmless, by position.
    pub(super) cleaned: u32,
    /// Assignments on the way.
    pub(super) steps: Vec<(Span, String)>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Constant {
    Text(String),
    Number(f64),
    Bool(bool),
    Null,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Value {
    pub(super) constant: Option<Constant>,
    pub(super) origins: Vec<Origin>,
    /// Dotted name of what it is, `()` behind a call.
    pub(super) path: Option<String>,
    /// Elements by key, where all are known.
    pub(super) items: Option<BTreeMap<String, Value>>,
    pub(super) function: Option<FunctionId>,
}

impl Value {
    pub(super) fn constant(constant: Constant) -> Self {
        Self { constant: Some(constant), ..Self::default() }
    }

    pub(super) fn origin(label: &str, span: Span) -> Self {
        let origin = Origin { label: label.to_owned(), span, cleaned: 0, steps: Vec::new() };
        Self { origins: vec![origin], ..Self::default() }
    }

    /// Everything that it and what is in it comes from.
    pub(super) fn all_origins(&self) -> Vec<Origin> {
        let mut out = self.origins.clone();
        for item in self.items.iter().flat_map(BTreeMap::values) {
            merge(&mut out, item.all_origins());
        }
        out
    }

    /// One or the other.
    pub(super) fn join(mut self, other: Self) -> Self {
        if self == other {
            return self;
        }
        if self.items != other.items {
            merge(&mut self.origins, other.all_origins());
            let inside = self.all_origins();
            merge(&mut self.origins, inside);
            self.items = None;
        }
        merge(&mut self.origins, other.origins);
        if self.constant != other.constant {
            self.constant = None;
        }
        if self.path != other.path {
            self.path = None;
        }
        if self.function != other.function {
            self.function = None;
        }
        self
    }
}

/// Adds origins; where both have one, only what both cleaned is clean.
pub(super) fn merge(into: &mut Vec<Origin>, from: Vec<Origin>) {
    for origin in from {
        let known = into.iter_mut().find(|known| known.span == origin.span && known.label == origin.label);
        if let Some(known) = known {
            known.cleaned &= origin.cleaned;
        } else if into.len() < MOST {
            into.push(origin);
        }
    }
}
