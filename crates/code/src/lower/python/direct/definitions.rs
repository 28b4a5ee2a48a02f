//! Functions, classes, imports.

use super::super::shape::members;
use super::token::{Kind, Opening};
use super::{GivenUp, Reader};
use crate::ir::{Class, Expr, ExprKind, Function, FunctionId, Literal, Param, Span, Stmt, StmtKind};

impl Reader<'_> {
    /// A definition behind decorators.
    pub(super) fn decorated(&mut self, out: &mut Vec<Stmt>) -> Option<()> {
        let start = self.start();
        let mut decorators = Vec::new();
        while self.eat(Kind::At) {
            decorators.push(self.named()?);
            self.low.fits(self.tall)?;
            self.expect(Kind::Line)?;
        }
        if self.kind() == Kind::Class {
            return self.class(decorators, out);
        }
        let inner = self.start();
        let id = self.function(inner, decorators)?;
        out.push(self.stmt(start, StmtKind::Function(id)));
        Some(())
    }

    /// A function from its first word on.
    pub(super) fn function(&mut self, start: u32, decorators: Vec<Expr>) -> Option<FunctionId> {
        self.eat(Kind::Async);
        self.expect(Kind::Def)?;
        let (name, name_span) = self.name()?;
        self.type_parameters()?;
        self.expect(Kind::ParenOpen)?;
        let params = self.params(Kind::ParenClose)?;
        if self.eat(Kind::Arrow) {
            self.skip_to(&[Kind::Colon])?;
        }
        self.expect(Kind::Colon)?;
        let opened = self.low.py_open(name, name_span, params, decorators);
        let doc = self.doc().ok()?;
        let aside = self.aside();
        let body = match aside {
            Some((span, dedent)) => {
                (self.behind, self.at) = (span.end, dedent + 1);
                Vec::new()
            }
            None => self.deeper(Self::block)?,
        };
        let is_opaque = aside.is_some();
        let span = self.since(start);
        Some(self.low.py_close(opened, Function { doc, body, span, is_opaque, ..Function::default() }))
    }

    /// The block that begins here in a line of its own, if nothing in it concerns anybody: where it is, and the place of
    /// its end among the tokens.
    fn aside(&self) -> Option<(Span, usize)> {
        let indent = self.ahead(1);
        if self.kind() != Kind::Line || indent.kind != Kind::Indent {
            return None;
        }
        let inner = self.tokens.get(self.at + 2..indent.end as usize)?;
        let last = inner.iter().rev().find(|token| !matches!(token.kind, Kind::Line | Kind::Dedent))?;
        let span = Span { start: inner.first()?.start, end: last.end };
        self.low.is_aside(self.slice(span)).then_some((span, indent.end as usize))
    }

    /// The docstring of the block that begins here.
    fn doc(&mut self) -> Result<Option<(String, Span)>, GivenUp> {
        let first = if self.kind() == Kind::Line { 2 } else { 0 };
        let (token, next) = (self.ahead(first), self.ahead(first + 1).kind);
        if token.kind != Kind::Text || !matches!(next, Kind::Line | Kind::Semicolon | Kind::Comma) {
            return Ok(None);
        }
        if Opening::of(self.word(token).as_bytes()).ok_or(GivenUp)?.formatted {
            return Ok(None);
        }
        let (at, behind) = (self.at, self.behind);
        self.at += first;
        let text = self.text().ok_or(GivenUp)?;
        (self.at, self.behind) = (at, behind);
        Ok(match text.kind {
            ExprKind::Literal(Literal::Text(doc)) => Some((doc, text.span)),
            _ => None,
        })
    }

    fn type_parameters(&mut self) -> Option<()> {
        if self.kind() == Kind::SquareOpen {
            self.skip_to(&[Kind::ParenOpen, Kind::Colon])?;
        }
        Some(())
    }

    /// Parameters up to this sign, which is taken.
    pub(super) fn params(&mut self, end: Kind) -> Option<Vec<Param>> {
        let mut params = Vec::new();
        while !self.eat(end) {
            let start = self.start();
            let mut param = Param::default();
            match self.kind() {
                Kind::Star => {
                    self.take();
                    param.is_rest = true;
                }
                Kind::Power => {
                    self.take();
                    param.is_named_rest = true;
                }
                // Those before it have no names for others.
                Kind::Operator if self.word(self.ahead(0)) == "/" => {
                    self.take();
                    self.separated(end)?;
                    continue;
                }
                _ => {}
            }
            if param.is_rest && matches!(self.kind(), Kind::Comma) {
                self.take();
                continue;
            }
            param.name = self.name()?.0;
            if end == Kind::ParenClose && self.eat(Kind::Colon) {
                let typed = self.skip_to(&[Kind::Comma, Kind::Equal, end])?;
                param.of_type = Some(self.slice(typed).to_owned());
            }
            if self.eat(Kind::Equal) {
                param.default = Some(self.value()?);
                self.low.fits(self.tall)?;
            }
            param.span = self.since(start);
            params.push(param);
            self.separated(end)?;
        }
        Some(params)
    }

    /// A comma, unless the end is next.
    fn separated(&mut self, end: Kind) -> Option<()> {
        (self.eat(Kind::Comma) || self.kind() == end).then_some(())
    }

    pub(super) fn class(&mut self, decorators: Vec<Expr>, out: &mut Vec<Stmt>) -> Option<()> {
        let start = self.take().start;
        let (name, _) = self.name()?;
        self.type_parameters()?;
        let mut bases = Vec::new();
        if self.eat(Kind::ParenOpen) {
            while !self.eat(Kind::ParenClose) {
                let is_named = self.kind() == Kind::Name && self.ahead(1).kind == Kind::Equal;
                let base = self.skip_to(&[Kind::Comma, Kind::ParenClose])?;
                if !is_named {
                    bases.push(self.slice(base).to_owned());
                }
                self.separated(Kind::ParenClose)?;
            }
        }
        self.expect(Kind::Colon)?;
        let id = self.low.unit.classes.len() as u32;
        self.low.unit.classes.push(Class { name, bases, decorators, ..Class::default() });
        let outer = self.low.class.replace(id);
        let doc = self.doc().ok()?;
        let body = self.deeper(Self::block)?;
        self.low.class = outer;
        let (methods, fields, others) = members(body);
        let span = self.since(start);
        let class = self.low.unit.classes.get_mut(id as usize)?;
        (class.methods, class.fields, class.doc, class.span) = (methods, fields, doc, span);
        out.push(Stmt { kind: StmtKind::Class(id), span });
        out.extend(others);
        Some(())
    }

    /// `a.b`.
    fn dotted(&mut self) -> Option<String> {
        let start = self.start();
        self.name()?;
        while self.eat(Kind::Dot) {
            self.name()?;
        }
        Some(self.slice(self.since(start)).to_owned())
    }

    fn alias(&mut self) -> Result<Option<String>, GivenUp> {
        if self.eat(Kind::As) { self.name().map(|(name, _)| Some(name)).ok_or(GivenUp) } else { Ok(None) }
    }

    pub(super) fn import(&mut self) -> Option<()> {
        self.take();
        loop {
            let start = self.start();
            let path = self.dotted()?;
            let alias = self.alias().ok()?;
            self.low.py_imported(None, path, alias, self.since(start));
            if !self.eat(Kind::Comma) {
                return Some(());
            }
        }
    }

    pub(super) fn import_from(&mut self) -> Option<()> {
        self.take();
        let start = self.start();
        while matches!(self.kind(), Kind::Dot | Kind::Ellipsis) {
            self.take();
        }
        if self.kind() == Kind::Name {
            self.dotted()?;
        }
        let module = self.slice(self.since(start)).replace(' ', "");
        self.expect(Kind::Import)?;
        if self.kind() == Kind::Star {
            let all = self.take();
            let span = Span { start: all.start, end: all.end };
            self.low.py_imported(Some(&module), "*".to_owned(), None, span);
            return Some(());
        }
        let in_parens = self.eat(Kind::ParenOpen);
        let is_future = module == "__future__";
        loop {
            let start = self.start();
            let (path, _) = self.name()?;
            let alias = self.alias().ok()?;
            if !is_future {
                self.low.py_imported(Some(&module), path, alias, self.since(start));
            }
            if !self.eat(Kind::Comma) || (in_parens && self.kind() == Kind::ParenClose) {
                break;
            }
        }
        if in_parens {
            self.expect(Kind::ParenClose)?;
        }
        Some(())
    }
}
