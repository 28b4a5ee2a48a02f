//! One finding a line with the file it is in, then one line on coverage: for streams and log stores.

use std::io::{self, Write};

use redan_domain::ScanReport;
use serde_json::json;

use crate::Style;
use crate::json::{SCHEMA_VERSION, write_line};

pub(crate) fn render(report: &ScanReport, _style: Style, out: &mut dyn Write) -> io::Result<()> {
    for file in &report.files {
        let context = json!(file);
        for finding in file.findings.iter().filter_map(|index| report.findings.get(*index)) {
            let mut line = json!(finding);
            line["type"] = json!("finding");
            line["file"] = context.clone();
            write_line(&line, out)?;
        }
    }
    let mut line = json!(report.coverage);
    line["type"] = json!("coverage");
    line["schema_version"] = json!(SCHEMA_VERSION);
    line["tool"] = json!(report.tool);
    line["targets"] = json!(report.targets);
    line["started"] = json!(report.started);
    write_line(&line, out)
}
