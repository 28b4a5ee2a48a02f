//! Plans of Terraform: the values it would set, and what it does not know yet.

use redan_document::Node;

use crate::model::Draft;
use crate::value::{Data, Place, Val, plain};

/// Every resource that a plan would leave behind.
pub(crate) fn resources(root: &Node, file: u32) -> Vec<Draft> {
    let mut out = Vec::new();
    if let Some(module) = root.path("planned_values.root_module") {
        collect(module, file, 0, &mut out);
    }
    // What is only known after the plan is applied is there, but not known.
    for change in root.get("resource_changes").and_then(Node::as_list).into_iter().flatten() {
        let Some(address) = change.get("address").and_then(Node::as_str) else { continue };
        let Some(draft) = out.iter_mut().find(|draft| draft.address == address) else { continue };
        for pair in change.path("change.after_unknown").and_then(Node::as_map).into_iter().flatten() {
            if pair.value.as_bool() == Some(true) && draft.attributes.exact(&pair.key).is_none_or(Val::is_null) {
                let place = Place::new(file, pair.key_span.start, pair.key_span.end);
                draft.attributes.insert(&pair.key, Val::given("it is known after the plan is applied", place));
            }
        }
    }
    out
}

fn collect(module: &Node, file: u32, depth: usize, out: &mut Vec<Draft>) {
    for node in module.get("resources").and_then(Node::as_list).into_iter().flatten() {
        let text = |key: &str| node.get(key).and_then(Node::as_str).unwrap_or_default().to_string();
        let at = node.pair("address").map_or(node.span, |pair| pair.value.span);
        let place = Place::new(file, at.start, at.end);
        let mut attributes = node.get("values").map(|values| plain(values, file)).unwrap_or_default();
        if !matches!(attributes.data, Data::Map(_)) {
            attributes = Val::map(Vec::new(), place);
        }
        let native = if text("mode") == "data" { format!("data.{}", text("type")) } else { text("type") };
        out.push(Draft { native, name: text("name"), address: text("address"), place, attributes });
    }
    for child in module.get("child_modules").and_then(Node::as_list).into_iter().flatten() {
        if depth < 16 {
            collect(child, file, depth + 1, out);
        }
    }
}
