//! Inputs to assets and findings: hands each input to `artifact`, lets the rules judge what was observed.
//!
//! Pure: it is handed [`ReadAt`](redan_domain::ReadAt)s and does no I/O of its own.
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic))]

pub mod agent;
pub mod code;
pub mod declared;
mod discover;
mod file;
mod fingerprint;
pub mod flows;
pub mod infra;
mod judge;
mod project;
pub mod rules;
mod setting;

pub use file::{FileScan, Settings, scan_file};
pub use fingerprint::fingerprint_of;
pub use project::{Text, is_foreign, may_be_model, scan_files, text_of, together};
pub use redan_code::{STACK, has_stack};
pub use rules::{Rule, rules};
