//! TOML.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::comments;
use crate::limits::{Limits, TOO_DEEP, TOO_LONG, TOO_MANY};
use crate::node::{Document, Node, Pair, Problem, Span, Value};

/// Reads TOML.
pub fn toml(text: &str) -> Document {
    toml_within(text, &Limits::default())
}

/// Reads TOML within limits.
pub fn toml_within(text: &str, limits: &Limits) -> Document {
    let (read, whole) = limits.cut(text);
    let mut build = Build { text: read, limits, nodes: 0, scalars: Vec::new(), problems: Vec::new() };
    if !whole {
        build.problem(read.len(), TOO_LONG);
    }
    let (table, errors) = DeTable::parse_recoverable(read);
    for error in errors.into_iter().take(50) {
        build.problem(error.span().map_or(0, |span| span.start), error.message());
    }
    let span = Span { start: 0, end: read.len() };
    let root = Node { value: build.table(table.get_ref(), 1), span };
    let Build { scalars, problems, .. } = build;
    Document { root, problems, comments: comments::find(read, scalars) }
}

struct Build<'t> {
    text: &'t str,
    limits: &'t Limits,
    nodes: usize,
    scalars: Vec<Span>,
    problems: Vec<Problem>,
}

impl Build<'_> {
    fn problem(&mut self, at: usize, message: &str) {
        self.problems.push(Problem { at, message: message.to_string() });
    }

    fn enter(&mut self, at: usize, depth: usize) -> bool {
        self.nodes += 1;
        let message = match (self.nodes > self.limits.nodes, depth > self.limits.depth) {
            (true, _) => TOO_MANY,
            (_, true) => TOO_DEEP,
            _ => return true,
        };
        if !self.problems.iter().any(|problem| problem.message == message) {
            self.problem(at, message);
        }
        false
    }

    fn table(&mut self, table: &DeTable<'_>, depth: usize) -> Value {
        let mut pairs = Vec::new();
        for (key, value) in table {
            let key_span = span(key);
            self.scalars.push(key_span);
            if let Some(value) = self.node(value, depth + 1) {
                pairs.push(Pair { key: key.get_ref().to_string(), key_span, value });
            }
        }
        pairs.sort_by_key(|pair| pair.key_span);
        Value::Map(pairs)
    }

    fn node(&mut self, node: &Spanned<DeValue<'_>>, depth: usize) -> Option<Node> {
        let span = span(node);
        if !self.enter(span.start, depth) {
            return None;
        }
        let written = || self.text.get(span.start..span.end).unwrap_or_default().to_string();
        let value = match node.get_ref() {
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Integer(_) | DeValue::Float(_) => Value::Number(written()),
            DeValue::Boolean(value) => Value::Bool(*value),
            DeValue::Datetime(time) => Value::Text(time.to_string()),
            DeValue::Array(items) => {
                return Some(Node {
                    value: Value::List(items.iter().filter_map(|item| self.node(item, depth + 1)).collect()),
                    span,
                });
            }
            DeValue::Table(table) => return Some(Node { value: self.table(table, depth), span }),
        };
        self.scalars.push(span);
        Some(Node { value, span })
    }
}

fn span<T>(node: &Spanned<T>) -> Span {
    let range = node.span();
    Span { start: range.start, end: range.end }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_order_places_and_comments() {
        let text =
            "# top\nb = 0x1F # hex\n[mcp_servers.\"my server\"]\ncommand = \"n#x\"\nargs = [\n  'a', # first\n]\n";
        let document = toml(text);
        assert!(document.problems.is_empty(), "{:?}", document.problems);
        let command = document.root.path("mcp_servers.my server.command").unwrap();
        assert_eq!((command.as_str(), &text[command.span.start..command.span.end]), (Some("n#x"), "\"n#x\""));
        assert_eq!(document.root.get("b").and_then(Node::as_i64), Some(31));
        let comments: Vec<_> = document.comments.iter().map(|span| &text[span.start..span.end]).collect();
        assert_eq!(comments, ["# top", "# hex", "# first"]);
    }

    #[test]
    fn an_error_keeps_the_rest() {
        let document = toml("a = 1\nb = = 2\nc = 3\n");
        assert!(!document.problems.is_empty());
        assert_eq!(document.root.get("a").and_then(Node::as_i64), Some(1));
    }

    #[test]
    fn depth_is_bounded() {
        for text in [format!("a{} = 1", ".a".repeat(100_000)), format!("[a{}]", ".a".repeat(100_000))] {
            assert!(!toml(&text).problems.is_empty());
        }
        assert!(!toml(&format!("a = {}", "[".repeat(100_000))).problems.is_empty());
        assert!(!toml(&format!("a = {}", "{a=".repeat(100_000))).problems.is_empty());
    }

    #[test]
    fn nodes_are_bounded() {
        let limits = Limits { nodes: 10, ..Limits::default() };
        let document = toml_within(&format!("a = [{}]", "1,".repeat(1000)), &limits);
        assert_eq!(document.problems.iter().filter(|problem| problem.message == TOO_MANY).count(), 1);
    }
}
