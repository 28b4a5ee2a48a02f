//! What AI was added, removed or changed between two inventories.

use std::collections::BTreeMap;
use std::io::{self, Write};

use redan_domain::{Asset, AssetKind, Edge};
use serde::Serialize;

use super::Inventory;
use crate::json::write_pretty;
use crate::text::visible;

/// How a change is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DiffView {
    /// A line a change.
    #[default]
    Text,
    /// For a pull request.
    Markdown,
    /// Everything.
    Json,
}

/// Everything that changed.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Change {
    /// What is new.
    pub added: Vec<Asset>,
    /// What is gone.
    pub removed: Vec<Asset>,
    /// What is another thing under the same name.
    pub changed: Vec<Changed>,
    /// Connections that are new.
    pub connected: Vec<Edge>,
    /// Connections that are gone.
    pub disconnected: Vec<Edge>,
}

/// One asset that changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Changed {
    /// As it is now.
    pub asset: Asset,
    /// Attribute, what it was, what it is; empty for absent.
    pub attributes: Vec<(String, String, String)>,
}

impl Change {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Compares by kind and id; places do not count, because lines move.
pub fn diff(old: &Inventory, new: &Inventory) -> Change {
    let key = |asset: &Asset| (asset.kind, asset.id.clone());
    let before: BTreeMap<(AssetKind, String), &Asset> = old.assets.iter().map(|asset| (key(asset), asset)).collect();
    let after: BTreeMap<(AssetKind, String), &Asset> = new.assets.iter().map(|asset| (key(asset), asset)).collect();
    let mut change = Change::default();
    for (key, asset) in &after {
        match before.get(key) {
            None => change.added.push((*asset).clone()),
            Some(known) => {
                let attributes = attributes(known, asset);
                if !attributes.is_empty() {
                    change.changed.push(Changed { asset: (*asset).clone(), attributes });
                }
            }
        }
    }
    change.removed =
        before.iter().filter(|(key, _)| !after.contains_key(key)).map(|(_, asset)| (*asset).clone()).collect();
    change.connected = new.edges.iter().filter(|edge| !old.edges.contains(edge)).cloned().collect();
    change.disconnected = old.edges.iter().filter(|edge| !new.edges.contains(edge)).cloned().collect();
    change
}

fn attributes(old: &Asset, new: &Asset) -> Vec<(String, String, String)> {
    let shown = |asset: &Asset, key: &str| asset.attributes.get(key).map_or(String::new(), ToString::to_string);
    let mut keys: Vec<&String> = old.attributes.keys().chain(new.attributes.keys()).collect();
    keys.sort();
    keys.dedup();
    let all = keys.into_iter().map(|key| (key.clone(), shown(old, key), shown(new, key)));
    all.filter(|(_, was, is)| was != is).collect()
}

/// Writes a change.
///
/// # Errors
/// What `out` reports.
pub fn render_diff(change: &Change, view: DiffView, out: &mut dyn Write) -> io::Result<()> {
    match view {
        DiffView::Json => write_pretty(&serde_json::to_value(change)?, out),
        DiffView::Text => text(change, out),
        DiffView::Markdown => markdown(change, out),
    }
}

fn text(change: &Change, out: &mut dyn Write) -> io::Result<()> {
    let line = |out: &mut dyn Write, sign: char, asset: &Asset| {
        writeln!(out, "{sign} {} {}  {}", asset.kind, visible(&asset.name), visible(&asset.location.to_string()))
    };
    for asset in &change.added {
        line(out, '+', asset)?;
    }
    for asset in &change.removed {
        line(out, '-', asset)?;
    }
    for changed in &change.changed {
        line(out, '~', &changed.asset)?;
        for (key, was, is) in &changed.attributes {
            writeln!(out, "    {key}: {} → {}", or_none(was), or_none(is))?;
        }
    }
    writeln!(out, "{}", total(change))
}

fn or_none(value: &str) -> String {
    if value.is_empty() { "none".to_string() } else { visible(value) }
}

fn total(change: &Change) -> String {
    if change.is_empty() {
        return "no AI was added, removed or changed".to_string();
    }
    let (added, removed, changed) = (change.added.len(), change.removed.len(), change.changed.len());
    format!("{added} added, {removed} removed, {changed} changed")
}

fn markdown(change: &Change, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## AI in this change\n\n**{}**", total(change))?;
    if change.added.is_empty() && change.removed.is_empty() && change.changed.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n| | kind | name | where | what |\n|---|---|---|---|---|")?;
    let row = |out: &mut dyn Write, sign: &str, asset: &Asset, what: &str| {
        let (name, place) = (cell(&asset.name), cell(&asset.location.to_string()));
        writeln!(out, "| {sign} | {} | {name} | {place} | {what} |", asset.kind)
    };
    for asset in &change.added {
        row(out, "➕", asset, "")?;
    }
    for asset in &change.removed {
        row(out, "➖", asset, "")?;
    }
    for changed in &change.changed {
        let what =
            changed.attributes.iter().map(|(key, was, is)| cell(&format!("{key}: {} → {}", or_none(was), or_none(is))));
        row(out, "✏️", &changed.asset, &what.collect::<Vec<_>>().join("<br>"))?;
    }
    Ok(())
}

/// Text that stays in its cell and is no markup.
fn cell(text: &str) -> String {
    let mut cell = String::new();
    for c in visible(text).chars() {
        match c {
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '!' => {
                cell.push('\\');
                cell.push(c);
            }
            '<' => cell.push_str("&lt;"),
            '&' => cell.push_str("&amp;"),
            c => cell.push(c),
        }
    }
    cell
}
