//! Java: declarations.

mod accessors;
mod conventions;
mod expressions;
mod literals;
mod statements;

use tree_sitter::Node;

use super::{Lowering, child_of, children, expr, span, stmt};
use crate::ir::{Arg, Class, Expr, ExprKind, Field, Function, Import, Param, Stmt, StmtKind};

pub(super) fn file(low: &mut Lowering, root: Node) {
    let mut body = Vec::new();
    for node in children(root) {
        match node.kind() {
            "package_declaration" => {
                low.unit.package = children(node).last().map(|name| low.slice(*name).to_owned());
            }
            "import_declaration" => import(low, node),
            _ => low.statement(node, &mut body),
        }
    }
    if let Some(top) = low.unit.functions.first_mut() {
        top.body = body;
        top.span = span(root);
    }
}

fn import(low: &mut Lowering, node: Node) {
    let parts = children(node);
    let Some(path) = parts.first().map(|path| low.slice(*path)) else { return };
    let all = parts.iter().any(|part| part.kind() == "asterisk");
    let (module, name) = match path.rsplit_once('.') {
        Some((module, name)) if !all => (module, name),
        _ => (path, "*"),
    };
    low.unit.imports.push(Import {
        module: module.to_owned(),
        name: Some(name.to_owned()),
        local: name.to_owned(),
        span: span(node),
    });
}

impl Lowering<'_> {
    /// A class, interface, enum or record, or the body of an anonymous class (`bases` are then given).
    pub(super) fn class(&mut self, node: Node, body: Option<Node>, mut bases: Vec<String>) -> u32 {
        let id = u32::try_from(self.unit.classes.len()).unwrap_or(u32::MAX);
        self.unit.classes.push(Class::default());
        let decorators = self.annotations(node);
        for part in children(node) {
            match part.kind() {
                "superclass" => bases.extend(children(part).first().map(|base| self.slice(*base).to_owned())),
                "super_interfaces" | "extends_interfaces" => {
                    for list in children(part) {
                        bases.extend(children(list).iter().map(|base| self.slice(*base).to_owned()));
                    }
                }
                _ => {}
            }
        }
        if node.kind() == "enum_declaration" {
            bases.push("Enum".to_owned());
        }
        let mut class = Class {
            name: self.owned(node.child_by_field_name("name").filter(|_| node.kind() != "enum_constant")),
            bases,
            decorators,
            span: span(node),
            ..Class::default()
        };
        let outer = self.class.replace(id);
        let record = node.child_by_field_name("parameters").filter(|_| node.kind() == "record_declaration");
        let params = record.map(|list| self.parameters(list)).unwrap_or_default();
        for param in &params {
            class.fields.push(Field {
                name: param.name.clone(),
                of_type: param.of_type.clone(),
                value: None,
                decorators: param.decorators.clone(),
                span: param.span,
            });
        }
        if let Some(body) = body {
            self.deeper(|low| low.members(body, &mut class));
        }
        if record.is_some() {
            self.record(node, id, &params, &mut class);
        }
        self.lombok(node, id, &mut class);
        self.class = outer;
        if let Some(place) = self.unit.classes.get_mut(id as usize) {
            *place = class;
        }
        id
    }

    fn members(&mut self, body: Node, class: &mut Class) {
        for member in children(body) {
            match member.kind() {
                "method_declaration" | "constructor_declaration" | "compact_constructor_declaration" => {
                    let id = self.function(member, member.child_by_field_name("body"));
                    self.conventions(member, id, class);
                    class.methods.push(id);
                }
                "static_initializer" => {
                    let id = self.function(member, child_of(member, "block"));
                    class.methods.push(id);
                }
                // Initialisers of instances run like a constructor.
                "block" => class.methods.push(self.function(member, Some(member))),
                "field_declaration" | "constant_declaration" => self.fields(member, class),
                "enum_body_declarations" => {
                    self.deeper(|low| low.members(member, class));
                }
                "enum_constant" => {
                    let value = self.constant(member, &class.name);
                    class.fields.push(Field {
                        name: self.owned(member.child_by_field_name("name")),
                        of_type: Some(class.name.clone()),
                        value: Some(value),
                        decorators: Vec::new(),
                        span: span(member),
                    });
                }
                "annotation_type_element_declaration" => {}
                kind if kind.ends_with("_declaration") => {
                    self.class(member, member.child_by_field_name("body"), Vec::new());
                }
                // What is broken is read like an initialiser.
                "ERROR" => class.methods.push(self.function(member, Some(member))),
                _ => {}
            }
        }
    }

    /// An enum constant: an instance of its class, or of the class in its braces.
    fn constant(&mut self, member: Node, class: &str) -> Expr {
        let mut callee = expr(member, ExprKind::Name(class.to_owned()));
        let args = member.child_by_field_name("arguments").map(|args| self.arguments(args)).unwrap_or_default();
        if let Some(body) = member.child_by_field_name("body") {
            callee = self.anonymous(member, body, class.to_owned(), callee);
        }
        expr(member, ExprKind::Call { callee: Box::new(callee), args, is_new: true })
    }

    /// The anonymous class stands in front of the name of what it extends.
    pub(super) fn anonymous(&mut self, node: Node, body: Node, base: String, callee: Expr) -> Expr {
        let id = self.class(node, Some(body), vec![base]);
        let class = stmt(body, StmtKind::Class(id));
        let value = stmt(node, StmtKind::Yield(Some(callee)));
        expr(node, ExprKind::Block(vec![class, value]))
    }

    fn fields(&mut self, member: Node, class: &mut Class) {
        let of_type = self.type_of(member);
        let decorators = self.annotations(member);
        for declarator in children(member).into_iter().filter(|part| part.kind() == "variable_declarator") {
            let value = declarator.child_by_field_name("value").map(|value| self.expression(value));
            class.fields.push(Field {
                name: self.owned(declarator.child_by_field_name("name")),
                of_type: of_type.clone(),
                value,
                decorators: decorators.clone(),
                span: span(declarator),
            });
        }
    }

    /// A method, constructor, initialiser or lambda.
    pub(super) fn function(&mut self, node: Node, body: Option<Node>) -> u32 {
        let id = u32::try_from(self.unit.functions.len()).unwrap_or(u32::MAX);
        self.unit.functions.push(Function::default());
        let name = node.child_by_field_name("name");
        let modifiers = child_of(node, "modifiers").map(|list| self.slice(list)).unwrap_or_default();
        let word = |wanted: &str| modifiers.split_whitespace().any(|word| word == wanted);
        let mut function = Function {
            name: self.owned(name),
            class: self.class,
            parent: Some(self.function),
            decorators: self.annotations(node),
            span: span(node),
            name_span: span(name.unwrap_or(node)),
            exported: word("public"),
            is_static: word("static") || node.kind() == "static_initializer",
            ..Function::default()
        };
        if let Some(list) = node.child_by_field_name("parameters") {
            function.params = self.parameters(list);
        }
        let outer = std::mem::replace(&mut self.function, id);
        match body {
            Some(body) if self.is_opaque(body) => function.is_opaque = true,
            Some(body) if matches!(body.kind(), "block" | "constructor_body" | "ERROR") => {
                function.body = self.block(body);
            }
            Some(body) => {
                let value = self.expression(body);
                function.body = vec![stmt(body, StmtKind::Return(Some(value)))];
            }
            // A method that others implement gives whatever it is given.
            None => {
                let given = function.params.iter().map(|param| expr(node, ExprKind::Name(param.name.clone())));
                let value = expr(node, ExprKind::Other(given.collect()));
                function.body = vec![stmt(node, StmtKind::Return(Some(value)))];
            }
        }
        self.function = outer;
        if let Some(place) = self.unit.functions.get_mut(id as usize) {
            *place = function;
        }
        id
    }

    /// The type of a declaration as written; `var` is none.
    pub(super) fn type_of(&self, node: Node) -> Option<String> {
        node.child_by_field_name("type").map(|of| self.slice(of)).filter(|of| *of != "var").map(str::to_owned)
    }

    fn parameters(&mut self, list: Node) -> Vec<Param> {
        // `x -> …` has the name itself in place of a list.
        if list.kind() == "identifier" {
            return vec![Param { name: self.slice(list).to_owned(), span: span(list), ..Param::default() }];
        }
        let mut params = Vec::new();
        for node in children(list) {
            let declarator = child_of(node, "variable_declarator");
            let name = match node.kind() {
                "identifier" => Some(node),
                "formal_parameter" => node.child_by_field_name("name"),
                "spread_parameter" => declarator.and_then(|d| d.child_by_field_name("name")),
                _ => continue,
            };
            let of_type = node.child_by_field_name("type").or_else(|| {
                children(node).into_iter().find(|part| !matches!(part.kind(), "modifiers" | "variable_declarator"))
            });
            params.push(Param {
                name: self.owned(name),
                of_type: of_type.map(|t| self.slice(t).to_owned()),
                decorators: self.annotations(node),
                is_rest: node.kind() == "spread_parameter",
                span: span(node),
                ..Param::default()
            });
        }
        params
    }

    fn annotations(&mut self, node: Node) -> Vec<Expr> {
        let mut found = Vec::new();
        for mark in child_of(node, "modifiers").map(children).unwrap_or_default() {
            let Some(name) = mark.child_by_field_name("name") else { continue };
            let callee = self.expression(name);
            let Some(list) = mark.child_by_field_name("arguments") else {
                found.push(callee);
                continue;
            };
            let mut args = Vec::new();
            for part in children(list) {
                let key = part.child_by_field_name("key").filter(|_| part.kind() == "element_value_pair");
                let value = part.child_by_field_name("value").filter(|_| key.is_some()).unwrap_or(part);
                args.push(Arg { name: key.map(|key| self.slice(key).to_owned()), value: self.expression(value) });
            }
            found.push(expr(mark, ExprKind::Call { callee: Box::new(callee), args, is_new: false }));
        }
        found
    }

    /// The statements of a block.
    pub(super) fn block(&mut self, node: Node) -> Vec<Stmt> {
        let mut body = Vec::new();
        for part in children(node) {
            self.statement(part, &mut body);
        }
        body
    }
}
