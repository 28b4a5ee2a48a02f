//! What is said to a model: forget your orders, be someone else, show your prompt, refuse nothing, tell nobody.

use super::{Class, Mark, Scene};
use crate::probe::injection::lexicon::lexicon;

pub(super) fn run(scene: &mut Scene<'_>) {
    overrides(scene);
    persona(scene);
    extraction(scene);
    compliance(scene);
    secrecy(scene);
    sending(scene);
}

/// Most words of one class that are followed up in a text: a text with more of them has long been told apart.
const MOST: usize = 512;

/// Bytes after and before a verb in which its object stands.
const OBJECT: (usize, usize) = (110, 70);

/// Words between a verb and its object that make it mean all of them, or the reader's.
const WHOLLY: [&str; 47] = [
    "all",
    "any",
    "every",
    "everything",
    "your",
    "these",
    "those",
    "my",
    "alle",
    "alles",
    "deine",
    "ihre",
    "sämtliche",
    "tout",
    "tous",
    "toutes",
    "toute",
    "tes",
    "vos",
    "todo",
    "todas",
    "todos",
    "tus",
    "sus",
    "tutte",
    "tutti",
    "tue",
    "tudo",
    "suas",
    "je",
    "jouw",
    "wszystkie",
    "wszystko",
    "twoje",
    "все",
    "всё",
    "свои",
    "твои",
    "всі",
    "свої",
    "tüm",
    "bütün",
    "كل",
    "جميع",
    "همه",
    "सभी",
    "semua",
];

/// Words that stand for all that was said without naming it.
const EVERYTHING: [&str; 14] = [
    "everything",
    "anything",
    "alles",
    "tout",
    "todo",
    "tutto",
    "tudo",
    "wszystko",
    "всё",
    "все",
    "hepsini",
    "همه",
    "semuanya",
    "wszystkim",
];

/// The same in scripts without spaces.
const WHOLLY_INSIDE: [&str; 9] = ["所有", "一切", "全部", "すべて", "全て", "모든", "모두", "ทั้งหมด", "tất cả"];

/// A verb that drops, what came earlier, what was told: two of the three at least, in one sentence.
fn overrides(scene: &mut Scene<'_>) {
    let verbs: Vec<Mark> =
        scene.marks.iter().copied().filter(|mark| matches!(mark.class, Class::Drop | Class::DropSoft)).collect();
    let mut until = 0;
    for verb in verbs.into_iter().take(MOST) {
        // A sentence with many such verbs is one sign.
        if verb.start < until || negated(scene, verb.start) {
            continue;
        }
        let Some((span_end, span_start, score)) = object(scene, verb) else { continue };
        let lead = scene.text.get(scene.text.floor_char_boundary(verb.start.saturating_sub(12))..verb.start);
        let lead = lead.unwrap_or_default().to_ascii_lowercase();
        let describes = ["can ", "may ", "could ", "might ", "will ", "would ", "can be "];
        let told_of = scene.content() && (lead.ends_with("to ") || lead.ends_with("and "));
        let score = match (describes.iter().any(|word| lead.ends_with(word)), told_of) {
            (true, _) => score * 0.5,
            (_, true) => score * 0.6,
            _ => score,
        };
        until = span_end;
        scene.report("instruction-override", span_start..span_end, score, "verb + what was said before");
    }
}

/// Where the object of a verb ends and begins, and what the whole is worth.
fn object(scene: &Scene<'_>, verb: Mark) -> Option<(usize, usize, f32)> {
    let word = scene.text.get(verb.start..verb.end).unwrap_or_default();
    let mut near: Vec<Mark> =
        scene.after(verb.end, OBJECT.0).filter(|mark| scene.gap(verb.end, mark.start).is_some()).collect();
    // Verbs stand last in Turkish, Persian, Hindi, Japanese and Korean.
    if !word.is_ascii() || word.starts_with("unut") || word.starts_with("yok") {
        near.extend(scene.before(verb.start, OBJECT.1).filter(|mark| scene.gap(mark.end, verb.start).is_some()));
    }
    let nearest = |class: Class| {
        near.iter().filter(|mark| mark.class == class).min_by_key(|mark| mark.start.abs_diff(verb.end)).copied()
    };
    let (earlier, hard, soft) = (nearest(Class::Earlier), nearest(Class::Told), nearest(Class::ToldSoft));
    let told = hard.or(soft);
    let ends = [earlier, told].into_iter().flatten();
    let end = ends.clone().map(|mark| mark.end).max()?.max(verb.end);
    let start = ends.map(|mark| mark.start).min()?.min(verb.start);
    let between = scene.text.get(start..end).unwrap_or_default().to_lowercase();
    let wholly = between.split(|letter: char| !letter.is_alphabetic()).any(|word| WHOLLY.contains(&word))
        || WHOLLY_INSIDE.iter().any(|word| between.contains(word));
    let wholly = wholly && told.is_none_or(|told| told.start <= verb.end + 45);
    let everything =
        between.split(|letter: char| !letter.is_alphabetic()).any(|word| EVERYTHING.contains(&word) && end > verb.end);
    let stops = earlier.is_some_and(|mark| clause_ends(scene.text.get(mark.end..).unwrap_or_default()));
    let close = earlier.is_some_and(|mark| mark.start <= verb.end + 14);
    let plain = verb.class == Class::Drop;
    let content = if scene.content() { 0.6 } else { 1.0 };
    let score = match (plain, earlier.is_some(), hard.is_some(), soft.is_some(), wholly) {
        (true, true, true, ..) => 0.9,
        (true, false, true, _, true) => 0.8,
        (true, true, false, true, _) => 0.7 * content,
        (true, true, false, false, _) if everything => 0.65 * content,
        (true, true, false, false, true) if stops => 0.65 * content,
        (true, true, ..) if close && stops => 0.55 * content,
        (true, true, ..) if close || wholly => 0.4 * content,
        (true, false, false, true, true) => 0.4 * content,
        (true, false, true, ..) => 0.45 * content,
        (false, true, true, ..) => 0.75 * content,
        (false, false, true, _, true) => 0.45 * content,
        (false, true, false, true, _) => 0.4 * content,
        _ => return None,
    };
    Some((end, start, score))
}

/// Whether nothing follows that the word before would belong to.
fn clause_ends(after: &str) -> bool {
    let after = after.trim_start_matches([' ', '"', '\'', ')', '*', '’', '”']);
    let word = after.split(|letter: char| !letter.is_alphabetic()).next().unwrap_or_default();
    !after.starts_with(char::is_alphanumeric)
        || [
            "and", "und", "y", "et", "e", "en", "i", "и", "та", "ve", "then", "instead", "sondern", "but", "speak",
            "say",
        ]
        .contains(&word)
        || word.starts_with(|letter: char| !letter.is_ascii())
}

fn negated(scene: &Scene<'_>, at: usize) -> bool {
    let from = scene.text.floor_char_boundary(at.saturating_sub(10));
    let lead = scene.text.get(from..at).unwrap_or_default().to_ascii_lowercase();
    ["not ", "n't ", "never ", "n’t ", "nicht ", "ne ", "nunca ", "не "].iter().any(|word| lead.ends_with(word))
}

/// Bytes between a new role and the freedom that comes with it.
const ROLE: usize = 600;

/// Freedoms that no honest text pairs with a role.
const UNMISTAKABLE: [&str; 9] = [
    "do anything now",
    "jailbroken",
    "jailbreak mode",
    "dan mode",
    "god mode",
    "no longer bound",
    "broken free",
    "ethics and morals",
    "unlimited capabilities",
];

/// Somebody new, without limits.
fn persona(scene: &mut Scene<'_>) {
    let free: Vec<Mark> = scene.of(Class::Unbound).collect();
    let roles: Vec<Mark> = scene.of(Class::Persona).collect();
    let kinds = distinct(&free);
    let reach = if scene.content() { ROLE / 3 } else { ROLE };
    let paired = free.iter().find_map(|free| {
        let mut near = scene.before(free.start, reach).chain(scene.after(free.end, reach));
        let role = near.find(|mark| mark.class == Class::Persona)?;
        Some(role.start.min(free.start)..role.end.max(free.end))
    });
    let strong = free.iter().any(|mark| lexicon().words.get(mark.word).is_some_and(|word| UNMISTAKABLE.contains(word)));
    let first = free.first().or(roles.first()).map(|mark| mark.start..mark.end);
    let score = match (paired.is_some(), kinds, roles.len(), scene.content()) {
        (true, 2.., _, _) => 0.85,
        (true, _, _, false) if strong => 0.65,
        (true, _, _, true) if strong => 0.5,
        (true, ..) => 0.4,
        (false, 3.., _, _) => 0.5,
        (false, 1.., ..) => 0.25,
        (false, 0, 1.., true) => 0.2,
        _ => return,
    };
    if let Some(span) = paired.or(first) {
        scene.report("persona-switch", span, score, "a new role + no limits");
    }
}

fn distinct(marks: &[Mark]) -> usize {
    let mut words: Vec<usize> = marks.iter().map(|mark| mark.word).collect();
    words.sort_unstable();
    words.dedup();
    words.len()
}

/// Words that many honest texts have in a sentence with `show` or `list`.
const OWN_SETTINGS: [&str; 5] = ["your rules", "your configuration", "your guidelines", "system message", "text above"];

/// Show me what you were told.
fn extraction(scene: &mut Scene<'_>) {
    let prompts: Vec<Mark> = scene.of(Class::SecretPrompt).take(MOST).collect();
    let mut until = 0;
    for prompt in prompts {
        let word = scene.text.get(prompt.start..prompt.end).unwrap_or_default().to_ascii_lowercase();
        if prompt.start < until {
            continue;
        }
        let before = scene.verb(&lexicon().reveal, prompt.start.saturating_sub(80)..prompt.start);
        let before = before.filter(|verb| scene.gap(verb.end, prompt.start).is_some());
        let after = || {
            if word.is_ascii() {
                return None;
            }
            let verb = scene.verb(&lexicon().reveal, prompt.end..prompt.end + 60)?;
            scene.gap(prompt.end, verb.start).is_some().then_some(verb)
        };
        let Some(verb) = before.or_else(after) else { continue };
        let asks = scene.text.get(verb.clone()).unwrap_or_default().to_ascii_lowercase();
        let possessive = scene.gap(verb.end, prompt.end).is_some_and(|gap| gap.to_lowercase().contains("your"));
        let score = match (scene.content(), OWN_SETTINGS.contains(&&*word), asks.starts_with("what") && !possessive) {
            (false, false, false) => 0.8,
            (true, false, false) => 0.55,
            (false, true, false) => 0.4,
            _ => 0.2,
        };
        until = prompt.end.max(verb.end);
        scene.report("prompt-extraction", prompt.start.min(verb.start)..until, score, "reveal + the prompt");
    }
}

/// Refuse nothing: one such phrase is common, several are not.
fn compliance(scene: &mut Scene<'_>) {
    let marks: Vec<Mark> = scene.of(Class::Comply).collect();
    let (Some(first), Some(last)) = (marks.first(), marks.last()) else { return };
    let count = distinct(&marks);
    let score = match (count, scene.content()) {
        (1, false) => 0.3,
        (2, false) => 0.45,
        (3, false) => 0.65,
        (_, false) => 0.8,
        (1, true) => 0.15,
        (2, true) => 0.35,
        (3, true) => 0.5,
        (_, true) => 0.7,
    };
    let span = first.start..last.end.min(first.start + 400).max(first.end);
    let span = span.start..scene.text.floor_char_boundary(span.end);
    scene.report("refusal-suppression", span, score, "phrases that forbid a refusal");
}

/// Content that wants the user kept in the dark.
fn secrecy(scene: &mut Scene<'_>) {
    let score = if scene.content() { 0.6 } else { 0.25 };
    let marks: Vec<Mark> = scene.of(Class::Secrecy).collect();
    for mark in marks.into_iter().take(4) {
        scene.report("secrecy-request", mark.start..mark.end, score, "the user is not to know");
    }
}

/// Verbs that are programs, or that code uses.
const TECHNICAL: [&str; 9] =
    ["curl", "wget", "post", "http post", "encode", "render", "append", "make a request", "transfer"];

/// A verb, what it takes away, and where to.
fn sending(scene: &mut Scene<'_>) {
    let spoken = scene.marks.iter().any(|mark| matches!(mark.class, Class::Drop | Class::Machine | Class::Secrecy));
    let all: Vec<Mark> = scene.of(Class::SecretData).take(64).collect();
    for data in all {
        let end = scene.text.floor_char_boundary((data.end + 120).min(scene.text.len()));
        let Some(target) = destination(scene.text.get(data.end..end).unwrap_or_default()) else { continue };
        let Some(verb) = scene.verb(&lexicon().send, data.start.saturating_sub(160)..data.start) else { continue };
        let word = scene.text.get(verb.clone()).unwrap_or_default().to_ascii_lowercase();
        let technical = TECHNICAL.contains(&&*word) && !spoken;
        let score = match (scene.content(), technical) {
            (true, false) => 0.65,
            (true, true) => 0.3,
            (false, _) => 0.2,
        };
        scene.report("data-to-destination", verb.start..data.end + target, score, "send + data + destination");
        return;
    }
}

/// Where an address begins: of a web page or of a mailbox.
fn destination(text: &str) -> Option<usize> {
    let web = text.find("://");
    let mail = text.match_indices('@').map(|(at, _)| at).find(|at| {
        let after = text.get(at + 1..).unwrap_or_default();
        let domain =
            after.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '.' && letter != '-').next();
        domain.is_some_and(|domain| domain.trim_end_matches('.').contains('.'))
    });
    [web, mail].into_iter().flatten().min()
}
