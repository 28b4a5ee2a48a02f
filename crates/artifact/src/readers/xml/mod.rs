//! XML documents: OpenVINO graphs, PMML models, and any other for what its document type does.

mod doctype;
mod openvino;
mod pmml;

use redan_domain::ReadAt;

use crate::head::Head;
use crate::readers::{Match, Reader};
use crate::walk::Cx;
use crate::xml::{Attributes, Event, Parser, local};
use redan_domain::{Fact, facts};

facts! {
    /// An entity that is replaced by the content of a file or an address.
    EXTERNAL_ENTITY = "xml-external-entity";
    /// The document type of a model is read from a file or an address.
    EXTERNAL_DTD = "xml-external-dtd";
    /// Entities that expand to millions of characters.
    ENTITY_EXPANSION = "xml-entity-expansion";
    /// Another document is included.
    INCLUDE = "xml-include";
    /// A style sheet that is to be applied, and could run code.
    STYLESHEET = "xml-stylesheet";
    /// A script inside a model.
    SCRIPT = "xml-script";
    /// A function of a model that names a class of the program that reads it.
    CLASS_FUNCTION = "pmml-class-function";
    /// A layer that no runtime ships.
    CUSTOM_LAYER = "openvino-custom-layer";
    /// A library that is to be loaded.
    LIBRARY = "openvino-library";
    /// Data that does not fit its shape, or lies outside every file.
    SIZE_MISMATCH = "openvino-size-mismatch";
    /// Not well-formed.
    INVALID = "xml-invalid";
}

pub(crate) struct Xml;

/// Documents up to this size are read whole where they are not mapped.
const MAX_UNMAPPED: u64 = 64 << 20;

/// What the root element says the document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    OpenVino,
    Pmml,
    Other,
}

/// The document as UTF-8, if it begins with the mark of UTF-16.
fn from_utf16(bytes: &[u8]) -> Option<Vec<u8>> {
    let (rest, little) = match bytes.get(..2)? {
        [0xff, 0xfe] => (bytes.get(2..)?, true),
        [0xfe, 0xff] => (bytes.get(2..)?, false),
        [b'<', 0] => (bytes, true),
        [0, b'<'] => (bytes, false),
        _ => return None,
    };
    let units = rest.chunks_exact(2).map(|pair| {
        let pair = pair.try_into().unwrap_or_default();
        if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) }
    });
    Some(char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect::<String>().into_bytes())
}

/// Name of the root element, as far as the head shows it.
fn root(head: &[u8]) -> Option<Kind> {
    for event in Parser::new(head).take(50) {
        if let Event::Start { name, .. } = event {
            return Some(match local(name) {
                b"net" | b"ie" => Kind::OpenVino,
                b"PMML" => Kind::Pmml,
                _ => Kind::Other,
            });
        }
    }
    None
}

impl Reader for Xml {
    fn format(&self) -> &'static str {
        "xml"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        let decoded = from_utf16(head.bytes);
        let bytes = decoded.as_deref().unwrap_or(head.bytes);
        let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
        let declared = start.starts_with(b"<?xml") && start.get(5).is_some_and(u8::is_ascii_whitespace);
        if start.first() != Some(&b'<') {
            return Match::No;
        }
        let doctype = start.get(..9).is_some_and(|start| start.eq_ignore_ascii_case(b"<!doctype"));
        let html = start
            .get(9..)
            .is_some_and(|rest| rest.trim_ascii_start().get(..4).is_some_and(|w| w.eq_ignore_ascii_case(b"html")));
        match root(start) {
            Some(Kind::OpenVino | Kind::Pmml) => Match::Yes,
            _ if declared || doctype && !html => Match::Yes,
            _ if matches!(head.extension().as_str(), "xml" | "pmml") => Match::Hint,
            _ => Match::No,
        }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let owned;
        let bytes = if let Some(bytes) = input.bytes() {
            bytes
        } else {
            owned = input.read_vec_at(0, input.size().min(MAX_UNMAPPED) as usize).unwrap_or_default();
            if (owned.len() as u64) < input.size() {
                cx.incomplete(format!("only the first {} bytes of the document were read", owned.len()));
            }
            &owned
        };
        let decoded = from_utf16(bytes.get(..bytes.len().min(MAX_UNMAPPED as usize)).unwrap_or_default());
        Document::new(decoded.as_deref().unwrap_or(bytes)).read(cx);
    }
}

struct Document<'a> {
    data: &'a [u8],
    kind: Kind,
    entities: doctype::Entities,
    /// Text inside `<script>` or `<Extension>` is being read: name of the element.
    watched: Option<&'a [u8]>,
    layer: openvino::Layer,
}

impl<'a> Document<'a> {
    fn new(data: &'a [u8]) -> Self {
        Self {
            data,
            kind: Kind::Other,
            entities: doctype::Entities::default(),
            watched: None,
            layer: openvino::Layer::default(),
        }
    }

    fn read(&mut self, cx: &mut Cx<'_>) {
        let limit = self.data.len().min(64 << 10);
        self.kind = root(self.data.get(..limit).unwrap_or_default()).unwrap_or(Kind::Other);
        match self.kind {
            Kind::OpenVino => cx.artifact.format = "openvino",
            Kind::Pmml => cx.artifact.format = "pmml",
            Kind::Other => {}
        }
        let mut parser = Parser::new(self.data);
        let mut depth = 0u64;
        let mut rooted = false;
        loop {
            let at = parser.position() as u64;
            let Some(event) = parser.next() else { break };
            if !cx.budget().nodes(1) {
                return cx.over_budget("elements");
            }
            match event {
                Event::Doctype(text) => self.entities = doctype::read(text, at, self.kind != Kind::Other, cx),
                Event::Instruction { target: b"xml-stylesheet", data } => stylesheet(data, at, cx),
                Event::Instruction { .. } => {}
                Event::Start { name, attributes, empty } => {
                    rooted = true;
                    depth += u64::from(!empty);
                    self.element(name, attributes, at, cx);
                    if !empty {
                        let name = local(name);
                        self.watched =
                            matches!(name, b"Extension" | b"script" | b"Script").then_some(name).or(self.watched);
                    }
                }
                Event::End(name) => {
                    depth = depth.saturating_sub(1);
                    if self.watched == Some(local(name)) {
                        self.watched = None;
                    }
                }
                Event::Text(text) | Event::CData(text) => {
                    self.entities.used(text, at, cx);
                    if let Some(name) = self.watched {
                        pmml::text(name, text, at, cx);
                    }
                }
            }
        }
        if let Some(problem) =
            parser.problem().or((depth > 0 && rooted).then_some("the document ends inside an element"))
        {
            let message = format!("not well-formed: {problem}");
            if self.kind != Kind::Other {
                cx.fact(Fact::new(INVALID, problem, &message).at(parser.position() as u64, 1));
            }
            cx.incomplete(message);
        }
    }

    fn element(&mut self, name: &[u8], attributes: Attributes<'_>, at: u64, cx: &mut Cx<'_>) {
        self.entities.used(attributes.0, at, cx);
        if local(name) == b"include"
            && (name.starts_with(b"xi:") || memchr::memmem::find(attributes.0, b"XInclude").is_some())
        {
            let href = attributes.get("href").unwrap_or_default();
            cx.fact(Fact::new(INCLUDE, &href, format!("the document includes `{href}`")).at(at, name.len() as u64 + 1));
        }
        match self.kind {
            Kind::OpenVino => self.layer.element(local(name), attributes, at, cx),
            Kind::Pmml => pmml::element(local(name), attributes, at, cx),
            Kind::Other => {}
        }
    }
}

fn stylesheet(data: &[u8], at: u64, cx: &mut Cx<'_>) {
    let data = String::from_utf8_lossy(data);
    let href = Attributes(data.as_bytes()).get("href").unwrap_or_default();
    if data.contains("xsl") {
        let message = format!("the style sheet `{href}` is to be applied to the document; it can run code");
        cx.fact(Fact::new(STYLESHEET, &href, message).at(at, 2));
    }
}

#[cfg(test)]
mod tests;
