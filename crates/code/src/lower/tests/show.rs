//! Lowered expressions as one line each.

use crate::ir::{Arg, Expr, ExprKind, Literal, Piece};

/// The Rust name of a statement or expression.
pub(super) fn name(shown: &impl std::fmt::Debug) -> String {
    format!("{shown:?}").split(['(', ' ']).next().unwrap_or_default().to_owned()
}

/// Names, members, calls and literals as one line; the rest by its Rust name.
pub(super) fn show(value: &Expr) -> String {
    let list = |items: &[Expr]| items.iter().map(show).collect::<Vec<_>>().join(", ");
    match &value.kind {
        ExprKind::Name(name) => name.clone(),
        ExprKind::Literal(Literal::Text(text)) => format!("{text:?}"),
        ExprKind::Literal(Literal::Number(number)) => number.clone(),
        ExprKind::Literal(other) => format!("{other:?}"),
        ExprKind::Member { object, name } => format!("{}.{name}", show(object)),
        ExprKind::Index { object, index } => format!("{}[{}]", show(object), show(index)),
        ExprKind::Same(inner) => format!("({})", show(inner)),
        ExprKind::Spread(inner) => format!("...{}", show(inner)),
        ExprKind::Cast(inner, of_type) => format!("{} as {of_type}", show(inner)),
        ExprKind::Binary { op, left, right } => format!("{op:?}({}, {})", show(left), show(right)),
        ExprKind::List(items) => format!("[{}]", list(items)),
        ExprKind::Other(items) => format!("Other({})", list(items)),
        ExprKind::Map(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("{}: {}", show(key), show(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        ExprKind::Call { callee, args, .. } => {
            let shown = |arg: &Arg| match &arg.name {
                Some(name) => format!("{name}={}", show(&arg.value)),
                None => show(&arg.value),
            };
            let args: Vec<String> = args.iter().map(shown).collect();
            format!("{}({})", show(callee), args.join(", "))
        }
        ExprKind::Unary { op, operand } => format!("{op:?}({})", show(operand)),
        ExprKind::Assign(target, value) => format!("({} = {})", show(target), show(value)),
        ExprKind::Conditional { cond, then, other } => {
            format!("if {} then {} else {}", show(cond), show(then), show(other))
        }
        ExprKind::Template(pieces) => {
            let pieces = pieces.iter().map(|piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Expr(value) => format!("{{{}}}", show(value)),
            });
            format!("`{}`", pieces.collect::<String>())
        }
        other => name(other),
    }
}
