//! Rust: expressions.

use tree_sitter::Node;

use super::{Rust, Tail};
use crate::ir::{Arg, BinaryOp, Expr, ExprKind, Literal, UnaryOp};
use crate::lower::operators::{binary_op, chain};
use crate::lower::{children, expr, link_span, page, stmt};

/// Methods that only raw pointers have, or that do harm on them.
const POINTER_METHODS: &[&str] = &[
    "add",
    "sub",
    "offset",
    "byte_add",
    "byte_sub",
    "wrapping_add",
    "wrapping_sub",
    "read",
    "write",
    "copy_to",
    "copy_from",
    "copy_to_nonoverlapping",
    "copy_from_nonoverlapping",
    "read_volatile",
    "write_volatile",
    "read_unaligned",
    "write_unaligned",
    "write_bytes",
    "as_ref",
    "as_mut",
    "offset_from",
];
/// Links of one chain of calls and fields.
const LONGEST_BUILDER: usize = 400;

impl Rust<'_, '_> {
    /// The value of `node`; cut with a note when it is nested too deeply.
    pub(super) fn expression(&mut self, node: Node) -> Expr {
        let kind = self.deeper(|rust| rust.expression_here(node)).unwrap_or(ExprKind::Other(Vec::new()));
        match node.kind() {
            "call_expression" => Expr { kind, span: link_span(node, "function", "field") },
            _ => expr(node, kind),
        }
    }

    fn boxed(&mut self, node: Node, name: &str) -> Box<Expr> {
        Box::new(match node.child_by_field_name(name) {
            Some(value) => self.expression(value),
            None => Self::missing(node),
        })
    }

    #[allow(clippy::unnecessary_box_returns)] // every use of it is a boxed part of an expression
    fn first(&mut self, node: Node) -> Box<Expr> {
        let first = children(node).into_iter().find(|part| part.kind() != "mutable_specifier");
        Box::new(match first {
            Some(value) => self.expression(value),
            None => Self::missing(node),
        })
    }

    pub(super) fn all(&mut self, node: Node) -> Vec<Expr> {
        let parts = children(node).into_iter().filter(|part| !matches!(part.kind(), "attribute_item" | "label"));
        parts.collect::<Vec<_>>().into_iter().map(|part| self.expression(part)).collect()
    }

    fn expression_here(&mut self, node: Node) -> ExprKind {
        match node.kind() {
            "identifier" if self.low.slice(node) == "None" => ExprKind::Literal(Literal::Null),
            "identifier"
            | "self"
            | "super"
            | "crate"
            | "metavariable"
            | "type_identifier"
            | "primitive_type"
            | "field_identifier"
            | "shorthand_field_identifier"
            | "scoped_identifier"
            | "scoped_type_identifier"
            | "generic_type" => self.path(node),
            "string_literal" | "raw_string_literal" => self.text_literal(node),
            "char_literal" => {
                let inner = self.low.slice(node).trim_start_matches('b').trim_matches('\'');
                let text = if inner.starts_with('\\') { unescape(inner) } else { inner.to_owned() };
                ExprKind::Literal(Literal::Text(text))
            }
            "integer_literal" | "float_literal" => ExprKind::Literal(Literal::Number(number(self.low.slice(node)))),
            "negative_literal" => ExprKind::Unary { op: UnaryOp::Neg, operand: self.first(node) },
            "boolean_literal" => ExprKind::Literal(Literal::Bool(self.low.slice(node) == "true")),
            "unit_expression" => ExprKind::Literal(Literal::Null),
            "parenthesized_expression" => ExprKind::Same(self.first(node)),
            "reference_expression" => ExprKind::Same(self.boxed(node, "value")),
            "unary_expression" => self.unary(node),
            "binary_expression" => {
                let kind = self.binary(node);
                page(node, kind)
            }
            "type_cast_expression" => {
                let of_type = node.child_by_field_name("type").map(|of| self.type_of(of)).unwrap_or_default();
                ExprKind::Cast(self.boxed(node, "value"), of_type)
            }
            "call_expression" | "field_expression" | "try_expression" | "await_expression" | "generic_function" => {
                self.chain(node)
            }
            "index_expression" => {
                let mut parts = self.all(node).into_iter();
                let (object, index) = (parts.next(), parts.next());
                let part = |part: Option<Expr>| Box::new(part.unwrap_or_else(|| Self::missing(node)));
                ExprKind::Index { object: part(object), index: part(index) }
            }
            "tuple_expression" => ExprKind::List(self.all(node)),
            "array_expression" => match node.child_by_field_name("length") {
                // `[0; 16]` is as constant as what it repeats.
                Some(length) => {
                    let repeated = children(node).into_iter().find(|part| part.id() != length.id());
                    ExprKind::List(repeated.map(|value| self.expression(value)).into_iter().collect())
                }
                None => ExprKind::List(self.all(node)),
            },
            "struct_expression" => self.literal_of_struct(node),
            "closure_expression" => ExprKind::Lambda(self.function(node, super::Front::default())),
            "if_expression" => {
                let cond = match node.child_by_field_name("condition") {
                    Some(cond) => self.condition(cond),
                    None => Self::missing(node),
                };
                let then = self.branch_value(node, "consequence");
                let other = self.branch_value(node, "alternative");
                ExprKind::Conditional { cond: Box::new(cond), then, other }
            }
            "block" => self.block_value(node),
            "unsafe_block" | "async_block" | "gen_block" | "try_block" | "const_block" => {
                let Some(block) = children(node).into_iter().find(|part| part.kind() == "block") else {
                    return ExprKind::Other(Vec::new());
                };
                let outer = self.in_unsafe;
                self.in_unsafe |= node.kind() == "unsafe_block";
                let value = self.block_value(block);
                self.in_unsafe = outer;
                value
            }
            "match_expression" => {
                let kind = self.switch(node, Tail::Value);
                ExprKind::Block(vec![stmt(node, kind)])
            }
            "loop_expression" | "while_expression" | "for_expression" => {
                let kind = self.repeated(node);
                ExprKind::Block(vec![stmt(node, kind)])
            }
            "return_expression" | "break_expression" | "continue_expression" | "yield_expression" => {
                let mut body = Vec::new();
                self.tail(node, Tail::Effect, &mut body);
                ExprKind::Block(body)
            }
            "assignment_expression" => ExprKind::Assign(self.boxed(node, "left"), self.boxed(node, "right")),
            "macro_invocation" => self.macro_value(node),
            "let_condition" | "let_chain" => self.condition(node).kind,
            kind if kind.ends_with("_type") => self.path(node),
            "ERROR" => ExprKind::Block(self.statements(node, Tail::Effect)),
            _ => ExprKind::Other(self.all(node)),
        }
    }

    #[allow(clippy::unnecessary_box_returns)] // every use of it is a boxed part of an expression
    fn branch_value(&mut self, node: Node, name: &str) -> Box<Expr> {
        let Some(branch) = node.child_by_field_name(name) else { return Box::new(Self::null(node)) };
        let inner = if branch.kind() == "else_clause" { children(branch).into_iter().next() } else { Some(branch) };
        Box::new(inner.map_or_else(|| Self::missing(branch), |inner| self.expression(inner)))
    }

    fn unary(&mut self, node: Node) -> ExprKind {
        let operand = self.first(node);
        match node.child(0).map(|op| op.kind()) {
            Some("!") => ExprKind::Unary { op: UnaryOp::Not, operand },
            Some("-") => ExprKind::Unary { op: UnaryOp::Neg, operand },
            _ => {
                let known = matches!(&operand.kind, ExprKind::Name(name) if self.pointers.contains(name));
                if self.in_unsafe || known {
                    return Self::marker(node, "unsafe!", vec![*operand]).kind;
                }
                ExprKind::Same(operand)
            }
        }
    }

    /// `a.b(c)?.d.await…`: builders make chains of any length, so they are walked, not recursed into.
    fn chain(&mut self, node: Node) -> ExprKind {
        let mut spine = Vec::new();
        let mut at = node;
        loop {
            let inner = match at.kind() {
                "call_expression" | "generic_function" => at.child_by_field_name("function"),
                "field_expression" => at.child_by_field_name("value"),
                "try_expression" | "await_expression" => children(at).into_iter().next(),
                _ => break,
            };
            spine.push(at);
            match inner {
                Some(inner) => at = inner,
                None => break,
            }
        }
        let cut = spine.len().saturating_sub(LONGEST_BUILDER);
        if cut > 0 {
            self.low.problem("nested too deeply, cut");
        }
        let mut value = if cut == 0 { self.expression(at) } else { Self::missing(at) };
        for link in spine.into_iter().rev().skip(cut) {
            let kind = match link.kind() {
                "call_expression" => self.call(link, value),
                "generic_function" => self.generic(link, value),
                "field_expression" => {
                    let name = self.low.owned(link.child_by_field_name("field"));
                    ExprKind::Member { object: Box::new(value), name }
                }
                _ => ExprKind::Same(Box::new(value)),
            };
            value = Expr { kind, span: link_span(link, "function", "field") };
        }
        value.kind
    }

    fn call(&mut self, node: Node, callee: Expr) -> ExprKind {
        let list = node.child_by_field_name("arguments").map(|list| self.all(list)).unwrap_or_default();
        // What says that a value is there is the value.
        if let (ExprKind::Name(name), 1) = (&callee.kind, list.len())
            && matches!(name.as_str(), "Some" | "Ok")
        {
            let only = list.into_iter().next().unwrap_or_else(|| Self::missing(node));
            return ExprKind::Same(Box::new(only));
        }
        if let Some(membership) = Self::membership(&callee, &list) {
            return membership;
        }
        if let Some(longer) = self.put(node, &callee, &list) {
            return longer;
        }
        // In an unsafe block these are the methods of raw pointers.
        let callee = match callee.kind {
            ExprKind::Member { object, name }
                if POINTER_METHODS.contains(&name.as_str()) && self.is_raw(&object, list.len()) =>
            {
                let mut args = vec![*object];
                args.extend(list);
                return Self::marker(node, "unsafe!", args).kind;
            }
            kind => Expr { kind, span: callee.span },
        };
        let number = match &callee.kind {
            ExprKind::Member { name, .. } => name.strip_prefix("parse::<").and_then(|name| name.strip_suffix('>')),
            _ => None,
        };
        let number = number.filter(|name| name.starts_with(['i', 'u', 'f'])).map(str::to_owned);
        let args = list.into_iter().map(|value| Arg { name: None, value }).collect();
        let kind = ExprKind::Call { callee: Box::new(callee), args, is_new: false };
        match number {
            Some(number) => ExprKind::Cast(Box::new(expr(node, kind)), number),
            None => kind,
        }
    }

    /// Whether the methods called on it are surely those of a raw pointer.
    fn is_raw(&self, object: &Expr, arguments: usize) -> bool {
        match &object.kind {
            ExprKind::Name(name) if self.pointers.contains(name) => true,
            ExprKind::Cast(_, of_type) => of_type.starts_with('*'),
            ExprKind::Same(inner) => self.is_raw(inner, arguments),
            ExprKind::Call { callee, .. } => {
                Self::last_name(callee).is_some_and(|name| matches!(name, "as_ptr" | "as_mut_ptr" | "unsafe!"))
            }
            ExprKind::Name(_) => self.in_unsafe && arguments < 2,
            _ => false,
        }
    }

    /// `text.push_str(x)` and `path.push(x)` make it longer.
    fn put(&self, node: Node, callee: &Expr, list: &[Expr]) -> Option<ExprKind> {
        let ExprKind::Member { object, name } = &callee.kind else { return None };
        let ExprKind::Name(holder) = &object.kind else { return None };
        let puts = name == "push_str" || (name == "push" && self.texts.contains(holder));
        let [only] = list else { return None };
        puts.then(|| {
            let (left, right) = (object.clone(), Box::new(only.clone()));
            let joined = expr(node, ExprKind::Binary { op: BinaryOp::Add, left, right });
            ExprKind::Assign(object.clone(), Box::new(joined))
        })
    }

    /// `["a", "b"].contains(&x)` and `ALLOWED.contains(&x)` ask whether it is one of these.
    fn membership(callee: &Expr, list: &[Expr]) -> Option<ExprKind> {
        let ExprKind::Member { object, name } = &callee.kind else { return None };
        let fixed = match &object.kind {
            ExprKind::List(_) => true,
            ExprKind::Name(name) => name.len() > 1 && !name.contains(char::is_lowercase),
            _ => false,
        };
        let [only] = list else { return None };
        (fixed && name == "contains").then(|| ExprKind::Binary {
            op: BinaryOp::In,
            left: Box::new(only.clone()),
            right: object.clone(),
        })
    }

    /// `parse::<u16>` keeps its type in its name, because that decides what can come out of it.
    fn generic(&mut self, node: Node, function: Expr) -> ExprKind {
        let mut kind = function.kind;
        let harmless = node.child_by_field_name("type_arguments").and_then(|of| self.harmless_argument(of));
        if let (ExprKind::Member { name, .. }, Some(of_type)) = (&mut kind, harmless)
            && name == "parse"
        {
            *name = format!("parse::<{of_type}>");
        }
        kind
    }

    fn literal_of_struct(&mut self, node: Node) -> ExprKind {
        let of_type = node.child_by_field_name("name").map(|name| self.type_of(name)).unwrap_or_default();
        let mut entries = Vec::new();
        let body = node.child_by_field_name("body");
        for part in body.map(children).unwrap_or_default() {
            match part.kind() {
                "field_initializer" => {
                    let Some(field) = part.child_by_field_name("field") else { continue };
                    let key = expr(field, ExprKind::Literal(Literal::Text(self.text(field))));
                    entries.push((key, *self.boxed(part, "value")));
                }
                "shorthand_field_initializer" => {
                    let Some(name) = children(part).into_iter().find(|part| part.kind() == "identifier") else {
                        continue;
                    };
                    let key = expr(name, ExprKind::Literal(Literal::Text(self.text(name))));
                    entries.push((key, self.expression(name)));
                }
                "base_field_initializer" => {
                    let spread = expr(part, ExprKind::Spread(self.first(part)));
                    entries.push((Self::null(part), spread));
                }
                _ => {}
            }
        }
        let map = expr(body.unwrap_or(node), ExprKind::Map(entries));
        ExprKind::Cast(Box::new(map), of_type.split('<').next().unwrap_or_default().to_owned())
    }

    fn binary(&mut self, node: Node) -> ExprKind {
        let text = self.low.text;
        let op = |op: Node| binary_op(text.get(op.byte_range())?);
        chain(node, op, &mut |term| self.expression(term))
    }

    fn text_literal(&self, node: Node) -> ExprKind {
        let mut text = String::new();
        let mut joins = false;
        for part in children(node) {
            let written = self.low.slice(part);
            match part.kind() {
                // A backslash at the end of a line swallows the indentation of the next.
                "escape_sequence" if written.ends_with('\n') => joins = true,
                "escape_sequence" => {
                    text.push_str(&unescape(written));
                    joins = false;
                }
                _ => {
                    text.push_str(if joins { written.trim_start() } else { written });
                    joins = false;
                }
            }
        }
        ExprKind::Literal(if self.low.slice(node).starts_with('b') {
            Literal::Bytes(text)
        } else {
            Literal::Text(text)
        })
    }
}

/// Without `_` and the type behind it.
fn number(written: &str) -> String {
    let plain = written.replace('_', "");
    if plain.starts_with("0x") {
        return plain.split(['i', 'u']).next().unwrap_or_default().to_owned();
    }
    let end = plain.find(['i', 'u', 'f']).unwrap_or(plain.len());
    plain.get(..end).unwrap_or_default().to_owned()
}

fn unescape(written: &str) -> String {
    let body = written.strip_prefix('\\').unwrap_or(written);
    let code = match body {
        "n" => Some(10),
        "t" => Some(9),
        "r" => Some(13),
        "0" => Some(0),
        _ => body
            .strip_prefix(['x', 'u'])
            .and_then(|digits| u32::from_str_radix(digits.trim_matches(['{', '}']), 16).ok()),
    };
    code.and_then(char::from_u32).map_or_else(|| body.to_owned(), String::from)
}
