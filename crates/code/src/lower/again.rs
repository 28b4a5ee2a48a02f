//! The same expression at a second place: `x += 1` reads what it writes.
//!
//! Copies of copies double with each level that they are nested, so only small ones are made.

use crate::ir::{Expr, ExprKind, Literal, Piece};

/// Most parts of an expression that is copied.
const MOST: usize = 100;
/// Bytes of text that count as one part.
const PART: usize = 256;

/// The expression once more; one of unknown value if it has many parts.
pub(super) fn again(of: &Expr) -> Expr {
    if is_small(of) { of.clone() } else { Expr { kind: ExprKind::Other(Vec::new()), span: of.span } }
}

/// Whether it has few enough parts to be copied.
pub(super) fn is_small(of: &Expr) -> bool {
    fits(of, &mut { MOST })
}

/// A long text counts as many parts.
fn weighs(text: &str, left: &mut usize) -> bool {
    let less = left.checked_sub(text.len() / PART);
    *left = less.unwrap_or_default();
    less.is_some()
}

fn fits(expr: &Expr, left: &mut usize) -> bool {
    let Some(less) = left.checked_sub(1) else { return false };
    *left = less;
    match &expr.kind {
        ExprKind::Name(text)
        | ExprKind::Literal(
            Literal::Text(text) | Literal::Bytes(text) | Literal::Number(text) | Literal::Regex(text),
        ) => weighs(text, left),
        ExprKind::Literal(Literal::Bool(_) | Literal::Null) | ExprKind::Lambda(_) => true,
        ExprKind::Template(pieces) => pieces.iter().all(|piece| match piece {
            Piece::Text(text) => weighs(text, left),
            Piece::Expr(inner) => fits(inner, left),
        }),
        ExprKind::Call { callee, args, .. } => fits(callee, left) && args.iter().all(|arg| fits(&arg.value, left)),
        ExprKind::Member { object: inner, .. }
        | ExprKind::Unary { operand: inner, .. }
        | ExprKind::Same(inner)
        | ExprKind::Cast(inner, _)
        | ExprKind::Spread(inner) => fits(inner, left),
        ExprKind::Index { object: one, index: other }
        | ExprKind::Binary { left: one, right: other, .. }
        | ExprKind::Assign(one, other) => fits(one, left) && fits(other, left),
        ExprKind::Conditional { cond, then, other } => fits(cond, left) && fits(then, left) && fits(other, left),
        ExprKind::List(parts) | ExprKind::Other(parts) => parts.iter().all(|part| fits(part, left)),
        ExprKind::Map(pairs) => pairs.iter().all(|(key, value)| fits(key, left) && fits(value, left)),
        ExprKind::Comprehension { element, each, conds } => {
            fits(element, left)
                && each.iter().all(|(target, of)| fits(target, left) && fits(of, left))
                && conds.iter().all(|cond| fits(cond, left))
        }
        // Statements are not counted.
        ExprKind::Block(_) | ExprKind::Element { .. } => false,
    }
}
