//! Rules on how MCP servers are started and reached.

super::registry::family! { "agent-mcp":
    "agent-card-plain-http",
    "agent-card-secret",
    "agent-card-unsigned",
    "agent-card-without-auth",
    "mcp-broad-access",
    "mcp-duplicate-server",
    "mcp-lookalike",
    "mcp-package-unhashed",
    "mcp-plain-http",
    "mcp-remote-code",
    "mcp-secret",
    "mcp-secret-unmarked",
    "mcp-unpinned",
}
