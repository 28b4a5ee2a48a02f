//! Rules on YAML around a model.

super::registry::family! { "yaml":
    "yaml-alias-bomb",
    "yaml-foreign-tag",
    "yaml-python-class",
    "yaml-python-object",
    "yaml-python-tag",
    "yaml-unknown-call",
}
