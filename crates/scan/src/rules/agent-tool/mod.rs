//! Rules on the descriptions of tools.

super::registry::family! { "agent-tool":
    "tool-description-changes",
    "tool-description-poisoned",
    "tool-description-shadows",
    "tool-hidden-copy",
    "tool-name-collision",
}
