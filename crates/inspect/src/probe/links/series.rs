//! Addresses that say something only together: a letter each, or a numbered piece each. Every address may have been
//! there before; their order is the message.

mod pieces;

use std::collections::{BTreeMap, HashSet};

use self::pieces::Words;

use super::host::{Host, subdomains};
use super::shape::is_blank;
use super::url::{Url, clean, pairs};
use super::words::is_presentation;
use super::{Form, Reach, Reference, Scene};
use crate::detection::{Category, Detection};

/// Addresses that make a message.
const FEW: usize = 5;

/// The same among small pictures, which have short names of their own.
const MANY: usize = 8;

/// Numbered pieces that make a message: their numbers tell enough.
const PIECES: usize = 4;

/// Words of paths below which small pictures with short names are kept.
const PICTURES: &[&str] = &["emoji", "flags", "icons", "rank", "rating", "ratings", "score", "stars"];

/// What the fetched addresses of one site are made of.
#[derive(Default)]
struct Site<'a> {
    /// Single characters, or their codes.
    letters: Vec<(&'a Reference, String)>,
    /// Letters that are the value of the last parameter.
    asked: Vec<(&'a Reference, String)>,
    /// The values of parameters by name, in the order of the addresses.
    values: BTreeMap<String, Vec<String>>,
    /// The numbers of the folders that the letters stand in: `/0/4.gif`, `/1/0.gif`; or behind them,
    /// `4.gif?0`.
    folders: Vec<u32>,
    first: Option<&'a Reference>,
    /// Letters that are a label of the host.
    labels: Vec<(&'a Reference, String)>,
    words: Words,
    /// They stand below a folder of small pictures.
    pictures: bool,
    count: usize,
}

/// Reports texts that are spelled by what is fetched.
pub(super) fn judge(scene: &Scene<'_>, references: &[Reference], found: &mut Vec<Detection>) {
    // Links whose text is a mark are for nobody to read.
    let blank = |reference: &Reference| {
        let shown = reference.text.clone().and_then(|shown| scene.text.get(shown)).map(str::trim);
        reference.form.reach() == Reach::Clicked
            && shown.is_some_and(|shown| {
                let short = reference.form == Form::Link && shown.chars().nth(2).is_none();
                matches!(shown, "" | "." | "·" | "\u{200b}") || short && shown.bytes().all(|byte| byte.is_ascii_digit())
            })
    };
    let fetched = || references.iter().filter(|reference| reference.form.reach() == Reach::Fetched || blank(reference));
    if fetched().nth(1).is_none() {
        return;
    }
    // Links and pictures of one host are counted apart.
    let mut sites: BTreeMap<(String, bool), Site<'_>> = BTreeMap::new();
    for reference in fetched() {
        let text = clean(scene.text.get(reference.place.clone()).unwrap_or_default());
        let Some(url) = Url::parse(&text).filter(|url| !scene.trusts(&url.host)) else { continue };
        if matches!(Host::of(&url.host), Host::Known | Host::Local | Host::Loopback) {
            continue;
        }
        let own: usize = subdomains(&url.host).iter().map(|label| label.len() + 1).sum();
        let site = sites.entry((url.host.get(own..).unwrap_or_default().to_string(), blank(reference))).or_default();
        site.take(&url, reference);
    }
    for ((host, marks), site) in &sites {
        let Some(first) = site.first else { continue };
        let servers: HashSet<&str> = site.labels.iter().map(|(_, label)| label.as_str()).collect();
        let by_label = (servers.len() >= FEW || site.words.counts()) && spells(&site.labels, MANY);
        let by_name = spells(&site.letters, if site.pictures { MANY } else { FEW }) || site.is_counted();
        let by_value = spells(&site.asked, MANY);
        let letters = match (by_name, by_value) {
            (true, _) => &site.letters,
            (_, true) => &site.asked,
            _ => &site.labels,
        };
        let spelled = by_name || by_value || by_label;
        let first = letters.first().filter(|_| spelled).map_or(first, |(first, _)| first);
        if spelled || site.in_pieces() || first.form != Form::Anchor && site.words.say(*marks) {
            let count = if spelled { letters.len() } else { site.count };
            let evidence = format!("{count} addresses on {host} spell a text");
            scene.report("exfiltration-image", Category::Exfiltration, first.place.clone(), 0.75, evidence, found);
        }
    }
}

impl<'a> Site<'a> {
    fn take(&mut self, url: &Url<'_>, reference: &'a Reference) {
        self.first.get_or_insert(reference);
        self.count += 1;
        self.pictures |= url.path.split('/').any(|folder| PICTURES.contains(&folder.to_ascii_lowercase().as_str()));
        let stem = |text: &str| text.split('.').next().unwrap_or_default().to_string();
        let last = url.path.rsplit('/').next().map(stem).unwrap_or_default();
        let asked = pairs(url.query).last().and_then(|(_, value)| value).filter(|value| {
            let mut letters = value.chars();
            letters.next().is_some_and(char::is_alphanumeric) && letters.next().is_none()
        });
        self.asked.extend(asked.map(|letter| (reference, letter.to_string())));
        let value = pairs(url.query).last().filter(|(name, _)| !is_presentation(name));
        let value = value.and_then(|(_, value)| value).map(stem).unwrap_or_default();
        // `07-49`: the place of a letter and its code.
        let code = last.split_once(['-', '_']).filter(|(place, _)| place.bytes().all(|byte| byte.is_ascii_digit()));
        let code = code.map(|(_, code)| code.to_string()).unwrap_or_default();
        // `/w0`, `/i1`: a letter and its place.
        let place = last.get(1..).and_then(|place| place.parse::<usize>().ok());
        let counted = place.filter(|place| *place == self.count || *place + 1 == self.count);
        let code = if counted.is_some() { last.get(..1).unwrap_or_default().to_string() } else { code };
        // Letters before the name of the site: a few of them are servers that share the load.
        let label = subdomains(&url.host).first().filter(|label| label.len() == 1).map(|label| (*label).to_string());
        self.labels.extend(label.map(|label| (reference, label)));
        // `/41/pixel.png`: the folder of a picture that shows nothing.
        let folder = url.path.rsplit('/').nth(1).filter(|_| is_blank(&last)).map(str::to_string);
        // What counts the addresses says nothing, as long as something else does.
        let counts = |stem: &String| {
            stem.parse::<usize>().is_ok_and(|at| at == self.count || at + 1 == self.count) && stem.len() < 3
        };
        let letters = [last, value, code].into_iter().chain(folder).filter(|stem| is_letter(stem));
        let (counting, saying): (Vec<_>, Vec<_>) = letters.partition(counts);
        let letter = saying.into_iter().chain(counting).next();
        if letter.is_some() {
            let folder = url.path.rsplit('/').nth(1).unwrap_or_default();
            self.folders.extend(folder.parse::<u32>().ok().or_else(|| url.query.parse().ok()));
        }
        self.letters.extend(letter.map(|letter| (reference, letter)));
        self.words.take(url);
        for (name, value) in pairs(url.query) {
            self.values.entry(name.to_string()).or_default().push(value.unwrap_or_default().to_string());
        }
    }

    /// Whether the folders of the letters count them.
    fn is_counted(&self) -> bool {
        let distinct: HashSet<&str> = self.letters.iter().map(|(_, stem)| stem.as_str()).collect();
        let counts = self.folders.windows(2).all(|pair| matches!(pair, [a, b] if a.checked_add(1) == Some(*b)));
        self.folders.len() > FEW && self.folders.len() == self.letters.len() && counts && distinct.len() >= 3
    }

    /// Whether a parameter counts the addresses and another says something else in each.
    fn in_pieces(&self) -> bool {
        let counted = |name: &str| !matches!(name, "page" | "p" | "pg" | "offset" | "slide");
        let whole = || {
            self.values
                .iter()
                .filter(|(name, values)| counted(name) && values.len() == self.count)
                .map(|(_, values)| values)
        };
        let counts = |values: &[String]| {
            let numbers: Option<Vec<u32>> = values.iter().map(|value| value.parse().ok()).collect();
            numbers.is_some_and(|numbers| {
                numbers.windows(2).all(|pair| matches!(pair, [a, b] if a.checked_add(1) == Some(*b)))
            })
        };
        let says = |values: &[String]| {
            let words = values.iter().filter(|value| value.chars().any(char::is_alphabetic));
            let distinct: HashSet<&str> = words.map(String::as_str).collect();
            distinct.len() >= PIECES.min(values.len() - 1) && distinct.len() * 3 >= values.len() * 2
        };
        self.count >= PIECES && whole().any(|values| counts(values)) && whole().any(|values| says(values))
    }
}

/// A character, or the code of a printable one.
fn is_letter(stem: &str) -> bool {
    let single = stem.chars().count() == 1 && stem.chars().all(|char| !char.is_control());
    let hexadecimal = stem.len() == 2 && u8::from_str_radix(stem, 16).is_ok_and(|code| (0x20..0x7f).contains(&code));
    let decimal = stem.len() == 3 && stem.parse::<u8>().is_ok_and(|code| (100..127).contains(&code));
    single || hexadecimal || decimal
}

/// Whether the letters of a site spell a text. Numbers alone are those of pages and pictures, and letters that follow
/// each other those of variants.
fn spells(letters: &[(&Reference, String)], least: usize) -> bool {
    let distinct: HashSet<&str> = letters.iter().map(|(_, stem)| stem.as_str()).collect();
    let stems = || letters.iter().map(|(_, stem)| stem.as_str());
    let alone = stems().filter(|stem| stem.chars().count() == 1 && stem.chars().all(char::is_alphabetic)).count();
    let is_code = |stem: &&str| {
        let codes = [u8::from_str_radix(stem, 16), stem.parse::<u8>()];
        stem.len() >= 2 && codes.iter().flatten().any(u8::is_ascii_alphabetic)
    };
    let codes = stems().filter(is_code).count() * 2 > letters.len();
    // Of two digits, hexadecimal codes have letters among them, and decimal ones go on above a hundred.
    let written =
        stems().any(|stem| stem.len() == 3 || stem.len() == 2 && stem.bytes().any(|byte| byte.is_ascii_alphabetic()));
    let first = |stem: &str| stem.chars().next().map_or(0, u32::from);
    let follow = letters.windows(2).all(|pair| matches!(pair, [(_, a), (_, b)] if first(a) + 1 == first(b)));
    letters.len() >= least && distinct.len() >= 3 && !follow && (alone >= 3 || codes && written)
}
