//! A bounds-checked cursor over hostile bytes.

/// Reads little-endian and big-endian numbers and byte runs; every method answers none past the end.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'a> {
    data: &'a [u8],
    at: usize,
}

macro_rules! numbers {
    ($($name:ident $type:ty, $from:ident);+) => {
        $(pub(crate) fn $name(&mut self) -> Option<$type> { self.array().map(<$type>::$from) })+
    };
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Self {
        Self { data, at: 0 }
    }

    /// A cursor that starts at `at`, counted from the start of `data`.
    pub(crate) fn from(data: &'a [u8], at: usize) -> Self {
        Self { data, at: at.min(data.len()) }
    }

    pub(crate) fn position(&self) -> usize {
        self.at
    }

    pub(crate) fn remaining(&self) -> usize {
        self.data.len() - self.at
    }

    pub(crate) fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(len)?;
        let part = self.data.get(self.at..end)?;
        self.at = end;
        Some(part)
    }

    pub(crate) fn skip(&mut self, len: usize) -> Option<()> {
        self.take(len).map(|_| ())
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.data.get(self.at).copied()
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    numbers!(
        u16 u16, from_le_bytes; u32 u32, from_le_bytes; u64 u64, from_le_bytes; i32 i32, from_le_bytes;
        u16_be u16, from_be_bytes; u32_be u32, from_be_bytes; u64_be u64, from_be_bytes
    );
}
