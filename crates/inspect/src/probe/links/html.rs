//! HTML tags as they stand in a text: name and attributes, each byte read once.

use std::ops::Range;

use super::code::Code;
use crate::probe::hostile::reads;

/// An opening tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    /// Lower case.
    pub(crate) name: String,
    /// From `<` to behind `>`, or to where the tag breaks off.
    pub(crate) span: Range<usize>,
    /// In order.
    pub(crate) attributes: Vec<Attribute>,
}

/// `name="value"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attribute {
    /// Lower case.
    pub(crate) name: String,
    /// Without quotes; empty if there is none.
    pub(crate) value: Range<usize>,
}

impl Tag {
    /// The value of an attribute.
    pub(crate) fn value<'a>(&self, name: &str, text: &'a str) -> Option<&'a str> {
        let found = self.attributes.iter().find(|attribute| attribute.name == name)?;
        text.get(found.value.clone())
    }
}

/// Tags that mean something without attributes.
const ALONE: &[&str] = &["form", "script", "style"];

/// Every opening tag that is rendered, by start: not in code, not the text of a string literal.
pub(crate) fn tags(text: &str, code: &Code<'_>) -> Vec<Tag> {
    let bytes = text.as_bytes();
    let mut tags = Vec::new();
    let mut end = 0;
    for at in memchr::memchr_iter(b'<', bytes) {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        if at < end
            || !bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic)
            || (before.is_some_and(|byte| matches!(byte, b'"' | b'\'' | b'`' | b'\\')) && !code.draws(at))
        {
            continue;
        }
        // Most that looks like a tag is a type in angle brackets.
        let mut reader = Reader { bytes, at: at + 1 };
        let name = reader.name();
        let name = text.get(name).unwrap_or_default();
        if reader.peek() == Some(b'>') && !ALONE.iter().any(|alone| name.eq_ignore_ascii_case(alone)) {
            continue;
        }
        if code.covers(at) {
            continue;
        }
        let tag = Reader { bytes, at: at + 1 }.tag(text, at);
        end = tag.span.end;
        tags.push(tag);
    }
    tags
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip(&mut self, skipped: impl Fn(u8) -> bool) -> Range<usize> {
        let from = self.at;
        let rest = self.bytes.get(from..).unwrap_or_default();
        self.at += rest.iter().position(|byte| !skipped(*byte)).unwrap_or(rest.len());
        reads(self.at - from);
        from..self.at
    }

    fn name(&mut self) -> Range<usize> {
        self.skip(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b':'))
    }

    fn tag(&mut self, text: &str, start: usize) -> Tag {
        let lower = |range: Range<usize>| text.get(range).unwrap_or_default().to_ascii_lowercase();
        let name = lower(self.name());
        let mut attributes = Vec::new();
        loop {
            // Browsers take a slash between attributes for a space.
            self.skip(|byte| byte.is_ascii_whitespace() || byte == b'/');
            match self.peek() {
                Some(b'>') => {
                    self.at += 1;
                    break;
                }
                // A tag that was never closed hides the next one only in lenient readers.
                None | Some(b'<') => break,
                _ => {}
            }
            let from = self.at;
            let name = self.skip(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'/' | b'>' | b'=' | b'<'));
            if name.is_empty() {
                self.at = from + 1;
                continue;
            }
            self.skip(|byte| byte.is_ascii_whitespace());
            let value = if self.peek() == Some(b'=') { self.value() } else { self.at..self.at };
            attributes.push(Attribute { name: lower(name), value });
        }
        Tag { name, span: start..self.at, attributes }
    }

    fn value(&mut self) -> Range<usize> {
        self.at += 1;
        self.skip(|byte| byte.is_ascii_whitespace());
        if let Some(quote @ (b'"' | b'\'')) = self.peek() {
            let from = self.at + 1;
            let rest = self.bytes.get(from..).unwrap_or_default();
            // Without a closing quote here there is none further on either, so this is looked for in vain once.
            if let Some(len) = memchr::memchr(quote, rest) {
                reads(len);
                self.at = from + len + 1;
                return from..from + len;
            }
        }
        self.skip(|byte| !byte.is_ascii_whitespace() && byte != b'>' && byte != b'<')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, Vec<(String, String)>)> {
        let pair = |attribute: &Attribute| (attribute.name.clone(), text[attribute.value.clone()].to_string());
        tags(text, &Code::of(text))
            .iter()
            .map(|tag| (tag.name.clone(), tag.attributes.iter().map(pair).collect()))
            .collect()
    }

    #[test]
    fn tags_are_read_as_browsers_read_them() {
        let one = |name: &str, attributes: &[(&str, &str)]| {
            let own = attributes.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())).collect();
            vec![(name.to_string(), own)]
        };
        assert_eq!(read("<IMG\nSRC = 'a b' alt=x>"), one("img", &[("src", "a b"), ("alt", "x")]));
        assert_eq!(read("<svg/onload=go()>"), one("svg", &[("onload", "go()")]));
        assert_eq!(read("<a href=https://a.example/?q=1>x</a>"), one("a", &[("href", "https://a.example/?q=1")]));
        assert_eq!(read("<img src=\"x"), one("img", &[("src", "\"x")]));
        assert_eq!(read("a < b, \"<img src=x>\", `<img src=x>`, 1 <2"), []);
        assert_eq!(read("<p <img src=x>").len(), 2);
    }

    #[test]
    fn unclosed_tags_cost_no_more_than_closed_ones() {
        for piece in ["<img", "<img ", "<img src=\"", "<img src='x \"", "<a b="] {
            let text = piece.repeat(100_000);
            let covered: usize = tags(&text, &Code::of("")).iter().map(|tag| tag.span.len()).sum();
            assert!(covered <= text.len());
        }
    }
}
