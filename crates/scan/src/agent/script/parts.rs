//! What a script puts together from parts: joined strings, numbers of characters, escapes, encoded literals.
//!
//! A copy of the text is made in which they are whole, and looked at once more.

use std::collections::HashSet;

use base64::Engine as _;
use redan_domain::Severity;

use super::{Host, addresses};
use crate::agent::facts::ENCODED;
use crate::agent::host;
use crate::agent::intent::is_mailbox;
use crate::agent::pattern::{Pattern, lower};
use crate::agent::sheet::{Sheet, quoted};

/// `"ab" + "cd"`, over lines too; `'ab' . 'cd'`, where the letter before tells the first quote from the one that opens
/// `"."`.
static SEAM: Pattern =
    Pattern::new(&["\"", "'"], r#"["']\s{0,4}\+\s{0,4}(?:\\?\n)?\s{0,40}f?["']|[\w:/.\-]["']\s{0,4}\.\.?\s{0,40}["']"#);
/// `["ab", "cd"].join("")`, `"".join(["ab", "cd"])`.
static JOIN: Pattern = Pattern::new(
    &["join"],
    r#"\[\s{0,40}((?:["'][^"'\n]*["']\s*,?\s*){2,})\]\s*\.\s*join\s*\(\s*["'](?:[.@/:\-]|://)?["']\s*\)|["'](?:[.@/:\-]|://)?["']\s*\.\s*join\s*\(\s*[\[\(]\s{0,40}((?:["'][^"'\n]*["']\s*,?\s*){2,})[\]\)]\s*\)?"#,
);
/// `"dcba"[::-1]`, `"dcba".split("").reverse()`.
static BACKWARDS: Pattern = Pattern::new(
    &["[::-1]", "reverse"],
    r#"["']([^"'\n]{2,})["']\s*(?:\[::-1\]|\.split\(\s*["']["']\s*\)\s*\.reverse\(\))|["']["']\s*\.\s*join\s*\(\s*reversed\s*\(\s*["'][^"'\n]{2,}["']\s*\)\s*\)"#,
);
/// `bytes(b ^ 0x2a for b in b"…")`, `bytes([c ^ 7 for c in b"…"])`, `bytes(map(lambda b: b ^ 42, b"…"))`.
static MASKED: Pattern = Pattern::new(
    &["bytes(", "bytearray("],
    r#"\bbyte(?:s|array)\s*\(\s*\[?\s*(?:map\s*\(\s*lambda\s+\w+\s*:\s*)?\w+\s*\^\s*(0x[0-9a-f]{1,2}|\d{1,3})\s*(?:for\s+\w+\s+in|,)\s*(?:b|bytes\.fromhex\s*\(\s*|(?:base64\.)?b64decode\s*\(\s*b?)["']([^"'\n]{6,})["']\s*\)?\s*\]?\s*\)?\s*\)"#,
);
/// `[104, 116, 116, 112, …]`.
static NUMBERS: Pattern = Pattern::new(
    &["fromcharcode", "chr", "bytes", "bytearray", "buffer.from", "uint8array"],
    r"[\[(]\s{0,4}((?:(?:0x[0-9a-f]{1,2}|\d{1,3})\s{0,4},\s{0,8}){4,}(?:0x[0-9a-f]{1,2}|\d{1,3}))\s{0,4},?\s{0,4}[\])]",
);
/// `"".join(chr(ord(c) ^ 3) for c in "…")`, `"…".split("").map(c => String.fromCharCode(c.charCodeAt(0) - 1))`.
static SHIFTED: Pattern = Pattern::new(
    &["ord(", "charcodeat"],
    r#"chr\s*\(\s*ord\s*\(\s*\w+\s*\)\s*[\^+\-]\s*(?:0x[0-9a-f]{1,2}|\d{1,3})\s*\)\s*for\s+\w+\s+in\s+["'][^"'\n]{6,}["']|["'][^"'\n]{6,}["']\s*\.\s*(?:split\s*\([^)\n]*\)|replace\s*\([^,\n]*)[^\n]{0,40}fromcharcode\s*\([^\n]{0,30}charcodeat\s*\(\s*0?\s*\)\s*[\^+\-]\s*(?:0x[0-9a-f]{1,2}|\d{1,3})"#,
);
static MAILBOX: Pattern = Pattern::new(&["@"], r"\b[\w.+\-]{2,40}@[\w\-]{2,40}(?:\.[\w\-]{2,40}){1,4}\b");
static ESCAPES: Pattern = Pattern::new(&["\\x", "\\u00"], r"(?:\\x[0-9a-f]{2}|\\u00[0-9a-f]{2}){4,}");
/// A literal that is decoded on the spot, or kept under a name.
static LITERAL: Pattern = Pattern::new(
    &["b64decode", "atob", "buffer.from", "base64", "fromhex", "unhexlify", "decode("],
    r#"["']([a-z0-9+/=_\-]{12,})["']"#,
);

/// What masked numbers are told by.
const TOLD: &[&str] = &[
    "https://",
    "http://",
    "wss://",
    "/bin/sh",
    "/bin/bash",
    "id_rsa",
    ".ssh/",
    ".aws/",
    "curl ",
    "constructor",
    "require(",
    "fetch(",
    "process.",
    "child_process",
    "import(",
];
/// A credential for a service at which somebody else reads what is sent.
static CREDENTIAL: Pattern = Pattern::new(
    &["xox", "ghp_", "github_pat_", "glpat-", "akia", "bot", "gho_", "ghs_", "ghr_", "ghu_"],
    r"\bxox[abp]-[\w\-]{20,}|\bgh[pousr]_\w{36}|\bgithub_pat_\w{40,}|\bglpat-[\w\-]{20}|\bakia[0-9a-z]{16}\b|bot\d{8,10}:[\w\-]{30,}",
);

/// Most numbers that are tried with every mask.
const LONGEST_MASKED: usize = 4096;
/// Most replacements in one text.
const MAX_PARTS: usize = 400;

/// Looks at the text again with everything that was in parts made whole.
pub(super) fn look(sheet: &mut Sheet<'_>, text: &str, shell: bool) {
    masks(sheet, text);
    let (once, first) = whole(text);
    let Some(first) = first else { return };
    // Parts of parts.
    let (whole, _) = whole(&once);
    let known: HashSet<_> = sheet.facts.iter().map(|fact| fact.kind).collect();
    let mut inner = Sheet::new(sheet.path, &whole);
    inner.about.clone_from(&sheet.about);
    inner.about_security = sheet.about_security;
    super::once(&mut inner, &whole, shell);
    let place = first..first + text.get(first..).and_then(|rest| rest.find('\n')).unwrap_or(text.len() - first);
    for fact in inner.facts {
        let severity = fact.severity.unwrap_or(Severity::High);
        if severity >= Severity::Medium && !known.contains(&fact.kind) && fact.kind != crate::agent::facts::UNREAD {
            let message = format!("put together from parts: {}", fact.message);
            sheet.add_as(fact.kind, severity, place.clone(), &fact.subject, message);
        }
    }
    hidden_address(sheet, text, &whole, place.clone());
    hidden_names(sheet, text);
    hidden_calls(sheet, text, &whole, place.clone());
    hidden_words(sheet, text, place);
}

/// Words that are written as escapes for no reader: programs that hide what they do have dozens of them.
const HIDDEN_WORDS: usize = 6;

fn hidden_words(sheet: &mut Sheet<'_>, text: &str, place: std::ops::Range<usize>) {
    let low = lower(text);
    let said = ESCAPES
        .all(text, &low)
        .into_iter()
        .filter_map(|found| unhex(&found.text.to_ascii_lowercase().replace("\\x", "").replace("\\u00", "")));
    let words: Vec<String> = said.filter(|word| word.bytes().filter(u8::is_ascii_alphabetic).count() >= 4).collect();
    if words.len() >= HIDDEN_WORDS {
        let some = words.iter().take(4).map(String::as_str).collect::<Vec<_>>().join(", ");
        let message = format!("hides {} of its words in escapes: {}", words.len(), quoted(&some));
        sheet.add_as(ENCODED, Severity::High, place, &some, message);
    }
}

/// An address whose host does not stand in the text as it is.
fn hidden_address(sheet: &mut Sheet<'_>, text: &str, whole: &str, place: std::ops::Range<usize>) {
    let plain = lower(text);
    for (span, host) in addresses(whole, &lower(whole)) {
        let address = whole.get(span).unwrap_or_default();
        let name = host::name(address);
        let foreign = !matches!(host, Host::Local | Host::Known) && !host::belongs(address, &sheet.about);
        // With a name and a password in it, it is nobody's page.
        let login =
            address.split_once("://").is_some_and(|(_, rest)| rest.split('/').next().unwrap_or_default().contains('@'));
        let foreign = foreign || login || crate::agent::leak::is_inbox(address);
        if foreign && name.contains('.') && !plain.contains(&name) {
            let message = format!("hides where it goes: the parts say {}", quoted(address));
            sheet.add_as(ENCODED, Severity::High, place, address, message);
            return;
        }
    }
    for (span, _) in super::hosts(whole, &lower(whole)) {
        let name = whole.get(span).unwrap_or_default();
        if !plain.contains(&name.to_ascii_lowercase()) && !host::belongs(name, &sheet.about) {
            let message = format!("hides where it goes: the parts say {}", quoted(name));
            sheet.add_as(ENCODED, Severity::High, place, name, message);
            return;
        }
    }
    for found in super::clipboard::wallets(whole) {
        if !text.contains(&found) {
            let message = format!("hides whose wallet it names: the parts say {}", quoted(&found));
            sheet.add_as(ENCODED, Severity::High, place, &found, message);
            return;
        }
    }
    for found in CREDENTIAL.all(whole, &lower(whole)) {
        if !text.contains(found.text) {
            let shown = found.text.get(..12).unwrap_or_default();
            let message = format!("hides with whose account it speaks: the parts say {} and more", quoted(shown));
            sheet.add_as(ENCODED, Severity::High, place, shown, message);
            return;
        }
    }
    for found in MAILBOX.all(whole, &lower(whole)) {
        let hidden = !plain.contains(&found.text.to_ascii_lowercase());
        if hidden && is_mailbox(&found.text.to_ascii_lowercase(), &sheet.about) {
            let message = format!("hides to whom it writes: the parts say {}", quoted(found.text));
            sheet.add_as(ENCODED, Severity::High, place, found.text, message);
            return;
        }
    }
}

/// Hosts, files of credentials and shells that are written as numbers.
fn hidden_names(sheet: &mut Sheet<'_>, text: &str) {
    for found in NUMBERS.all(text, &lower(text)) {
        let Some(said) = found.group.and_then(said_by_numbers) else { continue };
        let private = redan_code::names_private(&said).is_some_and(|label| label != "startup");
        let shell = [
            "/bin/sh",
            "/bin/bash",
            "child_process",
            "powershell",
            "execsync",
            "constructor",
            "require(",
            "fetch(",
            "eval(",
        ]
        .iter()
        .any(|word| said.to_ascii_lowercase().contains(word));
        // Nobody masks the address of a page of their own.
        let address =
            said.split_once("://").is_some_and(|(_, rest)| host::classify(&said) != Host::Local && rest.len() > 3);
        let account = crate::agent::intent::names_account(&said.to_ascii_lowercase());
        if private || shell || address || account || super::is_host(&said) || super::clipboard::is_wallet(&said) {
            let message = format!("hides a name in numbers: {}", quoted(&said));
            sheet.add_as(ENCODED, Severity::High, found.span, &said, message);
            return;
        }
    }
}

/// Literals under a mask: whatever they say, nobody is to read it.
fn masks(sheet: &mut Sheet<'_>, text: &str) {
    let low = lower(text);
    for found in MASKED.all(text, &low).into_iter().take(1) {
        let severity = if sheet.about_security { Severity::Medium } else { Severity::High };
        let said = unmasked(found.text).unwrap_or_default();
        // It may be a key.
        let some = quoted(said.get(..said.floor_char_boundary(6)).unwrap_or_default());
        let message = format!("hides a literal under a mask: it begins with {some}");
        sheet.add_as(ENCODED, severity, found.span, found.text, message);
    }
}

/// What a literal of bytes says under its mask.
fn unmasked(call: &str) -> Option<String> {
    let by = number_at(call.split('^').nth(1)?)?;
    let open = call.find(['"', '\''])?;
    let quote = call.get(open..)?.chars().next()?;
    let written = call.get(open + 1..)?.split(quote).next()?;
    let mut said = Vec::new();
    let mut rest = written;
    while let Some(c) = rest.chars().next() {
        let escaped = rest.strip_prefix("\\x").and_then(|hex| hex.get(..2));
        let byte = escaped.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        said.push(byte.unwrap_or(c as u8) ^ by);
        rest = rest.get(if byte.is_some() { 4 } else { c.len_utf8() }..)?;
    }
    Some(String::from_utf8_lossy(&said).into_owned())
}

/// Names that run things and that nobody takes apart for an honest reason: `cp["ex" + "ec"]`.
fn hidden_calls(sheet: &mut Sheet<'_>, text: &str, whole: &str, place: std::ops::Range<usize>) {
    for name in [
        "exec",
        "execSync",
        "eval",
        "system",
        "spawn",
        "child_process",
        "subprocess",
        "__import__",
        "Function",
        "popen",
        "requests",
        "urllib.request",
        "http.client",
        "socket",
        "smtplib",
        "paramiko",
        "importlib",
        "builtins",
        "bcc",
    ] {
        let quoted_name = |text: &str| ['"', '\''].iter().any(|quote| text.contains(&format!("{quote}{name}{quote}")));
        if quoted_name(whole) && !quoted_name(text) {
            let message = format!("hides what it calls: the parts say {}", quoted(name));
            sheet.add_as(ENCODED, Severity::High, place, name, message);
            return;
        }
    }
}

/// The text with its parts made whole, and where the first of them stood.
fn whole(text: &str) -> (String, Option<usize>) {
    let low = lower(text);
    let mut changes: Vec<(usize, usize, String)> = Vec::new();
    for found in JOIN.all(text, &low) {
        changes.push((found.span.start, found.span.end, format!("\"{}\"", joined(found.text))));
    }
    for found in BACKWARDS.all(text, &low) {
        // Without the signs that join: `"".join(reversed("dcba"))`.
        let written = found.group.or_else(|| found.text.rsplit(['"', '\'']).nth(1)).unwrap_or_default();
        let turned: String = written.chars().rev().collect();
        changes.push((found.span.start, found.span.end, format!("\"{turned}\"")));
    }
    for found in NUMBERS.all(text, &low) {
        if let Some(said) = found.group.and_then(said_by_numbers) {
            changes.push((found.span.start, found.span.end, format!("(\"{said}\")")));
        }
    }
    for found in SHIFTED.all(text, &low) {
        if let Some(said) = shifted(found.text) {
            changes.push((found.span.start, found.span.end, format!("\"{said}\"")));
        }
    }
    for found in ESCAPES.all(text, &low) {
        let digits: String = found.text.to_ascii_lowercase().replace("\\x", "").replace("\\u00", "");
        if let Some(said) = unhex(&digits) {
            changes.push((found.span.start, found.span.end, said));
        }
    }
    for found in LITERAL.all(text, &low) {
        if let Some(said) = found.group.and_then(decoded) {
            changes.push((found.span.start, found.span.end, format!("\"{said}\"")));
        }
    }
    for found in SEAM.all(text, &low) {
        let start = found.span.start + found.text.find(['"', '\'']).unwrap_or_default();
        let apart = |(from, end, _): &(usize, usize, String)| found.span.end <= *from || start >= *end;
        // What is turned round or decoded comes first, and is joined when the text is gone through again.
        if changes.iter().all(apart) {
            changes.push((start, found.span.end, String::new()));
        }
    }
    // `"."` in `".".join(…)` is no sign between two strings: the longer one is meant.
    changes.sort_by_key(|(start, end, _)| (*start, std::cmp::Reverse(*end)));
    let mut out = String::with_capacity(text.len());
    let (mut at, mut first) = (0, None);
    for (start, end, with) in changes.into_iter().take(MAX_PARTS) {
        if start < at {
            continue;
        }
        first = first.or(Some(start));
        out.push_str(text.get(at..start).unwrap_or_default());
        out.push_str(&with);
        at = end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    (out, first)
}

/// The strings of a list with what stands between them: `".".join(["a", "b"])`, `["a", "b"].join(".")`.
fn joined(call: &str) -> String {
    if call.starts_with('[') {
        let between = call.rsplit(['"', '\'']).nth(1).unwrap_or_default();
        return strings(call).join(between);
    }
    let mut quotes = call.match_indices(['"', '\'']);
    let (Some((0, _)), Some((end, _))) = (quotes.next(), quotes.next()) else { return strings(call).concat() };
    strings(call.get(end + 1..).unwrap_or_default()).join(call.get(1..end).unwrap_or_default())
}

/// The strings of a list.
fn strings(list: &str) -> Vec<String> {
    let inside = list.split_once('[').or_else(|| list.split_once('(')).map_or(list, |(_, rest)| rest);
    let inside = inside.rsplit_once([']', ')']).map_or(inside, |(rest, _)| rest);
    // What follows the list of `[…].join("")` is not of it.
    let inside = inside.split(']').next().unwrap_or(inside);
    let mut out: Vec<String> = Vec::new();
    let mut quote = None;
    for c in inside.chars() {
        match (quote, c) {
            (None, '"' | '\'') => {
                quote = Some(c);
                out.push(String::new());
            }
            (Some(open), _) if open == c => quote = None,
            (Some(_), _) => out.iter_mut().last().into_iter().for_each(|part| part.push(c)),
            (None, _) => {}
        }
    }
    out
}

fn is_said(text: &str) -> bool {
    text.len() >= 6 && is_written(text)
}

fn is_written(text: &str) -> bool {
    text.bytes().all(|byte| (0x20..0x7f).contains(&byte) || matches!(byte, b'\n' | b'\t' | b'\r'))
}

/// What a string says whose characters are all moved by one number.
fn shifted(text: &str) -> Option<String> {
    let open = text.find(['"', '\''])?;
    let quote = text.get(open..)?.chars().next()?;
    let (written, _) = text.get(open + 1..)?.split_once(quote)?;
    let mark = if text.contains("ord") { "ord" } else { "At" };
    let sum = text.split(mark).nth(1)?;
    let at = sum.find(['^', '+', '-'])?;
    let by = number_at(sum.get(at + 1..)?)?;
    let moved = |byte: u8| match sum.as_bytes().get(at) {
        Some(b'^') => byte ^ by,
        Some(b'+') => byte.wrapping_add(by),
        _ => byte.wrapping_sub(by),
    };
    let said: Vec<u8> = written.bytes().map(moved).collect();
    let seen = said.iter().filter(|byte| (0x20..0x7f).contains(*byte)).count();
    // A key in it may have any byte.
    let said = String::from_utf8(said).ok()?.replace(|c: char| c.is_control(), "?");
    (said.len() >= 6 && seen * 10 >= said.len() * 9).then_some(said)
}

/// The number, decimal or hexadecimal, with which this begins.
fn number_at(text: &str) -> Option<u8> {
    let number = text.trim_start();
    let (number, radix) = number.strip_prefix("0x").map_or((number, 10), |hex| (hex, 16));
    let digits = number.find(|c: char| !c.is_digit(radix)).unwrap_or(number.len());
    u8::from_str_radix(number.get(..digits)?, radix).ok()
}

fn said_by_numbers(numbers: &str) -> Option<String> {
    let number = |word: &str| {
        let word = word.trim();
        word.strip_prefix("0x").map_or_else(|| word.parse().ok(), |hex| u8::from_str_radix(hex, 16).ok())
    };
    let bytes = numbers.split(',').map(number).collect::<Option<Vec<u8>>>()?;
    String::from_utf8(bytes.clone()).ok().filter(|text| is_written(text)).or_else(|| masked(&bytes))
}

/// What numbers say that are all masked with one byte: told by words that stand in little else.
fn masked(bytes: &[u8]) -> Option<String> {
    // Longer rows are data.
    let bytes = bytes.get(..bytes.len().min(LONGEST_MASKED))?;
    let said = |key: u8| String::from_utf8(bytes.iter().map(|byte| byte ^ key).collect()).ok();
    let mut texts = (1..=u8::MAX).filter_map(said).filter(|text| is_said(text));
    texts.find(|text| TOLD.iter().any(|word| text.contains(word)))
}

fn unhex(digits: &str) -> Option<String> {
    let pairs = digits.as_bytes().chunks_exact(2);
    let bytes: Option<Vec<u8>> =
        pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
    String::from_utf8(bytes?).ok().filter(|text| is_said(text))
}

/// Commands for PowerShell have two bytes a letter, the second of which is zero.
pub(super) fn narrowed(bytes: Vec<u8>) -> Vec<u8> {
    let wide =
        bytes.len() > 20 && bytes.len().is_multiple_of(2) && bytes.iter().skip(1).step_by(2).all(|byte| *byte == 0);
    if wide { bytes.into_iter().step_by(2).collect() } else { bytes }
}

/// What a literal says in base 64 or hexadecimal.
pub(in crate::agent) fn decoded(literal: &str) -> Option<String> {
    if literal.len().is_multiple_of(2) && literal.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return unhex(literal);
    }
    let bare = literal.trim_end_matches('=').replace('-', "+").replace('_', "/");
    let bytes = base64::engine::general_purpose::STANDARD_NO_PAD.decode(bare).ok()?;
    String::from_utf8(narrowed(bytes)).ok().filter(|text| is_said(text) && text.contains(['.', '/', ' ', '(']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(text: &str) -> String {
        whole(text).0
    }

    #[test]
    fn parts_are_put_together() {
        assert_eq!(put(r#"u = "ht" + "tp" + 's://x'"#), "u = \"https://x'");
        assert_eq!(put(r#"u = ["ht", "tps:", "//x"].join("")"#), "u = \"https://x\"");
        assert_eq!(put(r#"u = "".join(["ht", 'tps:', "//x"])"#), "u = \"https://x\"");
        assert_eq!(put(r#"u = "@".join(("me", ".".join(("x", "y"))))"#), r#"u = "@".join(("me", "x.y"))"#);
        assert_eq!(put(r#"u = "@".join(("me", "x.y"))"#), "u = \"me@x.y\"");
        assert_eq!(put(r#"u = "x//:sptth"[::-1]"#), "u = \"https://x\"");
        assert_eq!(put("bytes([104,116,116,112,115,58,47,47,120,46,121])"), "bytes((\"https://x.y\"))");
        assert_eq!(put(r#"u = "".join(chr(ord(c) ^ 3) for c in "kwwsp9,,{-z")"#), r#"u = "".join("https://x.y")"#);
        let turned = put(r#"u = "iuuqt;00y/z".split("").map(c => String.fromCharCode(c.charCodeAt(0) - 1)).join("")"#);
        assert!(turned.contains("https://x.y"), "{turned}");
        assert_eq!(put(r#"a = "\x63\x75\x72\x6c\x20\x78""#), "a = \"curl x\"");
        assert_eq!(put(r#"u = ["https://x.y", "T1", "B2"].join("/")"#), "u = \"https://x.y/T1/B2\"");
        assert_eq!(put("bytes([66, 94, 94, 90, 89, 16, 5, 5, 82, 4, 83])"), "bytes((\"https://x.y\"))");
        assert_eq!(whole(&put(r#"p = "." + "hss"[::-1]"#)).0, "p = \".ssh\"");
        assert_eq!(put(r#"atob("aHR0cHM6Ly94LnkvYQ==")"#), "atob(\"https://x.y/a\")");
    }

    #[test]
    fn an_ordinary_text_stays_as_it_is() {
        for text in ["print(1)", "a = [1, 2, 3]", "x = ['a', 'b']", "t = 'a'\nb = 'c'", "\\x", ""] {
            assert_eq!(whole(text), (text.to_string(), None));
        }
    }

    #[test]
    fn numbers_that_say_a_name_are_told() {
        let hides = |code: &str| {
            let mut sheet = Sheet::new("x.js", code);
            look(&mut sheet, code, false);
            sheet.facts.iter().any(|fact| fact.kind == ENCODED)
        };
        assert!(hides("s(String.fromCharCode(...[46, 110, 112, 109, 114, 99]))"));
        assert!(hides("s(String.fromCharCode(...[112,107,103,45,99,111,109,112,97,116,46,115,105,116,101]))"));
        assert!(hides(r#"t = "-".join(("xoxb", "7719204418035", "7702881903447", "Xp4QvT9rLm2NwZ8sKd1HbYc6"))"#));
        assert!(!hides("assert_eq!(String.fromCharCode(...[72, 101, 108, 108, 111]))"));
        assert!(hides(r#"cp["ex" + "ec"](a)"#));
        assert!(!hides(r#"name = "ex" + "it""#));
        assert!(hides(r#"m = import_module("requ" + "ests")"#));
        assert!(hides(r#"run = getattr(builtins, "".join(reversed("cexe")))"#));
        assert!(hides(
            r#"k = bytes(b ^ 0x2A for b in b"\x6b\x61\x63\x6b\x63\x64"); s3.upload_file(p, "b", "k"); requests.post(u)"#
        ));
        assert!(!hides("bytes([1, 2, 3, 4, 5, 200, 201])"));
    }

    #[test]
    fn hostile_text_is_gone_through_in_bounded_steps() {
        for unit in ["\"a\" + ", "['a',", "[1,", "\\x41", "''.join([", "atob('AAAAAAAAAAAAAAAA')", "[::-1]"] {
            let _ = put(&unit.repeat(2_000));
        }
    }
}
