//! Tokens of the languages with braces, and which bracket belongs to which.

use std::cell::Cell;

/// A language that is read without a grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// C.
    C,
    /// C++, and headers of either.
    Cpp,
    /// C#.
    CSharp,
    /// PHP, also in pages.
    Php,
}

impl Dialect {
    /// By the extension of a file name.
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        let extension = path.rsplit_once('.')?.1;
        Some(match extension {
            "c" => Self::C,
            "h" | "cc" | "cpp" | "cxx" | "hpp" | "hh" | "hxx" | "C" | "cu" => Self::Cpp,
            "cs" | "cshtml" => Self::CSharp,
            "php" | "phtml" | "php5" | "inc" => Self::Php,
            _ => return None,
        })
    }

    /// What reports call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::C => "c",
            Self::Cpp => "cpp",
            Self::CSharp => "csharp",
            Self::Php => "php",
        }
    }

    pub(super) fn is_native(self) -> bool {
        matches!(self, Self::C | Self::Cpp)
    }
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name, a keyword, or a variable with its `$`.
    Name,
    Number,
    /// A text without holes, also a character.
    Text,
    /// A text with holes; what stands in them follows in brackets.
    Holed,
    /// One operator or bracket.
    Sign,
}

/// No partner.
pub(super) const NONE: u32 = u32::MAX;

/// A piece of the source.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: u32,
    pub(super) end: u32,
    /// Index of the other bracket, or [`NONE`].
    pub(super) pair: u32,
    /// For signs: which; made by the lexer where the source has none.
    pub(super) sign: Sign,
}

/// An operator: up to three characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sign(pub(super) [u8; 3]);

impl Sign {
    pub(super) const NO: Self = Self([0; 3]);

    pub(super) const fn of(text: &[u8]) -> Self {
        match *text {
            [a] => Self([a, 0, 0]),
            [a, b] => Self([a, b, 0]),
            [a, b, c] => Self([a, b, c]),
            _ => Self::NO,
        }
    }
}

/// The tokens of one source.
#[derive(Debug)]
pub(super) struct Tokens<'t> {
    pub(super) source: &'t str,
    pub(super) dialect: Dialect,
    pub(super) list: Vec<Token>,
    /// The list was cut: there were too many.
    pub(super) is_cut: bool,
    /// Tokens that were looked at again, to the right of another.
    pub(super) work: Cell<usize>,
}

impl<'t> Tokens<'t> {
    /// Counts what was looked at.
    pub(super) fn spend(&self, tokens: usize) {
        self.work.set(self.work.get().saturating_add(tokens));
    }

    /// Whether more was looked at than any honest source needs.
    pub(super) fn is_spent(&self) -> bool {
        self.work.get() > 500_000 + 30 * self.len()
    }

    pub(super) fn get(&self, at: usize) -> Option<Token> {
        self.list.get(at).copied()
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn kind(&self, at: usize) -> Option<Kind> {
        self.list.get(at).map(|token| token.kind)
    }

    /// As it stands in the source.
    pub(super) fn text(&self, at: usize) -> &'t str {
        self.list.get(at).and_then(|token| self.source.get(token.start as usize..token.end as usize)).unwrap_or("")
    }

    /// From one token to before another, as it stands in the source.
    pub(super) fn slice(&self, from: usize, to: usize) -> &'t str {
        let (Some(first), Some(last)) = (self.get(from), to.checked_sub(1).and_then(|at| self.get(at))) else {
            return "";
        };
        self.source.get(first.start as usize..last.end as usize).unwrap_or("")
    }

    /// A name or keyword.
    pub(super) fn name(&self, at: usize) -> Option<&'t str> {
        (self.kind(at)? == Kind::Name).then(|| self.text(at))
    }

    pub(super) fn is_name(&self, at: usize, name: &str) -> bool {
        self.name(at) == Some(name)
    }

    pub(super) fn is(&self, at: usize, sign: &str) -> bool {
        self.list.get(at).is_some_and(|token| token.kind == Kind::Sign && token.sign == Sign::of(sign.as_bytes()))
    }

    /// Joins the names of a path.
    pub(super) fn is_joint(&self, at: usize) -> bool {
        self.is_any(at, &["->", "::", "?.", "?->", "\\"]) || self.dialect != Dialect::Php && self.is(at, ".")
    }

    pub(super) fn is_any(&self, at: usize, signs: &[&str]) -> bool {
        signs.iter().any(|sign| self.is(at, sign))
    }

    /// The other bracket.
    pub(super) fn pair(&self, at: usize) -> Option<usize> {
        let pair = self.list.get(at)?.pair;
        (pair != NONE).then_some(pair as usize)
    }

    /// What a text says, without its quotes and prefix.
    pub(super) fn said(&self, at: usize) -> &'t str {
        let text = self.text(at);
        let quote = |c: char| c == '"' || c == '\'';
        let Some(from) = text.find(quote) else { return text };
        let inner = text.get(from..).unwrap_or("").trim_start_matches('"');
        let inner = inner.strip_prefix('\'').unwrap_or(inner).trim_end_matches('"');
        inner.strip_suffix('\'').unwrap_or(inner)
    }

    /// The bracket behind this place whose partner is not between; without one, where the statement ends.
    pub(super) fn close(&self, open: usize) -> usize {
        if let Some(pair) = self.pair(open) {
            return pair;
        }
        let limit = self.len().min(open + 200);
        let end = (open + 1..limit).find(|at| self.is_any(*at, &[";", "{"])).unwrap_or(limit);
        self.spend(end - open);
        end
    }

    /// Where the expression that begins here ends: at `;`, a bracket that closes, or (outside brackets) `,`.
    pub(super) fn expression_end(&self, from: usize, stops_at_comma: bool) -> usize {
        let mut at = from;
        let limit = self.len().min(from + 800);
        while at < limit {
            self.spend(1);
            if self.is_any(at, &[";", ")", "]", "}"]) || stops_at_comma && self.is(at, ",") {
                return at;
            }
            at = match self.pair(at) {
                Some(pair) if pair > at => pair + 1,
                _ => at + 1,
            };
        }
        limit
    }

    /// Parts between commas, outside of brackets.
    pub(super) fn parts(&self, open: usize, close: usize) -> Vec<(usize, usize)> {
        let mut parts = Vec::new();
        let (mut from, mut at) = (open + 1, open + 1);
        while at < close && parts.len() < 32 {
            self.spend(1);
            if self.is(at, ",") {
                parts.push((from, at));
                from = at + 1;
            }
            at = match self.pair(at) {
                Some(pair) if pair > at => pair + 1,
                _ => at + 1,
            };
        }
        if from < close {
            parts.push((from, close));
        }
        parts
    }
}
