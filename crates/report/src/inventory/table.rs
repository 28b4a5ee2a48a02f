//! For a terminal: a line an asset, or what holds and uses what.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use redan_domain::{Asset, AssetKind};

use super::Inventory;
use crate::text::{count, visible};

/// Attributes that say most, in the order in which they are shown.
const TELLING: [&str; 12] = [
    "version",
    "wanted",
    "role",
    "provider",
    "product",
    "model",
    "transport",
    "command",
    "url",
    "image",
    "format",
    "parameters",
];

/// Deepest branch of the tree.
const DEEPEST: usize = 6;

pub(super) fn table(inventory: &Inventory, out: &mut dyn Write) -> io::Result<()> {
    let width = inventory.assets.iter().map(|asset| visible(&asset.name).chars().count()).max().unwrap_or(0).min(48);
    let mut kinds: BTreeMap<AssetKind, Vec<&Asset>> = BTreeMap::new();
    for asset in &inventory.assets {
        kinds.entry(asset.kind).or_default().push(asset);
    }
    for (kind, assets) in &kinds {
        writeln!(out, "{} ({})", kind.as_str(), assets.len())?;
        for asset in assets {
            writeln!(out, "  {:<width$}  {}  {}", visible(&asset.name), visible(&place(asset)), says(asset))?;
        }
        writeln!(out)?;
    }
    let (assets, edges) = (inventory.assets.len() as u64, inventory.edges.len() as u64);
    let kinds = count(kinds.len() as u64, "kind", "kinds");
    writeln!(out, "{} of {kinds}, {}", count(assets, "asset", "assets"), count(edges, "connection", "connections"))
}

fn place(asset: &Asset) -> String {
    match asset.location.line {
        Some(line) => format!("{}:{line}", asset.location.path),
        None => asset.location.path.clone(),
    }
}

/// What matters about an asset, in one line.
fn says(asset: &Asset) -> String {
    let mut words = Vec::new();
    for key in TELLING {
        if let Some(value) = asset.attributes.get(key) {
            words.push(format!("{key}={}", visible(&value.to_string())));
        }
    }
    for (key, value) in &asset.attributes {
        if !matches!(value.value, redan_domain::Value::Text(_)) {
            words.push(format!("{key}={value}"));
        }
    }
    words.join(" ")
}

pub(super) fn tree(inventory: &Inventory, out: &mut dyn Write) -> io::Result<()> {
    let by_id: BTreeMap<&str, &Asset> = inventory.assets.iter().map(|asset| (asset.id.as_str(), asset)).collect();
    let mut below: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    let mut held = BTreeSet::new();
    for edge in &inventory.edges {
        if by_id.contains_key(edge.from.as_str()) && by_id.contains_key(edge.to.as_str()) {
            below.entry(&edge.from).or_default().push((edge.kind.as_str(), &edge.to));
            held.insert(edge.to.as_str());
        }
    }
    let mut seen = BTreeSet::new();
    for asset in inventory.assets.iter().filter(|asset| !held.contains(asset.id.as_str())) {
        branch(asset, "", 0, &by_id, &below, &mut seen, out)?;
    }
    // What only points at itself in a ring has no root.
    for asset in &inventory.assets {
        if !seen.contains(asset.id.as_str()) {
            branch(asset, "", 0, &by_id, &below, &mut seen, out)?;
        }
    }
    Ok(())
}

fn branch<'a>(
    asset: &'a Asset,
    how: &str,
    depth: usize,
    by_id: &BTreeMap<&str, &'a Asset>,
    below: &BTreeMap<&str, Vec<(&'a str, &'a str)>>,
    seen: &mut BTreeSet<&'a str>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let again = !seen.insert(&asset.id);
    let how = if how.is_empty() { String::new() } else { format!("{how} ") };
    let indent = "  ".repeat(depth);
    let name = visible(&asset.name);
    writeln!(
        out,
        "{indent}{how}{} {name}  {}{}",
        asset.kind,
        visible(&place(asset)),
        if again { "  (above)" } else { "" }
    )?;
    if again || depth == DEEPEST {
        return Ok(());
    }
    for (how, to) in below.get(asset.id.as_str()).into_iter().flatten() {
        if let Some(next) = by_id.get(to) {
            branch(next, how, depth + 1, by_id, below, seen, out)?;
        }
    }
    Ok(())
}
