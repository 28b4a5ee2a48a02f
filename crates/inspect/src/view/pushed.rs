//! Text that is pushed out of sight by blank lines, or by blanks within a line.

use std::ops::Range;

use super::readable::line;
use super::{Work, report};
use crate::detection::Detection;
use crate::probe::is_steering_order;

/// Steps in which a text is searched: less than the shortest run of blanks, so that none is jumped over.
const STEP: usize = 24;

/// Blank lines that push text off a page.
const LINES: usize = 30;

/// Bytes of blanks that push text off a line. Tables and right margins have fewer.
const COLUMNS: usize = 120;

/// The same of tabs, which are wider.
const TABS: usize = 40;

/// Most bytes behind the blanks that are read.
const BEHIND: usize = 2 << 10;

/// Reports orders behind long runs of blanks.
pub(super) fn read(text: &str, found: &mut Vec<Detection>, work: &mut Work) {
    let bytes = text.as_bytes();
    work.add(bytes.len() / STEP);
    let mut at = STEP;
    while let Some(byte) = bytes.get(at) {
        if !is_blank(*byte) {
            at += STEP;
            continue;
        }
        let start =
            at - bytes.get(..at).map_or(0, |before| before.iter().rev().take_while(|byte| is_blank(**byte)).count());
        let end = at + bytes.get(at..).map_or(0, |rest| rest.iter().take_while(|byte| is_blank(**byte)).count());
        work.add(end - start);
        at = end + STEP;
        if end - start < LINES || end == bytes.len() {
            continue;
        }
        let (start, end) = (text.ceil_char_boundary(start), text.floor_char_boundary(end));
        let Some(run) = text.get(start..end).filter(|run| pushes(run)) else { continue };
        let Some((span, said)) = behind(text, end, run.contains('\n')) else { continue };
        // No byte is read twice.
        at = span.end.max(at);
        // Markup is drawn without its blanks.
        if !said.starts_with('<') && is_steering_order(said) {
            report(found, "hidden-pushed-instruction", span, 0.6, line(said));
        }
    }
}

/// White space, or a byte of the wide ones.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0xE3 | 0x80 | 0xC2 | 0xA0)
}

/// Whether a run is blank, and long enough that nobody looks for what is behind it.
fn pushes(run: &str) -> bool {
    let run = run.trim_matches(|c: char| !c.is_whitespace());
    let lines = run.bytes().filter(|byte| *byte == b'\n').count();
    let tabs = run.bytes().filter(|byte| *byte == b'\t').count();
    let long = if lines == 0 { run.len() >= COLUMNS || tabs >= TABS } else { lines >= LINES };
    long && run.chars().all(char::is_whitespace)
}

/// What stands behind the blanks: the paragraph, or the rest of the line. An indented line begins its line.
fn behind(text: &str, end: usize, lines: bool) -> Option<(Range<usize>, &str)> {
    let rest = text.get(end..text.floor_char_boundary((end + BEHIND).min(text.len())))?;
    let paragraph = || [rest.find("\n\n"), rest.find("\n\r\n")].into_iter().flatten().min();
    let stop = if lines { paragraph() } else { rest.find('\n') };
    let said = rest.get(..stop.unwrap_or(rest.len()))?.trim_end();
    (!said.is_empty()).then_some((end..end + said.len(), said))
}
