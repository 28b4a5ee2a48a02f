//! Rules on chat and prompt templates, wherever they stand.

super::registry::family! { "template":
    "template-hidden-text",
}
