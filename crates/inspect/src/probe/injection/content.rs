//! What content says to whoever reads it: speech to a machine, and requests among data.

use super::{Class, Mark, Scene};

pub(super) fn run(scene: &mut Scene<'_>) {
    if !scene.content() {
        return;
    }
    let data = Data::of(scene.text);
    addressed(scene, &data);
    requests(scene, &data);
}

/// What makes speech to a machine a request.
const CUES: [&str; 14] = [
    "must",
    "should",
    "please",
    "ignore",
    "do not",
    "don't",
    "you are",
    "your task",
    "instead",
    "important",
    "include",
    "recommend",
    "respond",
    "reply",
];

/// An assistant, or its answer, is spoken of in content.
fn addressed(scene: &mut Scene<'_>, data: &Data) {
    let answers: Vec<Mark> = scene.of(Class::Answer).collect();
    if let Some(first) = answers.first() {
        // Among data nobody has a reason to speak of the reader's answer.
        let line = scene.text.get(..first.start).and_then(|before| before.rsplit('\n').next()).unwrap_or_default();
        let score = if data.share >= MOSTLY && !line.trim_start().starts_with('|') { 0.65 } else { 0.25 };
        scene.report("assistant-addressed", first.start..first.end, score, "the reader's answer");
    }
    let machines: Vec<Mark> = scene.of(Class::Machine).collect();
    for mark in machines.into_iter().take(4) {
        let end = scene.text.floor_char_boundary((mark.end + 120).min(scene.text.len()));
        let after = scene.text.get(mark.end..end).unwrap_or_default().to_ascii_lowercase();
        if CUES.iter().any(|cue| after.contains(cue)) {
            scene.report("assistant-addressed", mark.start..mark.end, 0.4, "a machine is asked for something");
        }
    }
}

/// Share of the lines from which a text counts as data.
const MOSTLY: f32 = 0.6;

/// What the lines of a text are.
struct Data {
    /// How many of them are rows of a table.
    share: f32,
    /// The only sentence that asks for something, if there is just one such paragraph.
    request: Option<std::ops::Range<usize>>,
}

/// First words of a request. Verbs of tasks one gives to an assistant.
const ASKS: [&str; 74] = [
    "add",
    "anagram",
    "augment",
    "blend",
    "break",
    "can",
    "combine",
    "compose",
    "compute",
    "consider",
    "convert",
    "could",
    "create",
    "deploy",
    "describe",
    "design",
    "develop",
    "draft",
    "embed",
    "employ",
    "encode",
    "enhance",
    "ensure",
    "execute",
    "explain",
    "express",
    "find",
    "forget",
    "fuse",
    "generate",
    "give",
    "group",
    "how",
    "ignore",
    "imagine",
    "in",
    "include",
    "incorporate",
    "insert",
    "integrate",
    "introduce",
    "keep",
    "leverage",
    "list",
    "make",
    "merge",
    "misspell",
    "modify",
    "paraphrase",
    "please",
    "provide",
    "rearrange",
    "recommend",
    "remind",
    "remove",
    "render",
    "replace",
    "respond",
    "rewrite",
    "run",
    "scramble",
    "send",
    "show",
    "solve",
    "suggest",
    "summarize",
    "tell",
    "translate",
    "use",
    "utilize",
    "what",
    "who",
    "write",
    "your",
];

impl Data {
    fn of(text: &str) -> Self {
        let count = |byte: u8| memchr::memchr_iter(byte, text.as_bytes()).count();
        // Most texts are no table, and need not be taken apart to see it.
        if count(b'|') < 4 && count(b'\t') < 4 && count(b',') * 24 < text.len() {
            return Self { share: 0.0, request: None };
        }
        let (mut rows, mut lines, mut start) = (0, 0, 0);
        let mut others: Vec<std::ops::Range<usize>> = Vec::new();
        let mut fenced = false;
        for line in text.split_inclusive('\n') {
            let span = start..start + line.trim_end().len();
            start += line.len();
            let line = line.trim();
            fenced ^= line.starts_with("```");
            if line.is_empty() || line.starts_with("```") || fenced {
                continue;
            }
            lines += 1;
            if row(line) {
                rows += 1;
            } else if others.len() < 8 {
                others.push(span);
            }
        }
        let share = if rows >= 2 { rows as f32 / lines.max(1) as f32 } else { 0.0 };
        let mut asking = others.iter().filter(|span| asks(text.get((*span).clone()).unwrap_or_default()));
        let request = asking.next().cloned().filter(|_| others.len() <= 3);
        Self { share, request }
    }
}

/// A row of a table in Markdown, tab-separated or comma-separated.
fn row(line: &str) -> bool {
    let count = |byte: u8| memchr::memchr_iter(byte, line.as_bytes()).count();
    line.starts_with('|') || line.ends_with('|') || count(b'\t') >= 2 || {
        let commas = count(b',');
        commas >= 3 && line.matches(", ").count() * 2 < commas
    }
}

fn asks(line: &str) -> bool {
    let line = line.trim();
    if line.starts_with(['#', '*', '-', '>', '<', '=']) {
        return false;
    }
    let first = line.split(|letter: char| !letter.is_alphabetic()).next().unwrap_or_default().to_lowercase();
    line.contains(' ') && (line.ends_with(['?', '？']) || (ASKS.contains(&&*first) && line.len() > first.len() + 8))
}

/// A lone request among rows of data.
fn requests(scene: &mut Scene<'_>, data: &Data) {
    if let Some(request) = data.request.clone().filter(|_| data.share >= MOSTLY) {
        scene.report("request-in-data", request, 0.6, "a lone request among rows");
    }
}
