//! 7z archives. No loader reads them, which is why payloads were published inside them: scanners do not either.

use std::io::{self, Read, Seek, SeekFrom};

use redan_domain::ReadAt;
use sevenz_rust2::{Archive, ArchiveEntry, BlockDecoder, Error, Password};

use crate::head::Head;
use crate::readers::{Match, Reader, names};
use crate::walk::{Cx, Expanded};
use redan_domain::{Fact, facts};

facts! {
    /// Members or the list of members are encrypted.
    ENCRYPTED = "sevenz-encrypted";
    /// Members are compressed in a way that is not supported.
    METHOD_UNSUPPORTED = "sevenz-method-unsupported";
    /// The archive is damaged or cut short.
    DAMAGED = "sevenz-damaged";
}

/// Dictionaries and header buffers, each.
const MEMORY_KIB: usize = 128 << 10;

pub(crate) struct SevenZ;

impl Reader for SevenZ {
    fn format(&self) -> &'static str {
        "sevenz"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        if head.starts_with(b"7z\xbc\xaf\x27\x1c") { Match::Yes } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let mut source = Seeker { input, at: 0 };
        let password = Password::empty();
        let archive = match Archive::read_with_memory_limit(&mut source, &password, MEMORY_KIB) {
            Ok(archive) => archive,
            Err(error) => return report("list of members", &error, cx),
        };
        for index in 0..archive.blocks.len() {
            let block = BlockDecoder::new_with_memory_limit(1, MEMORY_KIB, index, &archive, &password, &mut source);
            let mut unpacked = 0u64;
            let result = block.for_each_entries(&mut |entry, reader| {
                unpacked += 1;
                Ok(member(entry, reader, cx))
            });
            if let Err(error) = result {
                let name = format!("block {index}, after {unpacked} members");
                report(&name, &error, cx);
            }
        }
        for entry in archive.files.iter().filter(|entry| !entry.has_stream) {
            names::check(entry.name(), 0, 0, cx);
        }
    }
}

/// Unpacks one member; false when nothing more of its block may be unpacked.
fn member(entry: &ArchiveEntry, reader: &mut dyn Read, cx: &mut Cx<'_>) -> bool {
    if !entry.has_stream || entry.is_directory {
        return true;
    }
    let name = entry.name();
    names::check(name, 0, 0, cx);
    let Expanded { data, error, cut } = cx.expand(reader);
    // Unix modes stand in the upper half where the flag for it is set.
    if entry.windows_attributes & 0x8000 != 0 && entry.windows_attributes >> 16 & 0o170_000 == 0o120_000 {
        let target = String::from_utf8_lossy(data.get(..data.len().min(4096)).unwrap_or_default()).into_owned();
        names::check_link(name, &target, false, 0, cx);
    }
    if let Some(error) = error {
        let message = format!("`{name}` could not be unpacked to its end: {error}");
        cx.fact(Fact::new(DAMAGED, name, &message));
        cx.incomplete(message);
    }
    cx.member(name, &data).is_some() && !cut
}

fn report(what: &str, error: &Error, cx: &mut Cx<'_>) {
    let text = error.to_string();
    let (kind, message) = match error {
        Error::PasswordRequired | Error::MaybeBadPassword(_) => (ENCRYPTED, format!("{what}: encrypted")),
        Error::UnsupportedCompressionMethod(method) if method.contains("AES") => {
            (ENCRYPTED, format!("{what}: encrypted"))
        }
        Error::UnsupportedCompressionMethod(method) => {
            (METHOD_UNSUPPORTED, format!("{what}: compressed with {method}, which is not supported"))
        }
        Error::MaxMemLimited { .. } => return cx.over_budget("memory of a 7z dictionary"),
        _ => (DAMAGED, format!("{what}: {text}")),
    };
    cx.fact(Fact::new(kind, what, &message));
    cx.incomplete(message);
}

/// A position over an input.
struct Seeker<'a> {
    input: &'a dyn ReadAt,
    at: u64,
}

impl Read for Seeker<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.input.read_at(self.at, buffer)?;
        self.at += n as u64;
        Ok(n)
    }
}

impl Seek for Seeker<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(delta) => self.input.size().checked_add_signed(delta),
            SeekFrom::Current(delta) => self.at.checked_add_signed(delta),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use crate::fixture::build;
    use crate::{Artifact, Options, Status, inspect};

    fn run(bytes: &[u8]) -> Artifact {
        inspect(&bytes.to_vec(), "x", &Options::default())
    }

    fn kinds(artifact: &Artifact) -> Vec<&'static str> {
        artifact.facts.iter().map(|fact| fact.kind.0).collect()
    }

    #[test]
    fn members_are_unpacked_and_examined() {
        let artifact = run(&build("7z", "member a.zip zip\n  member b text\n    x\nmember ../c text\n  y\n").unwrap());
        assert_eq!(
            (artifact.format, kinds(&artifact)),
            ("sevenz", vec!["archive-path-traversal"]),
            "{:?}",
            artifact.facts
        );
        assert_eq!((artifact.members[0].format, artifact.members[1].size), ("zip", 2));
    }

    #[test]
    fn what_cannot_be_read_is_incomplete() {
        for (method, kind) in [("06f10701", "sevenz-encrypted"), ("04f71104", "sevenz-method-unsupported")] {
            let artifact = run(&build("7z", &format!("method {method}\nmember a text\n  x\n")).unwrap());
            assert_eq!(kinds(&artifact), [kind]);
            assert!(matches!(artifact.status, Status::Incomplete(_)));
        }
    }

    #[test]
    fn truncation_and_changes_never_panic() {
        let bytes = build("7z", "member a text\n  x\nmember b text\n  y\n").unwrap();
        for end in 0..bytes.len() {
            let _ = run(&bytes[..end]);
        }
        // Checksums guard the header, so a change is followed by mending them.
        for at in 32..bytes.len() {
            for value in [0, 1, 0x7f, 0x80, 0xff] {
                let mut changed = bytes.clone();
                changed[at] = value;
                crate::fixture::mend_sevenz(&mut changed);
                let _ = run(&changed);
            }
        }
    }
}
