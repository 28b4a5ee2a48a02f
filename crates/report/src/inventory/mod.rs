//! What AI there is, without what is wrong with it: as a table, a tree, JSON, or a Mermaid graph; and what changed.

mod diff;
mod mermaid;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use redan_domain::{Asset, AssetKind, Edge, ScanReport, ToolInfo};
use serde::{Deserialize, Serialize};

pub use diff::{Change, Changed, DiffView, diff, render_diff};

use crate::json::{SCHEMA_VERSION, write_pretty};

/// Everything that was found, ready to be shown or kept.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Inventory {
    /// Version of this document; that of the `json` report.
    pub schema_version: String,
    /// Who made it.
    pub tool: ToolInfo,
    /// What was scanned, as the user named it.
    pub targets: Vec<String>,
    /// When, RFC 3339 in UTC.
    pub started: String,
    /// What there is, by kind and id.
    pub assets: Vec<Asset>,
    /// How it is connected.
    pub edges: Vec<Edge>,
}

/// How an inventory is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum View {
    /// A line an asset, by kind.
    #[default]
    Table,
    /// What holds or uses what.
    Tree,
    /// Everything, versioned.
    Json,
    /// A graph for a README.
    Mermaid,
}

impl Inventory {
    /// Of a scan. An asset that several analyses name is one, with the attributes of all.
    pub fn of(report: &ScanReport) -> Self {
        let mut assets: BTreeMap<(AssetKind, &str), Asset> = BTreeMap::new();
        for asset in &report.assets {
            match assets.get_mut(&(asset.kind, asset.id.as_str())) {
                Some(known) => {
                    for (key, value) in &asset.attributes {
                        known.attributes.entry(key.clone()).or_insert_with(|| value.clone());
                    }
                }
                None => {
                    assets.insert((asset.kind, &asset.id), asset.clone());
                }
            }
        }
        let edges: BTreeSet<&Edge> = report.edges.iter().collect();
        Self {
            schema_version: SCHEMA_VERSION.to_string(),
            tool: report.tool.clone(),
            targets: report.targets.clone(),
            started: report.started.clone(),
            assets: assets.into_values().collect(),
            edges: edges.into_iter().cloned().collect(),
        }
    }

    /// Writes it.
    ///
    /// # Errors
    /// What `out` reports.
    pub fn render(&self, view: View, out: &mut dyn Write) -> io::Result<()> {
        match view {
            View::Table => table::table(self, out),
            View::Tree => table::tree(self, out),
            View::Json => write_pretty(&serde_json::to_value(self)?, out),
            View::Mermaid => mermaid::graph(self, out),
        }
    }
}
