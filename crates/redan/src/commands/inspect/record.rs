//! One record as JSON.

use redan_inspect::{Category, Detection, Inspection, Verdict, View};
use serde::Serialize;

use super::findings::Places;
use super::input::Record;

/// Version of the records' form.
pub(super) const SCHEMA_VERSION: u32 = 1;

/// One record. Spans are bytes of the text; `char_start` and `char_end` are the same in characters, for languages
/// that index by them.
#[derive(Serialize)]
struct Json<'a> {
    id: &'a str,
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<&'a str>,
    #[serde(flatten)]
    said: Said<'a>,
}

/// What is said of it.
#[derive(Serialize)]
#[serde(untagged)]
enum Said<'a> {
    Looked {
        detections: Vec<Found<'a>>,
        injection: Injection<'a>,
        #[serde(skip_serializing_if = "<[String]>::is_empty")]
        incomplete: &'a [String],
    },
    Failed {
        error: &'a str,
    },
}

#[derive(Serialize)]
struct Found<'a> {
    kind: &'a str,
    detector: &'a str,
    category: Category,
    start: usize,
    end: usize,
    char_start: usize,
    char_end: usize,
    score: f64,
    view: View,
    evidence: &'a str,
}

#[derive(Serialize)]
struct Injection<'a> {
    score: f64,
    verdict: Verdict,
    reasons: &'a [String],
}

/// `id`, `path`, `detections` and `injection`.
pub(super) fn json_of(record: &Record<'_>, text: &[u8], inspection: &Inspection) -> Vec<u8> {
    let mut starts = Places::new(text, record.mapped);
    let mut ends = Places::new(text, record.mapped);
    let injection = &inspection.injection;
    written(
        record,
        Said::Looked {
            detections: inspection.detections.iter().map(|found| detection(found, &mut starts, &mut ends)).collect(),
            injection: Injection {
                score: rounded(injection.score),
                verdict: injection.verdict,
                reasons: &injection.reasons,
            },
            incomplete: &inspection.incomplete,
        },
    )
}

/// A record that could not be looked at.
pub(super) fn error_of(record: &Record<'_>, error: &str) -> Vec<u8> {
    written(record, Said::Failed { error })
}

fn written(record: &Record<'_>, said: Said<'_>) -> Vec<u8> {
    let json = Json { id: &record.id, path: record.path, line: record.line, pointer: record.pointer.as_deref(), said };
    // Texts, whole numbers and finite ones can always be written.
    serde_json::to_vec(&json).unwrap_or_default()
}

fn detection<'a>(found: &'a Detection, starts: &mut Places<'_>, ends: &mut Places<'_>) -> Found<'a> {
    Found {
        kind: &found.kind,
        detector: &found.detector,
        category: found.category,
        start: found.span.start,
        end: found.span.end,
        char_start: starts.characters(found.span.start),
        char_end: ends.characters(found.span.end),
        score: rounded(found.score),
        view: found.view,
        evidence: &found.evidence,
    }
}

/// Three decimals: more would be noise.
fn rounded(score: f32) -> f64 {
    (f64::from(score) * 1000.0).round() / 1000.0
}
