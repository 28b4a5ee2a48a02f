//! Bytes of a model file: what format it really is, what is inside, and what loading it would do.
//!
//! Nothing is ever loaded or run, nothing outside the given bytes is read, and the answer never depends
//! on what is installed on the host. The entry point is [`inspect`]; it returns an [`Artifact`], a tree
//! of members with [`Fact`]s. Judging facts is the job of the scanner's rules.
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic))]

mod artifact;
pub mod base64;
mod budget;
mod bytes;
mod codelike;
pub mod fixture;
mod flatbuffer;
mod head;
mod jinja;
mod json;
mod marshal;
mod metadata;
mod outline;
mod pickle;
mod protobuf;
mod readers;
mod secret;
mod stream;
#[cfg(test)]
mod testing;
pub mod text;
pub mod unread;
mod walk;
mod xml;

pub use artifact::{Artifact, Code, Contents, Language, Status, Template, Tensor};
pub use budget::Limits;
pub use pickle::callables;
pub use readers::{fact_kinds, formats};
pub use redan_domain::{Fact, FactKind};
pub use walk::{MORE_FINDINGS, Options, inspect, inspect_as};
