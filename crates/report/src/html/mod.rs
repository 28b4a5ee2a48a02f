//! One self-contained page for a browser, a phone, a printer, and people who decide.
//!
//! The page loads nothing and its content security policy allows only the style and script inside it.

mod card;

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::Environment;
use redan_domain::{FileRecord, FileStatus, Finding, RuleInfo, ScanReport, Severity, framework};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::Style;
use crate::summary::{Summary, by_file, coverage_line, formats, unclear, worst};
use crate::text::{size, visible};

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");
const PAGE: &str = include_str!("report.html");

/// Findings of one rule in one file that get a card; more get a row.
const SAME_RULE: usize = 5;
/// Cards on one page; more findings get a row.
const CARDS: usize = 1_000;
/// Findings on one page.
const FINDINGS: usize = 10_000;
/// Rows of the table of files.
const FILES: usize = 2_000;
/// Files listed as not wholly examined.
const UNCLEAR: usize = 200;

pub(crate) fn render(report: &ScanReport, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let mut environment = Environment::new();
    environment.add_template("report.html", PAGE).map_err(io::Error::other)?;
    let template = environment.get_template("report.html").map_err(io::Error::other)?;
    let page = template.render(minijinja::value::Serde(page(report, style))).map_err(io::Error::other)?;
    out.write_all(page.as_bytes())
}

/// What the content security policy allows: exactly this text.
fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

fn page(report: &ScanReport, style: Style) -> Value {
    let summary = Summary::of(report);
    let (groups, left_out) = groups(report, style);
    let tone = match summary.worst() {
        Some(severity) => severity.as_str(),
        None if summary.unclear > 0 || summary.examined == 0 || report.coverage.interrupted => "unclear",
        None => "good",
    };
    let shown = |severity: Severity| {
        let all = report.findings.iter().filter(|finding| crate::summary::shown(finding, style));
        all.filter(|finding| finding.severity == severity).count()
    };
    let counters: Vec<Value> = Severity::ALL
        .iter()
        .rev()
        .map(|severity| json!({"name": severity, "number": summary.at(*severity), "shown": shown(*severity)}))
        .collect();
    let unclear: Vec<&FileRecord> = unclear(report).collect();
    let (files, files_more) = files(report);
    let formats: Vec<String> =
        formats(report).iter().take(40).map(|(format, number)| format!("{number} {}", visible(format))).collect();
    json!({
        "style": STYLE, "style_hash": hash(STYLE),
        "script": SCRIPT, "script_hash": hash(SCRIPT),
        "title": format!("Redan: {} in {}", summary.findings_line(), visible(&report.targets.join(", "))),
        "tool": format!("{} {}", report.tool.name, report.tool.version),
        "tone": tone,
        "verdict": summary.core(),
        "caveats": summary.caveats(),
        "next": summary.next(),
        "targets": report.targets.iter().take(10).map(|target| visible(target)).collect::<Vec<_>>(),
        "started": report.started.split('.').next().map(|time| time.replace('T', " ").trim_end_matches('Z').to_string()).filter(|time| !time.is_empty()).map(|time| time + " UTC"),
        "counters": counters,
        "groups": groups,
        "findings_more": left_out,
        "suppressed": summary.suppressed,
        "hidden": report.coverage.hidden,
        "interrupted": report.coverage.interrupted,
        "coverage_line": coverage_line(report),
        "formats": formats.join(", "),
        "rules": report.rules.len(),
        "frameworks": frameworks(report),
        "unclear": unclear.iter().take(UNCLEAR).map(|file| json!({
            "path": visible(&file.path),
            "status": file.status,
            "reasons": file.reasons.iter().take(8).map(|reason| visible(reason)).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "unclear_more": unclear.len().saturating_sub(UNCLEAR),
        "files": files,
        "files_more": files_more,
    })
}

/// Cards and rows by file, and how many findings are on neither.
fn groups(report: &ScanReport, style: Style) -> (Vec<Value>, usize) {
    let rules: HashMap<&str, &RuleInfo> = report.rules.iter().map(|rule| (rule.id.as_str(), rule)).collect();
    let (mut cards_left, mut left, mut left_out) = (CARDS, FINDINGS, 0);
    let mut groups = Vec::new();
    for (file, findings) in by_file(report, style) {
        let mut same: HashMap<&str, usize> = HashMap::new();
        let (mut cards, mut rest) = (Vec::new(), Vec::new());
        for finding in findings {
            if left == 0 {
                left_out += 1;
                continue;
            }
            left -= 1;
            let seen = same.entry(finding.rule.as_str()).or_default();
            *seen += 1;
            if *seen <= SAME_RULE && cards_left > 0 {
                cards_left -= 1;
                cards.push(card::card(finding, rules.get(finding.rule.as_str()).copied()));
            } else {
                rest.push(card::row(finding));
            }
        }
        if !cards.is_empty() || !rest.is_empty() {
            groups.push(json!({
                "path": visible(&file.path),
                "format": visible(&file.format),
                "size": size(file.size),
                "sha256": file.sha256,
                "cards": cards,
                "rest": rest,
            }));
        }
    }
    (groups, left_out)
}

/// Files for the table: those that need attention first.
fn files(report: &ScanReport) -> (Vec<Value>, usize) {
    let mut files: Vec<(Option<Severity>, &FileRecord)> =
        report.files.iter().map(|file| (worst(file, report), file)).collect();
    let attention = |status: FileStatus| match status {
        FileStatus::Failed | FileStatus::Incomplete => 0,
        FileStatus::Scanned => 1,
        FileStatus::Skipped => 2,
    };
    files.sort_by_key(|(worst, file)| (std::cmp::Reverse(*worst), attention(file.status)));
    let rows = files
        .iter()
        .take(FILES)
        .map(|(worst, file)| {
            let findings = file.findings.iter().filter_map(|index| report.findings.get(*index));
            json!({
                "path": visible(&file.path),
                "status": file.status,
                "format": visible(&file.format),
                "size": size(file.size),
                "findings": findings.filter(|finding| finding.suppressed.is_none()).count(),
                "worst": worst,
            })
        })
        .collect();
    (rows, files.len().saturating_sub(FILES))
}

/// Framework items with the number of findings that map to them.
fn frameworks(report: &ScanReport) -> Vec<Value> {
    let mut per_rule: HashMap<&str, u64> = HashMap::new();
    let counting = report.findings.iter().filter(|finding: &&Finding| finding.suppressed.is_none());
    for finding in counting {
        *per_rule.entry(finding.rule.as_str()).or_default() += 1;
    }
    let mut numbers: BTreeMap<&str, u64> = BTreeMap::new();
    for rule in &report.rules {
        if let Some(number) = per_rule.get(rule.id.as_str()) {
            for target in &rule.maps {
                *numbers.entry(target).or_default() += number;
            }
        }
    }
    let named = numbers.iter().filter_map(|(target, number)| {
        let (key, id) = target.split_once(':')?;
        let framework = framework::by_key(key)?;
        let title = framework.title(id).unwrap_or_default();
        let name = framework.name().split(", ").next().unwrap_or_default();
        Some(json!({"framework": name, "id": id, "title": title, "number": number}))
    });
    named.collect()
}
