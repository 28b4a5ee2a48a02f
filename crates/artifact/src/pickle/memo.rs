//! The memo of a pickle: dense where honest, sparse where an index is far off, never sized by an index.

use std::collections::HashMap;

use super::value::Value;

/// Entries that are kept at most.
const LIMIT: usize = 4 << 20;

/// Values by memo index.
#[derive(Default)]
pub(crate) struct Memo {
    dense: Vec<Option<Value>>,
    sparse: HashMap<u64, Value>,
    filled: u64,
}

impl Memo {
    pub(crate) fn clear(&mut self) {
        self.dense.clear();
        self.sparse.clear();
        self.filled = 0;
    }

    /// How many indices are filled: what MEMOIZE takes as its next index.
    pub(crate) fn len(&self) -> u64 {
        self.filled
    }

    pub(crate) fn get(&self, index: u64) -> Option<Value> {
        match self.dense.get(usize::try_from(index).unwrap_or(usize::MAX)) {
            Some(value) => *value,
            None => self.sparse.get(&index).copied(),
        }
    }

    /// Stores a value; false when the memo is full.
    pub(crate) fn put(&mut self, index: u64, value: Value) -> bool {
        let at = usize::try_from(index).unwrap_or(usize::MAX);
        // Honest picklers count from 0 or 1; a small gap is cheaper dense than sparse.
        if at >= self.dense.len() && at <= self.dense.len().saturating_add(16) && self.sparse.is_empty() {
            if at >= LIMIT {
                return false;
            }
            self.dense.resize(at + 1, None);
        }
        if let Some(slot) = self.dense.get_mut(at) {
            self.filled += u64::from(slot.is_none());
            *slot = Some(value);
            return true;
        }
        if self.sparse.len() >= LIMIT {
            return false;
        }
        self.filled += u64::from(self.sparse.insert(index, value).is_none());
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_costs_nothing_and_counts_once() {
        let mut memo = Memo::default();
        assert!(memo.put(0, Value::Int(1)) && memo.put(u64::MAX, Value::Int(2)) && memo.put(u64::MAX, Value::Int(3)));
        assert_eq!(memo.len(), 2);
        assert_eq!((memo.get(0), memo.get(u64::MAX), memo.get(5)), (Some(Value::Int(1)), Some(Value::Int(3)), None));
        memo.clear();
        assert_eq!((memo.len(), memo.get(0)), (0, None));
    }
}
