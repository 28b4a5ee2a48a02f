//! Go: statements.

use tree_sitter::Node;

use super::Go;
use crate::ir::{BinaryOp, Case, Expr, ExprKind, Literal, Stmt, StmtKind};
use crate::lower::operators::binary_op;
use crate::lower::{children, expr, stmt};

impl Go<'_, '_> {
    /// Appends what `node` does; cut with a note when it is nested too deeply.
    pub(super) fn statement(&mut self, node: Node, into: &mut Vec<Stmt>) {
        self.deeper(|go| go.statement_here(node, into));
    }

    fn part(&mut self, node: Node, name: &str) -> Option<Expr> {
        node.child_by_field_name(name).map(|part| self.expression(part))
    }

    fn statement_here(&mut self, node: Node, into: &mut Vec<Stmt>) {
        let first = children(node).into_iter().next();
        let kind = match node.kind() {
            "function_declaration" | "method_declaration" => StmtKind::Function(self.function(node)),
            "type_declaration" => {
                for spec in children(node) {
                    let id = self.class(spec);
                    into.push(stmt(spec, StmtKind::Class(id)));
                }
                return;
            }
            "var_declaration" | "const_declaration" | "var_spec_list" => {
                for spec in children(node) {
                    self.statement(spec, into);
                }
                return;
            }
            "var_spec" | "const_spec" => self.declared(node),
            "short_var_declaration" | "assignment_statement" | "receive_statement" => self.assigned(node, into),
            "inc_statement" | "dec_statement" => {
                let op = if node.kind() == "inc_statement" { BinaryOp::Add } else { BinaryOp::Sub };
                let targets = first.map(|target| self.expression(target)).into_iter().collect();
                let value = expr(node, ExprKind::Literal(Literal::Number("1".to_owned())));
                StmtKind::Assign { targets, op: Some(op), value, of_type: None }
            }
            "expression_statement" => match first {
                Some(inner) => StmtKind::Expr(self.expression(inner)),
                None => return,
            },
            // What is sent into a channel can be received from it.
            "send_statement" => {
                let targets = self.part(node, "channel").into_iter().collect();
                let value = self.part(node, "value").unwrap_or_else(|| Self::missing(node));
                StmtKind::Assign { targets, op: None, value, of_type: None }
            }
            "go_statement" | "defer_statement" => {
                let Some(inner) = first else { return };
                let call = stmt(inner, StmtKind::Expr(self.expression(inner)));
                StmtKind::Block(vec![call])
            }
            "return_statement" => StmtKind::Return(match first {
                Some(values) => Some(self.expression(values)),
                None => self.named_results(node),
            }),
            "if_statement" => {
                self.initializer(node, into);
                StmtKind::If {
                    cond: self.part(node, "condition").unwrap_or_else(|| Self::missing(node)),
                    then: self.body(node.child_by_field_name("consequence")),
                    other: self.body(node.child_by_field_name("alternative")),
                }
            }
            "for_statement" => self.repeated(node, into),
            "expression_switch_statement" | "type_switch_statement" | "select_statement" => self.switch(node, into),
            "block" => StmtKind::Block(self.block(node)),
            "labeled_statement" => {
                let inner = children(node).into_iter().nth(1);
                StmtKind::Block(self.body(inner))
            }
            "break_statement" => StmtKind::Break,
            "continue_statement" => StmtKind::Continue,
            "comment" | "empty_statement" | "fallthrough_statement" | "goto_statement" => return,
            _ => StmtKind::Expr(self.expression(node)),
        };
        into.push(stmt(node, kind));
    }

    fn body(&mut self, node: Option<Node>) -> Vec<Stmt> {
        match node {
            Some(node) if node.kind() == "block" => self.deeper(|go| go.block(node)).unwrap_or_default(),
            Some(node) => {
                let mut body = Vec::new();
                self.statement(node, &mut body);
                body
            }
            None => Vec::new(),
        }
    }

    fn initializer(&mut self, node: Node, into: &mut Vec<Stmt>) {
        if let Some(first) = node.child_by_field_name("initializer") {
            self.statement(first, into);
        }
    }

    fn declared(&mut self, node: Node) -> StmtKind {
        let mut cursor = node.walk();
        let names: Vec<Node> =
            node.children_by_field_name("name", &mut cursor).filter(tree_sitter::Node::is_named).collect();
        let targets = names.into_iter().map(|name| self.expression(name)).collect();
        let value = self.part(node, "value").unwrap_or_else(|| self.zero(node));
        let of_type = node.child_by_field_name("type").map(|written| self.text(written));
        StmtKind::Assign { targets, op: None, value, of_type }
    }

    /// The value of a variable that is only declared: nothing that is known, and texts that are put together empty.
    fn zero(&mut self, node: Node) -> Expr {
        match node.child_by_field_name("type") {
            Some(of_type) if super::is_buffer(self.low.slice(of_type)) => expr(of_type, self.buffer(Some(of_type))),
            _ => Self::missing(node),
        }
    }

    fn named_results(&self, node: Node) -> Option<Expr> {
        let mut names: Vec<Expr> = self.results.iter().map(|name| expr(node, ExprKind::Name(name.clone()))).collect();
        if names.len() > 1 { Some(expr(node, ExprKind::List(names))) } else { names.pop() }
    }

    fn assigned(&mut self, node: Node, into: &mut Vec<Stmt>) -> StmtKind {
        let mut targets = self.targets(node);
        let op = node.child_by_field_name("operator").and_then(|op| binary_op(self.low.slice(op).strip_suffix('=')?));
        let value = self.part(node, "right").unwrap_or_else(|| Self::missing(node));
        // `v, ok := m[k]`: the second says whether there is such a key. So too of a type, and of a channel.
        if let [_, _] = targets.as_slice() {
            let asked = match &value.kind {
                ExprKind::Index { object, index } => {
                    Some(ExprKind::Binary { op: BinaryOp::In, left: index.clone(), right: object.clone() })
                }
                ExprKind::Cast(..) | ExprKind::Same(_) => Some(ExprKind::Other(Vec::new())),
                _ => None,
            };
            if let Some(asked) = asked
                && let Some(found) = targets.pop()
            {
                let kind = StmtKind::Assign { targets: vec![found], op, value: expr(node, asked), of_type: None };
                into.push(stmt(node, kind));
            }
        }
        if let [first, second, ..] = targets.as_slice()
            && has_two_results(&value)
        {
            for target in [first, second] {
                let kind = StmtKind::Assign { targets: vec![target.clone()], op, value: value.clone(), of_type: None };
                into.push(stmt(node, kind));
            }
            targets.drain(..2);
            return StmtKind::Assign { targets, op, value: Self::missing(node), of_type: None };
        }
        StmtKind::Assign { targets, op, value, of_type: None }
    }

    fn targets(&mut self, node: Node) -> Vec<Expr> {
        let list = node.child_by_field_name("left").map(children).unwrap_or_default();
        list.into_iter().map(|target| self.expression(target)).collect()
    }

    fn repeated(&mut self, node: Node, into: &mut Vec<Stmt>) -> StmtKind {
        let body_node = node.child_by_field_name("body");
        let head = children(node).into_iter().find(|part| part.kind() != "block");
        match head {
            Some(clause) if clause.kind() == "for_clause" => {
                self.initializer(clause, into);
                let cond = self.part(clause, "condition");
                let mut body = self.body(body_node);
                if let Some(update) = clause.child_by_field_name("update") {
                    self.statement(update, &mut body);
                }
                StmtKind::Loop { cond, each: None, body }
            }
            Some(clause) if clause.kind() == "range_clause" => {
                let mut targets = self.targets(clause).into_iter();
                let over = self.part(clause, "right").unwrap_or_else(|| Self::missing(clause));
                let (first, second) = (targets.next(), targets.next());
                let mut body = Vec::new();
                // Of two the first is the key, of which nothing is known; a single one is taken for what is in it.
                let target = match (first, second) {
                    (Some(key), Some(value)) => {
                        if !matches!(&key.kind, ExprKind::Name(name) if name == "_") {
                            let (targets, value) = (vec![key], Self::missing(clause));
                            body.push(stmt(clause, StmtKind::Assign { targets, op: None, value, of_type: None }));
                        }
                        value
                    }
                    (Some(only), None) => only,
                    _ => expr(clause, ExprKind::List(Vec::new())),
                };
                body.extend(self.body(body_node));
                StmtKind::Loop { cond: None, each: Some((target, over)), body }
            }
            other => {
                let cond = other.map(|cond| self.expression(cond));
                StmtKind::Loop { cond, each: None, body: self.body(body_node) }
            }
        }
    }

    fn switch(&mut self, node: Node, into: &mut Vec<Stmt>) -> StmtKind {
        self.initializer(node, into);
        // `switch { case a: … }` asks which one is true.
        let subject = self.part(node, "value").unwrap_or_else(|| expr(node, ExprKind::Literal(Literal::Bool(true))));
        if let Some(alias) = node.child_by_field_name("alias") {
            let targets = children(alias).into_iter().map(|name| self.expression(name)).collect();
            let kind = StmtKind::Assign { targets, op: None, value: subject.clone(), of_type: None };
            into.push(stmt(alias, kind));
        }
        let mut cases = Vec::new();
        for arm in children(node) {
            if !matches!(arm.kind(), "expression_case" | "type_case" | "communication_case" | "default_case") {
                continue;
            }
            let mut case =
                Case { values: Vec::new(), binds: Vec::new(), guard: None, body: Vec::new(), falls_through: false };
            match arm.kind() {
                "expression_case" => {
                    let list = arm.child_by_field_name("value").map(children).unwrap_or_default();
                    case.values = list.into_iter().map(|value| self.expression(value)).collect();
                }
                // What type it is, and which channel is ready, is not a value that folds.
                "type_case" | "communication_case" => case.values.push(Self::missing(arm)),
                _ => {}
            }
            if let Some(message) = arm.child_by_field_name("communication") {
                self.statement(message, &mut case.body);
            }
            for part in children(arm).into_iter().filter(|part| part.kind() == "statement_list") {
                case.falls_through = children(part).last().is_some_and(|last| last.kind() == "fallthrough_statement");
                for inner in children(part) {
                    self.statement(inner, &mut case.body);
                }
            }
            cases.push(case);
        }
        StmtKind::Switch { subject, cases }
    }
}

/// Calls whose second result is data too, not an error or a flag.
fn has_two_results(value: &Expr) -> bool {
    let ExprKind::Call { callee, .. } = &value.kind else { return false };
    let ExprKind::Member { name, .. } = &callee.kind else { return false };
    matches!(name.as_str(), "FormFile" | "ReadMessage" | "BasicAuth" | "Cut" | "SplitHostPort" | "Split" | "ReadLine")
}
