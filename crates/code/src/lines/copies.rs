//! Writing into buffers: how much goes in, and how much there is.

use super::record;
use super::token::Kind;
use super::walk::{Shape, Walk};

/// Kinds of weakness that are found here.
pub(super) const KINDS: &[&str] =
    &["buffer-too-small", "length-from-source", "pointer-size", "missing-terminator", "off-by-one"];

/// How far back a check of a length is looked for.
const LOOK_BACK: usize = 500;

/// The number that a literal is.
pub(super) fn number(text: &str) -> Option<u64> {
    let text = text.trim_end_matches(['L', 'l', 'u', 'U']);
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

type Range = (usize, usize);

impl Walk<'_, '_> {
    /// Elements of the array that an argument is, if it is one whose size is known.
    fn size_of(&self, target: Range) -> Option<u64> {
        match self.shape(target)? {
            Shape::Array(size, _) => size,
            Shape::Allocated(from, to) => number(self.value((from, to)).literal?),
            Shape::Pointer => None,
        }
    }

    fn shape(&self, target: Range) -> Option<Shape> {
        (target.1 == target.0 + 1).then(|| self.shapes.get(self.tokens.text(target.0)).copied()).flatten()
    }

    /// A label for what is worth a look only.
    fn note(&mut self, class: &'static str, at: usize) {
        self.report(class, Some("constant"), at, None, true);
    }

    fn flow(&mut self, word: &'static str, label: Option<&'static str>, at: usize, from: usize, is_faint: bool) {
        match label {
            Some(label) => self.report(word, Some(label), at, Some(from), is_faint),
            None => self.note(word, at),
        }
    }

    pub(super) fn copy(&mut self, at: usize, target: Range, source: Range) {
        let value = self.value(source);
        let is_appended = self.tokens.text(at).to_ascii_lowercase().contains("cat");
        if let Some(text) =
            value.literal.filter(|_| self.tokens.kind(source.0) == Some(Kind::Text) || value.literal.is_some())
        {
            match self.size_of(target) {
                Some(size) if text.len() as u64 + 1 > size => self.report("buffer-too-small", None, at, None, false),
                Some(_) if !is_appended => {}
                _ => self.note("unbounded-copy", at),
            }
            return;
        }
        let label = record::class("unbounded-copy").and_then(|class| value.label(class));
        if let Some(Shape::Allocated(from, to)) = self.shape(target)
            && self.measures(from, to, source)
        {
            let has_more = (from..to).any(|at| self.tokens.is(at, "+"));
            if !has_more && !is_appended && from >= 2 {
                self.report("off-by-one", None, from - 2, None, false);
            }
            return self.note("unbounded-copy", at);
        }
        let start = at.saturating_sub(LOOK_BACK).max(self.inside.map_or(0, |function| function.body));
        if self.measures(start, at, source) {
            return self.note("unbounded-copy", at);
        }
        self.flow("unbounded-copy", label, at, value.from, false);
    }

    /// Whether `strlen(source)` or `source.size()` stands between these tokens.
    fn measures(&self, from: usize, to: usize, source: Range) -> bool {
        let tokens = self.tokens;
        let Some(name) = (source.0..source.1).find_map(|at| tokens.name(at)) else { return false };
        tokens.spend(to.saturating_sub(from));
        (from..to).any(|at| {
            tokens.is_name(at, name)
                && (tokens.is(at.wrapping_sub(1), "(")
                    && matches!(
                        tokens.text(at.wrapping_sub(2)),
                        "strlen" | "wcslen" | "lstrlen" | "_tcslen" | "strnlen"
                    )
                    || tokens.is_any(at + 1, &[".", "->"]) && matches!(tokens.text(at + 2), "size" | "length"))
        })
    }

    /// Whether a name of this expression was compared before, or held against a bound.
    pub(super) fn is_guarded(&self, at: usize, (from, to): Range) -> bool {
        let tokens = self.tokens;
        let start = at.saturating_sub(LOOK_BACK).max(self.inside.map_or(0, |function| function.body));
        let is_bound = |at: usize| tokens.is_any(at, &["<", ">", "<=", ">="]);
        tokens.spend((at - start) * (to.saturating_sub(from)).max(1));
        let holds = |at: usize| matches!(tokens.text(at), "min" | "MIN" | "clamp" | "ARRAY_SIZE");
        let assigned = |at: usize| self.assigned.get(tokens.text(at)).copied();
        if (from..to).any(|at| holds(at) || assigned(at).is_some_and(|(first, last)| (first..last).any(holds))) {
            return true;
        }
        (from..to).filter_map(|at| tokens.name(at)).filter(|name| !matches!(*name, "sizeof" | "int" | "size_t")).any(
            |name| {
                (start..at).any(|at| {
                    tokens.is_name(at, name)
                        && (is_bound(at + 1)
                            || is_bound(at.wrapping_sub(1))
                            || is_bound(at + 2) && tokens.is(at + 1, ")")
                            || tokens.is(at.wrapping_sub(1), "(") && is_bound(at.wrapping_sub(3)))
                        // `for (i = 0; i < n; …)` checks `i`, not `n`.
                        && !is_loop(tokens, at)
                })
            },
        )
    }

    pub(super) fn sized(&mut self, at: usize, target: Range, source: Range, length: Range) {
        if self.measure(at, target, length) {
            return;
        }
        let tokens = self.tokens;
        let value = self.value(length);
        if let Some(Shape::Allocated(from, to)) = self.shape(target) {
            // What was asked for is what is written.
            let asked = |at: usize| tokens.name(at).is_some_and(|name| (from..to).any(|at| tokens.is_name(at, name)));
            if (length.0..length.1).any(asked) || self.measures(from, to, source) {
                return;
            }
        }
        if self.measures(length.0, length.1, source) {
            // The size of a container is known where it is read from, often enough for the target, too.
            let is_container = !(length.0..length.1).any(|at| tokens.text(at).ends_with("len"));
            return self.report("length-from-source", None, at, None, is_container);
        }
        let names_source = |at: usize| {
            tokens.is_name(at, "sizeof")
                && tokens.is(at + 1, "(")
                && tokens.slice(at + 2, tokens.close(at + 1)) == tokens.slice(source.0, source.1)
        };
        if (length.0..length.1).any(names_source) {
            return self.report("length-from-source", None, at, None, true);
        }
        let class = record::class("length-not-checked");
        let Some(label) = class.and_then(|class| value.label(class)) else { return };
        if self.is_guarded(at, length) {
            return;
        }
        let is_fixed = matches!(self.shape(target), Some(Shape::Array(..)));
        self.report("length-not-checked", Some(label), at, Some(value.from), !is_fixed);
    }

    /// Holds a length against the size of the target; whether that said something.
    pub(super) fn measure(&mut self, at: usize, target: Range, length: Range) -> bool {
        let tokens = self.tokens;
        let shape = self.shape(target);
        let is_whole = tokens.is_name(length.0, "sizeof") && tokens.is(length.0 + 1, "(");
        if is_whole && tokens.slice(length.0 + 2, tokens.close(length.0 + 1)) == tokens.slice(target.0, target.1) {
            if matches!(shape, Some(Shape::Pointer | Shape::Allocated(..))) {
                self.report("pointer-size", None, at, None, false);
            } else if tokens.text(at).contains("ncat") {
                self.report("off-by-one", None, at, None, false);
            }
            return true;
        }
        let Some(length) = self.value(length).literal.and_then(number) else { return false };
        match shape {
            Some(Shape::Array(Some(size), _)) if length > size => {
                self.report("buffer-too-small", None, at, None, false);
            }
            Some(Shape::Array(Some(size), _)) if length == size && tokens.text(at).contains("ncat") => {
                self.report("off-by-one", None, at, None, false);
            }
            _ => {}
        }
        true
    }

    /// Whether a zero is written behind what was copied.
    pub(super) fn terminate(&mut self, at: usize, close: usize, target: Range) {
        let tokens = self.tokens;
        let Some(function) = self.inside else { return };
        let Some(name) = (target.0..target.1).rev().find_map(|at| tokens.name(at)) else { return };
        let end = tokens.len().min(close + 150).min(function.end);
        let is_ended = |at: usize| {
            tokens.is_name(at, name)
                && tokens.is(at + 1, "[")
                && tokens.pair(at + 1).is_some_and(|pair| tokens.is(pair + 1, "=") || tokens.is(pair + 2, "="))
        };
        let start = at.saturating_sub(LOOK_BACK).max(function.body);
        let is_cleared = |at: usize| {
            tokens.is_name(at, name)
                && (matches!(tokens.text(at.wrapping_sub(2)), "memset" | "bzero" | "ZeroMemory" | "RtlZeroMemory")
                    || tokens.is(at + 1, "=") && matches!(tokens.text(at + 2), "calloc" | "xcalloc" | "g_malloc0")
                    || tokens.is(at + 1, "[")
                        && tokens.pair(at + 1).is_some_and(|pair| tokens.is(pair + 1, "=") && tokens.is(pair + 2, "{")))
        };
        if !(close..end).any(is_ended) && !(start..at).any(is_cleared) {
            self.report("missing-terminator", None, at, None, false);
        }
    }

    pub(super) fn format(&mut self, at: usize, format: Range, has_more: bool) {
        let tokens = self.tokens;
        let is_text = (format.0..format.1).any(|at| tokens.kind(at) == Some(Kind::Text))
            && !(format.0..format.1).any(|at| tokens.is_any(at, &["+", "."]));
        if is_text || matches!(tokens.text(format.0), "_" | "gettext" | "ngettext" | "tr" | "N_" | "Q_") {
            return;
        }
        let value = self.value(format);
        if let Some(label) = record::class("format-string").and_then(|class| value.label(class)) {
            self.report("format-string", Some(label), at, Some(value.from), has_more);
        }
    }

    /// `sprintf` and its like.
    pub(super) fn print(&mut self, at: usize, target: Range, format: Range, rest: &[Range]) {
        let value = self.value(format);
        let has_text = (format.0..format.1).any(|at| self.tokens.kind(at) == Some(Kind::Text));
        let format = match value.literal {
            Some(text) => text,
            None if has_text => self.tokens.slice(format.0, format.1),
            None => {
                let label = record::class("unbounded-copy").and_then(|class| value.label(class));
                return self.flow("unbounded-copy", label, at, value.from, false);
            }
        };
        let values = rest.iter().map(|argument| self.value(*argument));
        let value = values.reduce(super::names::Value::and).unwrap_or_default();
        if has_open_text(format) {
            let label = record::class("unbounded-copy").and_then(|class| value.label(class));
            return self.flow("unbounded-copy", label, at, value.from, false);
        }
        let needed = format.len() as u64 + 22 * format.matches('%').count() as u64;
        if self.size_of(target).is_none_or(|size| size < needed) {
            self.note("unbounded-copy", at);
        }
    }

    /// `scanf` and its like.
    pub(super) fn scan(&mut self, at: usize, format: Range, before: &[Range]) {
        let Some(text) = self.value(format).literal else { return };
        if !has_open_text(text) && !text.split('%').skip(1).any(|part| part.starts_with('[')) {
            return;
        }
        let value = before.iter().map(|argument| self.value(*argument)).reduce(super::names::Value::and);
        let label = value.and_then(|value| record::class("unbounded-copy").and_then(|class| value.label(class)));
        self.report("unbounded-copy", Some(label.unwrap_or("local")), at, Some(at), false);
    }
}

/// Whether a format has `%s` without a bound.
fn has_open_text(format: &str) -> bool {
    let format = format.replace("%%", "");
    format.split('%').skip(1).any(|part| {
        let rest = part.trim_start_matches(['-', '+', ' ', '#', 'l', 'h']);
        rest.starts_with(['s', 'S']) || {
            // A width is a least length for output: `%10s` still writes all. For input the digits bound it, and there
            // is no flag or blank before them.
            false
        }
    })
}

fn is_loop(tokens: &super::token::Tokens<'_>, at: usize) -> bool {
    let start = at.saturating_sub(10);
    let opening = (start..at).rev().find(|at| tokens.is_name(*at, "for") || tokens.is_any(*at, &["{", "}"]));
    let is_right = tokens.is_any(at.wrapping_sub(1), &["<", "<=", ">", ">="]);
    is_right && opening.is_some_and(|at| tokens.is_name(at, "for"))
}
