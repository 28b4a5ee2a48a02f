//! What the words of an address say, taken as they were said, without what joins them: a model of phrases tells what
//! somebody confided from what public addresses are made of.

use super::data::dense;
use super::host::{Host, subdomains};
use super::judge::{Part, Reach};
use super::shape::is_series;
use super::url::{Url, percent_decode};
use super::words::is_presentation;
use crate::phrase::confided;

/// Kinds of files that a name ends in.
const KINDS: &[&str] = &[
    "asp", "aspx", "avif", "bmp", "css", "gif", "htm", "html", "ico", "jpeg", "jpg", "js", "json", "pdf", "php", "png",
    "svg", "txt", "webp",
];

/// Words from which on a phrase is judged, and letters where words are not spaced.
const FEWEST: usize = 3;
const FEWEST_DENSE: usize = 7;

/// Most bytes of a part that are judged.
const LONGEST: usize = 400;

/// The words of a part of an address; None if they are too few, or most of it is no words. Numbers of up to five digits
/// are kept: longer ones are those of things.
pub(super) fn phrase(part: &str) -> Option<String> {
    let part = part.get(..part.floor_char_boundary(LONGEST))?;
    let stem = part.rsplit_once('.').filter(|(_, kind)| KINDS.iter().any(|known| kind.eq_ignore_ascii_case(known)));
    let part = stem.map_or(part, |(stem, _)| stem);
    let pieces = || part.split(|c: char| !(c.is_alphanumeric() || is_mark(c))).filter(|piece| !piece.is_empty());
    let is_word = |piece: &str| !piece.chars().any(char::is_numeric) && piece.chars().nth(1).is_some();
    let is_number = |piece: &str| piece.len() <= 5 && piece.bytes().all(|byte| byte.is_ascii_digit());
    let is_one = |piece: &str| piece.chars().nth(1).is_none();
    let (words, all) = pieces().fold((0, 0), |(words, all), piece| (words + usize::from(is_word(piece)), all + 1));
    let enough = words >= FEWEST && words * 2 >= all || dense(part) >= FEWEST_DENSE;
    let kept = pieces().filter(|piece| is_word(piece) || is_number(piece) || is_one(piece) || dense(piece) > 0);
    enough.then(|| kept.collect::<Vec<_>>().join(" "))
}

/// Signs within words: apostrophes, and the marks of scripts that set vowels as such.
fn is_mark(c: char) -> bool {
    matches!(c, '\'' | '’' | '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{65f}' | '\u{900}'..='\u{dff}' | '\u{e31}'..='\u{e4e}' | '\u{200c}' | '\u{200d}')
}

/// Log-odds that a part says something in confidence, as it stands, backwards or turned by thirteen letters.
fn odds(part: &str, fewest: usize) -> f32 {
    let Some(words) = phrase(part).filter(|words| !words.is_ascii() || words.split(' ').count() >= fewest) else {
        return f32::MIN;
    };
    let plain = confided(&words);
    if plain > 1.0 || !words.is_ascii() {
        return plain;
    }
    let turned: String = words.chars().map(rot13).collect();
    let backwards: String = words.chars().rev().collect();
    // What only chance reads there is never as sure.
    [turned, backwards].iter().filter(|text| is_english(text)).map(|text| confided(text) - 0.5).fold(plain, f32::max)
}

/// Whether a value is the name of a page: `index.html?Eqn_RGB_to_XYZ.html`.
pub(super) fn is_page(value: &str) -> bool {
    let stem = value.strip_suffix(".html").or_else(|| value.strip_suffix(".htm"));
    stem.is_some_and(|stem| {
        stem.len() <= 40 && stem.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
    })
}

/// Whether a few words are surely those of public addresses: what is asked of a search, a page or a translator. More words
/// could bury a statement among them.
pub(super) fn is_public(value: &str) -> bool {
    let words = value.split_whitespace().take(MOST_PUBLIC + 1).count();
    (FEWEST..=MOST_PUBLIC).contains(&words) && !value.chars().any(char::is_numeric) && confided(value) < -3.0
}

/// Words up to which a phrase may be told to be public.
const MOST_PUBLIC: usize = 8;

/// The texts of an object of JSON, without their names.
fn texts(value: &str) -> Option<String> {
    if !value.starts_with(['{', '[']) {
        return None;
    }
    let value: serde_json::Value = serde_json::from_str(value).ok()?;
    let mut out = String::new();
    let mut open = vec![&value];
    while let Some(value) = open.pop() {
        match value {
            serde_json::Value::String(text) => {
                out.push_str(text);
                out.push(' ');
            }
            serde_json::Value::Array(items) => open.extend(items.iter().rev()),
            serde_json::Value::Object(fields) => open.extend(fields.values().rev()),
            _ => {}
        }
    }
    Some(out)
}

/// Whether a part of a path names a thing (`user-2eFGSqevxigEM03BWkk7v3uP`) or sets something (`rs:fill:600:400`).
fn is_setting(part: &str) -> bool {
    let is_id = |piece: &str| piece.len() >= 16 && piece.bytes().any(|byte| byte.is_ascii_digit());
    part.contains([':', '@', ',']) || part.split(|c: char| !c.is_ascii_alphanumeric()).any(is_id)
}

fn rot13(c: char) -> char {
    match c {
        'a'..='m' | 'A'..='M' => char::from(c as u8 + 13),
        'n'..='z' | 'N'..='Z' => char::from(c as u8 - 13),
        other => other,
    }
}

/// Whether a text has small words of English, each as a word.
fn is_english(text: &str) -> bool {
    const SMALL: &[&str] = &[
        "and", "are", "at", "before", "by", "for", "from", "has", "her", "his", "in", "is", "my", "not", "of", "on",
        "our", "the", "to", "until", "was", "we", "will", "with",
    ];
    let small = text.split(' ').filter(|word| SMALL.iter().any(|known| word.eq_ignore_ascii_case(known)));
    small.count() * 5 >= text.split(' ').count().max(5)
}

/// How much the words of an address look confided, and where they stand; None if they do not. Names of pages are
/// titles: they have to be much surer.
pub(super) fn score(url: &Url<'_>, host: Host, reach: Reach) -> Option<(f32, Part)> {
    // Log-odds from which on each part counts: query, name of a file, whole path, anchor, names before that of the site.
    let [query, file, path, anchor, label] = match reach {
        Reach::Fetched => [1.0, 1.0, 1.6, 2.0, 0.7],
        Reach::Clicked => [1.2, 3.3, 4.0, 2.5, 1.0],
        Reach::Written => [1.5, 3.3, 4.0, 2.5, 1.2],
        Reach::Quoted => return None,
    };
    // A bare number of a machine has no pages with titles.
    let [file, path] =
        if matches!(host, Host::Address | Host::Collector | Host::Disguised) { [0.5, 1.0] } else { [file, path] };
    let title = if reach == Reach::Fetched { FEWEST } else { FEWEST + 3 };
    let named = if reach == Reach::Fetched { FEWEST } else { FEWEST + 1 };
    let found = |part: Part| {
        let score = match reach {
            Reach::Fetched => 0.65,
            Reach::Clicked => 0.55,
            _ => 0.5,
        };
        Some((score, part))
    };
    let said = |(name, value): (&str, Option<&str>)| {
        let value = percent_decode(value.filter(|value| !value.is_empty()).unwrap_or(name), true);
        // A query of another language, rows of a chart.
        if value.starts_with('{') && texts(&value).is_none() || is_series(&value) {
            return false;
        }
        let texts = texts(&value);
        // How something is shown takes a word or two.
        let (fewest, least) = if is_presentation(name) { (FEWEST * 2, query + 0.5) } else { (named, query) };
        odds(texts.as_deref().unwrap_or(&value), fewest) > least
    };
    if url.parameters().take(32).any(said) {
        return found(Part::Query);
    }
    let labels = subdomains(&url.spelled);
    if labels.iter().any(|words| odds(words, FEWEST) > label)
        || labels.len() > 2 && odds(&labels.join(" "), FEWEST) > label + 0.5
    {
        return found(Part::Subdomain);
    }
    // What is behind an address within the path is looked at by itself.
    let own = url.path.find("http").map_or(url.path, |at| url.path.get(..at).unwrap_or_default());
    let whole = percent_decode(own, true);
    let segments: Vec<&str> = whole.split('/').filter(|segment| !segment.is_empty()).collect();
    // Names of things and settings stand between words that belong together.
    let plain: Vec<&str> = segments.iter().copied().filter(|segment| !is_setting(segment)).collect();
    if segments.iter().any(|segment| odds(segment, title) > file)
        || plain.len() > 2 && odds(&plain.join(" "), title) > path
    {
        return found(Part::Path);
    }
    (odds(&percent_decode(url.fragment, true), title) > anchor).then(|| found(Part::Fragment)).flatten()
}
