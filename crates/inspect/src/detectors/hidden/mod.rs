//! Detectors of text that a person does not see but a model reads.

use super::registry::{Entries, family};

/// Every family, sorted, each with its ids, sorted.
pub(super) const FAMILIES: &[Entries] = &[
    family! { "hidden", "encoding":
        "encoded-text",
        "hidden-spelled-instruction",
    },
    family! { "hidden", "markup":
        "hidden-comment-instruction",
        "hidden-pushed-instruction",
        "hidden-style-instruction",
        "hidden-terminal-text",
    },
    family! { "hidden", "unicode":
        "hidden-bidi-override",
        "hidden-filler-run",
        "hidden-homoglyph-word",
        "hidden-tag-text",
        "hidden-variation-selector-bytes",
        "hidden-zero-width-split",
        "hidden-zero-width-text",
    },
];
