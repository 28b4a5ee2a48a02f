//! Lays out what letters look like (UTS #39) without a pointer in it: pointers are relocated at every start of the
//! program, and there would be twelve thousand.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use unicode_normalization::UnicodeNormalization;
use unicode_security::confusable_detection::skeleton;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let (mut keys, mut ends, mut text) = (String::new(), String::new(), String::new());
    let mut count = 0;
    for c in '\0'..=char::MAX {
        let alone = c.to_string();
        // What decomposes is looked up by its parts.
        if alone.nfd().ne([c]) {
            continue;
        }
        let shown: String = skeleton(&alone).collect();
        if shown != alone {
            text.push_str(&shown);
            write!(keys, "{:#x},", u32::from(c))?;
            write!(ends, "{},", u16::try_from(text.len())?)?;
            count += 1;
        }
    }
    // Escaped: what looks alike in a source helps nobody.
    let text: String = text.chars().flat_map(char::escape_default).collect();
    let table = format!(
        "static KEYS: [u32; {count}] = [{keys}];\nstatic ENDS: [u16; {count}] = [{ends}];\nstatic TEXT: &str = \"{text}\";\n"
    );
    fs::write(Path::new(&env::var("OUT_DIR")?).join("lookalike.rs"), table)?;
    Ok(())
}
