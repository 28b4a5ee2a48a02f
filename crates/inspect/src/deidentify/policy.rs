//! What is done with a value, by kind.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::detection::{Category, Detection};

/// What is done with one value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operator {
    /// Nothing.
    Keep,
    /// `<EMAIL_ADDRESS>`.
    #[default]
    Redact,
    /// Letters and digits are replaced by a character; separators stay.
    Mask {
        /// So many letters and digits stay at the beginning.
        first: usize,
        /// So many letters and digits stay at the end.
        last: usize,
        /// Stands for each other letter and digit.
        with: char,
    },
    /// `<EMAIL_ADDRESS:9f86d081884c7d65>`: HMAC-SHA256 under the scope's key, 64 bits. Needs a vault's keys.
    Hash,
    /// `<EMAIL_ADDRESS_5e1f09ab>`: the same for the same value, and can be restored. Needs a vault.
    Placeholder,
    /// Digits are encrypted to digits (FF1, NIST SP 800-38G), everything else stays. A card number stays one
    /// that passes Luhn. Needs a vault's keys and six digits that may change; what has fewer is redacted.
    FormatPreserving {
        /// So many digits stay at the beginning (6 or 8: the issuer of a card), fewer if too few would be left.
        first: usize,
        /// So many digits stay at the end.
        last: usize,
    },
    /// A made-up value that looks real, the same for the same value; from ranges reserved for examples. Kinds
    /// that have none are redacted. Needs a vault's keys.
    Surrogate,
    /// A stream stops here; a whole text is redacted and says that it was to be blocked.
    Block,
}

impl Operator {
    pub(super) fn needs_keys(&self) -> bool {
        matches!(self, Self::Hash | Self::Placeholder | Self::FormatPreserving { .. } | Self::Surrogate)
    }
}

/// Operators by kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// By kind (`EMAIL_ADDRESS`) or category (`secret`); the kind goes first.
    #[serde(default)]
    pub by_kind: BTreeMap<String, Operator>,
    /// For all other secrets and personal data. What is neither is kept unless it is named.
    #[serde(default)]
    pub otherwise: Operator,
}

impl Policy {
    /// One operator for all secrets and personal data.
    pub fn all(operator: Operator) -> Self {
        Self { by_kind: BTreeMap::new(), otherwise: operator }
    }

    /// The same with another operator for one kind or category.
    #[must_use]
    pub fn with(mut self, kind: &str, operator: Operator) -> Self {
        self.by_kind.insert(kind.to_string(), operator);
        self
    }

    /// What is done with a detection.
    pub fn operator(&self, detection: &Detection) -> &Operator {
        let named = self.by_kind.get(&*detection.kind).or_else(|| self.by_kind.get(detection.category.as_str()));
        let value = matches!(detection.category, Category::Secret | Category::Personal);
        named.unwrap_or(if value { &self.otherwise } else { &Operator::Keep })
    }
}
