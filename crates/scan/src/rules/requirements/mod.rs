//! Rules on what a model asks to be installed.

super::registry::family! { "requirements":
    "requirements-alternate-source",
    "requirements-vendor-source",
}
