//! What a run looked at, so that silence can be told from blindness.

use serde::{Deserialize, Serialize};

/// How far one file was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileStatus {
    /// Understood to the end.
    Scanned,
    /// Not a kind of file this scan looks at.
    Skipped,
    /// Recognised, but not wholly understood; never to be read as clean.
    Incomplete,
    /// Could not be read, or the scanner failed on it.
    Failed,
}

/// One file that was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileRecord {
    /// Path relative to the scanned argument, `/`-separated.
    pub path: String,
    /// Format by content, for example `pytorch-zip`.
    pub format: String,
    /// How far it was understood.
    pub status: FileStatus,
    /// Why it is not `scanned`, one reason each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 of the content in hex, where it was computed or given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Indices into the report's findings; those in archive members count to the outer file.
    #[serde(skip)]
    pub findings: Vec<usize>,
}

/// The run in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Files seen.
    pub seen: u64,
    /// Files understood to the end.
    pub scanned: u64,
    /// Files that are no business of this scan.
    pub skipped: u64,
    /// Files recognised but not wholly understood.
    pub incomplete: u64,
    /// Files that failed.
    pub failed: u64,
    /// Bytes of all files seen.
    pub bytes: u64,
    /// Findings left out of the output by severity or persona.
    pub hidden: u64,
    /// Whether the run was stopped before it had seen everything.
    pub interrupted: bool,
}

impl Coverage {
    /// Counts one file.
    pub fn count(&mut self, record: &FileRecord) {
        self.seen += 1;
        self.bytes = self.bytes.saturating_add(record.size);
        match record.status {
            FileStatus::Scanned => self.scanned += 1,
            FileStatus::Skipped => self.skipped += 1,
            FileStatus::Incomplete => self.incomplete += 1,
            FileStatus::Failed => self.failed += 1,
        }
    }
}
