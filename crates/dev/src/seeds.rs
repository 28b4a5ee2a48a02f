//! `cargo dev seeds`: the fuzz corpus, built from the seeds and from every rule's examples.

use std::fs;

use anyhow::{Context, Result};
use redan_artifact::{fixture, formats};
use redan_domain::Entry;
use redan_scan::rules::sources;

use crate::root;

/// Writes `fuzz/corpus/TARGET/*`; says how many files. Every target gets every example: what is wrong for one
/// reader is a good start for another.
///
/// # Errors
/// When a seed is not hexadecimal or a file cannot be written.
pub fn write() -> Result<usize> {
    let fuzz = root().join("fuzz");
    let mut examples = Vec::new();
    for (path, text) in sources() {
        for example in Entry::parse(text).map_err(anyhow::Error::msg)?.examples {
            let bytes = fixture::build(&example.kind, &example.body).map_err(anyhow::Error::msg).context(path)?;
            examples.push((format!("{}-{}", path.replace('/', "-"), example.line), bytes));
        }
    }
    let mut count = 0;
    for target in formats().into_iter().chain([
        "agent",
        "any",
        "code",
        "document",
        "flows",
        "project",
        "restore",
        "signature",
        "stream",
        "stream-sse",
    ]) {
        let folder = fuzz.join("corpus").join(target);
        fs::create_dir_all(&folder)?;
        for (name, bytes) in &examples {
            fs::write(folder.join(name), bytes)?;
            count += 1;
        }
        for seed in fs::read_dir(fuzz.join("seeds").join(target)).into_iter().flatten() {
            let path = seed?.path();
            let bytes = fixture::build("hex", &fs::read_to_string(&path)?)
                .map_err(anyhow::Error::msg)
                .with_context(|| path.display().to_string())?;
            fs::write(folder.join(path.file_stem().unwrap_or_default()), bytes)?;
            count += 1;
        }
    }
    Ok(count)
}
