//! Training of a model of phrases.

use super::{Phrases, WEIGHTS, grams};
use crate::linear::{Random, Weights};

/// A labelled phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phrase<'a> {
    /// The words.
    pub text: &'a str,
    /// Whether it is of the kind.
    pub positive: bool,
}

/// Passes over the phrases.
const EPOCHS: usize = 12;

/// Learns a model, the same from the same phrases in the same order.
pub fn learn(phrases: &[Phrase<'_>]) -> Phrases {
    let mut weights = Weights::new(WEIGHTS, 0.25, 2e-4);
    let rows: Vec<(Vec<u32>, bool)> = phrases.iter().map(|phrase| (grams(phrase.text), phrase.positive)).collect();
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut random = Random(0x5eed);
    for _ in 0..EPOCHS {
        random.shuffle(&mut order);
        for (grams, positive) in order.iter().filter_map(|index| rows.get(*index)) {
            weights.learn(grams, *positive, 1.0);
        }
    }
    let (table, step) = weights.quantised();
    Phrases { step, bias: weights.bias, table }
}
