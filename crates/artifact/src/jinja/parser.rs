//! Tokens into statements.

use super::ast::{Args, Expr, For, Kind, Macro, Node};
use super::lexer::{SyntaxError, Tok, Token, fail};
use crate::budget::Budget;

/// What one node takes of the budget: walking it costs more than a node of plain data.
const NODES: u64 = 10;

/// Deepest nesting of expressions and of statements, each.
pub(super) const MAX_DEPTH: u16 = 100;

/// Parses a whole template.
///
/// # Errors
/// Where the text is not Jinja, or is nested more deeply than any engine could follow.
pub(super) fn parse(tokens: &[Token], budget: &Budget) -> Result<Vec<Node>, SyntaxError> {
    let mut parser = Parser { tokens, at: 0, budget, depth: 0 };
    let nodes = parser.body(&[])?;
    if parser.at < tokens.len() {
        return fail(parser.here(), "a block ends that was not opened");
    }
    Ok(nodes)
}

pub(super) struct Parser<'t, 'b> {
    tokens: &'t [Token],
    at: usize,
    budget: &'b Budget,
    pub(super) depth: u16,
}

/// Statements of extensions that enclose a body.
const ENCLOSING: [&str; 5] = ["generation", "block", "autoescape", "trans", "spaceless"];

impl<'t> Parser<'t, '_> {
    pub(super) fn peek(&self) -> Option<&'t Tok> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<&'t Tok> {
        self.tokens.get(self.at + ahead).map(|token| &token.kind)
    }

    pub(super) fn here(&self) -> usize {
        self.tokens.get(self.at).or(self.tokens.last()).map_or(0, |token| token.start)
    }

    /// Where the token before this one ends.
    pub(super) fn behind(&self) -> usize {
        self.tokens.get(self.at.saturating_sub(1)).map_or(0, |token| token.end)
    }

    pub(super) fn next(&mut self) -> Option<&'t Tok> {
        let token = self.peek();
        self.at += 1;
        token
    }

    pub(super) fn at_op(&self, op: &str) -> bool {
        matches!(self.peek(), Some(Tok::Op(found)) if *found == op)
    }

    pub(super) fn eat_op(&mut self, op: &str) -> bool {
        let found = self.at_op(op);
        self.at += usize::from(found);
        found
    }

    pub(super) fn at_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Tok::Name(name)) if name == word)
    }

    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let found = self.at_word(word);
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect_op(&mut self, op: &str) -> Result<(), SyntaxError> {
        if self.eat_op(op) { Ok(()) } else { fail(self.here(), format!("expected `{op}`")) }
    }

    pub(super) fn name(&mut self) -> Result<String, SyntaxError> {
        match self.next() {
            Some(Tok::Name(name)) => Ok(name.clone()),
            _ => fail(self.here(), "expected a name"),
        }
    }

    pub(super) fn enter(&mut self) -> Result<(), SyntaxError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { fail(self.here(), "nested too deeply") } else { Ok(()) }
    }

    pub(super) fn expr(&self, start: usize, kind: Kind) -> Result<Expr, SyntaxError> {
        let mut expr = Expr { start, end: self.behind(), height: 0, kind };
        expr.height = expr.children().iter().map(|child| child.height + 1).max().unwrap_or(0);
        if expr.height > MAX_DEPTH {
            return fail(start, "nested too deeply");
        }
        if !self.budget.nodes(NODES) {
            return fail(start, "too many expressions");
        }
        Ok(expr)
    }

    /// Statements up to (not including) a block that starts with one of `ends`, or the end of the text.
    fn body(&mut self, ends: &[&str]) -> Result<Vec<Node>, SyntaxError> {
        self.enter()?;
        let mut nodes = Vec::new();
        while let Some(token) = self.tokens.get(self.at) {
            match &token.kind {
                Tok::Text(text) => {
                    nodes.push(Node::Text(token.start, text.clone()));
                    self.at += 1;
                }
                Tok::OpenOutput => {
                    self.at += 1;
                    nodes.push(Node::Output(self.tuple()?));
                    if self.next() != Some(&Tok::CloseOutput) {
                        return fail(self.behind(), "expected `}}`");
                    }
                }
                Tok::OpenBlock => {
                    if matches!(self.peek_at(1), Some(Tok::Name(word)) if ends.contains(&word.as_str())) {
                        break;
                    }
                    self.at += 1;
                    nodes.extend(self.statement()?);
                }
                _ => return fail(token.start, "unexpected token"),
            }
            if !self.budget.nodes(NODES) {
                return fail(self.here(), "too many statements");
            }
        }
        self.depth -= 1;
        Ok(nodes)
    }

    fn close(&mut self) -> Result<(), SyntaxError> {
        if self.next() == Some(&Tok::CloseBlock) { Ok(()) } else { fail(self.behind(), "expected `%}`") }
    }

    /// A body and its end block, whatever stands in that after the word.
    fn closed_body(&mut self, end: &str) -> Result<Vec<Node>, SyntaxError> {
        let nodes = self.body(&[end])?;
        self.end_block()?;
        Ok(nodes)
    }

    fn end_block(&mut self) -> Result<(), SyntaxError> {
        if self.peek() != Some(&Tok::OpenBlock) {
            return fail(self.here(), "a block has no end");
        }
        self.skip_block();
        Ok(())
    }

    /// Skips the rest of a block.
    fn skip_block(&mut self) {
        while let Some(token) = self.next() {
            if *token == Tok::CloseBlock {
                break;
            }
        }
    }

    fn statement(&mut self) -> Result<Option<Node>, SyntaxError> {
        let word = self.name()?;
        Ok(Some(match word.as_str() {
            "if" => self.if_block()?,
            "for" => self.for_block()?,
            "set" => self.set_block()?,
            "macro" => {
                let name = self.name()?;
                self.macro_from(name, "endmacro").map(Node::Macro)?
            }
            "call" => self.call_block()?,
            "filter" => {
                let filter = self.filters(None)?;
                self.close()?;
                Node::FilterBlock(filter, self.closed_body("endfilter")?)
            }
            "include" | "extends" | "import" | "from" => self.load(&word)?,
            "with" => self.with_block()?,
            word if ENCLOSING.contains(&word) => {
                self.skip_block();
                Node::Block(self.closed_body(&format!("end{word}"))?)
            }
            "break" | "continue" => {
                self.close()?;
                return Ok(None);
            }
            word if word.starts_with("end") => {
                // An unknown extension's end: its beginning was taken for a statement without a body.
                self.skip_block();
                return Ok(None);
            }
            "else" | "elif" => return fail(self.behind(), format!("`{word}` without a block that has it")),
            _ => self.unknown(),
        }))
    }

    /// `do`, `print`, or a statement of an extension: what of it reads as expressions.
    fn unknown(&mut self) -> Node {
        let mut exprs = Vec::new();
        while !matches!(self.peek(), None | Some(Tok::CloseBlock)) {
            let depth = self.depth;
            if let Ok(expr) = self.tuple() {
                exprs.push(expr);
            } else {
                self.depth = depth;
                if self.peek() != Some(&Tok::CloseBlock) {
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        Node::Do(exprs)
    }

    fn if_block(&mut self) -> Result<Node, SyntaxError> {
        let mut branches = Vec::new();
        let mut test = Some(self.tuple()?);
        loop {
            self.close()?;
            let body = self.body(&["elif", "else", "endif"])?;
            branches.push((test.take(), body));
            match self.peek_at(1) {
                Some(Tok::Name(word)) if word == "elif" => {
                    self.at += 2;
                    test = Some(self.tuple()?);
                }
                Some(Tok::Name(word)) if word == "else" => self.at += 2,
                _ => {
                    self.end_block()?;
                    return Ok(Node::If(branches));
                }
            }
        }
    }

    fn for_block(&mut self) -> Result<Node, SyntaxError> {
        let targets = self.targets()?;
        if !self.eat_word("in") {
            return fail(self.here(), "expected `in`");
        }
        let iter = self.tuple_without_condition()?;
        let filter = if self.eat_word("if") { Some(self.expression()?) } else { None };
        self.eat_word("recursive");
        self.close()?;
        let body = self.body(&["else", "endfor"])?;
        let mut otherwise = Vec::new();
        if matches!(self.peek_at(1), Some(Tok::Name(word)) if word == "else") {
            self.at += 2;
            self.close()?;
            otherwise = self.body(&["endfor"])?;
        }
        self.end_block()?;
        Ok(Node::For(For { targets, iter, filter, body, otherwise }))
    }

    fn set_block(&mut self) -> Result<Node, SyntaxError> {
        let targets = self.targets()?;
        if self.eat_op("=") {
            let value = self.tuple()?;
            self.close()?;
            return Ok(Node::Set(targets, value));
        }
        let Some(target) = targets.into_iter().next() else { return fail(self.here(), "expected a name") };
        if !self.at_op("|") {
            self.close()?;
            return Ok(Node::SetBlock(target, self.closed_body("endset")?));
        }
        self.eat_op("|");
        let filter = self.filters(None)?;
        self.close()?;
        Ok(Node::SetBlock(target, vec![Node::FilterBlock(filter, self.closed_body("endset")?)]))
    }

    fn call_block(&mut self) -> Result<Node, SyntaxError> {
        let params = if self.at_op("(") { self.params()? } else { Vec::new() };
        let call = self.expression()?;
        self.close()?;
        let body = self.closed_body("endcall")?;
        Ok(Node::CallBlock(call, Macro { name: "caller".into(), params, body }))
    }

    fn macro_from(&mut self, name: String, end: &str) -> Result<Macro, SyntaxError> {
        let params = self.params()?;
        self.close()?;
        Ok(Macro { name, params, body: self.closed_body(end)? })
    }

    fn params(&mut self) -> Result<Vec<(String, Option<Expr>)>, SyntaxError> {
        self.expect_op("(")?;
        let mut params = Vec::new();
        while !self.eat_op(")") {
            let name = self.name()?;
            params.push((name, if self.eat_op("=") { Some(self.expression()?) } else { None }));
            if !self.at_op(")") {
                self.expect_op(",")?;
            }
        }
        Ok(params)
    }

    fn load(&mut self, word: &str) -> Result<Node, SyntaxError> {
        let kind = ["include", "extends", "import", "from"].into_iter().find(|kind| *kind == word).unwrap_or("include");
        let path = self.expression()?;
        // `ignore missing`, `as name`, `import a, b with context`: names that reach nothing by themselves.
        self.skip_block();
        Ok(Node::Load(kind, path))
    }

    fn with_block(&mut self) -> Result<Node, SyntaxError> {
        let mut assigned = Vec::new();
        while self.peek() != Some(&Tok::CloseBlock) {
            let target = self.target()?;
            self.expect_op("=")?;
            assigned.push((target, self.expression()?));
            if !self.eat_op(",") {
                break;
            }
        }
        self.close()?;
        Ok(Node::With(assigned, self.closed_body("endwith")?))
    }

    /// `a, (b, c), ns.d`: flattened, because nothing here depends on the grouping.
    fn targets(&mut self) -> Result<Vec<Expr>, SyntaxError> {
        let mut targets = vec![self.target()?];
        while self.eat_op(",") {
            if self.at_op("=") || self.at_word("in") {
                break;
            }
            targets.push(self.target()?);
        }
        Ok(targets)
    }

    fn target(&mut self) -> Result<Expr, SyntaxError> {
        self.unary_without_filter()
    }

    pub(super) fn args(&mut self) -> Result<Args, SyntaxError> {
        self.expect_op("(")?;
        let mut args = Args::default();
        while !self.eat_op(")") {
            if let (Some(Tok::Name(name)), Some(Tok::Op("="))) = (self.peek(), self.peek_at(1)) {
                self.at += 2;
                args.keyword.push((name.clone(), self.expression()?));
            } else {
                let _starred = self.eat_op("**") || self.eat_op("*");
                args.positional.push(self.expression()?);
            }
            if !self.at_op(")") {
                self.expect_op(",")?;
            }
        }
        Ok(args)
    }
}
