//! The table is read, holds together, and judges known names right.

use super::table::Table;
use super::{Callables, SOURCES, Verdict};

#[test]
fn the_shipped_table_reads() {
    if let Err(error) = Table::parse(SOURCES) {
        panic!("{error}");
    }
    assert!(Callables::shipped().rows().count() > 1000);
}

#[test]
fn unknown_stays_unknown() {
    assert_eq!(Callables::shipped().judge("nowhere", "Nothing"), Verdict::Unknown);
}
