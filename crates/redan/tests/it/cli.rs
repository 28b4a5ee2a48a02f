//! Exit codes, suppressions, baseline, configuration.

use std::fs;

use crate::{json, put, redan};

/// One finding of medium severity.
const HOLE: &str = "36000000000000007b2277223a7b226474797065223a22463332222c227368617065223a5b315d2c22646174615f6f666673657473223a5b302c345d7d7d0000803f0000";

#[test]
fn exit_codes_are_those_of_the_table() {
    let folder = tempfile::tempdir().unwrap();
    let code = |args: &[&str]| redan(folder.path()).args(args).output().unwrap().status.code();
    assert_eq!(code(&[]), Some(0), "the tour");
    assert_eq!(code(&["scan"]), Some(3), "nothing to look at");
    assert_eq!(code(&["scan", "missing"]), Some(2));
    assert_eq!(code(&["scna"]), Some(2));
    put(folder.path(), "m/model.safetensors", "hex", HOLE);
    assert_eq!(code(&["scan", "m"]), Some(0), "medium is below the default");
    assert_eq!(code(&["scan", "m", "--fail-on", "medium"]), Some(1));
    assert_eq!(code(&["scan", "m", "--fail-on", "none"]), Some(0));
    assert_eq!(code(&["scan", "m", "-o", "report.xyz"]), Some(2), "no such format");
}

#[test]
fn a_file_counts_once_with_its_findings() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "m/model.safetensors", "hex", HOLE);
    put(folder.path(), "m/notes.txt", "text", "hello\n");
    let (_, report) = json(redan(folder.path()).args(["scan", "m", "--format", "json"]));
    let files = report["files"].as_array().unwrap();
    let row = |index: usize| (files[index]["path"].as_str().unwrap(), files[index]["status"].as_str().unwrap());
    assert_eq!((row(0), row(1)), (("model.safetensors", "scanned"), ("notes.txt", "skipped")));
    let finding = &files[0]["findings"][0];
    assert_eq!((finding["severity"].as_str(), finding["confidence"].as_str()), (Some("medium"), Some("high")));
    assert_eq!(files[0]["sha256"].as_str().map(str::len), Some(64));
    assert_eq!(report["coverage"]["seen"], 2);
}

#[test]
fn a_suppression_needs_a_reason_and_ends_on_its_day() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "m/model.safetensors", "hex", HOLE);
    let scan = |config: &str| {
        fs::write(folder.path().join("redan.toml"), config).unwrap();
        let output = redan(folder.path()).args(["scan", "m", "--fail-on", "medium", "-f", "json"]).output().unwrap();
        (
            output.status.code().unwrap(),
            String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout),
        )
    };
    let table =
        |expires: &str| format!("[[suppress]]\nrule = \"safetensors-layout\"\nreason = \"reviewed\"\n{expires}");
    let (code, text) = scan(&table(""));
    assert!(code == 0 && text.contains("\"reviewed\""), "suppressed but still listed: {text}");
    assert_eq!(scan(&table("expires = \"2020-01-01\"")).0, 1, "expired");
    assert_eq!(scan(&table("expires = \"soon\"")).0, 2);
    assert_eq!(scan("[[suppress]]\nrule = \"safetensors-layout\"\nreason = \" \"").0, 2);
    let (code, text) = scan("[[suppress]]\nrule = \"safetensors-layot\"\nreason = \"x\"");
    assert!(code == 2 && text.contains("did you mean `safetensors-layout`"), "{text}");
    let (code, text) = scan("[scan]\nfial-on = \"low\"\n");
    assert!(code == 2 && text.contains("fial-on") && text.contains("redan.toml"), "{text}");
}

#[test]
fn a_baseline_accepts_today_and_not_tomorrow() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "m/model.safetensors", "hex", HOLE);
    redan(folder.path()).args(["baseline", "m", "--reason", "known"]).assert().success();
    let scan = || {
        let mut command = redan(folder.path());
        command.args(["scan", "m", "--fail-on", "medium", "--baseline", "redan-baseline.json", "-f", "json"]);
        command.output().unwrap().status.code()
    };
    assert_eq!(scan(), Some(0));
    put(folder.path(), "m/other.safetensors", "hex", HOLE);
    assert_eq!(scan(), Some(1));
}

#[test]
fn configuration_is_shown_with_its_origin() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("redan.toml"), "[scan]\nfail-on = \"low\"\n").unwrap();
    fs::create_dir(folder.path().join("sub")).unwrap();
    let mut command = redan(&folder.path().join("sub"));
    let (_, shown) = json(command.env("REDAN_PERSONA", "auditor").args(["config", "show", "--json"]));
    assert_eq!(shown["scan.fail-on"]["value"], "low");
    assert!(shown["scan.fail-on"]["origin"].as_str().unwrap().ends_with("redan.toml"));
    assert_eq!(shown["scan.persona"]["origin"], "command line or environment");
    assert_eq!(shown["scan.min-severity"]["origin"], "default");
}

#[test]
fn explain_helps_with_a_misspelt_id() {
    let folder = tempfile::tempdir().unwrap();
    let output = redan(folder.path()).args(["explain", "safetensors-layot"]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("did you mean `safetensors-layout`"));
    let output = redan(folder.path()).args(["explain", "safetensors-layout"]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("How to fix") && text.contains("MITRE ATLAS"), "{text}");
}

#[test]
fn the_demo_shows_findings_and_never_overwrites_a_folder_that_is_not_its_own() {
    let folder = tempfile::tempdir().unwrap();
    redan(folder.path()).args(["demo", "here"]).assert().success();
    redan(folder.path()).args(["demo", "here"]).assert().success();
    fs::create_dir(folder.path().join("mine")).unwrap();
    redan(folder.path()).args(["demo", "mine"]).assert().code(2);
}

#[test]
fn completions_and_manual_are_printed() {
    let folder = tempfile::tempdir().unwrap();
    for args in [["completions", "bash"], ["completions", "zsh"], ["man", "--folder=pages"]] {
        redan(folder.path()).args(args).assert().success();
    }
    assert!(folder.path().join("pages/redan-scan.1").exists());
}
