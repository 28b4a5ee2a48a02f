//! Detectors of text that a person does not see but a model reads.

use super::registry::Entries;

/// Every family, sorted, each with its ids, sorted.
pub(super) const FAMILIES: &[Entries] = &[];
