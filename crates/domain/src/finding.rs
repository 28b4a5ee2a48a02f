//! What is wrong, where, and how to fix it.

use serde::{Deserialize, Serialize};

use crate::level::{Confidence, Persona, Severity};
use crate::location::{Excerpt, Location};
use crate::suppression::Suppression;

/// One problem at one primary place. A rule makes findings; nothing else does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Id of the rule (an [`Entry`](crate::Entry)).
    pub rule: String,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// Who wants to see it.
    pub persona: Persona,
    /// One sentence for this very place, lower case, no full stop.
    pub message: String,
    /// The one primary place.
    pub location: Location,
    /// Other places that belong to it, each with a word on why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Step>,
    /// The chain that led here, in order of execution.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// What the eye should see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<Excerpt>,
    /// What to do about it here.
    pub fix: String,
    /// Stable over unrelated edits: a hash of rule, asset and normalised matched content, never a line number.
    pub fingerprint: String,
    /// Why it does not count, where a user said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppressed: Option<Suppression>,
}

/// A place with a word on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Where.
    pub location: Location,
    /// What happens or stands there.
    pub text: String,
}
