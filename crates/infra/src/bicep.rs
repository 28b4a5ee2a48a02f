//! The syntax of Bicep: parameters, variables, resources and modules, read as far as they can be.

use crate::cursor::Cursor;
use crate::expr::{Expr, Node, OPERATORS, node};

/// One file.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Program {
    /// Name and default.
    pub(crate) params: Vec<(String, Option<Node>)>,
    pub(crate) vars: Vec<(String, Node)>,
    pub(crate) resources: Vec<Declared>,
    pub(crate) modules: Vec<Declared>,
}

/// `resource symbol 'type' = if (condition) { … }`, or a module.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Declared {
    pub(crate) symbol: String,
    /// Type without version, or the path of the module.
    pub(crate) native: String,
    pub(crate) parent: Option<String>,
    pub(crate) condition: Option<Node>,
    pub(crate) body: Node,
    pub(crate) existing: bool,
    pub(crate) start: usize,
    pub(crate) head: usize,
}

/// Reads a file; the problems say what could not be read.
pub(crate) fn parse(text: &str) -> (Program, Vec<(usize, String)>) {
    let mut c = Cursor::new(text);
    let mut program = Program::default();
    loop {
        c.space(true, false);
        if c.done() {
            return (program, c.problems);
        }
        let before = c.at;
        statement(&mut c, &mut program, None);
        if c.at == before {
            c.bump();
        }
    }
}

fn statement(c: &mut Cursor<'_>, program: &mut Program, parent: Option<&str>) {
    let start = c.at;
    if c.eat("@") {
        let _ = unary(c);
        return;
    }
    let Some(word) = c.word(b"") else {
        c.problem("a statement that could not be read");
        c.line_end();
        return;
    };
    c.space(false, false);
    match word {
        "param" | "var" => {
            let Some(name) = c.word(b"").map(str::to_string) else { return c.line_end() };
            // A type may stand between; nothing of it is an equals sign.
            let line = c.rest().split('\n').next().unwrap_or_default().find('=').map(|at| c.at + at);
            let value = line.map(|at| {
                c.at = at + 1;
                expression(c)
            });
            match (word, value) {
                ("param", value) => {
                    if value.is_none() {
                        c.line_end();
                    }
                    program.params.push((name, value));
                }
                (_, Some(value)) => program.vars.push((name, value)),
                _ => c.line_end(),
            }
        }
        "resource" | "module" => declared(c, program, word, start, parent),
        _ => c.line_end(),
    }
}

fn declared(c: &mut Cursor<'_>, program: &mut Program, word: &str, start: usize, parent: Option<&str>) {
    let symbol = c.word(b"").unwrap_or_default().to_string();
    c.space(false, false);
    let native = match text(c).expr {
        Expr::Text(text) => text,
        _ => String::new(),
    };
    let native = if word == "resource" { native.split('@').next().unwrap_or_default().to_string() } else { native };
    let native = match parent {
        Some(parent) if word == "resource" && !native.contains('/') => format!("{parent}/{native}"),
        _ => native,
    };
    let head = c.at;
    c.space(false, false);
    let existing = c.looking_at("existing") && c.word(b"").is_some();
    c.space(false, false);
    if !c.eat("=") {
        c.problem("a resource has no `=`");
        return c.line_end();
    }
    c.space(true, false);
    let mut condition = None;
    if c.looking_at("if") && matches!(c.peek_at(2), Some(b' ' | b'(')) {
        c.at += 2;
        c.space(false, false);
        condition = Some(primary(c));
        c.space(true, false);
    }
    let mut nested = Program::default();
    let body = if c.peek() == Some(b'{') { object(c, Some((&mut nested, &native))) } else { expression(c) };
    let declared = Declared { symbol: symbol.clone(), native, parent: None, condition, body, existing, start, head };
    if word == "module" {
        program.modules.push(declared);
    } else {
        program.resources.push(declared);
    }
    for mut inner in nested.resources {
        inner.parent = inner.parent.or_else(|| Some(symbol.clone()));
        program.resources.push(inner);
    }
}

/// What stands here; what is no expression is opaque. Expressions of ARM templates are read by it, too.
pub(crate) fn expression(c: &mut Cursor<'_>) -> Node {
    c.space(false, false);
    let start = c.at;
    if !c.down() {
        c.up();
        return node(Expr::Opaque("an expression is missing"), start, start);
    }
    let condition = operators(c, 0);
    // A condition may go on in the next line.
    let after = c.at;
    c.space(true, false);
    let out = if c.peek() == Some(b'?') && c.peek_at(1) != Some(b'?') {
        c.at += 1;
        c.space(true, false);
        let yes = expression(c);
        c.space(true, false);
        if c.eat(":") {
            c.space(true, false);
            let no = expression(c);
            node(Expr::If(Box::new(condition), Box::new(yes), Box::new(no)), start, c.at)
        } else {
            c.problem("a condition has no `:`");
            node(Expr::Opaque("a condition that could not be read"), start, c.at)
        }
    } else {
        c.at = after;
        condition
    };
    c.up();
    out
}

fn operators(c: &mut Cursor<'_>, level: usize) -> Node {
    let Some(words) = OPERATORS.get(level) else { return unary(c) };
    let mut left = operators(c, level + 1);
    loop {
        c.space(false, false);
        let Some(word) = words.iter().find(|word| c.looking_at(word)) else { return left };
        if c.nodes > crate::cursor::MAX_NODES {
            return left;
        }
        c.at += word.len();
        c.nodes += 1;
        c.space(true, false);
        let right = operators(c, level + 1);
        let (start, end) = (left.start, right.end);
        left = node(Expr::Op(word, Box::new(left), Box::new(right)), start, end);
    }
}

fn unary(c: &mut Cursor<'_>) -> Node {
    c.space(false, false);
    let start = c.at;
    if c.peek() == Some(b'!') || c.peek() == Some(b'-') {
        let not = c.peek() == Some(b'!');
        c.at += 1;
        let inner = if c.down() { unary(c) } else { node(Expr::Opaque("nothing to negate"), start, start) };
        c.up();
        let end = inner.end;
        return match inner.expr {
            _ if not => node(Expr::Not(Box::new(inner)), start, end),
            Expr::Number(number) => node(Expr::Number(format!("-{number}")), start, end),
            _ => node(Expr::Opaque("a negated number"), start, end),
        };
    }
    let mut left = primary(c);
    loop {
        c.nodes += 1;
        if c.nodes > crate::cursor::MAX_NODES {
            return left;
        }
        if c.eat("::") || c.eat(".?") || (c.peek() == Some(b'.') && c.eat(".")) {
            let Some(name) = c.word(b"").map(str::to_string) else { return left };
            if c.peek() == Some(b'(') {
                let _ = arguments(c);
                left = node(Expr::Opaque("a method call"), start, c.at);
            } else {
                left = node(Expr::Get(Box::new(left), name), start, c.at);
            }
        } else if c.peek() == Some(b'[') {
            c.at += 1;
            c.eat("?");
            let index = expression(c);
            c.space(true, false);
            c.eat("]");
            left = node(Expr::Index(Box::new(left), Box::new(index)), start, c.at);
        } else if c.peek() == Some(b'!') && c.peek_at(1) != Some(b'=') {
            c.at += 1;
        } else {
            return left;
        }
    }
}

fn primary(c: &mut Cursor<'_>) -> Node {
    c.space(false, false);
    let start = c.at;
    match c.peek() {
        Some(b'\'') => text(c),
        Some(b'(') => {
            c.at += 1;
            c.space(true, false);
            let inner = expression(c);
            c.space(true, false);
            c.eat(")");
            node(inner.expr, start, c.at)
        }
        Some(b'[') => list(c),
        Some(b'{') => object(c, None),
        _ => {
            if let Some(number) = c.number() {
                return node(Expr::Number(number.to_string()), start, c.at);
            }
            match c.word(b"") {
                Some("true") => node(Expr::Bool(true), start, c.at),
                Some("false") => node(Expr::Bool(false), start, c.at),
                Some("null") => node(Expr::Null, start, c.at),
                Some(name) => {
                    let name = name.to_string();
                    if c.peek() == Some(b'(') {
                        let arguments = arguments(c);
                        node(Expr::Call(name, arguments), start, c.at)
                    } else {
                        node(Expr::Name(name), start, c.at)
                    }
                }
                None => {
                    c.problem("an expression is missing");
                    node(Expr::Opaque("something that could not be read"), start, c.at)
                }
            }
        }
    }
}

fn arguments(c: &mut Cursor<'_>) -> Vec<Node> {
    c.at += 1;
    let mut out = Vec::new();
    loop {
        c.space(true, false);
        if c.eat(")") || c.done() {
            return out;
        }
        let before = c.at;
        out.push(expression(c));
        c.space(true, false);
        c.eat(",");
        if c.at == before {
            c.bump();
        }
    }
}

fn list(c: &mut Cursor<'_>) -> Node {
    let start = c.at;
    c.at += 1;
    c.space(true, false);
    if c.looking_at("for ") {
        // How many there are is not decided; the end is found by counting brackets.
        let mut depth = 1;
        while depth > 0 && !c.done() {
            match c.peek() {
                Some(b'[') => depth += 1,
                Some(b']') => depth -= 1,
                _ => {}
            }
            c.bump();
        }
        return node(Expr::Opaque("a loop"), start, c.at);
    }
    let mut items = Vec::new();
    loop {
        c.space(true, false);
        if c.eat("]") || c.done() {
            return node(Expr::List(items), start, c.at);
        }
        let before = c.at;
        c.eat("...");
        items.push(expression(c));
        c.space(true, false);
        c.eat(",");
        if c.at == before {
            c.bump();
        }
    }
}

/// `{ key: value }`; resources may be nested in the body of a resource.
fn object(c: &mut Cursor<'_>, mut nested: Option<(&mut Program, &str)>) -> Node {
    let start = c.at;
    c.at += 1;
    if !c.down() {
        c.up();
        return node(Expr::Opaque("an object that could not be read"), start, start);
    }
    let mut entries = Vec::new();
    loop {
        c.space(true, false);
        c.eat(",");
        c.space(true, false);
        if c.eat("}") || c.done() {
            c.up();
            return node(Expr::Map(entries), start, c.at);
        }
        let before = c.at;
        if c.eat("@") {
            let _ = unary(c);
            continue;
        }
        if c.eat("...") {
            let _ = expression(c);
            continue;
        }
        let at = c.at;
        let key = match c.peek() {
            Some(b'\'') => text(c),
            _ => match c.word(b"") {
                Some(word) => node(Expr::Text(word.to_string()), at, c.at),
                None => {
                    c.problem("an entry of an object could not be read");
                    c.line_end();
                    continue;
                }
            },
        };
        c.space(false, false);
        if let (Some((program, parent)), Expr::Text(word)) = (&mut nested, &key.expr)
            && word == "resource"
            && c.peek() != Some(b':')
        {
            declared(c, program, "resource", at, Some(parent));
            continue;
        }
        if c.eat(":") {
            c.space(true, false);
            let value = expression(c);
            entries.push((key, value));
        } else {
            c.problem("an entry of an object has no value");
            c.line_end();
        }
        if c.at == before {
            c.bump();
        }
    }
}

/// `'text ${expression}'` or text between three quotes.
fn text(c: &mut Cursor<'_>) -> Node {
    let start = c.at;
    if c.eat("'''") {
        let end = c.rest().find("'''").map_or(c.text.len(), |length| c.at + length);
        let inner = c.slice(c.at, end).trim_start_matches(['\r', '\n']).to_string();
        c.at = (end + 3).min(c.text.len());
        return node(Expr::Text(inner), start, c.at);
    }
    if !c.eat("'") {
        return node(Expr::Opaque("text is missing"), start, start);
    }
    let mut parts: Vec<Node> = Vec::new();
    let mut buffer = String::new();
    let mut from = c.at;
    loop {
        match c.peek() {
            Some(b'\'') if c.peek_at(1) == Some(b'\'') => {
                // ARM expressions write a quote twice.
                buffer.push('\'');
                c.at += 2;
            }
            Some(b'\'') => {
                c.at += 1;
                break;
            }
            None | Some(b'\n') => {
                c.problem("a text is not closed");
                break;
            }
            Some(b'\\') => {
                c.at += 1;
                match c.rest().chars().next() {
                    Some('n') => buffer.push('\n'),
                    Some('t') => buffer.push('\t'),
                    Some('r') => buffer.push('\r'),
                    Some(other) => buffer.push(other),
                    None => {}
                }
                c.bump();
            }
            Some(b'$') if c.peek_at(1) == Some(b'{') => {
                if !buffer.is_empty() {
                    parts.push(node(Expr::Text(std::mem::take(&mut buffer)), from, c.at));
                }
                c.at += 2;
                parts.push(expression(c));
                c.space(true, false);
                c.eat("}");
                from = c.at;
            }
            _ => {
                if let Some(found) = c.rest().chars().next() {
                    buffer.push(found);
                }
                c.bump();
            }
        }
    }
    if parts.is_empty() {
        return node(Expr::Text(buffer), start, c.at);
    }
    if !buffer.is_empty() {
        parts.push(node(Expr::Text(buffer), from, c.at));
    }
    node(Expr::Template(parts), start, c.at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_resources_with_conditions_and_children() {
        let source = "@description('x')\nparam name string = 'a'\nparam n int\nvar t = '${name}-b'\nresource a 'Microsoft.X/y@2024-01-01' = if (n > 1) {\n  name: t\n  properties: {\n    k: n > 1 ? 'u' : 'v'\n    l: [\n      1\n      'two'\n    ]\n  }\n  resource b 'z' = {\n    name: 'c'\n  }\n}\nmodule m './m.bicep' = {\n  name: 'm'\n}\n";
        let (program, problems) = parse(source);
        assert_eq!(problems, []);
        assert_eq!((program.params.len(), program.vars.len(), program.modules.len()), (2, 1, 1));
        let natives: Vec<&str> = program.resources.iter().map(|resource| resource.native.as_str()).collect();
        assert_eq!(natives, ["Microsoft.X/y", "Microsoft.X/y/z"]);
        assert!(program.resources[0].condition.is_some());
    }

    #[test]
    fn hostile_nesting_ends() {
        for text in [
            "var a = ".to_string() + &"[".repeat(100_000),
            format!("var a = {}", "!".repeat(100_000)),
            "var a = ".to_string() + &"{a:".repeat(50_000),
        ] {
            let (_, problems) = parse(&text);
            assert!(!problems.is_empty());
        }
    }
}
