//! Rules on credentials in what is shipped with a model.

super::registry::family! { "secrets":
    "metadata-secret",
}
