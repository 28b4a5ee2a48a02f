//! Rules on jobs that run agents, and on commands that load models.

super::registry::family! { "agent-ci":
    "ci-agent-anyone",
    "ci-agent-bypass",
    "ci-agent-untrusted-input",
    "ci-prints-secret",
    "ci-script-injection",
    "ci-unpinned-action",
    "env-file-secret",
    "model-download-unchecked",
    "trust-remote-code-flag",
}
