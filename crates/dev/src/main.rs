//! `cargo dev`: what keeps documents, schemas and the architecture true.
#![forbid(unsafe_code)]

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Generates and checks what is derived from the code.
#[derive(Debug, Parser)]
#[command(name = "cargo dev")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write every generated file
    Generate,
    /// Say what is stale or breaks the architecture; exit 1 if anything does
    Check,
    /// Write the fuzz corpus from the seeds and every rule's examples
    Seeds,
    /// Train the injection model and write the artefact, or measure it (build with --release)
    Train {
        /// Folder of labelled texts, `*.dev.jsonl`
        #[arg(long, default_value = "../shared/data/text")]
        data: PathBuf,
        /// Print the tables of cross-validation and of leaving out a source, and write nothing
        #[arg(long)]
        evaluate: bool,
        /// The models of phrases instead, whose texts lie in this repository
        #[arg(long)]
        phrases: bool,
        /// With --evaluate: folders of honest documents, code and agent files to measure on
        #[arg(long)]
        content: Vec<PathBuf>,
    },
    /// Create something new with its registration
    #[command(subcommand)]
    New(New),
}

#[derive(Debug, Subcommand)]
enum New {
    /// A rule: its Markdown entry and its line in the family's list
    Rule {
        /// `FAMILY/ID`, for example `pickle/pickle-runs-code`
        path: String,
    },
    /// A detector: its Markdown entry and its line in the category's list
    Detector {
        /// `CATEGORY/FAMILY/ID`, for example `secret/ai/openai-api-key`
        path: String,
    },
}

fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Generate => {
            for file in redan_dev::generated::all()? {
                if file.write()? {
                    println!("wrote {}", file.path.display());
                }
            }
            Ok(())
        }
        Command::Check => {
            let problems = redan_dev::check()?;
            for problem in &problems {
                eprintln!("{problem}");
            }
            anyhow::ensure!(problems.is_empty(), "{} problems; `cargo dev generate` mends stale files", problems.len());
            println!("everything generated is current, and the crates keep to the architecture");
            Ok(())
        }
        Command::Seeds => {
            println!("wrote {} files below fuzz/corpus", redan_dev::seeds::write()?);
            Ok(())
        }
        Command::Train { phrases: true, evaluate: true, .. } => {
            print!("{}", redan_dev::train::phrases::evaluate(&redan_dev::root())?);
            Ok(())
        }
        Command::Train { phrases: true, .. } => {
            let count = redan_dev::train::phrases::write(&redan_dev::root())?;
            println!("wrote two models from {count} phrases");
            Ok(())
        }
        Command::Train { data, evaluate: true, content, .. } => {
            println!("{}", redan_dev::train::evaluate(&redan_dev::root(), &data, &content)?);
            Ok(())
        }
        Command::Train { data, .. } => {
            let texts = redan_dev::train::write(&redan_dev::root(), &data)?;
            println!("wrote {} from {texts} texts", redan_dev::train::ARTEFACT);
            Ok(())
        }
        Command::New(New::Rule { path }) => redan_dev::new_entry::create_rule(&path),
        Command::New(New::Detector { path }) => redan_dev::new_entry::create_detector(&path),
    }
}
