//! English words that were reversed or moved by thirteen letters (rot13).

/// How a word was made unreadable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cipher {
    Rot13,
    Reversed,
}

/// Words of instructions; long ones, because a short one reversed is often another word.
const WORDS: &[&str] = &[
    "ignore",
    "disregard",
    "forget",
    "override",
    "bypass",
    "instruction",
    "instructions",
    "previous",
    "system",
    "prompt",
    "reveal",
    "password",
    "secret",
    "respond",
    "hacked",
    "assistant",
    "please",
    "message",
    "delete",
    "execute",
    "following",
    "conversation",
    "command",
    "commands",
    "guidelines",
    "restrictions",
    "instead",
    "forward",
    "credentials",
    "answer",
    "write",
    "print",
    "should",
    "about",
    "rules",
    "explain",
    "describe",
    "create",
    "provide",
    "https",
    "curl",
    "bash",
];

/// Words that only rot13 makes unreadable enough.
const SHORT: &[&str] = &["the", "and", "you", "your", "all", "how", "send", "this", "with"];

/// What begins and what ends words made unreadable, by the five lowest bits of letters, which are the same for both
/// cases: for each first letter the second ones, for each last letter the ones before it; and for each first letter the
/// lengths.
struct Shapes {
    begin: [u32; 32],
    end: [u32; 32],
    lengths: [u32; 32],
}

static SHAPES: Shapes = {
    let mut shapes = Shapes { begin: [0; 32], end: [0; 32], lengths: [0; 32] };
    let lists = [WORDS, SHORT];
    let mut list = 0;
    while list < 2 {
        let mut index = 0;
        #[allow(clippy::indexing_slicing, reason = "a constant; below the lengths")]
        while index < lists[list].len() {
            let word = lists[list][index].as_bytes();
            let len = word.len();
            let letters = [word[0], word[1], word[len - 2], word[len - 1]];
            let [first, second, before, last] = letters;
            shapes.begin[low(rotated(first))] |= 1 << low(rotated(second));
            shapes.end[low(rotated(last))] |= 1 << low(rotated(before));
            shapes.lengths[low(rotated(first))] |= 1 << len;
            if list == 0 {
                shapes.begin[low(last)] |= 1 << low(before);
                shapes.end[low(first)] |= 1 << low(second);
                shapes.lengths[low(last)] |= 1 << len;
            }
            index += 1;
        }
        list += 1;
    }
    shapes
};

/// The five lowest bits.
const fn low(byte: u8) -> usize {
    (byte & 31) as usize
}

const fn rotated(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => (byte - b'a' + 13) % 26 + b'a',
        b'A'..=b'Z' => (byte - b'A' + 13) % 26 + b'A',
        _ => byte,
    }
}

/// What a word of ASCII letters was made by.
pub(super) fn of(word: &[u8]) -> Option<Cipher> {
    let ([first, second, ..], [.., before, last]) = (word, word) else { return None };
    let (first, second, before, last) = (low(*first), low(*second), low(*before), low(*last));
    let bits = |table: &[u32; 32], at: usize| table.get(at).copied().unwrap_or(0);
    // Of a length that no word has, another one is looked up: it is compared below.
    let likely = bits(&SHAPES.begin, first) >> second & bits(&SHAPES.end, last) >> before;
    if likely & bits(&SHAPES.lengths, first) >> (word.len() & 31) & 1 == 0 {
        return None;
    }
    let same = |a: u8, b: &u8| a == b.to_ascii_lowercase();
    let rot13 = |plain: &&&str| plain.len() == word.len() && plain.bytes().zip(word).all(|(a, b)| same(rotated(a), b));
    let reversed = |plain: &&&str| plain.len() == word.len() && plain.bytes().rev().zip(word).all(|(a, b)| same(a, b));
    if WORDS.iter().chain(SHORT).any(|plain| rot13(&plain)) {
        return Some(Cipher::Rot13);
    }
    WORDS.iter().any(|plain| reversed(&plain)).then_some(Cipher::Reversed)
}

/// Moves every letter by thirteen.
pub(super) fn rot13(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii() { char::from(rotated(c as u8)) } else { c }).collect()
}

/// Every word reversed, the words in their order.
pub(super) fn words_reversed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let end = word.trim_end_matches(|c: char| !c.is_alphanumeric()).len();
        let (letters, rest) = word.split_at(end);
        out.extend(letters.chars().rev());
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_instructions_are_known_in_both_ciphers() {
        for (word, cipher) in [
            ("vtaber", Some(Cipher::Rot13)),
            ("Gur", Some(Cipher::Rot13)),
            ("snoitcurtsni", Some(Cipher::Reversed)),
            ("tpmorP", Some(Cipher::Reversed)),
            ("ignore", None),
            ("eht", None),
            ("Guru", None),
            ("x", None),
        ] {
            assert_eq!(of(word.as_bytes()), cipher, "{word}");
        }
        assert_eq!(rot13("Vtaber nyy."), "Ignore all.");
        assert_eq!(words_reversed("erongI lla!"), "Ignore all!");
    }
}
