//! Rules on serialised R objects.

super::registry::family! { "r":
    "r-code",
    "r-evaluates",
    "r-invalid",
    "r-promise",
}
