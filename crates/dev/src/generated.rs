//! Files that are made from the code, so that they cannot disagree with it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::CommandFactory;
use redan_domain::{Severity, framework};
use redan_inspect::Detector;
use redan_inspect::detectors::detectors;
use redan_scan::rules;

use crate::root;

/// One generated file.
pub struct Generated {
    /// Relative to the root.
    pub path: PathBuf,
    /// What has to stand in it.
    pub text: String,
}

impl Generated {
    fn new(path: &str, text: String) -> Self {
        Self { path: path.into(), text }
    }

    /// A line if the file on disk differs.
    pub fn stale(&self) -> Option<String> {
        let on_disk = fs::read_to_string(root().join(&self.path)).unwrap_or_default();
        (on_disk != self.text).then(|| format!("{} is stale", self.path.display()))
    }

    /// Writes it if it differs; says whether it did.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self) -> Result<bool> {
        if self.stale().is_none() {
            return Ok(false);
        }
        let path = root().join(&self.path);
        fs::create_dir_all(path.parent().unwrap_or(&path))?;
        fs::write(&path, &self.text).with_context(|| path.display().to_string())?;
        Ok(true)
    }
}

/// Every generated file.
///
/// # Errors
/// When a file that is partly generated cannot be read.
pub fn all() -> Result<Vec<Generated>> {
    let schema = serde_json::to_string_pretty(&redan_report::json_schema())? + "\n";
    let record = serde_json::to_string_pretty(&redan_inspect::record_schema())? + "\n";
    Ok(vec![
        Generated::new("docs/reference/rules.md", rules_page()),
        Generated::new("docs/reference/callables.md", redan_artifact::callables::reference_page()),
        Generated::new("docs/reference/command-line.md", command_line_page()),
        Generated::new("docs/reference/frameworks.md", frameworks_page()),
        Generated::new("schema/scan.schema.json", schema),
        Generated::new("schema/inspect.schema.json", record),
        Generated::new("docs/reference/detectors.md", detectors_page()),
        Generated::new(RULES.path, RULES.text()?),
        Generated::new(DETECTORS.path, DETECTORS.text()?),
        Generated::new("README.md", readme()?),
    ])
}

fn rules_page() -> String {
    let mut page = String::from(
        "# Rules\n\nMade by `cargo dev generate`. `redan explain ID` prints what a rule finds, why it matters and how to \
         fix it; the sources are in `crates/scan/src/rules`.\n",
    );
    let families: BTreeSet<&str> = rules().iter().map(|rule| rule.family).collect();
    for family in families {
        let _ = write!(page, "\n## {family}\n\n| rule | severity | what it finds |\n|---|---|---|\n");
        let mut members: Vec<_> = rules().into_iter().filter(|rule| rule.family == family).collect();
        members.sort_by_key(|rule| std::cmp::Reverse(rule.entry.severity));
        for rule in members {
            let _ = writeln!(
                page,
                "| [`{0}`](../../crates/scan/src/rules/{family}/{0}.md) | {1} | {2} |",
                rule.entry.id, rule.entry.severity, rule.entry.title
            );
        }
    }
    page
}

fn detectors_page() -> String {
    let mut page = String::from(
        "# Detectors\n\nMade by `cargo dev generate`. What `redan inspect` looks for; `redan explain ID` says more about \
         one; the sources are in `crates/inspect/src/detectors`. *Kind* is what its detections are called, in \
         `--entities`, thresholds and output.\n",
    );
    let families: BTreeSet<&str> = detectors().iter().map(Detector::family).collect();
    for family in families {
        let _ = write!(page, "\n## {family}\n\n| detector | kind | severity | what it finds |\n|---|---|---|---|\n");
        for detector in detectors().iter().filter(|detector| detector.family() == family) {
            let Some(entry) = detector.entry() else { continue };
            let _ = writeln!(
                page,
                "| [`{}`](../../crates/inspect/src/detectors/{}.md) | `{}` | {} | {} |",
                entry.id,
                detector.path,
                detector.kind(),
                entry.severity,
                entry.title
            );
        }
    }
    page
}

fn frameworks_page() -> String {
    let mut page = String::from(
        "# Frameworks\n\nMade by `cargo dev generate`. The lists that rules map to, embedded as ids and short titles.\n\n\
         | key | framework | ids | licence | source |\n|---|---|---|---|---|\n",
    );
    for list in framework::ALL {
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} | {} |",
            list.key,
            list.name(),
            list.items().count(),
            list.licence(),
            list.source()
        );
    }
    page
}

fn command_line_page() -> String {
    let mut page =
        String::from("# Command line\n\nMade by `cargo dev generate` from the same definitions as `redan --help`.\n");
    let mut command = redan::cli::Cli::command().term_width(100);
    command.build();
    section(&mut page, &mut command, "redan");
    page
}

fn section(page: &mut String, command: &mut clap::Command, path: &str) {
    let help = command.render_long_help().to_string();
    let help: Vec<&str> = help.lines().map(str::trim_end).collect();
    let _ = write!(page, "\n## {path}\n\n```text\n{}\n```\n", help.join("\n").trim_end());
    for sub in command.get_subcommands_mut() {
        let inner = format!("{path} {}", sub.get_name());
        section(page, sub, &inner);
    }
}

/// A list of every id ever used, so that none is used again for something else.
struct Ids {
    path: &'static str,
    what: &'static str,
    active: fn() -> BTreeSet<String>,
}

const RULES: Ids = Ids {
    path: "crates/scan/rule-ids.txt",
    what: "rule",
    active: || rules().iter().map(|rule| rule.entry.id.clone()).collect(),
};

const DETECTORS: Ids = Ids {
    path: "crates/inspect/detector-ids.txt",
    what: "detector",
    active: || detectors().iter().map(|detector| detector.id().to_string()).collect(),
};

impl Ids {
    /// Those in use as they are, others marked `retired`.
    fn text(&self) -> Result<String> {
        let active = (self.active)();
        let mut ids: BTreeSet<String> = self.known()?.into_iter().map(|(id, _)| id).collect();
        ids.extend(active.iter().cloned());
        let mut text = format!(
            "# Every {} id ever used, so that none is used again for something else. Made by `cargo dev generate`.\n",
            self.what
        );
        for id in ids {
            let _ = writeln!(text, "{id}{}", if active.contains(&id) { "" } else { " retired" });
        }
        Ok(text)
    }

    fn known(&self) -> Result<Vec<(String, bool)>> {
        let text = match fs::read_to_string(root().join(self.path)) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error).context(self.path),
        };
        let parse = |line: &str| match line.split_once(' ') {
            Some((id, "retired")) => (id.to_string(), true),
            _ => (line.to_string(), false),
        };
        Ok(text.lines().filter(|line| !line.starts_with('#')).map(parse).collect())
    }

    fn reused(&self) -> Result<Vec<String>> {
        let active = (self.active)();
        let retired = self.known()?.into_iter().filter(|(id, retired)| *retired && active.contains(id));
        Ok(retired.map(|(id, _)| format!("{} id `{id}` was retired; choose another", self.what)).collect())
    }
}

/// Active ids that were retired earlier, or that both a rule and a detector have.
///
/// # Errors
/// When a list cannot be read.
pub fn reused_ids() -> Result<Vec<String>> {
    let both = (RULES.active)().intersection(&(DETECTORS.active)()).cloned().collect::<Vec<_>>();
    let both = both.into_iter().map(|id| format!("`{id}` is the id of a rule and of a detector"));
    Ok(RULES.reused()?.into_iter().chain(DETECTORS.reused()?).chain(both).collect())
}

/// The README with the counts between `<!-- count:KEY -->` and `<!-- /count -->` filled in.
fn readme() -> Result<String> {
    let mut text = fs::read_to_string(root().join("README.md")).context("README.md")?;
    let severe = rules().iter().filter(|rule| rule.entry.severity >= Severity::High).count();
    for (key, count) in [("rules", rules().len()), ("severe-rules", severe), ("detectors", detectors().len())] {
        let start = format!("<!-- count:{key} -->");
        let mut from = 0;
        while let Some(at) = text.get(from..).and_then(|rest| rest.find(&start)).map(|at| from + at + start.len()) {
            let Some(end) = text.get(at..).and_then(|rest| rest.find("<!-- /count -->")).map(|end| at + end) else {
                break;
            };
            text.replace_range(at..end, &count.to_string());
            from = at;
        }
    }
    Ok(text)
}
