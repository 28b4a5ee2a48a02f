//! ONNX: a graph of operators. What runs is decided by operator domains; what is read, by external data.

mod ops;
mod tensor;

pub(crate) use self::tensor::leaves_folder;

use std::collections::{BTreeMap, HashSet};

use redan_domain::ReadAt;

use crate::head::Head;
use crate::protobuf::{Part, Place, Stream, looks_like_message};
use crate::readers::{Match, Reader};
use crate::walk::Cx;
use redan_domain::{Fact, facts};

use self::ops::Needs;

facts! {
    /// An operator of a domain that no runtime ships: a native library must be loaded to run the model.
    CUSTOM_DOMAIN = "onnx-custom-domain";
    /// An operator of a published extension library.
    EXTENSION_DOMAIN = "onnx-extension-domain";
    /// An operator that calls a Python function.
    PYTHON_OP = "onnx-python-operator";
    /// An operator of a standard domain whose name the standard does not have.
    UNKNOWN_OP = "onnx-unknown-operator";
    /// Tensor data outside the folder of the model.
    EXTERNAL_PATH = "onnx-external-path";
    /// A shape that does not fit the data.
    SIZE_MISMATCH = "onnx-size-mismatch";
    /// Not what the format prescribes.
    INVALID = "onnx-invalid";
}

/// Graphs within graphs; real models stay below ten.
const MAX_DEPTH: u32 = 64;
/// Top-level fields that a probe looks at.
const PROBE_FIELDS: usize = 2000;

pub(crate) struct Onnx;

fn model_field(number: u32, is_number: bool) -> bool {
    match number {
        1 | 5 => is_number,
        2 | 3 | 4 | 6 | 7 | 8 | 14 | 20 | 25 | 26 => !is_number,
        _ => false,
    }
}

fn graph_field(number: u32, wire: u8) -> bool {
    matches!((number, wire), (1 | 2 | 5 | 10..=16, 2))
}

impl Reader for Onnx {
    fn format(&self) -> &'static str {
        "onnx"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        let mut stream = Stream::new(head.input(), 0, head.size);
        let (mut graph, mut opset, mut version) = (false, false, false);
        for field in stream.by_ref().take(PROBE_FIELDS) {
            if !model_field(field.number, field.number_value().is_some()) {
                return Match::No;
            }
            match (field.number, field.place) {
                (1, Place::Number(number)) => version = (1..1000).contains(&number),
                (7, Place::Bytes { start, len }) => {
                    let prefix = head.input().read_vec_at(start, len.min(4096) as usize).unwrap_or_default();
                    if looks_like_message(&prefix, len, graph_field).is_none() && len > 0 {
                        return Match::No;
                    }
                    graph = len > 0;
                }
                (8, _) => opset = true,
                _ => {}
            }
        }
        match (graph, version || opset, stream.broken()) {
            (true, true, _) => Match::Yes,
            (_, true, true) | (true, _, false) if head.extension() == "onnx" => Match::Hint,
            _ => Match::No,
        }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let mut model = Model::default();
        let whole = Part { start: 0, len: input.size() };
        // Functions and operator sets may follow the graph, but decide how it is to be read.
        for field in whole.fields(input) {
            let Place::Bytes { start, len } = field.place else { continue };
            match field.number {
                8 => model.opset(Part { start, len }, input),
                25 => model.declare(Part { start, len }, input),
                _ => {}
            }
        }
        let mut fields = whole.fields(input);
        for field in fields.by_ref() {
            model.top_level(field.number, field.place, input, cx);
        }
        if fields.broken() {
            let message = format!("the file is cut or damaged at byte {}", fields.position());
            cx.fact(Fact::new(INVALID, "model", &message).at(fields.position(), 1));
            cx.incomplete(message);
        }
        model.report(cx);
    }
}

/// An operator that needs judging: domain and name.
type Operator = (String, String);

#[derive(Default)]
struct Model {
    /// Functions the model defines itself.
    functions: HashSet<Operator>,
    opsets: BTreeMap<String, u64>,
    /// Operators in use: how often, and where first.
    operators: BTreeMap<Operator, (u64, Origin)>,
    /// The budget has run out; said once.
    exhausted: bool,
}

/// Place and name of a node.
#[derive(Debug, Clone, Default)]
struct Origin {
    start: u64,
    len: u64,
    name: String,
}

impl Model {
    fn opset(&mut self, part: Part, input: &dyn ReadAt) {
        let (mut domain, mut version) = (String::new(), 0);
        for field in part.fields(input) {
            match (field.number, field.place) {
                (1, Place::Bytes { start, len }) => domain = Part { start, len }.text(input, 200),
                (2, Place::Number(number)) => version = number,
                _ => {}
            }
        }
        if self.opsets.len() < 1000 {
            self.opsets.insert(domain, version);
        }
    }

    fn declare(&mut self, part: Part, input: &dyn ReadAt) {
        let (mut domain, mut name) = (String::new(), String::new());
        for field in part.fields(input) {
            match (field.number, field.place) {
                (1, Place::Bytes { start, len }) => name = Part { start, len }.text(input, 200),
                (10, Place::Bytes { start, len }) => domain = Part { start, len }.text(input, 200),
                _ => {}
            }
        }
        self.functions.insert((domain, name));
    }

    fn top_level(&mut self, number: u32, place: Place, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        match (number, place) {
            (1, Place::Number(version)) => cx.artifact.contents.meta("ir_version", &version.to_string()),
            (5, Place::Number(version)) => cx.artifact.contents.meta("model_version", &version.to_string()),
            (2 | 3 | 4 | 6, Place::Bytes { start, len }) => {
                let key = match number {
                    2 => "producer_name",
                    3 => "producer_version",
                    4 => "domain",
                    _ => "doc_string",
                };
                let text = Part { start, len }.text(input, 4096);
                crate::codelike::check(cx, key, &text);
                cx.artifact.contents.meta(key, &text);
            }
            (7, Place::Bytes { start, len }) => self.graph(Part { start, len }, input, 0, cx),
            (14, Place::Bytes { start, len }) => {
                let (key, value) = Part { start, len }.entry(input);
                crate::codelike::check(cx, &format!("metadata_props/{key}"), &value);
                cx.artifact.contents.meta(&key, &value);
                if matches!(key.to_ascii_lowercase().as_str(), "license" | "licence" | "model_license") {
                    cx.artifact.contents.licences.push(crate::text::shown(&value, 200));
                }
            }
            (20, Place::Bytes { start, len }) => {
                for field in (Part { start, len }).fields(input) {
                    if let (1 | 2, Place::Bytes { start, len }) = (field.number, field.place) {
                        self.graph(Part { start, len }, input, 1, cx);
                    }
                }
            }
            (25, Place::Bytes { start, len }) => {
                for field in (Part { start, len }).fields(input) {
                    match (field.number, field.place) {
                        (7, Place::Bytes { start, len }) => self.node(Part { start, len }, input, 1, cx),
                        (9, Place::Bytes { start, len }) => self.opset(Part { start, len }, input),
                        (11, Place::Bytes { start, len }) => self.attribute(Part { start, len }, input, 1, cx),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn spend(&mut self, cx: &mut Cx<'_>) -> bool {
        if !self.exhausted && !cx.budget().nodes(1) {
            self.exhausted = true;
            cx.over_budget("graph nodes");
        }
        !self.exhausted
    }

    fn graph(&mut self, part: Part, input: &dyn ReadAt, depth: u32, cx: &mut Cx<'_>) {
        if depth > MAX_DEPTH {
            return cx.over_budget("graphs within graphs");
        }
        let mut fields = part.fields(input);
        for field in fields.by_ref() {
            let Place::Bytes { start, len } = field.place else { continue };
            let part = Part { start, len };
            match field.number {
                1 => self.node(part, input, depth, cx),
                5 if self.spend(cx) => tensor::read(part, input, true, cx),
                15 if self.spend(cx) => sparse(part, input, cx),
                2 if depth == 0 => cx.artifact.contents.meta("graph", &part.text(input, 200)),
                _ => {}
            }
        }
        broken(&fields, "graph", cx);
    }

    fn node(&mut self, part: Part, input: &dyn ReadAt, depth: u32, cx: &mut Cx<'_>) {
        if !self.spend(cx) {
            return;
        }
        let (mut name, mut op, mut domain) = (None, String::new(), String::new());
        let mut fields = part.fields(input);
        for field in fields.by_ref() {
            let Place::Bytes { start, len } = field.place else { continue };
            let inner = Part { start, len };
            match field.number {
                3 => name = Some(inner),
                4 => op = inner.text(input, 200),
                7 => domain = inner.text(input, 200),
                5 => self.attribute(inner, input, depth, cx),
                _ => {}
            }
        }
        broken(&fields, "node", cx);
        let room = self.operators.len() < 5000;
        let key = (domain, op);
        match self.operators.get_mut(&key) {
            Some((count, _)) => *count += 1,
            None if room => {
                let name = name.map(|part| part.text(input, 200)).unwrap_or_default();
                self.operators.insert(key, (1, Origin { start: part.start, len: part.len, name }));
            }
            None => cx.over_budget("different operators"),
        }
    }

    fn attribute(&mut self, part: Part, input: &dyn ReadAt, depth: u32, cx: &mut Cx<'_>) {
        if !self.spend(cx) {
            return;
        }
        for field in part.fields(input) {
            let Place::Bytes { start, len } = field.place else { continue };
            let inner = Part { start, len };
            match field.number {
                5 | 10 => tensor::read(inner, input, false, cx),
                6 | 11 => self.graph(inner, input, depth + 1, cx),
                22 | 23 => sparse(inner, input, cx),
                _ => {}
            }
        }
    }

    fn report(&mut self, cx: &mut Cx<'_>) {
        for (domain, version) in &self.opsets {
            let domain = if domain.is_empty() { "ai.onnx" } else { domain };
            cx.artifact.contents.meta(&format!("opset {domain}"), &version.to_string());
        }
        let newest = self.opsets.get("").or(self.opsets.get("ai.onnx")).copied().unwrap_or(0);
        for ((domain, name), (count, place)) in std::mem::take(&mut self.operators) {
            if self.functions.contains(&(domain.clone(), name.clone())) {
                continue;
            }
            let times = if count == 1 { "once".to_string() } else { format!("{count} times") };
            let at = |fact: Fact| {
                fact.at(place.start, place.len).step(place.start, format!("first used by node `{}`", place.name))
            };
            let full = if domain.is_empty() { name.clone() } else { format!("{domain}.{name}") };
            match ops::needs(&domain, &name) {
                Needs::Nothing => {}
                Needs::UnknownName if newest > ops::NEWEST_OPSET => {
                    cx.incomplete(format!("operator `{full}` of the newer operator set {newest} is not known"));
                }
                Needs::UnknownName => cx.fact(at(Fact::new(
                    UNKNOWN_OP,
                    &full,
                    format!("operator `{full}`, used {times}, is not in the standard: only a custom library can run it"),
                ))),
                Needs::Extension => cx.fact(at(Fact::new(
                    EXTENSION_DOMAIN,
                    &full,
                    format!("operator `{full}`, used {times}, needs an extension library of the runtime"),
                ))),
                Needs::CustomLibrary => cx.fact(at(Fact::new(
                    CUSTOM_DOMAIN,
                    &full,
                    format!("operator `{name}` of domain `{domain}`, used {times}, needs a native library that no runtime ships"),
                ))),
                Needs::Python => cx.fact(at(Fact::new(
                    PYTHON_OP,
                    &full,
                    format!("operator `{full}`, used {times}, calls a Python function when the model runs"),
                ))),
            }
        }
    }
}

fn sparse(part: Part, input: &dyn ReadAt, cx: &mut Cx<'_>) {
    for field in part.fields(input) {
        if let (1 | 2, Place::Bytes { start, len }) = (field.number, field.place) {
            tensor::read(Part { start, len }, input, field.number == 1, cx);
        }
    }
}

fn broken(fields: &Stream<'_>, what: &str, cx: &mut Cx<'_>) {
    if fields.broken() {
        let message = format!("a {what} is damaged at byte {}", fields.position());
        cx.fact(Fact::new(INVALID, what, &message).at(fields.position(), 1));
        cx.incomplete(message);
    }
}

#[cfg(test)]
mod tests;
