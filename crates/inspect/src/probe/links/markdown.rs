//! Markdown links and images: inline, by reference, definitions (CommonMark 0.31, 4.7, 6.3, 6.4). Brackets are
//! matched by one stack in one go, so that nesting costs nothing.

use std::collections::HashSet;
use std::ops::Range;

use super::code::Code;
use super::url::prefix;
use super::{Form, Reference};
use crate::probe::hostile::reads;

/// Most open brackets that are remembered.
const DEEPEST: usize = 4096;

struct Open {
    at: usize,
    image: bool,
}

/// Every link and image whose destination stands in the text.
pub(super) fn references(text: &str, code: &Code<'_>) -> Vec<Reference> {
    let bytes = text.as_bytes();
    let mut open: Vec<Open> = Vec::new();
    let mut found: Vec<Reference> = Vec::new();
    let mut definitions: Vec<(&str, Reference)> = Vec::new();
    let mut images: Vec<&str> = Vec::new();
    let mut from = 0;
    for at in memchr::memchr2_iter(b'[', b']', bytes) {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before)).copied();
        if at < from || before == Some(b'\\') || code.covers(at) {
            continue;
        }
        if bytes.get(at) == Some(&b'[') {
            if open.len() < DEEPEST {
                open.push(Open { at, image: before == Some(b'!') });
            }
            continue;
        }
        let Some(opened) = open.pop() else { continue };
        let label = || text.get(opened.at + 1..at).unwrap_or_default();
        match bytes.get(at + 1) {
            Some(b'(') => {
                let place = destination(bytes, at + 2, true);
                from = place.end;
                let form = if opened.image { Form::Image } else { Form::Link };
                found.push(Reference { form, place, text: Some(opened.at + 1..at) });
            }
            // The text of a footnote is text.
            Some(b':') if !opened.image && begins_line(text, opened.at) && !label().starts_with('^') => {
                let place = destination(bytes, at + 2, false);
                from = place.end;
                definitions.push((label(), Reference { form: Form::Link, place, text: None }));
            }
            // The label of `![alt][label]` follows as a bracket of its own.
            Some(b'[') if opened.image => {
                let rest = bytes.get(at + 2..).unwrap_or_default();
                let len = rest.iter().take(1000).position(|byte| *byte == b']').unwrap_or(0);
                let named = text.get(at + 2..at + 2 + len).filter(|named| !named.is_empty());
                images.push(named.unwrap_or_else(label));
            }
            _ if opened.image => {
                images.push(label());
            }
            _ => {}
        }
    }
    // Most texts have only one of the two.
    let images: HashSet<String> =
        if definitions.is_empty() { HashSet::new() } else { images.into_iter().map(key).collect() };
    found.extend(definitions.into_iter().map(|(label, mut reference)| {
        if !images.is_empty() && images.contains(&key(label)) {
            reference.form = Form::Image;
        }
        reference
    }));
    found
}

/// Labels are compared without case and with spaces collapsed; a long one by its beginning. No label has more than 999
/// characters.
fn key(label: &str) -> String {
    let label = prefix(label, 1000);
    reads(label.len());
    let words: Vec<_> = label.split_whitespace().take(40).map(str::to_lowercase).collect();
    words.join(" ").chars().take(200).collect()
}

fn begins_line(text: &str, at: usize) -> bool {
    let before = text.as_bytes().get(at.saturating_sub(12)..at).unwrap_or_default();
    let line =
        before.iter().rposition(|byte| *byte == b'\n').map_or(before, |end| before.get(end + 1..).unwrap_or(&[]));
    let whole_line = line.len() < before.len() || at <= 12;
    whole_line && line.iter().all(|byte| matches!(byte, b' ' | b'>' | b'\t'))
}

/// Where a destination stands: in angle brackets, or up to a space or the closing parenthesis. A destination with
/// spaces up to the parenthesis counts too: models write it, and lenient renderers take it.
fn destination(bytes: &[u8], from: usize, inline: bool) -> Range<usize> {
    let blank =
        |at: usize| bytes.get(at..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let start = from + blank(from);
    if bytes.get(start) == Some(&b'<') {
        let rest = bytes.get(start + 1..).unwrap_or_default();
        let len = rest.iter().position(|byte| matches!(byte, b'>' | b'\n')).unwrap_or(rest.len());
        reads(len);
        return start + 1..start + 1 + len;
    }
    let (mut depth, mut hole) = (0_usize, false);
    let mut end = start;
    while let Some(byte) = bytes.get(end) {
        match byte {
            b'\\' if bytes.get(end + 1).is_some_and(u8::is_ascii_punctuation) => end += 1,
            b'(' if inline => depth += 1,
            b')' if inline && depth == 0 => break,
            b')' if inline => depth -= 1,
            b'\n' => break,
            // A hole may hold spaces: `?q=[the summary]`.
            b'[' | b'{' => hole = true,
            b']' | b'}' => hole = false,
            b' ' | b'\t' if hole => {}
            b' ' | b'\t' if !inline || depth == 0 => {
                let next = bytes.get(end + blank(end));
                if !inline || matches!(next, None | Some(b'"' | b'\'' | b'(' | b')')) {
                    break;
                }
            }
            _ => {}
        }
        end += 1;
    }
    reads(end - from);
    start..end.min(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(Form, &str)> {
        references(text, &Code::of(text)).into_iter().map(|found| (found.form, &text[found.place])).collect()
    }

    #[test]
    fn every_form_of_link_and_image_is_read() {
        for (text, form, place) in [
            ("![a](https://h.example/x)", Form::Image, "https://h.example/x"),
            ("![a [b] c]( <https://h.example/a b> \"title\" )", Form::Image, "https://h.example/a b"),
            ("[a](https://h.example/x(1) 'title')", Form::Link, "https://h.example/x(1)"),
            ("[a](https://h.example/x\n\"title\")", Form::Link, "https://h.example/x"),
            ("![a](https://h.example/?q=two words)", Form::Image, "https://h.example/?q=two words"),
            ("![a][id] \n\n[ID]:\n   https://h.example/x 'title'", Form::Image, "https://h.example/x"),
            ("![id]\n\n[id]: <https://h.example/x>", Form::Image, "https://h.example/x"),
            ("[a][id]\n\n[id]: https://h.example/x", Form::Link, "https://h.example/x"),
            ("![a\\]b](https://h.example/x)", Form::Image, "https://h.example/x"),
        ] {
            assert_eq!(read(text), [(form, place)], "{text:?}");
        }
        let nested = "[![b](https://h.example/b)](https://h.example/l)";
        assert_eq!(read(nested), [(Form::Image, "https://h.example/b"), (Form::Link, "https://h.example/l")]);
        assert_eq!(read("`![a](b)` array[0](x"), [(Form::Link, "x")]);
        assert_eq!(read("see x[1]: https://h.example"), []);
        assert_eq!(read("[^1]: ![b](https://h.example/b)"), [(Form::Image, "https://h.example/b")]);
    }

    #[test]
    fn brackets_without_end_are_read_once() {
        for piece in ["[", "](", "![", "![a](", "[a]: ", "![a][", "[a](<"] {
            let text = piece.repeat(100_000);
            let covered: usize = references(&text, &Code::of("")).iter().map(|found| found.place.len()).sum();
            assert!(covered <= text.len(), "{piece}");
        }
    }
}
