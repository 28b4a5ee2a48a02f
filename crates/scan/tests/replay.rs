//! Every fuzz seed and every rule's example, whole, truncated and mutated, through every reader: no panic,
//! and no file that costs more than its size allows.

use std::path::{Path, PathBuf};

use redan_artifact::{Code, Language, Limits, Options, fixture, formats, inspect_as};
use redan_domain::Entry;
use redan_scan::rules::sources;
use redan_scan::{Settings, code, scan_file, scan_files};

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().join("fuzz")
}

/// Name and bytes: the examples of all rules, then the seeds.
fn inputs() -> Vec<(String, Vec<u8>)> {
    let mut inputs = Vec::new();
    for (path, text) in sources() {
        for example in Entry::parse(text).unwrap().examples {
            let kind = if example.kind == "files" { "text" } else { &example.kind };
            inputs.push((format!("{path}:{}", example.line), fixture::build(kind, &example.body).unwrap()));
        }
    }
    for target in std::fs::read_dir(fuzz().join("seeds")).unwrap().map(|entry| entry.unwrap().path()) {
        if target.is_dir() {
            for seed in std::fs::read_dir(target).unwrap().map(|entry| entry.unwrap().path()) {
                let text = std::fs::read_to_string(&seed).unwrap();
                inputs.push((seed.display().to_string(), fixture::build("hex", &text).unwrap()));
            }
        }
    }
    assert!(inputs.len() > 100, "the examples were found");
    inputs
}

fn options() -> Options {
    let limits = Limits { expanded: 4 << 20, opcodes: 200_000, nodes: 100_000, members: 200, ..Limits::default() };
    Options { limits, ..Options::default() }
}

/// A small generator, so that a failure is the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }
}

#[test]
fn every_reader_survives_every_input() {
    for (name, bytes) in inputs() {
        for format in formats() {
            let outcome = std::panic::catch_unwind(|| inspect_as(format, &bytes, "x", &options()));
            assert!(outcome.is_ok(), "{format} panicked on {name}");
        }
    }
}

#[test]
fn truncated_and_mutated_inputs_do_not_fail_the_scan() {
    let settings = Settings { artifact: options(), ..Settings::default() };
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for (name, bytes) in inputs() {
        for round in 0..12 {
            let mut hostile = bytes.clone();
            if round % 3 == 0 {
                hostile.truncate(random.below(bytes.len() + 1));
            }
            for _ in 0..round.min(4) {
                let at = random.below(hostile.len());
                if let Some(byte) = hostile.get_mut(at) {
                    *byte = [0x00, 0xff, 0x80, 0x7f, *byte ^ 1][random.below(5)];
                }
            }
            let scan = scan_file("x.bin", &hostile, &settings);
            assert!(
                !scan.record.reasons.iter().any(|reason| reason.contains("please report it")),
                "{name}: {:?}",
                scan.record
            );
        }
    }
}

#[test]
fn texts_in_any_state_are_survived_as_parts_of_a_project() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for (path, text) in sources() {
        for example in
            Entry::parse(text).unwrap().examples.iter().filter(|it| ["text", "files"].contains(&it.kind.as_str()))
        {
            let characters: Vec<char> = example.body.chars().collect();
            for round in 0..6 {
                let mut hostile = characters.clone();
                if round % 2 == 0 {
                    hostile.truncate(random.below(characters.len() + 1));
                }
                for _ in 0..round {
                    let at = random.below(hostile.len());
                    if let Some(c) = hostile.get_mut(at) {
                        *c = ['{', '"', '\n', '\u{202e}', '[', ' ', '$', ':'][random.below(8)];
                    }
                }
                let bytes = hostile.iter().collect::<String>().into_bytes();
                for scan in scan_files(&[(example.name.as_str(), &bytes)], &Settings::default()) {
                    let failed = scan.record.reasons.iter().any(|reason| reason.contains("please report it"));
                    assert!(!failed, "{path}: {:?}", scan.record);
                }
            }
        }
    }
}

#[test]
fn seeds_of_texts_are_survived_under_every_name() {
    let names = [
        "skills/x/SKILL.md",
        ".mcp.json",
        ".claude/settings.json",
        ".codex/config.toml",
        "skills/x/run.sh",
        "skills/x/run.py",
        "skills/x/run.js",
        "main.tf",
        "main.bicep",
        "stack.yaml",
        "Dockerfile",
        "kustomization.yaml",
        ".gitlab-ci.yml",
        "README.md",
    ];
    for target in ["agent", "document", "project"] {
        let seeds = std::fs::read_dir(fuzz().join("seeds").join(target)).unwrap();
        let mut count = 0;
        for seed in seeds.map(|entry| entry.unwrap().path()) {
            let bytes = fixture::build("hex", &std::fs::read_to_string(&seed).unwrap()).unwrap();
            // The first byte chooses the name.
            let bytes = bytes.get(1..).unwrap_or_default().to_vec();
            for name in names {
                for scan in scan_files(&[(name, &bytes)], &Settings::default()) {
                    let failed = scan.record.reasons.iter().any(|reason| reason.contains("please report it"));
                    assert!(!failed, "{} as {name}: {:?}", seed.display(), scan.record);
                }
            }
            count += 1;
        }
        assert!(count >= 3, "{target}");
    }
}

#[test]
fn code_in_any_state_is_survived() {
    for (_, bytes) in inputs() {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        for language in [Language::Python, Language::TorchScript] {
            code::examine(&Code { language, text: text.clone() }, &mut code::Budget::default());
        }
    }
}

#[test]
fn every_reader_has_a_fuzz_target() {
    let manifest = std::fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    for format in formats() {
        assert!(manifest.contains(&format!("name = \"{format}\"")), "fuzz/Cargo.toml has no target `{format}`");
    }
}
