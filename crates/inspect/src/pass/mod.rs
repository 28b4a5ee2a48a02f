//! One pass over a text: what stands where, so that detectors only look into small windows.

mod anchors;
mod numbers;
mod window;

use std::collections::HashMap;

use crate::detection::{Detection, View};
use crate::probe::{Probe, Word};

pub(crate) use anchors::{Anchors, Hit};
pub(crate) use window::{Compiled, is_word};

/// A text on its way through the detectors.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pass<'a> {
    /// The text as this view reads it.
    pub(crate) text: &'a str,
    /// Which reading.
    pub(crate) view: View,
    /// Where words of interest stand, by start.
    pub(crate) hits: &'a [Hit],
}

/// The compiled declarative detectors.
#[derive(Debug)]
pub(crate) struct Declared {
    anchors: Anchors,
    numbers: numbers::Buckets,
    detectors: Vec<Compiled>,
}

impl Declared {
    /// Builds the one automaton over the words of all detectors and probes.
    pub(crate) fn new(detectors: Vec<Compiled>, probes: &[&dyn Probe]) -> Self {
        Self { anchors: Anchors::new(&detectors, probes), numbers: numbers::Buckets::new(&detectors), detectors }
    }

    /// Where the words of all detectors stand in a text.
    pub(crate) fn hits(&self, text: &str) -> Vec<Hit> {
        self.anchors.find(text)
    }

    /// Verifies every window that a word or a number opens.
    pub(crate) fn run(&self, pass: Pass<'_>, found: &mut Vec<Detection>) {
        let contexts = window::Contexts::new(pass.text, pass.hits, &self.anchors);
        let mut opened: HashMap<usize, Vec<Hit>> = HashMap::new();
        for hit in pass.hits {
            for detector in self.anchors.opens(*hit) {
                opened.entry(detector).or_default().push(*hit);
            }
        }
        for (index, keywords) in opened {
            if let Some(detector) = self.detectors.get(index) {
                detector.around(index, pass, &keywords, &contexts, found);
            }
        }
        self.numbers.each(pass.text, |start, opened| {
            for index in opened {
                if let Some(detector) = self.detectors.get(*index) {
                    detector.at(*index, pass, start, &contexts, found);
                }
            }
        });
    }

    /// The words of each of `probes` probes, by start.
    pub(crate) fn words(&self, hits: &[Hit], probes: usize) -> Vec<Vec<Word>> {
        let mut words = vec![Vec::new(); probes];
        for hit in hits {
            for (probe, index) in self.anchors.tells(*hit) {
                if let Some(list) = words.get_mut(probe) {
                    list.push(Word { index, start: hit.start, end: hit.end });
                }
            }
        }
        words
    }
}
