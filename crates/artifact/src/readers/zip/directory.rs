//! Central directories: every one that some reader would use.

use redan_domain::ReadAt;

use super::records::{CENTRAL, End, Entry};
use super::{COUNT_MISMATCH, MULTI_DISK, MULTIPLE_ENDS, TRUNCATED};
use crate::head::Head;
use crate::walk::Cx;
use redan_domain::Fact;

/// A directory larger than this is read only so far.
const MAX_DIRECTORY: u64 = 16 << 20;
/// More entries are not read; checkpoints of the largest models have a few thousand.
const MAX_ENTRIES: usize = 100_000;

/// A local header with the longest name and extra field.
const MAX_LOCAL: u64 = 30 + 2 * 65_535;

/// One central directory as one reader sees it.
#[derive(Debug)]
pub(super) struct Directory {
    /// What this reader adds to the offsets of local headers.
    pub(super) shift: i64,
    /// Offset and end of the records that were parsed.
    pub(super) span: (u64, u64),
    pub(super) entries: Vec<Entry>,
    pub(super) end: End,
}

impl Directory {
    /// Where the local header of `entry` is.
    pub(super) fn local_at(&self, entry: &Entry) -> Option<u64> {
        entry.local.checked_add_signed(self.shift)
    }
}

/// Whether there is an end record in the tail that points to a directory, and whether it ends the file.
pub(super) fn at_end(head: &Head<'_>) -> Option<bool> {
    let tail = head.tail();
    let tail_at = head.size - tail.len() as u64;
    let found = End::find_all(head.input(), tail, tail_at);
    let mut usable = found.iter().filter(|end| starts(head.input(), end) != [None, None]).peekable();
    usable.peek()?;
    Some(usable.any(|end| end.reach == head.size))
}

/// Where the directory starts: as the offset says (C readers), and counted back from its end (Python).
fn starts(input: &dyn ReadAt, end: &End) -> [Option<u64>; 2] {
    let signed = |at: &u64| input.read_vec_at(*at, 4).is_ok_and(|bytes| bytes == CENTRAL);
    let counted = end.before.checked_sub(end.directory_size).filter(|_| end.directory_size > 0);
    let absolute = Some(end.directory_offset).filter(|at| *at < end.before).filter(signed);
    [absolute, counted.filter(|at| Some(*at) != absolute).filter(signed)]
}

/// Every directory in the tail of `input`, the one most readers use first, with facts on what is odd.
/// Also the spans of all end records with their comments.
pub(super) fn read_all(input: &dyn ReadAt, cx: &mut Cx<'_>) -> (Vec<Directory>, Vec<(u64, u64)>) {
    let tail_at = input.size().saturating_sub(Head::TAIL as u64);
    let Ok(tail) = input.view_at(tail_at, Head::TAIL) else { return Default::default() };
    let ends = End::find_all(input, &tail, tail_at);
    let mut directories: Vec<Directory> = Vec::new();
    let mut spans = Vec::new();
    // The last one is what readers take that search from the end; an earlier one matters only outside members.
    for end in ends.iter().rev() {
        let inside_member = directories.iter().any(|known| known.covers(input, end.at));
        let empty = end.directory_size == 0 && end.entries == 0;
        let starts = starts(input, end);
        if inside_member || (starts == [None, None] && !(empty && directories.is_empty())) {
            continue;
        }
        spans.push((end.before, end.reach.min(input.size())));
        if let Some(first) = directories.first() {
            let message = format!(
                "there are two end records, at {} and {}; which directory is used depends on the program",
                end.at, first.end.at
            );
            cx.fact(Fact::new(MULTIPLE_ENDS, "end record", message).at(end.at, 22));
        }
        for start in starts.into_iter().flatten() {
            directories.extend(read(input, *end, start, cx));
        }
        check(end, &starts, input, cx);
        if directories.len() >= 8 {
            break;
        }
    }
    (directories, spans)
}

fn check(end: &End, starts: &[Option<u64>; 2], input: &dyn ReadAt, cx: &mut Cx<'_>) {
    if let [Some(absolute), Some(counted)] = starts {
        let message = format!(
            "the end record points to a directory at {absolute}, its size to another at {counted}; \
             which one is used depends on the program"
        );
        cx.fact(Fact::new(MULTIPLE_ENDS, "directory", message).at(end.at, 22));
    }
    if end.disk != 0 && end.disk != 0xffff {
        let message = format!("the archive claims to be disk {} of several", end.disk);
        cx.fact(Fact::new(MULTI_DISK, "end record", message).at(end.at, 22));
    }
    if end.zip64_missing {
        let message = "the zip64 locator points to no zip64 end record";
        cx.fact(Fact::new(MULTIPLE_ENDS, "zip64", message).at(end.at.saturating_sub(20), 20));
    }
    if end.reach > input.size() {
        let message = format!("the comment is said to end at {}, after the end of the file", end.reach);
        cx.fact(Fact::new(TRUNCATED, "comment", message).at(end.at, 22));
    }
}

impl Directory {
    /// Whether `at` lies in the data of a member: enough to tell the end record of a stored archive from a second
    /// one of this file.
    fn covers(&self, input: &dyn ReadAt, at: u64) -> bool {
        self.entries.iter().any(|entry| {
            let Some(start) = self.local_at(entry) else { return false };
            // The header is looked at only where `at` can lie behind it at all.
            if at < start || at - start > entry.packed.saturating_add(MAX_LOCAL) {
                return false;
            }
            let Some(local) = Entry::local(input, start) else { return false };
            let data = start.saturating_add(local.len);
            at >= data && at - data < entry.packed
        })
    }
}

fn read(input: &dyn ReadAt, end: End, start: u64, cx: &mut Cx<'_>) -> Option<Directory> {
    let available = end.before.checked_sub(start)?;
    if available > MAX_DIRECTORY {
        cx.over_budget("size of the zip directory");
    }
    let bytes = input.read_vec_at(start, available.min(MAX_DIRECTORY) as usize).ok()?;
    let mut entries = Vec::new();
    let mut at = 0;
    while let Some(entry) = Entry::central(&bytes, at, start) {
        at += entry.len as usize;
        entries.push(entry);
        if entries.len() >= MAX_ENTRIES {
            cx.over_budget("number of entries in a zip directory");
            break;
        }
    }
    let count = entries.len() as u64;
    // A directory of 65,536 or more entries without zip64 wraps around; some writers do that.
    if end.entries != count && end.entries != count & 0xffff {
        let message = format!("the end record claims {} entries, the directory holds {count}", end.entries);
        cx.fact(Fact::new(COUNT_MISMATCH, "end record", message).at(end.at, 22));
    }
    let shift = i64::try_from(start).ok()?.checked_sub(i64::try_from(end.directory_offset).ok()?)?;
    Some(Directory { shift, span: (start, start + at as u64), entries, end })
}
