//! Which of several thousand words stand in a text, and where: by their first bytes.
//!
//! Few places of a text begin like one of the words. A bit for each hash of the first bytes tells most of the others
//! apart in a few instructions, where an automaton goes from state to state at every byte; and there is no automaton
//! to build (S. Wu and U. Manber, "A fast algorithm for multi-pattern searching", 1994, without its shifts, which
//! need words of one length).

use std::ops::Range;

/// Bits of a hash: eight kilobytes of bits stay in the nearest cache.
const BITS: u32 = 16;

/// Buckets that the words are kept in, by the upper bits of the hash.
const BUCKETS: usize = 1 << 12;

/// Words of any length above zero, each at one place of the tables.
#[derive(Debug)]
pub(super) struct Words(Vec<Table>);

/// Words that are told apart by so many first bytes.
#[derive(Debug)]
struct Table {
    /// Keeps the first bytes of a row of four, the first in the lowest bits.
    mask: u32,
    /// One bit a hash.
    bits: Box<[u64; 1 << BITS >> 6]>,
    /// Where the words of each bucket begin.
    heads: Vec<u32>,
    /// By bucket, each with its number.
    words: Vec<(Box<[u8]>, u32)>,
}

fn hash(row: u32) -> u32 {
    row.wrapping_mul(0x9e37_79b1) >> (32 - BITS)
}

/// The first four bytes; zeros behind the end.
fn row(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).rev().fold(0, |row, byte| row << 8 | u32::from(*byte))
}

fn bucket(hash: u32) -> usize {
    hash as usize * BUCKETS >> BITS
}

impl Words {
    /// The words as they have to stand in a text; the number of a word is its place.
    pub(super) fn new(words: &[String]) -> Self {
        let tables = (1..=4).map(|first| {
            let fits = |word: &&(usize, &String)| word.1.len().min(4) == first;
            let fitting: Vec<(usize, &String)> = words.iter().enumerate().collect();
            Table::new(
                first,
                fitting.iter().filter(fits).map(|(number, word)| (word.as_bytes().into(), *number as u32)),
            )
        });
        Self(tables.filter(|table| !table.words.is_empty()).collect())
    }

    /// Calls `found` with each place of each word, and its number. Words may overlap.
    pub(super) fn each(&self, text: &[u8], mut found: impl FnMut(Range<usize>, u32)) {
        let padded = [text, &[0; 3]].concat();
        for table in &self.0 {
            table.each(text, &padded, &mut found);
        }
    }
}

impl Table {
    fn new(first: usize, words: impl Iterator<Item = (Box<[u8]>, u32)>) -> Self {
        let mask = u32::MAX >> (32 - 8 * first);
        let place = |word: &[u8]| hash(row(word) & mask);
        let mut words: Vec<_> = words.collect();
        words.sort_by_cached_key(|(word, _)| (place(word), word.clone()));
        let mut bits = Box::new([0; 1 << BITS >> 6]);
        for (word, _) in &words {
            if let Some(bits) = bits.get_mut(place(word) as usize >> 6) {
                *bits |= 1 << (place(word) & 63);
            }
        }
        let head = |number| words.partition_point(|(word, _)| bucket(place(word)) < number) as u32;
        let heads = (0..=BUCKETS).map(head).collect();
        Self { mask, bits, heads, words }
    }

    /// `padded` is the text and three bytes more.
    #[inline(never)]
    fn each(&self, text: &[u8], padded: &[u8], found: &mut impl FnMut(Range<usize>, u32)) {
        for (at, four) in padded.windows(4).enumerate() {
            let Some(four) = four.first_chunk() else { return };
            let hash = hash(u32::from_le_bytes(*four) & self.mask);
            // The hash has as many values as there are bits.
            if self.bits.get(hash as usize >> 6).is_some_and(|bits| bits >> (hash & 63) & 1 == 1) {
                self.here(text, at, hash, found);
            }
        }
    }

    #[inline(never)]
    fn here(&self, text: &[u8], at: usize, hash: u32, found: &mut impl FnMut(Range<usize>, u32)) {
        let head = |number: usize| self.heads.get(number).map_or(0, |head| *head as usize);
        let bucket = bucket(hash);
        let rest = text.get(at..).unwrap_or_default();
        for (word, number) in self.words.get(head(bucket)..head(bucket + 1)).unwrap_or_default() {
            if rest.starts_with(word) {
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
