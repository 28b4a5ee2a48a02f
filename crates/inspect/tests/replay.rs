//! The seeds of the fuzz targets, whole, truncated and mutated.

use std::path::Path;

use redan_inspect::fuzz;

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().join("fuzz/seeds").join(target);
    let bytes = |text: &str| -> Vec<u8> {
        let digits: Vec<u32> = text.chars().filter_map(|digit| digit.to_digit(16)).collect();
        digits.chunks(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect()
    };
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.map(|file| bytes(&std::fs::read_to_string(file).unwrap())).collect()
}

#[test]
fn every_seed_keeps_the_laws() {
    type Law = fn(&[u8]);
    let targets: [(&str, Law); 3] = [("stream", fuzz::stream), ("stream-sse", fuzz::sse), ("restore", fuzz::restore)];
    for (target, law) in targets {
        let seeds = seeds(target);
        assert!(!seeds.is_empty(), "{target} has seeds");
        for seed in seeds {
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
