//! Which of several overlapping detections stays.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::detection::{Category, Detection};

/// What competes for the same bytes: only one of a rivalry stays.
#[derive(PartialEq, Eq, Hash)]
enum Rivalry {
    /// Secrets among themselves, personal data among themselves.
    Matter(Category),
    /// Only detections of the same kind: those that name an address as a whole and may enclose others, and
    /// whatever is an observation rather than a value.
    Kind(Arc<str>),
}

fn rivalry(detection: &Detection) -> Rivalry {
    let value = matches!(detection.category, Category::Secret | Category::Personal);
    if value && !matches!(&*detection.kind, "URL" | "ADDRESS") {
        Rivalry::Matter(detection.category)
    } else {
        Rivalry::Kind(Arc::clone(&detection.kind))
    }
}

/// Sorts by start and drops what a better rival covers: the higher score wins, then the longer span.
pub(crate) fn resolve(mut found: Vec<Detection>) -> Vec<Detection> {
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| b.span.len().cmp(&a.span.len())));
    // Kept spans of one rivalry never overlap, so the last one that starts before a span's end decides.
    let mut taken: HashMap<Rivalry, BTreeMap<usize, usize>> = HashMap::new();
    found.retain(|detection| {
        let spans = taken.entry(rivalry(detection)).or_default();
        let before = spans.range(..detection.span.end.max(detection.span.start + 1)).next_back();
        let free = before.is_none_or(|(_, end)| *end <= detection.span.start);
        if free {
            spans.insert(detection.span.start, detection.span.end);
        }
        free
    });
    found.sort_by(|a, b| a.span.start.cmp(&b.span.start).then(b.span.end.cmp(&a.span.end)));
    found
}
