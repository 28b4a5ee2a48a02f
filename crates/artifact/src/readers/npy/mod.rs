//! numpy `.npy`: a header that is a Python literal, then raw elements, or a pickle if they are objects.

mod literal;

use redan_domain::{ReadAt, Window};

use crate::artifact::Status;
use crate::head::Head;
use crate::readers::{Match, Reader};
use crate::walk::Cx;
use literal::Literal;
use redan_domain::{Fact, facts};

facts! {
    /// The header is not what the format prescribes.
    HEADER_INVALID = "npy-header-invalid";
    /// A version of the format that numpy does not know; readers guess or refuse.
    VERSION_UNKNOWN = "npy-version-unknown";
    /// Shape and type need more bytes than there are.
    DATA_MISSING = "npy-data-missing";
    /// Bytes follow the array.
    TRAILING_DATA = "npy-trailing-data";
}

const MAGIC: &[u8] = b"\x93NUMPY";
/// numpy refuses longer headers unless told otherwise.
const MAX_HEADER: u64 = 10_000;

pub(crate) struct Npy;

/// Size of an element in bytes, and whether it holds Python objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Element {
    size: u64,
    objects: bool,
}

impl Reader for Npy {
    fn format(&self) -> &'static str {
        "npy"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        if head.starts_with(MAGIC) { Match::Yes } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let head = input.read_vec_at(0, 12).unwrap_or_default();
        let [_, _, _, _, _, _, major, minor, a, b, c, d] = *head.as_slice() else {
            return invalid(cx, "the file ends within the header");
        };
        let short = u64::from(u16::from_le_bytes([a, b]));
        let long = u64::from(u32::from_le_bytes([a, b, c, d]));
        let (start, length) = match (major, minor) {
            (1, 0) => (10, short),
            (2 | 3, 0) => (12, long),
            _ => {
                let message = format!("version {major}.{minor} does not exist: readers guess how to go on, or refuse");
                cx.fact(Fact::new(VERSION_UNKNOWN, "version", message).at(6, 2));
                if long <= MAX_HEADER { (12, long) } else { (10, short) }
            }
        };
        if length > input.size().saturating_sub(start) {
            return invalid(cx, &format!("the header claims {length} bytes, but the file ends before"));
        }
        if length > MAX_HEADER {
            let message = format!("the header has {length} bytes; numpy refuses more than {MAX_HEADER}");
            cx.fact(Fact::new(HEADER_INVALID, "header", message).at(start, length));
        }
        let header = input.read_vec_at(start, length.min(1 << 20) as usize).unwrap_or_default();
        let header = String::from_utf8_lossy(&header).into_owned();
        match literal::parse(header.trim_end_matches(['\0', '\n', ' '])) {
            Ok(header) => array(&header, start, length, input, cx),
            Err(error) => invalid(cx, &format!("the header is not a Python literal: {error}")),
        }
    }
}

fn invalid(cx: &mut Cx<'_>, message: &str) {
    cx.fact(Fact::new(HEADER_INVALID, "header", message).at(0, 10));
    cx.incomplete(message);
}

fn array(header: &Literal, start: u64, length: u64, input: &dyn ReadAt, cx: &mut Cx<'_>) {
    let shape = header.get("shape").and_then(dims);
    let (Some(shape), Some(descr)) = (shape, header.get("descr")) else {
        return invalid(cx, "the header has no `shape` or no `descr`");
    };
    let name = cx.name().rsplit(['/', '\\']).next().unwrap_or_default().trim_end_matches(".npy").to_string();
    let dtype = match descr {
        Literal::Text(code) => code.clone(),
        _ => "structured".into(),
    };
    cx.artifact.contents.tensor(&name, &dtype, &shape);
    let data = start + length;
    let left = input.size() - data;
    let Some(element) = element(descr, 8) else {
        return invalid(cx, &format!("the type `{}` is not understood", crate::text::shown(&dtype, 40)));
    };
    if element.objects {
        return objects(data, left, input, cx);
    }
    let needed = shape.iter().try_fold(element.size, |size, dim| size.checked_mul(*dim));
    match needed {
        Some(needed) if needed == left => {}
        Some(needed) if needed < left => behind(data + needed, input, cx),
        _ => {
            let needed = needed.map_or_else(|| "more than 2^64".to_string(), |needed| needed.to_string());
            let message = format!("shape {shape:?} of type `{dtype}` needs {needed} bytes, but {left} follow");
            cx.fact(Fact::new(DATA_MISSING, "data", &message).at(start, length));
            cx.incomplete(message);
        }
    }
}

/// The pickle that holds the elements of an object array.
fn objects(data: u64, left: u64, input: &dyn ReadAt, cx: &mut Cx<'_>) {
    let index = cx.member("object array", &Window::new(input, data, left));
    let member = index.and_then(|index| cx.artifact.members.get(index));
    if member.is_some_and(|member| member.status == Status::Unrecognised) {
        cx.incomplete("the elements are objects, but no pickle follows the header");
    }
}

/// Bytes behind the array: another array, as `numpy.save` appends them, or something else.
fn behind(at: u64, input: &dyn ReadAt, cx: &mut Cx<'_>) {
    let rest = Window::new(input, at, u64::MAX);
    let message = format!("{} bytes follow the array", rest.size());
    let index = cx.member("(behind the array)", &rest);
    let is_array = index.and_then(|index| cx.artifact.members.get(index)).is_some_and(|member| member.format == "npy");
    if !is_array {
        cx.fact(Fact::new(TRAILING_DATA, "trailing data", message).at(at, rest.size()));
    }
}

fn dims(shape: &Literal) -> Option<Vec<u64>> {
    let Literal::Tuple(dims) = shape else { return None };
    dims.iter().map(|dim| if let Literal::Number(dim) = dim { Some(*dim) } else { None }).collect()
}

/// The size of what `descr` describes: a type code, or a list of `(name, type[, shape])`.
fn element(descr: &Literal, depth: u32) -> Option<Element> {
    let depth = depth.checked_sub(1)?;
    match descr {
        Literal::Text(code) => scalar(code),
        Literal::List(fields) => {
            let mut sum = Element { size: 0, objects: false };
            for field in fields {
                let Literal::Tuple(field) = field else { return None };
                let part = element(field.get(1)?, depth)?;
                let count = match field.get(2) {
                    Some(Literal::Number(count)) => *count,
                    Some(shape) => dims(shape)?.iter().try_fold(1u64, |count, dim| count.checked_mul(*dim))?,
                    None => 1,
                };
                sum.size = sum.size.checked_add(part.size.checked_mul(count)?)?;
                sum.objects |= part.objects;
            }
            Some(sum)
        }
        // `(type, shape)` or `(type, {metadata})`.
        Literal::Tuple(parts) => {
            let part = element(parts.first()?, depth)?;
            let count = match parts.get(1) {
                Some(shape @ Literal::Tuple(_)) => {
                    dims(shape)?.iter().try_fold(1u64, |count, dim| count.checked_mul(*dim))?
                }
                Some(Literal::Number(count)) => *count,
                _ => 1,
            };
            Some(Element { size: part.size.checked_mul(count)?, objects: part.objects })
        }
        _ => None,
    }
}

fn scalar(code: &str) -> Option<Element> {
    // `dtype` takes names and comma-separated lists too, though numpy writes neither.
    if matches!(code.trim(), "object" | "object_" | "O8" | "O4") {
        return Some(Element { size: 8, objects: true });
    }
    if code.contains(',') && code.len() < 1000 {
        return code.split(',').map(|part| scalar(part.trim())).try_fold(
            Element { size: 0, objects: false },
            |sum, part| {
                let part = part?;
                Some(Element { size: sum.size.checked_add(part.size)?, objects: sum.objects || part.objects })
            },
        );
    }
    let code = code.trim_start_matches(['<', '>', '|', '=']);
    let kind = code.chars().next()?;
    let rest = code.get(kind.len_utf8()..)?;
    let digits = rest.split('[').next().unwrap_or_default();
    let size: u64 = if digits.is_empty() { 1 } else { digits.parse().ok()? };
    let element = |size, objects| Some(Element { size, objects });
    match kind {
        'O' => element(8, true),
        'U' => element(size.checked_mul(4)?, false),
        'b' | 'i' | 'u' | 'f' | 'c' | 'S' | 'a' | 'V' | 'm' | 'M' | 'B' => element(size, false),
        '?' => element(1, false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::walk::{Options, inspect};

    fn npy(version: u8, header: &str, data: &[u8]) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend([version, 0]);
        match version {
            1 => out.extend((header.len() as u16).to_le_bytes()),
            _ => out.extend((header.len() as u32).to_le_bytes()),
        }
        out.extend(header.as_bytes());
        out.extend(data);
        out
    }

    fn kinds(bytes: &[u8]) -> Vec<&'static str> {
        inspect(&bytes.to_vec(), "x.npy", &Options::default()).facts.iter().map(|fact| fact.kind.0).collect()
    }

    const OBJECTS: &str = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n";

    #[test]
    fn honest_arrays_are_quiet() {
        for (header, length) in [
            ("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }\n", 48),
            ("{'descr': '<U5', 'fortran_order': False, 'shape': (2,), }\n", 40),
            ("{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (), }\n", 8),
            ("{'descr': [('a', '<f4', (2,)), ('b', '|b1')], 'fortran_order': False, 'shape': (3,), }\n", 27),
        ] {
            for version in 1..=3 {
                let artifact = inspect(&npy(version, header, &vec![1; length]), "x.npy", &Options::default());
                assert_eq!((artifact.format, artifact.facts, artifact.status), ("npy", vec![], Status::Understood));
            }
        }
    }

    #[test]
    fn objects_are_a_pickle_and_are_looked_into() {
        let pickle =
            crate::fixture::build("pickle", "PROTO 2\nGLOBAL os system\nUNICODE x\nTUPLE1\nREDUCE\nSTOP").unwrap();
        for header in [
            OBJECTS,
            "{'descr': 'object', 'fortran_order': False, 'shape': (1,)}",
            "{'descr': 'i4,O', 'fortran_order': False, 'shape': (1,)}",
            "{'descr': [('a', '<f8'), ('o', 'O')], 'fortran_order': False, 'shape': (1,)}",
        ] {
            let artifact = inspect(&npy(2, header, &pickle), "x.npy", &Options::default());
            assert_eq!(artifact.members[0].facts[0].kind.0, "pickle-starts-process");
        }
        let artifact = inspect(&npy(1, OBJECTS, b"\xff\xff"), "x.npy", &Options::default());
        assert!(matches!(artifact.status, Status::Incomplete(_)));
    }

    #[test]
    fn lies_are_told() {
        let floats = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }";
        assert_eq!(kinds(&npy(1, floats, &[0; 15])), ["npy-data-missing"]);
        assert_eq!(kinds(&npy(1, floats, &[0; 17])), ["npy-trailing-data"]);
        assert_eq!(kinds(&npy(9, floats, &[0; 16])), ["npy-version-unknown"]);
        assert_eq!(kinds(&npy(1, "{'descr': exec('x'), 'shape': ()}", &[])), ["npy-header-invalid"]);
        let huge = "{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999, 9999999999), }";
        assert_eq!(kinds(&npy(1, huge, &[0; 16])), ["npy-data-missing"]);
        let two = [npy(1, floats, &[0; 16]), npy(1, floats, &[0; 16])].concat();
        assert_eq!(kinds(&two), Vec::<&str>::new());
    }

    #[test]
    fn survives_every_truncation() {
        let whole = npy(1, OBJECTS, b"\x80\x02]q\x00K\x01a.");
        for end in 0..whole.len() {
            inspect(&whole[..end].to_vec(), "x.npy", &Options::default());
        }
    }
}
