//! Rust: patterns, as targets of an assignment and as arms of a `match`.

use tree_sitter::Node;

use super::Rust;
use crate::ir::{Case, Expr, ExprKind};
use crate::lower::{children, expr};

/// Without `mut`, `ref`, `&`, which change nothing here.
pub(super) fn plain(pattern: Node<'_>) -> Node<'_> {
    let mut at = pattern;
    while matches!(at.kind(), "mut_pattern" | "ref_pattern" | "reference_pattern" | "match_pattern") {
        let Some(inner) = children(at).into_iter().find(|part| part.kind() != "mutable_specifier") else { break };
        at = inner;
    }
    at
}

/// Names in patterns are new variables if they begin small; constants and variants begin with a capital.
fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_lowercase() || c == '_')
}

impl Rust<'_, '_> {
    /// What an assignment to the pattern assigns to. `Some(x)` is `x`: what is in it comes from what it is in.
    pub(super) fn target(&mut self, pattern: Node) -> Expr {
        let node = plain(pattern);
        if node.kind() == "identifier" {
            return expr(node, ExprKind::Name(self.text(node)));
        }
        if matches!(node.kind(), "tuple_pattern" | "slice_pattern") {
            let parts =
                self.deeper(|rust| children(node).into_iter().map(|part| rust.target(part)).collect::<Vec<_>>());
            return expr(node, ExprKind::List(parts.unwrap_or_default()));
        }
        if node.kind() == "tuple_struct_pattern"
            && let [_, only] = children(node).as_slice()
        {
            let inner = *only;
            return self.deeper(|rust| rust.target(inner)).unwrap_or_else(|| Self::missing(node));
        }
        let mut names = Vec::new();
        self.pattern_names(node, "", &mut names);
        let mut targets: Vec<Expr> = names.into_iter().map(|(name, _)| expr(node, ExprKind::Name(name))).collect();
        match (targets.len(), targets.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                targets.extend(last);
                expr(node, ExprKind::List(targets))
            }
        }
    }

    /// Names that a pattern binds, with the member each takes.
    pub(super) fn pattern_names(&mut self, pattern: Node, member: &str, names: &mut Vec<(String, String)>) {
        let node = plain(pattern);
        match node.kind() {
            "identifier" | "shorthand_field_identifier" => {
                let name = self.text(node);
                if is_variable(&name) {
                    names.push((name, member.to_owned()));
                }
            }
            "captured_pattern" | "or_pattern" | "tuple_pattern" | "slice_pattern" => {
                self.deeper(|rust| {
                    for (at, part) in children(node).into_iter().enumerate() {
                        let member =
                            if node.kind().ends_with("e_pattern") { at.to_string() } else { member.to_owned() };
                        rust.pattern_names(part, &member, names);
                    }
                });
            }
            "tuple_struct_pattern" => {
                self.deeper(|rust| {
                    for (at, part) in children(node).into_iter().skip(1).enumerate() {
                        rust.pattern_names(part, &at.to_string(), names);
                    }
                });
            }
            "struct_pattern" => {
                self.deeper(|rust| {
                    for field in children(node).into_iter().skip(1) {
                        let Some(name) = field.child_by_field_name("name") else { continue };
                        let member = rust.text(name);
                        match field.child_by_field_name("pattern") {
                            Some(inner) => rust.pattern_names(inner, &member, names),
                            None => names.push((member.clone(), member)),
                        }
                    }
                });
            }
            _ => {}
        }
        // `a | a` binds one name.
        if node.kind() == "or_pattern" {
            let mut seen = std::collections::HashSet::new();
            names.retain(|(name, _)| seen.insert(name.clone()));
        }
    }

    /// The values and names of one arm.
    pub(super) fn arm(&mut self, pattern: Node, case: &mut Case) {
        if let Some(guard) = pattern.child_by_field_name("condition") {
            case.guard = Some(self.condition(guard));
        }
        // `_` has no name in the grammar: a case without values takes everything.
        let Some(first) = pattern.child(0).filter(|first| first.kind() != "_") else { return };
        let mut names = Vec::new();
        self.pattern_names(first, "", &mut names);
        case.binds = names.into_iter().map(|(name, _)| name).collect();
        let mut values = Vec::new();
        self.alternatives(first, &mut values);
        case.values = values;
    }

    fn alternatives(&mut self, pattern: Node, values: &mut Vec<Expr>) {
        let node = plain(pattern);
        match node.kind() {
            "or_pattern" => {
                self.deeper(|rust| {
                    for part in children(node) {
                        rust.alternatives(part, values);
                    }
                });
            }
            "captured_pattern" => {
                if let Some(part) = children(node).into_iter().nth(1) {
                    self.deeper(|rust| rust.alternatives(part, values));
                }
            }
            kind if kind.ends_with("_literal") => {
                let value = self.expression(node);
                values.push(value);
            }
            "identifier" if is_variable(self.low.slice(node)) => {}
            "scoped_identifier" | "identifier" => {
                let value = self.expression(node);
                values.push(value);
            }
            // Whatever has a shape may or may not fit.
            _ => values.push(Self::missing(node)),
        }
    }
}
