//! Every fuzz seed and every detector's example, whole, truncated and mutated: no panic, and spans that are in the
//! text.

use std::path::{Path, PathBuf};

use redan_domain::Entry;
use redan_inspect::detectors::{detectors, expand};
use redan_inspect::{Channel, Context, Inspector, Options, fuzz};

/// The seeds of a fuzz target, by file.
fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().join("fuzz/seeds").join(target);
    let bytes = |file: PathBuf| {
        let digits: Vec<u8> = std::fs::read(&file).unwrap().into_iter().filter(u8::is_ascii_hexdigit).collect();
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        (file.display().to_string(), digits.chunks(2).map(byte).collect())
    };
    let seeds: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| bytes(file.unwrap().path())).collect();
    assert!(!seeds.is_empty(), "{target} has seeds");
    seeds
}

fn inputs() -> Vec<(String, Vec<u8>)> {
    let mut inputs = Vec::new();
    for detector in detectors() {
        for example in Entry::parse(detector.text()).unwrap().examples {
            let name = format!("{}:{}", detector.path, example.line);
            inputs.push((name, expand(&example.body).unwrap().into_bytes()));
        }
    }
    inputs.extend(seeds("inspect"));
    assert!(inputs.len() > 30, "the examples and seeds were found");
    inputs
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

fn check(inspector: &Inspector, name: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for found in inspector.inspect(&text, &Context::of(Channel::Document)).detections {
        let fits = found.span.start <= found.span.end && found.span.end <= text.len();
        assert!(fits && !found.evidence.contains('\n'), "{name}: {found:?} in {text:?}");
    }
}

#[test]
fn every_check_answers_for_every_value() {
    for (name, bytes) in inputs() {
        for end in [bytes.len(), bytes.len() / 2, 1] {
            fuzz::checks(bytes.get(..end).unwrap_or_else(|| panic!("{name} is empty")));
        }
        // Of values the words matter, and their ends.
        let text = String::from_utf8_lossy(&bytes);
        text.split_whitespace().take(40).for_each(|word| fuzz::checks(word.as_bytes()));
    }
}

#[test]
fn truncated_and_mutated_texts_are_survived() {
    let inspector = Inspector::new(Options::default()).unwrap();
    let inputs = inputs();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for (name, bytes) in &inputs {
        check(&inspector, name, bytes);
        for round in 0..20 {
            let mut hostile = bytes.clone();
            if round % 3 == 0 {
                hostile.truncate(random.below(bytes.len() + 1));
            }
            if round % 4 == 1 {
                // Two texts, one within the other.
                let other = &inputs[random.below(inputs.len())].1;
                let at = random.below(hostile.len() + 1);
                hostile.splice(at..at, other.iter().copied());
            }
            for _ in 0..round.min(4) {
                let at = random.below(hostile.len());
                if let Some(byte) = hostile.get_mut(at) {
                    *byte = [0x00, 0xE2, 0x80, b'%', b'\\', b'=', b'&', *byte ^ 1][random.below(8)];
                }
            }
            check(&inspector, name, &hostile);
        }
    }
}

#[test]
fn seeds_of_streams_keep_the_laws() {
    type Law = fn(&[u8]);
    let targets: [(&str, Law); 3] = [("stream", fuzz::stream), ("stream-sse", fuzz::sse), ("restore", fuzz::restore)];
    for (target, law) in targets {
        for (_, seed) in seeds(target) {
            law(&seed);
            for cut in (0..seed.len()).step_by(7) {
                law(&seed[..cut]);
                let mut changed = seed.clone();
                changed[cut] = [0x00, 0xff, b'"', b'\\', b'\n', b' '][cut % 6];
                law(&changed);
            }
        }
    }
}
