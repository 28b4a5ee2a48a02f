//! Detectors of output that does something to whoever displays it.

use super::registry::Entries;

/// Every family, sorted, each with its ids, sorted.
pub(super) const FAMILIES: &[Entries] = &[];
