//! Source text to facts: one small intermediate form for five languages, and the flows of data in it.
//!
//! Pure, and never refuses a text: fragments and broken files are read as far as they go.
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic))]

mod flow;
pub mod ir;
mod language;
pub mod lines;
mod lower;
mod pattern;
mod specs;

pub use flow::{
    Deed, Flow, Found, Place, Project, STACK, Source, Team, Tool, Use, flows, has_stack, leaks, names_secret,
    with_stack,
};
pub use language::Language;
pub use lower::lower;
pub use specs::{check_kinds, names_private, sink_classes};
