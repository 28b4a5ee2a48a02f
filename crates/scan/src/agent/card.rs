//! Cards by which agents and servers are found: A2A agent cards, `server.json` of the registry of MCP servers.

use redan_document::Node;
use redan_domain::Severity;

use super::facts::{
    CARD_NO_AUTH, CARD_PLAIN_HTTP, CARD_SECRET, CARD_UNSIGNED, PACKAGE_UNHASHED, SECRET_UNMARKED, TOOL_POISONED,
};
use super::host::{self, Host};
use super::model::{McpServer, Placed, Transport};
use super::sheet::{Sheet, quoted};
use super::{hidden, server, tools};

/// Skills, packages, variables of one card that are looked at.
const MAX_PARTS: usize = 500;

/// Whether a document is the card of an agent.
fn is_agent_card(root: &Node) -> bool {
    let has = |key: &str| root.get(key).is_some();
    root.get("skills").and_then(Node::as_list).is_some()
        && has("name")
        && (has("supportedInterfaces") || (has("url") && (has("capabilities") || has("defaultInputModes"))))
}

/// Whether a document describes a server for a registry.
fn is_server_card(root: &Node) -> bool {
    let schema = root.get("$schema").and_then(Node::as_str).unwrap_or_default();
    let listed = |key: &str| root.get(key).and_then(Node::as_list).is_some();
    let typed = |key: &str| {
        let first = root.get("packages").and_then(Node::as_list).and_then(<[Node]>::first);
        first.is_some_and(|package| package.get(key).is_some())
    };
    root.get("name").and_then(Node::as_str).is_some()
        && (listed("packages") || listed("remotes"))
        && (schema.contains("modelcontextprotocol")
            || typed("registryType")
            || typed("registry_type")
            || listed("remotes"))
}

/// Looks at a document that may be a card.
pub(super) fn examine(sheet: &mut Sheet<'_>, root: &Node) {
    if is_agent_card(root) {
        agent(sheet, root);
    } else if is_server_card(root) {
        for server in servers(root) {
            server::examine(sheet, &server);
        }
        packages(sheet, root);
    }
}

fn text<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    node.get(key).and_then(Node::as_str)
}

fn list<'n>(node: &'n Node, key: &str) -> &'n [Node] {
    let items = node.get(key).and_then(Node::as_list).unwrap_or_default();
    items.get(..MAX_PARTS.min(items.len())).unwrap_or_default()
}

fn span(node: &Node) -> std::ops::Range<usize> {
    node.span.start..node.span.end
}

fn agent(sheet: &mut Sheet<'_>, root: &Node) {
    let name = text(root, "name").unwrap_or("agent");
    let interfaces = list(root, "supportedInterfaces").iter().chain(list(root, "additionalInterfaces"));
    let addresses: Vec<&Node> =
        root.get("url").into_iter().chain(interfaces.filter_map(|one| one.get("url"))).collect();
    let is_local = |node: &&Node| node.as_str().is_some_and(|url| host::classify(url) == Host::Local);
    for node in addresses.iter().filter(|node| !is_local(node)) {
        let url = node.as_str().unwrap_or_default();
        if url.starts_with("http://") || url.starts_with("ws://") {
            let message = format!("the agent {} is reached without TLS, at {}", quoted(name), quoted(url));
            sheet.add(CARD_PLAIN_HTTP, span(node), name, message);
        }
    }
    let public = addresses.iter().any(|node| !is_local(node) && !node.as_str().unwrap_or_default().is_empty());
    if public && !asks_for_credentials(root) {
        let at = ["securityRequirements", "security", "securitySchemes"].iter().find_map(|key| root.get(key));
        let at = at.or_else(|| root.get("name")).unwrap_or(root);
        let message = format!("the card of {} asks callers for no credentials", quoted(name));
        sheet.add(CARD_NO_AUTH, span(at), name, message);
    }
    if public && list(root, "signatures").is_empty() && root.get("signature").is_none() {
        let at = root.get("name").unwrap_or(root);
        let message = format!("nobody has signed the card of {}", quoted(name));
        sheet.add(CARD_UNSIGNED, span(at), name, message);
    }
    credentials(sheet, root, name, 0);
    for node in std::iter::once(root).chain(list(root, "skills")) {
        if let Some(description) = node.get("description") {
            let words = description.as_str().unwrap_or_default();
            sheet.inside(span(description), |sheet| {
                tools::examine(sheet, words, false);
                hidden::examine(sheet, words);
            });
            if praises_itself(words) {
                let message = format!("a description tells the model which agent to choose: {}", quoted(words));
                sheet.add_as(TOOL_POISONED, Severity::Medium, span(description), name, message);
            }
        }
    }
}

/// Whether a description is written for the model that chooses, not for what the agent does.
fn praises_itself(description: &str) -> bool {
    let low = description.to_ascii_lowercase();
    let always =
        ["always choose", "always use", "always select", "always prefer", "must be used for all", "must always be"];
    let others =
        ["other agents", "any other agent", "every task", "all tasks", "all requests", "every request", "do not use"];
    always.iter().any(|word| low.contains(word)) && others.iter().any(|word| low.contains(word))
}

/// Whether a requirement of the card, or an old `authentication`, asks for something.
fn asks_for_credentials(root: &Node) -> bool {
    let named = root.get("securitySchemes").and_then(Node::as_map).is_some_and(|schemes| !schemes.is_empty());
    let required = ["securityRequirements", "security"].iter().find_map(|key| root.get(key)?.as_list());
    // An empty requirement among others lets everybody in.
    let open = required.is_some_and(|list| {
        list.iter().any(|one| {
            let inner = one.get("schemes").unwrap_or(one);
            inner.as_map().is_some_and(<[_]>::is_empty)
        })
    });
    let old = root.path("authentication.schemes").and_then(Node::as_list).is_some_and(|schemes| {
        schemes.iter().any(|scheme| scheme.as_str().is_some_and(|name| !name.eq_ignore_ascii_case("none")))
    });
    old || (named && !open)
}

/// Credentials in a card that everybody may read.
fn credentials(sheet: &mut Sheet<'_>, node: &Node, name: &str, depth: usize) {
    if depth > 8 {
        return;
    }
    for pair in node.as_map().unwrap_or_default().iter().take(MAX_PARTS) {
        match pair.value.as_str() {
            Some(value) => {
                if let Some(kind) = server::secret(&pair.key, value) {
                    let message = format!("the card of {} holds a credential ({kind})", quoted(name));
                    sheet.add(CARD_SECRET, span(&pair.value), name, message);
                }
            }
            None => credentials(sheet, &pair.value, name, depth + 1),
        }
    }
    for item in node.as_list().unwrap_or_default().iter().take(MAX_PARTS) {
        credentials(sheet, item, name, depth + 1);
    }
}

fn placed(name: &str, node: &Node) -> Option<Placed> {
    Some(Placed { name: name.to_string(), value: node.scalar()?.to_string(), span: span(node) })
}

/// What arguments say, in the order in which they are given.
fn arguments(node: &Node, key: &str) -> Vec<Placed> {
    let mut out = Vec::new();
    for item in list(node, key) {
        match (item.get("name"), item.get("value").or_else(|| item.get("default"))) {
            (Some(name), Some(value)) if text(item, "type") == Some("named") => {
                out.extend(placed("", name));
                out.extend(placed("", value));
            }
            (Some(name), None) if text(item, "type") == Some("named") => out.extend(placed("", name)),
            (_, Some(value)) => out.extend(placed("", value)),
            _ => {}
        }
    }
    out
}

/// Variables and headers with the value they have unless the user gives another.
fn values(node: &Node, key: &str) -> Vec<Placed> {
    let given = |item: &Node| {
        let value = item.get("value").or_else(|| item.get("default"))?;
        placed(text(item, "name")?, value)
    };
    list(node, key).iter().filter_map(given).collect()
}

/// Each way to run or reach the server, as a client would write it.
pub(super) fn servers(root: &Node) -> Vec<McpServer> {
    if !is_server_card(root) {
        return Vec::new();
    }
    let name = text(root, "name").unwrap_or_default().to_string();
    let blank = |at: &Node| McpServer {
        name: name.clone(),
        transport: Transport::Unknown,
        command: Vec::new(),
        env: Vec::new(),
        url: None,
        headers: Vec::new(),
        auto_approve: Vec::new(),
        disabled: false,
        span: span(at),
    };
    let mut out = Vec::new();
    for package in list(root, "packages") {
        let either = |one: &str, other: &str| package.get(one).or_else(|| package.get(other));
        let Some(identifier) = package.get("identifier").or_else(|| package.get("name")) else { continue };
        let Some(mut what) = placed("", identifier) else { continue };
        let version = text(package, "version").filter(|version| *version != "latest").unwrap_or_default();
        let kind = either("registryType", "registry_type").and_then(Node::as_str).unwrap_or_default();
        let runner: &[&str] = match kind {
            "npm" => &["npx", "-y"],
            "pypi" => &["uvx"],
            "oci" | "docker" => &["docker", "run"],
            _ => &[],
        };
        if !version.is_empty() && !what.value.contains("://") {
            let join = match kind {
                "npm" => "@",
                "pypi" => "==",
                _ if what.value.rsplit('/').next().is_some_and(|last| last.contains([':', '@'])) => "",
                _ => ":",
            };
            if !join.is_empty() {
                what.value = format!("{}{join}{version}", what.value);
            }
        }
        let mut command: Vec<Placed> =
            runner.iter().map(|word| Placed { value: (*word).to_string(), ..what.clone() }).collect();
        command.extend(arguments(
            package,
            if package.get("runtimeArguments").is_some() { "runtimeArguments" } else { "runtime_arguments" },
        ));
        command.push(what);
        command.extend(arguments(
            package,
            if package.get("packageArguments").is_some() { "packageArguments" } else { "package_arguments" },
        ));
        let env = if package.get("environmentVariables").is_some() {
            "environmentVariables"
        } else {
            "environment_variables"
        };
        let transport = if runner.is_empty() { Transport::Unknown } else { Transport::Stdio };
        let url = package.path("transport.url").and_then(|node| placed("", node)).filter(|_| runner.is_empty());
        let command = if runner.is_empty() { Vec::new() } else { command };
        out.push(McpServer { transport, command, env: values(package, env), url, ..blank(package) });
    }
    for remote in list(root, "remotes") {
        let url = remote.get("url").and_then(|node| placed("", node));
        out.push(McpServer { transport: Transport::Http, url, headers: values(remote, "headers"), ..blank(remote) });
    }
    out
}

fn packages(sheet: &mut Sheet<'_>, root: &Node) {
    let name = text(root, "name").unwrap_or("server");
    for package in list(root, "packages") {
        let identifier = package.get("identifier").unwrap_or(package);
        let download = text(package, "registryType") == Some("mcpb")
            || identifier.as_str().is_some_and(|text| text.starts_with("http://") || text.starts_with("https://"));
        let hash = package.get("fileSha256").or_else(|| package.get("file_sha256")).and_then(Node::as_str);
        if download && hash.is_none_or(|hash| hash.len() != 64) {
            let what = identifier.as_str().unwrap_or(name);
            let message = format!("{} is downloaded and no hash is named", quoted(what));
            sheet.add(PACKAGE_UNHASHED, span(identifier), what, message);
        }
    }
    let places = list(root, "packages").iter().map(|one| (one, "environmentVariables"));
    for (place, key) in places.chain(list(root, "remotes").iter().map(|one| (one, "headers"))) {
        for variable in list(place, key) {
            let Some(node) = variable.get("name") else { continue };
            let called = node.as_str().unwrap_or_default();
            if is_secret_name(called) && variable.get("isSecret").and_then(Node::as_bool) != Some(true) {
                let message = format!("{} is a credential and is not marked as one", quoted(called));
                sheet.add(SECRET_UNMARKED, span(node), called, message);
            }
        }
    }
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    let exact = ["authorization", "x_api_key", "api_key", "token", "password", "secret"];
    let ends = ["_api_key", "_token", "_secret", "_password", "_access_key", "_private_key", "_secret_key"];
    exact.contains(&name.as_str()) || ends.iter().any(|end| name.ends_with(end))
}
