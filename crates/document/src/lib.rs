//! JSON, YAML and TOML to one tree that knows where everything stands.
//!
//! Made for files that somebody else wrote: what was read before an error is kept, every limit that is reached is
//! said in [`Document::problems`], and nothing recurses or expands without a bound.
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic))]

mod comments;
mod json;
mod limits;
mod node;
mod toml;
mod yaml;

pub use json::{json, json_within};
pub use limits::Limits;
pub use node::{Document, Node, Pair, Problem, Span, Value};
pub use toml::{toml, toml_within};
pub use yaml::{yaml, yaml_within};
