//! Everything one scan has to say, ready for any output format.

use serde::{Deserialize, Serialize};

use crate::asset::{Asset, Edge};
use crate::coverage::{Coverage, FileRecord};
use crate::entry::Entry;
use crate::finding::Finding;
use crate::level::{Confidence, Persona, Severity};

/// What was looked at; it decides how a verdict is worded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Subject {
    /// Files that are loaded.
    #[default]
    Models,
    /// Texts that are read, sent or shown.
    Texts,
}

/// The result of one scan.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScanReport {
    /// What was looked at.
    pub subject: Subject,
    /// Who made it.
    pub tool: ToolInfo,
    /// What was scanned, as the user named it.
    pub targets: Vec<String>,
    /// When it started, RFC 3339 in UTC.
    pub started: String,
    /// The run in numbers.
    pub coverage: Coverage,
    /// Every file seen, by path.
    pub files: Vec<FileRecord>,
    /// What was found, most severe first.
    pub findings: Vec<Finding>,
    /// What there is.
    pub assets: Vec<Asset>,
    /// How it is connected.
    pub edges: Vec<Edge>,
    /// The rules that fired, by id; every rule for a format that lists what could have fired.
    pub rules: Vec<RuleInfo>,
}

/// Who made a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolInfo {
    /// `redan`.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl RuleInfo {
    /// What an entry says.
    pub fn of(entry: &Entry, family: &str) -> Self {
        Self {
            id: entry.id.clone(),
            title: entry.title.clone(),
            severity: entry.severity,
            confidence: entry.confidence,
            persona: entry.persona,
            since: entry.since.clone(),
            family: family.to_string(),
            maps: entry
                .maps
                .iter()
                .flat_map(|(framework, ids)| ids.iter().map(move |id| format!("{framework}:{id}")))
                .collect(),
            fix: entry.fix.clone(),
            help: entry.prose.clone(),
        }
    }
}

/// What a report says about a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleInfo {
    /// Readable id.
    pub id: String,
    /// One line.
    pub title: String,
    /// Severity unless a finding says otherwise.
    pub severity: Severity,
    /// Confidence unless a finding says otherwise.
    pub confidence: Confidence,
    /// Who wants to see it.
    pub persona: Persona,
    /// Version it first appeared in.
    pub since: String,
    /// Family, the folder it lives in.
    pub family: String,
    /// Framework targets as `framework:id`.
    pub maps: Vec<String>,
    /// One-line fix.
    pub fix: String,
    /// The prose, Markdown, without the examples.
    pub help: String,
}
