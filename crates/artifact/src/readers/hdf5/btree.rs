//! B-trees: version 1 for old groups and chunks, version 2 for dense links and attributes.

use std::collections::HashSet;

use super::file::{File, Result, UNDEFINED, invalid, number, unsupported};
use crate::bytes::Cursor;

/// More nodes than any honest file of this kind has.
const MAX_NODES: usize = 200_000;
const MAX_RECORDS: usize = 500_000;

/// The addresses of all leaves' children of a version 1 tree, with the key before each (`key_len` bytes).
pub(super) fn leaves(file: &File<'_>, root: u64, node_type: u8, key_len: u64) -> Result<Vec<(Vec<u8>, u64)>> {
    let mut todo = vec![root];
    let mut seen = HashSet::new();
    let mut out = Vec::new();
    while let Some(address) = todo.pop() {
        if !seen.insert(address) {
            return invalid(format!("a B-tree runs in a circle at {address:#x}"));
        }
        if seen.len() > MAX_NODES || out.len() > MAX_RECORDS {
            return unsupported("a B-tree with more nodes than are read");
        }
        let header = 8 + 2 * u64::from(file.offset_size);
        let head = file.signed(address, header, b"TREE", "a B-tree")?;
        let mut cursor = Cursor::from(&head, 4);
        let (Some(kind), Some(level), Some(used)) = (cursor.u8(), cursor.u8(), cursor.u16()) else {
            return invalid("a B-tree node is cut short");
        };
        if kind != node_type {
            return invalid(format!("the B-tree at {address:#x} is of another kind than its use"));
        }
        let entry = key_len + u64::from(file.offset_size);
        let body = file.block(address.saturating_add(header), u64::from(used) * entry, "a B-tree node")?;
        let mut cursor = Cursor::new(&body);
        for _ in 0..used {
            let key = cursor.take(key_len as usize).unwrap_or_default();
            match file.offset(&mut cursor) {
                Some(child) if child != UNDEFINED && level > 0 => todo.push(child),
                Some(child) if child != UNDEFINED => out.push((key.to_vec(), child)),
                _ => return invalid(format!("the B-tree node at {address:#x} points nowhere")),
            }
        }
    }
    Ok(out)
}

/// Every record of a version 2 tree, in no order.
pub(super) fn records(file: &File<'_>, address: u64) -> Result<Vec<Vec<u8>>> {
    let head = file.signed(address, 64, b"BTHD", "a B-tree")?;
    let mut cursor = Cursor::from(&head, 6);
    let sizes = cursor.u32().zip(cursor.u16()).zip(cursor.u16());
    let Some(((node_size, record_size), depth)) = sizes else { return invalid("a B-tree is cut short") };
    let root = cursor.skip(2).and_then(|()| file.offset(&mut cursor)).zip(cursor.u16());
    let Some((root, count)) = root else { return invalid("a B-tree is cut short") };
    if root == UNDEFINED {
        return Ok(Vec::new());
    }
    let Some(levels) = Levels::new(file, u64::from(node_size), u64::from(record_size), depth) else {
        return invalid(format!("the B-tree at {address:#x} makes no sense"));
    };
    let mut todo = vec![(root, u64::from(count), depth)];
    let mut seen = HashSet::new();
    let mut out = Vec::new();
    while let Some((address, count, depth)) = todo.pop() {
        if !seen.insert(address) {
            return invalid(format!("a B-tree runs in a circle at {address:#x}"));
        }
        if seen.len() > MAX_NODES || out.len() > MAX_RECORDS {
            return unsupported("a B-tree with more nodes than are read");
        }
        let signature: &[u8] = if depth == 0 { b"BTLF" } else { b"BTIN" };
        let node = file.signed(address, u64::from(node_size), signature, "a B-tree node")?;
        let mut cursor = Cursor::from(&node, 6);
        for _ in 0..count {
            match cursor.take(usize::from(record_size)) {
                Some(record) => out.push(record.to_vec()),
                None => return invalid(format!("the B-tree node at {address:#x} is cut short")),
            }
        }
        if depth > 0 {
            for _ in 0..=count {
                match levels.pointer(file, &mut cursor, depth) {
                    Some((child, count)) if child != UNDEFINED => todo.push((child, count, depth - 1)),
                    _ => return invalid(format!("the B-tree node at {address:#x} points nowhere")),
                }
            }
        }
    }
    Ok(out)
}

/// How many bytes the counts beside child pointers take: it follows from how many records could be below.
struct Levels {
    count_bytes: u8,
    /// By depth of the child.
    total_bytes: Vec<u8>,
}

impl Levels {
    fn new(file: &File<'_>, node_size: u64, record_size: u64, depth: u16) -> Option<Self> {
        /// Signature, version, type, checksum.
        const OVERHEAD: u64 = 10;
        if depth > 16 || record_size == 0 {
            return None;
        }
        let mut below = node_size.checked_sub(OVERHEAD)? / record_size;
        let count_bytes = encoded_size(below);
        let mut total_bytes = vec![0];
        for _ in 0..depth {
            let last = total_bytes.last().copied().unwrap_or_default();
            let pointer = u64::from(file.offset_size) + u64::from(count_bytes) + u64::from(last);
            let most = node_size.checked_sub(OVERHEAD + pointer)? / (record_size + pointer);
            below = below.saturating_mul(most + 1).saturating_add(most);
            total_bytes.push(encoded_size(below));
        }
        Some(Self { count_bytes, total_bytes })
    }

    fn pointer(&self, file: &File<'_>, cursor: &mut Cursor<'_>, depth: u16) -> Option<(u64, u64)> {
        let child = file.offset(cursor)?;
        let count = cursor.take(usize::from(self.count_bytes))?;
        let count = count.iter().rev().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        number(cursor, self.total_bytes.get(usize::from(depth) - 1).copied()?)?;
        Some((child, count))
    }
}

fn encoded_size(limit: u64) -> u8 {
    (limit.max(1).ilog2() / 8 + 1) as u8
}
