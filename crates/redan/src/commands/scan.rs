//! `redan scan`: from targets to a report.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use redan_domain::{
    AssetKind, Coverage, FileRecord, FileStatus, Finding, Persona, ReadAt, RuleInfo, ScanReport, Severity, ToolInfo,
};
use redan_scan::{FileScan, Settings, Text, is_foreign, may_be_model, rules, scan_file, text_of, together};
use redan_source::remote::{self, RemoteFile};
use redan_source::{Found, MappedFile, WalkOptions, sha256, walk};

use crate::Exit;
use crate::cache::{self, Cache};
use crate::cli::{Digests, ScanArgs};
use crate::config::Config;
use crate::progress::Progress;
use crate::suppress::Suppressions;
use crate::{git, interrupt, output};

/// Below this, hashing costs less than anybody notices.
const SMALL: u64 = 32 << 20;

/// Runs the command.
pub(crate) fn run(args: &ScanArgs) -> Result<Exit> {
    output::check(&args.output)?;
    let config = Config::load(&args.filter)?;
    let mut report = collect_changed(&args.targets, &config, args.output.quiet, args.changed_since.as_deref())?;
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
    collect_changed(targets, config, quiet, None)
}

/// The same, of files that differ from a revision. The others are read where they belong to the project, because what
/// is wrong in one file may show in another, but nothing is reported of them.
fn collect_changed(targets: &[String], config: &Config, quiet: bool, since: Option<&str>) -> Result<ScanReport> {
    let targets = if targets.is_empty() { vec![".".to_string()] } else { targets.to_vec() };
    let suppressions = Suppressions::new(config)?;
    let mut found = find(&targets, config)?;
    if let Some(revision) = since {
        leave_out_unchanged(&mut found, revision, &targets)?;
    }
    let settings =
        Settings { artifact: config.options()?, disabled: config.disable.value.clone(), partial: since.is_some() };
    interrupt::listen();
    let cache = Cache::open(&targets, config, found.len())?;
    let progress = Progress::new(found.len() as u64, quiet);
    let started = jiff::Timestamp::now().to_string();
    let threads = if found.len() <= 1 { 1 } else { config.threads().min(found.len()) };
    let run = Run { found: &found, settings: &settings, digests: config.digests.value, threads, progress: &progress };
    let all = || run.all(cache.as_ref().map(|cache| (cache, since.is_none())));
    let mut scans = if threads <= 1 {
        all()
    } else {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(redan_scan::STACK);
        let pool = pool.start_handler(|_| redan_scan::has_stack()).build();
        pool.context("threads cannot be started")?.install(all)
    };
    progress.finish();
    finish(&mut scans, &suppressions);
    Ok(assemble(targets, started, scans.into_iter().map(|(_, scan)| scan).collect()))
}

/// One run over everything that was found.
struct Run<'a> {
    found: &'a [Input],
    settings: &'a Settings,
    digests: Digests,
    threads: usize,
    progress: &'a Progress,
}

impl<'a> Run<'a> {
    /// What every input gives, by itself and with the others; from the cache as far as it has that. The flag says
    /// whether the result is stored.
    fn all(&self, cache: Option<(&Cache, bool)>) -> Vec<(&'a Input, FileScan)> {
        let inputs: Vec<cache::Input> = self.found.iter().map(Input::for_cache).collect();
        let identities = cache.map(|(cache, _)| self.each(&inputs, |input| cache.identify(input))).unwrap_or_default();
        if let Some(whole) = cache.and_then(|(cache, _)| cache.whole(&inputs, &identities)) {
            let scan = |(input, scan): (&'a Input, Option<FileScan>)| {
                self.progress.tick(&input.name);
                (input, scan.unwrap_or_else(|| self.one(input).0))
            };
            return self.found.iter().zip(whole).map(scan).collect();
        }
        let indices: Vec<usize> = (0..self.found.len()).collect();
        let scanned = self.each(&indices, |&at| {
            let input = self.found.get(at).filter(|_| !interrupt::requested())?;
            let known = cache.zip(inputs.get(at)).and_then(|((cache, _), as_cached)| {
                cache.alone(as_cached, identities.get(at).and_then(Option::as_ref))
            });
            let (scan, text) = match (known, input.changed()) {
                (Some(known), true) => (known.clone(), input.text()),
                _ => self.one(input),
            };
            self.progress.tick(&scan.record.path);
            Some((input, scan, text))
        });
        let mut members = Vec::with_capacity(scanned.len());
        let mut scans = Vec::with_capacity(scanned.len());
        let mut texts = Vec::new();
        for (input, scan, text) in scanned.into_iter().flatten() {
            if let Some(text) = text {
                texts.push(Text { at: scans.len(), path: input.name.clone(), text });
            }
            members.push(input);
            scans.push(scan);
        }
        let alone = if cache.is_some() { scans.clone() } else { Vec::new() };
        if !texts.is_empty() && !interrupt::requested() {
            together(&mut scans, &texts, self.settings);
        }
        if let Some((cache, true)) = cache
            && !interrupt::requested()
        {
            cache.save(&inputs, identities, alone, &scans);
        }
        members.into_iter().zip(scans).collect()
    }

    fn each<T: Sync, R: Send>(&self, items: &[T], work: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
        if self.threads <= 1 { items.iter().map(work).collect() } else { items.par_iter().map(work).collect() }
    }

    fn one(&self, input: &Input) -> (FileScan, Option<String>) {
        one(input, self.settings, self.digests)
    }
}

/// Leaves out what is not reported, and marks what does not count.
fn finish(scans: &mut [(&Input, FileScan)], suppressions: &Suppressions) {
    for (input, scan) in scans {
        let path = if let Place::Local { path, .. } = &input.place { Some(path.as_path()) } else { None };
        if !input.changed() {
            *scan = skipped(&scan.record.path, scan.record.size, UNCHANGED);
        }
        suppressions.apply(&mut scan.findings, path);
    }
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
                    Input { name: format!("{prefix}{name}"), place: Place::Local { path, tracked, changed: true } }
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

/// Marks what is as it was at `revision`.
fn leave_out_unchanged(found: &mut [Input], revision: &str, targets: &[String]) -> Result<()> {
    let mut changed = HashSet::new();
    for target in targets.iter().filter(|target| !remote::is_remote(target)) {
        changed.extend(git::changed_since(revision, Path::new(target))?);
    }
    for input in found {
        if let Place::Local { path, changed: is_changed, .. } = &mut input.place {
            *is_changed = path.canonicalize().is_ok_and(|path| changed.contains(&path));
        }
    }
    Ok(())
}

/// One thing to scan.
struct Input {
    /// As reports show it.
    name: String,
    place: Place,
}

impl Input {
    /// Whether it is reported.
    fn changed(&self) -> bool {
        !matches!(self.place, Place::Local { changed: false, .. })
    }

    /// What it says, if it is read as part of the project.
    fn text(&self) -> Option<String> {
        let Place::Local { path, tracked: true, .. } = &self.place else { return None };
        text_of(&self.name, &MappedFile::open(path).ok()?)
    }

    fn for_cache(&self) -> cache::Input<'_> {
        match &self.place {
            Place::Local { path, tracked, .. } => cache::Input::File { name: &self.name, path, tracked: *tracked },
            Place::Ignored(size) => cache::Input::LeftOut { name: &self.name, size: *size },
            Place::Remote(_) | Place::Unreadable(_) => cache::Input::Other,
        }
    }
}

/// Where it is.
enum Place {
    Local {
        path: PathBuf,
        /// No ignore file hides it.
        tracked: bool,
        /// It is reported.
        changed: bool,
    },
    /// In a folder that a build or a package manager made and git ignores; so many bytes.
    Ignored(u64),
    Remote(RemoteFile),
    Unreadable(String),
}

/// One file by itself, and its text if that is part of a project.
fn one(input: &Input, settings: &Settings, digests: Digests) -> (FileScan, Option<String>) {
    let name = &input.name;
    let (path, tracked, changed) = match &input.place {
        Place::Local { path, tracked, changed } => (path, *tracked, *changed),
        Place::Unreadable(error) => return (unreadable(name.clone(), error), None),
        Place::Ignored(size) => {
            return (skipped(name, *size, "git ignores it, in a build folder; --all-files looks at it"), None);
        }
        Place::Remote(file) => return one_remote(name, file, settings),
    };
    let file = match MappedFile::open(path) {
        Ok(file) => file,
        Err(error) => return (unreadable(name.clone(), &error.to_string()), None),
    };
    if !changed {
        let text = if tracked { text_of(name, &file) } else { None };
        return (skipped(name, file.size(), UNCHANGED), text);
    }
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

/// Why a file is not reported when only changes are.
const UNCHANGED: &str = "as it was at the revision";

fn skipped(name: &str, size: u64, why: &str) -> FileScan {
    let mut scan = unreadable(name.to_string(), why);
    scan.record.status = FileStatus::Skipped;
    scan.record.size = size;
    scan
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
    } else if coverage.failed > 0 || (coverage.scanned + coverage.incomplete == 0 && !only_unchanged(report)) {
        Exit::Nothing
    } else if config.fail_on_incomplete.value && coverage.incomplete > 0 {
        Exit::Findings
    } else {
        Exit::Clean
    }
}

/// Whether something was there and nothing of it changed.
fn only_unchanged(report: &ScanReport) -> bool {
    report.files.iter().any(|file| file.reasons.iter().any(|reason| reason == UNCHANGED))
}

/// A path for messages, without a needless `./`.
pub(crate) fn shown(path: &Path) -> PathBuf {
    path.strip_prefix(".").unwrap_or(path).to_path_buf()
}
