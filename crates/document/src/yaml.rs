//! YAML, document by document, on the events of a parser that knows where it is.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Parser, ScalarStyle, Span as Place, Tag};

use crate::comments;
use crate::limits::{Limits, TOO_DEEP, TOO_LONG, TOO_MANY};
use crate::node::{Document, Node, Pair, Problem, Span, Value};

/// Reads every document of a YAML text. Aliases are resolved, merge keys applied, tags kept.
pub fn yaml(text: &str) -> Vec<Document> {
    yaml_within(text, &Limits::default())
}

/// Reads YAML within limits. The comments of all documents are with the first one that they follow or precede.
pub fn yaml_within(text: &str, limits: &Limits) -> Vec<Document> {
    let (read, whole) = limits.cut(text);
    let start = if read.starts_with('\u{feff}') { 3 } else { 0 };
    let mut build = Build::new(read, start, limits);
    let mut base = start;
    while let Some((at, message)) = build.read(base) {
        build.fail(at, &message);
        // A document that cannot be read does not hide the next.
        let next = read.get(at..).and_then(|rest| memchr::memmem::find(rest.as_bytes(), b"\n---"));
        match next.map(|step| at + step + 1) {
            Some(next) if next > base && !build.spent => base = next,
            _ => break,
        }
    }
    build.finish(whole)
}

/// A collection that is not closed yet.
struct Open {
    start: usize,
    anchor: usize,
    tag: Option<String>,
    mapping: bool,
    items: Vec<Node>,
    /// Deepest level below.
    height: usize,
}

/// What an anchor stands for.
struct Anchored {
    node: Node,
    nodes: usize,
    height: usize,
}

struct Build<'t> {
    text: &'t str,
    limits: &'t Limits,
    documents: Vec<Document>,
    current: Option<Document>,
    open: Vec<Open>,
    anchors: HashMap<usize, Anchored>,
    scalars: Vec<Span>,
    nodes: usize,
    /// No more values are read.
    spent: bool,
    /// Collections are being closed after an error: nothing is added.
    failing: bool,
    /// Character index since the start of the parser, and the byte that was reached.
    at: (usize, usize),
}

impl<'t> Build<'t> {
    fn new(text: &'t str, base: usize, limits: &'t Limits) -> Self {
        Self {
            text,
            limits,
            documents: Vec::new(),
            current: None,
            open: Vec::new(),
            anchors: HashMap::new(),
            scalars: Vec::new(),
            nodes: 0,
            spent: false,
            failing: false,
            at: (0, base),
        }
    }

    /// Reads from `base` to the end; where and why it stopped, if it did.
    fn read(&mut self, base: usize) -> Option<(usize, String)> {
        self.at = (0, base);
        self.anchors.clear();
        let mut parser = Parser::new_from_str(self.text.get(base..).unwrap_or_default());
        while let Some(event) = parser.next_event() {
            match event {
                Ok((event, place)) => {
                    let start = self.byte(place.start.index());
                    if let Err(message) = self.event(event, start, place) {
                        return Some((start, message.to_string()));
                    }
                }
                Err(error) => return Some((self.byte(error.marker().index()), error.info().to_string())),
            }
        }
        None
    }

    /// Byte of a character index; events come in order.
    fn byte(&mut self, index: usize) -> usize {
        if index < self.at.0 {
            // The end of a collection may be told a little late.
            let before = self.text.get(..self.at.1).unwrap_or_default();
            let back = before.char_indices().rev().nth(self.at.0 - index - 1).map_or(0, |(at, _)| at);
            self.at = (index, back);
            return back;
        }
        let rest = self.text.get(self.at.1..).unwrap_or_default();
        let step = rest.char_indices().nth(index - self.at.0).map_or(rest.len(), |(at, _)| at);
        self.at = (index, self.at.1 + step);
        self.at.1
    }

    fn event(&mut self, event: Event<'_>, start: usize, place: Place) -> Result<(), &'static str> {
        match event {
            Event::DocumentStart(_) => self.current = Some(Document::default()),
            Event::DocumentEnd => self.end_document(),
            Event::Scalar(value, style, anchor, tag) => {
                self.count(1)?;
                let mut span = Span { start, end: self.byte(place.end.index()).max(start) };
                if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
                    span.start = self.header(start);
                }
                self.scalars.push(span);
                let core = tag.as_deref().filter(|tag| tag.is_yaml_core_schema()).map(|tag| tag.suffix.clone());
                let value = match core.as_deref() {
                    Some("str") => Value::Text(value.into_owned()),
                    _ => scalar(&value, style),
                };
                let node = tagged(own_tag(tag), Node { value, span });
                self.keep(anchor, &node, 1, 0)?;
                self.put(node, 0);
            }
            Event::Alias(anchor) => self.alias(anchor, start)?,
            Event::SequenceStart(anchor, tag) => self.start(start, anchor, tag, false)?,
            Event::MappingStart(anchor, tag) => self.start(start, anchor, tag, true)?,
            Event::SequenceEnd | Event::MappingEnd => self.close(start)?,
            _ => {}
        }
        Ok(())
    }

    /// Where the `|` or `>` of a block scalar stands, if that is before its text.
    fn header(&self, start: usize) -> usize {
        let line = self.text.get(..start).unwrap_or_default();
        let same = self.text.as_bytes().get(start).is_some_and(|byte| matches!(byte, b'|' | b'>'));
        if same { start } else { line.trim_end().len().min(start) }
    }

    fn count(&mut self, nodes: usize) -> Result<(), &'static str> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > self.limits.nodes && !self.failing {
            self.spent = true;
            return Err(TOO_MANY);
        }
        Ok(())
    }

    fn alias(&mut self, anchor: usize, start: usize) -> Result<(), &'static str> {
        let Some((nodes, height)) = self.anchors.get(&anchor).map(|known| (known.nodes, known.height)) else {
            // It stands inside of what it names, or names nothing.
            self.problem(start, "an alias that stands for nothing");
            self.count(1)?;
            self.put(Node { value: Value::Null, span: Span { start, end: start } }, 0);
            return Ok(());
        };
        self.count(nodes)?;
        if self.open.len() + height > self.limits.depth {
            return Err(TOO_DEEP);
        }
        if let Some(node) = self.anchors.get(&anchor).map(|known| known.node.clone()) {
            self.put(node, height);
        }
        Ok(())
    }

    /// Remembers what an anchor stands for; the copy counts like everything else.
    fn keep(&mut self, anchor: usize, node: &Node, nodes: usize, height: usize) -> Result<(), &'static str> {
        if anchor > 0 {
            self.count(nodes)?;
            self.anchors.insert(anchor, Anchored { node: node.clone(), nodes, height });
        }
        Ok(())
    }

    fn start(
        &mut self,
        start: usize,
        anchor: usize,
        tag: Option<Cow<'_, Tag>>,
        mapping: bool,
    ) -> Result<(), &'static str> {
        self.count(1)?;
        if self.open.len() >= self.limits.depth {
            return Err(TOO_DEEP);
        }
        self.open.push(Open { start, anchor, tag: own_tag(tag), mapping, items: Vec::new(), height: 0 });
        Ok(())
    }

    fn close(&mut self, at: usize) -> Result<(), &'static str> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let flow = matches!(self.text.as_bytes().get(at), Some(b']' | b'}'));
        let last = open.items.last().map_or(open.start, |item| item.span.end);
        // An alias keeps the place of its anchor, which may lie before.
        let end = if flow { at + 1 } else { last.max(open.start) };
        let span = Span { start: open.start, end };
        let (value, merged) = if open.mapping { pairs(open.items) } else { (Value::List(open.items), 0) };
        let node = tagged(open.tag, Node { value, span });
        let height = open.height + 1;
        self.count(merged)?;
        if open.anchor > 0 {
            let nodes = size(&node);
            self.keep(open.anchor, &node, nodes, height)?;
        }
        self.put(node, height);
        Ok(())
    }

    fn put(&mut self, node: Node, height: usize) {
        match self.open.last_mut() {
            Some(parent) => {
                parent.height = parent.height.max(height);
                parent.items.push(node);
            }
            None => self.current.get_or_insert_default().root = node,
        }
    }

    fn problem(&mut self, at: usize, message: &str) {
        let problems = &mut self.current.get_or_insert_default().problems;
        if problems.len() < 100 {
            problems.push(Problem { at, message: message.to_string() });
        }
    }

    /// Ends the document where it cannot be read on.
    fn fail(&mut self, at: usize, message: &str) {
        self.problem(at, message);
        self.failing = true;
        while !self.open.is_empty() {
            // The pair of a key without a value.
            if let Some(open) = self.open.last_mut().filter(|open| open.mapping && open.items.len() % 2 == 1) {
                open.items.push(Node { value: Value::Null, span: Span { start: at, end: at } });
            }
            if let Some(open) = self.open.last_mut() {
                open.anchor = 0;
            }
            let _ = self.close(at);
        }
        self.failing = false;
        self.end_document();
    }

    fn end_document(&mut self) {
        self.documents.extend(self.current.take());
    }

    fn finish(mut self, whole: bool) -> Vec<Document> {
        self.end_document();
        if !whole {
            let at = self.text.len();
            if self.documents.is_empty() {
                self.documents.push(Document::default());
            }
            if let Some(last) = self.documents.last_mut() {
                last.problems.push(Problem { at, message: TOO_LONG.to_string() });
            }
        }
        let comments = comments::find(self.text, self.scalars);
        share(&mut self.documents, comments);
        self.documents
    }
}

/// Gives each comment to the last document that starts before it, or the first.
fn share(documents: &mut [Document], comments: Vec<Span>) {
    let starts: Vec<usize> = documents.iter().map(|document| document.root.span.start).collect();
    let mut at = 0;
    for comment in comments {
        while starts.get(at + 1).is_some_and(|start| *start > 0 && *start <= comment.start) {
            at += 1;
        }
        if let Some(document) = documents.get_mut(at) {
            document.comments.push(comment);
        }
    }
}

/// The tag, unless it only says what the core schema says.
fn own_tag(tag: Option<Cow<'_, Tag>>) -> Option<String> {
    let tag = tag?;
    let core = ["str", "int", "float", "bool", "null", "seq", "map", "binary", "timestamp", "merge", "set", "omap"];
    if (tag.is_yaml_core_schema() && core.contains(&tag.suffix.as_str()))
        || (tag.handle == "!" && tag.suffix.is_empty())
    {
        return None;
    }
    Some(format!("{}{}", tag.handle, tag.suffix))
}

fn tagged(tag: Option<String>, node: Node) -> Node {
    match tag {
        Some(tag) => Node { span: node.span, value: Value::Tagged(tag, Box::new(node)) },
        None => node,
    }
}

/// Keys and values by turns to pairs, and how many values were merged in.
fn pairs(items: Vec<Node>) -> (Value, usize) {
    let mut pairs = Vec::with_capacity(items.len() / 2);
    let mut merged: Vec<Pair> = Vec::new();
    let mut items = items.into_iter();
    while let Some(key) = items.next() {
        let value = items.next().unwrap_or_default();
        let key_span = key.span;
        let name = match key.value {
            Value::Text(text) | Value::Number(text) => text,
            Value::Bool(value) => value.to_string(),
            Value::Null => "null".to_string(),
            _ => String::new(),
        };
        match (name.as_str(), value.untagged().as_map(), value.as_list()) {
            ("<<", Some(more), _) => merged.extend(more.iter().cloned()),
            ("<<", _, Some(maps)) => merged.extend(maps.iter().filter_map(Node::as_map).flatten().cloned()),
            _ => pairs.push(Pair { key: name, key_span, value }),
        }
    }
    if merged.is_empty() {
        return (Value::Map(pairs), 0);
    }
    // What stands here wins over what is merged, and what is merged first over what comes later.
    let mut own: HashSet<String> = pairs.iter().map(|pair| pair.key.clone()).collect();
    merged.retain(|pair| own.insert(pair.key.clone()));
    let count = merged.iter().map(|pair| size(&pair.value)).sum();
    merged.append(&mut pairs);
    (Value::Map(merged), count)
}

fn size(node: &Node) -> usize {
    let mut count = 0;
    node.walk(&mut |_, _| {
        count += 1;
        true
    });
    count
}

/// Scalars of the core schema of YAML 1.2. `yes`, `no`, `on` and `off` stay text.
fn scalar(value: &str, style: ScalarStyle) -> Value {
    match (style, value) {
        (ScalarStyle::Plain, "true" | "True" | "TRUE") => Value::Bool(true),
        (ScalarStyle::Plain, "false" | "False" | "FALSE") => Value::Bool(false),
        (ScalarStyle::Plain, "" | "~" | "null" | "Null" | "NULL") => Value::Null,
        (ScalarStyle::Plain, number) if is_number(number) => Value::Number(number.to_string()),
        _ => Value::Text(value.to_string()),
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if let Some(hex) = digits.strip_prefix("0x") {
        return !hex.is_empty() && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    }
    if let Some(octal) = digits.strip_prefix("0o") {
        return !octal.is_empty() && octal.bytes().all(|byte| (b'0'..=b'7').contains(&byte));
    }
    matches!(digits, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN")
        || (digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'))
            && digits.parse::<f64>().is_ok())
}

#[cfg(test)]
mod tests;
