//! Rules on configuration around a model.

super::registry::family! { "config":
    "config-code-in-value",
    "config-dangerous-callable",
    "config-duplicate-key",
    "config-foreign-source",
    "config-local-code",
    "config-machine-dependent",
    "config-path-escape",
    "config-remote-code",
}
