//! One function that answers for many tools by their names: which of them a branch is for, and what is said of each.

use std::rc::Rc;

use super::told::text;
use super::{Known, MOST, answers_for_many, last_name};
use crate::flow::Place;
use crate::flow::heap::{Kind, ObjectId};
use crate::flow::run::Run;
use crate::flow::value::{Callable, Value};
use crate::ir::{Arg, BinaryOp, Case, Expr, ExprKind, FunctionId, Span, Stmt};

/// The tool that a branch of such a function is for, or a function that it takes from a table.
#[derive(Debug, Clone)]
pub(in crate::flow) struct Errand {
    name: Rc<str>,
    of: (usize, FunctionId),
    /// The branch, and where it names the tool.
    spans: (Span, Span),
}

/// What is said of a tool in a list of them.
#[derive(Debug, Clone, Copy)]
pub(in crate::flow) enum Listing<'u> {
    /// `Tool(name="x", description="…")`
    Made(&'u [Arg]),
    /// `{ name: "x", description: "…" }`
    Written(&'u Expr),
}

impl<'u> Run<'u> {
    /// The errand within `then`, of a condition such as `name == "x"`.
    pub(in crate::flow) fn sent_by(&self, cond: &'u Expr, then: &'u [Stmt]) -> Option<Errand> {
        self.deeds?;
        self.errand.clone().or_else(|| self.errand_to(asks_for(cond)?, then))
    }

    /// The errand within a case of `match name`.
    pub(in crate::flow) fn sent_to(&self, subject: &'u Expr, case: &'u Case) -> Option<Errand> {
        self.deeds?;
        let first = || case.values.first().filter(|_| is_name(subject));
        self.errand.clone().or_else(|| self.errand_to(first()?, &case.body))
    }

    fn errand_to(&self, to: &'u Expr, body: &'u [Stmt]) -> Option<Errand> {
        let name = text(to)?;
        let (first, last) = (body.first()?, body.last()?);
        let of = self.dispatcher()?.of;
        let span = Span { start: first.span.start, end: last.span.end };
        Some(Errand { name: Rc::from(name), of, spans: (span, to.span) })
    }

    /// The function that answers for many and runs.
    fn dispatcher(&self) -> Option<&Known> {
        self.deeds?;
        self.tools.get(self.acting()?).filter(|known| answers_for_many(&known.way))
    }

    /// Runs what such a function may take from a table by the name of the tool.
    pub(in crate::flow) fn picks(&mut self, table: ObjectId) {
        if self.deeds.is_none() || self.errand.is_some() || self.dispatcher().is_none() {
            return;
        }
        let Some(table) = self.heap.get(table).filter(|table| table.kind == Kind::Map) else { return };
        let functions = table.items.iter().filter_map(|(key, value)| Some((Rc::clone(key), value.callable.clone()?)));
        let functions: Vec<(Rc<str>, Rc<Callable<'u>>)> = functions.take(MOST).collect();
        let outer = self.recording;
        self.recording = false;
        for (name, callable) in functions {
            let of = (callable.unit, callable.function);
            let (Some(function), Some((file, _))) = (self.function(of.0, of.1), self.units.get(of.0)) else { continue };
            let params = function.params.iter().filter(|param| !param.is_receiver);
            let place = |span| Place { file: *file, span };
            let handed = params.map(|param| (None, Value::origin("tool", place(param.span)))).collect();
            self.errand = Some(Errand { name, of, spans: (function.span, function.name_span) });
            self.enter(&callable, &handed);
        }
        self.errand = None;
        self.recording = outer;
    }

    /// The tool that something is done for, given the function's place among those known.
    pub(super) fn on_errand(&mut self, at: usize) -> usize {
        let Some((errand, known)) = self.errand.as_ref().zip(self.tools.get(at)) else { return at };
        if !answers_for_many(&known.way) {
            return at;
        }
        let is_it = |tool: &Known| tool.of == errand.of && tool.spans == Some(errand.spans);
        if let Some(there) = self.tools.iter().position(is_it) {
            return there;
        }
        if self.tools.len() >= MOST {
            return at;
        }
        let mut own = Known::new(errand.of, &known.way);
        own.name = errand.name.to_string();
        own.spans = Some(errand.spans);
        self.tools.push(own);
        self.tools.len() - 1
    }

    /// Keeps what is said of a tool where tools are listed.
    pub(in crate::flow) fn lists(&mut self, listing: Listing<'u>) {
        if self.deeds.is_none() || self.listed.len() >= MOST {
            return;
        }
        if let Some(name) = listing.name()
            && !self.listed.iter().any(|known| known.name() == Some(name))
        {
            self.listed.push(listing);
        }
    }

    /// What the list of tools says of this one; gives the names of its parameters.
    pub(super) fn look_up(&self, known: &mut Known) -> Vec<String> {
        let Some(listing) = self.listed.iter().find(|listing| listing.name() == Some(&known.name)) else {
            return Vec::new();
        };
        match listing {
            Listing::Made(args) => known.told(args),
            Listing::Written(value) => known.within_named(Some(value)),
        }
        known.about = listing.entry(&["description"]).and_then(text).unwrap_or_default().to_owned();
        let schema = listing.entry(&["inputSchema", "input_schema", "parameters"]);
        let fields = schema.and_then(|schema| entry(schema, &["properties"])).map(|fields| &fields.kind);
        match fields {
            Some(ExprKind::Map(fields)) => {
                fields.iter().filter_map(|(key, _)| key_of(key)).map(str::to_owned).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl<'u> Listing<'u> {
    /// The name, of what also has a description.
    fn name(&self) -> Option<&'u str> {
        self.entry(&["description"])?;
        text(self.entry(&["name"])?)
    }

    fn entry(&self, names: &[&str]) -> Option<&'u Expr> {
        match self {
            Self::Made(args) => args
                .iter()
                .find(|arg| arg.name.as_deref().is_some_and(|name| names.contains(&name)))
                .map(|arg| &arg.value),
            Self::Written(value) => entry(value, names),
        }
    }
}

/// What a map has under one of these keys.
fn entry<'u>(map: &'u Expr, names: &[&str]) -> Option<&'u Expr> {
    match &map.kind {
        ExprKind::Map(pairs) => {
            pairs.iter().find(|(key, _)| key_of(key).is_some_and(|key| names.contains(&key))).map(|(_, value)| value)
        }
        ExprKind::Same(inner) | ExprKind::Cast(inner, _) => entry(inner, names),
        _ => None,
    }
}

/// A key as written.
fn key_of(key: &Expr) -> Option<&str> {
    match &key.kind {
        ExprKind::Name(name) => Some(name),
        _ => text(key),
    }
}

/// The name that a condition asks for.
fn asks_for(cond: &Expr) -> Option<&Expr> {
    match &cond.kind {
        ExprKind::Binary { op: BinaryOp::Eq, left, right } => {
            let is_text = |expr: &Expr| text(expr).is_some();
            if is_name(left) && is_text(right) {
                Some(right)
            } else {
                (is_name(right) && is_text(left)).then_some(left)
            }
        }
        ExprKind::Binary { op: BinaryOp::Or, left, .. } => asks_for(left),
        ExprKind::Same(inner) => asks_for(inner),
        _ => None,
    }
}

/// Whether an expression is the name of a tool: `name`, `request.params.name`, `tool_name`.
fn is_name(expr: &Expr) -> bool {
    let name = match &expr.kind {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => last_name(name),
        ExprKind::Same(inner) => return is_name(inner),
        _ => return false,
    };
    let name = name.to_ascii_lowercase();
    ["name", "tool"].iter().any(|word| name.contains(word))
}
