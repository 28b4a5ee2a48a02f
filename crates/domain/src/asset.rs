//! What a team has: models, datasets, prompts, agents, endpoints, and how they are connected.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::location::Location;

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asset {
    /// Unique in one report; stable over runs for the same path.
    pub id: String,
    /// What it is.
    pub kind: AssetKind,
    /// What people call it.
    pub name: String,
    /// Where it was found.
    pub location: Location,
    /// Facts about it; what is not known is absent, never guessed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
}

/// Kinds of asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AssetKind {
    /// Weights with or without a graph.
    Model,
    /// An adapter that changes another model.
    Adapter,
    /// Tokenizer, processor or chat template.
    Template,
    /// Training, evaluation or retrieval data.
    Dataset,
    /// Program code shipped with a model.
    Code,
    /// Configuration that decides how a model is loaded.
    Configuration,
    /// An archive that holds others.
    Package,
}

/// A directed connection between two assets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Edge {
    /// Id of the asset it starts from.
    pub from: String,
    /// Id of the asset it leads to.
    pub to: String,
    /// What it means.
    pub kind: EdgeKind,
}

/// Kinds of edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EdgeKind {
    /// `from` holds `to`.
    Contains,
    /// Loading `from` loads `to`.
    Loads,
    /// `from` was made from `to`.
    DerivedFrom,
}
