//! Markdown for a pull request: a table, the worst findings, the details folded away.

use std::fmt::Write as _;
use std::io::{self, Write};

use redan_domain::{Finding, ScanReport, Severity};

use crate::Style;
use crate::excerpt::plain;
use crate::summary::{Summary, by_file, coverage_line, unclear};
use crate::text::{LONGEST, count, push_visible, spot};

/// GitHub takes comments of 65,536 characters; this leaves room for what a workflow adds.
const BUDGET: usize = 60_000;
/// Rows of the table of findings.
const TOP: usize = 10;
/// Files named as not wholly examined.
const UNCLEAR: usize = 10;

pub(crate) fn render(report: &ScanReport, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let summary = Summary::of(report);
    let groups = by_file(report, style);
    let findings: Vec<&Finding> = sorted(groups.iter().flat_map(|(_, findings)| findings.iter().copied()).collect());
    let mut text = head(report, &summary);
    table(&mut text, &findings);
    unclear_list(&mut text, report);
    details(&mut text, &findings);
    let _ = writeln!(text, "\n<sub>{} {}</sub>", escape(&report.tool.name), escape(&report.tool.version));
    out.write_all(text.as_bytes())
}

fn sorted(mut findings: Vec<&Finding>) -> Vec<&Finding> {
    findings.sort_by_key(|finding| (finding.suppressed.is_some(), std::cmp::Reverse(finding.severity)));
    findings
}

fn head(report: &ScanReport, summary: &Summary) -> String {
    let sign = match summary.worst() {
        Some(Severity::Critical | Severity::High) => "❌",
        Some(Severity::Medium) => "⚠️",
        _ if summary.unclear > 0 || summary.examined == 0 || report.coverage.interrupted => "⚠️",
        _ => "✅",
    };
    let mut text = format!("## {sign} Redan\n\n**{}**\n\n", escape(&summary.verdict()));
    let cells: Vec<String> = Severity::ALL.iter().rev().map(|severity| summary.at(*severity).to_string()).collect();
    let _ = write!(
        text,
        "| critical | high | medium | low | info | suppressed |\n|---:|---:|---:|---:|---:|---:|\n| {} | {} |\n\n{}",
        cells.join(" | "),
        summary.suppressed,
        escape(&coverage_line(report))
    );
    if report.coverage.hidden > 0 {
        let hidden = count(report.coverage.hidden, "finding", "findings");
        let _ = write!(text, "; {hidden} hidden by severity or persona");
    }
    text.push('\n');
    text
}

fn table(text: &mut String, findings: &[&Finding]) {
    if findings.is_empty() {
        return;
    }
    text.push_str("\n| severity | finding | where |\n|---|---|---|\n");
    for finding in findings.iter().take(TOP) {
        let suppressed = if finding.suppressed.is_some() { " (suppressed)" } else { "" };
        let _ = writeln!(
            text,
            "| {}{suppressed} | {} | {} |",
            finding.severity,
            inline(&finding.message),
            code(&finding.location.to_string())
        );
    }
    if findings.len() > TOP {
        let _ = writeln!(text, "\n… and {} more below.", findings.len() - TOP);
    }
}

fn unclear_list(text: &mut String, report: &ScanReport) {
    let files: Vec<_> = unclear(report).collect();
    if files.is_empty() {
        return;
    }
    text.push_str("\n**Not wholly examined, not to be read as clean**\n\n");
    for file in files.iter().take(UNCLEAR) {
        let reason = file.reasons.first().map(|reason| inline(reason)).unwrap_or_default();
        let _ = writeln!(text, "- {}: {reason}", code(&file.path));
    }
    if files.len() > UNCLEAR {
        let _ = writeln!(text, "- … and {} more", files.len() - UNCLEAR);
    }
}

fn details(text: &mut String, findings: &[&Finding]) {
    if findings.is_empty() {
        return;
    }
    text.push_str("\n<details>\n<summary>Details and fixes</summary>\n");
    for (index, finding) in findings.iter().enumerate() {
        let part = detail(finding);
        if text.len() + part.len() > BUDGET {
            let _ = writeln!(text, "\n… and {} more, left out for length.", findings.len() - index);
            break;
        }
        text.push_str(&part);
    }
    text.push_str("\n</details>\n");
}

fn detail(finding: &Finding) -> String {
    let mut text = format!(
        "\n### {}: {}\n\n{}\n\n{}\n",
        finding.severity,
        code(&finding.rule),
        inline(&finding.message),
        code(&finding.location.to_string())
    );
    if let Some(excerpt) = &finding.excerpt {
        let lines = plain(excerpt);
        let fence = "`".repeat(longest_run(&lines).max(2) + 1);
        let _ = write!(text, "\n{fence}text\n{}\n{fence}\n", lines.join("\n"));
    }
    if finding.steps.len() > 1 {
        text.push('\n');
        for (index, step) in finding.steps.iter().take(20).enumerate() {
            let _ = writeln!(text, "{}. {} ({})", index + 1, inline(&step.text), escape(&spot(&step.location)));
        }
    }
    let _ = write!(text, "\n**Fix:** {}\n", inline(&finding.fix));
    if let Some(suppression) = &finding.suppressed {
        let _ = write!(text, "\n**Suppressed:** {}\n", inline(&suppression.reason));
    }
    text
}

/// Longest run of backticks, so that a fence can be longer.
fn longest_run(lines: &[String]) -> usize {
    let runs = lines.iter().flat_map(|line| line.split(|c| c != '`').map(str::len));
    runs.max().unwrap_or(0)
}

/// A sentence with its backtick spans as code; with unpaired backticks nothing is.
fn inline(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return escape(text);
    }
    let spans = parts.iter().enumerate();
    spans.map(|(index, part)| if index % 2 == 1 { code(part) } else { escape(part) }).collect()
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", escape(text))
}

/// Everything that Markdown, HTML or a forge's own references could read as markup, as character references.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().take(LONGEST).peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().unwrap_or(' ');
        match c {
            // An empty comment parts the sign from the name, or somebody would be notified.
            '@' | '#' if next.is_alphanumeric() => {
                out.push(c);
                out.push_str("<!-- -->");
            }
            // Bare addresses would become links.
            ':' if next == '/' => out.push_str("&#58;"),
            '.' if out.ends_with("www") => out.push_str("&#46;"),
            '&' | '<' | '>' | '"' | '`' | '*' | '_' | '~' | '[' | ']' | '\\' | '|' | '!' | '$' | '^' => {
                let _ = write!(out, "&#{};", c as u32);
            }
            c => push_visible(&mut out, c),
        }
    }
    if text.chars().nth(LONGEST).is_some() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_a_file_becomes_markup() {
        assert_eq!(inline("calls `a_b|c` @me"), "calls <code>a&#95;b&#124;c</code> @<!-- -->me");
        assert_eq!(inline("odd ` <b>"), "odd &#96; &#60;b&#62;");
        assert_eq!(longest_run(&["a ``` b".to_string(), "````".to_string()]), 4);
    }
}
