//! `cargo dev new rule FAMILY/ID`: the entry and its registration.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use crate::root;

const TEMPLATE: &str = "---
id: {id}
title: What it finds, in one line
severity: medium
confidence: high
persona: developer
since: {version}
facts: [{id}]
maps:
  cwe: [CWE-502]
fix: what to do, in one line
---
What it finds.

## Why it matters

What happens to the person who loads the file.

## How to fix

What to change.

## Examples

```fires model.pkl pickle
PROTO 2
STOP
```

```silent model.pkl pickle
PROTO 2
NONE
STOP
```
";

/// Creates the entry and lists it in its family.
///
/// # Errors
/// When the path is malformed, the rule exists, or the family is new (it then needs a line in two files,
/// which the error names).
pub fn create(path: &str) -> Result<()> {
    let Some((family, id)) = path.split_once('/') else { bail!("`{path}` is not FAMILY/ID") };
    let word = |text: &str| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    ensure!(word(family) && word(id), "`{path}` is not FAMILY/ID in lower-case words joined by `-`");
    let folder = root().join("crates/scan/src/rules").join(family);
    ensure!(
        folder.join("mod.rs").exists(),
        "there is no family `{family}`: copy the `mod.rs` of another, and add it to rules/mod.rs and rules/registry.rs"
    );
    let entry = folder.join(format!("{id}.md"));
    ensure!(!entry.exists(), "{} exists", entry.display());
    fs::write(&entry, TEMPLATE.replace("{id}", id).replace("{version}", env!("CARGO_PKG_VERSION")))?;
    register(&folder.join("mod.rs"), id)?;
    println!("wrote {}\nedit it, then: cargo test -p redan-scan --test entries, cargo dev generate", entry.display());
    Ok(())
}

fn register(list: &Path, id: &str) -> Result<()> {
    let text = fs::read_to_string(list).with_context(|| list.display().to_string())?;
    let line = format!("    \"{id}\",");
    let mut ids: Vec<&str> = text.lines().filter(|line| line.starts_with("    \"") && line.ends_with("\",")).collect();
    let first = text.lines().position(|line| Some(&line) == ids.first()).context("the family lists no rule")?;
    ids.push(&line);
    ids.sort_unstable();
    let mut lines: Vec<&str> = text.lines().collect();
    lines.splice(first..first + ids.len() - 1, ids);
    fs::write(list, lines.join("\n") + "\n")?;
    Ok(())
}
