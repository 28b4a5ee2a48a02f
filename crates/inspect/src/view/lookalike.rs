//! Letters that look like others (UTS #39), letters in fancy forms (NFKC), and letters buried under marks.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::edit::{Edit, Source, clusters};
use super::readable::line;
use super::skeleton::skeleton;
use super::{Work, lexicon, orders, report};
use crate::detection::{Detection, View};

/// Words of one sentence stand at most this many bytes apart.
const SENTENCE: usize = 32;

/// Longest word whose letters are looked up, in bytes.
const LONGEST: usize = 512;

/// What the words of a text read as.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// Words with look-alike or fancy letters.
    pub(super) skeletons: Vec<Edit>,
    /// Words without their marks.
    pub(super) unmarked: Vec<Edit>,
}

/// What a letter is, for the question of who might stand in for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Letter {
    Ascii,
    /// Latin with an accent.
    Accented,
    /// A combining mark as Latin uses it.
    Mark,
    /// Of a script with letters that look Latin.
    Foreign,
    /// A form of a Latin letter: fullwidth, mathematical, circled, small capital.
    Fancy,
    /// Not part of a word, or of a script nobody takes for Latin.
    None,
}

fn letter(c: char) -> Letter {
    match c {
        // Most writing systems: from Hebrew to Myanmar, from kana to Hangul.
        '\u{590}'..='\u{109F}' | '\u{3000}'..='\u{A4CF}' | '\u{AC00}'..='\u{D7FF}' => Letter::None,
        '\0'..='\x7F' => {
            if c.is_ascii_alphanumeric() {
                Letter::Ascii
            } else {
                Letter::None
            }
        }
        '\u{D7}' | '\u{F7}' => Letter::None,
        '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => Letter::Accented,
        '\u{300}'..='\u{36F}'
        | '\u{483}'..='\u{489}'
        | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}'
        | '\u{FE20}'..='\u{FE2F}' => Letter::Mark,
        '\u{370}'..='\u{52F}'
        | '\u{531}'..='\u{587}'
        | '\u{13A0}'..='\u{13FD}'
        | '\u{2C80}'..='\u{2CFF}'
        | '\u{A4D0}'..='\u{A4FF}'
        | '\u{10400}'..='\u{1044F}' => Letter::Foreign,
        '\u{250}'..='\u{2FF}'
        | '\u{1D00}'..='\u{1DBF}'
        | '\u{2070}'..='\u{209C}'
        | '\u{2100}'..='\u{2188}'
        | '\u{249C}'..='\u{24E9}'
        | '\u{2C60}'..='\u{2C7F}'
        | '\u{A720}'..='\u{A7FF}'
        | '\u{FF10}'..='\u{FF19}'
        | '\u{FF21}'..='\u{FF3A}'
        | '\u{FF41}'..='\u{FF5A}'
        | '\u{1D400}'..='\u{1D7FF}'
        | '\u{1F110}'..='\u{1F189}' => Letter::Fancy,
        _ => Letter::None,
    }
}

/// A word while it is read.
#[derive(Debug, Default)]
struct Word {
    start: usize,
    end: usize,
    ascii: u32,
    accented: u32,
    marks: u32,
    foreign: u32,
    fancy: u32,
    /// Changes between Latin and another script.
    changes: u32,
    last: Option<Letter>,
    /// Every foreign letter so far has a Latin double in the short table.
    doubles: bool,
    greek: bool,
    /// Scripts of its foreign letters, one bit each.
    scripts: u8,
}

/// A word in which Latin is mixed with letters that look Latin.
struct Mixed {
    range: Range<usize>,
    read: String,
    /// Letters of Latin and of the other script.
    letters: (u32, u32),
    changes: u32,
    greek: bool,
    /// Greek between Latin letters of the same case.
    set_in: bool,
}

/// Looks at every word of a text that is not ASCII.
pub(super) fn read(source: Source<'_>, found: &mut Vec<Detection>, work: &mut Work) -> Reading {
    let mut reading = Reading::default();
    let mut mixed: Vec<Mixed> = Vec::new();
    let mut unmarked: Vec<Edit> = Vec::new();
    let mut fancy: Vec<(bool, Range<usize>)> = Vec::new();
    let mut pure = (false, false);
    let mut buried = Buried::default();
    let mut rows: Vec<Range<usize>> = Vec::new();
    work.add(source.text.len());
    words(source.text, |word| {
        let range = word.start..word.end;
        if word.foreign > 0 && word.ascii > 0 {
            mixed.extend(mix(source.text, word));
        } else if word.foreign >= 4 && word.ascii + word.accented == 0 && is_patched(source.text, word) {
            // No language writes one word in two of these scripts.
            let read = plain(source.text.get(range.clone()).unwrap_or_default());
            report(found, "hidden-homoglyph-word", source.original(&range), 0.75, line(&read));
            reading.skeletons.push(Edit { range, text: read });
        } else if word.foreign > 0 && word.ascii + word.accented == 0 {
            match doubled(source.text, word) {
                Some(read) => {
                    reading.skeletons.push(Edit { range: range.clone(), text: read.clone() });
                    report(found, "hidden-homoglyph-word", source.original(&range), 0.85, line(&read));
                }
                None if word.greek => pure.0 = true,
                None => pure.1 = true,
            }
        } else if word.fancy > 0 {
            fancy.push((word.fancy >= 3 || word.ascii + word.fancy >= 4, range));
        } else if (word.marks > 0 || word.accented >= 2) && word.foreign == 0 {
            if buried.take(source.text, word) {
                match rows.last_mut().filter(|row| row.start == buried.range.start) {
                    Some(row) => *row = buried.range.clone(),
                    None => rows.push(buried.range.clone()),
                }
            }
            unmarked.extend(without_marks(source.text, range, word.marks > 0));
        }
    });
    for row in rows {
        let written = source.text.get(row.clone()).unwrap_or_default();
        let read: String = written.nfd().filter(|c| letter(*c) != Letter::Mark).take(400).collect();
        report(found, "hidden-homoglyph-word", source.original(&row), 0.55, line(&read));
    }
    for cluster in fancy.chunk_by(|a, b| b.1.start - a.1.end <= SENTENCE) {
        if cluster.iter().any(|(long, _)| *long) {
            reading.skeletons.extend(cluster.iter().map(|(_, range)| Edit {
                range: range.clone(),
                text: plain(source.text.get(range.clone()).unwrap_or_default()),
            }));
        }
    }
    for cluster in unmarked.chunk_by(|a, b| b.range.start.saturating_sub(a.range.end) <= SENTENCE) {
        if cluster.iter().any(|edit| lexicon::proves(&edit.text.to_lowercase())) {
            reading.unmarked.extend_from_slice(cluster);
        }
    }
    for word in mixed {
        if let Some(score) = suspicion(&word, if word.greek { pure.0 } else { pure.1 }) {
            report(found, "hidden-homoglyph-word", source.original(&word.range), score, line(&word.read));
        }
        reading.skeletons.push(Edit { range: word.range, text: word.read });
    }
    reading.skeletons.sort_by_key(|edit| edit.range.start);
    fancy_sentences(source, &reading.skeletons, found);
    reading
}

/// Calls `each` for every word that has more than ASCII in it.
fn words(text: &str, mut each: impl FnMut(&Word)) {
    let bytes = text.as_bytes();
    let mut done = 0;
    while let Some(at) = next_wide(bytes, done) {
        let before = bytes.get(done..at).unwrap_or_default();
        let start = at - before.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let mut word = Word { start, doubles: true, ..Word::default() };
        let mut alone = true;
        done = text.len();
        for (offset, c) in text.get(start..).unwrap_or_default().char_indices() {
            let kind = letter(c);
            let end = start + offset + c.len_utf8();
            if kind == Letter::None {
                done = end;
                break;
            }
            word.end = end;
            alone &= kind == Letter::Ascii;
            word.add(kind, c);
        }
        if !alone {
            each(&word);
        }
    }
}

/// The first byte from here on that is not ASCII.
fn next_wide(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        let wide = u64::from_le_bytes(*eight) & 0x8080_8080_8080_8080;
        if wide != 0 {
            return Some(at + wide.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    Some(at + bytes.get(at..)?.iter().position(|byte| !byte.is_ascii())?)
}

impl Word {
    fn add(&mut self, kind: Letter, c: char) {
        match kind {
            Letter::Ascii if c.is_ascii_digit() => {
                self.last = self.last.or(Some(kind));
                return;
            }
            Letter::Ascii => self.ascii += 1,
            Letter::Accented => self.accented += 1,
            Letter::Mark => self.marks += 1,
            Letter::Foreign => {
                self.foreign += 1;
                self.doubles = self.doubles && double(c).is_some();
                self.greek |= matches!(c, '\u{370}'..='\u{3FF}');
                self.scripts |= match c {
                    '\u{370}'..='\u{3FF}' => 1,
                    '\u{400}'..='\u{52F}' => 2,
                    '\u{531}'..='\u{587}' => 4,
                    '\u{13A0}'..='\u{13FD}' => 8,
                    _ => 16,
                };
            }
            Letter::Fancy => self.fancy += 1,
            Letter::None => {}
        }
        let foreign = |kind: Letter| kind == Letter::Foreign;
        if kind != Letter::Mark {
            self.changes += u32::from(self.last.is_some_and(|last| foreign(last) != foreign(kind)));
            self.last = Some(kind);
        } else if self.last.is_none() {
            self.last = Some(kind);
        }
    }
}

/// Latin doubles of the letters that are used as such most; the table of UTS #39 is asked for the others.
fn double(c: char) -> Option<char> {
    Some(match c {
        'а' | 'α' => 'a',
        'в' | 'β' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ё' | 'ε' => 'e',
        'һ' | 'н' => 'h',
        'і' | 'ї' | 'ι' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'ӏ' => 'l',
        'м' => 'm',
        'п' | 'η' => 'n',
        'о' | 'ο' | 'օ' | 'σ' => 'o',
        'р' | 'ρ' => 'p',
        'ԛ' => 'q',
        'г' => 'r',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' | 'ս' | 'и' => 'u',
        'ν' | 'ѵ' => 'v',
        'ԝ' | 'ω' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        'А' | 'Α' => 'A',
        'В' | 'Β' => 'B',
        'С' | 'Ϲ' => 'C',
        'Е' | 'Ε' => 'E',
        'Н' | 'Η' => 'H',
        'І' | 'Ι' | 'Ӏ' => 'I',
        'Ј' => 'J',
        'К' | 'Κ' => 'K',
        'М' | 'Μ' => 'M',
        'Ν' => 'N',
        'О' | 'Ο' => 'O',
        'Р' | 'Ρ' => 'P',
        'Ѕ' => 'S',
        'Т' | 'Τ' => 'T',
        'У' | 'Υ' => 'Y',
        'Х' | 'Χ' => 'X',
        'Ζ' => 'Z',
        _ => return None,
    })
}

/// Small capitals and other letters that the table takes to look like themselves.
fn small_capital(c: char) -> Option<char> {
    Some(match c {
        'ᴀ' | 'ɑ' => 'a',
        'ʙ' | 'ɓ' => 'b',
        'ᴄ' => 'c',
        'ᴅ' | 'ɗ' => 'd',
        'ᴇ' | 'ɛ' => 'e',
        'ꜰ' => 'f',
        'ɢ' | 'ɡ' | 'ɠ' => 'g',
        'ʜ' | 'ɦ' => 'h',
        'ɪ' | 'ɩ' | 'ı' => 'i',
        'ᴊ' => 'j',
        'ᴋ' | 'ĸ' => 'k',
        'ʟ' => 'l',
        'ᴍ' | 'ɱ' => 'm',
        'ɴ' | 'ɲ' => 'n',
        'ᴏ' => 'o',
        'ᴘ' => 'p',
        'ꞯ' | 'ǫ' => 'q',
        'ʀ' | 'ɾ' => 'r',
        'ꜱ' | 'ʂ' => 's',
        'ᴛ' => 't',
        'ᴜ' | 'ʊ' => 'u',
        'ᴠ' | 'ʋ' => 'v',
        'ᴡ' => 'w',
        'ʏ' => 'y',
        'ᴢ' | 'ʐ' => 'z',
        '\u{1F150}'..='\u{1F169}' => return circled(c, 0x1F150),
        '\u{1F170}'..='\u{1F189}' => return circled(c, 0x1F170),
        _ => return None,
    })
}

fn circled(c: char, first: u32) -> Option<char> {
    char::from_u32(u32::from(c).checked_sub(first)? + u32::from('A'))
}

/// The ASCII letter or digit that a letter looks like.
fn latin(c: char) -> Option<char> {
    if c.is_ascii() {
        return Some(c);
    }
    if let Some(known) = double(c).or_else(|| small_capital(c)) {
        return Some(known);
    }
    let mut buffer = [0; 4];
    let shown = skeleton(c.encode_utf8(&mut buffer));
    let mut read = shown.chars();
    let first = read.next()?;
    let first = small_capital(first).unwrap_or(first);
    // The table says `l` for a capital i.
    let first = if first == 'l' && c.is_uppercase() { 'I' } else { first };
    (read.next().is_none() && first.is_ascii_alphanumeric()).then_some(first)
}

/// The word in Latin letters, if every foreign letter has one.
fn mix(text: &str, word: &Word) -> Option<Mixed> {
    let range = word.start..word.end;
    let written = text.get(range.clone()).filter(|written| written.len() <= LONGEST)?;
    let mut read = String::with_capacity(written.len());
    let mut set_in = false;
    let mut before: Option<char> = None;
    let mut letters = written.chars().peekable();
    while let Some(c) = letters.next() {
        match letter(c) {
            Letter::Foreign => {
                let same_case = |other: Option<&char>| {
                    other.is_some_and(|other| other.is_ascii_alphabetic() && other.is_uppercase() == c.is_uppercase())
                };
                set_in |= same_case(before.as_ref()) && same_case(letters.peek());
                read.push(latin(c)?);
            }
            Letter::Mark => {}
            Letter::Fancy => read.push(latin(c)?),
            _ => read.push(c),
        }
        before = Some(c);
    }
    let letters = (word.ascii + word.accented, word.foreign);
    Some(Mixed { range, read, letters, changes: word.changes, greek: word.greek, set_in })
}

/// How sure it is that a mixed word was made to deceive; `pure` says that honest words of that script stand by.
fn suspicion(word: &Mixed, pure: bool) -> Option<f32> {
    let (latin, foreign) = word.letters;
    if latin + foreign < 3 {
        return None;
    }
    if lexicon::proves(&word.read.to_lowercase()) {
        return Some(0.95);
    }
    if word.greek {
        // Symbols of science stand at an edge of a name: PPARα, ΔH, µm.
        return (latin + foreign >= 4 && word.set_in && !pure).then_some(0.7);
    }
    let inside = word.changes >= 2;
    match (pure, latin > foreign, inside) {
        (_, true, true) => Some(0.85),
        (false, true, false) => (latin >= 3).then_some(0.7),
        (false, false, true) => Some(0.75),
        _ => None,
    }
}

/// Whether a word is put together from several scripts. A capital of Greek before it is a sign: `ΔТвнутр`.
fn is_patched(text: &str, word: &Word) -> bool {
    let sign = |c: char| matches!(c, '\u{391}'..='\u{3A9}');
    let first = text.get(word.start..word.end).and_then(|text| text.chars().next()).is_some_and(sign);
    let others = if first { word.scripts & !1 } else { word.scripts };
    others.count_ones() > 1 || (first && word.scripts == 1 | 8)
}

/// A word of foreign letters alone that reads as an English word of instruction.
fn doubled(text: &str, word: &Word) -> Option<String> {
    if !word.doubles || word.foreign < 4 {
        return None;
    }
    let read: Option<String> = text.get(word.start..word.end)?.chars().map(latin).collect();
    read.filter(|read| lexicon::proves(&read.to_lowercase()))
}

/// A word in plain letters.
fn plain(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        if let Some(known) = small_capital(c) {
            out.push(known);
            continue;
        }
        for c in std::iter::once(c).nfkc() {
            match latin(c) {
                Some(known) => out.push(known),
                None => out.push(c),
            }
        }
    }
    // A letter in parentheses is one character, its plain form three.
    out.retain(|c| c != '(' && c != ')');
    out
}

/// A word without marks and accents; one of accented letters only if that makes it a word of instruction.
fn without_marks(text: &str, range: Range<usize>, marked: bool) -> Option<Edit> {
    // Text buried under marks is long; its letters are few.
    let written = text.get(range.clone()).filter(|written| written.len() <= 16 * LONGEST)?;
    let read: String = written.nfd().filter(|c| letter(*c) != Letter::Mark).collect();
    (marked || lexicon::proves(&read.to_lowercase())).then_some(Edit { range, text: read })
}

/// A letter in bold or italics, with serifs or without.
fn is_emphasis(c: char) -> bool {
    matches!(c, '\u{1D400}'..='\u{1D49B}' | '\u{1D5A0}'..='\u{1D66F}')
}

/// Words buried under marks, of which no language has so many: one for nearly every letter, or a heap on one.
#[derive(Default)]
struct Buried {
    words: usize,
    letters: u32,
    marks: u32,
    range: Range<usize>,
}

impl Buried {
    /// Letters and marks of a sentence.
    const LETTERS: u32 = 20;
    /// Marks of a heap.
    const HEAP: u32 = 16;

    fn take(&mut self, text: &str, word: &Word) -> bool {
        let gap = text.get(self.range.end..word.start).unwrap_or_default();
        let letters = word.ascii + word.accented;
        if self.words > 0 && (gap.len() > SENTENCE || gap.contains(|c: char| c == '\n' || c.is_alphabetic()))
            || word.marks * 5 < letters * 4
        {
            *self = Self::default();
        }
        if word.marks * 5 < letters * 4 || word.foreign > 0 {
            return false;
        }
        let start = if self.words == 0 { word.start } else { self.range.start };
        self.range = start..word.end;
        self.words += 1;
        self.letters += letters;
        self.marks += word.marks;
        (self.words >= 4 && self.letters >= Self::LETTERS)
            || (self.marks >= Self::HEAP && letters <= 2 && self.words == 1)
    }
}

/// Fancy letters are decoration unless they make an instruction.
fn fancy_sentences(source: Source<'_>, edits: &[Edit], found: &mut Vec<Detection>) {
    for cluster in clusters(edits, SENTENCE) {
        let (Some(first), Some(last)) = (cluster.first(), cluster.last()) else { continue };
        let read = source.edited(View::Skeleton, cluster, SENTENCE).text;
        // A heading is decorated; a sentence of such letters is there to be read by nobody's filter.
        let line_ends =
            |a: &Edit, b: &Edit| source.text.get(a.range.end..b.range.start).is_some_and(|gap| gap.contains('\n'));
        let sentence = |line: &[Edit]| {
            let words = line.iter().map(|edit| edit.text.as_str()).filter(|word| word.is_ascii());
            let words: Vec<&str> = words.collect();
            let said = words.join(" ");
            let written = line.first().zip(line.last()).and_then(|(a, b)| source.text.get(a.range.start..b.range.end));
            let bold = written.is_some_and(|written| written.chars().any(is_emphasis));
            // Posts are written in bold letters from end to end.
            words.len() >= 7
                && if bold {
                    // With the signs between the words, which end clauses.
                    orders::begins_with_order(&said) || written.is_some_and(|text| orders::orders_model(&plain(text)))
                } else {
                    lexicon::is_sentence(&said)
                }
        };
        let score = match lexicon::weight(&read) {
            3 => 0.8,
            _ if cluster.chunk_by(|a, b| !line_ends(a, b)).any(sentence) => 0.55,
            _ => continue,
        };
        let span = source.original(&(first.range.start..last.range.end));
        report(found, "hidden-homoglyph-word", span, score, line(&read));
    }
}
