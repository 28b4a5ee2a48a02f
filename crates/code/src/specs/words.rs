//! The words that records may use, for whoever says in sentences what they mean.

use std::collections::BTreeSet;

use super::{CLASSES, GO, JAVA, PYTHON, RUST, SCRIPT, Verb};

/// Every class of sink that a stranger's text can reach.
#[must_use]
pub fn sink_classes() -> &'static [&'static str] {
    CLASSES.split_last().map_or(CLASSES, |(_, classes)| classes)
}

/// Every kind of weak call that some language has a record of.
#[must_use]
pub fn check_kinds() -> BTreeSet<&'static str> {
    let records = [&*PYTHON, &*SCRIPT, &*JAVA, &*GO, &*RUST].into_iter().flat_map(|table| table.by_last.values());
    let kinds = records.flatten().filter_map(|record| match &record.verb {
        Verb::Check(kind) => Some(kind.as_str()),
        _ => None,
    });
    kinds.collect()
}
