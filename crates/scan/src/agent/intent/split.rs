//! A document in parts: its blocks of code, its sentences.

use std::ops::Range;

/// Blocks of code in a document: commands are looked at as such.
pub(super) fn fences(text: &str) -> Vec<Range<usize>> {
    let mut marks = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~") {
            marks.push(at..at + line.len());
        }
        at += line.len();
    }
    marks
        .chunks(2)
        .filter_map(|pair| Some(pair.first()?.start..pair.get(1).map_or(text.len(), |end| end.end)))
        .collect()
}

/// Sentences: ended by a full stop before a space, by an empty line, by the next item of a list.
pub(super) fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut push = |from: usize, to: usize| {
        let part = text.get(from..to).unwrap_or_default();
        let begin = from + (part.len() - part.trim_start().len());
        if part.trim().len() > 3 {
            out.push(begin..begin + part.trim().len());
        }
    };
    let mut stop = false;
    for (at, c) in text.char_indices() {
        let next = text.get(at + c.len_utf8()..).unwrap_or_default();
        let end = match c {
            '\n' => new_block(next),
            '。' | '！' | '？' => true,
            c if c.is_whitespace() => stop,
            _ => false,
        };
        if end {
            push(start, at + c.len_utf8());
            start = at + c.len_utf8();
        }
        stop = matches!(c, '.' | '!' | '?');
    }
    push(start, text.len());
    out
}

/// Whether a line begins something new.
fn new_block(line: &str) -> bool {
    let trimmed = line.split('\n').next().unwrap_or_default().trim_start();
    trimmed.is_empty()
        || trimmed.starts_with(['#', '-', '*', '•', '|', '>', '+'])
        || trimmed.starts_with("```")
        || trimmed.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(['.', ')'])
            && trimmed.starts_with(|c: char| c.is_ascii_digit())
}
