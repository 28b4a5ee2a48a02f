//! Rules on chat and prompt templates, wherever they stand.

super::registry::family! { "template":
    "template-code-execution",
    "template-dynamic-attribute",
    "template-file-access",
    "template-hidden-text",
    "template-instruction-injection",
    "template-resource",
    "template-unparsable",
}
