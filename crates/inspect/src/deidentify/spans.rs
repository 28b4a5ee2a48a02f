//! Overlapping detections become one span, so that no byte of a value is left over between two replacements.

use std::ops::Range;

use crate::detection::Detection;

/// A stretch of text that is replaced as a whole.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cluster<'a> {
    /// The union of its detections.
    pub(crate) span: Range<usize>,
    /// Whose operator is applied: the longest, then the surest, then the first.
    pub(crate) chief: &'a Detection,
    /// Whether one of them is to stop a stream.
    pub(crate) stops: bool,
}

/// Joins what overlaps; detections that only touch stay apart. `wanted` says whether a detection is to be
/// replaced, and whether it stops a stream.
pub(crate) fn clusters<'a>(
    detections: &'a [Detection],
    wanted: impl Fn(&Detection) -> Option<bool>,
) -> Vec<Cluster<'a>> {
    let mut chosen: Vec<(&Detection, bool)> = detections
        .iter()
        .filter(|detection| !detection.span.is_empty())
        .filter_map(|detection| wanted(detection).map(|stops| (detection, stops)))
        .collect();
    chosen.sort_by_key(|(detection, _)| (detection.span.start, detection.span.end));
    let mut joined: Vec<Cluster<'a>> = Vec::new();
    for (detection, stops) in chosen {
        match joined.last_mut().filter(|last| detection.span.start < last.span.end) {
            Some(last) => {
                last.span.end = last.span.end.max(detection.span.end);
                last.stops |= stops;
                let longer = detection.span.len().cmp(&last.chief.span.len());
                if longer.then(detection.score.total_cmp(&last.chief.score)).is_gt() {
                    last.chief = detection;
                }
            }
            None => joined.push(Cluster { span: detection.span.clone(), chief: detection, stops }),
        }
    }
    joined
}

/// The span moved outwards to character boundaries and into the text.
pub(crate) fn whole(text: &str, span: &Range<usize>) -> Range<usize> {
    let start = (0..=span.start.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let end = (span.end.min(text.len())..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    start..end.max(start)
}
