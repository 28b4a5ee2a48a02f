//! Rows of digits and words with digits in them: what opens the windows of detectors that have no keyword.

use std::ops::{Range, RangeInclusive};

use super::Compiled;
use crate::detectors::Trigger;

/// Whether a character may stand between the parts of one number or token. Two in a row end it, save `") "` and
/// `" ("`.
fn separates(byte: u8) -> bool {
    matches!(byte, b' ' | b'-' | b'.' | b'/' | b':' | b'(' | b')')
}

/// Longest row that is followed, in digits or characters; the longest real one is an IBAN with 34.
const LONGEST: usize = 40;

/// Longest word of letters only that belongs to a token, like a country code.
const COUNTRY: usize = 4;

/// Detectors by the number of digits or of token characters that open them.
#[derive(Debug, Default)]
pub(super) struct Buckets {
    /// The detectors that numbers or tokens open, by their bit in a mask.
    detectors: Vec<usize>,
    /// Those that may report something without a word that supports them; the others, each with its bit.
    alone: Mask,
    supported: Vec<(usize, usize)>,
    digits: Vec<Mask>,
    tokens: Vec<Mask>,
}

/// One bit for each of [`Buckets::detectors`].
type Mask = Box<[u64]>;

impl Buckets {
    pub(super) fn new(detectors: &[Compiled]) -> Self {
        let opened = |index: usize| -> Option<(bool, &[RangeInclusive<u8>])> {
            match &detectors.get(index)?.spec.trigger {
                Trigger::Digits(ranges) => Some((true, ranges)),
                Trigger::Token(ranges) => Some((false, ranges)),
                Trigger::Keywords(_) => None,
            }
        };
        // Numbers say more than tokens, and of two detections alike the first is kept.
        let mut opening: Vec<usize> = (0..detectors.len()).filter(|index| opened(*index).is_some()).collect();
        opening.sort_by_key(|index| opened(*index).is_some_and(|(digits, _)| !digits));
        let mut buckets = Self::empty(opening);
        buckets.supported.retain(|(bit, index)| {
            let alone = detectors.get(*index).is_some_and(Compiled::reports_alone);
            if let Some(bits) = buckets.alone.get_mut(bit / 64).filter(|_| alone) {
                *bits |= 1 << (bit % 64);
            }
            !alone
        });
        for bit in 0..buckets.detectors.len() {
            let Some((digits, ranges)) = buckets.detectors.get(bit).and_then(|index| opened(*index)) else { continue };
            for count in ranges.iter().cloned().flatten() {
                buckets.open(digits, usize::from(count), bit);
            }
        }
        buckets
    }

    fn empty(detectors: Vec<usize>) -> Self {
        let none = vec![0; detectors.len().div_ceil(64)].into_boxed_slice();
        let rows = vec![none.clone(); LONGEST + 1];
        Self {
            digits: rows.clone(),
            tokens: rows,
            alone: none,
            supported: detectors.iter().copied().enumerate().collect(),
            detectors,
        }
    }

    /// A number of so many digits, or a token of so many characters, opens this detector.
    fn open(&mut self, digits: bool, count: usize, bit: usize) {
        let rows = if digits { &mut self.digits } else { &mut self.tokens };
        if let Some(bits) = rows.get_mut(count).and_then(|row| row.get_mut(bit / 64)) {
            *bits |= 1 << (bit % 64);
        }
    }

    /// Those of the detectors that may report something alone, and of the others those for which this holds.
    pub(super) fn wanted(&self, supported: impl Fn(usize) -> bool) -> Vec<u64> {
        let mut wanted = self.alone.to_vec();
        for (bit, detector) in &self.supported {
            if let Some(bits) = wanted.get_mut(bit / 64).filter(|_| supported(*detector)) {
                *bits |= 1 << (bit % 64);
            }
        }
        wanted
    }

    /// Calls `open(start, detector)` for each place where a number or token begins that is as long as one of the
    /// wanted detectors asks for.
    pub(super) fn each(&self, text: &str, wanted: &[u64], mut open: impl FnMut(usize, usize)) {
        let bytes = text.as_bytes();
        let mut opened = vec![0; wanted.len()];
        let mut at = 0;
        while let Some(digit) = next_digit(bytes, at) {
            at = first_start(bytes, at, digit);
            while at <= digit
                && let Some(word) = next_word(bytes, at)
            {
                at = word.end;
                self.from(bytes, &word, &mut opened);
                for ((opened, wanted), detectors) in opened.iter_mut().zip(wanted).zip(self.detectors.chunks(64)) {
                    let mut left = std::mem::take(opened) & wanted;
                    while let Some(detector) = detectors.get(left.trailing_zeros() as usize).filter(|_| left != 0) {
                        open(word.start, *detector);
                        left &= left - 1;
                    }
                }
            }
        }
    }

    /// Follows the parts that are joined from this word on, and adds what they open.
    fn from(&self, bytes: &[u8], first: &Range<usize>, opened: &mut [u64]) {
        let mut add = |row: Option<&Mask>| {
            let row = row.map(|row| row.iter()).unwrap_or_default();
            opened.iter_mut().zip(row).for_each(|(opened, row)| *opened |= row);
        };
        let (mut characters, mut digits) = (0, 0);
        let mut only_digits = true;
        let mut word = first.clone();
        loop {
            let part = bytes.get(word.clone()).unwrap_or_default();
            characters += part.len();
            if characters > LONGEST {
                return;
            }
            let here = part.iter().filter(|byte| byte.is_ascii_digit()).count();
            if here == 0 && part.len() > COUNTRY {
                return;
            }
            digits += here;
            only_digits &= here == part.len();
            if digits > 0 {
                add(self.digits.get(digits).filter(|_| only_digits));
                add(self.tokens.get(characters));
            }
            match joined(bytes, word.end) {
                Some(next) => word = next,
                None => return,
            }
        }
    }
}

/// Where the first word begins, not before `from`, from which a row reaches the first digit there: most words of a
/// text are far from any.
fn first_start(bytes: &[u8], from: usize, digit: usize) -> usize {
    let letters = |end: usize| {
        let word = bytes.get(from..end).unwrap_or_default();
        word.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric()).count()
    };
    let mut start = digit - letters(digit);
    let behind = bytes.get(digit..).unwrap_or_default();
    let mut characters =
        digit - start + behind.iter().take(LONGEST).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    while characters <= LONGEST {
        // One separator or a pair of them stands before.
        let before = [1, 2].into_iter().filter_map(|width| start.checked_sub(width));
        let Some(end) = before.filter(|end| joined_at(bytes, *end) == Some(start)).find(|end| letters(*end) > 0) else {
            break;
        };
        let len = letters(end);
        characters += len;
        if len > COUNTRY || characters > LONGEST {
            break;
        }
        start = end - len;
    }
    start
}

/// The first digit that stands at a place or behind it.
pub(crate) fn next_digit(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    // Most of a text has none: without an early end the compiler compares a whole block at once.
    let any = |block: &&[u8; 32]| block.iter().fold(false, |any, byte| any | byte.is_ascii_digit());
    let (blocks, _) = rest.as_chunks::<32>();
    let skipped = blocks.iter().take_while(|block| !any(block)).count() * 32;
    rest.get(skipped..)?.iter().position(u8::is_ascii_digit).map(|offset| from + skipped + offset)
}

fn next_word(bytes: &[u8], from: usize) -> Option<Range<usize>> {
    let start = from + bytes.get(from..)?.iter().position(u8::is_ascii_alphanumeric)?;
    let rest = bytes.get(start..)?;
    let len = rest.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(rest.len());
    Some(start..start + len)
}

/// The word after the separator that follows `end`, if one does.
fn joined(bytes: &[u8], end: usize) -> Option<Range<usize>> {
    joined_at(bytes, end).and_then(|start| next_word(bytes, start))
}

/// Where it begins.
fn joined_at(bytes: &[u8], end: usize) -> Option<usize> {
    let separator = *bytes.get(end)?;
    if !separates(separator) {
        return None;
    }
    let pair = matches!((separator, bytes.get(end + 1)), (b')', Some(b' ')) | (b' ', Some(b'(')));
    let start = end + 1 + usize::from(pair);
    bytes.get(start).filter(|byte| byte.is_ascii_alphanumeric()).map(|_| start)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn starting_near_digits_only_opens_the_same(text in "[a1 \\-()./]{0,60}|([a-z0-9]{1,9}[ ]){0,20}") {
            let mut buckets = Buckets::empty((0..=2 * LONGEST + 1).collect());
            for count in 0..=LONGEST {
                buckets.open(true, count, count);
                buckets.open(false, count, LONGEST + 1 + count);
            }
            let wanted = buckets.wanted(|_| true);
            let mut quick = Vec::new();
            buckets.each(&text, &wanted, |start, detector| quick.push((start, detector)));
            let (mut every, mut at) = (Vec::new(), 0);
            while let Some(word) = next_word(text.as_bytes(), at) {
                at = word.end;
                let mut opened = vec![0_u64; wanted.len()];
                buckets.from(text.as_bytes(), &word, &mut opened);
                let bit = |bit: &usize| opened[bit / 64] >> (bit % 64) & 1 == 1;
                every.extend((0..=2 * LONGEST + 1).filter(bit).map(|bit| (word.start, bit)));
            }
            proptest::prop_assert_eq!(quick, every);
        }
    }

    #[test]
    fn joined_parts_are_summed() {
        let mut buckets = Buckets::empty(vec![10, 11, 12, 13]);
        buckets.open(true, 9, 0);
        buckets.open(true, 16, 1);
        buckets.open(false, 9, 2);
        buckets.open(true, 9, 3);
        let opened = |text: &str| {
            let mut all = Vec::new();
            buckets
                .each(text, &buckets.wanted(|detector| detector < 13), |start, detector| all.push((start, detector)));
            all
        };
        assert_eq!(opened("SSN: 460-89-9847."), [(5, 10), (5, 12)], "a token may be digits only");
        assert_eq!(opened("4111 1111 1111 1111"), [(0, 11)]);
        assert_eq!(opened("in 2019 460899847"), [(8, 10), (8, 12)], "a number does not hide the next one");
        assert_eq!(opened("AB 12 34 56 C"), [(0, 12)]);
        assert_eq!(opened("interesting 1"), []);
    }
}
