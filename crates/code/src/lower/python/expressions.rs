//! Expressions of Python.

use tree_sitter::Node;

use super::super::{Lowering, children, expr, span};
use super::fields::Parts;
use super::shape::{self, binary, unescaped};
use crate::ir::{Arg, Expr, ExprKind, Literal, Piece, UnaryOp};

impl Lowering<'_> {
    pub(super) fn py_expr(&mut self, node: Node<'_>) -> Expr {
        self.deeper(|cx| cx.py_expr_inner(node)).unwrap_or_else(|| expr(node, ExprKind::Other(Vec::new())))
    }

    #[allow(clippy::unnecessary_box_returns)] // every use of it is a boxed part of an expression
    fn py_field(&mut self, node: Node<'_>, field: &str) -> Box<Expr> {
        Box::new(node.field(field).map_or_else(|| Self::py_nothing(node), |inner| self.py_expr(inner)))
    }

    pub(super) fn py_all(&mut self, node: Node<'_>) -> Vec<Expr> {
        children(node).into_iter().map(|child| self.py_expr(child)).collect()
    }

    fn py_expr_inner(&mut self, node: Node<'_>) -> Expr {
        let kind = match node.kind() {
            "identifier" => ExprKind::Name(self.slice(node).to_owned()),
            "true" => ExprKind::Literal(Literal::Bool(true)),
            "false" => ExprKind::Literal(Literal::Bool(false)),
            "none" | "ellipsis" => ExprKind::Literal(Literal::Null),
            "integer" | "float" => ExprKind::Literal(Literal::Number(self.slice(node).replace('_', ""))),
            "string" | "concatenated_string" => self.py_string(node),
            "attribute" => {
                ExprKind::Member { object: self.py_field(node, "object"), name: self.owned(node.field("attribute")) }
            }
            "subscript" => {
                let object = self.py_field(node, "value");
                let index = node.field("subscript").map(|index| match index.kind() {
                    "slice" => expr(index, ExprKind::Other(self.py_all(index))),
                    _ => self.py_expr(index),
                });
                let index = Box::new(index.unwrap_or_else(|| Self::py_nothing(node)));
                ExprKind::Index { object, index }
            }
            "call" => self.py_call(node),
            "binary_operator" | "boolean_operator" => self.py_binary(node),
            "comparison_operator" => self.py_comparison(node),
            "not_operator" => ExprKind::Unary { op: UnaryOp::Not, operand: self.py_field(node, "argument") },
            "unary_operator" => match node.field("operator").map(|op| self.slice(op)) {
                Some("-") => ExprKind::Unary { op: UnaryOp::Neg, operand: self.py_field(node, "argument") },
                Some("~") => ExprKind::Unary { op: UnaryOp::BitNot, operand: self.py_field(node, "argument") },
                _ => ExprKind::Same(self.py_field(node, "argument")),
            },
            "conditional_expression" => {
                let mut parts = self.py_all(node).into_iter();
                let (then, cond, other) = (parts.next(), parts.next(), parts.next());
                let part = |part: Option<Expr>| Box::new(part.unwrap_or_else(|| Self::py_nothing(node)));
                ExprKind::Conditional { cond: part(cond), then: part(then), other: part(other) }
            }
            "parenthesized_expression" | "await" | "case_pattern" => match children(node).first().copied() {
                Some(inner) => ExprKind::Same(Box::new(self.py_expr(inner))),
                None => ExprKind::Other(Vec::new()),
            },
            "list" | "tuple" | "set" | "expression_list" | "pattern_list" | "tuple_pattern" | "list_pattern" => {
                ExprKind::List(self.py_all(node))
            }
            "dictionary" => ExprKind::Map(children(node).into_iter().map(|pair| self.py_pair(pair)).collect()),
            "list_comprehension" | "set_comprehension" | "generator_expression" | "dictionary_comprehension" => {
                self.py_comprehension(node)
            }
            "lambda" => ExprKind::Lambda(self.py_lambda(node)),
            "named_expression" => ExprKind::Assign(self.py_field(node, "name"), self.py_field(node, "value")),
            "list_splat" | "dictionary_splat" | "list_splat_pattern" | "dictionary_splat_pattern" => {
                let inner = node.named_child(0).map_or_else(|| Self::py_nothing(node), |inner| self.py_expr(inner));
                ExprKind::Spread(Box::new(inner))
            }
            "dotted_name" => {
                let mut names = children(node).into_iter();
                let first = names.next().map_or_else(|| Self::py_nothing(node), |name| self.py_expr(name));
                let joined = names.fold(first, |object, name| {
                    let kind = ExprKind::Member { object: Box::new(object), name: self.slice(name).to_owned() };
                    expr(name, kind)
                });
                return joined;
            }
            _ => ExprKind::Other(self.py_all(node)),
        };
        expr(node, kind)
    }

    fn py_call(&mut self, node: Node<'_>) -> ExprKind {
        let callee = self.py_field(node, "function");
        let mut args = Vec::new();
        match node.field("arguments") {
            Some(list) if list.kind() == "argument_list" => {
                for child in children(list) {
                    args.push(if child.kind() == "keyword_argument" {
                        Arg {
                            name: child.field("name").map(|name| self.slice(name).to_owned()),
                            value: *self.py_field(child, "value"),
                        }
                    } else {
                        Arg { name: None, value: self.py_expr(child) }
                    });
                }
            }
            Some(generator) => args.push(Arg { name: None, value: self.py_expr(generator) }),
            None => {}
        }
        ExprKind::Call { callee, args, is_new: false }
    }

    /// Chains lean left and may be long, so they are gone down in a loop and kept flat when they are.
    fn py_binary(&mut self, node: Node<'_>) -> ExprKind {
        let (mut spine, mut at) = (vec![node], node);
        while let Some(left) = at.field("left").filter(|left| left.kind() == node.kind()) {
            spine.push(left);
            at = left;
        }
        if spine.len() > 60 {
            let mut parts: Vec<Expr> = spine.iter().rev().map(|part| *self.py_field(*part, "right")).collect();
            parts.insert(0, *self.py_field(at, "left"));
            return ExprKind::Other(parts);
        }
        let first = *self.py_field(at, "left");
        let joined = spine.into_iter().rev().fold(first, |left, part| {
            let right = self.py_field(part, "right");
            let op = part.field("operator").and_then(|op| binary(self.slice(op)));
            let kind = match op {
                Some(op) => ExprKind::Binary { op, left: Box::new(left), right },
                None => ExprKind::Other(vec![left, *right]),
            };
            expr(part, kind)
        });
        joined.kind
    }

    /// `a < b < c` is `a < b and b < c`.
    fn py_comparison(&mut self, node: Node<'_>) -> ExprKind {
        let mut cursor = node.walk();
        let ops: Vec<Node<'_>> = node.children_by_field_name("operators", &mut cursor).collect();
        let ops = ops.into_iter().map(|op| binary(&self.slice(op).split_whitespace().collect::<Vec<_>>().join(" ")));
        let ops: Vec<_> = ops.collect();
        shape::compared(self.py_all(node), ops, span(node))
    }

    fn py_pair(&mut self, node: Node<'_>) -> (Expr, Expr) {
        if node.kind() == "pair" {
            return (*self.py_field(node, "key"), *self.py_field(node, "value"));
        }
        (Self::py_nothing(node), self.py_expr(node))
    }

    fn py_comprehension(&mut self, node: Node<'_>) -> ExprKind {
        let element = match node.field("body") {
            Some(pair) if pair.kind() == "pair" => expr(pair, ExprKind::Map(vec![self.py_pair(pair)])),
            Some(body) => self.py_expr(body),
            None => Self::py_nothing(node),
        };
        let (mut each, mut conds) = (Vec::new(), Vec::new());
        for child in children(node) {
            match child.kind() {
                "for_in_clause" => each.push((*self.py_field(child, "left"), *self.py_field(child, "right"))),
                "if_clause" => conds.extend(self.py_all(child)),
                _ => {}
            }
        }
        ExprKind::Comprehension { element: Box::new(element), each, conds }
    }

    fn py_string(&mut self, node: Node<'_>) -> ExprKind {
        let mut pieces = Vec::new();
        let mut bytes = false;
        self.py_pieces(node, &mut pieces, &mut bytes);
        shape::text_of(pieces, bytes)
    }

    fn py_pieces(&mut self, node: Node<'_>, pieces: &mut Vec<Piece>, bytes: &mut bool) {
        if node.kind() == "concatenated_string" {
            for part in children(node) {
                self.py_pieces(part, pieces, bytes);
            }
            return;
        }
        let mut raw = false;
        for child in children(node) {
            match child.kind() {
                "string_start" => {
                    let prefix = self.slice(child).to_ascii_lowercase();
                    raw = prefix.contains('r');
                    *bytes |= prefix.contains('b');
                }
                "string_content" => {
                    let text = self.slice(child);
                    pieces.push(Piece::Text(if raw { text.to_owned() } else { unescaped(text) }));
                }
                "interpolation" => {
                    if let Some(inner) = child.field("expression") {
                        pieces.push(Piece::Expr(self.py_expr(inner)));
                    }
                }
                _ => {}
            }
        }
    }
}
