//! Operators with two sides: what they are called, and chains of them.

use tree_sitter::Node;

use super::expr;
use crate::ir::{BinaryOp, Expr, ExprKind};

/// Terms of one chain that are nested; of longer ones only the terms are kept, so that dropping them is no deep way.
pub(super) const LONGEST_CHAIN: usize = 60;

/// Operators that most languages write alike.
pub(super) fn binary_op(written: &str) -> Option<BinaryOp> {
    Some(match written {
        "+" => BinaryOp::Add,
        "-" => BinaryOp::Sub,
        "*" => BinaryOp::Mul,
        "/" => BinaryOp::Div,
        "%" => BinaryOp::Rem,
        "==" => BinaryOp::Eq,
        "!=" => BinaryOp::Ne,
        "<" => BinaryOp::Lt,
        "<=" => BinaryOp::Le,
        ">" => BinaryOp::Gt,
        ">=" => BinaryOp::Ge,
        "&&" => BinaryOp::And,
        "||" => BinaryOp::Or,
        "&" => BinaryOp::BitAnd,
        "|" => BinaryOp::BitOr,
        "^" => BinaryOp::BitXor,
        "<<" => BinaryOp::Shl,
        ">>" | ">>>" => BinaryOp::Shr,
        _ => return None,
    })
}

/// Chains of operators lean to the left and may have thousands of terms: walked, not recursed into. `op` names the
/// operator of a link, `lower` reads a term.
pub(super) fn chain<'n>(
    node: Node<'n>,
    op: impl Fn(Node<'n>) -> Option<BinaryOp>,
    lower: &mut dyn FnMut(Node<'n>) -> Expr,
) -> ExprKind {
    let missing = |node| expr(node, ExprKind::Other(Vec::new()));
    let mut spine = Vec::new();
    let mut at = node;
    while at.kind() == "binary_expression" {
        spine.push(at);
        let Some(left) = at.child_by_field_name("left") else { break };
        at = left;
    }
    let mut value = if at.kind() == "binary_expression" { missing(at) } else { lower(at) };
    if spine.len() > LONGEST_CHAIN {
        let mut terms = vec![value];
        terms.extend(spine.iter().rev().filter_map(|link| link.child_by_field_name("right")).map(lower));
        return ExprKind::Other(terms);
    }
    for link in spine.into_iter().rev() {
        let right = link.child_by_field_name("right").map_or_else(|| missing(link), &mut *lower);
        let kind = match link.child_by_field_name("operator").and_then(&op) {
            Some(op) => ExprKind::Binary { op, left: Box::new(value), right: Box::new(right) },
            None => ExprKind::Other(vec![value, right]),
        };
        value = expr(link, kind);
    }
    value.kind
}
