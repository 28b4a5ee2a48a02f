//! What a document type declares: entities that read files or addresses, and entities that explode.

use std::collections::HashMap;

use super::{ENTITY_EXPANSION, EXTERNAL_DTD, EXTERNAL_ENTITY};
use crate::walk::Cx;
use redan_domain::{Fact, Severity};

/// Expanded size from which an entity is a bomb; the largest honest ones are a few characters.
const BOMB: u64 = 1 << 20;
const MAX_ENTITIES: usize = 10_000;

/// The entities of a document and what expanding them would cost.
#[derive(Default)]
pub(super) struct Entities {
    /// Name to value.
    internal: HashMap<Vec<u8>, Vec<u8>>,
    cost: HashMap<Vec<u8>, u64>,
    /// Characters that the references in the document itself expand to.
    body: u64,
    reported: bool,
}

/// Reads declarations, reports what leaves the document. `model` is whether the root is that of a model.
pub(super) fn read(text: &[u8], at: u64, model: bool, cx: &mut Cx<'_>) -> Entities {
    let mut entities = Entities::default();
    let subset = memchr::memchr(b'[', text);
    let head = text.get(..subset.unwrap_or(text.len())).unwrap_or_default();
    let mut words = Words(head);
    let _root = words.next();
    if let Some(system) = external(&mut words).filter(|_| model) {
        let known = ["http://www.dmg.org/", "https://www.dmg.org/", "http://dmg.org/", "https://dmg.org/"];
        if !known.iter().any(|host| system.starts_with(host)) {
            let message = format!("the document type is read from `{system}`");
            cx.fact(Fact::new(EXTERNAL_DTD, &system, message).at(at, text.len() as u64));
        }
    }
    let body = subset.and_then(|start| text.get(start + 1..)).unwrap_or_default();
    for offset in memchr::memmem::find_iter(body, b"<!ENTITY") {
        if entities.internal.len() >= MAX_ENTITIES || !cx.budget().nodes(1) {
            cx.over_budget("entities");
            break;
        }
        // White space has to follow; without it, a word is looked for up to the end, again and again.
        let declaration = body.get(offset + 8..).filter(|rest| rest.first().is_some_and(u8::is_ascii_whitespace));
        let Some(mut words) = declaration.map(Words) else { continue };
        let Some(mut name) = words.next() else { continue };
        if name == b"%" {
            name = words.next().unwrap_or_default();
        }
        let mut value = words.clone();
        if let Some(system) = external(&mut words) {
            let shown = String::from_utf8_lossy(name).into_owned();
            let message = format!("the entity `{shown}` is replaced by the content of `{system}`");
            let place = at + (subset.unwrap_or(0) + 1 + offset) as u64;
            let mut fact = Fact::new(EXTERNAL_ENTITY, &system, message).at(place, 8);
            fact.severity = is_part(&system).then_some(Severity::Low);
            cx.fact(fact);
        } else if let Some(value) = value.next() {
            entities.internal.entry(name.to_vec()).or_insert_with(|| value.to_vec());
        }
    }
    let names: Vec<Vec<u8>> = entities.internal.keys().cloned().collect();
    for name in names {
        if entities.cost(&name, 0) > BOMB {
            entities.report(&name, at, cx);
        }
    }
    entities
}

/// The address after `SYSTEM` or `PUBLIC id`.
fn external(words: &mut Words<'_>) -> Option<String> {
    let keyword = words.next()?;
    if keyword.eq_ignore_ascii_case(b"public") {
        words.next()?;
    } else if !keyword.eq_ignore_ascii_case(b"system") {
        return None;
    }
    words.next().map(|system| String::from_utf8_lossy(system).into_owned())
}

impl Entities {
    /// Characters that `&name;` expands to.
    fn cost(&mut self, name: &[u8], depth: u32) -> u64 {
        if let Some(cost) = self.cost.get(name) {
            return *cost;
        }
        // Deeper than any honest declaration, or a cycle.
        if depth > 64 {
            return u64::MAX;
        }
        let Some(value) = self.internal.get(name).cloned() else { return 0 };
        let mut total = value.len() as u64;
        for inner in references(&value) {
            total = total.saturating_add(self.cost(inner, depth + 1));
        }
        self.cost.insert(name.to_vec(), total);
        total
    }

    /// Counts the references in a piece of the document.
    pub(super) fn used(&mut self, text: &[u8], at: u64, cx: &mut Cx<'_>) {
        if self.internal.is_empty() || memchr::memchr(b'&', text).is_none() {
            return;
        }
        for name in references(text) {
            self.body = self.body.saturating_add(self.cost(name, 0));
        }
        if self.body > 8 * BOMB {
            self.report(b"document", at, cx);
        }
    }

    fn report(&mut self, name: &[u8], at: u64, cx: &mut Cx<'_>) {
        if !self.reported {
            self.reported = true;
            let name = String::from_utf8_lossy(name).into_owned();
            let message = format!("expanding the entities of `{name}` takes millions of characters or never ends");
            cx.fact(Fact::new(ENTITY_EXPANSION, "entities", message).at(at, 1));
        }
    }
}

/// Names in `&name;` and `%name;`, character references left out.
fn references(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    memchr::memchr2_iter(b'&', b'%', text).filter_map(|at| {
        let rest = text.get(at + 1..)?;
        let len = rest.iter().take(200).position(|byte| *byte == b';')?;
        rest.get(..len).filter(|name| !name.is_empty() && !name.starts_with(b"#"))
    })
}

/// Words and quoted strings of a declaration, up to its `>`.
#[derive(Clone)]
struct Words<'a>(&'a [u8]);

impl<'a> Iterator for Words<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        self.0 = self.0.trim_ascii_start();
        let first = *self.0.first()?;
        match first {
            b'>' => None,
            b'"' | b'\'' => {
                let rest = self.0.get(1..)?;
                let len = memchr::memchr(first, rest)?;
                self.0 = rest.get(len + 1..)?;
                rest.get(..len)
            }
            _ => {
                let len = self.0.iter().position(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'"' | b'\''));
                let (word, rest) = self.0.split_at(len.unwrap_or(self.0.len()));
                self.0 = rest;
                Some(word)
            }
        }
    }
}

/// Whether what is taken in is a part of the same document, by a path from there: `../common/entities.ent`.
fn is_part(system: &str) -> bool {
    let ending = system.rsplit_once('.').map_or("", |(_, ending)| ending);
    let beside = !system.contains(':') && !system.starts_with(['/', '\\', '~', '%']);
    beside && ["dtd", "ent", "inc", "mod", "xml", "xsl"].contains(&ending)
}
