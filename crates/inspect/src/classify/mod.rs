//! Models of the user's own that read a text: names in it, or whether it is an attack.
//!
//! Redan ships none: those that are good are large or not free. [`onnx`] loads what their publishers offer.

#[cfg(feature = "onnx")]
pub mod onnx;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A name that a model found.
#[derive(Debug, Clone, PartialEq)]
pub struct Entity {
    /// What it is, in the words of Presidio: `PERSON`, `LOCATION`, `ORGANIZATION`, or the model's own.
    pub kind: Arc<str>,
    /// Bytes of the text.
    pub span: Range<usize>,
    /// The model's mean probability over the name.
    pub score: f32,
}

/// Finds names in a text.
pub trait EntityModel: fmt::Debug + Send + Sync {
    /// The names, by start.
    ///
    /// # Errors
    /// What the model could not do, in words; the inspection then says that it is incomplete.
    fn entities(&self, text: &str) -> Result<Vec<Entity>, String>;
}

/// Judges whether a text is an attack on a model.
pub trait AttackModel: fmt::Debug + Send + Sync {
    /// Probability that some part of the text is an attack.
    ///
    /// # Errors
    /// What the model could not do, in words; the inspection then says that it is incomplete.
    fn attack(&self, text: &str) -> Result<f32, String>;
}
