//! Tar archives: ustar, pax, GNU; also PyTorch's first format and NeMo, which are tar archives.
//!
//! The length of a member can be told in the header and again in a pax record before it. Readers that believe
//! different ones see different members, so a difference is a fact.

use redan_domain::{ReadAt, Window};

use crate::head::Head;
use crate::readers::{Match, Reader, executable, names};
use crate::walk::Cx;
use redan_domain::{Fact, facts};

facts! {
    /// A header's checksum is not that of the header.
    CHECKSUM = "tar-checksum";
    /// Header and pax record tell different lengths.
    SIZE_MISMATCH = "tar-size-mismatch";
    /// Members or other bytes after the end mark.
    HIDDEN_DATA = "tar-hidden-data";
    /// The archive is cut short or damaged.
    DAMAGED = "tar-damaged";
}

const BLOCK: u64 = 512;
/// Long names and pax records larger than this are not read.
const MAX_RECORDS: u64 = 1 << 20;
/// Bytes after the end mark that are searched for more members.
const MAX_SEARCH: u64 = 64 << 20;

pub(crate) struct Tar;

impl Reader for Tar {
    fn format(&self) -> &'static str {
        "tar"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        match head.bytes.first_chunk::<512>() {
            Some(block) if Header::is(block) => Match::Yes,
            _ => Match::No,
        }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let mut walk = Walk { input, at: 0, pending: Pending::default(), ended: None };
        while walk.step(cx) {}
        let has = |name: &str| cx.artifact.members.iter().any(|member| member.name.trim_start_matches("./") == name);
        if ["pickle", "tensors", "storages"].iter().all(|name| has(name)) {
            cx.artifact.format = "pytorch-tar";
        } else if has("model_config.yaml") {
            cx.artifact.format = "nemo";
        } else if has("MAR-INF/MANIFEST.json") {
            cx.artifact.format = "torchserve-mar";
        }
        if cx.artifact.format != "tar" {
            for member in &mut cx.artifact.members {
                executable::check_in_archive(member, cx.artifact.format);
            }
        }
    }
}

/// A header block, its fields not yet believed.
struct Header<'a>(&'a [u8; 512]);

impl<'a> Header<'a> {
    /// A tar header: the mark of the later formats, or a checksum that fits (the first format has no mark).
    fn is(block: &[u8; 512]) -> bool {
        let header = Header(block);
        let marked = header.field(257, 5) == b"ustar" && header.field(0, 1) != b"\0";
        let octal = |at| header.field(at, 8).iter().all(|byte| matches!(byte, b'0'..=b'7' | b' ' | 0));
        let fits = header.field(0, 1) != b"\0" && octal(100) && header.checksum_fits();
        fits || (marked && (octal(100) || octal(148)))
    }

    fn field(&self, at: usize, len: usize) -> &'a [u8] {
        self.0.get(at..at + len).unwrap_or_default()
    }

    /// Up to the first NUL.
    fn text(&self, at: usize, len: usize) -> String {
        let field = self.field(at, len);
        let end = memchr::memchr(0, field).unwrap_or(len);
        super::zip::name_text(field.get(..end).unwrap_or_default())
    }

    /// Octal digits, or (GNU) a first bit and then a big-endian number.
    fn number(&self, at: usize, len: usize) -> Option<u64> {
        let field = self.field(at, len);
        if field.first().is_some_and(|byte| byte & 0x80 != 0) {
            return field.iter().enumerate().try_fold(0u64, |value, (index, byte)| {
                let byte = if index == 0 { byte & 0x7f } else { *byte };
                value.checked_mul(256)?.checked_add(u64::from(byte))
            });
        }
        let digits: Vec<u8> = field.iter().copied().skip_while(|byte| *byte == b' ').collect();
        let end = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
        let text = std::str::from_utf8(digits.get(..end)?).ok()?;
        if text.is_empty() { Some(0) } else { u64::from_str_radix(text, 8).ok() }
    }

    /// The sum of all bytes, its own field as spaces; some old writers summed signed bytes.
    fn checksum_fits(&self) -> bool {
        let claimed = self.number(148, 8);
        let bytes = || self.0.iter().enumerate().map(|(at, byte)| if (148..156).contains(&at) { b' ' } else { *byte });
        let unsigned: u64 = bytes().map(u64::from).sum();
        let signed: i64 = bytes().map(|byte| i64::from(byte.cast_signed())).sum();
        claimed.is_some_and(|claimed| claimed == unsigned || i64::try_from(claimed) == Ok(signed))
    }

    fn name(&self) -> String {
        let name = self.text(0, 100);
        let prefix = if self.field(257, 6) == b"ustar\0" { self.text(345, 155) } else { String::new() };
        if prefix.is_empty() { name } else { format!("{prefix}/{name}") }
    }
}

/// What headers of their own say about the member that follows.
#[derive(Default)]
struct Pending {
    name: Option<String>,
    link: Option<String>,
    size: Option<u64>,
}

struct Walk<'a> {
    input: &'a dyn ReadAt,
    at: u64,
    pending: Pending,
    /// Where the end mark was, once it was seen.
    ended: Option<u64>,
}

impl Walk<'_> {
    /// Reads one header and what belongs to it; false at the end.
    fn step(&mut self, cx: &mut Cx<'_>) -> bool {
        let here = self.at;
        let block = self.input.read_vec_at(here, BLOCK as usize).unwrap_or_default();
        let Ok(block) = <[u8; 512]>::try_from(block.as_slice()) else {
            if !block.is_empty() || (self.ended.is_none() && here > self.input.size()) {
                damaged(here, "the archive ends inside a member or header", cx);
            }
            return false;
        };
        if block.iter().all(|byte| *byte == 0) {
            return self.after_end(cx);
        }
        let header = Header(&block);
        if !Header::is(&block) {
            damaged(here, "there is no member header where one must be", cx);
            let rest = Window::new(self.input, here, u64::MAX);
            cx.member("(data after the last member)", &rest);
            return false;
        }
        if !header.checksum_fits() {
            let message = format!("the checksum of `{}` is wrong: strict readers stop here", header.name());
            cx.fact(Fact::new(CHECKSUM, header.name(), message).at(here, BLOCK));
        }
        self.member(&header, here, cx)
    }

    fn member(&mut self, header: &Header<'_>, here: u64, cx: &mut Cx<'_>) -> bool {
        let kind = header.field(156, 1).first().copied().unwrap_or_default();
        let Some(told) = header.number(124, 12) else {
            damaged(here, "a length is not a number", cx);
            return false;
        };
        let data_at = here + BLOCK;
        if matches!(kind, b'x' | b'g' | b'X' | b'L' | b'K') {
            self.at = next(data_at, told);
            let records = self.input.read_vec_at(data_at, told.min(MAX_RECORDS) as usize).unwrap_or_default();
            if told > MAX_RECORDS {
                cx.incomplete("an extended header is larger than 1 MiB");
            }
            match kind {
                b'L' => self.pending.name = Some(long_text(&records)),
                b'K' => self.pending.link = Some(long_text(&records)),
                _ => self.pax(&records),
            }
            return true;
        }
        let pending = std::mem::take(&mut self.pending);
        let name = pending.name.unwrap_or_else(|| header.name());
        let size = pending.size.unwrap_or(told);
        if pending.size.is_some_and(|size| size != told && told != 0o77_777_777_777) {
            let message = format!("`{name}` has {told} bytes by its header, {size} by the pax record before it");
            cx.fact(Fact::new(SIZE_MISMATCH, &name, message).at(here, BLOCK));
        }
        names::check(&name, here, BLOCK, cx);
        let mut data_at = data_at;
        match kind {
            b'1' | b'2' => {
                let link = pending.link.unwrap_or_else(|| header.text(157, 100));
                names::check_link(&name, &link, kind == b'1', here, cx);
            }
            b'3' | b'4' | b'6' => {
                let message = format!("`{name}` is a device or a pipe");
                cx.fact(Fact::new(names::SPECIAL_FILE, &name, message).at(here, BLOCK));
            }
            b'5' | b'V' | b'D' | b'M' => {}
            b'S' => data_at = self.sparse(header, data_at, &name, cx),
            _ => {}
        }
        // Only these carry data; a link or device with a length is read both ways by what follows.
        let carries = !matches!(kind, b'1'..=b'6' | b'V');
        if carries && !self.data(&name, data_at, size, cx) {
            return false;
        }
        self.at = if carries || kind == b'1' { next(data_at, if carries { size } else { 0 }) } else { data_at };
        true
    }

    fn data(&self, name: &str, at: u64, size: u64, cx: &mut Cx<'_>) -> bool {
        let data = Window::new(self.input, at, size);
        if data.size() < size {
            let message = format!("`{name}` is said to have {size} bytes, {} are left", data.size());
            cx.fact(Fact::new(DAMAGED, name, &message).at(at, data.size()));
            cx.incomplete(message);
        }
        cx.member(name, &data).is_some()
    }

    /// An old GNU sparse member: more blocks of the map may follow the header. Its pieces are examined as they lie.
    fn sparse(&self, header: &Header<'_>, mut at: u64, name: &str, cx: &mut Cx<'_>) -> u64 {
        cx.incomplete(format!("`{name}` is a sparse file"));
        let mut more = header.field(482, 1) == b"\x01";
        while more && at < self.input.size() {
            more = self.input.read_vec_at(at + 504, 1).is_ok_and(|byte| byte == [1]);
            at += BLOCK;
        }
        at
    }

    /// `LENGTH KEY=VALUE\n`, the length counting itself. Values of a global header hold for one member here, which
    /// is as good: writers use it for comments only.
    fn pax(&mut self, mut records: &[u8]) {
        while let Some(space) = memchr::memchr(b' ', records.get(..records.len().min(20)).unwrap_or_default()) {
            let length =
                records.get(..space).and_then(|digits| std::str::from_utf8(digits).ok()?.parse::<usize>().ok());
            let Some(length) = length.filter(|length| *length > space + 1 && *length <= records.len()) else { return };
            let record = records.get(space + 1..length - 1).unwrap_or_default();
            records = records.get(length..).unwrap_or_default();
            let Some(equals) = memchr::memchr(b'=', record) else { continue };
            let (key, value) = record.split_at(equals);
            let value = super::zip::name_text(value.get(1..).unwrap_or_default());
            match key {
                b"path" | b"GNU.sparse.name" => self.pending.name = Some(value),
                b"linkpath" => self.pending.link = Some(value),
                b"size" => self.pending.size = value.parse().ok(),
                _ => {}
            }
        }
    }

    /// Two blocks of zeros end an archive; programs stop there or at the first. What comes later is hidden from them.
    fn after_end(&mut self, cx: &mut Cx<'_>) -> bool {
        const CHUNK: u64 = 1 << 20;
        let mark = self.at;
        let mut at = mark;
        loop {
            if at - mark > MAX_SEARCH {
                cx.incomplete("not all bytes after the end mark were searched");
                return false;
            }
            let chunk = self.input.read_vec_at(at, CHUNK as usize).unwrap_or_default();
            if chunk.is_empty() {
                return false;
            }
            if let Some(offset) = chunk.iter().position(|byte| *byte != 0) {
                at += offset as u64;
                break;
            }
            at += chunk.len() as u64;
        }
        if self.ended.is_none() {
            let message = format!("there is data at {at}, after the end mark at {mark}: most programs never see it");
            cx.fact(Fact::new(HIDDEN_DATA, "data after the end mark", message).at(at, self.input.size() - at));
            self.ended = Some(mark);
        }
        self.at = at - at % BLOCK;
        let block = self.input.read_vec_at(self.at, BLOCK as usize).unwrap_or_default();
        if block.first_chunk::<512>().is_some_and(Header::is) {
            return true;
        }
        cx.member("(data after the archive)", &Window::new(self.input, at, u64::MAX));
        false
    }
}

fn damaged(at: u64, message: &str, cx: &mut Cx<'_>) {
    cx.fact(Fact::new(DAMAGED, "archive", message).at(at, 0));
    cx.incomplete(message);
}

fn next(data_at: u64, size: u64) -> u64 {
    data_at.saturating_add(size.checked_next_multiple_of(BLOCK).unwrap_or(u64::MAX))
}

/// A long name ends at its NUL.
fn long_text(records: &[u8]) -> String {
    let end = memchr::memchr(0, records).unwrap_or(records.len());
    super::zip::name_text(records.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::build;
    use crate::{Artifact, Options, Status, inspect};

    fn run(bytes: &[u8]) -> Artifact {
        inspect(&bytes.to_vec(), "x", &Options::default())
    }

    fn tar(body: &str) -> Artifact {
        run(&build("tar", body).unwrap())
    }

    fn kinds(artifact: &Artifact) -> Vec<&'static str> {
        artifact.facts.iter().map(|fact| fact.kind.0).collect()
    }

    fn names(artifact: &Artifact) -> Vec<&str> {
        artifact.members.iter().map(|member| member.name.as_str()).collect()
    }

    #[test]
    fn reads_members_in_order() {
        let artifact = tar("member a/b.txt text\n  x\nmember c text\n  y\n");
        assert_eq!((artifact.format, kinds(&artifact), names(&artifact)), ("tar", vec![], vec!["a/b.txt", "c"]));
        assert_eq!(artifact.members[0].size, 2);
    }

    #[test]
    fn models_are_told_by_their_members() {
        let torch =
            "member pickle text\n  x\nmember tensors text\n  x\nmember storages text\n  x\nmember sys_info text\n  x\n";
        assert_eq!(tar(torch).format, "pytorch-tar");
        assert_eq!(tar("member ./model_config.yaml text\n  a: 1\n").format, "nemo");
    }

    #[test]
    fn every_lie_is_told_apart() {
        for (body, expected) in [
            ("member ../a text\n  x\n", vec!["archive-path-traversal"]),
            ("member /a text\n  x\n", vec!["archive-absolute-path"]),
            ("member a text type=2 link=../../etc\n", vec!["archive-link-escape"]),
            ("member a text type=1 link=b\n", vec!["archive-symlink"]),
            ("member a text type=3\n", vec!["archive-special-file"]),
        ] {
            assert_eq!(kinds(&tar(body)), expected, "{body}");
        }
        let mut bytes = build("tar", "member a text\n  x\n").unwrap();
        bytes[150] ^= 1;
        assert_eq!(kinds(&run(&bytes)), ["tar-checksum"]);
    }

    #[test]
    fn members_after_the_end_mark_are_read() {
        let bytes =
            [build("tar", "member a text\n  x\n").unwrap(), build("tar", "member b text\n  y\n").unwrap()].concat();
        let artifact = run(&bytes);
        assert_eq!((kinds(&artifact), names(&artifact)), (vec!["tar-hidden-data"], vec!["a", "b"]));
    }

    #[test]
    fn pax_and_gnu_headers_speak_for_the_next_member() {
        let body = "member p text type=x\n  20 path=long/name.t\n  9 size=0\nmember short text\n  content\n";
        let artifact = tar(body);
        assert_eq!(names(&artifact)[0], "long/name.t");
        assert_eq!(kinds(&artifact)[0], "tar-size-mismatch");
        let artifact = tar("member l text type=L\n  very/long/name\nmember short text\n  content\n");
        assert_eq!(names(&artifact), ["very/long/name\\n"]);
    }

    #[test]
    fn a_number_may_be_binary() {
        let mut block = [0; 512];
        block[124..136].copy_from_slice(&[0x80, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 1]);
        assert_eq!(Header(&block).number(124, 12), Some((2 << 32) + 1));
        block[124..136].copy_from_slice(&[0xff; 12]);
        assert_eq!(Header(&block).number(124, 12), None);
    }

    #[test]
    fn cut_archives_are_incomplete_and_nothing_panics() {
        let bytes = build(
            "tar",
            "member p text type=x\n  20 path=long/name.t\nmember a text\n  x\nmember b text type=S\n  y\n",
        )
        .unwrap();
        assert!(matches!(run(&bytes[..513 + 512 + 512]).status, Status::Incomplete(_)));
        for end in 0..bytes.len() {
            let _ = run(&bytes[..end]);
        }
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 0xff;
            let _ = run(&changed);
        }
    }
}
