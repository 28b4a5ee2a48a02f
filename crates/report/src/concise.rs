//! One line a finding: `place: severity rule: message`.

use std::io::{self, Write};

use redan_domain::ScanReport;

use crate::Style;
use crate::summary::shown;
use crate::text::visible;

pub(crate) fn render(report: &ScanReport, style: Style, out: &mut dyn Write) -> io::Result<()> {
    for finding in report.findings.iter().filter(|finding| shown(finding, style)) {
        let suppressed = if finding.suppressed.is_some() { " (suppressed)" } else { "" };
        writeln!(
            out,
            "{}: {} {}: {}{suppressed}",
            visible(&finding.location.to_string()),
            finding.severity,
            visible(&finding.rule),
            visible(&finding.message)
        )?;
    }
    Ok(())
}
