//! One look at every byte: which of the other readings are worth trying, and where.

use std::ops::Range;

use super::cipher;

/// Shortest run that can be base64 of something worth reading, in characters.
const SHORTEST_RUN: usize = 16;

/// What is worth trying.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Signs {
    /// Runs over the alphabets of base64, standard and URL, without padding.
    pub(super) runs: Vec<Range<usize>>,
    /// Words with letters and digits, or with a symbol that stands for a letter.
    pub(super) leet: Vec<Range<usize>>,
    /// Words that are an English word reversed or in rot13.
    pub(super) ciphers: Vec<(usize, cipher::Cipher)>,
    /// Five letters that stand alone, one after the other.
    pub(super) spaced: bool,
    /// Eight pairs of hexadecimal digits, one after the other.
    pub(super) pairs: bool,
    /// Eight numbers of two or three digits, one after the other.
    pub(super) codes: bool,
    /// A row of binary digits.
    pub(super) bits: bool,
    /// Dots and dashes.
    pub(super) morse: bool,
    /// `%41`.
    pub(super) percent: bool,
    /// `&#65;` or `&name;`.
    pub(super) entity: bool,
    /// `\x41`, `\u0041`, `\101`.
    pub(super) backslash: bool,
    /// `=41`.
    pub(super) equals: bool,
    /// `<~`.
    pub(super) ascii85: bool,
}

/// Bytes that are looked at at once, a bit for each.
const BLOCK: usize = 64;

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn is_extra(byte: u8) -> bool {
    matches!(byte, b'+' | b'/' | b'-' | b'_')
}

/// Begins an escape or stands for a letter.
fn is_special(byte: u8) -> bool {
    matches!(byte, b'%' | b'&' | b'\\' | b'=' | b'<' | b'.' | b'@' | b'$' | b'!' | b'|')
}

/// One bit for each byte for which this holds. Without a branch the compiler tests many bytes at once.
#[inline]
fn bits(block: &[u8; BLOCK], holds: impl Fn(u8) -> bool) -> u64 {
    let mut each = [0_u8; BLOCK];
    each.iter_mut().zip(block).for_each(|(bit, byte)| *bit = u8::from(holds(*byte)));
    // The product has the lowest bit of each of eight bytes in its highest byte.
    let gathered = |eight: &[u8; 8]| u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    let (eights, _) = each.as_chunks::<8>();
    eights.iter().rev().fold(0, |bits, eight| bits << 8 | gathered(eight))
}

/// Looks at a text.
pub(super) fn sift(text: &str) -> Signs {
    let bytes = text.as_bytes();
    let mut sieve = Sieve { bytes, ..Sieve::default() };
    let mut start = None;
    let mut digits = false;
    for (part, from) in bytes.chunks(BLOCK).zip((0..).step_by(BLOCK)) {
        let mut block = [0; BLOCK];
        block.iter_mut().zip(part).for_each(|(byte, other)| *byte = *other);
        let words = bits(&block, is_word);
        let digit = bits(&block, |byte| byte.is_ascii_digit());
        // Where words begin and end, and what stands between them.
        let edges = words ^ (words << 1 | u64::from(start.is_some()));
        let mut places = edges | bits(&block, |byte| is_extra(byte) | is_special(byte));
        let mut done = 0;
        while places != 0 {
            let offset = places.trailing_zeros();
            places &= places - 1;
            let at = from + offset as usize;
            if words >> offset & 1 == 1 {
                (start, done) = (Some(at), offset);
                continue;
            }
            if let Some(start) = start.take() {
                digits |= digit >> done & ((1 << (offset - done)) - 1) != 0;
                sieve.word(start..at, digits);
                digits = false;
            }
            sieve.between(at);
        }
        digits |= start.is_some() && digit >> done != 0;
    }
    if let Some(start) = start {
        sieve.word(start..bytes.len(), digits);
    }
    sieve.end_run(text.len());
    sieve.signs
}

#[derive(Default)]
struct Sieve<'a> {
    bytes: &'a [u8],
    signs: Signs,
    /// Where the run over the base64 alphabets began.
    run: Option<usize>,
    singles: u32,
    pairs: u32,
    codes: u32,
    bits: u32,
    dots: u32,
    dashes: u32,
}

impl Sieve<'_> {
    #[inline]
    fn word(&mut self, range: Range<usize>, digits: bool) {
        let run = *self.run.get_or_insert(range.start);
        if !self.bytes.get(range.end).is_some_and(|after| is_extra(*after)) {
            if range.end - run >= SHORTEST_RUN {
                self.signs.runs.push(run..range.end);
            }
            self.run = None;
        }
        (self.dots, self.dashes) = (0, 0);
        let len = range.len();
        if digits || len < 3 {
            self.rows(range, digits);
            return;
        }
        (self.singles, self.pairs, self.codes) = (0, 0, 0);
        if let Some(cipher) = cipher::of(self.bytes.get(range.clone()).unwrap_or_default()) {
            self.signs.ciphers.push((range.start, cipher));
        }
    }

    /// Counts what comes in rows: short words and those with digits.
    fn rows(&mut self, range: Range<usize>, digits: bool) {
        let word = self.bytes.get(range.clone()).unwrap_or_default();
        let letters = word.iter().any(u8::is_ascii_alphabetic);
        let count = |so_far: u32, one_more: bool| if one_more { so_far + 1 } else { 0 };
        self.singles = count(self.singles, word.len() == 1);
        self.signs.spaced |= self.singles >= 5;
        let pair = match *word {
            [first, second] => first.is_ascii_hexdigit() && second.is_ascii_hexdigit(),
            [b'0', b'x', _, _] => true,
            _ => false,
        };
        self.pairs = count(self.pairs, pair);
        self.signs.pairs |= self.pairs >= 8;
        self.codes = count(self.codes, !letters && (2..=3).contains(&word.len()));
        self.signs.codes |= self.codes >= 8;
        if word.len() >= 7 && word.iter().all(|byte| matches!(byte, b'0' | b'1')) {
            self.bits += 1;
            self.signs.bits |= self.bits >= 3 || word.len() >= 32;
        }
        if digits && letters && word.len() <= 20 {
            self.signs.leet.push(range);
        }
    }

    /// What stands between words.
    fn between(&mut self, at: usize) {
        let next = |offset: usize| self.bytes.get(at + offset).copied().unwrap_or(0);
        let here = next(0);
        if is_extra(here) && self.run.is_some() && !is_word(next(1)) && !is_extra(next(1)) {
            self.end_run(at + 1);
        }
        let hex = |digits: [u8; 2]| digits.iter().all(u8::is_ascii_hexdigit);
        match here {
            b'-' | b'.' => self.mark(here),
            b'%' => self.signs.percent |= hex([next(1), next(2)]),
            b'&' => self.signs.entity |= next(1) == b'#' || next(1).is_ascii_alphabetic(),
            b'\\' => self.signs.backslash |= matches!(next(1), b'x' | b'u' | b'U' | b'0'..=b'3'),
            b'=' => self.signs.equals |= hex([next(1), next(2)]),
            b'<' => self.signs.ascii85 |= next(1) == b'~',
            b'@' | b'$' | b'!' | b'|' => {
                let inside = || at.checked_sub(1).and_then(|i| self.bytes.get(i)).is_some_and(|byte| is_word(*byte));
                if next(1).is_ascii_alphabetic() && (here != b'@' || inside()) {
                    self.signs.leet.push(at..at + 1);
                }
            }
            _ => {}
        }
    }

    /// A dot or a dash; words between them start the count anew.
    fn mark(&mut self, byte: u8) {
        let count = if byte == b'-' { &mut self.dashes } else { &mut self.dots };
        *count = count.saturating_add(1);
        self.signs.morse |= self.dots >= 5 && self.dashes >= 3 && self.dots.saturating_add(self.dashes) >= 14;
    }

    fn end_run(&mut self, end: usize) {
        if let Some(run) = self.run.take().filter(|run| end - run >= SHORTEST_RUN) {
            self.signs.runs.push(run..end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the same text shows behind so many spaces.
    fn moved(mut signs: Signs, by: usize) -> Signs {
        let range = |range: &mut Range<usize>| *range = range.start + by..range.end + by;
        signs.runs.iter_mut().for_each(range);
        signs.leet.iter_mut().for_each(range);
        signs.ciphers.iter_mut().for_each(|(start, _)| *start += by);
        signs
    }

    proptest::proptest! {
        #[test]
        fn a_block_may_end_anywhere(
            text in "([a-c019+/.@!=%<~-]|vtaber|0x41|f |[a-z0-9]{60,70}| [a-z]{3,9}|41 |[01]{7,9}|é|&#){0,40}",
            by in 1..BLOCK,
        ) {
            proptest::prop_assert_eq!(sift(&(" ".repeat(by) + &text)), moved(sift(&text), by));
        }
    }

    #[test]
    fn words_across_blocks_are_whole() {
        for before in 50..70 {
            let signs = sift(&(" ".repeat(before) + "abcdefgh1234567+890abcdef, 1gnore vtaber"));
            assert_eq!(signs.runs, vec![before..before + 25]);
            assert_eq!(signs.leet, [before..before + 15, before + 16..before + 25, before + 27..before + 33]);
            assert_eq!(signs.ciphers, [(before + 34, cipher::Cipher::Rot13)]);
        }
    }
}
