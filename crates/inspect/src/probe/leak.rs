//! Whether an answer gives away the operator's prompt: a planted canary, or the prompt's own words.
//!
//! The prompt is cut into rows of eight words (shingles, Broder 1997); the share of them that an answer contains
//! says how much of the prompt it repeats.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;

use super::{Look, Probe};
use crate::context::Channel;
use crate::detection::{Category, Detection};

/// Words in a row that are compared.
const ROW: usize = 8;

/// Rows in succession that count as copied whatever their share: fifteen words.
const SUCCESSION: usize = 8;

/// Words that prompts and answers share anyway. A row counts if at least three of its words are others.
const COMMON: &[&str] = &[
    "a",
    "about",
    "ai",
    "all",
    "also",
    "always",
    "am",
    "an",
    "and",
    "answer",
    "answers",
    "any",
    "are",
    "as",
    "ask",
    "assist",
    "assistant",
    "at",
    "be",
    "best",
    "by",
    "can",
    "concise",
    "do",
    "for",
    "friendly",
    "from",
    "give",
    "have",
    "help",
    "helpful",
    "here",
    "honest",
    "how",
    "i",
    "if",
    "in",
    "information",
    "is",
    "it",
    "language",
    "large",
    "me",
    "model",
    "my",
    "never",
    "not",
    "of",
    "on",
    "or",
    "please",
    "polite",
    "provide",
    "question",
    "questions",
    "respond",
    "that",
    "the",
    "their",
    "they",
    "this",
    "to",
    "today",
    "user",
    "users",
    "was",
    "what",
    "will",
    "with",
    "you",
    "your",
];

/// The prompt, ready for comparison. Built once per prompt, shared by any number of [`LeakScan`]s.
#[derive(Debug, Clone, Default)]
pub struct LeakIndex {
    /// Rows by their hash; of two equal rows the first.
    rows: HashMap<u64, usize>,
    /// Words in a row: eight, or all of a shorter prompt.
    row: usize,
}

/// An answer on its way past a prompt, in chunks of any size.
#[derive(Debug)]
pub struct LeakScan<'a> {
    index: &'a LeakIndex,
    word: String,
    /// Hash, start and whether it is common, of the last words.
    last: VecDeque<(u64, usize)>,
    at: usize,
    word_start: usize,
    seen: Vec<bool>,
    succession: usize,
    longest: usize,
    span: Option<Range<usize>>,
}

impl LeakIndex {
    /// Reads a prompt. A prompt of fewer than eight words counts only as a whole; one that says nothing of its own,
    /// such as "you are a helpful assistant", is never found.
    pub fn new(prompt: &str) -> Self {
        let words: Vec<String> = words(prompt).collect();
        let row = ROW.min(words.len());
        let mut rows = HashMap::new();
        if row > 0 {
            for row in words.windows(row) {
                let own = row.iter().filter(|word| COMMON.binary_search(&word.as_str()).is_err()).count();
                if own >= 3.min(row.len().div_ceil(2)) {
                    let number = rows.len();
                    rows.entry(join(row.iter().map(|word| hash(word)))).or_insert(number);
                }
            }
        }
        Self { rows, row }
    }

    /// Starts on an answer.
    pub fn scan(&self) -> LeakScan<'_> {
        LeakScan {
            index: self,
            word: String::new(),
            last: VecDeque::with_capacity(ROW),
            at: 0,
            word_start: 0,
            seen: vec![false; self.rows.len()],
            succession: 0,
            longest: 0,
            span: None,
        }
    }
}

impl LeakScan<'_> {
    /// Reads on. A word may be split between two chunks.
    pub fn push(&mut self, chunk: &str) {
        if self.index.rows.is_empty() {
            return;
        }
        for char in chunk.chars() {
            if char.is_alphanumeric() {
                if self.word.is_empty() {
                    self.word_start = self.at;
                }
                // No word of a prompt is longer than this; what is goes on as another word.
                if self.word.len() < 64 {
                    self.word.extend(char.to_lowercase());
                }
            } else if !inside(char) {
                self.end_word();
            }
            self.at += char.len_utf8();
        }
    }

    fn end_word(&mut self) {
        if self.word.is_empty() {
            return;
        }
        self.last.push_back((hash(&self.word), self.word_start));
        self.word.clear();
        if self.last.len() > self.index.row {
            self.last.pop_front();
        }
        if self.last.len() < self.index.row {
            return;
        }
        let row = self.index.rows.get(&join(self.last.iter().map(|(hash, _)| *hash)));
        let Some(seen) = row.and_then(|row| self.seen.get_mut(*row)) else {
            self.succession = 0;
            return;
        };
        *seen = true;
        self.succession += 1;
        self.longest = self.longest.max(self.succession);
        let start = self.last.front().map_or(self.at, |(_, start)| *start);
        let span = self.span.get_or_insert(start..self.at);
        span.end = self.at;
    }

    /// The share of the prompt's rows that were found so far, from 0 to 1.
    pub fn share(&self) -> f32 {
        let seen = self.seen.iter().filter(|seen| **seen).count();
        if self.seen.is_empty() { 0.0 } else { seen as f32 / self.seen.len() as f32 }
    }

    /// How sure it is that the prompt leaked, from 0 to 1: a fifth of it, or fifteen words in succession, is a leak.
    pub fn score(&mut self) -> f32 {
        self.end_word();
        let share = self.share();
        let copied = (self.longest as f32 / SUCCESSION as f32).min(1.0);
        let by_share = if self.seen.len() >= 5 || share >= 1.0 {
            (share / 0.2).min(1.0) * 0.5 + share * 0.45
        } else {
            share * 0.45
        };
        by_share.max(copied * 0.6)
    }

    /// From the first to the last word that was found, in bytes of the answer.
    pub fn span(&self) -> Option<Range<usize>> {
        self.span.clone()
    }
}

/// Characters that do not end a word: apostrophes, soft hyphens, zero-width characters.
fn inside(char: char) -> bool {
    matches!(char, '\'' | '\u{2019}' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// Words in lower case without punctuation.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|char: char| !char.is_alphanumeric() && !inside(char))
        .map(|word| word.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>())
        .filter(|word| !word.is_empty())
}

fn hash(word: &str) -> u64 {
    word.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn join(words: impl Iterator<Item = u64>) -> u64 {
    words.fold(0, |sum: u64, word| sum.rotate_left(7).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ word)
}

/// The probe.
#[derive(Debug)]
pub(crate) struct Leak;

impl Probe for Leak {
    fn categories(&self) -> &'static [Category] {
        &[Category::Output]
    }

    fn run(&self, look: &Look<'_>, found: &mut Vec<Detection>) {
        let context = look.context;
        if context.channel != Channel::Output || (context.system_prompt.is_none() && context.canaries.is_empty()) {
            return;
        }
        let text = look.pass.text;
        let mut report = |span: Range<usize>, score: f32, evidence: String| {
            let (kind, detector) = ("system-prompt-leak".into(), "system-prompt-leak".into());
            found.push(Detection {
                kind,
                detector,
                category: Category::Output,
                span,
                score,
                view: look.pass.view,
                evidence,
            });
        };
        for canary in context.canaries.iter().filter(|canary| canary.chars().count() >= 6) {
            if let Some(span) = planted(text, canary) {
                report(span, 1.0, "a canary of the system prompt".into());
            }
        }
        if let Some(prompt) = &context.system_prompt {
            let index = LeakIndex::new(prompt);
            let mut scan = index.scan();
            scan.push(text);
            let score = scan.score();
            if let Some(span) = scan.span() {
                report(span, score, format!("{:.0} % of the system prompt's rows of words", scan.share() * 100.0));
            }
        }
    }
}

/// Where a canary stands, whatever the case and whatever stands between its letters, forwards or backwards.
fn planted(text: &str, canary: &str) -> Option<Range<usize>> {
    let normal = |text: &str| -> String {
        text.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let canary = normal(canary);
    if canary.len() < 6 {
        return None;
    }
    let backwards: String = canary.chars().rev().collect();
    let mut plain = String::with_capacity(text.len());
    let mut places = Vec::with_capacity(text.len());
    for (at, char) in text.char_indices().filter(|(_, char)| char.is_alphanumeric()) {
        for lower in char.to_lowercase() {
            plain.push(lower);
            places.extend(std::iter::repeat_n(at, lower.len_utf8()));
        }
    }
    let (from, len) =
        [&canary, &backwards].iter().find_map(|word| plain.find(word.as_str()).map(|at| (at, word.len())))?;
    let last = *places.get(from + len - 1)?;
    let width = text.get(last..)?.chars().next().map_or(1, char::len_utf8);
    Some(*places.get(from)?..last + width)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROMPT: &str = "You are the support desk of Halloway Rail. Never quote fares below the tariff of zone nine. \
        Escalate refunds above forty pounds to the duty manager, and do not mention the outage of the night trains.";

    fn score(prompt: &str, answer: &str) -> f32 {
        let index = LeakIndex::new(prompt);
        let mut scan = index.scan();
        scan.push(answer);
        scan.score()
    }

    #[test]
    fn a_prompt_in_an_answer_is_a_leak() {
        assert!(score(PROMPT, PROMPT) > 0.9);
        let shouted = PROMPT.to_uppercase().replace(['.', ','], " *");
        assert!(score(PROMPT, &format!("Sure! {shouted}")) > 0.9);
        assert!(
            score(
                PROMPT,
                "It says: escalate refunds above forty pounds to the duty manager, and do not mention the outage"
            ) > 0.5
        );
        assert!(
            score(PROMPT, "I am the support desk of Halloway Rail. Refunds above forty pounds need a manager.") < 0.5
        );
        assert!(score("Code word is bluefish seven", "My code word is: Bluefish, seven.") > 0.5);
        assert!(score("You are a helpful assistant", "You are a helpful assistant") < 0.5);
        assert!(score("", "anything") < 0.5);
    }

    #[test]
    fn chunks_change_nothing() {
        let index = LeakIndex::new(PROMPT);
        let mut scan = index.scan();
        for char in PROMPT.chars() {
            scan.push(&char.to_string());
        }
        assert!((scan.score() - score(PROMPT, PROMPT)).abs() < 1e-6);
        assert_eq!(scan.span(), Some(0..PROMPT.len() - 1));
    }

    #[test]
    fn canaries_are_found_in_disguise() {
        for text in ["x Zq7Wm4Kd y", "z-q-7-w-m-4-k-d", "dk4mw7qz", "Z Q 7\nW M 4 K D"] {
            assert!(planted(text, "Zq7Wm4Kd").is_some(), "{text}");
        }
        assert_eq!(planted("éx zq7wm4kd", "Zq7Wm4Kd"), Some(4..12));
        assert!(planted("zq7wm", "Zq7Wm4Kd").is_none() && planted("a", "-----").is_none());
    }

    #[test]
    fn common_words_are_sorted() {
        assert!(COMMON.is_sorted());
    }
}
