//! Settings of clients: what they switch off, allow, and run.

use std::ops::Range;

use redan_document::{Node, Value};
use redan_domain::{FactKind, Severity};

use super::facts::{
    ALL_SERVERS, AUTO_APPROVE, BASE_URL, BYPASS, ENV_INJECTION, FOLDER_OPEN, HOOK, HOOK_DANGEROUS, HOOKS_OFF,
    MARKETPLACE, SANDBOX, SETTING_SHELL, SHELL_ALLOWED,
};
use super::host::{self, Host};
use super::model::Hook;
use super::script;
use super::sheet::{Sheet, quoted};

/// What a value has to be.
enum Is {
    True,
    False,
    Text(&'static [&'static str]),
    Anything,
}

/// End of the way to a key, what its value is, and what that means.
struct Row(&'static str, Is, FactKind, Severity, &'static str);

const ROWS: &[Row] = &[
    Row(
        "/permissions/defaultMode",
        Is::Text(&["bypassPermissions"]),
        BYPASS,
        Severity::High,
        "permission checks are off",
    ),
    Row("/permissions/defaultMode", Is::Text(&["dontAsk"]), BYPASS, Severity::Medium, "nobody is asked"),
    Row(
        "/permissions/defaultMode",
        Is::Text(&["acceptEdits", "auto"]),
        AUTO_APPROVE,
        Severity::Low,
        "edits are made without being asked about",
    ),
    Row(
        "/skipDangerousModePermissionPrompt",
        Is::True,
        BYPASS,
        Severity::High,
        "the warning before the mode without checks is off",
    ),
    Row(
        "/enableAllProjectMcpServers",
        Is::True,
        ALL_SERVERS,
        Severity::Medium,
        "every MCP server that a repository brings is started",
    ),
    Row("/disableAllHooks", Is::True, HOOKS_OFF, Severity::Low, "hooks are off, and with them what they guard"),
    Row("/features/hooks", Is::False, HOOKS_OFF, Severity::Low, "hooks are off, and with them what they guard"),
    Row("/sandbox_mode", Is::Text(&["danger-full-access"]), SANDBOX, Severity::High, "commands run without a sandbox"),
    Row("/approval_policy", Is::Text(&["never"]), BYPASS, Severity::Medium, "nobody is asked before a command runs"),
    Row(
        "/sandbox_workspace_write/network_access",
        Is::True,
        SANDBOX,
        Severity::Low,
        "the sandbox lets commands into the network",
    ),
    Row("/trust_level", Is::Text(&["trusted"]), AUTO_APPROVE, Severity::Info, "the folder is trusted"),
    Row("chat.tools.autoApprove", Is::True, BYPASS, Severity::High, "every tool runs without being asked about"),
    Row("chat.tools.global.autoApprove", Is::True, BYPASS, Severity::High, "every tool runs without being asked about"),
    Row(
        "task.allowAutomaticTasks",
        Is::Text(&["on"]),
        FOLDER_OPEN,
        Severity::Medium,
        "tasks run when a folder is opened",
    ),
    Row("security.workspace.trust.enabled", Is::False, BYPASS, Severity::Medium, "folders are trusted unseen"),
    Row("/security/folderTrust/enabled", Is::False, BYPASS, Severity::Medium, "folders are trusted unseen"),
    Row("/security/disableYoloMode", Is::False, BYPASS, Severity::Low, "the mode without questions is allowed"),
    Row("/general/defaultApprovalMode", Is::Text(&["yolo"]), BYPASS, Severity::High, "nobody is asked"),
    Row(
        "/general/defaultApprovalMode",
        Is::Text(&["auto_edit"]),
        AUTO_APPROVE,
        Severity::Low,
        "edits are made without being asked about",
    ),
    Row(
        "/tools/autoAccept",
        Is::True,
        AUTO_APPROVE,
        Severity::Low,
        "tools that are called safe run without being asked about",
    ),
    Row(
        "/autoAccept",
        Is::True,
        AUTO_APPROVE,
        Severity::Low,
        "tools that are called safe run without being asked about",
    ),
    Row("/tools/sandbox", Is::False, SANDBOX, Severity::Low, "commands run without a sandbox"),
    Row("/tools/sandboxNetworkAccess", Is::True, SANDBOX, Severity::Low, "the sandbox lets commands into the network"),
    Row("/sandbox/enabled", Is::False, SANDBOX, Severity::Low, "commands run without a sandbox"),
    Row("/sandbox/enableWeakerNestedSandbox", Is::True, SANDBOX, Severity::Low, "the sandbox is the weaker one"),
    Row(
        "/sandbox/network/allowAllUnixSockets",
        Is::True,
        SANDBOX,
        Severity::Medium,
        "the sandbox lets commands to every socket, the container engine's too",
    ),
    Row("/sandbox/allowUnsandboxedCommands", Is::True, SANDBOX, Severity::Low, "commands may leave the sandbox"),
    Row(
        "/permission",
        Is::Text(&["allow"]),
        SHELL_ALLOWED,
        Severity::High,
        "every tool runs without being asked about",
    ),
    Row(
        "/permission/bash",
        Is::Text(&["allow"]),
        SHELL_ALLOWED,
        Severity::Medium,
        "every command runs without being asked about",
    ),
    Row(
        "/permission/bash/*",
        Is::Text(&["allow"]),
        SHELL_ALLOWED,
        Severity::Medium,
        "every command runs without being asked about",
    ),
    Row("/yolo", Is::True, BYPASS, Severity::High, "nobody is asked"),
    Row("/yoloMode", Is::True, BYPASS, Severity::High, "nobody is asked"),
    Row("/skip_requests", Is::True, BYPASS, Severity::High, "nobody is asked"),
    Row("/dangerouslyAllowAll", Is::True, BYPASS, Severity::High, "every command runs without being asked about"),
    Row("amp.dangerouslyAllowAll", Is::True, BYPASS, Severity::High, "every command runs without being asked about"),
    Row("/dangerouslySkipPermissions", Is::True, BYPASS, Severity::High, "permission checks are off"),
    Row(
        "claudeCode.allowDangerouslySkipPermissions",
        Is::True,
        BYPASS,
        Severity::Medium,
        "the mode without permission checks is allowed",
    ),
    Row(
        "/autoAllowBashIfSandboxed",
        Is::True,
        AUTO_APPROVE,
        Severity::Info,
        "commands in the sandbox run without being asked about",
    ),
    Row(
        "/extraKnownMarketplaces",
        Is::Anything,
        MARKETPLACE,
        Severity::Low,
        "the repository brings a marketplace of plugins",
    ),
    Row(
        "chat.mcp.autostart",
        Is::Text(&["always"]),
        ALL_SERVERS,
        Severity::Low,
        "MCP servers start when their configuration changes",
    ),
];

/// Settings whose value is run by a shell.
const RUN: &[&str] = &[
    "/apiKeyHelper",
    "/awsAuthRefresh",
    "/awsCredentialExport",
    "/gcpAuthRefresh",
    "/otelHeadersHelper",
    "/headersHelper",
    "/proxyAuthHelper",
    "/statusLine/command",
    "/fileSuggestion/command",
    "/notify",
    "/postCreateCommand",
    "/postStartCommand",
    "/postAttachCommand",
    "/onCreateCommand",
    "/updateContentCommand",
    "/initializeCommand",
    "/tools/discoveryCommand",
    "/tools/callCommand",
    "php.validate.executablePath",
    "python.defaultInterpreterPath.command",
    "/subagentStatusLine/command",
];

/// Looks at settings of any client.
pub(super) fn examine(sheet: &mut Sheet<'_>, root: &Node) {
    let danger = root.get("sandbox_mode").and_then(Node::as_str) == Some("danger-full-access");
    root.walk(&mut |pointer, node| {
        let span = node.span.start..node.span.end;
        for Row(path, is, kind, severity, says) in ROWS {
            if ends(pointer, path) && matches(node, is) {
                let severity = if *path == "/approval_policy" && danger { Severity::High } else { *severity };
                sheet.add_as(
                    *kind,
                    severity,
                    span.clone(),
                    path.trim_start_matches('/'),
                    format!("{says}: {}", quoted(pointer)),
                );
            }
        }
        if RUN.iter().any(|path| ends(pointer, path)) {
            runs(sheet, pointer, node);
        }
        true
    });
    permissions(sheet, root);
    root.walk(&mut |pointer, node| {
        if pointer == "/env"
            || pointer.ends_with("/containerEnv")
            || pointer.ends_with("/remoteEnv")
            || pointer.ends_with("terminal.integrated.env.linux")
            || pointer.ends_with("terminal.integrated.env.osx")
        {
            for pair in node.as_map().unwrap_or_default() {
                if let Some(value) = pair.value.scalar() {
                    environment(sheet, &pair.key, value, pair.key_span.start..pair.value.span.end);
                }
            }
        }
        pointer.len() < 200
    });
    tasks(sheet, root);
    for hook in hooks(root) {
        judge_hook(sheet, &hook);
    }
}

fn ends(pointer: &str, path: &str) -> bool {
    match path.strip_prefix('/') {
        Some(_) => {
            pointer == path
                || (pointer.ends_with(path) && path.matches('/').count() > 1)
                || pointer.strip_prefix("/settings") == Some(path)
                || pointer.strip_prefix("/customizations/vscode/settings") == Some(path)
                || (pointer.ends_with(path) && pointer.starts_with("/pro"))
                || (path == "/headersHelper" && pointer.ends_with(path))
                || (path == "/skip_requests" && pointer.ends_with(path))
        }
        None => pointer.strip_suffix(path).is_some_and(|before| before.ends_with('/')),
    }
}

fn matches(node: &Node, is: &Is) -> bool {
    match is {
        Is::True => node.as_bool() == Some(true),
        Is::False => node.as_bool() == Some(false),
        Is::Text(words) => node.as_str().is_some_and(|text| words.contains(&text)),
        Is::Anything => !matches!(node.value, Value::Null | Value::Bool(false)),
    }
}

fn runs(sheet: &mut Sheet<'_>, pointer: &str, node: &Node) {
    let mut commands = Vec::new();
    node.walk(&mut |_, inner| {
        commands.extend(inner.as_str().map(|text| (text.to_string(), inner.span)));
        commands.len() < 50
    });
    let whole = commands.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join(" ");
    let Some((_, span)) = commands.first() else { return };
    let name = pointer.rsplit('/').next().unwrap_or(pointer);
    let (severity, message) = match script::is_dangerous(&whole) {
        Some(what) => (Severity::High, format!("the setting {} {what}", quoted(name))),
        None => (Severity::Info, format!("the setting {} runs {}", quoted(name), quoted(&whole))),
    };
    sheet.add_as(SETTING_SHELL, severity, span.start..span.end, name, message);
}

const INTERPRETERS: &[&str] = &[
    "python",
    "python3",
    "node",
    "bash",
    "sh",
    "zsh",
    "perl",
    "ruby",
    "eval",
    "sudo",
    "ssh",
    "docker",
    "npx",
    "deno",
    "osascript",
    "powershell",
    "pwsh",
    "xargs",
    "env",
    "exec",
    "nc",
    "bun",
    "uvx",
    "source",
];
const NETWORK: &[&str] = &["curl", "wget", "nc", "scp", "rsync", "http", "aws"];

/// Lists of what is allowed.
fn permissions(sheet: &mut Sheet<'_>, root: &Node) {
    let lists = [
        "permissions.allow",
        "allowedTools",
        "tools.allowed",
        "tools.core",
        "coreTools",
        "terminalAllowlist",
        "permissions.allowed_tools",
        "mcpAllowlist",
        "autoApprove",
        "trustedCommands",
        "amp.commands.allowlist",
        "allowed-tools",
    ];
    for path in lists {
        let node = root.get(path).or_else(|| root.path(path));
        for item in node.and_then(Node::as_list).unwrap_or_default() {
            if let Some(rule) = item.as_str() {
                permission(sheet, rule, item.span.start..item.span.end);
            }
        }
    }
    for key in
        ["chat.tools.terminal.autoApprove", "github.copilot.chat.agent.terminal.allowList", "kiroAgent.trustedCommands"]
    {
        for pair in root.get(key).and_then(Node::as_map).unwrap_or_default() {
            let all = matches!(pair.key.as_str(), "*" | "/.*/" | "/^.*$/" | "/./" | "/^.*/" | ".*");
            let on =
                pair.value.as_bool() == Some(true) || pair.value.path("approve").and_then(Node::as_bool) == Some(true);
            if on && (all || INTERPRETERS.contains(&pair.key.as_str())) {
                let severity = if all { Severity::High } else { Severity::Medium };
                let message = format!("commands run without being asked about: {}", quoted(&pair.key));
                sheet.add_as(SHELL_ALLOWED, severity, pair.key_span.start..pair.value.span.end, &pair.key, message);
            }
        }
    }
}

/// One rule of a list of what is allowed.
pub(super) fn permission(sheet: &mut Sheet<'_>, rule: &str, span: Range<usize>) {
    let rule = rule.trim();
    let (tool, inside) = match rule.split_once('(') {
        Some((tool, inside)) => (tool, Some(inside.trim_end_matches(')').trim())),
        None => (rule, None),
    };
    let shell = matches!(
        tool,
        "Bash" | "Shell" | "run_shell_command" | "ShellTool" | "execute_bash" | "shell" | "PowerShell" | "terminal"
    );
    let every = |text: &str| matches!(text, "" | "*" | ":*" | "*:*" | "**");
    let first = inside.map(|inside| {
        inside
            .trim_end_matches('*')
            .trim_end_matches(':')
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .trim_end_matches([':', '*'])
            .to_string()
    });
    let open_ended = inside.is_some_and(|inside| {
        inside.ends_with('*') && inside.trim_end_matches(['*', ':', ' ']).split_whitespace().count() <= 1
    });
    let (severity, message) = match (shell, inside) {
        _ if rule == "*" => (Severity::High, "every tool runs without being asked about".to_string()),
        (true, None) => (Severity::High, "every command runs without being asked about".to_string()),
        (true, Some(inside)) if every(inside) => {
            (Severity::High, "every command runs without being asked about".to_string())
        }
        (true, Some(_)) if open_ended && first.as_deref().is_some_and(|first| INTERPRETERS.contains(&first)) => {
            (Severity::Medium, format!("{} runs anything without being asked about", quoted(rule)))
        }
        (true, Some(_)) if open_ended && first.as_deref().is_some_and(|first| NETWORK.contains(&first)) => {
            (Severity::Low, format!("{} sends anything anywhere without being asked about", quoted(rule)))
        }
        (false, None) if rule == "mcp__*" => {
            (Severity::Medium, "every tool of every MCP server runs without being asked about".to_string())
        }
        _ => return,
    };
    // A skill or a command says which tools it works with; the settings of a project say what nobody is asked about.
    let severity = if sheet.prose { severity.min(Severity::Medium) } else { severity };
    sheet.add_as(SHELL_ALLOWED, severity, span, rule, message);
}

/// One variable of an environment that an agent or a server gets.
pub(super) fn environment(sheet: &mut Sheet<'_>, name: &str, value: &str, span: Range<usize>) {
    let upper = name.to_ascii_uppercase();
    let model = [
        "ANTHROPIC",
        "OPENAI",
        "CLAUDE",
        "GEMINI",
        "GOOGLE_GEMINI",
        "AZURE_OPENAI",
        "MISTRAL",
        "GROQ",
        "OPENROUTER",
        "XAI",
        "DEEPSEEK",
        "LLM",
        "CODEX",
        "COPILOT",
    ];
    let address = upper.ends_with("_BASE_URL")
        || upper.ends_with("_API_BASE")
        || upper.ends_with("_ENDPOINT")
        || upper.ends_with("_API_URL");
    if address && model.iter().any(|maker| upper.starts_with(maker)) && value.contains("://") {
        let host = host::classify(value);
        if !matches!(host, Host::Local | Host::Known) {
            let ordinary = host::serves_models(value) || host::is_company_in_code(value) || is_intranet(value);
            let severity = if host.is_bad() || value.starts_with("http://") || !ordinary {
                Severity::High
            } else {
                Severity::Medium
            };
            let message = format!("prompts, code and keys for the model go to {}", quoted(value));
            sheet.add_as(BASE_URL, severity, span, name, message);
        }
        return;
    }
    let off = value == "0" || value.eq_ignore_ascii_case("false");
    let says = match upper.as_str() {
        "NODE_TLS_REJECT_UNAUTHORIZED" if off => "certificates are not checked",
        "PYTHONHTTPSVERIFY" | "GIT_SSL_VERIFY" if off => "certificates are not checked",
        "LD_PRELOAD" | "DYLD_INSERT_LIBRARIES" | "LD_LIBRARY_PATH" => "a library is loaded into every program",
        "NODE_OPTIONS" if value.contains("--require") || value.contains("--import") || value.contains("-r ") => {
            "code is loaded into every Node program"
        }
        "PYTHONSTARTUP" | "BASH_ENV" | "PERL5OPT" | "PROMPT_COMMAND" | "GIT_SSH_COMMAND" => {
            "a file or command runs with every program"
        }
        "HTTP_PROXY" | "HTTPS_PROXY" | "ALL_PROXY" if host::classify(value) != Host::Local => {
            "all traffic goes through another machine"
        }
        "GEMINI_CLI_TRUST_WORKSPACE" if !off => "folders are trusted unseen",
        _ => return,
    };
    sheet.add(ENV_INJECTION, span, name, format!("{says}: {} is {}", quoted(name), quoted(value)));
}

/// Whether an address is of the inside of a company by its name: `llm.intern.company.com`.
fn is_intranet(address: &str) -> bool {
    let name = host::name(address);
    let inside = ["intern", "internal", "intranet", "corp", "lan", "local"];
    address.starts_with("https://") && name.split('.').rev().skip(1).any(|part| inside.contains(&part))
}

/// `tasks.json`: what runs when the folder is opened.
fn tasks(sheet: &mut Sheet<'_>, root: &Node) {
    let lists = [root.get("tasks"), root.path("tasks.tasks")];
    for task in lists.into_iter().flatten().filter_map(Node::as_list).flatten() {
        if task.path("runOptions.runOn").and_then(Node::as_str) != Some("folderOpen") {
            continue;
        }
        let mut command = String::new();
        // Each system may have a command of its own.
        let systems = ["osx", "linux", "windows"].map(|system| task.get(system));
        for place in [Some(task)].into_iter().chain(systems).flatten() {
            for node in ["command", "args", "script"].iter().filter_map(|key| place.get(key)) {
                node.walk(&mut |_, inner| {
                    command.push_str(inner.as_str().unwrap_or_default());
                    command.push(' ');
                    command.len() < 10_000
                });
            }
            command.push('\n');
        }
        let command = command.trim().to_string();
        let (severity, message) = match script::is_dangerous(&command) {
            Some(what) => (Severity::High, format!("a task runs when the folder is opened and {what}")),
            None => (Severity::Medium, format!("a task runs when the folder is opened: {}", quoted(&command))),
        };
        sheet.add_as(FOLDER_OPEN, severity, task.span.start..task.span.end, "folderOpen", message);
    }
}

/// Every command below `hooks`, in the dialects of all clients.
pub(super) fn hooks(root: &Node) -> Vec<Hook> {
    let mut found = Vec::new();
    if let Some(hooks) = root.get("hooks") {
        hooks.walk(&mut |pointer, node| {
            for key in ["command", "bash", "powershell", "run"] {
                if let Some(command) = node.get(key).filter(|command| command.as_str().is_some()) {
                    let mut text = command.as_str().unwrap_or_default().to_string();
                    for word in node.get("args").and_then(Node::as_list).unwrap_or_default() {
                        text.push(' ');
                        text.push_str(word.as_str().unwrap_or_default());
                    }
                    let event = pointer.split('/').nth(1).unwrap_or_default().to_string();
                    found.push(Hook { event, command: text, span: command.span.start..command.span.end });
                }
            }
            found.len() < 500
        });
    }
    // Kiro: one hook a file.
    if let (Some(then), Some(when)) = (root.path("then.command"), root.path("when.type"))
        && let (Some(command), Some(event)) = (then.as_str(), when.as_str())
    {
        found.push(Hook {
            event: event.to_string(),
            command: command.to_string(),
            span: then.span.start..then.span.end,
        });
    }
    found
}

fn judge_hook(sheet: &mut Sheet<'_>, hook: &Hook) {
    match script::is_dangerous(&hook.command) {
        Some(what) => {
            let message = format!("the hook on {} {what}", quoted(&hook.event));
            sheet.add(HOOK_DANGEROUS, hook.span.clone(), &hook.event, message);
        }
        None if fetches(&hook.command) => {
            let message = format!("the hook on {} asks a foreign host: {}", quoted(&hook.event), quoted(&hook.command));
            // What a hook is told is what the agent reads and does.
            let told = ["-t -", "@-", "=@{", "=@$", "@\"$", "--upload-file -", "--post-file=-", "--post-file -"];
            let lower = hook.command.to_ascii_lowercase();
            let severity = if told.iter().any(|how| lower.contains(how)) { Severity::High } else { Severity::Medium };
            sheet.add_as(HOOK_DANGEROUS, severity, hook.span.clone(), &hook.event, message);
        }
        None => {
            let message = format!("the hook on {} runs {}", quoted(&hook.event), quoted(&hook.command));
            sheet.add(HOOK, hook.span.clone(), &hook.event, message);
        }
    }
}

/// Whether a command asks a host that is neither known nor near: what it answers reaches the agent.
fn fetches(command: &str) -> bool {
    let lower = super::pattern::lower(command);
    let asks = lower.contains("curl ") || lower.contains("wget ");
    let foreign = |host: &Host| !matches!(host, Host::Local | Host::Known);
    asks && script::addresses(command, &lower).iter().any(|(_, host)| foreign(host))
}
