//! Expressions.

use super::super::shape::{binary, compared};
use super::token::Kind;
use super::{GivenUp, Reader};
use crate::ir::{Arg, BinaryOp, Expr, ExprKind, Function, Literal, Span, Stmt, StmtKind, UnaryOp};
use crate::lower::operators::LONGEST_CHAIN;

impl Reader<'_> {
    /// `a, *b`: a list if there is a comma.
    pub(super) fn list(&mut self) -> Option<Expr> {
        let start = self.start();
        let first = self.item()?;
        if self.kind() != Kind::Comma {
            return Some(first);
        }
        let (mut items, mut tall) = (vec![first], self.tall);
        while self.eat(Kind::Comma) {
            if matches!(self.kind(), Kind::Line | Kind::Semicolon | Kind::Equal | Kind::Colon | Kind::In | Kind::End) {
                break;
            }
            items.push(self.item()?);
            tall = tall.max(self.tall);
        }
        self.tall = tall + 1;
        Some(self.expr(start, ExprKind::List(items)))
    }

    /// An element of a list: an expression, or what another list holds.
    pub(super) fn item(&mut self) -> Option<Expr> {
        let start = self.start();
        if !self.eat(Kind::Star) {
            return self.named();
        }
        let inner = self.deeper(|cx| cx.operators(1))?;
        self.tall += 1;
        Some(self.expr(start, ExprKind::Spread(Box::new(inner))))
    }

    /// An expression, which may be given a name: `a := b`.
    pub(super) fn named(&mut self) -> Option<Expr> {
        let start = self.start();
        let value = self.value()?;
        if self.kind() != Kind::Walrus || !matches!(value.kind, ExprKind::Name(_)) {
            return Some(value);
        }
        self.take();
        let inner = self.value()?;
        self.tall += 1;
        Some(self.expr(start, ExprKind::Assign(Box::new(value), Box::new(inner))))
    }

    /// An expression.
    pub(super) fn value(&mut self) -> Option<Expr> {
        self.deeper(Self::conditional)
    }

    fn conditional(&mut self) -> Option<Expr> {
        if self.kind() == Kind::Lambda {
            return self.lambda();
        }
        let start = self.start();
        let then = self.either()?;
        if !self.eat(Kind::If) {
            return Some(then);
        }
        let mut tall = self.tall;
        let cond = self.either()?;
        tall = tall.max(self.tall);
        self.expect(Kind::Else)?;
        let other = self.value()?;
        self.tall = tall.max(self.tall) + 1;
        let (cond, then, other) = (Box::new(cond), Box::new(then), Box::new(other));
        Some(self.expr(start, ExprKind::Conditional { cond, then, other }))
    }

    /// `a or b`, and what binds closer.
    pub(super) fn either(&mut self) -> Option<Expr> {
        self.joined(Kind::Or, BinaryOp::Or, |cx| cx.joined(Kind::And, BinaryOp::And, Self::negated))
    }

    fn joined(&mut self, word: Kind, op: BinaryOp, part: impl Fn(&mut Self) -> Option<Expr>) -> Option<Expr> {
        let start = self.start();
        let (mut left, mut links) = (part(self)?, 0);
        while self.eat(word) {
            links += 1;
            if links > LONGEST_CHAIN / 3 {
                return None;
            }
            let tall = self.tall;
            let right = part(self)?;
            self.tall = tall.max(self.tall) + 1;
            left = self.expr(start, ExprKind::Binary { op, left: Box::new(left), right: Box::new(right) });
        }
        Some(left)
    }

    fn negated(&mut self) -> Option<Expr> {
        let start = self.start();
        if !self.eat(Kind::Not) {
            return self.comparison();
        }
        let operand = Box::new(self.deeper(Self::negated)?);
        self.tall += 1;
        Some(self.expr(start, ExprKind::Unary { op: UnaryOp::Not, operand }))
    }

    fn comparison(&mut self) -> Option<Expr> {
        let start = self.start();
        let first = self.operators(1)?;
        let Some(op) = self.compares() else { return Some(first) };
        let (mut operands, mut ops, mut next) = (vec![first], Vec::new(), Some(op));
        let mut tall = self.tall;
        while let Some(op) = next {
            if ops.len() > LONGEST_CHAIN / 3 {
                return None;
            }
            ops.push(Some(op));
            operands.push(self.operators(1)?);
            tall = tall.max(self.tall);
            next = self.compares();
        }
        self.tall = tall + ops.len();
        Some(Expr { kind: compared(operands, ops, self.since(start)), span: self.since(start) })
    }

    /// Takes an operator that compares.
    fn compares(&mut self) -> Option<BinaryOp> {
        let token = self.ahead(0);
        let (op, words) = match token.kind {
            Kind::Less => (BinaryOp::Lt, 1),
            Kind::Greater => (BinaryOp::Gt, 1),
            Kind::Compare => (binary(self.word(token))?, 1),
            Kind::In => (BinaryOp::In, 1),
            Kind::Is if self.ahead(1).kind == Kind::Not => (BinaryOp::Ne, 2),
            Kind::Is => (BinaryOp::Eq, 1),
            Kind::Not if self.ahead(1).kind == Kind::In => (BinaryOp::NotIn, 2),
            _ => return None,
        };
        for _ in 0..words {
            self.take();
        }
        Some(op)
    }

    /// The operator that is next, and how close it binds.
    fn operator(&self) -> Option<(BinaryOp, u8)> {
        let token = self.ahead(0);
        let closeness = match token.kind {
            Kind::Plus | Kind::Minus => 5,
            Kind::Star | Kind::At => 6,
            Kind::Operator => match self.word(token) {
                "|" => 1,
                "^" => 2,
                "&" => 3,
                "<<" | ">>" => 4,
                _ => 6,
            },
            _ => return None,
        };
        Some((binary(self.word(token))?, closeness))
    }

    /// Operators with two sides that bind at least so close.
    pub(super) fn operators(&mut self, least: u8) -> Option<Expr> {
        let start = self.start();
        let (mut left, mut links) = (self.signed()?, 0);
        while let Some((op, closeness)) = self.operator().filter(|(_, closeness)| *closeness >= least) {
            self.take();
            links += 1;
            if links > LONGEST_CHAIN / 3 {
                return None;
            }
            let tall = self.tall;
            let right = self.operators(closeness + 1)?;
            self.tall = tall.max(self.tall) + 1;
            left = self.expr(start, ExprKind::Binary { op, left: Box::new(left), right: Box::new(right) });
        }
        Some(left)
    }

    fn signed(&mut self) -> Option<Expr> {
        let start = self.start();
        let op = match self.kind() {
            Kind::Minus => Some(UnaryOp::Neg),
            Kind::Tilde => Some(UnaryOp::BitNot),
            Kind::Plus => None,
            _ => return self.power(),
        };
        self.take();
        let operand = Box::new(self.deeper(Self::signed)?);
        self.tall += 1;
        let kind = match op {
            Some(op) => ExprKind::Unary { op, operand },
            None => ExprKind::Same(operand),
        };
        Some(self.expr(start, kind))
    }

    fn power(&mut self) -> Option<Expr> {
        let start = self.start();
        let left = self.awaited()?;
        if !self.eat(Kind::Power) {
            return Some(left);
        }
        let tall = self.tall;
        let right = self.deeper(Self::signed)?;
        self.tall = tall.max(self.tall) + 1;
        Some(self.expr(start, ExprKind::Binary { op: BinaryOp::Pow, left: Box::new(left), right: Box::new(right) }))
    }

    fn awaited(&mut self) -> Option<Expr> {
        let start = self.start();
        if !self.eat(Kind::Await) {
            return self.primary();
        }
        let inner = self.primary()?;
        self.tall += 1;
        Some(self.expr(start, ExprKind::Same(Box::new(inner))))
    }

    /// An atom, with its members, elements and calls.
    fn primary(&mut self) -> Option<Expr> {
        let start = self.start();
        let mut value = self.atom()?;
        loop {
            let tall = self.tall;
            value = match self.kind() {
                Kind::Dot => {
                    self.take();
                    let (name, _) = self.name()?;
                    self.expr(start, ExprKind::Member { object: Box::new(value), name })
                }
                Kind::ParenOpen => {
                    let args = self.args()?;
                    self.expr(start, ExprKind::Call { callee: Box::new(value), args, is_new: false })
                }
                Kind::SquareOpen => {
                    self.take();
                    let index = Box::new(self.subscript()?);
                    self.expr(start, ExprKind::Index { object: Box::new(value), index })
                }
                _ => return Some(value),
            };
            self.tall = tall.max(self.tall) + 1;
            self.low.fits(self.tall)?;
        }
    }

    fn args(&mut self) -> Option<Vec<Arg>> {
        let open = self.take().start;
        let (mut args, mut tall) = (Vec::new(), 0);
        while !self.eat(Kind::ParenClose) {
            let start = self.start();
            let mut name = None;
            let value = match self.kind() {
                Kind::Star | Kind::Power => {
                    self.take();
                    let inner = self.value()?;
                    self.tall += 1;
                    self.expr(start, ExprKind::Spread(Box::new(inner)))
                }
                Kind::Name if self.ahead(1).kind == Kind::Equal => {
                    name = Some(self.name()?.0);
                    self.take();
                    self.value()?
                }
                _ => {
                    let value = self.named()?;
                    if matches!(self.kind(), Kind::For | Kind::Async) {
                        let tall = self.tall;
                        let (each, conds) = self.clauses()?;
                        self.tall = tall.max(self.tall) + 1;
                        self.expect(Kind::ParenClose).filter(|_| args.is_empty())?;
                        let kind = ExprKind::Comprehension { element: Box::new(value), each, conds };
                        return Some(vec![Arg { name: None, value: self.expr(open, kind) }]);
                    }
                    value
                }
            };
            tall = tall.max(self.tall);
            args.push(Arg { name, value });
            if !self.eat(Kind::Comma) {
                self.expect(Kind::ParenClose)?;
                break;
            }
        }
        self.tall = tall;
        Some(args)
    }

    /// What stands in square brackets behind a value; of several the first.
    fn subscript(&mut self) -> Option<Expr> {
        let first = self.slice_or_value()?;
        let tall = self.tall;
        while self.eat(Kind::Comma) {
            if self.kind() != Kind::SquareClose {
                self.ignore(Self::slice_or_value)?;
            }
        }
        self.tall = tall;
        self.expect(Kind::SquareClose)?;
        Some(first)
    }

    fn slice_or_value(&mut self) -> Option<Expr> {
        let start = self.start();
        let (mut parts, mut is_slice, mut tall) = (Vec::new(), false, 0);
        loop {
            match self.kind() {
                Kind::Colon => {
                    self.take();
                    is_slice = true;
                }
                Kind::Comma | Kind::SquareClose if is_slice => break,
                _ => {
                    parts.push(if is_slice { self.value()? } else { self.item()? });
                    tall = tall.max(self.tall);
                    if self.kind() != Kind::Colon {
                        break;
                    }
                }
            }
        }
        self.tall = tall + 1;
        if is_slice {
            return Some(self.expr(start, ExprKind::Other(parts)));
        }
        parts.pop()
    }

    fn atom(&mut self) -> Option<Expr> {
        self.tall = 1;
        let token = self.ahead(0);
        let kind = match token.kind {
            Kind::Name => ExprKind::Name(self.word(token).to_owned()),
            Kind::Number => ExprKind::Literal(Literal::Number(self.word(token).replace('_', ""))),
            Kind::True => ExprKind::Literal(Literal::Bool(true)),
            Kind::False => ExprKind::Literal(Literal::Bool(false)),
            Kind::None | Kind::Ellipsis => ExprKind::Literal(Literal::Null),
            Kind::Text => return self.text(),
            Kind::ParenOpen => return self.deeper(Self::parenthesized),
            Kind::SquareOpen => return self.deeper(Self::bracketed),
            Kind::BraceOpen => return self.deeper(Self::braced),
            _ => return None,
        };
        self.take();
        Some(self.expr(token.start, kind))
    }

    fn parenthesized(&mut self) -> Option<Expr> {
        let start = self.take().start;
        if self.eat(Kind::ParenClose) {
            return Some(self.expr(start, ExprKind::List(Vec::new())));
        }
        let first = if self.kind() == Kind::Yield { self.produced()? } else { self.item()? };
        self.rest(start, first, Kind::ParenClose)
    }

    fn bracketed(&mut self) -> Option<Expr> {
        let start = self.take().start;
        if self.eat(Kind::SquareClose) {
            return Some(self.expr(start, ExprKind::List(Vec::new())));
        }
        let first = self.item()?;
        self.rest(start, first, Kind::SquareClose)
    }

    /// What follows the first element of a list, tuple, set or comprehension.
    fn rest(&mut self, start: u32, first: Expr, close: Kind) -> Option<Expr> {
        let mut tall = self.tall;
        if matches!(self.kind(), Kind::For | Kind::Async) {
            let (each, conds) = self.clauses()?;
            self.tall = tall.max(self.tall) + 1;
            self.expect(close)?;
            return Some(self.expr(start, ExprKind::Comprehension { element: Box::new(first), each, conds }));
        }
        if close == Kind::ParenClose && self.eat(close) {
            self.tall = tall + 1;
            // `(*a)` is nothing that Python knows.
            let inner = Some(first).filter(|first| !matches!(first.kind, ExprKind::Spread(_)))?;
            return Some(self.expr(start, ExprKind::Same(Box::new(inner))));
        }
        let mut items = vec![first];
        while !self.eat(close) {
            self.expect(Kind::Comma)?;
            if self.kind() != close {
                items.push(self.item()?);
                tall = tall.max(self.tall);
            }
        }
        self.tall = tall + 1;
        Some(self.expr(start, ExprKind::List(items)))
    }

    /// A dictionary or a set.
    fn braced(&mut self) -> Option<Expr> {
        let start = self.take().start;
        let (mut pairs, mut tall) = (Vec::new(), 0);
        while !self.eat(Kind::BraceClose) {
            let at = self.start();
            if self.eat(Kind::Power) {
                let inner = Box::new(self.deeper(|cx| cx.operators(1))?);
                self.tall += 1;
                let spread = self.expr(at, ExprKind::Spread(inner));
                pairs.push((Self::nothing(spread.span), spread));
            } else {
                let key = self.item()?;
                if pairs.is_empty() && self.kind() != Kind::Colon {
                    return self.rest(start, key, Kind::BraceClose);
                }
                tall = tall.max(self.tall);
                self.expect(Kind::Colon)?;
                let value = self.value()?;
                if pairs.is_empty() && matches!(self.kind(), Kind::For | Kind::Async) {
                    let pair = self.expr(at, ExprKind::Map(vec![(key, value)]));
                    self.tall = tall.max(self.tall) + 1;
                    return self.rest(start, pair, Kind::BraceClose);
                }
                pairs.push((key, value));
            }
            tall = tall.max(self.tall);
            if !self.eat(Kind::Comma) {
                self.expect(Kind::BraceClose)?;
                break;
            }
        }
        self.tall = tall + 1;
        Some(self.expr(start, ExprKind::Map(pairs)))
    }

    /// `for a in b if c …`: targets with what they go through, and conditions.
    #[expect(clippy::type_complexity, reason = "as the form has it")]
    fn clauses(&mut self) -> Option<(Vec<(Expr, Expr)>, Vec<Expr>)> {
        let (mut each, mut conds, mut tall) = (Vec::new(), Vec::new(), 0);
        loop {
            match self.kind() {
                Kind::For | Kind::Async => {
                    self.eat(Kind::Async);
                    self.expect(Kind::For)?;
                    let target = self.targets()?;
                    tall = tall.max(self.tall);
                    self.expect(Kind::In)?;
                    each.push((target, self.deeper(Self::either)?));
                }
                Kind::If => {
                    self.take();
                    conds.push(self.deeper(Self::either)?);
                }
                _ => break,
            }
            tall = tall.max(self.tall);
        }
        self.tall = tall + 1;
        Some((each, conds))
    }

    /// What a loop assigns to: up to `in`, which no target has.
    pub(super) fn targets(&mut self) -> Option<Expr> {
        let start = self.start();
        let target = |cx: &mut Self| {
            let start = cx.start();
            if cx.eat(Kind::Star) {
                let inner = cx.deeper(|cx| cx.operators(1))?;
                cx.tall += 1;
                return Some(cx.expr(start, ExprKind::Spread(Box::new(inner))));
            }
            cx.operators(1)
        };
        let first = target(self)?;
        if self.kind() != Kind::Comma {
            return Some(as_target(first));
        }
        let (mut items, mut tall) = (vec![first], self.tall);
        while self.eat(Kind::Comma) {
            if self.kind() == Kind::In {
                break;
            }
            items.push(target(self)?);
            tall = tall.max(self.tall);
        }
        self.tall = tall + 1;
        Some(as_target(self.expr(start, ExprKind::List(items))))
    }

    /// `yield`, `yield from x` as a value.
    pub(super) fn produced(&mut self) -> Option<Expr> {
        let start = self.start();
        let value = self.yielded().ok()?;
        self.tall += 1;
        Some(self.expr(start, ExprKind::Other(value.into_iter().collect())))
    }

    /// What is yielded.
    pub(super) fn yielded(&mut self) -> Result<Option<Expr>, GivenUp> {
        self.expect(Kind::Yield).ok_or(GivenUp)?;
        self.tall = 0;
        if self.eat(Kind::From) {
            return self.value().map(Some).ok_or(GivenUp);
        }
        if matches!(self.kind(), Kind::Line | Kind::Semicolon | Kind::ParenClose | Kind::End) {
            return Ok(None);
        }
        self.list().map(Some).ok_or(GivenUp)
    }

    fn lambda(&mut self) -> Option<Expr> {
        let start = self.take().start;
        let params = self.params(Kind::Colon)?;
        let id = self.low.unit.functions.len() as u32;
        let function = Function { parent: Some(self.low.function), params, ..Function::default() };
        self.low.unit.functions.push(function);
        let outer = std::mem::replace(&mut self.low.function, id);
        let value = self.value();
        self.low.function = outer;
        let value = value?;
        let span: Span = self.since(start);
        let function = self.low.unit.functions.get_mut(id as usize)?;
        function.span = span;
        function.body = vec![Stmt { kind: StmtKind::Return(Some(value)), span }];
        self.tall += 1;
        Some(Expr { kind: ExprKind::Lambda(id), span })
    }
}

/// A value as what is assigned to: brackets around one name are those of a list.
pub(super) fn as_target(value: Expr) -> Expr {
    let kind = match value.kind {
        ExprKind::Same(inner) => ExprKind::List(vec![as_target(*inner)]),
        ExprKind::List(items) => ExprKind::List(items.into_iter().map(as_target).collect()),
        kind => kind,
    };
    Expr { kind, span: value.span }
}
