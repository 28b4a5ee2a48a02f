//! Tensors of an ONNX model: shapes that do not fit their data, and data in other files.

use redan_domain::ReadAt;

use super::{EXTERNAL_PATH, SIZE_MISMATCH};
use crate::protobuf::{Part, Place, packed_varints};
use crate::walk::Cx;
use redan_domain::Fact;

/// More elements than any storage holds.
const ABSURD_ELEMENTS: u64 = 1 << 42;
/// External data is placed by a 64-bit offset; nothing honest is this far out.
const ABSURD_OFFSET: u64 = 1 << 50;

/// Name and bits of an element, by the number in the schema; none for strings and unknown types.
fn element(data_type: u64) -> (&'static str, Option<u64>) {
    match data_type {
        1 => ("float", Some(32)),
        2 => ("uint8", Some(8)),
        3 => ("int8", Some(8)),
        4 => ("uint16", Some(16)),
        5 => ("int16", Some(16)),
        6 => ("int32", Some(32)),
        7 => ("int64", Some(64)),
        8 => ("string", None),
        9 => ("bool", Some(8)),
        10 => ("float16", Some(16)),
        11 => ("double", Some(64)),
        12 => ("uint32", Some(32)),
        13 => ("uint64", Some(64)),
        14 => ("complex64", Some(64)),
        15 => ("complex128", Some(128)),
        16 => ("bfloat16", Some(16)),
        17 => ("float8e4m3fn", Some(8)),
        18 => ("float8e4m3fnuz", Some(8)),
        19 => ("float8e5m2", Some(8)),
        20 => ("float8e5m2fnuz", Some(8)),
        21 => ("uint4", Some(4)),
        22 => ("int4", Some(4)),
        23 => ("float4e2m1", Some(4)),
        24 => ("float8e8m0", Some(8)),
        25 => ("uint2", Some(2)),
        26 => ("int2", Some(2)),
        _ => ("unknown", None),
    }
}

#[derive(Default)]
struct Tensor {
    name: String,
    dims: Vec<u64>,
    data_type: u64,
    /// Where `raw_data` is.
    raw: Option<(u64, u64)>,
    /// Length in bytes of packed `float_data` and `double_data`, which have a fixed element size.
    packed: Option<u64>,
    external: Vec<(String, String)>,
    is_external: bool,
}

/// Reads one `TensorProto`; `listed` tensors are counted in the inventory.
pub(super) fn read(part: Part, input: &dyn ReadAt, listed: bool, cx: &mut Cx<'_>) {
    let mut tensor = Tensor::default();
    let mut fields = part.fields(input);
    for field in fields.by_ref() {
        match (field.number, field.place) {
            (1, Place::Number(dim)) if tensor.dims.len() < 64 => tensor.dims.push(dim),
            (1, Place::Bytes { start, len }) => {
                let packed = input.read_vec_at(start, len.min(1024) as usize).unwrap_or_default();
                tensor.dims.extend(packed_varints(&packed).take(64));
            }
            (2, Place::Number(number)) => tensor.data_type = number,
            (4 | 10, Place::Bytes { len, .. }) => tensor.packed = Some(tensor.packed.unwrap_or(0) + len),
            (8, Place::Bytes { start, len }) => tensor.name = Part { start, len }.text(input, 300),
            (9, Place::Bytes { start, len }) => tensor.raw = Some((start, len)),
            (13, Place::Bytes { start, len }) if tensor.external.len() < 32 => {
                tensor.external.push(Part { start, len }.entry(input));
            }
            (14, Place::Number(number)) => tensor.is_external = number != 0,
            _ => {}
        }
    }
    let (dtype, _) = element(tensor.data_type);
    if listed {
        cx.artifact.contents.tensor(&tensor.name, dtype, &tensor.dims);
    }
    if tensor.data_type > 26 {
        cx.incomplete(format!("unknown tensor element type {}", tensor.data_type));
    }
    check_size(&tensor, part, cx);
    if tensor.is_external || !tensor.external.is_empty() {
        check_external(&tensor, part, cx);
    }
}

fn check_size(tensor: &Tensor, part: Part, cx: &mut Cx<'_>) {
    let shown = crate::text::shown(&tensor.name, 100);
    let signed: Vec<i64> = tensor.dims.iter().map(|dim| dim.cast_signed()).collect();
    let elements = tensor.dims.iter().try_fold(1u64, |product, dim| product.checked_mul(*dim));
    let (dtype, bits) = element(tensor.data_type);
    let problem = if signed.iter().any(|dim| *dim < 0) {
        Some("has a negative dimension".to_string())
    } else {
        match (elements, bits, tensor.raw, tensor.packed) {
            (Some(0), ..) => None,
            (None, ..) => Some("has more elements than 64 bits can count".to_string()),
            (Some(count), Some(bits), Some((_, raw)), _) => {
                let needed = count.checked_mul(bits).map(|bits| bits.div_ceil(8));
                (needed != Some(raw)).then(|| format!("of type {dtype} does not fill its {raw} bytes"))
            }
            (Some(count), Some(_), None, Some(packed)) if matches!(tensor.data_type, 1 | 11) => {
                let needed = count.checked_mul(if tensor.data_type == 1 { 4 } else { 8 });
                (needed != Some(packed)).then(|| format!("of type {dtype} does not fill its {packed} bytes"))
            }
            (Some(count), ..) if count > ABSURD_ELEMENTS => Some(format!("claims {count} elements")),
            _ => None,
        }
    };
    if let Some(problem) = problem {
        let message = format!("tensor `{shown}` with shape {signed:?} {problem}");
        cx.fact(Fact::new(SIZE_MISMATCH, &tensor.name, message).at(part.start, part.len));
    }
}

fn check_external(tensor: &Tensor, part: Part, cx: &mut Cx<'_>) {
    let shown = crate::text::shown(&tensor.name, 100);
    let get = |key: &str| tensor.external.iter().rev().find(|(known, _)| known == key).map(|(_, value)| value.as_str());
    let location = get("location").unwrap_or_default();
    if let Some(why) = leaves_folder(location) {
        let message = format!("the data of tensor `{shown}` is read from `{location}`, which {why}");
        let fact = Fact::new(EXTERNAL_PATH, location, message).at(part.start, part.len);
        cx.fact(fact.step(part.start, format!("tensor `{shown}` names the external file `{location}`")));
    }
    cx.artifact.contents.meta("external_data", location);
    for key in ["offset", "length"] {
        let Some(text) = get(key) else { continue };
        if text.trim().parse::<u64>().is_err() || text.trim().parse::<u64>().is_ok_and(|value| value > ABSURD_OFFSET) {
            let message = format!("the external data of tensor `{shown}` has the impossible {key} `{text}`");
            cx.fact(Fact::new(SIZE_MISMATCH, &tensor.name, message).at(part.start, part.len));
        }
    }
}

/// Why a location is not a file in the folder of the model; none if it is.
pub(crate) fn leaves_folder(location: &str) -> Option<&'static str> {
    let bytes = location.as_bytes();
    if location.contains("_ORT_MEM_ADDR_") {
        Some("is a marker for an address in memory")
    } else if location.contains("://") {
        Some("is an address, not a file")
    } else if location.starts_with('/') || location.starts_with('\\') || location.starts_with('~') {
        Some("is an absolute path")
    } else if bytes.get(1) == Some(&b':') && bytes.first().is_some_and(u8::is_ascii_alphabetic) {
        Some("is on a drive of its own")
    } else if location.split(['/', '\\']).any(|part| part == "..") {
        Some("leaves the folder of the model")
    } else if location.contains('\0') {
        Some("has a null byte")
    } else if location.contains('%') && percent_dots(location) {
        Some("hides a way out of the folder of the model")
    } else {
        None
    }
}

fn percent_dots(location: &str) -> bool {
    let lower = location.to_ascii_lowercase();
    lower.contains("%2e%2e") || lower.contains("..%2f") || lower.contains("..%5c")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_leaves_the_folder() {
        for inside in ["weights.bin", "data/weights.onnx.data", "a..b", "./x.bin", "model.onnx_data", ""] {
            assert_eq!(leaves_folder(inside), None, "{inside}");
        }
        for outside in [
            "/etc/passwd",
            "../x",
            "a/../../x",
            "..\\x",
            "C:\\x",
            "c:x",
            "https://h/x",
            "\\\\h\\x",
            "~/x",
            "*/_ORT_MEM_ADDR_/*",
            "%2e%2e/x",
            "a\0b",
        ] {
            assert!(leaves_folder(outside).is_some(), "{outside}");
        }
    }
}
