//! Addresses outside Markdown and HTML: CSS, LaTeX, Mermaid, autolinks, plain text.

use std::ops::Range;

use super::{Form, Reference};
use crate::probe::Word;
use crate::probe::hostile::reads;

/// The words that this module waits for; the probe's words begin with them.
pub(super) const WORDS: &[&str] = &["://", "url(", "@import", ":\\\\", ":/\\", "www."];

/// Reads what stands at the words, except where something else was read already.
pub(super) fn references(text: &str, words: &[Word], taken: &[Range<usize>]) -> Vec<Reference> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut end = 0;
    let mut taken = taken.iter().peekable();
    for word in words.iter().filter(|word| word.index < WORDS.len()) {
        while taken.next_if(|range| range.end <= word.start).is_some() {}
        if word.start < end || taken.peek().is_some_and(|range| range.start <= word.start) {
            continue;
        }
        let reference = match WORDS.get(word.index) {
            Some(&"url(") => Some(Reference { form: Form::Style, place: quoted(bytes, word.end, b")\n;"), text: None }),
            Some(&"@import") => import(bytes, word.end),
            Some(&"www.") => linked(text, word),
            _ => plain(text, word),
        };
        if let Some(reference) = reference {
            end = reference.place.end;
            found.push(reference);
        }
    }
    found
}

fn quoted(bytes: &[u8], from: usize, ends: &[u8]) -> Range<usize> {
    let rest = bytes.get(from..).unwrap_or_default();
    let blank = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let start = from + blank;
    let rest = bytes.get(start..).unwrap_or_default();
    let (start, len) = match rest.first() {
        Some(quote @ (b'"' | b'\'')) => {
            let inner = rest.get(1..).unwrap_or_default();
            (start + 1, inner.iter().position(|byte| byte == quote || *byte == b'\n').unwrap_or(inner.len()))
        }
        _ => (start, rest.iter().position(|byte| ends.contains(byte)).unwrap_or(rest.len())),
    };
    reads(blank + len);
    start..start + len
}

/// `@import "…"`; `@import url(…)` is read at its `url(`.
fn import(bytes: &[u8], from: usize) -> Option<Reference> {
    let place = quoted(bytes, from, b";\n");
    let quote = place.start.checked_sub(1).and_then(|at| bytes.get(at))?;
    matches!(quote, b'"' | b'\'').then_some(Reference { form: Form::Style, place, text: None })
}

/// An address in running text, from its scheme to where a front end stops linking it.
fn plain(text: &str, word: &Word) -> Option<Reference> {
    let bytes = text.as_bytes();
    let before = bytes.get(word.start.saturating_sub(5)..word.start)?;
    let letters = before.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let start = word.start - letters;
    let ends = |known: &str| {
        let at = word.start.checked_sub(known.len()).filter(|at| *at >= start)?;
        bytes.get(at..word.start)?.eq_ignore_ascii_case(known.as_bytes()).then_some(at)
    };
    let start = ["https", "http", "ftp", "wss", "ws"].into_iter().find_map(ends)?;
    let opener = start.checked_sub(1).and_then(|at| bytes.get(at)).copied();
    let end = word.end + extent(text.get(word.end..)?, opener);
    let form = match opener {
        Some(b'{') => latex(tail(text, start - 1)),
        Some(b'"' | b'\'' | b'`') => {
            let line = tail(text, start - 1).rsplit('\n').next().unwrap_or_default();
            if line.trim_start().starts_with("click ") {
                Form::Link
            } else if runs(line) {
                Form::Resource
            } else if ["curl ", "wget "].iter().any(|program| line.contains(program)) {
                Form::Plain
            } else {
                Form::Literal
            }
        }
        Some(b'<') => Form::Link,
        _ => Form::Plain,
    };
    Some(Reference { form, place: start..end, text: None })
}

/// Whether a line of markup ends in a call of its script that fetches what follows: `onerror="fetch('`.
fn runs(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    let fetches = ["fetch(", ".src=", ".src = ", "sendbeacon(", "location=", "location.href=", "import("];
    let alone =
        line.contains("<script") || [" onerror=", " onload=", " onmouse"].iter().any(|name| line.contains(name));
    // A button that leads somewhere is a link.
    let leads = ["location=", "location.href="].iter().any(|call| line.ends_with(call));
    (alone || line.contains(" onclick=") && !leads) && fetches.iter().any(|call| line.ends_with(call))
}

/// An address without a scheme, which front ends link all the same (GFM, 6.9).
fn linked(text: &str, word: &Word) -> Option<Reference> {
    let before = word.start.checked_sub(1).and_then(|at| text.as_bytes().get(at));
    let alone = before.is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b'(' | b'*' | b'_' | b'~'));
    let end = word.end + extent(text.get(word.end..)?, before.copied());
    alone.then_some(Reference { form: Form::Plain, place: word.start..end, text: None })
}

/// At most 100 bytes before a place.
pub(super) fn tail(text: &str, end: usize) -> &str {
    let from = (end.saturating_sub(100)..end).find(|at| text.is_char_boundary(*at)).unwrap_or(end);
    text.get(from..end).unwrap_or_default()
}

/// What the command before `{` does with the address.
fn latex(before: &str) -> Form {
    let command = before.rsplit('\\').next().unwrap_or_default();
    match command.split(['[', '{', '*']).next() {
        Some("includegraphics" | "input" | "include" | "includesvg" | "write18") => Form::Image,
        Some("href" | "url") => Form::Link,
        _ => Form::Plain,
    }
}

/// Bytes up to a space, quote or bracket that the address did not open itself; punctuation at its end is not its own.
pub(super) fn extent(rest: &str, opener: Option<u8>) -> usize {
    let (mut round, mut square, mut curly, mut angle) = (0_i32, 0_i32, 0_i32, 0_i32);
    let mut end = 0;
    let mut previous = ' ';
    let mut space = None;
    for char in rest.chars() {
        if char.is_ascii_alphanumeric() {
            end += 1;
            previous = char;
            continue;
        }
        match char {
            // A placeholder may hold spaces: `?q=[the summary]`, `$(cat file)`.
            ' ' if square + curly + round + angle > 0 && end < 2048 => {
                space.get_or_insert(end);
            }
            '(' => round += 1,
            '[' => square += 1,
            '{' => curly += 1,
            '<' if previous == '=' || (previous == '/' && opener != Some(b'<')) => angle += 1,
            ')' if round > 0 => round -= 1,
            ']' if square > 0 => square -= 1,
            '}' if curly > 0 => curly -= 1,
            '>' if angle > 0 => angle -= 1,
            ')' | ']' | '}' | '>' | '<' | '"' | '\'' | '`' | '|' => break,
            _ if char.is_whitespace() || char.is_control() => break,
            _ => {}
        }
        end += char.len_utf8();
        previous = char;
    }
    reads(end);
    if square + curly + round + angle > 0 {
        end = space.unwrap_or(end);
    }
    let kept = rest.get(..end).unwrap_or_default();
    kept.trim_end_matches(['.', ',', ';', ':', '!', '*']).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(Form, &str)> {
        let mut words: Vec<Word> = Vec::new();
        for (index, word) in WORDS.iter().enumerate() {
            words.extend(text.match_indices(word).map(|(start, _)| Word { index, start, end: start + word.len() }));
        }
        words.sort_by_key(|word| word.start);
        references(text, &words, &[]).into_iter().map(|found| (found.form, &text[found.place])).collect()
    }

    #[test]
    fn addresses_end_where_front_ends_end_them() {
        for (text, form, place) in [
            ("see https://h.example/x.", Form::Plain, "https://h.example/x"),
            ("(https://h.example/x_(1))", Form::Plain, "https://h.example/x_(1)"),
            ("<https://h.example/x|docs>", Form::Link, "https://h.example/x"),
            ("https://h.example/?q=[the summary] now", Form::Plain, "https://h.example/?q=[the summary]"),
            ("url = 'https://h.example/x'", Form::Literal, "https://h.example/x"),
            ("\\includegraphics[width=1cm]{https://h.example/x}", Form::Image, "https://h.example/x"),
            ("\\href{https://h.example/x}{y}", Form::Link, "https://h.example/x"),
            ("click A \"https://h.example/x\"", Form::Link, "https://h.example/x"),
            ("a { background: url( 'https://h.example/x' ) }", Form::Style, "https://h.example/x"),
            ("see www.h.example/x, or", Form::Plain, "www.h.example/x"),
            ("@import \"//h.example/x\";", Form::Style, "//h.example/x"),
        ] {
            assert_eq!(read(text), [(form, place)], "{text:?}");
        }
        assert_eq!(read("git://h.example and ://x"), []);
    }
}
