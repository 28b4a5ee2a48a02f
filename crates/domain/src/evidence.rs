//! A dated, digest-bound statement that something was observed: what a control's status is computed from.

use serde::{Deserialize, Serialize};

/// One observation about one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What was observed, for example `redan-scan`.
    pub kind: String,
    /// What it is about: a path or a URL.
    pub subject: String,
    /// SHA-256 in hex of the subject at that time, where known; without it nothing deployed can be compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// When, RFC 3339 in UTC.
    pub time: String,
    /// What was found, in one line.
    pub result: String,
}
