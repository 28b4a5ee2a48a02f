//! Where the members lie: directory against local headers, and everything that neither accounts for.

use std::collections::{HashMap, HashSet};

use redan_domain::ReadAt;

use super::directory::Directory;
use super::records::{Entry, LOCAL, flag, name_text};
use super::{
    CASE_COLLISION, DUPLICATE_ENTRY, FALSE_FLAGS, FLAG_MISMATCH, GAP_DATA, HIDDEN_ENTRY, METHOD_MISMATCH,
    MISSING_ENTRY, NAME_MISMATCH, OVERLAP, PREFIX_DATA, SIZE_MISMATCH, TRAILING_DATA, UNICODE_NAME,
};
use crate::readers::names;
use crate::walk::Cx;
use redan_domain::Fact;

/// Bytes outside members that are searched for hidden local headers, over the whole archive.
const MAX_SEARCH: u64 = 64 << 20;
/// Hidden members that are followed.
const MAX_HIDDEN: usize = 1000;

/// One way to read one member.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    pub(super) name: String,
    /// What its local header calls it, if that is something else.
    pub(super) other_name: Option<String>,
    /// Offset and length of the local header.
    pub(super) header: (u64, u64),
    /// Offset and length of the packed data.
    pub(super) data: (u64, u64),
    pub(super) method: u16,
    pub(super) flags: u16,
    /// Unpacked size and checksum where they are known.
    pub(super) expected: Option<(u64, u32)>,
    pub(super) mode: u32,
    pub(super) directory: bool,
}

/// Members, and bytes that belong to none: a label, an offset and a length.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) slots: Vec<Slot>,
    pub(super) loose: Vec<(&'static str, u64, u64)>,
}

pub(super) fn layout(input: &dyn ReadAt, directories: &[Directory], ends: &[(u64, u64)], cx: &mut Cx<'_>) -> Layout {
    let mut builder = Builder { input, layout: Layout::default(), covered: ends.to_vec(), seen: HashSet::new() };
    for (index, directory) in directories.iter().enumerate() {
        builder.covered.push(directory.span);
        builder.directory(directory, index == 0, cx);
    }
    builder.gaps(directories, cx);
    builder.layout
}

struct Builder<'a> {
    input: &'a dyn ReadAt,
    layout: Layout,
    covered: Vec<(u64, u64)>,
    /// Data offset, length and method of every slot.
    seen: HashSet<(u64, u64, u16)>,
}

impl Builder<'_> {
    fn directory(&mut self, directory: &Directory, first: bool, cx: &mut Cx<'_>) {
        if first {
            check_names(&directory.entries, cx);
        }
        let mut spans = Vec::new();
        for entry in &directory.entries {
            let name = entry.text();
            let Some(local) = directory.local_at(entry).and_then(|at| Entry::local(self.input, at)) else {
                let message = format!("the directory lists `{name}`, but there is no local header where it points");
                cx.fact(Fact::new(MISSING_ENTRY, &name, message).at(entry.at, entry.len));
                if first {
                    cx.incomplete(format!("`{name}` is listed in the directory but is not there"));
                }
                let unmarked = directory.local_at(entry).and_then(|at| Entry::unmarked_local(self.input, at));
                if let Some(local) = unmarked.filter(|local| !local.name.is_empty() && local.name == entry.name) {
                    self.push(slot(entry, &local, format!("{name} (behind a broken local header)")));
                }
                continue;
            };
            compare(entry, &local, &name, cx);
            let central = slot(entry, &local, name);
            let end = central.data.0.saturating_add(central.data.1);
            spans.push((local.at, end, central.name.clone()));
            let after = if local.has(flag::DESCRIPTOR) { descriptor_len(self.input, end) } else { 0 };
            self.covered.push((local.at, end.saturating_add(after)));
            self.push(central);
            if local.method != entry.method || (known_sizes(&local) && local.packed != entry.packed) {
                let name = format!("{} (by its local header)", local.text());
                self.push(Slot { expected: None, ..slot(&Entry { mode: entry.mode, ..local.clone() }, &local, name) });
            }
        }
        check_overlaps(spans, cx);
    }

    fn push(&mut self, slot: Slot) {
        if self.seen.insert((slot.data.0, slot.data.1, slot.method)) || slot.directory {
            self.layout.slots.push(slot);
        }
    }

    /// Walks what is not covered, in file order.
    fn gaps(&mut self, directories: &[Directory], cx: &mut Cx<'_>) {
        let mut covered = std::mem::take(&mut self.covered);
        covered.sort_unstable();
        let last = covered.last().map_or(0, |_| covered.iter().map(|span| span.1).max().unwrap_or(0));
        covered.push((self.input.size(), self.input.size()));
        let mut search = Search { left: MAX_SEARCH, listed: !directories.is_empty() };
        let mut reached = 0;
        for (start, end) in covered {
            if start > reached {
                self.gap(reached, start.min(self.input.size()), last, &mut search, cx);
            }
            reached = reached.max(end);
        }
    }

    fn gap(&mut self, start: u64, end: u64, last: u64, search: &mut Search, cx: &mut Cx<'_>) {
        let len = end.saturating_sub(start);
        let head = self.input.read_vec_at(start, len.min(4096) as usize).unwrap_or_default();
        let zeros = head.iter().all(|byte| *byte == 0);
        // Zeros pad; a split archive that was joined starts with a four-byte mark.
        if len == 0 || (zeros && len <= 4096 && start > 0) || (start == 0 && len == 4 && head.starts_with(b"PK")) {
            return;
        }
        let found = self.hidden(start, end, search, cx);
        if !search.listed {
            return;
        }
        if start == 0 && self.input.read_vec_at(4, 4).is_ok_and(|magic| magic == b"TFL3") {
            // The model itself; its reader looks at it.
            return;
        }
        let (kind, label, text) = if start == 0 {
            (PREFIX_DATA, "data before the archive", "before the first member")
        } else if start >= last {
            (TRAILING_DATA, "data after the archive", "after the end of the archive")
        } else {
            (GAP_DATA, "data between members", "between members, in no member")
        };
        cx.fact(Fact::new(kind, label, format!("{len} bytes at {start} lie {text}")).at(start, len));
        // What stands at the very front is seen by the readers that look at the whole file.
        if !found && start > 0 {
            self.layout.loose.push((label, start, len));
        }
    }

    /// Looks for local headers in a gap. Whether the first one stands right at its start.
    fn hidden(&mut self, start: u64, end: u64, search: &mut Search, cx: &mut Cx<'_>) -> bool {
        const CHUNK: u64 = 1 << 20;
        let mut at = start;
        let mut at_start = false;
        while at < end && self.layout.slots.len() < MAX_HIDDEN + 100_000 {
            if search.left == 0 {
                cx.incomplete("not all bytes between members were searched for hidden members");
                break;
            }
            let len = CHUNK.min(end - at);
            search.left = search.left.saturating_sub(len);
            let chunk = self.input.read_vec_at(at, len as usize).unwrap_or_default();
            let Some(offset) = memchr::memmem::find(&chunk, LOCAL) else {
                at += len.saturating_sub(3).max(if len == end - at { len } else { 1 });
                continue;
            };
            let here = at + offset as u64;
            at_start |= here == start;
            at = match Entry::local(self.input, here).filter(plausible) {
                Some(local) => self.hidden_entry(local, end, search, cx),
                None => here + 4,
            };
        }
        at_start
    }

    /// Takes a local header that no directory names; returns where to search on.
    fn hidden_entry(&mut self, local: Entry, end: u64, search: &Search, cx: &mut Cx<'_>) -> u64 {
        let name = local.text();
        if search.listed {
            let message =
                format!("`{name}` has a local header but is not in the directory: some readers see it, others do not");
            cx.fact(Fact::new(HIDDEN_ENTRY, &name, message).at(local.at, local.len));
        }
        let data_at = local.at + local.len;
        let known = known_sizes(&local) && local.packed <= self.input.size().saturating_sub(data_at);
        let len = if known { local.packed } else { end.saturating_sub(data_at) };
        let mut slot = slot(&local, &local, name);
        slot.data = (data_at, len);
        slot.expected = known.then_some((local.size, local.crc));
        // Without sizes the data ends where the next header starts; a decoder finds its own end.
        if !known && let Some(next) = next_header(self.input, data_at, end) {
            slot.data.1 = next - data_at;
        }
        let next = slot.data.0.saturating_add(slot.data.1).min(end).max(local.at + 4);
        self.push(slot);
        next
    }
}

struct Search {
    left: u64,
    /// Whether any directory was found; without one, nothing is hidden.
    listed: bool,
}

fn next_header(input: &dyn ReadAt, from: u64, end: u64) -> Option<u64> {
    const WINDOW: u64 = 16 << 20;
    let bytes = input.read_vec_at(from, end.saturating_sub(from).min(WINDOW) as usize).ok()?;
    let marks = [&b"PK\x03\x04"[..], b"PK\x07\x08", b"PK\x01\x02"];
    marks.iter().filter_map(|mark| memchr::memmem::find(&bytes, mark)).min().map(|at| from + at as u64)
}

fn plausible(local: &Entry) -> bool {
    let method = matches!(local.method, 0..=14 | 16 | 18..=20 | 93..=99);
    method && !local.name.is_empty() && local.name.len() < 4096
}

fn known_sizes(local: &Entry) -> bool {
    !local.has(flag::DESCRIPTOR) || (local.packed != 0 && local.packed != u64::from(u32::MAX))
}

fn slot(entry: &Entry, local: &Entry, name: String) -> Slot {
    Slot {
        other_name: (local.name != entry.name).then(|| local.text()),
        name,
        header: (local.at, local.len),
        data: (local.at.saturating_add(local.len), entry.packed),
        method: if entry.method == 99 { entry.aes_method.unwrap_or(99) } else { entry.method },
        flags: entry.flags | local.flags,
        expected: Some((entry.size, entry.crc)),
        mode: entry.mode,
        directory: entry.is_directory() && entry.size == 0,
    }
}

/// Bytes of the data descriptor that ends at the next record: with or without signature, 32 or 64 bits.
fn descriptor_len(input: &dyn ReadAt, at: u64) -> u64 {
    let bytes = input.read_vec_at(at, 28).unwrap_or_default();
    let sizes = if bytes.starts_with(b"PK\x07\x08") { [16, 24] } else { [12, 20] };
    let ends = |len: &u64| bytes.get(*len as usize..).is_some_and(|rest| rest.starts_with(b"PK"));
    sizes.into_iter().find(ends).unwrap_or(if bytes.starts_with(b"PK\x07\x08") { 16 } else { 0 })
}

/// What directory and local header say differently of the same member.
fn compare(entry: &Entry, local: &Entry, name: &str, cx: &mut Cx<'_>) {
    let at = (local.at, local.len);
    let mut report = |kind, message: String| cx.fact(Fact::new(kind, name, message).at(at.0, at.1));
    let same = |a: &u8, b: &u8| a == b || (matches!(a, b'/' | b'\\') && matches!(b, b'/' | b'\\'));
    if entry.name.len() != local.name.len() || !entry.name.iter().zip(&local.name).all(|(a, b)| same(a, b)) {
        let message = format!("the directory calls it `{name}`, its local header `{}`", local.text());
        report(NAME_MISMATCH, message);
    }
    const READING: u16 = flag::ENCRYPTED | flag::PATCH | flag::STRONG | flag::MASKED;
    if (entry.flags ^ local.flags) & READING != 0 {
        let message =
            format!("the directory has flags {:#06x} for `{name}`, its local header {:#06x}", entry.flags, local.flags);
        report(FLAG_MISMATCH, message);
    }
    if (entry.flags | local.flags) & (flag::PATCH | flag::STRONG | flag::MASKED) != 0 {
        let flags = entry.flags | local.flags;
        let message = format!("`{name}` has flags {flags:#06x}, at which some readers stop and others go on");
        report(FALSE_FLAGS, message);
    }
    if entry.method != local.method {
        let message = format!(
            "`{name}` is compressed with method {} by the directory, with {} by its local header",
            entry.method, local.method
        );
        report(METHOD_MISMATCH, message);
    }
    if known_sizes(local) && (local.packed, local.size) != (entry.packed, entry.size) {
        let message = format!(
            "`{name}` has {} bytes packed and {} unpacked by the directory, {} and {} by its local header",
            entry.packed, entry.size, local.packed, local.size
        );
        report(SIZE_MISMATCH, message);
    }
    for unicode in [&entry.unicode_name, &local.unicode_name].into_iter().flatten() {
        // The field exists to give the UTF-8 form of a name in another code page.
        if entry.name.is_ascii() && *unicode != entry.name {
            let message = format!("`{name}` has a Unicode path field that says `{}`", name_text(unicode));
            report(UNICODE_NAME, message);
        }
    }
}

fn check_names(entries: &[Entry], cx: &mut Cx<'_>) {
    let mut known: HashMap<&[u8], &Entry> = HashMap::new();
    let mut folded: HashMap<Vec<u8>, &Entry> = HashMap::new();
    for entry in entries {
        let name = entry.text();
        names::check(&name, entry.at, entry.len, cx);
        if let Some(other) = known.insert(&entry.name, entry) {
            if !entry.is_directory() {
                let message = format!("`{name}` stands twice in the directory, at {} and {}", other.at, entry.at);
                cx.fact(Fact::new(DUPLICATE_ENTRY, &name, message).at(entry.at, entry.len));
            }
        } else if let Some(other) = folded.insert(entry.name.to_ascii_lowercase(), entry) {
            let message = format!("`{name}` and `{}` are one file where case does not count", other.text());
            cx.fact(Fact::new(CASE_COLLISION, &name, message).at(entry.at, entry.len));
        }
    }
}

fn check_overlaps(mut spans: Vec<(u64, u64, String)>, cx: &mut Cx<'_>) {
    spans.sort_unstable();
    let mut reached = 0;
    let mut before = String::new();
    for (start, end, name) in spans {
        if start < reached {
            let message = format!("`{name}` starts at {start}, inside `{before}`, which ends at {reached}");
            cx.fact(Fact::new(OVERLAP, &name, message).at(start, end - start));
        }
        if end > reached {
            reached = end;
            before = name;
        }
    }
}
