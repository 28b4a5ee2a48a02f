//! What a function leaves in a variable around it, for another one to show: `useState`, `ref`, a variable of the
//! module. A handler runs after the page was drawn, and then the page is drawn again: so is the file run again, with
//! what its functions left. Only what a model wrote is worth that.

use std::collections::HashMap;
use std::rc::Rc;

use super::run::Run;
use super::value::{Origin, Value, merge};
use crate::ir::FunctionId;

/// Objects within one value that are looked at.
const WITHIN: usize = 16;

/// Variables that are looked at in one run, over all functions.
pub(super) const LOOKS: u32 = 500_000;

/// What was left in variables, by their names and the functions that declare them.
pub(super) type Left<'u> = HashMap<(&'u str, FunctionId), Vec<Origin>>;

impl<'u> Run<'u> {
    /// Keeps what the present function, which has run, leaves in variables around it.
    pub(super) fn leave(&mut self, id: FunctionId) {
        let written = |run: &Self, value: &Value<'u>| -> Vec<Origin> {
            let mut origins = run.heap.origins(value);
            origins.retain(|origin| origin.label == "model");
            origins
        };
        if !self.language.is_script() || self.late.is_some() || self.leaks {
            return;
        }
        // Where no model is asked, and nothing of one is in its own names, none is in those around it.
        let asked = self.uses.iter().any(|of| of.kind.starts_with("model:"));
        if !asked && !self.frame.names.values().any(|value| !written(self, value).is_empty()) {
            return;
        }
        let is_state = |value: &Value<'u>| value.callable.is_none() && value.class.is_none() && value.module.is_none();
        let outer = self.frame.env.iter().flat_map(|env| env.iter()).chain(self.modules.first().into_iter().flatten());
        let mut found: Vec<(&'u str, FunctionId, Vec<Origin>)> = Vec::new();
        let mut looks = self.looks;
        for (name, known) in outer.filter(|(_, known)| is_state(known)) {
            let Some(rest) = looks.checked_sub(1) else { break };
            looks = rest;
            let value = self.frame.names.get(name).unwrap_or(known);
            if Rc::ptr_eq(value, known) && value.object.is_none() {
                continue;
            }
            let origins = written(self, value);
            let Some(owner) = self.owner(id, name).filter(|_| !origins.is_empty()) else { continue };
            found.push((name, owner, origins));
        }
        self.looks = looks;
        for (name, owner, origins) in found {
            merge(self.left.entry((name, owner)).or_default(), &origins);
        }
    }

    /// The function around another one in which a name is declared that the other one sees; None if that is its own.
    fn owner(&self, id: FunctionId, name: &str) -> Option<FunctionId> {
        let mut at = id;
        // What nothing between declares is of the file.
        while at != 0 {
            let function = self.function(0, at)?;
            let bound = function
                .params
                .iter()
                .any(|param| param.name == name || param.names.iter().any(|(inner, _)| inner == name));
            if bound {
                return None;
            }
            if function.locals.iter().any(|local| local == name) {
                return (at != id).then_some(at);
            }
            at = function.parent.filter(|parent| *parent < at)?;
        }
        Some(0)
    }

    /// Runs the file a second time, with what its functions left the first time.
    pub(super) fn again(&mut self) {
        if self.left.is_empty() {
            return;
        }
        // Tools and what is asked of them are known.
        self.deeds = None;
        let left = std::mem::take(&mut self.left);
        for ((name, _), late) in left.iter().filter(|((_, owner), _)| *owner == 0) {
            let Some(value) = self.modules.first().and_then(|names| names.get(name)) else { continue };
            let value = self.within(value.as_ref().clone(), late);
            self.modules.first_mut().and_then(|names| names.insert(name, Rc::new(value)));
        }
        self.late = Some(left);
        self.handled.clear();
        self.recording = true;
        // A function sees what stands below it: the second time that is there.
        self.top(0);
        self.top(0);
        self.all();
    }

    /// A value on its way into a variable of the present function, with what was left there.
    pub(super) fn with_late(&mut self, name: &'u str, value: Value<'u>) -> Value<'u> {
        if self.frame.unit != 0 {
            return value;
        }
        match self.late.as_ref().and_then(|late| late.get(&(name, self.frame.function))).cloned() {
            Some(origins) => self.within(value, &origins),
            None => value,
        }
    }

    /// A value that may also come from elsewhere, as may all that is in it.
    fn within(&mut self, mut value: Value<'u>, origins: &[Origin]) -> Value<'u> {
        if value.callable.is_some() || value.class.is_some() {
            return value;
        }
        let (mut objects, mut at) = (Vec::from_iter(value.object), 0);
        while let Some(id) = objects.get(at).copied().filter(|_| at < WITHIN) {
            at += 1;
            let Some(object) = self.heap.get_mut(id) else { continue };
            merge(&mut object.rest, origins);
            object.open = true;
            for item in object.items.values_mut().filter(|item| item.callable.is_none()) {
                merge(&mut item.origins, origins);
                (item.constant, item.prefix) = (None, None);
                objects.extend(item.object.filter(|id| !objects.contains(id)));
            }
        }
        merge(&mut value.origins, origins);
        (value.constant, value.prefix) = (None, None);
        value
    }
}
