//! Functions that are handed over: who calls them, and with what.

use std::rc::Rc;

use super::Place;
use super::heap::{Kind, Object};
use super::record::Args;
use super::run::Run;
use super::value::{Callable, Origin, Value, merge};
use crate::ir::Span;
use crate::specs::Record;

impl<'u> Run<'u> {
    /// Functions that are handed to one that is not known are called with what that one holds.
    pub(super) fn callbacks(&mut self, receiver: Option<&Value<'u>>, values: &Args<'u>, span: Span) -> Vec<Origin> {
        let callables: Vec<Rc<Callable<'u>>> = values.iter().filter_map(|(_, value)| value.callable.clone()).collect();
        let mut local = Vec::new();
        for (_, value) in values {
            // `new Runnable() { … }`: its methods are what is called.
            let Some(class) = self.heap.of(value).and_then(|object| object.class) else { continue };
            let methods = self.unit(class.unit).and_then(|unit| unit.classes.get(class.class as usize));
            let methods = methods.into_iter().flat_map(|class| &class.methods).take(3);
            local.extend(methods.filter(|id| self.seen(class.unit, **id).is_some()).map(|function| {
                Rc::new(Callable { unit: class.unit, function: *function, receiver: Some(value.clone()), env: None })
            }));
        }
        for callable in local {
            self.enter(&callable, &Args::new());
        }
        let bound: Vec<Value<'u>> =
            values.iter().map(|(_, value)| value).filter(|value| self.is_bound(value)).cloned().collect();
        let mut out = Vec::new();
        for function in bound {
            if let Some(value) = self.hands(&function, &Args::new(), span) {
                merge(&mut out, &self.heap.origins(&value));
            }
        }
        if callables.is_empty() {
            return out;
        }
        let held = match receiver {
            Some(receiver) if receiver.object.is_some() || !receiver.origins.is_empty() => self.element(receiver),
            _ => match values
                .iter()
                .find(|(_, value)| value.callable.is_none() && (value.object.is_some() || !value.origins.is_empty()))
            {
                Some((_, value)) => {
                    let value = value.clone();
                    self.element(&value)
                }
                None => return out,
            },
        };
        for callable in callables {
            let handed = vec![(None, held.clone()), (None, held.clone())];
            if let Some(value) = self.enter(&callable, &handed) {
                merge(&mut out, &self.heap.origins(&value));
            }
        }
        out
    }

    /// Calls a function that is handed over together with its arguments: `to_thread(os.system, command)`.
    pub(super) fn passes_on(
        &mut self,
        record: &Record,
        receiver: Option<&Value<'u>>,
        values: &Args<'u>,
        span: Span,
    ) -> Option<Value<'u>> {
        let [of, from] = record.args.as_slice() else { return None };
        let function = self.argument(of, receiver, values)?;
        // Of these every function of the project is called with one anyway.
        if from.starts_with('@') && function.callable.is_some() {
            return None;
        }
        let handed = self.handed_on(from, receiver, values);
        self.hands(&function, &handed, span)
    }

    /// Calls a value with these arguments, if it is known what it is.
    pub(super) fn hands(&mut self, function: &Value<'u>, handed: &Args<'u>, span: Span) -> Option<Value<'u>> {
        if let Some(callable) = &function.callable {
            return self.enter(callable, handed);
        }
        if let Some(bound) = self.heap.of(function).filter(|object| object.kind == Kind::Bound) {
            let inner = bound.items.get("f").cloned()?;
            let all = bound.args.iter().chain(handed).cloned().collect();
            // What is bound again is rare.
            return if self.is_bound(&inner) { None } else { self.hands(&inner, &all, span) };
        }
        let path = format!("{}()", function.path.as_ref()?);
        let mut origins = Vec::new();
        for (_, value) in handed {
            merge(&mut origins, &self.heap.origins(value));
        }
        self.does_by_name(&path, handed, span);
        let result = self.records(&path, None, handed, span, &mut origins);
        let called = Value { path: Some(path.into()), ..Value::of_origins(origins) };
        Some(result.unwrap_or_else(|| self.sourced_by(called, None, handed, span)))
    }

    /// A function together with arguments that it will get: `partial(os.system, command)`.
    pub(super) fn binds(
        &mut self,
        record: &Record,
        receiver: Option<&Value<'u>>,
        values: &Args<'u>,
    ) -> Option<Value<'u>> {
        let [of, from] = record.args.as_slice() else { return None };
        let function = self.argument(of, receiver, values)?;
        let args = self.handed_on(from, receiver, values);
        let mut object = Object::new(Kind::Bound);
        for (_, value) in &args {
            merge(&mut object.rest, &self.heap.origins(value));
        }
        object.items.insert(Rc::from("f"), function);
        object.args = args;
        Some(Value { object: Some(self.heap.add(object)), ..Value::default() })
    }

    /// Whether a value is a function with arguments that it will get.
    pub(super) fn is_bound(&self, value: &Value<'u>) -> bool {
        self.heap.of(value).is_some_and(|object| object.kind == Kind::Bound)
    }

    /// What such a function is called with: what stands from there on, what is in it (`*`), or one of that (`@`).
    fn handed_on(&mut self, from: &str, receiver: Option<&Value<'u>>, values: &Args<'u>) -> Args<'u> {
        if let Ok(first) = from.parse::<usize>() {
            let mut at = 0;
            let is_behind = |(name, _): &&(Option<&'u str>, Value<'u>)| {
                at += usize::from(name.is_none());
                name.is_some() || at > first
            };
            return values.iter().filter(is_behind).cloned().collect();
        }
        let Some(given) = self.argument(from.trim_start_matches(['*', '@']), receiver, values) else {
            return Args::new();
        };
        if from.starts_with('@') {
            return vec![(None, self.element(&given))];
        }
        match self.heap.of(&given).and_then(Object::elements) {
            Some(elements) => elements.into_iter().map(|value| (None, value)).collect(),
            None => vec![(None, Value::of_origins(self.heap.origins(&given)))],
        }
    }

    /// Functions that a library calls with values of these types.
    pub(super) fn handle(&mut self, types: &'static [String], way: &str, values: &Args<'u>) {
        let args = std::mem::take(&mut self.handing);
        let is_tool = types.iter().any(|of_type| of_type == "@tool");
        let mut callables = Vec::new();
        let mut around: Vec<Value<'u>> = values.iter().map(|(_, value)| value.clone()).collect();
        for _ in 0..3 {
            callables.extend(around.iter().filter_map(|value| value.callable.clone()));
            let inner = around.iter().filter_map(|value| self.heap.of(value));
            around = inner.flat_map(|object| object.items.values().take(50).cloned()).collect();
        }
        for callable in callables {
            let Some(function) = self.function(callable.unit, callable.function) else { continue };
            let mut handed = Args::new();
            for (at, param) in function.params.iter().filter(|param| !param.is_receiver).enumerate() {
                let Some(of_type) = types.get(at).or(if types.len() == 1 { types.first() } else { None }) else {
                    break;
                };
                let place =
                    Place { file: self.units.get(callable.unit).map_or(0, |(file, _)| *file), span: param.span };
                let value = match of_type.strip_prefix('@') {
                    Some(label) => Value::origin(label, place),
                    None => self.sourced(Value::of_path(of_type.as_str()), param.span),
                };
                handed.push((None, value));
            }
            if callable.unit == 0 {
                self.handled.insert(callable.function);
            }
            if is_tool {
                self.handed_over(&callable, way, args);
            }
            self.handling = true;
            self.enter(&callable, &handed);
            self.handling = false;
            if is_tool {
                self.handed = Some((callable.unit, callable.function));
            }
        }
    }
}
