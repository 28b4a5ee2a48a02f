//! Which of several thousand words stand in a text, and where: by their first bytes.
//!
//! Few places of a text begin like one of the words. Bits for each hash of the first bytes tell most of the others
//! apart in a few instructions, where an automaton goes from state to state at every byte; and there is no automaton
//! to build (S. Wu and U. Manber, "A fast algorithm for multi-pattern searching", 1994, without its shifts, which
//! need words of one length).

use std::ops::Range;

/// Bits of a hash: so few that the tables stay in a near cache.
const BITS: u32 = 16;

/// Buckets that the words are kept in, by the upper bits of the hash.
const BUCKETS: usize = 1 << 12;

/// Words of any length above zero, each in one of the tables.
#[derive(Debug)]
pub(super) struct Words {
    /// Words of one byte.
    single: Vec<(u8, u32)>,
    /// Words of two and of three bytes, and longer ones by their first four.
    tables: [Table; 3],
}

/// Words that are told apart by so many first bytes.
#[derive(Debug)]
struct Table {
    /// Keeps the first bytes of a row of four, the first in the lowest bits.
    mask: u32,
    /// One bit a hash.
    bits: Bits,
    /// Where the words of each bucket begin.
    heads: Vec<u32>,
    /// By bucket, each with its first bytes as a row before it and its number behind.
    words: Vec<(u32, Box<[u8]>, u32)>,
}

#[derive(Debug)]
struct Bits(Box<[u64; 1 << BITS >> 6]>);

#[inline]
fn hash(row: u32) -> u32 {
    row.wrapping_mul(0x9e37_79b1) >> (32 - BITS)
}

/// The first four bytes; zeros behind the end.
fn row(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).rev().fold(0, |row, byte| row << 8 | u32::from(*byte))
}

fn bucket(hash: u32) -> usize {
    (hash as usize * BUCKETS) >> BITS
}

impl Words {
    /// The words as they have to stand in a text; the number of a word is its place.
    pub(super) fn new(words: &[String]) -> Self {
        let numbered = || words.iter().map(String::as_bytes).zip(0_u32..);
        let single = numbered().filter_map(|(word, number)| Some((*word.first().filter(|_| word.len() == 1)?, number)));
        let table = |first: usize| Table::new(first, numbered().filter(|(word, _)| word.len().min(4) == first));
        Self { single: single.collect(), tables: [2, 3, 4].map(table) }
    }

    /// Calls `found` with each place of each word, and its number. Words may overlap.
    pub(super) fn each(&self, text: &[u8], mut found: impl FnMut(Range<usize>, u32)) {
        for (byte, number) in &self.single {
            memchr::memchr_iter(*byte, text).for_each(|at| found(at..at + 1, *number));
        }
        let padded = [text, &[0; 3]].concat();
        let [two, three, four] = &self.tables;
        for (at, next) in padded.windows(4).enumerate() {
            let Some(next) = next.first_chunk() else { return };
            let row = u32::from_le_bytes(*next);
            // Three looks without a branch between them, as few places pass any.
            if two.bits.holds(row & 0xffff) | three.bits.holds(row & 0xff_ffff) | four.bits.holds(row) {
                self.here(text, at, row, &mut found);
            }
        }
    }

    // Apart, so that the loop above stays small enough for registers.
    #[inline(never)]
    fn here(&self, text: &[u8], at: usize, row: u32, found: &mut impl FnMut(Range<usize>, u32)) {
        self.tables.iter().for_each(|table| table.here(text, at, row & table.mask, found));
    }
}

impl Bits {
    #[inline]
    fn holds(&self, row: u32) -> bool {
        let hash = hash(row);
        // The hash has as many values as there are bits.
        let bits = self.0.get(hash as usize >> 6).copied().unwrap_or_default();
        bits >> (hash & 63) & 1 == 1
    }
}

impl Table {
    fn new<'a>(first: usize, words: impl Iterator<Item = (&'a [u8], u32)>) -> Self {
        let mask = u32::MAX >> (32 - 8 * first);
        let mut words: Vec<(u32, Box<[u8]>, u32)> =
            words.map(|(word, number)| (row(word) & mask, word.into(), number)).collect();
        words.sort_by_key(|(begin, ..)| hash(*begin));
        let mut bits = Box::new([0; 1 << BITS >> 6]);
        for (begin, ..) in &words {
            if let Some(bits) = bits.get_mut(hash(*begin) as usize >> 6) {
                *bits |= 1 << (hash(*begin) & 63);
            }
        }
        let head = |number| words.partition_point(|(begin, ..)| bucket(hash(*begin)) < number) as u32;
        let heads = (0..=BUCKETS).map(head).collect();
        Self { mask, bits: Bits(bits), heads, words }
    }

    fn here(&self, text: &[u8], at: usize, row: u32, found: &mut impl FnMut(Range<usize>, u32)) {
        if !self.bits.holds(row) {
            return;
        }
        let head = |number: usize| self.heads.get(number).map_or(0, |head| *head as usize);
        let bucket = bucket(hash(row));
        let rest = text.get(at..).unwrap_or_default();
        for (begin, word, number) in self.words.get(head(bucket)..head(bucket + 1)).unwrap_or_default() {
            if *begin == row && rest.starts_with(word) {
                found(at..at + word.len(), *number);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_of_every_word() {
        let words = ["a", "ab", "abc", "abcd", "abcde", "bcd", "d\0", "ключ", "abxx"].map(String::from);
        for text in ["", "a", "ab", "xabcdex abcd", "ключ abc", "d\0\0", "d", "abcabxxabcde"] {
            let mut found = Vec::new();
            Words::new(&words).each(text.as_bytes(), |span, number| found.push((span.start, span.end, number)));
            found.sort_unstable();
            let places = |(number, word): (usize, &String)| {
                let at = |at: &usize| text.as_bytes()[*at..].starts_with(word.as_bytes());
                (0..text.len()).filter(at).map(|at| (at, at + word.len(), number as u32)).collect::<Vec<_>>()
            };
            let mut expected: Vec<_> = words.iter().enumerate().flat_map(places).collect();
            expected.sort_unstable();
            assert_eq!(found, expected, "{text:?}");
        }
    }
}
