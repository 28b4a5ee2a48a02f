//! JavaScript and TypeScript: statements.

use tree_sitter::Node;

use super::super::{Lowering, child_of, children, expr, stmt};
use super::is_function;
use super::modules::nothing;
use super::patterns::{assign, hidden};
use crate::ir::{Arg, BinaryOp, Case, Expr, ExprKind, Function, FunctionId, Literal, Param, Stmt, StmtKind};

impl Lowering<'_> {
    /// What the children of `node` do.
    pub(super) fn js_block(&mut self, node: Node) -> Vec<Stmt> {
        let mut body = Vec::new();
        for child in children(node) {
            self.js_statement(child, &mut body);
        }
        body
    }

    /// Appends what `node` does; cut with a note when it is nested too deeply.
    pub(super) fn js_statement(&mut self, node: Node, into: &mut Vec<Stmt>) {
        self.deeper(|low| low.js_statement_here(node, into));
    }

    /// A statement as a block.
    fn js_body(&mut self, node: Option<Node>) -> Vec<Stmt> {
        let mut body = Vec::new();
        match node {
            Some(block) if block.kind() == "statement_block" => {
                return self.deeper(|low| low.js_block(block)).unwrap_or_default();
            }
            Some(one) => self.js_statement(one, &mut body),
            None => {}
        }
        body
    }

    fn js_optional(&mut self, node: Option<Node>) -> Option<Expr> {
        node.map(|node| self.js_expr(node))
    }

    fn js_statement_here(&mut self, node: Node, into: &mut Vec<Stmt>) {
        let first = children(node).into_iter().next();
        let body = node.child_by_field_name("body");
        let kind = match node.kind() {
            "expression_statement" => {
                if let Some(inner) = first {
                    self.js_effect(inner, into);
                }
                return;
            }
            "lexical_declaration" | "variable_declaration" | "using_declaration" => {
                return self.js_declared(node, into);
            }
            "import_statement" => return self.js_import(node),
            "export_statement" => return self.js_export(node, into),
            "function_declaration" | "generator_function_declaration" => {
                let name = self.owned(node.child_by_field_name("name"));
                StmtKind::Function(self.js_function(node, name, Vec::new()))
            }
            "class_declaration" | "abstract_class_declaration" => StmtKind::Class(self.js_class(node, Vec::new())),
            "interface_declaration" => match body {
                Some(body) => StmtKind::Class(self.js_interface(node, body)),
                None => return,
            },
            "type_alias_declaration" => match node.child_by_field_name("value") {
                Some(body) if body.kind() == "object_type" => StmtKind::Class(self.js_interface(node, body)),
                _ => return,
            },
            "enum_declaration" => StmtKind::Class(self.js_enum(node)),
            "internal_module" | "module" => StmtKind::Block(self.js_body(body)),
            "statement_block" | "ERROR" => StmtKind::Block(self.js_block(node)),
            "if_statement" => {
                let other =
                    node.child_by_field_name("alternative").and_then(|other| children(other).into_iter().next());
                StmtKind::If {
                    cond: self.js_field(node, "condition"),
                    then: self.js_body(node.child_by_field_name("consequence")),
                    other: self.js_body(other),
                }
            }
            "while_statement" | "do_statement" => {
                let cond = self.js_optional(node.child_by_field_name("condition"));
                StmtKind::Loop { cond, each: None, body: self.js_body(body) }
            }
            "for_statement" => self.js_counted(node, into),
            "for_in_statement" => self.js_each(node),
            "switch_statement" => self.js_switch(node),
            "try_statement" => self.js_tried(node),
            "with_statement" => {
                StmtKind::With { items: vec![(self.js_field(node, "object"), None)], body: self.js_body(body) }
            }
            "return_statement" => StmtKind::Return(self.js_optional(first)),
            "throw_statement" => StmtKind::Throw(self.js_optional(first)),
            "break_statement" => StmtKind::Break,
            "continue_statement" => StmtKind::Continue,
            "labeled_statement" => StmtKind::Block(self.js_body(body)),
            "empty_statement"
            | "debugger_statement"
            | "hash_bang_line"
            | "ambient_declaration"
            | "function_signature"
            | "import_alias" => return,
            "method_definition" => {
                let name = self.js_key(node.child_by_field_name("name"));
                StmtKind::Function(self.js_function(node, name, Vec::new()))
            }
            "decorator" => match self.js_decorator(node) {
                Some(value) => StmtKind::Expr(value),
                None => return,
            },
            _ => return self.js_effect(node, into),
        };
        into.push(stmt(node, kind));
    }

    /// An expression for its effect; assignments become statements.
    fn js_effect(&mut self, node: Node, into: &mut Vec<Stmt>) {
        match node.kind() {
            "sequence_expression" => {
                for part in children(node) {
                    self.deeper(|low| low.js_effect(part, into));
                }
            }
            "parenthesized_expression" => {
                if let Some(inner) = children(node).into_iter().next() {
                    self.deeper(|low| low.js_effect(inner, into));
                }
            }
            "assignment_expression" => self.js_assignment(node, into),
            "augmented_assignment_expression" => {
                let (target, op) = (self.js_field(node, "left"), self.js_operator(node));
                let value = self.js_field(node, "right");
                into.push(stmt(node, StmtKind::Assign { targets: vec![target], op, value, of_type: None }));
            }
            "update_expression" => {
                let op = if self.slice(node).contains("++") { BinaryOp::Add } else { BinaryOp::Sub };
                let target = self.js_field(node, "argument");
                let value = expr(node, ExprKind::Literal(Literal::Number("1".to_owned())));
                into.push(stmt(node, StmtKind::Assign { targets: vec![target], op: Some(op), value, of_type: None }));
            }
            "unary_expression" if self.slice(node).starts_with("delete") => {
                let value = self.js_field(node, "argument");
                into.push(stmt(node, StmtKind::Delete(value)));
            }
            "yield_expression" => {
                let value = children(node).into_iter().next().map(|value| self.js_expr(value));
                into.push(stmt(node, StmtKind::Yield(value)));
            }
            "internal_module" => {
                let body = self.js_body(node.child_by_field_name("body"));
                into.push(stmt(node, StmtKind::Block(body)));
            }
            _ => {
                let value = self.js_expr(node);
                into.push(stmt(node, StmtKind::Expr(value)));
            }
        }
    }

    fn js_assignment(&mut self, node: Node, into: &mut Vec<Stmt>) {
        if self.js_common_export(node, into) {
            return;
        }
        let Some(left) = node.child_by_field_name("left") else { return };
        let value = self.js_field(node, "right");
        if matches!(left.kind(), "object_pattern" | "array_pattern") {
            self.js_destructure(left, value, into);
            return;
        }
        let target = self.js_expr(left);
        if let Some(call) = nested_keys(node, &target, &value) {
            into.push(call);
        }
        if self.js_merges(node, left) {
            into.push(pseudo_call(node, "deep_merge!", &[&value]));
        }
        into.push(assign(node, target, value, None));
    }

    /// `target[key] = source[key]` in a function that calls itself for what is nested, and refuses no key.
    fn js_merges(&self, node: Node, left: Node) -> bool {
        let key = left.child_by_field_name("index").filter(|_| left.kind() == "subscript_expression");
        let Some(key) = key.filter(|key| key.kind() == "identifier") else { return false };
        let (Some(into), Some(value)) = (left.child_by_field_name("object"), node.child_by_field_name("right")) else {
            return false;
        };
        // From one object into another, itself or through the function again.
        let copied = format!("[{}]", self.slice(key));
        let own = format!("{}{copied}", self.slice(into));
        let value = self.slice(value).replace(&own, "");
        if into.kind() != "identifier" || !value.contains(&copied) {
            return false;
        }
        let mut around = node.parent();
        while let Some(function) = around {
            let named = match function.kind() {
                "function_declaration" | "method_definition" => Some(function),
                "arrow_function" | "function_expression" => function.parent(),
                _ => None,
            };
            if let Some(name) = named.and_then(|named| named.child_by_field_name("name")) {
                let (name, text) = (self.slice(name), self.slice(function));
                let calls = format!("{name}(");
                let own = usize::from(named == Some(function));
                let refuses = ["__proto__", "prototype", "hasOwn", "constructor", "create(null)"];
                // A list of the file that the key is looked up in.
                let (source, key) = (self.text, self.slice(key));
                let asks =
                    ["has", "includes", "indexOf"].iter().any(|method| text.contains(&format!("{method}({key}")));
                if asks && source.contains("__proto__") {
                    return false;
                }
                return text.matches(&calls).count() > own
                    && (text.contains(" in ") || text.contains("Object."))
                    && !refuses.iter().any(|word| text.contains(word));
            }
            around = function.parent();
        }
        false
    }

    fn js_declared(&mut self, node: Node, into: &mut Vec<Stmt>) {
        for declarator in children(node).into_iter().filter(|part| part.kind() == "variable_declarator") {
            if self.js_required(declarator).is_some() {
                continue;
            }
            let Some(name) = declarator.child_by_field_name("name") else { continue };
            let value = declarator.child_by_field_name("value");
            self.js_local(name);
            let of_type = self.js_type(declarator);
            if let Some(function) = value.filter(|value| is_function(*value) && name.kind() == "identifier") {
                // A declared type of a handler says what its parameters are.
                let plain = of_type.map(|of_type| of_type.split('<').next().unwrap_or_default().trim().to_owned());
                let decorators = plain.map(|of_type| expr(name, ExprKind::Name(of_type))).into_iter().collect();
                let id = self.js_function(function, self.slice(name).to_owned(), decorators);
                into.push(stmt(declarator, StmtKind::Function(id)));
                continue;
            }
            let value = match value {
                Some(value) => self.js_expr(value),
                None => nothing(declarator),
            };
            if self.js_state(declarator, name, &value, into) {
                continue;
            }
            let value = if is_ref(&value) && self.has_refs() { referred(value) } else { value };
            if name.kind() == "identifier" {
                let target = self.js_expr(name);
                into.push(assign(declarator, target, value, of_type));
            } else {
                let value = match of_type {
                    Some(of_type) => expr(declarator, ExprKind::Cast(Box::new(value), of_type)),
                    None => value,
                };
                self.js_destructure(name, value, into);
            }
        }
    }

    /// The names that a declaration binds.
    fn js_local(&mut self, pattern: Node) {
        let (mut next, mut names) = (vec![pattern], Vec::new());
        while let Some(node) = next.pop().filter(|_| names.len() < 64) {
            match node.kind() {
                "identifier" | "shorthand_property_identifier_pattern" => names.push(self.slice(node).to_owned()),
                "pair_pattern" => next.extend(node.child_by_field_name("value")),
                "assignment_pattern" | "object_assignment_pattern" => next.extend(node.child_by_field_name("left")),
                _ => next.extend(children(node)),
            }
        }
        if let Some(function) = self.unit.functions.get_mut(self.function as usize) {
            function.locals.extend(names);
        }
    }

    /// Whether `ref` is that of Vue; looked for once in a file.
    fn has_refs(&self) -> bool {
        let vue = || ["'vue'", "\"vue\"", "@vue/"].iter().any(|name| self.text.contains(name));
        *self.refs.get_or_init(|| self.unit.path.ends_with(".vue") || vue())
    }

    /// `const [x, setX] = useState(y)`: a variable, and a function that assigns to it.
    fn js_state(&mut self, at: Node, pattern: Node, value: &Expr, into: &mut Vec<Stmt>) -> bool {
        let ExprKind::Call { callee, args, .. } = &value.kind else { return false };
        let called = match &callee.kind {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => name.as_str(),
            _ => return false,
        };
        let parts = children(pattern);
        let (true, [state, setter]) = (called == "useState" && pattern.kind() == "array_pattern", parts.as_slice())
        else {
            return false;
        };
        let start = args.first().map_or_else(|| nothing(at), |arg| arg.value.clone());
        let name = expr(*state, ExprKind::Name(self.slice(*state).to_owned()));
        into.push(assign(at, name.clone(), start, None));
        let given = expr(*setter, ExprKind::Name(hidden(*setter)));
        // `setX(old => [...old, y])`: what is given may say how the new value is made of the old one.
        let args = vec![Arg { name: None, value: name.clone() }];
        let made = expr(*setter, ExprKind::Call { callee: Box::new(given.clone()), args, is_new: false });
        let new = ExprKind::Conditional {
            cond: Box::new(expr(*setter, ExprKind::Other(Vec::new()))),
            then: Box::new(given.clone()),
            other: Box::new(made),
        };
        let new = expr(*setter, new);
        let id = FunctionId::try_from(self.unit.functions.len()).unwrap_or(FunctionId::MAX);
        self.unit.functions.push(Function {
            name: self.slice(*setter).to_owned(),
            parent: Some(self.function),
            params: vec![Param { name: hidden(*setter), span: given.span, ..Param::default() }],
            body: vec![assign(*setter, name, new, None)],
            span: super::super::span(*setter),
            name_span: super::super::span(*setter),
            ..Function::default()
        });
        into.push(stmt(*setter, StmtKind::Function(id)));
        true
    }

    fn js_counted(&mut self, node: Node, into: &mut Vec<Stmt>) -> StmtKind {
        if let Some(start) = node.child_by_field_name("initializer") {
            self.js_statement(start, into);
        }
        let cond = node.child_by_field_name("condition").filter(Node::is_named);
        let cond = cond.and_then(|cond| match cond.kind() {
            "empty_statement" => None,
            "expression_statement" => children(cond).into_iter().next(),
            _ => Some(cond),
        });
        let cond = self.js_optional(cond);
        let mut body = self.js_body(node.child_by_field_name("body"));
        if let Some(update) = node.child_by_field_name("increment") {
            self.js_statement(update, &mut body);
        }
        StmtKind::Loop { cond, each: None, body }
    }

    fn js_each(&mut self, node: Node) -> StmtKind {
        let mut iterable = self.js_field(node, "right");
        if node.child_by_field_name("operator").is_some_and(|op| self.slice(op) == "in") {
            // The names of the members, not their values.
            let object = Box::new(expr(node, ExprKind::Name("Object".to_owned())));
            let callee = Box::new(expr(node, ExprKind::Member { object, name: "keys".to_owned() }));
            let args = vec![Arg { name: None, value: iterable }];
            iterable = expr(node, ExprKind::Call { callee, args, is_new: false });
        }
        let mut body = Vec::new();
        let target = match node.child_by_field_name("left") {
            Some(left) if matches!(left.kind(), "object_pattern" | "array_pattern") => {
                let whole = expr(left, ExprKind::Name(hidden(left)));
                self.js_bind(left, whole.clone(), None, &mut body);
                whole
            }
            Some(left) => self.js_expr(left),
            None => nothing(node),
        };
        body.extend(self.js_body(node.child_by_field_name("body")));
        StmtKind::Loop { cond: None, each: Some((target, iterable)), body }
    }

    fn js_switch(&mut self, node: Node) -> StmtKind {
        let subject = self.js_field(node, "value");
        let mut cases = Vec::new();
        for part in node.child_by_field_name("body").map(children).unwrap_or_default() {
            let values = part.child_by_field_name("value").map(|value| self.js_expr(value)).into_iter().collect();
            let mut cursor = part.walk();
            let inner: Vec<Node> = part.children_by_field_name("body", &mut cursor).collect();
            let mut body = Vec::new();
            for one in inner.into_iter().filter(Node::is_named) {
                self.js_statement(one, &mut body);
            }
            let falls_through = !body.last().is_some_and(leaves);
            cases.push(Case { values, binds: Vec::new(), guard: None, body, falls_through });
        }
        StmtKind::Switch { subject, cases }
    }

    fn js_tried(&mut self, node: Node) -> StmtKind {
        let body = self.js_body(node.child_by_field_name("body"));
        let mut handlers = Vec::new();
        if let Some(handler) = node.child_by_field_name("handler") {
            let mut inner = Vec::new();
            let name = handler.child_by_field_name("parameter").map(|param| {
                if param.kind() == "identifier" {
                    return self.slice(param).to_owned();
                }
                let whole = expr(param, ExprKind::Name(hidden(param)));
                self.js_bind(param, whole, None, &mut inner);
                hidden(param)
            });
            inner.extend(self.js_body(handler.child_by_field_name("body")));
            handlers.push((name, inner));
        }
        let last = node.child_by_field_name("finalizer").and_then(|last| child_of(last, "statement_block"));
        StmtKind::Try { body, handlers, finally: self.js_body(last) }
    }
}

/// `a[x][y] = v` with two keys that the code does not fix can write to a prototype: a call that records can name.
fn nested_keys(node: Node, target: &Expr, value: &Expr) -> Option<Stmt> {
    let ExprKind::Index { object, index: inner } = &target.kind else { return None };
    let ExprKind::Index { index: outer, .. } = &object.kind else { return None };
    let counts = |key: &Expr| matches!(key.kind, ExprKind::Literal(_) | ExprKind::Binary { .. } | ExprKind::Assign(..));
    if counts(inner) || counts(outer) {
        return None;
    }
    Some(pseudo_call(node, "nested_key!", &[outer, inner, value]))
}

/// A call that stands in no source, for records.
fn pseudo_call(node: Node, name: &str, args: &[&Expr]) -> Stmt {
    let args = args.iter().map(|part| Arg { name: None, value: (*part).clone() }).collect();
    let callee = Box::new(expr(node, ExprKind::Name(name.to_owned())));
    stmt(node, StmtKind::Expr(expr(node, ExprKind::Call { callee, args, is_new: false })))
}

/// Whether nothing behind the statement runs.
fn leaves(statement: &Stmt) -> bool {
    match &statement.kind {
        StmtKind::Break | StmtKind::Continue | StmtKind::Return(_) | StmtKind::Throw(_) => true,
        StmtKind::Block(body) => body.last().is_some_and(leaves),
        StmtKind::If { then, other, .. } => then.last().is_some_and(leaves) && other.last().is_some_and(leaves),
        _ => false,
    }
}

/// `ref(x)`, whoever's.
fn is_ref(value: &Expr) -> bool {
    matches!(&value.kind, ExprKind::Call { callee, .. }
        if matches!(&callee.kind, ExprKind::Name(name) if matches!(name.as_str(), "ref" | "shallowRef")))
}

/// `ref(x)` of Vue: what holds a value under the name `value`.
fn referred(value: Expr) -> Expr {
    let ExprKind::Call { callee, args, .. } = &value.kind else { return value };
    let held = match args.as_slice() {
        [] => Expr { kind: ExprKind::Literal(Literal::Null), span: value.span },
        [one] => one.value.clone(),
        _ => return value,
    };
    let key = Expr { kind: ExprKind::Literal(Literal::Text("value".to_owned())), span: callee.span };
    Expr { kind: ExprKind::Map(vec![(key, held)]), span: value.span }
}
