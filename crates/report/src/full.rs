//! For a person at a terminal: each finding with the bytes that show it, then what the scan comes to.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use redan_domain::{FileRecord, FileStatus, Finding, Location, ScanReport, Severity, Step};

use crate::Style;
use crate::excerpt::{gutter, rows};
use crate::summary::{Summary, by_file, coverage_line, formats, unclear};
use crate::text::{count, size, spot, visible};

/// Findings of one rule in one file that are shown in full; more say little new.
const SAME_RULE: usize = 5;
/// Steps of one chain that are shown.
const STEPS: usize = 12;
/// Files that are named as not wholly examined.
const UNCLEAR: usize = 10;

pub(crate) fn render(report: &ScanReport, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { out, colour: style.colour };
    for (file, findings) in by_file(report, style) {
        page.file(file, &findings)?;
    }
    page.closing(report)
}

const BOLD: &str = "1";
const BLUE: &str = "1;34";
const GREEN: &str = "1;32";

fn severity_code(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "1;31",
        Severity::High => "31",
        Severity::Medium => "33",
        Severity::Low => "36",
        Severity::Info => "34",
    }
}

struct Page<'a> {
    out: &'a mut dyn Write,
    colour: bool,
}

impl Page<'_> {
    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_string() }
    }

    fn file(&mut self, file: &FileRecord, findings: &[&Finding]) -> io::Result<()> {
        let name = self.paint(BOLD, &visible(&file.path));
        let number = count(findings.len() as u64, "finding", "findings");
        writeln!(self.out, "{name} ({}, {}): {number}\n", visible(&file.format), size(file.size))?;
        let mut same: HashMap<&str, usize> = HashMap::new();
        for finding in findings {
            let seen = same.entry(finding.rule.as_str()).or_default();
            *seen += 1;
            if *seen <= SAME_RULE {
                self.finding(finding)?;
            }
        }
        let mut more: Vec<(&str, usize)> = same.into_iter().filter(|(_, seen)| *seen > SAME_RULE).collect();
        more.sort_unstable();
        for (rule, seen) in more {
            let number = seen - SAME_RULE;
            writeln!(self.out, "… and {number} more of {} in this file; `-f concise` lists them\n", visible(rule))?;
        }
        Ok(())
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        let rule = visible(&finding.rule);
        let head = self.paint(severity_code(finding.severity), &format!("{}[{rule}]", finding.severity));
        let message = self.paint(BOLD, &visible(&finding.message));
        let excerpt = finding.excerpt.as_ref().map(rows).unwrap_or_default();
        let indent = gutter(&excerpt).max(1);
        let pad = " ".repeat(indent);
        writeln!(self.out, "{head}: {message}")?;
        let arrow = self.paint(BLUE, "-->");
        writeln!(self.out, "{pad}{arrow} {}", visible(&finding.location.to_string()))?;
        let bar = self.paint(BLUE, "|");
        if !excerpt.is_empty() {
            writeln!(self.out, "{pad} {bar}")?;
        }
        for row in &excerpt {
            let label = self.paint(BLUE, &format!("{:>indent$}", row.label));
            writeln!(self.out, "{label} {bar} {}", row.text())?;
            if let Some((blanks, carets, note)) = row.underline() {
                let mark = self.paint(severity_code(finding.severity), format!("{carets} {note}").trim_end());
                writeln!(self.out, "{pad} {bar} {blanks}{mark}")?;
            }
        }
        if !excerpt.is_empty() {
            writeln!(self.out, "{pad} {bar}")?;
        }
        self.chain(&pad, finding)?;
        let equals = self.paint(BLUE, "=");
        for related in finding.related.iter().take(STEPS) {
            let place = place(&related.location, &finding.location);
            writeln!(self.out, "{pad} {equals} see also: {} ({place})", visible(&related.text))?;
        }
        let help = self.paint(BOLD, "help");
        writeln!(self.out, "{pad} {equals} {help}: {}", visible(&finding.fix))?;
        if let Some(suppression) = &finding.suppressed {
            let until = suppression.expires.as_ref().map(|day| format!(" until {}", visible(day))).unwrap_or_default();
            writeln!(self.out, "{pad} {equals} suppressed{until}: {}", visible(&suppression.reason))?;
        }
        writeln!(self.out, "{pad} {equals} redan explain {rule}\n")
    }

    fn chain(&mut self, pad: &str, finding: &Finding) -> io::Result<()> {
        // A chain of one repeats the message.
        if finding.steps.len() < 2 {
            return Ok(());
        }
        let equals = self.paint(BLUE, "=");
        writeln!(self.out, "{pad} {equals} in this order:")?;
        let total = finding.steps.len();
        for (index, Step { location, text }) in finding.steps.iter().enumerate() {
            // The end of a chain says what happens, so the middle is left out.
            if total > STEPS && (STEPS - 3..total - 3).contains(&index) {
                if index == STEPS - 3 {
                    writeln!(self.out, "{pad}     … {} more", total - STEPS)?;
                }
                continue;
            }
            let place = place(location, &finding.location);
            writeln!(self.out, "{pad}   {:>2}. {} ({place})", index + 1, visible(text))?;
        }
        Ok(())
    }

    fn closing(&mut self, report: &ScanReport) -> io::Result<()> {
        let summary = Summary::of(report);
        let code = summary.worst().map_or(GREEN, severity_code);
        let code = if summary.worst().is_none() && summary.unclear > 0 { "33" } else { code };
        let verdict = self.paint(code, &summary.verdict());
        writeln!(self.out, "{verdict}\n")?;
        let targets: Vec<String> = report.targets.iter().take(5).map(|target| visible(target)).collect();
        let more = if report.targets.len() > 5 { ", …" } else { "" };
        writeln!(self.out, "looked at  {}{more}: {}", targets.join(", "), coverage_line(report))?;
        let formats: Vec<String> =
            formats(report).iter().take(8).map(|(format, number)| format!("{number} {}", visible(format))).collect();
        if !formats.is_empty() {
            writeln!(self.out, "formats    {}", formats.join(", "))?;
        }
        let mut found = summary.findings_line();
        if summary.suppressed > 0 {
            let _ = write!(found, "; {} suppressed (--show-suppressed)", summary.suppressed);
        }
        writeln!(self.out, "found      {found}")?;
        if report.coverage.hidden > 0 {
            writeln!(
                self.out,
                "hidden     {} for other readers or below --min-severity (--persona auditor or researcher shows more)",
                report.coverage.hidden
            )?;
        }
        self.unclear(report)?;
        writeln!(self.out, "next       {}", summary.next())
    }

    fn unclear(&mut self, report: &ScanReport) -> io::Result<()> {
        let mut total = 0;
        for file in unclear(report) {
            total += 1;
            if total > UNCLEAR {
                continue;
            }
            let word = if file.status == FileStatus::Failed { "failed" } else { "incomplete" };
            let reason = file.reasons.first().map(|reason| visible(reason)).unwrap_or_default();
            let more = match file.reasons.len() {
                0 | 1 => String::new(),
                several => format!(" (and {} more)", count(several as u64 - 1, "reason", "reasons")),
            };
            writeln!(self.out, "{word:<10} {}: {reason}{more}", visible(&file.path))?;
        }
        if total > UNCLEAR {
            writeln!(self.out, "           … and {} more files; `-f json` names them all", total - UNCLEAR)?;
        }
        Ok(())
    }
}

/// A place as seen from another: only what differs.
fn place(place: &Location, from: &Location) -> String {
    if place.path == from.path && place.members == from.members { spot(place) } else { visible(&place.to_string()) }
}
