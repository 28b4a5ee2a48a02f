//! Marks of a conversation where there should be none, and commands in pieces or disguise.

use super::{Class, Mark, Scene};

pub(super) fn run(scene: &mut Scene<'_>) {
    tokens(scene);
    turns(scene);
    breaks(scene);
    many_shot(scene);
    pieces(scene);
}

/// Tokens of a chat template. A user's text that is wrapped in one as a whole, as logs keep it, is no forgery.
fn tokens(scene: &mut Scene<'_>) {
    let tokens: Vec<Mark> = scene.of(Class::Token).collect();
    let Some(first) = tokens.first() else { return };
    let wrapped = scene.text.get(..first.start).is_some_and(|before| before.trim().is_empty());
    if wrapped && !scene.content() {
        return;
    }
    for token in tokens.iter().take(4) {
        let after = scene.text.get(token.end..).unwrap_or_default().trim_start();
        let role = ["system", "user", "assistant", "developer"]
            .iter()
            .any(|role| after.get(..role.len()).is_some_and(|start| start.eq_ignore_ascii_case(role)));
        let line_start = scene.text.get(..token.start).is_none_or(|before| before.is_empty() || before.ends_with('\n'));
        let score = match (role || line_start, scene.content()) {
            (true, true) => 0.75,
            (true, false) => 0.6,
            (false, true) => 0.4,
            (false, false) => 0.35,
        };
        scene.report("chat-template-token", token.start..token.end, score, "token of a chat template");
    }
}

/// Bytes after the mark of a turn in which a command makes it one.
const TURN: usize = 160;

/// A turn of the operator or of the user, forged at the start of a line.
fn turns(scene: &mut Scene<'_>) {
    let turns: Vec<Mark> = scene.of(Class::Turn).collect();
    for turn in turns.into_iter().take(8) {
        let line_start = scene.text.get(..turn.start).is_none_or(|before| {
            before.trim_end_matches([' ', '\t', '*', '#']).ends_with('\n') || before.trim().is_empty()
        });
        if !line_start {
            continue;
        }
        let commands = scene.after(turn.end, TURN).any(|mark| {
            matches!(
                mark.class,
                Class::Drop | Class::Persona | Class::Unbound | Class::Break | Class::SecretPrompt | Class::Secrecy
            )
        });
        let score = match (commands, scene.content()) {
            (true, true) => 0.6,
            (true, false) => 0.5,
            (false, _) => 0.2,
        };
        scene.report("forged-turn", turn.start..turn.end, score, "a turn of the conversation");
    }
}

/// The end of the context is claimed, or new orders are.
fn breaks(scene: &mut Scene<'_>) {
    let breaks: Vec<Mark> = scene.of(Class::Break).collect();
    for mark in breaks.into_iter().take(4) {
        let word = scene.text.get(mark.start..mark.end).unwrap_or_default().to_lowercase();
        let shouted = scene.text.get(mark.start..mark.end).is_some_and(|word| word.chars().all(|c| !c.is_lowercase()));
        let claims = word.starts_with("end of") || word.ends_with(':') || word.contains("system prompt");
        let next = scene.text.get(mark.end..).unwrap_or_default().trim_start_matches(['*', ' ']);
        let colon = next.starts_with([':', '：', '!']);
        let score = match (claims && shouted || (claims || colon) && scene.content(), scene.content()) {
            (true, true) => 0.5,
            (true, false) => 0.5,
            (false, _) if claims || colon || shouted => 0.35,
            (false, true) => 0.2,
            (false, false) => 0.15,
        };
        scene.report("forged-turn", mark.start..mark.end, score, "an end or new orders are claimed");
    }
}

/// Many turns of question and answer in one text.
fn many_shot(scene: &mut Scene<'_>) {
    let turns: Vec<Mark> = scene.of(Class::Question).collect();
    let (Some(first), Some(last)) = (turns.first(), turns.last()) else { return };
    let score = match (turns.len(), scene.content()) {
        (36.., false) => 0.6,
        (16.., false) => 0.4,
        (40.., true) => 0.3,
        _ => return,
    };
    scene.report("many-shot", first.start..last.end, score, "many turns in one text");
}

/// A command in pieces, or a secret to be told in disguise.
fn pieces(scene: &mut Scene<'_>) {
    let first = scene.of(Class::Pieces).next();
    if let Some(first) = first {
        let score = if scene.content() { 0.25 } else { 0.45 };
        scene.report("split-payload", first.start..first.end, score, "a command in pieces");
    }
    let disguises: Vec<Mark> = scene.of(Class::Disguise).collect();
    let near = |mark: &&Mark| {
        scene.before(mark.start, 160).chain(scene.after(mark.end, 160)).any(|other| other.class == Class::Wanted)
    };
    let first = disguises.iter().find(near).copied();
    if let Some(first) = first {
        let score = if scene.content() { 0.3 } else { 0.5 };
        scene.report("split-payload", first.start..first.end, score, "a secret in disguise");
    }
}
