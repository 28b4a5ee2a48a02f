//! Rules on what the scan itself could not do.

super::registry::family! { "run":
    "limit-reached",
}
