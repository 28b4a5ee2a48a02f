//! XML as a stream of events over bytes. Nothing is expanded and nothing is fetched: a document type is seen,
//! not obeyed.

/// One event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event<'a> {
    /// `<name …>`; `empty` for `<name …/>`.
    Start {
        name: &'a [u8],
        attributes: Attributes<'a>,
        empty: bool,
    },
    End(&'a [u8]),
    /// Character data, entities not resolved.
    Text(&'a [u8]),
    CData(&'a [u8]),
    /// `<?target data?>`, the XML declaration included.
    Instruction {
        target: &'a [u8],
        data: &'a [u8],
    },
    /// What stands between `<!DOCTYPE` and `>`.
    Doctype(&'a [u8]),
}

/// The attributes of a start tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Attributes<'a>(pub(crate) &'a [u8]);

/// Reads events front to back.
pub(crate) struct Parser<'a> {
    data: &'a [u8],
    at: usize,
    problem: Option<&'static str>,
}

/// The part of a name after the colon.
pub(crate) fn local(name: &[u8]) -> &[u8] {
    memchr::memrchr(b':', name).and_then(|at| name.get(at + 1..)).unwrap_or(name)
}

impl<'a> Parser<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Self {
        let data = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
        Self { data, at: 0, problem: None }
    }

    /// Why parsing stopped before the end.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        self.problem
    }

    /// Offset of the next event.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    fn rest(&self) -> &'a [u8] {
        self.data.get(self.at..).unwrap_or_default()
    }

    /// What stands before the next `end`, consuming both.
    fn until(&mut self, end: &[u8], problem: &'static str) -> Option<&'a [u8]> {
        match memchr::memmem::find(self.rest(), end) {
            Some(len) => {
                let found = self.rest().get(..len);
                self.at += len + end.len();
                found
            }
            None => self.fail(problem),
        }
    }

    fn fail<T>(&mut self, problem: &'static str) -> Option<T> {
        self.problem = Some(problem);
        None
    }

    fn event(&mut self) -> Option<Event<'a>> {
        loop {
            let rest = self.rest();
            if rest.first() != Some(&b'<') {
                let len = memchr::memchr(b'<', rest).unwrap_or(rest.len());
                self.at += len;
                return rest.get(..len).filter(|text| !text.is_empty()).map(Event::Text);
            }
            if rest.starts_with(b"<!--") {
                self.at += 4;
                self.until(b"-->", "a comment has no end")?;
                continue;
            }
            if rest.starts_with(b"<![CDATA[") {
                self.at += 9;
                return self.until(b"]]>", "a CDATA section has no end").map(Event::CData);
            }
            if rest.starts_with(b"<?") {
                self.at += 2;
                let text = self.until(b"?>", "a processing instruction has no end")?;
                let split = text.iter().position(u8::is_ascii_whitespace).unwrap_or(text.len());
                let (target, data) = text.split_at(split);
                return Some(Event::Instruction { target, data });
            }
            if rest.get(..9).is_some_and(|start| start.eq_ignore_ascii_case(b"<!doctype")) {
                self.at += 9;
                return self.doctype();
            }
            if rest.starts_with(b"</") {
                self.at += 2;
                return self.until(b">", "an end tag has no end").map(|name| Event::End(name.trim_ascii()));
            }
            self.at += 1;
            return self.start();
        }
    }

    fn start(&mut self) -> Option<Event<'a>> {
        let rest = self.rest();
        let mut at = 0;
        loop {
            let Some(step) = memchr::memchr3(b'>', b'"', b'\'', rest.get(at..).unwrap_or_default()) else {
                return self.fail("a tag has no end");
            };
            at += step;
            match rest.get(at) {
                Some(b'>') => break,
                Some(quote) => match memchr::memchr(*quote, rest.get(at + 1..).unwrap_or_default()) {
                    Some(len) => at += len + 2,
                    None => return self.fail("an attribute has no end"),
                },
                None => return self.fail("a tag has no end"),
            }
        }
        self.at += at + 1;
        let tag = rest.get(..at).unwrap_or_default();
        let (tag, empty) = tag.strip_suffix(b"/").map_or((tag, false), |tag| (tag, true));
        let split = tag.iter().position(u8::is_ascii_whitespace).unwrap_or(tag.len());
        let (name, attributes) = tag.split_at(split);
        if !name.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_' || *b >= 0x80) {
            return self.fail("a tag has no name");
        }
        Some(Event::Start { name, attributes: Attributes(attributes), empty })
    }

    /// To the `>` that is outside quotes, comments and the internal subset.
    fn doctype(&mut self) -> Option<Event<'a>> {
        let rest = self.rest();
        let (mut at, mut inside) = (0, false);
        loop {
            let tail = rest.get(at..).unwrap_or_default();
            match tail.first() {
                None => return self.fail("the document type has no end"),
                Some(b'<') if tail.starts_with(b"<!--") => match memchr::memmem::find(tail, b"-->") {
                    Some(len) => at += len + 3,
                    None => return self.fail("a comment has no end"),
                },
                Some(b'[') => (inside, at) = (true, at + 1),
                Some(b']') => (inside, at) = (false, at + 1),
                Some(b'>') if !inside => break,
                Some(quote @ (b'"' | b'\'')) => match memchr::memchr(*quote, tail.get(1..).unwrap_or_default()) {
                    Some(len) => at += len + 2,
                    None => return self.fail("the document type has no end"),
                },
                Some(_) => at += 1,
            }
        }
        self.at += at + 1;
        rest.get(..at).map(Event::Doctype)
    }
}

impl<'a> Iterator for Parser<'a> {
    type Item = Event<'a>;

    fn next(&mut self) -> Option<Event<'a>> {
        if self.problem.is_some() || self.at >= self.data.len() { None } else { self.event() }
    }
}

impl<'a> Attributes<'a> {
    /// Value of the attribute with this name, prefix included.
    pub(crate) fn get(self, name: &str) -> Option<String> {
        self.iter().find(|(key, _)| *key == name.as_bytes()).map(|(_, value)| unescape(value))
    }

    /// Names and raw values in order; stops at what is not an attribute.
    pub(crate) fn iter(self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let equals = memchr::memchr(b'=', rest)?;
            let name = rest.get(..equals)?.trim_ascii();
            let after = rest.get(equals + 1..)?.trim_ascii_start();
            let quote = *after.first().filter(|byte| matches!(byte, b'"' | b'\''))?;
            let len = memchr::memchr(quote, after.get(1..)?)?;
            let value = after.get(1..=len)?;
            rest = after.get(len + 2..)?;
            Some((name, value))
        })
    }
}

/// Text with the five predefined entities and character references resolved; others stay as they are.
pub(crate) fn unescape(raw: &[u8]) -> String {
    let text = String::from_utf8_lossy(raw);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let known = after.split_once(';').filter(|(name, _)| name.len() <= 10);
        if let Some((c, tail)) = known.and_then(|(name, tail)| character(name).map(|c| (c, tail))) {
            out.push(c);
            rest = tail;
        } else {
            out.push('&');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &[u8] = b"<?xml version='1.0'?><!DOCTYPE a [<!-- ] > --><!ENTITY x \"]>\">]>\
        <a p:q=\"1 &lt; 2 > &#x41;\" r='\"'>t&amp;x<!-- <b> --><![CDATA[<c>]]><p:d/></a>";

    #[test]
    fn gives_every_event() {
        let mut parser = Parser::new(SAMPLE);
        let events: Vec<Event<'_>> = parser.by_ref().collect();
        assert_eq!(parser.problem(), None);
        assert_eq!(events.len(), 7);
        assert_eq!(events[1], Event::Doctype(b" a [<!-- ] > --><!ENTITY x \"]>\">]"));
        let Event::Start { name: b"a", attributes, empty: false } = events[2] else { panic!("{events:?}") };
        assert_eq!(attributes.get("p:q").as_deref(), Some("1 < 2 > A"));
        assert_eq!(attributes.get("r").as_deref(), Some("\""));
        assert_eq!((events[3], events[4]), (Event::Text(b"t&amp;x"), Event::CData(b"<c>")));
        assert!(matches!(events[5], Event::Start { name: b"p:d", empty: true, .. }));
        assert_eq!((events[6], local(b"p:d")), (Event::End(b"a"), &b"d"[..]));
    }

    #[test]
    fn a_cut_document_ends_without_panic() {
        for end in 0..SAMPLE.len() {
            let mut parser = Parser::new(&SAMPLE[..end]);
            for event in parser.by_ref() {
                if let Event::Start { attributes, .. } = event {
                    attributes.iter().for_each(drop);
                }
            }
        }
        let mut parser = Parser::new(b"<a b='");
        assert_eq!((parser.next(), parser.problem()), (None, Some("an attribute has no end")));
    }
}
