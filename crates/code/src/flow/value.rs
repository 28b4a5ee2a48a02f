//! What is known of a value: its constant, where it comes from, what it is called, what it stands for.

use std::rc::Rc;

use super::heap::ObjectId;
use super::{Names, Place};
use crate::ir::FunctionId;

/// Origins that one value keeps.
const MOST: usize = 4;
/// Steps that an origin keeps.
const STEPS: u32 = 8;

/// The name of what is one of some constants.
pub(super) const WRITTEN: &str = "one of some!";

/// One origin of a value.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    pub(super) label: &'static str,
    pub(super) place: Place,
    /// Classes of sink for which it was made harmless, by position.
    pub(super) cleaned: u32,
    /// A path or address without detours.
    pub(super) normal: bool,
    /// Assignments on the way, the last first.
    pub(super) steps: Option<Rc<Way>>,
}

/// Assignments on the way to a value.
#[derive(Debug)]
pub(super) struct Way {
    pub(super) place: Place,
    pub(super) text: Rc<str>,
    pub(super) before: Option<Rc<Way>>,
    length: u32,
}

impl Origin {
    pub(super) fn step(&mut self, place: Place, text: &str) {
        let length = self.steps.as_ref().map_or(0, |way| way.length);
        if length < STEPS && self.steps.as_ref().is_none_or(|way| way.place != place) {
            let before = self.steps.take();
            self.steps = Some(Rc::new(Way { place, text: text.into(), before, length: length + 1 }));
        }
    }

    pub(super) fn same(&self, other: &Self) -> bool {
        self.place == other.place && self.label == other.label
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Constant {
    Text(Rc<str>),
    Number(f64),
    Bool(bool),
    Null,
}

impl Constant {
    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn truth(&self) -> bool {
        match self {
            Self::Text(text) => !text.is_empty(),
            Self::Number(number) => *number != 0.0,
            Self::Bool(value) => *value,
            Self::Null => false,
        }
    }

    /// As the key of a container, and as text in a concatenation.
    pub(super) fn shown(&self) -> Rc<str> {
        match self {
            Self::Text(text) => Rc::clone(text),
            Self::Number(number) => number.to_string().into(),
            Self::Bool(true) => "true".into(),
            Self::Bool(false) => "false".into(),
            Self::Null => "null".into(),
        }
    }
}

/// A function with what it can see.
#[derive(Debug)]
pub(super) struct Callable<'u> {
    pub(super) unit: usize,
    pub(super) function: FunctionId,
    pub(super) receiver: Option<Value<'u>>,
    pub(super) env: Option<Rc<Names<'u>>>,
}

/// A class of the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ClassRef {
    pub(super) unit: usize,
    pub(super) class: u32,
}

/// What is known of one value.
#[derive(Debug, Clone, Default)]
pub(super) struct Value<'u> {
    pub(super) constant: Option<Constant>,
    pub(super) origins: Vec<Origin>,
    /// Dotted name of what it is, `()` behind a call.
    pub(super) path: Option<Rc<str>>,
    /// Text it surely begins with.
    pub(super) prefix: Option<Rc<str>>,
    /// List, map or instance that it stands for.
    pub(super) object: Option<ObjectId>,
    pub(super) callable: Option<Rc<Callable<'u>>>,
    /// The class itself, not an instance.
    pub(super) class: Option<ClassRef>,
    /// A file of the project.
    pub(super) module: Option<usize>,
}

impl Value<'_> {
    pub(super) fn constant(constant: Constant) -> Self {
        Self { constant: Some(constant), ..Self::default() }
    }

    pub(super) fn of_path(path: impl Into<Rc<str>>) -> Self {
        Self { path: Some(path.into()), ..Self::default() }
    }

    pub(super) fn of_origins(origins: Vec<Origin>) -> Self {
        Self { origins, ..Self::default() }
    }

    pub(super) fn origin(label: &'static str, place: Place) -> Self {
        Self::of_origins(vec![Origin { label, place, cleaned: 0, normal: false, steps: None }])
    }

    /// A constant, or one of some.
    pub(super) fn is_written(&self) -> bool {
        self.constant.is_some() || self.path.as_deref() == Some(WRITTEN)
    }

    /// Nothing is known but where it comes from.
    pub(super) fn is_plain(&self) -> bool {
        self.constant.is_none() && self.object.is_none() && self.callable.is_none() && self.class.is_none()
    }

    /// Whether both say the same, as far as it is cheap to tell.
    fn same(&self, other: &Self) -> bool {
        self.constant == other.constant
            && self.path == other.path
            && self.object == other.object
            && self.class == other.class
            && self.module == other.module
            && self.prefix == other.prefix
            && self.origins.len() == other.origins.len()
            && self.origins.iter().zip(&other.origins).all(|(a, b)| a.same(b) && a.cleaned == b.cleaned)
            && match (&self.callable, &other.callable) {
                (Some(a), Some(b)) => Rc::ptr_eq(a, b),
                (None, None) => true,
                _ => false,
            }
    }

    /// One or the other; `object` is what both objects became.
    pub(super) fn join(mut self, other: Self, object: Option<ObjectId>) -> Self {
        if self.same(&other) {
            return self;
        }
        merge(&mut self.origins, &other.origins);
        let written = self.is_written() && other.is_written();
        if self.constant != other.constant {
            self.constant = None;
        }
        // What one side does not name, the other does: `x = None` first, `x = connect()` later.
        if self.path != other.path {
            self.path = match (self.path.take(), other.path) {
                (Some(path), None) | (None, Some(path)) => Some(path),
                _ => None,
            };
        }
        if self.constant.is_none() && (written || self.path.as_deref() == Some(WRITTEN)) {
            self.path = written.then(|| WRITTEN.into());
        }
        if self.prefix != other.prefix {
            self.prefix = None;
        }
        self.object = object;
        self.callable = self.callable.take().or(other.callable);
        if self.class != other.class {
            self.class = None;
        }
        self.module = self.module.or(other.module);
        self
    }
}

/// Adds origins; where both have one, only what both cleaned is clean.
pub(super) fn merge(into: &mut Vec<Origin>, from: &[Origin]) {
    for origin in from {
        if let Some(known) = into.iter_mut().find(|known| known.same(origin)) {
            known.cleaned &= origin.cleaned;
            known.normal &= origin.normal;
        } else if into.len() < MOST {
            into.push(origin.clone());
        } else if origin.label != "unknown"
            && let Some(lesser) = into.iter_mut().find(|known| known.label == "unknown")
        {
            // A known stranger tells more than a parameter.
            *lesser = origin.clone();
        }
    }
}
