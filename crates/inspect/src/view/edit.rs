//! A view is its source with some places replaced; far from them nothing is read twice.

use std::ops::Range;

use super::{Canonical, OffsetMap};
use crate::detection::View;

/// Most bytes of one view that was made by decoding.
pub(super) const LONGEST_VIEW: usize = 256 << 10;

/// A place of the source and what is read there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) range: Range<usize>,
    pub(super) text: String,
}

/// What a view is made from: the text itself, or a view of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) text: &'a str,
    pub(super) map: Option<&'a OffsetMap>,
}

impl Source<'_> {
    /// Bytes of the original.
    pub(super) fn original(&self, span: &Range<usize>) -> Range<usize> {
        self.map.map_or_else(|| span.clone(), |map| map.original(span))
    }

    /// The source with the edits made, which are sorted and apart, and `margin` bytes around each.
    pub(super) fn edited(&self, view: View, edits: &[Edit], margin: usize) -> Canonical {
        let mut draft = Draft { source: self.text, text: String::new(), map: OffsetMap::default() };
        let mut done: Option<usize> = None;
        for edit in edits {
            let start = edit.range.start;
            let from = match done {
                Some(end) if start.saturating_sub(end) <= margin.saturating_mul(2) => end,
                Some(end) => {
                    let stop = floor(self.text, end + margin);
                    draft.copy(end..stop);
                    draft.make("\n", stop..stop);
                    floor(self.text, start - margin)
                }
                None => floor(self.text, start.saturating_sub(margin)),
            };
            draft.copy(from..start);
            draft.make(&edit.text, edit.range.clone());
            done = Some(edit.range.end);
            if view == View::Decoded && draft.text.len() > LONGEST_VIEW {
                break;
            }
        }
        if let Some(end) = done {
            draft.copy(end..floor(self.text, end.saturating_add(margin)));
        }
        let map = match self.map {
            Some(inner) => draft.map.through(inner, draft.text.len()),
            None => draft.map,
        };
        Canonical { view, text: draft.text, map, steps: Vec::new() }
    }
}

struct Draft<'a> {
    source: &'a str,
    text: String,
    map: OffsetMap,
}

impl Draft<'_> {
    fn copy(&mut self, range: Range<usize>) {
        if let Some(text) = self.source.get(range.clone()).filter(|text| !text.is_empty()) {
            self.map.copy(self.text.len(), range.start);
            self.text.push_str(text);
        }
    }

    fn make(&mut self, text: &str, range: Range<usize>) {
        if !text.is_empty() {
            self.map.made(self.text.len(), range);
            self.text.push_str(text);
        }
    }
}

/// Sorts edits and drops those that begin within an earlier one.
pub(super) fn apart(edits: &mut Vec<Edit>) {
    edits.sort_by_key(|edit| (edit.range.start, std::cmp::Reverse(edit.range.end)));
    let mut end = 0;
    edits.retain(|edit| {
        let apart = edit.range.start >= end;
        end = end.max(edit.range.end);
        apart
    });
}

/// Neighbouring edits, with less than `gap` bytes between two.
pub(super) fn clusters(edits: &[Edit], gap: usize) -> impl Iterator<Item = &[Edit]> {
    edits.chunk_by(move |a, b| b.range.start.saturating_sub(a.range.end) <= gap)
}

/// The last place at or before `at` where a character begins.
pub(super) fn floor(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at.min(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(range: Range<usize>, text: &str) -> Edit {
        Edit { range, text: text.into() }
    }

    #[test]
    fn far_text_is_left_out_and_near_text_is_kept() {
        let text = format!("{}%41 b%42{}%43", "x".repeat(50), "y".repeat(50));
        let source = Source { text: &text, map: None };
        let edits = [edit(50..53, "A"), edit(55..58, "B"), edit(108..111, "C")];
        let view = source.edited(View::Decoded, &edits, 4);
        assert_eq!(view.text, "xxxxA bByyyy\nyyyyC");
        assert_eq!(view.map.original(&(4..8)), 50..58);
        assert_eq!(view.map.original(&(17..18)), 108..111);
    }

    #[test]
    fn margins_end_between_characters() {
        let source = Source { text: "éé%41éé", map: None };
        assert_eq!(source.edited(View::Decoded, &[edit(4..7, "A")], 3).text, "ééAé");
    }
}
