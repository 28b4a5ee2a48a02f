//! Java: expressions.

use tree_sitter::Node;

use super::conventions::called;
use super::literals::number;
use super::{Lowering, child_of, children, expr, stmt};
use crate::ir::{Arg, BinaryOp, Expr, ExprKind, Literal, UnaryOp};
use crate::lower::again::again;
use crate::lower::operators::{LONGEST_CHAIN, binary_op, chain};

impl Lowering<'_> {
    /// The value of `node`; cut with a note when it is nested too deeply.
    pub(in crate::lower) fn expression(&mut self, node: Node) -> Expr {
        let kind = self.deeper(|low| low.expression_here(node));
        expr(node, kind.unwrap_or(ExprKind::Other(Vec::new())))
    }

    fn boxed(&mut self, node: Node, name: &str) -> Box<Expr> {
        Box::new(match node.child_by_field_name(name) {
            Some(value) => self.expression(value),
            None => expr(node, ExprKind::Other(Vec::new())),
        })
    }

    fn all(&mut self, node: Node) -> Vec<Expr> {
        children(node).into_iter().map(|part| self.expression(part)).collect()
    }

    pub(super) fn arguments(&mut self, node: Node) -> Vec<Arg> {
        self.all(node).into_iter().map(|value| Arg { name: None, value }).collect()
    }

    fn named(&self, node: Option<Node>) -> String {
        self.owned(node)
    }

    fn expression_here(&mut self, node: Node) -> ExprKind {
        match node.kind() {
            "identifier" | "type_identifier" | "this" | "super" => ExprKind::Name(self.slice(node).to_owned()),
            "scoped_type_identifier" | "scoped_identifier" => self.path(node),
            // What is created or named of a generic type is the type.
            "generic_type" => match children(node).first() {
                Some(base) => self.expression_here(*base),
                None => ExprKind::Other(Vec::new()),
            },
            "string_literal" => self.text(node),
            "template_expression" => self.template(node),
            "character_literal" => self.character(node),
            "true" => ExprKind::Literal(Literal::Bool(true)),
            "false" => ExprKind::Literal(Literal::Bool(false)),
            "null_literal" => ExprKind::Literal(Literal::Null),
            kind if kind.ends_with("_integer_literal") || kind.ends_with("_floating_point_literal") => {
                ExprKind::Literal(Literal::Number(number(self.slice(node))))
            }
            "parenthesized_expression" => match children(node).first() {
                Some(inner) => ExprKind::Same(Box::new(self.expression(*inner))),
                None => ExprKind::Other(Vec::new()),
            },
            "binary_expression" => self.binary(node),
            "instanceof_expression" => self.instance_of(node),
            "unary_expression" => {
                let operand = self.boxed(node, "operand");
                let op = node.child_by_field_name("operator").map(|op| self.slice(op));
                match op {
                    Some("!") => ExprKind::Unary { op: UnaryOp::Not, operand },
                    Some("-") => ExprKind::Unary { op: UnaryOp::Neg, operand },
                    Some("~") => ExprKind::Unary { op: UnaryOp::BitNot, operand },
                    _ => ExprKind::Same(operand),
                }
            }
            "update_expression" => self.update(node),
            "assignment_expression" => {
                let (target, right) = (self.boxed(node, "left"), self.boxed(node, "right"));
                match self.operator(node) {
                    Some(op) => {
                        let value = ExprKind::Binary { op, left: Box::new(again(&target)), right };
                        ExprKind::Assign(target, Box::new(expr(node, value)))
                    }
                    None => ExprKind::Assign(target, right),
                }
            }
            "ternary_expression" => ExprKind::Conditional {
                cond: self.boxed(node, "condition"),
                then: self.boxed(node, "consequence"),
                other: self.boxed(node, "alternative"),
            },
            "lambda_expression" if self.accepts_everything(node) => called(node, "accept_everything", Vec::new()).kind,
            "lambda_expression" => ExprKind::Lambda(self.function(node, node.child_by_field_name("body"))),
            "method_invocation" => self.invocation(node),
            "explicit_constructor_invocation" => {
                let callee = self.boxed(node, "constructor");
                let args = node.child_by_field_name("arguments").map(|args| self.arguments(args)).unwrap_or_default();
                ExprKind::Call { callee, args, is_new: false }
            }
            "object_creation_expression" => self.creation(node),
            "field_access" => ExprKind::Member {
                object: self.boxed(node, "object"),
                name: self.named(node.child_by_field_name("field")),
            },
            "method_reference" => self.reference(node),
            "class_literal" => match children(node).first() {
                Some(class) => {
                    let object = Box::new(self.expression(*class));
                    ExprKind::Member { object, name: "class".to_owned() }
                }
                None => ExprKind::Other(Vec::new()),
            },
            "array_access" => ExprKind::Index { object: self.boxed(node, "array"), index: self.boxed(node, "index") },
            "array_initializer" | "element_value_array_initializer" => ExprKind::List(self.all(node)),
            "array_creation_expression" => match node.child_by_field_name("value") {
                Some(value) => self.expression_here(value),
                None => ExprKind::List(Vec::new()),
            },
            "cast_expression" => {
                let of_type = self.named(node.child_by_field_name("type"));
                ExprKind::Cast(self.boxed(node, "value"), of_type)
            }
            "switch_expression" => {
                let kind = self.switch(node);
                ExprKind::Block(vec![stmt(node, kind)])
            }
            "block" => ExprKind::Block(self.block(node)),
            _ => ExprKind::Other(self.all(node)),
        }
    }

    fn path(&mut self, node: Node) -> ExprKind {
        let mut parts = self.slice(node).split('.').map(str::trim);
        let first = ExprKind::Name(parts.next().unwrap_or_default().to_owned());
        parts.take(LONGEST_CHAIN).fold(first, |object, name| ExprKind::Member {
            object: Box::new(expr(node, object)),
            name: name.to_owned(),
        })
    }

    /// `x instanceof T t` binds `t` to `x`, a record pattern binds the names in it to parts of `x`.
    fn instance_of(&mut self, node: Node) -> ExprKind {
        let left = self.boxed(node, "left");
        let pattern = node.child_by_field_name("pattern");
        let target = match (node.child_by_field_name("name"), pattern) {
            (Some(name), _) => Some(self.expression(name)),
            (None, Some(pattern)) => {
                let names = self.bound(pattern).into_iter().map(|name| expr(pattern, ExprKind::Name(name)));
                Some(expr(pattern, ExprKind::List(names.collect())))
            }
            (None, None) => None,
        };
        let right = match pattern.and_then(|pattern| children(pattern).into_iter().next()) {
            Some(of_type) => Box::new(self.expression(of_type)),
            None => self.boxed(node, "right"),
        };
        let left = match target {
            Some(target) => Box::new(expr(node, ExprKind::Assign(Box::new(target), left))),
            None => left,
        };
        ExprKind::Binary { op: BinaryOp::InstanceOf, left, right }
    }

    fn reference(&mut self, node: Node) -> ExprKind {
        let parts = children(node);
        let makes = self.slice(node).trim_end().ends_with("new");
        let name = match parts.last() {
            Some(last) if parts.len() > 1 && !makes => self.slice(*last).to_owned(),
            _ if makes => "new".to_owned(),
            _ => return ExprKind::Other(self.all(node)),
        };
        match parts.first() {
            Some(object) => ExprKind::Member { object: Box::new(self.expression(*object)), name },
            None => ExprKind::Other(Vec::new()),
        }
    }

    /// `STR."…"`: the text with its values; other processors are called with it.
    fn template(&mut self, node: Node) -> ExprKind {
        let text = self.boxed(node, "template_argument");
        match node.child_by_field_name("template_processor") {
            Some(processor) if !matches!(self.slice(processor), "STR" | "RAW" | "FMT") => {
                let object = Box::new(self.expression(processor));
                let callee = Box::new(expr(processor, ExprKind::Member { object, name: "process".to_owned() }));
                ExprKind::Call { callee, args: vec![Arg { name: None, value: *text }], is_new: false }
            }
            _ => text.kind,
        }
    }

    fn update(&mut self, node: Node) -> ExprKind {
        let op = if self.slice(node).contains("++") { BinaryOp::Add } else { BinaryOp::Sub };
        let Some(operand) = children(node).into_iter().next() else { return ExprKind::Other(Vec::new()) };
        let target = Box::new(self.expression(operand));
        let one = expr(node, ExprKind::Literal(Literal::Number("1".to_owned())));
        let before = node.child(0).is_some_and(|first| first.is_named());
        let value = ExprKind::Binary { op, left: Box::new(again(&target)), right: Box::new(one.clone()) };
        let changed = ExprKind::Assign(target, Box::new(expr(node, value)));
        if !before {
            return changed;
        }
        // `i++` is what `i` was before.
        let back = if op == BinaryOp::Add { BinaryOp::Sub } else { BinaryOp::Add };
        ExprKind::Binary { op: back, left: Box::new(expr(node, changed)), right: Box::new(one) }
    }

    fn binary(&mut self, node: Node) -> ExprKind {
        let text = self.text;
        let op = |op: Node| binary_op(text.get(op.byte_range())?);
        chain(node, op, &mut |term| self.expression(term))
    }

    /// The operator of a compound assignment.
    pub(super) fn operator(&self, node: Node) -> Option<BinaryOp> {
        let written = self.slice(node.child_by_field_name("operator")?);
        binary_op(written.strip_suffix('=')?)
    }

    /// Chains of calls (builders) lean to the left as well.
    fn invocation(&mut self, node: Node) -> ExprKind {
        let mut spine = vec![node];
        let mut at = node.child_by_field_name("object");
        while let Some(object) = at.filter(|object| object.kind() == "method_invocation") {
            spine.push(object);
            at = object.child_by_field_name("object");
        }
        let mut value = at.map(|object| self.expression(object));
        let long = spine.len() > LONGEST_CHAIN;
        let mut flat = Vec::new();
        for link in spine.into_iter().rev() {
            let name_node = link.child_by_field_name("name").unwrap_or(link);
            let name = self.slice(name_node).to_owned();
            let args = link.child_by_field_name("arguments").map(|args| self.arguments(args)).unwrap_or_default();
            if long {
                flat.extend(value.take());
                flat.extend(args.into_iter().map(|arg| arg.value));
                continue;
            }
            let callee = match value.take() {
                Some(object) => {
                    let mut callee = expr(name_node, ExprKind::Member { object: Box::new(object), name });
                    callee.span.start = super::span(link).start;
                    callee
                }
                None => expr(name_node, ExprKind::Name(name)),
            };
            value = Some(expr(link, ExprKind::Call { callee: Box::new(callee), args, is_new: false }));
        }
        match value {
            Some(value) if !long => value.kind,
            _ => ExprKind::Other(flat),
        }
    }

    fn creation(&mut self, node: Node) -> ExprKind {
        let mut callee = self.boxed(node, "type");
        let args = node.child_by_field_name("arguments").map(|args| self.arguments(args)).unwrap_or_default();
        if let Some(body) = child_of(node, "class_body") {
            let base = self.named(node.child_by_field_name("type"));
            *callee = self.anonymous(node, body, base, *callee);
        }
        ExprKind::Call { callee, args, is_new: true }
    }
}
