//! A rule as a SARIF reporting descriptor.

use redan_domain::{RuleInfo, Severity, framework};
use serde_json::{Value, json};

/// The descriptor; `helpUri` leads to the entry.
pub(super) fn rule(rule: &RuleInfo) -> Value {
    let paragraph = rule.help.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    let full = if paragraph.trim().is_empty() { &rule.title } else { paragraph.trim() };
    let markdown = markdown(rule);
    json!({
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": full},
        "help": {"text": format!("{}\n\nHow to fix: {}", rule.help.trim(), rule.fix), "markdown": markdown},
        "helpUri": format!("{}/blob/main/crates/scan/src/rules/{}/{}.md", env!("CARGO_PKG_REPOSITORY"), rule.family, rule.id),
        "defaultConfiguration": {"level": level(rule.severity)},
        "properties": {
            "tags": tags(rule),
            "precision": rule.confidence,
            "security-severity": security_severity(rule.severity),
            "problem.severity": match rule.severity {
                Severity::Critical | Severity::High => "error",
                Severity::Medium => "warning",
                Severity::Low | Severity::Info => "recommendation",
            },
            "severity": rule.severity,
            "persona": rule.persona,
            "since": rule.since,
        },
    })
}

fn markdown(rule: &RuleInfo) -> String {
    let mut text = format!("{}\n\n**How to fix:** {}\n", rule.help.trim(), rule.fix);
    let mapped = rule.maps.iter().filter_map(|target| {
        let (key, id) = target.split_once(':')?;
        let framework = framework::by_key(key)?;
        Some(format!("- {}: {id} {}\n", framework.name(), framework.title(id).unwrap_or_default()))
    });
    let mapped: String = mapped.collect();
    if !mapped.is_empty() {
        text.push_str("\n**Maps to**\n\n");
        text.push_str(&mapped);
    }
    text
}

/// What services filter by; CWE in the spelling that GitHub knows.
fn tags(rule: &RuleInfo) -> Vec<String> {
    let mut tags = vec!["security".to_string(), "ai".to_string(), rule.family.clone()];
    tags.extend(rule.maps.iter().map(|target| match target.strip_prefix("cwe:") {
        Some(id) => format!("external/cwe/{}", id.to_lowercase()),
        None => target.clone(),
    }));
    tags.sort();
    tags.dedup();
    tags
}

/// SARIF has three levels that are shown.
pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// A number on the scale of CVSS, from which GitHub computes its four levels (critical over 9.0, high from
/// 7.0, medium from 4.0).
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
        Severity::Info => "1.0",
    }
}
