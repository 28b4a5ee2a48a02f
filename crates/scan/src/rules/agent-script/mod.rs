//! Rules on what the commands and scripts of skills, hooks and servers do.

super::registry::family! { "agent-script":
    "agent-encoded-payload",
    "script-destroys",
    "script-drops-program",
    "script-launches-unguarded-agent",
    "script-mines",
    "script-persists",
    "script-reads-secrets",
    "script-reverse-shell",
    "script-runs-encoded",
    "script-runs-remote-code",
    "script-sends-environment",
    "script-sends-secrets",
    "script-sends-to-collector",
    "script-watches-user",
    "script-weakens-protection",
}
