//! A local file, mapped so that only the pages that are looked at are read.
#![allow(unsafe_code, reason = "mapping a file is the one thing here that cannot be done safely")]

use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::ops::Range;
use std::path::Path;

use memmap2::{Advice, Mmap, UncheckedAdvice};
use redan_domain::ReadAt;

use crate::SourceError;

/// Up to this size a file is read: to map it, touch it and unmap it costs more.
const SMALL: u64 = 64 << 10;

/// A regular file in the address space. Small files are held in memory.
pub struct MappedFile(Content);

enum Content {
    Mapped(Mmap),
    Read(Vec<u8>),
}

impl MappedFile {
    /// Opens and maps `path`.
    ///
    /// # Errors
    /// When it cannot be opened, is not a regular file, or cannot be mapped.
    pub fn open(path: &Path) -> Result<Self, SourceError> {
        let fail = |error| SourceError::Io { path: path.display().to_string(), error };
        Self::of(File::open(path).map_err(fail)?).map_err(fail)
    }

    /// Maps a file that is open.
    ///
    /// # Errors
    /// When it is not a regular file, or cannot be mapped.
    pub fn of(mut file: File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        if metadata.len() <= SMALL {
            let mut bytes = Vec::with_capacity(metadata.len() as usize);
            file.rewind()?;
            file.take(metadata.len()).read_to_end(&mut bytes)?;
            return Ok(Self(Content::Read(bytes)));
        }
        // SAFETY: the mapping is read-only. Another process that shortens the file while it is
        // scanned can end this process with SIGBUS, as with every mapping reader; it cannot make it read
        // outside the mapping.
        let map = unsafe { Mmap::map(&file) }?;
        // Structure lies scattered over a file; read-ahead would drag weights in. A failure costs only speed.
        let _ = map.advise(Advice::Random);
        Ok(Self(Content::Mapped(map)))
    }

    /// Lets the system take back the memory of some bytes, so that it does not grow with what was read of a large
    /// file. They can be read again as before.
    pub fn release(&self, bytes: Range<usize>) {
        if let Content::Mapped(map) = &self.0 {
            let end = bytes.end.min(map.len());
            let start = bytes.start.min(end);
            // SAFETY: nothing writes to the mapping and it is shared with the file, so that a page that is given back
            // and needed again comes from the file with the same content; the range is inside the mapping.
            let _ = unsafe { map.unchecked_advise_range(UncheckedAdvice::DontNeed, start, end - start) };
        }
    }
}

impl ReadAt for MappedFile {
    fn size(&self) -> u64 {
        self.bytes().map_or(0, |bytes| bytes.len() as u64)
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        self.bytes().unwrap_or_default().read_at(offset, buf)
    }

    fn bytes(&self) -> Option<&[u8]> {
        match &self.0 {
            Content::Mapped(map) => Some(map),
            Content::Read(bytes) => Some(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_files_and_refuses_the_rest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        for size in [3, 300_000] {
            let bytes = b"abc".repeat(size / 3);
            std::fs::write(&path, &bytes).unwrap();
            let file = MappedFile::open(&path).unwrap();
            assert_eq!((file.size(), file.read_vec_at(1, 2).unwrap()), (bytes.len() as u64, b"bc".to_vec()));
            file.release(1..2);
            file.release(0..usize::MAX);
            file.release(size * 3..size * 3 + 1);
            assert_eq!(file.bytes(), Some(&bytes[..]));
        }
        std::fs::write(&path, b"").unwrap();
        assert_eq!(MappedFile::open(&path).unwrap().size(), 0);
        assert!(MappedFile::open(folder.path()).is_err());
    }
}
