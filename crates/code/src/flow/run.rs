//! The run over one file and what it imports: what a name means, and where a function begins.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasherDefault;
use std::rc::Rc;
use std::sync::Arc;

use super::heap::{Heap, ObjectId};
use super::project::Read;
use super::types::{bare, is_harmless, is_text};
use super::value::{Callable, ClassRef, Value};
use super::{Flow, Found, Names, Place, Project, Quick, Use};
use crate::Language;
use crate::ir::{Arg, Expr, ExprKind, Function, FunctionId, Param, Span, Unit};
use crate::specs::{Record, Table, Verb};

/// Steps of one run.
const WORK: u32 = 400_000;
/// Of these, what imported files may take before the file itself.
const IMPORTED: u32 = 20_000;
/// For one function: steps in what it calls without anything of a known stranger.
const IDLE: u32 = 3_000;
/// Findings of one run.
const MOST: usize = 2_000;

/// What names and objects are at one point.
pub(super) type State<'u> = (Names<'u>, Heap<'u>);

/// One function on its way.
#[derive(Debug, Default)]
pub(super) struct Frame<'u> {
    pub(super) unit: usize,
    pub(super) function: FunctionId,
    pub(super) names: Names<'u>,
    /// What a nested function sees of the one around it.
    pub(super) env: Option<Rc<Names<'u>>>,
    pub(super) receiver: Option<Value<'u>>,
    /// What was asked where a name got its value: `ok` of `ok = x in ALLOWED`.
    pub(super) questions: HashMap<&'u str, &'u Expr>,
    pub(super) returned: Option<Value<'u>>,
    /// The objects at the returns.
    pub(super) left: Option<Heap<'u>>,
    /// What it returns is a page.
    pub(super) page: bool,
    /// States at `break` and `continue` of the loops around.
    pub(super) loops: Vec<Option<State<'u>>>,
    /// What the blocks around give that are values.
    pub(super) yields: Vec<Option<Value<'u>>>,
    /// What its promise is asked for: the answer, and for what each parameter is harmless where it answers so.
    pub(super) verdict: Option<(Option<bool>, Vec<Option<u32>>)>,
    /// The name that the present value gets.
    pub(super) target: &'u str,
}

/// Records of the tables by path.
type Records = HashMap<Box<str>, Rc<[&'static Record]>, BuildHasherDefault<Quick>>;

pub(super) struct Run<'u> {
    pub(super) project: &'u Project<'u>,
    /// Index in the project, and the unit; the first is the one in question.
    pub(super) units: Vec<(usize, &'u Unit)>,
    files: &'u [(usize, Arc<Read>)],
    pub(super) table: &'static Table,
    /// What the tables say of each path that was asked for.
    records: RefCell<Records>,
    none: Rc<[&'static Record]>,
    pub(super) language: Language,
    /// What is followed is what is confidential, not what a stranger wrote.
    pub(super) leaks: bool,
    /// What was put into files, by their paths where those stand in the source.
    pub(super) written: HashMap<Rc<str>, Vec<super::value::Origin>>,
    /// Where the present call sends to.
    pub(super) target: Option<Rc<str>>,
    pub(super) modules: Vec<Names<'u>>,
    pub(super) heap: Heap<'u>,
    pub(super) frame: Frame<'u>,
    pub(super) stack: Vec<(usize, FunctionId)>,
    pub(super) work: u32,
    /// Of these, what calls may take that hand over nothing of a known stranger.
    pub(super) idle: u32,
    pub(super) calls: HashSet<(usize, FunctionId)>,
    /// What is asked of tools; None in a file without any.
    pub(super) deeds: Option<&'static Table>,
    pub(super) tools: Vec<super::tool::Known>,
    pub(super) teams: Vec<super::tool::Group>,
    /// What lists of tools say of them.
    pub(super) listed: Vec<super::tool::Listing<'u>>,
    /// The tool that the present branch is for, where one function answers for many.
    pub(super) errand: Option<super::tool::Errand>,
    /// The function that is entered next is called by a library, when the file is loaded.
    pub(super) handling: bool,
    /// The tool that the present call was handed.
    pub(super) handed: Option<(usize, FunctionId)>,
    /// The arguments of the present call, as written.
    pub(super) handing: &'u [Arg],
    /// Functions that were run with what their callers hand over.
    pub(super) handled: HashSet<FunctionId>,
    /// The function whose decorators are run.
    pub(super) decorated: Option<&'u str>,
    pub(super) flows: Vec<Flow>,
    pub(super) uses: Vec<Use>,
    /// Flows count only in the file in question and what it calls.
    pub(super) recording: bool,
    /// Methods of each class by name, the last of one name.
    pub(super) methods: HashMap<ClassRef, HashMap<&'u str, FunctionId>>,
    /// Names and places of the arguments of the present call.
    pub(super) given: Vec<(Option<&'u str>, Span)>,
    /// A function is only run for its promise.
    pub(super) promising: bool,
    envs: HashMap<FunctionId, Rc<Names<'u>>>,
    /// What functions leave in variables around them, in the first run and for the second.
    pub(super) left: super::late::Left<'u>,
    pub(super) late: Option<super::late::Left<'u>>,
    /// Variables that may still be looked at for that.
    pub(super) looks: u32,
    pub(super) instances: HashMap<ClassRef, Option<ObjectId>>,
    /// Objects up to which the heap holds instances and what is in their fields.
    pub(super) built: usize,
    /// Index of a flow from a parameter, and the function whose parameter it is.
    pub(super) owners: Vec<(usize, FunctionId)>,
}

impl<'u> Run<'u> {
    pub(super) fn new(project: &'u Project<'u>, files: &'u [(usize, Arc<Read>)]) -> Self {
        let units: Vec<(usize, &Unit)> = files.iter().map(|(at, unit)| (*at, &unit.unit)).collect();
        let mut methods: HashMap<ClassRef, HashMap<&'u str, FunctionId>> = HashMap::new();
        for (at, (_, unit)) in units.iter().enumerate() {
            for (id, class) in unit.classes.iter().enumerate() {
                let named =
                    class.methods.iter().filter_map(|id| Some((unit.functions.get(*id as usize)?.name.as_str(), *id)));
                methods.insert(ClassRef { unit: at, class: id as u32 }, named.collect());
            }
        }
        let language = units.first().map_or(Language::Python, |(_, unit)| unit.language);
        Self {
            project,
            table: Table::of(language),
            records: RefCell::default(),
            none: Rc::from([]),
            language,
            leaks: false,
            written: HashMap::new(),
            target: None,
            modules: units.iter().map(|_| Names::default()).collect(),
            units,
            files,
            heap: Heap::default(),
            frame: Frame::default(),
            stack: Vec::new(),
            work: WORK,
            idle: IDLE,
            calls: HashSet::new(),
            deeds: super::tool::table(project, files, language),
            tools: Vec::new(),
            teams: Vec::new(),
            listed: Vec::new(),
            errand: None,
            handling: false,
            handed: None,
            handing: &[],
            handled: HashSet::new(),
            decorated: None,
            flows: Vec::new(),
            uses: Vec::new(),
            recording: false,
            given: Vec::new(),
            promising: false,
            methods,
            envs: HashMap::new(),
            left: HashMap::new(),
            late: None,
            looks: super::late::LOOKS,
            instances: HashMap::new(),
            built: 0,
            owners: Vec::new(),
        }
    }

    /// The records about a path.
    pub(super) fn about(&self, path: &str) -> Rc<[&'static Record]> {
        if let Some(known) = self.records.borrow().get(path) {
            return Rc::clone(known);
        }
        let found: Vec<&Record> = self.table.find(path).collect();
        let found = if found.is_empty() { Rc::clone(&self.none) } else { found.into() };
        self.records.borrow_mut().insert(path.into(), Rc::clone(&found));
        found
    }

    /// Whether the tables know what can be done with this.
    pub(super) fn is_named(&self, path: &str) -> bool {
        !self.about(path).is_empty() || self.table.is_type(path)
    }

    pub(super) fn unit(&self, at: usize) -> Option<&'u Unit> {
        self.units.get(at).map(|(_, unit)| *unit)
    }

    pub(super) fn function(&self, unit: usize, id: FunctionId) -> Option<&'u Function> {
        self.unit(unit)?.functions.get(id as usize)
    }

    /// Here, in the file of the present function.
    pub(super) fn place(&self, span: Span) -> Place {
        Place { file: self.units.get(self.frame.unit).map_or(0, |(file, _)| *file), span }
    }

    pub(super) fn spend(&mut self, steps: usize) -> bool {
        self.work = self.work.saturating_sub(steps as u32);
        self.work > 0
    }

    /// All functions of the file, each as if a stranger called it.
    pub(super) fn whole(&mut self) {
        for unit in 0..self.units.len() {
            self.define(unit);
        }
        let kept = self.work.saturating_sub(IMPORTED);
        for unit in (0..self.units.len()).rev() {
            self.import(unit);
            if unit > 0 && self.work <= kept {
                continue;
            }
            self.recording = unit == 0;
            self.top(unit);
        }
        self.all();
        self.again();
        self.try_out();
    }

    /// Every function of the file by itself, after what runs when it is loaded.
    pub(super) fn all(&mut self) {
        self.work = self.work.max(WORK / 2);
        self.recording = true;
        let base = self.heap.len();
        let Some(unit) = self.unit(0) else { return };
        for (id, function) in unit.functions.iter().enumerate().skip(1) {
            let id = id as FunctionId;
            if function.parent.is_none_or(|parent| parent == 0) {
                self.heap.cut(base.max(self.built));
            }
            // What was handed to a known caller has been run with what that one gives it.
            if self.handled.contains(&id) || self.work == 0 {
                continue;
            }
            self.standalone(function, id);
        }
    }

    /// Functions and classes of a file by their names.
    fn define(&mut self, at: usize) {
        let Some(unit) = self.unit(at) else { return };
        let mut names = Names::default();
        for (id, function) in unit.functions.iter().enumerate().skip(1) {
            let nested = function.parent.is_some_and(|parent| parent != 0);
            if !function.name.is_empty() && function.class.is_none() && !nested {
                let callable = Callable { unit: at, function: id as FunctionId, receiver: None, env: None };
                let value = Value { callable: Some(Rc::new(callable)), ..Value::of_path(function.name.as_str()) };
                names.insert(function.name.as_str(), Rc::new(value));
            }
        }
        for (id, class) in unit.classes.iter().enumerate() {
            let value =
                Value { class: Some(ClassRef { unit: at, class: id as u32 }), ..Value::of_path(class.name.as_str()) };
            names.entry(class.name.as_str()).or_insert_with(|| Rc::new(value));
        }
        if let Some(slot) = self.modules.get_mut(at) {
            *slot = names;
        }
    }

    /// Imported names: what they mean in the project, or what they are called.
    fn import(&mut self, at: usize) {
        let Some((file, unit)) = self.units.get(at).copied() else { return };
        let mut new: Vec<(&'u str, Value<'u>)> = Vec::new();
        let imported = self.files.get(at).map(|(_, read)| read.imported(self.project, file)).unwrap_or_default();
        for (import, files) in unit.imports.iter().zip(imported) {
            let module = import.module.strip_prefix("node:").unwrap_or(&import.module).replace("::", ".");
            let name = import.name.as_deref().filter(|name| *name != "*");
            let path = name
                .filter(|name| *name != "default")
                .map_or_else(|| module.clone(), |name| format!("{module}.{name}"));
            let found: Vec<usize> =
                self.units.iter().enumerate().filter(|(_, (file, _))| files.contains(file)).map(|(at, _)| at).collect();
            let inner = found.iter().find_map(|at| self.modules.get(*at)?.get(name?).cloned());
            if import.name.as_deref() == Some("*") {
                for names in found.iter().filter_map(|at| self.modules.get(*at)) {
                    new.extend(names.iter().map(|(name, value)| (*name, value.as_ref().clone())));
                }
                continue;
            }
            let value = if let Some(value) = inner {
                value.as_ref().clone()
            } else {
                let value = Value { module: found.first().copied(), ..Value::of_path(path) };
                self.frame.unit = at;
                self.sourced(value, import.span)
            };
            new.push((import.local.as_str(), value));
        }
        if unit.language == Language::Java || unit.language == Language::Go {
            // The same package, and imported classes of the project.
            let others: Vec<_> = self.modules.iter().enumerate().filter(|(other, _)| *other != at).collect();
            for (_, names) in others {
                let known = names.iter().filter(|(_, value)| value.class.is_some() || value.callable.is_some());
                new.extend(known.map(|(name, value)| (*name, value.as_ref().clone())));
            }
            new.reverse();
        }
        if let Some(names) = self.modules.get_mut(at) {
            for (name, value) in new {
                // In Java and Go what the file itself defines comes first.
                let defined = names.get(name).is_some_and(|known| known.class.is_some() || known.callable.is_some());
                if !defined || value.class.is_some() && unit.language == Language::Python {
                    names.insert(name, Rc::new(value));
                }
            }
        }
    }

    /// What runs when a file is loaded.
    pub(super) fn top(&mut self, at: usize) {
        let Some(top) = self.function(at, 0) else { return };
        let names = self.modules.get_mut(at).map(std::mem::take).unwrap_or_default();
        self.frame = Frame { unit: at, names, ..Frame::default() };
        self.block(&top.body);
        let names = std::mem::take(&mut self.frame.names);
        if let Some(slot) = self.modules.get_mut(at) {
            *slot = names;
        }
    }

    /// A function whose caller is not known.
    fn standalone(&mut self, function: &'u Function, id: FunctionId) {
        self.idle = IDLE;
        let mut label = "unknown";
        let mut page = false;
        self.frame = Frame { unit: 0, function: id, env: self.envs.get(&id).cloned(), ..Frame::default() };
        self.decorated = Some(function.name.as_str()).filter(|name| !name.is_empty());
        let mut paths: Vec<Rc<str>> = Vec::new();
        for decorator in &function.decorators {
            let path = self.expr(decorator).path.unwrap_or_default();
            if !matches!(decorator.kind, ExprKind::Call { .. }) {
                for path in [path.to_string(), format!("{path}()")] {
                    self.records(&path, None, &Vec::new(), decorator.span, &mut Vec::new());
                }
            }
            paths.push(path);
        }
        self.decorated = None;
        paths.extend(self.inherited(function));
        for path in &paths {
            for record in self.about(path).iter() {
                if let Verb::Entry(entry) = &record.verb {
                    page |= entry == "page";
                    label = if entry == "page" { "user" } else { entry.as_str() };
                    if label == "tool" {
                        self.offered(id, path);
                    }
                }
            }
        }
        self.recording &= self.leaks;
        if (self.leaks || self.deeds.is_some()) && label == "tool" {
            self.wrapped(function, id);
        }
        self.recording = false;
        let class = function.class.map(|class| ClassRef { unit: 0, class });
        let env = self.seen(0, id);
        let mut receiver = class.filter(|_| !function.is_static).and_then(|class| self.instance(class));
        if let (Some(receiver), Some(class), Language::Python) = (&mut receiver, class, self.language) {
            // What it does not define itself comes from the library that it builds upon.
            receiver.path = self.library_base(class).or(receiver.path.take());
        }
        self.frame = Frame { unit: 0, function: id, page, env, receiver: receiver.clone(), ..Frame::default() };
        let mut names = Names::default();
        for param in &function.params {
            let value = match (&receiver, param.is_receiver) {
                (Some(receiver), true) => receiver.clone(),
                _ => self.stranger(param, label),
            };
            if param.names.is_empty() {
                names.insert(param.name.as_str(), Rc::new(value));
            } else {
                for (name, member) in &param.names {
                    let inner = self.member_of(&value, member, param.span);
                    names.insert(name.as_str(), Rc::new(inner));
                }
            }
        }
        self.frame.names = names;
        self.recording = true;
        self.stack = vec![(0, id)];
        self.block(&function.body);
        self.stack.clear();
        self.leave(id);
    }

    /// `Base()` for the first base of a class that is none of the project.
    fn library_base(&self, class: ClassRef) -> Option<Rc<str>> {
        self.ancestry(class).into_iter().find_map(|class| {
            let names = self.modules.get(class.unit)?;
            let bases = &self.unit(class.unit)?.classes.get(class.class as usize)?.bases;
            let unknown = |base: &&String| names.get(bare(base)).is_none_or(|value| value.class.is_none());
            let base = bases.iter().find(unknown)?;
            let (first, rest) = base.split_once('.').unwrap_or((base.as_str(), ""));
            let path = names.get(first).and_then(|value| value.path.clone()).unwrap_or_else(|| first.into());
            let dot = if rest.is_empty() { "" } else { "." };
            Some(format!("{path}{dot}{rest}()").into())
        })
    }

    /// `Base.method` for the bases of its class: what a library calls by its name.
    fn inherited(&self, function: &Function) -> Vec<Rc<str>> {
        let class = function.class.and_then(|class| self.unit(0)?.classes.get(class as usize));
        let bases = class.into_iter().flat_map(|class| &class.bases);
        let named = |base: &String| {
            let known = self.modules.first().and_then(|names| names.get(bare(base)));
            let path = known.and_then(|value| value.path.clone()).unwrap_or_else(|| bare(base).into());
            Rc::from(format!("{path}.{}", function.name))
        };
        bases.map(named).collect()
    }

    /// A parameter of which only the declaration is known.
    pub(super) fn stranger(&mut self, param: &'u Param, label: &'static str) -> Value<'u> {
        let place = self.place(param.span);
        let mut value = Value::default();
        let of_type = param.of_type.as_deref().map(bare).unwrap_or_default();
        if !of_type.is_empty() {
            value = self.declared(of_type);
        }
        let mut from = label;
        for decorator in &param.decorators {
            let path = self.expr(decorator).path.unwrap_or_default();
            from = self.param_label(&path).or_else(|| self.param_label(path.trim_end_matches("()"))).unwrap_or(from);
        }
        let type_path = value.path.clone().unwrap_or_default();
        from =
            self.param_label(&type_path).or_else(|| self.param_label(type_path.trim_end_matches("()"))).unwrap_or(from);
        let injected = param.default.as_ref().is_some_and(|default| {
            matches!(&default.kind, ExprKind::Call { callee, .. }
                if matches!(&callee.kind, ExprKind::Name(name) if name == "Depends" || name == "Security"))
        });
        if !is_harmless(of_type) && !self.is_choice(of_type) && !injected && !param.is_receiver {
            // A parameter of a library's type is a tool of the function, not what a stranger sent.
            let known = value.path.is_some() && value.class.is_none() && from == "unknown" && !is_text(of_type);
            if !known && from != "none" {
                value.origins = Value::origin(from, place).origins;
                self.fill_fields(&value);
            }
        }
        if value.path.is_none() {
            value.path = Some(param.name.as_str().into());
        }
        self.typed(value)
    }

    fn param_label(&self, path: &str) -> Option<&'static str> {
        self.about(path).iter().find_map(|record| match &record.verb {
            Verb::Param(label) => Some(label.as_str()),
            _ => None,
        })
    }

    /// A value of a declared type: an instance of a class of the project, or something called `T()`.
    pub(super) fn declared(&mut self, of_type: &'u str) -> Value<'u> {
        let name = of_type.rsplit(['.', ':']).next().unwrap_or(of_type);
        if is_text(of_type) || is_harmless(of_type) || name.is_empty() {
            return Value::default();
        }
        let first = of_type.split(['.', ':']).next().unwrap_or(of_type);
        let known = self.look(first).or_else(|| self.look(name));
        if let Some(class) = known.as_ref().and_then(|value| value.class)
            && let Some(instance) = self.instance(class)
        {
            return instance;
        }
        let rest = of_type.get(first.len()..).unwrap_or_default().replace("::", ".");
        let path = match known.and_then(|value| value.path.clone()) {
            Some(path) => format!("{path}{rest}()"),
            None => format!("{}()", of_type.replace("::", ".")),
        };
        self.typed(Value::of_path(path))
    }

    /// What a name stands for, without its effects.
    pub(super) fn look(&self, name: &str) -> Option<Rc<Value<'u>>> {
        let frame = &self.frame;
        let env = || frame.env.as_ref().and_then(|env| env.get(name));
        frame.names.get(name).or_else(env).or_else(|| self.modules.get(frame.unit)?.get(name)).cloned()
    }

    fn visible(&mut self) -> Rc<Names<'u>> {
        let mut names = self.frame.env.as_deref().cloned().unwrap_or_default();
        let _ = self.spend(self.frame.names.len() / 4);
        names.extend(self.frame.names.iter().map(|(name, value)| (*name, Rc::clone(value))));
        Rc::new(names)
    }

    /// Keeps what a nested function sees.
    pub(super) fn closure(&mut self, id: FunctionId) -> Value<'u> {
        let env = self.visible();
        if self.frame.unit == 0 {
            self.envs.insert(id, Rc::clone(&env));
        }
        let callable =
            Callable { unit: self.frame.unit, function: id, receiver: self.frame.receiver.clone(), env: Some(env) };
        Value { callable: Some(Rc::new(callable)), ..Value::default() }
    }

    /// Keeps what the methods of a class see that stands inside a function.
    pub(super) fn enclose(&mut self, class: u32) {
        if self.frame.unit != 0 || self.frame.function == 0 {
            return;
        }
        let methods = self.unit(0).and_then(|unit| unit.classes.get(class as usize)).map(|class| &class.methods);
        let Some(methods) = methods.filter(|methods| !methods.is_empty()) else { return };
        let env = self.visible();
        self.envs.extend(methods.iter().map(|id| (*id, Rc::clone(&env))));
    }

    /// What a function sees of the one that it stands in.
    pub(super) fn seen(&self, unit: usize, id: FunctionId) -> Option<Rc<Names<'u>>> {
        self.envs.get(&id).filter(|_| unit == 0).cloned()
    }

    pub(super) fn finish(mut self) -> Found {
        for (at, owner) in &self.owners {
            if let Some(flow) = self.flows.get_mut(*at) {
                flow.called |= self.calls.contains(&(0, *owner));
            }
        }
        // Of several ways to one place the one with a known source counts; of leaks every one.
        let from = |flow: &Flow| flow.source.filter(|_| self.leaks);
        self.flows.sort_by_key(|flow| {
            (flow.sink, flow.kind.clone(), flow.weight(), flow.label, from(flow), flow.target.is_none())
        });
        self.flows.dedup_by(|next, kept| next.sink == kept.sink && next.kind == kept.kind && from(next) == from(kept));
        let mut problems = self.unit(0).map(|unit| unit.problems.clone()).unwrap_or_default();
        if self.work == 0 {
            problems.push("the analysis took too many steps".to_owned());
        }
        if self.flows.len() > MOST {
            problems.push(format!("{} findings, the first {MOST} are kept", self.flows.len()));
            self.flows.truncate(MOST);
        }
        self.uses.sort_by(|a, b| (a.place, &a.kind).cmp(&(b.place, &b.kind)));
        self.uses.dedup_by(|a, b| a.place == b.place && a.kind == b.kind);
        let (tools, teams) = self.offers();
        Found { flows: self.flows, uses: self.uses, tools, teams, problems }
    }
}

/// The name that an expression ends with.
pub(super) fn name_of(expr: &Expr) -> &str {
    match &expr.kind {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => name,
        ExprKind::Same(inner) | ExprKind::Cast(inner, _) => name_of(inner),
        _ => "",
    }
}
