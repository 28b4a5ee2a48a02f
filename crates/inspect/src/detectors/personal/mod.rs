//! Detectors of data about a person.

use super::registry::{Entries, family};

/// Every family, sorted, each with its ids, sorted.
pub(super) const FAMILIES: &[Entries] = &[
    family! { "personal", "contact":
        "email-address",
    },
    family! { "personal", "finance":
        "credit-card",
    },
];
