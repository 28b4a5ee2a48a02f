//! SHA-256 of a file by reading it through, so that hashing does not fill the address space.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::SourceError;

/// SHA-256 of the content of `path` in lower-case hex.
///
/// # Errors
/// When the file cannot be opened or read.
pub fn sha256(path: &Path) -> Result<String, SourceError> {
    sha256_range(path, None)
}

/// SHA-256 of bytes `start..end` of `path` (of all of it without a range) in lower-case hex.
///
/// # Errors
/// When the file cannot be opened or read, or ends before `end`.
pub fn sha256_range(path: &Path, range: Option<(u64, u64)>) -> Result<String, SourceError> {
    let fail = |error| SourceError::Io { path: path.display().to_string(), error };
    let mut file = File::open(path).map_err(fail)?;
    let (start, end) = range.unwrap_or((0, u64::MAX));
    file.seek(SeekFrom::Start(start)).map_err(fail)?;
    let mut left = end.saturating_sub(start);
    let mut file = file.by_ref().take(left);
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer).map_err(fail)? {
            0 if range.is_some() && left > 0 => return Err(fail(std::io::ErrorKind::UnexpectedEof.into())),
            0 => return Ok(hex(&hasher.finalize())),
            n => {
                left -= n as u64;
                hasher.update(buffer.get(..n).unwrap_or_default());
            }
        }
    }
}

/// SHA-256 of bytes in lower-case hex.
pub fn sha256_bytes(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn known_digest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, b"abc").unwrap();
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(super::sha256(&path).unwrap(), expected);
    }
}
