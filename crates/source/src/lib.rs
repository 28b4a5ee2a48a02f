//! Where bytes come from, all behind one [`ReadAt`](redan_domain::ReadAt).
//!
//! The only crate that reads, and the only one with `unsafe` (mapping a file).

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing))]

mod digest;
mod file;
mod folder;
pub mod remote;

pub use digest::{hex, sha256, sha256_bytes, sha256_range};
pub use file::MappedFile;
pub use folder::{Found, WalkOptions, walk};

/// Why something could not be opened or listed.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// A local path.
    #[error("`{path}`: {error}")]
    Io {
        /// What was asked for.
        path: String,
        /// What the system said.
        error: std::io::Error,
    },
}
