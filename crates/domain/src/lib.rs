//! The words every Redan crate shares.
//!
//! Types only: everything rebuilds when this crate changes, so it holds no logic beyond what keeps a
//! value well formed (an [`Entry`](entry::Entry) parses itself, a [`Location`] prints itself, an escape is decoded, hostile
//! text is shown harmless).
#![forbid(unsafe_code)]

pub mod asset;
pub mod coverage;
pub mod entry;
pub mod evidence;
pub mod fact;
pub mod finding;
pub mod framework;
pub mod level;
pub mod location;
pub mod percent;
pub mod read_at;
pub mod scan_report;
pub mod suppression;
pub mod text;

pub use asset::{Asset, AssetKind, Attribute, Edge, EdgeKind, Value};
pub use coverage::{Coverage, FileRecord, FileStatus};
pub use entry::{Entry, EntryError, Example, Expectation};
pub use evidence::Evidence;
pub use fact::{Fact, FactKind};
pub use finding::{Finding, Step};
pub use level::{Confidence, Persona, Severity};
pub use location::{Excerpt, ExcerptLine, Location};
pub use percent::percent_decoded;
pub use read_at::{ReadAt, Window};
pub use scan_report::{RuleInfo, ScanReport, Subject, ToolInfo};
pub use suppression::{Suppression, SuppressionSource};
