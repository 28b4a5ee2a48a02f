//! The layers' joint answer.

use std::collections::BTreeMap;

use unicode_script::{Script, UnicodeScript};

use super::calibrate::{ATTACK, SUSPICIOUS};
use super::model::{Model, Reading};
use crate::context::Channel;
use crate::detection::{Category, Detection, Injection, Verdict};

/// Fewest bytes that the model judges.
const SHORTEST: usize = 16;

/// Most bytes that it judges: longer texts were never measured.
const LONGEST: usize = 64 << 10;

/// Scripts whose languages were in the training data.
const MEASURED: [Script; 9] = [
    Script::Latin,
    Script::Cyrillic,
    Script::Han,
    Script::Hiragana,
    Script::Katakana,
    Script::Hangul,
    Script::Arabic,
    Script::Devanagari,
    Script::Common,
];

/// What structure says as one number, 0 to 1: the strongest kind of evidence, and the two after it at a half and a
/// quarter. More would let a long text about attacks add up to one.
pub fn structure(detections: &[Detection]) -> f32 {
    let shares = kinds(detections).into_iter().zip([1.0, 0.5, 0.25]);
    1.0 - shares.map(|((_, score), share)| 1.0 - share * score.clamp(0.0, 1.0)).product::<f32>()
}

/// The kinds of structural evidence, strongest first, each with its best score.
fn kinds(detections: &[Detection]) -> Vec<(&str, f32)> {
    let mut best: BTreeMap<&str, f32> = BTreeMap::new();
    for detection in detections.iter().filter(|detection| detection.category == Category::Injection) {
        let score = best.entry(&detection.kind).or_default();
        *score = score.max(detection.score);
    }
    let mut kinds: Vec<(&str, f32)> = best.into_iter().collect();
    kinds.sort_by(|a, b| b.1.total_cmp(&a.1));
    kinds
}

/// Judges a text by all of its views; the worst of them counts.
pub(crate) fn judge<'a>(
    views: impl Iterator<Item = &'a str>,
    channel: Channel,
    detections: &[Detection],
    model: &Model,
) -> Injection {
    if channel == Channel::System {
        return Injection::default();
    }
    let structure = structure(detections);
    let mut reasons: Vec<String> =
        kinds(detections).into_iter().map(|(kind, score)| format!("{kind}: {score:.2}")).collect();
    let mut untold = None;
    let mut judged: Option<(f32, Reading)> = None;
    for view in views {
        if let Some(why) = unmeasured(view) {
            untold = untold.or(Some(why));
            continue;
        }
        let reading = model.read(view);
        let Some(score) = model.score(model.raw(&reading, channel, structure), channel, reading.bytes) else {
            untold = untold.or(Some("the model is not calibrated for this channel"));
            continue;
        };
        if judged.is_none_or(|(best, _)| score > best) {
            judged = Some((score, reading));
        }
    }
    let score = judged.map_or(0.0, |(score, _)| score).max(structure).clamp(0.0, 1.0);
    if let Some((by_model, reading)) = judged.filter(|(by_model, _)| *by_model >= SUSPICIOUS) {
        reasons.push(format!("wording like known attacks: {by_model:.2}, most in bytes {}..{}", reading.at.0, reading.at.1));
    }
    let verdict = match (score, judged) {
        (score, _) if score >= ATTACK => Verdict::Attack,
        (score, _) if score >= SUSPICIOUS => Verdict::Suspicious,
        (_, None) => {
            reasons.extend(untold.map(|why| format!("not judged: {why}")));
            Verdict::Abstain
        }
        _ => Verdict::Clean,
    };
    Injection { score, verdict, reasons }
}

/// Why the model cannot judge a text.
fn unmeasured(text: &str) -> Option<&'static str> {
    if text.trim().len() < SHORTEST {
        return Some("too short");
    }
    if text.len() > LONGEST {
        return Some("longer than any text that was measured");
    }
    if text.is_ascii() {
        return None;
    }
    // A sample of the letters is enough to tell the script.
    let letters = text.chars().filter(|letter| letter.is_alphabetic()).take(2000);
    let (known, all) = letters.fold((0, 0), |(known, all), letter| {
        (known + usize::from(letter.is_ascii() || MEASURED.contains(&letter.script())), all + 1)
    });
    (all == 0 || known * 2 < all).then_some("in a script that was never measured")
}

impl Model {
    /// The score of a text of which structure says `structure`; what [`judge`] gives for a single view.
    pub fn rate(&self, text: &str, channel: Channel, structure: f32) -> f32 {
        let reading = self.read(text);
        let told = unmeasured(text).is_none();
        let score = self.score(self.raw(&reading, channel, structure), channel, reading.bytes).filter(|_| told);
        score.unwrap_or(0.0).max(structure).clamp(0.0, 1.0)
    }
}
