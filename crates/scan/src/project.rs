//! The files of a project together: what none of them says alone.
//!
//! Every file is first looked at by itself ([`scan_file`](crate::scan_file)); here the texts among them are read
//! once more side by side, because a flow crosses files, a module is called elsewhere, and two servers may share a
//! name.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;
use redan_domain::{Asset, Edge, Fact, FileStatus, ReadAt};

use crate::file::{panic_text, read_whole};
use crate::judge::{Judged, judge_facts};
use crate::{FileScan, Settings, agent, declared, discover, fingerprint, flows, infra, scan_file, setting};

/// Longest text that is read as part of a project; what is longer is data or generated.
const MAX_TEXT: u64 = 4 << 20;

/// Folders of code that others wrote or a build made. Model files in them are looked at all the same.
const FOREIGN: &[&str] = &[
    "node_modules",
    "bower_components",
    "vendor",
    "third_party",
    "site-packages",
    "dist-packages",
    ".venv",
    "venv",
    "__pycache__",
    ".tox",
    ".nox",
    ".mypy_cache",
    ".terraform",
    ".gradle",
    ".next",
    ".nuxt",
    "dist",
    "target",
];

/// One text of a project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// Where its file stands in the list of scans.
    pub at: usize,
    /// As reports show it.
    pub path: String,
    /// What it says.
    pub text: String,
}

/// What one analysis of all texts found, by index of the text.
#[derive(Debug, Default)]
pub(crate) struct Analysis {
    /// What was observed.
    pub(crate) facts: Vec<(usize, Vec<Fact>)>,
    /// What was read, and as which format.
    pub(crate) read: Vec<(usize, &'static str)>,
    /// Why not everything was gone through.
    pub(crate) incomplete: Vec<(usize, String)>,
    /// What there is.
    pub(crate) assets: Vec<(usize, Asset)>,
    /// How it is connected.
    pub(crate) edges: Vec<Edge>,
}

/// One analysis of all texts.
type Examine = fn(&[Text]) -> Analysis;

/// The analyses, in the order in which they name the format of a file.
const ANALYSES: &[(&str, Examine)] = &[
    ("discovery", discover::examine),
    ("infrastructure", infra::analysis),
    ("the analysis of agents", agent::inventory::analyse),
    ("the analysis of flows", flows::analyse),
];

/// The text of a file, if a project analysis may want it: by its name, its size, and whether it is text at all.
pub fn text_of(path: &str, input: &dyn ReadAt) -> Option<String> {
    if input.size() > MAX_TEXT || is_foreign(path) || !is_wanted(path) {
        return None;
    }
    // Most of what is no text shows it at once.
    let head = input.read_vec_at(0, input.size().min(1 << 10) as usize).ok()?;
    if head.contains(&0) {
        return None;
    }
    String::from_utf8(read_whole(input)?).ok()
}

/// Whether a file stands in a folder of what others wrote or a build made.
pub fn is_foreign(path: &str) -> bool {
    let mut parts = path.split('/').rev();
    let name = parts.next().unwrap_or_default();
    name.ends_with(".min.js") || name.ends_with("_pb2.py") || parts.any(|folder| FOREIGN.contains(&folder))
}

/// Endings of files that hold a model, an archive of models, or a program.
const MODEL_ENDINGS: &[&str] = &[
    "7z",
    "bin",
    "bz2",
    "cbm",
    "ckpt",
    "dat",
    "dill",
    "engine",
    "exe",
    "gguf",
    "ggml",
    "gz",
    "h5",
    "hdf5",
    "joblib",
    "keras",
    "llamafile",
    "mar",
    "mlmodel",
    "model",
    "msgpack",
    "nemo",
    "npy",
    "npz",
    "onnx",
    "params",
    "pb",
    "pdmodel",
    "pdparams",
    "pickle",
    "pkl",
    "plan",
    "pmml",
    "pt",
    "pte",
    "pth",
    "ptl",
    "rda",
    "rdata",
    "rds",
    "safetensors",
    "skops",
    "tar",
    "tflite",
    "tgz",
    "torchscript",
    "ubj",
    "weights",
    "xz",
    "zip",
    "zst",
];

/// Whether a file may hold a model, by its name alone.
pub fn may_be_model(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| MODEL_ENDINGS.contains(&ending.as_str()))
}

/// Endings of text that is data, style or made by a program: it says nothing that is looked for here.
const DATA_ENDINGS: &[&str] = &[
    "css", "csv", "diff", "dot", "geojson", "htm", "html", "jsonl", "less", "log", "map", "ndjson", "patch", "po",
    "pot", "rst", "sass", "scss", "snap", "sum", "svg", "tsv", "vtt", "xsd", "xsl",
];

fn is_wanted(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    !DATA_ENDINGS.contains(&ending) && !may_be_model(path)
}

/// Scans files: each by itself, then together.
pub fn scan_files(files: &[(&str, &dyn ReadAt)], settings: &Settings) -> Vec<FileScan> {
    let mut scans: Vec<FileScan> = files.iter().map(|(path, input)| scan_file(path, *input, settings)).collect();
    let text = |(at, (path, input)): (usize, &(&str, &dyn ReadAt))| {
        let text = text_of(path, *input)?;
        Some(Text { at, path: (*path).to_string(), text })
    };
    let texts: Vec<Text> = files.iter().enumerate().filter_map(text).collect();
    together(&mut scans, &texts, settings);
    scans
}

/// Looks at the texts together and adds what is found to the scans of their files.
pub fn together(scans: &mut [FileScan], texts: &[Text], settings: &Settings) {
    let run = |(name, analysis): &(&str, Examine)| guarded(name, *analysis, texts);
    // One text is not worth starting threads for.
    let analyses: Vec<Analysis> =
        if texts.len() > 1 { ANALYSES.par_iter().map(run).collect() } else { ANALYSES.iter().map(run).collect() };
    let mut touched = BTreeSet::new();
    let mut judged: Vec<Judged> = texts.iter().map(|_| Judged::default()).collect();
    for analysis in analyses {
        for (index, facts) in analysis.facts {
            if let (Some(text), Some(judged)) = (texts.get(index), judged.get_mut(index)) {
                judge_facts(&facts, &text.path, judged);
                touched.insert(index);
            }
        }
        let scan_at = |scans: &mut [FileScan], index: usize, change: &mut dyn FnMut(&mut FileScan)| {
            if let Some(scan) = texts.get(index).and_then(|text| scans.get_mut(text.at)) {
                change(scan);
            }
        };
        for (index, format) in analysis.read {
            scan_at(scans, index, &mut |scan| {
                if scan.record.status == FileStatus::Skipped {
                    scan.record.status = FileStatus::Scanned;
                    scan.record.reasons.clear();
                    scan.record.format = format.to_string();
                }
            });
        }
        for (index, reason) in analysis.incomplete {
            scan_at(scans, index, &mut |scan| incomplete(scan, reason.clone()));
        }
        for (index, asset) in analysis.assets {
            scan_at(scans, index, &mut |scan| scan.assets.push(asset.clone()));
        }
        if let Some(scan) = texts.first().and_then(|text| scans.get_mut(text.at)) {
            scan.edges.extend(analysis.edges);
        }
    }
    for index in touched {
        if let (Some(text), Some(judged)) = (texts.get(index), judged.get_mut(index))
            && let Some(scan) = scans.get_mut(text.at)
        {
            add(scan, std::mem::take(judged), settings);
        }
    }
    setting::soften(scans, texts);
    setting::leave_out_compiled(scans);
    let compared = declared::compare(scans, texts, settings.partial);
    for (index, reason) in compared.incomplete {
        if let Some(scan) = texts.get(index).and_then(|text| scans.get_mut(text.at)) {
            incomplete(scan, reason);
        }
    }
    for (at, facts) in compared.facts {
        if let Some(scan) = scans.get_mut(at) {
            let mut judged = Judged::default();
            judge_facts(&facts, &scan.record.path, &mut judged);
            add(scan, judged, settings);
        }
    }
}

/// Says why a file was not wholly understood.
fn incomplete(scan: &mut FileScan, reason: String) {
    if scan.record.status != FileStatus::Failed {
        scan.record.status = FileStatus::Incomplete;
    }
    if scan.record.reasons.len() < 16 && !scan.record.reasons.contains(&reason) {
        scan.record.reasons.push(reason);
    }
}

fn add(scan: &mut FileScan, mut judged: Judged, settings: &Settings) {
    judged.close();
    let Judged { mut findings, subjects, unfinished, .. } = judged;
    for reason in unfinished {
        incomplete(scan, reason);
    }
    fingerprint::assign(&mut findings, &subjects);
    findings.retain(|finding| !settings.disabled.contains(&finding.rule));
    // The single file may have said the same already.
    findings.retain(|finding| {
        !scan.findings.iter().any(|known| known.rule == finding.rule && known.location == finding.location)
    });
    scan.findings.append(&mut findings);
    scan.findings.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.location.cmp(&b.location)));
}

/// Runs one analysis; a panic in it costs the file it belongs to, not the others.
fn guarded(name: &str, analysis: Examine, texts: &[Text]) -> Analysis {
    let whole = catch_unwind(AssertUnwindSafe(|| analysis(texts)));
    whole.unwrap_or_else(|_| {
        let mut merged = Analysis::default();
        for (index, text) in texts.iter().enumerate() {
            match catch_unwind(AssertUnwindSafe(|| analysis(std::slice::from_ref(text)))) {
                Ok(one) => merged.take(index, one),
                Err(panic) => {
                    let why = panic_text(&*panic);
                    merged.incomplete.push((index, format!("{name} failed on this file (please report it): {why}")));
                }
            }
        }
        merged
    })
}

impl Analysis {
    /// Takes over what was found in one file alone.
    fn take(&mut self, index: usize, one: Self) {
        self.facts.extend(one.facts.into_iter().map(|(_, facts)| (index, facts)));
        self.read.extend(one.read.into_iter().map(|(_, format)| (index, format)));
        self.incomplete.extend(one.incomplete.into_iter().map(|(_, reason)| (index, reason)));
        self.assets.extend(one.assets.into_iter().map(|(_, asset)| (index, asset)));
        self.edges.extend(one.edges);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_is_left_out() {
        for path in ["node_modules/x/package.json", "a/vendor/go.mod", "x/.venv/lib/requirements.txt", "a/x.min.js"] {
            assert!(is_foreign(path), "{path}");
        }
        assert!(!is_foreign("src/vendor.py"));
        assert_eq!(text_of("node_modules/x/package.json", &b"{}".to_vec()), None);
        assert_eq!(text_of("package.json", &b"{}".to_vec()), Some("{}".to_string()));
        assert_eq!(text_of("package.json", &b"\xff".to_vec()), None);
    }

    #[test]
    fn a_flood_is_counted_and_an_unread_configuration_is_incomplete() {
        let servers: Vec<String> =
            (0..100).map(|at| format!(r#""s{at}": {{"command": "npx", "args": ["-y", "p{at}"]}}"#)).collect();
        let many = format!(r#"{{"mcpServers": {{{}}}}}"#, servers.join(", ")).into_bytes();
        let text = format!("FROM python:3.12\n{}", "RUN hf download a/b\n".repeat(700)).into_bytes();
        let broken = br#"{"mcpServers": {"x": {"command": "npx", "args": ["#.to_vec();
        let files: [(&str, &dyn ReadAt); 3] = [("Dockerfile", &text), ("sub/.mcp.json", &broken), (".mcp.json", &many)];
        let scans = scan_files(&files, &Settings::default());
        let listed: Vec<_> =
            scans[0].findings.iter().filter(|finding| finding.rule == "image-model-unpinned").collect();
        assert_eq!(listed.len(), 500);
        assert!(listed.iter().any(|finding| finding.message.ends_with("(and 200 more like this in the file)")));
        assert_eq!(scans[0].record.status, FileStatus::Incomplete, "{:?}", scans[0].record);
        assert_eq!(scans[1].record.status, FileStatus::Incomplete, "{:?}", scans[1].record);
        assert!(scans[1].record.reasons[0].contains("only in part"), "{:?}", scans[1].record);
        assert_eq!(scans[2].record.status, FileStatus::Incomplete, "{:?}", scans[2].record);
    }

    #[test]
    fn compiled_python_without_its_source_is_said() {
        let mut compiled = vec![0xcb, 0x0d, 0x0d, 0x0a];
        compiled.resize(16, 0);
        compiled.push(0xe3);
        let source = b"x = 1\n".to_vec();
        let files: [(&str, &dyn ReadAt); 3] = [
            ("a/m.py", &source),
            ("a/__pycache__/m.cpython-312.pyc", &compiled),
            ("a/__pycache__/n.cpython-312.pyc", &compiled),
        ];
        let scans = scan_files(&files, &Settings::default());
        assert!(scans[1].findings.is_empty(), "{:?}", scans[1]);
        assert_eq!(scans[2].findings[0].rule, "executable-file");
    }

    #[test]
    fn a_panic_costs_one_file() {
        fn explode(texts: &[Text]) -> Analysis {
            assert!(texts.iter().all(|text| text.path != "bad"), "boom");
            let read = texts.iter().enumerate().map(|(index, _)| (index, "x")).collect();
            Analysis { read, ..Analysis::default() }
        }
        let text = |path: &str| Text { path: path.to_string(), ..Text::default() };
        let analysis = guarded("test", explode, &[text("a"), text("bad"), text("c")]);
        assert_eq!(analysis.read, [(0, "x"), (2, "x")]);
        assert!(analysis.incomplete[0].0 == 1 && analysis.incomplete[0].1.contains("boom"));
    }
}
