//! The checks behind `cargo dev`, also run by `cargo test`.
#![forbid(unsafe_code)]

pub mod architecture;
pub mod generated;
pub mod new_entry;
pub mod seeds;
pub mod train;

use std::path::{Path, PathBuf};

use anyhow::Result;

/// The workspace root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).map(Path::to_path_buf).unwrap_or_default()
}

/// Everything that is stale or breaks a rule of the house, one line each.
///
/// # Errors
/// When a file that has to be there cannot be read.
pub fn check() -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for file in generated::all()? {
        problems.extend(file.stale());
    }
    problems.extend(architecture::problems()?);
    problems.extend(generated::reused_ids()?);
    Ok(problems)
}
