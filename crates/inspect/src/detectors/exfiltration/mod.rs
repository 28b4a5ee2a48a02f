//! Detectors of ways for data to leave when a text is rendered or followed.

use super::registry::{Entries, family};

/// Every family, sorted, each with its ids, sorted.
pub(super) const FAMILIES: &[Entries] = &[family!("exfiltration", "address":
    "exfiltration-css",
    "exfiltration-html",
    "exfiltration-image",
    "exfiltration-instruction",
    "exfiltration-link",
    "exfiltration-placeholder-url",
    "exfiltration-subdomain",
)];
