//! One pass over a text: what stands where, so that detectors only look into small windows.

mod anchors;
mod assignment;
mod gate;
mod numbers;
mod window;
mod words;

use crate::detection::{Category, Detection, View};
use crate::detectors::Trigger;
use crate::probe::{Probe, Word};
use crate::stream::Opener;

pub(crate) use anchors::{Anchors, Hit};
pub(crate) use assignment::{Assignment, assignment};
pub(crate) use numbers::next_digit;
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
    /// Builds the one search for the words of all detectors and probes.
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
        // Number of the detector, and of the hit in the lower half.
        let mut opened: Vec<u64> = Vec::new();
        for (hit, number) in pass.hits.iter().zip(0_u32..) {
            let mut assigned = None;
            for index in self.anchors.opens(*hit) {
                let Some(detector) = self.detectors.get(index).filter(|one| one.opened_by(pass.text, *hit)) else {
                    continue;
                };
                if !detector.spec.assigned {
                    opened.push((index as u64) << 32 | u64::from(number));
                } else if let Some(assigned) = assigned.get_or_insert_with(|| assignment(pass.text, hit.start..hit.end))
                {
                    detector.assigned(index, pass, assigned, &contexts, found);
                }
            }
        }
        opened.sort_unstable();
        for keywords in opened.chunk_by(|one, other| one >> 32 == other >> 32) {
            let index = keywords.first().map_or(0, |opened| (opened >> 32) as usize);
            if let Some(detector) = self.detectors.get(index) {
                detector.around(index, pass, keywords, &contexts, found);
            }
        }
        let wanted = self.numbers.wanted(|index| contexts.any(index));
        self.numbers.each(pass.text, &wanted, |start, index| {
            if let Some(detector) = self.detectors.get(index) {
                detector.at(index, pass, start, &contexts, found);
            }
        });
    }

    /// Every word at which a value may begin, or behind which one may stand.
    pub(crate) fn openers(&self, probes: &[&dyn Probe]) -> Vec<Opener> {
        let mut openers = Vec::new();
        for detector in &self.detectors {
            let Trigger::Keywords(words) = &detector.spec.trigger else { continue };
            let secret = detector.spec.category == Category::Secret;
            if secret || detector.spec.category == Category::Personal {
                let begins = secret && window::begins_with_keyword(&detector.spec);
                let opened = |word: &String| (begins && word.len() > 2).then(|| detector.spec.kind.clone());
                openers.extend(words.iter().map(|word| Opener { word: word.clone(), secret: opened(word) }));
            }
        }
        let told = probes.iter().flat_map(|probe| probe.words());
        openers.extend(told.map(|word| Opener { word: (*word).to_string(), secret: None }));
        openers
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
