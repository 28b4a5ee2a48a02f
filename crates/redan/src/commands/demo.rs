//! `redan demo`: a small project with honest and hostile model files, built by code, and its scan.
//!
//! The payloads only print a word; still, nothing here is meant to be loaded.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::scan::{collect, rule_infos};
use crate::Exit;
use crate::cli::{DemoArgs, FilterArgs};
use crate::config::Config;
use crate::output;

/// Marks a folder as ours, so that a second run may write into it.
const MARK: &str = ".redan-demo";

/// Path, kind and description of each file; see `redan_artifact::fixture`.
const FILES: &[(&str, &str, &str)] = &[
    ("README.md", "text", include_str!("../demo/README.txt")),
    ("honest/classifier.pkl", "pickle", include_str!("../demo/classifier.txt")),
    ("honest/model.pt", "zip", include_str!("../demo/honest-torch.txt")),
    ("honest/config.json", "text", include_str!("../demo/config.txt")),
    ("hostile/resnet50.pt", "zip", include_str!("../demo/hostile-torch.txt")),
    ("hostile/scaler.pkl", "pickle", include_str!("../demo/scaler.txt")),
    ("hostile/sentiment.keras", "zip", include_str!("../demo/keras.txt")),
    ("hostile/chat/tokenizer_config.json", "text", include_str!("../demo/tokenizer.txt")),
    ("hostile/chat/modeling_chat.py", "text", include_str!("../demo/modeling.txt")),
    ("hostile/train/hparams.yaml", "text", include_str!("../demo/hparams.txt")),
    ("hostile/bundle.zip", "zip", include_str!("../demo/bundle.txt")),
];

/// Runs the command.
pub(crate) fn run(args: &DemoArgs) -> Result<Exit> {
    output::check(&args.output)?;
    write(&args.folder)?;
    let shown = args.folder.display();
    anstream::eprintln!("wrote {} model files into {shown}; now scanning them: redan scan {shown}\n", FILES.len() - 1);
    let config = Config::load(&FilterArgs::default())?;
    let mut report = collect(&[args.folder.display().to_string()], &config, args.output.quiet)?;
    report.rules = rule_infos(&report, output::lists_all_rules(&args.output));
    output::write(&report, &args.output)?;
    anstream::eprintln!(
        "\nnext: redan scan {shown} -o report.html, redan explain RULE, redan scan on a folder of your own"
    );
    Ok(Exit::Clean)
}

fn write(folder: &Path) -> Result<()> {
    let mark = folder.join(MARK);
    ensure!(
        !folder.exists() || mark.exists(),
        "`{}` exists and is not from an earlier demo; name another folder: redan demo FOLDER",
        folder.display()
    );
    for (path, kind, body) in FILES {
        let bytes = redan_artifact::fixture::build(kind, body)
            .map_err(anyhow::Error::msg)
            .with_context(|| format!("demo file `{path}`"))?;
        let target = folder.join(path);
        let parent = target.parent().unwrap_or(folder);
        fs::create_dir_all(parent).with_context(|| format!("`{}` cannot be made", parent.display()))?;
        fs::write(&target, bytes).with_context(|| format!("`{}` cannot be written", target.display()))?;
    }
    fs::write(&mark, "made by `redan demo`\n").with_context(|| format!("`{}` cannot be written", mark.display()))
}
