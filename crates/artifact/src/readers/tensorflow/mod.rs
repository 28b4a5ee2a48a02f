//! TensorFlow: SavedModel, MetaGraph and frozen graphs, the metadata Keras puts beside them, and checkpoints.

mod checkpoint;
mod graph;
pub(super) mod ops;
mod text_format;

use redan_domain::ReadAt;

use crate::head::Head;
use crate::protobuf::{Fields, Located, Stream};
use crate::readers::{Match, Reader};
use crate::walk::Cx;
use graph::Graph;
use redan_domain::{Fact, facts};

pub(crate) use checkpoint::{CheckpointData, CheckpointIndex, CheckpointState};
pub(crate) use ops::dangerous_op;
pub(crate) use text_format::GraphText;

facts! {
    /// An operation that runs Python or other code.
    RUNS_CODE = "tf-runs-code";
    /// An operation that writes a file.
    FILE_WRITE = "tf-writes-file";
    /// An operation that reads or lists files.
    FILE_READ = "tf-reads-file";
    /// An operation that opens a connection.
    NETWORK = "tf-network";
    /// An operation that TensorFlow does not have.
    CUSTOM_OP = "tf-custom-op";
    /// An operation of a known extension of TensorFlow.
    EXTENSION_OP = "tf-extension-op";
    /// A part of an input pipeline that reads files.
    INPUT_PIPELINE = "tf-input-pipeline";
    /// A checkpoint is read from a path that stands in the graph.
    FIXED_CHECKPOINT = "tf-fixed-checkpoint";
    /// An asset of the model has a path that leads out of its folder.
    ASSET_PATH = "tf-asset-path";
}

/// Fields that are looked at to recognise a message; the rest follows when it is read.
const PROBED: usize = 1024;
/// Longest metadata text of Keras in one object.
const MAX_METADATA: usize = 16 << 20;

/// `saved_model.pb`.
pub(crate) struct SavedModel;

impl Reader for SavedModel {
    fn format(&self) -> &'static str {
        "tensorflow-saved-model"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        let named = head.base_name() == "saved_model.pb";
        if head.is_text() && !named {
            return Match::No;
        }
        let input = head.input();
        let is_model = top(input).any(
            |field| matches!((field.number, field.span()), (2, Some(span)) if graph_of_meta(input, span).is_some()),
        );
        match (is_model, named) {
            (true, _) => Match::Yes,
            (false, true) => Match::Hint,
            (false, false) => Match::No,
        }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let mut fields = Stream::new(input, 0, input.size());
        let mut graph = Graph::new(input, cx);
        for field in fields.by_ref() {
            if let (2, Some(span)) = (field.number, field.span()) {
                meta_graph(&mut graph, span);
            }
        }
        let nodes = graph.nodes;
        finish(nodes, fields.broken(), cx);
    }
}

/// A `GraphDef` or a `MetaGraphDef` by itself: a frozen graph, or the `.meta` file of a checkpoint.
pub(crate) struct GraphFile;

impl Reader for GraphFile {
    fn format(&self) -> &'static str {
        "tensorflow-graph"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        if head.is_text() {
            return Match::No;
        }
        let input = head.input();
        let known = |op: &str| ops::is_known(op) && !op.starts_with('_');
        let is_graph =
            graph_like(input, (0, input.size()), &known) || graph_of_meta(input, (0, input.size())).is_some();
        if is_graph { Match::Yes } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let whole = (0, input.size());
        let is_meta = graph_of_meta(input, whole).is_some();
        let mut graph = Graph::new(input, cx);
        if is_meta {
            graph.cx.artifact.format = "tensorflow-meta-graph";
            meta_graph(&mut graph, whole);
        } else {
            graph.graph(whole);
        }
        let nodes = graph.nodes;
        finish(nodes, false, cx);
    }
}

fn finish(nodes: u64, broken: bool, cx: &mut Cx<'_>) {
    if broken {
        cx.incomplete("the file breaks off or is not protobuf to its end");
    }
    if nodes == 0 {
        cx.incomplete("no node of a graph was found");
    }
    cx.artifact.contents.meta("nodes", &nodes.to_string());
}

fn top(input: &dyn ReadAt) -> impl Iterator<Item = Located> + '_ {
    Stream::new(input, 0, input.size()).take(PROBED)
}

/// The graph inside a `MetaGraphDef`: field 2, with nodes in it.
fn graph_of_meta(input: &dyn ReadAt, span: (u64, u64)) -> Option<(u64, u64)> {
    Stream::new(input, span.0, span.1)
        .take(PROBED)
        .filter(|field| field.number == 2)
        .find_map(|field| field.span().filter(|span| graph_like(input, *span, &|_| true)))
}

/// Whether a message has a node with a name and an operation, or a library of functions with a name.
fn graph_like(input: &dyn ReadAt, span: (u64, u64), plausible: &dyn Fn(&str) -> bool) -> bool {
    Stream::new(input, span.0, span.1).take(PROBED).any(|field| {
        let (1, Some(span)) = (field.number, field.span()) else { return false };
        graph::node(input, span).is_some_and(|node| {
            let identifier = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '>' | '.' | '/');
            let is_op =
                node.op.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && node.op.chars().all(identifier);
            let is_name = !node.name.is_empty() && node.name.chars().all(|c| !c.is_control() && c != '\u{fffd}');
            is_op && is_name && plausible(&node.op)
        })
    })
}

fn meta_graph(graph: &mut Graph<'_, '_, '_>, span: (u64, u64)) {
    let input = graph.input;
    let mut fields = Stream::new(input, span.0, span.1);
    for field in fields.by_ref() {
        let Some(span) = field.span() else { continue };
        match field.number {
            1 => meta_info(graph, span),
            2 => graph.graph(span),
            6 => asset(graph, span),
            7 => objects(graph, span),
            _ => {}
        }
    }
    if fields.broken() {
        graph.cx.incomplete(format!("the meta graph breaks off at {:#x}", fields.position()));
    }
}

fn meta_info(graph: &mut Graph<'_, '_, '_>, span: (u64, u64)) {
    for field in Stream::new(graph.input, span.0, span.1) {
        let key = match field.number {
            4 => "tag",
            5 => "tensorflow_version",
            _ => continue,
        };
        if let Some(span) = field.span() {
            let value = graph::text(graph.input, span, 200);
            graph.cx.artifact.contents.meta(key, &value);
        }
    }
}

/// `AssetFileDef`: a name that is joined to the folder `assets` of the model.
fn asset(graph: &mut Graph<'_, '_, '_>, span: (u64, u64)) {
    let name = Stream::new(graph.input, span.0, span.1).find(|field| field.number == 2).and_then(|field| field.span());
    let Some(span) = name else { return };
    let name = graph::text(graph.input, span, 4096);
    let leaves = name.starts_with(['/', '\\', '~'])
        || name.contains("://")
        || name.get(1..2) == Some(":")
        || name.split(['/', '\\']).any(|part| part == "..");
    if leaves {
        let message = format!("the asset `{name}` leads out of the folder of the model");
        graph.cx.fact(Fact::new(ASSET_PATH, &name, message).at(span.0, span.1));
    }
}

/// `SavedObjectGraph`: before TensorFlow 2.5 Keras kept its configurations here.
fn objects(graph: &mut Graph<'_, '_, '_>, span: (u64, u64)) {
    let input = graph.input;
    for object in Stream::new(input, span.0, span.1).filter(|field| field.number == 1).filter_map(|field| field.span())
    {
        if !graph.cx.budget().nodes(1) {
            return graph.cx.over_budget("number of TensorFlow objects");
        }
        let user =
            Stream::new(input, object.0, object.1).find(|field| field.number == 4).and_then(|field| field.span());
        let Some(user) = user else { continue };
        for metadata in
            Stream::new(input, user.0, user.1).filter(|field| field.number == 3).filter_map(|field| field.span())
        {
            keras_metadata(input, metadata, "object_graph", graph.cx);
        }
    }
}

fn keras_metadata(input: &dyn ReadAt, span: (u64, u64), place: &str, cx: &mut Cx<'_>) {
    if span.1 > MAX_METADATA as u64 {
        return cx.over_budget("size of Keras metadata");
    }
    let text = graph::text(input, span, MAX_METADATA);
    if text.trim_start().starts_with('{') {
        crate::readers::keras::judge(&text, Some(span.0), place, cx);
    }
}

/// `keras_metadata.pb`: the configuration of every layer of a SavedModel, as JSON.
pub(crate) struct KerasMetadata;

impl Reader for KerasMetadata {
    fn format(&self) -> &'static str {
        "keras-metadata-pb"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        let input = head.input();
        let is_metadata = !head.is_text()
            && top(input).take(16).any(|field| {
                let (1, Some(span)) = (field.number, field.span()) else { return false };
                let start = input.read_vec_at(span.0, span.1.min(4096) as usize).unwrap_or_default();
                Fields::new(&start)
                    .any(|field| field.number == 4 && field.text().is_some_and(|text| text.starts_with("_tf_keras_")))
            });
        if is_metadata { Match::Yes } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let mut fields = Stream::new(input, 0, input.size());
        for field in fields.by_ref() {
            let (1, Some(object)) = (field.number, field.span()) else { continue };
            if !cx.budget().nodes(1) {
                return cx.over_budget("number of Keras objects");
            }
            let mut path = String::new();
            for field in Stream::new(input, object.0, object.1) {
                match (field.number, field.span()) {
                    (3, Some(span)) => path = graph::text(input, span, 300),
                    (5, Some(span)) => keras_metadata(input, span, &path, cx),
                    _ => {}
                }
            }
        }
        if fields.broken() {
            cx.incomplete("the file breaks off or is not protobuf to its end");
        }
    }
}

#[cfg(test)]
mod tests;
