//! Detectors of credentials.

use super::registry::{Entries, family};

/// Every family, sorted, each with its ids, sorted.
pub(super) const FAMILIES: &[Entries] = &[family! { "secret", "ai":
    "anthropic-api-key",
}];
