//! The one multi-pattern search: every word that any detector or probe waits for.

use std::collections::HashMap;

use super::Compiled;
use super::words::Words;
use crate::detectors::Trigger;
use crate::probe::Probe;

/// What a word is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Opens a window of this detector.
    Opens(usize),
    /// Makes a detection of this detector more likely.
    Supports(usize),
    /// Is the word `word` of the probe `probe`.
    Tells { probe: usize, word: usize },
}

/// A word in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Its first byte.
    pub(crate) start: usize,
    /// The byte after its last.
    pub(crate) end: usize,
    word: u32,
}

/// The words and what each of them is for.
#[derive(Debug)]
pub(crate) struct Anchors {
    words: Words,
    roles: Vec<Vec<Role>>,
}

/// Case is ignored in ASCII only: other words are also looked for in capitals and with a capital first.
fn spellings(word: &str) -> Vec<String> {
    let mut all = vec![word.to_ascii_lowercase()];
    if !word.is_ascii() {
        let mut letters = word.chars();
        let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
        all.extend([word.to_lowercase(), word.to_uppercase(), capital].map(|word| word.to_ascii_lowercase()));
    }
    all
}

impl Anchors {
    pub(super) fn new(detectors: &[Compiled], probes: &[&dyn Probe]) -> Self {
        let mut words: Vec<String> = Vec::new();
        let mut roles: Vec<Vec<Role>> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut add = |word: &str, role: Role| {
            for spelling in spellings(word) {
                let index = *known.entry(spelling).or_insert_with_key(|spelling| {
                    words.push(spelling.clone());
                    roles.push(Vec::new());
                    words.len() - 1
                });
                if let Some(roles) = roles.get_mut(index).filter(|roles| !roles.contains(&role)) {
                    roles.push(role);
                }
            }
        };
        for (index, detector) in detectors.iter().enumerate() {
            if let Trigger::Keywords(keywords) = &detector.spec.trigger {
                for word in keywords {
                    add(word, Role::Opens(index));
                }
            }
            for word in &detector.spec.context {
                add(word, Role::Supports(index));
            }
        }
        for (probe, words) in probes.iter().map(|probe| probe.words()).enumerate() {
            for (index, word) in words.iter().enumerate() {
                add(word, Role::Tells { probe, word: index });
            }
        }
        Self { words: Words::new(&words), roles }
    }

    pub(super) fn find(&self, text: &str) -> Vec<Hit> {
        let mut hits = Vec::new();
        self.words.each(text.to_ascii_lowercase().as_bytes(), |span, word| {
            hits.push(Hit { start: span.start, end: span.end, word });
        });
        hits.sort_unstable_by_key(|hit| (hit.start, hit.end));
        hits
    }

    fn roles(&self, hit: Hit) -> &[Role] {
        self.roles.get(hit.word as usize).map_or(&[], Vec::as_slice)
    }

    pub(super) fn opens(&self, hit: Hit) -> impl Iterator<Item = usize> {
        self.roles(hit).iter().filter_map(|role| if let Role::Opens(detector) = role { Some(*detector) } else { None })
    }

    pub(super) fn supports(&self, hit: Hit) -> impl Iterator<Item = usize> {
        let supported = |role: &Role| if let Role::Supports(detector) = role { Some(*detector) } else { None };
        self.roles(hit).iter().filter_map(supported)
    }

    pub(super) fn is_support(&self, hit: Hit) -> bool {
        self.roles(hit).iter().any(|role| matches!(role, Role::Supports(_)))
    }

    /// The probes a word is for, each with its number among the probe's words.
    pub(super) fn tells(&self, hit: Hit) -> impl Iterator<Item = (usize, usize)> {
        self.roles(hit)
            .iter()
            .filter_map(|role| if let Role::Tells { probe, word } = role { Some((*probe, *word)) } else { None })
    }
}
