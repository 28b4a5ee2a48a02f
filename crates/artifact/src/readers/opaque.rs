//! Archives and streams that are recognised but not opened: said, never silently passed over.

use redan_domain::ReadAt;

use crate::head::Head;
use crate::readers::{Match, Reader};
use crate::walk::Cx;
use redan_domain::{Fact, facts};

facts! {
    /// An archive or stream of a kind that is not opened.
    UNSUPPORTED = "archive-unsupported";
}

/// Signature, format id, and what it is.
const FORMATS: &[(&[u8], &str, &str)] = &[
    (b"Rar!\x1a\x07", "rar", "a RAR archive"),
    (b"MSCF\0\0\0\0", "cab", "a Windows cabinet"),
    (b"LZIP\x01", "lzip", "an lzip stream"),
    (b"\x1f\x9d", "compress", "a stream of the old `compress`"),
    (b"\x02\x21\x4c\x18", "lz4-legacy", "an lz4 stream of the old kind"),
    (b"\x89LZO\0\r\n\x1a\n", "lzop", "an lzop stream"),
    (b"xar!\0\x1c\0\x01", "xar", "a xar archive"),
    (b"hsqs", "squashfs", "a squashfs image"),
    (b"\xff\x06\0\0sNaPpY", "snappy", "a snappy stream"),
];

pub(crate) struct Opaque;

fn find(head: &[u8]) -> Option<&'static (&'static [u8], &'static str, &'static str)> {
    FORMATS.iter().find(|(magic, ..)| {
        // Two bytes alone would claim random data: block mode and at most 16 bits follow.
        head.starts_with(magic) && (magic.len() > 2 || head.get(2).is_some_and(|flags| matches!(flags, 0x89..=0x90)))
    })
}

impl Reader for Opaque {
    fn format(&self) -> &'static str {
        "opaque-archive"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        if find(head.bytes).is_some() { Match::Yes } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let head = input.read_vec_at(0, 16).unwrap_or_default();
        let Some((magic, format, what)) = find(&head) else { return };
        cx.artifact.format = format;
        let message = format!("the file is {what}, which is not opened: its content was not scanned");
        cx.fact(Fact::new(UNSUPPORTED, *format, message).at(0, magic.len() as u64));
        cx.incomplete(format!("{what} is not opened"));
    }
}

#[cfg(test)]
mod tests {
    use crate::{Options, Status, inspect};

    #[test]
    fn what_is_not_opened_is_said() {
        for (bytes, format) in [(&b"Rar!\x1a\x07\x01\0"[..], "rar"), (b"\x1f\x9d\x90abc", "compress")] {
            let artifact = inspect(&bytes.to_vec(), "x", &Options::default());
            assert_eq!((artifact.format, artifact.facts[0].kind.0), (format, "archive-unsupported"));
            assert!(matches!(artifact.status, Status::Incomplete(_)));
        }
        assert_eq!(inspect(&b"\x1f\x9d\x01\x02".to_vec(), "x", &Options::default()).facts, []);
    }
}
