//! The form of the records that are written about texts.

use serde_json::{Value, json};

use crate::detection::{Category, Verdict, View};

/// JSON Schema (draft 2020-12) of one record of `redan inspect --format jsonl`.
///
/// Objects stay open: added fields do not change the version of the form.
pub fn record_schema() -> Value {
    let categories: Vec<&str> = Category::ALL.iter().map(|category| category.as_str()).collect();
    let verdicts = [Verdict::Clean, Verdict::Abstain, Verdict::Suspicious, Verdict::Attack].map(Verdict::as_str);
    let views = [View::Raw, View::Stripped, View::Skeleton, View::Spelled, View::Decoded].map(View::as_str);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "redan inspect record",
        "description": "What is in one text: a file, or one line of a JSONL file. A text that could not be read has `error` in place of `detections` and `injection`.",
        "type": "object",
        "required": ["id", "path"],
        "oneOf": [{"required": ["detections", "injection"]}, {"required": ["error"]}],
        "properties": {
            "id": text("The record's own id, or its file or line."),
            "path": text("The file it is in."),
            "line": {"type": "integer", "minimum": 1, "description": "Line of a JSONL file."},
            "pointer": {"type": ["string", "null"], "description": "JSON pointer of the field that was looked at."},
            "error": text("Why the text could not be looked at."),
            "incomplete": {"type": "array", "items": {"type": "string"}, "description": "What was not looked at because a limit was reached."},
            "detections": {"type": "array", "items": {"$ref": "#/$defs/detection"}, "description": "By start."},
            "injection": {
                "type": "object",
                "required": ["score", "verdict", "reasons"],
                "properties": {
                    "score": score("From 0 to 1; 0.5 is the threshold of `suspicious`."),
                    "verdict": {"enum": verdicts, "description": "What follows from the score."},
                    "reasons": {"type": "array", "items": {"type": "string"}, "description": "The layers that spoke."},
                },
            },
        },
        "$defs": {
            "detection": {
                "type": "object",
                "required": ["kind", "detector", "category", "start", "end", "char_start", "char_end", "score", "view", "evidence"],
                "properties": {
                    "kind": text("What it is, such as `EMAIL_ADDRESS`."),
                    "detector": text("Id of the entry that explains it."),
                    "category": {"enum": categories, "description": "What it is about."},
                    "start": offset("First byte in the text."),
                    "end": offset("The byte behind the last."),
                    "char_start": offset("First character in the text."),
                    "char_end": offset("The character behind the last."),
                    "score": score("How sure."),
                    "view": {"enum": views, "description": "The reading of the text in which it was found."},
                    "evidence": text("Why it is believed; never the value itself."),
                },
            },
        },
    })
}

fn text(description: &str) -> Value {
    json!({"type": "string", "description": description})
}

fn offset(description: &str) -> Value {
    json!({"type": "integer", "minimum": 0, "description": description})
}

fn score(description: &str) -> Value {
    json!({"type": "number", "minimum": 0, "maximum": 1, "description": description})
}
