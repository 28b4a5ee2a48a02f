//! Injection and jailbreak: layers whose joint answer is a verdict, and never a security boundary.
//!
//! Structure (`probe/injection`) sees forms that command a model, with their place; a small n-gram model
//! ([`Model`]) sees wording that was attacks in its training data. Both miss most attacks of kinds that nobody
//! has shown them: the measurements are in `docs/injection-model.md`. What an agent may do has to be limited
//! where it acts.

mod calibrate;
mod fit;
pub(crate) mod grams;
mod judge;
mod model;
mod train;

pub use fit::{Fit, FitError, FitOptions, FittedModel, Measured, fit};
pub(crate) use judge::judge;
pub use judge::{Observer, structure};
pub use model::{Model, ModelError};
pub use train::{Sample, TrainOptions, train};
