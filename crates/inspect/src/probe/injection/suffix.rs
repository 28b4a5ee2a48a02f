//! Suffixes found by gradient search (GCG): words glued together, brackets that open nothing, several languages.

use super::Scene;
use crate::context::Channel;

/// Bytes at the end of a text that are looked at.
const TAIL: usize = 240;

pub(super) fn run(scene: &mut Scene<'_>) {
    if scene.channel != Channel::User {
        return;
    }
    let from = scene.text.ceil_char_boundary(scene.text.len().saturating_sub(TAIL));
    let tail = scene.text.get(from..).unwrap_or_default();
    // Code and tables are odd in the same way, but they have lines.
    if tail.len() < 60 || tail.matches('\n').count() > 1 || tail.contains("<|") || tail.contains("http") {
        return;
    }
    let odd = oddities(tail);
    let share = odd as f32 * 100.0 / tail.len() as f32;
    if odd >= 8 && share >= 5.0 {
        let glued = tail.as_bytes().windows(2).filter(|pair| glued(pair)).count();
        let code = tail.contains("\":") || tail.matches('\\').count() > 2;
        let score = if share >= 7.0 && glued >= 2 && !code { 0.55 } else { 0.35 };
        scene.report("adversarial-suffix", from..scene.text.len(), score, "characters of a searched suffix");
    }
}

/// A capital after a small letter: two words without a space.
fn glued(pair: &[u8]) -> bool {
    matches!(pair, [before, after] if before.is_ascii_lowercase() && after.is_ascii_uppercase())
}

/// Glued words, and brackets or signs glued to a word on a side where prose has a space.
fn oddities(text: &str) -> usize {
    let odd = |pair: &&[u8]| match pair {
        [before, after] => {
            glued(pair)
                || (before.is_ascii_alphabetic() && b"[{(\\|<@#".contains(after))
                || (b")]}\\|>!?;@#".contains(before) && after.is_ascii_alphabetic())
                || (before.is_ascii_punctuation() && after.is_ascii_punctuation() && before != after)
        }
        _ => false,
    };
    text.as_bytes().windows(2).filter(odd).count()
}
