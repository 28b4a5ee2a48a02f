//! Where in a text a match can stand: not far from one of the words of its pattern.
//!
//! Lengths are counted so that a run of blanks is one byte, of a word no more than [`WORD`] and of what has no blank in
//! it no more than [`RUN`]: what is written apart or at length is not out of reach.

use std::ops::Range;

use regex_syntax::hir::{Class, Hir, HirKind};

use super::super::list::{self, List};

/// Shorter texts are searched as a whole.
pub(super) const WORTH: usize = 2 << 10;
/// Bytes of one word that count.
const WORD: usize = 64;
/// Bytes without a blank that count.
const RUN: usize = 256;
/// What is no longer than this is found as fast without windows: its automaton is small.
const SHORTEST: usize = 100;
/// Where a match may be longer, windows are not worth it.
const LONGEST: usize = 2 << 10;
/// Words in one text that are looked at.
const MOST: usize = 4 << 10;

/// The longest row of letters and digits of each word: a match may have other blanks than the word has. None if one has
/// none.
pub(super) fn cores(words: List) -> Option<List> {
    let core = |word: &&'static str| {
        let runs = word.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        runs.max_by_key(|run| run.len()).filter(|run| run.len() > 1)
    };
    let cores: Vec<&'static str> = words.iter().map(core).collect::<Option<_>>()?;
    // Kept as long as the pattern is, which is never dropped.
    Some(if cores == words { words } else { Vec::leak(cores) })
}

/// The longest match of an expression; None if that is not bounded, or too long to be of use.
pub(super) fn reach(source: &str) -> Option<usize> {
    let parsed =
        regex_syntax::ParserBuilder::new().case_insensitive(true).unicode(false).utf8(false).build().parse(source);
    longest(&parsed.ok()?).filter(|longest| (SHORTEST..=LONGEST).contains(longest))
}

fn longest(hir: &Hir) -> Option<usize> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(0),
        HirKind::Literal(literal) => Some(literal.0.len()),
        HirKind::Class(_) => Some(1),
        HirKind::Capture(capture) => longest(&capture.sub),
        HirKind::Concat(parts) => parts.iter().try_fold(0_usize, |sum, part| Some(sum + longest(part)?)),
        HirKind::Alternation(parts) => parts.iter().try_fold(0, |most: usize, part| Some(most.max(longest(part)?))),
        HirKind::Repetition(repetition) => {
            let of =
                |is: fn(u8) -> bool| matches!(repetition.sub.kind(), HirKind::Class(class) if holds_only(class, is));
            if of(is_blank) {
                return Some(1);
            }
            let bound = repetition.max.and_then(|max| longest(&repetition.sub)?.checked_mul(max as usize));
            let most = if of(is_word) { WORD } else { RUN };
            if of(|byte| !is_blank(byte)) { Some(bound.unwrap_or(most).min(most)) } else { bound }
        }
    }
}

fn holds_only(class: &Class, is: fn(u8) -> bool) -> bool {
    match class {
        Class::Bytes(class) => class.iter().all(|range| (range.start()..=range.end()).all(is)),
        Class::Unicode(_) => false,
    }
}

fn is_blank(byte: u8) -> bool {
    // As `\s` has it.
    matches!(byte, b'\t' | b'\n' | 0x0b | 0x0c | b'\r' | b' ')
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The parts of a text within reach of one of the words, in order and apart; None if they are most of it.
pub(super) fn around(lower: &str, words: List, reach: usize) -> Option<Vec<Range<usize>>> {
    let (hits, whole) = list::places(lower, words, MOST);
    if !whole {
        return None;
    }
    // A word may begin within another one.
    let reach = reach + words.iter().map(|word| word.len()).max().unwrap_or(0);
    let bytes = lower.as_bytes();
    let mut windows: Vec<Range<usize>> = Vec::new();
    let mut work = 0;
    for (start, end) in hits {
        let to = end + walked(bytes.get(end..)?.iter(), reach);
        let before = windows.last().map_or(0, |window| window.end);
        let from = if start <= before { before } else { start - walked(bytes.get(..start)?.iter().rev(), reach) };
        work += to.saturating_sub(from);
        if work > bytes.len() / 2 {
            return None;
        }
        match windows.last_mut().filter(|window| from <= window.end) {
            Some(window) => window.end = window.end.max(to),
            None => windows.push(from..to),
        }
    }
    Some(windows)
}

/// How many of the bytes are within reach.
fn walked<'b>(bytes: impl Iterator<Item = &'b u8>, reach: usize) -> usize {
    let (mut left, mut blank, mut word, mut run, mut count) = (reach, false, 0, 0, 0);
    for byte in bytes {
        let is_blank = is_blank(*byte);
        word = if is_word(*byte) { word + 1 } else { 0 };
        run = if is_blank { 0 } else { run + 1 };
        let is_free = is_blank && blank || word > WORD || run > RUN;
        blank = is_blank;
        if !is_free {
            if left == 0 {
                break;
            }
            left -= 1;
        }
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::super::{Pattern, lower};
    use super::*;

    #[test]
    fn lengths_are_known_where_they_are_bounded() {
        assert_eq!(reach(r"\bab(?:c|def)\s*x{2,5}.{90}"), Some(2 + 3 + 1 + 5 + 90));
        assert_eq!(reach(r"\w+=[^\n]{0,40}"), Some(WORD + 1 + 40));
        assert_eq!(reach(r"https?://[^\s\x22]+"), Some(8 + RUN));
        for open in ["ab", r"a[^\n]*b", r"(?:-\w+\s+)*a", r"a.{0,3000}b"] {
            assert_eq!(reach(open), None, "{open}");
        }
    }

    #[test]
    fn windows_find_what_the_whole_text_has() {
        static FAR: Pattern = Pattern::new(&["decode"], r"(\w+)\s*=\s*[^\n;]{0,40}?decode\s*\([^\n]{0,10}x");
        let filler = "some = other\n".repeat(400);
        let long = format!("n{}", "a".repeat(300));
        for text in [
            "a = b.decode(x",
            "a =\n   \n decode  (  x",
            "a = 12345678901234567890decode(x",
            "decode(x",
            "",
            "a = decode(y",
        ] {
            let name = text.replacen('a', &long, 1);
            let blanks = text.replace(' ', &" ".repeat(3_000));
            for text in [text.to_owned(), name, blanks] {
                let texts =
                    [format!("{filler}{text}\n{filler}"), format!("{text}\n{filler}"), format!("{filler}{text}")];
                for whole in &texts {
                    let regex = FAR.regex().unwrap();
                    let all: Vec<_> = regex.find_iter(whole).map(|found| found.range()).collect();
                    let found: Vec<_> = FAR.all(whole, &lower(whole)).into_iter().map(|found| found.span).collect();
                    assert_eq!(found, all, "{text:.60}");
                    assert_eq!(FAR.is_in(whole, &lower(whole)), !all.is_empty());
                }
            }
        }
    }

    #[test]
    fn blanks_within_words_hide_nothing() {
        static SPACED: Pattern = Pattern::new(&["gh gist", "exec("], r"\b(?:gh\s+gist|exec\s*\()[^\n]{0,200}secret");
        let filler = "echo\n".repeat(800);
        for hit in ["gh   gist  secret", "exec  (secret"] {
            let text = format!("# gh gist\n{filler}{hit}\n{filler}");
            assert_eq!(SPACED.all(&text, &lower(&text)).len(), 1, "{hit}");
        }
        assert_eq!(cores(&["<!--"]), None);
        assert_eq!(cores(&["gh gist", "a.from_key("]), Some(&["gist", "from_key"][..]));
    }

    #[test]
    fn many_words_are_no_more_work_than_the_text() {
        let text = "decode ".repeat(10_000);
        assert_eq!(around(&text, &["decode"], 2_000), None);
        let text = format!("{}{}", "decode ".repeat(1_000), "x ".repeat(50_000));
        let whole = std::iter::once(0..7_007).collect();
        assert_eq!(around(&text, &["decode"], 2), Some(whole));
    }
}
