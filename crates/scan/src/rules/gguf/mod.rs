//! Rules on GGUF files.

super::registry::family! { "gguf":
    "gguf-duplicate-name",
    "gguf-header-invalid",
    "gguf-layout",
}
