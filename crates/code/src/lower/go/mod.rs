//! Go: declarations.

mod expressions;
mod statements;

use tree_sitter::Node;

use super::{Lowering, children, expr, span, stmt};
use crate::ir::{Arg, Class, Expr, ExprKind, Field, Function, Import, Literal, Param, Stmt, StmtKind};

pub(super) fn file(low: &mut Lowering, root: Node) {
    let mut go = Go { low: &mut *low, methods: Vec::new(), results: Vec::new() };
    let mut body = Vec::new();
    for node in children(root) {
        match node.kind() {
            "package_clause" => {
                go.low.unit.package = children(node).last().map(|name| go.text(*name));
            }
            "import_declaration" => go.imports(node, &mut body),
            _ => go.statement(node, &mut body),
        }
    }
    go.attach();
    if let Some(top) = low.unit.functions.first_mut() {
        top.body = body;
        top.span = span(root);
    }
}

/// The lowering of one Go file.
struct Go<'l, 't> {
    low: &'l mut Lowering<'t>,
    /// Methods stand outside of their type: name of the type, and the method.
    methods: Vec<(String, u32)>,
    /// Named results of the function that is read: what a bare `return` gives.
    results: Vec<String>,
}

impl Go<'_, '_> {
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

    /// An import for its effect alone is a call of `name!` with the path.
    fn imports(&mut self, node: Node, into: &mut Vec<Stmt>) {
        let mut specs = Vec::new();
        for part in children(node) {
            if part.kind() == "import_spec_list" { specs.extend(children(part)) } else { specs.push(part) }
        }
        for spec in specs {
            let Some(path) = spec.child_by_field_name("path") else { continue };
            let module = unversioned(self.low.slice(path).trim_matches(['"', '`']));
            let alias = spec.child_by_field_name("name");
            let all = alias.is_some_and(|alias| alias.kind() == "dot");
            let local = match alias {
                Some(alias) if !all => self.text(alias),
                _ if all => "*".to_owned(),
                _ => package_name(&module).to_owned(),
            };
            if local == "_" {
                let callee = Box::new(expr(spec, ExprKind::Name(format!("{}!", package_name(&module)))));
                let value = expr(path, ExprKind::Literal(Literal::Text(module.clone())));
                let args = vec![Arg { name: None, value }];
                let kind = ExprKind::Call { callee, args, is_new: false };
                into.push(stmt(spec, StmtKind::Expr(expr(spec, kind))));
            }
            let name = all.then(|| "*".to_owned());
            self.low.unit.imports.push(Import { module, name, local, span: span(spec) });
        }
    }

    /// A function, method or function literal.
    fn function(&mut self, node: Node) -> u32 {
        let id = u32::try_from(self.low.unit.functions.len()).unwrap_or(u32::MAX);
        self.low.unit.functions.push(Function::default());
        let name = node.child_by_field_name("name");
        let mut function = Function {
            name: self.low.owned(name),
            parent: Some(self.low.function),
            span: span(node),
            name_span: span(name.unwrap_or(node)),
            ..Function::default()
        };
        function.exported = starts_upper(&function.name);
        if let Some(receiver) = node.child_by_field_name("receiver") {
            let params = self.parameters(receiver);
            for param in params.into_iter().take(1) {
                let of_type = param.of_type.as_deref().map(base_type).unwrap_or_default().to_owned();
                self.methods.push((of_type, id));
                function.params.push(Param { is_receiver: true, ..param });
            }
        }
        if let Some(list) = node.child_by_field_name("parameters") {
            let params = self.parameters(list);
            function.params.extend(params);
        }
        let outer = std::mem::replace(&mut self.low.function, id);
        let named = node.child_by_field_name("result").filter(|result| result.kind() == "parameter_list");
        let results = named.map(|result| self.parameters(result)).unwrap_or_default();
        let results = results.into_iter().map(|result| result.name).filter(|name| !name.is_empty()).collect();
        let results = std::mem::replace(&mut self.results, results);
        function.is_opaque = node.child_by_field_name("body").is_some_and(|body| self.low.is_opaque(body));
        if let Some(body) = node.child_by_field_name("body").filter(|_| !function.is_opaque) {
            function.body = self.deeper(|go| go.block(body)).unwrap_or_default();
        }
        self.results = results;
        self.low.function = outer;
        if let Some(place) = self.low.unit.functions.get_mut(id as usize) {
            *place = function;
        }
        id
    }

    /// `a, b string` is two parameters of one type; without a name there is still a place.
    fn parameters(&mut self, list: Node) -> Vec<Param> {
        let mut params = Vec::new();
        for node in children(list) {
            let is_rest = node.kind() == "variadic_parameter_declaration";
            if !is_rest && node.kind() != "parameter_declaration" {
                continue;
            }
            let of_type = node.child_by_field_name("type").map(|written| self.text(written));
            let mut cursor = node.walk();
            let names: Vec<Node> =
                node.children_by_field_name("name", &mut cursor).filter(tree_sitter::Node::is_named).collect();
            if names.is_empty() {
                params.push(Param { of_type, is_rest, span: span(node), ..Param::default() });
                continue;
            }
            for name in names {
                let of_type = of_type.clone();
                params.push(Param { name: self.text(name), of_type, is_rest, span: span(name), ..Param::default() });
            }
        }
        params
    }

    /// A declared type, with its fields if it has any.
    fn class(&mut self, spec: Node) -> u32 {
        let id = u32::try_from(self.low.unit.classes.len()).unwrap_or(u32::MAX);
        let mut class =
            Class { name: self.low.owned(spec.child_by_field_name("name")), span: span(spec), ..Class::default() };
        let written = spec.child_by_field_name("type");
        for part in written.map(children).unwrap_or_default() {
            if part.kind() == "field_declaration_list" {
                for field in children(part).into_iter().filter(|field| field.kind() == "field_declaration") {
                    self.field(field, &mut class);
                }
            }
        }
        self.low.unit.classes.push(class);
        id
    }

    fn field(&mut self, node: Node, class: &mut Class) {
        let of_type = node.child_by_field_name("type").map(|written| self.text(written));
        // A tag decides the name on the wire: kept where other languages have annotations.
        let decorators: Vec<Expr> =
            node.child_by_field_name("tag").map(|tag| self.expression(tag)).into_iter().collect();
        let mut cursor = node.walk();
        let names: Vec<Node> =
            node.children_by_field_name("name", &mut cursor).filter(tree_sitter::Node::is_named).collect();
        if names.is_empty() {
            // Embedded: its methods are those of the type.
            class.bases.extend(of_type);
            return;
        }
        for name in names {
            class.fields.push(Field {
                name: self.text(name),
                of_type: of_type.clone(),
                value: None,
                decorators: decorators.clone(),
                span: span(name),
            });
        }
    }

    /// Gives every method to its type, wherever in the file that is declared.
    fn attach(&mut self) {
        for (of_type, function) in std::mem::take(&mut self.methods) {
            let Some(class) = self.low.unit.classes.iter().position(|class| class.name == of_type) else { continue };
            if let Some(found) = self.low.unit.classes.get_mut(class) {
                found.methods.push(function);
            }
            if let Some(method) = self.low.unit.functions.get_mut(function as usize) {
                method.class = u32::try_from(class).ok();
            }
        }
    }

    fn missing(node: Node) -> Expr {
        expr(node, ExprKind::Other(Vec::new()))
    }

    /// The statements of a block.
    fn block(&mut self, node: Node) -> Vec<Stmt> {
        let mut body = Vec::new();
        for part in children(node) {
            if part.kind() == "statement_list" {
                for inner in children(part) {
                    self.statement(inner, &mut body);
                }
            } else {
                self.statement(part, &mut body);
            }
        }
        body
    }
}

/// A package is the same in all its versions: `a/echo/v4` is `a/echo`, `gopkg.in/yaml.v3` is `gopkg.in/yaml`.
fn unversioned(path: &str) -> String {
    let is_version = |part: &str| {
        part.strip_prefix('v').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
    };
    let parts = path.split('/').enumerate().filter(|(at, part)| *at == 0 || !is_version(part));
    let parts = parts.map(|(_, part)| match part.rsplit_once('.') {
        Some((name, version)) if is_version(version) => name,
        _ => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// The name that a package is used by: the last part of its path. `openai-go` is by custom `openai`.
fn package_name(path: &str) -> &str {
    let last = path.rsplit('/').next().unwrap_or(path);
    last.strip_suffix("-go").or_else(|| last.strip_prefix("go-")).unwrap_or(last)
}

/// `*pkg.Server[T]` is `Server`'s; receivers have no package, so only stars and type arguments go.
fn base_type(written: &str) -> &str {
    let plain = written.trim_start_matches(['*', ' ', '(']);
    plain.split(['[', ')', ' ']).next().unwrap_or(plain)
}

fn starts_upper(name: &str) -> bool {
    name.chars().next().is_some_and(char::is_uppercase)
}

/// Types of texts that are put together.
fn is_buffer(of_type: &str) -> bool {
    matches!(of_type, "strings.Builder" | "bytes.Buffer")
}
