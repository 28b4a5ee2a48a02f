//! `redan diff`: what AI was added, removed or changed.

use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use redan_report::inventory::{DiffView, Inventory, diff, render_diff};

use crate::Exit;
use crate::cli::{DiffArgs, DiffFormat};
use crate::commands::scan::collect;
use crate::config::Config;

/// Runs the command.
pub(crate) fn run(args: &DiffArgs) -> Result<Exit> {
    let config = Config::load(&args.filter)?;
    let (old, new) = (side(&args.old, &config)?, side(&args.new, &config)?);
    let change = diff(&old, &new);
    let view = match args.format {
        DiffFormat::Text => DiffView::Text,
        DiffFormat::Md => DiffView::Markdown,
        DiffFormat::Json => DiffView::Json,
    };
    let mut out = BufWriter::new(io::stdout().lock());
    render_diff(&change, view, &mut out)?;
    out.flush()?;
    Ok(if change.is_empty() { Exit::Clean } else { Exit::Findings })
}

/// The inventory of one side: saved, of a folder, or of a revision.
fn side(name: &str, config: &Config) -> Result<Inventory> {
    let path = Path::new(name);
    if path.is_file() && path.extension().is_some_and(|extension| extension == "json") {
        let text = std::fs::read_to_string(path).with_context(|| format!("`{name}` cannot be read"))?;
        return serde_json::from_str(&text)
            .with_context(|| format!("`{name}` is not an inventory; `redan inventory --format json` writes one"));
    }
    if path.exists() {
        return inventory(name, config);
    }
    let folder = tempfile::tempdir().context("no temporary folder can be made")?;
    check_out(name, folder.path())?;
    let mut inventory = inventory(&folder.path().to_string_lossy(), config)?;
    inventory.targets = vec![name.to_string()];
    Ok(inventory)
}

fn inventory(target: &str, config: &Config) -> Result<Inventory> {
    let report = collect(&[target.to_string()], config, true)?;
    if report.coverage.interrupted {
        bail!("interrupted");
    }
    Ok(Inventory::of(&report))
}

/// Writes the files of a revision below `folder`, with an index of its own: the user's work is not touched.
fn check_out(revision: &str, folder: &Path) -> Result<()> {
    if revision.starts_with('-') {
        bail!("`{revision}` is neither a file, a folder, nor a revision");
    }
    let index = folder.join(".redan-index");
    let commit = format!("{revision}^{{commit}}");
    git(&["rev-parse", "--verify", "--quiet", &commit], &index)
        .with_context(|| format!("`{revision}` is neither a file, a folder, nor a revision of the repository here"))?;
    git(&["read-tree", &commit], &index)?;
    git(&["checkout-index", "--all", "--force", &format!("--prefix={}/", folder.display())], &index)?;
    std::fs::remove_file(&index).context("the index of the revision cannot be removed")
}

fn git(args: &[&str], index: &Path) -> Result<()> {
    let top = Command::new("git").args(["rev-parse", "--show-toplevel"]).output().context("git cannot be run")?;
    let top = String::from_utf8_lossy(&top.stdout).trim().to_string();
    let mut command = Command::new("git");
    // Nothing that the repository names is run.
    command.args(["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"]).args(args);
    command.env("GIT_INDEX_FILE", index).env("GIT_OPTIONAL_LOCKS", "0");
    if !top.is_empty() {
        command.current_dir(top);
    }
    let output = command.output().context("git cannot be run")?;
    if !output.status.success() {
        bail!("git {}: {}", args.first().unwrap_or(&""), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}
