//! Values that a service gave to whoever built the page: keys of maps and badges, signatures of films, recipes of
//! pictures, programs of playgrounds. They look random and are nobody's data.

use super::data::decoded;
use super::shape::is_file;
use super::url::Url;

/// What a picture is drawn from, as services encode it: `{"bucket":…,"key":…,"edits":…}`.
pub(super) fn is_picture(json: &str) -> bool {
    json.starts_with("{\"bucket\":") && json.contains("\"key\":")
}

/// Whether a parameter is the key of a map or a badge, the signature of a film that expires, or the password that an
/// invitation to a meeting has in its link: one word of letters and digits.
pub(super) fn is_licence(url: &Url<'_>, name: &str, value: &str) -> bool {
    let word = |most: usize| {
        (8..=most).contains(&value.len())
            && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
    };
    let number = |part: &str| part.len() >= 9 && part.bytes().all(|byte| byte.is_ascii_digit());
    let badge = url.path.contains("badge")
        || url.path.ends_with(".svg") && url.host.split(['.', '-']).any(|label| label == "badge" || label == "badges");
    let expires =
        || url.parameters().any(|(name, value)| matches!(name, "expires" | "exp" | "e") && value.is_some_and(number));
    match name {
        "key" | "apikey" | "api_key" | "access_token" | "token" if word(64) && (is_map(url.path) || is_static(url)) => {
            true
        }
        "token" if word(48) && badge => decoded(value).is_none(),
        "token" | "sig" | "signature" | "hash" if word(128) && is_file(url.path) => {
            expires() && decoded(value).is_none()
        }
        "scope" | "scopes" => url.parameters().any(|(name, _)| name == "client_id"),
        "fen" | "seed" => word(100) || value.contains("%2F"),
        "prompt" => matches!(value, "consent" | "login" | "none" | "create" | "select_account"),
        "pwd" if word(48) => url.path.rsplit_once('/').is_some_and(|(before, id)| before == "/j" && number(id)),
        _ => false,
    }
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

/// Whether a map is drawn: a point, and how near.
fn is_static(url: &Url<'_>) -> bool {
    let has = |wanted: &str| url.parameters().any(|(name, value)| name == wanted && value.is_some());
    has("center") && has("zoom")
}

/// Whether what follows `#` is a program that a page in the browser runs, which is sent to nobody; or a query holds one.
pub(super) fn is_playground(url: &Url<'_>) -> bool {
    const PLACES: &[&str] = &["play", "playground", "sandbox", "repl", "try"];
    let place = url.host.split('.').next().is_some_and(|label| PLACES.contains(&label))
        || url.path.split('/').any(|segment| PLACES.contains(&segment));
    let name = url.fragment.split_once('=').map(|(name, _)| name);
    let asked = || {
        let program = |text: &str| text.contains('(') && text.contains(')');
        url.parameters()
            .any(|(name, value)| name == "code" && value.and_then(decoded).is_some_and(|text| program(&text)))
    };
    place && (name.is_some_and(|name| matches!(name, "code" | "c" | "src" | "source" | "program")) || asked())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_maps_and_badges_are_told_from_what_is_carried_away() {
        let licence = |address: &str| {
            let url = Url::parse(address).unwrap();
            url.parameters().any(|(name, value)| is_licence(&url, name, value.unwrap_or_default()))
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
        ] {
            assert!(!licence(address), "{address}");
        }
        assert!(is_playground(&Url::parse("https://play.example/#code=cHJpbnQoMSk").unwrap()));
        assert!(!is_playground(&Url::parse("https://h.example/#code=cHJpbnQoMSk").unwrap()));
    }
}
