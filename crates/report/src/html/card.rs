//! One finding as the template wants it.

use redan_domain::{Finding, Location, RuleInfo, Step, framework};
use serde_json::{Value, json};

use crate::excerpt::{gutter, rows};
use crate::text::{spot, visible};

/// Steps of one chain on a card.
const STEPS: usize = 12;

/// Everything about a finding.
pub(super) fn card(finding: &Finding, rule: Option<&RuleInfo>) -> Value {
    let excerpt = finding.excerpt.as_ref().map(rows).unwrap_or_default();
    let gutter = gutter(&excerpt);
    let rows: Vec<Value> = excerpt
        .iter()
        .map(|row| {
            let (blanks, carets, note) = row.underline().unwrap_or_default();
            json!({
                "label": format!("{:>gutter$}", row.label),
                "blank": " ".repeat(gutter),
                "before": row.before, "marked": row.marked, "after": row.after,
                "blanks": blanks, "carets": carets, "note": note,
            })
        })
        .collect();
    // A chain of one repeats the message.
    let steps = if finding.steps.len() > 1 { finding.steps.as_slice() } else { &[] };
    json!({
        "severity": finding.severity,
        "confidence": finding.confidence,
        "rule": visible(&finding.rule),
        "message": prose(&finding.message),
        "place": visible(&finding.location.to_string()),
        "rows": rows,
        "steps": steps.iter().take(STEPS).map(|step| explained(step, &finding.location)).collect::<Vec<_>>(),
        "steps_more": steps.len().saturating_sub(STEPS),
        "related": finding.related.iter().take(STEPS).map(|step| explained(step, &finding.location)).collect::<Vec<_>>(),
        "fix": prose(&finding.fix),
        "chips": rule.map(chips).unwrap_or_default(),
        "suppressed": finding.suppressed.as_ref().map(|suppression| json!({
            "reason": visible(&suppression.reason),
            "expires": suppression.expires.as_deref().map(visible),
        })),
    })
}

/// The same in one line.
pub(super) fn row(finding: &Finding) -> Value {
    json!({
        "severity": finding.severity,
        "rule": visible(&finding.rule),
        "message": prose(&finding.message),
        "place": visible(&finding.location.to_string()),
    })
}

fn explained(step: &Step, from: &Location) -> Value {
    let near = step.location.path == from.path && step.location.members == from.members;
    let place = if near { spot(&step.location) } else { visible(&step.location.to_string()) };
    json!({"text": prose(&step.text), "place": place})
}

fn chips(rule: &RuleInfo) -> Vec<Value> {
    let named = rule.maps.iter().filter_map(|target| {
        let (key, id) = target.split_once(':')?;
        let framework = framework::by_key(key)?;
        let title = format!("{} {}", framework.name(), framework.title(id).unwrap_or_default());
        Some(json!({"text": if key == "cwe" || key == "atlas" { id.to_string() } else { format!("{key} {id}") }, "title": title.trim_end()}))
    });
    named.collect()
}

/// A sentence as HTML, its backtick spans as code; everything else escaped here, since the template trusts it.
fn prose(text: &str) -> String {
    let text = visible(text);
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return escape(&text);
    }
    let spans = parts
        .iter()
        .enumerate()
        .map(|(index, part)| if index % 2 == 1 { format!("<code>{}</code>", escape(part)) } else { escape(part) });
    spans.collect()
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
