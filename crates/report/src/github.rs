//! Workflow commands: annotations on a pull request without any upload.

use std::io::{self, Write};

use redan_domain::{Finding, ScanReport, Severity};

use crate::Style;
use crate::summary::{Summary, coverage_line, shown, unclear};
use crate::text::{from_here, visible};

pub(crate) fn render(report: &ScanReport, style: Style, out: &mut dyn Write) -> io::Result<()> {
    for finding in report.findings.iter().filter(|finding| shown(finding, style)) {
        annotation(report, finding, out)?;
    }
    for file in unclear(report) {
        let reasons = visible(&file.reasons.join("; "));
        let path = property(&from_here(&file.path, report));
        writeln!(out, "::warning file={path},title=not wholly examined::{}", data(&reasons))?;
    }
    let summary = Summary::of(report);
    writeln!(out, "::notice title=redan::{}", data(&format!("{} {}", summary.verdict(), coverage_line(report))))
}

fn annotation(report: &ScanReport, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let command = match (&finding.suppressed, finding.severity) {
        (Some(_), _) => "notice",
        (None, Severity::Critical | Severity::High) => "error",
        (None, Severity::Medium) => "warning",
        (None, Severity::Low | Severity::Info) => "notice",
    };
    let location = &finding.location;
    write!(out, "::{command} file={}", property(&from_here(&location.path, report)))?;
    // A line inside an archive is no line of the file that GitHub shows.
    if let (Some(line), true) = (location.line, location.members.is_empty()) {
        write!(out, ",line={line}")?;
        if let Some(column) = location.column {
            write!(out, ",col={column}")?;
        }
    }
    let title = format!("{} {}", finding.severity, finding.rule);
    let suppressed = if finding.suppressed.is_some() { "suppressed: " } else { "" };
    let text = format!(
        "{suppressed}{} ({})\nhelp: {}",
        visible(&finding.message),
        visible(&location.to_string()),
        visible(&finding.fix)
    );
    writeln!(out, ",title={}::{}", property(&title), data(&text))
}

/// Escapes the text of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a command.
fn property(text: &str) -> String {
    data(&visible(text)).replace(':', "%3A").replace(',', "%2C")
}
