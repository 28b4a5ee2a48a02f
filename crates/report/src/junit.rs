//! JUnit XML: a finding is a failed test case, a file without any is a passed one.

use std::io::{self, Write};

use redan_domain::{FileRecord, FileStatus, Finding, ScanReport};

use crate::Style;
use crate::excerpt::plain;
use crate::summary::{Summary, shown};
use crate::text::{from_here, push_visible};

pub(crate) fn render(report: &ScanReport, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let files: Vec<(&FileRecord, Vec<&Finding>)> = report
        .files
        .iter()
        .filter(|file| file.status != FileStatus::Skipped)
        .map(|file| {
            let findings = file.findings.iter().filter_map(|index| report.findings.get(*index));
            (file, findings.filter(|finding| shown(finding, style)).collect())
        })
        .collect();
    let passed = |file: &FileRecord, findings: &[&Finding]| findings.is_empty() && file.status == FileStatus::Scanned;
    let tests: usize = files.iter().map(|(file, findings)| findings.len() + usize::from(passed(file, findings))).sum();
    let suppressed = if style.show_suppressed { Summary::of(report).suppressed } else { 0 };
    let skipped = report.coverage.incomplete + suppressed;
    let totals = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{skipped}\" timestamp=\"{}\"",
        tests as u64 + report.coverage.incomplete + report.coverage.failed,
        Summary::of(report).total(),
        report.coverage.failed,
        escape(&report.started)
    );
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"redan\" {}>", totals.split(" timestamp").next().unwrap_or_default())?;
    writeln!(out, "  <testsuite name=\"redan scan\" {totals}>")?;
    for (file, findings) in files {
        let path = escape(&from_here(&file.path, report));
        let class = escape(&file.format);
        if passed(file, &findings) {
            writeln!(out, "    <testcase name=\"{path}\" classname=\"{class}\" file=\"{path}\"/>")?;
        }
        for finding in findings {
            case(finding, &path, &class, out)?;
        }
        unclear(file, &path, &class, out)?;
    }
    writeln!(out, "  </testsuite>\n</testsuites>")
}

fn case(finding: &Finding, path: &str, class: &str, out: &mut dyn Write) -> io::Result<()> {
    let (rule, message) = (escape(&finding.rule), escape(&finding.message));
    let place = escape(&finding.location.to_string());
    writeln!(out, "    <testcase name=\"{rule}: {place}\" classname=\"{class}\" file=\"{path}\">")?;
    if let Some(suppression) = &finding.suppressed {
        let reason = escape(&suppression.reason);
        writeln!(out, "      <skipped message=\"suppressed: {reason}\"/>")?;
    } else {
        writeln!(out, "      <failure type=\"{}\" message=\"{message}\">{place}", finding.severity)?;
        for line in finding.excerpt.as_ref().map(plain).unwrap_or_default() {
            writeln!(out, "{}", escape(&line))?;
        }
        writeln!(out, "help: {}</failure>", escape(&finding.fix))?;
    }
    writeln!(out, "    </testcase>")
}

/// A file that was not wholly examined is a case of its own, or it would look passed.
fn unclear(file: &FileRecord, path: &str, class: &str, out: &mut dyn Write) -> io::Result<()> {
    let element = match file.status {
        FileStatus::Incomplete => "skipped",
        FileStatus::Failed => "error",
        FileStatus::Scanned | FileStatus::Skipped => return Ok(()),
    };
    let reasons = escape(&file.reasons.join("; "));
    writeln!(
        out,
        "    <testcase name=\"examined to the end: {path}\" classname=\"{class}\" file=\"{path}\">\n      \
         <{element} message=\"{reasons}\"/>\n    </testcase>"
    )
}

/// Text for element or attribute; what XML 1.0 cannot hold, or no one would see, is spelt out.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => push_visible(&mut out, c),
        }
    }
    out
}
