//! The graph of a TensorFlow model: nodes and functions, without the values of constants.

use std::collections::{HashMap, HashSet};

use redan_domain::ReadAt;

use super::ops::{effect, is_extension, is_known, reads_input, sounds_like_execution};
use super::{CUSTOM_OP, EXTENSION_OP, FILE_WRITE, FIXED_CHECKPOINT, INPUT_PIPELINE, NETWORK, RUNS_CODE};
use crate::protobuf::{Fields, Stream};
use crate::walk::Cx;
use redan_domain::{Fact, FactKind};

/// Absolute offset and length.
type Span = (u64, u64);

/// Names and operations are identifiers; what is longer is cut.
const MAX_NAME: usize = 1000;
/// Attributes of interest and constants that hold a path.
const MAX_ATTRIBUTE: usize = 1 << 16;

/// One node, its attributes not read.
#[derive(Debug, Clone, Default)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) op: String,
    inputs: Vec<String>,
    attributes: Vec<Span>,
    span: Span,
}

/// Reads the bytes of a short field.
fn bytes(input: &dyn ReadAt, span: Span, max: usize) -> Vec<u8> {
    input.read_vec_at(span.0, span.1.min(max as u64) as usize).unwrap_or_default()
}

pub(super) fn text(input: &dyn ReadAt, span: Span, max: usize) -> String {
    String::from_utf8_lossy(&bytes(input, span, max)).into_owned()
}

/// Reads one `NodeDef`; none if it is not one.
pub(super) fn node(input: &dyn ReadAt, span: Span) -> Option<Node> {
    let mut node = Node { span, ..Node::default() };
    let mut fields = Stream::new(input, span.0, span.1);
    for field in fields.by_ref() {
        match (field.number, field.span()) {
            (1, Some(span)) => node.name = text(input, span, MAX_NAME),
            (2, Some(span)) => node.op = text(input, span, MAX_NAME),
            (3, Some(span)) if node.inputs.len() < 64 => node.inputs.push(text(input, span, MAX_NAME)),
            (5, Some(span)) if node.attributes.len() < 256 => node.attributes.push(span),
            _ => {}
        }
    }
    (!fields.broken()).then_some(node)
}

/// Judges the operations of a graph and of its functions.
pub(super) struct Graph<'a, 'b, 'c> {
    pub(super) input: &'a dyn ReadAt,
    pub(super) cx: &'b mut Cx<'c>,
    functions: HashSet<String>,
    reported: HashSet<String>,
    pub(super) nodes: u64,
}

impl<'a, 'b, 'c> Graph<'a, 'b, 'c> {
    pub(super) fn new(input: &'a dyn ReadAt, cx: &'b mut Cx<'c>) -> Self {
        Self { input, cx, functions: HashSet::new(), reported: HashSet::new(), nodes: 0 }
    }

    /// A `GraphDef`: nodes, and a library of functions whose names can be used as operations.
    pub(super) fn graph(&mut self, span: Span) {
        let input = self.input;
        let mut libraries = Vec::new();
        for field in Stream::new(input, span.0, span.1) {
            if let (2, Some(library)) = (field.number, field.span()) {
                libraries.extend(
                    Stream::new(input, library.0, library.1)
                        .filter(|field| field.number == 1)
                        .filter_map(|field| field.span()),
                );
            }
            if libraries.len() > 200_000 {
                return self.cx.over_budget("number of TensorFlow functions");
            }
        }
        for function in &libraries {
            let signature = Stream::new(input, function.0, function.1)
                .find(|field| field.number == 1)
                .and_then(|field| field.span());
            let name = signature.and_then(|span| {
                Stream::new(input, span.0, span.1).find(|field| field.number == 1).and_then(|field| field.span())
            });
            if let Some(name) = name {
                self.functions.insert(text(input, name, MAX_NAME));
            }
        }
        self.scope(span, 1);
        for function in libraries {
            self.scope(function, 3);
        }
    }

    /// All nodes in one message: field 1 of a graph, field 3 of a function.
    fn scope(&mut self, span: Span, field_number: u32) {
        let mut fields = Stream::new(self.input, span.0, span.1);
        let mut names = None;
        for field in fields.by_ref() {
            let (true, Some(place)) = (field.number == field_number, field.span()) else { continue };
            if !self.cx.budget().nodes(1) {
                return self.cx.over_budget("number of TensorFlow nodes");
            }
            match node(self.input, place) {
                Some(node) => self.node(&node, span, field_number, &mut names),
                None => self.cx.incomplete(format!("the node at {:#x} is not a protobuf message", place.0)),
            }
        }
        if fields.broken() {
            self.cx.incomplete(format!("the graph breaks off at {:#x}", fields.position()));
        }
    }

    fn node(&mut self, node: &Node, scope: Span, field: u32, names: &mut Option<HashMap<String, Span>>) {
        self.nodes += 1;
        let op = node.op.as_str();
        let saves = matches!(op, "SaveV2" | "Save" | "SaveSlices" | "MergeV2Checkpoints");
        let restores = matches!(op, "RestoreV2" | "Restore" | "RestoreSlice");
        if let Some((kind, does)) = effect(op) {
            let path = self.target(node, scope, field, names);
            let network = path.as_deref().is_some_and(|path| path.starts_with("grpc://"));
            let at = path.map(|path| format!(" (`{path}`)")).unwrap_or_default();
            self.report(if network { NETWORK } else { kind }, node, &format!("{does}{at}"));
        } else if op == "PrintV2" {
            let stream = self.attribute(node, "output_stream").first().cloned().unwrap_or_default();
            if stream.starts_with("file://") {
                self.report(FILE_WRITE, node, &format!("writes to the file `{stream}`"));
            }
        } else if saves || restores {
            // The normal saver gets its path when it is called; a path in the graph was chosen by its author.
            let Some(path) = self.target(node, scope, field, names) else { return };
            let fixed = path.starts_with(['/', '\\', '~'])
                || path.contains("://")
                || path.contains("..")
                || path.get(1..3) == Some(":\\");
            match (fixed, saves) {
                (true, true) => self.report(FILE_WRITE, node, &format!("writes tensors to the fixed path `{path}`")),
                (true, false) => {
                    self.report(FIXED_CHECKPOINT, node, &format!("reads tensors from the fixed path `{path}`"));
                }
                (false, _) => {}
            }
        } else if reads_input(op) {
            let path = self.target(node, scope, field, names).map(|path| format!(" (`{path}`)")).unwrap_or_default();
            self.report(INPUT_PIPELINE, node, &format!("reads files as input{path}"));
        } else if is_known(op) || self.functions.contains(op) || op.is_empty() {
        } else if sounds_like_execution(op) {
            self.report(RUNS_CODE, node, "is no operation of TensorFlow, and its name says that it runs something");
        } else if is_extension(op) {
            self.report(EXTENSION_OP, node, "comes from an extension of TensorFlow that has to be installed");
        } else {
            self.report(CUSTOM_OP, node, "is no operation of TensorFlow: native code has to be loaded for it");
        }
    }

    /// One fact for each operation and target: a loop unrolled a thousand times says nothing more.
    fn report(&mut self, kind: FactKind, node: &Node, does: &str) {
        if self.reported.insert(format!("{} {does}", node.op)) {
            let message = format!("the operation `{}` of the node `{}` {does}", node.op, node.name);
            let fact = Fact::new(kind, &node.op, message).at(node.span.0, node.span.1).pointer(&node.name);
            self.cx.fact(fact);
        }
    }

    /// The file or address that an operation is given: in an attribute, or as a constant that leads to its inputs.
    fn target(
        &mut self,
        node: &Node,
        scope: Span,
        field: u32,
        names: &mut Option<HashMap<String, Span>>,
    ) -> Option<String> {
        for key in ["debug_urls", "memory_region_name", "filename", "token", "address"] {
            if let Some(value) = self.attribute(node, key).into_iter().next() {
                return Some(value);
            }
        }
        let names = names.get_or_insert_with(|| index(self.input, scope, field));
        let mut todo: Vec<(String, u32)> = node.inputs.iter().take(2).map(|input| (input.clone(), 0)).collect();
        let mut steps = 0;
        while let Some((name, depth)) = todo.pop() {
            steps += 1;
            if depth > 6 || steps > 50 {
                break;
            }
            // `name:output:index`, and `^name` for an input that only orders.
            let name = name.split(':').next().unwrap_or_default();
            let Some(found) = names.get(name).and_then(|span| self::node(self.input, *span)) else { continue };
            match found.op.as_str() {
                "Const" => {
                    let value =
                        self.attribute(&found, "value").into_iter().find(|text| text.len() > 1 && text != "model");
                    if value.is_some() {
                        return value;
                    }
                }
                "Identity"
                | "StringJoin"
                | "ShardedFilename"
                | "PlaceholderWithDefault"
                | "AsString"
                | "Pack"
                | "Reshape"
                | "ExpandDims"
                | "Select"
                | "SelectV2"
                | "Squeeze" => {
                    todo.extend(found.inputs.iter().rev().take(8).map(|input| (input.clone(), depth + 1)));
                }
                _ => {}
            }
        }
        None
    }

    /// The texts of an attribute: a string, a list of strings, or a string tensor.
    fn attribute(&self, node: &Node, key: &str) -> Vec<String> {
        let mut out = Vec::new();
        for span in &node.attributes {
            let entry = bytes(self.input, *span, MAX_ATTRIBUTE);
            let found = Fields::new(&entry).last(1).and_then(|field| field.bytes());
            if found != Some(key.as_bytes()) {
                continue;
            }
            let Some(value) = Fields::new(&entry).last(2).and_then(|field| field.bytes()) else { continue };
            for field in Fields::new(value) {
                let inner = field.bytes().unwrap_or_default();
                match field.number {
                    2 => out.push(String::from_utf8_lossy(inner).into_owned()),
                    1 => out.extend(texts(inner, 2)),
                    8 => out.extend(texts(inner, 8)),
                    _ => {}
                }
            }
        }
        out
    }
}

fn texts(message: &[u8], number: u32) -> Vec<String> {
    let fields = Fields::new(message).filter(|field| field.number == number);
    fields.filter_map(|field| Some(String::from_utf8_lossy(field.bytes()?).into_owned())).take(16).collect()
}

fn index(input: &dyn ReadAt, scope: Span, field_number: u32) -> HashMap<String, Span> {
    let mut out = HashMap::new();
    for field in Stream::new(input, scope.0, scope.1).filter(|field| field.number == field_number) {
        let Some(span) = field.span() else { continue };
        let name = Stream::new(input, span.0, span.1).find(|field| field.number == 1).and_then(|field| field.span());
        if let Some(name) = name {
            out.insert(text(input, name, MAX_NAME), span);
        }
        if out.len() > 1_000_000 {
            break;
        }
    }
    out
}
