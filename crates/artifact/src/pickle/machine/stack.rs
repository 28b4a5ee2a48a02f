//! The stack with its marks, and the memo.

use super::Machine;
use crate::pickle::value::{Shape, Value};

impl Machine<'_> {
    pub(super) fn push(&mut self, value: Value) {
        self.state.stack.push(value);
    }

    pub(super) fn floor(&self) -> usize {
        self.state.marks.last().copied().unwrap_or(0)
    }

    pub(super) fn pop(&mut self, at: u64) -> Value {
        if self.state.stack.len() > self.floor()
            && let Some(value) = self.state.stack.pop()
        {
            return value;
        }
        self.flaw(at, "the stack is empty");
        Value::Unknown
    }

    pub(super) fn pop_mark(&mut self, at: u64) -> usize {
        if let Some(mark) = self.state.marks.pop() {
            return mark.min(self.state.stack.len());
        }
        self.flaw(at, "there is no mark on the stack");
        0
    }

    /// Takes everything above the mark off the stack, as a container.
    pub(super) fn collect(&mut self, at: u64, shape: Shape) -> Value {
        let start = self.pop_mark(at);
        self.collect_from(start, shape)
    }

    pub(super) fn collect_from(&mut self, start: usize, shape: Shape) -> Value {
        let kids = self.state.stack.get(start..).unwrap_or_default();
        let value = self.store.container(shape, kids);
        self.tensors.hold(value, kids, 0, Some(shape));
        self.state.stack.truncate(start);
        value
    }

    pub(super) fn tuple(&mut self, at: u64, count: usize) {
        let start = self.state.stack.len().saturating_sub(count);
        if start < self.floor() || self.state.stack.len() < count {
            self.flaw(at, "the stack is empty");
        }
        let value = self.collect_from(start, Shape::Tuple);
        self.push(value);
    }

    /// Puts everything from `start` into the object below it.
    pub(super) fn put_into(&mut self, at: u64, start: usize, wanted: Shape) {
        if wanted == Shape::Dict {
            self.runs_pairs(at, start);
        }
        let target = start.checked_sub(1).and_then(|below| self.state.stack.get(below)).copied();
        match target {
            Some(Value::Container(shape, id)) => {
                if shape != wanted {
                    self.misuse(at, "a built-in container", target.unwrap_or(Value::Unknown));
                }
                let kids = self.state.stack.get(start..).unwrap_or_default();
                let before = self.store.look(Value::Container(shape, id)).map_or(0, |container| container.count);
                self.tensors.hold(Value::Container(shape, id), kids, before, Some(shape));
                self.store.extend(id, kids);
            }
            Some(target) => {
                let kids = self.state.stack.get(start..).unwrap_or_default();
                self.tensors.hold(target, kids, 0, Some(wanted));
                let kids: Vec<Value> =
                    self.state.stack.get(start..).unwrap_or_default().iter().take(8).copied().collect();
                self.write_items(at, target, &kids);
            }
            None => self.flaw(at, "the stack is empty"),
        }
        self.state.stack.truncate(start);
    }

    /// What lies on the stack from `start`.
    pub(in crate::pickle) fn stack_from(&self, start: usize) -> &[Value] {
        self.state.stack.get(start..).unwrap_or_default()
    }

    pub(super) fn put(&mut self, at: u64, index: u64) {
        match self.state.stack.last().copied() {
            Some(value) => {
                if !self.state.memo.put(index, value) {
                    self.limit = Some("pickle memo");
                }
            }
            None => self.flaw(at, "the stack is empty"),
        }
    }

    pub(super) fn get(&mut self, at: u64, index: u64) {
        let value = self.state.memo.get(index).unwrap_or_else(|| {
            self.flaw(at, format!("memo entry {index} was never written"));
            Value::Unknown
        });
        self.push(value);
    }
}
