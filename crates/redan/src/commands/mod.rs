//! One file per command.

pub(crate) mod baseline;
pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod diff;
pub(crate) mod explain;
pub(crate) mod help;
pub(crate) mod inspect;
pub(crate) mod inventory;
pub(crate) mod rules;
pub(crate) mod scan;
pub(crate) mod sign;
pub(crate) mod tour;
