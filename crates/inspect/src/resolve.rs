//! Which of several overlapping detections stays.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
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

/// Places where something of a kind was found, so that another view need not say it again.
#[derive(Default)]
pub(crate) struct Known(HashMap<Arc<str>, BTreeMap<usize, usize>>);

impl Known {
    /// Whether a span overlaps one that was added for this kind.
    pub(crate) fn overlaps(&self, kind: &Arc<str>, span: &Range<usize>) -> bool {
        let last = self.0.get(kind).and_then(|spans| spans.range(..span.end).next_back());
        last.is_some_and(|(_, end)| *end > span.start)
    }

    /// Adds a span; those it overlaps become one with it, so that a look needs one step.
    pub(crate) fn add(&mut self, kind: &Arc<str>, span: &Range<usize>) {
        let spans = self.0.entry(Arc::clone(kind)).or_default();
        let (mut start, mut end) = (span.start, span.end);
        while let Some((before, until)) = spans.range(..end).next_back().filter(|(_, until)| **until > start) {
            (start, end) = (start.min(*before), end.max(*until));
            let before = *before;
            spans.remove(&before);
        }
        spans.insert(start, end);
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_spans_are_found_by_overlap() {
        let (mut known, kind) = (Known::default(), Arc::from("k"));
        for span in [4..6, 10..12, 5..11] {
            known.add(&kind, &span);
        }
        for (span, overlaps) in [(0..4, false), (0..5, true), (7..8, true), (11..20, true), (12..20, false)] {
            assert_eq!(known.overlaps(&kind, &span), overlaps, "{span:?}");
        }
        assert!(!known.overlaps(&Arc::from("other"), &(4..6)));
    }
}
