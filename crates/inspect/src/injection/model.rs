//! The n-gram linear model: one table of small weights, and how its raw scores become scores.
//!
//! A file is `RDNM`, the length of the head as four bytes (little endian), the head as JSON, and the table, a
//! signed byte a bucket.

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::grams::{Sink, TABLE, scan};
use crate::context::Channel;

const MAGIC: &[u8; 4] = b"RDNM";

/// The model that ships.
static SHIPPED: &[u8] = include_bytes!("model.bin");

/// A trained and calibrated model of injection and jailbreak.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub(super) head: Head,
    pub(super) table: Cow<'static, [u8]>,
}

/// Everything but the table.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Head {
    /// What it was trained on and when, in words.
    pub(super) about: String,
    /// One step of a weight.
    pub(super) step: f32,
    pub(super) bias: f32,
    /// For people's own words, and for content: there an attack is a part of the text.
    pub(super) blends: [Blend; 2],
    pub(super) curves: Vec<Curve>,
}

/// How the readings of a text become one number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Blend {
    pub(super) whole: f32,
    pub(super) peak: f32,
    /// Per doubling of the length.
    pub(super) length: f32,
    pub(super) structure: f32,
    pub(super) bias: f32,
}

/// From a raw number to a score, for one channel and from one length on: straight lines between points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Curve {
    pub(super) channel: String,
    /// Least length in bytes.
    pub(super) from: usize,
    /// Raw number and score, both rising.
    pub(super) points: Vec<(f32, f32)>,
}

/// What the table says about a text.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Reading {
    /// Log-odds of the text as a whole.
    pub(super) whole: f32,
    /// Of its worst window.
    pub(super) peak: f32,
    /// Where that window is.
    pub(super) at: (usize, usize),
    /// Bytes of the text.
    pub(super) bytes: usize,
}

/// A file that is not a model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an injection model of this version: {0}")]
pub struct ModelError(String);

impl Model {
    /// The model that ships.
    pub fn shipped() -> &'static Self {
        static MODEL: OnceLock<Model> = OnceLock::new();
        // A test reads it; without a table everything abstains.
        MODEL.get_or_init(|| {
            Self::split(SHIPPED)
                .map_or_else(|_| Self::empty(), |(head, table)| Self { head, table: Cow::Borrowed(table) })
        })
    }

    /// A model that knows nothing.
    pub(super) fn empty() -> Self {
        Self { head: Head::default(), table: Cow::Borrowed(&[]) }
    }

    /// Reads a file that [`Model::to_bytes`] wrote.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        Self::split(bytes).map(|(head, table)| Self { head, table: Cow::Owned(table.to_vec()) })
    }

    /// The model as a file, at most 256 KiB.
    ///
    /// # Errors
    /// When the head cannot be written, which would be a number that is not finite.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ModelError> {
        let head = serde_json::to_vec(&self.head).map_err(|error| ModelError(error.to_string()))?;
        let mut bytes = MAGIC.to_vec();
        bytes.extend((head.len() as u32).to_le_bytes());
        bytes.extend(head);
        bytes.extend_from_slice(&self.table);
        Ok(bytes)
    }

    /// What it was trained on and when, in words.
    pub fn about(&self) -> &str {
        &self.head.about
    }

    fn split(bytes: &[u8]) -> Result<(Head, &[u8]), ModelError> {
        let fail = |message: &str| ModelError(message.to_string());
        let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| fail("it does not start with `RDNM`"))?;
        let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(|| fail("it ends in its head"))?;
        let length = u32::from_le_bytes(*length) as usize;
        let (head, table) = rest.split_at_checked(length).ok_or_else(|| fail("it ends in its head"))?;
        if table.len() != TABLE {
            return Err(fail(&format!("its table has {} weights instead of {TABLE}", table.len())));
        }
        let head = serde_json::from_slice(head).map_err(|error| fail(&error.to_string()))?;
        Ok((head, table))
    }

    /// Reads a text once; windows are pairs of neighbouring blocks.
    pub(super) fn read(&self, text: &str) -> Reading {
        let mut sums = Sums::new(&self.table, &self.head);
        match &self.table {
            // The one table there is: what words weigh in it stays true for as long as the thread lives.
            Cow::Borrowed(table) if table.len() == TABLE => {
                let memory = MEMORY.take().unwrap_or_else(Memory::new);
                let mut sums_of_words = Remembering { sums, memory, before: (0, 0) };
                scan(text, &mut sums_of_words);
                sums = sums_of_words.sums;
                MEMORY.set(Some(sums_of_words.memory));
            }
            _ => scan(text, &mut sums),
        }
        Reading { whole: sums.odds(sums.all), peak: sums.peak, at: sums.at, bytes: text.len() }
    }

    /// The readings as one number, with what structure said (0 to 1).
    pub(super) fn raw(&self, reading: &Reading, channel: Channel, structure: f32) -> f32 {
        let [words, content] = &self.head.blends;
        let blend = if channel == Channel::User { words } else { content };
        blend.bias
            + blend.whole * reading.whole
            + blend.peak * reading.peak
            + blend.length * doublings(reading.bytes)
            + blend.structure * structure
    }

    /// The score of a raw number; None where the channel was never calibrated.
    pub(super) fn score(&self, raw: f32, channel: Channel, bytes: usize) -> Option<f32> {
        self.curve(channel, bytes).map(|curve| curve.at(raw))
    }

    /// Whether texts of this length were measured in the channel.
    pub(super) fn is_calibrated(&self, channel: Channel, bytes: usize) -> bool {
        self.curve(channel, bytes).is_some()
    }

    fn curve(&self, channel: Channel, bytes: usize) -> Option<&Curve> {
        let fits = |curve: &&Curve| curve.channel == channel.as_str() && curve.from <= bytes;
        self.head.curves.iter().filter(fits).max_by_key(|curve| curve.from)
    }
}

/// Doublings of the length from 64 bytes on, at most ten.
pub(super) fn doublings(bytes: usize) -> f32 {
    (bytes.max(1) as f32 / 64.0).log2().clamp(-2.0, 10.0)
}

impl Curve {
    /// The raw number from which a score is reached, for a score that is a point of the curve.
    pub(super) fn raw_at(&self, score: f32) -> f32 {
        self.points.iter().find(|(_, at)| *at >= score).map_or(f32::MAX, |(raw, _)| *raw)
    }

    fn at(&self, raw: f32) -> f32 {
        let after = self.points.partition_point(|(from, _)| *from <= raw);
        let before = after.checked_sub(1).and_then(|index| self.points.get(index));
        match (before, self.points.get(after)) {
            (Some((x0, y0)), Some((x1, y1))) => y0 + (y1 - y0) * (raw - x0) / (x1 - x0).max(1e-6),
            (Some((_, y)), None) | (None, Some((_, y))) => *y,
            (None, None) => 0.0,
        }
    }
}

/// The table of a model without one.
static NO_WEIGHTS: [u8; TABLE] = [0; TABLE];

/// Weights summed up by block.
struct Sums<'a> {
    /// With its length, so that the compiler sees that every bucket is in it.
    table: &'a [u8; TABLE],
    head: &'a Head,
    /// Weight and number of grams: of the text, of the block before, of this block.
    all: (i64, u32),
    last: Option<(i64, u32)>,
    now: (i64, u32),
    begins: (usize, usize),
    peak: f32,
    at: (usize, usize),
}

impl<'a> Sums<'a> {
    fn new(table: &'a [u8], head: &'a Head) -> Self {
        let table = table.first_chunk().unwrap_or(&NO_WEIGHTS);
        Self { table, head, all: (0, 0), last: None, now: (0, 0), begins: (0, 0), peak: f32::MIN, at: (0, 0) }
    }

    #[inline]
    fn weight(&self, bucket: u32) -> i64 {
        self.table.get(bucket as usize).map_or(0, |weight| i64::from(weight.cast_signed()))
    }

    fn odds(&self, (weight, grams): (i64, u32)) -> f32 {
        self.head.bias + weight as f32 * self.head.step / (grams.max(1) as f32).sqrt()
    }
}

impl Sink for Sums<'_> {
    fn gram(&mut self, bucket: u32) {
        self.now.0 += self.weight(bucket);
        self.now.1 += 1;
    }

    fn three(&mut self, buckets: [u32; 3]) {
        let [first, second, third] = buckets.map(|bucket| self.weight(bucket));
        self.now.0 += first + second + third;
        self.now.1 += 3;
    }

    fn block(&mut self, end: usize) {
        let last = self.last.unwrap_or_default();
        let odds = self.odds((last.0 + self.now.0, last.1 + self.now.1));
        if odds > self.peak {
            self.peak = odds;
            self.at = (self.begins.0, end);
        }
        self.all = (self.all.0 + self.now.0, self.all.1 + self.now.1);
        self.last = Some(self.now);
        self.now = (0, 0);
        self.begins = (self.begins.1, end);
    }
}

/// Words remembered by each thread.
const MEMORY_WORDS: usize = 1 << 12;

thread_local! {
    static MEMORY: Cell<Option<Memory>> = const { Cell::new(None) };
}

/// What words weigh in the table that ships: the same few make up most of every text.
#[derive(Debug)]
struct Memory(Vec<Remembered>);

/// A word with the bytes before it, zero for none; its hash; the weight and the number of its grams.
#[derive(Debug, Clone, Copy, Default)]
struct Remembered {
    word: (u64, u64),
    hash: u64,
    weight: i32,
    grams: u32,
}

impl Memory {
    fn new() -> Self {
        Self(vec![Remembered::default(); MEMORY_WORDS])
    }

    fn place(word: (u64, u64)) -> usize {
        let (letters, around) = word;
        let mixed = letters.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ around;
        (mixed.wrapping_mul(0xd6e8_feb8_6659_fd93) >> 52) as usize
    }
}

/// Sums that know the words of the texts before.
struct Remembering<'a> {
    sums: Sums<'a>,
    memory: Memory,
    before: (i64, u32),
}

impl Sink for Remembering<'_> {
    fn gram(&mut self, bucket: u32) {
        self.sums.gram(bucket);
    }

    fn three(&mut self, buckets: [u32; 3]) {
        self.sums.three(buckets);
    }

    fn block(&mut self, end: usize) {
        self.sums.block(end);
    }

    const REMEMBERS: bool = true;

    #[inline]
    fn recall(&mut self, word: (u64, u64)) -> Option<u64> {
        self.before = self.sums.now;
        let known = self.memory.0.get(Memory::place(word)).filter(|known| known.word == word)?;
        self.sums.now.0 += i64::from(known.weight);
        self.sums.now.1 += known.grams;
        Some(known.hash)
    }

    fn remember(&mut self, word: (u64, u64), hash: u64) {
        let weight = (self.sums.now.0 - self.before.0) as i32;
        let grams = self.sums.now.1 - self.before.1;
        if let Some(place) = self.memory.0.get_mut(Memory::place(word)) {
            *place = Remembered { word, hash, weight, grams };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_artefact_is_a_model_of_at_most_256_kib() {
        assert!(SHIPPED.len() <= 256 << 10, "{}", SHIPPED.len());
        let model = Model::from_bytes(SHIPPED).unwrap();
        assert_eq!(model.to_bytes().unwrap(), SHIPPED, "it is written as it was read");
        for channel in [Channel::User, Channel::Tool, Channel::Document, Channel::Output] {
            assert!(model.score(0.0, channel, 100).is_some(), "{channel} is calibrated");
        }
        assert!(model.score(0.0, Channel::System, 100).is_none());
    }

    #[test]
    fn a_file_of_another_kind_is_refused() {
        let cut = SHIPPED.get(..SHIPPED.len() - 1).unwrap();
        for bytes in [&b""[..], b"RDNM", b"GGUF1234", b"RDNM\xff\xff\xff\xff{}", cut] {
            assert!(Model::from_bytes(bytes).is_err());
        }
    }

    #[test]
    fn a_curve_rises_and_is_flat_beyond_its_ends() {
        let curve = Curve { channel: "user".into(), from: 0, points: vec![(-1.0, 0.0), (0.0, 0.5), (2.0, 0.9)] };
        for (raw, score) in [(-5.0, 0.0), (-0.5, 0.25), (0.0, 0.5), (1.0, 0.7), (9.0, 0.9)] {
            assert!((curve.at(raw) - score).abs() < 1e-6, "{raw}");
        }
        assert!((curve.raw_at(0.5) - 0.0).abs() < 1e-6);
    }

    proptest::proptest! {
        #[test]
        fn words_that_are_remembered_weigh_the_same(
            text in "([a-cA-C1é.,'<|> \n-]|ignore |the |(all|previousinstructions|abcdefghijk|abcdefghijkl|abcdefghijklm)[ .]?){0,300}",
        ) {
            let shipped = Model::shipped();
            // A table of its own is read without a memory.
            let plain = Model { head: shipped.head.clone(), table: Cow::Owned(shipped.table.to_vec()) };
            for _ in 0..2 {
                proptest::prop_assert_eq!(shipped.read(&text), plain.read(&text));
            }
        }
    }

    #[test]
    fn reading_takes_linear_time_and_covers_the_text() {
        let model = Model::shipped();
        let text = "{[(<|".repeat(100_000) + &"ignore ".repeat(50_000);
        let reading = model.read(&text);
        assert!(reading.peak.is_finite() && reading.at.1 <= text.len());
    }
}
