//! What rendering a template reaches: walks the tree with constants folded and notes every dangerous step.

use std::collections::{HashMap, HashSet};

use super::ast::{Args, Expr, For, Kind, Macro, Node};
use super::builtin;
use super::danger::{self, Effect};
use super::value::{HOLE, MAX_ITEMS, MAX_TEXT, Value, combine};

/// Evaluations over one template; honest ones need a few thousand.
const MAX_STEPS: u64 = 400_000;

/// Deepest nesting of evaluation, macro calls included.
const MAX_DEPTH: u32 = 150;

/// Loops over constants are followed element by element up to this length.
const MAX_UNROLLED: usize = 64;

/// One dangerous step.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reach {
    pub(super) effect: Effect,
    /// What is reached: an attribute, a name, a number.
    pub(super) what: String,
    pub(super) span: (usize, usize),
    /// The expression it happens in.
    pub(super) statement: (usize, usize),
}

/// Walks one template.
pub(super) struct Interpreter<'t> {
    pub(super) reaches: Vec<Reach>,
    /// Whether a limit stopped the walk.
    pub(super) exhausted: bool,
    env: HashMap<String, Value>,
    macros: HashMap<&'t str, &'t Macro>,
    /// Names the template binds itself.
    bound: HashSet<&'t str>,
    statement: (usize, usize),
    /// Above zero where a statement may not run, or not once.
    conditional: u32,
    /// How often the constant loops around here run.
    repeats: u64,
    steps: u64,
    depth: u32,
    /// Text of the bodies that are being captured, innermost last.
    captures: Vec<String>,
}

impl<'t> Interpreter<'t> {
    pub(super) fn run(nodes: &'t [Node]) -> Self {
        let mut interpreter = Self {
            reaches: Vec::new(),
            exhausted: false,
            env: HashMap::new(),
            macros: HashMap::new(),
            bound: HashSet::new(),
            statement: (0, 0),
            conditional: 0,
            repeats: 1,
            steps: 0,
            depth: 0,
            captures: Vec::new(),
        };
        interpreter.bind(nodes);
        interpreter.walk(nodes);
        interpreter
    }

    /// Notes every name that is bound anywhere, and every macro.
    fn bind(&mut self, nodes: &'t [Node]) {
        for node in nodes {
            match node {
                Node::Set(targets, _) => targets.iter().for_each(|target| self.bind_target(target)),
                Node::SetBlock(target, body) => {
                    self.bind_target(target);
                    self.bind(body);
                }
                Node::If(branches) => branches.iter().for_each(|(_, body)| self.bind(body)),
                Node::For(block) => {
                    block.targets.iter().for_each(|target| self.bind_target(target));
                    self.bind(&block.body);
                    self.bind(&block.otherwise);
                }
                Node::Macro(block) | Node::CallBlock(_, block) => {
                    self.bound.insert(&block.name);
                    self.macros.insert(&block.name, block);
                    self.bound.extend(block.params.iter().map(|(name, _)| name.as_str()));
                    self.bind(&block.body);
                }
                Node::With(assigned, body) => {
                    assigned.iter().for_each(|(target, _)| self.bind_target(target));
                    self.bind(body);
                }
                Node::FilterBlock(_, body) | Node::Block(body) => self.bind(body),
                Node::Text(..) | Node::Output(_) | Node::Load(..) | Node::Do(_) => {}
            }
        }
    }

    fn bind_target(&mut self, target: &'t Expr) {
        match &target.kind {
            Kind::Name(name) => {
                self.bound.insert(name);
            }
            Kind::List(items) => items.iter().for_each(|item| self.bind_target(item)),
            _ => {}
        }
    }

    fn step(&mut self) -> bool {
        self.steps += 1;
        self.exhausted |= self.steps > MAX_STEPS || self.depth > MAX_DEPTH;
        self.steps <= MAX_STEPS && self.depth <= MAX_DEPTH
    }

    fn reach(&mut self, effect: Effect, what: impl Into<String>, at: &Expr) {
        let reach = Reach { effect, what: what.into(), span: (at.start, at.end), statement: self.statement };
        if self.reaches.len() < 500 && !self.reaches.contains(&reach) {
            self.reaches.push(reach);
        }
    }

    fn emit(&mut self, text: &str) {
        if let Some(capture) = self.captures.last_mut().filter(|capture| capture.len() + text.len() <= MAX_TEXT) {
            capture.push_str(text);
        }
    }

    /// What a body renders.
    fn capture(&mut self, body: &'t [Node]) -> Value {
        self.captures.push(String::new());
        self.walk(body);
        self.captures.pop().map_or(Value::Unknown, Value::Str)
    }

    fn maybe(&mut self, body: &'t [Node]) {
        self.conditional += 1;
        self.walk(body);
        self.conditional -= 1;
    }

    fn walk(&mut self, nodes: &'t [Node]) {
        self.depth += 1;
        for node in nodes {
            if !self.step() {
                break;
            }
            self.node(node);
        }
        self.depth -= 1;
    }

    fn top(&mut self, expr: &'t Expr) -> Value {
        self.statement = (expr.start, expr.end);
        self.eval(expr)
    }

    fn node(&mut self, node: &'t Node) {
        match node {
            Node::Text(_, text) => self.emit(text),
            Node::Output(expr) => {
                let text = self.top(expr).text();
                self.emit(&text);
            }
            Node::Set(targets, value) => {
                let result = self.top(value);
                self.growth(targets, value);
                self.assign_all(targets, result);
            }
            Node::SetBlock(target, body) => {
                let text = self.capture(body);
                self.assign(target, text);
            }
            Node::If(branches) => {
                for (test, body) in branches {
                    if let Some(test) = test {
                        self.top(test);
                    }
                    self.maybe(body);
                }
            }
            Node::For(block) => self.for_block(block),
            Node::Macro(block) => {
                self.env_params(block, &[], &[]);
                self.conditional += 1;
                self.capture(&block.body);
                self.conditional -= 1;
            }
            Node::CallBlock(call, caller) => {
                self.maybe(&caller.body);
                let text = self.top(call).text();
                self.emit(&text);
            }
            Node::FilterBlock(filter, body) => {
                let text = self.capture(body);
                self.statement = (filter.start, filter.end);
                let text = self.filter_chain(filter, Some(text)).text();
                self.emit(&text);
            }
            Node::Load(kind, path) => {
                let name = self.top(path);
                self.reach(Effect::File, danger::load(kind, &name.text().replace(HOLE, "…")), path);
            }
            Node::With(assigned, body) => {
                for (target, value) in assigned {
                    let value = self.top(value);
                    self.assign(target, value);
                }
                self.walk(body);
            }
            Node::Block(body) => self.walk(body),
            Node::Do(exprs) => exprs.iter().for_each(|expr| {
                self.top(expr);
            }),
        }
    }

    fn for_block(&mut self, block: &'t For) {
        let iterated = self.top(&block.iter);
        if let Some(filter) = &block.filter {
            self.top(filter);
        }
        let before = self.repeats;
        if let Some(length) = self.range_length(&block.iter) {
            self.repeats = self.repeats.saturating_mul(length.max(1));
            if before > 1 && self.repeats > danger::MAX_REPEATS {
                self.reach(Effect::Resource, format!("{} repetitions in nested loops", self.repeats), &block.iter);
            }
        }
        match iterated.alternatives().first().and_then(Value::items) {
            Some(items) if !items.is_empty() && items.len() <= MAX_UNROLLED => {
                for (index, item) in items.into_iter().enumerate() {
                    if !self.step() {
                        break;
                    }
                    self.env.insert("loop.index0".into(), Value::Int(index as i64));
                    self.env.insert("loop.index".into(), Value::Int(index as i64 + 1));
                    self.assign_all(&block.targets, item);
                    self.walk(&block.body);
                }
            }
            _ => {
                self.env.remove("loop.index0");
                self.env.remove("loop.index");
                self.assign_all(&block.targets, Value::Unknown);
                // Twice, so that what the end of the body assigns is seen at its start.
                self.maybe(&block.body);
                if self.conditional < 3 {
                    self.maybe(&block.body);
                }
            }
        }
        self.repeats = before;
        self.maybe(&block.otherwise);
    }

    /// `x = x ~ x` in a loop of constant length doubles each time.
    fn growth(&mut self, targets: &[Expr], value: &'t Expr) {
        let [target] = targets else { return };
        let Some(path) = path(target).filter(|_| self.repeats >= 20) else { return };
        let times = match &value.kind {
            Kind::Concat(items) | Kind::Sum(items) => {
                items.iter().filter(|item| self::path(item).as_deref() == Some(&path)).count()
            }
            Kind::Binary("*", a, _) if self::path(a).as_deref() == Some(&path) => 2,
            _ => 0,
        };
        if times >= 2 {
            self.reach(Effect::Resource, format!("`{path}` doubles {} times", self.repeats), value);
        }
    }

    fn assign_all(&mut self, targets: &[Expr], value: Value) {
        match targets {
            [target] => self.assign(target, value),
            _ => {
                let items = value.items().unwrap_or_default();
                for (index, target) in targets.iter().enumerate() {
                    self.assign(target, items.get(index).cloned().unwrap_or(Value::Unknown));
                }
            }
        }
    }

    fn assign(&mut self, target: &Expr, value: Value) {
        if let Kind::List(items) = &target.kind {
            return self.assign_all(items, value);
        }
        let Some(path) = path(target) else { return };
        if self.conditional > 0 {
            let known = self.env.remove(&path).unwrap_or(Value::Unknown);
            self.env.insert(path, known.or(value));
        } else {
            self.env.insert(path, value);
        }
    }

    fn env_params(&mut self, block: &'t Macro, args: &[Value], keyword: &[(String, Value)]) {
        for (index, (name, default)) in block.params.iter().enumerate() {
            let given = keyword.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
            let value = given.or_else(|| args.get(index).cloned());
            let value = match (value, default) {
                (Some(value), _) => value,
                (None, Some(default)) => self.eval(default),
                (None, None) => Value::Unknown,
            };
            self.env.insert(name.clone(), value);
        }
    }

    fn eval(&mut self, expr: &'t Expr) -> Value {
        if !self.step() {
            return Value::Unknown;
        }
        self.depth += 1;
        let value = self.eval_kind(expr);
        self.depth -= 1;
        value
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
                let own = path(expr).and_then(|path| self.env.get(&path).cloned()).unwrap_or(Value::Unknown);
                own.or(value.map(&mut |value| value.get(&Value::str(name.as_str()))))
            }
            Kind::Item(base, key) => {
                let value = self.eval(base);
                let key = self.eval(key);
                self.attribute(expr, base, &key, Access::Item);
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
                items.iter().fold(first, |all, item| combine(&all, &self.eval(item), &mut Value::concat))
            }
            Kind::Sum(items) => {
                let values: Vec<Value> = items.iter().map(|item| self.eval(item)).collect();
                values.into_iter().reduce(|a, b| combine(&a, &b, &mut sum)).unwrap_or(Value::Unknown)
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
        if !self.bound.contains(name) && danger::attribute(name) {
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
                let length = text.len() as u64 * times.unsigned_abs();
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
                for one in value.alternatives() {
                    if let (Value::Str(format), "format" | "format_map") = (one, method.as_str()) {
                        self.width(format, expr);
                        for field in danger::format_attributes(format) {
                            self.reach(Effect::Code, field, expr);
                        }
                    }
                }
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

    fn range_length(&mut self, expr: &'t Expr) -> Option<u64> {
        match &expr.kind {
            Kind::Call(callee, args) if matches!(&callee.kind, Kind::Name(name) if name == "range") => {
                danger::range_length(&self.arguments(args).0)
            }
            _ => None,
        }
    }

    /// A filter, with the value of a filter block's body where there is no base.
    fn filter_chain(&mut self, expr: &'t Expr, body: Option<Value>) -> Value {
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
            return positional.first().map_or(Value::Unknown, |key| combine(&value, key, &mut Value::get));
        }
        let args = &positional;
        value.map(&mut |value| builtin::filter(value, name, args, &keyword))
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
                self.dynamic(expr, base, args.positional.get(1), &attribute(1))
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

/// `name` or `name.attribute`: what an assignment can bind.
fn path(expr: &Expr) -> Option<String> {
    match &expr.kind {
        Kind::Name(name) => Some(name.clone()),
        Kind::Attr(base, name) => match &base.kind {
            Kind::Name(base) => Some(format!("{base}.{name}")),
            _ => None,
        },
        _ => None,
    }
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
