//! `redan.lock`: what was approved, by hash, so that a change afterwards is seen.

use std::collections::BTreeMap;

use redan_domain::{Fact, FactKind};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::facts::{LOCK_ADDED, LOCK_CHANGED};
use super::model::{Asset, McpServer};
use super::place::{Place, place_of};
use super::sheet::{Sheet, quoted};
use super::{assets_of, homes, is_below};

/// Version of the format.
const VERSION: u32 = 1;
/// The file's name.
pub const FILE: &str = "redan.lock";

/// Everything that was approved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// Version of the format.
    pub version: u32,
    /// Kind, file and name, such as `server .mcp.json#github`, to the hash of what it says.
    pub approved: BTreeMap<String, String>,
}

/// How what is there differs from what was approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It says something else.
    Changed,
    /// It was not there.
    Added,
    /// It is gone.
    Removed,
}

/// Hashes of what the files hold that an agent follows.
pub fn lock(files: &[(&str, &str)]) -> Lock {
    Lock { version: VERSION, approved: entries(files).into_iter().map(|(name, entry)| (name, entry.hash)).collect() }
}

/// Every difference, by name.
pub fn changes(lock: &Lock, files: &[(&str, &str)]) -> Vec<(String, Change)> {
    let now = entries(files);
    let mut out = Vec::new();
    for (name, entry) in &now {
        match lock.approved.get(name) {
            None => out.push((name.clone(), Change::Added)),
            Some(hash) if *hash != entry.hash => out.push((name.clone(), Change::Changed)),
            Some(_) => {}
        }
    }
    let removed = lock.approved.keys().filter(|name| !now.contains_key(*name));
    out.extend(removed.map(|name| (name.clone(), Change::Removed)));
    out.sort_by(|a, b| a.0.cmp(&b.0));
    out
}

/// Facts about what changed since it was approved.
pub fn examine(lock: &Lock, files: &[(&str, &str)]) -> Vec<(String, Vec<Fact>)> {
    let now = entries(files);
    let mut out: BTreeMap<String, Vec<Fact>> = BTreeMap::new();
    for (name, entry) in now {
        let (kind, says): (FactKind, &str) = match lock.approved.get(&name) {
            None => (LOCK_ADDED, "was never approved"),
            Some(hash) if *hash != entry.hash => (LOCK_CHANGED, "is not what was approved"),
            Some(_) => continue,
        };
        let Some((path, text)) = files.iter().find(|(path, _)| *path == entry.path) else { continue };
        let mut sheet = Sheet::new(path, text);
        sheet.add(kind, entry.span, &name, format!("{} {says}", quoted(&name)));
        out.entry(entry.path).or_default().append(&mut sheet.facts);
    }
    out.into_iter().collect()
}

/// Reads a lock file.
///
/// # Errors
/// Says what is wrong with it.
pub fn parse(text: &str) -> Result<Lock, String> {
    let lock: Lock = serde_json::from_str(text).map_err(|error| format!("`{FILE}` cannot be read: {error}"))?;
    if lock.version == VERSION {
        Ok(lock)
    } else {
        Err(format!("`{FILE}` is of version {}, this is version {VERSION}; run `redan lock` again", lock.version))
    }
}

impl Lock {
    /// The file: one line for each thing, so that a change is one line of a diff.
    pub fn to_text(&self) -> String {
        serde_json::to_string_pretty(self).map(|text| text + "\n").unwrap_or_default()
    }
}

struct Entry {
    path: String,
    hash: String,
    span: std::ops::Range<usize>,
}

fn entries(files: &[(&str, &str)]) -> BTreeMap<String, Entry> {
    let homes = homes(files);
    let mut out = BTreeMap::new();
    for (path, text) in files {
        let in_skill = homes.iter().any(|(folder, _)| is_below(path, folder));
        let Some(place) = place_of(path, text, in_skill) else { continue };
        let mut put = |kind: &str, name: &str, content: &str, span: std::ops::Range<usize>| {
            let name = if name.is_empty() { format!("{kind} {path}") } else { format!("{kind} {path}#{name}") };
            out.insert(name, Entry { path: (*path).to_string(), hash: hash(content), span });
        };
        match place {
            Place::Skill | Place::SkillDocument => put("skill", "", &normal(text), 0..0),
            Place::Instructions => put("instructions", "", &normal(text), 0..0),
            Place::Script => put("script", "", &normal(text), 0..0),
            Place::Config | Place::ToolList => {
                // The order of hooks matters, their place in the file does not.
                let mut hooks = String::new();
                for asset in assets_of(path, text, place) {
                    match asset {
                        Asset::Server(server) => put("server", &server.name, &described(&server), server.span.clone()),
                        Asset::Tool(tool) => put("tool", &tool.name, &tool.description, tool.span.clone()),
                        Asset::Hook(hook) => hooks.push_str(&format!("{}\0{}\n", hook.event, hook.command)),
                        _ => {}
                    }
                }
                if !hooks.is_empty() {
                    put("hooks", "", &hooks, 0..0);
                }
                put("settings", "", &normal(text), 0..0);
            }
            Place::Pipeline | Place::Environment | Place::Shell => {}
        }
    }
    out
}

/// What a server is, whatever the order and the white space of the file.
fn described(server: &McpServer) -> String {
    let mut out = String::new();
    for word in &server.command {
        out.push_str(&format!("{}\0", word.value));
    }
    out.push_str(server.url.as_ref().map_or("", |url| &url.value));
    // Names only: a credential that is renewed is no change, and its hash would be in the file.
    let mut names: Vec<&str> = server.env.iter().chain(&server.headers).map(|value| value.name.as_str()).collect();
    names.sort_unstable();
    for name in names {
        out.push_str(&format!("\0{name}"));
    }
    for tool in &server.auto_approve {
        out.push_str(&format!("\0approved {}", tool.value));
    }
    out
}

/// Text without what an editor changes by itself.
fn normal(text: &str) -> String {
    text.trim_start_matches('\u{feff}').lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_end().to_string()
}

fn hash(content: &str) -> String {
    Sha256::digest(content.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &[(&str, &str)] = &[
        (".mcp.json", r#"{"mcpServers": {"a": {"command": "npx", "args": ["x@1.0.0"], "env": {"K": "one"}}}}"#),
        ("AGENTS.md", "Be brief.\n"),
    ];

    #[test]
    fn what_changed_is_named_and_what_did_not_is_not() {
        let lock = lock(BEFORE);
        assert!(changes(&lock, BEFORE).is_empty());
        assert_eq!(parse(&lock.to_text()).unwrap(), lock);
        let after = [
            (".mcp.json", r#"{"mcpServers": {"a": {"command": "npx", "args": ["y@1.0.0"], "env": {"K": "two"}}}}"#),
            ("AGENTS.md", "Be brief.  \r\n\n"),
            ("sub/CLAUDE.md", "New.\n"),
        ];
        let found = changes(&lock, &after);
        let names: Vec<_> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["instructions sub/CLAUDE.md", "server .mcp.json#a", "settings .mcp.json"]);
        let facts = examine(&lock, &after);
        assert_eq!(facts.iter().map(|(_, facts)| facts.len()).sum::<usize>(), 3);
    }

    #[test]
    fn a_key_that_is_renewed_does_not_change_the_server() {
        let lock = lock(BEFORE);
        let renewed = [(BEFORE[0].0, BEFORE[0].1.replace("one", "two"))];
        let files: Vec<_> = renewed.iter().map(|(path, text)| (*path, text.as_str())).collect();
        assert!(!changes(&lock, &files).iter().any(|(name, _)| name.starts_with("server")));
    }

    #[test]
    fn a_file_of_another_version_is_refused() {
        assert!(parse(r#"{"version": 9, "approved": {}}"#).unwrap_err().contains("version 9"));
        assert!(parse("no").is_err());
    }
}
