//! Graphs in protobuf's text format (`saved_model.pbtxt`, `graph.pbtxt`): the operations by name.

use redan_domain::ReadAt;

use super::{CUSTOM_OP, EXTENSION_OP, FILE_WRITE, INPUT_PIPELINE, RUNS_CODE, ops};
use crate::head::Head;
use crate::readers::{Match, Reader};
use crate::walk::Cx;
use redan_domain::Fact;

/// Larger graphs in text are not written by anything.
const MAX_TEXT: usize = 64 << 20;

pub(crate) struct GraphText;

impl Reader for GraphText {
    fn format(&self) -> &'static str {
        "tensorflow-graph-text"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        if !head.is_text() {
            return Match::No;
        }
        let text = String::from_utf8_lossy(head.bytes);
        let has = |word: &str| tokens(&text).any(|token| token == Token::Word(word));
        let is_graph = has("node") && has("op") && (has("attr") || has("input") || has("versions"));
        let named = matches!(head.extension().as_str(), "pbtxt" | "pbtext")
            && (has("meta_graphs") || has("graph_def") || (has("node") && has("op")));
        if (is_graph || named) && text.contains('{') && !text.trim_start().starts_with(['{', '#', '"', '<']) {
            Match::Yes
        } else {
            Match::No
        }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        if input.size() > MAX_TEXT as u64 {
            cx.over_budget("size of a graph in text format");
        }
        let Ok(bytes) = input.read_vec_at(0, MAX_TEXT) else { return cx.incomplete("the text could not be read") };
        let text = String::from_utf8_lossy(&bytes);
        let functions = functions(&text);
        let mut before = [Token::Sign(' '), Token::Sign(' ')];
        let mut nodes = 0u64;
        let mut reported = std::collections::HashSet::new();
        for token in tokens(&text) {
            if let (Token::Text(op, at), [Token::Word("op"), Token::Sign(':')]) = (&token, &before) {
                nodes += 1;
                if !functions.contains(op.as_str()) && reported.len() < 1000 && reported.insert(op.clone()) {
                    operation(op, *at, &text, cx);
                }
            }
            if let Token::Text(value, at) = &token
                && value.starts_with("file://")
            {
                let message = format!("the graph names the file `{value}` as a place to write to");
                cx.fact(Fact::new(FILE_WRITE, value, message).at(*at as u64, value.len() as u64));
            }
            let [_, last] = before;
            before = [last, token];
        }
        cx.artifact.contents.meta("nodes", &nodes.to_string());
    }
}

/// Names of the functions in the library: `signature { name: "…" }`.
fn functions(text: &str) -> std::collections::HashSet<String> {
    let mut out = std::collections::HashSet::new();
    let mut last_word = "";
    let mut in_signature = false;
    for token in tokens(text) {
        match token {
            Token::Word(word) => {
                in_signature |= word == "signature";
                last_word = word;
            }
            Token::Text(name, _) if in_signature && last_word == "name" => {
                out.insert(name);
                in_signature = false;
            }
            _ => {}
        }
    }
    out
}

fn operation(op: &str, at: usize, text: &str, cx: &mut Cx<'_>) {
    let (kind, does) = if let Some((kind, does)) = ops::effect(op) {
        (kind, does)
    } else if ops::reads_input(op) {
        (INPUT_PIPELINE, "reads files as input")
    } else if ops::is_known(op) {
        return;
    } else if ops::sounds_like_execution(op) {
        (RUNS_CODE, "is no operation of TensorFlow, and its name says that it runs something")
    } else if ops::is_extension(op) {
        (EXTENSION_OP, "comes from an extension of TensorFlow that has to be installed")
    } else {
        (CUSTOM_OP, "is no operation of TensorFlow: native code has to be loaded for it")
    };
    if !cx.has_room(kind) {
        return;
    }
    let (line, column) = crate::text::line_column(text, at);
    let fact = Fact::new(kind, op, format!("the operation `{op}` {does}"));
    cx.fact(fact.at(at as u64, op.len() as u64).line(line, column).excerpt(crate::text::excerpt(
        text,
        at,
        op.len(),
        does,
    )));
}

#[derive(Debug, Clone, PartialEq)]
enum Token<'a> {
    Word(&'a str),
    /// The content of a quoted text with its offset.
    Text(String, usize),
    Sign(char),
}

/// Words, quoted texts and signs; comments are left out.
fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = text.get(at..)?;
            let c = rest.chars().next()?;
            if c.is_whitespace() {
                at += c.len_utf8();
            } else if c == '#' {
                at += rest.find('\n').unwrap_or(rest.len());
            } else if c == '"' || c == '\'' {
                let (value, len) = quoted(rest, c);
                let start = at + 1;
                at += len;
                return Some(Token::Text(value, start));
            } else if c.is_ascii_alphanumeric() || c == '_' {
                let len = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
                at += len;
                return Some(Token::Word(rest.get(..len)?));
            } else {
                at += c.len_utf8();
                return Some(Token::Sign(c));
            }
        }
    })
}

/// A quoted text and how many bytes it takes, quotes included. Octal and hex escapes are read.
fn quoted(rest: &str, quote: char) -> (String, usize) {
    let mut out = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == quote {
            return (out, at + 1);
        }
        if c != '\\' {
            out.push(c);
            continue;
        }
        let Some((_, escaped)) = chars.next() else { break };
        let radix = match escaped {
            '0'..='7' => 8,
            'x' | 'X' => 16,
            _ => {
                out.push(if escaped == 'n' { '\n' } else { escaped });
                continue;
            }
        };
        let mut value = escaped.to_digit(8).unwrap_or(0);
        let mut left = 2;
        while let (true, Some(digit)) = (left > 0, chars.peek().and_then(|(_, c)| c.to_digit(radix))) {
            value = value * radix + digit;
            left -= 1;
            chars.next();
        }
        out.push(char::from_u32(value & 0xff).unwrap_or('\u{fffd}'));
    }
    (out, rest.len())
}
