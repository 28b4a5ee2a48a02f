//! What a scan comes to: counts, the verdict in one sentence, and what to do next.

use std::collections::HashMap;
use std::fmt::Write as _;

use redan_domain::{FileRecord, FileStatus, Finding, ScanReport, Severity, Subject};

use crate::Style;
use crate::text::{count, size, visible};

/// The counts behind a verdict. Suppressed findings never enter it.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    subject: Subject,
    /// Findings that count, from info to critical.
    findings: [u64; 5],
    /// Files by their worst finding that counts, from info to critical.
    files: [u64; 5],
    /// Findings that a user said do not count.
    pub(crate) suppressed: u64,
    /// Files recognised, whether or not understood to the end.
    pub(crate) examined: u64,
    /// Files that must not be read as clean.
    pub(crate) unclear: u64,
    seen: u64,
    interrupted: bool,
    /// Whether something severe is wrong with a project, and not only with files that are loaded.
    project: bool,
    /// Files of models that would run code when loaded.
    acting: u64,
    /// The worst finding that counts: its place and rule.
    first: String,
}

/// Whether rules of a family judge a project: its code, agents or infrastructure, not what is in a model file.
fn judges_projects(family: &str) -> bool {
    family == "code" || ["code-", "agent-", "infra-"].iter().any(|start| family.starts_with(start))
}

impl Summary {
    pub(crate) fn of(report: &ScanReport) -> Self {
        let coverage = &report.coverage;
        let mut summary = Self {
            subject: report.subject,
            examined: coverage.scanned + coverage.incomplete,
            unclear: coverage.incomplete + coverage.failed,
            seen: coverage.seen,
            interrupted: coverage.interrupted,
            ..Self::default()
        };
        for finding in &report.findings {
            match finding.suppressed {
                Some(_) => summary.suppressed += 1,
                None => bump(&mut summary.findings, finding.severity),
            }
        }
        let families: HashMap<&str, &str> =
            report.rules.iter().map(|rule| (rule.id.as_str(), rule.family.as_str())).collect();
        let of_project =
            |finding: &Finding| families.get(finding.rule.as_str()).is_some_and(|name| judges_projects(name));
        for file in &report.files {
            if let Some(worst) = worst(file, report) {
                bump(&mut summary.files, worst);
            }
            let acts = |finding: &Finding| finding.severity == Severity::Critical && !of_project(finding);
            summary.acting += u64::from(counting(file, report).any(acts));
        }
        let mut counting = report.findings.iter().filter(|finding| finding.suppressed.is_none());
        if let Some(finding) = counting.clone().next() {
            summary.first = format!("{} ({})", visible(&finding.location.to_string()), finding.rule);
        }
        summary.project = counting.any(|finding| finding.severity >= summary.floor() && of_project(finding));
        summary
    }

    /// Findings of this severity that count.
    pub(crate) fn at(&self, severity: Severity) -> u64 {
        self.findings.get(severity as usize).copied().unwrap_or(0)
    }

    /// Findings that count.
    pub(crate) fn total(&self) -> u64 {
        self.findings.iter().sum()
    }

    /// The worst severity that counts.
    pub(crate) fn worst(&self) -> Option<Severity> {
        Severity::ALL.iter().rev().copied().find(|severity| self.at(*severity) > 0)
    }

    /// Where what decides the verdict begins.
    fn floor(&self) -> Severity {
        self.worst().map_or(Severity::High, |worst| worst.min(Severity::High))
    }

    fn files_at(&self, severity: Severity) -> u64 {
        self.files.get(severity as usize).copied().unwrap_or(0)
    }

    /// `1 critical, 2 medium`, or `no findings`.
    pub(crate) fn findings_line(&self) -> String {
        let parts: Vec<String> = Severity::ALL
            .iter()
            .rev()
            .filter(|severity| self.at(**severity) > 0)
            .map(|severity| format!("{} {severity}", self.at(*severity)))
            .collect();
        if parts.is_empty() { "no findings".to_string() } else { parts.join(", ") }
    }

    /// The verdict with its caveats, for people in a hurry.
    pub(crate) fn verdict(&self) -> String {
        let mut text = self.core();
        for caveat in self.caveats() {
            text.push(' ');
            text.push_str(&caveat);
        }
        text
    }

    /// What the verdict does not cover, a sentence each.
    pub(crate) fn caveats(&self) -> Vec<String> {
        let mut caveats = Vec::new();
        if self.interrupted {
            caveats.push("The run was interrupted: this covers only a part of what was asked for.".to_string());
        }
        if self.unclear > 0 {
            let files = count(self.unclear, "file", "files");
            caveats.push(format!("{files} could not be wholly examined and must not be read as clean."));
        }
        caveats
    }

    /// The verdict in one sentence.
    pub(crate) fn core(&self) -> String {
        match self.subject {
            Subject::Models => self.models(),
            Subject::Texts => self.texts(),
        }
    }

    fn models(&self) -> String {
        let of = format!("of {}", count(self.examined, "examined file", "examined files"));
        let (critical, high) = (self.files_at(Severity::Critical), self.files_at(Severity::High));
        if self.examined == 0 {
            return format!(
                "Nothing was examined: among {} seen there is none of a kind that this scan understands.",
                count(self.seen, "file", "files")
            );
        }
        if self.project && critical + high > 0 {
            let findings = self.at(Severity::Critical) + self.at(Severity::High);
            let acting = match self.acting {
                0 => String::new(),
                1 => "; 1 of these files runs somebody else's code when it is loaded".to_string(),
                acting => format!("; {acting} of these files run somebody else's code when they are loaded"),
            };
            return format!(
                "Fix before use: {} of high severity or more in {} {of}{acting}.",
                count(findings, "finding", "findings"),
                critical + high
            );
        }
        if critical > 0 {
            let more = match high {
                0 => String::new(),
                high => format!("; {high} more would read, write, connect or call what nobody vetted"),
            };
            return format!("Do not load: {critical} {of} would run somebody else's code{more}.");
        }
        if high > 0 {
            return format!(
                "Do not load before review: {high} {of} would read, write, connect or call what nobody vetted."
            );
        }
        match self.files_at(Severity::Medium) {
            0 if self.total() == 0 => {
                format!("Nothing found in {}.", count(self.examined, "examined file", "examined files"))
            }
            0 => format!(
                "Nothing harmful found in {}, only things worth knowing.",
                count(self.examined, "examined file", "examined files")
            ),
            medium if self.project => {
                format!("Nothing severe found, but {medium} {of} should be looked at before use.")
            }
            medium => {
                format!("Nothing found that acts when it is loaded, but {medium} {of} should be looked at before use.")
            }
        }
    }

    fn texts(&self) -> String {
        let texts = count(self.examined, "text", "texts");
        let severe = self.files_at(Severity::Critical) + self.files_at(Severity::High);
        if self.examined == 0 {
            return format!(
                "Nothing was looked at: among {} seen there is no text.",
                count(self.seen, "file", "files")
            );
        }
        if severe > 0 {
            let hold = if severe == 1 { "holds" } else { "hold" };
            return format!("Do not pass on as it is: {severe} of {texts} {hold} something dangerous or secret.");
        }
        match self.files_at(Severity::Medium) {
            0 if self.total() == 0 => format!("Nothing found in {texts}."),
            0 => format!("Nothing dangerous found in {texts}, only things worth knowing."),
            medium => format!("Nothing secret found, but {medium} of {texts} should be looked at before use."),
        }
    }

    /// One line on what to do next.
    pub(crate) fn next(&self) -> String {
        match self.worst() {
            Some(Severity::Critical | Severity::High) if self.project && !self.interrupted => format!(
                "begin with {}; each finding names its fix, and `redan baseline --reason TEXT` accepts what stays",
                self.first
            ),
            _ => self.next_for_files().to_string(),
        }
    }

    fn next_for_files(&self) -> &'static str {
        match self.worst() {
            _ if self.subject == Subject::Texts && !self.interrupted => match self.worst() {
                _ if self.examined == 0 => "name a text: redan inspect FILE, or pipe one in",
                Some(_) => "redact with --redact, or read `redan explain RULE` for the reasons",
                None => "nothing to do",
            },
            _ if self.interrupted => "run the scan again to the end",
            _ if self.seen == 0 => "name a folder or file that holds models: redan scan FOLDER",
            _ if self.examined == 0 => {
                "nothing here is a model file this scan knows; name another folder, or see `redan demo`"
            }
            Some(Severity::Critical | Severity::High) => {
                "do not load these files; replace them as each finding says, and read `redan explain RULE` for the reasons"
            }
            Some(_) => "look at the findings, then fix them or accept them with a reason: redan baseline --reason TEXT",
            None if self.unclear > 0 => {
                "get the files that were not wholly examined from a source you trust, or open them in isolation"
            }
            None => "nothing to do; keep the record with -o report.html, and run this in CI",
        }
    }
}

fn bump(counts: &mut [u64; 5], severity: Severity) {
    if let Some(slot) = counts.get_mut(severity as usize) {
        *slot += 1;
    }
}

/// The findings of a file that count.
fn counting<'a>(file: &'a FileRecord, report: &'a ScanReport) -> impl Iterator<Item = &'a Finding> {
    let findings = file.findings.iter().filter_map(|index| report.findings.get(*index));
    findings.filter(|finding| finding.suppressed.is_none())
}

/// The worst finding of a file that counts.
pub(crate) fn worst(file: &FileRecord, report: &ScanReport) -> Option<Severity> {
    counting(file, report).map(|finding| finding.severity).max()
}

/// Whether a reader is shown this finding.
pub(crate) fn shown(finding: &Finding, style: Style) -> bool {
    style.show_suppressed || finding.suppressed.is_none()
}

/// Files with their findings to show: the worst file first, in it the worst finding first.
pub(crate) fn by_file(report: &ScanReport, style: Style) -> Vec<(&FileRecord, Vec<&Finding>)> {
    let mut groups: Vec<(&FileRecord, Vec<&Finding>)> = report
        .files
        .iter()
        .map(|file| {
            let findings = file.findings.iter().filter_map(|index| report.findings.get(*index));
            let mut findings: Vec<&Finding> = findings.filter(|finding| shown(finding, style)).collect();
            findings.sort_by_key(|finding| (finding.suppressed.is_some(), std::cmp::Reverse(finding.severity)));
            (file, findings)
        })
        .filter(|(_, findings)| !findings.is_empty())
        .collect();
    groups.sort_by_key(|(file, _)| std::cmp::Reverse(worst(file, report)));
    groups
}

/// Files that must not be read as clean.
pub(crate) fn unclear(report: &ScanReport) -> impl Iterator<Item = &FileRecord> {
    report.files.iter().filter(|file| matches!(file.status, FileStatus::Incomplete | FileStatus::Failed))
}

/// `10 files scanned of 12 seen (3.4 kB), 2 skipped, 1 incomplete, 1 failed`.
pub(crate) fn coverage_line(report: &ScanReport) -> String {
    let coverage = &report.coverage;
    let mut text = format!(
        "{} scanned of {} seen ({})",
        count(coverage.scanned, "file", "files"),
        coverage.seen,
        size(coverage.bytes)
    );
    for (number, word) in
        [(coverage.skipped, "skipped"), (coverage.incomplete, "incomplete"), (coverage.failed, "failed")]
    {
        if number > 0 {
            let _ = write!(text, ", {number} {word}");
        }
    }
    text
}

/// The formats among the examined files with their numbers, most frequent first.
pub(crate) fn formats(report: &ScanReport) -> Vec<(&str, u64)> {
    let mut numbers = std::collections::BTreeMap::new();
    for file in &report.files {
        if matches!(file.status, FileStatus::Scanned | FileStatus::Incomplete) {
            *numbers.entry(file.format.as_str()).or_insert(0) += 1;
        }
    }
    let mut formats: Vec<(&str, u64)> = numbers.into_iter().collect();
    formats.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    formats
}

#[cfg(test)]
mod tests {
    use redan_domain::{Confidence, Coverage, Location, Persona, RuleInfo};

    use super::*;

    /// A report with a finding of each of these severities and families, each in a file of its own.
    fn report(found: &[(Severity, &str)]) -> ScanReport {
        let mut report =
            ScanReport { coverage: Coverage { seen: 9, scanned: 9, ..Coverage::default() }, ..ScanReport::default() };
        for (index, (severity, family)) in found.iter().enumerate() {
            let location = Location { line: Some(3), ..Location::file(format!("f{index}")) };
            report.files.push(FileRecord {
                path: location.path.clone(),
                format: "any".to_string(),
                status: FileStatus::Scanned,
                reasons: Vec::new(),
                size: 1,
                sha256: None,
                findings: vec![index],
            });
            report.findings.push(Finding {
                rule: format!("rule-of-{family}"),
                severity: *severity,
                confidence: Confidence::High,
                persona: Persona::Developer,
                message: "is wrong".to_string(),
                location,
                related: Vec::new(),
                steps: Vec::new(),
                excerpt: None,
                fix: "change it".to_string(),
                fingerprint: index.to_string(),
                suppressed: None,
            });
            report.rules.push(RuleInfo {
                id: format!("rule-of-{family}"),
                title: "Something is wrong".to_string(),
                severity: *severity,
                confidence: Confidence::High,
                persona: Persona::Developer,
                since: "0.1.0".to_string(),
                family: (*family).to_string(),
                maps: Vec::new(),
                fix: "change it".to_string(),
                help: String::new(),
            });
        }
        report
    }

    #[test]
    fn what_is_wrong_with_a_project_is_not_told_as_a_matter_of_loading() {
        let summary = Summary::of(&report(&[(Severity::Critical, "pickle"), (Severity::High, "agent-ci")]));
        assert_eq!(
            summary.core(),
            "Fix before use: 2 findings of high severity or more in 2 of 9 examined files; \
             1 of these files runs somebody else's code when it is loaded."
        );
        assert!(summary.next().starts_with("begin with f0:3 (rule-of-pickle);"), "{}", summary.next());
        let summary = Summary::of(&report(&[(Severity::Critical, "pickle"), (Severity::Low, "agent-ci")]));
        assert!(summary.core().starts_with("Do not load: 1 of 9"), "{}", summary.core());
        let summary = Summary::of(&report(&[(Severity::Medium, "infra-aws")]));
        assert_eq!(summary.core(), "Nothing severe found, but 1 of 9 examined files should be looked at before use.");
        let summary = Summary::of(&report(&[(Severity::Medium, "gguf")]));
        assert!(summary.core().starts_with("Nothing found that acts when it is loaded"), "{}", summary.core());
    }
}
