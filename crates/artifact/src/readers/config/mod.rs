//! JSON that lies around a model: what kind of configuration it is, and what loading by it would do.

pub(crate) mod callable;
pub(crate) mod checks;
pub(crate) mod code_text;
pub(crate) mod facts;
mod kinds;
mod oci;
pub(crate) mod paths;
pub(crate) mod weights_index;

use redan_domain::ReadAt;

use crate::artifact::Status;
use crate::head::Head;
use crate::json::Json;
use crate::readers::{Match, Reader};
use crate::walk::Cx;
pub(crate) use facts::FACTS;
use redan_domain::Fact;

/// Larger documents are data, not configuration; they are only searched for the keys that matter.
const MAX_SIZE: u64 = 24 << 20;

/// Keys that make even a huge document worth a complaint when it cannot be read.
const TELLING: [&[u8]; 7] = [
    b"\"auto_map\"",
    b"\"_target_\"",
    b"\"trust_remote_code\"",
    b"\"custom_generate\"",
    b"\"chat_template\"",
    b"\"py/reduce\"",
    b"\"py/object\"",
];

pub(crate) struct Config;

impl Reader for Config {
    fn format(&self) -> &'static str {
        "json"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        let text = head.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head.bytes);
        let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
        if head.is_text() && matches!(first, Some(b'{' | b'[')) { Match::Hint } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        if input.size() > MAX_SIZE {
            return read_huge(input, cx);
        }
        let Ok(bytes) = input.read_vec_at(0, input.size() as usize) else {
            return cx.incomplete("could not be read");
        };
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let telling = TELLING.iter().any(|key| memchr::memmem::find(bytes, key).is_some());
        if !telling && kinds::is_tokenizer(bytes) {
            cx.artifact.format = "tokenizer";
            return;
        }
        let telling = telling || kinds::known_name(cx.name());
        let parsed = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_string()).and_then(|text| {
            let parsed = Json::parse(text, cx.budget());
            if parsed.as_ref().is_err_and(|error| error.message == crate::json::TOO_MANY) {
                cx.over_budget("document nodes");
            }
            parsed.map(|json| (text, json)).map_err(|error| format!("{} at byte {}", error.message, error.offset))
        });
        match parsed {
            Ok((text, json)) => judge(&json, text, cx),
            Err(reason) if telling || cx.artifact.status != Status::Understood => {
                cx.incomplete(format!("not valid JSON: {reason}"));
            }
            Err(_) => {
                cx.artifact.format = "text";
                cx.artifact.status = Status::Unrecognised;
            }
        }
    }
}

fn judge(json: &Json<'_>, text: &str, cx: &mut Cx<'_>) {
    let Some(kind) = kinds::kind(json) else {
        cx.artifact.status = Status::Unrecognised;
        return;
    };
    cx.artifact.format = kind;
    if kind == "oci-manifest" {
        oci::check(json, text, cx);
    } else {
        checks::check(json, text, checks::Origin::Json, cx);
    }
    if kind == "weights-index-config" {
        weights_index::check(json, text, cx);
    }
    duplicate_keys(json, text, cx);
    crate::metadata::judge_file(text, cx);
}

/// A key that stands twice where it decides what is loaded.
fn duplicate_keys(json: &Json<'_>, text: &str, cx: &mut Cx<'_>) {
    json.walk(&mut |pointer, node| {
        if !node.is_object() || node.members().len() > 4096 {
            return;
        }
        let mut seen = std::collections::HashSet::new();
        for (key, value) in node.members() {
            if !seen.insert(key.as_ref()) && checks::decides(key) && cx.has_room(facts::DUPLICATE_KEY) {
                let message = format!("`{key}` is given twice; which one counts depends on the parser");
                cx.fact(
                    Fact::new(facts::DUPLICATE_KEY, key, message)
                        .at(value.start as u64, (value.end - value.start) as u64)
                        .pointer(format!("{pointer}/{key}"))
                        .excerpt(crate::text::excerpt(text, value.start, value.end - value.start, "the last one")),
                );
            }
        }
    });
}

fn read_huge(input: &dyn ReadAt, cx: &mut Cx<'_>) {
    cx.artifact.status = Status::Unrecognised;
    const STEP: usize = 4 << 20;
    let mut at = 0;
    while at < input.size() {
        let Ok(part) = input.read_vec_at(at, STEP) else {
            return cx.incomplete("could not be read");
        };
        if TELLING.iter().any(|key| memchr::memmem::find(&part, key).is_some()) {
            return cx.incomplete("a configuration of more than 24 MiB is not read");
        }
        at += (STEP - 64) as u64;
    }
}

#[cfg(test)]
mod tests;
