//! Rules on Core ML models.

super::registry::family! { "coreml":
    "coreml-custom-code",
    "coreml-invalid",
    "coreml-linked-model",
    "coreml-path-outside",
}
