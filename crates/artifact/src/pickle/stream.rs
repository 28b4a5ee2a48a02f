//! A forward reader over hostile bytes: the mapped slice where there is one, else a small moving window.

use std::borrow::Cow;

use redan_domain::ReadAt;

/// Bytes held at a time when the input is not in memory.
const WINDOW: usize = 1 << 16;

/// Reads forward from a position; every method answers none past the end and then does not move back.
pub(crate) struct Stream<'a> {
    input: &'a dyn ReadAt,
    whole: Option<&'a [u8]>,
    window: Vec<u8>,
    window_at: u64,
    at: u64,
    end: u64,
}

impl<'a> Stream<'a> {
    pub(crate) fn new(input: &'a dyn ReadAt, at: u64) -> Self {
        Self { input, whole: input.bytes(), window: Vec::new(), window_at: 0, at, end: input.size() }
    }

    pub(crate) fn position(&self) -> u64 {
        self.at
    }

    /// Length of the input.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    pub(crate) fn seek(&mut self, at: u64) {
        self.at = at;
    }

    #[inline]
    pub(crate) fn byte(&mut self) -> Option<u8> {
        let byte = match self.whole {
            Some(whole) => *whole.get(self.at as usize)?,
            None => *self.ahead(1)?.first()?,
        };
        self.at += 1;
        Some(byte)
    }

    /// A little-endian number of up to eight bytes.
    #[inline]
    pub(crate) fn number(&mut self, width: u8) -> Option<u64> {
        let width = usize::from(width.min(8));
        let mut raw = [0; 8];
        let bytes = match self.whole {
            Some(whole) => whole.get(self.at as usize..(self.at as usize).checked_add(width)?)?,
            None => self.ahead(width)?.get(..width)?,
        };
        raw.get_mut(..width)?.copy_from_slice(bytes);
        self.at += width as u64;
        Some(u64::from_le_bytes(raw))
    }

    #[inline]
    pub(crate) fn skip(&mut self, len: u64) -> Option<()> {
        let next = self.at.checked_add(len).filter(|next| *next <= self.end)?;
        self.at = next;
        Some(())
    }

    /// Steps over a line and its line feed; the length of the line without it.
    pub(crate) fn line(&mut self) -> Option<u64> {
        let start = self.at;
        if let Some(whole) = self.whole {
            let length = memchr::memchr(b'\n', whole.get(start as usize..)?)? as u64;
            self.at = start + length + 1;
            return Some(length);
        }
        loop {
            let held = self.ahead(1)?;
            let found = memchr::memchr(b'\n', held);
            let held = held.len() as u64;
            if let Some(found) = found {
                self.at += found as u64 + 1;
                return Some(self.at - 1 - start);
            }
            self.at += held;
        }
    }

    /// The held bytes from here on, at least `need` (which is small); none if the input ends before.
    fn ahead(&mut self, need: usize) -> Option<&[u8]> {
        let from = self.at.checked_sub(self.window_at).map_or(usize::MAX, |from| from as usize);
        if self.window.get(from..).is_none_or(|held| held.len() < need) {
            self.window = self.input.read_vec_at(self.at, WINDOW).ok()?;
            self.window_at = self.at;
            return Some(self.window.as_slice()).filter(|held| held.len() >= need && !held.is_empty());
        }
        self.window.get(from..)
    }

    /// The held bytes at `at`, without reading any.
    #[inline]
    pub(crate) fn near(&self, at: u64) -> Option<&[u8]> {
        match self.whole {
            Some(whole) => whole.get(at as usize..),
            None => self.window.get(at.checked_sub(self.window_at)? as usize..),
        }
    }

    /// At most `len` bytes at `at`, wherever the reader stands; fewer at the end of the input.
    pub(crate) fn fetch(&self, at: u64, len: usize) -> Cow<'a, [u8]> {
        if let Some(whole) = self.whole {
            let start = usize::try_from(at).unwrap_or(usize::MAX).min(whole.len());
            let end = start.saturating_add(len).min(whole.len());
            return Cow::Borrowed(whole.get(start..end).unwrap_or_default());
        }
        let held = at.checked_sub(self.window_at).and_then(|from| {
            let from = from as usize;
            self.window.get(from..from.checked_add(len)?)
        });
        match held {
            Some(held) => Cow::Owned(held.to_vec()),
            None => Cow::Owned(self.input.read_vec_at(at, len).unwrap_or_default()),
        }
    }

    pub(crate) fn input(&self) -> &'a dyn ReadAt {
        self.input
    }
}

/// An input that is never in the address space, to test the window.
#[cfg(test)]
pub(crate) struct Unmapped(pub(crate) Vec<u8>);

#[cfg(test)]
impl ReadAt for Unmapped {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> std::io::Result<usize> {
        self.0.read_at(offset, buf)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_reads_what_the_slice_reads() {
        let mut data: Vec<u8> = (0..200_000u32).map(|i| (i % 251) as u8).collect();
        data.retain(|byte| *byte != b'\n');
        data.insert(150_000, b'\n');
        let unmapped = Unmapped(data.clone());
        let (mut a, mut b) = (Stream::new(&data, 3), Stream::new(&unmapped, 3));
        for _ in 0..40_000 {
            assert_eq!(a.byte(), b.byte());
            assert_eq!(a.number(2), b.number(2));
        }
        assert_eq!(a.line(), b.line());
        assert_eq!(a.position(), b.position());
        assert_eq!(a.fetch(10, 5), b.fetch(10, 5));
        assert_eq!(a.fetch(data.len() as u64 - 2, 5), b.fetch(data.len() as u64 - 2, 5));
        assert_eq!((a.line(), b.line()), (None, None));
        assert_eq!((a.skip(1 << 40), b.skip(1 << 40)), (None, None));
    }
}
