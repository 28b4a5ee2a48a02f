//! Expressions of a template: what they yield, and the dangerous steps on the way there.

use super::ast::{Args, Expr, Kind};
use super::builtin;
use super::danger::{self, Effect};
use super::reach::{Interpreter, path};
use super::value::{HOLE, MAX_ITEMS, MAX_TEXT, Value, combine};

impl<'t> Interpreter<'t> {
    pub(super) fn eval(&mut self, expr: &'t Expr) -> Value {
        if !self.step() {
            return Value::Unknown;
        }
        self.depth += 1;
        let value = self.eval_kind(expr);
        self.depth -= 1;
        self.pay(value)
    }

    fn eval_kind(&mut self, expr: &'t Expr) -> Value {
        match &expr.kind {
            Kind::Str(text) => {
                // Whoever calls `format` on it, and however that method is reached.
                for field in danger::format_attributes(text) {
                    self.reach(Effect::Code, field, expr);
                }
                Value::str(text.as_str())
            }
            Kind::Int(number) => Value::Int(*number),
            Kind::Bool(value) => Value::Bool(*value),
            Kind::None => Value::None,
            Kind::Float(_) => Value::Unknown,
            Kind::Name(name) => self.name(expr, name),
            Kind::List(items) => Value::List(items.iter().map(|item| self.eval(item)).take(MAX_ITEMS).collect()),
            Kind::Dict(items) => {
                let pairs = items.iter().map(|(key, value)| (self.eval(key), self.eval(value)));
                Value::Dict(pairs.take(MAX_ITEMS).collect())
            }
            Kind::Attr(base, name) => {
                let value = self.eval(base);
                self.attribute(expr, base, &Value::str(name.as_str()), Access::Attribute);
                self.format_taken(&value, name, expr);
                let own = path(expr).and_then(|path| self.env.get(&path).cloned()).unwrap_or(Value::Unknown);
                own.or(value.map(&mut |value| value.get(&Value::str(name.as_str()))))
            }
            Kind::Item(base, key) => {
                let value = self.eval(base);
                let key = self.eval(key);
                self.attribute(expr, base, &key, Access::Item);
                for name in key.alternatives() {
                    self.format_taken(&value, &name.text(), expr);
                }
                combine(&value, &key, &mut Value::get)
            }
            Kind::Slice(base, parts) => {
                let value = self.eval(base);
                let mut bounds = [None; 3];
                for (bound, part) in bounds.iter_mut().zip(parts) {
                    *bound = part.as_ref().and_then(|part| self.eval(part).int());
                }
                value.map(&mut |value| value.slice(bounds))
            }
            Kind::Call(callee, args) => self.call(expr, callee, args),
            Kind::Filter(..) => self.filter_chain(expr, None),
            Kind::Test(base, _, args) => {
                self.eval(base);
                self.arguments(args);
                Value::Unknown
            }
            Kind::Not(inner) => {
                self.eval(inner);
                Value::Unknown
            }
            Kind::Negative(inner) => {
                self.eval(inner).int().map_or(Value::Unknown, |number| Value::Int(number.saturating_neg()))
            }
            Kind::Concat(items) => {
                let first = Value::str("");
                items.iter().fold(first, |all, item| {
                    let joined = combine(&all, &self.eval(item), &mut Value::concat);
                    self.pay(joined)
                })
            }
            Kind::Sum(items) => {
                let values: Vec<Value> = items.iter().map(|item| self.eval(item)).collect();
                let sums = values.into_iter().reduce(|a, b| self.pay(combine(&a, &b, &mut sum)));
                sums.unwrap_or(Value::Unknown)
            }
            Kind::Binary(op, a, b) => self.binary(expr, op, a, b),
            Kind::Cond(test, then, other) => {
                self.eval(test);
                let then = self.eval(then);
                let other = other.as_ref().map_or(Value::Unknown, |other| self.eval(other));
                then.or(other)
            }
        }
    }

    fn name(&mut self, expr: &'t Expr, name: &str) -> Value {
        if !self.bound.contains(name) && danger::variable(name) {
            self.reach(Effect::Code, name, expr);
        }
        self.env.get(name).cloned().unwrap_or(Value::Unknown)
    }

    fn arguments(&mut self, args: &'t Args) -> (Vec<Value>, Vec<(String, Value)>) {
        let positional = args.positional.iter().map(|arg| self.eval(arg)).collect();
        (positional, args.keyword.iter().map(|(name, arg)| (name.clone(), self.eval(arg))).collect())
    }

    fn binary(&mut self, expr: &'t Expr, op: &str, a: &'t Expr, b: &'t Expr) -> Value {
        let (left, right) = (self.eval(a), self.eval(b));
        match (op, &left, &right) {
            ("*", Value::Str(text), Value::Int(times)) | ("*", Value::Int(times), Value::Str(text)) => {
                let length = (text.len() as u64).saturating_mul(times.unsigned_abs());
                if *times > 0 && length > danger::MAX_LENGTH {
                    self.reach(Effect::Resource, format!("a text of {length} characters"), expr);
                }
                match usize::try_from(*times) {
                    Ok(times) if length <= MAX_TEXT as u64 => Value::Str(text.repeat(times)),
                    _ => Value::Unknown,
                }
            }
            ("%", Value::Str(format), _) => {
                self.width(format, expr);
                let args = match &right {
                    Value::List(items) => items.clone(),
                    value => vec![value.clone()],
                };
                builtin::percent(format, &args, &|_| Value::Unknown)
            }
            (_, Value::Int(a), Value::Int(b)) => arithmetic(op, *a, *b).map_or(Value::Unknown, Value::Int),
            _ => Value::Unknown,
        }
    }

    fn width(&mut self, format: &str, expr: &Expr) {
        if let Some(width) = danger::format_width(format) {
            self.reach(Effect::Resource, format!("a field of {width} characters"), expr);
        }
    }

    /// Notes access to `name` of `base`.
    fn attribute(&mut self, expr: &Expr, base: &Expr, name: &Value, access: Access) {
        for one in name.alternatives() {
            match one {
                Value::Str(text) if text.contains(HOLE) => {
                    if danger::partial(text) && (access != Access::Item || text.contains("__")) {
                        self.reach(Effect::Code, text.replace(HOLE, "…"), expr);
                    } else if access == Access::Dynamic {
                        self.reach(Effect::Dynamic, text.replace(HOLE, "…"), expr);
                    }
                }
                Value::Str(text) => {
                    let global = match &base.kind {
                        Kind::Name(global) if !self.bound.contains(global.as_str()) => Some(global.as_str()),
                        _ => None,
                    };
                    // `('{0.__class__}'|attr('format'))(x)`: what is called is bound to the format.
                    if let (Kind::Str(format), "format" | "format_map") = (&base.kind, text.as_str()) {
                        for found in danger::format_attributes(format) {
                            self.reach(Effect::Code, found, expr);
                        }
                    }
                    if danger::attribute(text) || global.is_some_and(|global| danger::of_global(global, text)) {
                        self.reach(Effect::Code, text.as_str(), expr);
                    }
                }
                Value::Int(_) => {}
                _ if access == Access::Dynamic => self.reach(Effect::Dynamic, "a name that is computed", expr),
                _ => {}
            }
        }
    }

    /// A method that formats is taken from known text: the attributes in its fields are read once it is called, however
    /// much later.
    fn format_taken(&mut self, value: &Value, method: &str, expr: &Expr) {
        if !matches!(method, "format" | "format_map") {
            return;
        }
        for one in value.alternatives() {
            if let Value::Str(format) = one {
                self.width(format, expr);
                for field in danger::format_attributes(format) {
                    self.reach(Effect::Code, field, expr);
                }
            }
        }
    }

    fn call(&mut self, expr: &'t Expr, callee: &'t Expr, args: &'t Args) -> Value {
        match &callee.kind {
            Kind::Name(name) => self.call_name(expr, callee, name, args),
            Kind::Attr(base, method) => {
                let value = self.eval(base);
                self.attribute(callee, base, &Value::str(method.as_str()), Access::Attribute);
                let (positional, _) = self.arguments(args);
                let module = matches!(&base.kind, Kind::Name(name) if !self.bound.contains(name.as_str()) && danger::module(name));
                if module || danger::method(method) {
                    self.reach(Effect::Code, danger::called(base, method), expr);
                }
                self.format_taken(&value, method, expr);
                self.mutate(base, method, &positional);
                if method == "cycle" {
                    return positional.into_iter().fold(Value::Unknown, Value::or);
                }
                value.map(&mut |value| builtin::method(value, method, &positional))
            }
            _ => {
                self.eval(callee);
                self.arguments(args);
                Value::Unknown
            }
        }
    }

    /// `list.append(x)` and its like change what the name holds.
    fn mutate(&mut self, base: &Expr, method: &str, args: &[Value]) {
        let Some(held) = path(base).and_then(|path| self.env.get_mut(&path)) else { return };
        match (held, method, args) {
            (Value::List(items), "append", [item]) if items.len() < MAX_ITEMS => items.push(item.clone()),
            (Value::List(items), "insert", [Value::Int(0), item]) if items.len() < MAX_ITEMS => {
                items.insert(0, item.clone());
            }
            (Value::List(items), "extend", [more]) => {
                items.extend(more.items().unwrap_or_default().into_iter().take(MAX_ITEMS));
                items.truncate(MAX_ITEMS);
            }
            (Value::List(items), "reverse", []) => items.reverse(),
            (Value::Dict(items), "update", [Value::Dict(more)]) if items.len() < MAX_ITEMS => {
                items.extend(more.iter().cloned());
            }
            _ => {}
        }
    }

    fn call_name(&mut self, expr: &'t Expr, callee: &'t Expr, name: &'t str, args: &'t Args) -> Value {
        let (positional, keyword) = self.arguments(args);
        if self.bound.contains(name) {
            return self.call_macro(name, &positional, &keyword);
        }
        self.name(callee, name);
        if let Some(effect) = danger::function(name) {
            self.reach(effect, format!("{name}()"), expr);
        }
        match name {
            "dict" | "namespace" => {
                let mut pairs = match positional.first() {
                    Some(Value::Dict(pairs)) => pairs.clone(),
                    _ => Vec::new(),
                };
                pairs.extend(keyword.into_iter().map(|(key, value)| (Value::Str(key), value)));
                Value::Dict(pairs)
            }
            "cycler" => positional.into_iter().fold(Value::Unknown, Value::or),
            "range" => {
                let Some(length) = danger::range_length(&positional) else { return Value::Unknown };
                if length > danger::MAX_RANGE {
                    self.reach(Effect::Resource, format!("a range of {length}"), expr);
                }
                danger::range(&positional, length)
            }
            "lipsum" if positional.iter().any(|n| n.int().is_some_and(|n| n > 10_000)) => {
                self.reach(Effect::Resource, "lipsum()", expr);
                Value::Unknown
            }
            _ => Value::Unknown,
        }
    }

    fn call_macro(&mut self, name: &'t str, args: &[Value], keyword: &[(String, Value)]) -> Value {
        let Some(block) = self.macros.get(name).copied().filter(|_| self.captures.len() < 4) else {
            return Value::Unknown;
        };
        let statement = self.statement;
        self.env_params(block, args, keyword);
        let rest = args.get(block.params.len()..).unwrap_or_default().to_vec();
        self.env.insert("varargs".into(), Value::List(rest));
        let pairs = keyword.iter().map(|(key, value)| (Value::str(key.as_str()), value.clone()));
        self.env.insert("kwargs".into(), Value::Dict(pairs.collect()));
        let value = self.capture(&block.body);
        self.statement = statement;
        value
    }

    pub(super) fn range_length(&mut self, expr: &'t Expr) -> Option<u64> {
        match &expr.kind {
            Kind::Call(callee, args) if matches!(&callee.kind, Kind::Name(name) if name == "range") => {
                danger::range_length(&self.arguments(args).0)
            }
            _ => None,
        }
    }

    /// A filter, with the value of a filter block's body where there is no base.
    pub(super) fn filter_chain(&mut self, expr: &'t Expr, body: Option<Value>) -> Value {
        let Kind::Filter(base, name, args) = &expr.kind else { return self.eval(expr) };
        self.depth += 1;
        let value = match (base, body) {
            (Some(base), body) => self.filter_chain(base, body),
            (None, body) => body.unwrap_or(Value::Unknown),
        };
        self.depth -= 1;
        if !self.step() {
            return Value::Unknown;
        }
        let (positional, keyword) = self.arguments(args);
        let base = base.as_deref().unwrap_or(expr);
        self.filter_reaches(expr, base, name, &value, args, &positional);
        let keyword =
            |key: &str| keyword.iter().find(|(name, _)| name == key).map_or(Value::Unknown, |(_, value)| value.clone());
        if name == "attr" {
            for key in positional.first().map(Value::alternatives).unwrap_or_default() {
                self.format_taken(&value, &key.text(), expr);
            }
            return positional.first().map_or(Value::Unknown, |key| combine(&value, key, &mut Value::get));
        }
        let args = &positional;
        let value = value.map(&mut |value| builtin::filter(value, name, args, &keyword));
        self.pay(value)
    }

    fn filter_reaches(
        &mut self,
        expr: &'t Expr,
        base: &'t Expr,
        name: &str,
        value: &Value,
        args: &'t Args,
        given: &[Value],
    ) {
        let attribute = |index: usize| given.get(index).cloned().unwrap_or(Value::Unknown);
        match name {
            "attr" => self.dynamic(expr, base, args.first(), &attribute(0)),
            "map" if attribute(0) == Value::str("attr") => {
                self.dynamic(expr, base, args.positional.get(1), &attribute(1));
            }
            "map" | "sort" | "sum" | "min" | "max" | "unique" | "groupby" | "selectattr" | "rejectattr" => {
                let named = args.get("attribute").map_or(Value::Unknown, |named| self.eval(named));
                for path in [named, attribute(0)] {
                    let parts = path.map(&mut |path| match path {
                        Value::Str(path) => path.split('.').map(Value::str).fold(Value::Unknown, Value::or),
                        _ => Value::Unknown,
                    });
                    self.attribute(expr, base, &parts, Access::Item);
                }
            }
            "format" => self.width(&value.text(), expr),
            "center" | "indent" | "wordwrap" | "truncate" => {
                if let Some(width) = attribute(0).int().filter(|width| width.unsigned_abs() > danger::MAX_LENGTH) {
                    self.reach(Effect::Resource, format!("a text of {width} characters"), expr);
                }
            }
            _ => {}
        }
    }

    fn dynamic(&mut self, expr: &Expr, base: &Expr, arg: Option<&Expr>, name: &Value) {
        let from_request = arg.is_some_and(|arg| {
            arg.any(&|part| matches!(&part.kind, Kind::Name(name) if name == "request" && !self.bound.contains(name.as_str())))
        });
        if from_request {
            self.reach(Effect::Code, "an attribute that the request names", expr);
        } else {
            self.attribute(expr, base, name, Access::Dynamic);
        }
    }
}

/// How an attribute is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    /// `.name`
    Attribute,
    /// `['name']`, which is a look-up in data nearly always.
    Item,
    /// `|attr(name)`
    Dynamic,
}

fn sum(a: &Value, b: &Value) -> Value {
    match (a, b) {
        (Value::Str(_), _) | (_, Value::Str(_)) => a.concat(b),
        (Value::List(a), Value::List(b)) => Value::List(a.iter().chain(b).take(MAX_ITEMS).cloned().collect()),
        (Value::Int(a), Value::Int(b)) => Value::Int(a.saturating_add(*b)),
        _ => Value::Unknown,
    }
}

fn arithmetic(op: &str, a: i64, b: i64) -> Option<i64> {
    match op {
        "-" => Some(a.saturating_sub(b)),
        "*" => Some(a.saturating_mul(b)),
        "//" | "/" => a.checked_div_euclid(b),
        "%" => a.checked_rem_euclid(b),
        "**" => Some(a.saturating_pow(u32::try_from(b).ok()?)),
        _ => None,
    }
}
