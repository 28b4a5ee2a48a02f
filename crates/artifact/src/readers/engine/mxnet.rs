//! MXNet: the graph as JSON, the parameters as a list of arrays.

use redan_domain::ReadAt;

use super::{CUSTOM_OP, PYTHON_OP, invalid};
use crate::head::Head;
use crate::outline::{self, Outline};
use crate::readers::{Match, Reader};
use crate::stream::Stream;
use crate::walk::Cx;
use redan_domain::Fact;

/// `*-symbol.json`.
pub(crate) struct MxNetSymbol;

impl Reader for MxNetSymbol {
    fn format(&self) -> &'static str {
        "mxnet-symbol"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        let has = |word: &str| memchr::memmem::find(head.bytes, word.as_bytes()).is_some();
        let json = head.bytes.trim_ascii_start().first() == Some(&b'{');
        if json && has("\"nodes\"") && has("\"op\"") && has("\"inputs\"") && has("\"name\"") && has("\"null\"") {
            Match::Yes
        } else {
            Match::No
        }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        match outline::json(Stream::new(input, 0)) {
            Ok(symbol) => nodes(&symbol, 0, cx),
            Err(error) => invalid(cx, "json", &format!("the symbol is not valid JSON: {error}"), 0),
        }
    }
}

/// Nodes, and those of the graphs inside control-flow nodes.
fn nodes(symbol: &Outline, depth: u32, cx: &mut Cx<'_>) {
    if depth > 16 {
        return cx.over_budget("graphs within graphs");
    }
    for (index, node) in symbol.get("nodes").map(Outline::items).unwrap_or_default().iter().enumerate() {
        let op = node.get("op").and_then(Outline::word).unwrap_or_default();
        let name = node.get("name").and_then(Outline::word).unwrap_or_default();
        let custom = |key: &str| node.at(&[key, "op_type"]).and_then(Outline::word).map(str::to_string);
        let kind = custom("attrs").or_else(|| custom("attr")).or_else(|| custom("param")).unwrap_or_default();
        match op {
            "Custom" => {
                let message = format!("node `{name}` calls the Python operator that is registered as `{kind}`");
                cx.fact(Fact::new(PYTHON_OP, format!("Custom {kind}"), message).pointer(format!("/nodes/{index}")));
            }
            "_Native" | "_NDArray" | "_CustomFunction" => {
                let message = format!("node `{name}` calls a function through an address that the file holds");
                cx.fact(Fact::new(CUSTOM_OP, op, message).pointer(format!("/nodes/{index}")));
            }
            _ => {}
        }
        for graph in node.get("subgraphs").map(Outline::items).unwrap_or_default() {
            nodes(graph, depth + 1, cx);
        }
    }
}

/// `*.params`: a magic number, then arrays.
pub(crate) struct MxNetParams;

impl Reader for MxNetParams {
    fn format(&self) -> &'static str {
        "mxnet-params"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        if head.starts_with(&[0x12, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) { Match::Yes } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let mut stream = Stream::new(input, 16);
        match stream.array().map(u64::from_le_bytes) {
            // An array takes more than eight bytes.
            Some(count) if count <= stream.remaining() / 8 => cx.artifact.contents.tensor_count = count,
            Some(count) => {
                invalid(cx, "count", &format!("{count} arrays are said to be in {} bytes", input.size()), 16);
            }
            None => invalid(cx, "count", "the file ends before the number of arrays", 16),
        }
    }
}
