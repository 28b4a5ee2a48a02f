//! The command line of Redan: arguments, configuration discovery, exit codes. Nothing else.
#![forbid(unsafe_code)]

mod cache;
mod catalogue;
pub mod cli;
mod commands;
mod config;
mod git;
mod interrupt;
mod output;
mod progress;
mod suppress;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use crate::cli::{Cli, Command};

/// What a run ends with; the same in every output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Nothing at or above `--fail-on`.
    Clean = 0,
    /// Something at or above `--fail-on`.
    Findings = 1,
    /// Usage, configuration or internal error, or an interrupted run.
    Error = 2,
    /// Nothing to look at, or a file that could not be examined.
    Nothing = 3,
}

/// Runs one command line and says how it ended. Errors are printed to stderr.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let matches = match Cli::command().try_get_matches_from(args) {
        Ok(matches) => matches,
        Err(error) => {
            let _ = error.print();
            let code = if error.use_stderr() { Exit::Error } else { Exit::Clean };
            return ExitCode::from(code as u8);
        }
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(Exit::Error as u8);
        }
    };
    let result = match cli.command {
        None => Ok(commands::tour::run()),
        Some(Command::Scan(args)) => commands::scan::run(&args),
        Some(Command::Inventory(args)) => commands::inventory::run(&args),
        Some(Command::Diff(args)) => commands::diff::run(&args),
        Some(Command::Inspect(args)) => commands::inspect::run(&args),
        Some(Command::Demo(args)) => commands::demo::run(&args),
        Some(Command::Rules(args)) => commands::rules::run(&args),
        Some(Command::Explain(args)) => commands::explain::run(&args),
        Some(Command::Baseline(args)) => commands::baseline::run(&args),
        Some(Command::Lock(args)) => commands::lock::run(&args),
        Some(Command::Sign(args)) => commands::sign::sign(&args),
        Some(Command::Verify(args)) => commands::sign::verify(&args),
        Some(Command::Config(args)) => commands::config::run(&args),
        Some(Command::Completions(args)) => Ok(commands::help::completions(&args)),
        Some(Command::Man(args)) => commands::help::man(&args),
    };
    match result {
        Ok(exit) => ExitCode::from(exit as u8),
        // A closed pipe (`redan rules | head`) is the reader's choice, not a failure.
        Err(error) if is_broken_pipe(&error) => ExitCode::from(Exit::Clean as u8),
        Err(error) => {
            anstream::eprintln!("\x1b[1;31merror\x1b[0m: {error:#}");
            ExitCode::from(Exit::Error as u8)
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
    })
}
