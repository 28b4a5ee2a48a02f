//! `redan baseline`: today's findings are accepted, with a reason; tomorrow's count.

use std::fs;

use anyhow::{Context, Result, ensure};

use super::scan::{collect, shown};
use crate::Exit;
use crate::cli::BaselineArgs;
use crate::config::Config;
use crate::suppress::{Baseline, BaselineEntry, check_date};

/// Runs the command.
pub(crate) fn run(args: &BaselineArgs) -> Result<Exit> {
    ensure!(!args.reason.trim().is_empty(), "--reason is empty: say why these findings are accepted");
    check_date(args.expires.as_deref()).context("--expires")?;
    let mut config = Config::load(&args.filter)?;
    // A baseline is made from what is there, not from what an older baseline left.
    config.baseline.value = None;
    let report = collect(&args.targets, &config, false)?;
    ensure!(!report.coverage.interrupted, "interrupted; no baseline was written");
    let open = report.findings.iter().filter(|finding| finding.suppressed.is_none());
    let entry = |finding: &redan_domain::Finding| BaselineEntry {
        fingerprint: finding.fingerprint.clone(),
        rule: finding.rule.clone(),
        location: finding.location.to_string(),
        reason: args.reason.clone(),
        expires: args.expires.clone(),
    };
    let baseline = Baseline { version: 1, findings: open.map(entry).collect() };
    let text = serde_json::to_string_pretty(&baseline)? + "\n";
    fs::write(&args.output, text).with_context(|| format!("`{}` cannot be written", args.output.display()))?;
    anstream::println!(
        "{} findings accepted in {}; use it with: redan scan --baseline {}",
        baseline.findings.len(),
        shown(&args.output).display(),
        shown(&args.output).display()
    );
    Ok(Exit::Clean)
}
