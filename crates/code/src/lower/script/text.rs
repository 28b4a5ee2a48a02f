//! JavaScript and TypeScript: numbers, escapes, operators, names of modules.

use crate::ir::BinaryOp;
use crate::lower::operators;

/// A number without separators and the `n` of big ones.
pub(super) fn number(written: &str) -> String {
    let plain: String = written.chars().filter(|c| *c != '_').collect();
    let radix = match plain.get(..2).map(str::to_ascii_lowercase).as_deref() {
        Some("0x") => 16,
        Some("0o") => 8,
        Some("0b") => 2,
        _ => return plain.trim_end_matches('n').to_owned(),
    };
    let digits = plain.get(2..).unwrap_or_default().trim_end_matches('n');
    u64::from_str_radix(digits, radix).map_or(plain.clone(), |value| value.to_string())
}

/// What one escape sequence stands for.
pub(super) fn unescaped(written: &str) -> String {
    let body = written.strip_prefix('\\').unwrap_or(written);
    let code = match body {
        "n" => return "\n".to_owned(),
        "t" => return "\t".to_owned(),
        "r" => return "\r".to_owned(),
        "b" => return "\u{8}".to_owned(),
        "f" => return "\u{c}".to_owned(),
        "v" => return "\u{b}".to_owned(),
        "0" => return "\0".to_owned(),
        "\n" | "\r\n" => return String::new(),
        _ => body.strip_prefix(['u', 'x']).map(|hex| hex.trim_matches(['{', '}'])),
    };
    let code = code.and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32);
    code.map_or_else(|| body.to_owned(), String::from)
}

/// The name of a module without the prefix of built-in ones.
pub(super) fn module(written: &str) -> String {
    written.strip_prefix("node:").unwrap_or(written).to_owned()
}

/// Whether a module is a file of the project.
pub(super) fn is_local(module: &str) -> bool {
    module.starts_with(['.', '/', '#']) || module.starts_with("@/") || module.starts_with("~/")
}

/// An operator by how it is written.
pub(super) fn binary_op(written: &str) -> Option<BinaryOp> {
    Some(match written {
        "**" => BinaryOp::Pow,
        "===" => BinaryOp::Eq,
        "!==" => BinaryOp::Ne,
        "??" => BinaryOp::Coalesce,
        "in" => BinaryOp::In,
        "instanceof" => BinaryOp::InstanceOf,
        _ => return operators::binary_op(written),
    })
}
