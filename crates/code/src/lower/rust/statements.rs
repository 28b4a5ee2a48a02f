//! Rust: statements, and expressions in the place of statements.

use tree_sitter::Node;

use super::{Front, Rust, Tail};
use crate::ir::{Case, Expr, ExprKind, Import, Literal, Stmt, StmtKind};
use crate::lower::operators::binary_op;
use crate::lower::{children, expr, span, stmt};

/// Methods whose result is a raw pointer.
const MAKES_POINTER: &[&str] = &["as_ptr", "as_mut_ptr", "into_raw", "addr_of!", "addr_of_mut!", "null_mut", "alloc"];

/// Expressions whose branches are statements.
const CONTROLS: &[&str] = &["if_expression", "match_expression", "block", "unsafe_block"];

impl Rust<'_, '_> {
    /// Appends what `node` does. The last one of a block may be its value.
    pub(super) fn statement(&mut self, node: Node, front: Front, tail: Tail, into: &mut Vec<Stmt>) {
        let kind = match node.kind() {
            "function_item" => StmtKind::Function(self.function(node, front)),
            "struct_item" | "enum_item" | "union_item" | "trait_item" => StmtKind::Class(self.class(node, front)),
            "impl_item" => return self.implementation(node, into),
            "mod_item" => {
                // Tests in the file itself are not what runs.
                if let Some(body) = node.child_by_field_name("body").filter(|_| !front.is_test) {
                    let inner = self.statements(body, Tail::Effect);
                    into.extend(inner);
                }
                return;
            }
            "const_item" | "static_item" => return self.constant(node, into),
            "use_declaration" => return self.imports(node),
            "extern_crate_declaration" => {
                let module = self.low.owned(node.child_by_field_name("name"));
                let local = node.child_by_field_name("alias").map_or_else(|| module.clone(), |alias| self.text(alias));
                self.low.unit.imports.push(Import { module, name: None, local, span: span(node) });
                return;
            }
            "let_declaration" => return self.declared(node, into),
            "expression_statement" => {
                let Some(inner) = children(node).into_iter().next() else { return };
                let ends = node.child(node.child_count().saturating_sub(1));
                let tail = if ends.is_some_and(|last| last.kind() == ";") { Tail::Effect } else { tail };
                return self.tail_here(inner, tail, into);
            }
            "foreign_mod_item"
            | "type_item"
            | "macro_definition"
            | "associated_type"
            | "function_signature_item"
            | "attribute"
            | "visibility_modifier"
            | "function_modifiers"
            | "mutable_specifier" => return,
            "ERROR" => StmtKind::Block(self.statements(node, Tail::Effect)),
            _ => return self.tail_here(node, tail, into),
        };
        into.push(stmt(node, kind));
    }

    fn constant(&mut self, node: Node, into: &mut Vec<Stmt>) {
        let Some(name) = node.child_by_field_name("name") else { return };
        if node.kind() == "static_item" && children(node).iter().any(|part| part.kind() == "mutable_specifier") {
            into.push(Self::effect(Self::marker(node, "static!", Vec::new())));
        }
        let targets = vec![self.expression(name)];
        let of_type = node.child_by_field_name("type").map(|of| self.type_of(of));
        let value = match node.child_by_field_name("value") {
            Some(value) => self.expression(value),
            None => Self::null(node),
        };
        into.push(stmt(node, StmtKind::Assign { targets, op: None, value, of_type }));
    }

    fn declared(&mut self, node: Node, into: &mut Vec<Stmt>) {
        let Some(pattern) = node.child_by_field_name("pattern") else { return };
        let written = node.child_by_field_name("type");
        let of_type = written.map(|of| self.type_of(of));
        let value = node.child_by_field_name("value");
        if let Some(value) = value.filter(|value| CONTROLS.contains(&value.kind())) {
            let targets = Self::several(self.target(pattern));
            return self.assigned_in(value, targets, of_type, into);
        }
        // `let mut buffer = [0; 16]` is there to be filled.
        let filled = children(node).iter().any(|part| part.kind() == "mutable_specifier");
        let value = match value {
            Some(value) if filled && value.child_by_field_name("length").is_some() => Self::missing(value),
            Some(value) => self.expression(value),
            None => Self::missing(node),
        };
        let target = self.target(pattern);
        if let ExprKind::Name(name) = &target.kind {
            let is_pointer = written.is_some_and(|of| of.kind() == "pointer_type") || Self::is_pointer(&value);
            if is_pointer {
                self.pointers.insert(name.clone())
            } else {
                self.pointers.remove(name)
            };
            if Self::is_text(&value) {
                self.texts.insert(name.clone())
            } else {
                self.texts.remove(name)
            };
        }
        let targets = Self::several(target);
        into.push(stmt(node, StmtKind::Assign { targets, op: None, value, of_type }));
        if let Some(otherwise) = node.child_by_field_name("alternative") {
            let then = self.statements(otherwise, Tail::Effect);
            into.push(stmt(otherwise, StmtKind::If { cond: Self::missing(otherwise), then, other: Vec::new() }));
        }
    }

    /// Assigns in every arm, so that one that returns gives nothing to the variable.
    fn assigned_in(&mut self, value: Node, targets: Vec<Expr>, of_type: Option<String>, into: &mut Vec<Stmt>) {
        let outer = std::mem::replace(&mut self.goal, (targets, of_type));
        self.tail(value, Tail::Assign, into);
        self.goal = outer;
    }

    fn several(target: Expr) -> Vec<Expr> {
        match target.kind {
            ExprKind::List(parts) => parts,
            _ => vec![target],
        }
    }

    /// `String::new()`, `PathBuf::from(x)`, `"a".to_string()`, `format!(…)`.
    fn is_text(value: &Expr) -> bool {
        match &value.kind {
            ExprKind::Template(_) => true,
            ExprKind::Same(inner) => Self::is_text(inner),
            ExprKind::Call { callee, .. } => match &callee.kind {
                ExprKind::Name(name) => name.ends_with('!'),
                ExprKind::Member { object, name } => {
                    matches!(name.as_str(), "to_string" | "to_owned" | "to_path_buf")
                        || matches!(Self::last_name(object), Some("String" | "PathBuf" | "OsString"))
                }
                _ => false,
            },
            _ => false,
        }
    }

    fn is_pointer(value: &Expr) -> bool {
        match &value.kind {
            ExprKind::Cast(_, of_type) => of_type.starts_with('*'),
            ExprKind::Call { callee, .. } => Self::last_name(callee).is_some_and(|name| MAKES_POINTER.contains(&name)),
            ExprKind::Same(inner) => Self::is_pointer(inner),
            _ => false,
        }
    }

    /// An expression in the place of a statement, or as the value of a block or function.
    pub(super) fn tail(&mut self, node: Node, tail: Tail, into: &mut Vec<Stmt>) {
        self.deeper(|rust| rust.tail_here(node, tail, into));
    }

    fn tail_here(&mut self, node: Node, tail: Tail, into: &mut Vec<Stmt>) {
        let first = children(node).into_iter().next();
        let kind = match node.kind() {
            "if_expression" => {
                let cond = self.part(node, "condition");
                let then = self.branch(node.child_by_field_name("consequence"), tail);
                let other = self.branch(node.child_by_field_name("alternative"), tail);
                StmtKind::If { cond, then, other }
            }
            "match_expression" => self.switch(node, tail),
            "block" => StmtKind::Block(self.statements(node, tail)),
            "unsafe_block" | "async_block" | "gen_block" | "try_block" | "const_block" => {
                let Some(block) = children(node).into_iter().find(|part| part.kind() == "block") else { return };
                let outer = self.in_unsafe;
                self.in_unsafe |= node.kind() == "unsafe_block";
                let body = self.statements(block, tail);
                self.in_unsafe = outer;
                StmtKind::Block(body)
            }
            "loop_expression" if tail == Tail::Assign => return self.given(node, tail, into),
            "loop_expression" if tail == Tail::Return => {
                let value = self.expression(node);
                StmtKind::Return(Some(value))
            }
            "loop_expression" | "while_expression" | "for_expression" => self.repeated(node),
            // What is given as an error leaves the function another way than its result.
            "return_expression" => match first {
                Some(value) => match self.error_in(value) {
                    Some(error) => StmtKind::Throw(Some(error)),
                    None => return self.given(value, Tail::Return, into),
                },
                None => StmtKind::Return(None),
            },
            "yield_expression" => StmtKind::Yield(first.map(|value| self.expression(value))),
            "break_expression" => {
                if let Some(value) = children(node).into_iter().find(|part| part.kind() != "label") {
                    let value = self.expression(value);
                    Self::push(into, node, StmtKind::Yield(Some(value)));
                }
                StmtKind::Break
            }
            "continue_expression" => StmtKind::Continue,
            "assignment_expression" | "compound_assignment_expr" => return self.assigned(node, into),
            "macro_invocation" => match self.macro_statement(node) {
                Some(kind) => kind,
                None => return self.given(node, tail, into),
            },
            "line_comment" | "block_comment" | "unit_expression" => return,
            _ => return self.given(node, tail, into),
        };
        into.push(stmt(node, kind));
    }

    /// A value, as the tail says.
    fn given(&mut self, node: Node, tail: Tail, into: &mut Vec<Stmt>) {
        let error = if tail == Tail::Return { self.error_in(node) } else { None };
        if let Some(error) = error {
            return Self::push(into, node, StmtKind::Throw(Some(error)));
        }
        if tail == Tail::Return && CONTROLS.contains(&node.kind()) {
            return self.tail(node, tail, into);
        }
        // What stands in the value has its own variables.
        let goal = std::mem::take(&mut self.goal);
        let value = self.expression(node);
        self.goal = goal;
        let kind = match tail {
            Tail::Return => StmtKind::Return(Some(value)),
            Tail::Value => StmtKind::Yield(Some(value)),
            Tail::Assign => {
                let (targets, of_type) = self.goal.clone();
                StmtKind::Assign { targets, op: None, value, of_type }
            }
            Tail::Effect => StmtKind::Expr(value),
        };
        Self::push(into, node, kind);
    }

    /// `Err(x)`.
    fn error_in(&mut self, node: Node) -> Option<Expr> {
        let function = node.child_by_field_name("function").filter(|_| node.kind() == "call_expression")?;
        (self.low.slice(function) == "Err").then(|| self.expression(node))
    }

    fn part(&mut self, node: Node, name: &str) -> Expr {
        match node.child_by_field_name(name) {
            Some(part) => self.condition(part),
            None => Self::missing(node),
        }
    }

    /// A block, or the `if` behind an `else`.
    fn branch(&mut self, node: Option<Node>, tail: Tail) -> Vec<Stmt> {
        let Some(node) = node else { return Vec::new() };
        let inner = if node.kind() == "else_clause" { children(node).into_iter().next() } else { Some(node) };
        let Some(inner) = inner else { return Vec::new() };
        if inner.kind() == "block" {
            return self.deeper(|rust| rust.statements(inner, tail)).unwrap_or_default();
        }
        let mut body = Vec::new();
        self.tail(inner, tail, &mut body);
        body
    }

    pub(super) fn repeated(&mut self, node: Node) -> StmtKind {
        let cond = node.child_by_field_name("condition").map(|cond| self.condition(cond));
        let each = match (node.child_by_field_name("pattern"), node.child_by_field_name("value")) {
            (Some(pattern), Some(value)) => {
                let over = self.expression(value);
                Some((self.target(pattern), over))
            }
            _ => None,
        };
        let body = self.branch(node.child_by_field_name("body"), Tail::Effect);
        StmtKind::Loop { cond, each, body }
    }

    pub(super) fn switch(&mut self, node: Node, tail: Tail) -> StmtKind {
        let subject = match node.child_by_field_name("value") {
            Some(value) => self.expression(value),
            None => Self::missing(node),
        };
        let mut cases = Vec::new();
        for arm in node.child_by_field_name("body").map(children).unwrap_or_default() {
            let Some(pattern) = arm.child_by_field_name("pattern") else { continue };
            let mut case =
                Case { values: Vec::new(), binds: Vec::new(), guard: None, body: Vec::new(), falls_through: false };
            self.arm(pattern, &mut case);
            if let Some(value) = arm.child_by_field_name("value") {
                self.tail(value, tail, &mut case.body);
            }
            cases.push(case);
        }
        StmtKind::Switch { subject, cases }
    }

    fn assigned(&mut self, node: Node, into: &mut Vec<Stmt>) {
        let Some(left) = node.child_by_field_name("left") else { return };
        let mut target = self.expression(left);
        // Writing through a raw pointer: said in front, so that the target stays a place.
        if let ExprKind::Call { args, .. } = &mut target.kind
            && left.kind() == "unary_expression"
        {
            let place = args.pop().map_or_else(|| Self::missing(left), |arg| arg.value);
            into.push(Self::effect(Self::marker(left, "unsafe!", vec![place.clone()])));
            target = expr(left, ExprKind::Same(Box::new(place)));
        }
        let right = node.child_by_field_name("right");
        if let Some(value) =
            right.filter(|value| node.kind() == "assignment_expression" && CONTROLS.contains(&value.kind()))
        {
            return self.assigned_in(value, Self::several(target), None, into);
        }
        let op = node.child_by_field_name("operator").and_then(|op| binary_op(self.low.slice(op).strip_suffix('=')?));
        let value = match right {
            Some(value) => self.expression(value),
            None => Self::missing(node),
        };
        let targets = Self::several(target);
        into.push(stmt(node, StmtKind::Assign { targets, op, value, of_type: None }));
    }

    /// A condition: `if let P = e` assigns on the way, and whether it fits is not known.
    pub(super) fn condition(&mut self, node: Node) -> Expr {
        match node.kind() {
            "let_condition" => {
                let value = match node.child_by_field_name("value") {
                    Some(value) => self.expression(value),
                    None => Self::missing(node),
                };
                let assigned = match node.child_by_field_name("pattern") {
                    Some(pattern) => {
                        let target = self.target(pattern);
                        expr(node, ExprKind::Assign(Box::new(target), Box::new(value)))
                    }
                    None => value,
                };
                expr(node, ExprKind::Other(vec![assigned]))
            }
            "let_chain" => {
                let mut links = Vec::new();
                let mut at = Some(node);
                while let Some(chain) = at.take() {
                    for part in children(chain).into_iter().rev() {
                        if part.kind() == "let_chain" { at = Some(part) } else { links.push(part) }
                    }
                }
                links.truncate(crate::lower::DEEPEST);
                let mut links = links.into_iter().rev();
                let first = links.next().map_or_else(|| Self::missing(node), |link| self.condition(link));
                links.fold(first, |left, link| {
                    let right = Box::new(self.condition(link));
                    expr(node, ExprKind::Binary { op: crate::ir::BinaryOp::And, left: Box::new(left), right })
                })
            }
            _ => self.expression(node),
        }
    }

    /// A block as a value: its only expression, or its statements.
    pub(super) fn block_value(&mut self, node: Node) -> ExprKind {
        let parts = children(node);
        if let [only] = parts.as_slice()
            && !only.kind().ends_with("_statement")
            && !only.kind().ends_with("_item")
            && !only.kind().ends_with("_declaration")
            && !matches!(
                only.kind(),
                "return_expression" | "break_expression" | "continue_expression" | "label" | "ERROR"
            )
        {
            return self.expression(*only).kind;
        }
        if parts.is_empty() {
            return ExprKind::Literal(Literal::Null);
        }
        ExprKind::Block(self.statements(node, Tail::Value))
    }
}
