//! What a function asks about a text before it uses it, and which arrays are written down in the source.

use super::record;
use super::token::{Dialect, Kind};
use super::walk::{Shape, Walk};

/// Words in the name of a function that judges a text.
const JUDGES: &[&str] = &["valid", "allow", "whitelist", "permitted", "is_safe", "issafe", "trusted", "is_clean"];
/// Words in the name of a function that writes a harmless copy.
const CLEANS: &[&str] = &["sanit", "escape", "quote", "encode"];
/// Methods that ask a list of texts.
const ASKS: &[&str] = &["count", "find", "contains", "Contains", "end"];

/// Whether a pattern as it stands in the source has exponentially many ways through it.
pub(super) fn is_slow(literal: &str, dialect: Dialect) -> bool {
    let text = literal.replace("\\\\", "\\");
    let pattern = match text.chars().next().filter(|_| dialect == Dialect::Php) {
        // `/…/i`
        Some(mark @ ('/' | '#' | '~' | '@' | '!')) => text.rsplit_once(mark).and_then(|(front, _)| front.get(1..)),
        _ => Some(text.as_str()),
    };
    pattern.is_some_and(crate::pattern::is_ambiguous)
}

impl Walk<'_, '_> {
    /// A call whose name says that it judges a text, or makes a harmless one of it.
    pub(super) fn judged(&mut self, at: usize) {
        let tokens = self.tokens;
        let lower = tokens.text(at).to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        let close = tokens.close(at + 1);
        if has(JUDGES) && !lower.contains("invalid") || self.is_list_asked(at) {
            if self.is_asked(at) {
                self.clean_names((at + 2, close), record::TEXT);
            }
        } else if self.dialect.is_native() && has(CLEANS) && !lower.contains("un") {
            // `escape_html(name, safe, sizeof safe)`
            for (from, to) in tokens.parts(at + 1, close) {
                let name = tokens.text(from);
                if to == from + 1 && matches!(self.shapes.get(name), Some(Shape::Array(..) | Shape::Allocated(..))) {
                    self.names.set(name, super::names::Value::CONSTANT);
                }
            }
        }
    }

    /// `allowed.count(name)`
    fn is_list_asked(&self, at: usize) -> bool {
        let tokens = self.tokens;
        let name = tokens.text(at.wrapping_sub(2));
        let is_constant = super::names::is_constant_name(name)
            || name.strip_prefix('k').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()));
        let owner = name.to_ascii_lowercase();
        ASKS.contains(&tokens.text(at))
            && tokens.is_any(at.wrapping_sub(1), &[".", "->"])
            && (is_constant || JUDGES.iter().chain(&["known", "supported", "permit"]).any(|word| owner.contains(word)))
    }

    /// Whether the answer of a call decides something: it stands in a condition or is the answer itself.
    pub(super) fn is_asked(&self, at: usize) -> bool {
        let tokens = self.tokens;
        let start = at.saturating_sub(60);
        let before = (start..at).rev().take_while(|at| !tokens.is_any(*at, &["{", "}"]));
        before
            .take_while(|at| !tokens.is(*at, ";") || tokens.pair(*at).is_some())
            .any(|at| matches!(tokens.text(at), "if" | "while" | "for" | "return" | "assert" | "bool" | "auto"))
    }

    /// What the names in these tokens hold, and what they were set from, is harmless for these classes.
    pub(super) fn clean_names(&mut self, (from, to): (usize, usize), mask: u64) {
        let tokens = self.tokens;
        for at in from..to.min(from + 40) {
            let Some(name) =
                tokens.name(at).filter(|_| !tokens.is(at + 1, "(") && !tokens.is_joint(at.wrapping_sub(1)))
            else {
                continue;
            };
            // One field of a row says nothing of the others; a letter or the bytes of a text do.
            if !self.dialect.is_native() && (tokens.is(at + 1, "[") || tokens.is_joint(at + 1)) {
                continue;
            }
            let origin = self
                .assigned
                .get(name)
                .and_then(|(first, last)| (*last == first + 1).then(|| tokens.name(*first)).flatten());
            for name in [Some(name), origin].into_iter().flatten() {
                if let Some(value) = self.names.get(name).filter(|value| !value.is_constant()) {
                    self.names.set(name, value.without(mask));
                }
            }
        }
    }

    /// Whether a path was resolved and then held against where it must be.
    pub(super) fn is_contained(&mut self) -> bool {
        self.dialect.is_native()
            && self.mentions(&["weakly_canonical", "canonical", "lexically_relative", "realpath", "_fullpath"])
            && self.mentions(&[
                "strncmp",
                "mismatch",
                "rfind",
                "starts_with",
                "compare",
                "equal",
                "lexically_relative",
                "strstr",
                "find",
            ])
    }

    /// Whether an argument is an array that stands in the source and that nothing is written into.
    pub(super) fn is_fixed(&self, argument: (usize, usize)) -> bool {
        let tokens = self.tokens;
        let Some(name) = tokens.name(argument.1.wrapping_sub(1)) else { return false };
        if tokens.is_joint(argument.1.wrapping_sub(2)) || self.dialect == Dialect::Php {
            return false;
        }
        let start = self.inside.map_or(0, |function| function.body);
        let local = (start..argument.0).find(|at| self.is_array_of_constants(*at, name));
        let Some(declared) = local.or_else(|| (0..start).find(|at| self.is_array_of_constants(*at, name))) else {
            return false;
        };
        tokens.spend(argument.0);
        // Whoever else gets it before may fill it.
        !(declared.max(start) + 1..argument.0).any(|at| {
            tokens.is_name(at, name)
                && (tokens.is_any(at.wrapping_sub(1), &["(", ",", "&"])
                    && !tokens.is_name(at.wrapping_sub(2), "sizeof")
                    || tokens.is(at + 1, "[") && tokens.pair(at + 1).is_some_and(|pair| tokens.is(pair + 1, "=")))
        })
    }

    /// `unsigned char iv[16] = {0}`, `const char salt[] = "…"`.
    fn is_array_of_constants(&self, at: usize, name: &str) -> bool {
        let tokens = self.tokens;
        if !tokens.is_name(at, name) || tokens.kind(at.wrapping_sub(1)) != Some(Kind::Name) || !tokens.is(at + 1, "[") {
            return false;
        }
        let Some(equals) = tokens.pair(at + 1).map(|pair| pair + 1).filter(|at| tokens.is(*at, "=")) else {
            return false;
        };
        let end =
            if tokens.is(equals + 1, "{") { tokens.close(equals + 1) } else { tokens.expression_end(equals + 1, true) };
        (equals + 1..end)
            .all(|at| tokens.kind(at) != Some(Kind::Name) || super::names::is_constant_name(tokens.text(at)))
    }
}
