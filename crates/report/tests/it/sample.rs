//! One report with everything in it that a format could get wrong.

use std::collections::BTreeMap;

use redan_domain::{
    Asset, AssetKind, Confidence, Coverage, Edge, EdgeKind, Excerpt, ExcerptLine, FileRecord, FileStatus, Finding,
    Location, Persona, RuleInfo, ScanReport, Severity, Step, Suppression, SuppressionSource, ToolInfo,
};

/// What a hostile file could put where its content is shown.
pub(crate) const HOSTILE: &str = "</td><script>alert(1)</script> \x1b[31mred\x1b[0m ]]> \n::error::owned %0A | **bold** ![x](http://e.vil) @team \u{202e}\u{9b}";

fn location(path: &str, members: &[&str], offset: Option<u64>) -> Location {
    Location { members: members.iter().map(ToString::to_string).collect(), offset, ..Location::file(path) }
}

fn finding(rule: &str, severity: Severity, message: &str, location: Location, fingerprint: &str) -> Finding {
    Finding {
        rule: rule.to_string(),
        severity,
        confidence: Confidence::High,
        persona: Persona::Developer,
        message: message.to_string(),
        location,
        related: Vec::new(),
        steps: Vec::new(),
        excerpt: None,
        fix: "do not load the file; get the weights in `safetensors`".to_string(),
        fingerprint: fingerprint.to_string(),
        suppressed: None,
    }
}

fn file(path: &str, format: &str, status: FileStatus, findings: &[usize]) -> FileRecord {
    FileRecord {
        path: path.to_string(),
        format: format.to_string(),
        status,
        reasons: Vec::new(),
        size: 2048,
        sha256: (status == FileStatus::Scanned).then(|| "ab".repeat(32)),
        findings: findings.to_vec(),
    }
}

fn rule(id: &str, severity: Severity, maps: &[&str]) -> RuleInfo {
    RuleInfo {
        id: id.to_string(),
        title: format!("Title of {id}"),
        severity,
        confidence: Confidence::High,
        persona: Persona::Developer,
        since: "0.1.0".to_string(),
        family: "pickle".to_string(),
        maps: maps.iter().map(ToString::to_string).collect(),
        fix: "get the weights in safetensors".to_string(),
        help: "The pickle calls a function.\n\n## Why it matters\n\nLoading runs it.".to_string(),
    }
}

fn runs_code() -> Finding {
    let members = ["archive/inner.zip", "data.pkl"];
    let at = |offset| location("models/my model#1.pt", &members, Some(offset));
    let line =
        |label: &str, text: &str| ExcerptLine { label: label.into(), text: text.into(), ..ExcerptLine::default() };
    Finding {
        steps: vec![
            Step { location: at(0x2), text: "imports `os.system`".to_string() },
            Step { location: at(0x13), text: format!("argument `{HOSTILE}`") },
            Step { location: at(0x2f), text: "calls `os.system`, which starts programs".to_string() },
        ],
        related: vec![Step {
            location: location("models/my model#1.pt", &[], Some(7)),
            text: "the archive starts here".to_string(),
        }],
        excerpt: Some(Excerpt {
            lines: vec![
                line("0x2", "GLOBAL os system"),
                line("0x13", &format!("BINUNICODE ``` {HOSTILE}")),
                ExcerptLine {
                    label: "0x2f".to_string(),
                    text: "語 REDUCE".to_string(),
                    mark: Some((2, 8)),
                    note: "starts programs".to_string(),
                },
            ],
        }),
        ..finding(
            "pickle-starts-process",
            Severity::Critical,
            "calls `os.system`, which starts programs",
            at(0x2f),
            "f1",
        )
    }
}

/// The report.
pub(crate) fn report() -> ScanReport {
    let text_place = Location { line: Some(3), column: Some(5), ..Location::file("models/config.json") };
    let findings = vec![
        runs_code(),
        finding("config-remote-code", Severity::High, &format!("names {HOSTILE}"), text_place, "f2"),
        Finding {
            persona: Persona::Auditor,
            ..finding(
                "odd-padding",
                Severity::Medium,
                "holds 12 bytes of padding",
                location("models/a.bin", &[], Some(64)),
                "f3",
            )
        },
        Finding {
            suppressed: Some(Suppression {
                reason: "reviewed | <b>".to_string(),
                expires: Some("2027-01-31".to_string()),
                source: SuppressionSource::Inline,
            }),
            ..finding(
                "config-remote-code",
                Severity::Critical,
                "names its own code",
                Location::file("models/b.json"),
                "f4",
            )
        },
    ];
    let files = vec![
        file("models/a.bin", "safetensors", FileStatus::Scanned, &[2]),
        file("models/b.json", "model-config", FileStatus::Scanned, &[3]),
        FileRecord {
            reasons: vec!["the header claims 9 bytes, `4` follow".to_string(), HOSTILE.to_string()],
            ..file(&format!("models/{HOSTILE}.gguf"), "gguf", FileStatus::Incomplete, &[])
        },
        file("models/clean.onnx", "onnx", FileStatus::Scanned, &[]),
        file("models/config.json", "model-config", FileStatus::Scanned, &[1]),
        FileRecord {
            reasons: vec!["permission denied".to_string()],
            ..file("models/locked", "unknown", FileStatus::Failed, &[])
        },
        file("models/my model#1.pt", "pytorch-zip", FileStatus::Scanned, &[0]),
        file("models/readme.txt", "unknown", FileStatus::Skipped, &[]),
    ];
    let mut coverage = Coverage { hidden: 3, ..Coverage::default() };
    for file in &files {
        coverage.count(file);
    }
    let asset = |id: &str, kind, members: &[&str]| Asset {
        id: id.to_string(),
        kind,
        name: "name".to_string(),
        location: location(id.split('#').next().unwrap_or(id), members, None),
        attributes: BTreeMap::from([
            ("licences".to_string(), "apache-2.0, MIT".into()),
            ("metadata.general.architecture".to_string(), "llama".into()),
        ]),
    };
    ScanReport {
        subject: redan_domain::Subject::Models,
        tool: ToolInfo { name: "redan".to_string(), version: "0.0.0".to_string() },
        targets: vec![".".to_string()],
        started: "2026-01-02T03:04:05.678Z".to_string(),
        coverage,
        files,
        findings,
        assets: vec![
            asset("models/a.bin", AssetKind::Model, &[]),
            asset("models/a.bin#part", AssetKind::Model, &["part"]),
            asset("models/config.json", AssetKind::Configuration, &[]),
        ],
        edges: vec![Edge {
            from: "models/a.bin".to_string(),
            to: "models/a.bin#part".to_string(),
            kind: EdgeKind::Contains,
        }],
        rules: vec![
            rule("config-remote-code", Severity::High, &["cwe:CWE-829"]),
            rule("odd-padding", Severity::Medium, &[]),
            rule("pickle-starts-process", Severity::Critical, &["atlas:AML.T0011.000", "cwe:CWE-502"]),
        ],
    }
}

/// So many findings in so many files.
pub(crate) fn large(files: usize, each: usize) -> ScanReport {
    let mut report = report();
    let template = runs_code();
    report.findings.clear();
    report.files.clear();
    for number in 0..files {
        let first = report.findings.len();
        for _ in 0..each {
            let mut finding = template.clone();
            finding.location.path = format!("models/{number}.pt");
            report.findings.push(finding);
        }
        let indices: Vec<usize> = (first..first + each).collect();
        report.files.push(file(&format!("models/{number}.pt"), "pytorch-zip", FileStatus::Scanned, &indices));
    }
    report
}
