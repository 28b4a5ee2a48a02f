//! Compose files: services as containers.

use redan_document::Node;

use crate::container::{Parts, container};
use crate::model::Resource;
use crate::value::{Data, Entry, HOLE, Place, Val, from_node};

/// Every service of one file.
pub(crate) fn resources(root: &Node, file: u32) -> Vec<Resource> {
    let read = |node: &Node| {
        from_node(node, file, &mut |node| {
            let text = node.as_str()?;
            text.contains('$').then(|| interpolate(text, Place::new(file, node.span.start, node.span.end)))
        })
    };
    let mut out = Vec::new();
    for pair in root.get("services").and_then(Node::as_map).into_iter().flatten() {
        let service = read(&pair.value);
        let mut command = Vec::new();
        for key in ["entrypoint", "command"] {
            command.extend(service.get(key).map(Val::items).unwrap_or_default().iter().cloned());
        }
        let place = Place::new(file, pair.key_span.start, pair.key_span.end);
        let mut more = Vec::new();
        for (key, name) in [
            ("privileged", "privileged"),
            ("user", "user"),
            ("cap_add", "capabilities"),
            ("pid", "pid"),
            ("network_mode", "network_mode"),
            ("security_opt", "security_options"),
            ("read_only", "read_only"),
        ] {
            if let Some(value) = service.get(key) {
                more.push((name, value.clone()));
            }
        }
        more.push(("host_path", Val::new(Data::List(mounts(&service)), place)));
        if let Some(port) = public_port(&service) {
            more.push(("public", Val::bool(true, port.place)));
            more.push(("public_by", Val::text("a published port", port.place)));
        } else if service.get("network_mode").and_then(Val::as_str) == Some("host") {
            more.push(("public", Val::bool(true, place)));
            more.push(("public_by", Val::text("the network of the host", place)));
        }
        if service.path("deploy.resources.limits").is_some() || service.get("mem_limit").is_some() {
            more.push(("limited", Val::bool(true, place)));
        }
        out.push(container(Parts {
            name: pair.key.clone(),
            address: format!("service {}", pair.key),
            native: "service".to_string(),
            platform: "compose",
            place,
            image: service.get("image").cloned(),
            command,
            env: environment(&service),
            more_env: service.get("env_file").map(|_| "the environment comes from a file, too".to_string()),
            more,
        }));
    }
    out
}

fn environment(service: &Val) -> Vec<Entry> {
    match service.get("environment") {
        Some(map @ Val { data: Data::Map(_), .. }) => map
            .entries()
            .iter()
            .map(|entry| {
                let mut entry = entry.clone();
                if entry.value.is_null() {
                    entry.value = Val::given("it is taken from the environment", entry.at);
                }
                entry
            })
            .collect(),
        Some(list) => list
            .items()
            .iter()
            .filter_map(|item| {
                let text = item.text_or_partial()?;
                let (key, value) = match text.split_once('=') {
                    Some((key, value)) => {
                        (key, Val::template(value.to_string(), "it is taken from the environment", item.place))
                    }
                    None => (text, Val::given("it is taken from the environment", item.place)),
                };
                Some(Entry { key: key.to_string(), at: item.place, value })
            })
            .collect(),
        None => Vec::new(),
    }
}

/// The first port that other machines can reach.
fn public_port(service: &Val) -> Option<&Val> {
    service.get("ports")?.items().iter().find(|port| match port.get("published") {
        Some(_) => !port.get("host_ip").and_then(Val::as_str).is_some_and(is_loopback),
        None => port.text_or_partial().is_some_and(|text| {
            let parts = text.split(':').count();
            !(is_loopback(text) || text.starts_with("[::1]")) && (parts >= 2 || port.get("target").is_none())
        }),
    })
}

fn is_loopback(address: &str) -> bool {
    address.starts_with("127.") || address.starts_with("localhost") || address.starts_with("::1")
}

fn mounts(service: &Val) -> Vec<Val> {
    let mut out = Vec::new();
    for volume in service.get("volumes").map(Val::items).unwrap_or_default() {
        let (source, read_only) = match volume.get("source") {
            Some(source) => (
                source.text_or_partial().unwrap_or_default(),
                volume.get("read_only").and_then(Val::scalar) == Some("true"),
            ),
            None => {
                let text = volume.text_or_partial().unwrap_or_default();
                (
                    text.split(':').next().unwrap_or_default(),
                    text.rsplit(':').next().is_some_and(|mode| mode.starts_with("ro")),
                )
            }
        };
        if source.starts_with(['/', '.', '~']) {
            let path = Entry { key: "path".into(), at: volume.place, value: Val::text(source, volume.place) };
            let mode = Entry { key: "read_only".into(), at: volume.place, value: Val::bool(read_only, volume.place) };
            out.push(Val::map(vec![path, mode], volume.place));
        }
    }
    out
}

/// `${NAME:-default}` is its default, `${NAME}` is not known.
pub(crate) fn interpolate(text: &str, place: Place) -> Val {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some((inner, tail)) = after.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            // `${NAME:?what to say without it}` has no default.
            let name = inner.split(['?', '+']).next().unwrap_or(inner);
            match name.split_once(":-").or_else(|| name.split_once('-')) {
                Some((_, default)) => out.push_str(default),
                None => out.push(HOLE),
            }
            rest = tail;
        } else {
            out.push(HOLE);
            rest = after.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
        }
    }
    out.push_str(rest);
    Val::template(out, "it is taken from the environment", place)
}
