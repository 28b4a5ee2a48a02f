//! Signed manifests of model folders, in the OpenSSF model-signing format (bundle v0.3, predicate v1.0).
//!
//! A [`Manifest`] lists SHA-256 digests per file or shard. It is wrapped in an in-toto statement, a DSSE
//! envelope and a Sigstore bundle, so that the Python package `model-signing` verifies what Redan signs
//! and the reverse. Format: <https://github.com/ossf/model-signing-spec>.
#![forbid(unsafe_code)]

mod bundle;
mod cache;
mod certificate;
mod key;
mod manifest;
mod verify;

pub use bundle::Bundle;
pub use cache::DigestCache;
pub use key::{PrivateKey, PublicKey};
pub use manifest::{Manifest, Method, Plan, Resource};
pub use verify::{Difference, Trust, verify};

/// Why a model could not be signed or verified.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// A file could not be read.
    #[error("`{path}`: {message}")]
    File {
        /// Which.
        path: String,
        /// What went wrong.
        message: String,
    },
    /// A key or certificate is not usable.
    #[error("{0}")]
    Key(String),
    /// A signature file is not what the format prescribes.
    #[error("the signature file {0}")]
    Format(String),
    /// The signature does not belong to the key, or what was signed was changed.
    #[error("the signature does not hold: {0}")]
    Signature(String),
}

pub(crate) fn file_error(path: &std::path::Path, error: impl std::fmt::Display) -> SignError {
    SignError::File { path: path.display().to_string(), message: error.to_string() }
}
