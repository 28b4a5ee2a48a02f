//! Well formed Python, read without a syntax tree: many times as fast as by the grammar, which builds a node for each
//! token and looks for what an error could mean.
//!
//! Whatever is not well formed, rare (Python 2) or deep goes to the grammar: every step here may give up by
//! None. That both make the same of a source is tested.

mod definitions;
mod expressions;
mod literals;
mod statements;
mod token;

use self::token::{Kind, Token, tokens};
use super::super::{DEEPEST, Lowering};
use crate::ir::{Expr, ExprKind, Function, Literal, Span};

/// Reads a source; None if the grammar has to.
pub(in super::super) fn read(low: Lowering<'_>) -> Option<crate::ir::Unit> {
    let tokens = tokens(low.text)?;
    let mut reader = Reader { low, tokens, at: 0, behind: 0, tall: 0 };
    let mut body = Vec::new();
    while reader.kind() != Kind::End {
        reader.statement(&mut body)?;
    }
    let span = Span { start: 0, end: u32::try_from(reader.low.text.len()).ok()? };
    let top = Function { body, span, exported: true, ..Function::default() };
    *reader.low.unit.functions.first_mut()? = top;
    Some(reader.low.unit)
}

/// The grammar has to read the source: the answer where a part may as well not be there.
struct GivenUp;

/// Where reading stands.
struct Reader<'t> {
    low: Lowering<'t>,
    tokens: Vec<Token>,
    /// The next token.
    at: usize,
    /// Where the last token that was taken ended.
    behind: u32,
    /// How many levels the expression has that was read last.
    tall: usize,
}

impl<'t> Reader<'t> {
    #[inline]
    fn ahead(&self, by: usize) -> Token {
        self.tokens.get(self.at + by).copied().unwrap_or(Token {
            kind: Kind::End,
            start: self.behind,
            end: self.behind,
        })
    }

    #[inline]
    fn kind(&self) -> Kind {
        self.ahead(0).kind
    }

    /// Where the next token begins.
    #[inline]
    fn start(&self) -> u32 {
        self.ahead(0).start
    }

    /// Takes the next token.
    #[inline]
    fn take(&mut self) -> Token {
        let token = self.ahead(0);
        self.at += 1;
        if !matches!(token.kind, Kind::Line | Kind::Indent | Kind::Dedent | Kind::Semicolon) {
            self.behind = token.end;
        }
        token
    }

    #[inline]
    fn eat(&mut self, kind: Kind) -> bool {
        let is_next = self.kind() == kind;
        if is_next {
            self.take();
        }
        is_next
    }

    #[inline]
    fn expect(&mut self, kind: Kind) -> Option<Token> {
        (self.kind() == kind).then(|| self.take())
    }

    fn slice(&self, span: Span) -> &'t str {
        self.low.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    fn word(&self, token: Token) -> &'t str {
        self.slice(Span { start: token.start, end: token.end })
    }

    /// A name that has to be next.
    fn name(&mut self) -> Option<(String, Span)> {
        let token = self.expect(Kind::Name)?;
        Some((self.word(token).to_owned(), Span { start: token.start, end: token.end }))
    }

    /// From there to the last token that was taken.
    #[inline]
    fn since(&self, start: u32) -> Span {
        Span { start, end: self.behind }
    }

    fn expr(&self, start: u32, kind: ExprKind) -> Expr {
        Expr { kind, span: self.since(start) }
    }

    fn nothing(span: Span) -> Expr {
        Expr { kind: ExprKind::Literal(Literal::Null), span }
    }

    /// Goes one level deeper.
    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.low.depth += 1;
        let value = if self.low.depth < DEEPEST { inner(self) } else { None };
        self.low.depth -= 1;
        value
    }

    /// An expression that nothing is made of, without the functions in it.
    fn ignore<T>(&mut self, inner: impl FnOnce(&mut Self) -> Option<T>) -> Option<()> {
        let functions = self.low.unit.functions.len();
        inner(self)?;
        self.low.unit.functions.truncate(functions);
        Some(())
    }

    /// Takes what stands before one of these signs outside of brackets: what was taken.
    fn skip_to(&mut self, ends: &[Kind]) -> Option<Span> {
        let (start, mut open) = (self.start(), 0_usize);
        loop {
            let kind = self.kind();
            if open == 0 && ends.contains(&kind) {
                return (self.behind > start).then(|| self.since(start));
            }
            match kind {
                Kind::ParenOpen | Kind::SquareOpen | Kind::BraceOpen => open += 1,
                Kind::ParenClose | Kind::SquareClose | Kind::BraceClose => open = open.checked_sub(1)?,
                Kind::Line | Kind::End => return None,
                Kind::Lambda if open == 0 => return None,
                _ => {}
            }
            self.take();
        }
    }
}
