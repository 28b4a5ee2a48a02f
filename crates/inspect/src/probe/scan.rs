//! What probes of personal data share: looking around a place in the text, and reporting.

use std::hash::Hasher;
use std::ops::Range;

use super::{Look, Word};
use crate::detection::{Category, Detection};
use crate::pass::is_word;

/// The byte at a place, 0 outside the text.
pub(super) fn byte(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or_default()
}

/// The byte before a place, 0 at the beginning.
pub(super) fn before(bytes: &[u8], at: usize) -> u8 {
    at.checked_sub(1).map_or(0, |at| byte(bytes, at))
}

/// Letters, digits and the bytes of characters beyond ASCII.
pub(super) fn wordy(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte > 127
}

/// Up to `most` digits that begin here.
pub(super) fn digits(bytes: &[u8], at: usize, most: usize) -> &[u8] {
    let rest = bytes.get(at..).unwrap_or_default();
    let count = rest.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
    rest.get(..count).unwrap_or_default()
}

/// The digits as a number; a handful of digits only.
pub(super) fn value(digits: &[u8]) -> u32 {
    digits.iter().take(9).fold(0, |sum, byte| sum * 10 + u32::from(byte.wrapping_sub(b'0')))
}

/// Whether one of the words for which `wanted` holds begins within `reach` bytes before or after a span, whole.
pub(super) fn near(
    look: &Look<'_>,
    span: &Range<usize>,
    reach: (usize, usize),
    wanted: impl Fn(&Word) -> bool,
) -> bool {
    let least = span.start.saturating_sub(reach.0);
    let from = look.words.partition_point(|word| word.start < least);
    let inside = |word: &Word| word.start < span.end && word.end > span.start;
    look.words
        .iter()
        .skip(from)
        .take_while(|word| word.start < span.end + reach.1)
        .any(|word| !inside(word) && wanted(word) && is_word(look.pass.text.as_bytes(), word.start..word.end))
}

/// FNV-1a: the keys of the tables are ours, so that nobody can make them collide.
pub(crate) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    }

    fn write_u8(&mut self, byte: u8) {
        self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }

    // A length is one step.
    fn write_usize(&mut self, number: usize) {
        self.0 = (self.0 ^ number as u64).wrapping_mul(0x0100_0000_01b3);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// One thing found by a probe, if its span is text.
pub(super) fn report(
    look: &Look<'_>,
    (kind, detector): (&str, &str),
    span: Range<usize>,
    score: f32,
    evidence: &str,
    found: &mut Vec<Detection>,
) {
    if look.pass.text.get(span.clone()).is_some_and(|value| !value.is_empty()) {
        found.push(Detection {
            kind: kind.into(),
            detector: detector.into(),
            category: Category::Personal,
            span,
            score,
            view: look.pass.view,
            evidence: evidence.to_string(),
        });
    }
}

/// What a probe finds of one kind in a text, for the tests of probes.
#[cfg(test)]
pub(super) fn values(kind: &str, text: &str) -> Vec<String> {
    let options = crate::Options { only: vec![kind.into()], ..crate::Options::default() };
    let inspection = crate::Inspector::new(options).unwrap().inspect(text, &crate::Context::default());
    inspection.detections.iter().map(|found| text[found.span.clone()].to_string()).collect()
}
