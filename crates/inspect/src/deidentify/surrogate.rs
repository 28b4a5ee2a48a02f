//! Made-up values that look real: chosen by a keyed digest, from names and ranges reserved for examples.

use super::keys::{Keys, Use};
use super::placeholder::normalise;

const GIVEN: &[&str] = &[
    "Alex", "Blake", "Casey", "Dana", "Ellis", "Finley", "Gray", "Harper", "Indra", "Jules", "Kim", "Lane", "Morgan",
    "Noor", "Odell", "Perry",
];
const FAMILY: &[&str] = &[
    "Abbot", "Barlow", "Colby", "Draper", "Easton", "Fenwick", "Garner", "Holt", "Ibsen", "Jarvis", "Keaton", "Lowell",
    "Mercer", "Norwood", "Oakley", "Penrose",
];

/// A made-up value for the kinds that have one.
pub(super) fn surrogate(keys: &Keys, kind: &str, value: &str) -> Option<String> {
    let digest = keys.digest(Use::Surrogates, &[kind.as_bytes(), normalise(kind, value).as_bytes()]);
    let number = |at: usize| usize::from(digest.get(at).copied().unwrap_or_default());
    let pick =
        |words: &'static [&'static str], at: usize| words.get(number(at) % words.len()).copied().unwrap_or_default();
    let (given, family) = (pick(GIVEN, 0), pick(FAMILY, 1));
    Some(match kind {
        "PERSON" => format!("{given} {family}"),
        // example.com and its sisters: RFC 2606.
        "EMAIL_ADDRESS" => {
            let domain = pick(&["example.com", "example.org", "example.net"], 2);
            format!("{}.{}{}@{domain}", given.to_lowercase(), family.to_lowercase(), number(3) * 256 + number(4))
        }
        // 555-0100 to 555-0199 are kept for fiction.
        "PHONE_NUMBER" => format!("+1 {}{:02}-555-01{:02}", 2 + number(2) % 8, number(3) % 100, number(4) % 100),
        // RFC 5737 and RFC 3849.
        "IP_ADDRESS" if value.contains(':') => format!("2001:db8::{:x}:{:x}", number(2) * 256 + number(3), number(4)),
        "IP_ADDRESS" => format!("{}.{}", pick(&["192.0.2", "198.51.100", "203.0.113"], 2), number(3)),
        "URL" => format!("https://example.com/{:02x}{:02x}{:02x}", number(2), number(3), number(4)),
        _ => return None,
    })
}
