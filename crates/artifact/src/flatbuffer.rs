//! FlatBuffers without a schema: tables, vectors and strings by slot, every offset checked, nothing read that
//! is not asked for.
//!
//! A slot is the number of a field in its table, from 0, in the order of the schema. What is absent or out of
//! bounds is none; [`Table::field`] tells the two apart.

use redan_domain::ReadAt;

/// A buffer of little-endian offsets.
#[derive(Clone, Copy)]
pub(crate) struct FlatBuffer<'a> {
    input: &'a dyn ReadAt,
}

/// A table: a place whose fields are found through its vtable.
#[derive(Clone, Copy)]
pub(crate) struct Table<'a> {
    buffer: FlatBuffer<'a>,
    /// Absolute offset.
    pub(crate) at: u64,
    vtable: u64,
    vtable_len: u16,
}

/// A vector: a count and elements behind it.
#[derive(Clone, Copy)]
pub(crate) struct Vector<'a> {
    buffer: FlatBuffer<'a>,
    /// Absolute offset of the first element.
    pub(crate) start: u64,
    /// Number of elements that the file claims and has room for.
    pub(crate) len: u32,
    element: u64,
}

/// Whether a field is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    /// Not written: the default of the schema.
    Absent,
    /// Written at this absolute offset.
    At(u64),
    /// The vtable points out of the file.
    Broken,
}

impl<'a> FlatBuffer<'a> {
    pub(crate) fn new(input: &'a dyn ReadAt) -> Self {
        Self { input }
    }

    /// The table that the buffer starts with.
    pub(crate) fn root(&self) -> Option<Table<'a>> {
        self.table_at(u64::from(self.u32(0)?))
    }

    /// The table at an absolute offset.
    pub(crate) fn table_at(&self, at: u64) -> Option<Table<'a>> {
        let back = self.array(at).map(i32::from_le_bytes)?;
        let vtable = at.checked_add_signed(-i64::from(back))?;
        let vtable_len = self.u16(vtable)?;
        let fits = vtable_len >= 4 && vtable_len % 2 == 0 && self.has(vtable, u64::from(vtable_len));
        fits.then_some(Table { buffer: *self, at, vtable, vtable_len })
    }

    fn has(&self, at: u64, len: u64) -> bool {
        at.checked_add(len).is_some_and(|end| end <= self.input.size())
    }

    fn array<const N: usize>(&self, at: u64) -> Option<[u8; N]> {
        let mut out = [0; N];
        self.input.read_exact_at(at, &mut out).ok().map(|()| out)
    }

    pub(crate) fn u16(&self, at: u64) -> Option<u16> {
        self.array(at).map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&self, at: u64) -> Option<u32> {
        self.array(at).map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&self, at: u64) -> Option<u64> {
        self.array(at).map(u64::from_le_bytes)
    }

    /// Follows the relative offset at `at`.
    fn follow(&self, at: u64) -> Option<u64> {
        let target = at.checked_add(u64::from(self.u32(at)?))?;
        (target > at && target < self.input.size()).then_some(target)
    }

    fn vector_at(&self, at: u64, element: u64) -> Option<Vector<'a>> {
        let len = self.u32(at)?;
        let start = at.checked_add(4)?;
        self.has(start, u64::from(len).checked_mul(element)?).then_some(Vector { buffer: *self, start, len, element })
    }

    /// A string at an absolute offset, at most `max` bytes of it, decoded lossily.
    fn string_at(&self, at: u64, max: usize) -> Option<String> {
        let bytes = self.vector_at(at, 1)?;
        let text = self.input.read_vec_at(bytes.start, (bytes.len as usize).min(max)).ok()?;
        Some(String::from_utf8_lossy(&text).into_owned())
    }
}

impl<'a> Table<'a> {
    /// Where the field in this slot stands.
    pub(crate) fn field(&self, slot: u16) -> Field {
        let entry = 4 + u64::from(slot) * 2;
        if entry + 2 > u64::from(self.vtable_len) {
            return Field::Absent;
        }
        match self.buffer.u16(self.vtable + entry) {
            Some(0) => Field::Absent,
            Some(offset) if self.buffer.has(self.at + u64::from(offset), 1) => Field::At(self.at + u64::from(offset)),
            _ => Field::Broken,
        }
    }

    fn at(&self, slot: u16) -> Option<u64> {
        if let Field::At(at) = self.field(slot) { Some(at) } else { None }
    }

    pub(crate) fn u8(&self, slot: u16) -> Option<u8> {
        self.buffer.array::<1>(self.at(slot)?).map(|[byte]| byte)
    }

    pub(crate) fn u32(&self, slot: u16) -> Option<u32> {
        self.buffer.u32(self.at(slot)?)
    }

    pub(crate) fn i32(&self, slot: u16) -> Option<i32> {
        self.u32(slot).map(u32::cast_signed)
    }

    pub(crate) fn u64(&self, slot: u16) -> Option<u64> {
        self.buffer.u64(self.at(slot)?)
    }

    /// At most `max` bytes of a string, decoded lossily.
    pub(crate) fn string(&self, slot: u16, max: usize) -> Option<String> {
        self.buffer.string_at(self.buffer.follow(self.at(slot)?)?, max)
    }

    /// A vector whose elements have `element` bytes each (4 for tables and strings).
    pub(crate) fn vector(&self, slot: u16, element: u64) -> Option<Vector<'a>> {
        self.buffer.vector_at(self.buffer.follow(self.at(slot)?)?, element)
    }
}

impl<'a> Vector<'a> {
    fn at(&self, index: u32) -> Option<u64> {
        (index < self.len).then(|| self.start + u64::from(index) * self.element)
    }

    pub(crate) fn table(&self, index: u32) -> Option<Table<'a>> {
        self.buffer.table_at(self.buffer.follow(self.at(index)?)?)
    }

    pub(crate) fn u32(&self, index: u32) -> Option<u32> {
        self.buffer.u32(self.at(index)?)
    }

    pub(crate) fn i32(&self, index: u32) -> Option<i32> {
        self.u32(index).map(u32::cast_signed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// { slot 0: u32 7, slot 1: "hi", slot 2: [table { slot 0: u8 9 }] }
    fn sample() -> Vec<u8> {
        let mut out = vec![20, 0, 0, 0];
        out.extend(b"TEST");
        out.extend([10, 0, 16, 0, 4, 0, 8, 0, 12, 0, 0, 0]); // vtable at 8: len 10, table len 16, slots at 4, 8, 12
        out.extend(12u32.to_le_bytes()); // table at 20, vtable at 8
        out.extend(7u32.to_le_bytes());
        out.extend(8u32.to_le_bytes()); // string at 28 + 8 = 36
        out.extend(12u32.to_le_bytes()); // vector at 32 + 12 = 44
        out.extend([2, 0, 0, 0, b'h', b'i', 0, 0]);
        out.extend([1, 0, 0, 0]); // vector of one
        out.extend(12u32.to_le_bytes()); // element table at 48 + 12 = 60
        out.extend([6, 0, 5, 0, 4, 0, 0, 0]); // vtable at 52
        out.extend(8u32.to_le_bytes()); // table at 60, vtable at 52
        out.push(9);
        out
    }

    #[test]
    fn reads_tables_strings_and_vectors() {
        let data = sample();
        let buffer = FlatBuffer::new(&data);
        let root = buffer.root().unwrap();
        assert_eq!(
            (root.u32(0), root.string(1, 99).as_deref(), root.string(1, 1).as_deref()),
            (Some(7), Some("hi"), Some("h"))
        );
        let vector = root.vector(2, 4).unwrap();
        assert_eq!((vector.len, vector.table(0).unwrap().u8(0)), (1, Some(9)));
        assert!(vector.table(1).is_none());
        assert_eq!(root.field(3), Field::Absent);
    }

    #[test]
    fn lies_give_nothing_and_never_panic() {
        let data = sample();
        let walk = |data: &Vec<u8>| {
            let root = FlatBuffer::new(data).root()?;
            let vector = root.vector(2, 4)?;
            let _ = (root.u32(0), root.u64(0), root.string(1, 99), vector.table(0)?.u8(0)?);
            Some(())
        };
        for cut in 0..data.len() {
            assert_eq!(walk(&data[..cut].to_vec()), None, "cut at {cut}");
        }
        for at in 0..data.len() {
            for byte in [0, 1, 0x7f, 0x80, 0xff] {
                let mut bent = data.clone();
                bent[at] = byte;
                walk(&bent);
            }
        }
    }
}
