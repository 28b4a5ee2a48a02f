//! Lists of words, all of which are looked for in one pass over a text.

use std::cell::RefCell;
use std::collections::HashMap;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};

/// A list as it stands in the program: it is never moved, so that its place tells which one it is.
pub(super) type List = &'static [&'static str];

/// So much has to be looked at before a finder is worth its building: bytes, and as many more for each text.
const WORTH: usize = 16 << 10;
const EACH: usize = 64;

/// What is known of a list.
enum Known {
    /// It was used for so much.
    Used(usize),
    Finder(AhoCorasick),
}

thread_local! {
    /// Finders of single matches, and of every one, by the place and the length of their list.
    static KNOWN: RefCell<HashMap<(usize, usize, bool), Known>> = RefCell::default();
}

/// The finder of a list, once the list was used so much that it is worth it.
fn finder(list: List, every: bool, text: &str) -> Option<AhoCorasick> {
    KNOWN.with_borrow_mut(|known| {
        let known = known.entry((list.as_ptr().addr(), list.len(), every)).or_insert(Known::Used(0));
        match known {
            Known::Finder(finder) => Some(finder.clone()),
            Known::Used(used) if *used < WORTH => {
                *used += text.len() + EACH;
                None
            }
            Known::Used(_) => {
                // Only those of single matches have a fast way over what holds none of the words.
                let kind = if every { MatchKind::Standard } else { MatchKind::LeftmostFirst };
                let finder = AhoCorasickBuilder::new().match_kind(kind).build(list).ok()?;
                *known = Known::Finder(finder.clone());
                Some(finder)
            }
        }
    })
}

/// Whether one of the words stands anywhere in the text.
pub(super) fn any(text: &str, list: List) -> bool {
    match finder(list, false, text) {
        Some(finder) => finder.is_match(text),
        None => list.iter().any(|word| text.contains(word)),
    }
}

/// Where words stand, those apart that do not overlap; the first `most` and whether there are no more.
pub(super) fn places(text: &str, list: List, most: usize) -> (Vec<(usize, usize)>, bool) {
    let mut found = Vec::new();
    if let Some(finder) = finder(list, false, text) {
        found.extend(finder.find_iter(text).take(most + 1).map(|found| (found.start(), found.end())));
    } else {
        for word in list {
            let left = (most + 1).saturating_sub(found.len());
            found.extend(text.match_indices(word).take(left).map(|(at, word)| (at, at + word.len())));
        }
        found.sort_unstable();
    }
    let whole = found.len() <= most;
    (found, whole)
}

/// Whether `is` says so of a word and of a place where it stands.
pub(super) fn each(text: &str, list: List, mut is: impl FnMut(&'static str, usize) -> bool) -> bool {
    let Some(finder) = finder(list, true, text) else {
        return list.iter().any(|word| text.match_indices(word).any(|(at, _)| is(word, at)));
    };
    finder
        .find_overlapping_iter(text)
        .any(|found| list.get(found.pattern().as_usize()).is_some_and(|word| is(word, found.start())))
}

/// Whether `is` says so of a word that begins a word of the text, and of the place where it does.
pub(super) fn each_begun(text: &str, list: List, mut is: impl FnMut(&'static str, usize) -> bool) -> bool {
    each(text, list, |word, at| is_begun(text, word, at) && is(word, at))
}

/// Whether one of the words begins a word of the text that is none of the others.
pub(super) fn has_beside(text: &str, words: List, but: List) -> bool {
    each_begun(text, words, |word, _| !but.contains(&word))
}

/// Whether one of the words begins a word of the text.
pub(super) fn has(text: &str, words: List) -> bool {
    each_begun(text, words, |_, _| true)
}

/// Whether a word that stands somewhere begins a word of the text, if it begins with a letter or a digit.
fn is_begun(text: &str, word: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    !word.starts_with(char::is_alphanumeric) || !before.ends_with(|c: char| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_one_by_one_and_together() {
        const LIST: List = &["send", "send mail", ".env", "é"];
        for _ in 0..2 {
            assert!(any("resend", LIST) && any("a.env", LIST) && !any("sen", LIST));
            let begun = |text: &str| {
                let mut found = Vec::new();
                each_begun(text, LIST, |word, at| {
                    found.push((word, at));
                    false
                });
                found
            };
            assert_eq!(begun("to send mail"), [("send", 3), ("send mail", 3)]);
            assert_eq!(begun("resend a_send a.env aé éa"), [(".env", 15), ("é", 24)]);
            assert!(each_begun("x send", LIST, |word, at| word == "send" && at == 2));
            // Long enough for finders to be built.
            let long = " ".repeat(WORTH);
            assert!(!any(&long, LIST) && !each(&long, LIST, |_, _| true));
        }
    }
}
