//! Statements.

use super::super::shape::{assigned, binary, captures, chained};
use super::Reader;
use super::expressions::as_target;
use super::token::Kind;
use crate::ir::{Case, Expr, ExprKind, Span, Stmt, StmtKind};

/// Tokens of a line that are looked at for what it may be.
const LONGEST_LINE: usize = 1000;

impl Reader<'_> {
    /// One statement, or a line of several.
    pub(super) fn statement(&mut self, out: &mut Vec<Stmt>) -> Option<()> {
        self.deeper(|cx| cx.one(out))
    }

    fn one(&mut self, out: &mut Vec<Stmt>) -> Option<()> {
        let start = self.start();
        let kind = match self.kind() {
            Kind::If => self.branches()?,
            Kind::While => {
                self.take();
                let cond = Some(self.named_here()?);
                let body = self.suite()?;
                return self.looped(start, StmtKind::Loop { cond, each: None, body }, out);
            }
            Kind::For => return self.each(start, out),
            Kind::With => self.with()?,
            Kind::Try => self.tried()?,
            Kind::Def => StmtKind::Function(self.function(start, Vec::new())?),
            Kind::Class => return self.class(Vec::new(), out),
            Kind::At => return self.decorated(out),
            Kind::Async => match self.ahead(1).kind {
                Kind::Def => StmtKind::Function(self.function(start, Vec::new())?),
                Kind::For => {
                    self.take();
                    return self.each(start, out);
                }
                Kind::With => {
                    self.take();
                    self.with()?
                }
                _ => return None,
            },
            Kind::Name if self.word(self.ahead(0)) == "match" && self.is_statement_word() => self.matched()?,
            _ => return self.line(out),
        };
        out.push(self.stmt(start, kind));
        Some(())
    }

    /// `match subject:` and its cases.
    fn matched(&mut self) -> Option<StmtKind> {
        self.take();
        let subject = self.list_here()?;
        self.expect(Kind::Colon)?;
        self.expect(Kind::Line)?;
        self.expect(Kind::Indent)?;
        let mut cases = Vec::new();
        while !self.eat(Kind::Dedent) {
            let is_case = self.kind() == Kind::Name && self.word(self.ahead(0)) == "case";
            is_case.then(|| self.take())?;
            cases.push(self.case()?);
        }
        Some(StmtKind::Switch { subject, cases })
    }

    /// Patterns, a guard, and what is done.
    fn case(&mut self) -> Option<Case> {
        let (mut values, mut binds) = (Vec::new(), Vec::new());
        while !matches!(self.kind(), Kind::Colon | Kind::If) {
            self.pattern(&mut values, &mut binds)?;
            let text = self.word(self.ahead(0));
            if text == "|" || text == "," {
                self.take();
            }
        }
        let guard = if self.eat(Kind::If) { Some(self.named_here()?) } else { None };
        Some(Case { values, binds, guard, body: self.suite()?, falls_through: false })
    }

    fn literal(&mut self) -> Option<Expr> {
        // Closer than `|`, which parts patterns.
        let value = self.operators(2);
        self.checked(value)
    }

    /// One of several patterns: a value, a name, or one with parts of its own, of which only the names count.
    fn pattern(&mut self, values: &mut Vec<Expr>, binds: &mut Vec<String>) -> Option<()> {
        let start = self.start();
        let (mut open, mut count) = (0_usize, 0);
        for token in self.tokens.get(self.at..)?.iter().take(LONGEST_LINE) {
            match token.kind {
                Kind::ParenOpen | Kind::SquareOpen | Kind::BraceOpen => open += 1,
                Kind::ParenClose | Kind::SquareClose | Kind::BraceClose => open = open.checked_sub(1)?,
                Kind::Line | Kind::End => return None,
                _ if open > 0 => {}
                Kind::Colon | Kind::If | Kind::Comma => break,
                // Who is bound to several belongs to all of them.
                Kind::As => return None,
                _ if self.word(*token) == "|" => break,
                _ => {}
            }
            count += 1;
        }
        let first = self.ahead(0);
        match (first.kind, count) {
            (Kind::Name, 1) => {
                let (name, _) = self.name()?;
                binds.extend((name != "_").then_some(name));
            }
            (Kind::Name, _) if (1..count).step_by(2).all(|at| self.ahead(at).kind == Kind::Dot) && count % 2 == 1 => {
                let (name, span) = self.name()?;
                let mut value = Expr { kind: ExprKind::Name(name), span };
                while self.eat(Kind::Dot) {
                    let (name, span) = self.name()?;
                    value = Expr { kind: ExprKind::Member { object: Box::new(value), name }, span };
                }
                values.push(value);
            }
            (Kind::Name | Kind::ParenOpen | Kind::SquareOpen | Kind::BraceOpen, _) => {
                for _ in 0..count {
                    self.take();
                }
                let span = self.since(start);
                binds.extend(captures(self.slice(span)));
                values.push(Expr { kind: ExprKind::Other(Vec::new()), span });
            }
            (Kind::Number | Kind::True | Kind::False | Kind::None, 1) => values.push(self.literal()?),
            (Kind::Text, _) if (0..count).all(|at| self.ahead(at).kind == Kind::Text) => values.push(self.literal()?),
            _ => return None,
        }
        Some(())
    }

    pub(super) fn stmt(&self, start: u32, kind: StmtKind) -> Stmt {
        Stmt { kind, span: self.since(start) }
    }

    /// What an expression is made of must not be too deep with the statements around it.
    fn checked(&mut self, value: Option<Expr>) -> Option<Expr> {
        self.low.fits(self.tall)?;
        value
    }

    fn named_here(&mut self) -> Option<Expr> {
        let value = self.named();
        self.checked(value)
    }

    fn list_here(&mut self) -> Option<Expr> {
        let value = self.list();
        self.checked(value)
    }

    /// The block behind a colon.
    pub(super) fn suite(&mut self) -> Option<Vec<Stmt>> {
        self.expect(Kind::Colon)?;
        self.block()
    }

    /// The same behind the colon.
    pub(super) fn block(&mut self) -> Option<Vec<Stmt>> {
        let mut out = Vec::new();
        if !self.eat(Kind::Line) {
            self.deeper(|cx| cx.line(&mut out))?;
            return Some(out);
        }
        self.expect(Kind::Indent)?;
        while !self.eat(Kind::Dedent) {
            self.statement(&mut out)?;
        }
        Some(out)
    }

    /// Statements up to the end of the line.
    fn line(&mut self, out: &mut Vec<Stmt>) -> Option<()> {
        loop {
            self.simple(out)?;
            if !self.eat(Kind::Semicolon) || self.kind() == Kind::Line {
                break;
            }
        }
        self.expect(Kind::Line).map(drop)
    }

    fn ends(&self) -> bool {
        matches!(self.kind(), Kind::Line | Kind::Semicolon)
    }

    fn simple(&mut self, out: &mut Vec<Stmt>) -> Option<()> {
        let start = self.start();
        let kind = match self.kind() {
            Kind::Import => return self.import(),
            Kind::From => return self.import_from(),
            Kind::Pass => {
                self.take();
                return Some(());
            }
            Kind::Global | Kind::Nonlocal => {
                self.take();
                self.name()?;
                while self.eat(Kind::Comma) {
                    self.name()?;
                }
                return Some(());
            }
            Kind::Return => {
                self.take();
                StmtKind::Return(if self.ends() { None } else { Some(self.list_here()?) })
            }
            Kind::Raise => {
                self.take();
                let value = if self.ends() { None } else { Some(self.list_here()?) };
                if self.eat(Kind::From) {
                    self.ignore(Self::value)?;
                }
                StmtKind::Throw(value)
            }
            Kind::Break => {
                self.take();
                StmtKind::Break
            }
            Kind::Continue => {
                self.take();
                StmtKind::Continue
            }
            Kind::Assert => {
                self.take();
                let value = self.named_here()?;
                if self.eat(Kind::Comma) {
                    self.ignore(Self::value)?;
                }
                StmtKind::Assert(value)
            }
            Kind::Del => {
                self.take();
                StmtKind::Delete(self.list_here()?)
            }
            Kind::Yield => {
                let value = self.yielded().ok()?;
                self.low.fits(self.tall)?;
                StmtKind::Yield(value)
            }
            _ => return self.assignment_or_value(out),
        };
        out.push(self.stmt(start, kind));
        Some(())
    }

    /// Words that begin a statement of Python 2 or of 3.10, and are names everywhere else.
    fn is_statement_word(&self) -> bool {
        let token = self.ahead(0);
        let next = self.ahead(1).kind;
        match self.word(token) {
            "print" | "exec" => !matches!(
                next,
                Kind::ParenOpen | Kind::Dot | Kind::Equal | Kind::Colon | Kind::Line | Kind::Comma | Kind::SquareOpen
            ),
            "type" => next == Kind::Name,
            "match" => {
                let line = self.tokens.iter().skip(self.at).take(LONGEST_LINE);
                let mut last = None;
                for token in line {
                    if token.kind == Kind::Line {
                        return last == Some(Kind::Colon);
                    }
                    last = Some(token.kind);
                }
                true
            }
            _ => false,
        }
    }

    fn right(&mut self) -> Option<Expr> {
        if self.kind() != Kind::Yield {
            return self.list_here();
        }
        let value = self.produced();
        self.checked(value)
    }

    fn assignment_or_value(&mut self, out: &mut Vec<Stmt>) -> Option<()> {
        if self.kind() == Kind::Name && self.is_statement_word() {
            return None;
        }
        let start = self.start();
        let first = self.list_here()?;
        match self.kind() {
            Kind::Equal => {
                let mut targets = vec![first];
                loop {
                    self.take();
                    let value = self.right()?;
                    if self.kind() != Kind::Equal {
                        let targets = targets.into_iter().map(as_target).collect();
                        assigned(targets, value, None, self.since(start), out);
                        return Some(());
                    }
                    targets.push(value);
                }
            }
            Kind::Colon => {
                self.take();
                let typed = self.skip_to(&[Kind::Equal, Kind::Line, Kind::Semicolon])?;
                let of_type = self.slice(typed);
                let value = if self.eat(Kind::Equal) { Some(self.right()?) } else { None };
                let span = self.since(start);
                let value = value.unwrap_or_else(|| Self::nothing(span));
                assigned(vec![as_target(first)], value, Some(of_type), span, out);
            }
            Kind::Augmented => {
                let written = self.take();
                let op = binary(self.word(written).trim_end_matches('='));
                let value = self.right()?;
                let kind = StmtKind::Assign { targets: vec![as_target(first)], op, value, of_type: None };
                out.push(self.stmt(start, kind));
            }
            _ => {
                let is_bare = !self.is_bracketed(first.span);
                match first.kind {
                    // Each of several stands for itself.
                    ExprKind::List(items) if is_bare => out.extend(items.into_iter().map(|item| {
                        let span = item.span;
                        Stmt { kind: StmtKind::Expr(item), span }
                    })),
                    _ => {
                        let span = first.span;
                        out.push(Stmt { kind: StmtKind::Expr(first), span });
                    }
                }
            }
        }
        Some(())
    }

    /// Whether a list is written in brackets of its own.
    fn is_bracketed(&self, span: Span) -> bool {
        let text = self.slice(span);
        // `(a), (b)` begins and ends like one; nobody writes it for its effect, and nothing is lost.
        text.starts_with(['(', '[', '{']) && text.ends_with([')', ']', '}'])
    }

    fn branches(&mut self) -> Option<StmtKind> {
        self.take();
        let cond = self.named_here()?;
        let then = self.suite()?;
        let mut chain = Vec::new();
        while self.kind() == Kind::Elif {
            let start = self.take().start;
            let cond = self.named_here()?;
            let then = self.suite()?;
            chain.push((cond, then, self.since(start)));
        }
        let other = if self.eat(Kind::Else) { self.suite()? } else { Vec::new() };
        Some(StmtKind::If { cond, then, other: chained(chain, other) })
    }

    /// `for`, behind an `async`.
    fn each(&mut self, start: u32, out: &mut Vec<Stmt>) -> Option<()> {
        self.take();
        let target = self.targets();
        let target = self.checked(target)?;
        self.expect(Kind::In)?;
        let of = self.list_here()?;
        let body = self.suite()?;
        self.looped(start, StmtKind::Loop { cond: None, each: Some((target, of)), body }, out)
    }

    /// A loop, and behind it what `else` says.
    fn looped(&mut self, start: u32, kind: StmtKind, out: &mut Vec<Stmt>) -> Option<()> {
        let begun = self.start();
        let other = if self.eat(Kind::Else) { Some(self.suite()?) } else { None };
        out.push(self.stmt(start, kind));
        if let Some(other) = other {
            out.push(self.stmt(begun, StmtKind::Block(other)));
        }
        Some(())
    }

    fn with(&mut self) -> Option<StmtKind> {
        self.take();
        let mut items = Vec::new();
        let in_parens = self.kind() == Kind::ParenOpen && self.are_items();
        if in_parens {
            self.take();
        }
        loop {
            let value = self.value();
            let value = self.checked(value)?;
            let bound = if self.eat(Kind::As) {
                let bound = self.operators(1);
                Some(self.checked(bound)?)
            } else {
                None
            };
            items.push((value, bound));
            if !self.eat(Kind::Comma) || (in_parens && self.kind() == Kind::ParenClose) {
                break;
            }
        }
        if in_parens {
            self.expect(Kind::ParenClose)?;
        }
        Some(StmtKind::With { items, body: self.suite()? })
    }

    /// Whether the bracket that is next holds the items of a `with`: the colon stands right behind it.
    fn are_items(&self) -> bool {
        let (mut open, mut several) = (0_usize, false);
        for (at, token) in self.tokens.get(self.at..).unwrap_or_default().iter().enumerate() {
            match token.kind {
                Kind::ParenOpen | Kind::SquareOpen | Kind::BraceOpen => open += 1,
                Kind::ParenClose | Kind::SquareClose | Kind::BraceClose => open = open.saturating_sub(1),
                Kind::Comma | Kind::As => several |= open == 1,
                Kind::Line | Kind::End => return false,
                _ => {}
            }
            if open == 0 {
                return several && self.ahead(at + 1).kind == Kind::Colon;
            }
        }
        false
    }

    fn tried(&mut self) -> Option<StmtKind> {
        self.take();
        let body = self.suite()?;
        let (mut handlers, mut finally) = (Vec::new(), Vec::new());
        loop {
            match self.kind() {
                Kind::Except => {
                    self.take();
                    if self.kind() != Kind::Colon {
                        self.skip_to(&[Kind::As, Kind::Colon, Kind::Comma])?;
                    }
                    let name = if self.eat(Kind::As) { Some(self.name()?.0) } else { None };
                    handlers.push((name, self.suite()?));
                }
                Kind::Else | Kind::Finally => {
                    self.take();
                    finally.extend(self.suite()?);
                }
                _ => break,
            }
        }
        Some(StmtKind::Try { body, handlers, finally })
    }
}
