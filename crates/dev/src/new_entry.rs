//! `cargo dev new rule FAMILY/ID`, `cargo dev new detector CATEGORY/FAMILY/ID`: the entry and its registration.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use crate::root;

const RULE: &str = "---
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

const DETECTOR: &str = "---
id: {id}
title: What it finds, in one line
severity: high
confidence: high
persona: developer
since: {version}
maps:
  cwe: [CWE-798]
fix: what to do, in one line
---
What it finds.

## Why it matters

What happens when it leaves.

## How to fix

What to change.

```detect
keywords: exmpl_
pattern: \\b(exmpl_[A-Za-z0-9]{32})\\b
```

## Examples

```fires user
key = exmpl_{{alnum:32}}
```

```silent user
key = exmpl_short
```
";

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Creates the entry of a detector and lists it in its category.
///
/// # Errors
/// When the path is malformed, the category does not exist, or the detector does.
pub fn create_detector(path: &str) -> Result<()> {
    let parts: Vec<&str> = path.split('/').collect();
    let [category, family, id] = parts.as_slice() else { bail!("`{path}` is not CATEGORY/FAMILY/ID") };
    ensure!(parts.iter().all(|part| is_word(part)), "`{path}` is not lower-case words joined by `-`");
    let detectors = root().join("crates/inspect/src/detectors");
    let list = detectors.join(category).join("mod.rs");
    ensure!(list.exists(), "there is no category `{category}`; look into {}", detectors.display());
    let entry = detectors.join(category).join(family).join(format!("{id}.md"));
    ensure!(!entry.exists(), "{} exists", entry.display());
    fs::create_dir_all(entry.parent().unwrap_or(&entry))?;
    fs::write(&entry, DETECTOR.replace("{id}", id).replace("{version}", env!("CARGO_PKG_VERSION")))?;
    let text = fs::read_to_string(&list).with_context(|| list.display().to_string())?;
    fs::write(&list, listed(&text, category, family, id).context("the category's list has no `&[` … `];`")?)?;
    println!(
        "wrote {}\nedit it, then: cargo test -p redan-inspect --test entries, cargo dev generate",
        entry.display()
    );
    Ok(())
}

/// The list of a category with one more id, families and ids sorted.
fn listed(text: &str, category: &str, family: &str, id: &str) -> Option<String> {
    let head = format!("    family! {{ \"{category}\", \"{family}\":");
    let item = format!("        \"{id}\",");
    let mut lines: Vec<&str> = text.lines().collect();
    if let Some(start) = lines.iter().position(|line| *line == head) {
        let end = start + lines.iter().skip(start).position(|line| *line == "    },")?;
        let at = (start + 1..end).find(|at| lines.get(*at).is_some_and(|line| **line > *item)).unwrap_or(end);
        lines.insert(at, &item);
    } else {
        let end = lines.iter().rposition(|line| *line == "];")?;
        let later = |line: &str| line.starts_with("    family! {") && line > head.as_str();
        let at = lines.iter().position(|line| later(line)).unwrap_or(end);
        lines.splice(at..at, [head.as_str(), item.as_str(), "    },"]);
    }
    Some(lines.join("\n") + "\n")
}

/// Creates the entry of a rule and lists it in its family.
///
/// # Errors
/// When the path is malformed, the rule exists, or the family is new (it then needs a line in two files,
/// which the error names).
pub fn create_rule(path: &str) -> Result<()> {
    let Some((family, id)) = path.split_once('/') else { bail!("`{path}` is not FAMILY/ID") };
    ensure!(is_word(family) && is_word(id), "`{path}` is not FAMILY/ID in lower-case words joined by `-`");
    let folder = root().join("crates/scan/src/rules").join(family);
    ensure!(
        folder.join("mod.rs").exists(),
        "there is no family `{family}`: copy the `mod.rs` of another, and add it to rules/mod.rs and rules/registry.rs"
    );
    let entry = folder.join(format!("{id}.md"));
    ensure!(!entry.exists(), "{} exists", entry.display());
    fs::write(&entry, RULE.replace("{id}", id).replace("{version}", env!("CARGO_PKG_VERSION")))?;
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

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn a_detector_is_listed_in_order() {
        let list = "const F: &[E] = &[\n    family! { \"secret\", \"ai\":\n        \"b\",\n    },\n];\n";
        let more = listed(list, "secret", "ai", "a").unwrap();
        let more = listed(&more, "secret", "ci", "x").unwrap();
        assert_eq!(
            more,
            "const F: &[E] = &[\n    family! { \"secret\", \"ai\":\n        \"a\",\n        \"b\",\n    },\n    \
             family! { \"secret\", \"ci\":\n        \"x\",\n    },\n];\n"
        );
    }
}
