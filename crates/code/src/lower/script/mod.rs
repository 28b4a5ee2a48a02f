//! JavaScript and TypeScript: files, functions, parameters.

mod classes;
mod expressions;
mod literals;
mod modules;
mod patterns;
mod statements;
mod text;

use tree_sitter::Node;

use super::{Lowering, child_of, children, expr, span, stmt};
use crate::ir::{ClassId, Expr, ExprKind, Function, FunctionId, Param, Stmt, StmtKind};

/// The top level of a file.
pub(super) fn file(low: &mut Lowering, root: Node) {
    let body = low.js_block(root);
    if let Some(top) = low.unit.functions.first_mut() {
        top.body = body;
        top.span = span(root);
        top.exported = true;
    }
    let names = low.js_exported_names(root);
    let server = low.js_starts_with(root, "use server");
    for function in low.unit.functions.iter_mut().skip(1) {
        let top_level = function.parent == Some(0) && function.class.is_none() && !function.name.is_empty();
        function.exported |= top_level && names.contains(&function.name);
        if !top_level || !function.exported {
            continue;
        }
        let at = function.name_span;
        let word = |name: &str| Expr { kind: ExprKind::Name(name.to_owned()), span: at };
        let name = ExprKind::Member { object: Box::new(word("export")), name: function.name.clone() };
        function.decorators.push(Expr { kind: name, span: at });
        if server {
            function.decorators.push(word("use_server"));
        }
    }
}

/// Whether a node is a function without a name of its own that counts.
fn is_function(node: Node) -> bool {
    matches!(node.kind(), "arrow_function" | "function_expression" | "function" | "generator_function")
}

impl Lowering<'_> {
    /// A function that is a value, a declaration, or a method of no class.
    fn js_function(&mut self, node: Node, name: String, decorators: Vec<Expr>) -> FunctionId {
        self.js_method(node, name, decorators, None)
    }

    fn js_method(&mut self, node: Node, name: String, decorators: Vec<Expr>, class: Option<ClassId>) -> FunctionId {
        let id = FunctionId::try_from(self.unit.functions.len()).unwrap_or(FunctionId::MAX);
        let name_span = node.child_by_field_name("name").map_or_else(|| span(node), span);
        let function = Function {
            name,
            class,
            parent: Some(self.function),
            decorators,
            span: span(node),
            name_span,
            ..Function::default()
        };
        self.unit.functions.push(function);
        let outer = std::mem::replace(&mut self.function, id);
        let (params, mut body) = self.js_params(node, class);
        let inner = node.child_by_field_name("body");
        let is_opaque = inner.is_some_and(|block| self.is_opaque(block));
        match inner {
            Some(_) if is_opaque => {}
            Some(block) if block.kind() == "statement_block" => {
                body.extend(self.deeper(|low| low.js_block(block)).unwrap_or_default());
            }
            Some(value) => {
                let value = self.js_expr(value);
                body.push(stmt(node, StmtKind::Return(Some(value))));
            }
            None => {}
        }
        self.function = outer;
        let server = inner.is_some_and(|block| self.js_starts_with(block, "use server"));
        if let Some(function) = self.unit.functions.get_mut(id as usize) {
            function.params = params;
            function.is_opaque = is_opaque;
            function.body = body;
            if server {
                function.decorators.push(expr(node, ExprKind::Name("use_server".to_owned())));
            }
        }
        id
    }

    /// Parameters, and what stands in front of the body for them: what patterns bind, fields of the class.
    fn js_params(&mut self, node: Node, class: Option<ClassId>) -> (Vec<Param>, Vec<Stmt>) {
        let (mut params, mut body) = (Vec::new(), Vec::new());
        if let Some(only) = node.child_by_field_name("parameter") {
            params.push(Param { name: self.slice(only).to_owned(), span: span(only), ..Param::default() });
        }
        for part in node.child_by_field_name("parameters").map(children).unwrap_or_default() {
            let mut param = Param { span: span(part), ..Param::default() };
            param.of_type = self.js_type(part);
            param.decorators = self.js_decorators(part);
            let mut pattern =
                part.child_by_field_name("pattern").or_else(|| part.child_by_field_name("name")).unwrap_or(part);
            let mut default = part.child_by_field_name("value");
            if pattern.kind() == "assignment_pattern" {
                default = pattern.child_by_field_name("right");
                pattern = pattern.child_by_field_name("left").unwrap_or(pattern);
            }
            if pattern.kind() == "rest_pattern" {
                param.is_rest = true;
                pattern = children(pattern).into_iter().next().unwrap_or(pattern);
            }
            param.default = default.map(|value| self.js_expr(value));
            match pattern.kind() {
                "this" => continue,
                "object_pattern" | "array_pattern" => {
                    param.name = patterns::hidden(pattern);
                    let whole = expr(pattern, ExprKind::Name(param.name.clone()));
                    self.js_bind(pattern, whole, None, &mut body);
                }
                _ => self.slice(pattern).clone_into(&mut param.name),
            }
            if child_of(part, "accessibility_modifier").is_some() || self.slice(part).starts_with("readonly ") {
                self.js_parameter_field(&param, class, part, &mut body);
            }
            params.push(param);
        }
        (params, body)
    }

    /// `constructor(private db: Db)`: a field, and its assignment.
    fn js_parameter_field(&mut self, param: &Param, class: Option<ClassId>, part: Node, body: &mut Vec<Stmt>) {
        let Some(class) = class.and_then(|id| self.unit.classes.get_mut(id as usize)) else { return };
        class.fields.push(crate::ir::Field {
            name: param.name.clone(),
            of_type: param.of_type.clone(),
            value: None,
            decorators: param.decorators.clone(),
            span: param.span,
        });
        let this = Box::new(expr(part, ExprKind::Name("this".to_owned())));
        let target = expr(part, ExprKind::Member { object: this, name: param.name.clone() });
        let value = expr(part, ExprKind::Name(param.name.clone()));
        body.push(stmt(part, StmtKind::Assign { targets: vec![target], op: None, value, of_type: None }));
    }

    /// The type that a node is annotated with, without `null` and `undefined`.
    fn js_type(&self, node: Node) -> Option<String> {
        let annotation = node.child_by_field_name("type")?;
        let written = self.slice(annotation).trim_start_matches([':', ' ']);
        let parts: Vec<&str> = written.split('|').map(str::trim).collect();
        if let [only] =
            parts.iter().filter(|part| !matches!(**part, "null" | "undefined")).collect::<Vec<_>>().as_slice()
        {
            return Some((**only).to_owned());
        }
        (!written.is_empty()).then(|| written.to_owned())
    }

    fn js_decorators(&mut self, node: Node) -> Vec<Expr> {
        let mut cursor = node.walk();
        let found: Vec<Node> = node.children_by_field_name("decorator", &mut cursor).collect();
        found.into_iter().filter_map(|decorator| self.js_decorator(decorator)).collect()
    }

    fn js_decorator(&mut self, decorator: Node) -> Option<Expr> {
        decorator.named_child(0).map(|value| self.js_expr(value))
    }

    /// Whether a block begins with this directive.
    fn js_starts_with(&self, block: Node, directive: &str) -> bool {
        let first = children(block).into_iter().find(|part| part.kind() != "hash_bang_line");
        first.is_some_and(|first| {
            first.kind() == "expression_statement" && self.slice(first).trim_matches(['"', '\'', ';']) == directive
        })
    }
}
