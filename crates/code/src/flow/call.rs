//! Calls: which function is meant, and what it gives.

use std::rc::Rc;

use super::Names;
use super::heap::{Kind, Object};
use super::record::Args;
use super::run::{Frame, Run};
use super::tool::Listing;
use super::value::{Callable, ClassRef, Constant, Value, merge};
use crate::Language;
use crate::ir::{Arg, Expr, ExprKind, Function, Span, StmtKind};
use crate::specs::{Record, Verb};

/// Calls into each other.
pub(super) const CALLS: usize = 6;
/// The same where nothing of a known stranger is handed over.
const IDLE_CALLS: usize = 3;
/// Methods of Rust that give the value itself, or what is in it.
const UNWRAPS: &[&str] = &[
    "unwrap",
    "unwrap_or_default",
    "cloned",
    "copied",
    "as_str",
    "clone",
    "to_string",
    "as_deref",
    "iter",
    "to_owned",
    "into",
    "as_ref",
    "as_bytes",
    "into_inner",
    "into_iter",
    "as_mut",
    "into_string",
    "into_bytes",
    "await",
    "ok",
    "lock",
    "borrow",
    "borrow_mut",
    "as_slice",
    "to_vec",
];
/// Beginnings of methods that put what they are given into their object.
const PUTS: &[&str] = &[
    "append",
    "add",
    "insert",
    "put",
    "set",
    "push",
    "write",
    "update",
    "extend",
    "offer",
    "enqueue",
    "store",
    "load",
    "concat",
    "merge",
    "unshift",
    "print",
    "format",
    "read_dict",
    "parse",
];

/// Functions of which only matters that a constant stays one.
const RECODES: &[&str] = &[
    "b64encode",
    "b64decode",
    "urlsafe_b64encode",
    "urlsafe_b64decode",
    "encodeBase64",
    "decodeBase64",
    "unhexlify",
    "fromhex",
    "unquote",
    "unquote_plus",
];

/// Functions that take back what an escape did.
const UNDO: &[&str] = &[
    "unquote",
    "unquote_plus",
    "unescape",
    "unescapeHtml",
    "unescapeHtml3",
    "unescapeHtml4",
    "unescapeXml",
    "htmlUnescape",
    "decodeURIComponent",
    "decodeURI",
    "decodeForHTML",
    "QueryUnescape",
    "PathUnescape",
    "UnescapeString",
];

impl<'u> Run<'u> {
    pub(super) fn call(&mut self, callee: &'u Expr, args: &'u [Arg], is_new: bool, span: Span) -> Value<'u> {
        // `new Base(…) { … }` makes an instance of the class in its body.
        if let (ExprKind::Block(stmts), true) = (&callee.kind, is_new)
            && let Some(StmtKind::Class(id)) = stmts.first().map(|stmt| &stmt.kind)
        {
            let values = self.values(args);
            self.enclose(*id);
            return self.construct(ClassRef { unit: self.frame.unit, class: *id }, &values);
        }
        let qualified = self.qualified(callee);
        let (receiver, target) = match &callee.kind {
            _ if qualified.is_some() => (None, qualified.unwrap_or_default()),
            ExprKind::Member { object, name } => {
                let receiver = self.expr(object);
                // A method may have the name of a field.
                let field = self.heap.of(&receiver).and_then(|held| held.items.get(name.as_str()));
                let method = match field {
                    Some(field) if field.callable.is_none() => self.bound(&receiver, name),
                    _ => None,
                };
                let target = method.unwrap_or_else(|| self.member_of(&receiver, name, callee.span));
                (Some(receiver), target)
            }
            _ => (None, self.expr(callee)),
        };
        let values = self.values(args);
        self.given = args.iter().map(|arg| (arg.name.as_deref(), arg.value.span)).collect();
        if let Some(class) = target.class {
            let mut origins = Vec::new();
            if let Some(path) = &target.path {
                self.records(&format!("{path}()"), None, &values, span, &mut origins);
            }
            return self.construct(class, &values);
        }
        let name = super::run::name_of(callee);
        if let (Some(receiver), ExprKind::Member { .. }) = (&receiver, &callee.kind) {
            if let Some(Constant::Text(text)) = &receiver.constant {
                let constants: Vec<_> = values.iter().map(|(_, value)| value.constant.clone()).collect();
                if let Some(constant) = super::fold::method(text, name, &constants) {
                    return Value::constant(constant);
                }
                if let Some(constant) = self.filled(text, name, &values).filter(|_| self.leaks) {
                    return Value::constant(constant);
                }
            }
            if let Some(mut value) = self.contained(receiver, name, &values) {
                self.got_from(&mut value.origins, receiver, name, &values, span);
                return value;
            }
        }
        // What is written down stays so in other letters.
        if let ([(None, value)], true) = (values.as_slice(), RECODES.contains(&name))
            && value.is_written()
            && !self.leaks
        {
            return value.clone();
        }
        if let Some(callable) = &target.callable {
            let callable = self.actual(callable);
            // Scripts give functions of their own the names that a fragment would mean others by.
            let own = self.language.is_script() && callable.env.is_none();
            if let Some(path) = target.path.as_ref().filter(|path| !own || path.contains('.')) {
                // A record on a function of the project says more than its body.
                let path = format!("{path}()");
                self.records(&path, receiver.as_ref(), &values, span, &mut Vec::new());
            }
            if let Some(value) = self.enter(&callable, &values) {
                return value;
            }
        }
        if self.is_bound(&target)
            && let Some(value) = self.hands(&target, &values, span)
        {
            return value;
        }
        // A module that is called is its default.
        if let Some(module) = target.module
            && let Some(default) = self.modules.get(module).and_then(|names| names.get("default")).cloned()
            && let Some(callable) = &default.callable
            && let Some(value) = self.enter(callable, &values)
        {
            return value;
        }
        // Of an object without a name the method may still be known.
        let unnamed = || receiver.is_some().then(|| format!("?.{name}()").into());
        let path: Option<Rc<str>> = target.path.as_ref().map(|path| format!("{path}()").into()).or_else(unnamed);
        let own = self.language.is_script() && target.callable.as_ref().is_some_and(|it| it.env.is_none());
        let path = path.filter(|path| !own || path.contains('.'));
        let mut origins = match &receiver {
            Some(receiver) => {
                let mut origins = target.origins.clone();
                merge(&mut origins, &self.heap.origins(receiver));
                origins
            }
            None => Vec::new(),
        };
        for (_, value) in &values {
            merge(&mut origins, &self.heap.origins(value));
        }
        if let (Some(receiver), true) = (&receiver, values.is_empty() && self.language == Language::Rust)
            && UNWRAPS.contains(&name)
            && path.as_ref().is_none_or(|path| !self.is_named(path))
        {
            return receiver.clone();
        }
        if self.leaks {
            self.leaks_on(&mut origins, name, &values, span);
        }
        // What was escaped is again what it was.
        if UNDO.contains(&name) || name == "decode" && self.language == Language::Java {
            for origin in &mut origins {
                origin.cleaned = 0;
            }
        }
        let mut result = None;
        if let Some(path) = &path {
            (self.handing, self.handed) = (args, None);
            if name == "Tool" {
                self.lists(Listing::Made(args));
            }
            self.does_by_name(path, &values, span);
            result = self.records(path, receiver.as_ref(), &values, span, &mut origins);
            self.fill(path, receiver.as_ref(), args, &values, span);
        }
        // What a record says of the functions handed over is all that they get.
        let handles = path.as_ref().is_some_and(|path| {
            let records = self.about(path);
            let says = |it: &Record| match it.verb {
                Verb::Handler(_) => true,
                Verb::Calls => !it.args.iter().any(|arg| arg.starts_with('@')),
                _ => false,
            };
            records.iter().any(|it| says(it) && self.holds(it, receiver.as_ref(), &values))
        });
        if !handles {
            let handed = self.callbacks(receiver.as_ref(), &values, span);
            merge(&mut origins, &handed);
        }
        if let Some(receiver) = &receiver {
            self.put_into(receiver, name, &values);
            if matches!(name, "equals" | "compareTo" | "Equal" | "Compare" | "localeCompare" | "__eq__")
                && path.as_deref().is_none_or(|path| !path.ends_with("hmac.Equal()"))
            {
                let compared: Vec<&Value<'u>> =
                    std::iter::once(receiver).chain(values.iter().map(|(_, it)| it)).collect();
                self.compares(name, &compared, span);
            }
        }
        if self.language == Language::Java {
            self.may_fill(&values, name);
        }
        if let Some(result) = result
            && (result.object.is_some() || !result.is_plain() || result.path != path)
        {
            let mut result = self.typed_by(result, receiver.as_ref(), &values);
            if result.object.is_some_and(|id| self.heap.get(id).is_some_and(|object| object.kind == Kind::Instance)) {
                merge(&mut result.origins, &origins);
            }
            return result;
        }
        // Builders give themselves: what they are marked with holds for the result.
        let object = receiver.as_ref().and_then(|receiver| receiver.object).filter(|id| {
            self.heap.get(*id).is_some_and(|object| object.kind == Kind::Instance && object.class.is_none())
        });
        // `new URL(text)`, `url.toString()`: it begins as the text does.
        let kept = || match (receiver.as_ref(), values.as_slice()) {
            (_, [(None, _), (None, base)]) if is_new && self.leaks && name == "URL" => match &base.constant {
                Some(Constant::Text(text)) => Some(Rc::clone(text)),
                _ => base.prefix.clone(),
            },
            (_, [(None, text)]) if is_new || name == "Clean" => match &text.constant {
                Some(Constant::Text(text)) => Some(Rc::clone(text)),
                _ => text.prefix.clone(),
            },
            (Some(receiver), []) => receiver.prefix.clone(),
            _ => None,
        };
        let prefix = Self::formatted(receiver.as_ref(), name, &values).or_else(kept);
        let mut value = self.sourced_by(
            Value { path, prefix, object, ..Value::of_origins(origins) },
            receiver.as_ref(),
            &values,
            span,
        );
        if value.object.is_some() && value.path.as_deref().is_some_and(|path| self.is_named(path)) {
            value.object = value.object.filter(|id| self.heap.get(*id).is_some_and(|object| !object.marks.is_empty()));
        }
        if is_new && value.object.is_none() {
            value.object = Some(self.heap.add(Object { open: true, ..Object::new(Kind::Instance) }));
        }
        value.object = self.as_tool(value.object);
        value
    }

    /// Text with holes: what stands before the first one.
    fn formatted(receiver: Option<&Value<'u>>, name: &str, values: &Args<'u>) -> Option<Rc<str>> {
        let text = match (receiver.and_then(|receiver| receiver.constant.as_ref()), values.first()) {
            (Some(Constant::Text(text)), _) if name == "format" || name == "formatted" => text,
            (_, Some((_, Value { constant: Some(Constant::Text(text)), .. })))
                if name == "format" || name == "Sprintf" =>
            {
                text
            }
            _ => return None,
        };
        text.split(['{', '%']).next().map(Rc::from)
    }

    /// What a decorator says that its function returns.
    fn given_by(&mut self, decorator: &'u Expr) -> Option<&'static str> {
        let path = self.expr(decorator).path.unwrap_or_default();
        self.about(path.trim_end_matches("()")).iter().find_map(|record| match &record.verb {
            Verb::Gives(label) => Some(label.as_str()),
            _ => None,
        })
    }

    /// Goes into a function of the project; None if that would be too deep.
    pub(super) fn enter(&mut self, callable: &Callable<'u>, values: &Args<'u>) -> Option<Value<'u>> {
        let (unit, id) = (callable.unit, callable.function);
        if self.stack.len() >= CALLS || self.stack.contains(&(unit, id)) || !self.spend(2) {
            return None;
        }
        let known = values.iter().map(|(_, value)| value).chain(&callable.receiver).any(|value| {
            value.callable.is_some() || self.heap.origins(value).iter().any(|origin| origin.label != "unknown")
        });
        // A parameter that reaches a sink in there is found there.
        if !known && (self.idle == 0 || self.stack.len() > IDLE_CALLS) {
            return None;
        }
        let function = self.function(unit, id).filter(|function| !function.is_opaque)?;
        let before = self.work;
        self.calls.insert((unit, id));
        // A decorator may call what it decorates: that is entered once.
        self.stack.push((unit, id));
        let label = function.decorators.iter().find_map(|decorator| self.given_by(decorator));
        self.stack.pop();
        // What is decorated so asks a model, whatever its body says.
        if let Some(label) = label {
            return Some(Value::origin(label, self.place(function.name_span)));
        }
        let outer = std::mem::take(&mut self.frame);
        self.frame = Frame {
            unit,
            function: id,
            receiver: callable.receiver.clone(),
            env: callable.env.clone(),
            ..Frame::default()
        };
        self.bind(function, callable.receiver.as_ref(), values);
        // While a file is loaded its names are with what runs there: a library calls its functions later.
        let mut outer = outer;
        let is_top =
            std::mem::take(&mut self.handling) && outer.function == 0 && outer.unit == unit && self.stack.is_empty();
        let mut swap = |run: &mut Self| {
            if let (Some(names), true) = (run.modules.get_mut(unit), is_top) {
                std::mem::swap(names, &mut outer.names);
            }
        };
        swap(self);
        self.stack.push((unit, id));
        let falls = self.block(&function.body);
        self.stack.pop();
        swap(self);
        if !known {
            self.idle = self.idle.saturating_sub(before.saturating_sub(self.work));
        }
        let inner = std::mem::replace(&mut self.frame, outer);
        self.heap = match inner.left {
            Some(left) if falls => left.join(&self.heap),
            Some(left) => left,
            None => self.heap.clone(),
        };
        if self.language.is_script() && unit == self.frame.unit && self.is_around(function) {
            self.written_outside(function, inner.names);
        }
        Some(inner.returned.unwrap_or_default())
    }

    /// Whether the present function is the one that `inner` stands in, or stands in it too.
    fn is_around(&self, inner: &Function) -> bool {
        let mut at = Some(self.frame.function);
        while at.is_some() && at != inner.parent {
            at = at.and_then(|id| self.function(self.frame.unit, id)?.parent);
        }
        at.is_some()
    }

    /// A function that assigns to names of the one around it: they may hold that from here on.
    fn written_outside(&mut self, function: &Function, names: Names<'u>) {
        for (name, value) in names {
            if function.params.iter().any(|param| param.name == name) || self.heap.origins(&value).is_empty() {
                continue;
            }
            let env = || self.frame.env.as_ref().and_then(|env| env.get(name));
            let Some(known) = self.frame.names.get(name).or_else(env).cloned() else { continue };
            let joined = self.heap.either(known.as_ref().clone(), value.as_ref().clone());
            self.frame.names.insert(name, Rc::new(joined));
        }
    }

    /// Of a method without body the one of the only class that has it.
    fn actual(&self, callable: &Rc<Callable<'u>>) -> Rc<Callable<'u>> {
        let Some(function) = self.function(callable.unit, callable.function) else { return Rc::clone(callable) };
        let bodiless = function.body.is_empty()
            || matches!(function.body.as_slice(), [stmt] if matches!(&stmt.kind, StmtKind::Return(Some(value)) if matches!(value.kind, ExprKind::Other(_))));
        let Some(class) = function.class.filter(|_| bodiless) else { return Rc::clone(callable) };
        let class = ClassRef { unit: callable.unit, class };
        let mut found = self.implementers(class).into_iter().filter_map(|class| self.method_of(class, &function.name));
        match (found.next(), found.next()) {
            (Some((unit, function)), None) => {
                Rc::new(Callable { unit, function, receiver: callable.receiver.clone(), env: None })
            }
            _ => Rc::clone(callable),
        }
    }

    pub(super) fn bind(&mut self, function: &'u Function, receiver: Option<&Value<'u>>, values: &Args<'u>) {
        let mut names = Names::default();
        let mut at = 0;
        for param in &function.params {
            if param.is_receiver
                && let Some(receiver) = receiver
            {
                names.insert(param.name.as_str(), Rc::new(receiver.clone()));
                continue;
            }
            let by_name = values.iter().find(|(name, _)| *name == Some(param.name.as_str()));
            let value = if param.is_rest {
                let rest: Vec<_> =
                    values.iter().filter(|(name, _)| name.is_none()).skip(at).map(|(_, value)| value.clone()).collect();
                Value { object: Some(self.heap.add(Object::list(rest))), ..Value::default() }
            } else if param.is_named_rest {
                let mut object = Object::new(Kind::Map);
                for (name, value) in values {
                    if let Some(name) = name.filter(|name| !function.params.iter().any(|param| param.name == **name)) {
                        object.put(name.into(), value.clone());
                    }
                }
                Value { object: Some(self.heap.add(object)), ..Value::default() }
            } else {
                let given = by_name.map(|(_, value)| value).or_else(|| {
                    let given = values.iter().filter(|(name, _)| name.is_none()).nth(at).map(|(_, value)| value);
                    at += 1;
                    given
                });
                match (given, &param.default) {
                    (Some(value), _) => value.clone(),
                    (None, Some(default)) => self.expr(default),
                    (None, None) => Value::default(),
                }
            };
            let of_type = param.of_type.as_deref().map(super::types::bare).unwrap_or_default();
            let mut value = value;
            if super::types::is_harmless(of_type) {
                value = Value { constant: value.constant, ..Value::default() };
            } else if value.path.is_none() && value.is_plain() && !of_type.is_empty() {
                let declared = self.declared(of_type);
                (value.path, value.object) = (declared.path, declared.object);
            }
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
    }

    /// A method that is not known and whose name says that it keeps what it is given.
    fn put_into(&mut self, receiver: &Value<'u>, name: &str, values: &Args<'u>) {
        let Some(id) = receiver.object else { return };
        if !PUTS.iter().any(|put| name.starts_with(put)) {
            return;
        }
        let mut origins = Vec::new();
        for (_, value) in values {
            merge(&mut origins, &self.heap.origins(value));
        }
        if let Some(object) = self.heap.get_mut(id).filter(|_| !origins.is_empty()) {
            merge(&mut object.rest, &origins);
            object.open = true;
        }
    }

    /// Into an array of zeros a method that is not known may write, but for those that only keep it.
    fn may_fill(&mut self, values: &Args<'u>, name: &str) {
        if name.ends_with("ParameterSpec") {
            return;
        }
        for (_, value) in values {
            if let Some(object) = value.object.and_then(|id| self.heap.get_mut(id))
                && object.kind == Kind::List
                && object.items.is_empty()
            {
                object.open = true;
            }
        }
    }

    /// What a call writes into its arguments: `&x` of Go and Rust.
    fn fill(&mut self, path: &str, receiver: Option<&Value<'u>>, args: &'u [Arg], values: &Args<'u>, span: Span) {
        let mut wanted: Vec<(usize, Option<&'static str>)> = Vec::new();
        for record in self.about(path).iter() {
            let label = match &record.verb {
                Verb::Fill => None,
                Verb::Source(label) if !record.args.is_empty() => Some(label.as_str()),
                _ => continue,
            };
            wanted.extend(record.args.iter().filter_map(|arg| Some((arg.parse().ok()?, label))));
        }
        if wanted.is_empty() && matches!(self.language, Language::Go) {
            let addresses = args.iter().enumerate().filter(|(_, arg)| matches!(arg.value.kind, ExprKind::Same(_)));
            wanted.extend(addresses.map(|(at, _)| (at, None)));
        }
        for (at, label) in wanted {
            let Some(arg) = args.get(at) else { continue };
            let mut inner = &arg.value;
            while let ExprKind::Same(next) = &inner.kind {
                inner = next;
            }
            if !matches!(inner.kind, ExprKind::Name(_) | ExprKind::Member { .. }) {
                continue;
            }
            let mut origins = match label {
                Some(label) => Value::origin(label, self.place(span)).origins,
                None => receiver.map(|receiver| self.heap.origins(receiver)).unwrap_or_default(),
            };
            if label.is_none() {
                for (_, (_, value)) in values.iter().enumerate().filter(|(other, _)| *other != at) {
                    merge(&mut origins, &self.heap.origins(value));
                }
            }
            if origins.is_empty() {
                continue;
            }
            let old = self.expr(inner);
            if let Some(object) = old.object.and_then(|id| self.heap.get_mut(id)) {
                object.items.values_mut().for_each(|item| merge(&mut item.origins, &origins));
                merge(&mut object.rest, &origins);
                object.open = true;
            }
            let value = Value { constant: None, origins, ..old };
            self.assign(inner, value);
        }
    }
}
