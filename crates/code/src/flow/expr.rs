//! Expressions: names, members, elements, operators, literals.

use std::rc::Rc;

use super::fold;
use super::heap::{Kind, Object};
use super::record::Args;
use super::run::{Run, name_of};
use super::tool::Listing;
use super::value::{Callable, ClassRef, Constant, Origin, Value, merge};
use crate::Language;
use crate::ir::{BinaryOp, Expr, ExprKind, Literal, Piece, Span, UnaryOp};

impl<'u> Run<'u> {
    pub(super) fn expr(&mut self, expr: &'u Expr) -> Value<'u> {
        if !self.spend(1) {
            return Value::default();
        }
        let value = self.evaluated(expr);
        if self.leaks { self.named(value, expr.span) } else { value }
    }

    fn evaluated(&mut self, expr: &'u Expr) -> Value<'u> {
        match &expr.kind {
            ExprKind::Name(name) => self.name(name, expr.span),
            ExprKind::Literal(literal) => Value::constant(match literal {
                Literal::Text(text) | Literal::Bytes(text) | Literal::Regex(text) => Constant::text(text),
                Literal::Number(number) => match number_of(number) {
                    Some(number) => Constant::Number(number),
                    None => return Value::default(),
                },
                Literal::Bool(value) => Constant::Bool(*value),
                Literal::Null => Constant::Null,
            }),
            ExprKind::Template(pieces) => {
                let mut whole = Value::constant(Constant::text(""));
                for piece in pieces {
                    let piece = match piece {
                        Piece::Text(text) => Value::constant(Constant::text(text)),
                        Piece::Expr(inner) => self.expr(inner),
                    };
                    whole = self.binary(BinaryOp::Add, whole, piece);
                }
                whole
            }
            ExprKind::Call { callee, args, is_new } => self.call(callee, args, *is_new, expr.span),
            ExprKind::Member { object, name } => {
                if let Some(class) = self.qualified(expr) {
                    return class;
                }
                let object = self.expr(object);
                self.member_of(&object, name, expr.span)
            }
            ExprKind::Index { object, index } => {
                let (object, index) = (self.expr(object), self.expr(index));
                self.index(&object, &index, expr.span)
            }
            ExprKind::Binary { op, left, right } => {
                if matches!(op, BinaryOp::And | BinaryOp::Or) && self.recording && asks(left) && calls(right) {
                    return self.short(*op, left, right);
                }
                let (left, right) = (self.expr(left), self.expr(right));
                if *op == BinaryOp::Div {
                    self.joins(&right, expr.span);
                }
                if self.leaks && *op == BinaryOp::Div {
                    let (whole, named) = self.joined_path(&[&left, &right], expr.span);
                    let mut value = self.binary(*op, left, right);
                    merge(&mut value.origins, &named);
                    return Value { prefix: whole, ..value };
                }
                if matches!(op, BinaryOp::Eq | BinaryOp::Ne) && self.recording && self.language != Language::Java {
                    self.compares("==", &[&left, &right], expr.span);
                }
                self.binary(*op, left, right)
            }
            ExprKind::Unary { op, operand } => {
                let value = self.expr(operand);
                match (op, &value.constant) {
                    (UnaryOp::Not, Some(constant)) => Value::constant(Constant::Bool(!constant.truth())),
                    (UnaryOp::Neg, Some(Constant::Number(number))) => Value::constant(Constant::Number(-number)),
                    _ => Value::default(),
                }
            }
            ExprKind::Conditional { cond, then, other } => {
                match self.expr(cond).constant.as_ref().map(Constant::truth) {
                    Some(true) => return self.expr(then),
                    Some(false) => return self.expr(other),
                    None => {}
                }
                let before = self.state();
                self.refine(cond, true);
                let then = self.expr(then);
                let first = self.state();
                self.restore(before);
                self.refine(cond, false);
                let other = self.expr(other);
                let second = self.state();
                let joined = self.joined(first, second);
                self.restore(joined);
                self.heap.either(then, other)
            }
            ExprKind::List(parts) => {
                let mut values = Vec::with_capacity(parts.len());
                let mut spread = Vec::new();
                for part in parts {
                    let value = self.expr(part);
                    if let ExprKind::Spread(_) = part.kind {
                        match self.heap.of(&value).and_then(Object::elements) {
                            Some(elements) => values.extend(elements),
                            None => spread.push(value),
                        }
                    } else {
                        values.push(value);
                    }
                }
                let mut object = Object::list(values);
                for value in spread {
                    object.open = true;
                    merge(&mut object.rest, &self.heap.origins(&value));
                }
                Value { object: Some(self.heap.add(object)), ..Value::default() }
            }
            ExprKind::Map(pairs) => {
                self.lists(Listing::Written(expr));
                self.map(pairs, expr.span)
            }
            ExprKind::Lambda(id) => self.closure(*id),
            ExprKind::Comprehension { element, each, conds } => {
                let outer = self.frame.names.clone();
                for (target, of) in each {
                    let value = self.expr(of);
                    let element = self.element(&value);
                    self.assign(target, element);
                }
                for cond in conds {
                    self.expr(cond);
                    self.refine(cond, true);
                }
                let value = self.expr(element);
                self.frame.names = outer;
                let mut object = Object { open: true, ..Object::new(Kind::List) };
                object.rest = self.heap.origins(&value);
                Value { object: Some(self.heap.add(object)), ..Value::default() }
            }
            ExprKind::Same(inner) | ExprKind::Spread(inner) => self.expr(inner),
            ExprKind::Cast(inner, of_type) => self.cast(inner, of_type, expr.span),
            ExprKind::Assign(target, value) => {
                let value = self.expr(value);
                self.assigned(target, &value, expr.span);
                self.assign(target, value.clone());
                value
            }
            ExprKind::Block(stmts) => {
                self.frame.yields.push(None);
                // The last statement of a block is its value, or what its `yield`s give.
                let mut last = Value::default();
                for stmt in stmts {
                    match &stmt.kind {
                        crate::ir::StmtKind::Expr(value) => last = self.expr(value),
                        _ => {
                            if !self.block(std::slice::from_ref(stmt)) {
                                break;
                            }
                        }
                    }
                }
                match self.frame.yields.pop().flatten() {
                    Some(inner) => self.heap.either(inner, last),
                    None => last,
                }
            }
            ExprKind::Element { name, attributes, children } => {
                let mut args: Args<'u> = vec![(Some("element"), Value::constant(Constant::text(name)))];
                for (name, value) in attributes {
                    let value = self.expr(value);
                    args.push((Some(name.as_str()), value));
                }
                let mut origins = Vec::new();
                for child in children {
                    let child = self.expr(child);
                    merge(&mut origins, &self.heap.origins(&child));
                }
                self.records("jsx()", None, &args, expr.span, &mut Vec::new());
                Value::default()
            }
            ExprKind::Other(parts) => {
                let mut origins = Vec::new();
                for part in parts {
                    let part = self.expr(part);
                    merge(&mut origins, &self.heap.origins(&part));
                }
                Value::of_origins(origins)
            }
        }
    }

    /// `a and b`: where `b` is run, `a` holds.
    fn short(&mut self, op: BinaryOp, left: &'u Expr, right: &'u Expr) -> Value<'u> {
        let value = self.expr(left);
        if value.constant.is_some() {
            let right = self.expr(right);
            return self.binary(op, value, right);
        }
        let before = self.state();
        self.refine(left, op == BinaryOp::And);
        let other = self.expr(right);
        let after = self.state();
        let joined = self.joined(before, after);
        self.restore(joined);
        self.binary(op, value, other)
    }

    fn map(&mut self, pairs: &'u [(Expr, Expr)], span: Span) -> Value<'u> {
        let mut object = Object::new(Kind::Map);
        for (at, value) in pairs {
            let spread = matches!(value.kind, ExprKind::Spread(_));
            let (key, value_of) = (self.expr(at), self.expr(value));
            match key.constant {
                _ if spread => {
                    if let Some(inner) = self.heap.of(&value_of).cloned() {
                        object.items.extend(inner.items);
                        object.open |= inner.open;
                        merge(&mut object.rest, &inner.rest);
                    } else {
                        object.open = true;
                        merge(&mut object.rest, &value_of.origins);
                        // What somebody else sends replaces what stood here before.
                        if value_of.origins.iter().any(|origin| origin.label != "unknown") {
                            for item in object.items.values_mut() {
                                item.constant = None;
                                merge(&mut item.origins, &value_of.origins);
                            }
                        }
                    }
                }
                Some(constant) => {
                    let key = constant.shown();
                    self.credential(&key, &value_of, value.span);
                    object.put(key, value_of);
                }
                None => {
                    object.open = true;
                    merge(&mut object.rest, &self.heap.origins(&value_of));
                }
            }
        }
        // A message to a model is told by its parts.
        if let (Some(role), Some(content)) = (object.items.get("role"), object.items.get("content")) {
            let args = vec![(Some("role"), role.clone()), (Some("content"), content.clone())];
            self.records("message()", None, &args, span, &mut Vec::new());
        }
        Value { object: Some(self.heap.add(object)), ..Value::default() }
    }

    /// `(T) x`, `x as T`, and `T{…}`: the last is made like `T(…)`.
    fn cast(&mut self, inner: &'u Expr, of_type: &'u str, span: Span) -> Value<'u> {
        let value = self.expr(inner);
        let of_type = super::types::bare(of_type);
        if let (ExprKind::Map(pairs), true) = (&inner.kind, !of_type.is_empty()) {
            let object = self.heap.of(&value).cloned();
            let args: Args<'u> = pairs
                .iter()
                .filter_map(|(key, _)| {
                    let name = match &key.kind {
                        ExprKind::Literal(Literal::Text(text)) => text.as_str(),
                        _ => name_of(key),
                    };
                    Some((Some(name), object.as_ref()?.items.get(name)?.clone()))
                })
                .collect();
            let declared = self.declared(of_type);
            if let Some(path) = &declared.path {
                self.records(&Rc::clone(path), None, &args, span, &mut Vec::new());
            }
            let class = self.heap.of(&declared).and_then(|object| object.class);
            if let Some(object) = value.object.and_then(|id| self.heap.get_mut(id)) {
                object.kind = Kind::Instance;
                object.class = class;
            }
            return Value { path: declared.path, ..value };
        }
        if super::types::is_number(of_type) {
            return Value { constant: value.constant, ..Value::default() };
        }
        if value.is_plain() && value.path.as_deref().is_none_or(|path| !self.is_named(path)) {
            let declared = self.declared(of_type);
            if declared.path.is_some() {
                return Value { path: declared.path, object: declared.object, ..value };
            }
        }
        value
    }

    fn index(&mut self, object: &Value<'u>, index: &Value<'u>, span: Span) -> Value<'u> {
        if let (Some(Constant::Text(text)), Some(Constant::Number(at))) = (&object.constant, &index.constant) {
            return fold::letter(text, *at).map(Value::constant).unwrap_or_default();
        }
        let Some(held) = self.heap.of(object) else {
            if let Some(Constant::Text(key)) = &index.constant {
                return Value { constant: None, ..self.member_of(object, key, span) };
            }
            let mut origins = object.origins.clone();
            if !matches!(index.constant, Some(Constant::Number(_))) {
                self.picked(&mut origins, None, super::leak::is_mapping(object.path.as_deref()), span);
            }
            return Value { path: object.path.clone(), ..Value::of_origins(origins) };
        };
        if let Some(constant) = &index.constant {
            let key = match constant {
                Constant::Number(at) if *at < 0.0 && !held.open => (held.items.len() as f64 + at).to_string().into(),
                constant => constant.shown(),
            };
            let (item, rest, open) = (held.items.get(&key).cloned(), held.rest.clone(), held.open);
            match item {
                Some(item) => item,
                None if open => {
                    let mut origins = rest;
                    merge(&mut origins, &object.origins);
                    self.picked(&mut origins, Some(&key), true, span);
                    Value::of_origins(origins)
                }
                None => Value::default(),
            }
        } else {
            if let Some(table) = object.object {
                self.picks(table);
            }
            let Some(held) = self.heap.of(object) else { return Value::default() };
            let (kind, open) = (held.kind, held.open);
            let mut items = held.items.clone().into_values();
            let mut origins = held.rest.clone();
            if kind == Kind::Instance || open {
                merge(&mut origins, &object.origins);
            }
            let mut out = items.next().unwrap_or_default();
            for item in items {
                out = self.heap.either(out, item);
            }
            merge(&mut out.origins, &origins);
            // There may be no such key.
            if kind == Kind::Map {
                out.constant = None;
            }
            out
        }
    }

    fn name(&mut self, name: &'u str, span: Span) -> Value<'u> {
        if let Some(value) = self.look(name) {
            return value.as_ref().clone();
        }
        if let Some(receiver) = self.frame.receiver.clone() {
            if matches!(name, "this" | "self" | "super") {
                return receiver;
            }
            if self.language == Language::Java {
                if let Some(item) = self.heap.of(&receiver).and_then(|object| object.items.get(name)).cloned() {
                    return item;
                }
                if let Some(method) = self.bound(&receiver, name) {
                    return method;
                }
            }
        }
        if self.language == Language::Java
            && let Some(function) = self.function(self.frame.unit, self.frame.function)
            && let Some(class) = function.class
            && let Some(value) = self.of_class(ClassRef { unit: self.frame.unit, class }, name)
        {
            return value;
        }
        // In a fragment nothing says where a name comes from; well-known modules are themselves.
        let known = self.table.is_root(name)
            || name.starts_with(char::is_uppercase)
            || matches!(name, "console" | "process" | "document" | "window" | "module" | "exports" | "require")
            || name == "_";
        let origins = if known { Vec::new() } else { Value::origin("unknown", self.place(span)).origins };
        self.sourced(Value { origins, ..Value::of_path(name) }, span)
    }

    /// A Java class behind the name of its package: `java.util.Base64`.
    pub(super) fn qualified(&self, expr: &Expr) -> Option<Value<'u>> {
        let ExprKind::Member { object, name } = &expr.kind else { return None };
        if self.language != Language::Java || !name.starts_with(char::is_uppercase) {
            return None;
        }
        let mut parts = vec![name.as_str()];
        let mut at = object.as_ref();
        while let ExprKind::Member { object, name } = &at.kind {
            parts.push(name);
            at = object;
        }
        let ExprKind::Name(root) = &at.kind else { return None };
        parts.push(root);
        let lower = |part: &&str| part.starts_with(char::is_lowercase);
        if parts.iter().skip(1).any(|part| !lower(part)) || matches!(root.as_str(), "this" | "super") {
            return None;
        }
        let field = self.frame.receiver.as_ref().and_then(|receiver| self.heap.of(receiver));
        if self.look(root).is_some() || field.is_some_and(|held| held.items.contains_key(root.as_str())) {
            return None;
        }
        if let Some(class) = self.look(name).filter(|value| value.class.is_some()) {
            return Some(class.as_ref().clone());
        }
        parts.reverse();
        Some(self.typed(Value::of_path(parts.join("."))))
    }

    /// A method with the object it is called on.
    pub(super) fn bound(&self, receiver: &Value<'u>, name: &str) -> Option<Value<'u>> {
        let class = self.heap.of(receiver)?.class?;
        let (unit, function) = self.method_of(class, name)?;
        let env = self.seen(unit, function);
        let callable = Callable { unit, function, receiver: Some(receiver.clone()), env };
        Some(Value { callable: Some(Rc::new(callable)), ..Value::of_path(name) })
    }

    /// A static member of a class.
    fn of_class(&mut self, class: ClassRef, name: &str) -> Option<Value<'u>> {
        if let Some((unit, function)) = self.method_of(class, name) {
            let callable = Callable { unit, function, receiver: None, env: None };
            return Some(Value { callable: Some(Rc::new(callable)), ..Value::of_path(name) });
        }
        let declared = self.unit(class.unit)?.classes.get(class.class as usize)?;
        let field = declared.fields.iter().find(|field| field.name == name)?;
        match &field.value {
            Some(value) if self.stack.len() < 6 => {
                // Its initial value: what other code puts there is not known, and not guessed.
                let outer = std::mem::replace(&mut self.frame.unit, class.unit);
                self.stack.push((usize::MAX, class.class));
                let value = self.expr(value);
                self.stack.pop();
                self.frame.unit = outer;
                Some(value)
            }
            _ => field.of_type.as_deref().map(|of_type| self.declared(super::types::bare(of_type))),
        }
    }

    pub(super) fn member_of(&mut self, object: &Value<'u>, name: &str, span: Span) -> Value<'u> {
        if let Some(held) = self.heap.of(object) {
            if let Some(item) = held.items.get(name) {
                let mut item = item.clone();
                // A field of something that came from outside came with it, unless its type leaves no room.
                let of_number = held.class.is_none_or(|class| self.is_number(class, name));
                if !item.is_written() && !of_number {
                    // What was made sure of the field itself holds.
                    let new = |origin: &&Origin| !item.origins.iter().any(|known| known.same(origin));
                    let new: Vec<Origin> = object.origins.iter().filter(new).cloned().collect();
                    merge(&mut item.origins, &new);
                }
                return item;
            }
            if let Some(method) = self.bound(object, name) {
                return method;
            }
        }
        if name == "length" && !matches!(self.language, Language::Python) {
            return Value::default();
        }
        if let Some(class) = object.class
            && let Some(value) = self.of_class(class, name)
        {
            return value;
        }
        if let Some(module) = object.module
            && let Some(value) = self.modules.get(module).and_then(|names| names.get(name))
        {
            return value.as_ref().clone();
        }
        let path: Option<Rc<str>> = object.path.as_ref().map(|path| Rc::from(format!("{path}.{name}")));
        // `import a.b` reaches the file by the name of its folder.
        if self.language == Language::Python
            && object.is_plain()
            && object.origins.is_empty()
            && let Some(value) = path.as_ref().and_then(|path| self.modules.get(self.frame.unit)?.get(&**path))
            && value.module.is_some()
        {
            return value.as_ref().clone();
        }
        let mut origins = object.origins.clone();
        if let Some(held) = self.heap.of(object) {
            merge(&mut origins, &held.rest);
        }
        self.picked(&mut origins, Some(name), true, span);
        if self.leaks {
            merge(&mut origins, &self.key_of(name, span));
            if name == "__dict__" {
                merge(&mut origins, &self.heap.origins(object));
            }
        }
        if self.leaks && self.table.label_of(name) == Some("talk") {
            merge(&mut origins, &Value::origin("talk", self.place(span)).origins);
        }
        self.sourced(Value { path, ..Value::of_origins(origins) }, span)
    }

    fn is_number(&self, class: ClassRef, field: &str) -> bool {
        let class = self.unit(class.unit).and_then(|unit| unit.classes.get(class.class as usize));
        let field = class.and_then(|class| class.fields.iter().find(|known| known.name == field));
        field
            .and_then(|field| field.of_type.as_deref())
            .map(super::types::bare)
            .is_some_and(|of| super::types::is_harmless(of) || self.is_choice(of))
    }

    pub(super) fn binary(&mut self, op: BinaryOp, left: Value<'u>, right: Value<'u>) -> Value<'u> {
        let whole = matches!(self.language, Language::Java | Language::Go | Language::Rust);
        if let (Some(a), Some(b)) = (&left.constant, &right.constant)
            && let Some(constant) = fold::binary(op, a, b, whole)
        {
            return Value::constant(constant);
        }
        match op {
            BinaryOp::And | BinaryOp::Or | BinaryOp::Coalesce => {
                return match left.constant.as_ref().map(Constant::truth) {
                    Some(true) if op == BinaryOp::And => right,
                    Some(false) if op == BinaryOp::Or => right,
                    Some(_) => left,
                    // What is not true says nothing: an empty text, zero, nothing at all.
                    None if op == BinaryOp::And => right,
                    None => self.heap.either(left, right),
                };
            }
            BinaryOp::Eq
            | BinaryOp::Ne
            | BinaryOp::Lt
            | BinaryOp::Le
            | BinaryOp::Gt
            | BinaryOp::Ge
            | BinaryOp::In
            | BinaryOp::NotIn
            | BinaryOp::InstanceOf => return Value::default(),
            _ => {}
        }
        let lists = (self.heap.of(&left).and_then(Object::elements), self.heap.of(&right).and_then(Object::elements));
        if let (BinaryOp::Add, (Some(mut first), Some(second))) = (op, lists) {
            first.extend(second);
            return Value { object: Some(self.heap.add(Object::list(first))), ..Value::default() };
        }
        let mut origins = self.heap.origins(&left);
        merge(&mut origins, &self.heap.origins(&right));
        let prefix = match (op, &left.constant, &left.prefix) {
            (BinaryOp::Rem, Some(Constant::Text(text)), _) => text.split('%').next().map(Rc::from),
            (BinaryOp::Add, Some(Constant::Text(text)), _) if text.is_empty() => match &right.constant {
                Some(Constant::Text(text)) => Some(Rc::clone(text)),
                _ => right.prefix.clone(),
            },
            (BinaryOp::Add, Some(constant), _) => Some(constant.shown()),
            (BinaryOp::Add, None, Some(prefix)) => Some(Rc::clone(prefix)),
            _ => None,
        };
        // `base / name` of paths stays a path.
        let path = match op {
            BinaryOp::Div => left.path,
            BinaryOp::Add if self.begins_as_configured(&left, &right) => Some(super::tool::CONFIGURED.into()),
            _ => None,
        };
        Value { path, prefix, ..Value::of_origins(origins) }
    }
}

/// Whether it is a question whose answer says something of a name.
fn asks(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Call { .. } => true,
        ExprKind::Same(inner) | ExprKind::Unary { operand: inner, .. } => asks(inner),
        ExprKind::Binary { op: BinaryOp::In | BinaryOp::NotIn | BinaryOp::Eq | BinaryOp::Ne, .. } => true,
        ExprKind::Binary { op: BinaryOp::And | BinaryOp::Or, left, right } => asks(left) || asks(right),
        _ => false,
    }
}

/// Whether something may happen in it that a condition in front of it rules out.
fn calls(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Call { .. } => true,
        ExprKind::Same(inner) | ExprKind::Cast(inner, _) | ExprKind::Unary { operand: inner, .. } => calls(inner),
        ExprKind::Binary { left, right, .. } => calls(left) || calls(right),
        ExprKind::Member { object, .. } => calls(object),
        _ => false,
    }
}

fn number_of(text: &str) -> Option<f64> {
    let digits = text.trim_end_matches(['l', 'L', 'n']);
    if let Some(hex) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        return i64::from_str_radix(hex, 16).ok().map(|number| number as f64);
    }
    if let Some(octal) = digits.strip_prefix("0o") {
        return i64::from_str_radix(octal, 8).ok().map(|number| number as f64);
    }
    if digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return i64::from_str_radix(digits, 8).ok().map(|number| number as f64);
    }
    digits.parse().ok()
}
