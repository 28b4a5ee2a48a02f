//! MCP servers in the dialects of all clients.

use redan_document::{Node, Pair};

use super::model::{McpServer, Placed, Transport};

/// Keys below which servers stand.
const KEYS: &[&str] =
    &["mcpServers", "mcp_servers", "context_servers", "amp.mcpServers", "mcp-servers", "cody.mcpServers"];
/// Those that mean servers only where their values look like servers.
const LOOSE: &[&str] = &["servers", "mcp", "extensions"];

/// Every server of a document.
pub(super) fn servers(root: &Node, path: &str) -> Vec<McpServer> {
    let mut found = Vec::new();
    collect(root, 0, &mut found);
    // Plugins write the servers without a key around them.
    if found.is_empty() && path.ends_with("mcp.json") {
        for pair in root.as_map().unwrap_or_default() {
            found.extend(looks_like_server(&pair.value).then(|| server(pair)));
        }
    }
    found
}

fn collect(node: &Node, depth: usize, found: &mut Vec<McpServer>) {
    if depth > 6 || found.len() > 500 {
        return;
    }
    for pair in node.as_map().unwrap_or_default() {
        let strict = KEYS.contains(&pair.key.as_str());
        if strict || LOOSE.contains(&pair.key.as_str()) {
            for inner in pair.value.as_map().unwrap_or_default() {
                if looks_like_server(&inner.value) || (strict && inner.value.as_map().is_some()) {
                    found.push(server(inner));
                }
            }
            // Continue lists them with a `name`.
            for item in pair.value.as_list().unwrap_or_default() {
                if let Some(name) = item.get("name").and_then(Node::as_str).filter(|_| looks_like_server(item)) {
                    let pair = Pair { key: name.to_string(), key_span: item.span, value: item.clone() };
                    found.push(server(&pair));
                }
            }
        }
        if !strict {
            collect(&pair.value, depth + 1, found);
        }
    }
}

fn looks_like_server(node: &Node) -> bool {
    let text = |key: &str| node.get(key).is_some_and(|value| value.as_str().is_some() || value.as_list().is_some());
    ["command", "cmd", "url", "serverUrl", "httpUrl", "uri"].iter().any(|key| text(key))
}

fn server(pair: &Pair) -> McpServer {
    let node = &pair.value;
    let first = |keys: &[&str]| keys.iter().find_map(|key| node.get(key));
    let mut command = Vec::new();
    for key in ["command", "cmd"] {
        match node.get(key) {
            Some(value) if value.as_list().is_some() => command.extend(list(value)),
            // Zed: `{"path": …, "args": […]}`.
            Some(value) if value.as_map().is_some() => {
                command.extend(value.get("path").and_then(argument));
                command.extend(value.get("args").map(list).unwrap_or_default());
            }
            Some(value) => command.extend(argument(value)),
            None => {}
        }
    }
    // A whole command line in one string.
    if let [one] = command.as_slice()
        && one.value.contains(' ')
        && !std::path::Path::new(&one.value).is_absolute()
    {
        let one = one.clone();
        command = one.value.split_whitespace().map(|word| Placed { value: word.to_string(), ..one.clone() }).collect();
    }
    command.extend(node.get("args").map(list).unwrap_or_default());
    let url = first(&["url", "serverUrl", "httpUrl", "uri"]).and_then(argument);
    let transport = match (command.is_empty(), &url) {
        (false, _) => Transport::Stdio,
        (true, Some(_)) => Transport::Http,
        _ => Transport::Unknown,
    };
    let mut auto_approve = Vec::new();
    for key in ["autoApprove", "alwaysAllow", "alwaysAllowTools", "auto_approve"] {
        match node.get(key) {
            Some(value) if value.as_bool() == Some(true) => auto_approve.push(every(value)),
            Some(value) => auto_approve.extend(list(value)),
            None => {}
        }
    }
    if let Some(trust) = node.get("trust").filter(|trust| trust.as_bool() == Some(true)) {
        auto_approve.push(every(trust));
    }
    let off = node.get("disabled").and_then(Node::as_bool) == Some(true)
        || node.get("enabled").and_then(Node::as_bool) == Some(false);
    McpServer {
        name: pair.key.clone(),
        transport,
        command,
        env: first(&["env", "environment", "envs"]).map(pairs).unwrap_or_default(),
        url,
        headers: first(&["headers", "http_headers", "requestOptions"]).map(pairs).unwrap_or_default(),
        auto_approve,
        disabled: off,
        span: pair.key_span.start..pair.value.span.end.max(pair.key_span.end),
    }
}

fn every(node: &Node) -> Placed {
    Placed { name: String::new(), value: "*".to_string(), span: node.span.start..node.span.end }
}

fn argument(node: &Node) -> Option<Placed> {
    Some(Placed { name: String::new(), value: node.scalar()?.to_string(), span: node.span.start..node.span.end })
}

fn list(node: &Node) -> Vec<Placed> {
    node.as_list().unwrap_or_default().iter().filter_map(argument).collect()
}

fn pairs(node: &Node) -> Vec<Placed> {
    let pairs = node.as_map().unwrap_or_default().iter();
    pairs.filter_map(|pair| Some(Placed { name: pair.key.clone(), ..argument(&pair.value)? })).collect()
}
