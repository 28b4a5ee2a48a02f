//! Addresses in HTML attributes, and addresses that run code.

use super::data::decoded;
use super::html::Tag;
use super::url::{percent_decode, prefix, scheme};
use super::{Form, Reference};

/// Attributes that hold addresses.
const ADDRESSES: &[&str] = &[
    "action",
    "archive",
    "background",
    "cite",
    "classid",
    "code",
    "codebase",
    "content",
    "data",
    "dynsrc",
    "formaction",
    "href",
    "icon",
    "imagesrcset",
    "longdesc",
    "lowsrc",
    "manifest",
    "ping",
    "poster",
    "profile",
    "src",
    "srcdoc",
    "srcset",
    "xlink:href",
];

/// Whether a `<link>` only says where something else stands.
fn is_told(rel: &str) -> bool {
    const TOLD: &[&str] = &["alternate", "author", "canonical", "license", "me", "shortlink"];
    rel.split_whitespace().all(|word| TOLD.iter().any(|told| word.eq_ignore_ascii_case(told)))
}

/// Addresses within a page that is the value of an attribute.
fn within(value: &str) -> impl Iterator<Item = (usize, usize)> {
    value.match_indices("http").take(32).filter_map(|(at, _)| {
        let rest = value.get(at..)?;
        let whole = rest.starts_with("http://") || rest.starts_with("https://");
        let ends = |c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '<' | '>' | ')');
        let len = rest.find(ends).or_else(|| rest.find("&quot;")).or_else(|| rest.find("&#")).unwrap_or(rest.len());
        whole.then_some((at, len))
    })
}

/// Every address in the attributes of tags.
pub(super) fn attributes(text: &str, tags: &[Tag]) -> Vec<Reference> {
    let mut found = Vec::new();
    for tag in tags {
        for attribute in tag.attributes.iter().filter(|attribute| ADDRESSES.contains(&attribute.name.as_str())) {
            let value = text.get(attribute.value.clone()).unwrap_or_default();
            let form = match (tag.name.as_str(), attribute.name.as_str()) {
                (_, "ping") => Form::Resource,
                ("link", _) if tag.value("rel", text).is_some_and(is_told) => Form::Anchor,
                ("a" | "area", _) | (_, "action" | "formaction" | "cite" | "longdesc" | "profile") => Form::Anchor,
                _ => Form::Resource,
            };
            // What a reader sees of a link is what stands behind its tag.
            let shown = (form == Form::Anchor && attribute.name == "href").then(|| {
                let rest = text.as_bytes().get(tag.span.end..).unwrap_or_default();
                tag.span.end..tag.span.end + rest.iter().take(300).position(|byte| *byte == b'<').unwrap_or(0)
            });
            let mut push = |from: usize, len: usize| {
                let start = attribute.value.start + from;
                found.push(Reference { form, place: start..start + len, text: shown.clone() });
            };
            match attribute.name.as_str() {
                "srcset" | "imagesrcset" => candidates(value).for_each(|(from, len)| push(from, len)),
                // A page within the page, its brackets written as entities.
                "srcdoc" => within(value).for_each(|(from, len)| push(from, len)),
                "content" => refresh(value).into_iter().for_each(|(from, len)| push(from, len)),
                _ => push(0, value.len()),
            }
        }
    }
    found
}

/// The addresses of `a 1x, b 2x`.
fn candidates(value: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut at = 0;
    value.split_inclusive([',', ' ', '\n']).filter_map(move |piece| {
        let start = at;
        at += piece.len();
        let kept = piece.trim_end_matches([',', ' ', '\n']);
        kept.contains('/').then_some((start, kept.len()))
    })
}

/// The address of `0; url=…`; of any other `content` nothing.
fn refresh(value: &str) -> Option<(usize, usize)> {
    let equals = value.find('=')?;
    let head = value.get(..equals)?.trim().to_ascii_lowercase();
    let rest = value.get(equals + 1..)?;
    let address = rest.trim_start_matches([' ', '\'', '"']);
    let from = value.len() - address.len();
    head.ends_with("url").then(|| (from, address.trim_end_matches([' ', '\'', '"']).len()))
}

/// Bytes of an address that are looked at.
const LONGEST: usize = 4096;

/// Why an address, cleaned, runs code when it is opened; None if it does not, or does nothing.
pub(super) fn runs(clean: &str) -> Option<&'static str> {
    let text = clean.trim_start();
    let scheme = scheme(text)?;
    let code = ["javascript", "vbscript", "data"].iter().find(|code| scheme.eq_ignore_ascii_case(code))?;
    let rest = prefix(text, LONGEST).get(scheme.len() + 1..)?.trim();
    match *code {
        "javascript" | "vbscript" => {
            let call: String = percent_decode(rest, false).chars().filter(|char| !char.is_whitespace()).collect();
            let idle = call.trim_matches(';');
            let nothing = idle.is_empty()
                || matches!(idle, "void(0)" | "void0" | "void(null)" | "undefined" | "false" | "//" | "{}" | "...");
            (!nothing).then_some("an address that runs a script")
        }
        "data" => {
            let (kind, body) = rest.split_once(',')?;
            let kind = kind.to_ascii_lowercase();
            if kind.starts_with("text/html") || kind.starts_with("application/xhtml") {
                return Some("an address that holds a page");
            }
            let body = percent_decode(body, false);
            let inner = if kind.ends_with("base64") { decoded(&body).unwrap_or_default().into() } else { body }
                .to_ascii_lowercase();
            let active = kind.starts_with("image/svg")
                && ["<script", "onload", "onerror", "javascript:"].iter().any(|word| inner.contains(word));
            active.then_some("an image that runs a script")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::url::clean;
    use super::*;

    #[test]
    fn addresses_that_run_code() {
        for raw in [
            "javascript:alert(1)",
            " JaVa\nScript&#58;alert(1)",
            "data:text/html,<b>x",
            "data:image/svg+xml,%3Csvg onload=x%3E",
        ] {
            assert!(runs(&clean(raw)).is_some(), "{raw}");
        }
        for raw in
            ["javascript:void(0)", "javascript:;", "data:image/png;base64,AAAA", "https://h.example", "javascript"]
        {
            assert!(runs(&clean(raw)).is_none(), "{raw}");
        }
    }
}
