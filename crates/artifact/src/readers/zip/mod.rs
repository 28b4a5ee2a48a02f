//! Zip archives, and the model formats that are zip archives, read as every kind of reader would read them.
//!
//! A zip tells everything twice: in the directory at its end and in a header before each member. Readers
//! differ in which they believe. Here all candidates are scanned, and each disagreement is a fact.

mod directory;
mod flavour;
mod layout;
mod members;
mod records;
mod storages;

pub(crate) use records::name_text;

use redan_domain::ReadAt;

use crate::head::Head;
use crate::readers::{Match, Reader};
use crate::walk::Cx;
use redan_domain::{Fact, facts};

facts! {
    /// Directory and local header give a member different names.
    NAME_MISMATCH = "zip-name-mismatch";
    /// Directory and local header differ in flags that change how a member is read.
    FLAG_MISMATCH = "zip-flag-mismatch";
    /// Flags that make some readers refuse a member which others read.
    FALSE_FLAGS = "zip-false-flags";
    /// Directory and local header name different compression methods.
    METHOD_MISMATCH = "zip-method-mismatch";
    /// Sizes differ between directory, local header and data.
    SIZE_MISMATCH = "zip-size-mismatch";
    /// The checksum is not that of the data.
    CRC_MISMATCH = "zip-crc-mismatch";
    /// A local header that no directory names.
    HIDDEN_ENTRY = "zip-hidden-entry";
    /// A directory entry without local header.
    MISSING_ENTRY = "zip-missing-entry";
    /// Two members have the same name.
    DUPLICATE_ENTRY = "zip-duplicate-entry";
    /// Two members have names that differ in case only.
    CASE_COLLISION = "zip-case-collision";
    /// Two members share bytes.
    OVERLAP = "zip-overlap";
    /// Bytes before the first member.
    PREFIX_DATA = "zip-prefix-data";
    /// Bytes between members, or between them and the directory.
    GAP_DATA = "zip-gap-data";
    /// Bytes after the end record.
    TRAILING_DATA = "zip-trailing-data";
    /// More than one end record or directory; programs differ in which they use.
    MULTIPLE_ENDS = "zip-multiple-end-records";
    /// The end record counts other than the directory holds.
    COUNT_MISMATCH = "zip-count-mismatch";
    /// The archive claims to be one of several disks.
    MULTI_DISK = "zip-multi-disk";
    /// The archive is cut short or has no directory.
    TRUNCATED = "zip-truncated";
    /// A member is compressed in a way that is not supported.
    METHOD_UNSUPPORTED = "zip-method-unsupported";
    /// A member is encrypted.
    ENCRYPTED = "zip-encrypted";
    /// A member expands to far more than it occupies.
    BOMB = "zip-bomb";
    /// The Unicode path field names another file than the header.
    UNICODE_NAME = "zip-unicode-name";
    /// A TorchServe archive names a Python handler that the server runs.
    MAR_HANDLER = "mar-handler";
    /// A torch package holds Python source that loading runs.
    PACKAGE_SOURCE = "torch-package-source";
}

pub(crate) struct Zip;

impl Reader for Zip {
    fn format(&self) -> &'static str {
        "zip"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        let plausible = head.get(0, 30).is_some_and(|header| {
            header.starts_with(records::LOCAL) && header.get(5).is_some_and(|version_high| *version_high <= 20)
        });
        let empty = head.starts_with(records::END) && head.size < 22 + 65_536;
        match directory::at_end(head) {
            _ if plausible || empty => Match::Yes,
            Some(true) => Match::Yes,
            // Bytes after the end record: Python still opens it, but so do tapes and pickles hold archives.
            Some(false) => Match::Hint,
            None => Match::No,
        }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let (directories, ends) = directory::read_all(input, cx);
        if directories.is_empty() {
            let message = "there is no usable central directory; readers that walk the local headers still read it";
            cx.fact(Fact::new(TRUNCATED, "central directory", message));
            cx.incomplete("the archive has no usable central directory");
        }
        let layout = layout::layout(input, &directories, &ends, cx);
        let flavour = flavour::Flavour::of(&layout.slots);
        cx.artifact.format = flavour.format();
        members::read(input, &layout, flavour, cx);
        storages::check(cx);
    }
}

#[cfg(test)]
mod tests;
