//! The index of a sharded checkpoint: which tensor is in which file.

use std::collections::HashSet;

use super::paths;
use crate::json::Json;
use crate::walk::Cx;
use redan_domain::{Fact, facts};

facts! {
    /// A shard is taken from outside the model's folder.
    TRAVERSAL = "index-path-traversal";
}

pub(super) fn check(json: &Json<'_>, text: &str, cx: &mut Cx<'_>) {
    let Some(map) = json.get("weight_map") else { return };
    let mut seen = HashSet::new();
    for (tensor, file) in map.members() {
        let Some(name) = file.str().filter(|name| seen.insert(name.to_string())) else { continue };
        if (paths::leaves_folder(name) || paths::is_url(name)) && cx.has_room(TRAVERSAL) {
            let message = format!("the shard of tensor `{tensor}` is `{name}`, outside the model's folder");
            cx.fact(
                Fact::new(TRAVERSAL, name, message)
                    .at(file.start as u64, (file.end - file.start) as u64)
                    .pointer(format!("/weight_map/{tensor}"))
                    .excerpt(crate::text::excerpt(text, file.start, file.end - file.start, "this file is loaded")),
            );
        }
    }
}
