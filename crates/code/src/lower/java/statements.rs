//! Java: statements.

use tree_sitter::Node;

use super::{Lowering, child_of, children, expr, stmt};
use crate::ir::{BinaryOp, Case, Class, Expr, ExprKind, Literal, Stmt, StmtKind};

impl Lowering<'_> {
    /// Appends what `node` does; cut with a note when it is nested too deeply.
    pub(in crate::lower) fn statement(&mut self, node: Node, into: &mut Vec<Stmt>) {
        self.deeper(|low| low.statement_here(node, into));
    }

    fn one(&mut self, node: Option<Node>) -> Vec<Stmt> {
        let mut body = Vec::new();
        match node {
            Some(node) if node.kind() == "block" => return self.deeper(|low| low.block(node)).unwrap_or_default(),
            Some(node) => self.statement(node, &mut body),
            None => {}
        }
        body
    }

    fn optional(&mut self, node: Option<Node>) -> Option<Expr> {
        node.map(|node| self.expression(node))
    }

    fn field(&mut self, node: Node, name: &str) -> Expr {
        match node.child_by_field_name(name) {
            Some(value) => self.expression(value),
            None => expr(node, ExprKind::Other(Vec::new())),
        }
    }

    fn statement_here(&mut self, node: Node, into: &mut Vec<Stmt>) {
        let first = children(node).into_iter().next();
        let body = node.child_by_field_name("body");
        let kind = match node.kind() {
            "expression_statement" => {
                let Some(inner) = first else { return };
                self.effect(inner)
            }
            "local_variable_declaration" => return self.locals(node, into),
            "block" => StmtKind::Block(self.block(node)),
            "if_statement" => StmtKind::If {
                cond: self.field(node, "condition"),
                then: self.one(node.child_by_field_name("consequence")),
                other: self.one(node.child_by_field_name("alternative")),
            },
            "while_statement" | "do_statement" => {
                let cond = self.optional(node.child_by_field_name("condition"));
                StmtKind::Loop { cond, each: None, body: self.one(body) }
            }
            "for_statement" => self.counted(node, into),
            "enhanced_for_statement" => {
                let target = self.field(node, "name");
                let each = Some((target, self.field(node, "value")));
                StmtKind::Loop { cond: None, each, body: self.one(body) }
            }
            "switch_expression" | "switch_statement" => self.switch(node),
            "try_statement" => self.tried(node),
            "try_with_resources_statement" => {
                let items = self.resources(node);
                let inner = self.tried(node);
                StmtKind::With { items, body: vec![stmt(node, inner)] }
            }
            "return_statement" => StmtKind::Return(self.optional(first)),
            "yield_statement" => StmtKind::Yield(self.optional(first)),
            "throw_statement" => StmtKind::Throw(self.optional(first)),
            "break_statement" => StmtKind::Break,
            "continue_statement" => StmtKind::Continue,
            "assert_statement" => StmtKind::Assert(match first {
                Some(cond) => self.expression(cond),
                None => return,
            }),
            "synchronized_statement" => StmtKind::Block(self.one(body)),
            "labeled_statement" => StmtKind::Block(self.one(children(node).into_iter().nth(1))),
            "class_declaration"
            | "interface_declaration"
            | "enum_declaration"
            | "record_declaration"
            | "annotation_type_declaration" => StmtKind::Class(self.class(node, body, Vec::new())),
            "method_declaration" | "constructor_declaration" => {
                let id = self.function(node, body);
                self.conventions(node, id, &Class::default());
                StmtKind::Function(id)
            }
            "ERROR" => StmtKind::Block(self.block(node)),
            // Left over from a broken declaration: the types of its parameters are still known.
            "formal_parameters" => return self.loose(node, into),
            _ => StmtKind::Expr(self.expression(node)),
        };
        into.push(stmt(node, kind));
    }

    /// An expression for its effect; assignments become statements.
    fn effect(&mut self, node: Node) -> StmtKind {
        match node.kind() {
            "assignment_expression" => StmtKind::Assign {
                targets: vec![self.field(node, "left")],
                op: self.operator(node),
                value: self.field(node, "right"),
                of_type: None,
            },
            "update_expression" => {
                let op = if self.slice(node).contains("++") { BinaryOp::Add } else { BinaryOp::Sub };
                let target = children(node).into_iter().next().map(|operand| self.expression(operand));
                let one = expr(node, ExprKind::Literal(Literal::Number("1".to_owned())));
                let targets = target.into_iter().collect();
                StmtKind::Assign { targets, op: Some(op), value: one, of_type: None }
            }
            "switch_expression" => self.switch(node),
            _ => StmtKind::Expr(self.expression(node)),
        }
    }

    fn locals(&mut self, node: Node, into: &mut Vec<Stmt>) {
        let of_type = self.type_of(node);
        for declarator in children(node).into_iter().filter(|part| part.kind() == "variable_declarator") {
            let target = self.field(declarator, "name");
            let value = match declarator.child_by_field_name("value") {
                Some(value) => self.expression(value),
                None => expr(declarator, ExprKind::Literal(Literal::Null)),
            };
            let kind = StmtKind::Assign { targets: vec![target], op: None, value, of_type: of_type.clone() };
            into.push(stmt(declarator, kind));
        }
    }

    fn loose(&mut self, node: Node, into: &mut Vec<Stmt>) {
        for param in self.parameters(node).into_iter().filter(|param| param.of_type.is_some()) {
            let [target, value] = [(); 2].map(|()| expr(node, ExprKind::Name(param.name.clone())));
            let kind = StmtKind::Assign { targets: vec![target], op: None, value, of_type: param.of_type };
            into.push(stmt(node, kind));
        }
    }

    fn counted(&mut self, node: Node, into: &mut Vec<Stmt>) -> StmtKind {
        let mut cursor = node.walk();
        let starts: Vec<Node> = node.children_by_field_name("init", &mut cursor).collect();
        let updates: Vec<Node> = node.children_by_field_name("update", &mut cursor).collect();
        for start in starts {
            if start.kind() == "local_variable_declaration" {
                self.locals(start, into);
            } else {
                let kind = self.effect(start);
                into.push(stmt(start, kind));
            }
        }
        let cond = self.optional(node.child_by_field_name("condition"));
        let mut body = self.one(node.child_by_field_name("body"));
        for update in updates {
            let kind = self.effect(update);
            body.push(stmt(update, kind));
        }
        StmtKind::Loop { cond, each: None, body }
    }

    pub(super) fn switch(&mut self, node: Node) -> StmtKind {
        let subject = self.field(node, "condition");
        let mut cases = Vec::new();
        for group in node.child_by_field_name("body").map(children).unwrap_or_default() {
            let mut case =
                Case { values: Vec::new(), binds: Vec::new(), guard: None, body: Vec::new(), falls_through: false };
            let mut default = false;
            for part in children(group) {
                if part.kind() == "switch_label" {
                    let labels = children(part);
                    // `case null, default`: the second is no node.
                    default |= labels.is_empty() || ends_in_default(self.slice(part));
                    for label in labels {
                        self.label(label, &mut case);
                    }
                } else if group.kind() == "switch_rule" && part.kind() == "expression_statement" {
                    // `case 1 -> value;`: the value, should the switch have one.
                    let value = self.optional(children(part).into_iter().next());
                    case.body.push(stmt(part, StmtKind::Yield(value)));
                } else {
                    self.statement(part, &mut case.body);
                }
            }
            if default {
                case.values.clear();
            }
            case.falls_through = group.kind() != "switch_rule" && !case.body.last().is_some_and(leaves);
            cases.push(case);
        }
        StmtKind::Switch { subject, cases }
    }

    fn label(&mut self, label: Node, case: &mut Case) {
        match label.kind() {
            "guard" => case.guard = self.optional(children(label).into_iter().next()),
            "pattern" => {
                case.binds.extend(self.bound(label));
                case.values.push(expr(label, ExprKind::Other(Vec::new())));
            }
            _ => case.values.push(self.expression(label)),
        }
    }

    fn tried(&mut self, node: Node) -> StmtKind {
        let body = self.one(node.child_by_field_name("body"));
        let (mut handlers, mut finally) = (Vec::new(), Vec::new());
        for part in children(node) {
            if part.kind() == "catch_clause" {
                let name = child_of(part, "catch_formal_parameter").and_then(|p| p.child_by_field_name("name"));
                let name = name.map(|name| self.slice(name).to_owned());
                handlers.push((name, self.one(part.child_by_field_name("body"))));
            } else if part.kind() == "finally_clause" {
                finally = self.one(child_of(part, "block"));
            }
        }
        StmtKind::Try { body, handlers, finally }
    }

    fn resources(&mut self, node: Node) -> Vec<(Expr, Option<Expr>)> {
        let mut items = Vec::new();
        for resource in node.child_by_field_name("resources").map(children).unwrap_or_default() {
            let target = self.optional(resource.child_by_field_name("name"));
            let value = resource.child_by_field_name("value").or_else(|| children(resource).into_iter().next());
            if let Some(value) = self.optional(value) {
                items.push((value, target));
            }
        }
        items
    }
}

/// Whether nothing behind the statement runs.
fn leaves(statement: &Stmt) -> bool {
    match &statement.kind {
        StmtKind::Break | StmtKind::Continue | StmtKind::Return(_) | StmtKind::Throw(_) | StmtKind::Yield(_) => true,
        StmtKind::Block(body) => body.last().is_some_and(leaves),
        StmtKind::If { then, other, .. } => then.last().is_some_and(leaves) && other.last().is_some_and(leaves),
        _ => false,
    }
}

fn ends_in_default(label: &str) -> bool {
    label.strip_suffix("default").is_some_and(|before| before.trim_end().ends_with(','))
}
