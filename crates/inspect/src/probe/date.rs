//! Dates and times in the usual written forms: ISO 8601, days and months with strokes or dots, names of months.

use std::ops::Range;

use super::scan::{before, byte, digits, near, report, value, wordy};
use super::{Look, Probe};
use crate::detection::{Category, Detection};
use crate::pass::next_digit;

/// The probe.
#[derive(Debug)]
pub(super) struct Date;

const KIND: (&str, &str) = ("DATE_TIME", "date-time");

/// Names of months in English, German, French, Spanish, Italian, Portuguese and Dutch, then words that make a
/// date one of a person.
const WORDS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
    "januar",
    "februar",
    "märz",
    "mai",
    "juni",
    "juli",
    "oktober",
    "dezember",
    "janvier",
    "février",
    "mars",
    "avril",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
    "gennaio",
    "febbraio",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "settembre",
    "ottobre",
    "dicembre",
    "janeiro",
    "fevereiro",
    "março",
    "maio",
    "junho",
    "julho",
    "setembro",
    "outubro",
    "novembro",
    "dezembro",
    "januari",
    "februari",
    "maart",
    "mei",
    "augustus", // months
    "born",
    "birth",
    "dob",
    "birthday",
    "date",
    "since",
    "died",
    "admitted",
    "discharged",
    "appointment",
    "geboren",
    "né le",
    "née le",
    "nacido",
    "nacida",
    "nato il",
    "nata il",
    "geburtsdatum",
    "d.o.b",
    "anniversary",
    "visit",
];
const MONTHS: usize = 79;

impl Probe for Date {
    fn categories(&self) -> &'static [Category] {
        &[Category::Personal]
    }

    fn words(&self) -> &'static [&'static str] {
        WORDS
    }

    fn run(&self, look: &Look<'_>, found: &mut Vec<Detection>) {
        let bytes = look.pass.text.as_bytes();
        let mut at = 0;
        while let Some(start) = next_digit(bytes, at) {
            let run = digits(bytes, start, usize::MAX).len();
            at = start + run;
            let left = before(bytes, start);
            let joined =
                wordy(left) && left != b'T' || (b"-./:,".contains(&left) && before(bytes, start - 1).is_ascii_digit());
            if !joined && run <= 8 {
                at = at.max(numeric(look, start, found).unwrap_or(at));
            }
        }
        let mut until = 0;
        for word in look.words.iter().filter(|word| word.index < MONTHS) {
            if word.start >= until
                && !wordy(before(bytes, word.start))
                && !byte(bytes, word.end).is_ascii_alphabetic()
                && byte(bytes, word.end) < 128
            {
                until = named(look, word.start..word.end, found).unwrap_or(until);
            }
        }
    }
}

/// A date or time that begins with this digit; returns where it ends.
fn numeric(look: &Look<'_>, start: usize, found: &mut Vec<Detection>) -> Option<usize> {
    let bytes = look.pass.text.as_bytes();
    let day = day(bytes, start);
    let (end, score) = match day {
        Some((end, score)) => match clock(bytes, end + 1).filter(|_| matches!(byte(bytes, end), b' ' | b'T' | b'_')) {
            Some((end, _)) => (end, score.max(0.6)),
            None => (end, score),
        },
        None => clock(bytes, start)?,
    };
    let right = byte(bytes, end);
    if wordy(right) && right < 128 || (b"-./:".contains(&right) && wordy(byte(bytes, end + 1))) {
        return None;
    }
    let said = near(look, &(start..end), (40, 16), |word| word.index >= MONTHS);
    let score = if said && day.is_some() { 0.85 } else { score };
    report(look, KIND, start..end, score, if said { "form + context" } else { "form" }, found);
    Some(end)
}

/// `2015-12-22`, `22.12.2015`, `12/22/15`, `20151222T`: where it ends and how sure it is.
fn day(bytes: &[u8], start: usize) -> Option<(usize, f32)> {
    let first = digits(bytes, start, 8);
    let mut at = start + first.len();
    let separator = byte(bytes, at);
    if first.len() == 8 && separator == b'T' {
        let calendar = is_year(value(first.get(..4)?))
            && (1..=12).contains(&value(first.get(4..6)?))
            && (1..=31).contains(&value(first.get(6..)?));
        return calendar.then_some((at, 0.6));
    }
    if !b"-./".contains(&separator) {
        return None;
    }
    let second = digits(bytes, at + 1, 3);
    at += 1 + second.len();
    if byte(bytes, at) != separator {
        return None;
    }
    let third = digits(bytes, at + 1, 5);
    at += 1 + third.len();
    let (a, b, c) = (value(first), value(second), value(third));
    let month_day = |month: u32, day: u32| (1..=12).contains(&month) && (1..=31).contains(&day);
    let either = month_day(a, b) || month_day(b, a);
    match (first.len(), second.len(), third.len()) {
        (4, 1 | 2, 1 | 2) if is_year(a) && month_day(b, c) => Some((at, 0.6)),
        (1 | 2, 1 | 2, 4) if is_year(c) && either => Some((at, 0.6)),
        (1 | 2, 1 | 2, 2) if either && separator == b'/' => Some((at, 0.5)),
        (2, 2, 2) if either => Some((at, 0.3)),
        _ => None,
    }
}

fn is_year(year: u32) -> bool {
    (1850..2150).contains(&year)
}

/// `12:20`, `12:20:39.5Z`, `12:20 pm`: where it ends and how sure it is that it says more than the time of a log.
fn clock(bytes: &[u8], start: usize) -> Option<(usize, f32)> {
    let hour = digits(bytes, start, 3);
    let mut at = start + hour.len();
    let mut parts = 0;
    while parts < 2 && byte(bytes, at) == b':' {
        let part = digits(bytes, at + 1, 3);
        if part.len() != 2 || value(part) > 59 {
            return None;
        }
        at += 3;
        parts += 1;
    }
    if !(1..=2).contains(&hour.len()) || value(hour) > 24 || parts == 0 {
        return None;
    }
    if parts == 2 && b".,".contains(&byte(bytes, at)) {
        let fraction = digits(bytes, at + 1, 9).len();
        at += if fraction > 0 { 1 + fraction } else { 0 };
    }
    let half = usize::from(byte(bytes, at) == b' ');
    if matches!(byte(bytes, at + half).to_ascii_lowercase(), b'a' | b'p')
        && byte(bytes, at + half + 1).eq_ignore_ascii_case(&b'm')
    {
        return Some((at + half + 2, 0.45));
    }
    if byte(bytes, at) == b'Z' {
        return Some((at + 1, 0.4));
    }
    let zone = digits(bytes, at + 1, 5);
    if b"+-".contains(&byte(bytes, at)) && matches!(zone.len(), 2 | 4) {
        at += 1 + zone.len();
        at += if byte(bytes, at) == b':' && digits(bytes, at + 1, 3).len() == 2 { 3 } else { 0 };
    }
    Some((at, 0.4))
}

/// A date around the name of a month; returns where it ends.
fn named(look: &Look<'_>, month: Range<usize>, found: &mut Vec<Detection>) -> Option<usize> {
    let text = look.pass.text;
    let bytes = text.as_bytes();
    let mut span = month.clone();
    // A day before: `5 May`, `5th of May`, `5. Mai`, `5 de mayo`.
    let head = text.get(month.start.saturating_sub(12)..month.start).unwrap_or_default();
    let stem = head.trim_end_matches([' ', '-', '.']);
    let stem = [" of", " de", "th", "st", "nd", "rd", "er", "º"]
        .iter()
        .fold(stem, |stem, suffix| stem.strip_suffix(suffix).map_or(stem, |rest| rest.trim_end_matches([' ', '.'])));
    let count = stem.bytes().rev().take_while(u8::is_ascii_digit).count();
    let at = month.start - head.len() + stem.len();
    let day_before =
        (1..=2).contains(&count) && is_day(digits(bytes, at - count, 2)) && !wordy(before(bytes, at - count));
    if day_before {
        span.start = at - count;
    }
    let mut end = skip(bytes, month.end, b". -");
    let after = digits(bytes, end, 5);
    let day_after = !day_before && (1..=2).contains(&after.len()) && is_day(after);
    if day_after {
        end += after.len();
        end += if matches!(bytes.get(end..end + 2), Some(b"th" | b"st" | b"nd" | b"rd")) { 2 } else { 0 };
        span.end = end;
        end = skip(bytes, end, b", ");
    } else if [" de ", " of ", ", "]
        .iter()
        .any(|link| bytes.get(end..).is_some_and(|rest| rest.starts_with(link.trim_start().as_bytes())))
    {
        end = text
            .get(end..)?
            .find(|c: char| c.is_ascii_digit())
            .filter(|offset| *offset < 5)
            .map_or(end, |offset| end + offset);
    }
    let year = digits(bytes, end, 5);
    let with_year = year.len() == 4 && is_year(value(year));
    if with_year {
        span.end = end + 4;
    }
    if wordy(byte(bytes, span.end)) {
        return None;
    }
    let capital = byte(bytes, month.start).is_ascii_uppercase() || byte(bytes, month.start) > 127;
    let said = near(look, &span, (30, 10), |word| word.index >= MONTHS);
    let score = match (day_before || day_after, with_year) {
        (true, true) => 0.85,
        (true, false) if capital && said => 0.7,
        (true, false) if capital => 0.5,
        (false, true) if capital => 0.5,
        _ => return None,
    };
    report(look, KIND, span.clone(), score, if said { "form + context" } else { "form" }, found);
    Some(span.end)
}

fn is_day(digits: &[u8]) -> bool {
    (1..=31).contains(&value(digits))
}

/// Past at most two of these bytes.
fn skip(bytes: &[u8], at: usize, over: &[u8]) -> usize {
    at + bytes.get(at..).unwrap_or_default().iter().take(2).take_while(|byte| over.contains(byte)).count()
}

#[cfg(test)]
mod tests {
    use crate::probe::scan::values;

    fn found(text: &str) -> Vec<String> {
        values("DATE_TIME", text)
    }

    #[test]
    fn dates_of_many_forms() {
        for date in [
            "2/8/1935",
            "1978-04-13 12:20:39",
            "2020-06-20T14:11:22.5Z",
            "22.12.2015",
            "5 May 1990",
            "May 5, 1990",
            "5th of May 1990",
            "October 2001",
            "Jan. 3rd 2020",
            "3. März 2020",
            "5 de mayo de 1990",
            "12/24/85",
        ] {
            assert_eq!(found(&format!("so {date}, then")), [date]);
        }
        for text in [
            "it may 5 be",
            "version 1.2.19",
            "10.20.30.40",
            "ratio 16:9",
            "12:20:39 ok",
            "1/2/3",
            "march on 4",
            "the year 1977",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }
}
