//! safetensors: a length, a JSON header, and tensors that must lie side by side without gap.

use redan_domain::ReadAt;

use crate::head::Head;
use crate::json::{Json, Value};
use crate::readers::{Match, Reader};
use crate::walk::Cx;
use redan_domain::{Fact, facts};

facts! {
    /// The header is not what the format prescribes.
    HEADER_INVALID = "safetensors-header-invalid";
    /// A key stands twice in the header; parsers differ in which one they take.
    DUPLICATE_KEY = "safetensors-duplicate-key";
    /// A tensor's bytes lie outside the file.
    OUT_OF_BOUNDS = "safetensors-out-of-bounds";
    /// Two tensors share bytes.
    OVERLAP = "safetensors-overlap";
    /// Bytes that belong to no tensor.
    GAP = "safetensors-gap";
    /// Shape and type do not give the length that the offsets say.
    SIZE_MISMATCH = "safetensors-size-mismatch";
}

/// The reference implementation refuses larger headers.
const MAX_HEADER: u64 = 100_000_000;

pub(crate) struct Safetensors;

impl Reader for Safetensors {
    fn format(&self) -> &'static str {
        "safetensors"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        let Some(header) = head.get(0, 8).and_then(|bytes| bytes.try_into().ok()).map(u64::from_le_bytes) else {
            return Match::No;
        };
        let plausible = (2..=MAX_HEADER).contains(&header);
        let text = head.bytes.get(8..).unwrap_or_default().trim_ascii_start();
        let looks_like_json = text.strip_prefix(b"{").is_some_and(|rest| {
            rest.trim_ascii_start().starts_with(b"\"") || rest.trim_ascii_start().starts_with(b"}")
        });
        match (plausible, looks_like_json) {
            (true, true) => Match::Yes,
            // A wrong length is a fact about a safetensors file, not a reason to call it something else.
            (false, true) if head.extension() == "safetensors" => Match::Yes,
            (_, false) if head.extension() == "safetensors" => Match::Hint,
            _ => Match::No,
        }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let size = input.size();
        let mut length = [0; 8];
        if input.read_exact_at(0, &mut length).is_err() {
            return invalid(cx, "the file is shorter than the header length field");
        }
        let length = u64::from_le_bytes(length);
        if length > MAX_HEADER || length > size.saturating_sub(8) {
            return invalid(cx, &format!("the header claims {length} bytes, but {} follow", size.saturating_sub(8)));
        }
        let Ok(header) = input.read_vec_at(8, length as usize) else {
            return cx.incomplete("header could not be read");
        };
        let Ok(text) = std::str::from_utf8(&header) else {
            return invalid(cx, "the header is not UTF-8");
        };
        if !text.starts_with('{') {
            cx.fact(
                Fact::new(HEADER_INVALID, "start", "the header does not begin with `{`, as the format prescribes")
                    .at(8, 1),
            );
        }
        match Json::parse(text.trim_end_matches([' ', '\0']), cx.budget()) {
            Ok(json) if json.is_object() => read_header(&json, length, size, cx),
            Ok(_) => invalid(cx, "the header is not a JSON object"),
            Err(error) => {
                invalid(cx, &format!("the header is not JSON: {} at byte {}", error.message, 8 + error.offset));
            }
        }
    }
}

fn invalid(cx: &mut Cx<'_>, message: &str) {
    cx.fact(Fact::new(HEADER_INVALID, "header", message).at(0, 8));
    cx.incomplete(message);
}

fn read_header(json: &Json<'_>, header_len: u64, size: u64, cx: &mut Cx<'_>) {
    let data_len = size - 8 - header_len;
    let mut seen = std::collections::HashSet::new();
    let mut spans = Vec::new();
    for (key, value) in json.members() {
        let at = 8 + value.start as u64;
        if !seen.insert(key.as_ref()) {
            let message = format!("the key `{key}` stands twice in the header; parsers differ in which one they take");
            cx.fact(Fact::new(DUPLICATE_KEY, key, message).at(at, (value.end - value.start) as u64));
        }
        if key == "__metadata__" {
            read_metadata(value, cx);
        } else if let Some(span) = read_tensor(key, value, data_len, cx) {
            spans.push((span.0, span.1, key.as_ref(), at));
        }
    }
    check_layout(spans, data_len, 8 + header_len, cx);
}

fn read_metadata(value: &Json<'_>, cx: &mut Cx<'_>) {
    let mut seen = std::collections::HashSet::new();
    if !value.is_object() {
        return wrong_metadata("`__metadata__` is no object", value, cx);
    }
    for (key, value) in value.members() {
        if !seen.insert(key.as_ref()) {
            let message = format!("the metadata key `{key}` stands twice; parsers differ in which one they take");
            cx.fact(Fact::new(DUPLICATE_KEY, key, message).at(8 + value.start as u64, 1));
        }
        let Some(text) = value.str() else {
            wrong_metadata(&format!("the metadata value `{key}` is no text, as the format prescribes"), value, cx);
            continue;
        };
        crate::codelike::check(cx, key, text);
        if key.contains("chat_template") {
            crate::jinja::judge(text, key, cx);
        } else {
            crate::jinja::judge_if_template(text, key, None, cx);
        }
        crate::metadata::record(key, text, cx);
        if matches!(key.as_ref(), "license" | "modelspec.license") {
            cx.artifact.contents.licences.push(crate::text::shown(text, 200));
        }
    }
}

fn wrong_metadata(message: &str, value: &Json<'_>, cx: &mut Cx<'_>) {
    let len = (value.end - value.start) as u64;
    cx.fact(Fact::new(HEADER_INVALID, "__metadata__", message).at(8 + value.start as u64, len));
}

/// Bits of one element; the names are those of the reference implementation.
fn bits(dtype: &str) -> Option<u64> {
    Some(match dtype {
        "F4" => 4,
        "F6_E2M3" | "F6_E3M2" => 6,
        "BOOL" | "U8" | "I8" | "F8_E5M2" | "F8_E4M3" | "F8_E8M0" | "F8_E4M3FNUZ" | "F8_E5M2FNUZ" => 8,
        "I16" | "U16" | "F16" | "BF16" => 16,
        "I32" | "U32" | "F32" => 32,
        "I64" | "U64" | "F64" | "C64" => 64,
        "C128" => 128,
        _ => return None,
    })
}

/// Later releases add types; they are named by a known family of numbers and a width.
fn could_be_dtype(dtype: &str) -> bool {
    let family = dtype.find(|c: char| !c.is_ascii_uppercase()).and_then(|end| dtype.get(..end)).unwrap_or(dtype);
    let width: String = dtype.chars().skip(family.len()).take_while(char::is_ascii_digit).collect();
    dtype == "BOOL"
        || matches!(
            family,
            "F" | "BF" | "I" | "U" | "C" | "E" | "Q" | "T" | "MX" | "MXFP" | "NF" | "NVFP" | "TF" | "FP"
        ) && width.parse().is_ok_and(|width: u32| (1..=256).contains(&width))
}

fn read_tensor(name: &str, value: &Json<'_>, data_len: u64, cx: &mut Cx<'_>) -> Option<(u64, u64)> {
    let at = (8 + value.start as u64, (value.end - value.start) as u64);
    let dtype = value.get("dtype").and_then(Json::str).unwrap_or_default();
    let shape: Option<Vec<u64>> = value.get("shape").and_then(|shape| shape.items().iter().map(Json::u64).collect());
    let offsets: Option<Vec<u64>> =
        value.get("data_offsets").and_then(|offsets| offsets.items().iter().map(Json::u64).collect());
    let (Value::Object(_), Some(shape), Some([start, end])) = (&value.value, shape, offsets.as_deref()) else {
        let message = format!("tensor `{name}` has no valid dtype, shape and data_offsets");
        cx.fact(Fact::new(HEADER_INVALID, name, message).at(at.0, at.1));
        return None;
    };
    let (start, end) = (*start, *end);
    cx.artifact.contents.tensor(name, dtype, &shape);
    if start > end || end > data_len {
        let message = format!("tensor `{name}` lies at bytes {start}..{end}, but the data has {data_len}");
        cx.fact(Fact::new(OUT_OF_BOUNDS, name, message).at(at.0, at.1));
        return None;
    }
    let elements = shape.iter().try_fold(1u64, |product, dim| product.checked_mul(*dim));
    let expected = bits(dtype).and_then(|bits| elements?.checked_mul(bits)).map(|bits| bits.div_ceil(8));
    if !could_be_dtype(dtype) {
        let message = format!("tensor `{name}` has the type `{dtype}`, which no release of the format could mean");
        cx.fact(Fact::new(HEADER_INVALID, name, message).at(at.0, at.1));
    } else if bits(dtype).is_none() {
        cx.incomplete(format!("unknown dtype `{dtype}`"));
    } else if expected != Some(end - start) {
        let message =
            format!("tensor `{name}` of type {dtype} and shape {shape:?} does not fill its {} bytes", end - start);
        cx.fact(Fact::new(SIZE_MISMATCH, name, message).at(at.0, at.1));
    }
    Some((start, end))
}

fn check_layout(mut spans: Vec<(u64, u64, &str, u64)>, data_len: u64, data_start: u64, cx: &mut Cx<'_>) {
    spans.sort_unstable();
    let mut reached = 0;
    for (start, end, name, at) in spans {
        if start < reached && end > start {
            let message =
                format!("tensor `{name}` starts at {start}, inside the one before it, which ends at {reached}");
            cx.fact(Fact::new(OVERLAP, name, message).at(at, 1));
        } else if start > reached {
            gap(reached, start, data_start, cx);
        }
        reached = reached.max(end);
    }
    if reached < data_len {
        gap(reached, data_len, data_start, cx);
    }
}

fn gap(start: u64, end: u64, data_start: u64, cx: &mut Cx<'_>) {
    let message = format!("{} bytes at {start}..{end} of the data belong to no tensor", end - start);
    cx.fact(Fact::new(GAP, format!("{start}..{end}"), message).at(data_start + start, end - start));
}

#[cfg(test)]
mod tests {
    use crate::testing::{facts_of, look, mutilate};
    use crate::{Status, fixture};

    const HONEST: &str = r#"{"__metadata__": {"format": "pt", "license": "mit"}, "w": {"dtype": "F32", "shape": [2, 1], "data_offsets": [0, 8]}, "v": {"dtype": "BF16", "shape": [], "data_offsets": [8, 10]}}
data 10"#;

    fn facts(body: &str) -> Vec<String> {
        facts_of(&look(&fixture::build("safetensors", body).unwrap(), "m.safetensors"))
    }

    #[test]
    fn honest_files_are_silent_and_listed() {
        let artifact = look(&fixture::build("safetensors", HONEST).unwrap(), "x");
        assert_eq!((facts_of(&artifact), artifact.status), (Vec::new(), Status::Understood));
        assert_eq!((artifact.contents.parameters, artifact.contents.tensor_count), (3, 2));
        assert_eq!(artifact.contents.licences, ["mit"]);
        assert_eq!(facts("{}"), [""; 0]);
        assert_eq!(facts("{  }\n"), [""; 0]);
    }

    #[test]
    fn every_lie_is_a_fact() {
        assert!(
            super::could_be_dtype("F8_E4M3")
                && super::could_be_dtype("MXFP4")
                && !super::could_be_dtype("X99")
                && !super::could_be_dtype("F9999")
        );
        let w = r#""w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}"#;
        for (body, expected) in [
            (format!("  {{{w}}}\ndata 4"), "safetensors-header-invalid start"),
            (format!("{{{w}, \"__metadata__\": {{\"a\": 1}}}}\ndata 4"), "safetensors-header-invalid __metadata__"),
            (format!("{{{w}, \"__metadata__\": [1]}}\ndata 4"), "safetensors-header-invalid __metadata__"),
            (
                format!("{{{w}, \"__metadata__\": {{\"a\": \"1\", \"a\": \"2\"}}}}\ndata 4"),
                "safetensors-duplicate-key a",
            ),
            (format!("{{{w}}}\ndata 40"), "safetensors-gap 4..40"),
            (format!("{{{w}, {w}}}\ndata 4"), "safetensors-duplicate-key w"),
            (format!("{{{w}, \"x\"\ndata 4"), "safetensors-header-invalid header"),
            (format!("{{{w}}}\ndata 4\nheader-length 0xffffffffffffffff"), "safetensors-header-invalid header"),
            (
                r#"{"w": {"dtype": "F32", "shape": [4294967296, 4294967296, 4294967296], "data_offsets": [0, 4]}}
data 4"#
                    .into(),
                "safetensors-size-mismatch w",
            ),
            (
                r#"{"w": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}}
data 4"#
                    .into(),
                "safetensors-header-invalid w",
            ),
            (
                r#"{"w": {"dtype": "F32", "shape": [1], "data_offsets": [4, 0]}}
data 4"#
                    .into(),
                "safetensors-out-of-bounds w",
            ),
            (
                r#"{"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 18446744073709551615]}}
data 4"#
                    .into(),
                "safetensors-out-of-bounds w",
            ),
            (
                r#"{"__metadata__": {"chat_template": "{{ x.__globals__ }}"}}"#.into(),
                "template-code-execution __globals__",
            ),
        ] {
            assert!(facts(&body).contains(&expected.to_string()), "{body}\n{:?}", facts(&body));
        }
    }

    #[test]
    fn broken_files_do_not_panic() {
        mutilate(&fixture::build("safetensors", HONEST).unwrap(), "m.safetensors");
    }
}
