//! Rules on metadata of any format.

super::registry::family! { "metadata":
    "metadata-is-code",
}
