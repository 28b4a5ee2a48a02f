//! Rules on safetensors files.

super::registry::family! { "safetensors":
    "safetensors-duplicate-key",
    "safetensors-layout",
}
