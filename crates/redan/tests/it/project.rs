//! A whole project: inventory, differences, what a pull request brings, approval of what agents follow.

use std::path::Path;
use std::process::Command as Process;

use tempfile::TempDir;

/// Exit code, stdout, stderr.
fn run(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let output = crate::redan(folder).args(args).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

fn git(folder: &Path, args: &[&str]) {
    let identity = ["-c", "user.name=t", "-c", "user.email=t@example.invalid", "-c", "commit.gpgsign=false"];
    let status = Process::new("git").args(identity).args(args).current_dir(folder).output().unwrap();
    assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stderr));
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

const SERVERS: &str = r#"{"mcpServers": {"files": {"command": "npx", "args": ["-y", "some-server"]}}}"#;

fn project() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "requirements.txt", "openai==1.2.3\nflask==3.0\n");
    write(folder.path(), ".gitignore", "node_modules/\n.env\n");
    write(folder.path(), ".env", "OPENAI_API_KEY=\n");
    write(folder.path(), "node_modules/x/package.json", r#"{"dependencies": {"openai": "1.0.0"}}"#);
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-qm", "one"]);
    folder
}

#[test]
fn an_inventory_names_what_is_tracked() {
    let folder = project();
    let (code, out, _) = run(folder.path(), &["inventory", "--format", "json"]);
    assert_eq!(code, 0);
    let inventory: serde_json::Value = serde_json::from_str(&out).unwrap();
    let names: Vec<_> = inventory["assets"].as_array().unwrap().iter().map(|asset| &asset["name"]).collect();
    assert_eq!(names, ["openai"]);
    assert_eq!(inventory["assets"][0]["attributes"]["version"]["value"], "1.2.3");
    assert_eq!(inventory["assets"][0]["location"]["line"], 1);
    let (code, out, _) = run(folder.path(), &["inventory", "--format", "cyclonedx"]);
    assert_eq!((code, out.contains("pkg:pypi/openai@1.2.3")), (0, true));
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(run(empty.path(), &["inventory"]).0, 3);
}

#[test]
fn a_difference_is_told_between_revisions_folders_and_files() {
    let folder = project();
    let saved = run(folder.path(), &["inventory", "--format", "json"]).1;
    let kept = tempfile::tempdir().unwrap();
    write(kept.path(), "approved.json", &saved);
    let approved = kept.path().join("approved.json");
    let approved = approved.to_str().unwrap();
    assert_eq!(run(folder.path(), &["diff", approved, "."]).0, 0);
    write(folder.path(), "requirements.txt", "openai==1.3.0\nanthropic==0.40\n");
    let (code, out, _) = run(folder.path(), &["diff", "HEAD"]);
    assert_eq!(code, 1);
    for part in ["+ library anthropic", "~ library openai", "version: 1.2.3 → 1.3.0"] {
        assert!(out.contains(part), "{out}");
    }
    let (code, out, _) = run(folder.path(), &["diff", approved, ".", "--format", "md"]);
    assert_eq!((code, out.contains("| ➕ | library | anthropic |")), (1, true), "{out}");
    let (code, _, error) = run(folder.path(), &["diff", "no-such-thing"]);
    assert_eq!((code, error.contains("neither a file, a folder, nor a revision")), (2, true), "{error}");
    // Nothing is left in the repository.
    let status = Process::new("git").args(["status", "--porcelain"]).current_dir(folder.path()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&status.stdout), " M requirements.txt\n");
}

#[test]
fn only_what_a_pull_request_changes_is_reported() {
    let folder = project();
    write(folder.path(), "old/.mcp.json", SERVERS);
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-qm", "two"]);
    let rules = |args: &[&str]| {
        let (code, out, error) = run(folder.path(), args);
        let report: serde_json::Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{error}"));
        let files = report["files"].as_array().unwrap().clone();
        let with = files.into_iter().filter(|file| !file["findings"].as_array().unwrap().is_empty());
        (code, with.map(|file| file["path"].as_str().unwrap().to_string()).collect::<Vec<_>>())
    };
    assert_eq!(rules(&["scan", "--format", "json", "--fail-on", "none"]).1, ["old/.mcp.json"]);
    assert_eq!(rules(&["scan", "--format", "json", "--changed-since", "HEAD"]), (0, vec![]));
    write(folder.path(), "new/.mcp.json", SERVERS);
    let changed = ["scan", "--format", "json", "--fail-on", "none", "--changed-since", "HEAD"];
    assert_eq!(rules(&changed).1, ["new/.mcp.json"]);
    let (code, _, error) = run(folder.path(), &["scan", "--changed-since", "--output=x"]);
    assert_eq!(code, 2, "{error}");
}

#[test]
fn what_agents_follow_is_approved_and_a_change_is_a_finding() {
    let folder = project();
    write(folder.path(), ".mcp.json", SERVERS);
    assert_eq!(run(folder.path(), &["lock"]).0, 0);
    assert_eq!(run(folder.path(), &["lock", "--check"]).0, 0);
    write(folder.path(), ".mcp.json", &SERVERS.replace("some-server", "other-server"));
    let (code, out, _) = run(folder.path(), &["lock", "--check"]);
    assert_eq!((code, out.contains("changed")), (1, true), "{out}");
    let (_, out, _) = run(folder.path(), &["scan", "--format", "concise", "--persona", "researcher"]);
    assert!(out.contains("agent-config-changed"), "{out}");
}

/// Everything that is reported, but for the time.
fn report(folder: &Path, cache: &[&str]) -> serde_json::Value {
    let args = [&["scan", "--format", "json", "--persona", "researcher", "--fail-on", "none"], cache].concat();
    let (_, out, error) = run(folder, &args);
    let mut report: serde_json::Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{error}"));
    report["started"] = serde_json::Value::Null;
    report
}

#[test]
fn a_scan_from_the_cache_is_the_scan() {
    let folder = project();
    let kept = tempfile::tempdir().unwrap();
    let cache = kept.path().join("cache");
    let with = ["--cache", cache.to_str().unwrap()];
    let same = |what: &str| {
        let fresh = report(folder.path(), &["--no-cache"]);
        for run in ["first", "second"] {
            assert_eq!(report(folder.path(), &with), fresh, "{what}, {run}");
        }
    };
    // Two servers of one name in two files, code with a flow, a model, what git ignores.
    write(folder.path(), ".mcp.json", SERVERS);
    write(folder.path(), ".cursor/mcp.json", &SERVERS.replace("some-server", "other-server"));
    write(folder.path(), "app.py", "import os, helper\n\ndef run(client):\n    os.system(helper.ask(client))\n");
    write(folder.path(), "helper.py", "def ask(client):\n    return client.responses.create(input='x').output_text\n");
    crate::put(
        folder.path(),
        "model.pkl",
        "pickle",
        "  PROTO 2\n  GLOBAL os system\n  EMPTY_TUPLE\n  REDUCE\n  STOP\n",
    );
    same("as it is");
    // One file changes what is said of another.
    write(folder.path(), "helper.py", "def ask(client):\n    return 'ls'\n");
    same("one file is other");
    write(folder.path(), ".cursor/mcp.json", "{}");
    same("the second server is gone");
    write(folder.path(), "Modelfile", "FROM llama3\n");
    same("a file more");
    std::fs::remove_file(folder.path().join("helper.py")).unwrap();
    same("a file less");
    write(folder.path(), ".gitignore", "node_modules/\n.env\napp.py\n");
    same("a file ignored");
    write(folder.path(), "redan.toml", "[scan]\ndisable = [\"mcp-unpinned\"]\n");
    same("another setting");
    // What lies there from elsewhere changes nothing.
    let files: Vec<_> = std::fs::read_dir(&cache).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!files.is_empty());
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, text.replace("\"findings\":[{", "\"findings\":[],\"x\":[{")).unwrap();
    }
    same("a forged cache");
    // Nor is a cache read that could have come with what is scanned.
    let (code, _, error) = run(folder.path(), &["scan", "--cache", "inside"]);
    assert_eq!((code, error.contains("lies in what is scanned")), (2, true), "{error}");
}
