//! The typed key-value part of a GGUF header.
#![allow(clippy::option_option, reason = "the outer says whether reading can go on, the inner what was read")]

use std::collections::HashSet;

use super::{DUPLICATE, File, invalid};
use crate::walk::Cx;
use redan_domain::Fact;

/// Default alignment of tensor data.
const ALIGNMENT: u64 = 32;

/// Longest text value that is kept; templates are the longest that matter.
const MAX_TEXT: u64 = 4 << 20;

/// Arrays are looked into up to this length; a vocabulary is only stepped over.
const MAX_LISTED: u64 = 64;

const STRING: u32 = 8;
const ARRAY: u32 = 9;

/// Deepest nesting of arrays; honest files do not nest them.
const MAX_DEPTH: u32 = 4;

/// Reads all entries and returns the alignment; none if the rest of the file cannot be found any more.
pub(super) fn read(file: &mut File<'_>, count: u64, cx: &mut Cx<'_>) -> Option<u64> {
    let mut seen = HashSet::new();
    let mut alignment = ALIGNMENT;
    for _ in 0..count {
        if !cx.budget().nodes(1) {
            cx.over_budget("metadata entries");
            return None;
        }
        let at = file.stream.position();
        let key = file.name("a metadata key", cx)?;
        if !seen.insert(key.clone()) {
            let message = format!("the metadata key `{key}` stands twice; programs differ in which one they take");
            cx.fact(Fact::new(DUPLICATE, &key, message).at(at, file.stream.position() - at));
        }
        let kind = file.u32()?;
        let value = value(file, &key, kind, 0, cx)?;
        if let Some(text) = &value {
            // A template is judged as one, and a bare URL or name needs no more than this.
            if !key.contains("chat_template") {
                crate::codelike::check(cx, &key, text);
            }
            crate::metadata::record(&key, text, cx);
        }
        match key.as_str() {
            "general.alignment" => alignment = self::alignment(value.as_deref(), at, cx)?,
            "general.license" | "general.license.name" => {
                cx.artifact.contents.licences.extend(value.map(|text| crate::text::shown(&text, 200)));
            }
            _ => {}
        }
    }
    Some(alignment)
}

fn alignment(value: Option<&str>, at: u64, cx: &mut Cx<'_>) -> Option<u64> {
    let parsed = value.and_then(|text| text.parse::<u64>().ok());
    let valid = parsed.filter(|alignment| alignment.is_power_of_two() && *alignment <= 1 << 30);
    if valid.is_none() {
        let message = format!("the alignment {} is not a power of two", value.unwrap_or("(no number)"));
        invalid(cx, "general.alignment", &message, (at, 1));
    }
    valid
}

/// Bytes of a value of fixed size.
fn size(kind: u32) -> Option<u64> {
    Some(match kind {
        0 | 1 | 7 => 1,
        2 | 3 => 2,
        4..=6 => 4,
        10..=12 => 8,
        _ => return None,
    })
}

/// Reads one value: outer none if the header is broken there, inner none if it is not kept as text.
fn value(file: &mut File<'_>, key: &str, kind: u32, depth: u32, cx: &mut Cx<'_>) -> Option<Option<String>> {
    let at = file.stream.position();
    match kind {
        STRING => string(file, key, cx).map(Some),
        ARRAY => array(file, key, depth, cx),
        _ if size(kind).is_some() => number(file, kind).map(Some),
        _ => {
            invalid(
                cx,
                key,
                &format!("the metadata key `{key}` has the unknown type {kind}"),
                (at.saturating_sub(4), 4),
            );
            None
        }
    }
}

fn number(file: &mut File<'_>, kind: u32) -> Option<String> {
    Some(match kind {
        0 => file.stream.u8()?.to_string(),
        1 => file.stream.u8()?.cast_signed().to_string(),
        7 => (file.stream.u8()? != 0).to_string(),
        2 | 3 => {
            let bytes = file.stream.array()?;
            let number = if file.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) };
            if kind == 3 { number.cast_signed().to_string() } else { number.to_string() }
        }
        4 => file.u32()?.to_string(),
        5 => file.u32()?.cast_signed().to_string(),
        6 => f32::from_bits(file.u32()?).to_string(),
        10 => file.u64()?.to_string(),
        11 => file.u64()?.cast_signed().to_string(),
        _ => f64::from_bits(file.u64()?).to_string(),
    })
}

fn string(file: &mut File<'_>, key: &str, cx: &mut Cx<'_>) -> Option<String> {
    let at = file.stream.position();
    let len = file.length()?;
    if len > file.stream.remaining() {
        let message = format!("the text of `{key}` claims {len} bytes, but {} follow", file.stream.remaining());
        invalid(cx, key, &message, (at, file.length_size()));
        return None;
    }
    let base = file.stream.position();
    let text = file.text(len, MAX_TEXT)?;
    if len > MAX_TEXT {
        cx.incomplete(format!("the text of `{key}` has {len} bytes, more than is read"));
    }
    judge(&text, key, base, cx);
    Some(text)
}

/// Templates by name are judged as such; other text only if it is one.
fn judge(text: &str, key: &str, base: u64, cx: &mut Cx<'_>) {
    if key.contains("chat_template") {
        crate::jinja::judge_at(text, key, Some(base), cx);
    } else {
        crate::jinja::judge_if_template(text, key, Some(base), cx);
    }
}

fn array(file: &mut File<'_>, key: &str, depth: u32, cx: &mut Cx<'_>) -> Option<Option<String>> {
    let at = file.stream.position();
    let kind = file.u32()?;
    let count = file.length()?;
    let least = if kind == STRING { file.length_size() } else { size(kind).unwrap_or(4 + file.length_size()) };
    let left = file.stream.remaining();
    if count.checked_mul(least).is_none_or(|total| total > left) {
        let message = format!("the array `{key}` claims {count} elements, but only {left} bytes follow");
        invalid(cx, key, &message, (at, file.stream.position() - at));
        return None;
    }
    if depth >= MAX_DEPTH {
        invalid(cx, key, &format!("the array `{key}` is nested too deeply"), (at, 4));
        return None;
    }
    match (kind, size(kind)) {
        (STRING, _) if count > MAX_LISTED => {
            for _ in 0..count {
                let len = file.length()?;
                if file.stream.skip(len).is_none() {
                    let message = format!("a text in the array `{key}` claims {len} bytes, more than follow");
                    invalid(cx, key, &message, (at, 4));
                    return None;
                }
            }
        }
        (_, Some(size)) if count > MAX_LISTED => file.stream.skip(count.checked_mul(size)?)?,
        _ => {
            let mut parts = Vec::new();
            for _ in 0..count {
                if !cx.budget().nodes(1) {
                    cx.over_budget("metadata entries");
                    return None;
                }
                parts.extend(value(file, key, kind, depth + 1, cx)?);
            }
            return Some(Some(format!("[{}]", parts.join(", "))));
        }
    }
    Some(Some(format!("[{count} elements]")))
}
