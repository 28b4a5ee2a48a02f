//! Symbolic values: what the machine knows of an object without building it.

use std::collections::HashMap;

/// A value on the stack or in the memo: small, copied freely; text stays in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// A small integer.
    Int(i64),
    /// A float or a long integer, by the offset of its instruction.
    Number(u64),
    /// A string, by the offset of its instruction.
    Text(u64),
    /// Bytes or a bytearray, by the offset of its instruction.
    Bytes(u64),
    /// An out-of-band buffer.
    Buffer,
    /// A container, by number in [`Store::containers`].
    Container(Shape, u32),
    /// An imported name, by number in [`Store::globals`].
    Global(u32),
    /// An instance, by the number of the global that made it, and its own; 0 is none.
    Made(u32, u32),
    /// The result of a call that has to be remembered, by number in [`Store::calls`].
    Call(u32),
    /// A persistent object, handed in by the program that loads; the number of a storage of torch, or 0.
    Persistent(u32),
    /// An object of the extension registry, by code.
    Extension(u32),
    /// Not known.
    Unknown,
}

/// Kinds of container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Tuple,
    List,
    Dict,
    Set,
    FrozenSet,
}

impl Value {
    /// Whether it has to be remembered wherever it is put.
    fn lasts(self) -> bool {
        matches!(self, Value::Global(_) | Value::Call(_) | Value::Extension(_))
    }
}

/// The first elements of a container (keys and values in turn for a dict).
#[derive(Debug, Clone, Default)]
pub(crate) struct Container {
    id: u32,
    /// The elements that are kept.
    pub(crate) kids: Vec<Value>,
    /// Elements in all.
    pub(crate) count: u64,
    /// Elements when every shared part is written out, saturating.
    pub(crate) expanded: u64,
}

impl Container {
    /// Elements kept of a container; of those that matter, twice as many.
    const KIDS: usize = 32;
}

/// How a remembered call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// `callee(*args)`.
    Called,
    /// `callee.__new__(callee, *args)`.
    Built,
}

/// A call whose result matters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    /// Offset of the instruction.
    pub(crate) at: u64,
    pub(crate) callee: Value,
    /// A tuple.
    pub(crate) args: Value,
    /// The state that BUILD gave it last.
    pub(crate) state: Value,
    /// The global or module that the result is, where that is known.
    pub(crate) is: Option<u32>,
}

/// An imported name.
#[derive(Debug, Clone)]
pub(crate) struct Global {
    /// As written; a module itself has an empty `name`.
    pub(crate) module: String,
    pub(crate) name: String,
    /// Where it was imported first.
    pub(crate) at: u64,
    /// Whether an instruction imports it, or it was only reached through others.
    pub(crate) imported: bool,
    /// Whether it was called or instantiated, or handed to something that does.
    pub(crate) used: bool,
}

impl Global {
    /// `module.name`.
    pub(crate) fn path(&self) -> String {
        if self.name.is_empty() { self.module.clone() } else { format!("{}.{}", self.module, self.name) }
    }
}

/// Containers that do not matter and are kept at a time.
const RECENT: usize = 2048;
/// Containers that hold globals or calls and are kept.
const LASTING: usize = 1 << 16;
const CALLS: usize = 1 << 18;
const GLOBALS: usize = 1 << 16;
/// A container that writes out to more elements than this is kept, to see it grow.
const LARGE: u64 = 4096;

/// Everything values refer to.
#[derive(Default)]
pub(crate) struct Store {
    recent: Vec<Container>,
    lasting: HashMap<u32, Container>,
    next: u32,
    calls: Vec<Call>,
    globals: Vec<Global>,
    by_name: HashMap<String, u32>,
    key: String,
    /// Whether something had to be forgotten.
    pub(crate) full: bool,
}

impl Store {
    /// A new container of these elements.
    pub(crate) fn container(&mut self, shape: Shape, kids: &[Value]) -> Value {
        let id = self.next;
        self.next = self.next.wrapping_add(1);
        let slot = id as usize % RECENT;
        if slot >= self.recent.len() {
            self.recent.push(Container::default());
        }
        if let Some(container) = self.recent.get_mut(slot) {
            container.id = id;
            container.kids.clear();
            container.count = 0;
            container.expanded = 0;
        }
        self.extend(id, kids);
        Value::Container(shape, id)
    }

    /// Adds elements to a container.
    pub(crate) fn extend(&mut self, id: u32, kids: &[Value]) {
        let expanded = kids.iter().fold(0u64, |sum, kid| sum.saturating_add(self.expanded(*kid)));
        let matters = kids.iter().any(|kid| self.matters(*kid));
        let slot = id as usize % RECENT;
        if let Some(container) = self.recent.get_mut(slot).filter(|container| container.id == id) {
            add(container, kids, expanded);
            if (matters || container.expanded > LARGE) && self.lasting.len() < LASTING {
                self.lasting.insert(id, std::mem::take(container));
                // No container has this number yet.
                container.id = self.next;
            }
        } else if let Some(container) = self.lasting.get_mut(&id) {
            add(container, kids, expanded);
        }
    }

    /// Keeps a container for good.
    pub(crate) fn pin(&mut self, value: Value) {
        let Value::Container(_, id) = value else { return };
        let slot = id as usize % RECENT;
        if let Some(container) = self.recent.get_mut(slot).filter(|container| container.id == id)
            && self.lasting.len() < LASTING
        {
            self.lasting.insert(id, std::mem::take(container));
            container.id = self.next;
        }
    }

    fn matters(&self, value: Value) -> bool {
        match value {
            Value::Container(_, id) => self.lasting.contains_key(&id),
            value => value.lasts(),
        }
    }

    fn expanded(&self, value: Value) -> u64 {
        match value {
            Value::Container(_, id) => self.by_id(id).map_or(1, |container| container.expanded.saturating_add(1)),
            _ => 1,
        }
    }

    fn by_id(&self, id: u32) -> Option<&Container> {
        let recent = self.recent.get(id as usize % RECENT).filter(|container| container.id == id);
        recent.or_else(|| self.lasting.get(&id))
    }

    /// What is known of a container; none if it was forgotten or the value is not one.
    pub(crate) fn look(&self, value: Value) -> Option<&Container> {
        match value {
            Value::Container(_, id) => self.by_id(id),
            _ => None,
        }
    }

    /// The elements of a container; none known, or no container: empty.
    pub(crate) fn kids(&self, value: Value) -> &[Value] {
        self.look(value).map_or(&[], |container| &container.kids)
    }

    /// Remembers a call.
    pub(crate) fn call(&mut self, call: Call) -> Value {
        if self.calls.len() >= CALLS {
            self.full = true;
            return Value::Unknown;
        }
        self.calls.push(call);
        Value::Call(self.calls.len() as u32 - 1)
    }

    pub(crate) fn called(&self, index: u32) -> Option<&Call> {
        self.calls.get(index as usize)
    }

    pub(crate) fn called_mut(&mut self, index: u32) -> Option<&mut Call> {
        self.calls.get_mut(index as usize)
    }

    /// The number of a name, new or known.
    pub(crate) fn intern(&mut self, module: &str, name: &str, at: u64) -> Option<u32> {
        self.key.clear();
        self.key.push_str(module);
        self.key.push('\0');
        self.key.push_str(name);
        if let Some(known) = self.by_name.get(&self.key) {
            return Some(*known);
        }
        if self.globals.len() >= GLOBALS {
            self.full = true;
            return None;
        }
        let index = self.globals.len() as u32;
        let global = Global { module: module.into(), name: name.into(), at, imported: false, used: false };
        self.globals.push(global);
        self.by_name.insert(self.key.clone(), index);
        Some(index)
    }

    pub(crate) fn global(&self, index: u32) -> Option<&Global> {
        self.globals.get(index as usize)
    }

    pub(crate) fn global_mut(&mut self, index: u32) -> Option<&mut Global> {
        self.globals.get_mut(index as usize)
    }

    /// All names in the order of their first appearance.
    pub(crate) fn globals(&self) -> &[Global] {
        &self.globals
    }

    /// The global or module that a value is, where that is known.
    pub(crate) fn identity(&self, value: Value) -> Option<u32> {
        match value {
            Value::Global(index) => Some(index),
            Value::Call(index) => self.called(index)?.is,
            _ => None,
        }
    }
}

fn add(container: &mut Container, kids: &[Value], expanded: u64) {
    container.count += kids.len() as u64;
    container.expanded = container.expanded.saturating_add(expanded);
    for kid in kids {
        let room = if kid.lasts() { Container::KIDS * 2 } else { Container::KIDS };
        if container.kids.len() < room {
            container.kids.push(*kid);
        } else if !kid.lasts() && kids.len() > Container::KIDS * 4 {
            // A long run of plain elements: look only for those that matter.
            let rest = kids.iter().skip(Container::KIDS).filter(|kid| kid.lasts());
            container.kids.extend(rest.take(Container::KIDS));
            container.kids.truncate(Container::KIDS * 2);
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_that_matters_outlives_a_million_that_do_not() {
        let mut store = Store::default();
        let global = Value::Global(store.intern("os", "system", 0).unwrap());
        let list = store.container(Shape::List, &[Value::Int(1), global]);
        let plain = store.container(Shape::List, &[Value::Int(1)]);
        for _ in 0..1_000_000 {
            store.container(Shape::Tuple, &[Value::None]);
        }
        assert_eq!(store.kids(list), [Value::Int(1), global]);
        assert!(store.look(plain).is_none());
    }

    #[test]
    fn growth_by_sharing_is_counted_without_growing() {
        let mut store = Store::default();
        let mut last = store.container(Shape::List, &[]);
        for _ in 0..100 {
            last = store.container(Shape::List, &[last, last, last]);
        }
        assert_eq!(store.look(last).unwrap().expanded, u64::MAX);
    }
}
