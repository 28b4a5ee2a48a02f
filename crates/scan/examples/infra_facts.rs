//! What the checks find below a folder, one line each: path, rule, severity, persona. For `bench/project/iac.py`.

use std::path::Path;

fn main() {
    let root = std::env::args().nth(1).unwrap_or_else(|| ".".to_string());
    let mut files = Vec::new();
    walk(Path::new(&root), &mut files);
    files.sort();
    let texts: Vec<(String, String)> =
        files.into_iter().filter_map(|path| std::fs::read_to_string(&path).ok().map(|text| (path, text))).collect();
    // Each folder by itself: the pairs are projects of their own.
    for (path, text) in &texts {
        for (_, facts) in redan_scan::infra::examine(&[(path, text)]) {
            for fact in facts {
                let rule = redan_scan::rules::by_id(fact.kind.0).expect("every fact has a rule");
                let severity = fact.severity.unwrap_or(rule.entry.severity);
                let persona = fact.persona.unwrap_or(rule.entry.persona);
                println!("{path}\t{}\t{severity}\t{persona}\t{}", fact.kind, fact.message);
            }
        }
    }
}

fn walk(folder: &Path, out: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, out);
        } else {
            out.push(path.display().to_string());
        }
    }
}
