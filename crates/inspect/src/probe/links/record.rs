//! Queries that read like a line of somebody's file: names of people, numbers, and parameters that say whose they are.

use super::data::dense;
use super::judge::Reach;
use super::url::{Url, percent_decode};
use super::whose::{is_owned, is_passing, is_personal, is_place};
use super::words::split;

/// What the parameters of an address tell about a person together.
#[derive(Debug, Default)]
struct Told {
    /// Parameters named for what belongs to somebody.
    named: usize,
    /// Values of two to four words with capitals, or of another script than the Latin one.
    people: usize,
    /// Numbers that are no page, time or identifier of a thing.
    numbers: usize,
    /// Parameters that say any of it.
    parameters: usize,
}

/// How much the query of an address looks like a record of somebody; None if it does not.
pub(super) fn score(url: &Url<'_>, reach: Reach) -> Option<f32> {
    if url.query.len() < 12 || !url.query.contains('&') {
        return None;
    }
    let values: Vec<_> =
        url.parameters().filter_map(|(name, value)| Some((name, percent_decode(value?, true)))).collect();
    of(values.iter().map(|(name, value)| (*name, &**value)), reach)
}

/// The same of the texts of an object of JSON.
pub(super) fn of_json(value: &str, reach: Reach) -> Option<f32> {
    if !value.starts_with("{\"") || value.len() > 2048 {
        return None;
    }
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(value).ok()?;
    of(object.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))), reach)
}

/// The same of names and values.
pub(super) fn of<'a>(values: impl Iterator<Item = (&'a str, &'a str)>, reach: Reach) -> Option<f32> {
    let mut told = Told::default();
    values.for_each(|(name, value)| told.read(name, value.trim()));
    // Two capitals in a row are a name only beside what belongs to somebody, or beside a number.
    let whose = told.named >= 1 && (told.people + told.numbers >= 1 || told.named >= 2);
    let enough = told.parameters >= 2 && (whose || told.people * told.numbers > 0);
    let score = match reach {
        Reach::Fetched => 0.7,
        Reach::Clicked => 0.6,
        Reach::Written => 0.5,
        Reach::Quoted => return None,
    };
    enough.then_some(score)
}

impl Told {
    fn read(&mut self, name: &str, value: &str) {
        if value.len() < 2 || value.len() > 200 || value.contains(['{', '<', '[', '$']) {
            return;
        }
        if name.starts_with("utm_") || is_shop(name) {
            return;
        }
        let called = split(name).any(|word| ["name", "xm", "xingming"].contains(&word.to_ascii_lowercase().as_str()));
        let person = !is_place(name) && is_person(value) || called && is_dense_name(value);
        let digits = value.bytes().filter(u8::is_ascii_digit).count();
        let number = !is_passing(name) && (is_number(value) || is_owned(name) && digits >= 4 && digits == value.len());
        let named = is_personal(name) || is_owned(name) && (person || number && digits >= 4);
        self.named += usize::from(named);
        self.people += usize::from(person);
        self.numbers += usize::from(number);
        self.parameters += usize::from(named || person || number);
    }
}

/// Parameters of what is sold.
fn is_shop(name: &str) -> bool {
    const SOLD: &[&str] = &["amount", "currency", "item", "price", "stock"];
    split(name).any(|word| SOLD.iter().any(|sold| word.eq_ignore_ascii_case(sold)))
}

/// Two to four words of letters, each with a capital; in scripts that have none, two to four words.
fn is_person(value: &str) -> bool {
    let mut words = 0;
    for word in value.split([' ', '_', '+']).filter(|word| !word.is_empty()) {
        let first = word.chars().next().unwrap_or_default();
        let capital = first.is_uppercase() || (!first.is_ascii() && first.is_alphabetic() && !first.is_lowercase());
        let letters = |char: char| char.is_alphabetic() || matches!(char, '-' | '\'' | '.' | '’') || !char.is_ascii();
        // `DEL` is a code, `II` a number.
        let shouted = word.is_ascii() && word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_uppercase());
        if !capital || shouted || !word.chars().all(letters) {
            return false;
        }
        words += 1;
    }
    (2..=4).contains(&words)
}

/// A name without spaces, as scripts write it that have none.
fn is_dense_name(value: &str) -> bool {
    let dense = |c: char| matches!(c, '\u{3040}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}');
    value.chars().all(dense) && (2..=6).contains(&value.chars().count())
}

/// Five digits and more, whole or in groups; no date, coordinate or size.
fn is_number(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let plain = value.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'-' | b'+' | b'.' | b','));
    let groups = value.split('-').map(str::len);
    let date = digits == 8 && groups.eq([4, 2, 2]);
    let decimal = value.split_once('.').is_some_and(|(_, rest)| rest.len() > 3);
    // Seconds and milliseconds since 1970, of these decades.
    let time = matches!(digits, 10 | 13) && value.starts_with(['1', '2']) && value.len() == digits;
    digits >= 5 && plain && !date && !decimal && !time
}

/// Words of paths where a list is left.
const LEAVES: &[&str] = &["abmelden", "abmeldung", "baja", "desinscription", "optout", "unsubscribe"];

/// Whether an address is there to leave a list, and a parameter for who leaves it.
pub(super) fn leaves(url: &Url<'_>) -> bool {
    let by_mail =
        url.parameters().any(|(name, _)| ["e", "email", "mail"].iter().any(|word| name.eq_ignore_ascii_case(word)));
    by_mail && is_leaving(url)
}

/// Whether one of the words of a path says that a list is left there.
pub(super) fn is_leaving(url: &Url<'_>) -> bool {
    split(url.path).any(|word| LEAVES.iter().any(|leaves| word.eq_ignore_ascii_case(leaves)))
}

/// Most characters of what somebody looks for.
const SOUGHT: usize = 48;

/// Whether an address is that of a search for a few words.
pub(super) fn searches(url: &Url<'_>, value: &str) -> bool {
    const SEARCHES: &[&str] = &[
        "arama",
        "archiv",
        "archive",
        "archives",
        "busca",
        "buscar",
        "busqueda",
        "cari",
        "catalog",
        "catalogue",
        "cerca",
        "find",
        "haku",
        "hledat",
        "katalog",
        "pesquisa",
        "recherche",
        "results",
        "ricerca",
        "s",
        "search",
        "sok",
        "suche",
        "szukaj",
        "zoeken",
    ];
    let last = url.path.rsplit('/').next().unwrap_or_default();
    let last = last.split('.').next().unwrap_or_default();
    // `/catalogsearch/result/`
    let above = url
        .path
        .split('/')
        .any(|segment| segment.ends_with("search") && segment != "research" || segment.ends_with("suche"));
    // `/?s=camomile+tea`
    let has = |wanted: &[&str]| url.parameters().any(|(name, _)| wanted.contains(&name));
    let front = last.is_empty() && (has(&["s"]) || has(&["q"]) && has(&["page", "sort", "cat", "lang"]));
    let named = has(&["keywords", "keyword", "lookfor", "searchterm", "suchbegriff"]);
    let search = named
        || front
        || above
        || url.host.starts_with("search.")
        || SEARCHES.iter().any(|word| last.eq_ignore_ascii_case(word));
    // Nobody looks for something in a picture of one point.
    let drawn = has(&["w", "width"]) && has(&["h", "height"]);
    search && !drawn && value.chars().count() < SOUGHT && dense(value) < SOUGHT / 3
}

/// Most bytes of a title that is passed on.
const TITLE: usize = 80;

/// Whether a page is there to pass a title on, with the address it belongs to.
pub(super) fn shares(url: &Url<'_>, value: &str) -> bool {
    if url.letter {
        return value.len() < TITLE;
    }
    const SHARING: &[&str] = &["compose", "intent", "send", "share", "sharer", "submitlink", "tweet"];
    let said = |word: &str| SHARING.iter().any(|sharing| word.eq_ignore_ascii_case(sharing));
    let host = url.host == "wa.me" || url.host.split('.').any(|label| label.ends_with("share"));
    let linked =
        || url.parameters().any(|(name, _)| ["u", "url", "link", "href"].contains(&name)) || value.contains("://");
    let words = value.split("http").next().unwrap_or_default();
    let title = words.len() < TITLE && (linked() || host || url.host == "api.whatsapp.com");
    title && (host || url.path.split('/').any(said))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_somebody_is_told_from_a_search() {
        for query in [
            "name=Iris+Vandermeer&exp=0927&card=4000106186068040",
            "naam=Kavita+Deshmukh&aadhaar=857819979053",
            "caso=Exp-94470&testigo=Ramiro+Cuesta&domicilio=Calle+Olmo",
            "pin=2290&name=Ada+Berg",
            "shem=%D7%99%D7%A2%D7%9C%20%D7%91%D7%A8%D7%A7&x=918152972",
            "siret=84060955691136&ca=1834000",
        ] {
            let address = format!("https://h.example/r?{query}");
            assert!(Url::parse(&address).and_then(|url| score(&url, Reach::Clicked)).is_some(), "{query}");
        }
        for query in [
            "tz=Europe%2FBerlin&cc=de",
            "utm_campaign=Spring+Sale&utm_content=Hero+Banner",
            "make=Alfa+Romeo&dealer=Auto+Haus",
            "name=Blue+Mug&stock=123456",
            "card=visa&insurance=full",
            "username=octocat&card=dark",
            "nom=Lyon&tel=non",
            "city=New+York&checkin=2027-06-01&adults=2",
            "q=Marie+Curie&page=2",
            "color=Dark+Blue&sku=1234567",
            "lat=48.8583701&lon=2.2919064",
            "id=123456789&t=1717171717",
            "client_id=1234567&redirect_uri=https%3A%2F%2Fa.example",
            "phone={phone}&name={name}",
            "w=1260&h=75000",
        ] {
            let address = format!("https://h.example/r?{query}");
            assert_eq!(Url::parse(&address).and_then(|url| score(&url, Reach::Fetched)), None, "{query}");
        }
    }
}
