//! TensorFlow checkpoints: the index, a sorted table that names the tensors, and the state file that names checkpoints.

use redan_domain::ReadAt;

use crate::bytes::Cursor;
use crate::head::Head;
use crate::protobuf::{Fields, varint};
use crate::readers::{Match, Reader};
use crate::walk::Cx;

/// Last eight bytes of a table.
const MAGIC: u64 = 0xdb47_7524_8b80_fb57;
const FOOTER: u64 = 48;
/// Blocks are a few KiB; one entry can hold a shape only.
const MAX_BLOCK: u64 = 16 << 20;
const MAX_BLOCKS: usize = 100_000;
/// Bytes that cost as much as one node of the budget.
const BYTES_PER_NODE: u64 = 64;

/// `model.ckpt.index`, `variables.index`.
pub(crate) struct CheckpointIndex;

impl Reader for CheckpointIndex {
    fn format(&self) -> &'static str {
        "tensorflow-checkpoint-index"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        let ends = head.tail().last_chunk::<8>().map(|bytes| u64::from_le_bytes(*bytes));
        if head.size > FOOTER && ends == Some(MAGIC) { Match::Yes } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        if let Err(reason) = table(input, cx) {
            cx.incomplete(reason);
        }
    }
}

fn table(input: &dyn ReadAt, cx: &mut Cx<'_>) -> Result<(), String> {
    let footer =
        input.read_vec_at(input.size().saturating_sub(FOOTER), FOOTER as usize).map_err(|error| error.to_string())?;
    let mut cursor = Cursor::new(&footer);
    let mut handle = || varint(&mut cursor).zip(varint(&mut cursor));
    let (_, Some(index)) = (handle(), handle()) else { return Err("the footer of the table is cut short".to_string()) };
    let mut places = Vec::new();
    entries(&block(input, index)?, &mut |_, place| {
        places.push(place.to_vec());
        places.len() < MAX_BLOCKS
    })
    .ok_or("the index of the table makes no sense")?;
    for place in places {
        let mut cursor = Cursor::new(&place);
        let place = varint(&mut cursor).zip(varint(&mut cursor)).ok_or("the index of the table makes no sense")?;
        // Any number of places can name the same block, and any number of entries share one long key.
        let mut within_budget = cx.budget().nodes(place.1 / BYTES_PER_NODE);
        let read = entries(&block(input, place)?, &mut |key, value| {
            within_budget = within_budget && cx.budget().nodes(1 + key.len() as u64 / BYTES_PER_NODE);
            // The empty key holds the header of the bundle.
            if within_budget && !key.is_empty() {
                tensor(&String::from_utf8_lossy(key), value, cx);
            }
            within_budget
        });
        if !within_budget {
            cx.over_budget("number of tensors");
            return Ok(());
        }
        read.ok_or("a block of the table makes no sense")?;
    }
    Ok(())
}

/// A block without its trailer: one byte for the compression, four for the checksum.
fn block(input: &dyn ReadAt, (at, len): (u64, u64)) -> Result<Vec<u8>, String> {
    let end = at.checked_add(len).and_then(|end| end.checked_add(5));
    if len > MAX_BLOCK || end.is_none_or(|end| end > input.size()) {
        return Err(format!("the block at {at:#x} ends past the file"));
    }
    let mut bytes = input.read_vec_at(at, len as usize + 1).map_err(|error| error.to_string())?;
    match bytes.pop() {
        Some(0) => Ok(bytes),
        _ => Err("the table is compressed".to_string()),
    }
}

/// Entries share prefixes with the one before, so that keys are longer than the block that holds them: each is handed
/// over as it is met, until `visit` says no. An array of restart points stands at the end.
fn entries(block: &[u8], visit: &mut dyn FnMut(&[u8], &[u8]) -> bool) -> Option<()> {
    let restarts = block.last_chunk::<4>().map(|bytes| u32::from_le_bytes(*bytes))?;
    let end = block.len().checked_sub(4)?.checked_sub((restarts as usize).checked_mul(4)?)?;
    let mut cursor = Cursor::new(block.get(..end)?);
    let mut key: Vec<u8> = Vec::new();
    while cursor.remaining() > 0 {
        let [shared, own, len] = [varint(&mut cursor)?, varint(&mut cursor)?, varint(&mut cursor)?];
        // Keys grow by sharing; names of tensors are short.
        if shared > key.len() as u64 || shared > 10_000 || own > 10_000 {
            return None;
        }
        key.truncate(shared as usize);
        key.extend(cursor.take(own as usize)?);
        if !visit(&key, cursor.take(usize::try_from(len).ok()?)?) {
            break;
        }
    }
    Some(())
}

/// `BundleEntryProto`: type, shape, and a place in the data file.
fn tensor(name: &str, entry: &[u8], cx: &mut Cx<'_>) {
    let mut dtype = 0;
    let mut shape = Vec::new();
    for field in Fields::new(entry) {
        match field.number {
            1 => dtype = field.varint().unwrap_or_default(),
            2 => {
                for dimension in field.message().into_iter().flatten().filter(|field| field.number == 2) {
                    let size = dimension.message().and_then(|fields| fields.last(1)).and_then(|field| field.varint());
                    shape.push(size.unwrap_or_default());
                }
            }
            _ => {}
        }
    }
    cx.artifact.contents.tensor(name, type_name(dtype), &shape);
}

fn type_name(dtype: u64) -> &'static str {
    const NAMES: [&str; 24] = [
        "invalid",
        "float32",
        "float64",
        "int32",
        "uint8",
        "int16",
        "int8",
        "string",
        "complex64",
        "int64",
        "bool",
        "qint8",
        "quint8",
        "qint32",
        "bfloat16",
        "qint16",
        "quint16",
        "uint16",
        "complex128",
        "float16",
        "resource",
        "variant",
        "uint32",
        "uint64",
    ];
    usize::try_from(dtype).ok().and_then(|index| NAMES.get(index)).copied().unwrap_or("other")
}

/// `model.ckpt.data-00000-of-00001`: the bytes of tensors one after the other. There is no signature, and nothing
/// in it is interpreted, so that the name is all there is to go by.
pub(crate) struct CheckpointData;

impl Reader for CheckpointData {
    fn format(&self) -> &'static str {
        "tensorflow-checkpoint-data"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        let extension = head.extension();
        let mut parts = extension.split('-');
        let number = |part: Option<&str>| {
            part.is_some_and(|part| part.len() == 5 && part.bytes().all(|byte| byte.is_ascii_digit()))
        };
        let is_shard =
            parts.next() == Some("data") && number(parts.next()) && parts.next() == Some("of") && number(parts.next());
        if is_shard { Match::Hint } else { Match::No }
    }

    fn read(&self, _: &dyn ReadAt, _: &mut Cx<'_>) {}
}

/// The text file `checkpoint`, which names the latest checkpoints of a folder.
pub(crate) struct CheckpointState;

impl Reader for CheckpointState {
    fn format(&self) -> &'static str {
        "tensorflow-checkpoint-state"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        if head.starts_with(b"model_checkpoint_path: \"") { Match::Yes } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let bytes = input.read_vec_at(0, 1 << 16).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        if let Some(path) = text.split('"').nth(1) {
            cx.artifact.contents.meta("model_checkpoint_path", path);
        }
    }
}
