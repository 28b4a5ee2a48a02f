//! `redan inventory`: what AI there is.

use std::io::{self, BufWriter, Write};

use anyhow::Result;
use redan_report::inventory::{Inventory, View};
use redan_report::{Format, Style, render};

use crate::Exit;
use crate::cli::{InventoryArgs, InventoryFormat};
use crate::commands::scan::collect;
use crate::config::Config;

/// Runs the command.
pub(crate) fn run(args: &InventoryArgs) -> Result<Exit> {
    let config = Config::load(&args.filter)?;
    let mut report = collect(&args.targets, &config, args.quiet)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let inventory = Inventory::of(&report);
    match args.format {
        InventoryFormat::Cyclonedx => {
            // What is wrong is the scan's to say.
            report.findings.clear();
            report.files.iter_mut().for_each(|file| file.findings.clear());
            report.assets.clone_from(&inventory.assets);
            render(&report, Format::Cyclonedx, Style::default(), &mut out)?;
        }
        InventoryFormat::Table => inventory.render(View::Table, &mut out)?,
        InventoryFormat::Tree => inventory.render(View::Tree, &mut out)?,
        InventoryFormat::Json => inventory.render(View::Json, &mut out)?,
        InventoryFormat::Mermaid => inventory.render(View::Mermaid, &mut out)?,
    }
    out.flush()?;
    if report.coverage.failed > 0 && !args.quiet {
        anstream::eprintln!("{} files could not be read; `redan scan` says why", report.coverage.failed);
    }
    Ok(if report.coverage.interrupted {
        Exit::Error
    } else if inventory.assets.is_empty() {
        Exit::Nothing
    } else {
        Exit::Clean
    })
}
