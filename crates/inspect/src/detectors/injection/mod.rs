//! Detectors of text that tries to command a model.

use super::registry::{Entries, family};

/// Every family, sorted, each with its ids, sorted.
pub(super) const FAMILIES: &[Entries] = &[
    family! { "injection", "command":
        "assistant-addressed",
        "data-to-destination",
        "instruction-override",
        "persona-switch",
        "prompt-extraction",
        "refusal-suppression",
        "request-in-data",
        "secrecy-request",
    },
    family! { "injection", "structure":
        "adversarial-suffix",
        "chat-template-token",
        "forged-turn",
        "many-shot",
        "split-payload",
    },
    family! { "injection", "verdict":
        "prompt-injection",
    },
];
