//! What a file is to an agent: told by its path, for a few by what stands in it.

use super::list::{self, List};

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Settings, MCP servers, hooks, plugins of a client, in JSON, TOML or YAML.
    Config,
    /// Instructions that are read into every session: `AGENTS.md`, rules, commands, agents, prompts.
    Instructions,
    /// `SKILL.md`.
    Skill,
    /// A document below a skill.
    SkillDocument,
    /// Code that belongs to a skill, a hook or an MCP server.
    Script,
    /// Tools as a server lists them.
    ToolList,
    /// A workflow of GitHub or a pipeline of GitLab.
    Pipeline,
    /// Environment variables.
    Environment,
    /// A script or image description of the project itself.
    Shell,
}

const CONFIG_NAMES: &[&str] = &[
    ".mcp.json",
    "mcp.json",
    "mcp_config.json",
    "mcp-config.json",
    "mcp_settings.json",
    "cline_mcp_settings.json",
    "claude_desktop_config.json",
    ".claude.json",
    "managed-settings.json",
    "managed-mcp.json",
    "opencode.json",
    "opencode.jsonc",
    "kilo.jsonc",
    "crush.json",
    ".crush.json",
    "gemini-extension.json",
    "plugin.json",
    "marketplace.json",
    "hooks.json",
    "devcontainer.json",
    ".devcontainer.json",
    "server.json",
    "permissions.json",
    "agent.json",
    "agent-card.json",
    "mcp-server.json",
    "cli-config.json",
    "manifest.json",
    "requirements.toml",
];
const CONFIG_FOLDERS: &[&str] = &[
    ".claude",
    ".claude-plugin",
    ".codex",
    ".codex-plugin",
    ".cursor",
    ".vscode",
    ".gemini",
    ".windsurf",
    ".amazonq",
    ".kiro",
    ".roo",
    ".junie",
    ".amp",
    ".qwen",
    ".copilot",
    ".agents",
    ".devcontainer",
    ".openclaw",
    ".clawdbot",
    "amazonq",
    ".opencode",
    ".continue",
    ".goose",
    ".trae",
    ".devin",
    ".zed",
];
const INSTRUCTION_NAMES: &[&str] = &[
    "agents.md",
    "agents.override.md",
    "claude.md",
    "claude.local.md",
    "gemini.md",
    "qwen.md",
    "crush.md",
    "opencode.md",
    ".cursorrules",
    ".windsurfrules",
    ".clinerules",
    ".roorules",
    ".goosehints",
    "global_rules.md",
    "project_rules.md",
    "copilot-instructions.md",
    "soul.md",
    "memory.md",
    "heartbeat.md",
    "identity.md",
    "tools.md",
    "bootstrap.md",
    "warp.md",
    "skills.md",
    "llms.txt",
    "system_prompt.md",
    "system-prompt.md",
    ".rules",
];
const INSTRUCTION_FOLDERS: &[&str] = &[
    ".claude/",
    ".cursor/rules/",
    ".clinerules/",
    ".roo/rules",
    ".kilocode/rules/",
    ".windsurf/rules/",
    ".devin/rules/",
    ".github/instructions/",
    ".github/prompts/",
    ".github/agents/",
    ".github/chatmodes/",
    ".agents/",
    ".junie/",
    ".trae/",
    ".amazonq/rules/",
    ".kiro/steering/",
    ".gemini/",
    ".codex/",
    ".opencode/",
    ".augment/rules/",
    ".continue/rules/",
];
const CODE: &[&str] = &[
    "py",
    "js",
    "mjs",
    "cjs",
    "ts",
    "mts",
    "cts",
    "tsx",
    "jsx",
    "sh",
    "bash",
    "zsh",
    "fish",
    "ps1",
    "psm1",
    "bat",
    "cmd",
    "rb",
    "pl",
    "php",
    "go",
    "rs",
    "java",
    "kt",
    "lua",
    "applescript",
    "command",
    "scpt",
    "cs",
    "csx",
    "vb",
    "swift",
    "groovy",
    "gradle",
];

/// The extension in lower case.
pub(super) fn extension(path: &str) -> String {
    let name = base(path);
    name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default()
}

/// Whether an agent reads the file as a document.
pub(super) fn is_document(path: &str) -> bool {
    matches!(extension(path).as_str(), "md" | "mdc" | "mdx" | "txt")
}

/// Whether it is a page for people, by its name.
pub(super) fn is_page(path: &str) -> bool {
    matches!(extension(path).as_str(), "md" | "mdx" | "markdown" | "txt" | "rst" | "html" | "htm" | "adoc")
}

pub(super) fn base(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Whether it is source text, by its name.
pub(super) fn is_code(path: &str) -> bool {
    CODE.contains(&extension(path).as_str())
}

/// Whether a folder is one in which a client keeps its configuration.
pub(super) fn is_client_folder(name: &str) -> bool {
    CONFIG_FOLDERS.contains(&name.to_ascii_lowercase().as_str())
}

/// Whether it is a test, by its path.
pub(super) fn is_test(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let name = base(&path);
    path.split('/').any(|folder| matches!(folder, "test" | "tests" | "__tests__" | "fixtures" | "testdata" | "spec"))
        || name.starts_with("test_")
        || name.starts_with("tests.")
        || name.contains(".test.")
        || name.contains(".spec.")
        || name.contains("_test.")
}

/// Whether it is made by a program, for a browser: long lines, the texts of everybody.
pub(super) fn is_bundle(text: &str) -> bool {
    text.len() > 4096 && text.len() / text.lines().count().max(1) > 200
}

/// Whether a shell reads it.
pub(super) fn is_shell(path: &str) -> bool {
    matches!(extension(path).as_str(), "sh" | "bash" | "zsh" | "fish" | "command" | "ps1" | "psm1" | "bat" | "cmd")
}

/// Whether its first line says that a shell runs it.
pub(super) fn is_shell_script(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    first.starts_with("#!") && first.trim_end().ends_with("sh")
}

/// What a file is, if it is anything to an agent. `in_skill` says that a folder above has a `SKILL.md` or a server.
pub fn place_of(path: &str, text: &str, in_skill: bool) -> Option<Place> {
    let path = path.replace('\\', "/").to_ascii_lowercase();
    let name = base(&path);
    let extension = extension(&path);
    let folders: Vec<&str> = path.split('/').collect();
    let within = |list: &[&str]| folders.iter().rev().skip(1).any(|folder| list.contains(folder));
    let data = matches!(extension.as_str(), "json" | "jsonc" | "json5" | "toml" | "yaml" | "yml" | "code-workspace");
    let document =
        matches!(extension.as_str(), "md" | "mdc" | "mdx" | "txt" | "markdown" | "") || name.starts_with('.');

    if name == "skill.md" || name.ends_with(".skill.md") {
        return Some(Place::Skill);
    }
    if is_environment(name) {
        return Some(Place::Environment);
    }
    if (path.contains(".github/workflows/") || path.contains(".github/actions/") || name == "action.yml") && data {
        return Some(Place::Pipeline);
    }
    if data && text.contains("\njobs:") && text.contains("runs-on:") {
        return Some(Place::Pipeline);
    }
    if name.ends_with(".gitlab-ci.yml")
        || (path.contains(".gitlab/ci/") && data)
        || name == "bitbucket-pipelines.yml"
        || name == "azure-pipelines.yml"
    {
        return Some(Place::Pipeline);
    }
    if INSTRUCTION_NAMES.contains(&name)
        || name.ends_with(".mdc")
        || name.ends_with(".instructions.md")
        || name.ends_with(".prompt.md")
    {
        return Some(Place::Instructions);
    }
    if document && !extension.is_empty() && INSTRUCTION_FOLDERS.iter().any(|folder| has_folder(&path, folder)) {
        return Some(if path.contains("/skills/") { Place::SkillDocument } else { Place::Instructions });
    }
    if document && matches!(extension.as_str(), "md" | "mdc") && has_front_matter(text) {
        return Some(if in_skill { Place::SkillDocument } else { Place::Instructions });
    }
    if data && is_tool_list(text) {
        return Some(Place::ToolList);
    }
    let named = CONFIG_NAMES.contains(&name)
        && (name != "manifest.json" || text.contains("mcp_config") || text.contains("\"server\""));
    if data
        && (named
            || within(CONFIG_FOLDERS)
            || path.contains(".github/hooks/")
            || extension == "code-workspace"
            || has_servers(text)
            || frees(text))
    {
        return Some(Place::Config);
    }
    let agent_folder = within(CONFIG_FOLDERS) || within(&["skills", "skill", "hooks", "plugins"]) || in_skill;
    if CODE.contains(&extension.as_str()) {
        let hooks = within(&["hooks"]) && !within(CONFIG_FOLDERS) && !in_skill && !within(&["skills", "plugins"]);
        if (agent_folder && !hooks) || is_server_code(text) || (!is_test(&path) && frees_agents(text)) {
            return Some(Place::Script);
        }
    }
    if document && !extension.is_empty() && (in_skill || within(&["skills"])) {
        return Some(Place::SkillDocument);
    }
    // Where packages come from, for who copies it.
    if in_skill && matches!(name, "npmrc" | ".npmrc" | "pip.conf" | "pip.ini" | ".yarnrc" | "bunfig.toml") {
        return Some(Place::Shell);
    }
    if (in_skill || within(&["skills"])) && text.starts_with("#!") {
        return Some(Place::Script);
    }
    if extension == "service" && text.contains("[Service]") {
        return Some(Place::Shell);
    }
    if name == "dockerfile" || name.ends_with(".dockerfile") || is_shell(&path) || name == "makefile" {
        return Some(Place::Shell);
    }
    None
}

/// Whether these are settings of a client, of any name: they say that it need not ask.
fn frees(text: &str) -> bool {
    text.contains("\"permissions\"") && (text.contains("\"bypassPermissions\"") || text.contains("\"Bash(*)\""))
        || text.contains("\"skipDangerousModePermissionPrompt\"")
}

fn has_folder(path: &str, folder: &str) -> bool {
    path.starts_with(folder) || path.contains(&format!("/{folder}"))
}

fn is_environment(name: &str) -> bool {
    let sample = ["example", "sample", "template", "dist", "default"].iter().any(|word| name.contains(word));
    (name == ".env" || name.starts_with(".env.") || name.ends_with(".env")) && !sample
}

/// Whether a document says at its head who it is and what it may do, as agents and commands do.
fn has_front_matter(text: &str) -> bool {
    let Some(body) = text.strip_prefix("---\n").or_else(|| text.strip_prefix("---\r\n")) else { return false };
    let head = body.split("\n---").next().unwrap_or_default();
    let head = head.get(..head.floor_char_boundary(2000)).unwrap_or(head);
    let has = |key: &str| head.lines().any(|line| line.starts_with(key));
    has("description:")
        && ["tools:", "allowed-tools:", "model:", "permissionMode:", "argument-hint:"].iter().any(|key| has(key))
}

fn has_servers(text: &str) -> bool {
    let head = text.get(..text.floor_char_boundary(200_000)).unwrap_or(text);
    head.contains("\"mcpServers\"")
        || head.contains("mcp_servers.")
        || head.contains("\nmcpServers:")
        || head.contains("\"context_servers\"")
}

fn is_tool_list(text: &str) -> bool {
    let head = text.get(..text.floor_char_boundary(200_000)).unwrap_or(text);
    head.contains("\"tools\"")
        && (head.contains("\"inputSchema\"") || head.contains("\"input_schema\""))
        && head.contains("\"description\"")
}

/// Whether code starts an agent without its safeguards.
fn frees_agents(text: &str) -> bool {
    let head = text.get(..text.floor_char_boundary(100_000)).unwrap_or(text);
    ["--trust-all-tools", "--dangerously-skip-permissions", "--dangerously-bypass-approvals"]
        .iter()
        .any(|flag| head.contains(flag))
}

/// What only code of an MCP server says.
const SERVERS: List = &[
    "from mcp",
    "import mcp",
    "fastmcp",
    "@modelcontextprotocol/sdk",
    "McpServer",
    "mcp-go",
    "modelcontextprotocol/go-sdk",
    "rmcp::",
    "io.modelcontextprotocol",
    "@mcp.tool",
    "mcp.server",
    "ModelContextProtocol.Server",
    "McpServerTool",
    // Words that a description has for a model only.
    "<IMPORTANT>",
];

/// Whether code is of an MCP server.
pub(super) fn is_server_code(text: &str) -> bool {
    let head = text.get(..text.floor_char_boundary(100_000)).unwrap_or(text);
    list::any(head, SERVERS)
        // Written by hand, without a library.
        || head.contains("tools/call") && head.contains("tools/list")
}

/// Whether code of a server or client has tools of its own to offer.
pub(super) fn offers_tools(text: &str) -> bool {
    const OFFERS: List = &[
        "FastMCP(",
        "Server(",
        "McpServer",
        ".tool(",
        "@mcp.tool",
        "@tool",
        ".tool\n",
        "add_tool",
        "addTool",
        "AddTool",
        "list_tools",
        "setRequestHandler",
        "registerTool",
        "tools/list",
        "NewMCPServer",
        "NewServer",
        "#[tool",
        "Tool(",
        "McpServerTool",
        "inputSchema",
        "<IMPORTANT>",
        "createServer",
        "SyncToolSpecification",
        "McpSchema.Tool",
    ];
    let head = text.get(..text.floor_char_boundary(100_000)).unwrap_or(text);
    list::any(head, OFFERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_their_place() {
        for (path, expected) in [
            ("a/.claude/settings.json", Some(Place::Config)),
            (".mcp.json", Some(Place::Config)),
            (".codex/config.toml", Some(Place::Config)),
            ("x/AGENTS.md", Some(Place::Instructions)),
            (".cursor/rules/a.mdc", Some(Place::Instructions)),
            (".claude/commands/ship.md", Some(Place::Instructions)),
            ("skills/a/SKILL.md", Some(Place::Skill)),
            ("skills/a/references/x.md", Some(Place::SkillDocument)),
            ("skills/a/scripts/x.py", Some(Place::Script)),
            (".github/workflows/ci.yml", Some(Place::Pipeline)),
            (".env.local", Some(Place::Environment)),
            (".env.example", None),
            ("src/main.py", None),
            ("docs/readme.md", None),
            ("package.json", None),
        ] {
            assert_eq!(place_of(path, "", false), expected, "{path}");
        }
        assert_eq!(place_of("src/main.py", "from mcp.server.fastmcp import FastMCP", false), Some(Place::Script));
    }
}
