//! Detectors that a pattern cannot say: each is code, and its entries say what it finds.

mod concealed;
mod credential;
mod date;
mod erased;
mod hostile;
mod injection;
pub(crate) mod leak;
mod links;
mod names;
mod net;
mod phone;
mod scan;
mod table;
mod terminal;

use crate::context::Context;
use crate::detection::{Category, Detection};
use crate::pass::Pass;

pub(crate) use erased::is_steering_order;
pub(crate) use scan::Fnv;

/// A detector in code. It reports kinds whose entries have no `detect` block.
pub(crate) trait Probe: std::fmt::Debug + Send + Sync {
    /// Words, in any case, that the one pass looks for on its behalf.
    fn words(&self) -> &'static [&'static str] {
        &[]
    }

    /// What its detections are about.
    fn categories(&self) -> &'static [Category];

    /// What measurements call it.
    fn name(&self) -> &'static str {
        std::any::type_name::<Self>().rsplit("::").next().unwrap_or_default()
    }

    /// Looks at one view of a text.
    fn run(&self, look: &Look<'_>, found: &mut Vec<Detection>);
}

/// What a probe sees.
pub(crate) struct Look<'a> {
    /// The text and how it is read.
    pub(crate) pass: Pass<'a>,
    /// Where it comes from.
    pub(crate) context: &'a Context,
    /// Where the probe's own words stand, by start.
    pub(crate) words: &'a [Word],
}

/// One of a probe's words in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word {
    /// Which: an index into [`Probe::words`].
    pub(crate) index: usize,
    /// Its first byte.
    pub(crate) start: usize,
    /// The byte after its last.
    pub(crate) end: usize,
}

/// Every probe; the place in the list is its number in the automaton.
pub(crate) const PROBES: &[&dyn Probe] = &[
    &links::Links,
    &terminal::Terminal,
    &table::Table,
    &leak::Leak,
    &concealed::Concealed,
    &credential::Credential,
    &net::Net,
    &phone::Phone,
    &date::Date,
    &names::Names,
    &injection::Commands,
];
