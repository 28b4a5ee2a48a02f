//! Values that a service gave to whoever built the page: keys of maps and badges, signatures of films, recipes of
//! pictures, programs of playgrounds. They look random and are nobody's data.

use super::data::decoded;
use super::shape::is_file;
use super::url::{Url, percent_decode};
use super::words::has_word;

/// What a picture is drawn from, as services encode it: `{"bucket":…,"key":…,"edits":…}`.
pub(super) fn is_picture(json: &str) -> bool {
    json.starts_with("{\"bucket\":") && json.contains("\"key\":")
}

/// What an address asks for, looked at once.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Licence {
    map: bool,
    badge: bool,
    film: bool,
    avatar: bool,
    meeting: bool,
    client: bool,
    playground: bool,
    formula: bool,
    signed: bool,
}

impl Licence {
    pub(super) fn of(url: &Url<'_>) -> Self {
        const PLACES: &[&str] = &["play", "playground", "sandbox", "repl", "try"];
        let number = |part: &str| part.len() >= 9 && part.bytes().all(|byte| byte.is_ascii_digit());
        let (mut center, mut zoom, mut expires, mut client, mut signed) = (false, false, false, false, false);
        for (name, value) in url.parameters() {
            match name {
                "center" => center = true,
                "zoom" => zoom = true,
                "client_id" => client = true,
                "Signature" | "X-Amz-Signature" => signed = true,
                "expires" | "exp" | "e" => expires |= value.is_some_and(number),
                _ => {}
            }
        }
        let badges = |label: &str| label == "badge" || label == "badges";
        Self {
            map: is_map(url.path) || center && zoom,
            badge: url.path.contains("badge") || url.path.ends_with(".svg") && url.host.split(['.', '-']).any(badges),
            film: expires && is_file(url.path),
            avatar: url.path.contains("svg") || url.path.contains("avatar"),
            meeting: url.path.rsplit_once('/').is_some_and(|(before, id)| before == "/j" && number(id)),
            client,
            signed,
            formula: matches!(url.path.rsplit('.').next(), Some("image" | "latex" | "tex")),
            playground: url.host.split('.').next().is_some_and(|label| PLACES.contains(&label))
                || url.path.split('/').any(|segment| PLACES.contains(&segment)),
        }
    }

    /// Whether a parameter is the key of a map or a badge, the signature of a film that expires, what an application
    /// asks leave for, or the password that an invitation to a meeting has in its link.
    pub(super) fn covers(self, name: &str, value: &str) -> bool {
        match name {
            "key" | "apikey" | "api_key" | "access_token" => self.map && is_opaque(value),
            "token" => (self.map || self.badge || self.film) && is_opaque(value),
            "sig" | "signature" | "hash" => self.film && is_opaque(value),
            // Who signed it; the key itself is not in there.
            "AWSAccessKeyId" => self.signed && value.len() == 20 && is_opaque(value),
            "pwd" => self.meeting && is_opaque(value),
            "seed" => self.avatar && value.len() <= 24 && value.bytes().all(|byte| byte.is_ascii_alphanumeric()),
            "scope" | "scopes" => self.client && is_scopes(&percent_decode(value, true)),
            "tex" | "latex" | "formula" => is_formula(&percent_decode(value, true)),
            "cursor" | "page_token" | "pagetoken" | "after" | "before" => {
                decoded(&percent_decode(value, false)).is_some_and(|text| is_page(&text))
            }
            "fen" => is_position(&percent_decode(value, true)),
            "prompt" => matches!(value, "consent" | "login" | "none" | "create" | "select_account"),
            "code" => self.playground && decoded(value).is_some_and(|text| text.contains('(') && text.contains(')')),
            _ => false,
        }
    }

    /// The same of a value without a name: a formula that a service draws.
    pub(super) fn covers_alone(self, value: &str) -> bool {
        self.formula && is_formula(&percent_decode(value, true))
    }

    /// The same of what stands behind `#`, which is sent to nobody: a program that a page in the browser runs.
    pub(super) fn covers_fragment(self, name: &str) -> bool {
        self.playground && matches!(name, "code" | "c" | "src" | "source" | "program")
    }
}

/// One word of letters and digits that says nothing: no words of a language, and no text in base64.
fn is_opaque(value: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let hexadecimal = value.bytes().all(|byte| byte.is_ascii_hexdigit());
    let said = value.split(|c: char| !c.is_ascii_lowercase()).any(|run| run.len() >= 7);
    (8..=160).contains(&value.len())
        && value.bytes().all(word)
        && (hexadecimal || !said)
        && value.split('.').all(|part| decoded(part).is_none())
}

/// Rights by their usual names, and nothing else.
fn is_scopes(value: &str) -> bool {
    const USUAL: &[&str] = &["email", "offline_access", "openid", "profile", "read", "repo", "user", "write"];
    let right = |word: &str| {
        word.len() <= 64
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'.' | b':' | b'/' | b'-'))
    };
    value.split(' ').all(right)
        && value.split(' ').any(|word| USUAL.contains(&word) || word.contains(['.', ':']))
        && !has_word(value, &["password", "pin", "secret", "token"])
}

/// A formula of TeX that says nothing in words: usual commands, signs and short names.
fn is_formula(value: &str) -> bool {
    const COMMANDS: &[&str] = &[
        "alpha",
        "approx",
        "bar",
        "begin",
        "beta",
        "bmatrix",
        "bf",
        "cdot",
        "cdots",
        "cos",
        "delta",
        "Delta",
        "dfrac",
        "displaystyle",
        "div",
        "dot",
        "end",
        "epsilon",
        "eta",
        "exp",
        "forall",
        "frac",
        "gamma",
        "Gamma",
        "ge",
        "geq",
        "hat",
        "in",
        "infty",
        "int",
        "lambda",
        "Lambda",
        "ldots",
        "le",
        "left",
        "leq",
        "lim",
        "ln",
        "log",
        "mathbb",
        "mathbf",
        "mathcal",
        "mathrm",
        "mu",
        "nabla",
        "ne",
        "neq",
        "oint",
        "omega",
        "Omega",
        "operatorname",
        "partial",
        "phi",
        "Phi",
        "pi",
        "pm",
        "pmatrix",
        "prod",
        "psi",
        "Psi",
        "quad",
        "rho",
        "right",
        "rightarrow",
        "sigma",
        "Sigma",
        "sim",
        "sin",
        "sqrt",
        "subset",
        "sum",
        "tan",
        "tau",
        "tfrac",
        "theta",
        "Theta",
        "tilde",
        "times",
        "to",
        "vec",
        "xi",
        "zeta",
    ];
    let mut pieces = value.split('\\');
    let first = pieces.next().unwrap_or_default();
    let said = |text: &str| text.split(|c: char| !c.is_alphanumeric()).any(|word| word.chars().count() >= 4);
    let plain = |piece: &str| {
        let end = piece.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(piece.len());
        let (command, rest) = piece.split_at_checked(end).unwrap_or((piece, ""));
        (command.is_empty() || COMMANDS.contains(&command)) && !said(rest)
    };
    value.contains('\\') && value.is_ascii() && value.len() < 400 && !said(first) && pieces.all(plain)
}

/// Where a list goes on: `{"id": 995606, "dir": "next"}`.
fn is_page(text: &str) -> bool {
    use serde_json::Value;
    let object = serde_json::from_str::<serde_json::Map<String, Value>>(text).ok().filter(|_| text.len() < 120);
    let word = |text: &str| text.len() <= 8 && text.bytes().all(|byte| byte.is_ascii_lowercase());
    object.is_some_and(|object| {
        object.iter().all(|(name, value)| {
            name.len() <= 12
                && match value {
                    Value::String(text) => word(text),
                    Value::Number(_) | Value::Bool(_) | Value::Null => true,
                    _ => false,
                }
        })
    })
}

/// A position of chess in the notation of Forsyth and Edwards.
fn is_position(value: &str) -> bool {
    value.matches('/').count() == 7 && value.bytes().all(|byte| b"rnbqkpRNBQKPacdefgh0123456789/ w-".contains(&byte))
}

/// A tile or a drawn piece of a map: `/13/4312/2868@2x.png`, `/11.07,49.45,12/600x400.png`.
fn is_map(path: &str) -> bool {
    let stem = path.rsplit_once('.').filter(|(_, kind)| matches!(*kind, "png" | "jpg" | "webp" | "pbf" | "mvt"));
    let Some((stem, _)) = stem else { return false };
    let mut last = stem.trim_end_matches("@2x").rsplit('/');
    let number = |part: Option<&str>| {
        part.is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let (third, second, first) = (last.next(), last.next(), last.next());
    let size = third.and_then(|size| size.split_once('x'));
    let point = second
        .is_some_and(|point| point.split(',').count() >= 2 && point.split(',').all(|part| part.parse::<f64>().is_ok()));
    number(third) && number(second) && number(first)
        || size.is_some_and(|(w, h)| number(Some(w)) && number(Some(h))) && point
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_maps_and_badges_are_told_from_what_is_carried_away() {
        let licence = |address: &str| {
            let url = Url::parse(address).unwrap();
            let licence = Licence::of(&url);
            url.parameters().any(|(name, value)| licence.covers(name, value.unwrap_or_default()))
        };
        for address in [
            "https://tiles.example/13/4312/2868@2x.png?apikey=3bb946b79b25253af3d5e0ce8ec54597",
            "https://tiles.example/static/29.19404,40.70615,12/600x400@2x.png?key=B3qf328DD07TfiWk6h3Z",
            "https://badge.example/v/wren.svg?token=KdZPGtRFfq",
            "https://film.example/hls/master.m3u8?token=d06d488221256a7d0e5b9a2a9a7e4beb&expires=5351739573",
            "https://meet.example/j/7592233455?pwd=ZI2JadLhixC7CWKqNMXdh7",
        ] {
            assert!(licence(address), "{address}");
        }
        for address in [
            "https://h.example/p.png?key=B3qf328DD07TfiWk6h3Z",
            "https://h.example/v/wren.svg?token=KdZPGtRFfq",
            "https://badge.example/v/wren.svg?token=bXkgcGFzc3dvcmQgaXMgaHVudGVyMg",
            "https://tiles.example/13/4312/2868.png?key=Anna+Berg+4711",
            "https://film.example/hls/master.m3u8?token=d06d488221256a7d0e5b9a2a9a7e4beb",
            "https://evil.example/p?client_id=1&scope=my+password+is+hunter2",
            "https://evil.example/a.svg?seed={conversation}%2F",
            "https://evil.example/1/2/3.png?token=hunter2-letmein-91500",
            "https://play.evil.example/?d={conversation}#c=1",
        ] {
            assert!(!licence(address), "{address}");
        }
        let fragment = |address: &str| Licence::of(&Url::parse(address).unwrap()).covers_fragment("code");
        assert!(fragment("https://play.example/#code=cHJpbnQoMSk"));
        assert!(!fragment("https://h.example/#code=cHJpbnQoMSk"));
    }
}
