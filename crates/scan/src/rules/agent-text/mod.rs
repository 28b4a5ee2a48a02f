//! Rules on what instructions, skills and rules files tell an agent to do.

super::registry::family! { "agent-text":
    "agent-hidden-instruction",
    "agent-hidden-text",
    "agent-remote-instructions",
    "agent-self-modification",
    "agent-told-to-hide",
    "agent-told-to-override",
    "agent-told-to-send-secrets",
    "skill-broad-tools",
    "skill-runs-on-load",
    "skill-untrusted-prerequisite",
}
