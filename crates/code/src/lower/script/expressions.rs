//! JavaScript and TypeScript: expressions.

use tree_sitter::Node;

use super::super::{Lowering, child_of, children, expr, span, stmt};
use super::text::{binary_op, number};
use crate::ir::{Arg, BinaryOp, Expr, ExprKind, Literal, StmtKind, UnaryOp};
use crate::lower::again::again;
use crate::lower::operators::{LONGEST_CHAIN, chain};

/// Words of names of keys that must not be public.
const PAID: &[&str] = &[
    "OPENAI",
    "ANTHROPIC",
    "CLAUDE",
    "GEMINI",
    "MISTRAL",
    "COHERE",
    "GROQ",
    "HUGGINGFACE",
    "HF",
    "REPLICATE",
    "DEEPSEEK",
    "OPENROUTER",
    "TOGETHER",
    "PERPLEXITY",
    "PINECONE",
    "AI",
    "LLM",
    "SECRET",
    "PRIVATE",
    "ROLE",
];

impl Lowering<'_> {
    /// The value of `node`; cut with a note when it is nested too deeply.
    pub(super) fn js_expr(&mut self, node: Node) -> Expr {
        let kind = self.deeper(|low| low.js_expr_here(node));
        expr(node, kind.unwrap_or(ExprKind::Other(Vec::new())))
    }

    pub(super) fn js_field(&mut self, node: Node, name: &str) -> Expr {
        match node.child_by_field_name(name) {
            Some(value) => self.js_expr(value),
            None => expr(node, ExprKind::Other(Vec::new())),
        }
    }

    fn js_boxed(&mut self, node: Node, name: &str) -> Box<Expr> {
        Box::new(self.js_field(node, name))
    }

    pub(super) fn js_all(&mut self, node: Node) -> Vec<Expr> {
        children(node).into_iter().map(|part| self.js_expr(part)).collect()
    }

    pub(super) fn js_first(&mut self, node: Node) -> Option<Expr> {
        children(node).first().map(|inner| self.js_expr(*inner))
    }

    /// The expression that a node stands around.
    fn js_inner(&mut self, node: Node) -> ExprKind {
        match self.js_first(node) {
            Some(inner) => ExprKind::Same(Box::new(inner)),
            None => ExprKind::Other(Vec::new()),
        }
    }

    fn js_expr_here(&mut self, node: Node) -> ExprKind {
        match node.kind() {
            "undefined" | "null" => ExprKind::Literal(Literal::Null),
            "identifier"
            | "this"
            | "super"
            | "import"
            | "meta_property"
            | "shorthand_property_identifier"
            | "private_property_identifier"
            | "type_identifier" => ExprKind::Name(self.slice(node).to_owned()),
            "nested_identifier" | "nested_type_identifier" => self.js_dotted(node),
            "string" => ExprKind::Literal(Literal::Text(self.js_text(node))),
            "property_identifier" => ExprKind::Literal(Literal::Text(self.slice(node).to_owned())),
            "number" => ExprKind::Literal(Literal::Number(number(self.slice(node)))),
            "true" => ExprKind::Literal(Literal::Bool(true)),
            "false" => ExprKind::Literal(Literal::Bool(false)),
            "regex" => ExprKind::Literal(Literal::Regex(self.owned(node.child_by_field_name("pattern")))),
            "template_string" => self.js_template(node),
            "parenthesized_expression"
            | "await_expression"
            | "non_null_expression"
            | "computed_property_name"
            | "jsx_expression"
            | "instantiation_expression" => self.js_inner(node),
            "spread_element" | "rest_pattern" => match self.js_first(node) {
                Some(inner) => ExprKind::Spread(Box::new(inner)),
                None => ExprKind::Other(Vec::new()),
            },
            "sequence_expression" => self.js_sequence(node),
            "as_expression" | "satisfies_expression" => self.js_cast(node, false),
            "type_assertion" => self.js_cast(node, true),
            "binary_expression" => self.js_binary(node),
            "unary_expression" => self.js_unary(node),
            "update_expression" => self.js_update(node),
            "assignment_expression" => self.js_assigned(node, None),
            "augmented_assignment_expression" => {
                let op = self.js_operator(node);
                self.js_assigned(node, op)
            }
            "ternary_expression" => ExprKind::Conditional {
                cond: self.js_boxed(node, "condition"),
                then: self.js_boxed(node, "consequence"),
                other: self.js_boxed(node, "alternative"),
            },
            "member_expression" | "subscript_expression" | "call_expression" => self.js_chain(node),
            "new_expression" => {
                let mut callee = self.js_boxed(node, "constructor");
                // What records should not have to look for by a name that nearly every file has.
                if matches!(&callee.kind, ExprKind::Name(name) if name == "Buffer") {
                    callee.kind = ExprKind::Name("new_buffer!".to_owned());
                }
                let args = node.child_by_field_name("arguments").map(|args| self.js_args(args)).unwrap_or_default();
                ExprKind::Call { callee, args, is_new: true }
            }
            "arrow_function" | "function_expression" | "function" | "generator_function" => {
                ExprKind::Lambda(self.js_function(node, String::new(), Vec::new()))
            }
            "class" => {
                let id = self.js_class(node, Vec::new());
                let name = self.unit.classes.get(id as usize).map(|class| class.name.clone()).unwrap_or_default();
                let value = stmt(node, StmtKind::Yield(Some(expr(node, ExprKind::Name(name)))));
                ExprKind::Block(vec![stmt(node, StmtKind::Class(id)), value])
            }
            "array" => ExprKind::List(self.js_all(node)),
            "object" => self.js_object(node),
            "yield_expression" => ExprKind::Other(self.js_all(node)),
            "jsx_element" | "jsx_self_closing_element" | "jsx_fragment" => self.js_element(node),
            "jsx_text" => ExprKind::Literal(Literal::Text(self.slice(node).to_owned())),
            // Types say nothing about where data goes.
            "type_annotation" | "type_arguments" | "type_parameters" | "predefined_type" => ExprKind::Other(Vec::new()),
            _ => ExprKind::Other(self.js_all(node)),
        }
    }

    fn js_dotted(&mut self, node: Node) -> ExprKind {
        let mut parts = self.slice(node).split('.').map(str::trim);
        let first = ExprKind::Name(parts.next().unwrap_or_default().to_owned());
        parts.take(LONGEST_CHAIN).fold(first, |object, name| ExprKind::Member {
            object: Box::new(expr(node, object)),
            name: name.to_owned(),
        })
    }

    /// `a, b, c`: all run, the last is the value.
    fn js_sequence(&mut self, node: Node) -> ExprKind {
        let mut parts = self.js_all(node);
        let Some(last) = parts.pop() else { return ExprKind::Other(Vec::new()) };
        let effects = parts.into_iter().map(|part| crate::ir::Stmt { span: part.span, kind: StmtKind::Expr(part) });
        let mut body: Vec<_> = effects.collect();
        body.push(crate::ir::Stmt { span: last.span, kind: StmtKind::Yield(Some(last)) });
        ExprKind::Block(body)
    }

    fn js_cast(&mut self, node: Node, type_first: bool) -> ExprKind {
        let parts = children(node);
        let (value, of_type) = match (parts.first(), parts.last()) {
            (Some(first), Some(last)) if type_first && parts.len() > 1 => (*last, Some(*first)),
            (Some(first), Some(last)) => (*first, Some(*last).filter(|_| parts.len() > 1)),
            _ => return ExprKind::Other(Vec::new()),
        };
        let value = Box::new(self.js_expr(value));
        // `as const` and `as any` change nothing.
        match of_type.map(|of_type| self.slice(of_type).trim_matches(['<', '>', ' '])) {
            None | Some("const" | "any" | "unknown") => ExprKind::Same(value),
            Some(of_type) => ExprKind::Cast(value, of_type.to_owned()),
        }
    }

    fn js_unary(&mut self, node: Node) -> ExprKind {
        let operand = self.js_boxed(node, "argument");
        let written = node.child_by_field_name("operator").map(|op| self.slice(op)).unwrap_or_default();
        match written {
            "!" => ExprKind::Unary { op: UnaryOp::Not, operand },
            "-" => ExprKind::Unary { op: UnaryOp::Neg, operand },
            "~" => ExprKind::Unary { op: UnaryOp::BitNot, operand },
            // `+x` is a number, `typeof x` one of a few words, `void x` nothing.
            "+" | "typeof" => {
                let name = if written == "+" { "Number" } else { "typeof" };
                let callee = Box::new(expr(node, ExprKind::Name(name.to_owned())));
                ExprKind::Call { callee, args: vec![Arg { name: None, value: *operand }], is_new: false }
            }
            _ => ExprKind::Other(vec![*operand]),
        }
    }

    fn js_update(&mut self, node: Node) -> ExprKind {
        let op = if self.slice(node).contains("++") { BinaryOp::Add } else { BinaryOp::Sub };
        let target = self.js_boxed(node, "argument");
        let one = expr(node, ExprKind::Literal(Literal::Number("1".to_owned())));
        let value = ExprKind::Binary { op, left: Box::new(again(&target)), right: Box::new(one) };
        ExprKind::Assign(target, Box::new(expr(node, value)))
    }

    fn js_assigned(&mut self, node: Node, op: Option<BinaryOp>) -> ExprKind {
        let Some(left) = node.child_by_field_name("left") else { return ExprKind::Other(self.js_all(node)) };
        if matches!(left.kind(), "object_pattern" | "array_pattern") {
            let mut body = Vec::new();
            let value = self.js_field(node, "right");
            let whole = self.js_destructure(left, value, &mut body);
            body.push(stmt(node, StmtKind::Yield(Some(whole))));
            return ExprKind::Block(body);
        }
        let (target, right) = (Box::new(self.js_expr(left)), self.js_boxed(node, "right"));
        match op {
            Some(op) => {
                let value = ExprKind::Binary { op, left: Box::new(again(&target)), right };
                ExprKind::Assign(target, Box::new(expr(node, value)))
            }
            None => ExprKind::Assign(target, right),
        }
    }

    /// The operator of a compound assignment.
    pub(super) fn js_operator(&self, node: Node) -> Option<BinaryOp> {
        binary_op(self.slice(node.child_by_field_name("operator")?).strip_suffix('=')?)
    }

    fn js_binary(&mut self, node: Node) -> ExprKind {
        let text = self.text;
        let op = |op: Node| binary_op(text.get(op.byte_range())?);
        chain(node, op, &mut |term| self.js_expr(term))
    }

    /// Members, elements and calls lean to the left as well (`a.b().then(…).then(…)`).
    fn js_chain(&mut self, node: Node) -> ExprKind {
        let mut spine = Vec::new();
        let mut at = Some(node);
        while let Some(link) = at {
            let field = match link.kind() {
                "member_expression" | "subscript_expression" => "object",
                "call_expression" => "function",
                _ => break,
            };
            if self.js_module_of(link).is_some() {
                break;
            }
            spine.push(link);
            at = link.child_by_field_name(field);
        }
        let Some(root) = at else { return ExprKind::Other(Vec::new()) };
        let called = spine.last().filter(|link| link.kind() == "call_expression");
        let dynamic = matches!(root.kind(), "identifier" | "import")
            && called.is_some()
            && matches!(self.slice(root), "require" | "import");
        let mut value = match self.js_module_of(root) {
            Some(module) => self.js_module(root, &module),
            None if dynamic => expr(root, ExprKind::Name("dynamic_require!".to_owned())),
            None => self.js_expr(root),
        };
        if spine.len() > 2 * LONGEST_CHAIN {
            let mut flat = vec![value];
            for link in spine.into_iter().rev() {
                let args = link.child_by_field_name("arguments").map(|args| self.js_args(args)).unwrap_or_default();
                flat.extend(args.into_iter().map(|arg| arg.value));
            }
            return ExprKind::Other(flat);
        }
        for link in spine.into_iter().rev() {
            value = expr(link, self.js_link(link, value));
        }
        value.kind
    }

    fn js_link(&mut self, link: Node, value: Expr) -> ExprKind {
        match link.kind() {
            "member_expression" => {
                let name = self.owned(link.child_by_field_name("property"));
                let public = is_public_key(&name);
                let member = ExprKind::Member { object: Box::new(value), name };
                if public { pseudo(link, "public_key!", None, expr(link, member)) } else { member }
            }
            "subscript_expression" => ExprKind::Index { object: Box::new(value), index: self.js_boxed(link, "index") },
            _ => {
                let args = match link.child_by_field_name("arguments") {
                    Some(tagged) if tagged.kind() == "template_string" => self.js_tagged(tagged),
                    Some(args) => self.js_args(args),
                    None => Vec::new(),
                };
                ExprKind::Call { callee: Box::new(value), args, is_new: false }
            }
        }
    }

    pub(super) fn js_args(&mut self, node: Node) -> Vec<Arg> {
        self.js_all(node).into_iter().map(|value| Arg { name: None, value }).collect()
    }

    /// The module that `require('x')` or `import('x')` names.
    pub(super) fn js_module_of(&self, node: Node) -> Option<String> {
        if node.kind() != "call_expression" {
            return None;
        }
        let function = node.child_by_field_name("function")?;
        if !matches!(self.slice(function), "require" | "import") {
            return None;
        }
        let first = children(node.child_by_field_name("arguments")?).into_iter().next()?;
        matches!(first.kind(), "string" | "template_string").then_some(())?;
        if child_of(first, "template_substitution").is_some() {
            return None;
        }
        let module = self.js_text(first);
        (!module.is_empty()).then(|| super::text::module(&module))
    }

    /// A module as a value: a hidden name that is imported.
    fn js_module(&mut self, node: Node, module: &str) -> Expr {
        let local = format!("require('{module}')");
        if !self.unit.imports.iter().any(|import| import.local == local) {
            self.unit.imports.push(crate::ir::Import {
                module: module.to_owned(),
                name: None,
                local: local.clone(),
                span: span(node),
            });
        }
        expr(node, ExprKind::Name(local))
    }
}

/// A call that stands in no source: `name(value)`, `name.member(value)`.
pub(super) fn pseudo(at: Node, name: &str, member: Option<String>, value: Expr) -> ExprKind {
    let mut callee = expr(at, ExprKind::Name(name.to_owned()));
    if let Some(name) = member {
        callee = expr(at, ExprKind::Member { object: Box::new(callee), name });
    }
    ExprKind::Call { callee: Box::new(callee), args: vec![Arg { name: None, value }], is_new: false }
}

/// A variable that a build copies into pages, with the key of a service that bills by use.
fn is_public_key(name: &str) -> bool {
    let public = ["NEXT_PUBLIC_", "VITE_", "EXPO_PUBLIC_", "REACT_APP_", "NUXT_PUBLIC_", "GATSBY_", "PUBLIC_"];
    let Some(rest) = public.iter().find_map(|prefix| name.strip_prefix(prefix)) else { return false };
    let parts: Vec<&str> = rest.split('_').collect();
    let secret = parts.iter().any(|part| matches!(*part, "KEY" | "TOKEN" | "SECRET" | "APIKEY"));
    secret && parts.iter().any(|part| PAID.contains(part))
}
