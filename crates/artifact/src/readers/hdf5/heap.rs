//! The heaps: local (names of old groups), global (values of variable length), fractal (dense links and attributes).

use std::cell::OnceCell;
use std::collections::HashMap;

use super::file::{File, Result, UNDEFINED, invalid, number, unsupported};
use crate::bytes::Cursor;

/// The data segment of a local heap.
pub(super) fn local_heap(file: &File<'_>, address: u64) -> Result<Vec<u8>> {
    let head = file.signed(address, 64, b"HEAP", "a local heap")?;
    let mut cursor = Cursor::from(&head, 8);
    let size = file.length(&mut cursor);
    let _free = file.length(&mut cursor);
    match size.zip(file.offset(&mut cursor)) {
        Some((size, data)) if data != UNDEFINED => file.block(data, size, "the data of a local heap"),
        _ => invalid("a local heap has no data"),
    }
}

/// Global heap collections that were read, by address.
#[derive(Default)]
pub(super) struct GlobalHeaps {
    read: HashMap<u64, HashMap<u32, (u64, u64)>>,
    /// Objects over all collections: hostile ones overlap.
    objects: usize,
}

impl GlobalHeaps {
    /// Address and length of one object of a global heap.
    pub(super) fn find(&mut self, file: &File<'_>, address: u64, index: u32) -> Result<(u64, u64)> {
        if !self.read.contains_key(&address) {
            if self.read.len() > 100_000 || self.objects > 4_000_000 {
                return unsupported("more global heaps than are read");
            }
            let objects = global_heap(file, address)?;
            self.objects += objects.len();
            self.read.insert(address, objects);
        }
        match self.read.get(&address).and_then(|objects| objects.get(&index)) {
            Some(place) => Ok(*place),
            None => invalid(format!("the global heap at {address:#x} has no object {index}")),
        }
    }
}

fn global_heap(file: &File<'_>, address: u64) -> Result<HashMap<u32, (u64, u64)>> {
    let head = file.signed(address, 16, b"GCOL", "a global heap")?;
    let mut cursor = Cursor::from(&head, 8);
    let Some(size) = file.length(&mut cursor) else { return invalid("a global heap is cut short") };
    let header = cursor.position() as u64;
    let mut objects = HashMap::new();
    let mut at = header;
    let step = 8 + u64::from(file.length_size);
    while at.checked_add(step).is_some_and(|end| end <= size) && objects.len() < 1_000_000 {
        let entry = file.block(address.saturating_add(at), step, "an object of a global heap")?;
        let mut cursor = Cursor::new(&entry);
        let index = cursor.u16();
        let len = cursor.skip(6).and_then(|()| file.length(&mut cursor));
        let Some((index, len)) = index.zip(len) else { break };
        if index == 0 {
            break;
        }
        at += step;
        if len > size.saturating_sub(at) {
            return invalid(format!("an object of the global heap at {address:#x} is longer than the heap"));
        }
        objects.insert(u32::from(index), (address + at, len));
        at = at.saturating_add(len.div_ceil(8).saturating_mul(8));
    }
    Ok(objects)
}

/// A fractal heap: doubling blocks addressed by one running offset.
pub(super) struct FractalHeap<'f, 'a> {
    file: &'f File<'a>,
    id_len: usize,
    huge_tree: u64,
    width: u64,
    start_size: u64,
    max_direct: u64,
    offset_bytes: u8,
    length_bytes: u8,
    root: u64,
    rows: u64,
    filtered: bool,
    /// Huge objects by key: address and length; read on first use.
    huge: OnceCell<HashMap<u64, (u64, u64)>>,
}

impl<'f, 'a> FractalHeap<'f, 'a> {
    pub(super) fn read(file: &'f File<'a>, address: u64) -> Result<Self> {
        let head = file.signed(address, 256, b"FRHP", "a fractal heap")?;
        let heap = Self::parse(file, &head);
        heap.map_or_else(|| invalid(format!("the fractal heap at {address:#x} makes no sense")), Ok)
    }

    fn parse(file: &'f File<'a>, head: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::from(head, 5);
        let id_len = usize::from(cursor.u16()?);
        let filter_len = cursor.u16()?;
        cursor.skip(1)?;
        let max_managed = cursor.u32()?;
        file.length(&mut cursor)?;
        let huge_tree = file.offset(&mut cursor)?;
        file.length(&mut cursor)?;
        file.offset(&mut cursor)?;
        for _ in 0..8 {
            file.length(&mut cursor)?;
        }
        let width = u64::from(cursor.u16()?);
        let start_size = file.length(&mut cursor)?;
        let max_direct = file.length(&mut cursor)?;
        let heap_bits = cursor.u16()?;
        cursor.skip(2)?;
        let root = file.offset(&mut cursor)?;
        let rows = u64::from(cursor.u16()?);
        let sane = width.is_power_of_two()
            && start_size.is_power_of_two()
            && max_direct.is_power_of_two()
            && max_direct >= start_size
            && max_direct <= 1 << 32
            && heap_bits <= 64
            && (4..=64).contains(&id_len);
        if !sane {
            return None;
        }
        let offset_bytes = heap_bits.div_ceil(8) as u8;
        let by_block = max_direct.ilog2().div_ceil(8);
        let by_object = max_managed.max(1).ilog2() / 8 + 1;
        let length_bytes = by_block.min(by_object) as u8;
        let filtered = filter_len > 0;
        Some(Self {
            file,
            id_len,
            huge_tree,
            width,
            start_size,
            max_direct,
            offset_bytes,
            length_bytes,
            root,
            rows,
            filtered,
            huge: OnceCell::new(),
        })
    }

    /// Bytes of an id.
    pub(super) fn id_len(&self) -> usize {
        self.id_len
    }

    /// The object with this id.
    pub(super) fn object(&self, id: &[u8]) -> Result<Vec<u8>> {
        let mut cursor = Cursor::new(id);
        match cursor.u8().map(|flags| (flags >> 4 & 3, flags)) {
            Some((0, _)) => {
                let place = number(&mut cursor, self.offset_bytes).zip(number(&mut cursor, self.length_bytes));
                let Some((offset, len)) = place else { return invalid("an id of a fractal heap is cut short") };
                self.managed(offset, len)
            }
            Some((1, _)) => self.huge(&mut cursor),
            Some((2, flags)) => {
                let len = usize::from(flags & 0x0f) + 1;
                let bytes = cursor.take(len.min(cursor.remaining())).unwrap_or_default();
                Ok(bytes.to_vec())
            }
            _ => invalid("an id of a fractal heap makes no sense"),
        }
    }

    fn managed(&self, offset: u64, len: u64) -> Result<Vec<u8>> {
        if self.filtered {
            return unsupported("a fractal heap with filters");
        }
        let (mut block, mut rows, mut within) = (self.root, self.rows, offset);
        if rows == 0 {
            return self.file.block(block.saturating_add(within), len, "an object of a fractal heap");
        }
        // Each level of indirect blocks covers at least twice what the one below does.
        for _ in 0..64 {
            let Some((row, column, rest, size)) = self.locate(within, rows) else {
                return invalid("an object lies outside of its fractal heap");
            };
            let entry = row.saturating_mul(self.width).saturating_add(column);
            let child = self.child(block, entry)?;
            if size <= self.max_direct {
                return self.file.block(child.saturating_add(rest), len, "an object of a fractal heap");
            }
            let first_row_bits = self.start_size.ilog2() + self.width.ilog2();
            rows = u64::from(size.ilog2().saturating_sub(first_row_bits)) + 1;
            (block, within) = (child, rest);
        }
        invalid("a fractal heap is nested in a circle")
    }

    /// Row, column, offset inside the block, and size of the block that holds `offset`.
    fn locate(&self, offset: u64, rows: u64) -> Option<(u64, u64, u64, u64)> {
        let mut start = 0u64;
        for row in 0..rows.min(64) {
            let size = self.start_size.checked_shl(row.saturating_sub(1) as u32)?;
            let span = size.checked_mul(self.width)?;
            let inside = offset.checked_sub(start)?;
            if inside < span {
                return Some((row, inside / size, inside % size, size));
            }
            start = start.checked_add(span)?;
        }
        None
    }

    fn child(&self, block: u64, entry: u64) -> Result<u64> {
        let header = 5 + u64::from(self.file.offset_size) + u64::from(self.offset_bytes);
        self.file.signed(block, 5, b"FHIB", "an indirect block of a fractal heap")?;
        let at = entry.saturating_mul(u64::from(self.file.offset_size)).saturating_add(header).saturating_add(block);
        let bytes = self.file.block(at, u64::from(self.file.offset_size), "an entry of a fractal heap")?;
        match self.file.offset(&mut Cursor::new(&bytes)) {
            Some(child) if child != UNDEFINED => Ok(child),
            _ => invalid("an object lies in a block of a fractal heap that does not exist"),
        }
    }

    /// Huge objects stand outside of the heap; their ids are keys of a B-tree.
    fn huge(&self, cursor: &mut Cursor<'_>) -> Result<Vec<u8>> {
        if self.filtered || self.huge_tree == UNDEFINED {
            return unsupported("a huge object of a fractal heap");
        }
        let key_len = cursor.remaining().min(8) as u8;
        let Some(key) = number(cursor, key_len) else { return invalid("an id of a fractal heap is cut short") };
        let table = if let Some(table) = self.huge.get() {
            table
        } else {
            let table = self.huge_objects()?;
            self.huge.get_or_init(|| table)
        };
        if let Some((address, len)) = table.get(&key) {
            return self.file.block(*address, *len, "a huge object of a fractal heap");
        }
        invalid("a huge object of a fractal heap is not in its B-tree")
    }

    fn huge_objects(&self) -> Result<HashMap<u64, (u64, u64)>> {
        let mut table = HashMap::new();
        for record in super::btree::records(self.file, self.huge_tree)? {
            let mut cursor = Cursor::new(&record);
            let place = self.file.offset(&mut cursor).zip(self.file.length(&mut cursor));
            if let (Some(place), Some(key)) = (place, self.file.length(&mut cursor)) {
                table.insert(key, place);
            }
        }
        Ok(table)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn lengths_near_the_largest_number_do_not_overflow() {
        // A collection that claims almost 2^64 bytes, with one object that claims almost all of them.
        let mut data = b"GCOL\x01\0\0\0".to_vec();
        data.extend((u64::MAX - 1).to_le_bytes());
        data.extend([1, 0, 0, 0, 0, 0, 0, 0]);
        data.extend((u64::MAX - 40).to_le_bytes());
        let left = Cell::new(1 << 20);
        let file = File { input: &data, base: 0, offset_size: 8, length_size: 8, left: &left };
        assert_eq!(global_heap(&file, 0).unwrap(), HashMap::from([(1, (32, u64::MAX - 40))]));
    }
}
