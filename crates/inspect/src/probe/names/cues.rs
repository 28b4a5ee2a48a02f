//! What stands before names of people and of places.

use super::{before, wordy};

/// Words that announce something.
pub(super) struct Cues {
    words: &'static [&'static str],
    /// One bit for each byte that one of them ends with.
    last: u128,
}

impl Cues {
    #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
    const fn new(words: &'static [&'static str]) -> Self {
        let (mut last, mut at) = (0, 0);
        while at < words.len() {
            let word = words[at].as_bytes();
            last |= 1 << word[word.len() - 1];
            at += 1;
        }
        Self { words, last }
    }

    /// Whether the text ends in one of them, in any case, followed by white space.
    pub(super) fn end(&self, head: &str) -> bool {
        let head = head.as_bytes().trim_ascii_end();
        let Some(last) = head.last().map(u8::to_ascii_lowercase) else { return false };
        if !last.is_ascii() || self.last >> last & 1 == 0 {
            return false;
        }
        self.words.iter().filter(|cue| cue.as_bytes().last() == Some(&last)).any(|cue| {
            head.len().checked_sub(cue.len()).is_some_and(|at| {
                head.get(at..).is_some_and(|tail| tail.eq_ignore_ascii_case(cue.as_bytes())) && !wordy(before(head, at))
            })
        })
    }
}

/// Words before a name of a person.
pub(super) static INTRODUCTIONS: Cues = Cues::new(&[
    "my name is",
    "name is",
    "name:",
    "i'm",
    "i am",
    "called",
    "named",
    "dear",
    "regards,",
    "sincerely,",
    "signed,",
    "user:",
    "patient:",
    "patient",
    "employee:",
    "customer:",
    "contact:",
    "speak to",
    "spoke with",
    "met with",
    "married to",
    "son of",
    "daughter of",
    "ich heiße",
    "mein name ist",
    "je m'appelle",
    "me llamo",
    "mi chiamo",
    "name?",
    "says",
    "named him",
    "named her",
    "maiden name is",
    "attn:",
    "mother",
    "father",
    "brother",
    "sister",
    "husband",
    "wife",
]);

/// Those after which a single unknown word is a name.
pub(super) static SURE_INTRODUCTIONS: Cues = Cues::new(&[
    "my name is",
    "name is",
    "dear",
    "regards,",
    "sincerely,",
    "signed,",
    "patient:",
    "employee:",
    "customer:",
    "speak to",
    "ich heiße",
    "mein name ist",
    "je m'appelle",
    "me llamo",
    "mi chiamo",
    "name?",
    "named him",
    "named her",
]);

/// Words before a place.
pub(super) static WHEREABOUTS: Cues =
    Cues::new(&["lives in", "live in", "based in", "moved here from", "grew up in", "university of"]);
