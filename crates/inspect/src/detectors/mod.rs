//! Every detector: one Markdown entry, registered by one line in `registry.rs`.

mod exfiltration;
mod hidden;
mod injection;
mod output;
mod personal;
mod registry;
mod sample;
mod secret;
mod spec;
mod user;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use redan_domain::{Entry, RuleInfo};

use crate::detection::Category;

pub use sample::expand;
pub use spec::Spec;
pub(crate) use spec::Trigger;
pub use user::UserDetector;

/// A registered entry; parsed when it is first asked for.
#[derive(Debug)]
pub struct Detector {
    /// Path below `src/detectors` without extension.
    pub path: &'static str,
    text: &'static str,
    entry: OnceLock<Option<Entry>>,
}

impl Detector {
    /// Its id: the file name.
    pub fn id(&self) -> &'static str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The folder it lives in: `secret`, or `secret/cloud` for a large category.
    pub fn family(&self) -> &'static str {
        self.path.rsplit_once('/').map_or("", |(family, _)| family)
    }

    /// What it is about.
    pub fn category(&self) -> Category {
        self.path.split('/').next().and_then(Category::named).unwrap_or(Category::Output)
    }

    /// The file.
    pub fn text(&self) -> &'static str {
        self.text
    }

    /// The parsed file. None if it does not parse; that cannot ship: `tests/entries.rs` parses every one.
    pub fn entry(&self) -> Option<&Entry> {
        self.entry.get_or_init(|| Entry::parse(self.text).ok()).as_ref()
    }

    /// What reports say about it.
    pub fn info(&self) -> Option<RuleInfo> {
        self.entry().map(|entry| RuleInfo::of(entry, self.family()))
    }

    /// The declarative part, if it has one; None if it is a probe in code.
    ///
    /// # Errors
    /// Names the line that is not understood.
    pub fn spec(&self) -> Option<Result<Spec, crate::InspectError>> {
        let block = spec::block(self.text).filter(|block| spec::declares(block))?;
        Some(Spec::parse(self.id(), self.category(), block))
    }

    /// What its detections are called: `kind` of its block, else its id.
    pub fn kind(&self) -> Arc<str> {
        spec::block(self.text).and_then(spec::kind).unwrap_or(self.id()).into()
    }
}

/// Every detector, by path.
pub fn detectors() -> &'static [Detector] {
    static ALL: OnceLock<Vec<Detector>> = OnceLock::new();
    ALL.get_or_init(|| {
        let all = registry::families().flat_map(redan_domain::entry::Pack::entries);
        all.map(|(path, text)| Detector { path, text, entry: OnceLock::new() }).collect()
    })
}

/// The detector with this id.
pub fn by_id(id: &str) -> Option<&'static Detector> {
    static PLACES: OnceLock<HashMap<&'static str, &'static Detector>> = OnceLock::new();
    let places = PLACES.get_or_init(|| detectors().iter().map(|detector| (detector.id(), detector)).collect());
    places.get(id).copied()
}
