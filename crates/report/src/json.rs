//! Everything about a scan as one JSON document; its schema is `schema/scan.schema.json`.

use std::io::{self, Write};

use redan_domain::{Finding, ScanReport};
use serde_json::{Value, json};

use crate::Style;
use crate::text::unseen;

/// Changes when a field is removed or changes its meaning; added fields do not count.
pub(crate) const SCHEMA_VERSION: &str = "1";

pub(crate) fn render(report: &ScanReport, _style: Style, out: &mut dyn Write) -> io::Result<()> {
    write_pretty(&document(report), out)
}

/// Writes a document, indented, with a line break after it.
pub(crate) fn write_pretty(value: &Value, out: &mut dyn Write) -> io::Result<()> {
    write_visible(&serde_json::to_string_pretty(value)?, out)
}

/// Writes a document on one line.
pub(crate) fn write_line(value: &Value, out: &mut dyn Write) -> io::Result<()> {
    write_visible(&serde_json::to_string(value)?, out)
}

/// JSON escapes only the ASCII control characters; others could drive the terminal it is shown on just as well.
fn write_visible(text: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut from = 0;
    for (at, c) in text.char_indices().filter(|(_, c)| !c.is_ascii() && unseen(*c)) {
        out.write_all(text.get(from..at).unwrap_or_default().as_bytes())?;
        for unit in c.encode_utf16(&mut [0; 2]) {
            write!(out, "\\u{unit:04x}")?;
        }
        from = at + c.len_utf8();
    }
    out.write_all(text.get(from..).unwrap_or_default().as_bytes())?;
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
