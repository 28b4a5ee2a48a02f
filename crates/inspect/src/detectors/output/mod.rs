//! Detectors of output that does something to whoever displays it.

use super::registry::{Entries, family};

/// Every family, sorted, each with its ids, sorted.
pub(super) const FAMILIES: &[Entries] = &[
    family!("output", "address":
        "disguised-link",
        "script-url",
    ),
    family!("output", "markup":
        "active-html",
    ),
    family!("output", "prompt":
        "system-prompt-leak",
    ),
    family!("output", "table":
        "formula-injection",
    ),
    family!("output", "terminal":
        "control-character",
        "terminal-clipboard",
        "terminal-control",
        "terminal-hyperlink",
    ),
];
