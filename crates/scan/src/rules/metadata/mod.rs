//! Rules on metadata of any format.

super::registry::family! { "metadata":
    "metadata-hidden-text",
    "metadata-is-code",
}
