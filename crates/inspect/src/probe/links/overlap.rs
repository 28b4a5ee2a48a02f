//! Whether an address carries words of the conversation.

use std::collections::HashSet;

use super::bare::extent;
use super::url::{Url, clean};
use crate::context::Context;
use crate::probe::hostile::reads;

/// Length of the pieces that are compared, in letters and digits.
const GRAM: usize = 8;

/// Most of the conversation that is indexed, in bytes, the newest texts first.
const MOST: usize = 1 << 20;

/// What the earlier texts say, as hashes of their pieces; built when an address first asks.
#[derive(Debug, Default)]
pub(super) struct Known {
    grams: HashSet<u64>,
    tokens: HashSet<u64>,
    addresses: HashSet<String>,
    hosts: HashSet<String>,
}

impl Known {
    pub(super) fn of(context: &Context) -> Self {
        let mut known = Self::default();
        let mut left = MOST;
        for text in context.conversation.iter().rev().chain(&context.system_prompt) {
            let Some(rest) = left.checked_sub(text.len()) else { break };
            left = rest;
            known.read(text);
        }
        known
    }

    /// Addresses are kept as such: to repeat one carries nothing new.
    fn read(&mut self, text: &str) {
        let mut words = String::with_capacity(text.len());
        let mut from = 0;
        for (at, _) in text.match_indices("://") {
            if at < from {
                continue;
            }
            let scheme = text.as_bytes().get(from..at).unwrap_or_default();
            let start = at - scheme.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
            let end = at + 3 + extent(text.get(at + 3..).unwrap_or_default(), None);
            let address = text.get(start..end).unwrap_or_default();
            self.hosts.extend(Url::parse(&clean(address)).map(|url| url.host.into_owned()));
            self.addresses.insert(address.to_string());
            words.push_str(text.get(from..start).unwrap_or_default());
            words.push(' ');
            from = end;
        }
        words.push_str(text.get(from..).unwrap_or_default());
        let plain = normal(&words);
        self.grams.extend(plain.windows(GRAM).map(hash));
        self.tokens.extend(tokens(&words));
    }

    /// Whether there is nothing to compare with.
    pub(super) fn is_empty(&self) -> bool {
        self.grams.is_empty() && self.tokens.is_empty()
    }

    /// Whether the address stood in an earlier text as it is.
    pub(super) fn repeats(&self, address: &str) -> bool {
        self.addresses.contains(address)
    }

    /// Whether an earlier text has an address on this host.
    pub(super) fn names(&self, host: &str) -> bool {
        self.hosts.contains(host)
    }

    /// Whether a value has a run of at least `least` letters and digits, or a word with digits, of the earlier texts.
    pub(super) fn contains(&self, value: &str, least: usize) -> bool {
        reads(value.len());
        let mut run = 0;
        for gram in normal(value).windows(GRAM) {
            run = if self.grams.contains(&hash(gram)) { run + 1 } else { 0 };
            if run > 0 && run + GRAM > least {
                return true;
            }
        }
        tokens(value).any(|token| self.tokens.contains(&token))
    }
}

/// Letters and digits in lower case.
fn normal(text: &str) -> Vec<char> {
    text.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Words of five characters and more with a letter and a digit, and numbers of six and more: what is unlikely to
/// be the same by chance.
fn tokens(text: &str) -> impl Iterator<Item = u64> {
    text.split(|char: char| !char.is_alphanumeric()).filter_map(|word| {
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        let telling = (word.len() >= 5 && digits > 0 && digits < word.len()) || digits >= 6;
        telling.then(|| hash(&normal(word)))
    })
}

/// FNV-1a over the code points.
fn hash(chars: &[char]) -> u64 {
    chars
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, char| (hash ^ u64::from(u32::from(*char))).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_compared_with_earlier_texts() {
        let conversation = vec![
            "My door code is Kx77q; see https://h.example/a?id=abc123.".to_string(),
            "Quarterly revenue fell".into(),
        ];
        let known = Known::of(&Context { conversation, ..Context::default() });
        assert!(known.contains("kx77Q", 12));
        assert!(known.contains("quarterly-REVENUE", 12));
        assert!(!known.contains("revenue", 12) && !known.contains("abc123", 12));
        assert!(known.repeats("https://h.example/a?id=abc123") && known.names("h.example"));
    }
}
