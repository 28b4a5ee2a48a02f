//! A value that is longer than what may be held: known by its beginning, swallowed to its end.

use std::sync::Arc;

use super::openers::is_break;
use super::unit::{Place, Unit};
use crate::detection::{Category, Detection, View};

/// What private keys are called here, as by the detector for whole ones.
pub(super) const PRIVATE_KEY: &str = "private-key";

/// So many short words in a row are prose, not the lines of a key.
const PROSE: usize = 12;

/// A word of a line of a key is longer.
const SHORT: usize = 20;

/// Longest line between the dashes of a header.
const LONGEST_LABEL: usize = 48;

/// Where a value ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// At the end of the token.
    Token,
    /// Behind the `END` line of a PEM block.
    Armour {
        /// The last characters.
        tail: String,
        /// Characters since the `END`.
        ended: Option<usize>,
        prose: Prose,
    },
}

/// A value that is being swallowed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mask {
    pub(super) detection: Detection,
    pub(super) end: End,
}

impl Mask {
    pub(super) fn token(detection: Detection) -> Self {
        Self { detection, end: End::Token }
    }

    /// A private key; `tail` is the end of what was seen of it.
    pub(super) fn armour(start: usize, tail: String) -> Self {
        let end = End::Armour { tail, ended: None, prose: Prose::default() };
        Self { detection: secret(&PRIVATE_KEY.into(), start), end }
    }

    /// Whether the character still belongs to the value, and whether it is its last.
    pub(super) fn takes(&mut self, unit: Unit) -> (bool, bool) {
        if unit.place == Place::Quote {
            return (false, true);
        }
        match &mut self.end {
            End::Token => {
                let over = is_break(unit.character);
                (!over, over)
            }
            End::Armour { tail, ended, prose } => {
                tail.push(unit.character);
                if tail.len() > 64 {
                    let cut = (tail.len() - 16..tail.len()).find(|at| tail.is_char_boundary(*at)).unwrap_or(0);
                    tail.drain(..cut);
                }
                *ended = ended.map(|since| since + 1).or_else(|| tail.ends_with("-----END").then_some(0));
                // A label stands between the word and the dashes that close the line.
                let closed = ended.is_some_and(|since| since > 5 && tail.ends_with("-----") || since > LONGEST_LABEL);
                let over = closed || prose.goes_on(unit.character);
                (true, over)
            }
        }
    }
}

/// A secret that is known by its beginning.
pub(super) fn secret(kind: &Arc<str>, start: usize) -> Detection {
    Detection {
        kind: Arc::clone(kind),
        detector: Arc::clone(kind),
        category: Category::Secret,
        span: start..start,
        score: 0.9,
        view: View::Raw,
        evidence: "beginning".to_string(),
    }
}

/// Counts short words in a row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Prose {
    word: usize,
    words: usize,
}

impl Prose {
    /// Whether the text up to this character ends in prose.
    fn goes_on(&mut self, character: char) -> bool {
        if !character.is_whitespace() {
            self.word += 1;
            return false;
        }
        if self.word > 0 {
            self.words = if self.word < SHORT { self.words + 1 } else { 0 };
        }
        self.word = 0;
        self.words >= PROSE
    }
}

/// Where a private key in PEM form begins that does not end in this text.
pub(super) fn open_armour(text: &str) -> Option<usize> {
    const BEGIN: &str = "-----BEGIN ";
    let open = |at: usize| {
        let (label, body) = text.get(at + BEGIN.len()..)?.split_once("-----")?;
        let key = label.len() <= LONGEST_LABEL && label.contains("PRIVATE KEY");
        let ended = body.split_once("-----END").is_some_and(|(_, end)| end.contains("-----"));
        let mut prose = Prose::default();
        (key && !ended && !body.chars().any(|character| prose.goes_on(character))).then_some(at)
    };
    text.match_indices(BEGIN).find_map(|(at, _)| open(at))
}
