//! Cells that a spreadsheet takes for formulas which reach out of it.

use super::{Look, Probe, Word};
use crate::context::Channel;
use crate::detection::{Category, Detection, View};

/// The probe.
#[derive(Debug)]
pub(crate) struct Table;

/// Functions that fetch or link, then programs that a cell can start.
const WORDS: &[&str] = &[
    "hyperlink(",
    "image(",
    "webservice(",
    "importxml(",
    "importdata(",
    "importhtml(",
    "importfeed(",
    "importrange(",
    "cmd|",
    "dde(",
    "powershell|",
    "rundll32|",
    "msexcel|",
    "mshta|",
];

/// Where in `WORDS` the functions that only link end, and where all functions end.
const LINKS: usize = 2;
const FUNCTIONS: usize = 8;

impl Probe for Table {
    fn categories(&self) -> &'static [Category] {
        &[Category::Output]
    }

    fn words(&self) -> &'static [&'static str] {
        WORDS
    }

    fn run(&self, look: &Look<'_>, found: &mut Vec<Detection>) {
        if look.pass.view != View::Raw || look.context.channel == Channel::System {
            return;
        }
        for word in look.words {
            let Some(start) = cell(look.pass.text, word) else { continue };
            let (score, end) = judge(look.pass.text, word);
            found.push(Detection {
                kind: "formula-injection".into(),
                detector: "formula-injection".into(),
                category: Category::Output,
                span: start..end,
                score,
                view: look.pass.view,
                evidence: "a cell that a spreadsheet runs as a formula".into(),
            });
        }
    }
}

/// The start of the formula, if the word stands in one that begins its cell.
fn cell(text: &str, word: &Word) -> Option<usize> {
    let bytes = text.as_bytes();
    let before = bytes.get(word.start.saturating_sub(12)..word.start)?;
    let inside = |byte: &&u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'@' | b'=' | b'(' | b'*' | b'\'' | b'!')
    };
    let len = before.iter().rev().take_while(inside).count();
    let start = word.start - len;
    let sign = bytes.get(start..word.start)?.iter().position(|byte| matches!(byte, b'=' | b'+' | b'-' | b'@'))?;
    let start = start + sign;
    let edge = start
        .checked_sub(1)
        .and_then(|at| bytes.get(at))
        .is_none_or(|byte| matches!(byte, b'\n' | b',' | b';' | b'\t' | b'"' | b'|'));
    (edge && sign == 0).then_some(start)
}

fn judge(text: &str, word: &Word) -> (f32, usize) {
    let rest = text.as_bytes().get(word.end..).unwrap_or_default();
    let len = rest.iter().take(500).position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len().min(500));
    let line = rest.get(..len).unwrap_or_default();
    let holds = |part: &[u8]| memchr::memmem::find(line, part).is_some();
    let score = if word.index >= FUNCTIONS {
        if holds(b"!") { 0.75 } else { 0.45 }
    } else if !holds(b"://") {
        0.3
    } else if word.index >= LINKS || holds(b"&") {
        0.65
    } else {
        0.4
    };
    let end = (word.end..=word.end + len).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(word.end);
    (score, end)
}
