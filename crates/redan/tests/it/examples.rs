//! The example project: each flaw that its README lists is found, and its fixed twin has none.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// Protocol 4: `os.system("echo the pickle ran a command")`.
const ROUTER: &str = r#"PROTO 4
SHORT_BINUNICODE "posix"
SHORT_BINUNICODE "system"
STACK_GLOBAL
SHORT_BINUNICODE "echo the pickle ran a command"
TUPLE1
REDUCE
STOP
"#;

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A copy outside of this repository, so that what its `redan.toml` suppresses is not.
fn copied(name: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&example(name), folder.path());
    folder
}

/// `(path:line, rule, severity)` of all findings; a place without a line is the path.
fn findings(folder: &Path) -> Vec<(String, String, String)> {
    let (_, report) = crate::json(crate::redan(folder).args(["scan", ".", "-q", "--format", "json"]));
    let files = report["files"].as_array().unwrap();
    for file in files {
        assert!(file["status"] != "incomplete" && file["status"] != "failed", "{file}");
    }
    let word = |value: &serde_json::Value| value.as_str().unwrap().to_string();
    let place = |finding: &serde_json::Value| match finding["location"]["line"].as_u64() {
        Some(line) => format!("{}:{line}", word(&finding["location"]["path"])),
        None => word(&finding["location"]["path"]),
    };
    let all = files.iter().flat_map(|file| file["findings"].as_array().unwrap());
    all.map(|finding| (place(finding), word(&finding["rule"]), word(&finding["severity"]))).collect()
}

/// `(path:line, rule)` of each row of the README's table.
fn documented() -> Vec<(String, String)> {
    let text = std::fs::read_to_string(example("helpdesk/README.md")).unwrap();
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().trim_matches('`').to_string()).collect::<Vec<_>>();
    let rows = text.lines().filter(|line| line.starts_with('|')).skip(2).map(cells);
    rows.map(|row| (row[2].clone(), row[3].clone())).collect()
}

#[test]
fn the_insecure_example_has_each_flaw_that_it_lists() {
    let folder = copied("helpdesk");
    // What `models/make_model.py` writes.
    crate::put(folder.path(), "models/router.pkl", "pickle", ROUTER);
    let found = findings(folder.path());
    let rows = documented();
    assert!(rows.len() >= 40, "{}", rows.len());
    let missing: Vec<_> =
        rows.iter().filter(|(place, rule)| !found.iter().any(|hit| hit.0 == *place && hit.1 == *rule)).collect();
    assert!(missing.is_empty(), "listed and not found: {missing:#?}");
}

#[test]
fn the_fixed_example_has_none() {
    let folder = copied("helpdesk-fixed");
    let severe: Vec<_> = findings(folder.path()).into_iter().filter(|(_, _, severity)| severe(severity)).collect();
    assert!(severe.is_empty(), "{severe:#?}");
}

fn severe(severity: &str) -> bool {
    ["medium", "high", "critical"].contains(&severity)
}

#[test]
fn the_two_examples_have_the_same_parts() {
    let names = |name: &str| {
        let root = example(name);
        let mut names = Vec::new();
        let mut open = vec![root.clone()];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else if path.extension().is_none_or(|kind| kind != "pkl" && kind != "onnx") {
                    names.push(path.strip_prefix(&root).unwrap().to_path_buf());
                }
            }
        }
        names.sort();
        names
    };
    assert_eq!(names("helpdesk"), names("helpdesk-fixed"));
}
