//! Strings of a JSON text with the way to them, and which of them are pieces of a text that goes on.

use std::ops::Range;

use serde_json::Value;

use super::unit::Syntax;
use crate::deidentify::json::scalars;

/// A value deeper than this has no address; no known frame goes so deep.
const DEEPEST: usize = 16;

/// A string, or what stands under the key `logprobs`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Keys and indices from the top; empty if it is too deep.
    pub(super) path: Vec<String>,
    /// With its quotes or brackets.
    pub(super) span: Range<usize>,
}

impl Found {
    /// The key under which it stands, through any arrays.
    pub(super) fn key(&self) -> &str {
        self.path.iter().rev().find(|part| !part.bytes().all(|byte| byte.is_ascii_digit())).map_or("", String::as_str)
    }
}

/// Every string that is a value, and every `logprobs`, in order.
pub(super) fn walk(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut path: Vec<(bool, String, usize)> = Vec::new();
    let mut probabilities: Option<(usize, usize)> = None;
    let mut strings = scalars(text).into_iter().filter(|scalar| scalar.string).peekable();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if let Some(string) = strings.next_if(|string| string.span.start == at) {
            at = string.span.end;
            let raw = text.get(string.span.clone()).unwrap_or_default();
            if let Some((_, key, _)) = path.last_mut().filter(|_| string.key) {
                *key = serde_json::from_str(raw).unwrap_or_default();
            } else if probabilities.is_none() {
                found.push(Found { path: address(&path), span: string.span });
            }
            continue;
        }
        match byte {
            b'{' | b'[' => {
                let named = path.last().is_some_and(|(object, key, _)| *object && key == "logprobs");
                if named && probabilities.is_none() {
                    probabilities = Some((path.len(), at));
                }
                path.push((*byte == b'{', String::new(), 0));
            }
            b'}' | b']' => {
                path.pop();
                if let Some((_, start)) = probabilities.take_if(|(depth, _)| *depth == path.len()) {
                    found.push(Found { path: address(&path), span: start..at + 1 });
                }
            }
            b',' => {
                if let Some((_, _, index)) = path.last_mut() {
                    *index += 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    found
}

fn address(path: &[(bool, String, usize)]) -> Vec<String> {
    if path.len() > DEEPEST {
        return Vec::new();
    }
    path.iter().map(|(object, key, index)| if *object { key.clone() } else { index.to_string() }).collect()
}

/// The text that a string of a frame goes on with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Lane {
    /// The choice, block or item; flushed together.
    pub(super) group: String,
    /// Which of its texts.
    pub(super) name: String,
}

/// Keys of whole texts: what comes in one piece, or again at the end.
const WHOLE: &[&str] = &[
    "text",
    "content",
    "arguments",
    "refusal",
    "thinking",
    "partial_json",
    "delta",
    "output",
    "output_text",
    "input",
    "transcript",
    "reasoning",
    "reasoning_content",
    "completion",
    "response",
];

/// What a string of a frame is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// A piece of a text.
    Piece(Lane, Syntax),
    /// A text of its own.
    Whole(Syntax),
    /// An id, a name, a type.
    Other,
}

/// Knows the frames of OpenAI (chat completions, completions, responses) and of Anthropic (messages).
pub(super) fn part(found: &Found, frame: &Value) -> Part {
    let path: Vec<&str> = found.path.iter().map(String::as_str).collect();
    let number = |pointer: &str| frame.pointer(pointer).and_then(Value::as_u64);
    let kind = kind(frame);
    let piece = |group: String, name: &str, syntax| Part::Piece(Lane { group, name: name.to_string() }, syntax);
    match path.as_slice() {
        ["choices", at, rest @ ..] => {
            let group = choice(frame, at);
            match rest {
                ["text"] => piece(group, "text", Syntax::Text),
                ["delta", name @ ("content" | "refusal" | "reasoning" | "reasoning_content")] => {
                    piece(group, name, Syntax::Text)
                }
                ["delta", "function_call", "arguments"] => piece(group, "function", Syntax::Json),
                ["delta", "tool_calls", call, "function", "arguments"] => {
                    let index = number(&format!("/choices/{at}/delta/tool_calls/{call}/index"));
                    piece(
                        group,
                        &format!("tool {}", index.map_or(call.to_string(), |index| index.to_string())),
                        Syntax::Json,
                    )
                }
                _ => whole(found),
            }
        }
        ["delta", name] if kind == "content_block_delta" => match *name {
            "text" | "thinking" => piece(block(frame), name, Syntax::Text),
            "partial_json" => piece(block(frame), name, Syntax::Json),
            _ => Part::Other,
        },
        ["delta"] if kind.ends_with(".delta") => {
            let syntax = if kind.contains("arguments") { Syntax::Json } else { Syntax::Text };
            piece(item(frame), kind.trim_end_matches(".delta"), syntax)
        }
        _ => whole(found),
    }
}

fn whole(found: &Found) -> Part {
    match found.key() {
        "arguments" | "partial_json" => Part::Whole(Syntax::Json),
        key if WHOLE.contains(&key) => Part::Whole(Syntax::Text),
        _ => Part::Other,
    }
}

pub(super) fn kind(frame: &Value) -> &str {
    frame.get("type").and_then(Value::as_str).unwrap_or_default()
}

fn choice(frame: &Value, at: &str) -> String {
    let index = frame.pointer(&format!("/choices/{at}/index")).and_then(Value::as_u64);
    format!("choice {}", index.map_or(at.to_string(), |index| index.to_string()))
}

fn block(frame: &Value) -> String {
    format!("block {}", frame.get("index").and_then(Value::as_u64).unwrap_or_default())
}

fn item(frame: &Value) -> String {
    let parts = ["item_id", "output_index", "content_index", "summary_index"];
    let parts = parts.iter().filter_map(|part| frame.get(*part)).map(Value::to_string).collect::<Vec<_>>();
    format!("item {}", parts.join(" "))
}

/// What ends with a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ends {
    Nothing,
    /// Texts of these groups, behind this frame's own pieces.
    Groups(Vec<String>),
    /// One text.
    Text(Lane),
    All,
}

pub(super) fn ends(frame: &Value) -> Ends {
    let kind = kind(frame);
    match kind {
        "content_block_stop" => return Ends::Groups(vec![block(frame)]),
        "message_delta" | "message_stop" | "error" => return Ends::All,
        "response.completed" | "response.failed" | "response.incomplete" => return Ends::All,
        _ => {}
    }
    if let Some(name) = kind.strip_suffix(".done") {
        return Ends::Text(Lane { group: item(frame), name: name.to_string() });
    }
    let choices = frame.get("choices").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let finished = |(at, choice): (usize, &Value)| {
        choice.get("finish_reason").is_some_and(|reason| !reason.is_null()).then_some(at.to_string())
    };
    let finished: Vec<String> = choices.iter().enumerate().filter_map(finished).map(|at| choice(frame, &at)).collect();
    if finished.is_empty() { Ends::Nothing } else { Ends::Groups(finished) }
}
