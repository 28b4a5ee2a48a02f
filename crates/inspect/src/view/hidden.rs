//! Characters without ink: taken out, and reported when they carry something.

use std::ops::Range;

use super::edit::Edit;
use super::readable::{line, readable};
use super::unicode::{self, Unseen, next_unseen, unseen};
use super::{Work, lexicon, orders, report, zero_width};
use crate::detection::Detection;

/// Characters of one payload stand at most this many bytes apart.
const GAP: usize = 64;

/// What the characters without ink amount to.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// What is taken out, each with an empty text.
    pub(super) stripped: Vec<Edit>,
    /// What they spell, and how.
    pub(super) decoded: Vec<(Edit, &'static str)>,
    /// Whether the order of writing is changed anywhere.
    pub(super) directed: bool,
}

/// A character that carries something, and where it stands.
type Carrier<T> = (Range<usize>, T);

#[derive(Default)]
struct Carriers {
    tags: Vec<Carrier<char>>,
    variations: Vec<Carrier<u8>>,
    widthless: Vec<Carrier<char>>,
    fillers: Vec<Range<usize>>,
    /// Inside words of scripts that have none there.
    splits: Vec<Range<usize>>,
    /// Every soft hyphen within a word.
    soft: Vec<Range<usize>>,
    /// Soft hyphens behind the first letter of a word or before its last: no hyphenation leaves one alone.
    lone: Vec<Range<usize>>,
    /// Every character without width that no script puts between its letters.
    widths: Vec<Range<usize>>,
}

/// Characters without ink in a row, and what stands around them.
struct Run<'a> {
    range: Range<usize>,
    text: &'a str,
    before: Option<char>,
    after: Option<char>,
    /// Whether one letter alone stands on a side.
    lone: bool,
    /// Whether it is the one before: `E-Mail`, where some put a soft hyphen for the hyphen.
    initial: bool,
}

/// Reads a text and reports what is hidden in it.
pub(super) fn read(text: &str, found: &mut Vec<Detection>, work: &mut Work) -> Reading {
    let mut reading = Reading::default();
    let mut carriers = Carriers::default();
    let mut at = 0;
    work.add(text.len());
    while let Some((start, ..)) = next_unseen(text, at) {
        let rest = text.get(start..).unwrap_or_default();
        let len = rest.find(|c| unseen(c).is_none()).unwrap_or(rest.len());
        let range = start..start + len;
        at = range.end;
        let letter = |c: Option<char>| c.is_some_and(|c| c.is_alphabetic() || unseen(c).is_some());
        let initial = !letter(text.get(..start).and_then(|text| text.chars().nth_back(1)));
        let second = text.get(range.end..).and_then(|text| text.chars().nth(1));
        let run = Run {
            initial,
            lone: initial || !letter(second),
            text: rest.get(..len).unwrap_or_default(),
            before: text.get(..start).and_then(|text| text.chars().next_back()),
            after: text.get(range.end..).and_then(|text| text.chars().next()),
            range,
        };
        reading.directed |= run.text.chars().any(|c| unseen(c) == Some(Unseen::Direction));
        carriers.widths(&run);
        if !is_honest(&run, text) {
            carriers.take(&run);
            reading.stripped.push(Edit { range: run.range, text: String::new() });
        }
    }
    if carriers.lone.len() >= FEWEST_LONE {
        carriers.splits.append(&mut carriers.lone);
        carriers.splits.sort_by_key(|split| split.start);
    }
    carriers.tags(found, &mut reading.decoded);
    carriers.variations(found, &mut reading.decoded);
    carriers.widthless(text, found, &mut reading.decoded, work);
    carriers.soft_orders(text, found);
    carriers.fillers(text, found);
    reading
}

/// Whether writing needs the characters where they stand.
fn is_honest(run: &Run<'_>, text: &str) -> bool {
    let around = |test: fn(char) -> bool| run.before.is_some_and(test) || run.after.is_some_and(test);
    let both = |test: fn(char) -> bool| run.before.is_some_and(test) && run.after.is_some_and(test);
    let neutral = |c: char| matches!(unseen(c), Some(Unseen::Mark | Unseen::Direction));
    let mut kept = run.text.chars().filter(|c| !neutral(*c));
    let (first, second) = (kept.next(), kept.next());
    let longer = kept.next().is_some();
    // A row of marks of direction is one of bits.
    let Some(first) = first else { return !both(unicode::is_plain_letter) && run.text.chars().nth(7).is_none() };
    if run.before == Some('\u{1F3F4}') && is_flag(run.text) {
        return true;
    }
    if longer || second.is_some_and(|c| c == '\u{2800}') {
        return run.text.chars().all(|c| c == '\u{2800}') && braille_near(text, &run.range);
    }
    let Some(kind) = unseen(first) else { return true };
    match (kind, second) {
        (Unseen::Variation, None) => run.before.is_some_and(|base| unicode::has_variation(base, first)),
        (Unseen::Variation, Some('\u{200D}')) => both(unicode::is_symbol),
        (Unseen::Joiner, None) => around(unicode::needs_joiners) || (first == '\u{200D}' && both(unicode::is_symbol)),
        (Unseen::Joiner, Some(second)) => unseen(second) == Some(Unseen::Joiner) && around(unicode::needs_joiners),
        (Unseen::ZeroWidth, None) => match first {
            '\u{FEFF}' => run.range.start == 0,
            '\u{34F}' => !both(|c| c.is_ascii_alphabetic()),
            '\u{1D173}'..='\u{1D17A}' => around(|c| matches!(c, '\u{1D100}'..='\u{1D1FF}')),
            _ => around(unicode::needs_joiners),
        },
        (Unseen::Filler, None) => {
            if first == '\u{2800}' {
                braille_near(text, &run.range)
            } else {
                around(is_hangul)
            }
        }
        _ => false,
    }
}

/// Whether Braille patterns stand on the same line or near: drawings are made of them.
fn braille_near(text: &str, range: &Range<usize>) -> bool {
    let from = super::edit::floor(text, range.start.saturating_sub(96));
    let to = super::edit::floor(text, range.end + 96);
    text.get(from..to).is_some_and(|near| near.chars().any(|c| matches!(c, '\u{2801}'..='\u{28FF}')))
}

fn is_hangul(c: char) -> bool {
    use unicode_script::{Script, UnicodeScript};
    c.script() == Script::Hangul && unseen(c).is_none()
}

/// A subdivision of Great Britain, the United States or Canada, as flags name it, and the tag that ends it.
fn is_flag(tags: &str) -> bool {
    let Some(name) = tags.strip_suffix('\u{E007F}') else { return false };
    let mut letters = [0_u8; 5];
    let mut count = 0;
    for c in name.chars() {
        let (Some(letter), Some(place)) = (tag(c), letters.get_mut(count)) else { return false };
        *place = letter as u8;
        count += 1;
    }
    match letters.get(..count) {
        Some([b'g', b'b', rest @ ..]) => matches!(rest, b"eng" | b"sct" | b"wls"),
        Some([b'u', b's', rest @ ..] | [b'c', b'a', rest @ ..]) => {
            rest.len() == 2 && rest.iter().all(u8::is_ascii_lowercase)
        }
        _ => false,
    }
}

/// The ASCII character that a tag repeats.
fn tag(c: char) -> Option<char> {
    let code = u32::from(c).checked_sub(0xE0000)?;
    (0x20..0x7F).contains(&code).then(|| char::from_u32(code)).flatten()
}

/// The byte that a variation selector stands for: VS1 is 0, VS256 is 255.
fn byte(c: char) -> Option<u8> {
    let code = u32::from(c);
    match code {
        0xFE00..=0xFE0F => u8::try_from(code - 0xFE00).ok(),
        0xE0100..=0xE01EF => u8::try_from(code - 0xE0100 + 16).ok(),
        _ => None,
    }
}

/// Letters that soft hyphens leave alone, from which on they are no slip of an author.
const FEWEST_LONE: usize = 4;

/// Soft hyphens of one sentence stand at most this many bytes apart.
const SOFT_GAP: usize = 32;

/// Characters without width that make a row.
const ROW: usize = 9;

impl Carriers {
    fn widths(&mut self, run: &Run<'_>) {
        let kind = run.text.chars().next().and_then(unseen);
        let breaks = |c: Option<char>| c.is_some_and(unicode::breaks_words);
        if matches!(kind, Some(Unseen::ZeroWidth | Unseen::SoftHyphen))
            && !breaks(run.before)
            && !breaks(run.after)
            && unicode::keeps_letters(run.before, run.after)
        {
            self.widths.push(run.range.clone());
        }
    }

    fn take(&mut self, run: &Run<'_>) {
        let mut splits = false;
        let count = run.text.chars().count();
        for (offset, c) in run.text.char_indices() {
            let start = run.range.start + offset;
            let range = start..start + c.len_utf8();
            match unseen(c) {
                Some(Unseen::Tag) => self.tags.push((range, tag(c).unwrap_or('\0'))),
                Some(Unseen::Variation) => {
                    if let Some(byte) = byte(c) {
                        self.variations.push((range, byte));
                    }
                }
                Some(Unseen::SoftHyphen) => {
                    splits |= count > 1;
                    self.widthless.push((range, c));
                }
                Some(Unseen::Filler) => {
                    splits = true;
                    self.fillers.push(range.clone());
                    self.widthless.push((range, c));
                }
                Some(Unseen::Joiner | Unseen::ZeroWidth | Unseen::Mark) => {
                    splits = true;
                    self.widthless.push((range, c));
                }
                Some(Unseen::Direction) | None => {}
            }
        }
        let letters = [run.before, run.after].iter().all(|c| c.is_some_and(unicode::is_plain_letter));
        if letters && run.text == "\u{AD}" {
            self.soft.push(run.range.clone());
        }
        if splits && letters {
            self.splits.push(run.range.clone());
        } else if letters && run.lone && !(run.initial && run.before.is_some_and(char::is_uppercase)) {
            self.lone.push(run.range.clone());
        }
    }

    fn tags(&self, found: &mut Vec<Detection>, decoded: &mut Vec<(Edit, &'static str)>) {
        for cluster in near(&self.tags) {
            let text: String = cluster.iter().map(|(_, c)| *c).filter(|c| *c != '\0').collect();
            let span = span(cluster);
            if text.trim().is_empty() {
                continue;
            }
            let score = if text.len() < 3 { 0.7 } else { 0.98 };
            report(found, "hidden-tag-text", span.clone(), score, line(&text));
            decoded.push((Edit { range: span, text }, "tag characters"));
        }
    }

    fn variations(&self, found: &mut Vec<Detection>, decoded: &mut Vec<(Edit, &'static str)>) {
        for cluster in near(&self.variations) {
            // A form of the emoji before the payload is no part of it.
            let bytes: Vec<u8> = cluster.iter().map(|(_, byte)| *byte).collect();
            let payload = bytes.iter().position(|byte| !(14..16).contains(byte)).and_then(|from| bytes.get(from..));
            let span = span(cluster);
            if let Some(text) = payload.filter(|bytes| bytes.len() > 1).and_then(|bytes| readable(bytes.to_vec())) {
                report(found, "hidden-variation-selector-bytes", span.clone(), 0.98, line(&text));
                decoded.push((Edit { range: span, text }, "variation selectors"));
            } else if let Some(text) = zero_width::bits(&bytes) {
                report(found, "hidden-variation-selector-bytes", span.clone(), 0.98, line(&text));
                decoded.push((Edit { range: span, text }, "variation selectors"));
            } else if bytes.len() >= 4 {
                let evidence = format!("{} variation selectors", bytes.len());
                report(found, "hidden-variation-selector-bytes", span, 0.8, evidence);
            }
        }
    }

    fn widthless(
        &self,
        text: &str,
        found: &mut Vec<Detection>,
        decoded: &mut Vec<(Edit, &'static str)>,
        work: &mut Work,
    ) {
        let symbols: Vec<char> = self.widthless.iter().map(|(_, c)| *c).collect();
        work.add(symbols.len());
        if let Some(payload) = zero_width::decode(&symbols) {
            let span = span(&self.widthless);
            report(found, "hidden-zero-width-text", span.clone(), 0.98, line(&payload));
            decoded.push((Edit { range: span, text: payload }, "zero-width characters"));
            return;
        }
        let mut longest: &[Carrier<char>] = &[];
        for run in self.widthless.chunk_by(|a, b| a.0.end == b.0.start) {
            if run.len() > longest.len() && run.iter().all(|(_, c)| unseen(*c) != Some(Unseen::Filler)) {
                longest = run;
            }
        }
        if longest.len() >= 6 {
            let evidence = format!("{} characters without width in a row", longest.len());
            report(found, "hidden-zero-width-text", span(longest), 0.75, evidence);
        } else {
            let row = self.row(text);
            if let Some(range) = &row {
                let written = text.get(range.clone()).unwrap_or_default();
                let read: String = written.chars().filter(|c| unseen(*c).is_none()).collect();
                let proved = read.to_lowercase().split(' ').any(lexicon::proves);
                report(found, "hidden-zero-width-split", range.clone(), if proved { 0.9 } else { 0.75 }, line(&read));
            }
            self.splits(text, &row.unwrap_or_default(), found);
        }
    }

    /// The longest row of characters without width between single letters and pairs of them: no syllables of any
    /// language are so short so often.
    fn row(&self, text: &str) -> Option<Range<usize>> {
        let short = |a: &Range<usize>, b: &Range<usize>| {
            let piece = text.get(a.end..b.start).filter(|piece| piece.len() <= 12).unwrap_or_default();
            // A word ends now and then within the row.
            let letters = piece.chars().filter(|c| c.is_alphabetic()).count();
            let most = if piece.contains(' ') { 3 } else { 2 };
            // The signs of vowels are no letters; those of countries none either.
            let sign = |c: char| matches!(c, '\u{900}'..='\u{D7F}' | '\u{300}'..='\u{36F}' | '\u{1F1E6}'..='\u{1F1FF}');
            let joined = |c: char| c.is_alphabetic() || sign(c) || (c.is_ascii() && !c.is_ascii_control());
            // What keeps the end of a letter out of a preview is spaces.
            let written = piece.chars().any(|c| !c.is_whitespace());
            written && letters <= most && piece.chars().count() <= 5 && piece.chars().all(joined)
        };
        let rows = self.widths.chunk_by(|a, b| short(a, b)).filter(|row| row.len() >= ROW);
        let longest = rows.max_by_key(|row| row.len())?;
        // The words at its ends belong to it.
        let (first, last) = (word_around(text, longest.first()?), word_around(text, longest.last()?));
        Some(first.start.min(longest.first()?.start)..last.end.max(longest.last()?.end))
    }

    /// Words that are cut by what nobody sees.
    fn splits(&self, text: &str, row: &Range<usize>, found: &mut Vec<Detection>) {
        let mut reported = 0;
        let mut words: Vec<(Range<usize>, String)> = Vec::new();
        for split in self.splits.iter().filter(|split| !row.contains(&split.start)) {
            if words.last().is_some_and(|(word, _)| word.end >= split.end) {
                continue;
            }
            let range = word_around(text, split);
            let word: String =
                text.get(range.clone()).unwrap_or_default().chars().filter(|c| unseen(*c).is_none()).collect();
            words.push((range, word));
        }
        for (range, word) in &words {
            let cuts = text.get(range.clone()).map_or(0, |word| word.chars().filter(|c| unseen(*c).is_some()).count());
            let math = text.get(range.clone()).is_some_and(is_formula);
            let known = lexicon::proves(&word.to_lowercase());
            if math || word.chars().count() < 3 {
                continue;
            }
            let score = match (known, cuts, words.len()) {
                (true, ..) => 0.9,
                (_, 2.., _) | (_, _, 3..) => 0.75,
                (_, _, 2) => 0.6,
                _ => 0.4,
            };
            report(found, "hidden-zero-width-split", range.clone(), score, line(word));
            reported += 1;
            if reported == 100 {
                return;
            }
        }
    }

    /// An order whose words are cut by soft hyphens: a filter does not know them, and typesetting needs no such many.
    fn soft_orders(&self, text: &str, found: &mut Vec<Detection>) {
        let rows = self.soft.chunk_by(|a, b| b.start - a.end <= SOFT_GAP).filter(|row| row.len() >= FEWEST_LONE);
        for row in rows.take(16) {
            let (Some(first), Some(last)) = (row.first(), row.last()) else { continue };
            let span = word_around(text, first).start..word_around(text, last).end;
            let written = text.get(span.clone()).unwrap_or_default();
            let read: String = written.chars().filter(|c| unseen(*c).is_none()).take(1000).collect();
            let reported = found.iter().any(|one| one.span.start < span.end && span.start < one.span.end);
            if !reported && (lexicon::weight(&read) == 3 || orders::orders_model(&read)) {
                report(found, "hidden-zero-width-split", span, 0.7, line(&read));
            }
        }
    }

    fn fillers(&self, text: &str, found: &mut Vec<Detection>) {
        let Some((first, last)) = self.fillers.first().zip(self.fillers.last()) else { return };
        let runs = self.fillers.chunk_by(|a, b| a.end == b.start);
        let longest = runs.map(<[_]>::len).max().unwrap_or(0);
        if longest >= 3 || self.fillers.len() >= 6 {
            let evidence = format!("{} blank characters that count as letters", self.fillers.len());
            report(found, "hidden-filler-run", first.start..last.end, 0.8, evidence);
        } else if self.fillers.iter().any(|filler| is_name(text, filler)) {
            let evidence = "a name that is a blank character".into();
            report(found, "hidden-filler-run", first.start..last.end, 0.7, evidence);
        }
    }
}

/// Whether a filler stands where code has a name: after a comma or a bracket, before another of them.
fn is_name(text: &str, filler: &Range<usize>) -> bool {
    let before =
        text.get(..filler.start).map(|text| text.trim_end_matches(' ')).and_then(|text| text.bytes().next_back());
    let after = text.get(filler.end..).map(|text| text.trim_start_matches(' ')).and_then(|text| text.bytes().next());
    // In brackets after a word of Korean it is shown, not used.
    let shown = before == Some(b'(') && after == Some(b')') && text.get(..filler.start).is_some_and(is_korean_bracket);
    !shown
        && matches!(before, Some(b',' | b'{' | b'(' | b'['))
        && matches!(after, Some(b'}' | b')' | b']' | b',' | b'=' | b'\n'))
}

/// Whether a text ends with a bracket that opens behind a letter of Hangul.
fn is_korean_bracket(text: &str) -> bool {
    text.strip_suffix('(').and_then(|before| before.trim_end().chars().next_back()).is_some_and(is_hangul)
}

/// Functions that U+2061 stands behind.
const FUNCTIONS: &[&str] = &[
    "sin", "cos", "tan", "cot", "sec", "csc", "log", "ln", "lg", "exp", "lim", "max", "min", "sup", "inf", "det",
    "arg", "gcd", "deg", "dim", "ker",
];

/// Invisible operators between single letters: how a formula is written.
fn is_formula(word: &str) -> bool {
    word.chars().all(|c| unseen(c).is_none() || ('\u{2061}'..='\u{2064}').contains(&c))
        && word.split(|c| unseen(c).is_some()).all(|part| {
            let small = |c: &char| matches!(c, '\u{2070}'..='\u{209C}' | '\u{1D62}'..='\u{1D6A}' | '\u{2C7C}' | '\'' | '\u{2032}');
            let function = FUNCTIONS.contains(&part) && word.contains(&format!("{part}\u{2061}"));
            function || part.chars().filter(|c| !small(c)).count() <= 1 || part.parse::<f64>().is_ok()
        })
}

/// The word around a cut: letters, digits and what is not seen.
fn word_around(text: &str, cut: &Range<usize>) -> Range<usize> {
    let inside = |c: &char| unicode::is_plain_letter(*c) || unseen(*c).is_some();
    let before: usize =
        text.get(..cut.start).unwrap_or_default().chars().rev().take(64).take_while(inside).map(char::len_utf8).sum();
    let after: usize =
        text.get(cut.end..).unwrap_or_default().chars().take(256).take_while(inside).map(char::len_utf8).sum();
    cut.start - before..cut.end + after
}

/// Carriers that belong to one payload.
fn near<T>(carriers: &[Carrier<T>]) -> impl Iterator<Item = &[Carrier<T>]> {
    carriers.chunk_by(|a, b| b.0.start - a.0.end <= GAP)
}

fn span<T>(cluster: &[Carrier<T>]) -> Range<usize> {
    cluster.first().map_or(0, |(range, _)| range.start)..cluster.last().map_or(0, |(range, _)| range.end)
}
