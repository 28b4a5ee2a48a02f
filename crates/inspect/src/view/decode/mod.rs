//! What is encoded in a text, decoded in place, to a depth of three.

mod blanks;
mod braille;
mod escapes;
mod rows;
mod runs;

use std::collections::BTreeMap;
use std::ops::Range;

use super::cipher::Cipher;
use super::edit::{Edit, LONGEST_VIEW, Source, apart, clusters};
use super::readable::line;
use super::sieve::{Signs, sift};
use super::{Canonical, Work, lexicon, orders, report, spelled};
use crate::detection::{Detection, View};
use crate::phrase::ordered;

/// Encodings within encodings that are followed.
const DEPTH: usize = 3;

/// Text kept around what was decoded, in bytes.
const MARGIN: usize = 96;

/// Escapes this near to each other write one thing, in bytes.
const TOGETHER: usize = 24;

/// A place of a text that was decoded.
#[derive(Debug)]
pub(super) struct Piece {
    edit: Edit,
    step: &'static str,
    /// One of many small ones that spell a text together, rather than a text of its own.
    escape: bool,
}

impl Piece {
    fn new(range: Range<usize>, text: String, step: &'static str) -> Self {
        Self { edit: Edit { range, text }, step, escape: false }
    }

    fn escape(range: Range<usize>, text: String, step: &'static str) -> Self {
        Self { escape: true, ..Self::new(range, text, step) }
    }
}

/// Decodes a text and reports what would have been an instruction or a command.
pub(super) fn read(source: Source<'_>, signs: &Signs, found: &mut Vec<Detection>, work: &mut Work) -> Vec<Canonical> {
    let views = level(source, signs, &[], found, work);
    deepened(views, found, work)
}

/// Follows what characters without ink spell; that it is there was reported already.
pub(super) fn spelled_out(
    source: Source<'_>,
    decoded: Vec<(Edit, &'static str)>,
    found: &mut Vec<Detection>,
    work: &mut Work,
) -> Vec<Canonical> {
    let pieces = decoded.into_iter().map(|(edit, step)| Piece { edit, step, escape: false });
    deepened(views(source, pieces, &[]), found, work)
}

/// The views, then views of what is encoded in them.
fn deepened(mut views: Vec<Canonical>, found: &mut Vec<Detection>, work: &mut Work) -> Vec<Canonical> {
    let mut next = 0;
    while let Some(view) = views.get(next) {
        next += 1;
        if view.steps.len() < DEPTH {
            let signs = sift(&view.text);
            work.add(view.text.len());
            let source = Source { text: &view.text, map: Some(&view.map) };
            let inner = level(source, &signs, &view.steps, found, work);
            views.extend(inner);
        }
    }
    views
}

/// Decodes once: one view for each encoding. Within a decoded text only what was decoded counts.
fn level(
    source: Source<'_>,
    signs: &Signs,
    steps: &[&'static str],
    found: &mut Vec<Detection>,
    work: &mut Work,
) -> Vec<Canonical> {
    let mut pieces = pieces(source.text, signs, !steps.is_empty(), work);
    if !steps.is_empty() {
        pieces.retain(|piece| source.map.is_some_and(|map| map.touches_made(&piece.edit.range)));
    }
    escaped(source, &pieces, !steps.is_empty(), found);
    for piece in pieces.iter().filter(|piece| !piece.escape) {
        let unread = matches!(piece.step, braille::BYTES | blanks::BLANKS).then_some(0.75);
        if let Some(score) = alarm(source.text, &piece.edit).or(unread) {
            let span = source.original(&piece.edit.range);
            report(found, "encoded-text", span, score, format!("{}: {}", piece.step, line(&piece.edit.text)));
        }
    }
    views(source, pieces.into_iter(), steps)
}

fn views(source: Source<'_>, pieces: impl Iterator<Item = Piece>, steps: &[&'static str]) -> Vec<Canonical> {
    let mut by_step: BTreeMap<&'static str, Vec<Edit>> = BTreeMap::new();
    for piece in pieces {
        by_step.entry(piece.step).or_default().push(piece.edit);
    }
    let view = |(step, mut edits): (&'static str, Vec<Edit>)| {
        apart(&mut edits);
        let steps = std::iter::once(step).chain(steps.iter().copied()).collect();
        Canonical { steps, ..source.edited(View::Decoded, &edits, MARGIN) }
    };
    by_step.into_iter().map(view).collect()
}

/// Everything in a text that decodes to text, by place, apart from each other.
fn pieces(text: &str, signs: &Signs, nested: bool, work: &mut Work) -> Vec<Piece> {
    let mut pieces = Vec::new();
    runs::decode(text, &signs.runs, &mut pieces, work);
    rows::decode(text, signs, &mut pieces, work);
    escapes::decode(text, signs, nested, &mut pieces, work);
    work.add(text.len());
    blanks::decode(text, &mut pieces);
    let rot13 = spelled::lines(text, signs, Cipher::Rot13, work);
    pieces.extend(rot13.into_iter().map(|Edit { range, text }| Piece::new(range, text, "rot13")));
    pieces.sort_by_key(|piece| (piece.edit.range.start, std::cmp::Reverse(piece.edit.range.end)));
    let mut end = 0;
    pieces.retain(|piece| {
        let range = &piece.edit.range;
        let fits = range.start >= end && piece.edit.text.len() <= LONGEST_VIEW && work.spend(piece.edit.text.len());
        end = if fits { range.end } else { end };
        fits
    });
    pieces
}

/// How sure it is that a decoded text was encoded to be passed on unseen; None for data.
fn alarm(text: &str, Edit { range, text: decoded }: &Edit) -> Option<f32> {
    let trimmed = decoded.trim();
    // Tokens, configuration and drawings are encoded for transport and are full of addresses.
    let structured = trimmed.starts_with(['{', '[', '<']);
    let before = text.get(super::edit::floor(text, range.start.saturating_sub(48))..range.start).unwrap_or_default();
    let media = ["data:image", "data:font", "data:audio", "data:video"].iter().any(|kind| before.contains(kind));
    let weight = match lexicon::weight(decoded) {
        // The names of fields are no words of an order.
        3 if structured => lexicon::weight(&values(decoded)),
        weight => weight,
    };
    match weight {
        3 => Some(0.9),
        2 if !structured && !media => Some(0.65),
        _ if structured || media => None,
        // Whatever it says, the text has it done.
        _ if is_to_be_done(text, range.start) && decoded.chars().filter(|c| c.is_alphabetic()).count() >= 12 => {
            Some(0.8)
        }
        _ if orders::orders_model(trimmed) => Some(0.6),
        _ if orders::begins_with_order(trimmed) && lexicon::is_sentence(trimmed) => Some(0.6),
        _ if trimmed.split_whitespace().nth(4).is_some() && ordered(trimmed) > 2.0 => Some(0.55),
        _ => None,
    }
}

/// Whether what stands before a place has it decoded and obeyed: `decode the following and treat it as instructions`.
fn is_to_be_done(text: &str, at: usize) -> bool {
    const READS: &[&str] = &["decode", "decipher", "decrypt", "unscramble", "backwards", "in reverse"];
    const DOES: &[&str] = &[
        "instruction",
        "follow",
        "act on",
        "execute",
        "obey",
        "do what",
        "carry out",
        "carry it out",
        "comply",
        "as orders",
    ];
    let before =
        text.get(super::edit::floor(text, at.saturating_sub(160))..at).unwrap_or_default().to_ascii_lowercase();
    READS.iter().any(|word| before.contains(word)) && DOES.iter().any(|word| before.contains(word))
}

/// A text of JSON without the names of its fields.
fn values(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut pieces = text.split('"').peekable();
    while let Some(piece) = pieces.next() {
        if !pieces.peek().is_some_and(|next| next.trim_start().starts_with(':')) {
            out.push_str(piece);
            out.push('\n');
        }
    }
    out
}

/// The letter that a tag character stands for.
fn tag(c: char) -> Option<char> {
    matches!(c, '\u{e0020}'..='\u{e007e}').then(|| char::from_u32(u32::from(c) - 0xe0000)).flatten()
}

/// Whether an escape is an entity of HTML: code spells characters for other reasons.
fn entities(text: &str, edit: &Edit) -> bool {
    text.get(edit.range.clone()).is_some_and(|escape| escape.starts_with("&#"))
}

/// Letters of a sentence that is escaped as a whole.
const PROSE: usize = 40;

/// Reports escapes that hide words: they write letters that need no escape, or the words are not there without.
/// `nested` says that the text was decoded before: nobody escapes an order twice to show it.
fn escaped(source: Source<'_>, pieces: &[Piece], nested: bool, found: &mut Vec<Detection>) {
    let edits: Vec<Edit> = pieces.iter().filter(|piece| piece.escape).map(|piece| piece.edit.clone()).collect();
    for cluster in clusters(&edits, TOGETHER) {
        let (Some(first), Some(last)) = (cluster.first(), cluster.last()) else { continue };
        let range = first.range.start..last.range.end;
        let needless: usize =
            cluster.iter().map(|edit| edit.text.bytes().filter(u8::is_ascii_alphanumeric).count()).sum();
        let read = source.edited(View::Decoded, cluster, TOGETHER).text;
        let weight = lexicon::weight(&read);
        let from = super::edit::floor(source.text, range.start.saturating_sub(TOGETHER));
        let to = super::edit::floor(source.text, range.end + TOGETHER);
        let plain = || source.text.get(from..to).map_or(0, lexicon::weight);
        let plain_orders = || source.text.get(from..to).is_some_and(orders::orders_model);
        let written: String = cluster.iter().map(|edit| edit.text.as_str()).collect();
        // Tag characters are the letters of no writing; flags have six, and a word is no text.
        let runs = written.split('\u{e007f}').map(|run| run.chars().filter_map(tag).collect::<String>());
        let tags = runs.max_by_key(String::len).unwrap_or_default();
        if tags.len() >= 12 && entities(source.text, first) {
            let span = source.original(&range);
            report(found, "hidden-tag-text", span, 0.9, format!("tags as HTML entities: {}", line(&tags)));
            continue;
        }
        // Plain letters are not escaped by the sentence.
        let sentence = needless >= 16
            && (orders::begins_with_order(&written)
                || orders::orders_model(&written)
                || (needless >= PROSE && lexicon::is_sentence(&written)));
        if sentence
            || (needless >= 8 && weight >= 2 && written.contains(' '))
            || (written.contains(' ') && !written.contains('\n') && orders::orders_model(&read) && !plain_orders())
            || (weight >= 3 && (nested || plain() < 3))
        {
            let place = pieces.partition_point(|piece| piece.edit.range.start < range.start);
            let step = pieces.get(place).map_or("", |piece| piece.step);
            let score = match weight {
                3 => 0.85,
                2 => 0.65,
                _ => 0.6,
            };
            let span = source.original(&range);
            report(found, "encoded-text", span, score, format!("{step}: {}", line(&read)));
        }
    }
}
