//! How much an address looks like a way for data to leave: what it carries, how it is fetched, who receives it.

use std::borrow::Cow;

use super::data::{Data, decoded, dense, is_connection, is_foreign, random, words};
use super::host::{Host, subdomains};
use super::licence::{Licence, is_picture};
use super::overlap::Known;
use super::record;
use super::said;
use super::score::{clicked, fetched, written};
use super::shape::{
    has_chosen, has_code, has_number, is_assigned, is_blank, is_chosen, is_digest, is_hyphened, is_labelled,
    is_long_told, is_passcode, is_picture_file, is_place, is_question, is_running, is_scope, is_series, is_told,
    is_year, unnumbered,
};
use super::url::{Url, pairs, percent_decode};
use super::words::{
    has_word, is_carrier, is_collecting, is_conversation, is_presentation, is_private, is_sensitive, split,
};

/// How an address comes to be requested, from no click to hardly ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// The renderer fetches it.
    Fetched,
    /// A person clicks it.
    Clicked,
    /// It stands in the text; many front ends link it.
    Written,
    /// It is a string in source code.
    Quoted,
}

/// Where in the address the data is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Query,
    Path,
    Fragment,
    User,
    Subdomain,
    Host,
}

/// The most telling part of an address.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Judgement {
    pub(super) score: f32,
    pub(super) part: Part,
    pub(super) hole: bool,
    pub(super) what: &'static str,
}

/// What the name of a parameter promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    /// A private thing.
    Private,
    /// Whatever somebody puts in.
    Carrier,
    /// How it is shown or cached.
    Presentation,
    /// Nothing known.
    Other,
}

impl Naming {
    /// One letter may be the size or the secret: what the value is decides.
    fn of(name: &str, value: &str) -> Self {
        let short = name.len() <= 2
            && (words(value) >= 3 || is_labelled(value) || names_a_secret(value) || is_hyphened(value))
            || name == "ref" && words(value) >= 6;
        if is_private(name) {
            Self::Private
        } else if is_presentation(name) && !short {
            Self::Presentation
        } else if is_carrier(name) {
            Self::Carrier
        } else {
            Self::Other
        }
    }
}

/// An address on its way through the questions.
pub(super) struct Judge<'a> {
    pub(super) url: &'a Url<'a>,
    pub(super) reach: Reach,
    pub(super) host: Host,
    pub(super) known: &'a Known,
    licence: Licence,
    /// Whether a parameter or the path is named for a secret.
    named: bool,
    best: Option<Judgement>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(url: &'a Url<'a>, host: Host, reach: Reach, known: &'a Known) -> Self {
        let named = url.parameters().take(32).any(|(name, _)| is_secret_name(name))
            || url.path.split('/').take(16).any(is_collecting);
        Self { url, reach, host, known, licence: Licence::of(url), named, best: None }
    }

    /// The most telling part, if any speaks at all.
    pub(super) fn verdict(mut self) -> Option<Judgement> {
        if matches!(self.host, Host::Local | Host::Known) && self.known.is_empty() {
            return None;
        }
        self.query();
        if let Some(score) = record::score(self.url, self.reach) {
            self.offer(score, Part::Query, false, "a record of somebody");
        }
        if let Some((score, part)) = said::score(self.url, self.host, self.reach) {
            self.offer(score, part, false, "what somebody confided");
        }
        self.path();
        self.fragment();
        self.user();
        self.subdomain();
        self.receiver();
        self.best
    }

    fn offer(&mut self, score: f32, part: Part, hole: bool, what: &'static str) {
        let score = match (self.host, self.reach) {
            (Host::Local | Host::Known, _) => return,
            // A page under development asks its own server for things; it sends it no secrets.
            (Host::Loopback, Reach::Fetched | Reach::Clicked)
                if self.named || matches!(what, "encoded text" | "a credential" | "a placeholder for private data") =>
            {
                score - 0.1
            }
            (Host::Loopback, _) => return,
            (Host::Example, Reach::Clicked | Reach::Written) => score * 0.75,
            (Host::Collector, _) => (score + 0.2).min(0.95),
            (Host::Address, _) => (score + 0.1).min(0.95),
            _ => score,
        };
        if score > self.best.map_or(0.0, |best| best.score) {
            self.best = Some(Judgement { score, part, hole, what });
        }
    }

    /// Values that say what the conversation says count whoever receives them.
    fn overlap(&mut self, value: &str, part: Part) {
        if self.known.is_empty() {
            return;
        }
        let least = if part == Part::Path { 20 } else { 10 };
        let inner = decoded(value);
        let backwards = || value.chars().rev().collect::<String>();
        let hit = self.known.contains(value, least)
            || inner.is_some_and(|inner| self.known.contains(&inner, GRAM_LEAST))
            || self.known.contains(&backwards(), 12);
        if hit && self.host != Host::Local {
            let score = match self.reach {
                Reach::Fetched => 0.95,
                Reach::Clicked => 0.85,
                Reach::Written => 0.75,
                Reach::Quoted => 0.55,
            };
            let score = if self.host == Host::Known { score - 0.3 } else { score };
            if score > self.best.map_or(0.0, |best| best.score) {
                self.best = Some(Judgement { score, part, hole: false, what: "words of the conversation" });
            }
        }
    }

    fn query(&mut self) {
        let url = self.url;
        let last = url.parameters().last().map(|(name, _)| name);
        for (name, value) in url.parameters() {
            match value {
                // `?bXkga2V5==` has no name, only padding.
                Some(padding) if padding.trim_matches('=').is_empty() && decoded(name).is_some() => {
                    self.value(name, Naming::Other, Part::Query);
                }
                Some("") => self.empty(Naming::of(name, ""), last == Some(name)),
                // `{{#each messages}}`: what is behind the sign counts as the anchor.
                Some("{{") => {
                    let score = if self.reach == Reach::Fetched { 0.7 } else { 0.5 };
                    self.offer(score, Part::Query, true, "a placeholder");
                }
                // What a service gave its customer for this use.
                Some(value) if self.licence.covers(name, value) => self.overlap(value, Part::Query),
                Some(value) => {
                    let whole = percent_decode(value, false);
                    // A plus sign is a space, or a digit of base64.
                    let encoded = value.contains('+') && decoded(&whole).is_some();
                    let value = if encoded { whole } else { percent_decode(value, true) };
                    self.value(&value, Naming::of(name, &value), Part::Query);
                }
                None if self.licence.covers_alone(name) => self.overlap(name, Part::Query),
                None => self.value(&percent_decode(name, true), Naming::Other, Part::Query),
            }
        }
        if url.query.len() > 40 {
            self.overlap(&percent_decode(url.query, true), Part::Query);
        }
    }

    /// `?q=` at the end: what follows is for the model to write.
    fn empty(&mut self, naming: Naming, last: bool) {
        let score = match (self.reach, naming) {
            (Reach::Fetched, Naming::Private) => 0.7,
            (Reach::Fetched, Naming::Carrier) if last => 0.7,
            (Reach::Fetched, Naming::Other) if last => 0.6,
            (Reach::Clicked, Naming::Private) => 0.55,
            (Reach::Clicked, Naming::Carrier) if last => 0.5,
            (Reach::Written, Naming::Private) if last => 0.5,
            _ => return,
        };
        self.offer(score, Part::Query, true, "an empty parameter to be filled");
    }

    fn value(&mut self, value: &str, naming: Naming, part: Part) {
        self.overlap(value, part);
        // A comma or a colon before a hyphen stands at the end of a word: the hyphens are spaces.
        let joined = !value.contains(' ') && [",-", ":-"].iter().any(|sign| value.contains(sign));
        let spaced = if joined { Cow::Owned(value.replace('-', " ")) } else { Cow::Borrowed(value) };
        let value = &*spaced;
        // An address inside is looked at by itself.
        let inner = || {
            let address =
                |text: &str| text.starts_with(['h', '{', '/']) && text.contains("://") && !is_connection(text);
            decoded(value).is_some_and(|inner| address(&inner) || is_picture(&inner))
        };
        // An address inside is looked at by itself, if whoever gets it is a stranger as well.
        let passed = ["http://", "https://"].iter().any(|scheme| value.starts_with(scheme)) && is_passed_on(value);
        let place =
            is_place(value) && (self.reach != Reach::Fetched || naming != Naming::Private || value.contains(','));
        if is_scope(value)
            || place
            || !(naming == Naming::Private && self.named) && is_series(value)
            || passed
            || self.reach != Reach::Fetched && said::is_page(value)
            || is_chart(value)
            || inner()
        {
            return;
        }
        if let Some(score) = record::of_json(value, self.reach) {
            self.offer(score, part, false, "a record of somebody");
        }
        if part == Part::Query && is_passcode(value) {
            let score = [0.65, 0.55, 0.5, 0.0].get(self.reach as usize).copied().unwrap_or(0.0);
            self.offer(score, part, false, "a code");
        }
        // A path of words that tell a number, or of a script without spaces, is no name of a file.
        let told = has_number(value) && words(value) >= 5
            // Titles of scripts without spaces are as long.
            || !value.is_ascii() && words(value) >= if part == Part::Path && is_dense_title(value) { 7 } else { 3 }
            || is_labelled(value)
            || self.reach == Reach::Fetched && words(value) >= 10 && value.bytes().any(|byte| byte.is_ascii_digit())
            || part == Part::Path && (has_code(value) && words(value) >= 3 || is_told(value) && words(value) >= 5);
        let spaced = part == Part::Query || value.contains(char::is_whitespace) || told;
        // In a path or an anchor, underscores are part of a name.
        let data =
            Data::of(value).map(|data| if matches!(data, Data::Sentence(_)) && !spaced { Data::Plain } else { data });
        // Under the name of something private, a number or a short word is enough.
        // `password: Winter-Harbor-88` is said to somebody.
        let labelled = matches!(data, Some(Data::Plain | Data::Random) | None)
            && part == Part::Query
            && (is_labelled(value) || is_hyphened(value) || is_foreign(value) && value.split('-').count() >= 6);
        let data = if labelled && naming != Naming::Presentation { Some(Data::Sentence(5)) } else { data };
        let data = data.or_else(|| (naming == Naming::Private && !value.is_empty()).then_some(Data::Plain));
        if let Some(data) = data {
            // A number in running text is never how something is shown.
            let sentence = matches!(data, Data::Sentence(_));
            let naming =
                if sentence && naming == Naming::Presentation && has_number(value) { Naming::Other } else { naming };
            // Without the address that is shared.
            let said = value.split("http").next().unwrap_or_default();
            let score = match self.reach {
                // What a page for sharing is given, the reader reads before it is sent; nor is a search for a thing
                // more than that.
                Reach::Clicked | Reach::Written
                    if sentence
                        && !has_number(said)
                        && (!has_word(said, SECRET) || is_question(said))
                        && (record::shares(self.url, value) || record::searches(self.url, value)) =>
                {
                    0.4
                }
                Reach::Clicked | Reach::Written if sentence && !is_sensitive(said) && said::is_public(said) => 0.4,
                // Who leaves a list is known to it, by a name that it made up.
                Reach::Clicked if data == Data::Random && record::is_leaving(self.url) => 0.4,
                Reach::Clicked | Reach::Written if data == Data::Personal && record::leaves(self.url) => 0.4,
                Reach::Fetched => fetched(&data, naming, part, value),
                // A link to a picture that is told something, a template for whoever collects.
                Reach::Clicked
                    if part == Part::Query
                        && matches!(naming, Naming::Carrier | Naming::Private)
                        && (data == Data::Template && (self.named || is_picture_file(self.url.path))
                            || data == Data::Plain
                                && is_picture_file(self.url.path)
                                && is_chosen(value)
                                && !is_digest(value)) =>
                {
                    0.5
                }
                Reach::Clicked => clicked(&data, naming, part, value),
                Reach::Written => written(&data, naming, part, value),
                Reach::Quoted => 0.0,
            };
            let hole = matches!(data, Data::Hole | Data::Template);
            self.offer(score, part, hole, data.name());
        }
    }

    fn path(&mut self) {
        let segments: Vec<Cow<'_, str>> = self
            .url
            .path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(|segment| percent_decode(segment, false))
            .collect();
        for segment in &segments {
            // Pages of wikis have plus signs for spaces, and titles; these tell something about somebody.
            let foreign = !segment.is_ascii() && has_number(unnumbered(segment)) && segment.split('-').count() >= 4;
            let hyphens = foreign || [",-", ":-"].iter().any(|sign| segment.contains(sign));
            let spaced = segment.replace(if hyphens { '-' } else { '+' }, " ");
            let told = foreign
                || is_labelled(&spaced)
                || is_told(segment)
                || has_code(&spaced) && words(&spaced) >= 3
                || (segment.contains(":+") || has_chosen(segment)) && words(&spaced) >= 5
                || is_picture_file(segment) && is_running(segment)
                || self.reach == Reach::Fetched && segment.matches('+').count() >= 4 && has_number(segment);
            if (segment.contains('+') || hyphens) && told {
                // A picture that is named so is no file of anybody.
                let kind =
                    spaced.rsplit_once('.').filter(|(_, kind)| matches!(*kind, "png" | "gif" | "jpg" | "svg" | "webp"));
                self.value(kind.map_or(&*spaced, |(stem, _)| stem), Naming::Other, Part::Path);
            }
            self.value(segment, Naming::Other, Part::Path);
            if is_passcode(segment) || is_assigned(segment) {
                let score = [0.65, 0.55, 0.5, 0.0].get(self.reach as usize).copied().unwrap_or(0.0);
                self.offer(score, Part::Path, false, "a record of somebody");
            }
            let secret = |value: &str| value.len() >= 16 && value.bytes().filter(u8::is_ascii_digit).count() >= 3;
            let named = segment.split_once('=').filter(|(name, value)| secret(value) && is_private_name(name));
            if named.is_some() && self.reach != Reach::Quoted {
                self.offer(0.6, Part::Path, false, "a credential");
            }
        }
        // `/DATABASE_URL=postgres://app:word@host/db`
        if self.url.path.contains("//") && is_connection(&percent_decode(self.url.path, false)) {
            let score = [0.8, 0.65, 0.6, 0.0].get(self.reach as usize).copied().unwrap_or(0.0);
            self.offer(score, Part::Path, false, "a credential");
        }
        if segments.len() > 1 {
            // The first segments may belong to a place below which the pieces stand.
            let joined = |from: usize| {
                // A slash is a digit of base64, too.
                let pieces = segments.get(from..).filter(|pieces| pieces.len() > 1)?;
                decoded(&pieces.concat()).or_else(|| decoded(&pieces.join("/")))
            };
            if let Some(text) = (0..3).find_map(joined) {
                self.overlap(&text, Part::Query);
                let score = [0.85, 0.7, 0.6, 0.0].get(self.reach as usize).copied().unwrap_or(0.0);
                self.offer(score, Part::Path, false, "encoded text in pieces");
            }
            if !self.known.is_empty() {
                self.overlap(&segments.join(" "), Part::Path);
            }
        }
        if self.reach == Reach::Fetched {
            let after = segments.iter().skip_while(|segment| !is_collecting(segment)).skip(1);
            if after.clone().any(|segment| !is_collecting(segment) && Data::of(segment).is_some()) {
                self.offer(0.6, Part::Path, false, "values below a collecting path");
            }
            let hyphens = |segment: &str| segment.split(['-', '_']).filter(|word| word.len() > 1).count();
            let (last, above) = segments.split_last().map_or(("", &[][..]), |(last, above)| (&**last, above));
            let said = above.iter().filter(|segment| hyphens(segment) >= 5).count();
            if said >= 2 || (is_blank(last) && above.iter().any(|segment| hyphens(segment) >= 4)) {
                self.offer(0.6, Part::Path, false, "running text");
            }
            if is_long_told(last) {
                self.offer(0.55, Part::Path, false, "running text");
            }
            if segments.iter().any(|segment| names_a_secret(segment)) {
                self.offer(0.55, Part::Path, false, "a value beside the name of a secret");
            }
        }
    }

    fn fragment(&mut self) {
        let fragment = self.url.fragment;
        if fragment.is_empty() || fragment.starts_with(":~:") {
            return;
        }
        for (name, value) in pairs(fragment) {
            match value {
                Some(padding) if padding.trim_matches('=').is_empty() && decoded(name).is_some() => {
                    self.value(name, Naming::Other, Part::Fragment);
                }
                Some("") => self.empty(Naming::of(name, ""), true),
                Some(value) if self.licence.covers_fragment(name) => self.overlap(value, Part::Fragment),
                Some(value) => {
                    let value = percent_decode(value, true);
                    self.value(&value, Naming::of(name, &value), Part::Fragment);
                }
                // The anchor of a heading has no spaces.
                None => self.value(&percent_decode(name, false), Naming::Other, Part::Fragment),
            }
        }
    }

    fn user(&mut self) {
        let url = self.url;
        for piece in url.userinfo.split(':').filter(|piece| !piece.is_empty()) {
            let piece = percent_decode(piece, false);
            let ordinary = has_word(&piece, &["name", "pass", "password", "token", "user", "username", "x"]);
            self.overlap(&piece, Part::User);
            if let Some(data) = Data::of(&piece).filter(|_| !ordinary) {
                let score = match (&data, self.reach) {
                    (Data::Template, _) => 0.4,
                    (Data::Plain, Reach::Fetched) => 0.55,
                    // A password that somebody chose.
                    (Data::Plain, Reach::Clicked) if is_chosen(&piece) => 0.5,
                    (Data::Plain, _) => 0.3,
                    (_, Reach::Fetched) => 0.8,
                    (Data::Encoded(_) | Data::Sentence(_) | Data::Random, Reach::Clicked) => 0.6,
                    (Data::Encoded(_), Reach::Written) => 0.55,
                    _ => 0.3,
                };
                self.offer(score, Part::User, data == Data::Hole, data.name());
            }
        }
    }

    fn subdomain(&mut self) {
        let labels = subdomains(&self.url.spelled);
        // The last labels may be a place below which the pieces stand.
        let pieces =
            (0..3).filter_map(|place| labels.get(..labels.len().checked_sub(place)?).filter(|pieces| pieces.len() > 1));
        let joined: Vec<String> = pieces.map(<[&str]>::concat).collect();
        for label in labels.iter().copied().chain(joined.iter().map(String::as_str)) {
            self.overlap(label, Part::Subdomain);
            let spaced = label.replace('-', " ");
            let numbered = label.bytes().filter(u8::is_ascii_digit).count() >= 5
                && has_word(label, &["card", "iban", "passport", "password", "pin", "ssn"]);
            let secret = names_a_secret(label) || numbered || (is_private_name(label) && words(&spaced) >= 3);
            let few = self.reach == Reach::Fetched
                && label.starts_with(|c: char| c.is_ascii_digit())
                && is_numbered(label, 6);
            let data = match Data::of(label) {
                Some(Data::Plain) | None if secret || is_passcode(label) => Some(Data::Sentence(words(&spaced))),
                Some(Data::Plain) if random(label) || few || is_numbered(label, 9) => Some(Data::Random),
                Some(Data::Plain) if words(&spaced) >= 6 => Some(Data::Sentence(words(&spaced))),
                other => other,
            };
            let by_reach = |scores: [f32; 3]| scores.get(self.reach as usize).copied().unwrap_or(0.0);
            let score = match &data {
                Some(Data::Encoded(count)) if *count >= 8 => by_reach([0.85, 0.7, 0.6]),
                Some(Data::Encoded(_)) => by_reach([0.65, 0.5, 0.4]),
                Some(Data::Hole | Data::Credential) => by_reach([0.85, 0.65, 0.6]),
                Some(Data::Personal) => by_reach([0.8, 0.65, 0.55]),
                Some(Data::Sentence(_)) => by_reach([0.7, 0.55, 0.5]),
                Some(Data::Random) => by_reach([0.65, 0.5, 0.4]),
                Some(Data::Template) => by_reach([0.55, 0.3, 0.0]),
                Some(Data::Plain) | None => 0.0,
            };
            if let Some(data) = data {
                let hole = matches!(data, Data::Hole | Data::Template);
                self.offer(score, Part::Subdomain, hole, data.name());
            }
        }
    }

    /// Whether the address is that of a picture that shows nothing, below a code.
    fn is_marked_pixel(&self) -> bool {
        let (above, last) = self.url.path.rsplit_once('/').unwrap_or_default();
        let code = |segment: &str| {
            segment.len() >= 5
                && segment.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
                && segment.bytes().any(|byte| byte.is_ascii_digit())
                && segment.bytes().any(|byte| byte.is_ascii_uppercase())
        };
        is_blank(last) && above.split('/').any(code)
    }

    /// Some receivers are enough.
    fn receiver(&mut self) {
        let asks = self.url.path.len() > 1 || !self.url.query.is_empty() || !subdomains(&self.url.host).is_empty();
        match (self.host, self.reach) {
            (Host::Collector, Reach::Fetched) => self.offer(0.5, Part::Host, false, "a service that collects requests"),
            (Host::Collector, Reach::Clicked) if asks => {
                self.offer(0.35, Part::Host, false, "a service that collects requests");
            }
            (Host::Disguised, Reach::Fetched) => self.offer(0.65, Part::Host, false, "a host written as a number"),
            (Host::Disguised, Reach::Clicked) => self.offer(0.55, Part::Host, false, "a host written as a number"),
            (Host::Address, Reach::Fetched) if !self.url.query.is_empty() || self.is_marked_pixel() => {
                self.offer(0.45, Part::Host, false, "a bare address that is told something");
            }
            _ => {}
        }
    }
}

/// Words that nobody looks for or shares a page about by chance.
const SECRET: &[&str] = &[
    "bank",
    "card",
    "confidential",
    "credential",
    "credentials",
    "iban",
    "passport",
    "password",
    "passwords",
    "pin",
    "private",
    "secret",
    "secrets",
    "ssn",
    "token",
];

/// Least run of letters and digits that a decoded value has to share with the conversation.
const GRAM_LEAST: usize = 8;

/// Whether a hole is for what a person said rather than for a part of an interface.
pub(super) fn speaks_of_a_user(hole: &str) -> bool {
    is_conversation(hole)
        || (is_sensitive(hole) && has_word(hole, &["user", "users"]))
        || hole.trim_matches(['{', '}', '<', '>', '[', ']']).eq_ignore_ascii_case("data")
}

pub(super) fn is_private_name(text: &str) -> bool {
    split(text).any(|word| is_private(word) || word.eq_ignore_ascii_case("token"))
}

/// What a chart is drawn from, as services of charts take it: rows of numbers, and short names.
fn is_chart(value: &str) -> bool {
    let quoted = value.starts_with("{\"") || value.starts_with("{type:") || value.starts_with("{'");
    let row = |(at, sign): (usize, &str)| {
        value.get(at + sign.len()..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    let rows = value.match_indices("\"data\":[").any(row) || value.match_indices("data:[").any(row);
    let short = || value.split(['"', '\'']).all(|text| text.chars().filter(|c| c.is_alphabetic()).count() <= 24);
    quoted && rows && value.contains("datasets") && !value.contains("{{") && !has_word(value, SECRET) && short()
}

/// An address and nothing else, of a host that is no service's own and says nothing itself.
fn is_passed_on(value: &str) -> bool {
    let bare = !value.contains(|c: char| c.is_whitespace() || matches!(c, '{' | '<' | '[' | '$' | '`'));
    let Some(url) = Url::parse(value).filter(|url| bare && url.userinfo.is_empty()) else { return false };
    let strange = !matches!(Host::of(&url.host), Host::Known | Host::Local | Host::Loopback) && url.host.contains('.');
    strange && url.spelled.split('.').all(|label| matches!(Data::of(label), None | Some(Data::Plain)))
}

/// A title in a script without spaces: no number, and no word for a secret.
fn is_dense_title(value: &str) -> bool {
    dense(value) >= 6 && !value.chars().any(char::is_numeric) && !is_foreign(value)
}

/// `anna-berg-46701182431`: words, and a number as long as those of telephones and accounts.
fn is_numbered(label: &str, least: usize) -> bool {
    let number = |word: &&str| word.len() >= least && word.bytes().all(|byte| byte.is_ascii_digit());
    let word = |word: &&str| word.len() >= 3 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    label.split('-').filter(number).count() == 1 && label.split('-').filter(word).count() >= 2
}

/// Names of private things that are also those of ordinary files and fields.
const ORDINARY: &[&str] = &[
    "chat",
    "collect",
    "conv",
    "conversation",
    "data",
    "dump",
    "history",
    "memory",
    "payload",
    "prompt",
    "summary",
    "transcript",
];

/// Whether a name is that of a secret, and of nothing else.
fn is_secret_name(name: &str) -> bool {
    let secret = |word: &str| is_private(word) && !ORDINARY.iter().any(|other| word.eq_ignore_ascii_case(other));
    secret(name) || split(name).any(|word| secret(word) || word.eq_ignore_ascii_case("token"))
}

/// `password-hunter2`: the name of a secret, and beside it a word of letters and digits, or a number that is no year.
pub(super) fn names_a_secret(text: &str) -> bool {
    let value = |word: &str| {
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        (word.len() >= 5 && digits >= 1 || word.len() == 4 && digits == 4 && !is_year(word)) && !is_private(word)
    };
    let short =
        || text.split(['-', '_']).any(|word| word == "pw") || text.contains("api_key") || text.contains("api-key");
    (is_secret_name(text) || short()) && split(text).any(value)
}
