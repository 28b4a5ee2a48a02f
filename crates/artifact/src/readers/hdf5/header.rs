//! Object headers, versions 1 and 2, with their continuations: the messages that describe an object.

use std::collections::HashSet;

use super::file::{File, Result, UNDEFINED, invalid, unsupported};
use crate::bytes::Cursor;

/// One message of an object header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) kind: u16,
    pub(super) flags: u8,
    /// Address of the data, counted as all addresses.
    pub(super) address: u64,
    pub(super) data: Vec<u8>,
}

/// Message kinds that are read.
pub(super) mod kind {
    pub(in super::super) const DATASPACE: u16 = 0x01;
    pub(in super::super) const LINK_INFO: u16 = 0x02;
    pub(in super::super) const DATATYPE: u16 = 0x03;
    pub(in super::super) const LINK: u16 = 0x06;
    pub(in super::super) const EXTERNAL_FILES: u16 = 0x07;
    pub(in super::super) const LAYOUT: u16 = 0x08;
    pub(in super::super) const FILTERS: u16 = 0x0b;
    pub(in super::super) const ATTRIBUTE: u16 = 0x0c;
    pub(in super::super) const CONTINUATION: u16 = 0x10;
    pub(in super::super) const SYMBOL_TABLE: u16 = 0x11;
    pub(in super::super) const ATTRIBUTE_INFO: u16 = 0x15;
}

/// More messages than any honest object has: attributes beyond a few dozen move elsewhere.
const MAX_MESSAGES: usize = 70_000;
const MAX_CHUNKS: usize = 4096;
/// All chunks of one header together.
const MAX_HEADER: u64 = 16 << 20;

/// The messages of the object at `address`.
pub(super) fn messages(file: &File<'_>, address: u64) -> Result<Vec<Message>> {
    let head = file.up_to(address, 64, "an object header")?;
    let mut cursor = Cursor::new(&head);
    if head.starts_with(b"OHDR") {
        version_2(file, address, &head)
    } else if cursor.u8() == Some(1) {
        version_1(file, address, &head)
    } else {
        invalid(format!("there is no object header at {address:#x}"))
    }
}

/// What is still to be read: chunks of messages, and what was read.
struct Chunks<'f, 'a> {
    file: &'f File<'a>,
    todo: Vec<(u64, u64)>,
    seen: HashSet<u64>,
    bytes: u64,
    messages: Vec<Message>,
}

impl Chunks<'_, '_> {
    fn next(&mut self) -> Result<Option<(u64, Vec<u8>)>> {
        let Some((address, len)) = self.todo.pop() else { return Ok(None) };
        if !self.seen.insert(address) {
            return invalid(format!("an object header continues in a circle at {address:#x}"));
        }
        self.bytes = self.bytes.saturating_add(len);
        if self.seen.len() > MAX_CHUNKS || self.bytes > MAX_HEADER {
            return unsupported("an object header is larger than is read");
        }
        self.file.block(address, len, "a part of an object header").map(|bytes| Some((address, bytes)))
    }

    fn push(&mut self, message: Message) -> Result<()> {
        if message.kind == kind::CONTINUATION {
            let mut cursor = Cursor::new(&message.data);
            let next = self.file.offset(&mut cursor).zip(self.file.length(&mut cursor));
            match next {
                Some((address, len)) if address != UNDEFINED && len != UNDEFINED => self.todo.push((address, len)),
                _ => return invalid("a continuation of an object header points nowhere"),
            }
        } else if message.kind != 0 {
            self.messages.push(message);
        }
        if self.messages.len() > MAX_MESSAGES {
            return unsupported("an object has more messages than are read");
        }
        Ok(())
    }
}

fn version_1(file: &File<'_>, address: u64, head: &[u8]) -> Result<Vec<Message>> {
    let mut cursor = Cursor::from(head, 8);
    let Some(size) = cursor.u32() else { return invalid("an object header is cut short") };
    let start = (address + 16, u64::from(size));
    let mut chunks = Chunks { file, todo: vec![start], seen: HashSet::new(), bytes: 0, messages: Vec::new() };
    while let Some((address, bytes)) = chunks.next()? {
        let mut cursor = Cursor::new(&bytes);
        while cursor.remaining() >= 8 {
            let Some((kind, size)) = cursor.u16().zip(cursor.u16()) else { break };
            let Some(flags) = cursor.u8() else { break };
            let Some(()) = cursor.skip(3) else { break };
            let at = address + cursor.position() as u64;
            let Some(data) = cursor.take(usize::from(size)) else {
                return invalid(format!("a message at {at:#x} is longer than its object header"));
            };
            chunks.push(Message { kind, flags, address: at, data: data.to_vec() })?;
        }
    }
    Ok(chunks.messages)
}

fn version_2(file: &File<'_>, address: u64, head: &[u8]) -> Result<Vec<Message>> {
    let mut cursor = Cursor::from(head, 4);
    let version = cursor.u8();
    if version != Some(2) {
        return unsupported(format!("object header version {version:?}"));
    }
    let Some(flags) = cursor.u8() else { return invalid("an object header is cut short") };
    let skipped = usize::from(flags & 0x20 != 0) * 16 + usize::from(flags & 0x10 != 0) * 4;
    let size = cursor.skip(skipped).and_then(|()| super::file::number(&mut cursor, 1 << (flags & 3)));
    let Some(size) = size else { return invalid("an object header is cut short") };
    let start = (address + cursor.position() as u64, size);
    let mut chunks = Chunks { file, todo: vec![start], seen: HashSet::new(), bytes: 0, messages: Vec::new() };
    let mut first = true;
    while let Some((address, bytes)) = chunks.next()? {
        // The first chunk is followed by its checksum, the others hold signature and checksum.
        let end = if first { bytes.len() } else { bytes.len().saturating_sub(4) };
        let body = bytes.get(..end).unwrap_or_default();
        if !first && !body.starts_with(b"OCHK") {
            return invalid(format!("the continuation at {address:#x} has no `OCHK` signature"));
        }
        let mut cursor = Cursor::from(body, if first { 0 } else { 4 });
        first = false;
        let header = if flags & 4 != 0 { 6 } else { 4 };
        while cursor.remaining() >= header {
            let Some(kind) = cursor.u8() else { break };
            let Some((size, message_flags)) = cursor.u16().zip(cursor.u8()) else { break };
            let Some(()) = cursor.skip(header - 4) else { break };
            let at = address + cursor.position() as u64;
            let Some(data) = cursor.take(usize::from(size)) else {
                return invalid(format!("a message at {at:#x} is longer than its object header"));
            };
            chunks.push(Message { kind: u16::from(kind), flags: message_flags, address: at, data: data.to_vec() })?;
        }
    }
    Ok(chunks.messages)
}

/// The message itself, or the one that a shared message stands for: in another object header.
pub(super) fn resolve(file: &File<'_>, message: Message) -> Result<Message> {
    if message.flags & 2 == 0 {
        return Ok(message);
    }
    let address = shared_address(file, &message.data)?;
    let found = messages(file, address)?.into_iter().find(|other| other.kind == message.kind && other.flags & 2 == 0);
    found.map_or_else(|| invalid(format!("a shared message points to {address:#x}, where there is none")), Ok)
}

/// Where the object header with the shared message is.
pub(super) fn shared_address(file: &File<'_>, data: &[u8]) -> Result<u64> {
    let mut cursor = Cursor::new(data);
    let address = match (cursor.u8(), cursor.u8()) {
        (Some(1), Some(_)) => cursor.skip(6).and_then(|()| file.offset(&mut cursor)),
        (Some(2), Some(_)) | (Some(3), Some(2)) => file.offset(&mut cursor),
        (Some(3), Some(_)) => return unsupported("messages shared through a heap"),
        _ => None,
    };
    address.map_or_else(|| invalid("a shared message points nowhere"), Ok)
}
