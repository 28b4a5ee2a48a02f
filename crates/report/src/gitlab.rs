//! GitLab's code quality report: a JSON list of issues.

use std::io::{self, Write};

use redan_domain::{ScanReport, Severity};
use serde_json::{Value, json};

use crate::Style;
use crate::json::write_pretty;
use crate::summary::shown;
use crate::text::from_here;

pub(crate) fn render(report: &ScanReport, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let issues: Vec<Value> = report
        .findings
        .iter()
        .filter(|finding| shown(finding, style))
        .map(|finding| {
            let location = &finding.location;
            let own_line = location.line.filter(|_| location.members.is_empty());
            let inside = if location.members.is_empty() && location.offset.is_none() {
                String::new()
            } else {
                format!(" ({location})")
            };
            json!({
                "description": format!("{}{inside}", finding.message),
                "check_name": finding.rule,
                "fingerprint": finding.fingerprint,
                "severity": severity(finding.severity),
                "location": {
                    "path": from_here(&location.path, report),
                    "lines": {"begin": own_line.unwrap_or(1).max(1)},
                },
            })
        })
        .collect();
    write_pretty(&Value::Array(issues), out)
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Low => "minor",
        Severity::Medium => "major",
        Severity::High => "critical",
        Severity::Critical => "blocker",
    }
}
