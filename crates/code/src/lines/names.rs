//! Where the value of a name comes from, as far as one function shows it.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use super::record::{ALL, Label, Table, Verb, class};
use super::token::{Dialect, Kind, Tokens};
use crate::flow::Quick;

/// Tokens of one expression that are looked at.
const MAX_TOKENS: usize = 500;
/// Calls within calls.
const MAX_DEPTH: usize = 12;

/// What is known of a value: for each class of sink, whether somebody's text of this label is in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Value<'t> {
    pub(super) user: u64,
    pub(super) local: u64,
    /// A parameter, a field, or what an unknown function gave.
    pub(super) unknown: u64,
    /// It was joined to other text here.
    pub(super) is_joined: bool,
    /// It is written down in the source.
    pub(super) literal: Option<&'t str>,
    /// Token at which the worst of it comes in.
    pub(super) from: usize,
}

impl Value<'_> {
    pub(super) const CONSTANT: Self = Self { user: 0, local: 0, unknown: 0, is_joined: false, literal: None, from: 0 };

    pub(super) fn unknown(from: usize) -> Self {
        Self { unknown: ALL, from, ..Self::CONSTANT }
    }

    pub(super) fn source(label: Label, from: usize) -> Self {
        match label {
            Label::User => Self { user: ALL, from, ..Self::CONSTANT },
            Label::Local => Self { local: ALL, from, ..Self::CONSTANT },
        }
    }

    pub(super) fn is_constant(self) -> bool {
        self.user | self.local | self.unknown == 0
    }

    /// Whether it harms a sink of this class, and whose it is.
    pub(super) fn label(self, class: usize) -> Option<&'static str> {
        let has = |mask: u64| mask >> class & 1 == 1;
        match () {
            () if has(self.user) => Some("user"),
            () if has(self.local) => Some("local"),
            () if has(self.unknown) => Some("unknown"),
            () => None,
        }
    }

    pub(super) fn without(self, mask: u64) -> Self {
        Self { user: self.user & !mask, local: self.local & !mask, unknown: self.unknown & !mask, ..self }
    }

    pub(super) fn and(self, other: Self) -> Self {
        let rank = |value: Self| (value.user != 0, value.local != 0, value.unknown != 0);
        Self {
            user: self.user | other.user,
            local: self.local | other.local,
            unknown: self.unknown | other.unknown,
            is_joined: self.is_joined || other.is_joined,
            literal: None,
            from: if rank(other) > rank(self) { other.from } else { self.from },
        }
    }
}

/// Names and their values, of the file and of the function.
#[derive(Debug, Default)]
pub(super) struct Names<'t> {
    pub(super) outer: HashMap<&'t str, Value<'t>, BuildHasherDefault<Quick>>,
    pub(super) inner: HashMap<&'t str, Value<'t>, BuildHasherDefault<Quick>>,
    pub(super) is_inner: bool,
}

impl<'t> Names<'t> {
    pub(super) fn set(&mut self, name: &'t str, value: Value<'t>) {
        let names = if self.is_inner { &mut self.inner } else { &mut self.outer };
        names.insert(name, value);
    }

    pub(super) fn get(&self, name: &str) -> Option<Value<'t>> {
        self.inner.get(name).or_else(|| self.outer.get(name)).copied()
    }
}

/// Words of the languages that are no value.
const WORDS: &[&str] = &[
    "new", "return", "const", "await", "ref", "out", "in", "var", "auto", "static", "char", "int", "unsigned", "long",
    "short", "void", "struct", "string", "String", "async", "true", "false", "null", "NULL", "nullptr", "TRUE",
    "FALSE", "__DIR__", "__FILE__", "and", "or", "not", "clone", "typeof", "nameof", "sizeof", "default", "float",
    "double", "bool", "byte", "size_t", "self", "parent", "std", "array", "case", "throw", "if", "is", "as", "yield",
    "delete", "using", "echo", "print", "INFINITY", "npos", "uint8_t", "uint32_t", "int32_t", "wchar_t",
];

pub(super) fn is_constant_name(name: &str) -> bool {
    name.len() > 1
        && name.bytes().any(|byte| byte.is_ascii_uppercase())
        && !name.bytes().any(|byte| byte.is_ascii_lowercase() || byte == b'$')
}

/// What the result of a function is harmless for, if its name says that it quotes: `shellQuoted`, `escape_html`.
fn quoted(name: &str) -> Option<u64> {
    let name = name.to_ascii_lowercase();
    if !["quote", "escape", "encode"].iter().any(|word| name.contains(word)) || name.contains("un") {
        return None;
    }
    let is_for = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let words: &[&str] = match () {
        () if is_for(&["shell", "arg", "cmd", "command"]) => &["shell", "command"],
        () if is_for(&["sql"]) => &["sql"],
        () if is_for(&["html", "xml"]) || name.starts_with("escape") => &["html"],
        () => return None,
    };
    Some(words.iter().filter_map(|word| class(word)).fold(0, |mask, class| mask | 1 << class))
}

/// Reads expressions.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a, 't> {
    pub(super) tokens: &'a Tokens<'t>,
    pub(super) table: &'static Table,
    pub(super) names: &'a Names<'t>,
}

impl<'t> Reader<'_, 't> {
    pub(super) fn value(&self, from: usize, to: usize) -> Value<'t> {
        let mut budget = MAX_TOKENS;
        let value = self.read(from, to, 0, &mut budget);
        self.tokens.spend(MAX_TOKENS - budget);
        if budget == 0 { value.and(Value::unknown(from)) } else { value }
    }

    fn read(&self, from: usize, to: usize, depth: usize, budget: &mut usize) -> Value<'t> {
        let tokens = self.tokens;
        if depth > MAX_DEPTH {
            return Value::unknown(from);
        }
        if to == from + 1
            && matches!(tokens.kind(from), Some(Kind::Text | Kind::Number))
            && tokens.said(from) != "php://input"
        {
            return Value { literal: Some(tokens.said(from)), ..Value::CONSTANT };
        }
        let (mut value, mut at, mut pieces, mut is_text) = (None::<Value<'t>>, from, 0, false);
        let mut add = |one: Value<'t>, value: &mut Option<Value<'t>>| {
            pieces += 1;
            *value = Some(value.map_or(one, |value| value.and(one)));
        };
        while at < to && *budget > 0 {
            *budget -= 1;
            match tokens.kind(at) {
                Some(Kind::Text | Kind::Holed) => {
                    is_text = true;
                    let is_request = tokens.dialect == Dialect::Php && tokens.said(at) == "php://input";
                    add(if is_request { Value::source(Label::User, at) } else { Value::CONSTANT }, &mut value);
                }
                Some(Kind::Number) => add(Value::CONSTANT, &mut value),
                // The condition is not the value.
                Some(Kind::Sign) if tokens.is(at, "?") => value = None,
                Some(Kind::Sign) if tokens.is(at, "(") && self.is_number_cast(at) => {
                    at = self.chain_end(at + 3);
                    continue;
                }
                Some(Kind::Sign) if tokens.is(at, "(") && self.is_pointer_cast(at) => {
                    at = tokens.close(at);
                }
                Some(Kind::Sign) if tokens.is(at, "[") && at > from && value.is_some() => {
                    // What is picked from a list does not depend on where.
                    if let Some(pair) = tokens.pair(at).filter(|_| tokens.kind(at - 1) == Some(Kind::Name)) {
                        at = pair;
                    }
                }
                Some(Kind::Name) if matches!(tokens.text(at), "sizeof" | "typeof" | "nameof") => {
                    add(Value::CONSTANT, &mut value);
                    // `sizeof *p` without brackets, too.
                    at = tokens.pair(at + 1).unwrap_or(if tokens.is(at + 1, "*") { at + 2 } else { at + 1 });
                }
                Some(Kind::Name) if WORDS.contains(&tokens.text(at)) && !tokens.is_joint(at + 1) => {}
                // A method of what stands in brackets before it: its arguments are read as they come.
                Some(Kind::Name) if at > from && tokens.is_joint(at - 1) && value.is_some() => {}
                Some(Kind::Name) => {
                    let (mut one, next) = self.chain(at, to, depth, budget);
                    // Where a path begins is whose program it is.
                    let is_base = at == from
                        && tokens.dialect.is_native()
                        && (tokens.is(next, "/") || tokens.is(next, "+") && tokens.said(next + 1).starts_with('/'));
                    if is_base && let Some(path) = class("path") {
                        one = one.without(1 << path);
                        is_text |= tokens.is(next, "/");
                    }
                    add(one, &mut value);
                    at = next;
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        let mut value = value.unwrap_or(Value::CONSTANT);
        value.is_joined |= is_text && pieces > 1 && !value.is_constant();
        if pieces == 1 { value } else { Value { literal: None, ..value } }
    }

    /// `(xmlChar *)q`
    fn is_pointer_cast(&self, at: usize) -> bool {
        let tokens = self.tokens;
        let Some(close) = tokens.pair(at).filter(|close| tokens.dialect.is_native() && *close < at + 6) else {
            return false;
        };
        tokens.is(close - 1, "*")
            && (at + 1..close).all(|at| tokens.kind(at) == Some(Kind::Name) || tokens.is(at, "*"))
            && (tokens.kind(close + 1) == Some(Kind::Name) || tokens.is_any(close + 1, &["(", "&"]))
    }

    /// `(int) $x` of PHP.
    fn is_number_cast(&self, at: usize) -> bool {
        self.tokens.is(at + 2, ")")
            && matches!(self.tokens.text(at + 1), "int" | "integer" | "float" | "bool" | "boolean" | "double")
            && self.tokens.kind(at + 3) == Some(Kind::Name)
            && self.tokens.text(at + 3).starts_with('$')
    }

    /// Behind `a.b[c]->d`.
    fn chain_end(&self, from: usize) -> usize {
        let tokens = self.tokens;
        let mut at = from + 1;
        while at < from + 64 {
            if tokens.is_joint(at) && tokens.kind(at + 1) == Some(Kind::Name) {
                at += 2;
            } else if tokens.is_any(at, &["[", "("])
                && let Some(pair) = tokens.pair(at)
            {
                at = pair + 1;
            } else {
                break;
            }
        }
        at
    }

    /// One name with all that hangs on it, and where it ends.
    fn chain(&self, from: usize, to: usize, depth: usize, budget: &mut usize) -> (Value<'t>, usize) {
        let tokens = self.tokens;
        let mut value = self.base(from, from + 1);
        let mut is_base_known = value.is_some();
        let mut at = from + 1;
        // Segments since the last call, to look up `a.b` as a name of its own.
        loop {
            *budget = budget.saturating_sub(1);
            let open = self.behind_types(at);
            if tokens.is(open, "(") {
                let close = tokens.close(open);
                let arguments = self.read(open + 1, close.min(to.max(open + 1)), depth + 1, budget);
                let receiver = if is_base_known || at > from + 1 { value } else { None };
                value = Some(self.result(from, at, arguments, receiver));
                is_base_known = true;
                at = close + 1;
            } else if tokens.is(at, "[")
                && let Some(pair) = tokens.pair(at)
            {
                at = pair + 1;
            } else if tokens.is_joint(at) && tokens.kind(at + 1) == Some(Kind::Name) {
                at += 2;
                if let Some(own) = self.base(from, at) {
                    value = Some(own);
                    is_base_known = true;
                }
            } else {
                break;
            }
            if at >= to || *budget == 0 {
                break;
            }
        }
        let name = tokens.text(at.saturating_sub(1));
        let value = value.unwrap_or_else(|| {
            let is_fixed = is_constant_name(tokens.text(from)) && !tokens.text(from).starts_with('$')
                || is_constant_name(name) && at > from + 1;
            if is_fixed { Value::CONSTANT } else { Value::unknown(from) }
        });
        (value, at.max(from + 1))
    }

    /// Behind `<T>`, if a call follows.
    fn behind_types(&self, at: usize) -> usize {
        if !self.tokens.is(at, "<") {
            return at;
        }
        let end = (at + 1..at + 12).find(|at| self.tokens.is(*at, ">"));
        end.filter(|end| self.tokens.is(end + 1, "(")).map_or(at, |end| end + 1)
    }

    /// The value of a name or of a path of names.
    fn base(&self, from: usize, to: usize) -> Option<Value<'t>> {
        let last = self.tokens.name(to - 1)?;
        let records = self.table.get(last).map_or(&[][..], Vec::as_slice);
        // A parameter that is called like a source.
        if self.tokens.dialect.is_native()
            && let Some(known) = self.names.inner.get(self.tokens.slice(from, to))
            && !is_constant_name(last)
        {
            return Some(*known);
        }
        let source = records.iter().find_map(|record| match record.verb {
            Verb::Source(label) if record.arguments.is_empty() && !record.is_all => {
                super::path_fits(self.tokens, to - 1, record).then_some(label)
            }
            _ => None,
        });
        if let Some(label) = source {
            return Some(Value::source(label, from));
        }
        let known = self.names.get(self.tokens.slice(from, to))?;
        let is_fixed = to == from + 1 && is_constant_name(last) && !last.starts_with('$');
        Some(if is_fixed && !known.is_constant() { Value::CONSTANT } else { known })
    }

    /// What a call gives.
    fn result(&self, from: usize, end: usize, arguments: Value<'t>, receiver: Option<Value<'t>>) -> Value<'t> {
        let last = self.tokens.name(end - 1).unwrap_or("");
        if last.ends_with("_cast") {
            return arguments;
        }
        for record in self.table.get(last).into_iter().flatten() {
            if !super::path_fits(self.tokens, end - 1, record) {
                continue;
            }
            match record.verb {
                Verb::Clean(mask) => {
                    let whole = receiver.map_or(arguments, |receiver| receiver.and(arguments));
                    return Value { literal: None, ..whole.without(mask) };
                }
                Verb::Source(label) if record.arguments.is_empty() => return Value::source(label, from),
                _ => {}
            }
        }
        let value = receiver.map_or(arguments, |receiver| receiver.and(arguments));
        if let Some(mask) = quoted(last) {
            return Value { literal: None, ..value.and(Value::unknown(from)).without(mask) };
        }
        if is_constant_name(last) && value.is_constant() {
            return Value::CONSTANT;
        }
        let is_method = receiver.is_some();
        // What an unknown function makes of fixed texts is not known; a method of a fixed text, or of one that was made
        // harmless for something, keeps to it.
        let is_kept = value.user | value.local | value.unknown != ALL;
        let unknown = if is_method && is_kept { Value::CONSTANT } else { Value::unknown(from) };
        Value { literal: None, is_joined: value.is_joined, ..value.and(unknown) }
    }
}
