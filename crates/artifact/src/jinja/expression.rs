//! Tokens into expressions, with Jinja's own precedence (`~` binds more tightly than `+`).

use super::ast::{Args, Expr, Kind};
use super::lexer::{SyntaxError, Tok, fail};
use super::parser::Parser;

type Parsed = Result<Expr, SyntaxError>;

/// Binding power of an infix operator; `not in` is spelled out by the caller.
fn power(token: &Tok) -> Option<(u8, &'static str)> {
    Some(match token {
        Tok::Name(word) => match word.as_str() {
            "or" => (1, "or"),
            "and" => (2, "and"),
            "in" => (4, "in"),
            "not" => (4, "not in"),
            _ => return None,
        },
        Tok::Op(op) => match *op {
            "==" | "!=" | "<" | "<=" | ">" | ">=" => (4, op),
            "+" | "-" => (5, op),
            "~" => (6, op),
            "*" | "/" | "//" | "%" => (7, op),
            "**" => (8, op),
            _ => return None,
        },
        _ => return None,
    })
}

/// `not` applies to a comparison, so it binds less tightly than that.
const NOT: u8 = 3;

impl Parser<'_, '_> {
    /// An expression, or several separated by commas, which are a tuple.
    pub(super) fn tuple(&mut self) -> Parsed {
        self.tuple_of(Self::expression)
    }

    /// As in `for x in …`, where `if` starts the loop's filter.
    pub(super) fn tuple_without_condition(&mut self) -> Parsed {
        self.tuple_of(|parser| parser.infix(0))
    }

    fn tuple_of(&mut self, item: fn(&mut Self) -> Parsed) -> Parsed {
        let start = self.here();
        let first = item(self)?;
        if !self.at_op(",") {
            return Ok(first);
        }
        let mut items = vec![first];
        while self.eat_op(",") {
            if matches!(self.peek(), None | Some(Tok::CloseBlock | Tok::CloseOutput | Tok::Op(")" | "]" | "}"))) {
                break;
            }
            items.push(item(self)?);
        }
        self.expr(start, Kind::List(items))
    }

    /// One expression, conditional included.
    pub(super) fn expression(&mut self) -> Parsed {
        let start = self.here();
        let mut value = self.infix(0)?;
        while self.eat_word("if") {
            let test = self.infix(0)?;
            let otherwise = if self.eat_word("else") {
                self.enter()?;
                let otherwise = self.expression()?;
                self.depth -= 1;
                Some(Box::new(otherwise))
            } else {
                None
            };
            value = self.expr(start, Kind::Cond(Box::new(test), Box::new(value), otherwise))?;
        }
        Ok(value)
    }

    fn infix(&mut self, min: u8) -> Parsed {
        self.enter()?;
        let start = self.here();
        let mut left = if min <= NOT && self.at_word("not") {
            self.next();
            let inner = self.infix(NOT)?;
            self.expr(start, Kind::Not(Box::new(inner)))?
        } else {
            self.unary()?
        };
        while let Some((power, op)) = self.peek().and_then(power) {
            if power < min {
                break;
            }
            if op == "not in" && !matches!(self.peek_at(1), Some(Tok::Name(word)) if word == "in") {
                break;
            }
            if matches!(op, "~" | "+") {
                left = self.chain(start, left, op, power)?;
                continue;
            }
            self.next();
            if op == "not in" {
                self.next();
            }
            let right = self.infix(power + 1)?;
            left = self.expr(start, Kind::Binary(op, Box::new(left), Box::new(right)))?;
        }
        self.depth -= 1;
        Ok(left)
    }

    /// `a + b + c` as one node, so that a long one is not deep.
    fn chain(&mut self, start: usize, first: Expr, op: &'static str, power: u8) -> Parsed {
        let mut items = vec![first];
        while self.eat_op(op) {
            items.push(self.infix(power + 1)?);
        }
        self.expr(start, if op == "~" { Kind::Concat(items) } else { Kind::Sum(items) })
    }

    fn unary(&mut self) -> Parsed {
        let base = self.unary_without_filter()?;
        self.suffixes(base)
    }

    /// A primary with attributes, items and calls, but no filter or test: what can be assigned to.
    pub(super) fn unary_without_filter(&mut self) -> Parsed {
        let start = self.here();
        if self.at_op("-") || self.at_op("+") {
            self.enter()?;
            let negative = self.at_op("-");
            self.next();
            let inner = self.unary_without_filter()?;
            self.depth -= 1;
            return if negative { self.expr(start, Kind::Negative(Box::new(inner))) } else { Ok(inner) };
        }
        let mut base = self.primary()?;
        loop {
            base = if self.eat_op(".") {
                self.attribute(start, base)?
            } else if self.at_op("[") {
                self.subscript(start, base)?
            } else if self.at_op("(") {
                let args = self.args()?;
                self.expr(start, Kind::Call(Box::new(base), args))?
            } else {
                return Ok(base);
            };
        }
    }

    fn attribute(&mut self, start: usize, base: Expr) -> Parsed {
        match self.next() {
            Some(Tok::Name(name)) => self.expr(start, Kind::Attr(Box::new(base), name.clone())),
            Some(Tok::Int(index)) => {
                let key = self.expr(start, Kind::Int(*index))?;
                self.expr(start, Kind::Item(Box::new(base), Box::new(key)))
            }
            _ => fail(self.behind(), "expected a name after `.`"),
        }
    }

    fn subscript(&mut self, start: usize, base: Expr) -> Parsed {
        self.enter()?;
        self.expect_op("[")?;
        let mut parts: [Option<Box<Expr>>; 3] = [None, None, None];
        let mut colons = 0;
        loop {
            if self.eat_op("]") {
                break;
            }
            if self.eat_op(":") {
                colons += 1;
            } else {
                let value = self.tuple()?;
                match parts.get_mut(colons) {
                    Some(part) if part.is_none() => *part = Some(Box::new(value)),
                    _ => return fail(self.here(), "expected `]`"),
                }
            }
            if colons > 2 {
                return fail(self.here(), "expected `]`");
            }
        }
        self.depth -= 1;
        match (colons, parts) {
            (0, [Some(key), ..]) => self.expr(start, Kind::Item(Box::new(base), key)),
            (0, _) => fail(start, "expected a subscript"),
            (_, parts) => self.expr(start, Kind::Slice(Box::new(base), parts)),
        }
    }

    /// Filters, tests and calls behind a base.
    fn suffixes(&mut self, mut base: Expr) -> Parsed {
        let start = base.start;
        loop {
            base = if self.eat_op("|") {
                self.filters(Some(base))?
            } else if self.at_word("is") {
                self.next();
                self.test(start, base)?
            } else if self.at_op("(") {
                let args = self.args()?;
                self.expr(start, Kind::Call(Box::new(base), args))?
            } else {
                return Ok(base);
            };
        }
    }

    /// `name(args)|name…` after a `|`, or at the start of a filter block.
    pub(super) fn filters(&mut self, mut base: Option<Expr>) -> Parsed {
        let start = base.as_ref().map_or(self.here(), |base| base.start);
        loop {
            let mut name = self.name()?;
            while self.eat_op(".") {
                name = format!("{name}.{}", self.name()?);
            }
            let args = if self.at_op("(") { self.args()? } else { Args::default() };
            let filter = self.expr(start, Kind::Filter(base.map(Box::new), name, args))?;
            if !self.eat_op("|") {
                return Ok(filter);
            }
            base = Some(filter);
        }
    }

    fn test(&mut self, start: usize, base: Expr) -> Parsed {
        let negated = self.eat_word("not");
        let mut name = self.name()?;
        while self.eat_op(".") {
            name = format!("{name}.{}", self.name()?);
        }
        let mut args = Args::default();
        match self.peek() {
            Some(Tok::Op("(")) => args = self.args()?,
            Some(Tok::Name(word)) if ["else", "or", "and", "is", "if", "not", "in"].contains(&word.as_str()) => {}
            Some(Tok::Name(_) | Tok::Str(_) | Tok::Int(_) | Tok::Float(_) | Tok::Op("[" | "{")) => {
                args.positional.push(self.unary_without_filter()?);
            }
            _ => {}
        }
        let test = self.expr(start, Kind::Test(Box::new(base), name, args))?;
        if negated { self.expr(start, Kind::Not(Box::new(test))) } else { Ok(test) }
    }

    fn primary(&mut self) -> Parsed {
        let start = self.here();
        let kind = match self.next() {
            Some(Tok::Name(name)) => match name.as_str() {
                "true" | "True" => Kind::Bool(true),
                "false" | "False" => Kind::Bool(false),
                "none" | "None" => Kind::None,
                _ => Kind::Name(name.clone()),
            },
            Some(Tok::Str(first)) => {
                let mut text = first.clone();
                while let Some(Tok::Str(more)) = self.peek() {
                    text.push_str(more);
                    self.next();
                }
                Kind::Str(text)
            }
            Some(Tok::Int(value)) => Kind::Int(*value),
            Some(Tok::Float(value)) => Kind::Float(*value),
            Some(Tok::Op("(")) => return self.parenthesis(start),
            Some(Tok::Op("[")) => self.list()?,
            Some(Tok::Op("{")) => self.dictionary()?,
            _ => return fail(start, "expected an expression"),
        };
        self.expr(start, kind)
    }

    fn parenthesis(&mut self, start: usize) -> Parsed {
        if self.eat_op(")") {
            return self.expr(start, Kind::List(Vec::new()));
        }
        self.enter()?;
        let mut inner = self.tuple()?;
        self.expect_op(")")?;
        self.depth -= 1;
        (inner.start, inner.end) = (start, self.behind());
        Ok(inner)
    }

    fn list(&mut self) -> Result<Kind, SyntaxError> {
        self.enter()?;
        let mut items = Vec::new();
        while !self.eat_op("]") {
            items.push(self.expression()?);
            if !self.at_op("]") {
                self.expect_op(",")?;
            }
        }
        self.depth -= 1;
        Ok(Kind::List(items))
    }

    fn dictionary(&mut self) -> Result<Kind, SyntaxError> {
        self.enter()?;
        let mut items = Vec::new();
        while !self.eat_op("}") {
            let key = self.expression()?;
            self.expect_op(":")?;
            items.push((key, self.expression()?));
            if !self.at_op("}") {
                self.expect_op(",")?;
            }
        }
        self.depth -= 1;
        Ok(Kind::Dict(items))
    }
}
