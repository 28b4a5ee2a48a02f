//! A finding as a SARIF result.

use redan_domain::{Finding, Location, ScanReport, Step, SuppressionSource};
use serde_json::{Value, json};

use super::Indices;
use super::rule::level;
use crate::excerpt::plain;
use crate::text::{from_here, uri};

pub(super) fn result(finding: &Finding, report: &ScanReport, indices: &Indices) -> Value {
    let mut primary = location(&finding.location, report, indices);
    if let (Some(excerpt), Some(region)) = (&finding.excerpt, primary.pointer_mut("/physicalLocation/region")) {
        region["snippet"] = json!({"text": plain(excerpt).join("\n")});
    }
    let mut value = json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "message": {"text": text(&finding.message)},
        "locations": [primary],
        "partialFingerprints": {"redan/v1": finding.fingerprint},
        "properties": {
            "severity": finding.severity,
            "confidence": finding.confidence,
            "persona": finding.persona,
            "fix": finding.fix,
        },
    });
    if let Some(index) = indices.rules.get(finding.rule.as_str()) {
        value["ruleIndex"] = json!(index);
    }
    if !finding.related.is_empty() {
        value["relatedLocations"] = steps(&finding.related, report, indices);
    }
    if !finding.steps.is_empty() {
        let flow: Vec<Value> = finding
            .steps
            .iter()
            .map(|step| json!({"location": explained(step, report, indices), "importance": "essential"}))
            .collect();
        value["codeFlows"] = json!([{"threadFlows": [{"locations": flow}]}]);
    }
    // An empty list says that suppressions were looked for; without it a viewer cannot know.
    value["suppressions"] = match &finding.suppressed {
        None => json!([]),
        Some(suppression) => {
            let kind = if suppression.source == SuppressionSource::Inline { "inSource" } else { "external" };
            json!([{
                "kind": kind,
                "status": "accepted",
                "justification": suppression.reason,
                "properties": {"expires": suppression.expires, "source": suppression.source},
            }])
        }
    };
    value
}

/// Plain message text, in which SARIF would read `[words](target)` as a link.
pub(super) fn text(text: &str) -> String {
    text.replace("](", "] (")
}

pub(super) fn artifact(path: &str, report: &ScanReport, indices: &Indices) -> Value {
    let mut value = json!({"uri": uri(&from_here(path, report))});
    if let Some(index) = indices.artifacts.get(path) {
        value["index"] = json!(index);
    }
    value
}

fn steps(steps: &[Step], report: &ScanReport, indices: &Indices) -> Value {
    steps.iter().map(|step| explained(step, report, indices)).collect()
}

fn explained(step: &Step, report: &ScanReport, indices: &Indices) -> Value {
    let mut value = location(&step.location, report, indices);
    value["message"] = json!({"text": text(&step.text)});
    value
}

fn location(location: &Location, report: &ScanReport, indices: &Indices) -> Value {
    let mut value = json!({"physicalLocation": {
        "artifactLocation": artifact(&location.path, report, indices),
        "region": region(location),
    }});
    let mut logical = Vec::new();
    let mut name = location.path.clone();
    for member in &location.members {
        name = format!("{name} » {member}");
        logical.push(json!({"name": member, "fullyQualifiedName": name, "kind": "member"}));
    }
    if let Some(pointer) = &location.pointer {
        logical.push(json!({"name": pointer, "fullyQualifiedName": format!("{name}#{pointer}"), "kind": "element"}));
    }
    if !logical.is_empty() {
        value["logicalLocations"] = json!(logical);
    }
    if !location.members.is_empty() {
        // Offsets and lines of a member are none of the file, so they may not stand in its region.
        value["properties"] = json!({"member": {
            "path": location.members,
            "offset": location.offset,
            "length": location.len,
            "line": location.line,
            "column": location.column,
        }});
    }
    value
}

/// GitHub shows no result without a line, so a place in a binary file is on line 1 as well.
fn region(location: &Location) -> Value {
    let own = location.members.is_empty();
    let line = location.line.filter(|line| own && *line > 0);
    let mut region = json!({"startLine": line.unwrap_or(1)});
    if let (Some(_), Some(column)) = (line, location.column.filter(|column| *column > 0)) {
        region["startColumn"] = json!(column);
    }
    if let (None, true, Some(offset)) = (line, own, location.offset) {
        region["byteOffset"] = json!(offset);
        if let Some(len) = location.len {
            region["byteLength"] = json!(len);
        }
    }
    region
}
