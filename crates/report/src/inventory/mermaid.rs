//! A Mermaid flowchart: assets by kind, edges with their word.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use redan_domain::{Asset, AssetKind};

use super::Inventory;
use crate::text::visible;

/// Nodes of a graph that a browser still draws; what is left out is said.
const MOST: usize = 400;

pub(super) fn graph(inventory: &Inventory, out: &mut dyn Write) -> io::Result<()> {
    let mut text = String::from("flowchart LR\n");
    let mut ids: BTreeMap<&str, String> = BTreeMap::new();
    let mut kinds: BTreeMap<AssetKind, Vec<&Asset>> = BTreeMap::new();
    for (index, asset) in inventory.assets.iter().take(MOST).enumerate() {
        ids.insert(&asset.id, format!("n{index}"));
        kinds.entry(asset.kind).or_default().push(asset);
    }
    for (kind, assets) in &kinds {
        let _ = writeln!(text, "  subgraph {}[\"{}\"]", kind.as_str().replace('-', "_"), kind.as_str());
        for asset in assets {
            let _ = writeln!(
                text,
                "    {}[\"{}\"]",
                ids.get(asset.id.as_str()).map_or("", String::as_str),
                label(&asset.name)
            );
        }
        text.push_str("  end\n");
    }
    for edge in &inventory.edges {
        if let (Some(from), Some(to)) = (ids.get(edge.from.as_str()), ids.get(edge.to.as_str())) {
            let _ = writeln!(text, "  {from} -->|{}| {to}", edge.kind.as_str());
        }
    }
    let left_out = inventory.assets.len().saturating_sub(MOST);
    if left_out > 0 {
        let _ = writeln!(text, "  more[\"… and {left_out} more\"]");
    }
    out.write_all(text.as_bytes())
}

/// Text that cannot end the label or be read as markup.
fn label(name: &str) -> String {
    let mut label = String::new();
    for c in visible(name).chars().take(60) {
        match c {
            '"' => label.push_str("#quot;"),
            '<' => label.push_str("#lt;"),
            '>' => label.push_str("#gt;"),
            '#' => label.push_str("#35;"),
            '`' => label.push_str("#96;"),
            '&' => label.push_str("#amp;"),
            c => label.push(c),
        }
    }
    label
}
