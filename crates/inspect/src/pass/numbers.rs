//! Rows of digits and words with digits in them: what opens the windows of detectors that have no keyword.

use std::ops::Range;

use super::Compiled;
use crate::detectors::Trigger;

/// Characters between the parts of one number or token. Two in a row end it, save `") "` and `" ("`.
const SEPARATORS: &[u8] = b" -./:()";

/// Longest row that is followed, in digits or characters; the longest real one is an IBAN with 34.
const LONGEST: usize = 40;

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
        let mut opened: Vec<usize> = Vec::new();
        let mut at = 0;
        while let Some(word) = next_word(bytes, at) {
            at = word.end;
            opened.clear();
            self.from(bytes, &word, &mut opened);
            if !opened.is_empty() {
                open(word.start, &opened);
            }
        }
    }

    /// Follows the parts that are joined from this word on.
    fn from(&self, bytes: &[u8], first: &Range<usize>, opened: &mut Vec<usize>) {
        let (mut characters, mut digits) = (0, 0);
        let mut only_digits = true;
        let mut word = first.clone();
        loop {
            let part = bytes.get(word.clone()).unwrap_or_default();
            let here = part.iter().filter(|byte| byte.is_ascii_digit()).count();
            // A word of letters only belongs to a token when it is short, like a country code.
            if here == 0 && part.len() > 4 {
                return;
            }
            characters += part.len();
            digits += here;
            only_digits &= here == part.len();
            if characters > LONGEST {
                return;
            }
            if digits > 0 {
                let numbers = self.digits.get(digits).filter(|_| only_digits);
                for detector in numbers.into_iter().chain(self.tokens.get(characters)).flatten() {
                    if !opened.contains(detector) {
                        opened.push(*detector);
                    }
                }
            }
            match joined(bytes, word.end) {
                Some(next) => word = next,
                None => return,
            }
        }
    }
}

fn next_word(bytes: &[u8], from: usize) -> Option<Range<usize>> {
    let start = from + bytes.get(from..)?.iter().position(u8::is_ascii_alphanumeric)?;
    let rest = bytes.get(start..)?;
    let len = rest.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(rest.len());
    Some(start..start + len)
}

/// The word after the separator that follows `end`, if one does.
fn joined(bytes: &[u8], end: usize) -> Option<Range<usize>> {
    let separator = *bytes.get(end)?;
    if !SEPARATORS.contains(&separator) {
        return None;
    }
    let pair = matches!((separator, bytes.get(end + 1)), (b')', Some(b' ')) | (b' ', Some(b'(')));
    let start = end + 1 + usize::from(pair);
    bytes.get(start).filter(|byte| byte.is_ascii_alphanumeric())?;
    next_word(bytes, start)
}

#[cfg(test)]
mod tests {
    use super::*;

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
