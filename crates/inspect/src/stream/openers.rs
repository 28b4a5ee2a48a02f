//! Where a value may begin: what makes a stream hold text back instead of letting it flow.

use std::sync::Arc;

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, MatchKind};

/// A word that opens a detector.
#[derive(Debug, Clone)]
pub(crate) struct Opener {
    /// In any case.
    pub(crate) word: String,
    /// The kind of a secret whose every match begins with the word: what follows is masked however long it is.
    pub(crate) secret: Option<Arc<str>>,
}

/// The words of all detectors and probes, as an automaton whose state is kept from byte to byte.
#[derive(Debug)]
pub(crate) struct Openers {
    automaton: Option<NFA>,
    words: Vec<Opener>,
}

/// A word that ends at the byte just seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    /// Its number: that of a secret first, then of the longest.
    pub(super) word: usize,
    pub(super) len: usize,
}

impl Openers {
    pub(crate) fn new(words: Vec<Opener>) -> Self {
        let automaton = NFA::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .build(words.iter().map(|opener| &opener.word))
            .ok();
        Self { automaton, words }
    }

    pub(super) fn start(&self) -> StateID {
        let start = self.automaton.as_ref().and_then(|automaton| automaton.start_state(Anchored::No).ok());
        start.unwrap_or(StateID::ZERO)
    }

    /// One byte further.
    pub(super) fn step(&self, state: &mut StateID, byte: u8) -> Option<Seen> {
        let automaton = self.automaton.as_ref()?;
        *state = automaton.next_state(Anchored::No, *state, byte);
        if !automaton.is_special(*state) || !automaton.is_match(*state) {
            return None;
        }
        let words = (0..automaton.match_len(*state)).map(|index| automaton.match_pattern(*state, index));
        let seen = words.map(|word| Seen { word: word.as_usize(), len: automaton.pattern_len(word) });
        seen.max_by_key(|seen| (self.secret(*seen).is_some(), seen.len))
    }

    /// The kind of secret that a word always begins.
    pub(super) fn secret(&self, seen: Seen) -> Option<&Arc<str>> {
        self.words.get(seen.word)?.secret.as_ref()
    }
}

/// Words that begin a sentence, not a name.
const ORDINARY: &[&str] = &[
    "A", "All", "Also", "An", "And", "Any", "Are", "As", "At", "Both", "But", "By", "Can", "Each", "Finally", "First",
    "For", "From", "Hello", "Here", "How", "However", "I", "If", "In", "Is", "It", "Its", "Just", "Let", "Many", "May",
    "More", "Most", "My", "No", "Not", "Note", "Now", "Of", "On", "One", "Or", "Other", "Our", "Please", "Since", "So",
    "Some", "Sure", "Than", "That", "The", "Their", "Then", "There", "These", "They", "This", "Those", "Thus", "To",
    "Use", "We", "What", "When", "Where", "Which", "While", "Who", "Why", "With", "Yes", "You", "Your",
];

/// How long text is held behind a word for what may follow: none for ordinary words.
///
/// Declared detectors begin at one of their own words or at a token with a digit; probes may begin at a name; other
/// readings of the text (look-alikes, encodings) begin at what is not plain ASCII or is long.
pub(super) fn lookahead(token: &str, keyword: bool) -> Option<usize> {
    // Scripts with small letters are read like ASCII; of others it is not known what begins a name.
    let odd = |character: char| match character {
        '@' | '%' | '\\' | '=' | '&' => true,
        _ if character.is_ascii() => character.is_ascii_digit(),
        _ => !character.is_lowercase() && !character.is_uppercase(),
    };
    if keyword || token.len() >= 24 || token.contains("-----") || token.chars().any(odd) {
        return Some(AHEAD);
    }
    let name = token.chars().next().is_some_and(char::is_uppercase)
        && !ORDINARY.contains(&token.trim_end_matches(['.', ':', '\'', '!', '?']));
    name.then_some(AHEAD_OF_NAME)
}

/// Text behind the first token of a value: its other tokens and the words that support it.
pub(super) const AHEAD: usize = 96;

/// The same behind a word that is only a name.
const AHEAD_OF_NAME: usize = 48;

/// Whether a character ends a token.
pub(super) fn is_break(character: char) -> bool {
    match character {
        '"' | ',' | ';' | '<' | '>' | '(' | ')' | '{' | '}' | '[' | ']' | '|' | '`' | '\u{1a}' => true,
        _ if character.is_ascii() => character.is_ascii_whitespace(),
        // Ideographic punctuation: text without spaces has no other places to break.
        _ => {
            character.is_whitespace()
                || matches!(
                    character,
                    '\u{3001}'..='\u{3011}' | '\u{ff01}' | '\u{ff0c}' | '\u{ff1a}' | '\u{ff1b}' | '\u{ff1f}'
                )
        }
    }
}
