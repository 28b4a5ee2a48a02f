//! Calls: who is called, with what, and what comes back.

use std::rc::Rc;

use tree_sitter::Node;

use super::effects::{Effect, effect};
use super::fold;
use super::run::Run;
use super::value::{Kind, Taint, Value};

/// Arguments by name.
pub(super) type Named = [(String, Value)];

impl<'t> Run<'t> {
    pub(super) fn call(&mut self, node: Node<'t>) -> Value {
        let Some(function) = node.child_by_field_name("function") else { return Value::default() };
        let callee = self.eval(function);
        let mut args = Vec::new();
        let mut named = Vec::new();
        if let Some(list) = node.child_by_field_name("arguments") {
            if list.kind() == "generator_expression" {
                args.push(self.eval(list));
            } else {
                self.arguments(list, &mut args, &mut named);
            }
        }
        self.apply(&callee, &args, &named, node)
    }

    fn arguments(&mut self, list: Node<'t>, args: &mut Vec<Value>, named: &mut Vec<(String, Value)>) {
        let mut cursor = list.walk();
        for child in list.named_children(&mut cursor) {
            match child.kind() {
                "comment" => {}
                "keyword_argument" => {
                    let name = child.child_by_field_name("name").map(|name| self.text_of(name)).unwrap_or_default();
                    let value = self.eval(child);
                    named.push((name.to_string(), value));
                }
                "list_splat" | "dictionary_splat" => {
                    let value = child.named_child(0).map(|inner| self.eval(inner)).unwrap_or_default();
                    match (&value.kind, child.kind()) {
                        (Kind::List(items), "list_splat") => args.extend(items.iter().take(100).cloned()),
                        (Kind::Dict(pairs), _) => {
                            self.spend(value.weight());
                            named.extend(
                                pairs.iter().filter_map(|(key, value)| Some((key.str()?.to_string(), value.clone()))),
                            );
                        }
                        _ => args.push(value),
                    }
                }
                _ => {
                    let value = self.eval(child);
                    args.push(value);
                }
            }
        }
    }

    /// Calls a value.
    pub(super) fn apply(&mut self, callee: &Value, args: &[Value], named: &Named, node: Node<'t>) -> Value {
        if !self.spend(0) {
            return Value::default();
        }
        match &callee.kind {
            Kind::Name(path) => {
                let path = path.clone();
                self.nested(|run| run.call_path(&path, callee, args, named, node))
            }
            Kind::Function(index) => {
                let index = *index;
                self.nested(|run| run.enter(index, args, named))
            }
            Kind::Method(receiver, index) => {
                let all: Vec<Value> = std::iter::once((**receiver).clone()).chain(args.iter().cloned()).collect();
                let index = *index;
                self.nested(|run| run.enter(index, &all, named))
            }
            Kind::Class(class) => {
                let class = *class;
                self.nested(|run| run.instantiate(class, args, named, node))
            }
            Kind::Instance(_) => {
                let method = self.attribute(callee, "__call__");
                if matches!(method.kind, Kind::Unknown) {
                    Value::default()
                } else {
                    // An instance can be its own `__call__`.
                    self.nested(|run| run.apply(&method, args, named, node))
                }
            }
            Kind::Attribute(getter, way) if way.starts_with('<') => {
                let (Some(object), Some(names)) = (args.first(), getter.items()) else { return Value::default() };
                let mut found = object.clone();
                for part in names.first().and_then(Value::str).unwrap_or_default().split('.').take(8) {
                    found = self.attribute(&found, part).tainted(getter.taint.with(Taint::INDIRECT));
                }
                let rest = names.get(1..).unwrap_or_default();
                if &**way == "<method>" { self.nested(|run| run.apply(&found, rest, named, node)) } else { found }
            }
            Kind::Attribute(receiver, name) => {
                let able = self.spend(receiver.weight()) && self.spend_on(args);
                if able { fold::method(receiver, name, args) } else { Value::default() }
            }
            Kind::Partial(function, before) => {
                let all: Vec<Value> = before.iter().chain(args).cloned().collect();
                self.nested(|run| run.apply(function, &all, named, node))
            }
            _ => Value::unknown(callee.taint.with(taint_of(args, named)))
                .hinted(args.first().map(Value::visible).filter(|text| !text.is_empty()).map(Rc::from)),
        }
    }

    fn instantiate(&mut self, class: usize, args: &[Value], named: &Named, node: Node<'t>) -> Value {
        let instance = Value::of(Kind::Instance(class));
        for name in ["__new__", "__init__", "__post_init__"] {
            let method = self.attribute(&instance, name);
            if matches!(method.kind, Kind::Method(..)) {
                self.apply(&method, args, named, node);
            }
        }
        // Operators, `with`, loops and printing call these without naming them.
        let count = self.classes.get(class).map_or(0, |class| class.attributes.len());
        if !self.spend(count) {
            return instance;
        }
        let attributes = self.classes.get(class).map(|class| &class.attributes);
        let mut special: Vec<usize> = attributes
            .into_iter()
            .flatten()
            .filter(|(name, _)| name.starts_with("__") && name.ends_with("__"))
            .filter_map(|(_, value)| if let Kind::Function(index) = value.kind { Some(index) } else { None })
            .collect();
        special.sort_unstable();
        for index in special {
            let receiver = [instance.clone()];
            self.nested(|run| run.enter(index, &receiver, &[]));
        }
        instance
    }

    /// Calls something of a library or a builtin.
    pub(super) fn call_path(
        &mut self,
        path: &str,
        callee: &Value,
        args: &[Value],
        named: &Named,
        node: Node<'t>,
    ) -> Value {
        let first = args.first();
        match path {
            "builtins.getattr" | "inspect.getattr_static" => return self.getattr(args, node),
            "builtins.__import__"
            | "importlib.import_module"
            | "importlib.__import__"
            | "pkgutil.resolve_name"
            | "pydoc.locate" => {
                return match first.and_then(Value::str) {
                    Some(name) => Value::name(name.replace(':', "."))
                        .tainted(args.first().map(|arg| arg.taint).unwrap_or_default().with(Taint::INDIRECT)),
                    None => Value::unknown(first.map(|arg| arg.taint).unwrap_or_default()),
                };
            }
            "sys.modules.get" | "sys.modules.pop" | "sys.modules.__getitem__" => {
                let name = first.and_then(Value::str).unwrap_or("unknown");
                let taint = first.map(|arg| arg.taint).unwrap_or_default().with(Taint::INDIRECT);
                return Value::name(name).tainted(taint);
            }
            "operator.attrgetter" | "operator.methodcaller" => {
                let way = if path.ends_with("attrgetter") { "<attribute>" } else { "<method>" };
                return Value::of(Kind::Attribute(Rc::new(Value::list(args.to_vec())), Self::rc(way)));
            }
            "builtins.type" if args.len() == 3 => return self.made_class(args),
            _ if path.ends_with(".__getattribute__") || path.ends_with(".__dict__.get") => {
                let owner = path.rsplit_once('.').map_or("", |(owner, _)| owner).trim_end_matches(".__dict__");
                let all: Vec<Value> = std::iter::once(Value::name(owner)).chain(args.iter().cloned()).collect();
                return self.getattr(&all, node);
            }
            "builtins.vars" => return first.cloned().unwrap_or_else(|| Value::name("builtins.globals()")),
            "builtins.map" | "builtins.filter" => return self.map(args, node),
            "functools.partial" => {
                let rest: Vec<Value> = args.iter().skip(1).cloned().collect();
                return first
                    .map(|function| Value::of(Kind::Partial(Rc::new(function.clone()), rest.into())))
                    .unwrap_or_default();
            }
            _ => {}
        }
        self.passed_on(path, args, named, node);
        if let Some(effect) = effect(path) {
            return self.sink(effect, path, callee, args, named, node);
        }
        if !self.spend_on(args) {
            return Value::default();
        }
        if let Some(value) = fold::call(path, args) {
            return value;
        }
        let taint = callee.taint.with(taint_of(args, named)).without(Taint::INDIRECT);
        let hint =
            callee.hint.clone().or_else(|| first.map(Value::visible).filter(|text| !text.is_empty()).map(Rc::from));
        let result = if path.len() < 300 { Value::name(format!("{path}()")) } else { Value::default() };
        let fetched = path.ends_with(".recv") || path.ends_with(".recvfrom");
        result.tainted(if fetched { taint.with(Taint::FETCHED) } else { taint }).hinted(hint)
    }

    /// `type(name, bases, attributes)`.
    fn made_class(&mut self, args: &[Value]) -> Value {
        let mut attributes = std::collections::HashMap::new();
        if let Some(Kind::Dict(pairs)) = args.get(2).map(|arg| &arg.kind) {
            attributes.extend(pairs.iter().filter_map(|(key, value)| Some((key.str()?.to_string(), value.clone()))));
        }
        let name = args.first().and_then(Value::str).unwrap_or_default().to_string();
        self.classes.push(super::run::Class { bases: vec![name], attributes });
        Value::of(Kind::Class(self.classes.len() - 1))
    }

    fn getattr(&mut self, args: &[Value], _node: Node<'t>) -> Value {
        let (Some(object), Some(name)) = (args.first(), args.get(1)) else { return Value::default() };
        match name.str() {
            Some(text) => {
                let found = self.attribute(object, text);
                found.tainted(name.taint.with(Taint::INDIRECT))
            }
            None => Value::unknown(object.taint.with(name.taint)),
        }
    }

    /// `map(function, items)`: the function is called with each.
    fn map(&mut self, args: &[Value], node: Node<'t>) -> Value {
        let (Some(function), Some(items)) = (args.first(), args.get(1)) else { return Value::default() };
        match self.elements(items).as_ref().and_then(Value::items) {
            Some(items) if items.len() <= 20_000 => {
                let results: Vec<Value> =
                    items.iter().map(|item| self.apply(function, std::slice::from_ref(item), &[], node)).collect();
                Value::list(results)
            }
            _ => self.apply(function, &[Value::unknown(items.taint).hinted(items.hint.clone())], &[], node),
        }
    }

    /// Functions that call what they are given, now or later.
    fn passed_on(&mut self, path: &str, args: &[Value], named: &Named, node: Node<'t>) {
        let by_name = |name: &str| named.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let (function, given) = match path {
            "threading.Thread" | "multiprocessing.Process" => (by_name("target"), by_name("args")),
            "threading.Timer" => {
                (by_name("function").or_else(|| args.get(1).cloned()), by_name("args").or_else(|| args.get(2).cloned()))
            }
            "atexit.register" | "functools.reduce" | "asyncio.run" | "builtins.next" | "signal.signal"
            | "sys.settrace" | "sys.setprofile" => {
                let function = if path == "signal.signal" { args.get(1) } else { args.first() };
                (function.cloned(), Some(Value::list(args.iter().skip(1).cloned().collect())))
            }
            "_thread.start_new_thread" | "weakref.finalize" | "sched.scheduler().enter" => {
                let at = usize::from(path == "weakref.finalize");
                (args.get(at).cloned(), Some(Value::list(args.iter().skip(at + 1).cloned().collect())))
            }
            _ if path.ends_with("Executor().submit")
                || path.ends_with("Executor().map")
                || path.ends_with("Pool().map")
                || path.ends_with("Pool().apply") =>
            {
                (args.first().cloned(), Some(Value::list(args.iter().skip(1).cloned().collect())))
            }
            _ => return,
        };
        if let Some(function) = function.filter(|function| !matches!(function.kind, Kind::Unknown | Kind::None)) {
            let given = given.and_then(|given| given.items().map(<[Value]>::to_vec)).unwrap_or_default();
            self.apply(&function, &given, &[], node);
        }
    }

    /// A special method or a metaclass hook that is set to something dangerous runs it later.
    pub(super) fn check_special(&mut self, name: &str, value: &Value, node: Node<'t>) {
        let special = name.len() > 4 && name.starts_with("__") && name.ends_with("__");
        let reached = value.path().and_then(effect).filter(|effect| matches!(effect, Effect::Process | Effect::Code));
        if let (true, Some(_), Some(path)) = (special, reached, value.path()) {
            let message = format!("`{name}` is set to `{path}`, so ordinary use of the object calls it");
            self.report(super::PROCESS, path, &message, node);
        }
    }

    /// What `__reduce__` returns is called when an instance is unpickled.
    pub(super) fn check_reduce(&mut self, value: &Value, node: Node<'t>) {
        let Some(callee) = value.items().and_then(<[Value]>::first) else { return };
        let Some((path, effect)) = callee.path().and_then(|path| Some((path.to_string(), effect(path)?))) else {
            return;
        };
        let function = self.inside.and_then(|index| self.functions.get(index));
        let name = function.map(|function| function.name.clone()).unwrap_or_default();
        if matches!(name.as_str(), "__reduce__" | "__reduce_ex__")
            && matches!(effect, Effect::Process | Effect::Code | Effect::Connect | Effect::Native)
        {
            let kind = if effect == Effect::Code { super::DYNAMIC } else { super::PROCESS };
            self.report(kind, &path, &format!("`{name}` makes unpickling call `{path}`"), node);
        }
    }
}

/// Where the arguments came from.
pub(super) fn taint_of(args: &[Value], named: &Named) -> Taint {
    args.iter().chain(named.iter().map(|(_, value)| value)).fold(Taint::NONE, |taint, arg| {
        let whole = arg.path().is_some_and(|path| {
            path == "os.environ"
                || (path.starts_with("os.environ.")
                    && ["copy()", "items()", "values()", "__dict__"].iter().any(|end| path.ends_with(end)))
        });
        let taint = taint.with(arg.taint);
        if whole { taint.with(Taint::ENVIRONMENT) } else { taint }
    })
}
