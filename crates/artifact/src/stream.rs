//! Reading an input front to back in small pieces, skipping what nobody needs.

use std::io::{self, Read};

use redan_domain::ReadAt;

/// Bytes fetched at a time.
const CHUNK: usize = 64 * 1024;

/// A forward reader over an input; skipping costs nothing, and no more than a chunk is held.
pub(crate) struct Stream<'a> {
    input: &'a dyn ReadAt,
    at: u64,
    chunk: Vec<u8>,
    chunk_start: u64,
}

impl<'a> Stream<'a> {
    pub(crate) fn new(input: &'a dyn ReadAt, at: u64) -> Self {
        Self { input, at, chunk: Vec::new(), chunk_start: 0 }
    }

    /// Offset of the next byte.
    pub(crate) fn position(&self) -> u64 {
        self.at
    }

    pub(crate) fn remaining(&self) -> u64 {
        self.input.size().saturating_sub(self.at)
    }

    /// Makes the byte at the position available; false at the end or when it cannot be read.
    fn fill(&mut self) -> bool {
        let held = self.at >= self.chunk_start && self.at < self.chunk_start.saturating_add(self.chunk.len() as u64);
        if !held {
            self.chunk = self.input.read_vec_at(self.at, CHUNK).unwrap_or_default();
            self.chunk_start = self.at;
        }
        !self.chunk.is_empty()
    }

    /// What is held from the position on.
    fn held(&self) -> &[u8] {
        self.chunk.get((self.at - self.chunk_start) as usize..).unwrap_or_default()
    }

    pub(crate) fn peek(&mut self) -> Option<u8> {
        if self.fill() { self.held().first().copied() } else { None }
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    /// Steps over `len` bytes; none if the input ends before.
    pub(crate) fn skip(&mut self, len: u64) -> Option<()> {
        if len > self.remaining() {
            return None;
        }
        self.at += len;
        Some(())
    }

    /// The next `N` bytes.
    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let held = self.at.checked_sub(self.chunk_start).and_then(|at| self.chunk.get(at as usize..));
        if let Some(whole) = held.and_then(|held| held.first_chunk::<N>()).copied() {
            self.at += N as u64;
            return Some(whole);
        }
        let mut out = [0; N];
        for byte in &mut out {
            *byte = self.u8()?;
        }
        Some(out)
    }

    /// The next `len` bytes, of which at most `keep` are returned; none if the input ends before.
    pub(crate) fn part(&mut self, len: u64, keep: usize) -> Option<Vec<u8>> {
        if len > self.remaining() {
            return None;
        }
        let kept = self.input.read_vec_at(self.at, keep.min(len as usize)).ok()?;
        self.at += len;
        Some(kept)
    }

    /// As [`Stream::part`], as text.
    pub(crate) fn text(&mut self, len: u64, keep: usize) -> Option<String> {
        self.part(len, keep).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }
}

impl Read for Stream<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if !self.fill() {
            return Ok(0);
        }
        let held = self.held();
        let n = held.len().min(buf.len());
        if let (Some(to), Some(from)) = (buf.get_mut(..n), held.get(..n)) {
            to.copy_from_slice(from);
        }
        self.at += n as u64;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_skips_across_chunks() {
        let data: Vec<u8> = (0..200_000u32).map(|n| n as u8).collect();
        let mut stream = Stream::new(&data, 0);
        assert_eq!((stream.u8(), stream.array::<2>()), (Some(0), Some([1, 2])));
        assert_eq!(stream.skip(149_997), Some(()));
        assert_eq!((stream.peek(), stream.position()), (Some(150_000u32 as u8), 150_000));
        assert_eq!(stream.part(10, 2), Some(data[150_000..150_002].to_vec()));
        assert_eq!((stream.skip(1 << 60), stream.remaining()), (None, 49_990));
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).unwrap();
        assert_eq!((rest.len(), stream.u8()), (49_990, None));
    }
}
