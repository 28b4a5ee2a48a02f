//! The links of a group, old style (symbol table) and new style (link messages, compact or dense).

use super::file::{File, Result, UNDEFINED, invalid, number, unsupported, until_nul};
use super::header::{Message, kind};
use super::{btree, heap};
use crate::bytes::Cursor;

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// An object header in this file.
    Hard(u64),
    /// A path in this file.
    Soft,
    /// An object in another file.
    External { file: String, object: String },
    /// A link class that an application defined.
    Custom(u8),
}

/// A named link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) name: String,
    pub(super) target: Target,
    /// Where it stands.
    pub(super) address: u64,
}

/// All links that the messages of a group describe.
pub(super) fn links(file: &File<'_>, messages: &[Message]) -> Result<Vec<Link>> {
    let mut out = Vec::new();
    for message in messages {
        match message.kind {
            kind::LINK => match link(file, &message.data, message.address) {
                Some(link) => out.push(link),
                None => return invalid(format!("the link at {:#x} makes no sense", message.address)),
            },
            kind::SYMBOL_TABLE => out.extend(symbol_table(file, &message.data)?),
            kind::LINK_INFO => out.extend(dense(file, &message.data)?),
            _ => {}
        }
    }
    Ok(out)
}

fn link(file: &File<'_>, data: &[u8], address: u64) -> Option<Link> {
    let mut cursor = Cursor::new(data);
    (cursor.u8()? == 1).then_some(())?;
    let flags = cursor.u8()?;
    let class = if flags & 8 != 0 { cursor.u8()? } else { 0 };
    cursor.skip(usize::from(flags & 4 != 0) * 8 + usize::from(flags & 16 != 0))?;
    let name_len = usize::try_from(number(&mut cursor, 1 << (flags & 3))?).ok()?;
    let name = String::from_utf8_lossy(cursor.take(name_len)?).into_owned();
    let target = match class {
        0 => Target::Hard(file.offset(&mut cursor)?),
        1 => Target::Soft,
        64 => {
            let len = usize::from(cursor.u16()?);
            let value = cursor.take(len)?.get(1..)?;
            let file = until_nul(value);
            let rest = memchr::memchr(0, value).and_then(|end| value.get(end + 1..)).unwrap_or_default();
            Target::External { file, object: until_nul(rest) }
        }
        other => Target::Custom(other),
    };
    Some(Link { name, target, address })
}

fn symbol_table(file: &File<'_>, data: &[u8]) -> Result<Vec<Link>> {
    let mut cursor = Cursor::new(data);
    let Some((tree, names)) = file.offset(&mut cursor).zip(file.offset(&mut cursor)) else {
        return invalid("a symbol table message is cut short");
    };
    if tree == UNDEFINED || names == UNDEFINED {
        return Ok(Vec::new());
    }
    let names = heap::local_heap(file, names)?;
    let mut out = Vec::new();
    for (_, node) in btree::leaves(file, tree, 0, u64::from(file.length_size))? {
        symbols(file, node, &names, &mut out)?;
    }
    Ok(out)
}

fn symbols(file: &File<'_>, node: u64, names: &[u8], out: &mut Vec<Link>) -> Result<()> {
    let head = file.signed(node, 8, b"SNOD", "a symbol table node")?;
    let count = Cursor::from(&head, 6).u16().unwrap_or_default();
    let entry = 2 * u64::from(file.offset_size) + 24;
    let body = file.block(node.saturating_add(8), u64::from(count) * entry, "a symbol table node")?;
    let mut cursor = Cursor::new(&body);
    for index in 0..u64::from(count) {
        let fields = file.offset(&mut cursor).zip(file.offset(&mut cursor)).zip(cursor.u32());
        let Some(((name, address), cache)) = fields else { break };
        cursor.skip(20);
        let Some(name) = usize::try_from(name).ok().and_then(|at| names.get(at..)) else {
            return invalid(format!("a name of the symbol table at {node:#x} lies outside of its heap"));
        };
        let target = if cache == 2 { Target::Soft } else { Target::Hard(address) };
        out.push(Link { name: until_nul(name), target, address: node + 8 + index * entry });
        if out.len() > 500_000 {
            return unsupported("a group with more links than are read");
        }
    }
    Ok(())
}

fn dense(file: &File<'_>, data: &[u8]) -> Result<Vec<Link>> {
    let mut cursor = Cursor::new(data);
    let flags = cursor.skip(1).and_then(|()| cursor.u8()).unwrap_or_default();
    let places =
        cursor.skip(usize::from(flags & 1) * 8).and_then(|()| file.offset(&mut cursor).zip(file.offset(&mut cursor)));
    let Some((heap_at, tree)) = places else { return invalid("a link info message is cut short") };
    if heap_at == UNDEFINED || tree == UNDEFINED {
        return Ok(Vec::new());
    }
    let heap = heap::FractalHeap::read(file, heap_at)?;
    let mut out = Vec::new();
    for record in btree::records(file, tree)? {
        // A hash of the name, then the id.
        let id = record.get(4..4 + heap.id_len()).unwrap_or_default();
        match link(file, &heap.object(id)?, heap_at) {
            Some(link) => out.push(link),
            None => return invalid(format!("a link in the fractal heap at {heap_at:#x} makes no sense")),
        }
    }
    Ok(out)
}
