//! What keeps the detectors honest: every example is executed, every file registered, every mapping real.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use redan_domain::{Entry, Expectation, framework};
use redan_inspect::detectors::{detectors, expand};
use redan_inspect::{Channel, Context, Inspector, Options, Verdict};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/detectors")
}

fn parsed() -> Vec<(&'static str, Entry)> {
    let parse = |path, text| Entry::parse(text).unwrap_or_else(|error| panic!("src/detectors/{path}.md, {error}"));
    detectors().iter().map(|detector| (detector.path, parse(detector.path, detector.text()))).collect()
}

fn collect(folder: &Path, prefix: &str, into: &mut BTreeSet<String>) {
    for file in std::fs::read_dir(folder).unwrap().map(|file| file.unwrap()) {
        let name = file.file_name().into_string().unwrap();
        if file.file_type().unwrap().is_dir() {
            collect(&file.path(), &format!("{prefix}{name}/"), into);
        } else if let Some(id) = name.strip_suffix(".md") {
            into.insert(format!("{prefix}{id}"));
        }
    }
}

#[test]
fn every_file_is_registered_and_the_reverse() {
    let mut on_disk = BTreeSet::new();
    collect(&folder(), "", &mut on_disk);
    let registered: Vec<_> = detectors().iter().map(|detector| detector.path.to_string()).collect();
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
}

#[test]
fn every_mapping_is_in_its_framework() {
    for (path, entry) in parsed() {
        assert!(!entry.maps.is_empty(), "{path}: maps to nothing");
        for (key, ids) in &entry.maps {
            let framework = framework::by_key(key).unwrap_or_else(|| panic!("{path}: there is no framework `{key}`"));
            for id in ids {
                assert!(framework.title(id).is_some(), "{path}: `{id}` is not in {}", framework.name());
            }
        }
    }
}

#[test]
fn every_example_does_what_it_says() {
    let inspector = Inspector::new(Options::default()).unwrap();
    let mut wrong = Vec::new();
    for (path, entry) in parsed() {
        for expect in [Expectation::Fires, Expectation::Silent] {
            if !entry.examples.iter().any(|example| example.expect == expect) {
                wrong.push(format!("{path}: no example that {expect:?}"));
            }
        }
        for example in &entry.examples {
            let place = format!("src/detectors/{path}.md:{}", example.line);
            let channel: Channel = match example.name.parse() {
                Ok(channel) => channel,
                Err(error) => {
                    wrong.push(format!("{place}: {error}"));
                    continue;
                }
            };
            let text = expand(&example.body).unwrap_or_else(|error| panic!("{place}: {error}"));
            // What is before this line is the system prompt of the example.
            let (prompt, text) =
                text.split_once("\n=== output\n").map_or((None, &*text), |(p, t)| (Some(p.to_string()), t));
            let inspection = inspector.inspect(text, &Context { system_prompt: prompt, ..Context::of(channel) });
            // The joint verdict is about the whole text and has no place in it.
            let fired = match entry.id.as_str() {
                "prompt-injection" => inspection.injection.verdict >= Verdict::Suspicious,
                id => inspection.detections.iter().any(|detection| *detection.detector == *id),
            };
            if fired != (example.expect == Expectation::Fires) {
                let found: Vec<_> = inspection
                    .detections
                    .iter()
                    .map(|found| format!("{} {:?} {}", found.kind, found.span, found.score))
                    .collect();
                wrong.push(format!("{place}: expected {:?}, found {found:?} in {text:?}", example.expect));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
