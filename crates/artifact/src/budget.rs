//! Limits that keep hostile files from costing more than they are worth.
//!
//! One [`Budget`] is shared by everything inside one outer file, so that a thousand small bombs cost no
//! more than one. A limit that is hit becomes a fact and makes the artifact incomplete.

use std::cell::{Cell, RefCell};

use redan_domain::{FactKind, facts};

facts! {
    /// A limit was reached: nesting, members, expanded bytes, opcodes or memory.
    BUDGET_HIT = "budget-hit";
}

/// Facts of one kind that are kept of one outer file.
const MAX_FACTS: u32 = 500;
/// Bytes of source code that are kept of one outer file.
const MAX_SOURCE: u64 = 32 << 20;

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
    source: Cell<u64>,
    facts: RefCell<Vec<Tally>>,
}

/// Facts of one kind.
struct Tally {
    kind: FactKind,
    kept: u32,
    left_out: u64,
}

impl Budget {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            members: Cell::new(limits.members),
            expanded: Cell::new(limits.expanded),
            opcodes: Cell::new(limits.opcodes),
            nodes: Cell::new(limits.nodes),
            source: Cell::new(MAX_SOURCE),
            facts: RefCell::default(),
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

    /// Takes bytes of source code; false when there are not that many left.
    pub(crate) fn source(&self, bytes: u64) -> bool {
        take(&self.source, bytes)
    }

    /// Takes one fact of a kind; false when enough are kept.
    pub(crate) fn fact(&self, kind: FactKind) -> bool {
        let mut facts = self.facts.borrow_mut();
        match facts.iter_mut().find(|tally| tally.kind == kind) {
            Some(tally) if tally.kept >= MAX_FACTS => {
                tally.left_out += 1;
                return false;
            }
            Some(tally) => tally.kept += 1,
            None => facts.push(Tally { kind, kept: 1, left_out: 0 }),
        }
        true
    }

    /// Whether enough facts of a kind are kept.
    pub(crate) fn is_full(&self, kind: FactKind) -> bool {
        self.facts.borrow().iter().any(|tally| tally.kind == kind && tally.kept >= MAX_FACTS)
    }

    /// Counts a fact that is not kept.
    pub(crate) fn leave_out(&self, kind: FactKind) {
        if let Some(tally) = self.facts.borrow_mut().iter_mut().find(|tally| tally.kind == kind) {
            tally.left_out += 1;
        }
    }

    /// Kinds of which not all facts are kept, and how many are not.
    pub(crate) fn left_out(&self) -> Vec<(FactKind, u64)> {
        let facts = self.facts.borrow();
        facts.iter().filter(|tally| tally.left_out > 0).map(|tally| (tally.kind, tally.left_out)).collect()
    }
}

fn take(cell: &Cell<u64>, count: u64) -> bool {
    let left = cell.get();
    cell.set(left.saturating_sub(count));
    left >= count
}
