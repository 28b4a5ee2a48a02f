//! TensorRT engines: compiled for one kind of device, opaque by design. What is looked for are plugins.

use redan_domain::ReadAt;

use super::{EMBEDDED_LIBRARY, OPAQUE_ENGINE, PLUGIN};
use crate::fact::Fact;
use crate::head::Head;
use crate::readers::{Match, Reader};
use crate::walk::Cx;

/// Names are near the beginning and the end; weights are in between.
const SEARCHED: u64 = 4 << 20;

pub(crate) struct TensorRt;

fn magic(bytes: &[u8]) -> bool {
    bytes.starts_with(b"ptrt") || bytes.starts_with(b"ftrt")
}

impl Reader for TensorRt {
    fn format(&self) -> &'static str {
        "tensorrt"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        // Some exporters put a length and JSON metadata before the engine.
        let length = head.get(0, 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes);
        let behind = || head.input().read_vec_at(u64::from(length) + 4, 4).unwrap_or_default();
        let prefixed = (2..65_536).contains(&length) && head.get(4, 1) == Some(b"{") && magic(&behind());
        if magic(head.bytes) || prefixed {
            Match::Yes
        } else if matches!(head.extension().as_str(), "engine" | "plan" | "trt") && !head.is_text() {
            Match::Hint
        } else {
            Match::No
        }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let message = "a compiled engine: native code and weights that cannot be looked into";
        cx.fact(Fact::new(OPAQUE_ENGINE, "engine", message).at(0, 4));
        cx.incomplete("the compiled engine is opaque");
        let size = input.size();
        let mut parts = vec![(0, SEARCHED)];
        if size > SEARCHED {
            parts.push((size.saturating_sub(SEARCHED).max(SEARCHED), SEARCHED));
        }
        for (start, len) in parts {
            let bytes = input.read_vec_at(start, len as usize).unwrap_or_default();
            search(&bytes, start, cx);
        }
    }
}

fn search(bytes: &[u8], start: u64, cx: &mut Cx<'_>) {
    if let Some(at) = memchr::memmem::find(bytes, b"\x7fELF\x02\x01\x01") {
        let at = start + at as u64;
        cx.fact(
            Fact::new(EMBEDDED_LIBRARY, "ELF", "the engine contains a native library, which is loaded with it")
                .at(at, 4),
        );
    }
    for text in texts(bytes) {
        let lower = text.1.to_ascii_lowercase();
        let library = [".so", ".dll", ".dylib"].iter().any(|end| lower.ends_with(end)) || lower.contains(".so.");
        let plugin = lower.contains("plugin") && lower.len() >= 8;
        if library || plugin {
            let what = if library { "library" } else { "plugin" };
            let message = format!(
                "the engine names the {what} `{}`, which has to be loaded to run it",
                crate::text::shown(text.1, 120)
            );
            cx.fact(Fact::new(PLUGIN, text.1, message).at(start + text.0 as u64, text.1.len() as u64));
        } else {
            crate::codelike::check(cx, "engine", text.1);
        }
    }
}

/// Runs of printable characters, at least 6 and at most 300 long, with their places.
fn texts(bytes: &[u8]) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = bytes.get(at..)?;
            let skip = rest.iter().position(|byte| matches!(byte, 0x20..=0x7e))?;
            let start = at + skip;
            let run = bytes.get(start..)?;
            let len = run.iter().position(|byte| !matches!(byte, 0x20..=0x7e)).unwrap_or(run.len());
            at = start + len;
            if (6..=300).contains(&len) {
                return std::str::from_utf8(run.get(..len)?).ok().map(|text| (start, text));
            }
        }
    })
}
