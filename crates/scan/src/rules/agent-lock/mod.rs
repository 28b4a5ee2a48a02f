//! Rules on what changed since it was approved.

super::registry::family! { "agent-lock":
    "agent-config-added",
    "agent-config-changed",
}
