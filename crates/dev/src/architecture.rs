//! Holds the crates against the table in `docs/architecture.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::root;

/// Lines of `source` that may lower the ban on `unsafe`: one module.
const UNSAFE_MODULES: &[&str] = &["crates/source/src/file.rs"];

/// What breaks the architecture.
///
/// # Errors
/// When the table or `cargo metadata` cannot be read.
pub fn problems() -> Result<Vec<String>> {
    let table = table()?;
    let actual = actual()?;
    let mut problems = Vec::new();
    for (krate, imports) in &actual {
        let Some((floor, allowed)) = table.get(krate) else {
            problems.push(format!("crate `{krate}` is not in the table of docs/architecture.md"));
            continue;
        };
        for import in imports {
            if !allowed.contains(import) && !allowed.contains("all") {
                problems.push(format!("`{krate}` imports `{import}`, which docs/architecture.md does not allow"));
            }
            // `-` stands for crates that are never shipped; they may look at everything.
            if let (Ok(own), Some(Ok(other))) =
                (floor.parse::<u32>(), table.get(import).map(|(floor, _)| floor.parse::<u32>()))
                && other >= own
            {
                problems.push(format!("`{krate}` on floor {own} imports `{import}` on floor {other}"));
            }
        }
    }
    for krate in table.keys().filter(|krate| !actual.contains_key(*krate)) {
        problems
            .push(format!("docs/architecture.md lists `{krate}`, which is not built; list it under what is to come"));
    }
    problems.extend(unsafe_code(&actual)?);
    Ok(problems)
}

type Table = BTreeMap<String, (String, BTreeSet<String>)>;

/// Rows `| floor | `crate` | job | imports | … |`.
fn table() -> Result<Table> {
    let text = fs::read_to_string(root().join("docs/architecture.md")).context("docs/architecture.md")?;
    let mut table = Table::new();
    for line in text.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        if let [floor, name, _, imports, ..] = cells.as_slice()
            && let Some(name) = name.strip_prefix('`').and_then(|name| name.strip_suffix('`'))
        {
            let imports = imports.split(',').map(|import| import.trim().to_string()).collect();
            table.insert(name.to_string(), ((*floor).to_string(), imports));
        }
    }
    anyhow::ensure!(!table.is_empty(), "docs/architecture.md has no table of crates");
    Ok(table)
}

/// Crates of the workspace with the workspace crates they use when shipped.
fn actual() -> Result<BTreeMap<String, BTreeSet<String>>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .context("cargo metadata")?;
    let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata")?;
    let short = |name: &str| name.strip_prefix("redan-").unwrap_or(name).to_string();
    let mut crates = BTreeMap::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let dependencies = package["dependencies"].as_array().into_iter().flatten();
        let imports = dependencies
            .filter(|dependency| dependency["kind"].as_str() != Some("dev"))
            .filter_map(|dependency| dependency["name"].as_str())
            .filter(|dependency| *dependency == "redan" || dependency.starts_with("redan-"))
            .map(short)
            .collect();
        crates.insert(short(name), imports);
    }
    Ok(crates)
}

/// Every crate forbids `unsafe` but `source`, which has it in one module.
fn unsafe_code(crates: &BTreeMap<String, BTreeSet<String>>) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for krate in crates.keys() {
        let path = format!("crates/{krate}/src/lib.rs");
        let text = fs::read_to_string(root().join(&path)).with_context(|| path.clone())?;
        if krate != "source" && !text.contains("#![forbid(unsafe_code)]") {
            problems.push(format!("{path} does not forbid unsafe code"));
        }
    }
    for entry in fs::read_dir(root().join("crates/source/src"))? {
        let path = entry?.path();
        let name = format!("crates/source/src/{}", path.file_name().unwrap_or_default().display());
        if path.is_file()
            && fs::read_to_string(&path)?.contains("allow(unsafe_code")
            && !UNSAFE_MODULES.contains(&name.as_str())
        {
            problems.push(format!("{name} allows unsafe code; only {} may", UNSAFE_MODULES.join(", ")));
        }
    }
    Ok(problems)
}
