//! Statements: branches, loops, exceptions, assignments.

use std::rc::Rc;

use super::guard::unwrapped;
use super::heap::Kind;
use super::run::{Run, State};
use super::types::bare;
use super::value::{Constant, Value, merge};
use crate::Language;
use crate::ir::{Case, Expr, ExprKind, Literal, Span, Stmt, StmtKind};

impl<'u> Run<'u> {
    /// Whether the end of the block is reached.
    pub(super) fn block(&mut self, stmts: &'u [Stmt]) -> bool {
        stmts.iter().all(|stmt| self.stmt(stmt))
    }

    pub(super) fn state(&mut self) -> State<'u> {
        let _ = self.spend(self.frame.names.len() / 8);
        (self.frame.names.clone(), self.heap.clone())
    }

    pub(super) fn restore(&mut self, state: State<'u>) {
        (self.frame.names, self.heap) = state;
    }

    fn take(&mut self) -> State<'u> {
        (std::mem::take(&mut self.frame.names), self.heap.clone())
    }

    /// What two ways leave behind.
    pub(super) fn joined(&mut self, first: State<'u>, second: State<'u>) -> State<'u> {
        let _ = self.spend(second.0.len() / 8 + self.heap.len() / 32);
        let (mut names, heap) = first;
        let mut heap = heap.join(&second.1);
        for (name, value) in second.0 {
            match names.get_mut(name) {
                Some(known) if Rc::ptr_eq(known, &value) => {}
                Some(known) => *known = Rc::new(heap.either(known.as_ref().clone(), value.as_ref().clone())),
                None => {
                    names.insert(name, value);
                }
            }
        }
        (names, heap)
    }

    fn leave_loop(&mut self) {
        let state = self.state();
        let known = self.frame.loops.pop();
        if let Some(known) = known {
            let joined = match known {
                Some(known) => self.joined(known, state),
                None => state,
            };
            self.frame.loops.push(Some(joined));
        }
    }

    fn stmt(&mut self, stmt: &'u Stmt) -> bool {
        if !self.spend(1) {
            return false;
        }
        match &stmt.kind {
            StmtKind::Expr(value) | StmtKind::Delete(value) => {
                self.expr(value);
                if let ExprKind::Call { callee, args, is_new: false } = &value.kind {
                    self.promised_by(callee, args, None);
                }
                if self.language != Language::Go {
                    self.returned_from(value);
                }
                return !never_returns(value);
            }
            StmtKind::Assert(value) => {
                self.expr(value);
                self.refine(value, true);
            }
            StmtKind::Yield(value) => {
                if let Some(value) = value {
                    let value = self.expr(value);
                    match self.frame.yields.pop() {
                        Some(known) => {
                            let value = match known {
                                Some(known) => self.heap.either(known, value),
                                None => value,
                            };
                            self.frame.yields.push(Some(value));
                        }
                        None => self.give_back(value),
                    }
                }
            }
            StmtKind::Assign { targets, op, value, of_type } => {
                self.assignment(targets, *op, value, of_type.as_deref(), stmt.span);
                if self.language != Language::Go {
                    self.returned_from(value);
                }
            }
            StmtKind::If { cond, then, other } => return self.branch(cond, then, other),
            StmtKind::Loop { cond, each, body } => return self.repeat(cond.as_ref(), each.as_ref(), body),
            StmtKind::Switch { subject, cases } => return self.switch(subject, cases),
            StmtKind::Try { body, handlers, finally } => {
                let before = self.state();
                let whole = self.block(body);
                let after = self.take();
                let thrown = self.joined(before, after.clone());
                let mut end = whole.then_some(after);
                for (name, handler) in handlers {
                    self.restore(thrown.clone());
                    if let Some(name) = name {
                        self.frame.names.insert(name.as_str(), Rc::new(Value::of_path("exception")));
                    }
                    if self.block(handler) {
                        let state = self.take();
                        end = Some(match end {
                            Some(end) => self.joined(end, state),
                            None => state,
                        });
                    }
                }
                let goes_on = end.is_some();
                self.restore(end.unwrap_or(thrown));
                return self.block(finally) && goes_on;
            }
            StmtKind::With { items, body } => {
                for (value, target) in items {
                    let value = self.expr(value);
                    if let Some(target) = target {
                        self.assign(target, value);
                    }
                }
                return self.block(body);
            }
            StmtKind::Return(value) => {
                self.verdict(value.as_ref());
                let value = value.as_ref().map(|value| self.expr(value)).unwrap_or_default();
                if self.frame.page && self.stack.len() == 1 {
                    self.page(&value, stmt.span);
                } else if self.stack.len() == 1 {
                    self.markup(&value, stmt.span);
                }
                self.give_back(value);
                return false;
            }
            StmtKind::Throw(value) => {
                if let Some(value) = value {
                    self.expr(value);
                }
                return false;
            }
            StmtKind::Block(body) => return self.block(body),
            StmtKind::Break | StmtKind::Continue => {
                self.leave_loop();
                return false;
            }
            StmtKind::Function(id) => {
                if let Some(function) = self.function(self.frame.unit, *id)
                    && function.class.is_none()
                    && function.parent.is_some_and(|parent| parent != 0)
                {
                    let value = self.closure(*id);
                    self.frame.names.insert(function.name.as_str(), Rc::new(value));
                }
            }
            StmtKind::Class(class) => self.enclose(*class),
        }
        true
    }

    fn give_back(&mut self, value: Value<'u>) {
        let value = match self.frame.returned.take() {
            Some(other) => self.heap.either(other, value),
            None => value,
        };
        self.frame.returned = Some(value);
        let heap = self.heap.clone();
        self.frame.left = Some(match self.frame.left.take() {
            Some(left) => left.join(&heap),
            None => heap,
        });
    }

    fn branch(&mut self, cond: &'u Expr, then: &'u [Stmt], other: &'u [Stmt]) -> bool {
        match self.expr(cond).constant.as_ref().map(Constant::truth) {
            Some(true) => return self.block(then),
            Some(false) => return self.block(other),
            None => {}
        }
        let before = self.state();
        self.refine(cond, true);
        let errand = self.sent_by(cond, then);
        let outer = std::mem::replace(&mut self.errand, errand);
        let first = self.block(then).then(|| self.take());
        self.errand = outer;
        self.restore(before);
        self.refine(cond, false);
        let second = self.block(other).then(|| self.take());
        match (first, second) {
            (Some(first), Some(second)) => {
                let joined = self.joined(first, second);
                self.restore(joined);
            }
            (Some(only), None) | (None, Some(only)) => self.restore(only),
            (None, None) => return false,
        }
        true
    }

    fn repeat(&mut self, cond: Option<&'u Expr>, each: Option<&'u (Expr, Expr)>, body: &'u [Stmt]) -> bool {
        if let Some(ExprKind::Literal(Literal::Bool(false))) = cond.map(|cond| &cond.kind) {
            return true;
        }
        self.frame.loops.push(None);
        let mut before = self.state();
        // The second turn sees what the first one changed; what is constant in both is constant.
        for _ in 0..2 {
            if let Some(cond) = cond {
                self.expr(cond);
                self.refine(cond, true);
            }
            if let Some((target, of)) = each {
                let value = self.expr(of);
                let element = self.element(&value);
                self.assign(target, element);
            }
            if self.block(body) {
                self.leave_loop();
            }
            let state = self.frame.loops.pop().flatten();
            self.frame.loops.push(None);
            if let Some(state) = state {
                before = self.joined(before, state);
            }
            self.restore(before.clone());
        }
        self.frame.loops.pop();
        self.restore(before);
        true
    }

    /// One of the elements of a value.
    pub(super) fn element(&mut self, value: &Value<'u>) -> Value<'u> {
        let Some(object) = self.heap.of(value).cloned() else {
            return Value { path: value.path.clone(), ..Value::of_origins(value.origins.clone()) };
        };
        if object.kind == Kind::Instance {
            return Value::of_origins(self.heap.origins(value));
        }
        if object.kind == Kind::Map {
            // A loop over a map goes over its keys; those are constant, or came from outside.
            let known =
                (!object.open && object.items.len() == 1).then(|| object.items.keys().next().cloned()).flatten();
            return match known {
                Some(key) => Value::constant(Constant::Text(key)),
                None => Value::of_origins(object.rest),
            };
        }
        let mut items = object.items.into_values();
        let mut out = items.next().unwrap_or_default();
        for item in items {
            out = self.heap.either(out, item);
        }
        merge(&mut out.origins, &object.rest);
        if object.open {
            out.constant = None;
        }
        out
    }

    fn switch(&mut self, subject: &'u Expr, cases: &'u [Case]) -> bool {
        let value = self.expr(subject);
        let breaks = !matches!(self.language, Language::Python | Language::Rust);
        if breaks {
            self.frame.loops.push(None);
        }
        let before = self.state();
        let (mut after, mut through): (Option<State<'u>>, Option<State<'u>>) = (None, None);
        let (mut matched, mut has_default) = (false, false);
        for case in cases {
            let values: Vec<Value<'u>> = case.values.iter().map(|value| self.expr(value)).collect();
            let known = value.constant.is_some() && values.iter().all(|value| value.constant.is_some());
            let same = values.iter().any(|other| other.constant == value.constant);
            let is_default = values.is_empty() && case.binds.is_empty();
            has_default |= is_default && case.guard.is_none();
            let possible = !matched && (!known || is_default || same);
            if !possible && through.is_none() {
                continue;
            }
            let start = match (possible, through.take()) {
                (true, Some(through)) => self.joined(through, before.clone()),
                (true, None) => before.clone(),
                (false, Some(through)) => through,
                (false, None) => continue,
            };
            self.restore(start);
            // Inside a case of constants the subject is one of them.
            if let (ExprKind::Name(name), false) = (&unwrapped(subject).kind, values.is_empty())
                && values.iter().all(|value| value.constant.is_some())
            {
                let constant = values.first().filter(|_| values.len() == 1).and_then(|value| value.constant.clone());
                self.frame.names.insert(name.as_str(), Rc::new(Value { constant, ..Value::default() }));
            }
            for bind in &case.binds {
                let bound = Value { constant: None, ..value.clone() };
                self.frame.names.insert(bind.as_str(), Rc::new(bound));
            }
            if let Some(guard) = &case.guard {
                self.expr(guard);
                self.refine(guard, true);
            }
            let errand = self.sent_to(subject, case);
            let outer = std::mem::replace(&mut self.errand, errand);
            let falls = self.block(&case.body);
            self.errand = outer;
            if falls && case.falls_through {
                through = Some(self.take());
            } else if falls {
                let state = self.take();
                after = Some(match after {
                    Some(after) => self.joined(after, state),
                    None => state,
                });
            }
            matched |= known && (same || is_default) && case.guard.is_none();
        }
        if breaks && let Some(Some(state)) = self.frame.loops.pop() {
            after = Some(match after {
                Some(after) => self.joined(after, state),
                None => state,
            });
        }
        for state in [through, (!matched && !has_default).then_some(before.clone())].into_iter().flatten() {
            after = Some(match after {
                Some(after) => self.joined(after, state),
                None => state,
            });
        }
        let goes_on = after.is_some();
        self.restore(after.unwrap_or(before));
        goes_on
    }

    fn assignment(
        &mut self,
        targets: &'u [Expr],
        op: Option<crate::ir::BinaryOp>,
        value: &'u Expr,
        of_type: Option<&'u str>,
        span: Span,
    ) {
        let outer = std::mem::replace(&mut self.frame.target, targets.first().map_or("", super::run::name_of));
        let mut new = self.expr(value);
        self.frame.target = outer;
        if let (Some(op), [target]) = (op, targets) {
            let old = self.expr(target);
            // `list += [x]` and `builder += x` change what is there.
            if self.heap.of(&old).is_some() && self.extend(&old, &new) {
                return;
            }
            new = self.binary(op, old, new);
        }
        if of_type.map(bare).is_some_and(super::types::is_harmless) {
            new.origins.clear();
        }
        if let Some(of_type) = of_type.map(bare)
            && new.is_plain()
            && !self.is_known(&new)
        {
            let declared = self.declared(of_type);
            if declared.path.is_some() {
                (new.path, new.object) = (declared.path, declared.object);
            }
        }
        if let [target] = targets {
            self.credential(super::run::name_of(target), &new, span);
            if let ExprKind::Name(name) = &target.kind {
                if is_question(value) {
                    self.frame.questions.insert(name.as_str(), value);
                } else {
                    self.frame.questions.remove(name.as_str());
                }
                let place = self.place(span);
                new.origins.iter_mut().for_each(|origin| origin.step(place, name));
            }
            self.assigned(target, &new, span);
            self.assign(target, new);
            return;
        }
        // Whether the call has gone well is asked of the last one.
        if let Some(ExprKind::Name(name)) = targets.last().map(|target| &target.kind)
            && self.language == Language::Go
        {
            if matches!(value.kind, ExprKind::Call { .. }) {
                self.frame.questions.insert(name.as_str(), value);
            } else {
                self.frame.questions.remove(name.as_str());
            }
        }
        self.spread_over(targets, &new);
    }

    /// The path already says more than the declaration would.
    fn is_known(&self, value: &Value<'u>) -> bool {
        value.path.as_deref().is_some_and(|path| self.is_named(path))
    }

    fn spread_over(&mut self, targets: &'u [Expr], value: &Value<'u>) {
        let items = self.heap.of(value).and_then(super::heap::Object::elements);
        let all = self.heap.origins(value);
        // `value, err := f()`: what stands behind the value is an error or a flag.
        if self.language == Language::Go && items.is_none() {
            for (at, target) in targets.iter().enumerate() {
                let value = if at == 0 { value.clone() } else { Value::default() };
                self.assign(target, value);
            }
            return;
        }
        for (at, target) in targets.iter().enumerate() {
            let item = items.as_ref().and_then(|items| items.get(at).cloned());
            // The first of several results is the value, the others tell of errors.
            let path = if at == 0 { value.path.clone() } else { None };
            self.assign(target, item.unwrap_or_else(|| Value { path, ..Value::of_origins(all.clone()) }));
        }
    }

    pub(super) fn assign(&mut self, target: &'u Expr, value: Value<'u>) {
        match &target.kind {
            ExprKind::Name(name) => {
                if self.language == Language::Java
                    && !self.frame.names.contains_key(name.as_str())
                    && let Some(id) = self.frame.receiver.as_ref().and_then(|receiver| receiver.object)
                    && let Some(object) = self.heap.get_mut(id)
                    && object.items.contains_key(name.as_str())
                {
                    object.put(name.as_str().into(), value);
                    return;
                }
                let value = self.with_late(name, value);
                self.frame.names.insert(name.as_str(), Rc::new(value));
            }
            ExprKind::Index { object, index } => {
                let key = self.expr(index).constant.as_ref().map(Constant::shown);
                self.store(object, key, value);
            }
            ExprKind::Member { object, name } => self.store(object, Some(name.as_str().into()), value),
            ExprKind::List(parts) => self.spread_over(parts, &value),
            ExprKind::Map(pairs) => {
                for (key, target) in pairs {
                    let key = self.expr(key).constant.as_ref().map(Constant::shown);
                    let inner = match key {
                        Some(key) => self.member_of(&value, &key, target.span),
                        None => Value::of_origins(self.heap.origins(&value)),
                    };
                    self.assign(target, inner);
                }
            }
            ExprKind::Same(inner) | ExprKind::Spread(inner) | ExprKind::Cast(inner, _) => self.assign(inner, value),
            ExprKind::Assign(target, _) => self.assign(target, value),
            // Patterns: `Some(x)`, `Json(x)`.
            ExprKind::Call { args, .. } => {
                for arg in args {
                    self.assign(&arg.value, Value { constant: None, ..value.clone() });
                }
            }
            _ => {}
        }
    }

    /// Puts a value into what an expression stands for.
    fn store(&mut self, holder: &'u Expr, key: Option<Rc<str>>, value: Value<'u>) {
        let held = self.expr(holder);
        let id = if let Some(id) = held.object {
            id
        } else {
            let id = self.heap.add(super::heap::Object { open: true, ..super::heap::Object::new(Kind::Instance) });
            let new = Value { object: Some(id), ..held };
            match &holder.kind {
                ExprKind::Name(_) | ExprKind::Member { .. } => self.assign(holder, new),
                _ => return,
            }
            id
        };
        let origins = self.heap.origins(&value);
        let Some(object) = self.heap.get_mut(id) else { return };
        if let Some(key) = key {
            object.put(key, value);
        } else {
            merge(&mut object.rest, &origins);
            object.open = true;
        }
    }
}

/// Whether the value is an answer that conditions rely on.
fn is_question(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Same(inner) => is_question(inner),
        ExprKind::Binary { op, .. } => {
            use crate::ir::BinaryOp::{And, Eq, In, Ne, NotIn, Or};
            matches!(op, And | Eq | In | Ne | NotIn | Or)
        }
        ExprKind::Unary { op, .. } => *op == crate::ir::UnaryOp::Not,
        ExprKind::Call { .. } | ExprKind::Index { .. } => true,
        _ => false,
    }
}

/// Functions behind which nothing goes on.
fn never_returns(expr: &Expr) -> bool {
    let ExprKind::Call { callee, .. } = &expr.kind else { return false };
    matches!(
        super::run::name_of(callee),
        "abort"
            | "exit"
            | "_exit"
            | "quit"
            | "Fatal"
            | "Fatalf"
            | "Fatalln"
            | "panic"
            | "panic!"
            | "unreachable!"
            | "notFound"
    )
}
