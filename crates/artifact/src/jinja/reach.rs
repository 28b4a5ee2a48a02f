//! What rendering a template reaches: walks the tree with constants folded and notes every dangerous step.
#![allow(
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "lengths and lists are bounded far below the sign bit"
)]

use std::collections::{HashMap, HashSet};

use super::ast::{Expr, For, Kind, Macro, Node};
use super::danger::{self, Effect};
use super::value::{HOLE, MAX_TEXT, Value};

/// Evaluations over one template; honest ones need a few thousand.
const MAX_STEPS: u64 = 400_000;

/// Bytes of values that cost as much as one evaluation.
const BYTES_PER_STEP: u64 = 64;

/// Deepest nesting of evaluation, macro calls included.
const MAX_DEPTH: u32 = 150;

/// Loops over constants are followed element by element up to this length.
const MAX_UNROLLED: usize = 64;

/// One dangerous step.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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
    known: HashSet<Reach>,
    /// Whether a limit stopped the walk.
    pub(super) exhausted: bool,
    pub(super) env: HashMap<String, Value>,
    pub(super) macros: HashMap<&'t str, &'t Macro>,
    /// Names the template binds itself.
    pub(super) bound: HashSet<&'t str>,
    pub(super) statement: (usize, usize),
    /// Above zero where a statement may not run, or not once.
    conditional: u32,
    /// How often the constant loops around here run.
    repeats: u64,
    pub(super) steps: u64,
    pub(super) depth: u32,
    /// Text of the bodies that are being captured, innermost last.
    pub(super) captures: Vec<String>,
}

impl<'t> Interpreter<'t> {
    pub(super) fn run(nodes: &'t [Node]) -> Self {
        let mut interpreter = Self {
            reaches: Vec::new(),
            known: HashSet::new(),
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
                    for (target, _) in assigned {
                        self.bind_target(target);
                    }
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

    pub(super) fn step(&mut self) -> bool {
        self.steps += 1;
        self.exhausted |= self.steps > MAX_STEPS || self.depth > MAX_DEPTH;
        self.steps <= MAX_STEPS && self.depth <= MAX_DEPTH
    }

    /// Takes steps for the size of a value, which is copied wherever it goes: lists of lists of lists grow faster
    /// than the template that builds them.
    pub(super) fn pay(&mut self, value: Value) -> Value {
        let left = MAX_STEPS.saturating_sub(self.steps);
        if let Some(weight) = value.weight(left.saturating_mul(BYTES_PER_STEP)) {
            self.steps += weight / BYTES_PER_STEP;
            value
        } else {
            self.steps = MAX_STEPS;
            self.exhausted = true;
            Value::Unknown
        }
    }

    pub(super) fn reach(&mut self, effect: Effect, what: impl Into<String>, at: &Expr) {
        let reach = Reach { effect, what: what.into(), span: (at.start, at.end), statement: self.statement };
        if self.reaches.len() < 500 && self.known.insert(reach.clone()) {
            self.reaches.push(reach);
        }
    }

    pub(super) fn emit(&mut self, text: &str) {
        if let Some(capture) = self.captures.last_mut().filter(|capture| capture.len() + text.len() <= MAX_TEXT) {
            capture.push_str(text);
        }
    }

    /// What a body renders.
    pub(super) fn capture(&mut self, body: &'t [Node]) -> Value {
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
        if let [target] = targets {
            self.assign(target, value);
        } else {
            let items = value.items().unwrap_or_default();
            for (index, target) in targets.iter().enumerate() {
                self.assign(target, items.get(index).cloned().unwrap_or(Value::Unknown));
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

    pub(super) fn env_params(&mut self, block: &'t Macro, args: &[Value], keyword: &[(String, Value)]) {
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
}

/// `name` or `name.attribute`: what an assignment can bind.
pub(super) fn path(expr: &Expr) -> Option<String> {
    match &expr.kind {
        Kind::Name(name) => Some(name.clone()),
        Kind::Attr(base, name) => match &base.kind {
            Kind::Name(base) => Some(format!("{base}.{name}")),
            _ => None,
        },
        _ => None,
    }
}
