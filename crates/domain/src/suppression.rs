//! A user's word that a finding does not count, with a reason and a last day.

use serde::{Deserialize, Serialize};

/// Why a finding is left out of the verdict. Suppressed findings stay in every output, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// Why, in the user's words.
    pub reason: String,
    /// Last day it holds, `YYYY-MM-DD`; none means until removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// Where it was said.
    pub source: SuppressionSource,
}

/// Where a suppression comes from. Never from inside a scanned archive or model file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SuppressionSource {
    /// A comment in a text file of the user's own.
    Inline,
    /// `[[suppress]]` in the configuration.
    Config,
    /// The baseline file.
    Baseline,
}
