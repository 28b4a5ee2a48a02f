//! Rules on how MCP servers are started and reached.

super::registry::family! { "agent-mcp":
    "mcp-broad-access",
    "mcp-duplicate-server",
    "mcp-lookalike",
    "mcp-plain-http",
    "mcp-remote-code",
    "mcp-secret",
    "mcp-unpinned",
}
