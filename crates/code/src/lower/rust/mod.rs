//! Rust: declarations.

mod expressions;
mod macros;
mod names;
mod patterns;
mod statements;

use std::collections::HashSet;

use tree_sitter::{Node, Parser};

use super::{Lowering, children, expr, span, stmt};
use crate::ir::{Arg, Class, Expr, ExprKind, Field, Function, Literal, Param, Stmt, StmtKind};

pub(super) fn file(low: &mut Lowering, root: Node) {
    let spare = low.text.len().saturating_mul(4) + 100_000;
    let mut rust = Rust {
        low: &mut *low,
        parser: None,
        spare,
        this: None,
        in_unsafe: false,
        pointers: HashSet::new(),
        texts: HashSet::new(),
        goal: (Vec::new(), None),
        methods: Vec::new(),
    };
    let body = rust.statements(root, Tail::Effect);
    rust.attach();
    if let Some(top) = low.unit.functions.first_mut() {
        top.body = body;
        top.span = span(root);
    }
}

/// Types by which web frameworks and tool servers hand over what a caller sent.
const EXTRACTORS: &[&str] = &[
    "Query",
    "Path",
    "Json",
    "Form",
    "Data",
    "State",
    "Extension",
    "Parameters",
    "Header",
    "TypedHeader",
    "Multipart",
    "MultipartForm",
    "LambdaEvent",
    "Valid",
    "Msgpack",
    "Cbor",
    "Xml",
    "Yaml",
];

/// What becomes of the last expression of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tail {
    /// It is what the function gives.
    Return,
    /// It is what the block gives.
    Value,
    /// It is assigned to [`Rust::goal`].
    Assign,
    /// Nobody takes it.
    Effect,
}

/// The lowering of one Rust file.
struct Rust<'l, 't> {
    low: &'l mut Lowering<'t>,
    /// Arguments of macros are tokens; they are parsed when they look like expressions.
    parser: Option<Parser>,
    /// Bytes of macros that may still be parsed, so that nested ones cost no square.
    spare: usize,
    /// What `Self` stands for.
    this: Option<String>,
    /// Inside of `unsafe { … }`.
    in_unsafe: bool,
    /// Names that are raw pointers.
    pointers: HashSet<String>,
    /// Names that are texts or paths which are put together.
    texts: HashSet<String>,
    /// What `let x = match … { … }` assigns to in every arm, and its type as written.
    goal: (Vec<Expr>, Option<String>),
    /// Methods stand outside of their type: name of the type, its trait, and the methods.
    methods: Vec<(String, Option<String>, Vec<u32>)>,
}

/// Attributes and doc comments in front of an item.
#[derive(Default)]
struct Front {
    attributes: Vec<Expr>,
    doc: Option<(String, crate::ir::Span)>,
    is_test: bool,
}

impl Rust<'_, '_> {
    fn text(&self, node: Node) -> String {
        self.low.slice(node).to_owned()
    }

    /// Runs `inner` one level deeper, or notes that it is too deep.
    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.low.depth >= super::DEEPEST {
            self.low.problem("nested too deeply, cut");
            return None;
        }
        self.low.depth += 1;
        let value = inner(self);
        self.low.depth -= 1;
        Some(value)
    }

    fn missing(node: Node) -> Expr {
        expr(node, ExprKind::Other(Vec::new()))
    }

    /// Everything in a file, block or list of declarations, in order.
    fn statements(&mut self, node: Node, tail: Tail) -> Vec<Stmt> {
        let mut body = Vec::new();
        let mut front = Front::default();
        let mut cursor = node.walk();
        let parts: Vec<Node> = node.named_children(&mut cursor).collect();
        let last = parts.iter().rposition(|part| !part.is_extra());
        for (at, part) in parts.into_iter().enumerate() {
            match part.kind() {
                "line_comment" | "block_comment" => self.comment(part, &mut front),
                "attribute_item" => self.attribute(part, &mut front),
                "inner_attribute_item" | "label" | "empty_statement" => {}
                _ => {
                    let front = std::mem::take(&mut front);
                    let tail = if Some(at) == last { tail } else { Tail::Effect };
                    self.deeper(|rust| rust.statement(part, front, tail, &mut body));
                }
            }
        }
        body
    }

    fn comment(&mut self, node: Node, front: &mut Front) {
        let Some(doc) = node.child_by_field_name("doc") else { return };
        if node.child_by_field_name("inner").is_some() {
            return;
        }
        let line = self.low.slice(doc).trim();
        match &mut front.doc {
            Some((text, place)) => {
                text.push('\n');
                text.push_str(line);
                place.end = span(doc).end;
            }
            None => front.doc = Some((line.to_owned(), span(doc))),
        }
    }

    /// `#[get("/")]`, `#[tool]`, `#[serde(default = "x")]` as the name or call that they look like.
    fn attribute(&mut self, node: Node, front: &mut Front) {
        let Some(inner) = children(node).into_iter().find(|part| part.kind() == "attribute") else { return };
        let Some(path) = children(inner).into_iter().next() else { return };
        let written: String = self.low.slice(inner).split_whitespace().collect();
        front.is_test |= written == "cfg(test)" || written.starts_with("cfg(all(test,");
        let callee = self.expression(path);
        let args = match (inner.child_by_field_name("arguments"), inner.child_by_field_name("value")) {
            (Some(tokens), _) => self.tokens_as_args(tokens),
            (None, Some(value)) => vec![Arg { name: None, value: self.expression(value) }],
            (None, None) => {
                front.attributes.push(callee);
                return;
            }
        };
        front.attributes.push(expr(inner, ExprKind::Call { callee: Box::new(callee), args, is_new: false }));
    }

    /// A function, method or closure.
    fn function(&mut self, node: Node, front: Front) -> u32 {
        let id = u32::try_from(self.low.unit.functions.len()).unwrap_or(u32::MAX);
        self.low.unit.functions.push(Function::default());
        let name = node.child_by_field_name("name");
        let mut function = Function {
            name: self.low.owned(name),
            parent: Some(self.low.function),
            decorators: front.attributes,
            doc: front.doc,
            span: span(node),
            name_span: span(name.unwrap_or(node)),
            exported: super::child_of(node, "visibility_modifier").is_some(),
            ..Function::default()
        };
        let outer = std::mem::replace(&mut self.low.function, id);
        let (pointers, texts) = (self.pointers.clone(), self.texts.clone());
        let in_unsafe = std::mem::take(&mut self.in_unsafe);
        if let Some(list) = node.child_by_field_name("parameters") {
            function.params = self.parameters(list);
        }
        function.is_static = !function.params.first().is_some_and(|param| param.is_receiver);
        function.is_opaque = node.child_by_field_name("body").is_some_and(|body| self.low.is_opaque(body));
        if let Some(body) = node.child_by_field_name("body").filter(|_| !function.is_opaque) {
            // A closure is part of the unsafe block around it.
            self.in_unsafe = in_unsafe && node.kind() == "closure_expression";
            function.body = self.deeper(|rust| rust.returned(body)).unwrap_or_default();
        }
        self.in_unsafe = in_unsafe;
        (self.pointers, self.texts) = (pointers, texts);
        self.low.function = outer;
        if let Some(place) = self.low.unit.functions.get_mut(id as usize) {
            *place = function;
        }
        id
    }

    /// The body of a function: a block, or the expression of a closure.
    fn returned(&mut self, body: Node) -> Vec<Stmt> {
        if body.kind() == "block" {
            return self.statements(body, Tail::Return);
        }
        let mut out = Vec::new();
        self.tail(body, Tail::Return, &mut out);
        out
    }

    fn parameters(&mut self, list: Node) -> Vec<Param> {
        let mut params = Vec::new();
        let mut front = Front::default();
        for node in children(list) {
            let decorators = std::mem::take(&mut front.attributes);
            match node.kind() {
                "attribute_item" => self.attribute(node, &mut front),
                "self_parameter" => params.push(Param {
                    name: "self".to_owned(),
                    of_type: self.this.clone(),
                    is_receiver: true,
                    span: span(node),
                    ..Param::default()
                }),
                "parameter" => {
                    let written = node.child_by_field_name("type");
                    let pattern = node.child_by_field_name("pattern");
                    let of_type = written.map(|written| self.type_of(written));
                    let mut param = Param { of_type, decorators, span: span(node), ..Param::default() };
                    if let Some(pattern) = pattern {
                        self.bound(pattern, &mut param);
                        if let Some(written) = written {
                            self.extractor(written, pattern, &mut param);
                        }
                    }
                    if written.is_some_and(|written| written.kind() == "pointer_type") {
                        self.pointers.insert(param.name.clone());
                    }
                    if param.name == "self" {
                        param.is_receiver = true;
                        param.of_type.clone_from(&self.this);
                    }
                    params.push(param);
                }
                // Closures may leave the type out.
                _ => {
                    let mut param = Param { decorators, span: span(node), ..Param::default() };
                    if list.kind() == "closure_parameters" {
                        self.bound(node, &mut param);
                    }
                    params.push(param);
                }
            }
        }
        params
    }

    /// `Path(id): Path<String>` and `q: web::Query<Params>` are what they carry, annotated by what carries it.
    fn extractor(&mut self, written: Node, pattern: Node, param: &mut Param) {
        let Some(outer) = written.child_by_field_name("type").filter(|_| written.kind() == "generic_type") else {
            return;
        };
        let path = self.low.slice(outer).replace("::", ".");
        let name = path.rsplit('.').next().unwrap_or_default().to_owned();
        let plain = patterns::plain(pattern);
        let taken = plain.kind() == "tuple_struct_pattern";
        let inner = written.child_by_field_name("type_arguments").map(children).unwrap_or_default();
        let Some(inner) = inner.into_iter().find(|argument| argument.kind() != "lifetime") else { return };
        if !taken && !EXTRACTORS.contains(&name.as_str()) {
            return;
        }
        let known = path.contains('.') || self.low.unit.imports.iter().any(|import| import.local == name);
        let kind = self.path(outer);
        let carrier = match kind {
            ExprKind::Name(name) if taken && !known => {
                let object = Box::new(expr(outer, ExprKind::Name("extract".to_owned())));
                ExprKind::Member { object, name }
            }
            kind => kind,
        };
        param.decorators.push(expr(outer, carrier));
        param.of_type = Some(self.type_of(inner));
        if let [(name, _)] = param.names.as_slice()
            && children(plain).get(1).is_some_and(|part| patterns::plain(*part).kind() == "identifier")
        {
            param.name.clone_from(name);
            param.names.clear();
        }
    }

    /// Names of one parameter: itself, or those that its pattern takes apart.
    fn bound(&mut self, pattern: Node, param: &mut Param) {
        let plain = patterns::plain(pattern);
        if matches!(plain.kind(), "identifier" | "self") {
            param.name = self.text(plain);
            return;
        }
        let mut names = Vec::new();
        self.pattern_names(plain, "", &mut names);
        param.names = names;
    }

    /// A struct, enum, union or trait, with its fields and methods.
    fn class(&mut self, node: Node, front: Front) -> u32 {
        let name = self.low.owned(node.child_by_field_name("name"));
        let mut class = Class {
            name: name.clone(),
            span: span(node),
            decorators: front.attributes,
            doc: front.doc,
            ..Class::default()
        };
        let body = node.child_by_field_name("body");
        if let Some(body) = body.filter(|_| node.kind() != "trait_item") {
            self.fields(body, &mut class);
        }
        let id = u32::try_from(self.low.unit.classes.len()).unwrap_or(u32::MAX);
        self.low.unit.classes.push(class);
        if let Some(body) = body.filter(|_| node.kind() == "trait_item") {
            self.members(body, name, None);
        }
        id
    }

    fn fields(&mut self, body: Node, class: &mut Class) {
        let mut front = Front::default();
        let mut at = 0;
        for node in children(body) {
            match node.kind() {
                "attribute_item" => self.attribute(node, &mut front),
                "field_declaration" => {
                    let written = node.child_by_field_name("type");
                    class.fields.push(Field {
                        name: self.low.owned(node.child_by_field_name("name")),
                        of_type: written.map(|written| self.type_of(written)),
                        value: None,
                        decorators: std::mem::take(&mut front.attributes),
                        span: span(node),
                    });
                }
                // `struct Id(u32, String)`: fields have numbers for names.
                _ if body.kind() == "ordered_field_declaration_list" && node.kind() != "visibility_modifier" => {
                    let of_type = Some(self.type_of(node));
                    class.fields.push(Field { name: at.to_string(), of_type, span: span(node), ..Field::default() });
                    at += 1;
                }
                _ => {}
            }
        }
    }

    /// `impl Trait for Type { … }`.
    fn implementation(&mut self, node: Node, into: &mut Vec<Stmt>) {
        let of_type = node.child_by_field_name("type").map(|of| self.type_of(of)).unwrap_or_default();
        let of_type = of_type.split('<').next().unwrap_or_default().to_owned();
        let base = node.child_by_field_name("trait").map(|base| self.type_of(base));
        if let Some(body) = node.child_by_field_name("body") {
            into.extend(self.members(body, of_type, base));
        }
    }

    /// Functions and constants of a type; constants are statements, as `Type::NAME = …`.
    fn members(&mut self, body: Node, of_type: String, base: Option<String>) -> Vec<Stmt> {
        let outer = self.this.replace(of_type.clone());
        let mut out = Vec::new();
        let first = self.low.unit.functions.len();
        let mut ids = Vec::new();
        for statement in self.statements(body, Tail::Effect) {
            match statement.kind {
                StmtKind::Function(id) => ids.push(id),
                StmtKind::Assign { mut targets, op, value, of_type: written } => {
                    for target in &mut targets {
                        if let ExprKind::Name(name) = &target.kind {
                            let object = Expr { kind: ExprKind::Name(of_type.clone()), span: target.span };
                            target.kind = ExprKind::Member { object: Box::new(object), name: name.clone() };
                        }
                    }
                    let kind = StmtKind::Assign { targets, op, value, of_type: written };
                    out.push(Stmt { kind, span: statement.span });
                }
                _ => out.push(statement),
            }
        }
        debug_assert!(ids.iter().all(|id| *id as usize >= first));
        self.methods.push((of_type, base, ids));
        self.this = outer;
        out
    }

    /// Gives every method to its type, wherever in the file that is declared.
    fn attach(&mut self) {
        for (of_type, base, functions) in std::mem::take(&mut self.methods) {
            let known = self.low.unit.classes.iter().position(|class| class.name == of_type);
            let at = known.unwrap_or_else(|| {
                let class = Class { name: of_type, ..Class::default() };
                self.low.unit.classes.push(class);
                self.low.unit.classes.len() - 1
            });
            for id in &functions {
                if let Some(method) = self.low.unit.functions.get_mut(*id as usize) {
                    method.class = u32::try_from(at).ok();
                }
            }
            if let Some(class) = self.low.unit.classes.get_mut(at) {
                class.methods.extend(functions);
                class.bases.extend(base);
            }
        }
    }

    /// A call that stands for something that Rust writes otherwise.
    fn marker(node: Node, name: &str, args: Vec<Expr>) -> Expr {
        let callee = Box::new(expr(node, ExprKind::Name(name.to_owned())));
        let args = args.into_iter().map(|value| Arg { name: None, value }).collect();
        expr(node, ExprKind::Call { callee, args, is_new: false })
    }

    fn null(node: Node) -> Expr {
        expr(node, ExprKind::Literal(Literal::Null))
    }

    fn effect(value: Expr) -> Stmt {
        Stmt { span: value.span, kind: StmtKind::Expr(value) }
    }

    /// Several expressions as one statement each.
    fn push(into: &mut Vec<Stmt>, node: Node, kind: StmtKind) {
        into.push(stmt(node, kind));
    }
}
