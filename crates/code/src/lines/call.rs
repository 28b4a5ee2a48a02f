//! What a record makes of a call.

use super::record::{CLASSES, Record, Verb};
use super::token::Kind;
use super::walk::Walk;

/// Classes in which a plain name says little: what harms is a text that is put together.
const JOINED: &[&str] = &["sql", "ldap", "xpath", "path"];

impl<'t> Walk<'_, 't> {
    /// Applies a record to the call whose name is at `at` and whose arguments stand between `open` and `close`.
    pub(super) fn apply(&mut self, record: &'static Record, at: usize, open: usize, close: usize) {
        let arguments = self.tokens.parts(open, close);
        if !self.holds(record, at, &arguments) {
            return;
        }
        let argument = |number: usize| record.arguments.get(number).and_then(|index| arguments.get(*index)).copied();
        match record.verb {
            Verb::Sink(class) => self.sink(record, class, at, &arguments),
            Verb::Check(kind) => self.report(kind, None, at, None, record.is_faint),
            Verb::Copy => {
                if let (Some(target), Some(source)) = (argument(0), argument(1)) {
                    self.copy(at, target, source);
                }
            }
            Verb::Sized => {
                if let (Some(target), Some(source), Some(length)) = (argument(0), argument(1), argument(2)) {
                    self.sized(at, target, source, length);
                }
            }
            Verb::Measure => {
                if let (Some(target), Some(length)) = (argument(0), argument(1)) {
                    self.measure(at, target, length);
                }
            }
            Verb::Terminate => {
                if let Some(target) = argument(0) {
                    self.terminate(at, close, target);
                }
            }
            Verb::Format => {
                if let (Some(format), Some(index)) = (argument(0), record.arguments.first()) {
                    self.format(at, format, arguments.len() > index + 1);
                }
            }
            Verb::Print => {
                if let (Some(target), Some(format), Some(index)) = (argument(0), argument(1), record.arguments.get(1)) {
                    self.print(at, target, format, arguments.get(index + 1..).unwrap_or_default());
                }
            }
            Verb::Scan => {
                if let (Some(format), Some(index)) = (argument(0), record.arguments.first()) {
                    self.scan(at, format, arguments.get(..*index).unwrap_or_default());
                }
            }
            Verb::Alloc => self.alloc(at, &arguments),
            Verb::Free => {
                if let Some(freed) = argument(0) {
                    self.freed(freed, close + 1);
                }
            }
            Verb::Ask => {
                if let Some(path) = argument(0) {
                    self.ask(at, close, path);
                }
            }
            Verb::Fill => self.fill(record, &arguments),
            Verb::Source(label) => {
                for index in &record.arguments {
                    if let Some(name) = arguments.get(*index).and_then(|argument| self.name_in(*argument)) {
                        self.names.set(name, super::names::Value::source(label, at));
                    }
                }
            }
            Verb::Guard(mask) => {
                for index in &record.arguments {
                    if let Some(argument) = arguments.get(*index) {
                        let value = self.value(*argument).without(mask);
                        let name = self.tokens.slice(argument.0, argument.1);
                        self.names.set(name, value);
                        self.clean_names(*argument, mask);
                    }
                }
                if record.arguments.is_empty() {
                    self.clean_names((self.first(at), at), mask);
                }
            }
            Verb::Unsignal => {
                if self.inside.is_some_and(|function| self.handlers.contains(function.name)) {
                    self.report("unsafe-signal-handler", None, at, None, record.is_faint);
                }
            }
            Verb::Clean(_) | Verb::Set(_) | Verb::Word(_) | Verb::Use => {}
        }
    }

    fn sink(&mut self, record: &'static Record, class: usize, at: usize, arguments: &[(usize, usize)]) {
        let chosen = arguments
            .iter()
            .enumerate()
            .filter(|(index, _)| record.is_all || record.arguments.contains(index))
            .map(|(_, argument)| self.value(*argument));
        let Some(value) = chosen.reduce(super::names::Value::and) else { return };
        let (Some(label), Some(word)) = (value.label(class), CLASSES.get(class)) else { return };
        // A program that is started without a shell is what the caller chose.
        let name = self.tokens.text(at);
        let is_started = *word == "command" && (name.starts_with("execv") || name.starts_with("posix_spawn"));
        let is_plain = (JOINED.contains(word) || is_started) && label == "unknown" && !value.is_joined;
        let is_contained = *word == "path" && self.is_contained();
        self.report(word, Some(label), at, Some(value.from), record.is_faint || is_plain || is_contained);
    }

    /// The first argument of the record takes what the arguments behind it say.
    fn fill(&mut self, record: &Record, arguments: &[(usize, usize)]) {
        let Some(index) = record.arguments.first().copied() else { return };
        let Some(name) = arguments.get(index).and_then(|argument| self.name_in(*argument)) else { return };
        let from = record.arguments.get(1).copied().unwrap_or(index + 1);
        let is_based = |argument: &(usize, usize)| {
            self.value(*argument)
                .literal
                .is_some_and(|format| format.starts_with("%s/") && format.matches('%').count() > 1)
        };
        let mut values: Vec<_> =
            arguments.get(from..).unwrap_or_default().iter().map(|argument| self.value(*argument)).collect();
        // Where a path begins is whose program it is.
        if arguments.get(from).is_some_and(is_based)
            && let (Some(base), Some(path)) = (values.get_mut(1), super::record::class("path"))
        {
            *base = base.without(1 << path);
        }
        let Some(mut value) = values.into_iter().reduce(super::names::Value::and) else { return };
        if record.arguments.len() == 1
            && let Some(known) = self.names.get(name)
            && self.mentions(&["strcat", "strncat", "strlcat", "lstrcat", "wcscat"])
        {
            value = value.and(known);
        }
        value.is_joined = !value.is_constant();
        value.literal = None;
        self.names.set(name, value);
    }

    /// The variable that an argument is, or points into: `buf`, `&buf`, `buf + n`, `&buf[0]`, `buf.data()`.
    pub(super) fn name_in(&self, (from, to): (usize, usize)) -> Option<&'t str> {
        let first = (from..to).find(|at| self.tokens.kind(*at) == Some(Kind::Name))?;
        Some(self.tokens.text(first))
    }

    /// Whether nobody looks at the result of a call.
    pub(super) fn is_unchecked(&self, at: usize) -> bool {
        let tokens = self.tokens;
        let first = self.first(at);
        let Some(before) = first.checked_sub(1) else { return true };
        if tokens.is_any(before, &[";", "{", "}", ")", "#"]) || tokens.is_name(before, "else") {
            return true;
        }
        if tokens.is(before, "=")
            && let Some(name) = tokens.name(before.wrapping_sub(1))
        {
            return !(at + 1..tokens.len().min(at + 120)).any(|at| tokens.is_name(at, name));
        }
        false
    }
}
