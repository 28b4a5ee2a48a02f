//! Attributes: small named values of an object, in its header or in a fractal heap.

use super::datatype::{Class, Datatype, count, datatype, dimensions};
use super::file::{File, MAX_BLOCK, Result, UNDEFINED, invalid};
use super::header::{self, Message, kind};
use super::{btree, heap};
use crate::bytes::Cursor;

/// One attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attribute {
    pub(super) name: String,
    pub(super) datatype: Datatype,
    pub(super) elements: u64,
    /// The value as stored.
    pub(super) data: Vec<u8>,
}

/// Elements of variable length that are followed; the rest is counted by the caller as not read.
const MAX_ELEMENTS: u64 = 100_000;

/// The attributes that the messages of an object describe.
pub(super) fn attributes(file: &File<'_>, messages: &[Message]) -> Result<Vec<Attribute>> {
    let mut out = Vec::new();
    for message in messages {
        match message.kind {
            kind::ATTRIBUTE => {
                let message = header::resolve(file, message.clone())?;
                out.push(attribute(file, &message.data)?);
            }
            kind::ATTRIBUTE_INFO => dense(file, &message.data, &mut out)?,
            _ => {}
        }
    }
    Ok(out)
}

fn attribute(file: &File<'_>, data: &[u8]) -> Result<Attribute> {
    match parse(file, data) {
        Some(found) => found,
        None => invalid("an attribute is cut short"),
    }
}

fn parse(file: &File<'_>, data: &[u8]) -> Option<Result<Attribute>> {
    let mut cursor = Cursor::new(data);
    let version = cursor.u8()?;
    let flags = cursor.u8()?;
    let sizes = [cursor.u16()?, cursor.u16()?, cursor.u16()?];
    if version == 3 {
        cursor.skip(1)?;
    }
    let mut part = |len: u16| {
        let bytes = cursor.take(usize::from(len))?;
        if version == 1 {
            // Version 1 pads every part to eight bytes.
            cursor.skip((8 - usize::from(len) % 8) % 8)?;
        }
        Some(bytes)
    };
    let [name_len, type_len, space_len] = sizes;
    let name = super::file::until_nul(part(name_len)?);
    let (type_data, space_data) = (part(type_len)?, part(space_len)?);
    let shared = |bytes: &[u8], bit: u8, kind: u16| -> Result<Vec<u8>> {
        if version == 1 || flags & bit == 0 {
            return Ok(bytes.to_vec());
        }
        let address = header::shared_address(file, bytes)?;
        let found = header::messages(file, address)?.into_iter().find(|message| message.kind == kind);
        found.map_or_else(|| invalid("a shared type of an attribute is not there"), |message| Ok(message.data))
    };
    let type_data = match shared(type_data, 1, kind::DATATYPE) {
        Ok(data) => data,
        Err(fault) => return Some(Err(fault)),
    };
    let space_data = match shared(space_data, 2, kind::DATASPACE) {
        Ok(data) => data,
        Err(fault) => return Some(Err(fault)),
    };
    let datatype = datatype(&type_data)?;
    let elements = dimensions(file, &space_data).and_then(|dimensions| count(&dimensions)).unwrap_or(0);
    let len = elements.checked_mul(u64::from(datatype.size)).and_then(|len| usize::try_from(len).ok())?;
    let data = cursor.take(len)?.to_vec();
    Some(Ok(Attribute { name, datatype, elements, data }))
}

fn dense(file: &File<'_>, data: &[u8], out: &mut Vec<Attribute>) -> Result<()> {
    let mut cursor = Cursor::new(data);
    let flags = cursor.skip(1).and_then(|()| cursor.u8()).unwrap_or_default();
    let places =
        cursor.skip(usize::from(flags & 1) * 2).and_then(|()| file.offset(&mut cursor).zip(file.offset(&mut cursor)));
    let Some((heap_at, tree)) = places else { return invalid("an attribute info message is cut short") };
    if heap_at == UNDEFINED || tree == UNDEFINED {
        return Ok(());
    }
    let heap = heap::FractalHeap::read(file, heap_at)?;
    for record in btree::records(file, tree)? {
        let id = record.get(..heap.id_len()).unwrap_or_default();
        out.push(attribute(file, &heap.object(id)?)?);
    }
    Ok(())
}

/// The values of an attribute or dataset with this type, as bytes: one per element, NUL padding removed.
/// Numbers give nothing.
pub(super) fn values(
    file: &File<'_>,
    heaps: &mut heap::GlobalHeaps,
    kind: &Datatype,
    data: &[u8],
) -> Result<Vec<Vec<u8>>> {
    let mut out = Vec::new();
    let element = (kind.size as usize).max(1);
    match kind.class {
        Class::FixedText | Class::Opaque => {
            for bytes in data.chunks_exact(element).take(MAX_ELEMENTS as usize) {
                let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
                out.push(bytes.get(..end).unwrap_or_default().to_vec());
            }
        }
        Class::VariableText | Class::Variable => {
            let mut total = 0u64;
            for bytes in data.chunks_exact(element).take(MAX_ELEMENTS as usize) {
                let mut cursor = Cursor::new(bytes);
                let place = cursor.u32().zip(file.offset(&mut cursor)).zip(cursor.u32());
                let Some(((len, address), index)) = place else {
                    return invalid("a value of variable length is cut short");
                };
                if address == 0 || address == UNDEFINED || len == 0 {
                    continue;
                }
                let (at, size) = heaps.find(file, address, index)?;
                total = total.saturating_add(size);
                if total > MAX_BLOCK {
                    return super::file::unsupported("values of variable length larger than are read");
                }
                let mut value = file.block(at, size, "a value of variable length")?;
                if kind.class == Class::VariableText {
                    value.truncate(value.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1));
                }
                out.push(value);
            }
        }
        Class::Integer | Class::Float | Class::Other => {}
    }
    Ok(out)
}
