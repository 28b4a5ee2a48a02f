//! Memory that is asked for and given back.

use super::record::{self, Verb};
use super::token::Kind;
use super::walk::{Shape, Walk};

/// Kinds of weakness that are found here.
pub(super) const KINDS: &[&str] = &["unchecked-allocation", "mismatched-delete"];

/// Tokens behind a question about a path in which a use is looked for.
const LOOK_AHEAD: usize = 300;

/// How memory was got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Made {
    Plain,
    One,
    Many,
}

type Range = (usize, usize);

impl Walk<'_, '_> {
    /// Sizes that are multiplied, or come from outside, may be too large for their type.
    pub(super) fn alloc(&mut self, at: usize, arguments: &[Range]) {
        let tokens = self.tokens;
        let is_operand =
            |at: usize| matches!(tokens.kind(at), Some(Kind::Name | Kind::Number)) || tokens.is_any(at, &[")", "]"]);
        for argument in arguments.iter().copied() {
            let (from, to) = self.spelled_out(argument);
            let is_type =
                |at: usize| matches!(tokens.text(at), "char" | "void" | "int" | "struct" | "const" | "sizeof");
            let joins = |sign: &str| {
                (from + 1..to).any(|at| {
                    tokens.is(at, sign)
                        && is_operand(at - 1)
                        && !is_type(at - 1)
                        && at + 1 < to
                        && !tokens.is(at + 1, ")")
                })
            };
            let value = self.value((from, to));
            let Some(label) = record::class("allocation-overflow").and_then(|class| value.label(class)) else {
                continue;
            };
            let is_known = label != "unknown";
            if !(joins("*") || is_known && (joins("+") || joins("-")))
                || self.is_measured(from, to)
                || self.is_guarded(at, (from, to))
            {
                continue;
            }
            self.report("allocation-overflow", Some(label), at, Some(value.from), false);
        }
    }

    /// The product that a size was computed by before, if it is a plain name.
    fn spelled_out(&self, (from, to): Range) -> Range {
        let tokens = self.tokens;
        let assigned = self.assigned.get(tokens.slice(from, to)).copied().filter(|_| to == from + 1);
        let is_wide = |at: usize| {
            matches!(tokens.text(at), "size_t" | "uint64_t" | "u64")
                && (tokens.is(at + 1, ")") || tokens.is(at + 1, ">"))
        };
        match assigned {
            Some((first, last)) if (first..last).any(|at| tokens.is(at, "*")) && !(first..last).any(is_wide) => {
                (first, last)
            }
            _ => (from, to),
        }
    }

    /// The length of a text that is there already fits.
    fn is_measured(&self, from: usize, to: usize) -> bool {
        (from..to).any(|at| matches!(self.tokens.text(at), "strlen" | "wcslen" | "size" | "length"))
    }

    /// `name = malloc(…)` and `name = new T[…]`.
    pub(super) fn made(&mut self, first: usize, last: usize, from: usize, end: usize) {
        let tokens = self.tokens;
        let name = tokens.slice(first, last + 1);
        if tokens.is_name(from, "new") {
            let open = (from + 1..end).find(|at| tokens.is_any(*at, &["[", "("]));
            let is_many = open.is_some_and(|open| tokens.is(open, "["));
            self.made_by.insert(name, if is_many { Made::Many } else { Made::One });
            if let Some(open) = open.filter(|_| is_many) {
                self.shapes.insert(name, Shape::Allocated(open + 1, tokens.close(open)));
            }
            return;
        }
        let is_alloc = |at: &usize| {
            tokens.is(*at + 1, "(")
                && matches!(
                    tokens.text(*at),
                    "malloc"
                        | "calloc"
                        | "realloc"
                        | "alloca"
                        | "strdup"
                        | "strndup"
                        | "HeapAlloc"
                        | "kmalloc"
                        | "_alloca"
                )
        };
        let Some(call) = (from..end.min(from + 12)).find(is_alloc) else {
            if tokens.is(from.wrapping_sub(1), "=") {
                self.made_by.remove(name);
            }
            return;
        };
        let (open, close) = (call + 1, tokens.close(call + 1));
        if matches!(tokens.text(call), "malloc" | "alloca" | "calloc" | "realloc") {
            self.made_by.insert(name, Made::Plain);
            let parts = tokens.parts(open, close);
            let from = if tokens.is_name(call, "realloc") { parts.get(1) } else { parts.first() };
            if let Some((from, _)) = from {
                self.shapes.insert(name, Shape::Allocated(*from, close));
            }
            if tokens.is_name(call, "realloc")
                && parts.first().is_some_and(|(from, to)| tokens.slice(*from, *to) == name)
            {
                return self.report("unchecked-allocation", None, call, None, false);
            }
        }
        if tokens.is(end, ";")
            && !tokens.is_name(call, "alloca")
            && self.is_used_before_check(name, last - first + 1, end)
        {
            self.report("unchecked-allocation", None, call, None, false);
        }
        if tokens.is(end, ";")
            && first == last
            && matches!(tokens.text(call), "malloc" | "calloc" | "strdup" | "strndup")
        {
            self.leaks(name, end);
        }
    }

    pub(super) fn is_of_new(&self, name: &str) -> bool {
        matches!(self.made_by.get(name), Some(Made::One | Made::Many))
    }

    /// Whether the next thing that happens with a pointer is a use of it.
    pub(super) fn is_used_before_check(&self, name: &str, length: usize, from: usize) -> bool {
        let tokens = self.tokens;
        let end = tokens.len().min(from + 80).min(self.inside.map_or(usize::MAX, |function| function.end));
        for at in from..end {
            if tokens.slice(at, at + length) != name || tokens.is_any(at.wrapping_sub(1), &[".", "->"]) {
                continue;
            }
            let (before, behind) = (at.wrapping_sub(1), at + length);
            if tokens.is_any(behind, &["->", "["])
                || tokens.is(before, "*") && tokens.is_any(before.wrapping_sub(1), &[";", "{", "}", "("])
            {
                return true;
            }
            let is_argument = tokens.is_any(before, &["(", ","]) && tokens.is_any(behind, &[",", ")", "+"]);
            let is_tested = tokens.is(before, "(")
                && matches!(
                    tokens.text(before.wrapping_sub(1)),
                    "if" | "while" | "assert" | "g_assert" | "ASSERT" | "return"
                );
            return is_argument && !is_tested && !tokens.is_name(before, "return");
        }
        false
    }

    /// `delete name;` and `delete[] name;`.
    pub(super) fn deleted(&mut self, at: usize) {
        let tokens = self.tokens;
        let is_many = tokens.is(at + 1, "[");
        let from = if is_many { at + 3 } else { at + 1 };
        let to = tokens.expression_end(from, true);
        let name = tokens.slice(from, to);
        let is_wrong = match self.made_by.get(name) {
            Some(Made::Many) => !is_many,
            Some(Made::One) => is_many,
            Some(Made::Plain) => true,
            None => false,
        };
        if is_wrong {
            self.report("mismatched-delete", None, at, None, false);
        }
        self.freed((from, to), to);
    }

    /// `access(path)` before `open(path)`.
    pub(super) fn ask(&mut self, at: usize, close: usize, (from, to): Range) {
        // What must not be there yet is no other one.
        if self.mentions(&["O_EXCL"]) {
            return;
        }
        let tokens = self.tokens;
        let path = tokens.slice(from, to);
        let end = tokens.len().min(close + LOOK_AHEAD).min(self.inside.map_or(usize::MAX, |function| function.end));
        tokens.spend(end.saturating_sub(close));
        let uses = |at: usize| {
            let is_use = tokens.name(at).and_then(|name| self.table.get(name));
            is_use.is_some_and(|records| records.iter().any(|record| matches!(record.verb, Verb::Use)))
                && tokens.is(at + 1, "(")
                && tokens.parts(at + 1, tokens.close(at + 1)).iter().any(|(from, to)| tokens.slice(*from, *to) == path)
        };
        if (close..end).any(uses) {
            self.report("race-on-path", None, at, None, false);
        } else if tokens.is_name(at, "access") {
            self.report("race-on-path", None, at, None, true);
        }
    }
}
