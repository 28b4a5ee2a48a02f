//! Access policies of AWS: one resource for each statement, wherever the document stands.

use crate::kinds::{Build, made};
use crate::model::{Draft, Resource};
use crate::value::{Data, Val};

/// Attributes that hold policy documents, and how they are granted.
const DOCUMENTS: &[&str] = &[
    "policy",
    "assume_role_policy",
    "assume_role_policy_document",
    "policy_document",
    "access_policies",
    "resource_policy",
    "resource_policy_json",
    "policy_json",
    "repository_policy_text",
    "key_policy",
    "inline_policy",
];

/// Text that is JSON, as a tree; everything keeps the place of the text.
pub(crate) fn tree(value: &Val) -> Option<Val> {
    let text = value.as_str()?.trim_start();
    if !(text.starts_with('{') || text.starts_with('[')) || text.len() > 1 << 20 {
        return None;
    }
    let mut tree = crate::value::plain(&redan_document::json(text).root, value.place.file);
    replace(&mut tree, value);
    Some(tree)
}

fn replace(tree: &mut Val, outer: &Val) {
    tree.place = outer.place;
    match &mut tree.data {
        Data::List(items) => items.iter_mut().for_each(|item| replace(item, outer)),
        Data::Map(entries) => entries.iter_mut().for_each(|entry| {
            entry.at = outer.place;
            replace(&mut entry.value, outer);
        }),
        _ => {}
    }
}

/// Documents in texts become trees, so that checks can look into them.
pub(crate) fn expand(resource: &mut Resource) {
    if let Data::Map(entries) = &mut resource.attributes.data {
        for entry in
            entries.iter_mut().filter(|entry| DOCUMENTS.iter().any(|name| crate::value::same_key(&entry.key, name)))
        {
            if let Some(tree) = tree(&entry.value) {
                entry.value = tree;
            }
        }
    }
}

/// The statements that a resource grants.
pub(crate) fn statements(resource: &Resource, out: &mut Vec<Resource>) {
    let attributes = &resource.attributes;
    if resource.native == "data.aws_iam_policy_document" {
        return emit(resource, attributes, out);
    }
    if resource.platform != "aws" {
        return;
    }
    for name in DOCUMENTS {
        for document in attributes.get(name).map(Val::items).unwrap_or_default() {
            // What a document of its own says is reported there.
            if document.origin.as_deref().is_some_and(|origin| origin.contains("data.aws_iam_policy_document")) {
                continue;
            }
            match document.get("policy") {
                Some(inner) => emit(resource, tree(inner).as_ref().unwrap_or(inner), out),
                None => emit(resource, document, out),
            }
        }
    }
    for inline in attributes.get("policies").map(Val::items).unwrap_or_default() {
        emit(resource, inline.get("policy_document").unwrap_or(inline), out);
    }
}

fn emit(resource: &Resource, document: &Val, out: &mut Vec<Resource>) {
    let statements = document.get("statement").or_else(|| document.get("statements"));
    for statement in statements.map(Val::items).unwrap_or_default().iter().take(500) {
        if !matches!(statement.data, Data::Map(_)) {
            continue;
        }
        let mut build = Build::at(statement.place);
        let effect = statement.get("effect").cloned().unwrap_or_else(|| Val::text("Allow", statement.place));
        build.set("effect", effect);
        for (name, other) in [
            ("action", "actions"),
            ("resource", "resources"),
            ("not_action", "not_actions"),
            ("not_resource", "not_resources"),
            ("condition", "condition"),
        ] {
            build.maybe(name, statement.get(name).or_else(|| statement.get(other)));
        }
        let principals: Vec<Val> = ["principal", "principals"]
            .iter()
            .filter_map(|key| statement.get(key))
            .flat_map(|value| value.items().iter().flat_map(identities))
            .collect();
        let assumes = statement.get("action").or_else(|| statement.get("actions")).is_some_and(|action| {
            action.items().iter().any(|item| item.as_str().is_some_and(|text| text.starts_with("sts:")))
        });
        let purpose = match (principals.is_empty(), assumes) {
            (false, true) => "trust",
            (false, false) => "resource",
            _ => "identity",
        };
        build.set("purpose", Val::text(purpose, statement.place));
        if !principals.is_empty() {
            build.set("principal", Val::new(Data::List(principals), statement.place));
        }
        build.set("granted_by", Val::text(resource.native.clone(), resource.place));
        build.maybe("role", resource.attributes.get("role").or_else(|| resource.attributes.get("role_name")));
        build.maybe("bucket", resource.attributes.get("bucket"));
        let draft = Draft {
            native: resource.native.clone(),
            name: resource.name.clone(),
            address: resource.address.clone(),
            place: statement.place,
            attributes: build.done(),
        };
        out.push(made(vec!["iam_statement"], "aws", draft));
    }
}

/// Everybody a principal names: `*`, `{ AWS = [...] }`, `{ type, identifiers }`.
fn identities(value: &Val) -> Vec<Val> {
    match &value.data {
        Data::Map(_) => match value.get("identifiers") {
            Some(identifiers) => identifiers.items().to_vec(),
            None => value.entries().iter().flat_map(|entry| entry.value.items().to_vec()).collect(),
        },
        _ => vec![value.clone()],
    }
}
