//! Canonical views of a text, each with a map back to the original bytes.
//!
//! | view | reads |
//! |---|---|
//! | stripped | without characters that leave no ink, where writing does not need them |
//! | skeleton | look-alike and fancy letters as the Latin ones they stand for |
//! | spelled | leet, letters set apart, reversed words, letters buried under marks |
//! | decoded | base64, base32, hex, escapes, rot13, Morse, and what unseen characters spell; three deep |
//!
//! A view holds only the surroundings of what differs; only the stripped one is whole, because the others are
//! made from it.

mod bidi;
mod cipher;
#[cfg(test)]
mod cost;
mod decode;
mod edit;
mod hidden;
pub(crate) mod lexicon;
mod lookalike;
mod map;
pub(crate) mod orders;
mod pushed;
pub(crate) mod readable;
mod sieve;
mod skeleton;
mod spelled;
mod turned;
mod unicode;
mod zero_width;

use std::ops::Range;

use crate::detection::{Category, Detection, View};
use edit::Source;

pub(crate) use map::OffsetMap;

/// One reading of the original text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Canonical {
    /// Which reading.
    pub(crate) view: View,
    /// The text as read.
    pub(crate) text: String,
    /// Where it comes from.
    pub(crate) map: OffsetMap,
    /// How it was decoded, innermost first, in words: `base64`, `hex`.
    pub(crate) steps: Vec<&'static str>,
}

/// What one call has done and may still do.
#[derive(Debug, Default)]
struct Work {
    /// Bytes that were looked at, by every pass over them.
    steps: usize,
    /// Bytes that may still be made by decoding.
    output: usize,
}

impl Work {
    /// Decoding makes at most four times the text.
    fn new(len: usize) -> Self {
        Self { steps: 0, output: len.saturating_mul(4) }
    }

    fn add(&mut self, steps: usize) {
        self.steps = self.steps.saturating_add(steps);
    }

    /// Whether so many bytes may still be made.
    fn spend(&mut self, bytes: usize) -> bool {
        self.add(bytes);
        let left = self.output.checked_sub(bytes);
        self.output = left.unwrap_or(self.output);
        left.is_some()
    }
}

/// Every further reading of a text that differs from it; reports what is hidden in it on the way.
pub(crate) fn derive(text: &str, found: &mut Vec<Detection>) -> Vec<Canonical> {
    read(text, found, &mut Work::new(text.len()))
}

fn read(text: &str, found: &mut Vec<Detection>, work: &mut Work) -> Vec<Canonical> {
    let raw = Source { text, map: None };
    let mut views = Vec::new();
    let mut stripped = None;
    let ascii = text.is_ascii();
    if !ascii {
        let mut hidden = hidden::read(text, found, work);
        if hidden.directed {
            hidden.stripped.extend(bidi::read(text, found, work));
            edit::apart(&mut hidden.stripped);
        }
        views.extend(decode::spelled_out(raw, hidden.decoded, found, work));
        if !hidden.stripped.is_empty() {
            stripped = Some(raw.edited(View::Stripped, &hidden.stripped, usize::MAX));
        }
    }
    let source = stripped.as_ref().map_or(raw, |view| Source { text: &view.text, map: Some(&view.map) });
    let letters = if ascii { lookalike::Reading::default() } else { lookalike::read(source, found, work) };
    if !letters.skeletons.is_empty() {
        views.push(source.edited(View::Skeleton, &letters.skeletons, SENTENCE));
    }
    pushed::read(text, found, work);
    let signs = sieve::sift(source.text);
    work.add(source.text.len());
    let respelled = spelled::read(source, &signs, letters.unmarked, found, work);
    if !respelled.is_empty() {
        views.push(source.edited(View::Spelled, &respelled, SENTENCE));
    }
    views.extend(decode::read(source, &signs, found, work));
    views.extend(stripped);
    views
}

/// Text kept around a respelled word, in bytes.
const SENTENCE: usize = 256;

/// Reports something hidden.
fn report(found: &mut Vec<Detection>, kind: &str, span: Range<usize>, score: f32, evidence: String) {
    found.push(Detection {
        kind: kind.into(),
        detector: kind.into(),
        category: Category::Hidden,
        span,
        score,
        view: View::Raw,
        evidence,
    });
}
