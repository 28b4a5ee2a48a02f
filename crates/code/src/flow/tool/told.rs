//! What the program says of a tool where it makes it one: name, description, switches.

use super::Known;
use crate::ir::{Arg, Expr, ExprKind, FunctionId, Literal};

/// How far switches are looked for within arguments.
const WITHIN: usize = 4;

impl Known {
    pub(super) fn new(of: (usize, FunctionId), way: &str) -> Self {
        Self {
            of,
            name: String::new(),
            about: String::new(),
            way: way.to_owned(),
            switches: Vec::new(),
            deeds: vec![],
            spans: None,
        }
    }

    /// What the arguments of a decorator or of a registration say.
    pub(super) fn told(&mut self, args: &[Arg]) {
        let texts = args.iter().filter(|arg| arg.name.is_none()).filter_map(|arg| text(&arg.value));
        for (at, text) in texts.take(2).enumerate() {
            let slot = if at == 0 { &mut self.name } else { &mut self.about };
            slot.clear();
            slot.push_str(text);
        }
        for arg in args {
            match &arg.name {
                Some(name) => self.entry(name, Some(&arg.value), 0),
                None => self.within(&arg.value, 0),
            }
        }
    }

    pub(super) fn entry(&mut self, name: &str, value: Option<&Expr>, depth: usize) {
        let Some(value) = value else { return };
        match (name, text(value), &value.kind) {
            ("name", Some(text), _) if depth < 2 => text.clone_into(&mut self.name),
            ("description", Some(text), _) if depth < 2 => text.clone_into(&mut self.about),
            (_, _, ExprKind::Literal(Literal::Bool(is))) if self.switches.len() < 20 => {
                self.switches.push((name.to_owned(), *is));
            }
            _ => self.within(value, depth),
        }
    }

    /// Switches only: what has a name of its own may name and describe other things.
    pub(super) fn within_named(&mut self, value: Option<&Expr>) {
        let (name, about) = (self.name.clone(), self.about.clone());
        if let Some(value) = value {
            self.within(value, 0);
        }
        (self.name, self.about) = (name, about);
    }

    fn within(&mut self, value: &Expr, depth: usize) {
        if depth >= WITHIN {
            return;
        }
        match &value.kind {
            ExprKind::Map(entries) => {
                for (key, value) in entries {
                    let name = text(key).or(match &key.kind {
                        ExprKind::Name(name) => Some(name.as_str()),
                        _ => None,
                    });
                    self.entry(name.unwrap_or_default(), Some(value), depth + 1);
                }
            }
            ExprKind::Call { args, .. } => {
                for arg in args {
                    self.entry(arg.name.as_deref().unwrap_or_default(), Some(&arg.value), depth + 2);
                }
            }
            ExprKind::Same(inner) | ExprKind::Cast(inner, _) => self.within(inner, depth + 1),
            _ => {}
        }
    }
}

/// A text that stands in the source.
pub(super) fn text(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Literal(Literal::Text(text)) => Some(text),
        ExprKind::Same(inner) | ExprKind::Cast(inner, _) => text(inner),
        _ => None,
    }
}
