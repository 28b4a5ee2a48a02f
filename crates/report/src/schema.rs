//! The JSON Schema of the `json` format.

use redan_domain::{AssetKind, Confidence, EdgeKind, Persona, Severity};
use serde_json::{Value, json};

use crate::json::SCHEMA_VERSION;

/// JSON Schema (draft 2020-12) of the document that the `json` format writes.
///
/// Objects stay open: added fields do not change the schema version.
pub fn json_schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "redan scan report",
        "description": "What one scan looked at and what it found. Fields may be added within one schema_version; none is removed or changes its meaning.",
        "type": "object",
        "required": ["schema_version", "tool", "targets", "started", "coverage", "files", "assets", "edges"],
        "properties": {
            "schema_version": {"const": SCHEMA_VERSION},
            "tool": object(&["name", "version"], json!({
                "name": text("Who made the report."),
                "version": text("Its version."),
            })),
            "targets": {"type": "array", "items": {"type": "string"}, "description": "What was scanned, as the user named it."},
            "started": text("Start of the scan, RFC 3339 in UTC."),
            "coverage": {"$ref": "#/$defs/coverage"},
            "files": {"type": "array", "items": {"$ref": "#/$defs/file"}, "description": "Every file seen, by path."},
            "assets": {"type": "array", "items": {"$ref": "#/$defs/asset"}},
            "edges": {"type": "array", "items": {"$ref": "#/$defs/edge"}},
        },
        "$defs": {
            "coverage": coverage(),
            "file": file(),
            "finding": finding(),
            "location": location(),
            "step": object(&["location", "text"], json!({
                "location": {"$ref": "#/$defs/location"},
                "text": text("What happens or stands there."),
            })),
            "excerpt": excerpt(),
            "suppression": object(&["reason", "source"], json!({
                "reason": text("Why it does not count, in the user's words."),
                "expires": {"type": "string", "format": "date", "description": "Last day it holds."},
                "source": {"enum": ["inline", "config", "baseline"], "description": "Where it was said."},
            })),
            "asset": asset(),
            "edge": object(&["from", "to", "kind"], json!({
                "from": text("Id of the asset it starts from."),
                "to": text("Id of the asset it leads to."),
                "kind": words(EdgeKind::ALL.iter().map(|kind| kind.as_str()), "What it means."),
            })),
            "severity": words(Severity::ALL.iter().map(|level| level.as_str()), "How bad."),
            "confidence": words(Confidence::ALL.iter().map(|level| level.as_str()), "How sure."),
            "persona": words(Persona::ALL.iter().map(|level| level.as_str()), "Who wants to see it."),
        },
    })
}

fn object(required: &[&str], properties: Value) -> Value {
    json!({"type": "object", "required": required, "properties": properties})
}

fn text(description: &str) -> Value {
    json!({"type": "string", "description": description})
}

fn number(description: &str) -> Value {
    json!({"type": "integer", "minimum": 0, "description": description})
}

fn words<'a>(words: impl Iterator<Item = &'a str>, description: &str) -> Value {
    json!({"enum": words.collect::<Vec<_>>(), "description": description})
}

fn coverage() -> Value {
    object(
        &["seen", "scanned", "skipped", "incomplete", "failed", "bytes", "hidden", "interrupted"],
        json!({
            "seen": number("Files seen."),
            "scanned": number("Files understood to the end."),
            "skipped": number("Files that are no business of this scan."),
            "incomplete": number("Files recognised but not wholly understood; never to be read as clean."),
            "failed": number("Files that could not be examined."),
            "bytes": number("Bytes of all files seen."),
            "hidden": number("Findings left out of the report by severity or persona."),
            "interrupted": {"type": "boolean", "description": "Whether the run was stopped early."},
        }),
    )
}

fn file() -> Value {
    object(
        &["path", "format", "status", "size", "findings"],
        json!({
            "path": text("Relative to the scanned argument, separated by `/`."),
            "format": text("Format by content, never by name; `unknown` if none."),
            "status": {"enum": ["scanned", "skipped", "incomplete", "failed"]},
            "reasons": {"type": "array", "items": {"type": "string"}, "description": "Why it is not `scanned`."},
            "size": number("Bytes."),
            "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "findings": {
                "type": "array",
                "items": {"$ref": "#/$defs/finding"},
                "description": "Those in members of an archive count to the outer file; suppressed ones are here too, marked.",
            },
        }),
    )
}

fn finding() -> Value {
    let steps =
        |description: &str| json!({"type": "array", "items": {"$ref": "#/$defs/step"}, "description": description});
    object(
        &["rule", "severity", "confidence", "persona", "message", "location", "fix", "fingerprint"],
        json!({
            "rule": {"type": "string", "pattern": "^[a-z0-9-]+$", "description": "Id of the rule; `redan explain` prints it."},
            "severity": {"$ref": "#/$defs/severity"},
            "confidence": {"$ref": "#/$defs/confidence"},
            "persona": {"$ref": "#/$defs/persona"},
            "message": text("One sentence for this very place. Parts of it come from the file."),
            "location": {"$ref": "#/$defs/location"},
            "related": steps("Other places that belong to it."),
            "steps": steps("The chain that led here, in order of execution."),
            "excerpt": {"$ref": "#/$defs/excerpt"},
            "fix": text("What to do about it."),
            "fingerprint": text("Stable over unrelated edits."),
            "suppressed": {"$ref": "#/$defs/suppression"},
        }),
    )
}

fn location() -> Value {
    object(
        &["path"],
        json!({
            "path": text("Relative to the scanned argument, or a URL."),
            "members": {"type": "array", "items": {"type": "string"}, "description": "The way into nested archives, outermost first."},
            "offset": number("Byte offset inside the innermost member."),
            "len": number("Length in bytes."),
            "line": {"type": "integer", "minimum": 1},
            "column": {"type": "integer", "minimum": 1, "description": "In characters."},
            "pointer": text("JSON pointer or dotted path inside a document."),
        }),
    )
}

fn excerpt() -> Value {
    let line = object(
        &["label", "text"],
        json!({
            "label": text("Line number or offset."),
            "text": text("The line, control characters escaped."),
            "mark": {
                "type": "array",
                "prefixItems": [{"type": "integer", "minimum": 0}, {"type": "integer", "minimum": 0}],
                "items": false,
                "description": "Characters to underline: start and end, end exclusive.",
            },
            "note": text("What to say under the mark."),
        }),
    );
    object(&["lines"], json!({"lines": {"type": "array", "items": line}}))
}

fn asset() -> Value {
    object(
        &["id", "kind", "name", "location"],
        json!({
            "id": text("Unique in one report, stable for the same path."),
            "kind": words(AssetKind::ALL.iter().map(|kind| kind.as_str()), "What it is."),
            "name": text("What people call it."),
            "location": {"$ref": "#/$defs/location"},
            "attributes": {
                "type": "object",
                "description": "Facts about it. A value of null was looked for and could not be told.",
                "additionalProperties": object(&["value"], json!({
                    "value": {"type": ["string", "boolean", "null"]},
                    "location": {"$ref": "#/$defs/location"},
                })),
            },
        }),
    )
}
