//! Detectors of text that tries to command a model.

use super::registry::Entries;

/// Every family, sorted, each with its ids, sorted.
pub(super) const FAMILIES: &[Entries] = &[];
