//! Rules on the settings of agents and assistants: what they switch off, allow and run.

super::registry::family! { "agent-config":
    "agent-auto-approve",
    "agent-base-url",
    "agent-bypass",
    "agent-config-unread",
    "agent-environment",
    "agent-hook",
    "agent-hook-dangerous",
    "agent-hooks-off",
    "agent-marketplace",
    "agent-runs-on-open",
    "agent-sandbox-off",
    "agent-setting-runs-shell",
    "agent-shell-allowed",
    "agent-trusts-project-servers",
}
