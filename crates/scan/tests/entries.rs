//! What keeps the entries honest: every example is executed, every file registered, every mapping real.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use redan_domain::{Entry, Expectation, ReadAt, framework};
use redan_scan::rules::{rules, sources};
use redan_scan::{Settings, scan_files};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules")
}

fn parsed() -> Vec<(&'static str, Entry)> {
    let parse = |(path, text): &(&'static str, &'static str)| {
        (*path, Entry::parse(text).unwrap_or_else(|error| panic!("src/rules/{path}.md, {error}")))
    };
    sources().iter().map(parse).collect()
}

#[test]
fn every_file_is_registered_and_the_reverse() {
    let mut on_disk = BTreeSet::new();
    for family in std::fs::read_dir(folder()).unwrap().map(|family| family.unwrap()) {
        if family.file_type().unwrap().is_dir() {
            for file in std::fs::read_dir(family.path()).unwrap().map(|file| file.unwrap().path()) {
                if file.extension().is_some_and(|extension| extension == "md") {
                    on_disk.insert(format!("{}/{}", family.file_name().display(), file.file_stem().unwrap().display()));
                }
            }
        }
    }
    let registered: Vec<_> = sources().iter().map(|(path, _)| (*path).to_string()).collect();
    assert_eq!(registered, on_disk.into_iter().collect::<Vec<_>>(), "registry.rs lists exactly the files, sorted");
}

#[test]
fn ids_are_file_names_and_unique() {
    let mut seen = BTreeSet::new();
    for (path, entry) in parsed() {
        assert_eq!(path.rsplit('/').next(), Some(entry.id.as_str()), "{path}: the file is named by the id");
        assert!(seen.insert(entry.id.clone()), "{path}: the id is taken");
        assert!(!entry.title.ends_with('.') && !entry.fix.ends_with('.'), "{path}: no full stop in title and fix");
        for heading in ["## Why it matters", "## How to fix"] {
            assert!(entry.prose.contains(heading), "{path}: the prose has no `{heading}`");
        }
    }
    assert_eq!(rules().len(), seen.len());
}

#[test]
fn every_mapping_is_in_its_framework() {
    for (path, entry) in parsed() {
        assert!(
            entry.maps.contains_key("atlas") || entry.maps.contains_key("cwe"),
            "{path}: maps neither to ATLAS nor to CWE"
        );
        for (key, ids) in &entry.maps {
            let framework = framework::by_key(key).unwrap_or_else(|| panic!("{path}: there is no framework `{key}`"));
            for id in ids {
                assert!(framework.title(id).is_some(), "{path}: `{id}` is not in {}", framework.name());
            }
        }
    }
}

#[test]
fn every_fact_is_judged_and_every_judged_fact_exists() {
    let known: BTreeSet<_> = redan_artifact::fact_kinds()
        .into_iter()
        .chain(redan_scan::code::fact_kinds())
        .chain(redan_scan::agent::fact_kinds())
        .chain(redan_scan::flows::fact_kinds())
        .chain(redan_scan::infra::fact_kinds())
        .chain(redan_scan::declared::fact_kinds())
        .map(|kind| kind.0)
        .collect();
    let mut judged = BTreeMap::new();
    for (path, entry) in parsed() {
        for fact in entry.facts {
            assert!(known.contains(fact.as_str()), "{path}: no reader reports `{fact}`");
            judged.insert(fact, path);
        }
    }
    let unjudged: Vec<_> = known.into_iter().filter(|fact| !judged.contains_key(*fact)).collect();
    assert!(unjudged.is_empty(), "no entry judges {unjudged:?}");
}

/// Files of an example: each begins with a line `=== path`.
fn files(body: &str) -> Vec<(&str, &str)> {
    let parts = body.split("=== ").filter(|part| !part.trim().is_empty());
    parts.map(|part| part.split_once('\n').map_or((part, ""), |(path, text)| (path.trim(), text))).collect()
}

#[test]
fn every_check_parses() {
    for (kind, _, check) in redan_scan::infra::checks() {
        if let Err(error) = redan_infra::check::parse(check) {
            panic!("{kind}: {error}");
        }
    }
}

#[test]
fn every_example_does_what_it_says() {
    let mut wrong = Vec::new();
    for (path, entry) in parsed() {
        for expect in [Expectation::Fires, Expectation::Silent] {
            if !entry.examples.iter().any(|example| example.expect == expect) {
                wrong.push(format!("{path}: no example that {expect:?}"));
            }
        }
        for example in &entry.examples {
            let place = format!("src/rules/{path}.md:{}", example.line);
            let mut inputs = Vec::new();
            if example.kind == "files" {
                inputs.extend(files(&example.body).into_iter().map(|(name, text)| (name, text.as_bytes().to_vec())));
            } else {
                match redan_artifact::fixture::build(&example.kind, &example.body) {
                    Ok(bytes) => inputs.push((example.name.as_str(), bytes)),
                    Err(error) => {
                        wrong.push(format!("{place}: {error}"));
                        continue;
                    }
                }
            }
            let inputs: Vec<(&str, &dyn ReadAt)> = inputs.iter().map(|(name, bytes)| (*name, bytes as _)).collect();
            let scans = scan_files(&inputs, &Settings::default());
            let findings: Vec<_> = scans.iter().flat_map(|scan| &scan.findings).collect();
            let fired = findings.iter().any(|finding| finding.rule == entry.id);
            if fired != (example.expect == Expectation::Fires) {
                let found: Vec<_> = findings.iter().map(|f| format!("{}: {}", f.rule, f.message)).collect();
                let formats: Vec<_> = scans.iter().map(|scan| scan.record.format.as_str()).collect();
                wrong.push(format!("{place}: expected {:?}, found {found:?} in {formats:?}", example.expect));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
