//! `redan scan`: from targets to a report.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use redan_domain::{
    AssetKind, Coverage, FileRecord, FileStatus, Finding, Persona, RuleInfo, ScanReport, Severity, ToolInfo,
};
use redan_scan::{FileScan, Settings, Text, is_foreign, may_be_model, rules, scan_file, text_of, together};
use redan_source::remote::{self, RemoteFile};
use redan_source::{Found, MappedFile, WalkOptions, sha256, walk};

use crate::Exit;
use crate::cli::{Digests, ScanArgs};
use crate::config::Config;
use crate::progress::Progress;
use crate::suppress::Suppressions;
use crate::{interrupt, output};

/// Below this, hashing costs less than anybody notices.
const SMALL: u64 = 32 << 20;

/// Readers bound their recursion; this leaves room beyond those bounds.
const STACK: usize = 16 << 20;

/// Runs the command.
pub(crate) fn run(args: &ScanArgs) -> Result<Exit> {
    output::check(&args.output)?;
    let config = Config::load(&args.filter)?;
    let mut report = collect(&args.targets, &config, args.output.quiet)?;
    let exit = verdict(&report, &config);
    report.rules = rule_infos(&report, output::lists_all_rules(&args.output));
    filter(&mut report, config.min_severity.value, config.persona.value);
    output::write(&report, &args.output)?;
    Ok(exit)
}

/// Scans `targets` (the current folder if there are none).
///
/// # Errors
/// A target that does not exist, or a configuration that is wrong. Files that cannot be read are in the report.
pub(crate) fn collect(targets: &[String], config: &Config, quiet: bool) -> Result<ScanReport> {
    let targets = if targets.is_empty() { vec![".".to_string()] } else { targets.to_vec() };
    let suppressions = Suppressions::new(config)?;
    let found = find(&targets, config)?;
    let settings = Settings { artifact: config.options()?, disabled: config.disable.value.clone() };
    interrupt::listen();
    let progress = Progress::new(found.len() as u64, quiet);
    let started = jiff::Timestamp::now().to_string();
    let scan = |input: &Input| {
        if interrupt::requested() {
            return None;
        }
        let (scan, text) = one(input, &settings, config.digests.value);
        progress.tick(&scan.record.path);
        Some((scan, text))
    };
    let threads = if found.len() <= 1 { 1 } else { config.threads().min(found.len()) };
    let scans = if threads <= 1 {
        whole(&found, found.iter().map(scan).collect(), &settings, &suppressions)
    } else {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK).build();
        pool.context("threads cannot be started")?
            .install(|| whole(&found, found.par_iter().map(scan).collect(), &settings, &suppressions))
    };
    progress.finish();
    Ok(assemble(targets, started, scans))
}

/// Everything below the targets, in their order.
fn find(targets: &[String], config: &Config) -> Result<Vec<Input>> {
    let options = WalkOptions { exclude: config.exclude.value.clone(), ..WalkOptions::default() };
    let mut found = Vec::new();
    for target in targets {
        // Two targets could hold the same relative path; with several, paths keep the target's name.
        let prefix = if targets.len() > 1 { format!("{}/", target.trim_end_matches('/')) } else { String::new() };
        if remote::is_remote(target) {
            let input = |file: RemoteFile| Input { name: format!("{prefix}{}", file.name), place: Place::Remote(file) };
            found.extend(remote::list(target)?.into_iter().map(input));
            continue;
        }
        let root = Path::new(target);
        if !root.exists() {
            bail!("`{target}` does not exist");
        }
        let prefix = if root.is_dir() { prefix } else { String::new() };
        // What git ignores is no part of the project, but weights are often ignored and are looked at.
        let tracked = WalkOptions { respect_ignore_files: true, ..options.clone() };
        let tracked: HashSet<PathBuf> = if root.is_dir() {
            let files = walk(root, &tracked).map_err(anyhow::Error::msg)?.into_iter();
            files.filter_map(|found| if let Found::File { path, .. } = found { Some(path) } else { None }).collect()
        } else {
            HashSet::from([root.to_path_buf()])
        };
        for file in walk(root, &options).map_err(anyhow::Error::msg)? {
            let input = match file {
                Found::File { path, name } => {
                    let tracked = tracked.contains(&path);
                    if !tracked && !config.all_files.value && is_foreign(&name) && !may_be_model(&name) {
                        let place = Place::Ignored(path.metadata().map_or(0, |metadata| metadata.len()));
                        found.push(Input { name: format!("{prefix}{name}"), place });
                        continue;
                    }
                    Input { name: format!("{prefix}{name}"), place: Place::Local { path, tracked } }
                }
                Found::Unreadable { name, error } => {
                    Input { name: format!("{prefix}{name}"), place: Place::Unreadable(error) }
                }
            };
            found.push(input);
        }
    }
    Ok(found)
}

/// What the single files give, and what they give together.
fn whole(
    found: &[Input],
    scanned: Vec<Option<(FileScan, Option<String>)>>,
    settings: &Settings,
    suppressions: &Suppressions,
) -> Vec<FileScan> {
    let mut scans = Vec::with_capacity(scanned.len());
    let mut texts = Vec::new();
    let mut paths = Vec::with_capacity(scanned.len());
    for (input, scanned) in found.iter().zip(scanned) {
        let Some((scan, text)) = scanned else { continue };
        if let Some(text) = text {
            texts.push(Text { at: scans.len(), path: input.name.clone(), text });
        }
        paths.push(if let Place::Local { path, .. } = &input.place { Some(path.as_path()) } else { None });
        scans.push(scan);
    }
    if !texts.is_empty() && !interrupt::requested() {
        together(&mut scans, &texts, settings);
    }
    for (scan, path) in scans.iter_mut().zip(paths) {
        suppressions.apply(&mut scan.findings, path);
    }
    scans
}

/// One thing to scan.
struct Input {
    /// As reports show it.
    name: String,
    place: Place,
}

/// Where it is.
enum Place {
    Local {
        path: PathBuf,
        /// No ignore file hides it.
        tracked: bool,
    },
    /// In a folder that a build or a package manager made and git ignores; so many bytes.
    Ignored(u64),
    Remote(RemoteFile),
    Unreadable(String),
}

/// One file by itself, and its text if that is part of a project.
fn one(input: &Input, settings: &Settings, digests: Digests) -> (FileScan, Option<String>) {
    let name = &input.name;
    let (path, tracked) = match &input.place {
        Place::Local { path, tracked } => (path, *tracked),
        Place::Unreadable(error) => return (unreadable(name.clone(), error), None),
        Place::Ignored(size) => {
            let mut scan = unreadable(name.clone(), "git ignores it, in a build folder; --all-files looks at it");
            scan.record.status = FileStatus::Skipped;
            scan.record.size = *size;
            return (scan, None);
        }
        Place::Remote(file) => return one_remote(name, file, settings),
    };
    let file = match MappedFile::open(path) {
        Ok(file) => file,
        Err(error) => return (unreadable(name.clone(), &error.to_string()), None),
    };
    let mut scan = scan_file(name, &file, settings);
    let text = if tracked { text_of(name, &file) } else { None };
    if !tracked {
        // Of what git ignores only weights are the project's.
        scan.assets.retain(|asset| matches!(asset.kind, AssetKind::Model | AssetKind::Adapter | AssetKind::Package));
    }
    let hash = match digests {
        Digests::None => false,
        Digests::Small => scan.record.size < SMALL && scan.record.status != FileStatus::Skipped,
        Digests::All => true,
    };
    if hash {
        scan.record.sha256 = sha256(path).ok();
    }
    (scan, text)
}

/// A remote file is not hashed, that would fetch it whole; the digest that its host states is passed on.
fn one_remote(name: &str, file: &RemoteFile, settings: &Settings) -> (FileScan, Option<String>) {
    let input = match file.open() {
        Ok(input) => input,
        Err(error) => return (unreadable(name.to_string(), &error.to_string()), None),
    };
    let mut scan = scan_file(name, &*input, settings);
    scan.record.sha256.clone_from(&file.sha256);
    (scan, text_of(name, &*input))
}

fn unreadable(path: String, error: &str) -> FileScan {
    let record = FileRecord {
        path,
        format: "unknown".to_string(),
        status: FileStatus::Failed,
        reasons: vec![error.to_string()],
        size: 0,
        sha256: None,
        findings: Vec::new(),
    };
    FileScan { record, findings: Vec::new(), assets: Vec::new(), edges: Vec::new() }
}

fn assemble(targets: Vec<String>, started: String, scans: Vec<FileScan>) -> ScanReport {
    let mut report = ScanReport {
        tool: ToolInfo { name: "redan".to_string(), version: env!("CARGO_PKG_VERSION").to_string() },
        targets,
        started,
        ..ScanReport::default()
    };
    let mut coverage = Coverage { interrupted: interrupt::requested(), ..Coverage::default() };
    let mut findings: Vec<(usize, Finding)> = Vec::new();
    for scan in scans {
        coverage.count(&scan.record);
        let file = report.files.len();
        findings.extend(scan.findings.into_iter().map(|finding| (file, finding)));
        report.assets.extend(scan.assets);
        report.edges.extend(scan.edges);
        report.files.push(scan.record);
    }
    // Stable: within one severity the order of the files stays.
    findings.sort_by_key(|(_, finding)| std::cmp::Reverse(finding.severity));
    for (index, (file, finding)) in findings.into_iter().enumerate() {
        if let Some(record) = report.files.get_mut(file) {
            record.findings.push(index);
        }
        report.findings.push(finding);
    }
    report.coverage = coverage;
    report
}

/// What is said about rules: all of them if a format lists them, else those that fired.
pub(crate) fn rule_infos(report: &ScanReport, all: bool) -> Vec<RuleInfo> {
    if all {
        return rules().iter().map(|rule| rule.info()).collect();
    }
    let fired: BTreeSet<&str> = report.findings.iter().map(|finding| finding.rule.as_str()).collect();
    fired.into_iter().filter_map(redan_scan::rules::by_id).map(redan_scan::Rule::info).collect()
}

/// Leaves out what the user does not want to see. The verdict was computed before.
pub(crate) fn filter(report: &mut ScanReport, min_severity: Severity, persona: Persona) {
    let mut kept = Vec::new();
    let mut new_index = vec![None; report.findings.len()];
    for (index, finding) in std::mem::take(&mut report.findings).into_iter().enumerate() {
        if finding.severity >= min_severity && finding.persona <= persona {
            if let Some(slot) = new_index.get_mut(index) {
                *slot = Some(kept.len());
            }
            kept.push(finding);
        } else {
            report.coverage.hidden += 1;
        }
    }
    report.findings = kept;
    for file in &mut report.files {
        file.findings = file.findings.iter().filter_map(|index| new_index.get(*index).copied().flatten()).collect();
    }
}

/// The exit code: see the table in `redan scan --help`.
pub(crate) fn verdict(report: &ScanReport, config: &Config) -> Exit {
    let counts = |finding: &Finding| {
        finding.suppressed.is_none()
            && finding.persona <= config.persona.value
            && config.fail_on.value.is_some_and(|least| finding.severity >= least)
    };
    let coverage = &report.coverage;
    if coverage.interrupted {
        Exit::Error
    } else if report.findings.iter().any(counts) {
        Exit::Findings
    } else if coverage.failed > 0 || coverage.scanned + coverage.incomplete == 0 {
        Exit::Nothing
    } else if config.fail_on_incomplete.value && coverage.incomplete > 0 {
        Exit::Findings
    } else {
        Exit::Clean
    }
}

/// A path for messages, without a needless `./`.
pub(crate) fn shown(path: &Path) -> PathBuf {
    path.strip_prefix(".").unwrap_or(path).to_path_buf()
}
