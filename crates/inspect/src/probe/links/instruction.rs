//! Words around an address that tell a model to put something private into it.

use std::ops::Range;

use super::bare::tail;
use super::words::has_word;
use crate::probe::hostile::reads;

/// What is done to make an address carry data.
const FILLS: &[&str] = &[
    "append",
    "appended",
    "appending",
    "attach",
    "concatenate",
    "embed",
    "encode",
    "encoded",
    "encoding",
    "fill",
    "include",
    "including",
    "insert",
    "inserting",
    "put",
    "replace",
    "replaced",
    "replacing",
    "substitute",
    "substituting",
];

/// What is done to make it leave.
const SENDS: &[&str] = &["exfiltrate", "forward", "leak", "post", "report", "send", "submit", "transmit", "upload"];

/// What only a model that talks with somebody has.
const OWN: &[&str] = &[
    "chat",
    "conversation",
    "credentials",
    "history",
    "memories",
    "memory",
    "password",
    "passwords",
    "prompt",
    "secret",
    "secrets",
    "summary",
    "transcript",
];

/// What is done to an address without a word for sending.
const REQUESTS: &[&str] = &[
    "browse", "call", "display", "fetch", "get", "load", "navigate", "open", "ping", "render", "request", "show",
    "visit",
];

/// How data is put into a request.
const AS: &[&str] = &["appended", "body", "encoded", "param", "parameter", "parameters", "params", "payload", "query"];

/// Whose data it is, and what.
const WHOSE: &[&str] = &["customer", "user", "users", "victim"];
const WHAT: &[&str] = &[
    "data",
    "details",
    "documents",
    "email",
    "emails",
    "files",
    "info",
    "information",
    "message",
    "messages",
    "phone",
    "question",
    "questions",
];

/// Whether a text speaks of what only a model that talks with somebody has.
fn speaks(text: &str) -> bool {
    has_word(text, OWN) || (has_word(text, WHOSE) && has_word(text, WHAT))
}

/// Bytes behind an address that still speak of it.
const BEHIND: usize = 160;

/// Farthest that any word around an address counts, in bytes.
pub(super) const NEAR: usize = 200;

/// How sure it is that the text around an address asks for data in it; None if it does not. `open` says that the
/// address ends where data would follow.
pub(super) fn asks(text: &str, place: &Range<usize>, open: bool) -> Option<f32> {
    let before = sentence_before(text, place.start);
    let limit = (place.end + BEHIND).min(text.len());
    let limit = (place.end..=limit).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(place.end);
    let after = text.get(place.end..limit).unwrap_or_default();
    // What an address that is open at its end is for may be said in the next paragraph.
    let after = if open { after.trim_start_matches(|c: char| !c.is_alphanumeric()) } else { after };
    let after = after.split("\n\n").next().unwrap_or_default();
    reads(before.len() + after.len());
    let (own, own_after) = (speaks(before), speaks(after));
    if !own && !own_after {
        return None;
    }
    if has_word(before, FILLS) || has_word(after, FILLS) {
        if open {
            return Some(0.8);
        }
        if has_word(before, &["address", "link", "url"]) {
            return Some(0.6);
        }
    }
    if own_after && has_word(before, REQUESTS) && has_word(after, AS) {
        return Some(0.6);
    }
    let towards = before.trim_end_matches(['"', '\'', '(', '<', '`', '[', ' ', ':']).to_ascii_lowercase();
    let to = [" to", " into", " at", " via", " url", " endpoint", " with", " address", " webhook"]
        .iter()
        .any(|word| towards.ends_with(word));
    (own && to && has_word(before, SENDS)).then_some(0.65)
}

/// The last hundred bytes of the paragraph before a place, and the hundred before them.
fn sentence_before(text: &str, end: usize) -> &str {
    let near = tail(text, end);
    let far = tail(text, end - near.len());
    let both = text.get(end - near.len() - far.len()..end).unwrap_or(near);
    both.rsplit("\n\n").next().unwrap_or_default()
}
