//! Rows of digits and words with digits in them: what opens the windows of detectors that have no keyword.

use std::ops::Range;

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
    digits: Vec<Vec<usize>>,
    tokens: Vec<Vec<usize>>,
}

impl Buckets {
    pub(super) fn new(detectors: &[Compiled]) -> Self {
        let mut buckets = Self { digits: vec![Vec::new(); LONGEST + 1], tokens: vec![Vec::new(); LONGEST + 1] };
        for (index, detector) in detectors.iter().enumerate() {
            let (table, ranges) = match &detector.spec.trigger {
                Trigger::Digits(ranges) => (&mut buckets.digits, ranges),
                Trigger::Token(ranges) => (&mut buckets.tokens, ranges),
                Trigger::Keywords(_) => continue,
            };
            for count in ranges.iter().cloned().flatten() {
                if let Some(bucket) = table.get_mut(usize::from(count)).filter(|bucket| !bucket.contains(&index)) {
                    bucket.push(index);
                }
            }
        }
        buckets
    }

    /// Calls `open(start, detectors)` for each place where a number or token of a wanted length begins.
    pub(super) fn each(&self, text: &str, mut open: impl FnMut(usize, &[usize])) {
        let bytes = text.as_bytes();
        let mut opened = Opened::default();
        let mut at = 0;
        while let Some(digit) = next_digit(bytes, at) {
            at = first_start(bytes, at, digit);
            while at <= digit
                && let Some(word) = next_word(bytes, at)
            {
                at = word.end;
                opened.clear();
                self.from(bytes, &word, &mut opened);
                if !opened.order.is_empty() {
                    open(word.start, &opened.order);
                }
            }
        }
    }

    /// Follows the parts that are joined from this word on.
    fn from(&self, bytes: &[u8], first: &Range<usize>, opened: &mut Opened) {
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
                let numbers = self.digits.get(digits).filter(|_| only_digits);
                for detector in numbers.into_iter().chain(self.tokens.get(characters)).flatten() {
                    opened.add(*detector);
                }
            }
            match joined(bytes, word.end) {
                Some(next) => word = next,
                None => return,
            }
        }
    }
}

/// Detectors in the order in which they were opened, each once.
#[derive(Debug, Default)]
struct Opened {
    order: Vec<usize>,
    /// One bit a detector.
    known: Vec<u64>,
}

impl Opened {
    fn add(&mut self, detector: usize) {
        let (place, bit) = (detector / 64, 1 << (detector % 64));
        if self.known.len() <= place {
            self.known.resize(place + 1, 0);
        }
        if let Some(known) = self.known.get_mut(place).filter(|known| **known & bit == 0) {
            *known |= bit;
            self.order.push(detector);
        }
    }

    fn clear(&mut self) {
        if !self.order.is_empty() {
            self.order.clear();
            self.known.fill(0);
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
            let table = || (0..=LONGEST).map(|count| vec![count]).collect::<Vec<_>>();
            let buckets = Buckets { digits: table(), tokens: table() };
            let mut quick = Vec::new();
            buckets.each(&text, |start, detectors| quick.push((start, detectors.to_vec())));
            let (mut every, mut at, mut opened) = (Vec::new(), 0, Opened::default());
            while let Some(word) = next_word(text.as_bytes(), at) {
                at = word.end;
                opened.clear();
                buckets.from(text.as_bytes(), &word, &mut opened);
                every.extend((!opened.order.is_empty()).then(|| (word.start, opened.order.clone())));
            }
            proptest::prop_assert_eq!(quick, every);
        }
    }

    #[test]
    fn joined_parts_are_summed() {
        let mut buckets = Buckets { digits: vec![Vec::new(); LONGEST + 1], tokens: vec![Vec::new(); LONGEST + 1] };
        buckets.digits[9].push(0);
        buckets.digits[16].push(1);
        buckets.tokens[9].push(2);
        let opened = |text: &str| {
            let mut all = Vec::new();
            buckets.each(text, |start, detectors| all.push((start, detectors.to_vec())));
            all
        };
        assert_eq!(opened("SSN: 460-89-9847."), [(5, vec![0, 2])], "a token may be digits only");
        assert_eq!(opened("4111 1111 1111 1111"), [(0, vec![1])]);
        assert_eq!(opened("in 2019 460899847"), [(8, vec![0, 2])], "a number does not hide the next one");
        assert_eq!(opened("AB 12 34 56 C"), [(0, vec![2])]);
        assert_eq!(opened("interesting 1"), []);
    }
}
