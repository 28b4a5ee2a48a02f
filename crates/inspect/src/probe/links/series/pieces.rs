//! A sentence of which every address says a word or two: `/1?w=salary`, `/2?w=raise`, `/3?w=refused`.

use std::collections::{BTreeMap, HashSet};

use crate::phrase::confided;
use crate::probe::links::host::subdomains;
use crate::probe::links::said::phrase;
use crate::probe::links::url::{Url, pairs, percent_decode};

/// Addresses of one site that are read together: the first of them.
const MOST: usize = 64;

/// Pieces that are read as one text.
const TOGETHER: usize = 12;

/// Where in an address a piece stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// The name of the last parameter, and its value.
    Name,
    Value,
    /// The last part of the path without the kind of its file, and the part before it.
    File,
    Folder,
    /// The first and the second name before that of the site.
    First,
    Second,
}

/// The pieces of the addresses of one site, by place.
#[derive(Debug, Default)]
pub(super) struct Words {
    pieces: BTreeMap<Place, Vec<String>>,
    count: usize,
}

impl Words {
    pub(super) fn take(&mut self, url: &Url<'_>) {
        self.count += 1;
        if self.count > MOST {
            return;
        }
        let mut add = |place: Place, piece: &str| {
            if !piece.is_empty() && piece.len() <= 80 {
                self.pieces.entry(place).or_default().push(percent_decode(piece, true).into_owned());
            }
        };
        if let Some((name, value)) = pairs(url.query).last() {
            add(Place::Name, name);
            add(Place::Value, value.unwrap_or_default());
        }
        let mut segments = url.path.rsplit('/').filter(|segment| !segment.is_empty());
        add(Place::File, segments.next().and_then(|file| file.split('.').next()).unwrap_or_default());
        add(Place::Folder, segments.next().unwrap_or_default());
        let labels = subdomains(&url.host);
        add(Place::First, labels.first().copied().unwrap_or_default());
        add(Place::Second, labels.get(1).copied().unwrap_or_default());
    }

    fn whole(&self) -> impl Iterator<Item = &Vec<String>> {
        self.pieces.values().filter(|pieces| pieces.len() == self.count.min(MOST))
    }

    /// Whether something counts the addresses: numbers, or letters of the alphabet, each one more than the last.
    pub(super) fn counts(&self) -> bool {
        let place = |piece: &String| match piece.as_bytes() {
            [letter @ b'a'..=b'z'] => Some(u32::from(*letter)),
            _ => piece.trim_start_matches(|c: char| c.is_ascii_alphabetic()).parse::<u32>().ok(),
        };
        self.whole().any(|pieces| {
            let numbers: Vec<_> = pieces.iter().map_while(place).collect();
            numbers.len() == pieces.len()
                && numbers.windows(2).all(|pair| matches!(pair, [a, b] if a.checked_add(1) == Some(*b)))
        })
    }

    /// Whether the pieces of one place say something together that somebody confided; `marks` says that they are links
    /// behind marks that nobody reads.
    pub(super) fn say(&self, marks: bool) -> bool {
        if self.count < 2 {
            return false;
        }
        let counted = marks || self.counts();
        // Pictures of one site are named for what they show, a word or two each.
        let least = match (counted, self.count) {
            (true, 6..) => 0.7,
            (true, _) => 1.3,
            (false, 4..) => 2.0,
            (false, _) => 2.5,
        };
        self.whole().any(|pieces| {
            // Of many, those that stand together.
            let least = if pieces.len() > TOGETHER { least + 0.5 } else { least };
            let last = pieces.len().saturating_sub(TOGETHER);
            let starts = (0..last).step_by(TOGETHER / 2).chain([last]);
            let mut windows = starts.filter_map(|from| pieces.get(from..pieces.len().min(from + TOGETHER)));
            windows.any(|pieces| self.says(pieces, least))
        })
    }

    fn says(&self, pieces: &[String], least: f32) -> bool {
        let distinct: HashSet<&str> = pieces.iter().map(String::as_str).collect();
        let words = phrase(&pieces.join(" ")).unwrap_or_default();
        // The same picture in several sizes has the same words.
        let letters = |word: &&str| word.chars().any(char::is_alphabetic);
        let various: HashSet<&str> = words.split(' ').filter(letters).collect();
        let said = various.len() >= 4 || !words.is_ascii() && self.count >= 3;
        distinct.len() * 3 >= pieces.len() * 2 && said && confided(&words) > least
    }
}
