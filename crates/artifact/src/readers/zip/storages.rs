//! Storages of torch: whether the members hold as many bytes as the pickle beside them says.
//!
//! torch makes a tensor of the size that the pickle names over the bytes of the member, so a short member lets
//! it read what lies behind in memory.

use std::collections::{BTreeMap, HashMap};

use crate::pickle::STORAGE_MISMATCH;
use crate::walk::Cx;
use redan_domain::Fact;

/// Compares what `x.pkl` says of the storages with the members `x/<key>`.
pub(super) fn check(cx: &mut Cx<'_>) {
    let mut claims: Vec<(String, BTreeMap<String, u64>)> = Vec::new();
    for member in &mut cx.artifact.members {
        let storages = std::mem::take(&mut member.contents.storages);
        if let Some(folder) = member.name.strip_suffix(".pkl").filter(|_| !storages.is_empty()) {
            claims.push((folder.to_string(), storages));
        }
    }
    if claims.is_empty() {
        return;
    }
    let mut sizes: HashMap<&str, u64> = HashMap::new();
    for member in &cx.artifact.members {
        sizes.entry(&member.name).and_modify(|size| *size = member.size.min(*size)).or_insert(member.size);
    }
    let mut facts = Vec::new();
    for (folder, storages) in &claims {
        for (key, claimed) in storages {
            let name = format!("{folder}/{key}");
            let Some(size) = sizes.get(name.as_str()).filter(|size| *size < claimed) else { continue };
            // torch keeps only the shapes of the inputs that a model was traced with.
            if *size == 0 && folder.rsplit('/').next() == Some("traced_inputs") {
                continue;
            }
            let message =
                format!("`{name}` has {size} bytes, but `{folder}.pkl` makes a storage of {claimed} bytes of it");
            facts.push(Fact::new(STORAGE_MISMATCH, "storage", message));
            if facts.len() >= 20 {
                break;
            }
        }
    }
    for fact in facts {
        cx.fact(fact);
    }
}
