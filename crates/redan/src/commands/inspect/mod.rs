//! `redan inspect`: what in a text is dangerous or must not leave.

mod findings;
mod fit;
mod input;
mod models;
mod record;
mod redact;

use std::io::{self, BufWriter, Write};
use std::mem::ManuallyDrop;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result};
use rayon::prelude::*;
use redan_domain::{Coverage, FileRecord, FileStatus, Finding, Persona, ScanReport, Severity, Subject, ToolInfo};
use redan_inspect::{Context, Inspector};
use redan_report::Format;

use crate::Exit;
use crate::cli::{InspectArgs, InspectCommand, InspectInput};
use crate::config::Config;
use crate::progress::Progress;
use crate::suppress::Suppressions;
use crate::{interrupt, output};
use input::{Line, Record, Source};

/// Runs the command.
pub(crate) fn run(args: &InspectArgs) -> Result<Exit> {
    if let Some(InspectCommand::Fit(args)) = &args.command {
        return fit::run(args);
    }
    output::check(&args.output)?;
    let config = Config::load(&args.filter)?;
    let mut options = config.inspect_options(args)?;
    models::load(args, &mut options)?;
    // Lives as long as the process: to take it apart at the end would be for nothing.
    let inspector = ManuallyDrop::new(Inspector::new(options)?);
    let context = context(args, &config)?;
    if args.redact.stream {
        return redact::redact_stream(&args.redact, ManuallyDrop::into_inner(inspector), context);
    }
    let targets = if args.targets.is_empty() { vec!["-".to_string()] } else { args.targets.clone() };
    let sources = input::sources(&targets, args.input, &config.exclude.value)?;
    if args.redact.restore {
        return redact::restore(&args.redact, sources);
    }
    if args.redact.redact {
        return redact::redact(&args.redact, sources, ManuallyDrop::into_inner(inspector), context);
    }
    interrupt::listen();
    // One thread is this one: with none beside it, memory comes without locks.
    let threads = config.threads();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    let pool = if threads == 1 { pool.use_current_thread() } else { pool };
    let pool = pool.build().context("threads cannot be started")?;
    let mut run = Run {
        inspector: &inspector,
        context: &context,
        suppressions: Suppressions::new(&config)?,
        args,
        report: report(targets),
        coverage: Coverage::default(),
        records: Records::new(args)?,
        seen: Mutex::default(),
    };
    let progress = Progress::new(sources.len() as u64, args.output.quiet);
    pool.install(|| run.all(sources, &progress))?;
    progress.finish();
    run.finish(&config)
}

/// What is known about the texts besides their bytes.
fn context(args: &InspectArgs, config: &Config) -> Result<Context> {
    let read = |path: &Path| {
        let bytes = std::fs::read(path).with_context(|| format!("`{}` cannot be read", path.display()))?;
        Ok::<_, anyhow::Error>(redan_inspect::readable(&bytes).into_owned())
    };
    Ok(Context {
        channel: args.channel,
        trusted_domains: [&args.trusted_domain, config.trusted_domains()].concat(),
        conversation: args.conversation.iter().map(|path| read(path)).collect::<Result<_>>()?,
        system_prompt: args.system_prompt.as_deref().map(read).transpose()?,
        canaries: args.canary.clone(),
    })
}

fn report(targets: Vec<String>) -> ScanReport {
    ScanReport {
        subject: Subject::Texts,
        tool: ToolInfo { name: "redan".to_string(), version: env!("CARGO_PKG_VERSION").to_string() },
        targets,
        started: jiff::Timestamp::now().to_string(),
        ..ScanReport::default()
    }
}

/// Sources that are looked at side by side.
const GROUP: usize = 256;

/// Most reasons that are kept of one file.
const MOST_REASONS: usize = 20;

/// Records of a file that were looked at and that could not be.
#[derive(Default)]
struct Count {
    looked: u64,
    failed: u64,
}

/// Whether two findings mean the same for the exit code: then one of them is enough where only that is needed.
fn counts_alike(a: &Finding, b: &Finding) -> bool {
    (a.severity, a.persona, a.suppressed.is_some()) == (b.severity, b.persona, b.suppressed.is_some())
}

/// Where JSON records go while the run is on; other formats are written at its end.
struct Records {
    out: Option<BufWriter<io::Stdout>>,
    /// One JSON document instead of a line a record.
    document: bool,
    written: u64,
    /// Findings are kept for a report; else memory does not grow with their number.
    needs_report: bool,
}

impl Records {
    fn new(args: &InspectArgs) -> Result<Self> {
        let format = args.output.format.unwrap_or_default();
        let document = format == Format::Json;
        let wanted = document || format == Format::Jsonl;
        let mut out = wanted.then(|| BufWriter::new(io::stdout()));
        if let (Some(out), true) = (&mut out, document) {
            write!(out, "{{\"schema_version\":{},\"records\":[", record::SCHEMA_VERSION)?;
        }
        let needs_report = !wanted || !args.output.output.is_empty();
        Ok(Self { out, document, written: 0, needs_report })
    }

    fn write(&mut self, record: &[u8]) -> io::Result<()> {
        let Some(out) = &mut self.out else { return Ok(()) };
        if self.document && self.written > 0 {
            out.write_all(b",\n")?;
        }
        self.written += 1;
        out.write_all(record)?;
        if self.document { Ok(()) } else { out.write_all(b"\n") }
    }

    fn finish(&mut self) -> io::Result<()> {
        let Some(out) = &mut self.out else { return Ok(()) };
        if self.document {
            out.write_all(b"]}\n")?;
        }
        out.flush()
    }
}

/// One run over all sources.
struct Run<'a> {
    inspector: &'a Inspector,
    context: &'a Context,
    suppressions: Suppressions,
    args: &'a InspectArgs,
    report: ScanReport,
    coverage: Coverage,
    records: Records,
    /// What was found already, where one finding of a kind is enough for the exit code.
    seen: Mutex<Vec<(Severity, Persona)>>,
}

/// What became of one record.
struct Done {
    /// The record as JSON, if it is to be written.
    written: Option<Vec<u8>>,
    findings: Vec<Finding>,
    incomplete: Vec<String>,
    error: Option<String>,
}

impl Run<'_> {
    fn all(&mut self, sources: Vec<Source>, progress: &Progress) -> Result<()> {
        let mut sources = sources.into_iter();
        loop {
            // Files are open as long as their group.
            let group: Vec<Source> = sources.by_ref().take(GROUP).collect();
            if group.is_empty() {
                break;
            }
            if interrupt::requested() {
                self.coverage.interrupted = true;
                break;
            }
            // Whole texts go side by side; the lines of a file do so among themselves.
            let whole: Vec<Option<Done>> = group.par_iter().map(|source| self.whole(source)).collect();
            for (source, done) in group.iter().zip(whole) {
                self.source(source, done)?;
                progress.tick(&source.name);
            }
        }
        Ok(())
    }

    /// The one text that a source is, unless its lines are records or it is no text.
    fn whole(&self, source: &Source) -> Option<Done> {
        (!source.is_lines() && !self.skips(source)).then(|| self.one(&source.record()))
    }

    fn skips(&self, source: &Source) -> bool {
        source.is_binary() && self.args.input != InspectInput::Text
    }

    fn source(&mut self, source: &Source, whole: Option<Done>) -> Result<()> {
        let size = source.bytes().map_or(0, |bytes| bytes.len() as u64);
        let mut file = FileRecord {
            path: source.name.clone(),
            format: if source.is_lines() { "jsonl" } else { "text" }.to_string(),
            status: FileStatus::Scanned,
            reasons: Vec::new(),
            size,
            sha256: None,
            findings: Vec::new(),
        };
        let mut count = Count::default();
        match whole {
            Some(done) => self.take(source, &mut file, done, &mut count)?,
            None if self.skips(source) => {
                file.status = FileStatus::Skipped;
                file.reasons.push("not a text; --input text looks at it nevertheless".to_string());
            }
            // What cannot be read has no lines.
            None if source.bytes().is_err() => {
                let done = self.one(&source.record());
                self.take(source, &mut file, done, &mut count)?;
            }
            None => source.batches(|batch| {
                let record = |line: &Line<'_>| input::record(&source.name, *line, self.args.field.as_deref());
                let done: Vec<Done> = batch.par_iter().map(|line| self.one(&record(line))).collect();
                done.into_iter().try_for_each(|done| self.take(source, &mut file, done, &mut count))
            })?,
        }
        if count.failed > 0 {
            file.status = if count.looked == 0 { FileStatus::Failed } else { FileStatus::Incomplete };
        }
        self.coverage.count(&file);
        self.report.files.push(file);
        Ok(())
    }

    /// Writes one result, or keeps it for the report.
    fn take(&mut self, source: &Source, file: &mut FileRecord, mut done: Done, count: &mut Count) -> Result<()> {
        if let Some(record) = &done.written {
            self.records.write(record)?;
        }
        match done.error {
            Some(error) => {
                count.failed += 1;
                if file.reasons.len() < MOST_REASONS {
                    file.reasons.push(error);
                }
            }
            None => count.looked += 1,
        }
        for reason in done.incomplete {
            file.status = FileStatus::Incomplete;
            if file.reasons.len() < MOST_REASONS && !file.reasons.contains(&reason) {
                file.reasons.push(reason);
            }
        }
        self.suppressions.apply(&mut done.findings, source.path.as_deref());
        for finding in done.findings {
            if self.records.needs_report || !self.report.findings.iter().any(|known| counts_alike(known, &finding)) {
                file.findings.push(self.report.findings.len());
                self.report.findings.push(finding);
            }
        }
        Ok(())
    }

    /// Whether a finding is to be kept, or may count for the exit code as none before it did.
    fn wants(&self, severity: Severity, persona: Persona) -> bool {
        if self.records.needs_report || !self.suppressions.is_empty() {
            return true;
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let first = !seen.contains(&(severity, persona));
        if first {
            seen.push((severity, persona));
        }
        first
    }

    fn one(&self, record: &Record<'_>) -> Done {
        let text = match &record.text {
            Ok(text) => text,
            Err(error) => {
                let written = self.records.out.is_some().then(|| record::error_of(record, error));
                return Done { written, findings: Vec::new(), incomplete: Vec::new(), error: Some(error.clone()) };
            }
        };
        // A panic in one text is reported, and the run goes on.
        let done = |bytes| {
            if let Some(file) = record.mapped {
                file.release(bytes);
            }
        };
        let looked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            self.inspector.inspect_blocks(text, self.context, done)
        }));
        let Ok(inspection) = looked else {
            let error = format!("the inspection of `{}` failed inside; please report it", record.id);
            let written = self.records.out.is_some().then(|| record::error_of(record, &error));
            return Done { written, findings: Vec::new(), incomplete: Vec::new(), error: Some(error) };
        };
        Done {
            written: self.records.out.is_some().then(|| record::json_of(record, text, &inspection)),
            findings: findings::findings(record, text, &inspection, self.args.show_secrets, |severity, persona| {
                self.wants(severity, persona)
            }),
            incomplete: inspection.incomplete,
            error: None,
        }
    }

    fn finish(mut self, config: &Config) -> Result<Exit> {
        self.report.coverage = self.coverage;
        sort_by_severity(&mut self.report);
        let exit = super::scan::verdict(&self.report, config);
        let all = output::lists_all_rules(&self.args.output);
        self.report.rules = findings::rule_infos(&self.report.findings, all);
        super::scan::filter(&mut self.report, config.min_severity.value, config.persona.value);
        for file in self.report.files.iter().filter(|file| file.status == FileStatus::Failed) {
            eprintln!("{}: {}", file.path, file.reasons.join("; "));
        }
        match self.records.out {
            Some(_) => {
                output::write_files(&self.report, &self.args.output)?;
                match self.records.finish() {
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
                    result => result?,
                }
            }
            None => output::write(&self.report, &self.args.output)?,
        }
        Ok(exit)
    }
}

/// Most severe first, as in every report; files keep pointing at their findings.
fn sort_by_severity(report: &mut ScanReport) {
    let mut order: Vec<usize> = (0..report.findings.len()).collect();
    order.sort_by_key(|index| report.findings.get(*index).map(|finding| std::cmp::Reverse(finding.severity)));
    let mut place = vec![0; order.len()];
    for (new, old) in order.iter().enumerate() {
        if let Some(place) = place.get_mut(*old) {
            *place = new;
        }
    }
    let mut sorted: Vec<Option<Finding>> = std::mem::take(&mut report.findings).into_iter().map(Some).collect();
    report.findings = order.iter().filter_map(|old| sorted.get_mut(*old).and_then(Option::take)).collect();
    for file in &mut report.files {
        file.findings = file.findings.iter().filter_map(|old| place.get(*old).copied()).collect();
    }
}
