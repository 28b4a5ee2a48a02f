//! Canonical views of a text, each with a map back to the original bytes.

use std::ops::Range;

use crate::detection::{Detection, View};

/// One reading of the original text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Canonical {
    /// Which reading.
    pub(crate) view: View,
    /// The text as read.
    pub(crate) text: String,
    /// Where it comes from.
    pub(crate) map: OffsetMap,
    /// How it was decoded, outermost first, in words: `base64`, `hex`.
    pub(crate) steps: Vec<&'static str>,
}

/// Maps bytes of a view to bytes of the original.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OffsetMap {
    /// Sorted by `view`; each holds until the next one.
    pieces: Vec<Piece>,
}

/// A stretch of the view: byte for byte the same as the original from `original` on (`copied`), or made as a
/// whole from `original .. original + len`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    view: usize,
    original: usize,
    /// Bytes of the original that it stands for; of no meaning for a copied one.
    len: usize,
    copied: bool,
}

impl OffsetMap {
    /// From `view` on, the view copies the original from `original` on.
    pub(crate) fn copy(&mut self, view: usize, original: usize) {
        self.pieces.push(Piece { view, original, len: 0, copied: true });
    }

    /// From `view` on, the view was made from this range of the original.
    pub(crate) fn made(&mut self, view: usize, original: Range<usize>) {
        self.pieces.push(Piece { view, original: original.start, len: original.len(), copied: false });
    }

    /// The bytes of the original that a span of the view comes from.
    pub(crate) fn original(&self, span: &Range<usize>) -> Range<usize> {
        let start = self
            .at(span.start)
            .map_or(span.start, |(piece, within)| if piece.copied { piece.original + within } else { piece.original });
        let last = span.end.saturating_sub(1).max(span.start);
        let end = self.at(last).map_or(span.end, |(piece, within)| {
            if piece.copied { piece.original + within + 1 } else { piece.original + piece.len }
        });
        start..end.max(start)
    }

    fn at(&self, view: usize) -> Option<(Piece, usize)> {
        let after = self.pieces.partition_point(|piece| piece.view <= view);
        let piece = *self.pieces.get(after.checked_sub(1)?)?;
        Some((piece, view - piece.view))
    }
}

/// Every further reading of a text that differs from it; reports what is hidden in it on the way.
pub(crate) fn derive(_text: &str, _found: &mut Vec<Detection>) -> Vec<Canonical> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_a_view_are_mapped_to_the_original() {
        // "ab%63d" decoded to "abcd".
        let mut map = OffsetMap::default();
        map.copy(0, 0);
        map.made(2, 2..5);
        map.copy(3, 5);
        assert_eq!(map.original(&(0..4)), 0..6);
        assert_eq!(map.original(&(2..3)), 2..5);
        assert_eq!(map.original(&(3..4)), 5..6);
        assert_eq!(map.original(&(1..3)), 1..5);
    }
}
