//! Digests of files that have not changed since they were last hashed.
//!
//! A file counts as unchanged when path, size and modification time (in nanoseconds) are the same. Whoever
//! can forge a modification time can therefore fool the cache: it is off unless asked for, and the file
//! belongs to the person who signs.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

use crate::{SignError, file_error};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    size: u64,
    modified: String,
    sha256: String,
}

/// Known digests by absolute path and byte range; thread-safe.
#[derive(Debug, Default)]
pub struct DigestCache {
    known: Mutex<BTreeMap<String, Known>>,
    given: BTreeMap<String, String>,
}

impl DigestCache {
    /// Reads a cache file; a missing one is empty.
    ///
    /// # Errors
    /// When the file is there but is not a cache.
    pub fn load(path: &Path) -> Result<Self, SignError> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(file_error(path, error)),
        };
        let known =
            serde_json::from_str(&text).map_err(|error| file_error(path, format!("is not a digest cache: {error}")))?;
        Ok(Self { known: Mutex::new(known), given: BTreeMap::new() })
    }

    /// Writes the cache file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), SignError> {
        let known = self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let text = serde_json::to_string_pretty(&*known).map_err(|error| file_error(path, error))?;
        std::fs::write(path, text).map_err(|error| file_error(path, error))
    }

    /// Takes digests that somebody computed already, in the format of `sha256sum`: `HEX  relative/path`.
    ///
    /// # Errors
    /// Names the line that is not understood.
    pub fn give(&mut self, text: &str) -> Result<(), SignError> {
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let (hex, name) = line.split_once("  ").or_else(|| line.split_once(" *")).unwrap_or_default();
            if hex.len() != 64 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) || name.is_empty() {
                return Err(SignError::Key(format!("digest list, line {}: expected `SHA256  path`", number + 1)));
            }
            self.given.insert(name.trim_start_matches("./").to_string(), hex.to_lowercase());
        }
        Ok(())
    }

    /// The digest of `range` of a file, from the list, the cache, or by reading.
    pub(crate) fn digest(&self, path: &Path, name: &str, range: Option<(u64, u64)>) -> Result<String, SignError> {
        if let (None, Some(digest)) = (range, self.given.get(name)) {
            return Ok(digest.clone());
        }
        let metadata = std::fs::metadata(path).map_err(|error| file_error(path, error))?;
        let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let stamp = modified.map(|since| since.as_nanos().to_string()).unwrap_or_default();
        let key = match range {
            Some((start, end)) => format!("{}:{start}:{end}", path.display()),
            None => path.display().to_string(),
        };
        let fresh = |known: &Known| known.size == metadata.len() && known.modified == stamp && !stamp.is_empty();
        if let Ok(known) = self.known.lock()
            && let Some(hit) = known.get(&key).filter(|known| fresh(known))
        {
            return Ok(hit.sha256.clone());
        }
        let sha256 = redan_source::sha256_range(path, range).map_err(|error| file_error(path, error))?;
        if let Ok(mut known) = self.known.lock() {
            known.insert(key, Known { size: metadata.len(), modified: stamp, sha256: sha256.clone() });
        }
        Ok(sha256)
    }
}
