//! From readings to scores: a blend that is the same everywhere, and a curve by channel and length.
//!
//! A curve is anchored at shares of honest texts and not at probabilities: the share of attacks in anybody's
//! traffic is unknown, what an alarm costs is not.

use super::model::{Blend, Curve, Model, Reading, doublings};
use super::train::TrainOptions;
use crate::context::Channel;

/// A text as read by a model that was not trained on it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judged {
    pub(super) reading: Reading,
    pub(super) structure: f32,
    pub(super) channel: Channel,
    pub(super) attack: bool,
    pub(super) weight: f32,
}

/// Lengths from which a curve of its own is drawn, if there are enough honest texts of that length.
const LENGTHS: [usize; 4] = [0, 256, 1024, 4096];

/// Honest texts that a curve needs.
pub(super) const ENOUGH: usize = 250;

/// Score from which a text is called an attack.
pub(super) const ATTACK: f32 = 0.8;

/// Score from which a text is called suspicious.
pub(super) const SUSPICIOUS: f32 = 0.5;

impl Judged {
    fn features(&self) -> [f32; 5] {
        [self.reading.whole, self.reading.peak, doublings(self.reading.bytes), self.structure, 1.0]
    }
}

/// Logistic regression over the readings of content or of people's own words, by gradient descent with momentum
/// from the plain sum.
pub(super) fn blend(judged: &[Judged], content: bool) -> Blend {
    let judged: Vec<&Judged> = judged.iter().filter(|one| (one.channel != Channel::User) == content).collect();
    let mut weights = if content { [0.0_f32, 1.0, 0.0, 2.0, 0.0] } else { [0.5, 0.5, 0.0, 2.0, 0.0] };
    let mut speed = [0.0_f32; 5];
    let total: f32 = judged.iter().map(|one| one.weight).sum();
    for _ in 0..400 {
        let mut slope = [0.0_f32; 5];
        for one in &judged {
            let features = one.features();
            let odds: f32 = weights.iter().zip(features).map(|(weight, feature)| weight * feature).sum();
            let error = 1.0 / (1.0 + (-odds).exp()) - f32::from(u8::from(one.attack));
            for (slope, feature) in slope.iter_mut().zip(features) {
                *slope += one.weight * error * feature;
            }
        }
        for ((weight, speed), slope) in weights.iter_mut().zip(&mut speed).zip(slope) {
            *speed = 0.9 * *speed - 0.05 * slope / total.max(1.0);
            *weight += *speed;
        }
        // In content an attack is a part of the text: only the worst window counts, however long the rest is.
        if content {
            let [_, rest @ ..] = weights;
            let [peak, length, structure, bias] = rest;
            weights = [0.0, peak, length, structure, bias];
        }
    }
    let [whole, peak, length, structure, bias] = weights;
    // More evidence never makes a text more honest.
    Blend { whole: whole.max(0.0), peak: peak.max(0.0), length, structure: structure.max(0.0), bias }
}

/// The curves of every channel that has enough honest texts, by length where those are enough too.
pub(super) fn curves(judged: &[Judged], model: &Model, options: &TrainOptions) -> Vec<Curve> {
    let mut curves = Vec::new();
    for channel in [Channel::User, Channel::Tool, Channel::Document, Channel::Output] {
        // What a model wrote was never measured by itself; it is held to the standard of content.
        let budget = if channel == Channel::User { options.budget } else { options.content_budget };
        let like = |one: &&Judged| one.channel == channel || (channel != Channel::User && one.channel.is_content());
        let honest: Vec<&Judged> = judged.iter().filter(|one| !one.attack).filter(like).collect();
        for (index, from) in LENGTHS.iter().enumerate() {
            let to = LENGTHS.get(index + 1).copied().unwrap_or(usize::MAX);
            let near: Vec<&Judged> =
                honest.iter().copied().filter(|one| (*from..to).contains(&one.reading.bytes)).collect();
            let basis = if near.len() >= ENOUGH { &near } else { &honest };
            if !basis.is_empty() && (*from == 0 || near.len() >= ENOUGH) {
                curves.push(Curve { channel: channel.to_string(), from: *from, points: points(basis, model, budget) });
            }
        }
    }
    curves
}

/// Where the curve passes: half of the honest texts below 0.05, all but the budgets below 0.5 and 0.8.
fn points(honest: &[&Judged], model: &Model, budget: (f32, f32)) -> Vec<(f32, f32)> {
    let spent = honest.iter().filter(|one| one.structure >= SUSPICIOUS).count();
    let mut raws: Vec<f32> = honest
        .iter()
        .filter(|one| one.structure < SUSPICIOUS)
        .map(|one| model.raw(&one.reading, one.channel, one.structure))
        .collect();
    raws.sort_by(|a, b| b.total_cmp(a));
    let total = honest.len() as f32;
    // Structure spends of the same budget, but leaves the model at least half.
    let left = |share: f32| (share * total - spent as f32).max(share * total / 2.0);
    let above = |count: f32| quantile(&raws, count);
    let anchors = [
        (above(total / 2.0), 0.05),
        (above(total / 20.0), 0.2),
        (above(left(budget.0)), SUSPICIOUS),
        (above(left(budget.1)), ATTACK),
        (above(0.0) + 2.0, 0.97),
    ];
    let mut points: Vec<(f32, f32)> = Vec::new();
    for (raw, score) in anchors {
        let least = points.last().map_or(f32::MIN, |(before, _)| before + 0.05);
        points.push((raw.max(least), score));
    }
    if let Some((first, _)) = points.first().copied() {
        points.insert(0, (first - 6.0, 0.0));
    }
    points
}

/// The number that `count` of the sorted (falling) numbers lie above, between neighbours where it is a fraction.
fn quantile(falling: &[f32], count: f32) -> f32 {
    let at = |index: usize| falling.get(index).or(falling.last()).copied().unwrap_or(0.0);
    let (low, part) = (usize::try_from(count as i64).unwrap_or(0), count.max(0.0).fract());
    at(low) * (1.0 - part) + at(low + 1) * part
}
