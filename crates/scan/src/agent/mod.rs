//! Agents, assistants and MCP servers: their configuration, their instructions, their skills, their jobs.
//!
//! [`examine`] looks at the files of a project together, because a script below a skill is more than a script and
//! two servers may have one name; [`examine_one`] looks at a single file.

mod card;
mod ci;
mod facts;
mod gitlab;
mod grams;
mod hidden;
mod host;
mod intent;
pub(crate) mod inventory;
mod launch;
mod leak;
mod list;
pub mod lock;
mod mcp;
mod mention;
pub mod model;
mod named;
mod package;
mod pattern;
mod place;
mod prose;
mod script;
mod server;
mod settings;
mod shadow;
mod sheet;
mod skill;
mod terms;
mod together;
mod tongues;
mod tools;
mod trifecta;

use std::collections::{BTreeMap, HashSet};

use redan_document::Document;
use redan_domain::{Fact, FactKind, Severity};

pub use place::{Place, place_of};

use model::{Asset, McpServer, Tool};
use sheet::{Sheet, quoted};

/// Longest file that is looked at; longer ones are data.
const MAX_FILE: usize = 4 << 20;

/// Every kind of fact that is reported here.
pub fn fact_kinds() -> Vec<FactKind> {
    facts::FACTS.to_vec()
}

/// Facts of a single file; none if it is nothing to an agent.
pub fn examine_one(path: &str, text: &str) -> Vec<Fact> {
    match place_of(path, text, false) {
        Some(place) => look(path, text, place, "", false),
        None => Vec::new(),
    }
}

/// Facts of the files of a project, by path in the order given; those with none are left out.
pub fn examine(files: &[(&str, &str)]) -> Vec<(String, Vec<Fact>)> {
    let homes = homes(files);
    let beside = BesideServer::new(files);
    let mut out = Vec::new();
    let mut servers: BTreeMap<(String, String), Vec<(usize, McpServer)>> = BTreeMap::new();
    let mut tools: BTreeMap<String, Vec<(usize, Tool)>> = BTreeMap::new();
    let mut scripts = Vec::new();
    let small = is_small(files);
    let named = named::documents(files);
    let large = large_homes(files, &homes);
    for (at, (path, text)) in files.iter().enumerate() {
        let home = homes.iter().rposition(|(folder, _)| is_below(path, folder));
        // What stands in the documents of a large program is said to people, and its code is for more than agents:
        // there only what no honest code does is told, so that nothing is hidden among many files.
        let large = home.is_some_and(|home| large.contains(&home));
        let home = home.and_then(|home| homes.get(home));
        let is_part = home.is_some() && (!large || place::is_code(path) && !place::is_bundle(text))
            || beside.has(path)
            || named.contains(&at)
            || small;
        let Some(place) = place_of(path, text, is_part) else {
            if place::is_page(path) && !place::is_test(path) {
                let mut sheet = sheet_of(path, text, &folders(path));
                hidden::in_page(&mut sheet);
                if !sheet.facts.is_empty() {
                    out.push((at, sheet.facts));
                }
            }
            continue;
        };
        if place == Place::Script {
            scripts.push(at);
        }
        let own =
            if small && matches!(place, Place::Shell | Place::Script) { about_folder(path) } else { String::new() };
        let mut facts = look(path, text, place, home.map_or(&own, |(_, about)| about), large);
        if large && place == Place::Script && !place::is_server_code(text) {
            facts.retain(is_grave);
        }
        if !facts.is_empty() {
            out.push((at, facts));
        }
        for asset in assets_of(path, text, place) {
            match asset {
                Asset::Server(server) if !server.disabled => {
                    let key = (project_of(path).to_string(), server.name.clone());
                    servers.entry(key).or_default().push((at, server));
                }
                Asset::Tool(tool) => tools.entry(tool.name.clone()).or_default().push((at, tool)),
                _ => {}
            }
        }
    }
    across(files, &servers, &tools, &mut out);
    trifecta::examine(files, &servers, &mut out);
    leak::examine(files, &scripts, small, &homes, &mut out);
    // Instructions of the project itself, with the documents that they name, are one thing.
    let of_project =
        |at: usize, path: &str| small || named.contains(&at) || place_of(path, "", false) == Some(Place::Instructions);
    let within: Vec<Option<usize>> = files
        .iter()
        .enumerate()
        .map(|(at, (path, _))| {
            let home = homes.iter().rposition(|(folder, _)| is_below(path, folder));
            home.or_else(|| of_project(at, path).then_some(usize::MAX))
        })
        .collect();
    together::examine(files, &within, &mut out);
    terms::examine(files, &within, &mut out);
    package::examine(files, &mut out);
    let offered: Vec<(usize, Tool)> = tools.into_values().flatten().collect();
    shadow::examine(files, &offered, &mut out);
    against_lock(files, &mut out);
    out.sort_by_key(|(at, _)| *at);
    let mut merged: Vec<(String, Vec<Fact>)> = Vec::new();
    for (at, mut facts) in out {
        let Some((path, _)) = files.get(at) else { continue };
        match merged.last_mut().filter(|(last, _)| last == path) {
            Some((_, known)) => known.append(&mut facts),
            None => merged.push(((*path).to_string(), facts)),
        }
    }
    merged
}

/// What differs from `redan.lock`, if one is among the files; one that cannot be read approves nothing.
fn against_lock(files: &[(&str, &str)], out: &mut Vec<(usize, Vec<Fact>)>) {
    for (path, text) in files.iter().filter(|(path, _)| place::base(path) == lock::FILE) {
        let lock = lock::parse(text).unwrap_or_default();
        // It speaks of the files around and below it.
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let below: Vec<(&str, &str)> = files
            .iter()
            .filter(|(path, _)| is_below(path, folder))
            .map(|(path, text)| (path.get(folder.len()..).unwrap_or(path).trim_start_matches('/'), *text))
            .collect();
        for (inner, facts) in lock::examine(&lock, &below) {
            let whole = if folder.is_empty() { inner } else { format!("{folder}/{inner}") };
            if let Some(at) = files.iter().position(|(path, _)| *path == whole) {
                out.push((at, facts));
            }
        }
    }
}

/// Files of code of a project that is one server, skill or configuration of agents.
const SMALL: usize = 40;
/// Files that are no project.
const FEW: usize = 3;

/// Whether the files are those of one small thing that agents use: all of its code belongs to it.
fn is_small(files: &[(&str, &str)]) -> bool {
    let code = files.iter().filter(|(path, _)| place::is_code(path)).count();
    let of_agents = |(path, text): &(&str, &str)| {
        matches!(place_of(path, text, false), Some(Place::Config | Place::Skill | Place::ToolList))
            || place::is_code(path) && (place::is_server_code(text) || sets_up_agents(text))
            || installs(path, text)
            || extends_editor(path, text)
    };
    // A script or two alone are looked at because somebody does not know what they do.
    code <= SMALL && files.len() <= SMALL * 10 && files.iter().any(of_agents) || code > 0 && files.len() <= FEW
}

/// Whether a script goes to the settings of a client.
fn sets_up_agents(text: &str) -> bool {
    [".claude/settings.json", ".cursor/mcp.json", "claude_desktop_config.json", ".codex/config.toml"]
        .iter()
        .any(|file| text.contains(file))
}

/// Whether a package runs something of its own when it is installed.
fn installs(path: &str, text: &str) -> bool {
    let scripts = ["\"preinstall\"", "\"install\"", "\"postinstall\"", "\"prepare\""];
    let runs = |line: &str| scripts.iter().any(|script| line.contains(script)) && line.contains("node ");
    place::base(path) == "package.json" && text.len() < 64 << 10 && text.lines().any(runs)
}

/// Whether a package is an extension of an editor, as most assistants are.
fn extends_editor(path: &str, text: &str) -> bool {
    place::base(path) == "package.json" && text.contains("\"vscode\"") && text.contains("\"activationEvents\"")
}

/// Folders of skills and of MCP servers, with what is said about each; outer ones first.
fn homes(files: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut homes = Vec::new();
    let mut seen = HashSet::new();
    for (path, text) in files {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let name = place::base(path).to_ascii_lowercase();
        let about = match name.as_str() {
            "skill.md" => skill::about(text, path),
            "package.json" if text.contains("@modelcontextprotocol/sdk") || text.contains("fastmcp") => {
                about_package(text)
            }
            "pyproject.toml" | "requirements.txt" if names_mcp(text) => about_package(text),
            // What these say of themselves stands in other words; the folder has the name.
            "pom.xml" | "build.gradle" | "build.gradle.kts" if text.contains("modelcontextprotocol") => {
                about_folder(path)
            }
            "go.mod" if text.contains("mcp-go") || text.contains("modelcontextprotocol") => about_folder(path),
            "cargo.toml" if text.contains("rmcp") => about_package(text),
            _ if name.ends_with(".csproj") && text.contains("ModelContextProtocol") => about_folder(path),
            // Of the kind that lies in the folder it speaks of.
            "plugin.json" if !folder.ends_with("-plugin") && is_plugin(text) => about_package(text),
            "plugin.json" if folder.ends_with("-plugin") => {
                // A plugin may be a whole repository: what it runs is in folders of these names.
                let root = folder.rsplit_once('/').map_or("", |(root, _)| root);
                for part in ["hooks", "scripts", "bin", "commands", "agents"] {
                    let part = if root.is_empty() { part.to_string() } else { format!("{root}/{part}") };
                    if seen.insert(part.clone()) {
                        homes.push((part, about_package(text)));
                    }
                }
                continue;
            }
            "hooks.json" if text.contains("\"hooks\"") => String::new(),
            _ => continue,
        };
        if seen.insert(folder.to_string()) {
            homes.push((folder.to_string(), about));
        }
    }
    homes.sort();
    homes
}

/// What the folders say of what lies in them.
fn about_folder(path: &str) -> String {
    format!("{} agent", folders(path))
}

/// Whether a manifest names parts of an agent: commands, hooks, skills.
fn is_plugin(text: &str) -> bool {
    text.contains("\"name\"")
        && ["\"commands\"", "\"agents\"", "\"skills\"", "\"hooks\""].iter().any(|key| text.contains(key))
}

/// Files of code that a skill may have.
const MOST_OF_SKILL: usize = 80;

/// Those of the homes that are large programs, by their numbers: servers, not skills.
fn large_homes(files: &[(&str, &str)], homes: &[(String, String)]) -> HashSet<usize> {
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    for (path, _) in files.iter().filter(|(path, _)| place::is_code(path)) {
        if let Some(home) = homes.iter().rposition(|(folder, _)| is_below(path, folder)) {
            *sizes.entry(home).or_default() += 1;
        }
    }
    let skill = |home: usize| {
        let folder = homes.get(home).map_or("", |(folder, _)| folder.as_str());
        let name = if folder.is_empty() {
            "skill.md".to_string()
        } else {
            format!("{}/skill.md", folder.to_ascii_lowercase())
        };
        files.iter().any(|(path, _)| path.to_ascii_lowercase() == name)
    };
    // No skill has that many files of code: a program that comes with one does.
    let is_large = |home: usize, count: usize| count > SMALL && (count > MOST_OF_SKILL || !skill(home));
    sizes.into_iter().filter(|(home, count)| is_large(*home, *count)).map(|(home, _)| home).collect()
}

/// Which of the files are run by an agent: scripts of skills, hooks, MCP servers.
pub(crate) fn scripts(files: &[(&str, &str)]) -> Vec<usize> {
    let homes = homes(files);
    let beside = BesideServer::new(files);
    let is_script = |(path, text): &(&str, &str)| {
        let home = homes.iter().any(|(folder, _)| is_below(path, folder)) || beside.has(path);
        place_of(path, text, home) == Some(Place::Script)
    };
    files.iter().enumerate().filter(|(_, file)| is_script(file)).map(|(at, _)| at).collect()
}

/// Small folders with the code of an MCP server: what stands right beside it belongs to it. A larger folder is a program
/// of which the server is a part.
struct BesideServer<'a>(HashSet<&'a str>);

impl<'a> BesideServer<'a> {
    /// Files of code in a small folder.
    const SMALL: usize = 12;

    fn new(files: &[(&'a str, &'a str)]) -> Self {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let mut servers = HashSet::new();
        for (path, text) in files.iter().filter(|(path, _)| place::is_code(path) && !place::is_test(path)) {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            *counts.entry(folder).or_default() += 1;
            if !folder.is_empty() && !servers.contains(folder) && place::is_server_code(text) {
                servers.insert(folder);
            }
        }
        servers.retain(|folder| counts.get(folder).is_some_and(|count| *count <= Self::SMALL));
        Self(servers)
    }

    fn has(&self, path: &str) -> bool {
        place::is_code(path) && path.rsplit_once('/').is_some_and(|(folder, _)| self.0.contains(folder))
    }
}

fn names_mcp(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim().trim_matches(['"', '\'', ',']).to_ascii_lowercase();
        ["mcp", "fastmcp"].iter().any(|name| {
            line.strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['=', '>', '<', '[', '~', ' ']))
        })
    })
}

/// Name, description and home page of a package.
fn about_package(text: &str) -> String {
    let keys = ["\"name\"", "\"description\"", "\"homepage\"", "\"url\"", "name =", "description =", "\"author\""];
    let lines = text.lines().filter(|line| keys.iter().any(|key| line.contains(key)));
    lines.take(12).collect::<Vec<_>>().join(" ").to_ascii_lowercase()
}

/// The folder that a configuration is for: clients keep theirs in a folder of their own inside it.
fn project_of(path: &str) -> &str {
    let mut folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    while place::is_client_folder(place::base(folder)) {
        folder = folder.rsplit_once('/').map_or("", |(outer, _)| outer);
    }
    folder
}

fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// A sheet that knows what the text belongs to.
fn sheet_of<'t>(path: &'t str, text: &'t str, about: &str) -> Sheet<'t> {
    let mut sheet = Sheet::new(path, text);
    sheet.about = about.to_string();
    sheet.about_security = mention::about_security(about);
    sheet
}

/// The folders around a file, as words on what it belongs to.
fn folders(path: &str) -> String {
    path.rsplit('/').skip(1).take(3).collect::<Vec<_>>().join(" ").to_ascii_lowercase()
}

fn look(path: &str, text: &str, place: Place, about: &str, large: bool) -> Vec<Fact> {
    let mut sheet = sheet_of(path, text, about);
    sheet.large = large;
    if text.len() > MAX_FILE {
        sheet.add(facts::UNREAD, 0..0, path, "too long to be read as a configuration or an instruction".to_string());
        return sheet.facts;
    }
    match place {
        Place::Skill | Place::Instructions | Place::SkillDocument => skill::examine(&mut sheet),
        Place::Config | Place::ToolList => config(&mut sheet),
        Place::Script => {
            if sheet.about.is_empty() {
                sheet = sheet_of(path, text, &folders(path));
                sheet.large = large;
            }
            let shell = place::is_shell(path) || place::is_shell_script(text);
            if shell {
                ci::shell(&mut sheet);
            }
            script::examine(&mut sheet, text, shell);
            if place::is_server_code(text) || !about.is_empty() && !large {
                tools::examine(&mut sheet, text, true);
            }
            hidden::bidirectional(&mut sheet, text);
        }
        Place::Pipeline => {
            ci::pipeline(&mut sheet, &documents(path, text));
            // One that lies elsewhere is put where it runs by somebody else.
            if !path.contains(".github/workflows/") && text.contains("secrets") {
                script::examine(&mut sheet, text, true);
            }
        }
        Place::Environment => ci::environment(&mut sheet),
        Place::Shell => {
            ci::shell(&mut sheet);
            // What builds or starts a server belongs to it. Of other scripts only what no honest one does is told.
            if about.is_empty() {
                let known = sheet.facts.len();
                sheet.about = folders(path);
                script::examine(&mut sheet, text, true);
                let ours = sheet.facts.split_off(known);
                sheet.facts.extend(ours.into_iter().filter(is_grave));
            } else {
                script::examine(&mut sheet, text, true);
            }
        }
    }
    sheet.facts
}

/// What is told of any script, whoever it belongs to.
fn is_grave(fact: &Fact) -> bool {
    let kinds = [
        facts::SENDS_SECRETS,
        facts::SENDS_ENVIRONMENT,
        facts::REVERSE_SHELL,
        facts::RUNS_ENCODED,
        facts::COLLECTOR,
        facts::MINES,
        facts::WATCHES,
        facts::REMOTE_CODE,
        facts::HIDDEN_TEXT,
        facts::PERSISTS,
    ];
    fact.severity.is_none_or(|severity| severity >= Severity::High) && kinds.contains(&fact.kind)
}

/// Parses by extension, or by what the text begins with.
fn documents(path: &str, text: &str) -> Vec<Document> {
    match place::extension(path).as_str() {
        "toml" => vec![redan_document::toml(text)],
        "yaml" | "yml" => redan_document::yaml(text),
        _ => vec![redan_document::json(text)],
    }
}

fn config(sheet: &mut Sheet<'_>) {
    let (path, text) = (sheet.path, sheet.text);
    for document in documents(path, text) {
        if let Some(problem) = document.problems.first() {
            let message = format!("could be read only in part: {}", problem.message);
            sheet.add(facts::UNREAD, problem.at..problem.at, path, message);
        }
        settings::examine(sheet, &document.root);
        for server in mcp::servers(&document.root, path) {
            server::examine(sheet, &server);
        }
        card::examine(sheet, &document.root);
        tools::parameters(sheet, &document.root);
        for tool in tools::listed(&document.root) {
            let description = tool.description.clone();
            sheet.inside(tool.span, |sheet| {
                tools::examine(sheet, &description, false);
                hidden::examine(sheet, &description);
            });
        }
    }
    hidden::examine(sheet, text);
}

/// What a file holds for the inventory.
pub fn assets_of(path: &str, text: &str, place: Place) -> Vec<Asset> {
    if text.len() > MAX_FILE {
        return Vec::new();
    }
    match place {
        Place::Config | Place::ToolList => {
            let mut assets = vec![Asset::Config];
            for document in documents(path, text) {
                assets.extend(mcp::servers(&document.root, path).into_iter().map(Asset::Server));
                // Of several ways to run one server the first stands for it.
                assets.extend(card::servers(&document.root).into_iter().take(1).map(Asset::Server));
                assets.extend(tools::listed(&document.root).into_iter().map(Asset::Tool));
                assets.extend(settings::hooks(&document.root).into_iter().map(Asset::Hook));
            }
            assets
        }
        Place::Skill => {
            let (name, description) = skill::identity(text);
            vec![Asset::Skill(name, description)]
        }
        Place::Instructions => vec![Asset::Instructions],
        _ => Vec::new(),
    }
}

/// What shows only when several files are seen together.
fn across(
    files: &[(&str, &str)],
    servers: &BTreeMap<(String, String), Vec<(usize, McpServer)>>,
    tools: &BTreeMap<String, Vec<(usize, Tool)>>,
    out: &mut Vec<(usize, Vec<Fact>)>,
) {
    let mut put = |at: usize, kind, span: std::ops::Range<usize>, subject: &str, message: String| {
        let Some((path, text)) = files.get(at) else { return };
        let mut sheet = Sheet::new(path, text);
        sheet.add(kind, span, subject, message);
        out.push((at, sheet.facts));
    };
    for ((_, name), found) in servers {
        let launch = |server: &McpServer| {
            let words = server.command.iter().map(|word| word.value.as_str()).collect::<Vec<_>>();
            (words.join(" "), server.url.as_ref().map(|url| url.value.clone()))
        };
        if let [(first_at, first), rest @ ..] = found.as_slice() {
            for (at, server) in rest.iter().filter(|(_, server)| launch(server) != launch(first)) {
                let other = files.get(*first_at).map_or("", |(path, _)| path);
                let message =
                    format!("{} is another server than the one of that name in {}", quoted(name), quoted(other));
                put(*at, facts::MCP_DUPLICATE, server.span.clone(), name, message);
            }
        }
    }
    for (name, found) in tools {
        if let [(first_at, first), rest @ ..] = found.as_slice() {
            for (at, tool) in rest.iter().filter(|(at, tool)| at != first_at && tool.description != first.description) {
                let other = files.get(*first_at).map_or("", |(path, _)| path);
                let message =
                    format!("the tool {} is also in {}, with another description", quoted(name), quoted(other));
                put(*at, facts::TOOL_COLLISION, tool.span.clone(), name, message);
            }
        }
    }
}
