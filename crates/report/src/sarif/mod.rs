//! SARIF 2.1.0: for code scanning services and every editor that reads it.
//!
//! Source: OASIS "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", and what GitHub code
//! scanning documents about the properties it reads.

mod result;
mod rule;

use std::collections::HashMap;
use std::io::{self, Write};

use redan_domain::{FileRecord, FileStatus, ScanReport};
use serde_json::{Value, json};

use crate::Style;
use crate::json::write_pretty;
use crate::summary::unclear;
use crate::text::{from_here, uri};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub(crate) fn render(report: &ScanReport, _style: Style, out: &mut dyn Write) -> io::Result<()> {
    write_pretty(&document(report), out)
}

/// Where files stand in the list of artifacts, and where rules stand in the list of rules.
struct Indices<'a> {
    artifacts: HashMap<&'a str, usize>,
    rules: HashMap<&'a str, usize>,
}

fn document(report: &ScanReport) -> Value {
    // What was skipped is only counted: a folder of a million images would drown the rest.
    let files: Vec<&FileRecord> = report.files.iter().filter(|file| file.status != FileStatus::Skipped).collect();
    let indices = Indices {
        artifacts: files.iter().enumerate().map(|(index, file)| (file.path.as_str(), index)).collect(),
        rules: report.rules.iter().enumerate().map(|(index, rule)| (rule.id.as_str(), index)).collect(),
    };
    let results: Vec<Value> = report.findings.iter().map(|finding| result::result(finding, report, &indices)).collect();
    let artifacts: Vec<Value> = files.iter().map(|file| artifact(file, report)).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": report.tool.name,
                "version": report.tool.version,
                "semanticVersion": report.tool.version,
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": report.rules.iter().map(rule::rule).collect::<Vec<_>>(),
                "notifications": [
                    {"id": "incomplete", "shortDescription": {"text": "A file was recognised but not wholly understood."}},
                    {"id": "failed", "shortDescription": {"text": "A file could not be examined."}},
                    {"id": "interrupted", "shortDescription": {"text": "The run was stopped early."}},
                ],
            }},
            "invocations": [invocation(report, &indices)],
            "artifacts": artifacts,
            "results": results,
            "columnKind": "unicodeCodePoints",
            "properties": {"coverage": report.coverage, "targets": report.targets},
        }],
    })
}

fn artifact(file: &FileRecord, report: &ScanReport) -> Value {
    let mut value = json!({
        "location": {"uri": uri(&from_here(&file.path, report))},
        "length": file.size,
        "roles": ["analysisTarget"],
        "properties": {"format": file.format, "status": file.status},
    });
    if let Some(sha256) = &file.sha256 {
        value["hashes"] = json!({"sha-256": sha256});
    }
    value
}

fn invocation(report: &ScanReport, indices: &Indices) -> Value {
    let mut notifications: Vec<Value> = unclear(report)
        .map(|file| {
            let (id, level) =
                if file.status == FileStatus::Failed { ("failed", "error") } else { ("incomplete", "warning") };
            json!({
                "descriptor": {"id": id},
                "level": level,
                "message": {"text": result::text(&format!("{id}: {}", file.reasons.join("; ")))},
                "locations": [{"physicalLocation": {"artifactLocation": result::artifact(&file.path, report, indices)}}],
            })
        })
        .collect();
    if report.coverage.interrupted {
        notifications.push(json!({
            "descriptor": {"id": "interrupted"},
            "level": "error",
            "message": {"text": "The run was stopped before it had seen everything."},
        }));
    }
    let mut value = json!({
        "executionSuccessful": !report.coverage.interrupted && report.coverage.failed == 0,
        "toolExecutionNotifications": notifications,
    });
    if !report.started.is_empty() {
        value["startTimeUtc"] = json!(report.started);
    }
    value
}
