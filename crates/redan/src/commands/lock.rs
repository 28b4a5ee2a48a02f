//! `redan lock`: what an agent follows is approved as it is now; what differs later is a finding.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use redan_scan::agent::lock::{self, Change};
use redan_scan::agent::place_of;
use redan_source::{Found, WalkOptions, walk};

use super::scan::shown;
use crate::Exit;
use crate::cli::LockArgs;

/// Longer files are data.
const MAX_SIZE: u64 = 4 << 20;

/// Runs the command.
pub(crate) fn run(args: &LockArgs) -> Result<Exit> {
    let root = &args.target;
    ensure!(root.is_dir(), "`{}` is not a folder", root.display());
    let texts = texts(root)?;
    let files: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let path = root.join(lock::FILE);
    if !args.check {
        let lock = lock::lock(&files);
        fs::write(&path, lock.to_text()).with_context(|| format!("`{}` cannot be written", path.display()))?;
        let count = lock.approved.len();
        anstream::println!("{count} things that agents follow are approved in {}; commit it", shown(&path).display());
        return Ok(Exit::Clean);
    }
    let text = fs::read_to_string(&path)
        .with_context(|| format!("`{}` cannot be read; run `redan lock` first", path.display()))?;
    let approved = lock::parse(&text).map_err(anyhow::Error::msg)?;
    let changes = lock::changes(&approved, &files);
    for (name, change) in &changes {
        let word = match change {
            Change::Changed => "changed",
            Change::Added => "added",
            Change::Removed => "removed",
        };
        anstream::println!("{word:8} {}", redan_domain::text::shown(name, 300));
    }
    if changes.is_empty() {
        anstream::println!("everything is as it was approved");
        return Ok(Exit::Clean);
    }
    Ok(Exit::Findings)
}

/// Files that could be something to an agent, by name in the folder.
fn texts(root: &Path) -> Result<Vec<(String, String)>> {
    let mut texts = Vec::new();
    for found in walk(root, &WalkOptions::default()).map_err(anyhow::Error::msg)? {
        let Found::File { path, name } = found else { continue };
        if fs::metadata(&path).map_or(u64::MAX, |data| data.len()) > MAX_SIZE {
            continue;
        }
        // What is not text is no instruction.
        let Ok(text) = fs::read_to_string(&path) else { continue };
        if place_of(&name, &text, true).is_some() || name.ends_with("package.json") {
            texts.push((name, text));
        }
    }
    texts.sort();
    Ok(texts)
}
