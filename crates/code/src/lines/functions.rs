//! Where functions begin and end.

use super::token::{Dialect, Kind, Tokens};

/// A function with its body.
#[derive(Debug, Clone, Copy)]
pub(super) struct Function<'t> {
    pub(super) name: &'t str,
    /// First token of what stands before the name: type, modifiers, attributes.
    pub(super) head: usize,
    /// Brackets of the parameters.
    pub(super) open: usize,
    pub(super) close: usize,
    /// First token of the body, and the one behind it.
    pub(super) body: usize,
    pub(super) end: usize,
}

/// What looks like a call before a block, but is none.
const CONTROL: &[&str] = &[
    "if",
    "for",
    "foreach",
    "while",
    "switch",
    "catch",
    "using",
    "lock",
    "fixed",
    "elseif",
    "match",
    "return",
    "sizeof",
    "declare",
    "checked",
    "unchecked",
    "defined",
    "when",
];

/// All functions that are in no other, in order.
pub(super) fn functions<'t>(tokens: &Tokens<'t>, dialect: Dialect) -> Vec<Function<'t>> {
    let mut found = Vec::new();
    let mut at = 0;
    // Behind what was last a statement, block or function.
    let mut head = 0;
    while at < tokens.len() {
        if tokens.is(at, "{")
            && let Some(function) = before(tokens, at, head)
        {
            let end = tokens.pair(at).map_or(tokens.len(), |pair| pair + 1);
            found.push(Function { body: at, end, ..function });
            (at, head) = (end, end);
            continue;
        }
        // `public int X(int a) => a;`
        if dialect == Dialect::CSharp
            && tokens.is(at, "=>")
            && tokens.is(at.wrapping_sub(1), ")")
            && let Some(function) = before(tokens, at, head).filter(|function| is_typed(tokens, function.open))
        {
            let end = tokens.expression_end(at + 1, false);
            found.push(Function { body: at, end, ..function });
            (at, head) = (end, end);
            continue;
        }
        if tokens.is_any(at, &[";", "{", "}", "#"]) {
            head = at + 1;
        }
        at += 1;
    }
    found
}

fn is_typed(tokens: &Tokens<'_>, open: usize) -> bool {
    open >= 2 && tokens.kind(open - 1) == Some(Kind::Name) && {
        let before = open - 2;
        tokens.is_any(before, &[">", "]", "?"])
            || tokens.name(before).is_some_and(|name| !matches!(name, "return" | "await" | "new" | "in"))
    }
}

/// The function whose body begins here, if there is one.
fn before<'t>(tokens: &Tokens<'t>, body: usize, head: usize) -> Option<Function<'t>> {
    let mut at = body.checked_sub(1)?;
    let mut steps = 0;
    // `const`, `noexcept`, `override`, `: ?string`, `-> int`, `where T : X`.
    while !tokens.is(at, ")") {
        let is_passed = tokens.kind(at) == Some(Kind::Name) && !tokens.is_name(at, "else") && !tokens.is_name(at, "do")
            || tokens.is_any(at, &[":", "?", "->", "::", "|", "<", ">", "&", "\\", ",", "*"]);
        steps += 1;
        if !is_passed || steps > 16 || at <= head {
            return None;
        }
        at -= 1;
    }
    for _ in 0..32 {
        let open = tokens.pair(at)?;
        let name = open.checked_sub(1)?;
        // `function ($x) use ($y) {`
        if tokens.is_name(name, "use") && tokens.is(name.wrapping_sub(1), ")") {
            at = name - 1;
            continue;
        }
        let text = tokens.name(name)?;
        // `X::X() : a(1), b(2) {`
        let before = name.checked_sub(1);
        if let Some(before) = before
            && (tokens.is(before, ",") || tokens.is(before, ":"))
            && before > 0
            && tokens.is(before - 1, ")")
        {
            at = before - 1;
            continue;
        }
        if CONTROL.contains(&text) || before.is_some_and(|before| tokens.is_any(before, &[".", "=", "(", "["])) {
            return None;
        }
        return Some(Function { name: text, head: head.min(name), open, close: at, body, end: body });
    }
    None
}

/// Names of the parameters.
pub(super) fn parameters(tokens: &Tokens<'_>, function: &Function<'_>, dialect: Dialect) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (from, to) in tokens.parts(function.open, function.close) {
        // What stands behind `=` is a default, in brackets behind the name a size.
        let is_end = |at: &usize| tokens.is(*at, "=") || dialect.is_native() && *at > from && tokens.is(*at, "[");
        let end = (from..to).find(is_end).unwrap_or(to);
        let is_fit = |at: &usize| {
            tokens.kind(*at) == Some(Kind::Name) && (dialect != Dialect::Php || tokens.text(*at).starts_with('$'))
        };
        if let Some(name) = (from..end).rev().find(is_fit) {
            found.push((from, name));
        }
    }
    found
}
