//! Classes of the project: their instances, what they inherit, and the methods that a call means.

use std::rc::Rc;

use super::Names;
use super::call::CALLS;
use super::heap::{Kind, Object, ObjectId};
use super::record::Args;
use super::run::{Frame, Run};
use super::types::{bare, is_harmless, is_text};
use super::value::{Callable, ClassRef, Value, merge};
use crate::ir::FunctionId;

/// How deep objects within objects are filled.
const WITHIN: u32 = 3;

impl<'u> Run<'u> {
    /// An instance as its constructor and the declarations of its fields leave it.
    pub(super) fn instance(&mut self, class: ClassRef) -> Option<Value<'u>> {
        let template = if let Some(known) = self.instances.get(&class) {
            *known
        } else {
            self.instances.insert(class, None);
            let made = Some(self.build(class));
            self.built = self.heap.len();
            self.instances.insert(class, made);
            made
        };
        let unit = self.unit(class.unit)?;
        let name = unit.classes.get(class.class as usize)?.name.as_str();
        let object = match template.and_then(|id| self.heap.get(id).cloned()) {
            Some(object) => object,
            None => Object { class: Some(class), ..Object::new(Kind::Instance) },
        };
        let id = self.heap.add(object);
        Some(Value { object: Some(id), ..Value::of_path(format!("{name}()")) })
    }

    fn build(&mut self, class: ClassRef) -> ObjectId {
        let id = self.heap.add(Object { class: Some(class), ..Object::new(Kind::Instance) });
        let receiver = Value { object: Some(id), ..Value::default() };
        let (outer, recording) = (std::mem::take(&mut self.frame), std::mem::replace(&mut self.recording, false));
        self.frame = Frame { unit: class.unit, receiver: Some(receiver.clone()), ..Frame::default() };
        for class in self.ancestry(class).into_iter().rev() {
            self.frame.unit = class.unit;
            self.fields(class, id);
        }
        if let Some((at, constructor)) = self.constructor(class)
            && let Some(function) = self.function(at, constructor)
        {
            let stack = std::mem::replace(&mut self.stack, vec![(at, constructor)]);
            let mut names = Names::default();
            for param in &function.params {
                let value = if param.is_receiver { receiver.clone() } else { self.stranger(param, "unknown") };
                names.insert(param.name.as_str(), Rc::new(Value { origins: Vec::new(), ..value }));
            }
            self.frame.names = names;
            self.block(&function.body);
            self.stack = stack;
        }
        (self.frame, self.recording) = (outer, recording);
        id
    }

    /// Fields as they are declared.
    pub(super) fn fields(&mut self, class: ClassRef, id: ObjectId) {
        let declared = self.unit(class.unit).and_then(|unit| unit.classes.get(class.class as usize));
        for field in declared.into_iter().flat_map(|class| &class.fields) {
            let mut value = field.value.as_ref().map(|value| self.expr(value)).unwrap_or_default();
            if value.path.is_none()
                && value.is_plain()
                && let Some(of_type) = field.of_type.as_deref().map(bare).filter(|of_type| !of_type.is_empty())
            {
                let origins = std::mem::take(&mut value.origins);
                value = self.declared(of_type);
                value.origins = origins;
            }
            if let Some(object) = self.heap.get_mut(id) {
                object.put(field.name.as_str().into(), value);
            }
        }
    }

    /// Whether a type is an enumeration of the project.
    pub(super) fn is_choice(&self, of_type: &str) -> bool {
        let class = self.look(of_type).and_then(|value| value.class);
        let class = class.and_then(|class| self.unit(class.unit)?.classes.get(class.class as usize));
        class.is_some_and(|class| {
            let is_one = |base: &String| matches!(base.rsplit('.').next(), Some("Enum" | "StrEnum" | "IntEnum"));
            class.bases.iter().any(is_one)
        })
    }

    /// What a stranger sends as an object of the project: its fields came with it, unless their types leave no room.
    pub(super) fn fill_fields(&mut self, value: &Value<'u>) {
        let Some(origin) = value.origins.first().filter(|origin| origin.label != "unknown").cloned() else { return };
        let mut open: Vec<(ObjectId, u32)> = value.object.into_iter().map(|id| (id, 0)).collect();
        while let Some((id, depth)) = open.pop() {
            let Some(class) = self.heap.get(id).and_then(|object| object.class) else { continue };
            for class in self.ancestry(class) {
                let declared = self.unit(class.unit).and_then(|unit| unit.classes.get(class.class as usize));
                for field in declared.into_iter().flat_map(|class| &class.fields) {
                    let of_type = field.of_type.as_deref().unwrap_or_default();
                    let sent = Value { origins: vec![origin.clone()], ..Value::default() };
                    if is_harmless(bare(of_type)) || self.is_choice(bare(of_type)) {
                        continue;
                    }
                    let value = if of_type.split(|c: char| !c.is_alphanumeric()).any(is_text) {
                        sent
                    } else {
                        match self.declared(bare(of_type)).object.filter(|_| depth < WITHIN) {
                            Some(inner) => {
                                open.push((inner, depth + 1));
                                Value { object: Some(inner), ..sent }
                            }
                            None => continue,
                        }
                    };
                    if let Some(object) = self.heap.get_mut(id) {
                        object.put(field.name.as_str().into(), value);
                    }
                }
            }
        }
    }

    /// The class and what it inherits from, in the project.
    pub(super) fn ancestry(&self, class: ClassRef) -> Vec<ClassRef> {
        let mut out = vec![class];
        let mut at = 0;
        while let Some(class) = out.get(at).copied().filter(|_| out.len() < 10) {
            let bases = self.unit(class.unit).and_then(|unit| unit.classes.get(class.class as usize));
            for base in bases.into_iter().flat_map(|class| &class.bases) {
                let name = bare(base);
                let known =
                    self.modules.get(class.unit).and_then(|names| names.get(name)).and_then(|value| value.class);
                out.extend(known.filter(|known| !out.contains(known)));
            }
            at += 1;
        }
        out
    }

    /// A method of the class or of what it inherits from.
    pub(super) fn method_of(&self, class: ClassRef, name: &str) -> Option<(usize, FunctionId)> {
        self.ancestry(class).into_iter().find_map(|class| Some((class.unit, *self.methods.get(&class)?.get(name)?)))
    }

    pub(super) fn constructor(&self, class: ClassRef) -> Option<(usize, FunctionId)> {
        let name = self.unit(class.unit)?.classes.get(class.class as usize)?.name.as_str();
        ["__init__", "constructor", name].iter().find_map(|name| self.method_of(class, name))
    }

    /// Classes of the project that say they are one of these.
    pub(super) fn implementers(&self, class: ClassRef) -> Vec<ClassRef> {
        let Some(name) = self.unit(class.unit).and_then(|unit| unit.classes.get(class.class as usize)) else {
            return Vec::new();
        };
        let mut out = Vec::new();
        for (at, (_, unit)) in self.units.iter().enumerate() {
            for (id, other) in unit.classes.iter().enumerate() {
                if other.bases.iter().any(|base| bare(base) == name.name) {
                    out.push(ClassRef { unit: at, class: id as u32 });
                }
            }
        }
        out
    }

    /// An instance of a class of the project.
    pub(super) fn construct(&mut self, class: ClassRef, values: &Args<'u>) -> Value<'u> {
        let name = self
            .unit(class.unit)
            .and_then(|unit| unit.classes.get(class.class as usize))
            .map(|class| class.name.as_str());
        let id = self.heap.add(Object { class: Some(class), ..Object::new(Kind::Instance) });
        let value = Value { object: Some(id), ..Value::of_path(format!("{}()", name.unwrap_or_default())) };
        if self.stack.len() < CALLS {
            let outer = std::mem::take(&mut self.frame);
            self.frame = Frame { unit: class.unit, receiver: Some(value.clone()), ..Frame::default() };
            self.stack.push((class.unit, 0));
            for class in self.ancestry(class).into_iter().rev() {
                self.frame.unit = class.unit;
                self.fields(class, id);
            }
            self.stack.pop();
            self.frame = outer;
        }
        if let Some((unit, function)) = self.constructor(class) {
            let callable = Callable { unit, function, receiver: Some(value.clone()), env: None };
            self.enter(&callable, values);
        } else {
            // A class without constructor (dataclass, model of a library) holds what it is given.
            let given: Vec<_> = values.iter().map(|(name, value)| (*name, value.clone())).collect();
            let fields: Vec<&str> = self
                .unit(class.unit)
                .and_then(|unit| unit.classes.get(class.class as usize))
                .map(|class| class.fields.iter().map(|field| field.name.as_str()).collect())
                .unwrap_or_default();
            let mut at = 0;
            for (name, value) in given {
                let origins = self.heap.origins(&value);
                let name = name.or_else(|| {
                    at += 1;
                    fields.get(at - 1).copied()
                });
                let Some(object) = self.heap.get_mut(id) else { break };
                if let Some(name) = name {
                    object.put(name.into(), value);
                } else {
                    object.open = true;
                    merge(&mut object.rest, &origins);
                }
            }
        }
        value
    }
}
