//! One input from bytes to record, findings and assets; a panic in it is caught and reported.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use redan_artifact::{Artifact, Options, Status};
use redan_domain::{
    Asset, AssetKind, Edge, EdgeKind, FileRecord, FileStatus, Finding, Location, Persona, ReadAt, Severity,
};

use serde::{Deserialize, Serialize};

use crate::fingerprint;
use crate::judge::{Judged, judge};

/// Members of one file that are listed as models of their own.
const MAX_MEMBERS: usize = 1000;

/// How to scan.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Passed on to the artifact readers.
    pub artifact: Options,
    /// Not every file of the project is looked at: nothing is said to be missing.
    pub partial: bool,
    /// Ids of rules that are switched off.
    pub disabled: Vec<String>,
}

/// What one file gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileScan {
    /// What was seen.
    pub record: FileRecord,
    /// What is wrong, most severe first.
    pub findings: Vec<Finding>,
    /// What there is.
    pub assets: Vec<Asset>,
    /// How it is connected.
    pub edges: Vec<Edge>,
}

/// Scans one input. `path` is what reports show.
pub fn scan_file(path: &str, input: &dyn ReadAt, settings: &Settings) -> FileScan {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let artifact = redan_artifact::inspect(input, path, &settings.artifact);
        let judged = judge(&artifact, path);
        (artifact, judged)
    }));
    match outcome {
        Ok((artifact, judged)) => finish(path, &artifact, judged, settings),
        Err(panic) => failed(path, input.size(), &panic_text(&*panic)),
    }
}

fn finish(path: &str, artifact: &Artifact, judged: Judged, settings: &Settings) -> FileScan {
    let Judged { mut findings, subjects, unfinished, .. } = judged;
    fingerprint::assign(&mut findings, &subjects);
    findings.retain(|finding| !settings.disabled.contains(&finding.rule));
    if is_source(&artifact.name) && TEXT_FORMATS.contains(&artifact.format) {
        // What looks like a model's text in a source or a document is an example: nobody loads that file.
        for finding in &mut findings {
            finding.severity = finding.severity.min(Severity::Low);
            finding.persona = finding.persona.max(Persona::Auditor);
        }
    }
    findings.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.location.cmp(&b.location)));
    let mut reasons = Vec::new();
    incomplete_reasons(artifact, "", &mut reasons);
    for reason in unfinished {
        if reasons.len() < 16 && !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    let status = match (&artifact.status, reasons.is_empty()) {
        (_, false) => FileStatus::Incomplete,
        (Status::Unrecognised, true) => FileStatus::Skipped,
        _ => FileStatus::Scanned,
    };
    if status == FileStatus::Skipped {
        reasons.push("not a format this scan looks at".to_string());
    }
    let record = FileRecord {
        path: path.to_string(),
        format: artifact.format.to_string(),
        status,
        reasons,
        size: artifact.size,
        sha256: None,
        findings: Vec::new(),
    };
    let (assets, edges) = assets(path, artifact);
    FileScan { record, findings, assets, edges }
}

fn incomplete_reasons(artifact: &Artifact, place: &str, out: &mut Vec<String>) {
    if let Status::Incomplete(reasons) = &artifact.status {
        for reason in reasons.iter().take(16_usize.saturating_sub(out.len())) {
            out.push(if place.is_empty() { reason.clone() } else { format!("{place}: {reason}") });
        }
    }
    for member in &artifact.members {
        let inner = if place.is_empty() { member.name.clone() } else { format!("{place} » {}", member.name) };
        incomplete_reasons(member, &inner, out);
    }
}

fn failed(path: &str, size: u64, message: &str) -> FileScan {
    let record = FileRecord {
        path: path.to_string(),
        format: "unknown".to_string(),
        status: FileStatus::Failed,
        reasons: vec![format!("the scanner failed on this file (please report it): {message}")],
        size,
        sha256: None,
        findings: Vec::new(),
    };
    FileScan { record, findings: Vec::new(), assets: Vec::new(), edges: Vec::new() }
}

/// All bytes of an input that is known to be small; None if it cannot be read.
pub(crate) fn read_whole(input: &dyn ReadAt) -> Option<Vec<u8>> {
    match input.bytes() {
        Some(bytes) => Some(bytes.to_vec()),
        None => input.read_vec_at(0, usize::try_from(input.size()).ok()?).ok(),
    }
}

pub(crate) fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "unknown panic".to_string())
}

/// The outer file as one asset, and an edge to each member that is a model by itself.
fn assets(path: &str, artifact: &Artifact) -> (Vec<Asset>, Vec<Edge>) {
    let Some(kind) = asset_kind(artifact) else { return (Vec::new(), Vec::new()) };
    let outer = asset(path.to_string(), path, &[], artifact, kind);
    let mut assets = vec![outer];
    let mut edges = Vec::new();
    for member in &artifact.members {
        if assets.len() > MAX_MEMBERS {
            break;
        }
        let members = [member.name.clone()];
        if let Some(AssetKind::Model) = asset_kind(member).filter(|_| kind == AssetKind::Package) {
            let id = format!("{path}#{}", member.name);
            edges.push(Edge { from: path.to_string(), to: id.clone(), kind: EdgeKind::Contains });
            assets.push(asset(id, path, &members, member, AssetKind::Model));
        }
    }
    (assets, edges)
}

fn asset(id: String, path: &str, members: &[String], artifact: &Artifact, kind: AssetKind) -> Asset {
    let contents = &artifact.contents;
    let mut attributes = BTreeMap::new();
    attributes.insert("format".to_string(), artifact.format.into());
    attributes.insert("size".to_string(), artifact.size.to_string().into());
    if contents.tensor_count > 0 {
        attributes.insert("tensors".to_string(), contents.tensor_count.to_string().into());
        attributes.insert("parameters".to_string(), contents.parameters.to_string().into());
    }
    if !contents.licences.is_empty() {
        attributes.insert("licences".to_string(), contents.licences.join(", ").into());
    }
    for (key, value) in contents.metadata.iter().take(32) {
        attributes.insert(format!("metadata.{key}"), value.as_str().into());
    }
    let name = artifact.name.rsplit('/').next().unwrap_or(&artifact.name).to_string();
    let location = Location { members: members.to_vec(), ..Location::file(path) };
    Asset { id, kind, name, location, attributes }
}

/// Names of configuration that belongs to a model; other JSON and YAML may be anybody's.
const MODEL_CONFIGURATION: &[&str] = &[
    "config.json",
    "generation_config.json",
    "model_index.json",
    "adapter_config.json",
    "preprocessor_config.json",
    "processor_config.json",
    "quantize_config.json",
    "config_sentence_transformers.json",
    "modules.json",
    "params.json",
    "MLmodel",
];

/// Endings of source and documents: what looks like a model's text in them is an example.
const SOURCE: &[&str] = &[
    "rs", "py", "js", "ts", "tsx", "jsx", "go", "java", "c", "cc", "cpp", "h", "hpp", "rb", "sh", "kt", "swift", "cs",
    "md", "rst", "ipynb", "html", "css", "lock",
];

/// Formats that are recognised by words which any source or document may hold.
const TEXT_FORMATS: &[&str] = &["yaml", "yaml-config", "caffe-prototxt", "tensorflow-graph-text"];

fn is_source(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| SOURCE.contains(&ending))
}

fn asset_kind(artifact: &Artifact) -> Option<AssetKind> {
    let name = artifact.name.rsplit('/').next().unwrap_or(&artifact.name);
    Some(match artifact.format {
        "unknown" | "json" | "yaml" | "text" | "requirements" | "executable" | "elf" | "pe" | "mach-o" | "script"
        | "model-card" | "python" | "xml" | "wasm" | "java-class" | "dex" | "windows-shortcut" | "python-bytecode" => {
            return None;
        }
        "zip" | "tar" | "7z" | "gzip" | "bzip2" | "xz" | "zstd" | "lz4" | "zlib" => AssetKind::Package,
        _ if is_source(name) => return None,
        "chat-template" | "tokenizer" => AssetKind::Template,
        "config" if !MODEL_CONFIGURATION.contains(&name) => return None,
        format if format.ends_with("-config") || format == "config" => AssetKind::Configuration,
        _ => AssetKind::Model,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Exploding;

    impl ReadAt for Exploding {
        fn size(&self) -> u64 {
            10
        }
        fn read_at(&self, _: u64, _: &mut [u8]) -> std::io::Result<usize> {
            panic!("boom")
        }
    }

    fn archive(count: u32, last: &str) -> Vec<u8> {
        let pickle = "  PROTO 2\n  GLOBAL os system\n  EMPTY_TUPLE\n  REDUCE\n  STOP\n";
        let members: String = (0..count).map(|at| format!("member {at}.pkl pickle\n{pickle}")).collect();
        redan_artifact::fixture::build("tar", &format!("{members}{last}")).unwrap()
    }

    #[test]
    fn a_flood_of_findings_is_counted_and_hides_nothing_else() {
        let last = "member last.pkl pickle\n  PROTO 2\n  GLOBAL builtins eval\n  EMPTY_TUPLE\n  REDUCE\n  STOP\n";
        let flood = scan_file("x.tar", &archive(700, last), &Settings::default());
        let of = |scan: &FileScan, rule: &str| -> Vec<Finding> {
            scan.findings.iter().filter(|finding| finding.rule == rule).cloned().collect()
        };
        let listed = of(&flood, "pickle-starts-process");
        assert_eq!((listed.len(), of(&flood, "pickle-runs-code").len()), (500, 1));
        let counted = listed.iter().filter(|finding| finding.message.ends_with("(and 200 more like this in the file)"));
        assert_eq!(counted.count(), 1);
        assert_eq!(flood.record.status, FileStatus::Incomplete);
        assert!(flood.record.reasons.contains(&redan_artifact::MORE_FINDINGS.to_string()));
        // What is listed keeps its fingerprint, however much follows.
        let fewer = scan_file("x.tar", &archive(500, ""), &Settings::default());
        let prints =
            |findings: Vec<Finding>| findings.into_iter().map(|finding| finding.fingerprint).collect::<Vec<_>>();
        assert_eq!(prints(of(&fewer, "pickle-starts-process")), prints(listed));
        assert_eq!(fewer.record.status, FileStatus::Scanned);
    }

    #[test]
    fn a_panic_is_reported_and_contained() {
        let scan = scan_file("x.bin", &Exploding, &Settings::default());
        assert_eq!(scan.record.status, FileStatus::Failed);
        assert!(scan.record.reasons[0].contains("boom"));
    }
}
