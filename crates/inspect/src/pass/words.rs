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
    /// One bit for each three bytes, by their classes, with which one of the others begins.
    begins: Begins,
    /// The same for words of two and of three bytes alone.
    short: Begins,
    /// Words of two and of three bytes, and longer ones by their first four.
    tables: [Table; 3],
}

#[derive(Debug)]
struct Begins(Box<[u64]>);

/// One bit for each three classes.
type Threes = [u64; 1 << 18 >> 6];

/// Words that are told apart by so many first bytes.
#[derive(Debug)]
struct Table {
    /// So many.
    first: usize,
    /// Keeps them of a row of four, the first in the lowest bits.
    mask: u32,
    /// One bit a hash.
    bits: Bits,
    /// Where the words of each bucket begin.
    heads: Vec<u32>,
    /// By bucket.
    words: Vec<Entry>,
    /// What comes behind the first bytes of each word.
    text: Vec<u8>,
}

#[derive(Debug)]
struct Entry {
    /// The first bytes as a row.
    begin: u32,
    number: u32,
    /// Where in the text the rest of the word begins.
    tail: u32,
    /// Of the whole word.
    len: u32,
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
        Self {
            single: single.collect(),
            begins: Begins::new(words.iter()),
            short: Begins::new(words.iter().filter(|word| word.len() < 4)),
            tables: [2, 3, 4].map(table),
        }
    }

    /// Calls `found` with each place of each word of more than one byte, by its start, then by its end, and with the
    /// word's number; then with the places of words of one byte. Words may overlap. Letters of ASCII in the text
    /// count as small ones.
    pub(super) fn each(&self, text: &str, mut found: impl FnMut(Range<usize>, u32)) {
        let mut lower = Vec::with_capacity(text.len() + 3);
        lower.extend_from_slice(text.as_bytes());
        lower.make_ascii_lowercase();
        lower.extend_from_slice(&[0; 3]);
        let [_, _, four] = &self.tables;
        let (Some(begins), Some(short)) = (self.begins.bits(), self.short.bits()) else { return };
        let mut three = 0;
        for (end, byte) in lower.iter().enumerate() {
            three = three << 6 & THREE | class(*byte);
            if !holds(begins, three) {
                continue;
            }
            let Some((at, row)) = end.checked_sub(2).and_then(|at| Some((at, lower.get(at..)?.first_chunk()?))) else {
                continue;
            };
            let row = u32::from_le_bytes(*row);
            if holds(short, three) | four.bits.holds(row) {
                self.here(&lower, at, row, &mut found);
            }
        }
        for (byte, number) in &self.single {
            let text = lower.get(..text.len()).unwrap_or_default();
            memchr::memchr_iter(*byte, text).for_each(|at| found(at..at + 1, *number));
        }
    }

    // Apart, so that the loop above stays small enough for registers.
    #[inline(never)]
    fn here(&self, padded: &[u8], at: usize, row: u32, found: &mut impl FnMut(Range<usize>, u32)) {
        let rest = padded.get(at..padded.len() - 3).unwrap_or_default();
        self.tables.iter().for_each(|table| table.here(rest, at, row & table.mask, found));
    }
}

/// The bits of three classes.
const THREE: u32 = (1 << 18) - 1;

/// Classes of bytes, six bits each: a letter has one of its own.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const CLASS: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            letter @ b'a'..=b'z' => letter - b'a',
            b'0'..=b'9' => 26,
            0..=b' ' => 27,
            other @ 0..=0x7f => 28 + other % 20,
            other => 48 + other % 16,
        };
        byte += 1;
    }
    table
};

#[inline]
fn class(byte: u8) -> u32 {
    CLASS.get(usize::from(byte)).copied().map_or(0, u32::from)
}

impl Begins {
    fn new<'a>(words: impl Iterator<Item = &'a String>) -> Self {
        let mut bits = vec![0; 1 << 18 >> 6].into_boxed_slice();
        let mut add = |three: u32| {
            if let Some(bits) = bits.get_mut(three as usize >> 6) {
                *bits |= 1 << (three & 63);
            }
        };
        for word in words {
            match *word.as_bytes() {
                [first, second] => {
                    let two = class(first) << 12 | class(second) << 6;
                    (0..64).for_each(|third| add(two | third));
                }
                [first, second, third, ..] => add(class(first) << 12 | class(second) << 6 | class(third)),
                _ => {}
            }
        }
        Self(bits)
    }

    /// With its length, so that the compiler sees that all classes are in it.
    fn bits(&self) -> Option<&Threes> {
        self.0.first_chunk()
    }
}

#[inline]
fn holds(bits: &Threes, three: u32) -> bool {
    bits.get(three as usize >> 6).copied().unwrap_or_default() >> (three & 63) & 1 == 1
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
        let mut sorted: Vec<(u32, &[u8], u32)> = words.map(|(word, number)| (row(word) & mask, word, number)).collect();
        // Of those that begin alike the short ones first, as they are to be found.
        sorted.sort_by_key(|(begin, word, _)| (hash(*begin), word.len()));
        let mut bits = Box::new([0; 1 << BITS >> 6]);
        let (mut words, mut text) = (Vec::with_capacity(sorted.len()), Vec::new());
        for (begin, word, number) in sorted {
            if let Some(bits) = bits.get_mut(hash(begin) as usize >> 6) {
                *bits |= 1 << (hash(begin) & 63);
            }
            let tail = word.get(first..).unwrap_or_default();
            words.push(Entry { begin, number, tail: text.len() as u32, len: word.len() as u32 });
            text.extend_from_slice(tail);
        }
        let mut heads = vec![0; BUCKETS + 1];
        for word in &words {
            if let Some(count) = heads.get_mut(bucket(hash(word.begin)) + 1) {
                *count += 1;
            }
        }
        let mut before = 0;
        for head in &mut heads {
            before += *head;
            *head = before;
        }
        Self { first, mask, bits: Bits(bits), heads, words, text }
    }

    /// The words that stand at the beginning of the rest, which is at `at`.
    #[inline]
    fn here(&self, rest: &[u8], at: usize, row: u32, found: &mut impl FnMut(Range<usize>, u32)) {
        if !self.bits.holds(row) {
            return;
        }
        let bucket = bucket(hash(row));
        let Some([from, to]) = self.heads.get(bucket..bucket + 2) else { return };
        for word in self.words.get(*from as usize..*to as usize).unwrap_or_default() {
            if word.begin != row || rest.len() < word.len as usize {
                continue;
            }
            let (tail, len) = (word.tail as usize, word.len as usize);
            let (here, tail) = (rest.get(self.first..len), self.text.get(tail..tail + len - self.first));
            if here.and_then(<[u8]>::first) == tail.and_then(<[u8]>::first) && here == tail {
                found(at..at + len, word.number);
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
        for text in ["", "a", "ab", "xabcdex abcd", "ключ abc", "d\0\0", "d", "abcabxxABCDE"] {
            let mut found = Vec::new();
            Words::new(&words).each(text, |span, number| found.push((span.start, span.end, number)));
            found.sort_unstable();
            let places = |(number, word): (usize, &String)| {
                let at = |at: &usize| text.to_ascii_lowercase().as_bytes()[*at..].starts_with(word.as_bytes());
                (0..text.len()).filter(at).map(|at| (at, at + word.len(), number as u32)).collect::<Vec<_>>()
            };
            let mut expected: Vec<_> = words.iter().enumerate().flat_map(places).collect();
            expected.sort_unstable();
            assert_eq!(found, expected, "{text:?}");
        }
    }
}
