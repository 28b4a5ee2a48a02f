//! Lists, maps, instances: what several names can stand for together.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::value::{ClassRef, Origin, Value, merge};
use crate::ir::FunctionId;

/// Index into the [`Heap`].
pub(super) type ObjectId = u32;

/// Elements that one object keeps by name.
const MOST: usize = 200;
/// Positions of a list that are told apart.
const POSITIONS: usize = 64;
/// Objects within one that are gone through for origins.
const WITHIN: usize = 32;

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Elements by position.
    List,
    /// Elements by key.
    Map,
    /// A function as `f`, and arguments that it will get.
    Bound,
    /// Text that is put together.
    Text,
    /// An instance of a class, known or not.
    Instance,
}

/// One object.
#[derive(Debug, Clone)]
pub(super) struct Object<'u> {
    pub(super) kind: Kind,
    pub(super) class: Option<ClassRef>,
    pub(super) items: BTreeMap<Rc<str>, Value<'u>>,
    /// Where elements come from whose key is not known.
    pub(super) rest: Vec<Origin>,
    /// Elements that are not in `items` may be there.
    pub(super) open: bool,
    /// Properties that were set (`mark` of the tables).
    pub(super) marks: Vec<&'static str>,
    /// Arguments that a bound function will get, with their names.
    pub(super) args: Vec<(Option<&'u str>, Value<'u>)>,
    /// The function that it offers to a model.
    pub(super) tool: Option<(usize, FunctionId)>,
}

impl<'u> Object<'u> {
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            kind,
            class: None,
            items: BTreeMap::new(),
            rest: Vec::new(),
            open: false,
            marks: Vec::new(),
            args: Vec::new(),
            tool: None,
        }
    }

    pub(super) fn list(values: Vec<Value<'u>>) -> Self {
        let mut list = Self::new(Kind::List);
        for (at, value) in values.into_iter().enumerate() {
            if at < POSITIONS {
                list.items.insert(at.to_string().into(), value);
            } else {
                list.open = true;
                merge(&mut list.rest, &value.origins);
            }
        }
        list
    }

    /// The elements in order, if it is a list of which all are known.
    pub(super) fn elements(&self) -> Option<Vec<Value<'u>>> {
        if self.kind != Kind::List || self.open {
            return None;
        }
        (0..self.items.len()).map(|at| self.items.get(at.to_string().as_str()).cloned()).collect()
    }

    pub(super) fn put(&mut self, key: Rc<str>, value: Value<'u>) {
        if self.items.len() < MOST || self.items.contains_key(&key) {
            self.items.insert(key, value);
        } else {
            self.open = true;
            merge(&mut self.rest, &value.origins);
        }
    }
}

/// All objects of one run; cheap to copy at a branch. Copies give out different numbers for new objects.
#[derive(Debug, Clone, Default)]
pub(super) struct Heap<'u> {
    objects: Rc<Vec<Option<Rc<Object<'u>>>>>,
    next: Rc<Cell<ObjectId>>,
}

impl<'u> Heap<'u> {
    pub(super) fn len(&self) -> usize {
        self.next.get() as usize
    }

    /// Forgets the objects behind the first ones.
    pub(super) fn cut(&mut self, length: usize) {
        Rc::make_mut(&mut self.objects).truncate(length);
        self.next.set(length as ObjectId);
    }

    pub(super) fn add(&mut self, object: Object<'u>) -> ObjectId {
        let id = self.next.get();
        self.next.set(id + 1);
        let objects = Rc::make_mut(&mut self.objects);
        objects.resize(id as usize, None);
        objects.push(Some(Rc::new(object)));
        id
    }

    pub(super) fn get(&self, id: ObjectId) -> Option<&Object<'u>> {
        self.objects.get(id as usize)?.as_deref()
    }

    pub(super) fn get_mut(&mut self, id: ObjectId) -> Option<&mut Object<'u>> {
        self.get(id)?;
        Rc::make_mut(&mut self.objects).get_mut(id as usize)?.as_mut().map(Rc::make_mut)
    }

    /// The object that a value stands for.
    pub(super) fn of(&self, value: &Value<'u>) -> Option<&Object<'u>> {
        self.get(value.object?)
    }

    /// Everything that a value and what is in it comes from.
    pub(super) fn origins(&self, value: &Value<'u>) -> Vec<Origin> {
        let mut out = value.origins.clone();
        let (mut seen, mut next) = (Vec::new(), value.object);
        let mut around = Vec::new();
        while let Some(id) = next {
            if !seen.contains(&id) && seen.len() < WITHIN {
                seen.push(id);
                let Some(object) = self.get(id) else { break };
                merge(&mut out, &object.rest);
                for item in object.items.values() {
                    merge(&mut out, &item.origins);
                    around.extend(item.object.filter(|_| around.len() < WITHIN));
                }
            }
            next = around.pop();
        }
        out
    }

    /// Two values that may both be meant, in this heap.
    pub(super) fn either(&mut self, first: Value<'u>, second: Value<'u>) -> Value<'u> {
        let object = match (first.object, second.object) {
            (Some(a), Some(b)) if a == b => Some(a),
            (Some(a), Some(b)) => match (self.get(a).cloned(), self.get(b).cloned()) {
                (Some(a), Some(b)) => {
                    let joined = self.joined(a, &b);
                    Some(self.add(joined))
                }
                _ => None,
            },
            (one, other) => one.or(other),
        };
        first.join(second, object)
    }

    /// What two branches made of the objects.
    pub(super) fn join(mut self, other: &Self) -> Self {
        if Rc::ptr_eq(&self.objects, &other.objects) {
            return self;
        }
        for (at, theirs) in other.objects.iter().enumerate() {
            let Some(theirs) = theirs else { continue };
            let new = match self.objects.get(at).and_then(Option::as_ref) {
                Some(ours) if Rc::ptr_eq(ours, theirs) => continue,
                Some(ours) => Rc::new(self.joined(ours.as_ref().clone(), theirs)),
                None => Rc::clone(theirs),
            };
            let objects = Rc::make_mut(&mut self.objects);
            if objects.len() <= at {
                objects.resize(at + 1, None);
            }
            if let Some(slot) = objects.get_mut(at) {
                *slot = Some(new);
            }
        }
        self
    }

    fn joined(&self, mut ours: Object<'u>, theirs: &Object<'u>) -> Object<'u> {
        let same_keys = ours.items.len() == theirs.items.len() && ours.items.keys().eq(theirs.items.keys());
        if ours.kind == Kind::List && !same_keys {
            // Positions no longer say the same.
            let mut rest = std::mem::take(&mut ours.rest);
            for item in ours.items.values().chain(theirs.items.values()) {
                merge(&mut rest, &self.origins(item));
            }
            ours.items.clear();
            ours.rest = rest;
            ours.open = true;
        } else {
            for (key, value) in &theirs.items {
                let joined = match ours.items.remove(key) {
                    Some(mine) => {
                        let object =
                            if mine.object == value.object { mine.object } else { mine.object.or(value.object) };
                        let extra = if mine.object == value.object { Vec::new() } else { self.origins(value) };
                        let mut joined = mine.join(value.clone(), object);
                        merge(&mut joined.origins, &extra);
                        joined
                    }
                    None => value.clone(),
                };
                ours.items.insert(Rc::clone(key), joined);
            }
        }
        merge(&mut ours.rest, &theirs.rest);
        ours.open |= theirs.open;
        if ours.class != theirs.class {
            ours.class = None;
        }
        ours.marks.retain(|mark| theirs.marks.contains(mark));
        ours
    }
}
