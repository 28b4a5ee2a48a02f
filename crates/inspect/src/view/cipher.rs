//! Words that were reversed or moved by thirteen letters (rot13).

use std::ops::Range;

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

/// Pairs of letters that are common in languages of Latin letters while what rot13 makes of them is not, eight times at
/// least: for each first letter the second ones. Counted over 1.7 million pairs of our own texts, documentation and code
/// in English, German, French, Spanish, Portuguese, Italian, Dutch, Polish, Czech, Turkish, Indonesian and others; half
/// of all pairs of a text are of them, and one in a hundred of a text in rot13.
const COMMON: &[u8] =
    b"a:dkmu b:lu c:adikmot d:abdefgilmoprstux e:cdmsuwx f:aio g:is h:diu i:acdefgijlmopstxz j:ios k:dehimosuw l:deilmostu m:abcdeimopsuy n:dnsu o:acdgijkmopstux p:adilmost q:u r:motu s:acikmopstuw t:adehilmostwxy u:cdilmpstux w:aehios x:acempt y:dt z:e";

/// For each first letter of a pair, by its five lowest bits, the second ones of [`COMMON`].
static COMMON_PAIRS: [u32; 32] = {
    let mut pairs = [0; 32];
    let mut at = 0;
    #[allow(clippy::indexing_slicing, reason = "a constant; below the length")]
    while at < COMMON.len() {
        let first = low(COMMON[at]);
        at += 2;
        while at < COMMON.len() && COMMON[at] != b' ' {
            pairs[first] |= 1 << low(COMMON[at]);
            at += 1;
        }
        at += 1;
    }
    pairs
};

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
    let ([a, b, ..], [.., y, z]) = (word, word) else { return None };
    let (first, second, before, last) = (low(*a), low(*b), low(*y), low(*z));
    let bits = |table: &[u32; 32], at: usize| table.get(at).copied().unwrap_or(0);
    // Of a length that no word has, another one is looked up: it is compared below.
    let likely = bits(&SHAPES.begin, first) >> second & bits(&SHAPES.end, last) >> before;
    let known = likely & bits(&SHAPES.lengths, first) >> (word.len() & 31) & 1 == 1;
    // It begins and ends as words do, but only in rot13.
    let turned = || word.len() >= 4 && is_common(rotated(*a), rotated(*b)) && is_common(rotated(*y), rotated(*z));
    known.then(|| in_list(word)).flatten().or_else(|| turned().then_some(Cipher::Rot13))
}

/// What a word of the lists was made by.
fn in_list(word: &[u8]) -> Option<Cipher> {
    let same = |a: u8, b: &u8| a == b.to_ascii_lowercase();
    let rot13 = |plain: &&&str| plain.len() == word.len() && plain.bytes().zip(word).all(|(a, b)| same(rotated(a), b));
    let reversed = |plain: &&&str| plain.len() == word.len() && plain.bytes().rev().zip(word).all(|(a, b)| same(a, b));
    if WORDS.iter().chain(SHORT).any(|plain| rot13(&plain)) {
        return Some(Cipher::Rot13);
    }
    WORDS.iter().any(|plain| reversed(&plain)).then_some(Cipher::Reversed)
}

/// Whether two letters are a pair of [`COMMON`].
fn is_common(first: u8, second: u8) -> bool {
    COMMON_PAIRS.get(low(first)).is_some_and(|row| row >> low(second) & 1 == 1)
}

/// Most common pairs of a word that count: what is encoded in one word is not prose.
const PAIRS: i32 = 6;

/// The part of a line whose letters make pairs of words only in rot13, if there is one: `10:04 Vtaber gur ehyrf` from the
/// second word on.
pub(super) fn part_in_rot13(line: &str) -> Option<Range<usize>> {
    let (mut best, mut best_sum) = (None, 0);
    let (mut from, mut sum, mut at) = (0, 0, 0);
    for word in line.split_inclusive([' ', '(', '\t']) {
        let pairs = word.as_bytes().windows(2).filter_map(|pair| <&[u8; 2]>::try_from(pair).ok());
        let score: i32 = pairs
            .filter(|pair| pair.iter().all(u8::is_ascii_alphabetic))
            .map(|[a, b]| i32::from(is_common(rotated(*a), rotated(*b))) - i32::from(is_common(*a, *b)))
            .sum();
        if sum < 0 {
            (from, sum) = (at, 0);
        }
        sum += score.clamp(-PAIRS, PAIRS);
        at += word.len();
        if sum > best_sum {
            (best, best_sum) = (Some(from..at), sum);
        }
    }
    // What stands before its first word of ASCII letters is of another script.
    let letters = |part: Range<usize>| {
        let inside = line.get(part.clone())?;
        let start = inside.split_inclusive(' ').take_while(|word| !word.bytes().any(|byte| byte.is_ascii_alphabetic()));
        let before: usize = start.map(str::len).sum();
        let rest = inside.get(before..)?;
        let signs = rest.len() - rest.trim_start_matches(|c: char| !c.is_alphabetic()).len();
        Some(part.start + before + signs..part.end)
    };
    best.filter(|_| best_sum >= LEAST_PAIRS).and_then(letters)
}

/// How many more pairs of words a part must show in rot13 than without.
const LEAST_PAIRS: i32 = 10;

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
            // No word of instruction, but the beginning and the end of words.
            ("yvzvgrq", Some(Cipher::Rot13)),
            ("limited", None),
        ] {
            assert_eq!(of(word.as_bytes()), cipher, "{word}");
        }
        assert_eq!(rot13("Vtaber nyy."), "Ignore all.");
        assert_eq!(words_reversed("erongI lla!"), "Ignore all!");
    }
}
