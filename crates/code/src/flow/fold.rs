//! Constants: arithmetic, comparisons, methods of texts.

use super::container::whole;
use super::value::Constant;
use crate::ir::BinaryOp;

/// Longest text that is put together.
const LONGEST: usize = 10_000;

/// An operator on two constants.
pub(super) fn binary(op: BinaryOp, left: &Constant, right: &Constant, is_whole: bool) -> Option<Constant> {
    use Constant::{Bool, Null, Number, Text};
    Some(match (op, left, right) {
        (BinaryOp::Eq, left, right) => Bool(left == right),
        (BinaryOp::Ne, left, right) => Bool(left != right),
        (BinaryOp::And, left, right) => (if left.truth() { right } else { left }).clone(),
        (BinaryOp::Or, left, right) => (if left.truth() { left } else { right }).clone(),
        (BinaryOp::Coalesce, Null, right) => right.clone(),
        (BinaryOp::Coalesce, left, _) => left.clone(),
        (BinaryOp::In, Text(left), Text(right)) => Bool(right.contains(&**left)),
        (BinaryOp::NotIn, Text(left), Text(right)) => Bool(!right.contains(&**left)),
        (BinaryOp::Add, Text(_), _) | (BinaryOp::Add, _, Text(_)) => {
            let (left, right) = (left.shown(), right.shown());
            if left.len() + right.len() > LONGEST {
                return None;
            }
            Constant::text(&format!("{left}{right}"))
        }
        (BinaryOp::Mul, Text(text), Number(times)) if *times >= 0.0 && text.len() as f64 * times < LONGEST as f64 => {
            Constant::text(&text.repeat(whole(*times)))
        }
        (_, Number(left), Number(right)) => numbers(op, *left, *right, is_whole)?,
        _ => return None,
    })
}

fn numbers(op: BinaryOp, left: f64, right: f64, is_whole: bool) -> Option<Constant> {
    use Constant::{Bool, Number};
    let bits = |value: f64| (value.fract() == 0.0 && value.abs() < 9e15).then_some(value as i64);
    Some(match op {
        BinaryOp::Add => Number(left + right),
        BinaryOp::Sub => Number(left - right),
        BinaryOp::Mul => Number(left * right),
        BinaryOp::Div if right == 0.0 => return None,
        // Two whole numbers of Java, Go and Rust give a whole number.
        BinaryOp::Div if is_whole && left.fract() == 0.0 && right.fract() == 0.0 => Number((left / right).trunc()),
        BinaryOp::Div => Number(left / right),
        BinaryOp::FloorDiv if right != 0.0 => Number((left / right).floor()),
        BinaryOp::Rem if right != 0.0 && is_whole => Number(left % right),
        BinaryOp::Rem if right != 0.0 => Number(left.rem_euclid(right)),
        BinaryOp::Pow => Number(left.powf(right)),
        BinaryOp::Lt => Bool(left < right),
        BinaryOp::Le => Bool(left <= right),
        BinaryOp::Gt => Bool(left > right),
        BinaryOp::Ge => Bool(left >= right),
        BinaryOp::BitAnd => Number((bits(left)? & bits(right)?) as f64),
        BinaryOp::BitOr => Number((bits(left)? | bits(right)?) as f64),
        BinaryOp::BitXor => Number((bits(left)? ^ bits(right)?) as f64),
        BinaryOp::Shl => Number((bits(left)?.checked_shl(bits(right)?.try_into().ok()?)?) as f64),
        BinaryOp::Shr => Number((bits(left)?.checked_shr(bits(right)?.try_into().ok()?)?) as f64),
        _ => return None,
    })
}

/// A method of a constant text.
pub(super) fn method(text: &str, name: &str, args: &[Option<Constant>]) -> Option<Constant> {
    let given = |at: usize| args.get(at)?.as_ref();
    let texts = |at: usize| match given(at)? {
        Constant::Text(text) => Some(&**text),
        _ => None,
    };
    let at = |which: usize| match given(which)? {
        Constant::Number(number) if *number >= 0.0 => Some(whole(*number)),
        _ => None,
    };
    Some(match (name, args.len()) {
        ("charAt" | "at", 1) => letter(text, at(0)? as f64)?,
        ("substring" | "slice" | "subSequence", 1) => Constant::text(&text.chars().skip(at(0)?).collect::<String>()),
        ("substring" | "slice" | "subSequence", 2) => {
            let (from, to) = (at(0)?, at(1)?);
            Constant::text(&text.chars().skip(from).take(to.saturating_sub(from)).collect::<String>())
        }
        ("length" | "len" | "size" | "count" | "__len__", 0) => Constant::Number(text.chars().count() as f64),
        ("upper" | "toUpperCase" | "to_uppercase" | "toLocaleUpperCase", _) => Constant::text(&text.to_uppercase()),
        ("lower" | "toLowerCase" | "to_lowercase" | "toLocaleLowerCase", _) => Constant::text(&text.to_lowercase()),
        ("strip" | "trim", 0) => Constant::text(text.trim()),
        ("replace" | "replaceAll", 2) => Constant::text(&text.replace(texts(0)?, texts(1)?)),
        ("concat", 1) => Constant::text(&format!("{text}{}", texts(0)?)),
        ("equals", 1) => Constant::Bool(text == texts(0)?),
        ("equalsIgnoreCase", 1) => Constant::Bool(text.eq_ignore_ascii_case(texts(0)?)),
        ("startswith" | "startsWith" | "starts_with", 1) => Constant::Bool(text.starts_with(texts(0)?)),
        ("endswith" | "endsWith" | "ends_with", 1) => Constant::Bool(text.ends_with(texts(0)?)),
        ("contains" | "includes", 1) => Constant::Bool(text.contains(texts(0)?)),
        ("isEmpty" | "is_empty", 0) => Constant::Bool(text.is_empty()),
        (
            "toString" | "to_string" | "to_owned" | "clone" | "intern" | "encode" | "decode" | "getBytes"
            | "toCharArray",
            _,
        ) => Constant::text(text),
        _ => return None,
    })
}

/// The letter at a position, counted from the end if it is negative.
pub(super) fn letter(text: &str, at: f64) -> Option<Constant> {
    let at = if at < 0.0 { text.chars().count() as f64 + at } else { at };
    text.chars().nth(whole(at)).filter(|_| at >= 0.0).map(|letter| Constant::text(letter.encode_utf8(&mut [0; 4])))
}
