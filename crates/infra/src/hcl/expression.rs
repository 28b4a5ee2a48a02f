//! Expressions of Terraform.

use super::template;
use crate::cursor::Cursor;
use crate::expr::{Expr, Node, OPERATORS, node};

/// What stands here; what is no expression is opaque.
pub(super) fn expression(c: &mut Cursor<'_>) -> Node {
    c.space(false, true);
    let start = c.at;
    if !c.down() {
        c.up();
        return node(Expr::Opaque("an expression is missing"), start, start);
    }
    let condition = operators(c, 0);
    c.space(false, true);
    let out = if c.peek() == Some(b'?') {
        c.at += 1;
        // The parts of a condition may stand on lines of their own only in brackets.
        let yes = expression(c);
        c.space(false, true);
        if c.eat(":") {
            let no = expression(c);
            let end = c.at;
            node(Expr::If(Box::new(condition), Box::new(yes), Box::new(no)), start, end)
        } else {
            c.problem("a condition has no `:`");
            node(Expr::Opaque("a condition that could not be read"), start, c.at)
        }
    } else {
        condition
    };
    c.up();
    out
}

fn operators(c: &mut Cursor<'_>, level: usize) -> Node {
    let Some(words) = OPERATORS.get(level) else { return unary(c) };
    let mut left = operators(c, level + 1);
    loop {
        c.space(false, true);
        let found = words.iter().find(|word| c.looking_at(word));
        let Some(word) = found.filter(|word| !(**word == "??" || **word == "=~" || **word == "!~")) else {
            return left;
        };
        if c.nodes > crate::cursor::MAX_NODES {
            return left;
        }
        c.at += word.len();
        c.space(false, true);
        c.nodes += 1;
        let right = operators(c, level + 1);
        let (start, end) = (left.start, right.end);
        left = node(Expr::Op(word, Box::new(left), Box::new(right)), start, end);
    }
}

fn unary(c: &mut Cursor<'_>) -> Node {
    c.space(false, true);
    let start = c.at;
    match c.peek() {
        Some(b'!') if c.peek_at(1) != Some(b'=') => {
            c.at += 1;
            let inner = if c.down() { unary(c) } else { node(Expr::Opaque("nothing to negate"), start, start) };
            c.up();
            let end = inner.end;
            node(Expr::Not(Box::new(inner)), start, end)
        }
        Some(b'-') => {
            c.at += 1;
            let number = c.number().map(|number| format!("-{number}"));
            if let Some(number) = number {
                return node(Expr::Number(number), start, c.at);
            }
            let inner = if c.down() { unary(c) } else { node(Expr::Opaque("nothing to negate"), start, start) };
            c.up();
            node(Expr::Opaque("a negated number"), start, inner.end)
        }
        _ => {
            let first = primary(c);
            postfix(c, first)
        }
    }
}

fn postfix(c: &mut Cursor<'_>, mut left: Node) -> Node {
    let start = left.start;
    loop {
        c.nodes += 1;
        if c.nodes > crate::cursor::MAX_NODES {
            return left;
        }
        match c.peek() {
            Some(b'.') if c.peek_at(1) == Some(b'*') => {
                c.at += 2;
                left = node(Expr::Splat(Box::new(left)), start, c.at);
            }
            Some(b'.') if c.peek_at(1).is_some_and(|byte| byte.is_ascii_digit()) => {
                c.at += 1;
                let from = c.at;
                while c.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                    c.at += 1;
                }
                let index = node(Expr::Number(c.slice(from, c.at).to_string()), from, c.at);
                left = node(Expr::Index(Box::new(left), Box::new(index)), start, c.at);
            }
            Some(b'.') if c.peek_at(1) != Some(b'.') => {
                c.at += 1;
                let Some(name) = c.word(b"-") else { return left };
                let name = name.to_string();
                left = node(Expr::Get(Box::new(left), name), start, c.at);
            }
            Some(b'[') => {
                c.at += 1;
                c.brackets += 1;
                c.space(true, true);
                if c.eat("*") {
                    c.space(true, true);
                    c.eat("]");
                    left = node(Expr::Splat(Box::new(left)), start, c.at);
                } else {
                    let index = expression(c);
                    c.space(true, true);
                    if !c.eat("]") {
                        c.problem("an index is not closed");
                    }
                    left = node(Expr::Index(Box::new(left), Box::new(index)), start, c.at);
                }
                c.brackets -= 1;
            }
            _ => return left,
        }
    }
}

fn primary(c: &mut Cursor<'_>) -> Node {
    let start = c.at;
    match c.peek() {
        Some(b'"') => template::quoted(c),
        Some(b'<') if c.looking_at("<<") => template::heredoc(c),
        Some(b'(') => {
            c.at += 1;
            let inner = bracketed(c, expression);
            close(c, b')');
            node(inner.expr, start, c.at)
        }
        Some(b'[') => list(c),
        Some(b'{') => map(c),
        _ => {
            if let Some(number) = c.number() {
                return node(Expr::Number(number.to_string()), start, c.at);
            }
            match c.word(b"-") {
                Some("true") => node(Expr::Bool(true), start, c.at),
                Some("false") => node(Expr::Bool(false), start, c.at),
                Some("null") => node(Expr::Null, start, c.at),
                Some(name) => {
                    let name = name.to_string();
                    while c.eat("::") {
                        c.word(b"-");
                    }
                    if c.peek() == Some(b'(') { call(c, name, start) } else { node(Expr::Name(name), start, c.at) }
                }
                None => {
                    c.problem("an expression is missing");
                    node(Expr::Opaque("something that could not be read"), start, c.at)
                }
            }
        }
    }
}

fn bracketed<'a>(c: &mut Cursor<'a>, read: impl FnOnce(&mut Cursor<'a>) -> Node) -> Node {
    c.brackets += 1;
    c.space(true, true);
    let inner = read(c);
    c.space(true, true);
    c.brackets -= 1;
    inner
}

fn close(c: &mut Cursor<'_>, bracket: u8) {
    if c.peek() == Some(bracket) {
        c.at += 1;
    } else {
        c.problem(format!("a `{}` is missing", char::from(bracket)));
    }
}

fn call(c: &mut Cursor<'_>, name: String, start: usize) -> Node {
    c.at += 1;
    c.brackets += 1;
    let mut arguments = Vec::new();
    loop {
        c.space(true, true);
        if matches!(c.peek(), Some(b')') | None) {
            break;
        }
        let before = c.at;
        arguments.push(expression(c));
        c.space(true, true);
        c.eat("...");
        c.space(true, true);
        if !c.eat(",") && c.peek() != Some(b')') {
            c.problem("a call could not be read");
            if c.at == before {
                break;
            }
        }
    }
    c.brackets -= 1;
    close(c, b')');
    node(Expr::Call(name, arguments), start, c.at)
}

fn list(c: &mut Cursor<'_>) -> Node {
    let start = c.at;
    c.at += 1;
    c.brackets += 1;
    c.space(true, true);
    let out = if is_for(c) {
        for_each(c, b']')
    } else {
        let mut items = Vec::new();
        loop {
            c.space(true, true);
            if matches!(c.peek(), Some(b']') | None) {
                break;
            }
            let before = c.at;
            items.push(expression(c));
            c.space(true, true);
            if !c.eat(",") && c.peek() != Some(b']') {
                c.problem("a list could not be read");
                if c.at == before {
                    break;
                }
            }
        }
        Expr::List(items)
    };
    c.brackets -= 1;
    close(c, b']');
    node(out, start, c.at)
}

fn map(c: &mut Cursor<'_>) -> Node {
    let start = c.at;
    c.at += 1;
    // Inside braces a line break ends an entry.
    let brackets = std::mem::take(&mut c.brackets);
    c.space(true, true);
    let out = if is_for(c) {
        c.brackets = 1;
        for_each(c, b'}')
    } else {
        let mut entries = Vec::new();
        loop {
            c.space(true, true);
            if matches!(c.peek(), Some(b'}') | None) {
                break;
            }
            let before = c.at;
            let key = expression(c);
            c.space(false, true);
            if !(c.eat("=") || c.eat(":")) {
                c.problem("an entry of a map has no value");
                c.line_end();
                if c.at == before {
                    break;
                }
                continue;
            }
            let value = expression(c);
            entries.push((key, value));
            c.space(true, true);
            c.eat(",");
            if c.at == before {
                break;
            }
        }
        Expr::Map(entries)
    };
    c.brackets = brackets;
    close(c, b'}');
    node(out, start, c.at)
}

fn is_for(c: &Cursor<'_>) -> bool {
    c.looking_at("for") && c.peek_at(3).is_some_and(|byte| byte.is_ascii_whitespace())
}

/// `for k, v in all : key => value if condition`, the brackets around it already gone over.
fn for_each(c: &mut Cursor<'_>, end: u8) -> Expr {
    c.at += 3;
    let mut names = Vec::new();
    loop {
        c.space(true, true);
        match c.word(b"-") {
            Some("in") | None => break,
            Some(name) => names.push(name.to_string()),
        }
        c.space(true, true);
        c.eat(",");
    }
    let all = expression(c);
    c.space(true, true);
    c.eat(":");
    let first = expression(c);
    c.space(true, true);
    let (key, value) = if c.eat("=>") {
        let value = expression(c);
        c.space(true, true);
        c.eat("...");
        (Some(Box::new(first)), value)
    } else {
        (None, first)
    };
    c.space(true, true);
    let condition = (c.looking_at("if")).then(|| {
        c.at += 2;
        Box::new(expression(c))
    });
    c.space(true, true);
    if c.peek() != Some(end) {
        c.problem("a `for` could not be read");
    }
    Expr::For(names, Box::new(all), key, Box::new(value), condition)
}

/// An expression inside a template.
pub(super) fn inside(c: &mut Cursor<'_>) -> Node {
    let brackets = std::mem::replace(&mut c.brackets, 1);
    let inner = expression(c);
    c.space(true, true);
    c.brackets = brackets;
    inner
}
