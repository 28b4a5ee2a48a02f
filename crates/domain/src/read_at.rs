//! One way to read bytes, wherever they live: a mapped file, memory, an HTTP range, an archive member.

use std::borrow::Cow;
use std::io;

/// Random access to a sequence of bytes whose length is known.
pub trait ReadAt: Send + Sync {
    /// Length in bytes.
    fn size(&self) -> u64;

    /// Reads up to `buf.len()` bytes from `offset`; 0 only at or past the end.
    ///
    /// # Errors
    /// Whatever the place the bytes come from reports; a short remote answer is an error, not an end.
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize>;

    /// The whole content, where it is already in the address space (mapped or in memory).
    fn bytes(&self) -> Option<&[u8]> {
        None
    }

    /// Fills `buf` from `offset`.
    ///
    /// # Errors
    /// `UnexpectedEof` when the input ends first.
    fn read_exact_at(&self, mut offset: u64, mut buf: &mut [u8]) -> io::Result<()> {
        while !buf.is_empty() {
            let n = self.read_at(offset, buf)?;
            if n == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            offset += n as u64;
            buf = buf.get_mut(n..).unwrap_or_default();
        }
        Ok(())
    }

    /// At most `len` bytes from `offset`: fewer where the input ends. The caller bounds `len`.
    ///
    /// # Errors
    /// As [`ReadAt::read_at`].
    fn read_vec_at(&self, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        self.view_at(offset, len).map(Cow::into_owned)
    }

    /// As [`ReadAt::read_vec_at`], without a copy where the content is in the address space.
    ///
    /// # Errors
    /// As [`ReadAt::read_at`].
    fn view_at(&self, offset: u64, len: usize) -> io::Result<Cow<'_, [u8]>> {
        let available = self.size().saturating_sub(offset).min(len as u64) as usize;
        if let Some(slice) = self.bytes() {
            let start = usize::try_from(offset).unwrap_or(usize::MAX);
            return Ok(slice.get(start..start.saturating_add(available)).unwrap_or_default().into());
        }
        let mut buf = vec![0; available];
        self.read_exact_at(offset, &mut buf)?;
        Ok(buf.into())
    }
}

impl ReadAt for [u8] {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let rest = self.get(start..).unwrap_or_default();
        let n = rest.len().min(buf.len());
        if let (Some(to), Some(from)) = (buf.get_mut(..n), rest.get(..n)) {
            to.copy_from_slice(from);
        }
        Ok(n)
    }

    fn bytes(&self) -> Option<&[u8]> {
        Some(self)
    }
}

impl<T: ReadAt + ?Sized> ReadAt for &T {
    fn size(&self) -> u64 {
        (**self).size()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        (**self).read_at(offset, buf)
    }

    fn bytes(&self) -> Option<&[u8]> {
        (**self).bytes()
    }
}

impl ReadAt for Vec<u8> {
    fn size(&self) -> u64 {
        self.as_slice().size()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        self.as_slice().read_at(offset, buf)
    }

    fn bytes(&self) -> Option<&[u8]> {
        Some(self)
    }
}

/// A part of another input, addressed from zero.
pub struct Window<'a> {
    inner: &'a dyn ReadAt,
    start: u64,
    len: u64,
}

impl<'a> Window<'a> {
    /// The `len` bytes of `inner` from `start`, cut where `inner` ends.
    pub fn new(inner: &'a dyn ReadAt, start: u64, len: u64) -> Self {
        let start = start.min(inner.size());
        let len = len.min(inner.size() - start);
        Self { inner, start, len }
    }
}

impl ReadAt for Window<'_> {
    fn size(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let available = self.len.saturating_sub(offset).min(buf.len() as u64) as usize;
        match buf.get_mut(..available) {
            Some(part) if !part.is_empty() => self.inner.read_at(self.start + offset, part),
            _ => Ok(0),
        }
    }

    fn bytes(&self) -> Option<&[u8]> {
        let start = usize::try_from(self.start).ok()?;
        let len = usize::try_from(self.len).ok()?;
        self.inner.bytes()?.get(start..start.checked_add(len)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_never_shows_more_than_its_part() {
        let data = b"0123456789".to_vec();
        let window = Window::new(&data, 3, 4);
        assert_eq!(window.bytes(), Some(&b"3456"[..]));
        assert_eq!(window.read_vec_at(2, 100).unwrap(), b"56");
        assert_eq!(window.read_at(4, &mut [0; 3]).unwrap(), 0);
        assert_eq!(Window::new(&data, 8, 100).size(), 2);
        assert_eq!(Window::new(&data, 80, 1).size(), 0);
    }
}
