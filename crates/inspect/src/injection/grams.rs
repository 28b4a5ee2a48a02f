//! What the model sees of a text: hashed n-grams of bytes within words, and of one to three words.
//!
//! Bytes and not characters, because a row of them fits a register: a gram is a mask and one multiplication.
//! Scripts outside ASCII have two or three bytes a letter, so their grams are longer and end with a letter.

/// Weights in the table: with the head of the file it stays within 256 KiB.
pub(super) const TABLE: usize = 63 * 4096;

/// Bytes in a block; two neighbouring blocks are a window.
pub(super) const BLOCK: usize = 200;

/// Longest `<|...|>` that is taken out as a token of a chat template.
const LONGEST_TOKEN: usize = 32;

const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// Takes the grams of a text in order.
pub(super) trait Sink {
    /// A gram, as its place in the table.
    fn gram(&mut self, bucket: u32);
    /// The block that began where the last one ended is complete; `end` is a byte of the text.
    fn block(&mut self, end: usize);
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

fn bucket(key: u64) -> u32 {
    let hash = key.wrapping_mul(MIX);
    // The upper half of a product is the well mixed one; scaled to the table without a division.
    (((hash >> 32) * TABLE as u64) >> 32) as u32
}

/// The last `bytes` bytes of a row as a gram of their own kind.
fn gram(recent: u64, bytes: u32) -> u32 {
    let kept = if bytes < 8 { recent & ((1 << (8 * bytes)) - 1) } else { recent };
    bucket((kept ^ (u64::from(bytes) << 57)).wrapping_mul(MIX) ^ (kept >> 29))
}

/// The words so far: hashes of the one being read and of the two before it.
#[derive(Default)]
struct Words {
    current: u64,
    last: u64,
    before: u64,
}

impl Words {
    fn end(&mut self, sink: &mut impl Sink) {
        if self.current == 0 {
            return;
        }
        sink.gram(bucket(self.current));
        let pair = self.last.rotate_left(21) ^ self.current;
        sink.gram(bucket(pair ^ 0x51));
        sink.gram(bucket(self.before.rotate_left(42) ^ pair ^ 0xa3));
        self.before = self.last;
        self.last = self.current;
        self.current = 0;
    }
}

/// Reads a text once.
pub(super) fn scan(text: &str, sink: &mut impl Sink) {
    let bytes = text.as_bytes();
    let mut words = Words::default();
    // A space before the first word, as before every other.
    let (mut recent, mut run) = (u64::from(b' '), 1_u32);
    let mut limit = BLOCK;
    let mut at = 0;
    while let Some(&raw) = bytes.get(at) {
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
            for length in 3..=5 {
                if run >= length {
                    sink.gram(gram(recent, length));
                }
            }
        } else if bytes.get(next).is_none_or(|after| after & 0xc0 != 0x80) {
            for length in [4, 6, 8] {
                if run > length - 2 {
                    sink.gram(gram(recent, length));
                }
            }
        }
        if byte.is_ascii_alphanumeric() || byte >= 0x80 {
            words.current =
                (words.current ^ u64::from(byte) ^ 0x100).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(5);
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
