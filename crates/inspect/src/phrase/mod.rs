//! What a few words are for: small linear models over phrases, where lists of words end.
//!
//! One model tells what somebody said in confidence from what public addresses are made of; the other tells an order to
//! a model from what pages hide for honest reasons. Both read hashed n-grams, cost about 50 ns a byte, and are trained by
//! `cargo dev train --phrases` from phrases that were written for this project. They are one sign among others: what they
//! miss and what they flag is in `docs/phrase-models.md`.

mod train;

use std::sync::OnceLock;

use crate::injection::grams::{Sink, TABLE, scan};

pub use train::{Phrase, learn};

/// Weights of one model.
pub const WEIGHTS: usize = 1 << 16;

const MAGIC: &[u8; 4] = b"RDNP";

/// A model of phrases.
///
/// A file is `RDNP`, the step of a weight and the bias as 32-bit floats (little endian), and a signed byte a weight.
#[derive(Debug, Clone, PartialEq)]
pub struct Phrases {
    step: f32,
    bias: f32,
    /// Signed bytes.
    table: Vec<u8>,
}

impl Phrases {
    /// Reads what [`Phrases::to_bytes`] wrote; None if it is something else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let (step, rest) = rest.split_first_chunk::<4>()?;
        let (bias, table) = rest.split_first_chunk::<4>()?;
        (table.len() == WEIGHTS).then(|| Self {
            step: f32::from_le_bytes(*step),
            bias: f32::from_le_bytes(*bias),
            table: table.to_vec(),
        })
    }

    /// The model as a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        [MAGIC.as_slice(), &self.step.to_le_bytes(), &self.bias.to_le_bytes(), &self.table].concat()
    }

    /// Log-odds that the text is of the kind.
    pub fn odds(&self, text: &str) -> f32 {
        let mut sum = Sum { table: &self.table, weight: 0, grams: 0 };
        scan(text, &mut sum);
        self.bias + sum.weight as f32 * self.step / (sum.grams.max(1) as f32).sqrt()
    }
}

/// The grams of a text.
fn grams(text: &str) -> Vec<u32> {
    let mut list = List(Vec::new());
    scan(text, &mut list);
    list.0
}

/// A bucket of the large table as one of this size.
fn fold(bucket: u32) -> u32 {
    (u64::from(bucket) * WEIGHTS as u64 / TABLE as u64) as u32
}

struct List(Vec<u32>);

impl Sink for List {
    fn gram(&mut self, bucket: u32) {
        self.0.push(fold(bucket));
    }

    fn block(&mut self, _end: usize) {}
}

struct Sum<'a> {
    table: &'a [u8],
    weight: i64,
    grams: u32,
}

impl Sink for Sum<'_> {
    fn gram(&mut self, bucket: u32) {
        self.weight += self.table.get(fold(bucket) as usize).map_or(0, |weight| i64::from(weight.cast_signed()));
        self.grams += 1;
    }

    fn block(&mut self, _end: usize) {}
}

/// Log-odds that words were said in confidence; `words` as they were said, without what joins them in an address.
pub(crate) fn confided(words: &str) -> f32 {
    static MODEL: OnceLock<Option<Phrases>> = OnceLock::new();
    let model = MODEL.get_or_init(|| Phrases::from_bytes(include_bytes!("confided.bin")));
    model.as_ref().map_or(f32::MIN, |model| model.odds(words))
}

/// Log-odds that a text which nobody sees is an order to a model.
pub(crate) fn ordered(text: &str) -> f32 {
    static MODEL: OnceLock<Option<Phrases>> = OnceLock::new();
    let model = MODEL.get_or_init(|| Phrases::from_bytes(include_bytes!("ordered.bin")));
    model.as_ref().map_or(f32::MIN, |model| model.odds(text))
}
