//! One input from bytes to record, findings and assets; a panic in it is caught and reported.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use redan_artifact::{Artifact, Options, Status};
use redan_domain::{Asset, AssetKind, Edge, EdgeKind, FileRecord, FileStatus, Finding, Location, ReadAt};

use crate::fingerprint;
use crate::infra;
use crate::judge::{Judged, judge, judge_facts};

/// Members of one file that are listed as models of their own.
const MAX_MEMBERS: usize = 1000;

/// Bytes of a file that may be infrastructure.
const MAX_INFRASTRUCTURE: u64 = 8 << 20;

/// How to scan.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Passed on to the artifact readers.
    pub artifact: Options,
    /// Ids of rules that are switched off.
    pub disabled: Vec<String>,
}

/// What one file gave.
#[derive(Debug, Clone, PartialEq)]
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
        let mut judged = judge(&artifact, path);
        let infrastructure = infrastructure(path, input, &mut judged);
        (artifact, judged, infrastructure)
    }));
    match outcome {
        Ok((artifact, judged, infrastructure)) => finish(path, &artifact, judged, infrastructure, settings),
        Err(panic) => failed(path, input.size(), &panic_text(&*panic)),
    }
}

/// Looks at a file of infrastructure by itself and says what it is; none if it is something else.
fn infrastructure(path: &str, input: &dyn ReadAt, judged: &mut Judged) -> Option<&'static str> {
    const ENDINGS: &[&str] = &["tf", "tfvars", "tofu", "bicep", "yaml", "yml", "json", "template"];
    let ending = path.rsplit('.').next().unwrap_or_default();
    if !ENDINGS.contains(&ending) || input.size() > MAX_INFRASTRUCTURE {
        return None;
    }
    let mut bytes = vec![0; input.size() as usize];
    let mut at = 0;
    while let Some(rest) = bytes.get_mut(at..).filter(|rest| !rest.is_empty()) {
        match input.read_at(at as u64, rest) {
            Ok(0) | Err(_) => break,
            Ok(count) => at += count,
        }
    }
    bytes.truncate(at);
    let text = String::from_utf8_lossy(&bytes);
    let format = infra::format_of(path, &text)?;
    for (_, facts) in infra::examine(&[(path, &text)]) {
        judge_facts(&facts, path, judged);
    }
    Some(format)
}

fn finish(
    path: &str,
    artifact: &Artifact,
    judged: Judged,
    infrastructure: Option<&'static str>,
    settings: &Settings,
) -> FileScan {
    let Judged { mut findings, subjects, unfinished } = judged;
    fingerprint::assign(&mut findings, &subjects);
    findings.retain(|finding| !settings.disabled.contains(&finding.rule));
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
        (Status::Unrecognised, true) if infrastructure.is_none() => FileStatus::Skipped,
        _ => FileStatus::Scanned,
    };
    if status == FileStatus::Skipped {
        reasons.push("not a format this scan looks at".to_string());
    }
    let record = FileRecord {
        path: path.to_string(),
        format: infrastructure.unwrap_or(artifact.format).to_string(),
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

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
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
    attributes.insert("format".to_string(), artifact.format.to_string());
    attributes.insert("size".to_string(), artifact.size.to_string());
    if contents.tensor_count > 0 {
        attributes.insert("tensors".to_string(), contents.tensor_count.to_string());
        attributes.insert("parameters".to_string(), contents.parameters.to_string());
    }
    if !contents.licences.is_empty() {
        attributes.insert("licences".to_string(), contents.licences.join(", "));
    }
    for (key, value) in contents.metadata.iter().take(32) {
        attributes.insert(format!("metadata.{key}"), value.clone());
    }
    let name = artifact.name.rsplit('/').next().unwrap_or(&artifact.name).to_string();
    let location = Location { members: members.to_vec(), ..Location::file(path) };
    Asset { id, kind, name, location, attributes }
}

fn asset_kind(artifact: &Artifact) -> Option<AssetKind> {
    Some(match artifact.format {
        "unknown" | "json" | "yaml" | "text" | "requirements" | "executable" => return None,
        "zip" | "tar" | "7z" | "gzip" | "bzip2" | "xz" | "zstd" | "lz4" | "zlib" => AssetKind::Package,
        "python" => AssetKind::Code,
        "chat-template" | "tokenizer" => AssetKind::Template,
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
