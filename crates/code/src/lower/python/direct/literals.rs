//! Literals of text.

use super::super::shape::{text_of, unescaped};
use super::Reader;
use super::token::{Kind, Opening, Part, Token, parts};
use crate::ir::{Expr, Piece};

impl Reader<'_> {
    /// One literal of text or several side by side.
    pub(super) fn text(&mut self) -> Option<Expr> {
        let start = self.start();
        let (mut pieces, mut bytes, mut tall) = (Vec::new(), false, 1);
        while self.kind() == Kind::Text {
            let token = self.take();
            self.pieces(token, &mut pieces, &mut bytes)?;
            tall = tall.max(self.tall + 1);
        }
        self.tall = tall;
        Some(self.expr(start, text_of(pieces, bytes)))
    }

    fn pieces(&mut self, token: Token, out: &mut Vec<Piece>, bytes: &mut bool) -> Option<()> {
        let whole = self.word(token);
        let opening = Opening::of(whole.as_bytes())?;
        *bytes |= opening.bytes;
        self.tall = 0;
        let text = |piece: &str| Piece::Text(if opening.raw { piece.to_owned() } else { unescaped(piece) });
        let quotes = if opening.triple { 3 } else { 1 };
        let inner = whole.get(opening.length..whole.len().checked_sub(quotes)?)?;
        if !opening.formatted {
            if !inner.is_empty() {
                out.push(text(inner));
            }
            return Some(());
        }
        let from = token.start as usize + opening.length;
        let all = self.low.text;
        let mut tall = 0;
        for part in parts(all, from, from + inner.len(), opening.triple, opening.quote)? {
            match part {
                Part::Text(start, end) => out.push(text(all.get(start..end)?)),
                Part::Value(tokens) => {
                    let value = self.deeper(|cx| cx.interpolated(tokens))?;
                    tall = tall.max(self.tall);
                    out.push(Piece::Expr(value));
                }
            }
        }
        self.tall = tall;
        Some(())
    }

    /// The value of an interpolation.
    fn interpolated(&mut self, mut tokens: Vec<Token>) -> Option<Expr> {
        let behind = self.behind;
        std::mem::swap(&mut self.tokens, &mut tokens);
        let at = std::mem::take(&mut self.at);
        let value = if self.kind() == Kind::Yield { self.produced() } else { self.list() };
        let is_whole = self.kind() == Kind::End;
        std::mem::swap(&mut self.tokens, &mut tokens);
        (self.at, self.behind) = (at, behind);
        value.filter(|_| is_whole)
    }
}
