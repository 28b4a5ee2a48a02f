//! CycloneDX 1.6: the models, their parts and what is wrong with them as a bill of materials.
//!
//! Source: the CycloneDX 1.6 JSON schema. Only what is known is written; nothing is guessed.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{self, Write};

use redan_domain::{Asset, AssetKind, Attribute, FileRecord, Finding, RuleInfo, ScanReport, Severity};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::Style;
use crate::json::write_pretty;

pub(crate) fn render(report: &ScanReport, _style: Style, out: &mut dyn Write) -> io::Result<()> {
    write_pretty(&document(report), out)
}

fn document(report: &ScanReport) -> Value {
    let files: HashMap<&str, &FileRecord> = report.files.iter().map(|file| (file.path.as_str(), file)).collect();
    let mut references = BTreeSet::new();
    let mut components = Vec::new();
    let mut services = Vec::new();
    for asset in &report.assets {
        if !references.insert(asset.id.as_str()) {
            continue;
        }
        if is_service(asset) {
            services.push(service(asset));
        } else {
            components.push(component(asset, &files));
        }
    }
    // A finding needs something that it affects, also where the file is no asset.
    for file in report.files.iter().filter(|file| !file.findings.is_empty()) {
        if references.insert(file.path.as_str()) {
            components.push(plain_file(file));
        }
    }
    let dependencies = dependencies(report, &references);
    let vulnerabilities = vulnerabilities(report, &references);
    let mut document = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "tools": {"components": [{
                "type": "application",
                "name": report.tool.name,
                "version": report.tool.version,
                "externalReferences": [{"type": "vcs", "url": env!("CARGO_PKG_REPOSITORY")}],
            }]},
            "lifecycles": [{"phase": "discovery"}],
            "properties": [
                property("redan:targets", &report.targets.join(" ")),
                property("redan:files-seen", &report.coverage.seen.to_string()),
                property("redan:files-incomplete", &report.coverage.incomplete.to_string()),
                property("redan:files-failed", &report.coverage.failed.to_string()),
                property("redan:interrupted", &report.coverage.interrupted.to_string()),
            ],
        },
        "components": components,
        "services": services,
        "dependencies": dependencies,
        "vulnerabilities": vulnerabilities,
    });
    document["serialNumber"] = json!(serial_number(&document));
    if !report.started.is_empty() {
        document["metadata"]["timestamp"] = json!(report.started);
    }
    document
}

/// The same content gives the same number: a UUID of version 8 (RFC 9562) from a SHA-256.
fn serial_number(document: &Value) -> String {
    let digest = Sha256::digest(document.to_string());
    let mut hex: Vec<char> =
        digest.iter().take(16).flat_map(|byte| format!("{byte:02x}").chars().collect::<Vec<_>>()).collect();
    for (at, digit) in [(12, '8'), (16, 'a')] {
        if let Some(slot) = hex.get_mut(at) {
            *slot = digit;
        }
    }
    let mut text = String::from("urn:uuid:");
    for (index, digit) in hex.into_iter().enumerate() {
        if matches!(index, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        text.push(digit);
    }
    text
}

fn property(name: &str, value: &str) -> Value {
    json!({"name": name, "value": value})
}

fn component(asset: &Asset, files: &HashMap<&str, &FileRecord>) -> Value {
    let (kind, data) = match asset.kind {
        AssetKind::Model | AssetKind::Adapter => ("machine-learning-model", None),
        AssetKind::Dataset => ("data", Some("dataset")),
        AssetKind::Code => ("data", Some("source-code")),
        AssetKind::Configuration | AssetKind::Hook | AssetKind::Identity => ("data", Some("configuration")),
        AssetKind::Template | AssetKind::Prompt | AssetKind::Instructions => ("data", Some("definition")),
        AssetKind::Secret => ("data", Some("other")),
        AssetKind::Package | AssetKind::Notebook => ("file", None),
        AssetKind::Library => ("library", None),
        AssetKind::Workload => ("container", None),
        AssetKind::Agent
        | AssetKind::Tool
        | AssetKind::McpServer
        | AssetKind::Memory
        | AssetKind::VectorStore
        | AssetKind::Endpoint
        | AssetKind::Guardrail
        | AssetKind::TrainingJob
        | AssetKind::DataStore
        | AssetKind::Pipeline => ("application", None),
    };
    let mut properties = properties(asset);
    let mut value = json!({"type": kind, "bom-ref": asset.id, "name": asset.name});
    if let Some(file) = files.get(asset.location.path.as_str()).filter(|_| asset.location.members.is_empty()) {
        hashes(&mut value, file);
        properties.push(property("redan:status", status(file)));
    }
    if let Some(version) = asset.attributes.get("version").and_then(text) {
        value["version"] = json!(version);
    }
    if let Some(purl) = asset.attributes.get("purl").and_then(text) {
        value["purl"] = json!(purl);
    }
    if let Some(licences) = asset.attributes.get("licences").and_then(text) {
        let named = licences.split(", ").filter(|name| !name.is_empty());
        value["licenses"] = named.map(|name| json!({"license": {"name": name}})).collect();
    }
    if let Some(data) = data {
        value["data"] = json!([{"type": data, "name": asset.name}]);
    }
    if kind == "machine-learning-model" {
        model_card(&mut value, asset);
    }
    value["properties"] = json!(properties);
    value
}

/// Where it stands, what it is, and every attribute with the line that says so.
fn properties(asset: &Asset) -> Vec<Value> {
    let mut properties =
        vec![property("redan:path", &asset.location.path), property("redan:kind", asset.kind.as_str())];
    properties.extend(asset.location.line.map(|line| property("redan:line", &line.to_string())));
    properties.extend(asset.location.members.iter().map(|member| property("redan:member", member)));
    let facts = asset.attributes.iter().filter(|(key, _)| !["licences", "purl", "version"].contains(&key.as_str()));
    properties.extend(facts.map(|(key, value)| property(&format!("redan:{key}"), &value.to_string())));
    properties
}

/// Whether it is reached over a network and not part of what is shipped.
fn is_service(asset: &Asset) -> bool {
    match asset.kind {
        AssetKind::Endpoint => true,
        AssetKind::Model | AssetKind::VectorStore | AssetKind::DataStore | AssetKind::McpServer => {
            asset.attributes.get("hosted").is_some_and(|hosted| hosted.value == Attribute::from(true).value)
        }
        _ => false,
    }
}

fn service(asset: &Asset) -> Value {
    let mut value = json!({"bom-ref": asset.id, "name": asset.name, "properties": properties(asset)});
    if let Some(provider) = asset.attributes.get("provider").and_then(text) {
        value["provider"] = json!({"name": provider});
    }
    if let Some(url) = asset.attributes.get("url").and_then(text) {
        value["endpoints"] = json!([url]);
    }
    if let Some(redan_domain::Value::Is(authenticated)) =
        asset.attributes.get("authenticated").map(|known| &known.value)
    {
        value["authenticated"] = json!(authenticated);
    }
    value
}

fn text(attribute: &Attribute) -> Option<&str> {
    match &attribute.value {
        redan_domain::Value::Text(text) => Some(text),
        _ => None,
    }
}

/// Architecture and task, where the file itself names them.
fn model_card(value: &mut Value, asset: &Asset) {
    let known =
        |keys: &[&str]| keys.iter().find_map(|key| asset.attributes.get(&format!("metadata.{key}")).and_then(text));
    let mut parameters = serde_json::Map::new();
    if let Some(family) = known(&["general.architecture", "model_type", "booster", "kind"]) {
        parameters.insert("architectureFamily".to_string(), json!(family));
    }
    if let Some(architecture) = known(&["architectures", "class_name", "graph"]) {
        parameters.insert("modelArchitecture".to_string(), json!(architecture));
    }
    if let Some(task) = known(&["pipeline_tag", "task", "objective"]) {
        parameters.insert("task".to_string(), json!(task));
    }
    if !parameters.is_empty() {
        value["modelCard"] = json!({"modelParameters": parameters});
    }
}

fn hashes(value: &mut Value, file: &FileRecord) {
    if let Some(sha256) = &file.sha256 {
        value["hashes"] = json!([{"alg": "SHA-256", "content": sha256}]);
    }
}

fn status(file: &FileRecord) -> &'static str {
    match file.status {
        redan_domain::FileStatus::Scanned => "scanned",
        redan_domain::FileStatus::Skipped => "skipped",
        redan_domain::FileStatus::Incomplete => "incomplete",
        redan_domain::FileStatus::Failed => "failed",
    }
}

fn plain_file(file: &FileRecord) -> Value {
    let name = file.path.rsplit('/').next().unwrap_or(&file.path);
    let mut value = json!({"type": "file", "bom-ref": file.path, "name": name, "properties": [
        property("redan:path", &file.path),
        property("redan:format", &file.format),
        property("redan:size", &file.size.to_string()),
        property("redan:status", status(file)),
    ]});
    hashes(&mut value, file);
    value
}

fn dependencies(report: &ScanReport, references: &BTreeSet<&str>) -> Vec<Value> {
    let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for edge in &report.edges {
        if references.contains(edge.from.as_str()) && references.contains(edge.to.as_str()) {
            edges.entry(&edge.from).or_default().insert(&edge.to);
        }
    }
    edges.into_iter().map(|(from, to)| json!({"ref": from, "dependsOn": to})).collect()
}

/// One per rule that fired. Suppressed findings are left out: nobody should have to look at them twice.
fn vulnerabilities(report: &ScanReport, references: &BTreeSet<&str>) -> Vec<Value> {
    let rules: HashMap<&str, &RuleInfo> = report.rules.iter().map(|rule| (rule.id.as_str(), rule)).collect();
    let mut fired: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in report.findings.iter().filter(|finding| finding.suppressed.is_none()) {
        fired.entry(&finding.rule).or_default().push(finding);
    }
    let mut all: Vec<(Severity, Value)> = fired
        .into_iter()
        .map(|(id, findings)| {
            let worst = findings.iter().map(|finding| finding.severity).max().unwrap_or(Severity::Info);
            (worst, vulnerability(id, worst, &findings, rules.get(id).copied(), references))
        })
        .collect();
    all.sort_by_key(|(worst, _)| std::cmp::Reverse(*worst));
    all.into_iter().map(|(_, value)| value).collect()
}

fn vulnerability(
    id: &str,
    worst: Severity,
    findings: &[&Finding],
    rule: Option<&RuleInfo>,
    references: &BTreeSet<&str>,
) -> Value {
    let mut affected = BTreeSet::new();
    for finding in findings {
        let location = &finding.location;
        let inner = location.members.first().map(|member| format!("{}#{member}", location.path));
        affected.insert(inner.filter(|id| references.contains(id.as_str())).unwrap_or_else(|| location.path.clone()));
    }
    let messages: Vec<String> =
        findings.iter().take(10).map(|finding| format!("{}: {}", finding.location, finding.message)).collect();
    let mut value = json!({
        "bom-ref": format!("rule:{id}"),
        "id": id,
        "source": {"name": "Redan", "url": env!("CARGO_PKG_REPOSITORY")},
        "ratings": [{"severity": worst, "method": "other"}],
        "detail": messages.join("\n"),
        "affects": affected.iter().filter(|id| references.contains(id.as_str())).map(|id| json!({"ref": id})).collect::<Vec<_>>(),
        "properties": [property("redan:findings", &findings.len().to_string())],
    });
    if let Some(rule) = rule {
        value["description"] = json!(rule.title);
        value["recommendation"] = json!(rule.fix);
        let cwes = rule.maps.iter().filter_map(|target| target.strip_prefix("cwe:CWE-")?.parse::<u32>().ok());
        let cwes: Vec<u32> = cwes.collect();
        if !cwes.is_empty() {
            value["cwes"] = json!(cwes);
        }
    }
    value
}
