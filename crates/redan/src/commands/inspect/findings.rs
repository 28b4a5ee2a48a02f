//! Detections as findings, so that every report format can show them.

use std::collections::BTreeMap;

use redan_artifact::text;
use redan_domain::{Confidence, Excerpt, Finding, Location, Persona, RuleInfo, Severity};
use redan_inspect::detectors::by_id;
use redan_inspect::{Category, Detection, Inspection, Verdict, View, readable};
use redan_source::MappedFile;

use super::input::Record;

/// Entry of the joint verdict on injection.
pub(super) const INJECTION: &str = "prompt-injection";

/// Bytes around a value that are looked at for its excerpt.
const AROUND: usize = 512;

/// What is found in one text, as far as it is wanted. Secrets are shown by their first characters only, unless asked
/// for.
pub(super) fn findings(
    record: &Record<'_>,
    text: &[u8],
    inspection: &Inspection,
    show: bool,
    wanted: impl Fn(Severity, Persona) -> bool,
) -> Vec<Finding> {
    let mut places = Places::new(text, record.mapped);
    let mut seen = BTreeMap::new();
    let mut all = Vec::new();
    for detection in &inspection.detections {
        let (severity, persona) = weight(&detection.detector);
        if !wanted(severity, persona) {
            continue;
        }
        let (line, column) = places.line_column(detection.span.start);
        let value = readable(text.get(detection.span.clone()).unwrap_or_default());
        let mut finding = finding(record, detection);
        finding.location.line.get_or_insert(line);
        finding.location.column = record.line.is_none().then_some(column);
        finding.location.offset = Some(detection.span.start as u64);
        finding.location.len = Some(detection.span.len() as u64);
        finding.excerpt = Some(excerpt(text, detection, finding.location.line, show));
        finding.fingerprint = fingerprint(&finding.rule, record.path, &value, &mut seen);
        all.push(finding);
    }
    let injection = &inspection.injection;
    let severity = if injection.verdict == Verdict::Attack { Severity::High } else { Severity::Medium };
    if injection.verdict >= Verdict::Suspicious && wanted(severity, weight(INJECTION).1) {
        let mut finding = finding(
            record,
            &Detection {
                kind: INJECTION.into(),
                detector: INJECTION.into(),
                category: Category::Injection,
                span: 0..0,
                score: injection.score,
                view: View::Raw,
                evidence: injection.reasons.join("; "),
            },
        );
        finding.severity = severity;
        finding.fingerprint = fingerprint(INJECTION, record.path, &record.id, &mut seen);
        all.push(finding);
    }
    all
}

/// How bad the findings of a detector are, and for whom.
fn weight(detector: &str) -> (Severity, Persona) {
    let entry = by_id(detector).and_then(|detector| detector.entry());
    entry.map_or((Severity::High, Persona::Developer), |entry| (entry.severity, entry.persona))
}

/// Everything but the place.
fn finding(record: &Record<'_>, detection: &Detection) -> Finding {
    let entry = by_id(&detection.detector).and_then(|detector| detector.entry());
    let (severity, persona) = weight(&detection.detector);
    let title =
        entry.map_or_else(|| format!("`{}`, a detector of redan.toml", detection.kind), |entry| entry.title.clone());
    let message = if detection.evidence.is_empty() { title } else { format!("{title} ({})", detection.evidence) };
    Finding {
        rule: detection.detector.to_string(),
        severity,
        confidence: match detection.score {
            score if score >= 0.85 => Confidence::High,
            score if score >= 0.6 => Confidence::Medium,
            _ => Confidence::Low,
        },
        persona,
        message,
        location: Location {
            path: record.path.to_string(),
            line: record.line,
            pointer: record.pointer.clone(),
            ..Location::default()
        },
        excerpt: None,
        fix: entry.map_or_else(|| "remove or redact it".to_string(), |entry| entry.fix.clone()),
        fingerprint: String::new(),
        related: Vec::new(),
        steps: Vec::new(),
        suppressed: None,
    }
}

/// The line of a detection with the value underlined; of a secret only the first characters are shown.
fn excerpt(text: &[u8], detection: &Detection, line: Option<u32>, show: bool) -> Excerpt {
    let span = &detection.span;
    let (from, to) = (span.start.saturating_sub(AROUND), text.len().min(span.end.saturating_add(AROUND)));
    let part = |range: std::ops::Range<usize>| readable(text.get(range).unwrap_or_default());
    let value = part(span.clone());
    let value = if detection.category == Category::Secret && !show { masked(&value) } else { value.into_owned() };
    let before = part(from..span.start);
    let shown = format!("{before}{value}{}", part(span.end..to));
    let mut excerpt = text::excerpt(&shown, before.len(), value.len(), &detection.kind);
    if let (Some(first), Some(line)) = (excerpt.lines.first_mut(), line) {
        first.label = line.to_string();
    }
    excerpt
}

/// All but the first characters of a value replaced; line breaks stay.
fn masked(value: &str) -> String {
    let keep = (value.chars().count() / 4).min(4);
    value.chars().enumerate().map(|(at, c)| if at < keep || c == '\n' { c } else { '*' }).collect()
}

/// Bytes that are counted before their memory is given back.
const STEP: usize = 8 << 20;

/// Lines, columns and characters of rising byte offsets, each byte counted once.
pub(super) struct Places<'a> {
    text: &'a [u8],
    /// Where the text comes from, if its memory can be given back once it is counted.
    mapped: Option<&'a MappedFile>,
    /// Up to here it was given back.
    released: usize,
    at: usize,
    line: u32,
    line_start: usize,
    chars: usize,
}

impl<'a> Places<'a> {
    pub(super) fn new(text: &'a [u8], mapped: Option<&'a MappedFile>) -> Self {
        Self { text, mapped, released: 0, at: 0, line: 1, line_start: 0, chars: 0 }
    }

    /// Line and column, from 1, the column in characters.
    fn line_column(&mut self, offset: usize) -> (u32, u32) {
        self.advance(offset);
        let before = self.text.get(self.line_start..self.at).unwrap_or_default();
        // A line of a megabyte has no column worth counting for each value in it.
        let column = if before.len() > 64 << 10 { before.len() } else { characters(before) };
        (self.line, u32::try_from(column + 1).unwrap_or(u32::MAX))
    }

    /// Characters before an offset.
    pub(super) fn characters(&mut self, offset: usize) -> usize {
        self.advance(offset);
        self.chars
    }

    fn advance(&mut self, offset: usize) {
        let offset = offset.min(self.text.len());
        if offset < self.at {
            *self = Self::new(self.text, self.mapped);
        }
        while self.at < offset {
            let end = offset.min(self.at + STEP);
            let passed = self.text.get(self.at..end).unwrap_or_default();
            self.chars += characters(passed);
            for (index, _) in passed.iter().enumerate().filter(|(_, byte)| **byte == b'\n') {
                self.line = self.line.saturating_add(1);
                self.line_start = self.at + index + 1;
            }
            self.at = end;
            if let Some(file) = self.mapped.filter(|_| end - self.released >= STEP) {
                file.release(self.released..end);
                self.released = end;
            }
        }
    }
}

/// UTF-8 characters in these bytes: those that do not continue one.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

fn fingerprint(rule: &str, path: &str, value: &str, seen: &mut BTreeMap<String, u32>) -> String {
    let key = format!("{rule}\0{path}\0{value}");
    let occurrence = seen.entry(key.clone()).or_default();
    let print = redan_scan::fingerprint_of(&format!("{key}\0{occurrence}"));
    *occurrence += 1;
    print
}

/// What reports say about the detectors that fired.
pub(super) fn rule_infos(findings: &[Finding], all: bool) -> Vec<RuleInfo> {
    let mut infos: BTreeMap<String, RuleInfo> = BTreeMap::new();
    if all {
        infos
            .extend(redan_inspect::detectors::detectors().iter().filter_map(|d| Some((d.id().to_string(), d.info()?))));
    }
    for finding in findings {
        if infos.contains_key(&finding.rule) {
            continue;
        }
        let known = by_id(&finding.rule).and_then(redan_inspect::Detector::info);
        let info = known.unwrap_or_else(|| RuleInfo {
            id: finding.rule.clone(),
            title: finding.rule.clone(),
            severity: finding.severity,
            confidence: finding.confidence,
            persona: finding.persona,
            since: env!("CARGO_PKG_VERSION").to_string(),
            family: "custom".to_string(),
            maps: Vec::new(),
            fix: finding.fix.clone(),
            help: "A detector of this configuration.".to_string(),
        });
        infos.insert(info.id.clone(), info);
    }
    infos.into_values().collect()
}
