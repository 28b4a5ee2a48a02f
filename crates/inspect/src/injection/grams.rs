//! What the model sees of a text: hashed n-grams of bytes within words, and of one to three words.
//!
//! Bytes and not characters, because a row of them fits a register: a gram is a mask and one multiplication.
//! Scripts outside ASCII have two or three bytes a letter, so their grams are longer and end with a letter.

/// Weights in the table: with the head of the file it stays within 256 KiB.
pub(crate) const TABLE: usize = 63 * 4096;

/// Bytes in a block; two neighbouring blocks are a window.
pub(super) const BLOCK: usize = 200;

/// Longest `<|...|>` that is taken out as a token of a chat template.
const LONGEST_TOKEN: usize = 32;

const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// Takes the grams of a text in order.
pub(crate) trait Sink {
    /// A gram, as its place in the table.
    fn gram(&mut self, bucket: u32);
    /// Three of them.
    fn three(&mut self, buckets: [u32; 3]) {
        for bucket in buckets {
            self.gram(bucket);
        }
    }
    /// The block that began where the last one ended is complete; `end` is a byte of the text.
    fn block(&mut self, end: usize);

    /// Whether the grams of words are remembered.
    const REMEMBERS: bool = false;
    /// Takes the grams of a word that was seen before; returns its hash.
    fn recall(&mut self, _word: (u64, u64)) -> Option<u64> {
        None
    }
    /// All grams since the last call of `recall` are those of this word.
    fn remember(&mut self, _word: (u64, u64), _hash: u64) {}
}

/// Lower case, every digit `0`, white space and control characters a space.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const NORMAL: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            0..=b' ' | 127 => b' ',
            b'0'..=b'9' => b'0',
            byte => byte.to_ascii_lowercase(),
        };
        byte += 1;
    }
    table
};

/// A letter or digit of ASCII as in [`NORMAL`]; zero for every other byte.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const LETTER: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        if (byte as u8).is_ascii_alphanumeric() {
            table[byte] = NORMAL[byte];
        }
        byte += 1;
    }
    table
};

#[inline]
fn bucket(key: u64) -> u32 {
    let hash = key.wrapping_mul(MIX);
    // The upper half of a product is the well mixed one; scaled to the table without a division.
    (((hash >> 32) * TABLE as u64) >> 32) as u32
}

/// The last `BYTES` bytes of a row as a gram of their own kind.
#[inline]
fn gram<const BYTES: u32>(recent: u64) -> u32 {
    let kept = if BYTES < 8 { recent & ((1 << (8 * BYTES)) - 1) } else { recent };
    bucket((kept ^ (u64::from(BYTES) << 57)).wrapping_mul(MIX) ^ (kept >> 29))
}

/// The grams that end with the last byte of a row that is `run` bytes long.
#[inline]
fn ending(recent: u64, run: u32, ascii: bool, sink: &mut impl Sink) {
    let (grams, short, middle, long) = if ascii {
        ([gram::<3>(recent), gram::<4>(recent), gram::<5>(recent)], 3, 4, 5)
    } else {
        ([gram::<4>(recent), gram::<6>(recent), gram::<8>(recent)], 3, 5, 7)
    };
    if run >= long {
        return sink.three(grams);
    }
    let [first, second, _] = grams;
    if run >= short {
        sink.gram(first);
    }
    if run >= middle {
        sink.gram(second);
    }
}

/// The words so far: hashes of the one being read and of the two before it.
#[derive(Default)]
struct Words {
    current: u64,
    last: u64,
    before: u64,
}

impl Words {
    #[inline]
    fn add(&mut self, byte: u8) {
        self.current = (self.current ^ u64::from(byte) ^ 0x100).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(5);
    }

    fn end(&mut self, sink: &mut impl Sink) {
        if self.current == 0 {
            return;
        }
        let pair = self.last.rotate_left(21) ^ self.current;
        let three = self.before.rotate_left(42) ^ pair;
        sink.three([bucket(self.current), bucket(pair ^ 0x51), bucket(three ^ 0xa3)]);
        self.before = self.last;
        self.last = self.current;
        self.current = 0;
    }
}

/// Most letters of a word that is remembered.
const REMEMBERED: usize = 11;

/// A short word of ASCII and the byte behind it.
struct Known {
    /// What its grams depend on: the four bytes before it, its letters, the byte behind it.
    key: (u64, u64),
    letters: usize,
    /// As it is normal; zero at the end of the text and before what is not ASCII.
    behind: u8,
}

impl Known {
    /// The word that begins here, after these bytes; None if it is a long one.
    #[inline]
    fn at(bytes: &[u8], at: usize, recent: u64) -> Option<Self> {
        let rest = bytes.get(at..).unwrap_or_default();
        let (mut first, mut more) = (0_u64, 0_u64);
        let mut letters = 0;
        let mut behind = 0;
        for &raw in rest.iter().take(8) {
            let letter = LETTER.get(usize::from(raw)).copied().unwrap_or_default();
            if letter == 0 {
                behind = raw;
                break;
            }
            first = first << 8 | u64::from(letter);
            letters += 1;
        }
        if letters == 8 {
            for &raw in rest.iter().skip(8).take(REMEMBERED + 1 - 8) {
                let letter = LETTER.get(usize::from(raw)).copied().unwrap_or_default();
                if letter == 0 {
                    behind = raw;
                    break;
                }
                more = more << 8 | u64::from(letter);
                letters += 1;
            }
            if letters > REMEMBERED {
                return None;
            }
        }
        // A token of a chat template may begin here.
        let special = behind == b'<' || !behind.is_ascii() || letters == rest.len();
        let behind = if special { 0 } else { NORMAL.get(usize::from(behind)).copied().unwrap_or_default() };
        Some(Self { key: (first, more << 40 | u64::from(behind) << 32 | recent & 0xffff_ffff), letters, behind })
    }

    /// The row of bytes that was so far, with the letters.
    #[inline]
    fn behind(&self, recent: u64) -> u64 {
        let (first, more) = self.key;
        match self.letters {
            0..8 => recent << (8 * self.letters) | first,
            letters => first << (8 * (letters - 8)) | more >> 40,
        }
    }
}

/// Reads a text once.
pub(crate) fn scan<S: Sink>(text: &str, sink: &mut S) {
    let bytes = text.as_bytes();
    let mut words = Words::default();
    // A space before the first word, as before every other.
    let (mut recent, mut run) = (u64::from(b' '), 1_u32);
    let mut limit = BLOCK;
    let mut at = 0;
    while let Some(&raw) = bytes.get(at) {
        // Most of a text, and the shortest way through the loop.
        let letter = LETTER.get(usize::from(raw)).copied().unwrap_or_default();
        if letter != 0 {
            if S::REMEMBERS
                && words.current == 0
                && let Some(known) = Known::at(bytes, at, recent)
            {
                let begins = at;
                at += known.letters;
                if let Some(hash) = sink.recall(known.key) {
                    words.current = hash;
                    recent = known.behind(recent);
                    run += known.letters as u32;
                } else {
                    for letter in bytes.get(begins..at).unwrap_or_default() {
                        let letter = LETTER.get(usize::from(*letter)).copied().unwrap_or_default();
                        recent = (recent << 8) | u64::from(letter);
                        run += 1;
                        words.add(letter);
                        ending(recent, run, true, sink);
                    }
                    if known.behind != 0 {
                        ending((recent << 8) | u64::from(known.behind), run + 1, true, sink);
                    }
                    sink.remember(known.key, words.current);
                }
                if known.behind != 0 {
                    at += 1;
                    words.end(sink);
                    if known.behind == b' ' {
                        (recent, run) = (u64::from(b' '), 1);
                        if at >= limit {
                            sink.block(at);
                            limit = at + BLOCK;
                        }
                    } else {
                        recent = (recent << 8) | u64::from(known.behind);
                        run += 1;
                        if at >= limit + BLOCK {
                            sink.block(at);
                            limit = at + BLOCK;
                        }
                    }
                }
                continue;
            }
            recent = (recent << 8) | u64::from(letter);
            run += 1;
            words.add(letter);
            ending(recent, run, true, sink);
            at += 1;
            continue;
        }
        let mut byte = NORMAL.get(usize::from(raw)).copied().unwrap_or(raw);
        let mut next = at + 1;
        if raw == b'<' && bytes.get(next) == Some(&b'|') {
            let token = bytes.get(next..bytes.len().min(at + LONGEST_TOKEN)).unwrap_or_default();
            if let Some(length) = token.windows(2).position(|pair| pair == b"|>") {
                byte = b' ';
                next += length + 2;
            }
        }
        if byte == b' ' && run == 1 {
            at = next;
            continue;
        }
        recent = (recent << 8) | u64::from(byte);
        run += 1;
        if byte < 0x80 {
            ending(recent, run, true, sink);
        } else if bytes.get(next).is_none_or(|after| after & 0xc0 != 0x80) {
            ending(recent, run, false, sink);
        }
        if byte >= 0x80 {
            words.add(byte);
        } else {
            words.end(sink);
            if byte == b' ' {
                (recent, run) = (u64::from(b' '), 1);
                if next >= limit {
                    sink.block(next);
                    limit = next + BLOCK;
                }
            } else if next >= limit + BLOCK {
                sink.block(next);
                limit = next + BLOCK;
            }
        }
        at = next;
    }
    words.end(sink);
    sink.block(bytes.len());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Seen {
        grams: Vec<u32>,
        ends: Vec<usize>,
    }

    impl Sink for Seen {
        fn gram(&mut self, bucket: u32) {
            self.grams.push(bucket);
        }
        fn block(&mut self, end: usize) {
            self.ends.push(end);
        }
    }

    fn seen(text: &str) -> Seen {
        let mut seen = Seen::default();
        scan(text, &mut seen);
        seen
    }

    #[test]
    fn case_digits_space_and_chat_template_tokens_make_no_difference() {
        for (a, b) in [
            ("Ignore it", "ignore   IT"),
            ("page 17", "page 90"),
            ("<|start_header_id|>hello there", " hello there"),
            ("one\n\ttwo", "one two"),
        ] {
            assert_eq!(seen(a).grams, seen(b).grams, "{a:?} {b:?}");
        }
        assert_ne!(seen("ignore it").grams, seen("it ignore").grams);
    }

    #[test]
    fn every_bucket_is_in_the_table_and_blocks_cover_the_text() {
        let text = "Größe 字符 слово <| ".repeat(100) + &"x".repeat(5000);
        let seen = seen(&text);
        assert!(seen.grams.iter().all(|bucket| (*bucket as usize) < TABLE));
        assert!(seen.ends.is_sorted() && seen.ends.last() == Some(&text.len()));
    }
}
