//! The one multi-pattern search: every word that any detector or probe waits for.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::iter;

use super::Compiled;
use super::words::Words;
use crate::detectors::Trigger;
use crate::probe::{Fnv, Probe};

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
    /// Words of one byte are found after the others.
    single: bool,
    opens: Rows<u32>,
    supports: Rows<u32>,
    tells: Rows<(u32, u32)>,
}

/// A row of things for each word, one behind the other.
#[derive(Debug)]
struct Rows<T> {
    ends: Vec<u32>,
    all: Vec<T>,
}

impl<T> Rows<T> {
    fn new(roles: &[Vec<Role>], wanted: impl Fn(&Role) -> Option<T>) -> Self {
        let (mut ends, mut all) = (vec![0], Vec::new());
        for roles in roles {
            all.extend(roles.iter().filter_map(&wanted));
            ends.push(all.len() as u32);
        }
        Self { ends, all }
    }

    #[inline]
    fn of(&self, word: u32) -> &[T] {
        let ends = self.ends.get(word as usize..word as usize + 2);
        let Some([from, to]) = ends else { return &[] };
        self.all.get(*from as usize..*to as usize).unwrap_or_default()
    }
}

/// Case is ignored in ASCII only: other words are also looked for in capitals and with a capital first.
fn spellings(word: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let lower = word.bytes().any(|byte| byte.is_ascii_uppercase()).then(|| Cow::Owned(word.to_ascii_lowercase()));
    let mut others = Vec::new();
    if !word.is_ascii() {
        let mut letters = word.chars();
        let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
        let all = [word.to_lowercase(), word.to_uppercase(), capital];
        others.extend(all.map(|word| Cow::Owned(word.to_ascii_lowercase())));
    }
    iter::once(lower.unwrap_or(Cow::Borrowed(word))).chain(others)
}

impl Anchors {
    pub(super) fn new(detectors: &[Compiled], probes: &[&dyn Probe]) -> Self {
        let mut words: Vec<String> = Vec::new();
        let mut roles: Vec<Vec<Role>> = Vec::new();
        let mut known: HashMap<String, usize, BuildHasherDefault<Fnv>> = HashMap::default();
        let mut add = |word: &str, role: Role| {
            for spelling in spellings(word) {
                let index = known.get(&*spelling).copied().unwrap_or_else(|| {
                    words.push(spelling.to_string());
                    roles.push(Vec::new());
                    known.insert(spelling.into_owned(), words.len() - 1);
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
        Self {
            single: words.iter().any(|word| word.len() == 1),
            words: Words::new(&words),
            opens: Rows::new(
                &roles,
                |role| if let Role::Opens(detector) = role { Some(*detector as u32) } else { None },
            ),
            supports: Rows::new(&roles, |role| {
                if let Role::Supports(detector) = role { Some(*detector as u32) } else { None }
            }),
            tells: Rows::new(&roles, |role| {
                if let Role::Tells { probe, word } = role { Some((*probe as u32, *word as u32)) } else { None }
            }),
        }
    }

    pub(super) fn find(&self, text: &str) -> Vec<Hit> {
        let mut hits = Vec::with_capacity(text.len() / 8);
        self.words.each(text, |span, word| hits.push(Hit { start: span.start, end: span.end, word }));
        if self.single {
            hits.sort_unstable_by_key(|hit| (hit.start, hit.end));
        }
        hits
    }

    pub(super) fn opens(&self, hit: Hit) -> impl Iterator<Item = usize> {
        self.opens.of(hit.word).iter().map(|detector| *detector as usize)
    }

    pub(super) fn supports(&self, hit: Hit) -> impl Iterator<Item = usize> {
        self.supports.of(hit.word).iter().map(|detector| *detector as usize)
    }

    pub(super) fn is_support(&self, hit: Hit) -> bool {
        !self.supports.of(hit.word).is_empty()
    }

    /// The probes a word is for, each with its number among the probe's words.
    pub(super) fn tells(&self, hit: Hit) -> impl Iterator<Item = (usize, usize)> {
        self.tells.of(hit.word).iter().map(|(probe, word)| (*probe as usize, *word as usize))
    }
}
