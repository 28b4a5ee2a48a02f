//! Everything about a scan as one JSON document; its schema is `schema/scan.schema.json`.

use std::io::{self, Write};

use redan_domain::{Finding, ScanReport};
use serde_json::{Value, json};

use crate::Style;

/// Changes when a field is removed or changes its meaning; added fields do not count.
pub(crate) const SCHEMA_VERSION: &str = "1";

pub(crate) fn render(report: &ScanReport, _style: Style, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &document(report))?;
    writeln!(out)
}

/// The whole report as JSON.
pub(crate) fn document(report: &ScanReport) -> Value {
    let files: Vec<Value> = report
        .files
        .iter()
        .map(|file| {
            let mut value = json!(file);
            let findings = file.findings.iter().filter_map(|index| report.findings.get(*index));
            value["findings"] = findings.map(finding).collect();
            value
        })
        .collect();
    json!({
        "schema_version": SCHEMA_VERSION,
        "tool": report.tool,
        "targets": report.targets,
        "started": report.started,
        "coverage": report.coverage,
        "files": files,
        "assets": report.assets,
        "edges": report.edges,
    })
}

fn finding(finding: &Finding) -> Value {
    json!(finding)
}

/// JSON Schema (draft 2020-12) of the document.
pub fn json_schema() -> Value {
    json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "redan scan report", "type": "object"})
}
