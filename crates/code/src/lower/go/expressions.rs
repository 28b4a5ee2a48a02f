//! Go: expressions.

use tree_sitter::Node;

use super::Go;
use crate::ir::{Arg, Expr, ExprKind, Literal, Piece, UnaryOp};
use crate::lower::operators::{binary_op, chain};
use crate::lower::{children, expr, link_span, page};

/// Links of one chain of calls and fields.
const LONGEST_BUILDER: usize = 400;
impl Go<'_, '_> {
    /// The value of `node`; cut with a note when it is nested too deeply.
    pub(super) fn expression(&mut self, node: Node) -> Expr {
        let kind = self.deeper(|go| go.expression_here(node)).unwrap_or(ExprKind::Other(Vec::new()));
        match node.kind() {
            "call_expression" => Expr { kind, span: link_span(node, "function", "field") },
            _ => expr(node, kind),
        }
    }

    fn boxed(&mut self, node: Node, name: &str) -> Box<Expr> {
        Box::new(match node.child_by_field_name(name) {
            Some(value) => self.expression(value),
            None => Self::missing(node),
        })
    }

    fn all(&mut self, node: Node) -> Vec<Expr> {
        children(node).into_iter().map(|part| self.expression(part)).collect()
    }

    fn expression_here(&mut self, node: Node) -> ExprKind {
        match node.kind() {
            "identifier" | "type_identifier" | "field_identifier" | "package_identifier" | "blank_identifier"
            | "iota" => ExprKind::Name(self.text(node)),
            "interpreted_string_literal" | "raw_string_literal" => {
                ExprKind::Literal(Literal::Text(self.text_literal(node)))
            }
            "rune_literal" => {
                let inner = self.low.slice(node).trim_matches('\'');
                let text = if inner.starts_with('\\') { unescape(inner) } else { inner.to_owned() };
                ExprKind::Literal(Literal::Text(text))
            }
            "int_literal" | "float_literal" | "imaginary_literal" => {
                ExprKind::Literal(Literal::Number(self.low.slice(node).replace('_', "")))
            }
            "true" => ExprKind::Literal(Literal::Bool(true)),
            "false" => ExprKind::Literal(Literal::Bool(false)),
            "nil" => ExprKind::Literal(Literal::Null),
            "parenthesized_expression" | "literal_element" => match children(node).first() {
                Some(inner) => ExprKind::Same(Box::new(self.expression(*inner))),
                None => ExprKind::Other(Vec::new()),
            },
            // One value is itself; several are what a function returns or an assignment takes.
            "expression_list" => match children(node).as_slice() {
                [only] => self.expression_here(*only),
                _ => ExprKind::List(self.all(node)),
            },
            "binary_expression" => {
                let kind = self.binary(node);
                page(node, kind)
            }
            "unary_expression" => {
                let operand = self.boxed(node, "operand");
                match node.child_by_field_name("operator").map(|op| self.low.slice(op)) {
                    Some("!") => ExprKind::Unary { op: UnaryOp::Not, operand },
                    Some("-") => ExprKind::Unary { op: UnaryOp::Neg, operand },
                    Some("^") => ExprKind::Unary { op: UnaryOp::BitNot, operand },
                    // `&x`, `*x`, `<-x`.
                    _ => ExprKind::Same(operand),
                }
            }
            "call_expression" | "selector_expression" => self.chain(node),
            "variadic_argument" => match children(node).first() {
                Some(inner) => ExprKind::Spread(Box::new(self.expression(*inner))),
                None => ExprKind::Other(Vec::new()),
            },
            "qualified_type" => match self.low.slice(node).split_once('.') {
                Some((package, name)) => {
                    let object = Box::new(expr(node, ExprKind::Name(package.to_owned())));
                    ExprKind::Member { object, name: name.to_owned() }
                }
                None => ExprKind::Name(self.text(node)),
            },
            "index_expression" => {
                ExprKind::Index { object: self.boxed(node, "operand"), index: self.boxed(node, "index") }
            }
            "slice_expression" => {
                let bounds = ["start", "end", "capacity"];
                let parts = bounds.into_iter().filter_map(|bound| node.child_by_field_name(bound));
                let parts = parts.collect::<Vec<_>>().into_iter().map(|part| self.expression(part)).collect();
                let index = Box::new(expr(node, ExprKind::Other(parts)));
                ExprKind::Index { object: self.boxed(node, "operand"), index }
            }
            "type_assertion_expression" | "type_conversion_expression" => {
                let of_type = self.low.owned(node.child_by_field_name("type"));
                ExprKind::Cast(self.boxed(node, "operand"), of_type)
            }
            // The type stays with the value: `tls.Config{…}` is a map that is a `tls.Config`.
            "composite_literal" => {
                let of_type = self.low.owned(node.child_by_field_name("type"));
                let fields = !of_type.starts_with("map[") && !of_type.starts_with('[');
                let value = node.child_by_field_name("body").map(|body| (body, self.literal_value(body, fields)));
                match value {
                    // A map has no type of its own that says more.
                    Some((_, map @ ExprKind::Map(_))) if of_type.starts_with("map[") => map,
                    Some(_) if of_type.starts_with("map[") => ExprKind::Map(Vec::new()),
                    Some(_) if super::is_buffer(&of_type) => self.buffer(node.child_by_field_name("type")),
                    Some((body, ExprKind::List(items))) if fields && items.is_empty() => {
                        ExprKind::Cast(Box::new(expr(body, ExprKind::Map(Vec::new()))), of_type)
                    }
                    Some((body, kind)) => ExprKind::Cast(Box::new(expr(body, kind)), of_type),
                    None => ExprKind::Other(Vec::new()),
                }
            }
            // Inside of another literal the type is left out: names in front of colons are taken for fields.
            "literal_value" => self.literal_value(node, true),
            "func_literal" => ExprKind::Lambda(self.function(node)),
            "ERROR" => ExprKind::Other(self.all(node)),
            kind if kind.ends_with("_type") => ExprKind::Name(self.text(node)),
            _ => ExprKind::Other(self.all(node)),
        }
    }

    /// `a.B(c).D(e)…`: builders make chains of any length, so they are walked, not recursed into.
    fn chain(&mut self, node: Node) -> ExprKind {
        let mut spine = Vec::new();
        let mut at = node;
        loop {
            let inner = match at.kind() {
                "call_expression" => at.child_by_field_name("function"),
                "selector_expression" => at.child_by_field_name("operand"),
                _ => break,
            };
            spine.push(at);
            match inner {
                Some(inner) => at = inner,
                None => break,
            }
        }
        let cut = spine.len().saturating_sub(LONGEST_BUILDER);
        if cut > 0 {
            self.low.problem("nested too deeply, cut");
        }
        let mut value = if cut == 0 { self.expression(at) } else { Self::missing(at) };
        for link in spine.into_iter().rev().skip(cut) {
            let kind = if link.kind() == "selector_expression" {
                let name = self.low.owned(link.child_by_field_name("field"));
                ExprKind::Member { object: Box::new(value), name }
            } else {
                self.call(link, value)
            };
            value = Expr { kind, span: link_span(link, "function", "field") };
        }
        value.kind
    }

    fn call(&mut self, node: Node, callee: Expr) -> ExprKind {
        let list = node.child_by_field_name("arguments").map(children).unwrap_or_default();
        if let (ExprKind::Name(name), Some(first)) = (&callee.kind, list.first())
            && let Some(made) = self.made(name, *first, list.get(1).copied())
        {
            return made;
        }
        let mut args: Vec<Arg> =
            list.into_iter().map(|value| Arg { name: None, value: self.expression(value) }).collect();
        if let ExprKind::Member { object, name } = &callee.kind
            && matches!(&object.kind, ExprKind::Name(package) if package == "fmt")
            && name == "Sprintf"
            && let Some(ExprKind::Literal(Literal::Text(text))) = args.first().map(|first| &first.value.kind)
        {
            let text = text.clone();
            return page(node, ExprKind::Template(pieces(&text, args.drain(1..).map(|arg| arg.value))));
        }
        // `f[int](x)` is a call of `f`.
        let callee = match callee.kind {
            ExprKind::Index { object, index } if matches!(&index.kind, ExprKind::Name(name) if is_type(name)) => object,
            kind => Box::new(Expr { kind, span: callee.span }),
        };
        ExprKind::Call { callee, args, is_new: false }
    }

    pub(super) fn buffer(&mut self, of_type: Option<Node>) -> ExprKind {
        let Some(of_type) = of_type else { return ExprKind::Other(Vec::new()) };
        let callee = Box::new(self.expression(of_type));
        ExprKind::Call { callee, args: Vec::new(), is_new: false }
    }

    /// `make(map[K]V)`, `make([]T, 0)` and `new(T)` are empty values of their type.
    fn made(&mut self, name: &str, of_type: Node, length: Option<Node>) -> Option<ExprKind> {
        let empty = match (name, of_type.kind()) {
            ("make", "map_type") => return Some(ExprKind::Map(Vec::new())),
            ("make", "slice_type") if length.is_none_or(|length| self.low.slice(length) == "0") => {
                ExprKind::List(Vec::new())
            }
            ("new", _) if super::is_buffer(self.low.slice(of_type)) => return Some(self.buffer(Some(of_type))),
            ("new", _) => ExprKind::Map(Vec::new()),
            _ => return None,
        };
        Some(ExprKind::Cast(Box::new(expr(of_type, empty)), self.text(of_type)))
    }

    fn literal_value(&mut self, node: Node, fields: bool) -> ExprKind {
        let parts = children(node);
        if !parts.iter().any(|part| part.kind() == "keyed_element") {
            return ExprKind::List(parts.into_iter().map(|part| self.element(part)).collect());
        }
        let mut entries = Vec::new();
        for part in parts.into_iter().filter(|part| part.kind() == "keyed_element") {
            let Some(key) = part.child_by_field_name("key") else { continue };
            let named = fields && children(key).first().is_some_and(|inner| inner.kind() == "identifier");
            let key =
                if named { expr(key, ExprKind::Literal(Literal::Text(self.text(key)))) } else { self.element(key) };
            let value = part.child_by_field_name("value").map(|value| self.element(value));
            entries.push((key, value.unwrap_or_else(|| Self::missing(part))));
        }
        ExprKind::Map(entries)
    }

    fn element(&mut self, node: Node) -> Expr {
        match children(node).first() {
            Some(inner) if node.kind() == "literal_element" => self.expression(*inner),
            _ => self.expression(node),
        }
    }

    fn binary(&mut self, node: Node) -> ExprKind {
        let text = self.low.text;
        let op = |op: Node| binary_op(text.get(op.byte_range())?);
        chain(node, op, &mut |term| self.expression(term))
    }

    fn text_literal(&self, node: Node) -> String {
        let mut text = String::new();
        for part in children(node) {
            match part.kind() {
                "escape_sequence" => text.push_str(&unescape(self.low.slice(part))),
                _ => text.push_str(self.low.slice(part)),
            }
        }
        text
    }
}

fn unescape(written: &str) -> String {
    let body = written.strip_prefix('\\').unwrap_or(written);
    let code = match body {
        "n" => Some(10),
        "t" => Some(9),
        "r" => Some(13),
        "a" => Some(7),
        "b" => Some(8),
        "f" => Some(12),
        "v" => Some(11),
        _ => match body.strip_prefix(['x', 'u', 'U']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok(),
            None => u32::from_str_radix(body, 8).ok(),
        },
    };
    code.and_then(char::from_u32).map_or_else(|| body.to_owned(), String::from)
}

/// The pieces of a format text; arguments that it does not name stay at the end, so that nothing is lost.
fn pieces(text: &str, mut values: impl Iterator<Item = Expr>) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut fixed = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' || chars.next_if_eq(&'%').is_some() {
            fixed.push(c);
            continue;
        }
        // Flags, width and precision end at the verb.
        let verb = chars.by_ref().find(|c| c.is_alphabetic());
        if let Some(value) = verb.and_then(|_| values.next()) {
            if !fixed.is_empty() {
                out.push(Piece::Text(std::mem::take(&mut fixed)));
            }
            // A number stays one.
            let number = matches!(verb, Some('d' | 'f' | 'F' | 'g' | 'e' | 't' | 'b' | 'o' | 'c' | 'U'));
            let span = value.span;
            out.push(Piece::Expr(if number {
                Expr { kind: ExprKind::Cast(Box::new(value), "int".to_owned()), span }
            } else {
                value
            }));
        }
    }
    if !fixed.is_empty() {
        out.push(Piece::Text(fixed));
    }
    out.extend(values.map(Piece::Expr));
    out
}

/// Whether a name in brackets can only be a type argument.
fn is_type(name: &str) -> bool {
    let basic = ["string", "bool", "byte", "rune", "any", "error", "float32", "float64"];
    basic.contains(&name) || name.trim_start_matches('u').starts_with("int")
}
