//! What is wrong with how an MCP server is started or reached.

use std::ops::Range;

use redan_domain::Severity;

use super::facts::{
    AUTO_APPROVE, COLLECTOR, MCP_BROAD_ACCESS, MCP_LOOKALIKE, MCP_PLAIN_HTTP, MCP_REMOTE_CODE, MCP_SECRET, MCP_UNPINNED,
};
use super::hidden;
use super::host::{self, Host};
use super::launch;
use super::model::{McpServer, Placed};
use super::script;
use super::settings;
use super::sheet::{Sheet, quoted};

/// Packages whose names are imitated.
const WELL_KNOWN: &[&str] = &[
    "@modelcontextprotocol/server-filesystem",
    "@modelcontextprotocol/server-github",
    "@modelcontextprotocol/server-memory",
    "@modelcontextprotocol/server-puppeteer",
    "@modelcontextprotocol/server-slack",
    "@modelcontextprotocol/server-postgres",
    "@modelcontextprotocol/server-sequential-thinking",
    "@modelcontextprotocol/server-brave-search",
    "@modelcontextprotocol/server-everything",
    "@modelcontextprotocol/server-gdrive",
    "@modelcontextprotocol/server-sqlite",
    "@playwright/mcp",
    "@upstash/context7-mcp",
    "@notionhq/notion-mcp-server",
    "@supabase/mcp-server-supabase",
    "firecrawl-mcp",
    "mcp-server-fetch",
    "mcp-server-git",
    "mcp-server-time",
    "mcp-server-sqlite",
    "chrome-devtools-mcp",
    "figma-developer-mcp",
    "mcp-remote",
    "tavily-mcp",
    "exa-mcp-server",
    "@stripe/mcp",
    "desktop-commander",
    "mongodb-mcp-server",
    "@sentry/mcp-server",
    "@cloudflare/mcp-server-cloudflare",
    "@azure/mcp",
    "postmark-mcp",
];

/// Judges one server.
pub(super) fn examine(sheet: &mut Sheet<'_>, server: &McpServer) {
    launch(sheet, server);
    launch::arguments(sheet, server);
    access(sheet, server);
    address(sheet, server);
    credentials(sheet, server);
    for place in server.env.iter().chain(&server.command) {
        if place.value.contains("://") && host::names_itself_hostile(&host::name(&place.value)) {
            let message =
                format!("{} speaks with a host that says what it is: {}", quoted(&server.name), quoted(&place.value));
            sheet.add_as(COLLECTOR, Severity::High, place.span.clone(), &server.name, message);
        }
    }
    for variable in &server.env {
        settings::environment(sheet, &variable.name, &variable.value, variable.span.clone());
    }
    let all = server.auto_approve.iter().find(|tool| tool.value == "*");
    if let Some(tool) = all {
        let message = format!("every tool of {} runs without being asked about", quoted(&server.name));
        sheet.add_as(AUTO_APPROVE, Severity::Medium, tool.span.clone(), &server.name, message);
    } else if let Some(tool) = server.auto_approve.first() {
        let message =
            format!("{} tools of {} run without being asked about", server.auto_approve.len(), quoted(&server.name));
        sheet.add_as(AUTO_APPROVE, Severity::Low, tool.span.clone(), &server.name, message);
    }
}

fn program(word: &str) -> &str {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    name.trim_end_matches(".exe").trim_end_matches(".cmd")
}

fn launch(sheet: &mut Sheet<'_>, server: &McpServer) {
    let Some(start) = server.command.first() else { return };
    let mut words: Vec<&Placed> = server.command.iter().collect();
    // `cmd /c npx …`, `env A=b npx …`, `sh -c "…"`.
    loop {
        let first = words.first().map(|word| program(&word.value).to_ascii_lowercase()).unwrap_or_default();
        let skip = match first.as_str() {
            "cmd" if words.get(1).is_some_and(|word| word.value.eq_ignore_ascii_case("/c")) => 2,
            "env" | "sudo" | "exec" | "nohup" => {
                1 + words
                    .iter()
                    .skip(1)
                    .take_while(|word| word.value.contains('=') || word.value.starts_with('-'))
                    .count()
            }
            _ => break,
        };
        words.drain(..skip.min(words.len()));
    }
    let Some(first) = words.first() else { return };
    let name = program(&first.value).to_ascii_lowercase();
    let rest: Vec<&Placed> = words.iter().skip(1).copied().collect();
    match name.as_str() {
        "sh" | "bash" | "zsh" | "dash" | "powershell" | "pwsh" | "cmd" => {
            for word in rest.iter().filter(|word| !word.value.starts_with('-')) {
                if !remote(sheet, server, word) {
                    launch::line(sheet, server, word);
                }
            }
        }
        "npx" | "bunx" | "pnpx" | "uvx" => package(sheet, server, &rest, &name),
        "npm" | "pnpm" | "yarn" | "bun"
            if rest.first().is_some_and(|word| matches!(word.value.as_str(), "dlx" | "exec" | "x")) =>
        {
            package(sheet, server, rest.get(1..).unwrap_or_default(), "npx");
        }
        "pipx" if rest.first().is_some_and(|word| word.value == "run") => {
            package(sheet, server, rest.get(1..).unwrap_or_default(), "uvx");
        }
        "uv" if rest.iter().take(2).map(|word| word.value.as_str()).eq(["tool", "run"]) => {
            package(sheet, server, rest.get(2..).unwrap_or_default(), "uvx");
        }
        "docker" | "podman" | "nerdctl" => image(sheet, server, &rest),
        "deno" => {
            for word in rest.iter().filter(|word| word.value.starts_with("http")) {
                let message =
                    format!("{} is fetched from {} when it starts", quoted(&server.name), quoted(&word.value));
                sheet.add_as(MCP_REMOTE_CODE, Severity::Medium, word.span.clone(), &server.name, message);
            }
        }
        "curl" | "wget" => {
            let message =
                format!("{} is started by a download: {}", quoted(&server.name), quoted(&joined(&server.command)));
            sheet.add(MCP_REMOTE_CODE, start.span.clone(), &server.name, message);
        }
        "python" | "python3" | "node" | "perl" | "ruby" | "bun" | "php" => {
            let inline = rest.iter().position(|word| matches!(word.value.as_str(), "-c" | "-e" | "--eval" | "-r"));
            if let Some(code) = inline.and_then(|at| rest.get(at + 1)) {
                sheet.inside(code.span.clone(), |sheet| script::examine(sheet, &code.value, false));
                launch::code(sheet, server, code);
            }
        }
        _ => launch::command(sheet, server, &words),
    }
}

fn joined(words: &[Placed]) -> String {
    words.iter().map(|word| word.value.as_str()).collect::<Vec<_>>().join(" ")
}

/// A script that a shell is given: whether anything is wrong with it.
fn remote(sheet: &mut Sheet<'_>, server: &McpServer, word: &Placed) -> bool {
    let does = script::is_dangerous(&word.value);
    if let Some(what) = &does {
        let message = format!("{} is started by a shell that {what}", quoted(&server.name));
        sheet.add(MCP_REMOTE_CODE, word.span.clone(), &server.name, message);
    }
    does.is_some()
}

fn package(sheet: &mut Sheet<'_>, server: &McpServer, words: &[&Placed], runner: &str) {
    let mut named = None;
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        let value = word.value.as_str();
        match value {
            "-p" | "--package" | "--from" | "--spec" | "-c" => named = words.next().copied().or(named),
            "--with" | "--python" | "--registry" | "--index-url" | "--index" | "--cache" | "--prefix" => {
                if let Some(value) = words.next().filter(|next| {
                    matches!(host::classify(&next.value), Host::Address | Host::Other) && next.value.contains("://")
                }) {
                    let message =
                        format!("{} comes from another registry, {}", quoted(&server.name), quoted(&value.value));
                    sheet.add_as(MCP_REMOTE_CODE, Severity::Medium, value.span.clone(), &server.name, message);
                }
            }
            _ if value.starts_with("--package=") || value.starts_with("--from=") => named = Some(*word),
            _ if value.starts_with('-') => {}
            _ => {
                named = named.or(Some(*word));
                break;
            }
        }
    }
    let Some(word) = named else { return };
    let spec = word
        .value
        .split_once('=')
        .filter(|(flag, _)| flag.starts_with("--"))
        .map_or(word.value.as_str(), |(_, spec)| spec);
    if spec.starts_with(['.', '/', '~', '$', '%']) || spec.contains('\\') {
        return;
    }
    if spec.contains("://") || spec.starts_with("github:") || spec.starts_with("git+") || spec.starts_with("git@") {
        let hash = spec
            .rsplit(['#', '@'])
            .next()
            .is_some_and(|end| end.len() == 40 && end.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if !hash {
            let bad = spec.contains("://")
                && matches!(
                    host::classify(spec.trim_start_matches("git+")),
                    Host::Address | Host::Paste | Host::Collector | Host::Other | Host::Short
                );
            let severity = if bad || spec.starts_with("http:") { Severity::High } else { Severity::Medium };
            let message = format!("{} is fetched from {} when it starts", quoted(&server.name), quoted(spec));
            sheet.add_as(MCP_REMOTE_CODE, severity, word.span.clone(), &server.name, message);
        }
        return;
    }
    let (name, version) = split_version(spec, runner);
    if !version.is_some_and(is_exact) {
        let message = format!("{} runs whatever version of {} is newest", quoted(&server.name), quoted(name));
        sheet.add(MCP_UNPINNED, word.span.clone(), name, message);
    }
    lookalike(sheet, name, word.span.clone());
}

/// Adds that a package is called almost like a well-known one. Nobody takes a scope that is a letter away from that of
/// a maker for an honest reason; of names without one there are many, and short ones are near to each other.
pub(super) fn lookalike(sheet: &mut Sheet<'_>, name: &str, span: Range<usize>) {
    let scope = scope_like(name);
    let Some(real) = scope.or_else(|| looks_like(name)) else { return };
    let severity = if scope.is_some() || name.len() >= 16 { Severity::High } else { Severity::Medium };
    let message = format!("{} is not {} but is written almost like it", quoted(name), quoted(real));
    sheet.add_as(MCP_LOOKALIKE, severity, span, name, message);
}

fn split_version<'s>(spec: &'s str, runner: &str) -> (&'s str, Option<&'s str>) {
    let bare = spec.split('[').next().unwrap_or(spec);
    if runner == "uvx" {
        return match spec.split_once("==").or_else(|| spec.split_once('@')) {
            Some((name, version)) => (name.split('[').next().unwrap_or(name), Some(version)),
            None => (bare.split(['>', '<', '~', '=']).next().unwrap_or(bare), None),
        };
    }
    match spec.get(1..).and_then(|rest| rest.rfind('@')) {
        Some(at) => (spec.get(..=at).unwrap_or(spec), spec.get(at + 2..)),
        None => (spec, None),
    }
}

fn is_exact(version: &str) -> bool {
    version.starts_with(|c: char| c.is_ascii_digit() || c == 'v')
        && version.contains('.')
        && !version.contains(['x', '*', '>', '<', '|', ' '])
}

/// Makers whose scopes are imitated.
const SCOPES: &[&str] = &[
    "@modelcontextprotocol",
    "@anthropic-ai",
    "@anthropic",
    "@openai",
    "@playwright",
    "@microsoft",
    "@google-cloud",
    "@cloudflare",
    "@supabase",
    "@notionhq",
    "@upstash",
    "@langchain",
];

/// The maker whose scope the scope of a package almost is.
fn scope_like(name: &str) -> Option<&'static str> {
    let (scope, _) = name.split_once('/')?;
    let scope = scope.to_ascii_lowercase();
    // Some of them differ in a letter from one another.
    if !scope.starts_with('@') || SCOPES.contains(&scope.as_str()) {
        return None;
    }
    let near = |real: &str| real.len() > 8 && scope.len().abs_diff(real.len()) <= 1 && distance(&scope, real) == 1;
    SCOPES.iter().copied().find(|real| near(real))
}

/// The well-known package that a name is almost.
fn looks_like(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    if name.len() < 8 || WELL_KNOWN.contains(&name.as_str()) {
        return None;
    }
    let near = |real: &str| name.len().abs_diff(real.len()) <= 1 && distance(&name, real) == 1;
    WELL_KNOWN.iter().copied().find(|real| near(real))
}

/// Edits between two short words, neighbours swapped counting once.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (a.get(same..).unwrap_or_default(), b.get(same..).unwrap_or_default());
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (a.get(..a.len() - tail).unwrap_or_default(), b.get(..b.len() - tail).unwrap_or_default());
    match (a, b) {
        ([one, two], [first, second]) if one == second && two == first => 1,
        _ => a.len().max(b.len()),
    }
}

fn image(sheet: &mut Sheet<'_>, server: &McpServer, words: &[&Placed]) {
    let Some(run) = words.iter().position(|word| word.value == "run") else { return };
    let mut words = words.iter().skip(run + 1);
    let takes_value = |flag: &str| {
        matches!(
            flag,
            "-e" | "--env"
                | "-v"
                | "--volume"
                | "--mount"
                | "-p"
                | "--publish"
                | "--name"
                | "--network"
                | "--net"
                | "-w"
                | "--workdir"
                | "-u"
                | "--user"
                | "--env-file"
                | "--platform"
                | "--entrypoint"
                | "-l"
                | "--label"
                | "-m"
                | "--memory"
                | "--cpus"
                | "--add-host"
                | "--device"
                | "--cap-add"
                | "--cap-drop"
                | "--security-opt"
                | "-h"
                | "--hostname"
                | "--pull"
        )
    };
    while let Some(word) = words.next() {
        let value = word.value.as_str();
        if takes_value(value) {
            words.next();
        } else if !value.starts_with('-') {
            let name = value.rsplit('/').next().unwrap_or(value);
            let pinned = value.contains("@sha256:")
                || name.split_once(':').is_some_and(|(_, tag)| tag != "latest" && !tag.is_empty());
            if !pinned && !value.starts_with(['$', '.']) {
                let message = format!("{} runs whatever {} is newest", quoted(&server.name), quoted(value));
                sheet.add(MCP_UNPINNED, word.span.clone(), value, message);
            }
            return;
        }
    }
}

fn is_whole_disk(path: &str) -> bool {
    let path = path.trim_matches('"').replace('\\', "/");
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [] => path.starts_with('/'),
        ["~" | "$HOME" | "${HOME}" | "%USERPROFILE%" | "${env:HOME}" | "${userHome}"] => true,
        ["home" | "Users" | "root" | "etc"] => path.starts_with('/'),
        ["home" | "Users", _] => path.starts_with('/'),
        [drive] => drive.len() == 2 && drive.ends_with(':'),
        [drive, "Users"] | [drive, "Users", _] => drive.ends_with(':'),
        _ => false,
    }
}

fn access(sheet: &mut Sheet<'_>, server: &McpServer) {
    let first = server.command.first().map(|word| program(&word.value).to_ascii_lowercase()).unwrap_or_default();
    let container = matches!(first.as_str(), "docker" | "podman" | "nerdctl");
    for word in server.command.iter().skip(1) {
        let value = word.value.as_str();
        let mount = value.trim_start_matches("--volume=").trim_start_matches("-v=").trim_start_matches("--mount=");
        let source =
            mount.split(',').find_map(|part| part.strip_prefix("src=").or_else(|| part.strip_prefix("source=")));
        let source = source.or_else(|| {
            mount
                .split_once(':')
                .filter(|(drive, _)| drive.len() > 1 || mount.starts_with('/'))
                .map(|(source, _)| source)
        });
        let (what, severity) = if container && (value == "--privileged" || value == "--pid=host") {
            ("the whole host", Severity::High)
        } else if container && mount.contains("docker.sock") {
            ("the container engine, and so the whole host", Severity::High)
        } else if container && source.is_some_and(is_whole_disk) && !value.starts_with("http") {
            ("the whole disk or home folder", Severity::High)
        } else if !container && is_whole_disk(value) && is_file_server(server) {
            ("the whole disk or home folder", Severity::Medium)
        } else {
            continue;
        };
        let message = format!("{} is given {what}: {}", quoted(&server.name), quoted(value));
        sheet.add_as(MCP_BROAD_ACCESS, severity, word.span.clone(), &server.name, message);
    }
}

fn is_file_server(server: &McpServer) -> bool {
    let words = joined(&server.command).to_ascii_lowercase();
    ["filesystem", "file", "fs-", "-fs", "commander", "directory", "disk"]
        .iter()
        .any(|word| words.contains(word) || server.name.to_ascii_lowercase().contains(word))
}

fn address(sheet: &mut Sheet<'_>, server: &McpServer) {
    let remote =
        server.command.iter().find(|word| word.value.starts_with("http://") || word.value.starts_with("ws://"));
    for url in server.url.iter().chain(remote) {
        let host = host::classify(&url.value);
        let plain = url.value.starts_with("http://") || url.value.starts_with("ws://");
        if plain && host != Host::Local && host::name(&url.value).contains('.') {
            let message = format!("{} is reached without TLS at {}", quoted(&server.name), quoted(&url.value));
            sheet.add(MCP_PLAIN_HTTP, url.span.clone(), &server.name, message);
        } else if host.is_bad() {
            let message = format!("{} is at {}: {}", quoted(&server.name), host.described(), quoted(&url.value));
            sheet.add_as(MCP_REMOTE_CODE, Severity::Medium, url.span.clone(), &server.name, message);
        }
    }
}

fn credentials(sheet: &mut Sheet<'_>, server: &McpServer) {
    let mut previous = String::new();
    let arguments: Vec<(String, &Placed)> = server
        .command
        .iter()
        .map(|word| {
            let name = std::mem::replace(&mut previous, word.value.trim_start_matches('-').to_string());
            (name, word)
        })
        .collect();
    let named = server.env.iter().chain(&server.headers).map(|value| (value.name.clone(), value));
    for (name, value) in named.chain(arguments).chain(server.url.iter().map(|url| ("url".to_string(), url))) {
        if let Some(kind) = secret(&name, &value.value) {
            let message =
                format!("a credential ({kind}) of {} stands in the file, as {}", quoted(&server.name), quoted(&name));
            sheet.add(MCP_SECRET, value.span.clone(), &name, message);
        }
    }
}

/// The kind of credential that a value is, unless it only stands for one.
pub(super) fn secret(name: &str, value: &str) -> Option<String> {
    let hole = value.contains("${") || value.contains("{{") || value.starts_with(['$', '<', '%']) || value.len() < 8;
    let lower = value.to_ascii_lowercase();
    let sample = [
        "your",
        "xxxx",
        "example",
        "placeholder",
        "changeme",
        "change-me",
        "replace",
        "insert",
        "<",
        "...",
        "todo",
        "dummy",
        "secret-key-here",
        "****",
    ];
    if hole || sample.iter().any(|word| lower.contains(word)) {
        return None;
    }
    let key = name.replace(['-', ' '], "_");
    let text = format!("{key}=\"{value}\"");
    hidden::secrets(&text).into_iter().next().map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_names_are_told() {
        assert_eq!(split_version("@a/b@1.2.3", "npx"), ("@a/b", Some("1.2.3")));
        assert_eq!(split_version("@a/b", "npx"), ("@a/b", None));
        assert_eq!(split_version("mcp-x[all]==1.0", "uvx"), ("mcp-x", Some("1.0")));
        assert!(is_exact("1.2.3") && !is_exact("latest") && !is_exact("1") && !is_exact("1.x"));
        assert_eq!(looks_like("firecrawl-mpc"), Some("firecrawl-mcp"));
        assert_eq!(looks_like("@modelcontextprotocol/server-github"), None);
        assert!(
            is_whole_disk("/")
                && is_whole_disk("C:\\")
                && is_whole_disk("/Users/me")
                && !is_whole_disk("/Users/me/work")
        );
    }
}
