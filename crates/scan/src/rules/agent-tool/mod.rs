//! Rules on the descriptions of tools.

super::registry::family! { "agent-tool":
    "agent-lethal-trifecta",
    "tool-description-changes",
    "tool-description-poisoned",
    "tool-description-shadows",
    "tool-destroys-unasked",
    "tool-does-more-than-said",
    "tool-hidden-copy",
    "tool-name-collision",
}
