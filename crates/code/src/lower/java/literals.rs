//! Java: what literals stand for.

use tree_sitter::Node;

use super::{Lowering, children};
use crate::ir::{ExprKind, Literal, Piece};

impl Lowering<'_> {
    /// A string literal or text block, also one with `\{…}` inside.
    pub(super) fn text(&mut self, node: Node) -> ExprKind {
        let parts = children(node);
        if parts.iter().any(|part| part.kind() == "string_interpolation") {
            return ExprKind::Template(self.pieces(&parts));
        }
        if let Some(block) = self.slice(node).strip_prefix("\"\"\"") {
            return ExprKind::Literal(Literal::Text(text_block(block.strip_suffix("\"\"\"").unwrap_or(block))));
        }
        let mut text = String::new();
        for part in parts {
            match part.kind() {
                "escape_sequence" => text.push_str(&unescape(self.slice(part))),
                _ => text.push_str(self.slice(part)),
            }
        }
        ExprKind::Literal(Literal::Text(text))
    }

    fn pieces(&mut self, parts: &[Node]) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for part in parts {
            match part.kind() {
                "string_interpolation" => {
                    let values = children(*part);
                    pieces.extend(values.into_iter().map(|value| Piece::Expr(self.expression(value))));
                }
                "escape_sequence" => pieces.push(Piece::Text(unescape(self.slice(*part)))),
                _ => pieces.push(Piece::Text(self.slice(*part).to_owned())),
            }
        }
        pieces
    }

    pub(super) fn character(&self, node: Node) -> ExprKind {
        let inner = self.slice(node);
        let inner = inner.strip_prefix('\'').unwrap_or(inner);
        let inner = inner.strip_suffix('\'').unwrap_or(inner);
        ExprKind::Literal(Literal::Text(if inner.starts_with('\\') { unescape(inner) } else { inner.to_owned() }))
    }
}

/// A text block without the line break behind its opening, without common indentation, with escapes decoded.
fn text_block(raw: &str) -> String {
    let body = raw.split_once('\n').filter(|(first, _)| first.trim().is_empty()).map_or(raw, |(_, rest)| rest);
    let indent = |line: &str| line.len() - line.trim_start().len();
    let last = body.lines().last().filter(|_| !body.ends_with('\n'));
    let counted = body.lines().filter(|line| !line.trim().is_empty()).chain(last);
    let common = counted.map(indent).min().unwrap_or(0);
    let mut text = String::with_capacity(body.len());
    for (at, line) in body.split('\n').enumerate() {
        if at > 0 {
            text.push('\n');
        }
        text.push_str(line.get(common..).unwrap_or_default().trim_end());
    }
    if !text.contains('\\') {
        return text;
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        decoded.push_str(before);
        let length = escape_length(escape);
        let (escape, behind) = escape.split_at_checked(length).unwrap_or((escape, ""));
        decoded.push_str(&unescape(escape));
        rest = behind;
    }
    decoded.push_str(rest);
    decoded
}

/// Bytes of the escape that the text starts with.
fn escape_length(text: &str) -> usize {
    let body = text.strip_prefix('\\').unwrap_or(text);
    let run = |wanted: fn(char) -> bool, most: usize| body.chars().take(most).take_while(|c| wanted(*c)).count();
    match body.chars().next() {
        Some('u') => {
            let marks = body.len() - body.trim_start_matches('u').len();
            let digits = body.chars().skip(marks).take(4).take_while(char::is_ascii_hexdigit).count();
            1 + marks + digits
        }
        Some('0'..='7') => 1 + run(|c| c.is_digit(8), 3),
        Some(other) => 1 + other.len_utf8(),
        None => 1,
    }
}

/// A number as written, without `_` and suffix.
pub(super) fn number(written: &str) -> String {
    let plain: String = written.chars().filter(|c| *c != '_').collect();
    // `D` and `F` are digits of a hexadecimal number.
    let hex = plain.starts_with("0x") || plain.starts_with("0X");
    let suffix: &[char] = if hex { &['l', 'L'] } else { &['l', 'L', 'f', 'F', 'd', 'D'] };
    plain.trim_end_matches(suffix).to_owned()
}

fn unescape(written: &str) -> String {
    let body = written.strip_prefix('\\').unwrap_or(written);
    let code = match body {
        "n" => return "\n".to_owned(),
        "t" => return "\t".to_owned(),
        "r" => return "\r".to_owned(),
        "b" => return "\u{8}".to_owned(),
        "f" => return "\u{c}".to_owned(),
        "s" => return " ".to_owned(),
        "\n" => return String::new(),
        _ if body.starts_with('u') => u32::from_str_radix(body.trim_start_matches('u'), 16).ok(),
        _ if body.starts_with(|c: char| c.is_digit(8)) => u32::from_str_radix(body, 8).ok(),
        _ => None,
    };
    code.and_then(char::from_u32).map_or_else(|| body.to_owned(), String::from)
}
