//! Where the bytes of a dataset are: in the header, in the file, in chunks, in another file, or in other datasets.

use super::file::{File, Result, UNDEFINED, invalid, unsupported, until_nul};
use super::header::{Message, kind};
use super::{btree, heap};
use crate::bytes::Cursor;

/// The layout of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Layout {
    /// In the object header.
    Compact(Vec<u8>),
    /// Address and length; nothing may be written yet.
    Contiguous(Option<(u64, u64)>),
    /// Root of the chunk B-tree (version 1) and the number of dimensions, the element included.
    Chunked(Option<(u64, u8)>),
    /// Chunks with another index than the old B-tree.
    ChunkedNew,
    /// Assembled from other datasets: address and index of the list in a global heap.
    Virtual(u64, u32),
}

/// Reads a data layout message.
pub(super) fn layout(file: &File<'_>, data: &[u8]) -> Option<Layout> {
    let mut cursor = Cursor::new(data);
    let version = cursor.u8()?;
    let place = |address: u64| (address != UNDEFINED).then_some(address);
    match version {
        1 | 2 => {
            let rank = cursor.u8()?;
            let class = cursor.u8()?;
            cursor.skip(5)?;
            match class {
                0 => {
                    cursor.skip(4 * usize::from(rank))?;
                    let len = cursor.u32()?;
                    Some(Layout::Compact(cursor.take(len as usize)?.to_vec()))
                }
                1 => {
                    let address = file.offset(&mut cursor)?;
                    // The length follows from type and shape; it is not stored.
                    Some(Layout::Contiguous(place(address).map(|address| (address, 0))))
                }
                _ => Some(Layout::Chunked(place(file.offset(&mut cursor)?).map(|address| (address, rank)))),
            }
        }
        3..=5 => match cursor.u8()? {
            0 => {
                let len = cursor.u16()?;
                Some(Layout::Compact(cursor.take(usize::from(len))?.to_vec()))
            }
            1 => {
                let (address, len) = file.offset(&mut cursor).zip(file.length(&mut cursor))?;
                Some(Layout::Contiguous(place(address).map(|address| (address, len))))
            }
            2 if version == 3 => {
                let rank = cursor.u8()?;
                Some(Layout::Chunked(place(file.offset(&mut cursor)?).map(|address| (address, rank))))
            }
            2 => Some(Layout::ChunkedNew),
            3 => Some(Layout::Virtual(file.offset(&mut cursor)?, cursor.u32()?)),
            _ => None,
        },
        _ => None,
    }
}

/// Names of the files that an external file list message points to.
pub(super) fn external_files(file: &File<'_>, data: &[u8]) -> Result<Vec<String>> {
    let mut cursor = Cursor::from(data, 6);
    let used = cursor.u16().zip(file.offset(&mut cursor));
    let Some((used, names)) = used else { return invalid("a list of external files is cut short") };
    let names = heap::local_heap(file, names)?;
    let mut out = Vec::new();
    for _ in 0..used {
        let Some(at) = file.length(&mut cursor) else { break };
        file.length(&mut cursor);
        file.length(&mut cursor);
        match usize::try_from(at).ok().and_then(|at| names.get(at..)) {
            Some(name) => out.push(until_nul(name)),
            None => return invalid("a name of an external file lies outside of its heap"),
        }
        if out.len() >= 1000 {
            break;
        }
    }
    Ok(out)
}

/// The file that the first mapping of a virtual dataset takes its data from; `.` is this file.
pub(super) fn first_source(
    file: &File<'_>,
    heaps: &mut heap::GlobalHeaps,
    address: u64,
    index: u32,
) -> Result<Option<String>> {
    if address == UNDEFINED {
        return Ok(None);
    }
    let (at, len) = heaps.find(file, address, index)?;
    let bytes = file.block(at, len.min(65_536), "the mapping of a virtual dataset")?;
    let mut cursor = Cursor::new(&bytes);
    let entries = cursor.skip(1).and_then(|()| file.length(&mut cursor)).unwrap_or_default();
    let name = bytes.get(cursor.position()..).unwrap_or_default();
    Ok((entries > 0).then(|| until_nul(name)))
}

/// Filters of the pipeline, by their registered number.
pub(super) fn filters(data: &[u8]) -> Vec<u16> {
    let mut cursor = Cursor::new(data);
    let (Some(version), Some(count)) = (cursor.u8(), cursor.u8()) else { return Vec::new() };
    if version == 1 {
        cursor.skip(6);
    }
    let mut out = Vec::new();
    for _ in 0..count.min(32) {
        let Some(id) = cursor.u16() else { break };
        out.push(id);
        let named = version == 1 || id >= 256;
        let name_len = if named { cursor.u16().unwrap_or_default() } else { 0 };
        cursor.skip(2);
        let values = cursor.u16().unwrap_or_default();
        let padded = if version == 1 { usize::from(name_len).div_ceil(8) * 8 } else { usize::from(name_len) };
        cursor.skip(padded);
        let padding = if version == 1 { usize::from(values % 2) } else { 0 };
        if cursor.skip((usize::from(values) + padding) * 4).is_none() {
            break;
        }
    }
    out
}

/// The bytes of all chunks one after the other, decompressed by `expand`; at most `max` bytes.
pub(super) fn chunks(
    file: &File<'_>,
    root: u64,
    rank: u8,
    max: usize,
    expand: &mut dyn FnMut(Vec<u8>) -> Vec<u8>,
) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    for (key, address) in btree::leaves(file, root, 1, 8 + 8 * u64::from(rank))? {
        let mut cursor = Cursor::new(&key);
        let (size, mask) = (cursor.u32().unwrap_or_default(), cursor.u32().unwrap_or_default());
        let bytes = file.block(address, u64::from(size), "a chunk")?;
        out.extend(if mask == 0 { expand(bytes) } else { bytes });
        if out.len() > max {
            return unsupported("a dataset of objects larger than is read");
        }
    }
    Ok(out)
}

/// The data of the one message of this kind.
pub(super) fn find(messages: &[Message], kind: u16) -> Option<&Message> {
    messages.iter().find(|message| message.kind == kind)
}

/// The names of filters that HDF5 itself brings.
pub(super) fn is_standard_filter(id: u16) -> bool {
    // Deflate, shuffle, Fletcher-32, SZIP, N-bit, scale-offset.
    (1..=6).contains(&id)
}

pub(super) const DEFLATE: u16 = 1;
pub(super) const SHUFFLE: u16 = 2;

/// Whether this object is a dataset.
pub(super) fn is_dataset(messages: &[Message]) -> bool {
    find(messages, kind::LAYOUT).is_some()
}
