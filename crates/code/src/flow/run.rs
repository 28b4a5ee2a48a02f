//! The abstract run: statements and expressions over known values.

use std::collections::{BTreeMap, HashMap};

use super::Flow;
use super::value::{Constant, Value, merge};
use crate::ir::{Arg, BinaryOp, Expr, ExprKind, FunctionId, Literal, Piece, Span, Stmt, StmtKind, UnaryOp, Unit};
use crate::specs::{Record, Table, Test, Verb};

/// Steps of one file.
const WORK: u32 = 400_000;
/// Calls into each other.
const CALLS: usize = 5;

type Names = HashMap<String, Value>;

pub(super) struct Run<'u> {
    unit: &'u Unit,
    table: &'static Table,
    module: Names,
    names: Names,
    stack: Vec<FunctionId>,
    returned: Option<Value>,
    work: u32,
    flows: Vec<Flow>,
}

impl<'u> Run<'u> {
    pub(super) fn new(unit: &'u Unit) -> Self {
        let table = Table::of(unit.language);
        let mut names = Names::new();
        for import in &unit.imports {
            let path = match &import.name {
                Some(name) if name != "*" => format!("{}.{name}", import.module),
                _ => import.module.clone(),
            };
            names.insert(import.local.clone(), Value { path: Some(path), ..Value::default() });
        }
        let (stack, flows) = (Vec::new(), Vec::new());
        Self { unit, table, module: Names::new(), names, stack, returned: None, work: WORK, flows }
    }

    pub(super) fn whole(&mut self) {
        let unit = self.unit;
        for (id, function) in unit.functions.iter().enumerate().skip(1) {
            if !function.name.is_empty() && function.class.is_none() {
                let value = Value { function: Some(id as FunctionId), ..Value::default() };
                self.names.insert(function.name.clone(), value);
            }
        }
        if let Some(top) = unit.functions.first() {
            self.block(&top.body);
        }
        self.module = std::mem::take(&mut self.names);
        for (id, function) in unit.functions.iter().enumerate().skip(1) {
            let mut label = "unknown".to_owned();
            for decorator in &function.decorators {
                let path = self.expr(decorator).path.unwrap_or_default();
                let entry = self.table.find(&path).find_map(|record| match &record.verb {
                    Verb::Entry(label) => Some(label.clone()),
                    _ => None,
                });
                label = entry.unwrap_or(label);
            }
            self.names.clear();
            for param in &function.params {
                let known = param.of_type.as_deref().is_some_and(|of| matches!(of, "int" | "float" | "bool"));
                let mut value =
                    if known || param.is_receiver { Value::default() } else { Value::origin(&label, param.span) };
                value.path = Some(param.name.clone());
                self.names.insert(param.name.clone(), self.typed(value));
            }
            self.stack = vec![id as FunctionId];
            self.block(&function.body);
            self.returned = None;
        }
    }

    pub(super) fn finish(mut self) -> (Vec<Flow>, Vec<String>) {
        // Of several ways to one place the one with a known source counts.
        self.flows.sort_by_key(|flow| (flow.sink, flow.kind.clone(), flow.label.as_deref() == Some("unknown")));
        self.flows.dedup_by(|next, kept| next.sink == kept.sink && next.kind == kept.kind);
        let spent = if self.work == 0 { vec!["the analysis took too many steps".to_owned()] } else { Vec::new() };
        (self.flows, spent)
    }

    /// Whether the end of the block is reached.
    fn block(&mut self, stmts: &[Stmt]) -> bool {
        stmts.iter().all(|stmt| self.stmt(stmt))
    }

    fn stmt(&mut self, stmt: &Stmt) -> bool {
        self.work = self.work.saturating_sub(1);
        if self.work == 0 {
            return false;
        }
        match &stmt.kind {
            StmtKind::Expr(value) | StmtKind::Assert(value) | StmtKind::Delete(value) => {
                self.expr(value);
            }
            StmtKind::Yield(value) => {
                if let Some(value) = value {
                    self.expr(value);
                }
            }
            StmtKind::Assign { targets, op, value, .. } => self.assignment(targets, *op, value, stmt.span),
            StmtKind::If { cond, then, other } => return self.branch(cond, then, other),
            StmtKind::Loop { cond, each, body } => {
                if let Some(cond) = cond {
                    self.expr(cond);
                }
                let before = self.names.clone();
                for _ in 0..2 {
                    if let Some((target, of)) = each {
                        let origins = self.expr(of).all_origins();
                        self.assign(target, Value { origins, ..Value::default() });
                    }
                    self.block(body);
                }
                self.names = joined(before, std::mem::take(&mut self.names));
            }
            StmtKind::Switch { subject, cases } => {
                let subject = self.expr(subject);
                let before = self.names.clone();
                let (mut after, mut matched) = (None, false);
                for case in cases {
                    let values: Vec<Value> = case.values.iter().map(|value| self.expr(value)).collect();
                    let known = subject.constant.is_some() && values.iter().all(|value| value.constant.is_some());
                    let same = values.iter().any(|value| value.constant == subject.constant);
                    if matched || (known && !values.is_empty() && !same) {
                        continue;
                    }
                    self.names = before.clone();
                    if self.block(&case.body) {
                        let names = std::mem::take(&mut self.names);
                        after = Some(match after {
                            Some(other) => joined(other, names),
                            None => names,
                        });
                    }
                    matched = known && (same || values.is_empty()) && case.guard.is_none();
                }
                self.names = match after {
                    Some(after) if matched => after,
                    Some(after) => joined(after, before),
                    None => before,
                };
            }
            StmtKind::Try { body, handlers, finally } => {
                let before = self.names.clone();
                self.block(body);
                let mut after = std::mem::take(&mut self.names);
                for (_, handler) in handlers {
                    self.names = joined(before.clone(), after.clone());
                    if self.block(handler) {
                        after = joined(after, std::mem::take(&mut self.names));
                    }
                }
                self.names = after;
                return self.block(finally);
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
                let value = value.as_ref().map(|value| self.expr(value)).unwrap_or_default();
                self.returned = Some(match self.returned.take() {
                    Some(other) => other.join(value),
                    None => value,
                });
                return false;
            }
            StmtKind::Throw(value) => {
                if let Some(value) = value {
                    self.expr(value);
                }
                return false;
            }
            StmtKind::Block(body) => return self.block(body),
            StmtKind::Break | StmtKind::Continue => return false,
            StmtKind::Function(_) | StmtKind::Class(_) => {}
        }
        true
    }

    fn branch(&mut self, cond: &Expr, then: &[Stmt], other: &[Stmt]) -> bool {
        match self.expr(cond).constant.as_ref().map(truth) {
            Some(true) => return self.block(then),
            Some(false) => return self.block(other),
            None => {}
        }
        self.work = self.work.saturating_sub(self.names.len() as u32);
        let before = self.names.clone();
        self.refine(cond, true);
        let first = self.block(then).then(|| std::mem::take(&mut self.names));
        self.names = before;
        self.refine(cond, false);
        let second = self.block(other).then(|| std::mem::take(&mut self.names));
        match (first, second) {
            (Some(first), Some(second)) => self.names = joined(first, second),
            (Some(only), None) | (None, Some(only)) => self.names = only,
            (None, None) => return false,
        }
        true
    }

    /// A name that is one of some constants is harmless.
    fn refine(&mut self, cond: &Expr, holds: bool) {
        match &cond.kind {
            ExprKind::Same(inner) => self.refine(inner, holds),
            ExprKind::Unary { op: UnaryOp::Not, operand } => self.refine(operand, !holds),
            ExprKind::Binary { op: BinaryOp::And, left, right } if holds => {
                self.refine(left, true);
                self.refine(right, true);
            }
            ExprKind::Binary { op, left, right } => {
                let means = match op {
                    BinaryOp::In | BinaryOp::Eq => holds,
                    BinaryOp::NotIn | BinaryOp::Ne => !holds,
                    _ => false,
                };
                let list = self.expr(right);
                let fixed = list.constant.is_some()
                    || list.items.as_ref().is_some_and(|items| items.values().all(|item| item.constant.is_some()));
                if let (true, true, ExprKind::Name(name)) = (means, fixed, &left.kind) {
                    self.names.insert(name.clone(), Value::default());
                }
            }
            _ => {}
        }
    }

    fn assignment(&mut self, targets: &[Expr], op: Option<BinaryOp>, value: &Expr, span: Span) {
        let mut new = self.expr(value);
        if let (Some(op), [target]) = (op, targets) {
            let old = self.expr(target);
            new = binary(op, old, new);
        }
        if let [target] = targets {
            if let ExprKind::Name(name) = &target.kind {
                for origin in new.origins.iter_mut().filter(|origin| origin.steps.len() < 8) {
                    origin.steps.push((span, name.clone()));
                }
            }
            self.assign(target, new);
            return;
        }
        let all = new.all_origins();
        for (at, target) in targets.iter().enumerate() {
            let item = new.items.as_ref().and_then(|items| items.get(&at.to_string()).cloned());
            let value = item.unwrap_or_else(|| Value { origins: all.clone(), ..Value::default() });
            self.assign(target, value);
        }
    }

    fn assign(&mut self, target: &Expr, value: Value) {
        match &target.kind {
            ExprKind::Name(name) => {
                self.names.insert(name.clone(), value);
            }
            ExprKind::Index { object, index } => {
                let key = self.expr(index).constant.as_ref().map(key);
                self.store(object, key, value);
            }
            ExprKind::Member { object, name } => self.store(object, Some(name.clone()), value),
            ExprKind::List(parts) => {
                for part in parts {
                    self.assign(part, Value { origins: value.all_origins(), ..Value::default() });
                }
            }
            _ => {}
        }
    }

    /// Puts a value into what a name holds.
    fn store(&mut self, object: &Expr, key: Option<String>, value: Value) {
        let ExprKind::Name(name) = &object.kind else { return };
        let holder = self.names.entry(name.clone()).or_default();
        match (&mut holder.items, key) {
            (Some(items), Some(key)) if items.len() < 200 => {
                items.insert(key, value);
            }
            _ => merge(&mut holder.origins, value.all_origins()),
        }
    }

    fn typed(&self, mut value: Value) -> Value {
        let Some(path) = value.path.clone() else { return value };
        let of_type = self.table.find(&path).find_map(|record| match &record.verb {
            Verb::Type(of_type) => Some(of_type.clone()),
            _ => None,
        });
        value.path = Some(of_type.unwrap_or(path));
        value
    }

    /// A value with the labels that its path has as a source.
    fn sourced(&self, value: Value, span: Span) -> Value {
        let mut value = self.typed(value);
        let Some(path) = value.path.clone() else { return value };
        for record in self.table.find(&path) {
            if let Verb::Source(label) = &record.verb {
                value.origins = Value::origin(label, span).origins;
            }
        }
        value
    }

    fn expr(&mut self, expr: &Expr) -> Value {
        self.work = self.work.saturating_sub(1);
        if self.work == 0 {
            return Value::default();
        }
        match &expr.kind {
            ExprKind::Name(name) => self.name(name, expr.span),
            ExprKind::Literal(literal) => Value::constant(match literal {
                Literal::Text(text) | Literal::Bytes(text) | Literal::Regex(text) => Constant::Text(text.clone()),
                Literal::Number(number) => match number.parse() {
                    Ok(number) => Constant::Number(number),
                    Err(_) => return Value::default(),
                },
                Literal::Bool(value) => Constant::Bool(*value),
                Literal::Null => Constant::Null,
            }),
            ExprKind::Template(pieces) => {
                let parts = pieces.iter().map(|piece| match piece {
                    Piece::Text(text) => Value::constant(Constant::Text(text.clone())),
                    Piece::Expr(inner) => self.expr(inner),
                });
                let parts: Vec<Value> = parts.collect();
                parts.into_iter().reduce(|left, right| binary(BinaryOp::Add, left, right)).unwrap_or_default()
            }
            ExprKind::Call { callee, args, .. } => self.call(callee, args, expr.span),
            ExprKind::Member { object, name } => {
                let object = self.expr(object);
                let item = object.items.as_ref().and_then(|items| items.get(name).cloned());
                if let Some(item) = item {
                    return item;
                }
                let path = object.path.map(|path| format!("{path}.{name}"));
                self.sourced(Value { path, origins: object.origins, ..Value::default() }, expr.span)
            }
            ExprKind::Index { object, index } => {
                let (object, index) = (self.expr(object), self.expr(index));
                match (&object.items, &index.constant) {
                    (Some(items), Some(constant)) => items.get(&key(constant)).cloned().unwrap_or_default(),
                    _ => Value { origins: object.all_origins(), path: object.path, ..Value::default() },
                }
            }
            ExprKind::Binary { op, left, right } => {
                let (left, right) = (self.expr(left), self.expr(right));
                binary(*op, left, right)
            }
            ExprKind::Unary { op, operand } => {
                let value = self.expr(operand);
                match (op, &value.constant) {
                    (UnaryOp::Not, Some(constant)) => Value::constant(Constant::Bool(!truth(constant))),
                    (UnaryOp::Neg, Some(Constant::Number(number))) => Value::constant(Constant::Number(-number)),
                    _ => Value::default(),
                }
            }
            ExprKind::Conditional { cond, then, other } => match self.expr(cond).constant.as_ref().map(truth) {
                Some(true) => self.expr(then),
                Some(false) => self.expr(other),
                None => {
                    let then = self.expr(then);
                    then.join(self.expr(other))
                }
            },
            ExprKind::List(parts) => {
                let items = parts.iter().enumerate().map(|(at, part)| (at.to_string(), self.expr(part))).collect();
                Value { items: Some(items), ..Value::default() }
            }
            ExprKind::Map(pairs) => {
                let (mut items, mut origins, mut known) = (BTreeMap::new(), Vec::new(), true);
                for (at, value) in pairs {
                    let (at, value) = (self.expr(at), self.expr(value));
                    merge(&mut origins, value.all_origins());
                    match at.constant {
                        Some(constant) if constant != Constant::Null => {
                            items.insert(key(&constant), value);
                        }
                        _ => known = false,
                    }
                }
                if known {
                    Value { items: Some(items), ..Value::default() }
                } else {
                    Value { origins, ..Value::default() }
                }
            }
            ExprKind::Lambda(function) => Value { function: Some(*function), ..Value::default() },
            ExprKind::Comprehension { element, each, .. } => {
                for (target, of) in each {
                    let origins = self.expr(of).all_origins();
                    self.assign(target, Value { origins, ..Value::default() });
                }
                let origins = self.expr(element).all_origins();
                Value { origins, ..Value::default() }
            }
            ExprKind::Same(inner) | ExprKind::Cast(inner, _) | ExprKind::Spread(inner) => self.expr(inner),
            ExprKind::Assign(target, value) => {
                let value = self.expr(value);
                self.assign(target, value.clone());
                value
            }
            ExprKind::Block(stmts) => {
                self.block(stmts);
                Value::default()
            }
            ExprKind::Element { attributes, children, .. } => {
                let mut origins = Vec::new();
                for inner in attributes.iter().map(|(_, value)| value).chain(children) {
                    merge(&mut origins, self.expr(inner).all_origins());
                }
                Value { origins, ..Value::default() }
            }
            ExprKind::Other(parts) => {
                let mut origins = Vec::new();
                for part in parts {
                    merge(&mut origins, self.expr(part).all_origins());
                }
                Value { origins, ..Value::default() }
            }
        }
    }

    fn name(&mut self, name: &str, span: Span) -> Value {
        if let Some(value) = self.names.get(name).or_else(|| self.module.get(name)) {
            return self.sourced(value.clone(), span);
        }
        // In a fragment nothing says where a name comes from; well-known modules are themselves.
        let known = self.table.is_root(name) || name.starts_with(char::is_uppercase);
        let origins = if known { Vec::new() } else { Value::origin("unknown", span).origins };
        self.sourced(Value { path: Some(name.to_owned()), origins, ..Value::default() }, span)
    }

    fn call(&mut self, callee: &Expr, args: &[Arg], span: Span) -> Value {
        let target = self.expr(callee);
        let values: Vec<(Option<String>, Value)> =
            args.iter().map(|arg| (arg.name.clone(), self.expr(&arg.value))).collect();
        if let Some(function) = target.function
            && let Some(value) = self.enter(function, &values)
        {
            return value;
        }
        if let ExprKind::Member { object, name } = &callee.kind
            && let Some(value) = self.method(object, name, &values)
        {
            return value;
        }
        let path = target.path.map(|path| format!("{path}()"));
        let mut origins = if matches!(callee.kind, ExprKind::Name(_)) { Vec::new() } else { target.origins };
        for (_, value) in &values {
            merge(&mut origins, value.all_origins());
        }
        if let Some(path) = &path {
            let table = self.table;
            for record in table.find(path).filter(|record| holds(record, &values)) {
                match &record.verb {
                    Verb::Sink(class) => self.sink(*class, record, path, &values, span),
                    Verb::Check(kind) => self.flows.push(Flow {
                        kind: kind.clone(),
                        label: None,
                        callee: path.clone(),
                        source: None,
                        steps: Vec::new(),
                        sink: span,
                    }),
                    Verb::Clean(mask) => origins.iter_mut().for_each(|origin| origin.cleaned |= mask),
                    _ => {}
                }
            }
        }
        origins.retain(|origin| origin.cleaned != u32::MAX);
        self.sourced(Value { origins, path, ..Value::default() }, span)
    }

    fn sink(&mut self, class: usize, record: &Record, path: &str, values: &[(Option<String>, Value)], span: Span) {
        let name = crate::specs::CLASSES.get(class).copied().unwrap_or_default();
        for (at, (arg, value)) in values.iter().enumerate() {
            let wanted = arg.clone().unwrap_or_else(|| at.to_string());
            if !record.args.contains(&wanted) {
                continue;
            }
            for origin in value.all_origins().into_iter().filter(|origin| origin.cleaned & (1 << class) == 0) {
                self.flows.push(Flow {
                    kind: name.to_owned(),
                    label: Some(origin.label),
                    callee: path.to_owned(),
                    source: Some(origin.span),
                    steps: origin.steps,
                    sink: span,
                });
            }
        }
    }

    /// Goes into a function of this file.
    fn enter(&mut self, id: FunctionId, values: &[(Option<String>, Value)]) -> Option<Value> {
        let unit = self.unit;
        let function = unit.functions.get(id as usize)?;
        if self.stack.len() >= CALLS || self.stack.contains(&id) {
            return None;
        }
        let mut names = Names::new();
        for (at, param) in function.params.iter().enumerate() {
            let by_name = values.iter().find(|(name, _)| name.as_ref() == Some(&param.name));
            let given = by_name.or_else(|| values.get(at).filter(|(name, _)| name.is_none()));
            let value = match (given, &param.default) {
                (Some((_, value)), _) => value.clone(),
                (None, Some(default)) => self.expr(default),
                (None, None) => Value::default(),
            };
            names.insert(param.name.clone(), value);
        }
        let outer = (std::mem::replace(&mut self.names, names), self.returned.take());
        self.stack.push(id);
        self.block(&function.body);
        self.stack.pop();
        let value = std::mem::replace(&mut self.returned, outer.1).unwrap_or_default();
        self.names = outer.0;
        Some(value)
    }

    /// Methods of lists and dictionaries whose elements are known.
    fn method(&mut self, object: &Expr, name: &str, values: &[(Option<String>, Value)]) -> Option<Value> {
        let ExprKind::Name(holder) = &object.kind else { return None };
        let items = self.names.get_mut(holder)?.items.as_mut()?;
        let first = values.first().map(|(_, value)| value.clone());
        match name {
            "append" | "add" if items.len() < 200 => {
                items.insert(items.len().to_string(), first?);
                Some(Value::default())
            }
            "get" => Some(items.get(&key(first?.constant.as_ref()?)).cloned().unwrap_or_default()),
            "pop" => {
                let at = match first.and_then(|first| first.constant) {
                    Some(Constant::Number(at)) => at.to_string().parse().ok()?,
                    None => items.len().checked_sub(1)?,
                    _ => return None,
                };
                let mut rest: Vec<Value> =
                    (0..items.len()).map(|at| items.get(&at.to_string()).cloned()).collect::<Option<_>>()?;
                let taken = (at < rest.len()).then(|| rest.remove(at));
                *items = rest.into_iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect();
                taken
            }
            _ => None,
        }
    }
}

fn holds(record: &Record, values: &[(Option<String>, Value)]) -> bool {
    record.when.iter().all(|condition| {
        let given = values.iter().find(|(arg, _)| arg.as_ref().is_some_and(|arg| condition.arg.contains(arg)));
        let constant = given.and_then(|(_, value)| value.constant.as_ref());
        match &condition.test {
            Test::Is(wanted) => constant.is_some_and(|it| wanted.contains(&key(it).to_ascii_lowercase())),
            _ => false,
        }
    })
}

fn joined(mut first: Names, second: Names) -> Names {
    for (name, value) in second {
        match first.remove(&name) {
            Some(other) => first.insert(name, other.join(value)),
            None => first.insert(name, value),
        };
    }
    first
}

fn key(constant: &Constant) -> String {
    match constant {
        Constant::Text(text) => text.clone(),
        Constant::Number(number) => number.to_string(),
        Constant::Bool(value) => value.to_string(),
        Constant::Null => String::new(),
    }
}

fn truth(constant: &Constant) -> bool {
    match constant {
        Constant::Text(text) => !text.is_empty(),
        Constant::Number(number) => *number != 0.0,
        Constant::Bool(value) => *value,
        Constant::Null => false,
    }
}

fn binary(op: BinaryOp, left: Value, right: Value) -> Value {
    if let (Some(left), Some(right)) = (&left.constant, &right.constant)
        && let Some(constant) = folded(op, left, right)
    {
        return Value::constant(constant);
    }
    let compares = matches!(
        op,
        BinaryOp::Eq
            | BinaryOp::Ne
            | BinaryOp::Lt
            | BinaryOp::Le
            | BinaryOp::Gt
            | BinaryOp::Ge
            | BinaryOp::In
            | BinaryOp::NotIn
    );
    if compares {
        return Value::default();
    }
    let mut origins = left.all_origins();
    merge(&mut origins, right.all_origins());
    Value { origins, ..Value::default() }
}

fn folded(op: BinaryOp, left: &Constant, right: &Constant) -> Option<Constant> {
    use Constant::{Bool, Number, Text};
    Some(match (op, left, right) {
        (BinaryOp::Eq, left, right) => Bool(left == right),
        (BinaryOp::Ne, left, right) => Bool(left != right),
        (BinaryOp::Add, Text(left), Text(right)) if left.len() + right.len() < 10_000 => Text(format!("{left}{right}")),
        (BinaryOp::In, Text(left), Text(right)) => Bool(right.contains(left.as_str())),
        (BinaryOp::And, left, right) => {
            if truth(left) {
                right.clone()
            } else {
                left.clone()
            }
        }
        (BinaryOp::Or, left, right) => {
            if truth(left) {
                left.clone()
            } else {
                right.clone()
            }
        }
        (_, Number(left), Number(right)) => match op {
            BinaryOp::Add => Number(left + right),
            BinaryOp::Sub => Number(left - right),
            BinaryOp::Mul => Number(left * right),
            BinaryOp::Div => Number(left / right),
            BinaryOp::FloorDiv => Number((left / right).floor()),
            BinaryOp::Rem => Number(left.rem_euclid(*right)),
            BinaryOp::Lt => Bool(left < right),
            BinaryOp::Le => Bool(left <= right),
            BinaryOp::Gt => Bool(left > right),
            BinaryOp::Ge => Bool(left >= right),
            _ => return None,
        },
        _ => return None,
    })
}
