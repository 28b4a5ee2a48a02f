//! The text of a stream that is still needed: what was released, as context, and what is held.

use std::borrow::Cow;
use std::ops::Range;

use super::unit::{Place, Syntax, Unit};
use crate::deidentify::json::{escape, quote};

/// Decoded text beside the bytes it was decoded from.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    syntax: Syntax,
    text: String,
    raw: Vec<u8>,
    /// For each byte of `text`, where in `raw` its character begins.
    at: Vec<usize>,
    /// For each byte of `text`; empty for plain text, where everything is inside.
    places: Vec<Place>,
    /// Offset of `raw` in the stream.
    base: usize,
}

impl Buffer {
    pub(super) fn new(syntax: Syntax) -> Self {
        Self { syntax, ..Self::default() }
    }

    pub(super) fn push(&mut self, unit: Unit, raw: &[u8]) {
        self.text.push(unit.character);
        self.at.resize(self.text.len(), self.raw.len());
        if self.syntax == Syntax::Json {
            self.places.resize(self.text.len(), unit.place);
        }
        self.raw.extend_from_slice(raw);
    }

    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    pub(super) fn text(&self, span: Range<usize>) -> &str {
        self.text.get(span).unwrap_or_default()
    }

    /// The nearest character boundary at or before a place.
    pub(super) fn floor(&self, at: usize) -> usize {
        (0..=at.min(self.text.len())).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or(0)
    }

    fn raw_at(&self, at: usize) -> usize {
        self.at.get(at).copied().unwrap_or(self.raw.len())
    }

    /// The bytes as they came.
    pub(super) fn raw(&self, span: Range<usize>) -> &[u8] {
        self.raw.get(self.raw_at(span.start)..self.raw_at(span.end)).unwrap_or_default()
    }

    /// Offset of a place in the stream.
    pub(super) fn absolute(&self, at: usize) -> usize {
        self.base + self.raw_at(at)
    }

    /// Forgets the first bytes of the text.
    pub(super) fn forget(&mut self, until: usize) {
        let raw = self.raw_at(until);
        self.text.drain(..until);
        self.at.drain(..until.min(self.at.len()));
        for at in &mut self.at {
            *at -= raw;
        }
        self.places.drain(..until.min(self.places.len()));
        self.raw.drain(..raw);
        self.base += raw;
    }

    /// What stands for a span when its value is replaced. In JSON the quotes within stay, and what was a number
    /// becomes a string unless the replacement is a number too.
    pub(super) fn replaced<'a>(&'a self, span: Range<usize>, replacement: &'a str) -> Cow<'a, [u8]> {
        if self.syntax == Syntax::Text {
            return Cow::Borrowed(replacement.as_bytes());
        }
        let places = self.places.get(span.clone()).unwrap_or_default();
        let in_string = places.contains(&Place::Inside);
        let mut out = Vec::new();
        let (mut from, mut written) = (span.start, false);
        for run in places.chunk_by(|a, b| a == b) {
            let here = from..from + run.len();
            from = here.end;
            match run.first() {
                Some(Place::Inside) if written => {}
                Some(Place::Inside) => {
                    out.extend_from_slice(escape(replacement).as_bytes());
                    written = true;
                }
                Some(Place::Outside) if !in_string && !written => {
                    let number = serde_json::from_str::<serde_json::Number>(replacement).is_ok();
                    let quoted = if number { replacement.to_string() } else { quote(replacement) };
                    out.extend_from_slice(quoted.as_bytes());
                    written = true;
                }
                _ => out.extend_from_slice(self.raw(here)),
            }
        }
        Cow::Owned(out)
    }
}
