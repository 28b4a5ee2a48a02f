//! From drafts and objects to resources: types, and the parts that are judged by themselves.

use crate::container::{Parts, container, secrets};
use crate::kinds::{Build, made, typed};
use crate::kubernetes::{self, Object};
use crate::model::{Draft, Resource};
use crate::policy;
use crate::value::{Data, Entry, Val};

/// Types every draft, takes out what is nested, and reads the objects of Kubernetes together; says whether there were
/// too many of those to tell who reaches whom.
pub(crate) fn derive(drafts: Vec<Draft>, mut objects: Vec<Object>, out: &mut Vec<Resource>) -> bool {
    for draft in drafts {
        if draft.native.starts_with("kubernetes_") {
            objects.push(object(draft));
            continue;
        }
        let mut resource = typed(cloud_api(draft));
        policy::expand(&mut resource);
        policy::statements(&resource, out);
        parts(&resource, out);
        containers(&resource, out);
        if let Some(found) = written_secrets(&resource.attributes) {
            resource.attributes.insert("secret_env", found);
        }
        out.push(resource);
    }
    let (resources, is_cut) = kubernetes::resources(objects);
    out.extend(resources);
    is_cut
}

/// `azapi_resource` has the type and the body of an ARM template.
fn cloud_api(draft: Draft) -> Draft {
    if !draft.native.starts_with("azapi_") {
        return draft;
    }
    let Some(native) = draft.attributes.get("type").and_then(Val::as_str).and_then(|text| text.split('@').next())
    else {
        return draft;
    };
    let native = native.to_string();
    let body = draft.attributes.get("body").map(|body| policy::tree(body).unwrap_or_else(|| body.clone()));
    let mut attributes = body.map(crate::azure::lifted).unwrap_or_default();
    for key in ["name", "identity"] {
        if let Some(value) = draft.attributes.get(key) {
            attributes.insert(key, value.clone());
        }
    }
    Draft { native, attributes, ..draft }
}

/// An object of Kubernetes that Terraform makes; `kubernetes_manifest` has it as it is.
fn object(draft: Draft) -> Object {
    let Draft { native, name, address, place, attributes } = draft;
    if let Some(manifest) = attributes.get("manifest") {
        let kind = manifest.get("kind").and_then(Val::as_str).unwrap_or("unknown").to_string();
        return Object { native: kind, name, address, place, value: manifest.clone(), platform: "kubernetes" };
    }
    let name = attributes.path("metadata.name").and_then(Val::scalar).map_or(name, str::to_string);
    Object { native, name, address, place, value: attributes, platform: "kubernetes" }
}

fn part(resource: &Resource, kinds: Vec<&'static str>, name: &str, value: Val) -> Resource {
    let draft = Draft {
        native: resource.native.clone(),
        name: name.to_string(),
        address: format!("{}.{name}", resource.address),
        place: if value.place.end > 0 { value.place } else { resource.place },
        attributes: value,
    };
    made(kinds, resource.platform, draft)
}

/// Parts that are resources of their own in one syntax and nested in another.
fn parts(resource: &Resource, out: &mut Vec<Resource>) {
    let each = |key: &str| resource.attributes.get(key).map(Val::items).unwrap_or_default();
    match resource.kinds.first().copied() {
        Some("bedrock_agent") => {
            for (index, group) in each("action_groups").iter().enumerate() {
                let name = group
                    .get("action_group_name")
                    .and_then(Val::scalar)
                    .map_or_else(|| index.to_string(), str::to_string);
                out.push(part(resource, vec!["bedrock_action_group"], &name, group.clone()));
            }
        }
        Some("google_binding" | "google_bucket_binding" | "google_resource_binding") => {}
        Some("bucket") => {
            if let Some(block) = resource.attributes.get("public_access_block_configuration") {
                out.push(part(resource, vec!["bucket_public_block"], "public_access_block", block.clone()));
            }
            if let Some(versioning) =
                resource.attributes.get("versioning_configuration").or_else(|| resource.attributes.get("versioning"))
            {
                let mut build = Build::at(versioning.place);
                build.set("versioning_configuration", versioning.clone());
                build.set("bucket", Val::reference(&resource.address, "", versioning.place));
                out.push(part(resource, vec!["bucket_versioning"], "versioning", build.done()));
            }
        }
        Some("databricks_serving") => {
            for key in ["config.served_entities", "config.served_models"] {
                for (index, entity) in
                    resource.attributes.path(key).map(Val::items).unwrap_or_default().iter().enumerate()
                {
                    let mut entity = entity.clone();
                    if let Some(found) = written_secrets(&entity) {
                        entity.insert("secret_env", found);
                    }
                    out.push(part(resource, vec!["databricks_served_entity"], &format!("entity{index}"), entity));
                }
            }
        }
        _ => {}
    }
}

/// Names under which services take environments.
const ENVIRONMENTS: &[&str] = &[
    "environment",
    "environment_variables",
    "environment_vars",
    "env_vars",
    "variables",
    "env",
    "spark_env_vars",
    "spark_conf",
    "app_settings",
    "hyperparameters",
    "hyper_parameters",
    "labels",
    "metadata",
    "container_environment_variables",
];

/// Credentials written out in an environment at any depth, keys and texts alike.
fn written_secrets(attributes: &Val) -> Option<Val> {
    let mut found = Vec::new();
    search(attributes, 0, &mut found);
    (!found.is_empty()).then(|| Val::new(Data::List(found), attributes.place))
}

fn search(value: &Val, depth: usize, found: &mut Vec<Val>) {
    if depth > 12 || found.len() > 64 {
        return;
    }
    match &value.data {
        Data::List(items) => items.iter().for_each(|item| search(item, depth + 1, found)),
        Data::Map(entries) => {
            for entry in entries {
                if ENVIRONMENTS.iter().any(|name| crate::value::same_key(&entry.key, name)) {
                    found.extend(secrets(&environment(&entry.value), entry.at).items().iter().cloned());
                }
                search(&entry.value, depth + 1, found);
            }
        }
        _ => {}
    }
}

/// A map of names, or a list of names and values.
pub(crate) fn environment(value: &Val) -> Vec<Entry> {
    match &value.data {
        Data::Map(entries) => entries.clone(),
        Data::List(items) => items
            .iter()
            .flat_map(|item| match (item.get("name").and_then(Val::scalar), item.get("value")) {
                (Some(name), Some(value)) => {
                    vec![Entry { key: name.to_string(), at: item.place, value: value.clone() }]
                }
                (Some(name), None) => {
                    vec![Entry {
                        key: name.to_string(),
                        at: item.place,
                        value: Val::given("it is taken from elsewhere", item.place),
                    }]
                }
                _ => item.entries().to_vec(),
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Containers that cloud services run.
fn containers(resource: &Resource, out: &mut Vec<Resource>) {
    let attributes = &resource.attributes;
    let native = resource.native.to_ascii_lowercase();
    let (ways, public): (&[&str], Option<&Val>) = match native.as_str() {
        "aws_ecs_task_definition" | "aws::ecs::taskdefinition" => (&["container_definitions"], None),
        "google_cloud_run_v2_service" | "google_cloud_run_v2_job" => {
            (&["template.containers", "template.template.containers"], None)
        }
        "google_cloud_run_service" => (&["template.spec.containers"], None),
        "azurerm_container_app" => (&["template.container"], attributes.path("ingress.external_enabled")),
        "microsoft.app/containerapps" => (&["template.containers"], attributes.path("configuration.ingress.external")),
        "azurerm_container_group" | "microsoft.containerinstance/containergroups" => {
            (&["container", "containers"], attributes.path("ip_address_type"))
        }
        "docker_container" => (&[], None),
        _ => return,
    };
    for way in ways {
        let Some(list) = attributes.path(way) else { continue };
        let list = policy::tree(list).unwrap_or_else(|| list.clone());
        for item in list.items() {
            out.push(service_container(resource, item, public));
        }
    }
    if native == "docker_container" {
        out.push(service_container(resource, attributes, None));
    }
}

fn service_container(resource: &Resource, item: &Val, public: Option<&Val>) -> Resource {
    let item = item.get("properties").map_or_else(
        || item.clone(),
        |inner| {
            let mut whole = inner.clone();
            if let Some(name) = item.get("name") {
                whole.insert("name", name.clone());
            }
            whole
        },
    );
    let name = item.get("name").and_then(Val::text_or_partial).unwrap_or(&resource.name).to_string();
    let mut command = Vec::new();
    for key in ["entry_point", "entrypoint", "command", "commands", "args"] {
        command.extend(item.get(key).map(Val::items).unwrap_or_default().iter().cloned());
    }
    let mut env = Vec::new();
    for key in ["environment", "env", "environment_variables"] {
        if let Some(value) = item.get(key) {
            env.extend(match value.items().first().and_then(Val::as_str) {
                Some(_) => value.items().iter().filter_map(assignment).collect(),
                None => environment(value),
            });
        }
    }
    let mut more = Vec::new();
    if let Some(privileged) = item.get("privileged") {
        more.push(("privileged", privileged.clone()));
    }
    if let Some(public) = public {
        let open = public.scalar().is_some_and(|text| text == "true" || text == "Public");
        if open || public.unknown_reason().is_some() {
            let value = if open { Val::bool(true, public.place) } else { public.clone() };
            more.push(("public", value));
            more.push(("public_by", Val::text("a public ingress", public.place)));
        }
    }
    container(Parts {
        address: format!("{}.{name}", resource.address),
        name,
        native: resource.native.clone(),
        platform: resource.platform,
        place: if item.place.end > 0 { item.place } else { resource.place },
        image: item.get("image").cloned(),
        command,
        env,
        more_env: None,
        more,
    })
}

fn assignment(item: &Val) -> Option<Entry> {
    let (key, value) = item.as_str()?.split_once('=')?;
    Some(Entry { key: key.to_string(), at: item.place, value: Val::text(value, item.place) })
}
