//! Which of several thousand words stand in a text, and where: by their first bytes.
//!
//! Few places of a text begin like one of the words. Bits for each hash of the first bytes tell most of the others
//! apart in a few instructions, where an automaton goes from state to state at every byte; and there is no automaton
//! to build (S. Wu and U. Manber, "A fast algorithm for multi-pattern searching", 1994, without its shifts, which
//! need words of one length).

use std::ops::Range;

/// Bits of a hash: so few that the tables stay in a near cache.
const BITS: u32 = 16;

/// So many of the lowest bits are not needed to find the few words of a hash.
const SHARED: u32 = 4;

/// Zeros behind a text, so that a row begins at every byte of it.
const PADDING: usize = 7;

/// Bytes of a text that are looked at at a time.
const PART: usize = 512;

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
    /// Keeps them of a row of four, the first in the lowest bits.
    mask: u32,
    /// One bit a hash.
    bits: Bits,
    /// Where the words begin whose hashes have the same highest bits; where the last ones end.
    heads: Vec<u32>,
    /// By hash.
    words: Vec<Entry>,
    /// What comes behind the first eight bytes of each word.
    text: Vec<u8>,
}

#[derive(Debug)]
struct Entry {
    /// The first eight bytes as a row, and what keeps them of one.
    begin: u64,
    mask: u64,
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

/// The first eight bytes; zeros behind the end.
fn row(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).rev().fold(0, |row, byte| row << 8 | u64::from(*byte))
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
        let mut lower = Vec::with_capacity(text.len() + PADDING);
        lower.extend_from_slice(text.as_bytes());
        lower.make_ascii_lowercase();
        lower.extend_from_slice(&[0; PADDING]);
        let mut three = 0;
        for from in (0..lower.len()).step_by(PART) {
            three = self.part(&lower, from, three, &mut found);
        }
        for (byte, number) in &self.single {
            let text = lower.get(..text.len()).unwrap_or_default();
            memchr::memchr_iter(*byte, text).for_each(|at| found(at..at + 1, *number));
        }
    }

    /// The words whose third byte is in this part of the text, with the classes of the bytes before it; those of the
    /// last ones. Whether a place is kept is reckoned, not branched on: no processor guesses it.
    fn part(&self, padded: &[u8], from: usize, before: u32, found: &mut impl FnMut(Range<usize>, u32)) -> u32 {
        let (Some(begins), Some(short)) = (self.begins.bits(), self.short.bits()) else { return before };
        let [two, three, four] = &self.tables;
        let mut places = [0_u32; PART];
        let (mut kept, mut classes) = (0, before);
        let end = (padded.len() + 3).saturating_sub(PADDING).min(from + PART);
        let part = padded.get(from..end).unwrap_or_default();
        for (byte, offset) in part.iter().zip(0_u32..) {
            classes = classes << 6 & THREE | class(*byte);
            if let Some(place) = places.get_mut(kept % PART) {
                *place = classes << PART.ilog2() | offset;
            }
            kept += usize::from(holds(begins, classes));
        }
        // Where a word begins, if its third byte is here, and the eight bytes from there on.
        let begins = |place: u32| {
            let at = (from + place as usize % PART).checked_sub(2)?;
            Some((at, u64::from_le_bytes(*padded.get(at..)?.first_chunk()?)))
        };
        let mut likely = [0_u32; PART];
        let mut more = 0;
        for place in places.get(..kept).unwrap_or_default() {
            let Some((_, row)) = begins(*place) else { continue };
            let short = holds(short, place >> PART.ilog2());
            let tables = u32::from(four.holds(row)) << 2
                | u32::from(short & three.holds(row)) << 1
                | u32::from(short & two.holds(row));
            if let Some(likely) = likely.get_mut(more % PART) {
                *likely = tables << PART.ilog2() | place & (PART as u32 - 1);
            }
            more += usize::from(tables != 0);
        }
        let text = padded.get(..padded.len() - PADDING).unwrap_or_default();
        for likely in likely.get(..more).unwrap_or_default() {
            let Some((at, row)) = begins(*likely) else { continue };
            for (table, bit) in self.tables.iter().zip(PART.ilog2()..) {
                if likely >> bit & 1 == 1 {
                    table.here(text, at, row, found);
                }
            }
        }
        classes
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
    fn new(hashes: impl Iterator<Item = u32>) -> Self {
        let mut new = Self(Box::new([0; 1 << BITS >> 6]));
        for hash in hashes {
            if let Some(bits) = new.0.get_mut(hash as usize >> 6) {
                *bits |= 1 << (hash & 63);
            }
        }
        new
    }

    #[inline]
    fn holds(&self, hash: u32) -> bool {
        // The hash has as many values as there are bits.
        let bits = self.0.get(hash as usize >> 6).copied().unwrap_or_default();
        bits >> (hash & 63) & 1 == 1
    }
}

impl Table {
    fn new<'a>(first: usize, words: impl Iterator<Item = (&'a [u8], u32)>) -> Self {
        let mask = u32::MAX >> (32 - 8 * first);
        let mut sorted: Vec<(u32, &[u8], u32)> =
            words.map(|(word, number)| (hash(row(word) as u32 & mask), word, number)).collect();
        // Of those that begin alike the short ones first, as they are to be found.
        sorted.sort_by_key(|(hash, word, _)| (*hash, word.len()));
        let bits = Bits::new(sorted.iter().map(|(hash, ..)| *hash));
        let (mut words, mut text) = (Vec::with_capacity(sorted.len()), Vec::new());
        let mut heads = vec![0_u32; (1 << (BITS - SHARED)) + 1];
        for (hash, word, number) in sorted {
            if let Some(after) = heads.get_mut((hash >> SHARED) as usize + 1) {
                *after = words.len() as u32 + 1;
            }
            let mask = u64::MAX >> (64 - 8 * word.len().min(8));
            words.push(Entry { begin: row(word), mask, number, tail: text.len() as u32, len: word.len() as u32 });
            text.extend_from_slice(word.get(8..).unwrap_or_default());
        }
        // Behind those that have none, others begin where the ones before end.
        let mut end = 0;
        for head in &mut heads {
            end = end.max(*head);
            *head = end;
        }
        Self { mask, bits, heads, words, text }
    }

    /// Whether one of the words may begin with this row. True is no promise, false is certain.
    #[inline]
    fn holds(&self, row: u64) -> bool {
        self.bits.holds(hash(row as u32 & self.mask))
    }

    /// The words that stand at a place of the text, where this row begins and one of them may.
    #[inline]
    fn here(&self, text: &[u8], at: usize, row: u64, found: &mut impl FnMut(Range<usize>, u32)) {
        let place = (hash(row as u32 & self.mask) >> SHARED) as usize;
        let Some([from, to]) = self.heads.get(place..place + 2) else { return };
        for word in self.words.get(*from as usize..*to as usize).unwrap_or_default() {
            let len = word.len as usize;
            if row & word.mask != word.begin || text.len() - at < len {
                continue;
            }
            if len > 8 {
                let tail = word.tail as usize;
                if text.get(at + 8..at + len) != self.text.get(tail..tail + len - 8) {
                    continue;
                }
            }
            found(at..at + len, word.number);
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

    #[test]
    fn a_word_is_found_wherever_a_part_of_the_text_ends() {
        let words = ["ab", "abc", "abcd", "abcdefgh", "abcdefghijk"].map(String::from);
        let all = Words::new(&words);
        for before in (PART - 14..PART + 4).chain(2 * PART - 14..2 * PART + 4) {
            let text = ".".repeat(before) + "ABCDEFGHIJK";
            let mut found = Vec::new();
            all.each(&text, |span, number| found.push((span.start - before, span.len(), number)));
            assert_eq!(found, [(0, 2, 0), (0, 3, 1), (0, 4, 2), (0, 8, 3), (0, 11, 4)], "{before}");
        }
    }
}
