//! Statements of Python.

use tree_sitter::Node;

use super::super::{Lowering, children, expr, span, stmt};
use super::fields::Parts;
use super::shape::{self, binary, captures};
use crate::ir::{Case, Expr, ExprKind, Span, Stmt, StmtKind};

impl Lowering<'_> {
    /// The statements of a block or of the file.
    pub(super) fn py_block(&mut self, node: Node<'_>) -> Vec<Stmt> {
        let mut out = Vec::new();
        for child in children(node) {
            if self.deeper(|cx| cx.py_stmt(child, &mut out)).is_none() {
                break;
            }
        }
        out
    }

    fn py_body(&mut self, node: Node<'_>, field: &str) -> Vec<Stmt> {
        node.field(field).map(|body| self.py_block(body)).unwrap_or_default()
    }

    fn py_part(&mut self, node: Node<'_>, field: &str) -> Expr {
        node.field(field).map_or_else(|| Self::py_nothing(node), |part| self.py_expr(part))
    }

    fn py_stmt(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let first = |cx: &mut Self| node.named_child(0).map(|child| cx.py_expr(child));
        let kind = match node.kind() {
            "expression_statement" => {
                for child in children(node) {
                    self.py_simple(child, out);
                }
                return;
            }
            "import_statement" | "import_from_statement" => return self.py_import(node),
            "future_import_statement" | "pass_statement" | "global_statement" | "nonlocal_statement" => return,
            "decorated_definition" => return self.py_decorated(node, out),
            "class_definition" => return self.py_class(node, Vec::new(), out),
            "function_definition" => StmtKind::Function(self.py_function(node, Vec::new())),
            "return_statement" => StmtKind::Return(first(self)),
            "raise_statement" => StmtKind::Throw(first(self)),
            "break_statement" => StmtKind::Break,
            "continue_statement" => StmtKind::Continue,
            "assert_statement" => StmtKind::Assert(first(self).unwrap_or_else(|| Self::py_nothing(node))),
            "delete_statement" => StmtKind::Delete(first(self).unwrap_or_else(|| Self::py_nothing(node))),
            "if_statement" => self.py_if(node),
            "while_statement" => {
                let (cond, body) = (Some(self.py_part(node, "condition")), self.py_body(node, "body"));
                return self.py_loop(node, StmtKind::Loop { cond, each: None, body }, out);
            }
            "for_statement" => {
                let each = Some((self.py_part(node, "left"), self.py_part(node, "right")));
                let body = self.py_body(node, "body");
                return self.py_loop(node, StmtKind::Loop { cond: None, each, body }, out);
            }
            "with_statement" => self.py_with(node),
            "try_statement" => self.py_try(node),
            "match_statement" => self.py_match(node),
            "block" => StmtKind::Block(self.py_block(node)),
            // Pieces that an error left: statements and expressions among them are kept.
            "ERROR" => {
                for child in children(node) {
                    self.deeper(|cx| cx.py_stmt(child, out));
                }
                return;
            }
            _ => StmtKind::Expr(self.py_expr(node)),
        };
        out.push(stmt(node, kind));
    }

    /// A loop, and behind it what `else` says.
    fn py_loop(&mut self, node: Node<'_>, kind: StmtKind, out: &mut Vec<Stmt>) {
        out.push(stmt(node, kind));
        if let Some(clause) = node.field("alternative") {
            let body = self.py_body(clause, "body");
            out.push(stmt(clause, StmtKind::Block(body)));
        }
    }

    fn py_simple(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let kind = match node.kind() {
            "assignment" => {
                // `a = b = c`: the innermost value is assigned to each target.
                let (mut targets, mut at) = (vec![self.py_part(node, "left")], node);
                while let Some(next) = at.field("right").filter(|right| right.kind() == "assignment") {
                    targets.push(self.py_part(next, "left"));
                    at = next;
                }
                let of_type = node.field("type").map(|of_type| self.slice(of_type).to_owned());
                let value = self.py_part(at, "right");
                return shape::assigned(targets, value, of_type.as_deref(), span(node), out);
            }
            "augmented_assignment" => {
                let op = node.field("operator").map(|op| self.slice(op).trim_end_matches('='));
                let targets = vec![self.py_part(node, "left")];
                StmtKind::Assign { targets, op: op.and_then(binary), value: self.py_part(node, "right"), of_type: None }
            }
            "yield" => StmtKind::Yield(node.named_child(0).map(|child| self.py_expr(child))),
            _ => StmtKind::Expr(self.py_expr(node)),
        };
        out.push(stmt(node, kind));
    }

    fn py_if(&mut self, node: Node<'_>) -> StmtKind {
        let (cond, then) = (self.py_part(node, "condition"), self.py_body(node, "consequence"));
        let mut cursor = node.walk();
        let clauses: Vec<Node<'_>> = node.children_by_field_name("alternative", &mut cursor).collect();
        let (mut chain, mut other) = (Vec::new(), Vec::new());
        for clause in clauses {
            if clause.kind() == "else_clause" {
                other = self.py_body(clause, "body");
            } else {
                let (cond, then) = (self.py_part(clause, "condition"), self.py_body(clause, "consequence"));
                chain.push((cond, then, span(clause)));
            }
        }
        StmtKind::If { cond, then, other: shape::chained(chain, other) }
    }

    fn py_with(&mut self, node: Node<'_>) -> StmtKind {
        let mut items = Vec::new();
        let clause = super::child_of(node, "with_clause").map(children).unwrap_or_default();
        for item in clause {
            let Some(value) = item.field("value") else { continue };
            if value.kind() == "as_pattern" {
                let target = value.field("alias").and_then(|alias| alias.named_child(0));
                let bound = value.named_child(0).map_or_else(|| Self::py_nothing(value), |inner| self.py_expr(inner));
                items.push((bound, target.map(|target| self.py_expr(target))));
            } else {
                items.push((self.py_expr(value), None));
            }
        }
        StmtKind::With { items, body: self.py_body(node, "body") }
    }

    fn py_try(&mut self, node: Node<'_>) -> StmtKind {
        let body = self.py_body(node, "body");
        let (mut handlers, mut finally) = (Vec::new(), Vec::new());
        for child in children(node) {
            match child.kind() {
                "except_clause" => {
                    let value = child.field("value");
                    let bound =
                        value.filter(|value| value.kind() == "as_pattern").and_then(|value| value.field("alias"));
                    let name = child.field("alias").or(bound).map(|alias| self.slice(alias).to_owned());
                    let block = super::child_of(child, "block");
                    handlers.push((name, block.map(|block| self.py_block(block)).unwrap_or_default()));
                }
                "else_clause" => finally.extend(self.py_body(child, "body")),
                "finally_clause" => {
                    finally.extend(super::child_of(child, "block").map(|b| self.py_block(b)).unwrap_or_default());
                }
                _ => {}
            }
        }
        StmtKind::Try { body, handlers, finally }
    }

    /// What is matched: one thing, or a tuple without brackets.
    fn py_subject(&mut self, node: Node<'_>) -> Expr {
        let before = node.field("body").map_or(node.end_byte(), |body| body.start_byte());
        let parts: Vec<Node<'_>> = children(node).into_iter().filter(|child| child.end_byte() <= before).collect();
        let subjects: Vec<Node<'_>> = parts.into_iter().filter(|part| part.kind() != "comment").collect();
        match subjects.as_slice() {
            [first, .., last] => {
                let whole = Span { start: span(*first).start, end: span(*last).end };
                let items = subjects.iter().map(|subject| self.py_expr(*subject)).collect();
                Expr { kind: ExprKind::List(items), span: whole }
            }
            _ => self.py_part(node, "subject"),
        }
    }

    fn py_match(&mut self, node: Node<'_>) -> StmtKind {
        let subject = self.py_subject(node);
        let mut cases = Vec::new();
        let clauses = node.field("body").map(children).unwrap_or_default();
        for clause in clauses.into_iter().filter(|clause| clause.kind() == "case_clause") {
            let (mut values, mut binds) = (Vec::new(), Vec::new());
            for pattern in children(clause).into_iter().filter(|child| child.kind() == "case_pattern") {
                let parts = match pattern.named_child(0) {
                    Some(union) if union.kind() == "union_pattern" => children(union),
                    Some(one) => vec![one],
                    None => Vec::new(),
                };
                for part in parts {
                    let name = self.slice(part);
                    match part.kind() {
                        "dotted_name" if !name.contains('.') => binds.push(name.to_owned()),
                        _ if name == "_" => {}
                        "dotted_name"
                        | "string"
                        | "concatenated_string"
                        | "integer"
                        | "float"
                        | "true"
                        | "false"
                        | "none" => values.push(self.py_expr(part)),
                        _ => {
                            values.push(expr(part, ExprKind::Other(Vec::new())));
                            binds.extend(captures(name));
                        }
                    }
                }
            }
            let guard = clause.field("guard").and_then(|guard| guard.named_child(0));
            let guard = guard.map(|guard| self.py_expr(guard));
            let body = self.py_body(clause, "consequence");
            cases.push(Case { values, binds, guard, body, falls_through: false });
        }
        StmtKind::Switch { subject, cases }
    }
}
