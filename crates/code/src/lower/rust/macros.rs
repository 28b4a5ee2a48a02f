//! Rust: macros. Their arguments are only tokens to the grammar; those that look like expressions are parsed again.

use tree_sitter::{Node, Point, Range};

use super::{Rust, Tail};
use crate::ir::{Arg, BinaryOp, Expr, ExprKind, Literal, Piece, Stmt, StmtKind, UnaryOp};
use crate::lower::again::again;
use crate::lower::{children, expr, page, parse, stmt};

/// Macros with a format text, and which argument it is.
const FORMATS: &[(&str, usize)] = &[
    ("format", 0),
    ("format_args", 0),
    ("print", 0),
    ("println", 0),
    ("eprint", 0),
    ("eprintln", 0),
    ("panic", 0),
    ("todo", 0),
    ("unimplemented", 0),
    ("unreachable", 0),
    ("anyhow", 0),
    ("eyre", 0),
    ("bail", 0),
    ("write", 1),
    ("writeln", 1),
    ("ensure", 1),
    ("assert", 1),
    ("debug_assert", 1),
    ("info", 0),
    ("warn", 0),
    ("error", 0),
    ("debug", 0),
    ("trace", 0),
    ("log", 1),
];
/// Bytes that the parsing of one macro costs beyond its own.
const OVERHEAD: usize = 64;

impl Rust<'_, '_> {
    /// A macro for its effect, where that is more than a call.
    pub(super) fn macro_statement(&mut self, node: Node) -> Option<StmtKind> {
        let name = self.macro_name(node);
        match name.as_str() {
            "panic" | "todo" | "unimplemented" | "unreachable" | "bail" => {
                Some(StmtKind::Throw(Some(self.expression(node))))
            }
            "assert" | "debug_assert" => {
                let first = self.macro_args(node).into_iter().next()?;
                Some(StmtKind::Assert(first.value))
            }
            "assert_eq" | "debug_assert_eq" => {
                let mut args = self.macro_args(node).into_iter();
                let (left, right) = (Box::new(args.next()?.value), Box::new(args.next()?.value));
                Some(StmtKind::Assert(expr(node, ExprKind::Binary { op: BinaryOp::Eq, left, right })))
            }
            "ensure" => {
                let first = self.macro_args(node).into_iter().next()?;
                let cond = expr(node, ExprKind::Unary { op: UnaryOp::Not, operand: Box::new(first.value) });
                let then = vec![stmt(node, StmtKind::Throw(None))];
                Some(StmtKind::If { cond, then, other: Vec::new() })
            }
            "lazy_static" | "thread_local" | "cfg_if" => {
                let tokens = Self::tokens(node)?;
                Some(StmtKind::Block(self.inside(tokens)))
            }
            "macro_rules" | "quote" | "parse_quote" | "stringify" => Some(StmtKind::Block(Vec::new())),
            _ => None,
        }
    }

    /// A macro as a value.
    pub(super) fn macro_value(&mut self, node: Node) -> ExprKind {
        let name = self.macro_name(node);
        let Some(tokens) = Self::tokens(node) else { return ExprKind::Other(Vec::new()) };
        match name.as_str() {
            "quote" | "parse_quote" | "stringify" => return ExprKind::Other(Vec::new()),
            "json" | "hashmap" | "btreemap" | "phf_map" => return self.map_of_tokens(tokens),
            // A document of a database is told by its type.
            "doc" | "bson" => {
                let map = expr(tokens, self.map_of_tokens(tokens));
                return ExprKind::Cast(Box::new(map), "doc".to_owned());
            }
            _ => {}
        }
        let mut args = self.tokens_as_args(tokens);
        let format = FORMATS.iter().find(|(known, _)| *known == name).map(|(_, at)| *at);
        if let Some(at) = format {
            Self::join_format(node, &mut args, at);
        }
        let values = |args: Vec<Arg>| args.into_iter().map(|arg| arg.value).collect::<Vec<_>>();
        match name.as_str() {
            "format" | "format_args" | "dbg" if args.len() == 1 => {
                let only = args.pop().map_or_else(|| Self::missing(node), |arg| arg.value);
                return match only.kind {
                    ExprKind::Template(_) => page(node, only.kind),
                    _ => ExprKind::Same(Box::new(only)),
                };
            }
            "vec" | "smallvec" | "hashset" | "join" | "try_join" => return ExprKind::List(values(args)),
            "concat" => return ExprKind::Template(values(args).into_iter().map(Piece::Expr).collect()),
            // What is written into a text stands in it.
            "write" | "writeln" if args.len() == 2 => {
                let mut both = values(args).into_iter();
                let (place, text) = (both.next(), both.next());
                let place = place.unwrap_or_else(|| Self::missing(node));
                let right = Box::new(text.unwrap_or_else(|| Self::missing(node)));
                let joined = ExprKind::Binary { op: BinaryOp::Add, left: Box::new(again(&place)), right };
                return ExprKind::Assign(Box::new(place), Box::new(expr(node, joined)));
            }
            "matches" if args.len() == 2 => {
                let mut both = values(args).into_iter();
                let (left, right) = (both.next(), both.next());
                let left = Box::new(left.unwrap_or_else(|| Self::missing(node)));
                let mut literals = Vec::new();
                if right.is_some_and(|right| literals_of(right, &mut literals)) {
                    let right = Box::new(expr(node, ExprKind::List(literals)));
                    return ExprKind::Binary { op: BinaryOp::In, left, right };
                }
                return ExprKind::Other(vec![*left]);
            }
            _ => {}
        }
        let callee = match node.child_by_field_name("macro") {
            Some(path) => {
                let mut kind = self.path(path);
                if let ExprKind::Name(name) | ExprKind::Member { name, .. } = &mut kind {
                    name.push('!');
                }
                expr(path, kind)
            }
            None => Self::missing(node),
        };
        ExprKind::Call { callee: Box::new(callee), args, is_new: false }
    }

    fn macro_name(&self, node: Node) -> String {
        let path = self.low.owned(node.child_by_field_name("macro"));
        path.rsplit("::").next().unwrap_or_default().to_owned()
    }

    fn tokens(node: Node<'_>) -> Option<Node<'_>> {
        children(node).into_iter().find(|part| part.kind() == "token_tree")
    }

    fn macro_args(&mut self, node: Node) -> Vec<Arg> {
        Self::tokens(node).map(|tokens| self.tokens_as_args(tokens)).unwrap_or_default()
    }

    /// What stands between the brackets of a macro or attribute, as arguments.
    pub(super) fn tokens_as_args(&mut self, tokens: Node) -> Vec<Arg> {
        if tokens.named_child_count() == 0 && tokens.child_count() <= 2 {
            return Vec::new();
        }
        let values = self.parsed(tokens.range(), |rust, root| {
            let whole = children(root).into_iter().next().map(|first| match first.kind() {
                "expression_statement" => children(first).into_iter().next().unwrap_or(first),
                _ => first,
            });
            match whole {
                Some(list) if matches!(list.kind(), "tuple_expression" | "parenthesized_expression") => {
                    rust.named(list)
                }
                Some(list) if list.kind() == "array_expression" => match rust.expression(list).kind {
                    ExprKind::List(values) => values.into_iter().map(|value| Arg { name: None, value }).collect(),
                    _ => Vec::new(),
                },
                Some(unit) if unit.kind() == "unit_expression" => Vec::new(),
                // No list of expressions: whatever is in it, so that data still flows through.
                _ => {
                    let body = rust.statements(root, Tail::Value);
                    let kind = if body.is_empty() { ExprKind::Other(Vec::new()) } else { ExprKind::Block(body) };
                    vec![Arg { name: None, value: expr(tokens, kind) }]
                }
            }
        });
        values.unwrap_or_default()
    }

    /// Values of a list, where `name = value` is an argument with a name.
    fn named(&mut self, list: Node) -> Vec<Arg> {
        let mut args = Vec::new();
        for part in children(list).into_iter().filter(|part| part.kind() != "attribute_item") {
            let name = part
                .child_by_field_name("left")
                .filter(|left| part.kind() == "assignment_expression" && left.kind() == "identifier");
            match (name, part.child_by_field_name("right")) {
                (Some(name), Some(right)) => {
                    args.push(Arg { name: Some(self.text(name)), value: self.expression(right) });
                }
                _ => args.push(Arg { name: None, value: self.expression(part) }),
            }
        }
        args
    }

    /// The statements between the braces of a macro.
    fn inside(&mut self, tokens: Node) -> Vec<Stmt> {
        let mut range = tokens.range();
        range.start_byte += 1;
        range.start_point.column += 1;
        range.end_byte = range.end_byte.saturating_sub(1).max(range.start_byte);
        range.end_point.column = range.end_point.column.saturating_sub(1);
        self.parsed(range, |rust, root| rust.statements(root, Tail::Effect)).unwrap_or_default()
    }

    /// Parses a part of the text again, and reads it.
    fn parsed<T>(&mut self, range: Range, read: impl FnOnce(&mut Self, Node) -> T) -> Option<T> {
        let cost = range.end_byte.saturating_sub(range.start_byte) + OVERHEAD;
        let Some(spare) = self.spare.checked_sub(cost) else {
            self.low.problem("too much nesting of macros, their arguments were not read");
            return None;
        };
        self.spare = spare;
        let mut parser = self.parser.take().unwrap_or_default();
        parser.set_language(&tree_sitter_rust::LANGUAGE.into()).ok()?;
        let mut ranges = vec![range];
        ranges.extend(self.semicolon(&range));
        let tree = parser.set_included_ranges(&ranges).ok().and_then(|()| parse(&mut parser, self.low.text, cost));
        self.parser = Some(parser);
        let tree = tree?;
        self.deeper(|rust| read(rust, tree.root_node()))
    }

    /// A statement wants a semicolon at its end: one that stands soon behind it.
    fn semicolon(&self, range: &Range) -> Option<Range> {
        let behind = self.low.text.as_bytes().get(range.end_byte..)?;
        let at = behind.iter().take(400).position(|byte| *byte == b';')?;
        let between = behind.get(..at)?;
        let rows = between.split(|byte| *byte == b'\n').count() - 1;
        let column = match between.iter().rposition(|byte| *byte == b'\n') {
            Some(line) => at - line - 1,
            None => range.end_point.column + at,
        };
        let start_point = Point { row: range.end_point.row + rows, column };
        let end_point = Point { row: start_point.row, column: column + 1 };
        let start_byte = range.end_byte + at;
        Some(Range { start_byte, end_byte: start_byte + 1, start_point, end_point })
    }

    /// `{"a": x, "b": {…}}` and `{a => x}` from tokens, which no grammar of expressions reads.
    fn map_of_tokens(&mut self, tokens: Node) -> ExprKind {
        self.deeper(|rust| rust.map_here(tokens)).unwrap_or(ExprKind::Other(Vec::new()))
    }

    fn map_here(&mut self, tokens: Node) -> ExprKind {
        let mut cursor = tokens.walk();
        let mut parts: Vec<Node> = tokens.children(&mut cursor).filter(|part| !part.is_extra()).collect();
        let open = parts.first().map(Node::kind).unwrap_or_default().to_owned();
        parts.pop();
        let inner = parts.get(1..).unwrap_or_default();
        let mut entries = Vec::new();
        let mut items = Vec::new();
        for group in inner.split(|part| part.kind() == ",").filter(|group| !group.is_empty()) {
            let colon = group.iter().position(|part| matches!(part.kind(), ":" | "=>"));
            match colon.map(|at| group.split_at(at)) {
                Some((key, [_, value @ ..])) => {
                    let key = self.value_of_tokens(key, tokens);
                    let value = self.value_of_tokens(value, tokens);
                    entries.push((key, value));
                }
                _ => items.push(self.value_of_tokens(group, tokens)),
            }
        }
        match (open.as_str(), entries.is_empty(), items.len()) {
            ("(", true, 1) => ExprKind::Same(Box::new(items.pop().unwrap_or_else(|| Self::missing(tokens)))),
            ("{", true, 0) => ExprKind::Map(Vec::new()),
            (_, true, _) => ExprKind::List(items),
            _ => ExprKind::Map(entries),
        }
    }

    fn value_of_tokens(&mut self, group: &[Node], around: Node) -> Expr {
        match group {
            [] => Self::missing(around),
            [only] if only.kind() == "token_tree" => expr(*only, self.map_of_tokens(*only)),
            [only] => self.expression(*only),
            [first, .., last] => {
                let range = Range {
                    start_byte: first.start_byte(),
                    end_byte: last.end_byte(),
                    start_point: first.start_position(),
                    end_point: last.end_position(),
                };
                let value = self.parsed(range, |rust, root| {
                    let statement = children(root).into_iter().next()?;
                    let inner =
                        children(statement).into_iter().next().filter(|_| statement.kind().ends_with("statement"));
                    Some(rust.expression(inner.unwrap_or(statement)))
                });
                value.flatten().unwrap_or_else(|| Self::missing(*first))
            }
        }
    }

    /// Joins a format text and what it takes into one template; the arguments in front of it stay.
    fn join_format(node: Node, args: &mut Vec<Arg>, at: usize) {
        // Logs may begin with a target or fields.
        let is_text = |arg: &Arg| matches!(arg.value.kind, ExprKind::Literal(Literal::Text(_)));
        let at = if args.get(at).is_some_and(is_text) {
            at
        } else {
            match args.iter().position(|arg| arg.name.is_none() && is_text(arg)) {
                Some(at) => at,
                None => return,
            }
        };
        let rest = args.split_off(at + 1);
        let Some(format) = args.pop() else { return };
        let ExprKind::Literal(Literal::Text(text)) = &format.value.kind else { return };
        let pieces = pieces(text, &format.value, rest);
        args.push(Arg { name: None, value: expr(node, ExprKind::Template(pieces)) });
    }
}

/// The pieces of a format text; arguments that it does not name stay at the end, so that nothing is lost.
fn pieces(text: &str, literal: &Expr, rest: Vec<Arg>) -> Vec<Piece> {
    let mut given: Vec<(Option<String>, Option<Expr>)> =
        rest.into_iter().map(|arg| (arg.name, Some(arg.value))).collect();
    let mut out = Vec::new();
    let mut fixed = String::new();
    let mut next = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if matches!(c, '{' | '}') && chars.peek() == Some(&c) {
            chars.next();
            fixed.push(c);
            continue;
        }
        if c != '{' {
            fixed.push(c);
            continue;
        }
        let inside: String = chars.by_ref().take_while(|c| *c != '}').collect();
        let name = inside.split(':').next().unwrap_or_default().trim();
        let position = if name.is_empty() {
            next += 1;
            Some(next - 1)
        } else {
            name.parse::<usize>().ok().or_else(|| given.iter().position(|(known, _)| known.as_deref() == Some(name)))
        };
        let value = match position {
            Some(at) => given.get_mut(at).and_then(|(_, value)| value.take()),
            None => Some(Expr { kind: ExprKind::Name(name.to_owned()), span: literal.span }),
        };
        if let Some(value) = value {
            if !fixed.is_empty() {
                out.push(Piece::Text(std::mem::take(&mut fixed)));
            }
            out.push(Piece::Expr(value));
        }
    }
    if !fixed.is_empty() {
        out.push(Piece::Text(fixed));
    }
    out.extend(given.into_iter().filter_map(|(_, value)| value).map(Piece::Expr));
    out
}

/// `"a" | "b"` as its literals; false if anything else is in it.
fn literals_of(value: Expr, into: &mut Vec<Expr>) -> bool {
    match value.kind {
        ExprKind::Literal(_) => {
            into.push(value);
            true
        }
        ExprKind::Binary { op: BinaryOp::BitOr, left, right } => literals_of(*left, into) && literals_of(*right, into),
        ExprKind::Same(inner) => literals_of(*inner, into),
        _ => false,
    }
}
