//! HTML that does something in a front end that renders it unsanitised.

use std::cell::OnceCell;

use super::Scene;
use super::html::Tag;
use crate::context::Channel;
use crate::detection::{Category, Detection};

/// What a script does that a page's own script seldom does.
const HARMFUL: &[&str] = &[
    "alert(",
    "atob(",
    "confirm(",
    "document.cookie",
    "document.location",
    "document.write",
    "eval(",
    "fetch(",
    "fromcharcode",
    "importscripts",
    "innerhtml",
    "localstorage",
    "location.href",
    "location=",
    "navigator.sendbeacon",
    "new function",
    "new image",
    "postmessage",
    "prompt(",
    "sessionstorage",
    "settimeout(",
    "window.location",
    "window.open",
    "xmlhttprequest",
    "import(",
];

/// Bytes of a script that are looked at.
const SCRIPT: usize = 2048;

/// Reports tags that run something.
pub(super) fn judge(scene: &Scene<'_>, tags: &[Tag], found: &mut Vec<Detection>) {
    // A page or a component is made of such tags; there, only in an answer do they surprise.
    let page = OnceCell::new();
    for (index, tag) in tags.iter().enumerate() {
        let next = tags.get(index + 1).map_or(scene.text.len(), |next| next.span.start);
        let Some((score, evidence)) = active(scene.text, tag, next) else { continue };
        let page = *page.get_or_init(|| is_page(scene.text) || (tags.len() > 4 && tags.len() * 80 > scene.text.len()));
        // In content, a tag that does no harm is most often part of a page that was cut.
        let score = match scene.look.context.channel {
            Channel::Output if !page => score,
            Channel::Output => score - 0.1,
            _ if page => score * 0.6,
            _ if score < 0.8 => score - 0.25,
            _ => score - 0.2,
        };
        scene.report("active-html", Category::Output, tag.span.clone(), score, evidence, found);
    }
}

/// Whether the whole text is a page, a component or a style sheet rather than a message.
fn is_page(text: &str) -> bool {
    let head: String = text.trim_start().chars().take(60).flat_map(char::to_lowercase).collect();
    ["<!doctype", "<html", "<?xml", "<?php", "<head", "<template", "{%", "<%"]
        .iter()
        .any(|start| head.starts_with(start))
        || ["</html>", "</body>", "</head>"]
            .iter()
            .any(|end| memchr::memmem::find(text.as_bytes(), end.as_bytes()).is_some())
}

/// Why a tag runs something; its content ends at the latest where the next tag begins.
fn active(text: &str, tag: &Tag, next: usize) -> Option<(f32, String)> {
    let value = |name: &str| tag.value(name, text).unwrap_or_default();
    let handler = tag.attributes.iter().find(|attribute| {
        let event = attribute
            .name
            .strip_prefix("on")
            .is_some_and(|event| event.len() > 2 && event.bytes().all(|byte| byte.is_ascii_lowercase()));
        event && !attribute.value.is_empty()
    });
    if let Some(handler) = handler {
        let code = text.get(handler.value.clone()).unwrap_or_default();
        // `onclick={handler}` is source code of a component, not HTML.
        if !code.starts_with('{') {
            return Some((
                if harmful(code) { 0.85 } else { 0.7 },
                format!("{} of <{}> runs a script", handler.name, tag.name),
            ));
        }
    }
    match tag.name.as_str() {
        "script" => script(text, tag, next),
        "iframe" if !value("srcdoc").is_empty() => Some((0.8, "<iframe srcdoc> holds a page".into())),
        "meta"
            if value("http-equiv").eq_ignore_ascii_case("refresh")
                && value("content").to_ascii_lowercase().contains("url") =>
        {
            Some((0.75, "<meta> leads to another page".into()))
        }
        "base" if value("href").contains("//") => Some((0.65, "<base> moves every relative address".into())),
        _ => None,
    }
}

fn script(text: &str, tag: &Tag, next: usize) -> Option<(f32, String)> {
    if let Some(source) = tag.value("src", text) {
        let remote = source.contains("//");
        return Some((if remote { 0.7 } else { 0.6 }, "<script> loads a script".into()));
    }
    let kind = tag.value("type", text).unwrap_or_default();
    if kind.contains("json") || kind.contains("template") {
        return None;
    }
    let limit = (tag.span.end + SCRIPT).min(next);
    let limit = (tag.span.end..=limit).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(tag.span.end);
    let body = text.get(tag.span.end..limit).unwrap_or_default();
    let body = body.split("</").next().unwrap_or_default();
    if body.trim().is_empty() {
        return None;
    }
    Some((if harmful(body) { 0.85 } else { 0.7 }, "<script> runs a script".into()))
}

fn harmful(code: &str) -> bool {
    let code: String = code.chars().take(SCRIPT).filter(|char| *char != ' ').flat_map(char::to_lowercase).collect();
    HARMFUL.iter().any(|word| code.contains(word.replace(' ', "").as_str()))
}
