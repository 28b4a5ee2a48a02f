//! `redan diff`: what AI was added, removed or changed.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use redan_report::inventory::{DiffView, Inventory, diff, render_diff};

use crate::cli::{DiffArgs, DiffFormat};
use crate::commands::scan::collect;
use crate::config::{CacheChoice, Config};
use crate::{Exit, git};

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
    git::check_out(name, folder.path())?;
    // That folder is never seen again.
    let mut config = config.clone();
    config.cache.value = CacheChoice::Off;
    let mut inventory = inventory(&folder.path().to_string_lossy(), &config)?;
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
