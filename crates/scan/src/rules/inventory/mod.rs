//! Rules on what a team declares and what is found.

super::registry::family! { "inventory":
    "asset-differs",
    "asset-forbidden",
    "asset-missing",
    "asset-undeclared",
}
