//! Rules on safetensors files.

super::registry::family! { "safetensors":
    "index-path-traversal",
    "safetensors-duplicate-key",
    "safetensors-layout",
}
