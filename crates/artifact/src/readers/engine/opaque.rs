//! Formats that are told apart, but not read: what they hold was not looked at, and that is said.

use redan_domain::ReadAt;

use crate::head::Head;
use crate::readers::{Match, Reader};
use crate::walk::Cx;

pub(crate) struct Opaque;

/// Names of models that only native programs load; what no reader recognises under them is searched for code.
const EXTENSIONS: &[&str] = &[
    "bst",
    "caffemodel",
    "cbm",
    "engine",
    "mlmodel",
    "onnx",
    "ort",
    "pbtxt",
    "pdiparams",
    "pdmodel",
    "plan",
    "pte",
    "rknn",
    "tflite",
    "trt",
    "ubj",
    "xmodel",
];
/// Bytes that are searched at the beginning and at the end.
const SEARCHED: u64 = 1 << 20;

/// Name of the format by its first bytes.
fn named(head: &[u8]) -> Option<&'static str> {
    let at = |at: usize| head.get(at..at + 4).unwrap_or_default();
    Some(match (at(0), at(4)) {
        // GGML before GGUF: the magic number as a little-endian word.
        (b"lmgg", _) => "ggml",
        (b"fmgg", _) => "ggml-ggmf",
        (b"tjgg", _) => "ggml-ggjt",
        (b"algg", _) => "ggml-ggla",
        (_, b"ORTM") => "onnxruntime-ort",
        (b"RKNN", _) => "rknn",
        (b"BMOD", _) => "bmodel",
        _ => return None,
    })
}

impl Reader for Opaque {
    fn format(&self) -> &'static str {
        "opaque-model"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        if named(head.bytes).is_some() && !head.is_text() {
            Match::Yes
        } else if EXTENSIONS.contains(&head.extension().as_str()) {
            Match::Hint
        } else {
            Match::No
        }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let head = input.read_vec_at(0, 8).unwrap_or_default();
        if let Some(format) = named(&head) {
            cx.artifact.format = format;
            cx.incomplete(format!("the format {format} is recognised, but not read"));
        } else {
            cx.artifact.format = "unknown";
            cx.incomplete("the name is that of a model, but the content is of no known format");
        }
        for start in [0, input.size().saturating_sub(SEARCHED).max(SEARCHED)] {
            let bytes = input.read_vec_at(start, SEARCHED as usize).unwrap_or_default();
            crate::codelike::check_bytes(cx, &bytes, start);
        }
    }
}
