//! HDF5: Keras models and weights, pandas tables and other data, read by structure without the weights.

mod attribute;
mod btree;
mod dataset;
mod datatype;
mod file;
mod group;
mod header;
mod heap;
mod objects;

use std::cell::Cell;

use redan_domain::{ReadAt, Window};

use crate::bytes::Cursor;
use crate::head::Head;
use crate::readers::{Match, Reader};
use crate::walk::Cx;
use file::{File, UNDEFINED};
use group::Link;
use redan_domain::{Fact, facts};

facts! {
    /// The structure is not what the format prescribes.
    INVALID = "hdf5-invalid";
    /// A link to an object in another file.
    EXTERNAL_LINK = "hdf5-external-link";
    /// A dataset whose data is in another file.
    EXTERNAL_STORAGE = "hdf5-external-storage";
    /// A link of a class that an application defined.
    CUSTOM_LINK = "hdf5-custom-link";
    /// Bytes before the superblock, which other programs can read as something else.
    USER_BLOCK = "hdf5-user-block";
    /// A dataset needs a filter that is loaded as a plug-in.
    FILTER = "hdf5-filter";
}

const SIGNATURE: &[u8; 8] = b"\x89HDF\r\n\x1a\n";

pub(crate) struct Hdf5;

impl Reader for Hdf5 {
    fn format(&self) -> &'static str {
        "hdf5"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        if head.starts_with(SIGNATURE) {
            return Match::Yes;
        }
        // A tar archive keeps its members at multiples of 512, where a superblock may stand as well.
        if head.get(257, 5) == Some(b"ustar") {
            return Match::No;
        }
        let far =
            head.input().bytes().is_some() || matches!(head.extension().as_str(), "h5" | "hdf5" | "hdf" | "keras");
        let last = match far {
            true if head.is_payload() => Head::PAYLOAD,
            true => u64::MAX,
            false => Head::LEN as u64,
        };
        if find(head.input(), last).is_some() { Match::Yes } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let Some(base) = find(input, u64::MAX) else { return cx.incomplete("there is no superblock") };
        let Some(superblock) = Superblock::read(input, base) else {
            return cx.incomplete("the superblock is cut short or of an unknown version");
        };
        surroundings(input, base, &superblock, cx);
        let truncated = superblock.end > input.size();
        if truncated {
            cx.incomplete(format!("the file says that it has {} bytes, but it has {}", superblock.end, input.size()));
        }
        if superblock.root == UNDEFINED {
            return cx.incomplete("there is no root group");
        }
        let left = Cell::new(input.size().saturating_mul(4).saturating_add(64 << 20));
        let (offset_size, length_size) = (superblock.offset_size, superblock.length_size);
        let file = File { input, base, offset_size, length_size, left: &left };
        objects::Objects::new(file, truncated, cx).walk(superblock.root);
    }
}

/// Offset of the signature: at the start, or at 512 and its doubles.
fn find(input: &dyn ReadAt, last: u64) -> Option<u64> {
    let mut at = 0u64;
    while at <= last && at.saturating_add(8) <= input.size() {
        let mut bytes = [0; 8];
        if input.read_exact_at(at, &mut bytes).is_ok() && &bytes == SIGNATURE {
            return Some(at);
        }
        at = if at == 0 { 512 } else { at.checked_mul(2)? };
    }
    None
}

struct Superblock {
    offset_size: u8,
    length_size: u8,
    /// Address of the root group's object header.
    root: u64,
    /// Offset in the input where the file says that it ends.
    end: u64,
}

impl Superblock {
    fn read(input: &dyn ReadAt, at: u64) -> Option<Self> {
        let bytes = input.read_vec_at(at, 128).ok()?;
        let mut cursor = Cursor::from(&bytes, 8);
        let left = Cell::new(0);
        let version = cursor.u8()?;
        let sizes = |cursor: &mut Cursor<'_>| {
            let (offset, length) = (cursor.u8()?, cursor.u8()?);
            let sane = |size: u8| matches!(size, 2 | 4 | 8);
            let file = File { input, base: at, offset_size: offset, length_size: length, left: &left };
            (sane(offset) && sane(length)).then_some(file)
        };
        let (file, base, end, root);
        match version {
            0 | 1 => {
                cursor.skip(4)?;
                file = sizes(&mut cursor)?;
                cursor.skip(if version == 0 { 9 } else { 13 })?;
                base = file.offset(&mut cursor)?;
                file.offset(&mut cursor)?;
                end = file.offset(&mut cursor)?;
                file.offset(&mut cursor)?;
                file.offset(&mut cursor)?;
                root = file.offset(&mut cursor)?;
            }
            2 | 3 => {
                file = sizes(&mut cursor)?;
                cursor.skip(1)?;
                base = file.offset(&mut cursor)?;
                file.offset(&mut cursor)?;
                end = file.offset(&mut cursor)?;
                root = file.offset(&mut cursor)?;
            }
            _ => return None,
        }
        // The end counts from the start of the file that was written; bytes may have been put before it since.
        let end = end.saturating_sub(base).saturating_add(at);
        Some(Self { offset_size: file.offset_size, length_size: file.length_size, root, end })
    }
}

/// What stands before and behind the HDF5 data.
fn surroundings(input: &dyn ReadAt, base: u64, superblock: &Superblock, cx: &mut Cx<'_>) {
    if base > 0 {
        let message =
            format!("{base} bytes stand before the HDF5 data; other programs may read them as another format");
        cx.fact(Fact::new(USER_BLOCK, "user block", message).at(0, base));
        examine("(user block)", &Window::new(input, 0, base), cx);
    }
    let end = superblock.end;
    if end < input.size() {
        examine("(after the HDF5 data)", &Window::new(input, end, input.size() - end), cx);
    }
}

/// Examines bytes outside of the HDF5 data unless they are only padding.
fn examine(name: &str, part: &Window<'_>, cx: &mut Cx<'_>) {
    if part.read_vec_at(0, 1 << 16).is_ok_and(|bytes| bytes.iter().any(|byte| *byte != 0)) {
        cx.member(name, part);
    }
}

/// The format by the names in the root group.
fn refine(format: &'static str, links: &[Link]) -> &'static str {
    let has = |name: &str| links.iter().any(|link| link.name == name);
    let keras_3 = has("_layer_checkpoint_dependencies") || has("layers") && (has("vars") || has("optimizer"));
    if format == "hdf5" && keras_3 { "keras-weights-h5" } else { format }
}

/// The format by an attribute of the root group.
fn refine_by_attribute(format: &'static str, name: &str) -> &'static str {
    match name {
        "model_config" => "keras-h5",
        "layer_names" | "layer_names0" if format == "hdf5" => "keras-weights-h5",
        _ => format,
    }
}

#[cfg(test)]
mod tests;
