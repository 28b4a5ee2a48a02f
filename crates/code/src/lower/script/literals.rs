//! JavaScript and TypeScript: texts, templates, objects, elements.

use tree_sitter::Node;

use super::super::{Lowering, children, expr};
use super::expressions::pseudo;
use super::text::unescaped;
use crate::ir::{Arg, Expr, ExprKind, Literal, Piece};

/// Keys of options that mean the same wherever they stand.
const OPTIONS: &[&str] = &[
    "rejectUnauthorized",
    "strictSSL",
    "insecure",
    "insecureSkipVerify",
    "allowInsecureConnection",
    "dangerouslyAllowBrowser",
    "minVersion",
    "secureProtocol",
    "threshold",
    "Access-Control-Allow-Origin",
];

impl Lowering<'_> {
    /// A tag gets the fixed texts as a list, then each value.
    pub(super) fn js_tagged(&mut self, node: Node) -> Vec<Arg> {
        let (mut texts, mut values) = (Vec::new(), Vec::new());
        let mut kind = self.js_template(node);
        if let ExprKind::Literal(Literal::Text(text)) = kind {
            kind = ExprKind::Template(vec![Piece::Text(text)]);
        }
        if let ExprKind::Template(pieces) = kind {
            for piece in pieces {
                match piece {
                    Piece::Text(text) => texts.push(expr(node, ExprKind::Literal(Literal::Text(text)))),
                    Piece::Expr(value) => values.push(value),
                }
            }
        }
        let texts = expr(node, ExprKind::List(texts));
        std::iter::once(texts).chain(values).map(|value| Arg { name: None, value }).collect()
    }

    pub(super) fn js_template(&mut self, node: Node) -> ExprKind {
        let mut pieces: Vec<Piece> = Vec::new();
        for part in children(node) {
            let text = match part.kind() {
                "string_fragment" => self.slice(part).to_owned(),
                "escape_sequence" => unescaped(self.slice(part)),
                _ => {
                    pieces.extend(self.js_first(part).map(Piece::Expr));
                    continue;
                }
            };
            match pieces.last_mut() {
                Some(Piece::Text(before)) => before.push_str(&text),
                _ => pieces.push(Piece::Text(text)),
            }
        }
        match pieces.as_slice() {
            [] => ExprKind::Literal(Literal::Text(String::new())),
            [Piece::Text(text)] => ExprKind::Literal(Literal::Text(text.clone())),
            _ => ExprKind::Template(pieces),
        }
    }

    /// A string, escapes decoded.
    pub(super) fn js_text(&self, node: Node) -> String {
        let mut text = String::new();
        let mut cursor = node.walk();
        for part in node.named_children(&mut cursor) {
            match part.kind() {
                "escape_sequence" => text.push_str(&unescaped(self.slice(part))),
                _ => text.push_str(self.slice(part)),
            }
        }
        text
    }

    pub(super) fn js_object(&mut self, node: Node) -> ExprKind {
        let mut entries = Vec::new();
        for part in children(node) {
            match part.kind() {
                "pair" => {
                    let key = self.js_field(part, "key");
                    let value = self.js_field(part, "value");
                    entries.push((key, self.js_option(part, value)));
                }
                "shorthand_property_identifier" => {
                    let key = expr(part, ExprKind::Literal(Literal::Text(self.slice(part).to_owned())));
                    entries.push((key, self.js_expr(part)));
                }
                "method_definition" => {
                    let key = self.js_field(part, "name");
                    let id = self.js_function(part, String::new(), Vec::new());
                    entries.push((key, expr(part, ExprKind::Lambda(id))));
                }
                _ => {
                    let value = self.js_expr(part);
                    entries.push((expr(part, ExprKind::Literal(Literal::Null)), value));
                }
            }
        }
        ExprKind::Map(entries)
    }

    /// The value of an entry whose key means the same in every library: a call that records can name.
    fn js_option(&self, pair: Node, value: Expr) -> Expr {
        let key = self.js_key(pair.child_by_field_name("key"));
        if OPTIONS.contains(&key.as_str()) { expr(pair, pseudo(pair, "option!", Some(key), value)) } else { value }
    }

    pub(super) fn js_element(&mut self, node: Node) -> ExprKind {
        let open = node.child_by_field_name("open_tag").unwrap_or(node);
        let name_node = open.child_by_field_name("name");
        let mut attributes = Vec::new();
        for part in children(open).into_iter().filter(|part| Some(*part) != name_node) {
            match part.kind() {
                "jsx_attribute" => {
                    let parts = children(part);
                    let name = parts.first().map(|name| self.slice(*name).to_owned()).unwrap_or_default();
                    let value = match parts.get(1) {
                        Some(value) => self.js_expr(*value),
                        None => expr(part, ExprKind::Literal(Literal::Bool(true))),
                    };
                    attributes.push((name, unwrapped(value)));
                }
                "jsx_expression" => {
                    let value = self.js_expr(part);
                    attributes.push((String::new(), unwrapped(value)));
                }
                _ => {}
            }
        }
        let inside = if open == node { Vec::new() } else { children(node) };
        let inside =
            inside.into_iter().filter(|part| !matches!(part.kind(), "jsx_opening_element" | "jsx_closing_element"));
        let children = inside.map(|part| self.js_expr(part)).collect();
        ExprKind::Element { name: self.owned(name_node), attributes, children }
    }
}

/// `{x}` of an attribute is `x`.
fn unwrapped(value: Expr) -> Expr {
    match value.kind {
        ExprKind::Same(inner) => *inner,
        _ => value,
    }
}
