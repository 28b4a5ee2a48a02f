//! Scans folders together, as a project is, and prints one line a finding: `path TAB severity TAB kind TAB message`.
use std::path::{Path, PathBuf};

use redan_scan::{agent, rules};

fn collect(folder: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut entries: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() && !path.ends_with("node_modules") && !path.ends_with(".git") {
            collect(&path, out);
        } else if path.is_file() {
            out.push(path);
        }
    }
}

fn main() {
    for root in std::env::args().skip(1).map(PathBuf::from) {
        let mut paths = Vec::new();
        if root.is_dir() {
            collect(&root, &mut paths);
        } else {
            paths.push(root.clone());
        }
        let above = root.parent().unwrap_or(Path::new("")).to_path_buf();
        let read = |path: &PathBuf| {
            let text = String::from_utf8(std::fs::read(path).ok()?).ok()?;
            Some((path.strip_prefix(&above).unwrap_or(path).display().to_string(), text))
        };
        let texts: Vec<(String, String)> = paths.iter().filter_map(read).collect();
        let files: Vec<(&str, &str)> = texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        for (path, facts) in agent::examine(&files) {
            for fact in facts {
                let rule =
                    rules::rules().into_iter().find(|rule| rule.entry.facts.iter().any(|kind| kind == fact.kind.0));
                let severity = fact.severity.or(rule.map(|rule| rule.entry.severity));
                let severity = severity.map_or_else(|| "HIGH?".to_string(), |severity| severity.to_string());
                let line = fact.line.map_or(0, |(line, _)| line);
                println!("{path}:{line}\t{severity}\t{}\t{}", fact.kind, fact.message);
            }
        }
    }
}
