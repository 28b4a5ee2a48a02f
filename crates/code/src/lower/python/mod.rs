//! Python: definitions, imports, parameters.
//!
//! Well formed source, which is nearly all there is, is read [directly](direct); what is left goes by the syntax tree.
//! Both give the same form, and what they make of their parts is shared in [`shape`].

pub(super) mod direct;
mod expressions;
mod fields;
mod shape;
mod statements;

use tree_sitter::Node;

use self::fields::Parts;
use super::{Lowering, child_of, children, expr, span, stmt};
use crate::ir::{Class, Expr, ExprKind, Function, Import, Literal, Param, Stmt, StmtKind};

/// The top level of a file.
pub(super) fn file(cx: &mut Lowering<'_>, root: Node<'_>) {
    let body = cx.py_block(root);
    let whole = span(root);
    let top = Function { body, span: whole, exported: true, ..Function::default() };
    if let Some(first) = cx.unit.functions.first_mut() {
        *first = top;
    }
}

impl Lowering<'_> {
    /// A definition with its decorators.
    fn py_decorated(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let decorators: Vec<Expr> = children(node)
            .into_iter()
            .filter(|child| child.kind() == "decorator")
            .filter_map(|child| child.named_child(0))
            .map(|child| self.py_expr(child))
            .collect();
        match node.field("definition") {
            Some(inner) if inner.kind() == "class_definition" => self.py_class(inner, decorators, out),
            Some(inner) => {
                let id = self.py_function(inner, decorators);
                out.push(stmt(node, StmtKind::Function(id)));
            }
            None => {}
        }
    }

    fn py_function(&mut self, node: Node<'_>, decorators: Vec<Expr>) -> u32 {
        let name = node.field("name");
        let params = node.field("parameters").map(|list| self.py_params(list)).unwrap_or_default();
        let opened = self.py_open(self.owned(name), name.map(span).unwrap_or_default(), params, decorators);
        let body = node.field("body");
        let doc = body.and_then(|body| self.py_doc(body));
        let read = body.filter(|body| !self.is_opaque(*body));
        let is_opaque = body.is_some() && read.is_none();
        let stmts = read.and_then(|body| self.deeper(|cx| cx.py_block(body))).unwrap_or_default();
        self.py_close(opened, Function { body: stmts, is_opaque, doc, span: span(node), ..Function::default() })
    }

    /// A lambda: its one `return`.
    fn py_lambda(&mut self, node: Node<'_>) -> u32 {
        let params = node.field("parameters").map(|list| self.py_params(list)).unwrap_or_default();
        let id = self.unit.functions.len() as u32;
        let function = Function { parent: Some(self.function), params, span: span(node), ..Function::default() };
        self.unit.functions.push(function);
        let outer = std::mem::replace(&mut self.function, id);
        let value = node.field("body").map(|body| self.py_expr(body));
        self.function = outer;
        if let Some(function) = self.unit.functions.get_mut(id as usize) {
            function.body = vec![stmt(node, StmtKind::Return(value))];
        }
        id
    }

    fn py_params(&mut self, list: Node<'_>) -> Vec<Param> {
        let mut params = Vec::new();
        for child in children(list) {
            let mut param = Param { span: span(child), ..Param::default() };
            let typed = child.field("type").map(|of_type| self.slice(of_type).to_owned());
            let named = child.field("name").or_else(|| child.named_child(0)).unwrap_or(child);
            let pattern = if child.kind() == "identifier" { child } else { named };
            match (child.kind(), pattern.kind()) {
                ("list_splat_pattern", _) | (_, "list_splat_pattern") => param.is_rest = true,
                ("dictionary_splat_pattern", _) | (_, "dictionary_splat_pattern") => param.is_named_rest = true,
                ("identifier" | "default_parameter" | "typed_parameter" | "typed_default_parameter", _) => {}
                _ => continue,
            }
            self.slice(pattern).trim_start_matches('*').trim().clone_into(&mut param.name);
            param.of_type = typed;
            param.default = child.field("value").map(|value| self.py_expr(value));
            params.push(param);
        }
        params
    }

    fn py_class(&mut self, node: Node<'_>, decorators: Vec<Expr>, out: &mut Vec<Stmt>) {
        let id = self.unit.classes.len() as u32;
        let bases = node.field("superclasses").map(children).unwrap_or_default();
        let bases = bases.iter().filter(|base| base.kind() != "keyword_argument");
        let class = Class {
            name: self.owned(node.field("name")),
            bases: bases.map(|base| self.slice(*base).to_owned()).collect(),
            decorators,
            span: span(node),
            ..Class::default()
        };
        self.unit.classes.push(class);
        let Some(body) = node.field("body") else { return };
        let outer = self.class.replace(id);
        let stmts = self.deeper(|cx| cx.py_block(body)).unwrap_or_default();
        let doc = self.py_doc(body);
        self.class = outer;
        let (methods, fields, others) = shape::members(stmts);
        if let Some(class) = self.unit.classes.get_mut(id as usize) {
            (class.methods, class.fields, class.doc) = (methods, fields, doc);
        }
        out.push(stmt(node, StmtKind::Class(id)));
        out.extend(others);
    }

    /// The docstring of a block.
    fn py_doc(&mut self, body: Node<'_>) -> Option<(String, crate::ir::Span)> {
        let first = children(body).into_iter().next().filter(|first| first.kind() == "expression_statement")?;
        let text = first.named_child(0).filter(|text| text.kind() == "string")?;
        // What is put together is no docstring.
        if self.slice(text).split(['"', '\'']).next().is_some_and(|letters| letters.contains(['f', 'F'])) {
            return None;
        }
        match self.py_expr(text).kind {
            ExprKind::Literal(Literal::Text(doc)) => Some((doc, span(text))),
            _ => None,
        }
    }

    fn py_import(&mut self, node: Node<'_>) {
        let from = node.field("module_name").map(|module| self.slice(module).replace(' ', ""));
        let mut cursor = node.walk();
        let names: Vec<Node<'_>> = node.children_by_field_name("name", &mut cursor).collect();
        for name in names {
            let (path, alias) = match name.kind() {
                "aliased_import" => (self.owned(name.field("name")), Some(self.owned(name.field("alias")))),
                _ => (self.slice(name).to_owned(), None),
            };
            self.py_imported(from.as_deref(), path, alias, span(name));
        }
        if let (Some(module), Some(all)) = (from, child_of(node, "wildcard_import")) {
            let star = || "*".to_owned();
            self.unit.imports.push(Import { module, name: Some(star()), local: star(), span: span(all) });
        }
    }

    fn py_nothing(node: Node<'_>) -> Expr {
        expr(node, ExprKind::Literal(Literal::Null))
    }
}
