//! Training: logistic regression on hashed grams by AdaGrad (Duchi et al. 2011), deterministic, in seconds.
//!
//! A text is trained on as a whole and by its worst window (the positive one decides, as in multiple-instance
//! learning); an honest text by a random window besides. The numbers that calibrate the model come from folds
//! that did not train it.

use std::borrow::Cow;

use super::calibrate::{Judged, blend, curves};
use super::grams::{Sink, TABLE, scan};
use super::model::{Head, Model, Reading};
use crate::context::Channel;
use crate::linear::{Random, Weights};

/// A labelled text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample<'a> {
    /// The text.
    pub text: &'a str,
    /// Where such texts come from.
    pub channel: Channel,
    /// Whether it is an injection or a jailbreak.
    pub attack: bool,
    /// Near-duplicates share a group, so that no fold is judged by a model that saw them.
    pub group: u64,
    /// How much it counts; 1 is usual.
    pub weight: f32,
    /// What [`structure`](super::structure) says of it, 0 to 1.
    pub structure: f32,
}

/// How to train.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainOptions {
    /// Passes over the texts.
    pub epochs: usize,
    /// First step of AdaGrad.
    pub rate: f32,
    /// Pull towards zero at each touch of a weight.
    pub decay: f32,
    /// Folds whose held-in part calibrates.
    pub folds: usize,
    /// Share of honest texts that may be called suspicious, and attack: of people's own words.
    pub budget: (f32, f32),
    /// The same for content: tool results and documents.
    pub content_budget: (f32, f32),
    /// Where the random numbers start.
    pub seed: u64,
    /// Goes into the file.
    pub about: String,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self {
            epochs: 2,
            rate: 0.3,
            decay: 1e-4,
            folds: 5,
            budget: (0.007, 0.002),
            content_budget: (0.003, 0.001),
            seed: 0x5eed,
            about: String::new(),
        }
    }
}

/// Trains on the samples and calibrates on folds that were left out in turn.
pub fn train(samples: &[Sample<'_>], options: &TrainOptions) -> Model {
    learn(None, samples, options)
}

/// Goes on training a model with further samples; the blend of its readings stays.
pub(super) fn retrain(base: &Model, samples: &[Sample<'_>], options: &TrainOptions) -> Model {
    learn(Some(base), samples, options)
}

fn learn(base: Option<&Model>, samples: &[Sample<'_>], options: &TrainOptions) -> Model {
    let texts: Vec<Text> = samples.iter().map(|sample| Text::of(sample.text)).collect();
    let judged = out_of_fold(base, samples, &texts, options);
    let all: Vec<usize> = (0..samples.len()).collect();
    let mut model = weigh(base, samples, &texts, &all, options);
    model.head.about.clone_from(&options.about);
    model.head.blends = base.map_or_else(|| [blend(&judged, false), blend(&judged, true)], |base| base.head.blends);
    model.head.curves = curves(&judged, &model, options);
    model
}

/// Each sample as read by a model that did not see its group.
fn out_of_fold(base: Option<&Model>, samples: &[Sample<'_>], texts: &[Text], options: &TrainOptions) -> Vec<Judged> {
    let folds = options.folds.max(2) as u64;
    let fold = |sample: &Sample<'_>| (sample.group ^ (sample.group >> 17)).wrapping_mul(0x9e37_79b9) % folds;
    let mut judged = Vec::with_capacity(samples.len());
    for held in 0..folds {
        let (out, kept): (Vec<usize>, Vec<usize>) =
            (0..samples.len()).partition(|index| samples.get(*index).is_some_and(|sample| fold(sample) == held));
        let model = weigh(base, samples, texts, &kept, options);
        judged.extend(out.iter().filter_map(|index| {
            let sample = samples.get(*index)?;
            Some(Judged::new(sample, model.read(sample.text)))
        }));
    }
    judged
}

/// A text as rows of buckets, cut into blocks.
#[derive(Default)]
struct Text {
    grams: Vec<u32>,
    /// Where each block ends in `grams`.
    ends: Vec<usize>,
}

impl Sink for Text {
    fn gram(&mut self, bucket: u32) {
        self.grams.push(bucket);
    }
    fn block(&mut self, _end: usize) {
        self.ends.push(self.grams.len());
    }
}

/// Bytes of a text that are trained on; more of one text teaches little.
const MOST: usize = 6000;

impl Text {
    fn of(text: &str) -> Self {
        let mut this = Self::default();
        scan(text.get(..text.floor_char_boundary(MOST)).unwrap_or(text), &mut this);
        this
    }

    fn windows(&self) -> impl Iterator<Item = &[u32]> {
        let begin = |index: usize| index.checked_sub(2).and_then(|two| self.ends.get(two)).copied().unwrap_or(0);
        self.ends.iter().enumerate().filter_map(move |(index, end)| self.grams.get(begin(index)..*end))
    }
}

/// The weights of a model, or none.
fn start(base: Option<&Model>, options: &TrainOptions) -> Weights {
    let mut weights = Weights::new(TABLE, options.rate, options.decay);
    if let Some(base) = base {
        weights.resume(&base.table, base.head.step, base.head.bias);
    }
    weights
}

/// Learns a table from some of the samples.
fn weigh(
    base: Option<&Model>,
    samples: &[Sample<'_>],
    texts: &[Text],
    kept: &[usize],
    options: &TrainOptions,
) -> Model {
    let mut learnt = start(base, options);
    let mut random = Random(options.seed | 1);
    let mut order = kept.to_vec();
    for epoch in 0..options.epochs {
        random.shuffle(&mut order);
        for index in &order {
            let (Some(sample), Some(text)) = (samples.get(*index), texts.get(*index)) else { continue };
            learnt.learn(&text.grams, sample.attack, sample.weight);
            if text.ends.len() < 3 {
                continue;
            }
            let windows: Vec<&[u32]> = text.windows().collect();
            // Before the table knows anything, the worst window is any window.
            let worst = windows.iter().max_by(|a, b| learnt.odds(a).total_cmp(&learnt.odds(b)));
            if let Some(worst) = worst.filter(|_| epoch > 0) {
                learnt.learn(worst, sample.attack, sample.weight);
            }
            if let Some(any) = windows.get(random.below(windows.len())).filter(|_| !sample.attack) {
                learnt.learn(any, false, sample.weight);
            }
        }
    }
    quantised(&learnt)
}

/// The weights as a model that is not calibrated.
fn quantised(learnt: &Weights) -> Model {
    let (table, step) = learnt.quantised();
    Model { head: Head { step, bias: learnt.bias, ..Head::default() }, table: Cow::Owned(table) }
}

impl Judged {
    pub(super) fn new(sample: &Sample<'_>, reading: Reading) -> Self {
        Self {
            reading,
            structure: sample.structure,
            channel: sample.channel,
            attack: sample.attack,
            weight: sample.weight,
        }
    }
}
