//! TensorRT engines: compiled for one kind of device, opaque by design. What is looked for are plugins.

use redan_domain::ReadAt;

use super::{EMBEDDED_LIBRARY, OPAQUE_ENGINE, PLUGIN};
use crate::codelike::printable_runs;
use crate::head::Head;
use crate::readers::{Match, Reader};
use crate::walk::Cx;
use redan_domain::Fact;

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
        } else if matches!(head.extension().as_str(), "engine" | "plan" | "trt") {
            Match::Hint
        } else {
            Match::No
        }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let head = input.read_vec_at(0, 256).unwrap_or_default();
        // A text that only has the name of an engine is none; what it says is looked at all the same.
        if head.iter().any(|byte| matches!(byte, 0..=8 | 14..=31 | 0x80..)) {
            let message = "a compiled engine: native code and weights that cannot be looked into";
            cx.fact(Fact::new(OPAQUE_ENGINE, "engine", message).at(0, 4));
            cx.incomplete("the compiled engine is opaque");
        } else {
            cx.incomplete("a text with the name of a compiled engine");
        }
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
    for (at, text) in printable_runs(bytes) {
        let named = library(text).map(|name| ("library", name)).or_else(|| plugin(text).map(|name| ("plugin", name)));
        if let Some((what, name)) = named {
            let message = format!(
                "the engine names the {what} `{}`, which has to be loaded to run it",
                crate::text::shown(name, 120)
            );
            cx.fact(Fact::new(PLUGIN, name, message).at(start + at as u64, text.len() as u64));
        }
    }
    crate::codelike::check_bytes(cx, bytes, start);
}

/// The first word that is the name of a shared library.
fn library(text: &str) -> Option<&str> {
    text.split(|c: char| c.is_ascii_whitespace() || matches!(c, '"' | '\'' | ',' | ';' | '(' | ')')).find(|word| {
        let lower = word.to_ascii_lowercase();
        let stem = [".so", ".dll", ".dylib"].iter().find_map(|end| lower.split_once(end));
        stem.is_some_and(|(before, after)| {
            let name = before.rsplit(['/', '\\']).next().unwrap_or_default();
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '+');
            name.len() >= 3 && name.chars().all(plain) && (after.is_empty() || after.starts_with('.'))
        })
    })
}

/// A word that says it is a plugin.
fn plugin(text: &str) -> Option<&str> {
    text.split_ascii_whitespace().find(|word| word.len() >= 8 && word.to_ascii_lowercase().contains("plugin"))
}
