//! Detectors of ways for data to leave when a text is rendered or followed.

use super::registry::Entries;

/// Every family, sorted, each with its ids, sorted.
pub(super) const FAMILIES: &[Entries] = &[];
