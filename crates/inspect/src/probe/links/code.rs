//! Where a Markdown text is code, which a reader sees as it stands and no renderer runs (CommonMark 0.31, 4.4, 4.5,
//! 6.1). What is not surely code counts as rendered.

use std::cell::{Cell, OnceCell};
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::ops::Range;

use crate::probe::Fnv;

/// Languages of fenced blocks that front ends draw instead of showing.
const DRAWN: &[&str] = &["mermaid", "math", "latex", "svg"];

/// The parts of a text that are code; looked for when first asked.
#[derive(Debug)]
pub(crate) struct Code<'a> {
    text: &'a str,
    parts: OnceCell<Parts>,
    /// How many parts began before the place that was asked for last: most questions follow each other.
    passed: Cell<usize>,
}

/// Parts of a text by start.
#[derive(Debug)]
struct Parts {
    code: Vec<Range<usize>>,
    /// Blocks of the languages that are drawn.
    drawn: Vec<Range<usize>>,
}

impl<'a> Code<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Self { text, parts: OnceCell::new(), passed: Cell::new(0) }
    }

    /// Fenced blocks, indented blocks and code spans by start, in one go over the lines and one over the backticks.
    fn find(text: &str) -> Parts {
        let mut lines = Lines::default();
        let mut at = 0;
        for end in memchr::memchr_iter(b'\n', text.as_bytes()).map(|end| end + 1).chain(std::iter::once(text.len())) {
            let Some(line) = text.as_bytes().get(at..end).filter(|line| !line.is_empty()) else { continue };
            lines.take(line, at);
            at = end;
        }
        lines.finish(at);
        let mut parts = lines.code;
        let blocks = parts.len();
        spans(text, &lines.paragraphs, &mut parts);
        lift(text, &mut parts, blocks);
        parts.sort_unstable_by_key(|part| part.start);
        Parts { code: parts, drawn: lines.drawn }
    }

    /// Whether a byte is code.
    pub(crate) fn covers(&self, at: usize) -> bool {
        let parts = &self.parts.get_or_init(|| Self::find(self.text)).code;
        let passed = self.passed.get();
        let began = |index: usize| parts.get(index).is_some_and(|part| part.start <= at);
        let same = !began(passed) && passed.checked_sub(1).is_none_or(began);
        let after = if same { passed } else { parts.partition_point(|part| part.start <= at) };
        self.passed.set(after);
        after.checked_sub(1).and_then(|index| parts.get(index)).is_some_and(|part| part.end > at)
    }

    /// Whether a byte is of a drawing, whose strings are addresses and markup.
    pub(crate) fn draws(&self, at: usize) -> bool {
        let drawn = &self.parts.get_or_init(|| Self::find(self.text)).drawn;
        let after = drawn.partition_point(|part| part.start <= at);
        after.checked_sub(1).and_then(|index| drawn.get(index)).is_some_and(|part| part.end > at)
    }
}

/// The block structure, line by line.
#[derive(Debug, Default)]
struct Lines {
    code: Vec<Range<usize>>,
    drawn: Vec<Range<usize>>,
    paragraphs: Vec<Range<usize>>,
    fence: Option<Fence>,
    indented: Option<usize>,
    paragraph: Option<usize>,
    in_list: bool,
}

#[derive(Debug)]
struct Fence {
    mark: u8,
    len: usize,
    from: usize,
    drawn: bool,
}

impl Lines {
    fn take(&mut self, line: &[u8], at: usize) {
        // A line that begins with a letter opens no block and closes no fence.
        if line.first().is_some_and(u8::is_ascii_alphabetic) {
            if self.fence.is_none() {
                self.end_indented(at);
                self.in_list = false;
                self.paragraph.get_or_insert(at);
            }
            return;
        }
        let end = at + line.len();
        // A quotation may hold a fence as well.
        let quoted = line.iter().take_while(|byte| matches!(byte, b'>' | b' ' | b'\t')).count();
        let body = line.get(quoted..).unwrap_or_default();
        let indent = line.iter().take_while(|byte| **byte == b' ').count();
        let indented = indent >= 4 || line.first() == Some(&b'\t');
        let mark = fence_mark(body);
        if let Some(fence) = &self.fence {
            let closing = mark.filter(|(mark, len)| *mark == fence.mark && *len >= fence.len);
            let rest = closing.map(|(_, len)| body.get(len..).unwrap_or_default().trim_ascii());
            // Many front ends end the block where markup follows, too, and render that.
            let rendered = rest.is_some_and(|rest| {
                [&b"!["[..], b"<img", b"<object", b"<iframe"].iter().any(|sign| rest.starts_with(sign))
            });
            if rest.is_some_and(|rest| rendered || rest.is_empty()) {
                let parts = if fence.drawn { &mut self.drawn } else { &mut self.code };
                parts.push(fence.from..if rendered { at + quoted + closing.map_or(0, |(_, len)| len) } else { end });
                self.fence = None;
            }
            return;
        }
        if body.trim_ascii_start().is_empty() {
            self.end_paragraph(at);
            return;
        }
        if let Some((mark, len)) = mark.filter(|_| self.in_list || !indented) {
            self.end_paragraph(at);
            self.end_indented(at);
            let info = body.get(len..).unwrap_or_default().trim_ascii();
            // Backticks in the info string make it a code span.
            if !(mark == b'`' && info.contains(&b'`')) {
                let begins = |language: &&str| {
                    info.get(..language.len()).is_some_and(|info| info.eq_ignore_ascii_case(language.as_bytes()))
                };
                let drawn = DRAWN.iter().any(begins);
                self.fence = Some(Fence { mark, len, from: at, drawn });
                return;
            }
        }
        if indented && self.paragraph.is_none() && !self.in_list {
            self.indented.get_or_insert(at);
            return;
        }
        self.end_indented(at);
        if !indented {
            self.in_list = is_item(body) || (self.in_list && indent > 0);
        }
        self.paragraph.get_or_insert(at);
    }

    fn end_paragraph(&mut self, at: usize) {
        self.paragraphs.extend(self.paragraph.take().map(|from| from..at));
    }

    fn end_indented(&mut self, at: usize) {
        self.code.extend(self.indented.take().map(|from| from..at));
    }

    fn finish(&mut self, at: usize) {
        self.end_paragraph(at);
        self.end_indented(at);
        if let Some(fence) = self.fence.take() {
            let parts = if fence.drawn { &mut self.drawn } else { &mut self.code };
            parts.push(fence.from..at);
        }
    }
}

/// Three or more backticks or tildes at the start of a line.
fn fence_mark(body: &[u8]) -> Option<(u8, usize)> {
    let mark = *body.first().filter(|byte| matches!(byte, b'`' | b'~'))?;
    let len = body.iter().take_while(|byte| **byte == mark).count();
    (len >= 3).then_some((mark, len))
}

fn is_item(body: &[u8]) -> bool {
    let digits = body.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let marks: &[u8] = if digits > 0 { b".)" } else { b"-*+" };
    match body.get(digits..) {
        Some([mark, b' ' | b'\t' | b'\n', ..]) => marks.contains(mark),
        _ => false,
    }
}

/// Bytes beside a code span that still speak of it.
const BESIDE: usize = 60;

/// Takes out code spans beside which a model is told to write them without their backticks: they will be rendered.
fn lift(text: &str, parts: &mut Vec<Range<usize>>, blocks: usize) {
    const LIFTED: &[&str] = &["without the backticks", "without backticks", "remove the backticks"];
    if memchr::memmem::find(text.as_bytes(), b" backticks").is_none() {
        return;
    }
    let spans = parts.split_off(blocks);
    parts.extend(spans.into_iter().filter(|span| {
        let from = text.ceil_char_boundary(span.start.saturating_sub(BESIDE));
        let to = text.floor_char_boundary((span.end + BESIDE).min(text.len()));
        let beside = [text.get(from..span.start), text.get(span.end..to)];
        !beside.into_iter().flatten().any(|beside| LIFTED.iter().any(|words| beside.contains(words)))
    }));
}

/// Code spans: a run of backticks up to the next run of the same length in the same paragraph.
fn spans(text: &str, paragraphs: &[Range<usize>], parts: &mut Vec<Range<usize>>) {
    for paragraph in paragraphs {
        let body = text.as_bytes().get(paragraph.clone()).unwrap_or_default();
        let mut runs: Vec<Range<usize>> = Vec::new();
        for at in memchr::memchr_iter(b'`', body).map(|at| at + paragraph.start) {
            match runs.last_mut().filter(|run| run.end == at) {
                Some(run) => run.end += 1,
                None => runs.push(at..at + 1),
            }
        }
        if runs.len() < 2 {
            continue;
        }
        // The next run of the same length, for each run, found from the back.
        let mut next: Vec<Option<usize>> = vec![None; runs.len()];
        let mut last: HashMap<usize, usize, BuildHasherDefault<Fnv>> = HashMap::default();
        for (index, run) in runs.iter().enumerate().rev() {
            if let Some(slot) = next.get_mut(index) {
                *slot = last.insert(run.len(), index);
            }
        }
        let mut index = 0;
        while let Some(run) = runs.get(index) {
            let close = next.get(index).copied().flatten();
            let end = close.and_then(|close| runs.get(close)).map(|close| close.end);
            parts.extend(end.map(|end| run.start..end));
            index = close.unwrap_or(index) + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn code_is_told_from_what_is_rendered() {
        for (text, code) in [
            ("a `x` b", true),
            ("a ``b ` x`` c", true),
            ("a ` x", false),
            ("a `\n\nx `", false),
            ("```html\nx\n```\n", true),
            ("~~~\n```\nx\n~~~", true),
            ("```\ny\n```\nx\n", false),
            ("```mermaid\nx\n```\n", false),
            ("```\nx", true),
            ("word\n\n    x\n", true),
            ("- item\n\n    x\n", false),
            ("word\n    x\n", false),
            ("> ```\n> x\n> ```\n", true),
        ] {
            assert_eq!(Code::of(text).covers(text.find('x').unwrap()), code, "{text:?}");
        }
    }
}
