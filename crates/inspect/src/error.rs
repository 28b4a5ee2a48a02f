//! What can be wrong with a detector or an option.

/// A detector that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InspectError {
    /// A line of a `detect` block or a key of a `[[detector]]` table.
    #[error("detector `{detector}`: {message}")]
    Spec {
        /// Its id.
        detector: String,
        /// What is wrong and what would be right.
        message: String,
    },
    /// A kind that no detector has.
    #[error("there is no detector of kind `{0}`: `redan rules` lists them")]
    UnknownKind(String),
}

impl InspectError {
    pub(crate) fn spec(detector: &str, message: impl Into<String>) -> Self {
        Self::Spec { detector: detector.to_string(), message: message.into() }
    }
}
