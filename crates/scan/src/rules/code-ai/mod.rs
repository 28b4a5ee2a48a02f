//! Rules on application code: agents, models, prompts, MCP servers.

super::registry::family! { "code-ai":
    "agent-without-limit",
    "dangerous-agent-tool",
    "dangerous-deserialisation-allowed",
    "guardrail-off",
    "interface-open",
    "key-in-browser",
    "mcp-server-open",
    "model-call-without-limit",
    "plain-http-model-endpoint",
    "remote-code-trusted",
    "sandboxless-agent-code",
    "shared-vector-collection",
    "token-passed-through",
    "unpinned-model",
    "unpinned-prompt",
    "unsafe-model-loading",
    "untrusted-text-in-prompt",
    "untrusted-text-in-system-prompt",
    "untrusted-text-in-tool-description",
    "untrusted-text-names-model",
}
