//! Reads a text once and says what in it is dangerous or must not leave, with exact spans in the original bytes.
//!
//! [`Inspector`] holds the compiled detectors and is shared between threads; [`Inspector::inspect`] looks at one
//! text. The text is turned into canonical *views* (`view`), each view goes through one multi-pattern *pass*
//! (`pass`) that opens bounded windows, and a detector verifies each window. What a declarative entry cannot say
//! is a *probe* in code beside its entry. Synchronous, no I/O, no clock.
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic))]

mod blocks;
pub mod check;
pub mod classify;
mod context;
pub mod deidentify;
mod detection;
pub mod detectors;
mod error;
#[doc(hidden)]
pub mod fuzz;
pub mod injection;
mod inspector;
mod linear;
mod pass;
pub mod phrase;
mod probe;
mod resolve;
mod schema;
pub mod stream;
mod view;

pub use blocks::readable;
pub use context::{Channel, Context};
pub use detection::{Category, Detection, Injection, Inspection, Verdict, View};
pub use detectors::{Detector, Spec, UserDetector};
pub use error::InspectError;
pub use inspector::{Inspector, Options};
pub use probe::leak::{LeakIndex, LeakScan};
pub use schema::record_schema;
