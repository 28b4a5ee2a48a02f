//! Text of Terraform with expressions in it.

use super::expression;
use crate::cursor::Cursor;
use crate::expr::{Expr, Node};

struct Parts {
    nodes: Vec<Node>,
    text: String,
    from: usize,
}

impl Parts {
    fn flush(&mut self, end: usize) {
        if !self.text.is_empty() {
            let text = std::mem::take(&mut self.text);
            self.nodes.push(Node { expr: Expr::Text(text), start: self.from, end });
        }
    }

    fn finish(mut self, start: usize, end: usize) -> Node {
        self.flush(end);
        let expr = match (self.nodes.len(), self.nodes.first()) {
            (0, _) => Expr::Text(String::new()),
            (1, Some(Node { expr: Expr::Text(text), .. })) => Expr::Text(text.clone()),
            _ => Expr::Template(self.nodes),
        };
        Node { expr, start, end }
    }
}

/// `"text ${expression}"`
pub(super) fn quoted(c: &mut Cursor<'_>) -> Node {
    let start = c.at;
    c.at += 1;
    let mut parts = Parts { nodes: Vec::new(), text: String::new(), from: c.at };
    loop {
        match c.peek() {
            Some(b'"') => {
                c.at += 1;
                break;
            }
            None | Some(b'\n') => {
                c.problem("a text is not closed");
                break;
            }
            Some(b'\\') => {
                c.at += 1;
                let escaped = c.rest().chars().next();
                c.bump();
                match escaped {
                    Some('n') => parts.text.push('\n'),
                    Some('t') => parts.text.push('\t'),
                    Some('r') => parts.text.push('\r'),
                    Some('u') => unicode(c, &mut parts.text, 4),
                    Some('U') => unicode(c, &mut parts.text, 8),
                    Some(other) => parts.text.push(other),
                    None => {}
                }
            }
            _ => one(c, &mut parts),
        }
    }
    parts.finish(start, c.at)
}

fn unicode(c: &mut Cursor<'_>, text: &mut String, digits: usize) {
    let code = c.text.get(c.at..c.at + digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    if let Some(found) = code.and_then(char::from_u32) {
        text.push(found);
        c.at += digits;
    }
}

/// One character, or one `${…}`.
fn one(c: &mut Cursor<'_>, parts: &mut Parts) {
    if c.looking_at("$${") || c.looking_at("%%{") {
        parts.text.push_str(c.slice(c.at + 1, c.at + 3));
        c.at += 3;
        return;
    }
    if c.looking_at("${") || c.looking_at("%{") {
        let start = c.at;
        let directive = c.peek() == Some(b'%');
        parts.flush(start);
        c.at += 2;
        c.eat("~");
        let node = if directive {
            c.at = c.rest().find('}').map_or(c.text.len(), |length| c.at + length);
            Node { expr: Expr::Opaque("a template directive"), start, end: c.at }
        } else {
            expression::inside(c)
        };
        c.eat("~");
        if !c.eat("}") {
            c.problem("a `${` is not closed");
        }
        parts.nodes.push(node);
        parts.from = c.at;
        return;
    }
    if let Some(found) = c.rest().chars().next() {
        parts.text.push(found);
        c.at += found.len_utf8();
    }
}

/// `<<EOT` or `<<-EOT` to the line with the word.
pub(super) fn heredoc(c: &mut Cursor<'_>) -> Node {
    let start = c.at;
    c.at += 2;
    let indented = c.eat("-");
    let Some(word) = c.word(b"-") else {
        c.problem("a heredoc has no name");
        return Node { expr: Expr::Opaque("a heredoc without a name"), start, end: c.at };
    };
    c.line_end();
    c.eat("\n");
    let mut end = c.at;
    let mut close = c.text.len();
    let mut indent = usize::MAX;
    for line in c.rest().split_inclusive('\n') {
        if line.trim() == word {
            close = end + line.trim_end().len();
            break;
        }
        if !line.trim().is_empty() {
            indent = indent.min(line.len() - line.trim_start().len());
        }
        end += line.len();
    }
    let mut parts = Parts { nodes: Vec::new(), text: String::new(), from: c.at };
    let mut line_start = true;
    while c.at < end {
        if line_start && indented {
            for _ in 0..indent {
                if matches!(c.peek(), Some(b' ' | b'\t')) {
                    c.at += 1;
                }
            }
        }
        line_start = c.peek() == Some(b'\n');
        if c.at < end {
            one(c, &mut parts);
        }
    }
    c.at = c.at.max(close);
    parts.finish(start, c.at)
}
