//! Which rows of three and of four bytes stand in a text: a look at a few bits tells that a word is not in it, where
//! several hundred lists of words would each be looked for from its beginning to its end.

use super::list::List;

/// Bits of a hash of a row.
const BITS: u32 = 18;
/// Texts up to this length are gone through as quickly as their rows are noted.
const SHORT: usize = 512;

type Table = [u64; 1 << BITS >> 6];

/// The rows of one text, which is in lower case; none of a short one.
pub(super) struct Grams(Option<Box<Table>>);

fn hash(row: u32) -> usize {
    (row.wrapping_mul(0x9e37_79b1) >> (32 - BITS)) as usize
}

/// The rows of three and of four bytes that a word is made of.
fn rows(word: &[u8]) -> impl Iterator<Item = usize> {
    let wide = if word.len() < 4 { 3 } else { 4 };
    word.windows(wide).map(|row| hash(row.iter().fold(0, |row, byte| row << 8 | u32::from(*byte))))
}

impl Grams {
    pub(super) fn of(lower: &str) -> Self {
        if lower.len() <= SHORT {
            return Self(None);
        }
        let Ok(mut table) = Box::<Table>::try_from(vec![0; 1 << BITS >> 6]) else { return Self(None) };
        let mut note = |hash: usize| {
            if let Some(bits) = table.get_mut(hash >> 6) {
                *bits |= 1 << (hash & 63);
            }
        };
        let mut row = 0_u32;
        for byte in lower.bytes() {
            row = row << 8 | u32::from(byte);
            note(hash(row));
            note(hash(row & 0xff_ffff));
        }
        Self(Some(table))
    }

    /// Whether one of the words may stand in the text. True is no promise, false is certain.
    pub(super) fn may_hold(&self, words: List) -> bool {
        let Some(table) = &self.0 else { return true };
        let has = |hash: usize| table.get(hash >> 6).is_some_and(|bits| bits >> (hash & 63) & 1 == 1);
        words.iter().any(|word| rows(word.as_bytes()).all(has))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_stands_there_is_never_told_away() {
        const WORDS: List = &["", "a", "nc", "://", "curl", "wget ", "seed phrase", "пароль"];
        for word in WORDS {
            for before in [0, 1, SHORT - 2, SHORT, 4000] {
                let text = format!("{}{word}{}", ".".repeat(before), "-".repeat(SHORT));
                assert!(Grams::of(&text).may_hold(WORDS.split_at(WORDS.iter().position(|it| it == word).unwrap()).1));
            }
        }
        let text = "nothing of that kind is said in this text. ".repeat(20);
        assert!(!Grams::of(&text).may_hold(&["curl", "wget ", "://"]));
        assert!(Grams::of(&text).may_hold(&["curl", "kind is"]));
    }
}
