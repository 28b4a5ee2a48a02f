//! Limits that keep hostile files from costing more than they are worth.
//!
//! One [`Budget`] is shared by everything inside one outer file, so that a thousand small bombs cost no
//! more than one. A limit that is hit becomes a fact and makes the artifact incomplete.

use std::cell::Cell;

use crate::fact::facts;

facts! {
    /// A limit was reached: nesting, members, expanded bytes, opcodes or memory.
    BUDGET_HIT = "budget-hit";
}

/// How much one outer file may cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Archives within archives.
    pub depth: u32,
    /// Members over all archives.
    pub members: u64,
    /// Bytes that decompression may produce over all members.
    pub expanded: u64,
    /// Pickle opcodes over all streams.
    pub opcodes: u64,
    /// Nodes of JSON, YAML, XML, protobuf and template trees over all members.
    pub nodes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: 8, members: 20_000, expanded: 256 << 20, opcodes: 40_000_000, nodes: 20_000_000 }
    }
}

/// What is left of the [`Limits`].
pub(crate) struct Budget {
    members: Cell<u64>,
    expanded: Cell<u64>,
    opcodes: Cell<u64>,
    nodes: Cell<u64>,
}

impl Budget {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            members: Cell::new(limits.members),
            expanded: Cell::new(limits.expanded),
            opcodes: Cell::new(limits.opcodes),
            nodes: Cell::new(limits.nodes),
        }
    }

    /// Takes one member; false when there is none left.
    pub(crate) fn member(&self) -> bool {
        take(&self.members, 1)
    }

    /// Expanded bytes that are still allowed.
    pub(crate) fn expanded_left(&self) -> u64 {
        self.expanded.get()
    }

    /// Takes expanded bytes, at most what is left.
    pub(crate) fn expand(&self, bytes: u64) {
        self.expanded.set(self.expanded.get().saturating_sub(bytes));
    }

    /// Opcodes that are still allowed; give back with [`Budget::opcodes_used`].
    pub(crate) fn opcodes_left(&self) -> u64 {
        self.opcodes.get()
    }

    /// Takes opcodes.
    pub(crate) fn opcodes_used(&self, count: u64) {
        self.opcodes.set(self.opcodes.get().saturating_sub(count));
    }

    /// Takes `count` tree nodes; false when there are not that many left.
    pub(crate) fn nodes(&self, count: u64) -> bool {
        take(&self.nodes, count)
    }
}

fn take(cell: &Cell<u64>, count: u64) -> bool {
    let left = cell.get();
    cell.set(left.saturating_sub(count));
    left >= count
}
