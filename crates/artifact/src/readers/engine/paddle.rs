//! Paddle: programs (protobuf, or JSON since version 3) and their parameters.

use redan_domain::ReadAt;

use super::{FILE_OP, PYTHON_OP, invalid};
use crate::head::Head;
use crate::outline::{self, Outline};
use crate::protobuf::{Part, Place, Stream as Fields, looks_like_message, packed_varints};
use crate::readers::{Match, Reader};
use crate::stream::Stream;
use crate::walk::Cx;
use redan_domain::Fact;

/// Judges an operator by its type; `file` is the path it names, if any.
fn operator(kind: &str, file: Option<&str>, at: u64, cx: &mut Cx<'_>) {
    // Serialised names carry a dialect in front and a mark of in-place operation behind.
    let base = kind.rsplit('.').next().unwrap_or_default().trim_end_matches('_').to_ascii_lowercase();
    if matches!(base.as_str(), "py_func" | "py_layer" | "pylayer" | "python_op" | "run_program" | "numba_func") {
        let message = format!("operator `{kind}` calls a Python function when the model runs");
        cx.fact(Fact::new(PYTHON_OP, kind, message).at(at, 1));
    }
    if matches!(
        base.as_str(),
        "save" | "save_combine" | "load" | "load_combine" | "read_file" | "fl_listen_and_serv" | "listen_and_serv"
    ) {
        let path = file.map(|path| format!(" `{}`", crate::text::shown(path, 100))).unwrap_or_default();
        let message = format!("operator `{kind}` reads or writes the file{path} when the model runs");
        cx.fact(Fact::new(FILE_OP, kind, message).at(at, 1));
    }
}

/// `__model__` and `.pdmodel`.
pub(crate) struct PaddleProgram;

fn block_field(number: u32, wire: u8) -> bool {
    matches!((number, wire), (1 | 2 | 5, 0) | (3 | 4, 2))
}

impl Reader for PaddleProgram {
    fn format(&self) -> &'static str {
        "paddle-program"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        // The first block: index 0, then the parent, -1.
        let Some(block) = Fields::new(head.input(), 0, head.size).next() else { return Match::No };
        let (1, Place::Bytes { start, len }) = (block.number, block.place) else { return Match::No };
        let prefix = head.input().read_vec_at(start, len.min(4096) as usize).unwrap_or_default();
        let root = prefix.starts_with(b"\x08\x00\x10\xff\xff\xff\xff");
        if root && looks_like_message(&prefix, len, block_field).is_some() { Match::Yes } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let mut program = Fields::new(input, 0, input.size());
        for field in program.by_ref() {
            let (1, Place::Bytes { start, len }) = (field.number, field.place) else { continue };
            for field in (Part { start, len }).fields(input) {
                let (4, Place::Bytes { start, len }) = (field.number, field.place) else { continue };
                if !cx.budget().nodes(1) {
                    return cx.over_budget("operators");
                }
                one(Part { start, len }, input, cx);
            }
        }
        if program.broken() {
            invalid(
                cx,
                "program",
                &format!("the program is cut or damaged at byte {}", program.position()),
                program.position(),
            );
        }
    }
}

fn one(part: Part, input: &dyn ReadAt, cx: &mut Cx<'_>) {
    let (mut kind, mut file) = (String::new(), None);
    for field in part.fields(input) {
        let Place::Bytes { start, len } = field.place else { continue };
        match field.number {
            3 => kind = Part { start, len }.text(input, 200),
            4 => file = file.or_else(|| attribute(Part { start, len }, input)),
            _ => {}
        }
    }
    operator(&kind, file.as_deref(), part.start, cx);
}

/// The text of the attribute that names a file.
fn attribute(part: Part, input: &dyn ReadAt) -> Option<String> {
    let (mut name, mut value) = (String::new(), None);
    for field in part.fields(input) {
        match (field.number, field.place) {
            (1, Place::Bytes { start, len }) => name = Part { start, len }.text(input, 100),
            (5, Place::Bytes { start, len }) => value = Some(Part { start, len }.text(input, 300)),
            _ => {}
        }
    }
    value.filter(|_| matches!(name.as_str(), "file_path" | "filename"))
}

/// The JSON program of version 3.
pub(crate) struct PaddleJson;

impl Reader for PaddleJson {
    fn format(&self) -> &'static str {
        "paddle-json"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        let has = |word: &str| memchr::memmem::find(head.bytes, word.as_bytes()).is_some();
        let json = head.bytes.trim_ascii_start().first() == Some(&b'{');
        if json && has("\"base_code\"") && has("\"pir\"") { Match::Yes } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        match outline::json(Stream::new(input, 0)) {
            Ok(program) => operations(&program, cx),
            Err(error) => invalid(cx, "json", &format!("the program is not valid JSON: {error}"), 0),
        }
    }
}

/// Operations are maps whose `#` is a dialect and a name.
fn operations(node: &Outline, cx: &mut Cx<'_>) {
    if let Some(Outline::Text(kind)) = node.get("#") {
        operator(kind, None, 0, cx);
    }
    for (_, value) in node.entries() {
        operations(value, cx);
    }
    for item in node.items() {
        operations(item, cx);
    }
}

/// Parameters: tensors one after the other, each with its own small header.
pub(crate) struct PaddleParams;

/// Version, no levels, version, then a description whose first field is the element type.
const START: [u8; 16] = [0; 16];

impl Reader for PaddleParams {
    fn format(&self) -> &'static str {
        "paddle-params"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        let length = head.get(16, 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes);
        if head.starts_with(&START) && (2..200).contains(&length) && head.get(20, 1) == Some(&[8]) {
            Match::Yes
        } else {
            Match::No
        }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let mut stream = Stream::new(input, 0);
        let mut number = 0u64;
        while stream.remaining() > 0 {
            let at = stream.position();
            if !cx.budget().nodes(1) {
                return cx.over_budget("tensors");
            }
            let Some((kind, shape)) = tensor(&mut stream) else {
                return invalid(cx, "tensor", &format!("tensor {number} at byte {at} is cut or damaged"), at);
            };
            let (dtype, size) = element(kind);
            cx.artifact.contents.tensor(&format!("#{number}"), dtype, &shape);
            let bytes = shape.iter().try_fold(size, |product, dim| product.checked_mul(*dim));
            if bytes.and_then(|bytes| stream.skip(bytes)).is_none() {
                let message =
                    format!("tensor {number} of type {dtype} and shape {shape:?} goes past the end of the file");
                return invalid(cx, "tensor", &message, at);
            }
            number += 1;
        }
    }
}

/// The header of a tensor: element type and shape.
fn tensor(stream: &mut Stream<'_>) -> Option<(u64, Vec<u64>)> {
    let _version: [u8; 4] = stream.array()?;
    let levels = u64::from_le_bytes(stream.array()?);
    if levels > 16 {
        return None;
    }
    for _ in 0..levels {
        let len = u64::from_le_bytes(stream.array()?);
        stream.skip(len)?;
    }
    let _version: [u8; 4] = stream.array()?;
    let len = u32::from_le_bytes(stream.array()?);
    let description = stream.part(u64::from(len), 4096)?;
    let (mut kind, mut shape) = (u64::MAX, Vec::new());
    for field in crate::protobuf::Fields::new(&description) {
        match field.number {
            1 => kind = field.varint()?,
            2 => match field.bytes() {
                Some(packed) => shape.extend(packed_varints(packed).take(64)),
                None if shape.len() < 64 => shape.push(field.varint()?),
                None => {}
            },
            _ => {}
        }
    }
    Some((kind, shape))
}

/// Name and bytes of an element, by the number in the schema.
fn element(kind: u64) -> (&'static str, u64) {
    match kind {
        0 => ("bool", 1),
        1 => ("int16", 2),
        2 => ("int32", 4),
        3 => ("int64", 8),
        4 => ("float16", 2),
        5 => ("float32", 4),
        6 => ("float64", 8),
        20 => ("uint8", 1),
        21 => ("int8", 1),
        22 => ("bfloat16", 2),
        23 => ("complex64", 8),
        24 => ("complex128", 16),
        32 | 33 => ("float8", 1),
        _ => ("unknown", u64::MAX),
    }
}
