//! One line a finding: `place: severity rule: message`.

use std::io::{self, Write};

use redan_domain::ScanReport;

use crate::Style;

pub(crate) fn render(report: &ScanReport, style: Style, out: &mut dyn Write) -> io::Result<()> {
    for finding in report.findings.iter().filter(|finding| style.show_suppressed || finding.suppressed.is_none()) {
        writeln!(out, "{}: {} {}: {}", finding.location, finding.severity, finding.rule, finding.message)?;
    }
    Ok(())
}
