//! JavaScript and TypeScript: destructuring, as assignments from members and elements.

use tree_sitter::Node;

use super::super::{Lowering, children, expr, stmt};
use crate::ir::{BinaryOp, Expr, ExprKind, Literal, Stmt, StmtKind};

/// Name of a value that the source gives none; no identifier looks so.
pub(super) fn hidden(node: Node) -> String {
    format!("#{}", node.start_byte())
}

impl Lowering<'_> {
    /// `pattern = value`; gives an expression for the whole value.
    pub(super) fn js_destructure(&mut self, pattern: Node, value: Expr, into: &mut Vec<Stmt>) -> Expr {
        let whole = held(pattern, value, into);
        self.js_bind(pattern, whole.clone(), None, into);
        whole
    }

    /// Assigns to what the pattern binds.
    pub(super) fn js_bind(&mut self, pattern: Node, value: Expr, of_type: Option<String>, into: &mut Vec<Stmt>) {
        self.deeper(|low| low.js_bind_here(pattern, value, of_type, into));
    }

    fn js_bind_here(&mut self, pattern: Node, value: Expr, of_type: Option<String>, into: &mut Vec<Stmt>) {
        match pattern.kind() {
            "object_pattern" => {
                let value = held(pattern, value, into);
                for part in children(pattern) {
                    self.js_bind_entry(part, &value, into);
                }
            }
            "array_pattern" => {
                let value = held(pattern, value, into);
                let mut at = 0usize;
                let mut cursor = pattern.walk();
                for part in pattern.children(&mut cursor) {
                    if part.kind() == "," {
                        at += 1;
                    } else if part.is_named() && !part.is_extra() {
                        let index = Box::new(expr(part, ExprKind::Literal(Literal::Number(at.to_string()))));
                        let rest = part.kind() == "rest_pattern";
                        let item = ExprKind::Index { object: Box::new(value.clone()), index };
                        let item = if rest { value.clone() } else { expr(part, item) };
                        self.js_bind(part, item, None, into);
                    }
                }
            }
            "assignment_pattern" | "object_assignment_pattern" => {
                let default = Box::new(self.js_field(pattern, "right"));
                let value =
                    expr(pattern, ExprKind::Binary { op: BinaryOp::Coalesce, left: Box::new(value), right: default });
                if let Some(left) = pattern.child_by_field_name("left") {
                    self.js_bind(left, value, of_type, into);
                }
            }
            "rest_pattern" => {
                if let Some(inner) = children(pattern).first() {
                    self.js_bind(*inner, value, of_type, into);
                }
            }
            "shorthand_property_identifier_pattern" => {
                let target = expr(pattern, ExprKind::Name(self.slice(pattern).to_owned()));
                into.push(assign(pattern, target, value, of_type));
            }
            _ => {
                let target = self.js_expr(pattern);
                into.push(assign(pattern, target, value, of_type));
            }
        }
    }

    /// One entry of an object pattern.
    fn js_bind_entry(&mut self, part: Node, value: &Expr, into: &mut Vec<Stmt>) {
        let object = Box::new(value.clone());
        match part.kind() {
            "shorthand_property_identifier_pattern" => {
                let name = self.slice(part).to_owned();
                self.js_bind(part, expr(part, ExprKind::Member { object, name }), None, into);
            }
            "object_assignment_pattern" => {
                let name = self.owned(part.child_by_field_name("left"));
                self.js_bind(part, expr(part, ExprKind::Member { object, name }), None, into);
            }
            "pair_pattern" => {
                let (Some(key), Some(target)) = (part.child_by_field_name("key"), part.child_by_field_name("value"))
                else {
                    return;
                };
                let member = match key.kind() {
                    "computed_property_name" | "number" => {
                        ExprKind::Index { object, index: Box::new(self.js_expr(key)) }
                    }
                    "string" => ExprKind::Member { object, name: self.js_text(key) },
                    _ => ExprKind::Member { object, name: self.slice(key).to_owned() },
                };
                self.js_bind(target, expr(part, member), None, into);
            }
            _ => self.js_bind(part, *object, None, into),
        }
    }

    /// Names that a pattern binds, with the members they take, outermost only.
    pub(super) fn js_bound_names(&self, pattern: Node) -> Vec<(String, String)> {
        let entry = |part: Node| {
            let (key, target) = match part.kind() {
                "shorthand_property_identifier_pattern" => (part, part),
                "object_assignment_pattern" => {
                    let left = part.child_by_field_name("left")?;
                    (left, left)
                }
                "pair_pattern" => (part.child_by_field_name("key")?, part.child_by_field_name("value")?),
                _ => return None,
            };
            Some((self.slice(target).to_owned(), self.slice(key).trim_matches(['"', '\'']).to_owned()))
        };
        children(pattern).into_iter().filter_map(entry).collect()
    }
}

pub(super) fn assign(at: Node, target: Expr, value: Expr, of_type: Option<String>) -> Stmt {
    stmt(at, StmtKind::Assign { targets: vec![target], op: None, value, of_type })
}

/// Variables and members of them can be read again without doing anything.
fn is_plain(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Name(_) => true,
        ExprKind::Member { object, .. } | ExprKind::Same(object) => is_plain(object),
        _ => false,
    }
}

/// A value that can be read several times: put into a hidden variable unless it is a variable.
fn held(at: Node, value: Expr, into: &mut Vec<Stmt>) -> Expr {
    if is_plain(&value) {
        return value;
    }
    let name = expr(at, ExprKind::Name(hidden(at)));
    into.push(assign(at, name.clone(), value, None));
    name
}
