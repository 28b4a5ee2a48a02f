//! PMML: what is more than a description of a model.

use super::{CLASS_FUNCTION, SCRIPT};
use crate::walk::Cx;
use crate::xml::{Attributes, unescape};
use redan_domain::Fact;

pub(super) fn element(name: &[u8], attributes: Attributes<'_>, at: u64, cx: &mut Cx<'_>) {
    match name {
        b"PMML" => cx.artifact.contents.meta("version", &attributes.get("version").unwrap_or_default()),
        b"Application" => {
            let text = |key: &str| attributes.get(key).unwrap_or_default();
            cx.artifact.contents.meta("application", format!("{} {}", text("name"), text("version")).trim());
        }
        b"Header" => {
            if let Some(copyright) = attributes.get("copyright") {
                cx.artifact.contents.meta("copyright", &copyright);
            }
        }
        b"script" | b"Script" => {
            let message = "the model holds a `script` element, which the format does not have";
            cx.fact(Fact::new(SCRIPT, "script", message).at(at, 7));
        }
        b"Apply" => {
            let function = attributes.get("function").unwrap_or_default();
            if names_class(&function) {
                let message = format!("`Apply` calls `{function}`, a class of the program that reads the model");
                cx.fact(Fact::new(CLASS_FUNCTION, &function, message).at(at, 6));
            }
        }
        _ => {}
    }
    for (key, value) in attributes.iter() {
        if value.len() > 6 && (name, key) != (b"Apply", b"function") {
            let (value, place) = (unescape(value), format!("{}/@{}", shown(name), shown(key)));
            report(&place, &value, at, cx);
        }
    }
}

/// Text inside an element that is watched.
pub(super) fn text(name: &[u8], text: &[u8], at: u64, cx: &mut Cx<'_>) {
    let text = unescape(text);
    let lower = text.to_ascii_lowercase();
    let word = CODE_WORDS.iter().find(|word| lower.contains(*word));
    match word {
        Some(word) if crate::codelike::code_in(&text).is_none() => {
            let place = shown(name);
            let message = format!("`{place}` reads like code (`{word}`): `{}`", crate::text::shown(&text, 120));
            cx.fact(Fact::new(SCRIPT, place, message).at(at, 1));
        }
        _ => report(&shown(name), &text, at, cx),
    }
}

/// What would be prose elsewhere is suspect in an extension, which is for programs to read.
const CODE_WORDS: &[&str] = &[
    "import os",
    "import sys",
    "eval(",
    "exec(",
    "system(",
    "subprocess",
    "require(",
    "<?php",
    "powershell",
    "cmd /c",
    "bash -c",
];

fn report(place: &str, text: &str, at: u64, cx: &mut Cx<'_>) {
    if let Some((pattern, _)) = crate::codelike::code_in(text) {
        let message = format!("`{place}` reads like code (`{}`): `{}`", pattern.trim(), crate::text::shown(text, 120));
        cx.fact(Fact::new(SCRIPT, place, message).at(at, 1));
    }
}

fn shown(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

/// A dotted name whose last part is capitalised, as Java classes are, or that begins like a Java package.
/// Converters write functions of their own under `org.jpmml` and `com.jpmml`.
fn names_class(function: &str) -> bool {
    let package = ["java.", "javax.", "sun.", "com.sun.", "jdk."].iter().any(|start| function.starts_with(start));
    let last = function.rsplit('.').next().unwrap_or_default();
    let dotted = function.matches('.').count() >= 2 && last.starts_with(|c: char| c.is_ascii_uppercase());
    let own = function.starts_with("org.jpmml.") || function.starts_with("com.jpmml.");
    package || dotted && !own
}
