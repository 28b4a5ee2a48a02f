//! What an expression is known to be: a constant, a dotted name, a function of the file, or nothing but a taint.

use std::rc::Rc;

/// Where data came from or how it was made; a set of bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Taint(u16);

impl Taint {
    pub(super) const NONE: Self = Self(0);
    /// Went through base64, hex, zlib, rot13, marshal.
    pub(super) const DECODED: Self = Self(1);
    /// Came from the network.
    pub(super) const FETCHED: Self = Self(2);
    /// Put together from character codes, reversed, or translated.
    pub(super) const COMPUTED: Self = Self(4);
    /// The whole environment.
    pub(super) const ENVIRONMENT: Self = Self(8);
    /// The content of a file that holds secrets.
    pub(super) const SECRET: Self = Self(16);
    /// A name that was not written plainly: through `getattr`, `__import__`, a dictionary of a module.
    pub(super) const INDIRECT: Self = Self(32);
    /// Text joined from pieces.
    pub(super) const JOINED: Self = Self(64);

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

/// A value with its taint and the text that went into it.
#[derive(Debug, Clone, Default)]
pub(super) struct Value {
    pub(super) kind: Kind,
    pub(super) taint: Taint,
    /// Values within values.
    depth: u16,
    /// Constant text somewhere inside, for paths and commands that are only partly known.
    pub(super) hint: Option<Rc<str>>,
}

/// What is known.
#[derive(Debug, Clone, Default)]
pub(super) enum Kind {
    #[default]
    Unknown,
    None,
    Bool(bool),
    Int(i64),
    Text(Rc<str>),
    Bytes(Rc<[u8]>),
    /// A dotted path from an import or a builtin; `()` stands for the result of a call.
    Name(Rc<str>),
    List(Rc<[Value]>),
    Dict(Rc<[(Value, Value)]>),
    /// Index of a function or lambda of the file.
    Function(usize),
    /// Index of a class of the file.
    Class(usize),
    /// An instance of a class of the file.
    Instance(usize),
    /// A method of an instance.
    Method(Rc<Value>, usize),
    /// An attribute of a constant, to be called: `"…".join`.
    Attribute(Rc<Value>, Rc<str>),
    /// `functools.partial`.
    Partial(Rc<Value>, Rc<[Value]>),
}

/// Lists within lists that are followed.
const MAX_DEPTH: u16 = 64;
/// Longest text that is folded.
pub(super) const MAX_TEXT: usize = 4 << 20;

impl Value {
    pub(super) fn unknown(taint: Taint) -> Self {
        Self { taint, ..Self::default() }
    }

    pub(super) fn of(kind: Kind) -> Self {
        Self { kind, ..Self::default() }
    }

    pub(super) fn text(text: impl AsRef<str>) -> Self {
        Self::of(Kind::Text(Rc::from(text.as_ref())))
    }

    pub(super) fn bytes(bytes: &[u8]) -> Self {
        Self::of(Kind::Bytes(Rc::from(bytes)))
    }

    pub(super) fn name(path: impl AsRef<str>) -> Self {
        Self::of(Kind::Name(Rc::from(path.as_ref())))
    }

    pub(super) fn list(items: Vec<Value>) -> Self {
        let taint = items.iter().fold(Taint::NONE, |taint, item| taint.with(item.taint));
        let depth = items.iter().map(|item| item.depth).max().unwrap_or_default() + 1;
        if depth > MAX_DEPTH {
            Self::unknown(taint)
        } else {
            Self { kind: Kind::List(items.into()), taint, depth, hint: None }
        }
    }

    pub(super) fn dictionary(pairs: Vec<(Value, Value)>) -> Self {
        let taint = pairs.iter().fold(Taint::NONE, |taint, (_, value)| taint.with(value.taint));
        let depth = pairs.iter().map(|(key, value)| key.depth.max(value.depth)).max().unwrap_or_default() + 1;
        if depth > MAX_DEPTH {
            Self::unknown(taint)
        } else {
            Self { kind: Kind::Dict(pairs.into()), taint, depth, hint: None }
        }
    }

    /// What it costs to go through all of it, for [`Run::spend`](super::run::Run::spend).
    pub(super) fn weight(&self) -> usize {
        match &self.kind {
            Kind::Text(_) | Kind::Bytes(_) => self.raw().map_or(0, |raw| raw.len().saturating_mul(4)),
            Kind::List(items) => items.len().saturating_mul(16),
            Kind::Dict(pairs) => pairs.len().saturating_mul(16),
            _ => 0,
        }
    }

    pub(super) fn tainted(mut self, taint: Taint) -> Self {
        self.taint = self.taint.with(taint);
        self
    }

    pub(super) fn hinted(mut self, hint: Option<Rc<str>>) -> Self {
        self.hint = hint;
        self
    }

    pub(super) fn str(&self) -> Option<&str> {
        if let Kind::Text(text) = &self.kind { Some(text) } else { None }
    }

    pub(super) fn path(&self) -> Option<&str> {
        if let Kind::Name(path) = &self.kind { Some(path) } else { None }
    }

    /// Text or bytes as bytes.
    pub(super) fn raw(&self) -> Option<&[u8]> {
        match &self.kind {
            Kind::Text(text) => Some(text.as_bytes()),
            Kind::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(super) fn items(&self) -> Option<&[Value]> {
        if let Kind::List(items) = &self.kind { Some(items) } else { None }
    }

    pub(super) fn int(&self) -> Option<i64> {
        match self.kind {
            Kind::Int(value) => Some(value),
            Kind::Bool(value) => Some(i64::from(value)),
            _ => None,
        }
    }

    /// All constant text inside, joined by blanks, at most 2000 bytes: enough to see a path or a command.
    pub(super) fn visible(&self) -> String {
        let mut out = String::new();
        self.collect(&mut out, 0, &mut 500);
        out
    }

    fn collect(&self, out: &mut String, depth: u32, left: &mut u32) {
        if depth > 4 || out.len() > 2000 || *left == 0 {
            return;
        }
        *left -= 1;
        match &self.kind {
            Kind::Text(text) => push(out, text),
            Kind::Bytes(bytes) => {
                push(out, &String::from_utf8_lossy(bytes.get(..bytes.len().min(1000)).unwrap_or_default()));
            }
            Kind::List(items) => items.iter().take(50).for_each(|item| item.collect(out, depth + 1, left)),
            Kind::Dict(pairs) => pairs.iter().take(50).for_each(|(_, value)| value.collect(out, depth + 1, left)),
            _ => {}
        }
        if let Some(hint) = &self.hint {
            push(out, hint);
        }
    }
}

fn push(out: &mut String, text: &str) {
    if !out.is_empty() {
        out.push(' ');
    }
    out.extend(text.chars().take(1000));
}
