//! YAML events to the tree that JSON has, with the tags on the side; aliases are counted, never expanded.

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};

use crate::budget::Budget;
use crate::json::{Json, Value};

/// Deepest nesting that is followed.
const MAX_DEPTH: usize = 200;
/// Nodes after expansion beyond which a document is a bomb.
const MAX_EXPANDED: u64 = 1_000_000;

/// What a text holds.
#[derive(Default)]
pub(super) struct Parsed {
    pub(super) documents: Vec<Json<'static>>,
    pub(super) tags: Vec<Tagged>,
    /// Number of nodes after expanding aliases, if absurd.
    pub(super) bomb: Option<u64>,
    pub(super) error: Option<String>,
}

/// One tag that is not of the core schema.
pub(super) struct Tagged {
    /// The whole tag, resolved: `tag:yaml.org,2002:python/name:os.system`, `!new:torch.nn.Linear`.
    pub(super) tag: String,
    /// Byte offset of what it is on.
    pub(super) start: usize,
    /// The scalar it is on, if it is one.
    pub(super) scalar: Option<String>,
}

/// A collection that is not closed yet.
struct Open {
    start: usize,
    anchor: usize,
    mapping: bool,
    items: Vec<Json<'static>>,
    /// Nodes below, with aliases expanded.
    expanded: u64,
}

/// Parses every document; keeps what came before an error.
pub(super) fn parse(text: &str, budget: &Budget) -> Parsed {
    let out = Parsed::default();
    let mut build = Build { text, out, open: Vec::new(), scalars: HashMap::new(), sizes: HashMap::new(), at: (0, 0) };
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let result = match event {
            Ok(_) if !budget.nodes(1) => Err("limit for nodes reached".to_string()),
            Ok((event, span)) => build.event(event, span).map_err(|()| "nested too deeply".to_string()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(error) = result {
            build.out.error = Some(error);
            break;
        }
    }
    while !build.open.is_empty() {
        build.close();
    }
    build.out
}

struct Build<'t> {
    text: &'t str,
    out: Parsed,
    open: Vec<Open>,
    scalars: HashMap<usize, String>,
    sizes: HashMap<usize, u64>,
    /// Character index reached so far and its byte offset; events come in order.
    at: (usize, usize),
}

impl Build<'_> {
    /// Byte offset of a character index.
    fn byte(&mut self, index: usize) -> usize {
        if index >= self.at.0 {
            let rest = self.text.get(self.at.1..).unwrap_or_default();
            let step = rest.char_indices().nth(index - self.at.0).map_or(rest.len(), |(at, _)| at);
            self.at = (index, self.at.1 + step);
        }
        self.at.1
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), ()> {
        let start = self.byte(span.start.index());
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                self.tag(tag, start, Some(&value));
                if anchor > 0 {
                    self.scalars.insert(anchor, crate::text::shown(&value, 2000));
                    self.sizes.insert(anchor, 1);
                }
                let end = self.byte(span.end.index()).max(start);
                self.put(Json { start, end, value: scalar(&value, style) }, 1);
            }
            Event::Alias(anchor) => {
                let value = self.scalars.get(&anchor).map_or(Value::Null, |text| Value::Text(Cow::Owned(text.clone())));
                let size = self.sizes.get(&anchor).copied().unwrap_or(1);
                self.put(Json { start, end: start, value }, size);
            }
            Event::SequenceStart(anchor, tag) => self.start(start, anchor, false, tag)?,
            Event::MappingStart(anchor, tag) => self.start(start, anchor, true, tag)?,
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            _ => {}
        }
        Ok(())
    }

    fn tag(&mut self, tag: Option<Cow<'_, Tag>>, start: usize, scalar: Option<&str>) {
        let Some(tag) = tag else { return };
        if tag.is_yaml_core_schema() && super::tags::is_core(&tag.suffix) {
            return;
        }
        if self.out.tags.len() < 10_000 {
            let scalar = scalar.map(|text| crate::text::shown(text, 300));
            self.out.tags.push(Tagged { tag: format!("{}{}", tag.handle, tag.suffix), start, scalar });
        }
    }

    fn start(&mut self, start: usize, anchor: usize, mapping: bool, tag: Option<Cow<'_, Tag>>) -> Result<(), ()> {
        self.tag(tag, start, None);
        if self.open.len() >= MAX_DEPTH {
            return Err(());
        }
        self.open.push(Open { start, anchor, mapping, items: Vec::new(), expanded: 1 });
        Ok(())
    }

    fn close(&mut self) {
        let Some(open) = self.open.pop() else { return };
        let end = self.at.1.max(open.start);
        if open.anchor > 0 {
            self.sizes.insert(open.anchor, open.expanded);
        }
        let value = if open.mapping { Value::Object(pairs(open.items)) } else { Value::Array(open.items) };
        self.put(Json { start: open.start, end, value }, open.expanded);
    }

    fn put(&mut self, node: Json<'static>, expanded: u64) {
        let Some(parent) = self.open.last_mut() else {
            self.out.documents.push(node);
            return;
        };
        parent.expanded = parent.expanded.saturating_add(expanded);
        // Ten times what stands there, and a lot: shared anchors of honest files stay far below.
        if parent.expanded > MAX_EXPANDED && parent.expanded > 10 * self.text.len() as u64 {
            self.out.bomb = Some(MAX_EXPANDED);
        }
        parent.items.push(node);
    }
}

fn pairs(items: Vec<Json<'static>>) -> Vec<(Cow<'static, str>, Json<'static>)> {
    let mut pairs = Vec::with_capacity(items.len() / 2);
    let mut items = items.into_iter();
    while let (Some(key), Some(value)) = (items.next(), items.next()) {
        let key = match key.value {
            Value::Text(text) => text,
            Value::Bool(value) => Cow::Owned(value.to_string()),
            _ => Cow::Borrowed(""),
        };
        pairs.push((key, value));
    }
    pairs
}

/// Plain `true` and `false` are booleans in every version of YAML; numbers stay text.
fn scalar(value: &str, style: ScalarStyle) -> Value<'static> {
    match (style, value) {
        (ScalarStyle::Plain, "true" | "True" | "TRUE" | "yes" | "on") => Value::Bool(true),
        (ScalarStyle::Plain, "false" | "False" | "FALSE" | "no" | "off") => Value::Bool(false),
        (ScalarStyle::Plain, "" | "~" | "null" | "Null" | "NULL") => Value::Null,
        _ => Value::Text(Cow::Owned(value.to_string())),
    }
}
