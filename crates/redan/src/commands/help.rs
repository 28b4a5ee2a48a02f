//! Completions and manual pages, made from the argument definitions.

use std::fs;
use std::io;

use anyhow::{Context, Result};
use clap::CommandFactory;

use crate::Exit;
use crate::cli::{Cli, CompletionsArgs, ManArgs};

/// Runs `redan completions`.
pub(crate) fn completions(args: &CompletionsArgs) -> Exit {
    clap_complete::generate(args.shell, &mut Cli::command(), "redan", &mut io::stdout());
    Exit::Clean
}

/// Runs `redan man`.
pub(crate) fn man(args: &ManArgs) -> Result<Exit> {
    match &args.folder {
        None => clap_mangen::Man::new(Cli::command()).render(&mut io::stdout())?,
        Some(folder) => {
            fs::create_dir_all(folder).with_context(|| format!("`{}` cannot be made", folder.display()))?;
            clap_mangen::generate_to(Cli::command(), folder)
                .with_context(|| format!("`{}` cannot be written", folder.display()))?;
        }
    }
    Ok(Exit::Clean)
}
