//! Which types of each syntax are of which kind, and where they write what checks ask for: a table.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::model::{Draft, Resource};
use crate::value::{Data, Entry, Place, Val, same_key};

struct Kind {
    name: &'static str,
    platform: &'static str,
    /// Name that checks use, way to where it is written, whether it means the opposite.
    aliases: Vec<(&'static str, &'static str, bool)>,
}

struct Table {
    kinds: Vec<Kind>,
    by_type: HashMap<String, usize>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { kinds: Vec::new(), by_type: HashMap::new() };
    for line in include_str!("kinds.txt").lines() {
        if let Some(alias) = line.strip_prefix("  ") {
            let Some((name, way)) = alias.split_once(" = ") else { continue };
            let (way, negated) = way.strip_prefix("not ").map_or((way, false), |way| (way, true));
            if let Some(kind) = table.kinds.last_mut() {
                kind.aliases.push((name, way, negated));
            }
        } else if let Some((head, types)) = line.split_once(": ").filter(|_| !line.starts_with('#')) {
            let (name, platform) = head.split_once(' ').unwrap_or((head, ""));
            for native in types.split_whitespace() {
                table.by_type.insert(native.to_ascii_lowercase(), table.kinds.len());
            }
            table.kinds.push(Kind { name, platform, aliases: Vec::new() });
        }
    }
    table
});

/// `awscc_bedrock_agent` is `AWS::Bedrock::Agent`.
fn cloud_control(native: &str) -> Option<usize> {
    let rest = native.strip_prefix("awscc_")?.replace('_', "");
    let found = TABLE
        .by_type
        .iter()
        .find(|(native, _)| native.strip_prefix("aws::").is_some_and(|native| native.replace("::", "") == rest));
    found.map(|(_, kind)| *kind)
}

/// Gives a draft its type; attributes that a syntax names otherwise are added under the name that checks use.
pub(crate) fn typed(draft: Draft) -> Resource {
    let Draft { native, name, address, place, mut attributes } = draft;
    if attributes.place.end == 0 {
        attributes.place = place;
    }
    let found = TABLE.by_type.get(&native.to_ascii_lowercase()).copied().or_else(|| cloud_control(&native));
    let kind = found.and_then(|at| TABLE.kinds.get(at));
    let mut kinds = Vec::new();
    let mut platform = platform_of(&native);
    if let Some(kind) = kind {
        kinds.push(kind.name);
        platform = kind.platform;
        for (name, way, negated) in &kind.aliases {
            let Some(value) = attributes.path(way).cloned() else { continue };
            let value = if *negated { opposite(value) } else { value };
            put(&mut attributes, name, value);
        }
    }
    Resource { kinds, platform, native, name, address, place, attributes }
}

fn platform_of(native: &str) -> &'static str {
    let prefixes = [
        ("aws", "aws"),
        ("google", "google"),
        ("azure", "azure"),
        ("microsoft", "azure"),
        ("databricks", "databricks"),
        ("kubernetes", "kubernetes"),
    ];
    let lower = native.to_ascii_lowercase();
    prefixes.iter().find(|(prefix, _)| lower.starts_with(prefix)).map_or("", |(_, platform)| platform)
}

fn opposite(value: Val) -> Val {
    match value.data {
        Data::Bool(known) => Val::bool(!known, value.place),
        _ if value.scalar() == Some("true") => Val::bool(false, value.place),
        _ if value.scalar() == Some("false") => Val::bool(true, value.place),
        _ => value,
    }
}

/// Puts a value at a dotted name unless something stands there.
fn put(attributes: &mut Val, name: &str, value: Val) {
    if attributes.path(name).is_some() {
        return;
    }
    let (first, rest) = name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)));
    let Some(rest) = rest else {
        attributes.insert(first, value);
        return;
    };
    let place = value.place;
    if let Data::Map(entries) = &mut attributes.data {
        if !entries.iter().any(|entry| same_key(&entry.key, first)) {
            entries.push(Entry { key: first.to_string(), at: place, value: Val::map(Vec::new(), place) });
        }
        if let Some(entry) = entries.iter_mut().rfind(|entry| same_key(&entry.key, first)) {
            put(&mut entry.value, rest, value);
        }
    }
}

/// A resource that a reader types by itself.
pub(crate) fn made(kinds: Vec<&'static str>, platform: &'static str, draft: Draft) -> Resource {
    let Draft { native, name, address, place, attributes } = draft;
    Resource { kinds, platform, native, name, address, place, attributes }
}

/// A map under construction.
pub(crate) struct Build {
    entries: Vec<Entry>,
    place: Place,
}

impl Build {
    pub(crate) fn at(place: Place) -> Self {
        Self { entries: Vec::new(), place }
    }

    pub(crate) fn set(&mut self, key: &str, value: Val) -> &mut Self {
        self.entries.push(Entry { key: key.to_string(), at: value.place, value });
        self
    }

    pub(crate) fn maybe(&mut self, key: &str, value: Option<&Val>) -> &mut Self {
        if let Some(value) = value {
            self.set(key, value.clone());
        }
        self
    }

    pub(crate) fn flag(&mut self, key: &str, value: bool, place: Place) -> &mut Self {
        self.set(key, Val::bool(value, place))
    }

    pub(crate) fn place(&self) -> Place {
        self.place
    }

    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.entries.iter().find(|entry| entry.key == key)?.value.text_or_partial()
    }

    pub(crate) fn has(&self, key: &str, value: Option<&Val>) -> bool {
        self.entries.iter().any(|entry| entry.key == key && Some(&entry.value) == value)
    }

    pub(crate) fn done(&mut self) -> Val {
        Val::map(std::mem::take(&mut self.entries), self.place)
    }
}
