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

const LETTER: u8 = 1;
const DIGIT: u8 = 2;
const WORD: u8 = LETTER | DIGIT;
/// A digit or letter that is neither 0 nor 1.
const NOT_BIT: u8 = 4;
/// A digit or letter that is not hexadecimal.
const NOT_HEX: u8 = 8;
/// `+`, `/`, `-`, `_`.
const EXTRA: u8 = 16;
/// Begins an escape or stands for a letter.
const SPECIAL: u8 = 32;

const CLASS: [u8; 256] = {
    let mut table = [0_u8; 256];
    let mut byte = 0_usize;
    while byte < 256 {
        let b = byte as u8;
        let class = if b.is_ascii_alphabetic() {
            LETTER | NOT_BIT | if b.is_ascii_hexdigit() { 0 } else { NOT_HEX }
        } else if b.is_ascii_digit() {
            DIGIT | if b < b'2' { 0 } else { NOT_BIT }
        } else if matches!(b, b'+' | b'/' | b'-' | b'_') {
            EXTRA
        } else if matches!(b, b'%' | b'&' | b'\\' | b'=' | b'<' | b'.' | b'@' | b'$' | b'!' | b'|') {
            SPECIAL
        } else {
            0
        };
        #[allow(clippy::indexing_slicing, reason = "a constant; it is below the length")]
        {
            table[byte] = class;
        }
        byte += 1;
    }
    table
};

fn class_of(byte: u8) -> u8 {
    CLASS.get(usize::from(byte)).copied().unwrap_or(0)
}

fn class(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).map_or(0, |byte| class_of(*byte))
}

/// Looks at a text.
pub(super) fn sift(text: &str) -> Signs {
    let bytes = text.as_bytes();
    let mut sieve = Sieve { bytes, ..Sieve::default() };
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let first = class_of(*byte);
        if first & WORD == 0 {
            if first != 0 {
                sieve.between(at, first);
            }
            at += 1;
            continue;
        }
        let mut seen = first;
        let mut end = at + 1;
        let mut after = 0;
        while let Some(byte) = bytes.get(end) {
            after = class_of(*byte);
            if after & WORD == 0 {
                break;
            }
            seen |= after;
            end += 1;
        }
        if end == bytes.len() {
            after = 0;
        }
        sieve.word(at..end, seen, after);
        at = end;
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
    fn word(&mut self, range: Range<usize>, seen: u8, after: u8) {
        let run = *self.run.get_or_insert(range.start);
        if after & EXTRA == 0 {
            if range.end - run >= SHORTEST_RUN {
                self.signs.runs.push(run..range.end);
            }
            self.run = None;
        }
        (self.dots, self.dashes) = (0, 0);
        let len = range.len();
        if len <= 4 {
            self.short(&range, seen);
        } else {
            (self.singles, self.pairs, self.codes) = (0, 0, 0);
            if seen & NOT_BIT == 0 && len >= 7 {
                self.bits += 1;
                self.signs.bits |= self.bits >= 3 || len >= 32;
            }
        }
        if seen & LETTER == 0 || len < 2 {
            return;
        }
        if seen & DIGIT != 0 {
            if len <= 20 {
                self.signs.leet.push(range);
            }
        } else if len >= 3
            && let Some(cipher) = cipher::of(self.bytes.get(range.clone()).unwrap_or_default())
        {
            self.signs.ciphers.push((range.start, cipher));
        }
    }

    /// Counts what comes in rows.
    fn short(&mut self, range: &Range<usize>, seen: u8) {
        let len = range.len();
        self.singles = if len == 1 { self.singles + 1 } else { 0 };
        self.signs.spaced |= self.singles >= 5;
        let prefixed = len == 4 && self.bytes.get(range.clone()).is_some_and(|word| word.starts_with(b"0x"));
        let pair = (len == 2 && seen & NOT_HEX == 0) || prefixed;
        self.pairs = if pair { self.pairs + 1 } else { 0 };
        self.signs.pairs |= self.pairs >= 8;
        self.codes = if seen & LETTER == 0 && (2..=3).contains(&len) { self.codes + 1 } else { 0 };
        self.signs.codes |= self.codes >= 8;
    }

    fn between(&mut self, at: usize, class_here: u8) {
        let next = |offset: usize| self.bytes.get(at + offset).copied().unwrap_or(0);
        if class_here & EXTRA != 0 && self.run.is_some() && class(self.bytes, at + 1) & (WORD | EXTRA) == 0 {
            self.end_run(at + 1);
        }
        let hex = next(1).is_ascii_hexdigit() && next(2).is_ascii_hexdigit();
        match next(0) {
            b'-' | b'.' => self.mark(next(0)),
            b'%' => self.signs.percent |= hex,
            b'&' => self.signs.entity |= next(1) == b'#' || next(1).is_ascii_alphabetic(),
            b'\\' => self.signs.backslash |= matches!(next(1), b'x' | b'u' | b'U' | b'0'..=b'3'),
            b'=' => self.signs.equals |= hex,
            b'<' => self.signs.ascii85 |= next(1) == b'~',
            b'@' | b'$' | b'!' | b'|' => {
                let letter = |byte: u8| byte.is_ascii_alphabetic();
                if letter(next(1))
                    && (next(0) != b'@' || at.checked_sub(1).is_some_and(|i| class(self.bytes, i) & WORD != 0))
                {
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
