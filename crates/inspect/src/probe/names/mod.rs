//! Names of people, places, organisations and groups: gazetteer and grammar, no model.
//!
//! A run of capitalised words is judged by what is in the lists, by the words before it and by its last word.
//! Precision goes before recall: a given name alone is not reported.

mod cues;
mod words;

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::ops::Range;
use std::sync::OnceLock;

use cues::{Cues, INTRODUCTIONS, SURE_INTRODUCTIONS, WHEREABOUTS};

use super::scan::{Fnv, before, byte, report, wordy};
use super::{Look, Probe};
use crate::detection::{Category, Detection};

/// The probe.
#[derive(Debug)]
pub(super) struct Names;

const PERSON: (&str, &str) = ("PERSON", "person");
const LOCATION: (&str, &str) = ("LOCATION", "location");
const ORGANIZATION: (&str, &str) = ("ORGANIZATION", "organization");
const GROUP: (&str, &str) = ("NRP", "nationality-religion-politics");
const TITLE: (&str, &str) = ("TITLE", "title");

/// What a word is in the lists.
#[derive(Debug, Clone, Copy, Default)]
struct Known(u8);

const GIVEN: u8 = 1;
const SURNAME: u8 = 2;
const PLACE: u8 = 4;
const NATION: u8 = 8;
const HONORIFIC: u8 = 16;
const FORM: u8 = 32;
const COMMON: u8 = 64;
/// A place of two words begins like this.
const PLACE_HEAD: u8 = 128;

impl Known {
    fn is(self, what: u8) -> bool {
        self.0 & what != 0
    }
}

/// The lists as one table.
fn table() -> &'static HashMap<&'static str, u8, BuildHasherDefault<Fnv>> {
    static TABLE: OnceLock<HashMap<&'static str, u8, BuildHasherDefault<Fnv>>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table: HashMap<_, u8, _> = HashMap::default();
        for (list, what) in [
            (words::GIVEN, GIVEN),
            (words::SURNAMES, SURNAME),
            (words::COUNTRIES, PLACE),
            (words::CITIES, PLACE),
            (words::GROUPS, NATION),
            (words::TITLES, HONORIFIC),
            (words::FORMS, FORM),
            (words::COMMON, COMMON),
        ] {
            for word in list.split(' ').filter(|word| !word.is_empty()) {
                match word.split_once('_') {
                    Some((head, _)) => *table.entry(head).or_default() |= PLACE_HEAD,
                    None => *table.entry(word).or_default() |= what,
                }
            }
        }
        table
    })
}

fn known(word: &str) -> Known {
    let mut word = word;
    while let Some(rest) = word.strip_suffix("'s") {
        word = rest;
    }
    Known(table().get(word.trim_end_matches('.')).copied().unwrap_or_default())
}

/// One capitalised word.
#[derive(Debug, Clone)]
struct Token {
    span: Range<usize>,
    known: Known,
}

impl Probe for Names {
    fn categories(&self) -> &'static [Category] {
        &[Category::Personal]
    }

    fn run(&self, look: &Look<'_>, found: &mut Vec<Detection>) {
        let mut at = 0;
        let mut run = Vec::new();
        while next_run(look.pass.text, at, &mut run) {
            at = run.last().map_or(look.pass.text.len(), |token| token.span.end);
            judge(look, &run, found);
        }
    }
}

/// What may stand in small letters between two parts of a name.
const PARTICLES: &[&str] = &[
    "de la ", "de ", "van der ", "van den ", "van ", "von ", "da ", "di ", "del ", "al-", "bin ", "el ", "la ", "le ",
];

/// The next row of capitalised words with single spaces, initials and particles between them.
fn next_run(text: &str, from: usize, run: &mut Vec<Token>) -> bool {
    let bytes = text.as_bytes();
    let mut at = from;
    let first = loop {
        let Some(next) = next_capital(bytes, at) else { return false };
        at = next;
        match capitalised(text, at) {
            Some(end) if !wordy(before(bytes, at)) && !b"./\\-_@#$&".contains(&before(bytes, at)) => break at..end,
            _ => {
                at += 1;
                while byte(bytes, at) & 0xc0 == 0x80 || byte(bytes, at).is_ascii_alphanumeric() {
                    at += 1;
                }
            }
        }
    };
    run.clear();
    run.push(token(text, first));
    while run.len() < 8 {
        let Some(last) = run.last() else { break };
        let mut at = last.span.end;
        // `J. Smith`, `Mr. Smith`.
        let short = last.span.len() == 1 || last.known.is(HONORIFIC);
        at += usize::from(byte(bytes, at) == b'.' && short);
        if byte(bytes, at) != b' ' {
            break;
        }
        at += 1;
        let rest = bytes.get(at..).unwrap_or_default();
        if matches!(rest.first(), Some(b'd' | b'v' | b'a' | b'b' | b'e' | b'l')) {
            at +=
                PARTICLES.iter().find(|particle| rest.starts_with(particle.as_bytes())).map_or(0, |found| found.len());
        }
        match capitalised(text, at) {
            Some(end) => run.push(token(text, at..end)),
            None => break,
        }
    }
    true
}

/// The first place from here on that a capital may begin at: one of ASCII, or a letter beyond it.
fn next_capital(bytes: &[u8], from: usize) -> Option<usize> {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    const ONES: u64 = 0x0101_0101_0101_0101;
    let mut at = from;
    // Eight bytes at once: a byte has its high bit set if it is a capital or no ASCII.
    while let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        let row = u64::from_le_bytes(*eight);
        let low = row & !HIGH;
        let from_a = low + ONES * u64::from(0x80 - b'A');
        let behind_z = low + ONES * u64::from(0x80 - b'Z' - 1);
        let marked = (from_a & !behind_z | row) & HIGH;
        if marked != 0 {
            at += marked.trailing_zeros() as usize / 8;
            if byte(bytes, at).is_ascii() || byte(bytes, at) >= 0xc3 {
                return Some(at);
            }
            at += 1;
        } else {
            at += 8;
        }
    }
    let rest = bytes.get(at..)?;
    Some(at + rest.iter().position(|byte| byte.is_ascii_uppercase() || *byte >= 0xc3)?)
}

fn token(text: &str, span: Range<usize>) -> Token {
    Token { known: known(text.get(span.clone()).unwrap_or_default()), span }
}

/// Where a word ends that begins here with a capital and goes on in small letters, apostrophes and hyphens.
fn capitalised(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes().get(at..)?;
    let first = bytes.first()?;
    if first.is_ascii() && !first.is_ascii_uppercase() {
        return None;
    }
    let goes_on = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'\'' | b'-');
    let mut len = bytes.iter().position(|byte| !goes_on(byte)).unwrap_or(bytes.len());
    if bytes.get(len).is_some_and(|byte| !byte.is_ascii()) {
        let rest = text.get(at..)?;
        let mut letters = rest.char_indices();
        if !letters.next()?.1.is_uppercase() {
            return None;
        }
        let end = letters.find(|(_, c)| !(c.is_alphabetic() || matches!(c, '\'' | '’' | '-')));
        len = rest.get(..end.map_or(rest.len(), |(end, _)| end))?.trim_end_matches(['-', '\'', '’']).len();
    } else {
        len -= bytes.get(..len)?.iter().rev().take_while(|byte| matches!(byte, b'-' | b'\'')).count();
    }
    // `camelCase` tails, `SNAKE_CASE` and words with digits are code.
    let next = byte(bytes, len);
    (len < 40 && next != b'_' && !next.is_ascii_digit() && next != b'(').then_some(at + len)
}

fn judge(look: &Look<'_>, run: &[Token], found: &mut Vec<Detection>) {
    let text = look.pass.text;
    let word = |token: &Token| text.get(token.span.clone()).unwrap_or_default();
    // What begins a sentence and is no name is not a part of one.
    let skip = run.iter().take_while(|token| token.known.is(COMMON) && !token.known.is(GIVEN | PLACE)).count();
    let mut run = run.get(skip..).unwrap_or_default();
    let Some(first) = run.first() else { return };
    let form = |token: &Token| token.known.is(FORM);
    if let Some(last) = run.iter().position(form).filter(|at| *at > 0) {
        let end = run.get(last).map_or(first.span.end, |token| token.span.end);
        let end = end
            + usize::from(
                byte(text.as_bytes(), end) == b'.' && run.get(last).is_some_and(|token| token.span.len() < 5),
            );
        report(look, ORGANIZATION, first.span.start..end, 0.7, "grammar: form of a company", found);
        return;
    }
    if first.known.is(HONORIFIC) && run.len() > 1 {
        let dot = usize::from(byte(text.as_bytes(), first.span.end) == b'.');
        report(look, TITLE, first.span.start..first.span.end + dot, 0.7, "gazetteer", found);
        let name = run.get(1..).unwrap_or_default().iter().take_while(|token| !token.known.is(COMMON)).take(4);
        if let (Some(second), Some(last)) = (run.get(1), name.last()) {
            report(look, PERSON, second.span.start..last.span.end, 0.8, "grammar: title", found);
        }
        return;
    }
    let place = run.iter().position(|token| token.known.is(PLACE | PLACE_HEAD));
    let head = text.get(..first.span.start).unwrap_or_default();
    let cue = |cues: &Cues| cues.end(head);
    let names = run.iter().take_while(|token| !token.known.is(COMMON | NATION)).count();
    let whole = run.get(..names).unwrap_or_default();
    let span = first.span.start..whole.last().map_or(first.span.end, |token| token.span.end);
    let given = first.known.is(GIVEN);
    let full = whole.len() > 1 && whole.len() < 5;
    let surname = whole.last().is_some_and(|token| token.known.is(SURNAME)) && whole.len() > 1;
    let hyphenated = word(first).split_once('-').is_some_and(|(a, b)| known(a).is(SURNAME) && known(b).is(SURNAME));
    if hyphenated && whole.len() == 1 {
        report(look, ORGANIZATION, span.clone(), 0.55, "grammar: two surnames", found);
    } else if full && (given || (surname && word(first).len() > 2 && place != Some(0))) && place != Some(names - 1) {
        let score = if given && surname {
            0.85
        } else if given {
            0.7
        } else {
            0.55
        };
        report(look, PERSON, span, score, "gazetteer", found);
        return;
    } else if place.is_none()
        && !whole.is_empty()
        && (if full { cue(&INTRODUCTIONS) } else { cue(&SURE_INTRODUCTIONS) })
        && proper(word(first))
        && !first.known.is(NATION)
    {
        report(look, PERSON, span, if given || full { 0.7 } else { 0.5 }, "grammar: introduction", found);
        return;
    } else if given && whole.len() == 1 && !first.known.is(PLACE) {
        report(look, PERSON, span.clone(), 0.4, "gazetteer: given name alone", found);
    }
    if let Some(at) = place {
        run = run.get(at..).unwrap_or_default();
        let pair = run.first().zip(run.get(1)).map(|(head, next)| format!("{}_{}", word(head), word(next)));
        let double = pair.is_some_and(|pair| {
            [words::COUNTRIES, words::CITIES].iter().any(|list| list.split(' ').any(|name| name == pair))
        });
        let Some(from) = run.first() else { return };
        let end = run.get(usize::from(double)).map_or(from.span.end, |token| token.span.end);
        if double || from.known.is(PLACE) {
            report(
                look,
                LOCATION,
                from.span.start..end,
                if double || whole.len() == 1 { 0.7 } else { 0.5 },
                "gazetteer",
                found,
            );
        }
    } else if cue(&WHEREABOUTS) {
        report(look, LOCATION, span, 0.6, "grammar", found);
    }
    for token in run.iter().filter(|token| token.known.is(NATION)) {
        report(look, GROUP, token.span.clone(), 0.6, "gazetteer", found);
    }
}

/// Whether only the first letter is a capital.
fn proper(word: &str) -> bool {
    word.chars().skip(1).all(|c| !c.is_uppercase()) && word.chars().nth(1).is_some_and(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use crate::{Context, Inspector, Options};

    fn found(text: &str) -> Vec<(String, String)> {
        let only = ["PERSON", "LOCATION", "ORGANIZATION", "NRP"].map(String::from).to_vec();
        let inspection =
            Inspector::new(Options { only, ..Options::default() }).unwrap().inspect(text, &Context::default());
        inspection.detections.iter().map(|d| (d.kind.to_string(), text[d.span.clone()].to_string())).collect()
    }

    #[test]
    fn names_by_list_and_by_grammar() {
        for (text, kind, value) in [
            ("Please ask Maria Kaczmarek today", "PERSON", "Maria Kaczmarek"),
            ("Mr. Pálffy is late", "PERSON", "Pálffy"),
            ("my name is Xuvina Orlath.", "PERSON", "Xuvina Orlath"),
            ("I work for Aunt Bertha Inc", "ORGANIZATION", "Aunt Bertha Inc"),
            ("We moved to New York last year", "LOCATION", "New York"),
            ("I live in Finland", "LOCATION", "Finland"),
            ("a nice Russian place", "NRP", "Russian"),
        ] {
            assert_eq!(found(text), [(kind.to_string(), value.to_string())], "{text}");
        }
    }

    #[test]
    fn code_and_headings_are_no_names() {
        for text in [
            "The Quick Start of the Data Model",
            "let Mark = Token::new(Paul);",
            "class HttpClient extends BaseClient",
            "Mark the section. Grant access. Will it work?",
            "Monday Morning Meeting Notes",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }
}
