//! From bytes of a view back to bytes of the original.

use std::ops::Range;

/// Maps bytes of a view to bytes of the original. Texts of 4 GiB and more are not mapped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OffsetMap {
    /// Sorted by `view`; each holds until the next one.
    pieces: Vec<Piece>,
}

/// A stretch of the view: byte for byte the same as the original from `original` on, or made as a whole from
/// `original .. original + len`. Small, because hostile text has a piece every few bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    view: u32,
    original: u32,
    /// `None` for a copied one.
    len: Option<std::num::NonZeroU32>,
}

impl Piece {
    fn view(&self) -> usize {
        self.view as usize
    }

    fn original(&self) -> usize {
        self.original as usize
    }

    /// Bytes of the original that a made piece stands for.
    fn made(&self) -> Option<usize> {
        // One more than the length, so that an empty range can be said.
        self.len.map(|len| len.get() as usize - 1)
    }
}

fn small(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

impl OffsetMap {
    /// From `view` on, the view copies the original from `original` on.
    pub(crate) fn copy(&mut self, view: usize, original: usize) {
        self.pieces.push(Piece { view: small(view), original: small(original), len: None });
    }

    /// From `view` on, the view was made from this range of the original.
    pub(crate) fn made(&mut self, view: usize, original: Range<usize>) {
        let len = std::num::NonZeroU32::MIN.saturating_add(small(original.len()));
        self.pieces.push(Piece { view: small(view), original: small(original.start), len: Some(len) });
    }

    /// The bytes of the original that a span of the view comes from.
    pub(crate) fn original(&self, span: &Range<usize>) -> Range<usize> {
        let start = self
            .at(span.start)
            .map_or(span.start, |(piece, within)| piece.original() + if piece.made().is_none() { within } else { 0 });
        let last = span.end.saturating_sub(1).max(span.start);
        let end = self.at(last).map_or(span.end, |(piece, within)| {
            // An empty span has no last byte.
            let copied = within + usize::from(!span.is_empty());
            piece.original() + piece.made().unwrap_or(copied)
        });
        start..end.max(start)
    }

    fn at(&self, view: usize) -> Option<(Piece, usize)> {
        let after = self.pieces.partition_point(|piece| piece.view() <= view);
        let piece = *self.pieces.get(after.checked_sub(1)?)?;
        Some((piece, view - piece.view()))
    }

    /// Whether any byte of a span was made rather than copied.
    pub(super) fn touches_made(&self, span: &Range<usize>) -> bool {
        let first = self.pieces.partition_point(|piece| piece.view() <= span.start).saturating_sub(1);
        let mut pieces = self.pieces.iter().skip(first).take_while(|piece| piece.view() < span.end);
        // What was made from nothing separates windows.
        pieces.any(|piece| piece.made().is_some_and(|len| len > 0))
    }

    /// This map of a view of `len` bytes, whose original is itself a view with the map `inner`.
    pub(super) fn through(&self, inner: &Self, len: usize) -> Self {
        let mut out = Self::default();
        for (index, piece) in self.pieces.iter().enumerate() {
            let (view, from) = (piece.view(), piece.original());
            if let Some(made) = piece.made() {
                out.made(view, inner.original(&(from..from + made)));
                continue;
            }
            let until = from + self.pieces.get(index + 1).map_or(len, Piece::view) - view;
            let first = inner.pieces.partition_point(|piece| piece.view() <= from).saturating_sub(1);
            for below in inner.pieces.iter().skip(first).take_while(|below| below.view() < until) {
                let start = below.view().max(from);
                let within = start - below.view();
                match below.made() {
                    Some(made) => out.made(view + start - from, below.original()..below.original() + made),
                    None => out.copy(view + start - from, below.original() + within),
                }
            }
        }
        out
    }
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
        assert_eq!(map.original(&(1..1)), 1..1);
    }

    #[test]
    fn a_view_of_a_view_is_mapped_through_both() {
        // "x-a-b%63d" without hyphens is "xab%63d"; decoded it is "xabcd".
        let mut stripped = OffsetMap::default();
        stripped.copy(0, 0);
        stripped.copy(1, 2);
        stripped.copy(2, 4);
        let mut decoded = OffsetMap::default();
        decoded.copy(0, 0);
        decoded.made(3, 3..6);
        decoded.copy(4, 6);
        let both = decoded.through(&stripped, 5);
        assert_eq!(both.original(&(0..5)), 0..9);
        assert_eq!(both.original(&(1..3)), 2..5);
        assert_eq!(both.original(&(3..4)), 5..8);
        assert_eq!(both.original(&(4..5)), 8..9);
    }
}
