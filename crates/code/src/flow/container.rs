//! Methods of lists, maps and texts that are put together, whose elements are known.

use std::rc::Rc;

use super::heap::{Kind, Object, ObjectId};
use super::record::Args;
use super::run::Run;
use super::value::{Constant, Value, merge};

/// A position; below zero is zero.
#[allow(clippy::cast_sign_loss)]
pub(super) fn whole(at: f64) -> usize {
    at.max(0.0) as usize
}

impl<'u> Run<'u> {
    /// A method of a container; None if it is none, or not known.
    pub(super) fn contained(&mut self, receiver: &Value<'u>, name: &str, values: &Args<'u>) -> Option<Value<'u>> {
        let id = receiver.object?;
        match self.heap.get(id)?.kind {
            Kind::List => self.list(id, name, values),
            Kind::Map => self.map_method(id, name, values),
            Kind::Text => Some(self.text(id, receiver, name, values)),
            Kind::Instance | Kind::Bound => None,
        }
    }

    /// Adds everything of `new` to the container `old`; false if it is none.
    pub(super) fn extend(&mut self, old: &Value<'u>, new: &Value<'u>) -> bool {
        let Some(id) = old.object else { return false };
        let kind = self.heap.get(id).map(|object| object.kind);
        match kind {
            Some(Kind::List) => self.add_all(id, new),
            Some(Kind::Text) => {
                let origins = self.heap.origins(new);
                if let Some(object) = self.heap.get_mut(id) {
                    merge(&mut object.rest, &origins);
                }
            }
            _ => return false,
        }
        true
    }

    fn add_all(&mut self, id: ObjectId, new: &Value<'u>) {
        let elements = self.heap.of(new).and_then(Object::elements);
        let origins = self.heap.origins(new);
        let Some(object) = self.heap.get_mut(id) else { return };
        match elements {
            Some(elements) if !object.open => {
                for element in elements {
                    object.put(object.items.len().to_string().into(), element);
                }
            }
            _ => {
                object.open = true;
                merge(&mut object.rest, &origins);
            }
        }
    }

    fn list(&mut self, id: ObjectId, name: &str, values: &Args<'u>) -> Option<Value<'u>> {
        let arg = |at: usize| values.get(at).map(|(_, value)| value.clone());
        let number = |at: usize| match arg(at)?.constant? {
            Constant::Number(number) => Some(number),
            _ => None,
        };
        let known = self.heap.get(id)?.elements();
        let length = known.as_ref().map(Vec::len);
        let index = |at: f64, length: usize| whole(if at < 0.0 { length as f64 + at } else { at });
        match (name, values.len()) {
            ("append" | "push" | "add" | "addLast" | "offer" | "addElement" | "push_back", 1) => {
                self.insert(id, known, None, arg(0)?);
            }
            ("push" | "append", 2..) => {
                for (_, value) in values {
                    let known = self.heap.get(id)?.elements();
                    self.insert(id, known, None, value.clone());
                }
            }
            ("insert" | "add", 2) => self.insert(id, known, number(0).map(whole), arg(1)?),
            ("addFirst" | "unshift" | "push_front", 1) => self.insert(id, known, Some(0), arg(0)?),
            ("extend" | "addAll", 1) => {
                let new = arg(0)?;
                self.add_all(id, &new);
            }
            ("get" | "at" | "elementAt" | "nth", 1) | ("getFirst" | "getLast" | "peek" | "first" | "last", 0) => {
                let at = match name {
                    "getLast" | "last" => Some(-1.0),
                    "getFirst" | "peek" | "first" => Some(0.0),
                    _ => number(0),
                };
                let (Some(known), Some(at)) = (known, at) else {
                    let whole = Value { object: Some(id), ..Value::default() };
                    return Some(self.element(&whole));
                };
                return Some(known.get(index(at, known.len())).cloned().unwrap_or_default());
            }
            (
                "pop" | "removeLast" | "pop_back" | "shift" | "poll" | "popleft" | "removeFirst" | "remove"
                | "pop_front",
                0,
            )
            | ("pop" | "remove" | "removeAt", 1) => {
                let Some(mut known) = known else {
                    let whole = Value { object: Some(id), ..Value::default() };
                    return Some(self.element(&whole));
                };
                let at = match (name, values.len()) {
                    ("pop" | "removeLast" | "pop_back", 0) => length?.checked_sub(1)?,
                    (_, 0) => 0,
                    // `remove(value)` of Python, `remove(object)` of Java.
                    _ => match (number(0), arg(0)?.constant) {
                        (Some(at), _) => index(at, known.len()),
                        (None, Some(constant)) => {
                            known.iter().position(|item| item.constant.as_ref() == Some(&constant))?
                        }
                        (None, None) => {
                            self.loosen(id);
                            return Some(Value::default());
                        }
                    },
                };
                let taken = (at < known.len()).then(|| known.remove(at));
                self.replace(id, known);
                return Some(taken.unwrap_or_default());
            }
            ("clear", 0) => self.replace(id, Vec::new()),
            ("reverse" | "reversed", 0) => {
                let mut known = known?;
                known.reverse();
                self.replace(id, known);
            }
            ("size" | "length" | "len" | "count" | "isEmpty" | "is_empty", 0) => {
                return Some(match (length, name.to_ascii_lowercase().contains("empty")) {
                    (Some(length), false) => Value::constant(Constant::Number(length as f64)),
                    _ => Value::default(),
                });
            }
            ("set", 2) => {
                let (at, value) = (number(0), arg(1)?);
                if let (Some(at), Some(_)) = (at, known) {
                    self.heap.get_mut(id)?.put(whole(at).to_string().into(), value);
                } else {
                    let origins = self.heap.origins(&value);
                    let object = self.heap.get_mut(id)?;
                    object.open = true;
                    merge(&mut object.rest, &origins);
                }
            }
            ("contains" | "includes" | "indexOf" | "index" | "count", 1) => return Some(Value::default()),
            _ => return None,
        }
        Some(Value::default())
    }

    /// Puts a value in, at the end or at a position.
    fn insert(&mut self, id: ObjectId, known: Option<Vec<Value<'u>>>, at: Option<usize>, value: Value<'u>) {
        if let Some(mut known) = known {
            let at = at.unwrap_or(known.len()).min(known.len());
            known.insert(at, value);
            self.replace(id, known);
        } else {
            let origins = self.heap.origins(&value);
            if let Some(object) = self.heap.get_mut(id) {
                merge(&mut object.rest, &origins);
            }
        }
    }

    fn replace(&mut self, id: ObjectId, values: Vec<Value<'u>>) {
        if let Some(object) = self.heap.get_mut(id) {
            let marks = std::mem::take(&mut object.marks);
            *object = Object { marks, ..Object::list(values) };
        }
    }

    /// Positions are no longer known.
    fn loosen(&mut self, id: ObjectId) {
        let whole = Value { object: Some(id), ..Value::default() };
        let origins = self.heap.origins(&whole);
        if let Some(object) = self.heap.get_mut(id) {
            object.items.clear();
            object.rest = origins;
            object.open = true;
        }
    }

    fn map_method(&mut self, id: ObjectId, name: &str, values: &Args<'u>) -> Option<Value<'u>> {
        let arg = |at: usize| values.get(at).map(|(_, value)| value.clone());
        let key = |at: usize| arg(at)?.constant.map(|constant| constant.shown());
        match (name, values.len()) {
            ("put" | "set" | "insert" | "setdefault" | "putIfAbsent" | "setProperty" | "replace", 2) => match key(0) {
                Some(key) => self.heap.get_mut(id)?.put(key, arg(1)?),
                None => self.unknown_key(id, &arg(1)?),
            },
            // Section, option, value.
            ("set", 3) => match (key(0), key(1)) {
                (Some(section), Some(key)) => {
                    self.heap.get_mut(id)?.put(Rc::from(format!("{section}\u{0}{key}")), arg(2)?);
                }
                _ => self.unknown_key(id, &arg(2)?),
            },
            ("get", 2) if self.heap.get(id)?.items.keys().any(|key| key.contains('\u{0}')) => {
                let key = format!("{}\u{0}{}", key(0)?, key(1)?);
                return Some(self.heap.get(id)?.items.get(key.as_str()).cloned().unwrap_or_default());
            }
            ("get" | "getProperty" | "getOrDefault" | "pop" | "remove" | "__getitem__", 1 | 2) => {
                let key = key(0);
                let object = self.heap.get(id)?;
                let Some(key) = key else {
                    self.picks(id);
                    let whole = Value { object: Some(id), ..Value::default() };
                    let origins = self.heap.origins(&whole);
                    return Some(Value::of_origins(origins));
                };
                // What nobody put in may be in a file that was loaded.
                if name == "getProperty" && !object.items.contains_key(&key) && object.rest.is_empty() {
                    return None;
                }
                let (item, rest, open) = (object.items.get(&key).cloned(), object.rest.clone(), object.open);
                if matches!(name, "pop" | "remove") {
                    self.heap.get_mut(id)?.items.remove(&key);
                }
                return Some(match (item, arg(1)) {
                    (Some(item), _) => item,
                    (None, Some(default)) if !open => default,
                    (None, default) => {
                        let mut value = default.unwrap_or_default();
                        value.constant = None;
                        merge(&mut value.origins, &rest);
                        value
                    }
                });
            }
            ("has" | "containsKey" | "contains_key" | "has_section" | "has_option", _) => return Some(Value::default()),
            ("add_section", _) => {}
            ("update" | "putAll", 1) => {
                let new = self.heap.of(&arg(0)?).cloned()?;
                let object = self.heap.get_mut(id)?;
                object.open |= new.open;
                merge(&mut object.rest, &new.rest);
                new.items.into_iter().for_each(|(key, value)| object.put(key, value));
            }
            ("clear", 0) => *self.heap.get_mut(id)? = Object::new(Kind::Map),
            ("values" | "entrySet" | "items" | "entries", 0) => {
                let whole = Value { object: Some(id), ..Value::default() };
                let rest = self.heap.origins(&whole);
                let object = Object { rest, open: true, ..Object::new(Kind::List) };
                return Some(Value { object: Some(self.heap.add(object)), ..Value::default() });
            }
            _ => return None,
        }
        Some(Value::default())
    }

    fn unknown_key(&mut self, id: ObjectId, value: &Value<'u>) {
        let origins = self.heap.origins(value);
        if let Some(object) = self.heap.get_mut(id) {
            merge(&mut object.rest, &origins);
            object.open = true;
        }
    }

    /// Whatever is put into a text is in it; what is taken from it is all of it.
    fn text(&mut self, id: ObjectId, receiver: &Value<'u>, name: &str, values: &Args<'u>) -> Value<'u> {
        let replaced = matches!(name, "setLength" | "delete" | "clear" | "truncate")
            && values.iter().all(|(_, value)| matches!(value.constant, Some(Constant::Number(at)) if at == 0.0));
        let mut origins = Vec::new();
        for (_, value) in values {
            merge(&mut origins, &self.heap.origins(value));
        }
        if let Some(object) = self.heap.get_mut(id) {
            if replaced {
                object.rest.clear();
            }
            merge(&mut object.rest, &origins);
        }
        if matches!(name, "toString" | "to_string" | "getvalue" | "String" | "substring" | "as_str" | "build") {
            return Value::of_origins(self.heap.origins(receiver));
        }
        if matches!(name, "length" | "len" | "indexOf" | "capacity") {
            return Value::default();
        }
        receiver.clone()
    }
}
