//! One record as JSON.

use redan_inspect::{Detection, Inspection};
use serde_json::{Value, json};

use super::findings::Places;
use super::input::Record;

/// Version of the records' form.
pub(super) const SCHEMA_VERSION: u32 = 1;

/// `id`, `path`, `detections` and `injection`. Spans are bytes of the text; `char_start` and `char_end` are the
/// same in characters, for languages that index by them.
pub(super) fn json_of(record: &Record<'_>, text: &[u8], inspection: &Inspection) -> Value {
    let mut starts = Places::new(text);
    let mut ends = Places::new(text);
    let detections: Vec<Value> =
        inspection.detections.iter().map(|found| detection(found, &mut starts, &mut ends)).collect();
    let injection = &inspection.injection;
    let mut value = json!({
        "id": record.id,
        "path": record.path,
        "detections": detections,
        "injection": {
            "score": rounded(injection.score),
            "verdict": injection.verdict,
            "reasons": injection.reasons,
        },
    });
    if let Some((line, _)) = &record.line {
        value["line"] = json!(line);
        value["pointer"] = json!(record.pointer);
    }
    if !inspection.incomplete.is_empty() {
        value["incomplete"] = json!(inspection.incomplete);
    }
    value
}

/// A record that could not be looked at.
pub(super) fn error_of(record: &Record<'_>, error: &str) -> Value {
    json!({ "id": record.id, "path": record.path, "error": error })
}

fn detection(found: &Detection, starts: &mut Places<'_>, ends: &mut Places<'_>) -> Value {
    json!({
        "kind": &*found.kind,
        "detector": &*found.detector,
        "category": found.category,
        "start": found.span.start,
        "end": found.span.end,
        "char_start": starts.characters(found.span.start),
        "char_end": ends.characters(found.span.end),
        "score": rounded(found.score),
        "view": found.view,
        "evidence": found.evidence,
    })
}

/// Three decimals: more would be noise.
fn rounded(score: f32) -> f64 {
    (f64::from(score) * 1000.0).round() / 1000.0
}
