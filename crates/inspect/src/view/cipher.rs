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

/// For each first letter the second letters that one of the words begins with, once made unreadable.
const BEGINNINGS: [u32; 26] = {
    let mut table = [0_u32; 26];
    let lists = [WORDS, SHORT];
    let mut list = 0;
    while list < 2 {
        let mut index = 0;
        #[allow(clippy::indexing_slicing, reason = "a constant; below the lengths")]
        while index < lists[list].len() {
            let word = lists[list][index].as_bytes();
            let (first, second) = (rotated(word[0]) - b'a', rotated(word[1]) - b'a');
            table[first as usize] |= 1 << second;
            let (last, before) = (word[word.len() - 1] - b'a', word[word.len() - 2] - b'a');
            if list == 0 {
                table[last as usize] |= 1 << before;
            }
            index += 1;
        }
        list += 1;
    }
    table
};

const fn rotated(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => (byte - b'a' + 13) % 26 + b'a',
        b'A'..=b'Z' => (byte - b'A' + 13) % 26 + b'A',
        _ => byte,
    }
}

/// What a word of ASCII letters was made by.
pub(super) fn of(word: &[u8]) -> Option<Cipher> {
    let letter = |at: usize| word.get(at).map(|byte| usize::from(byte.to_ascii_lowercase().wrapping_sub(b'a')));
    let seconds = *BEGINNINGS.get(letter(0)?)?;
    if seconds >> letter(1)? & 1 == 0 {
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
