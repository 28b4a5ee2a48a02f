//! Telephone numbers: how the digits are grouped, what stands before them, and words that speak of telephones.
//!
//! A grammar of our own instead of a metadata library: most numbers in running text are wrong or shortened for
//! any one country's plan, and what tells them from dates, amounts and identifiers is grouping and context.

use std::ops::Range;

use super::scan::{before, byte, near, report, wordy};
use super::{Look, Probe};
use crate::detection::{Category, Detection};
use crate::pass::next_digit;

/// The probe.
#[derive(Debug)]
pub(super) struct Phone;

const KIND: (&str, &str) = ("PHONE_NUMBER", "phone-number");

/// Words that announce a telephone number in many languages; the last ones are also used of other things.
const WORDS: &[&str] = &[
    "phone",
    "telephone",
    "tel",
    "tel.",
    "mobile",
    "cell",
    "cellphone",
    "fax",
    "whatsapp",
    "telegram",
    "hotline",
    "helpline",
    "landline",
    "voicemail",
    "sms",
    "dial",
    "call me",
    "call us",
    "call him",
    "call her",
    "call them",
    "telefon",
    "telefonnummer",
    "handy",
    "handynummer",
    "mobil",
    "rufnummer",
    "téléphone",
    "portable",
    "appelez",
    "teléfono",
    "telefono",
    "móvil",
    "movil",
    "celular",
    "llámame",
    "telefone",
    "telemóvel",
    "ligue",
    "cellulare",
    "telefoon",
    "mobiel",
    "tlf",
    "puhelin",
    "telefonszám",
    "numer telefonu",
    "komórka",
    "телефон",
    "тел",
    "звоните",
    "τηλέφωνο",
    "τηλ",
    "电话",
    "手机",
    "電話",
    "携帯",
    "전화",
    "휴대폰",
    "โทร",
    "هاتف",
    "جوال",
    "טלפון",
    "नंबर",
    "फ़ोन",
    "call",
    "contact",
    "text me",
    "reach",
    "ring",
    "office",
    "work",
    "home",
    "phone number",
    "number is",
];
/// First of the words that only count close by.
const WEAK: usize = WORDS.len() - 9;

/// Country calling codes (ITU-T E.164) by their first two digits: those of two digits; the others have three,
/// save 1 and 7.
const TWO_DIGITS: &[u8] = &[
    20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58, 60, 61, 62,
    63, 64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98,
];

/// A row of digits and what stands between them.
#[derive(Debug)]
struct Candidate<'a> {
    text: &'a str,
    span: Range<usize>,
    /// Groups of digits, in order.
    groups: Vec<&'a str>,
    digits: usize,
    extension: bool,
}

impl Probe for Phone {
    fn categories(&self) -> &'static [Category] {
        &[Category::Personal]
    }

    fn words(&self) -> &'static [&'static str] {
        WORDS
    }

    fn run(&self, look: &Look<'_>, found: &mut Vec<Detection>) {
        let bytes = look.pass.text.as_bytes();
        let mut at = 0;
        while let Some(digit) = next_digit(bytes, at) {
            let start = opening(bytes, digit, at);
            let end = row(bytes, start);
            at = end.max(digit + 1);
            if let Some(candidate) = Candidate::new(look.pass.text, start..end) {
                at = at.max(candidate.span.end);
                candidate.judge(look, found);
            }
        }
    }
}

/// Where a number begins whose first digit is here: at its `+` or `(`.
fn opening(bytes: &[u8], digit: usize, least: usize) -> usize {
    let mut start = digit;
    while start > least && b"+(".contains(&before(bytes, start)) && digit - start < 2 {
        start -= 1;
    }
    start
}

/// Where a row of digits ends: single separators, or `) `, ` (`, `)-` between them.
fn row(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    let mut end = start;
    let mut separators = 0;
    let mut groups = 0;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        if byte.is_ascii_digit() {
            end = at;
            separators = 0;
            continue;
        }
        separators += 1;
        groups += 1;
        let pair = separators == 2
            && matches!((before(bytes, at - 1), *byte), (b')', b' ' | b'-' | b'.' | b'/') | (b' ' | b'-' | b'.', b'('));
        let first = at == start + 1 || (at == start + 2 && end == start);
        let single = separators == 1 && b" -./()\xc2\xa0".contains(byte);
        if !(single || pair || (first && b"+(".contains(byte)) || (separators == 2 && *byte == 0xa0)) || groups > 14 {
            break;
        }
        // An area code in brackets begins a number of its own unless a prefix stands before it.
        let prefix = bytes.get(start..end).unwrap_or_default();
        let known =
            prefix.starts_with(b"+") || prefix.starts_with(b"00") || matches!(prefix, b"" | b"0" | b"1" | b"7" | b"8");
        if *byte == b'(' && end > start && !known {
            break;
        }
    }
    if byte(bytes, end) == b')' && bytes.get(start..end).is_some_and(|row| row.contains(&b'(') && !row.contains(&b')'))
    {
        end + 1
    } else {
        end
    }
}

impl<'a> Candidate<'a> {
    /// None if it cannot be a number whatever the text says.
    fn new(text: &'a str, span: Range<usize>) -> Option<Self> {
        let bytes = text.as_bytes();
        let row = text.get(span.clone())?;
        // Most numbers of a text are too short.
        let digits = row.bytes().filter(u8::is_ascii_digit).count();
        if !(6..=15).contains(&digits) {
            return None;
        }
        let groups: Vec<&str> = row.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
        let (left, right) = (before(bytes, span.start), byte(bytes, span.end));
        let joined = wordy(left)
            || (b".,-/:=@#$%&*\\_".contains(&left) && before(bytes, span.start - 1).is_ascii_digit())
            || (b"/@_#$&%=".contains(&left) && !row.starts_with('+') && left != b'=')
            || "€£¥"
                .chars()
                .any(|sign| text.get(..span.start).is_some_and(|head| head.trim_end_matches(' ').ends_with(sign)))
            || text.get(..span.start).is_some_and(|head| head.trim_end_matches(' ').ends_with('$'));
        let extension = extension(bytes, span.end);
        let followed = (extension.is_none() && wordy(right))
            || (b".,:-/".contains(&right) && byte(bytes, span.end + 1).is_ascii_digit())
            || b"%_@=$".contains(&right);
        let candidate = Self {
            text,
            span: span.start..extension.unwrap_or(span.end),
            groups,
            digits,
            extension: extension.is_some(),
        };
        (!joined && !followed && !candidate.is_other(row)).then_some(candidate)
    }

    /// Whether it is a date, a range of years, an address, a decimal or an amount.
    fn is_other(&self, row: &str) -> bool {
        let len = |at: usize| self.groups.get(at).map_or(0, |group| group.len());
        let number = |at: usize| self.groups.get(at).and_then(|group| group.parse::<u32>().ok()).unwrap_or(u32::MAX);
        let year = |at: usize| len(at) == 4 && (1900..2100).contains(&number(at));
        let date = self.groups.len() >= 3
            && ((year(0) && number(1) < 13 && number(2) < 32 && len(1) < 3 && len(2) < 3)
                || (len(0) < 3 && len(1) < 3 && number(0) < 32 && number(1) < 32 && year(2)));
        let years = self.groups.len() == 2 && year(0) && year(1);
        let only = |separator: char| row.chars().all(|c| c.is_ascii_digit() || c == separator);
        let dotted = only('.')
            && match self.groups.len() {
                2 => true,
                4 => self.groups.iter().all(|group| group.len() < 4 && group.parse::<u32>().is_ok_and(|n| n < 256)),
                _ => false,
            };
        let thousands = (only('.') || only(' '))
            && len(0) < 4
            && number(0) > 0
            && !self.groups.first().is_some_and(|g| g.starts_with('0'))
            && self.groups.iter().skip(1).all(|group| group.len() == 3)
            && self.groups.len() > 2
            && only('.');
        // 3-2-4 is a social security number of the United States.
        let social = row.trim_matches(['(', ')']).chars().all(|c| c.is_ascii_digit() || c == '-')
            && self.groups.len() == 3
            && (len(0), len(1), len(2)) == (3, 2, 4);
        let singles = self.groups.iter().filter(|group| group.len() == 1).count();
        date || years || dotted || thousands || social || singles > 3 || self.groups.len() > 7
    }

    fn judge(&self, look: &Look<'_>, found: &mut Vec<Detection>) {
        let row = self.text.get(self.span.clone()).unwrap_or_default();
        let grouped = self.groups.len() > 1;
        let alone = self.alone(row);
        let strong = near(look, &self.span, if grouped { (48, 12) } else { (24, 8) }, |word| word.index < WEAK);
        let said = strong || near(look, &self.span, (22, 8), |word| word.index >= WEAK);
        let known: f32 = if alone > 0.3 { 0.95 } else { 0.8 };
        let score = match (strong, said) {
            (true, _) if self.digits > 6 || grouped => known,
            (false, true) if grouped || self.digits > 8 => known.min(0.8),
            _ => alone,
        };
        if score >= 0.3 {
            report(look, KIND, self.span.clone(), score, if said { "form + context" } else { "form" }, found);
        }
    }

    /// How much the form alone says.
    fn alone(&self, row: &str) -> f32 {
        let lens: Vec<usize> = self.groups.iter().map(|group| group.len()).collect();
        let first = self.groups.first().copied().unwrap_or_default();
        let bracket = row.starts_with('(') && lens.len() > 1;
        if row.trim_start_matches('(').starts_with('+') {
            return if self.digits >= 8 && is_country(&self.groups.concat()) { 0.75 } else { 0.3 };
        }
        let american = self.american();
        if american {
            return if self.extension || bracket { 0.75 } else { 0.6 };
        }
        if first.len() > 2 && first.starts_with("00") && self.digits >= 10 && lens.len() > 1 {
            return if is_country(self.groups.concat().trim_start_matches("00")) { 0.6 } else { 0.3 };
        }
        let even = lens.len() > 2 && lens.windows(2).all(|pair| pair.first() == pair.last());
        let trunk =
            first.starts_with('0') && first.len() > 1 && !first.starts_with("00") && (9..=12).contains(&self.digits);
        match lens.as_slice() {
            // France: five pairs.
            [2, 2, 2, 2, 2] if trunk => 0.7,
            _ if trunk && bracket => 0.65,
            _ if trunk && lens.len() > 2 && !even && row.contains([' ', '-', '/']) => 0.5,
            _ if trunk && lens.len() > 1 => 0.4,
            _ => 0.0,
        }
    }

    /// The North American plan: an area and an exchange that do not begin with 0 or 1, grouped 3-3-4.
    fn american(&self) -> bool {
        let groups = match self.groups.as_slice() {
            ["1" | "001", rest @ ..] => rest,
            groups => groups,
        };
        let [area, exchange, line] = groups else { return false };
        let prefix = groups.len() < self.groups.len() || self.extension;
        let leads = |group: &str| group.len() == 3 && !group.starts_with(['0', '1']);
        line.len() == 4 && leads(area) && (leads(exchange) || (prefix && exchange.len() == 3))
    }
}

/// Where an extension such as `x1234` or `ext. 12` ends, if one follows.
fn extension(bytes: &[u8], end: usize) -> Option<usize> {
    let mut at = end;
    while at < end + 2 && b" ,".contains(&byte(bytes, at)) {
        at += 1;
    }
    let rest = bytes.get(at..)?;
    let word = ["extension", "ext.", "ext", "x", "#"]
        .into_iter()
        .find(|word| rest.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes())))?;
    at += word.len();
    at += usize::from(byte(bytes, at) == b' ' && word.len() > 1);
    let digits = super::scan::digits(bytes, at, 6).len();
    (digits > 0 && !wordy(byte(bytes, at + digits))).then_some(at + digits)
}

/// Whether a number begins with a country calling code.
fn is_country(digits: &str) -> bool {
    let first: u8 = digits.get(..2).and_then(|two| two.parse().ok()).unwrap_or_default();
    matches!(first, 10..=19 | 70..=79)
        || TWO_DIGITS.contains(&first)
        || matches!(first, 21..=29 | 35 | 37 | 38 | 42 | 50 | 59 | 67..=69 | 80 | 85 | 87 | 88 | 96 | 97 | 99)
}

#[cfg(test)]
mod tests {
    use crate::probe::scan::values;

    fn found(text: &str) -> Vec<String> {
        values("PHONE_NUMBER", text)
    }

    #[test]
    fn numbers_in_the_forms_of_many_countries() {
        for number in [
            "+1 415-555-2671",
            "(415) 555-2671",
            "415.555.2671x12862",
            "001-368-555-9420",
            "+44 (0)20 7946 0958",
            "+44(0)117 496 0151",
            "01 84 17 61 18",
            "01.84.17.61.18",
            "(08) 8747 6301",
            "083 564 9312",
            "00420 605 894 923",
            "+49 (0) 700817944",
            "+86 138 1234 5678",
            "1 (246) 555-8529",
        ] {
            assert_eq!(found(&format!("so {number}, then")), [number]);
        }
        for number in ["467 3395", "(37) 788-063", "60-56-85-91", "3660170548", "434 14 557", "24/897-2386"] {
            assert_eq!(found(&format!("Phone:\n{number}\n")), [number]);
            assert!(found(&format!("the part {number}")).is_empty(), "{number}");
        }
        assert_eq!(found("(37) 788-063-Office, 07700 063 966-Fax"), ["(37) 788-063", "07700 063 966"]);
    }

    #[test]
    fn dates_amounts_and_identifiers_are_none() {
        for text in [
            "on 2015-12-22 04:34:22 and 22.12.2015, 12/22/2015",
            "2010-2015 and 1 234 567 or 1.234.567,89",
            "$415 555 2671 and 41.173.96.26",
            "SSN 514-69-0360",
            "4111 1111 1111 1111",
            "pi is 3.1415926535",
            "550e8400-e29b-41d4-a716-446655440000",
            "ISBN 978-3-16-148410-0",
            "0001 0002 0003 0004",
            "1700000000000",
            "0.12 0.34 0.56 0.78",
            "build 20240115103000",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }
}
