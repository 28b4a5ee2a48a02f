//! GGUF: counts, typed metadata, tensor descriptions, and tensors at aligned offsets.
//!
//! Only the header is read. Versions 1 (32-bit lengths) to 3, in either byte order; the format is described
//! in the ggml repository, `docs/gguf.md`.

mod metadata;
mod tensors;
#[cfg(test)]
mod tests;
mod types;

use std::io::Read as _;

use redan_domain::ReadAt;

use crate::head::Head;
use crate::readers::{Match, Reader};
use crate::stream::Stream;
use crate::walk::Cx;
use redan_domain::{Fact, facts};

facts! {
    /// Counts, lengths or types that cannot be true, the kind that overflows a careless reader.
    HEADER_INVALID = "gguf-header-invalid";
    /// A metadata key or a tensor name stands twice.
    DUPLICATE = "gguf-duplicate-name";
    /// A tensor's bytes lie outside the file.
    OUT_OF_BOUNDS = "gguf-out-of-bounds";
    /// Two tensors share bytes, or one is not where the alignment puts it.
    OVERLAP = "gguf-overlap";
    /// Bytes that belong to no tensor.
    GAP = "gguf-gap";
}

/// Older containers of the same project, by the bytes of their little-endian magic.
const OLDER: [&[u8]; 4] = [b"lmgg", b"fmgg", b"tjgg", b"algg"];

pub(crate) struct Gguf;

impl Reader for Gguf {
    fn format(&self) -> &'static str {
        "gguf"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        // Older containers continue with a small version, or with the vocabulary's size.
        let older = head.size > 32 && OLDER.iter().any(|magic| head.starts_with(magic));
        if head.starts_with(b"GGUF") || older { Match::Yes } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let Ok(start) = input.read_vec_at(0, 8) else { return cx.incomplete("could not be read") };
        if !start.starts_with(b"GGUF") {
            cx.artifact.format = "ggml";
            return cx.incomplete("a container older than GGUF is recognised, but not read");
        }
        let Some(version) = start.get(4..8).and_then(|bytes| bytes.try_into().ok()) else {
            return invalid(cx, "header", "the file ends in its header", (4, 4));
        };
        let (little, big) = (u32::from_le_bytes(version), u32::from_be_bytes(version));
        let (version, big_endian) = if (1..=0xffff).contains(&little) { (little, false) } else { (big, true) };
        match version {
            1..=3 => {
                let mut file = File { stream: Stream::new(input, 8), version, big_endian };
                if read_file(&mut file, cx).is_none() {
                    cx.incomplete("the header could not be read to its end");
                }
            }
            4..=64 => cx.incomplete(format!("GGUF version {version} is recognised, but not read")),
            _ => invalid(cx, "version", &format!("{little} is not a version of GGUF"), (4, 4)),
        }
    }
}

/// Reports a header that cannot be true.
fn invalid(cx: &mut Cx<'_>, subject: &str, message: &str, at: (u64, u64)) {
    cx.fact(Fact::new(HEADER_INVALID, subject, message).at(at.0, at.1));
    cx.incomplete(message);
}

/// Everything in order; none where a fact or a reason says why it stopped.
fn read_file(file: &mut File<'_>, cx: &mut Cx<'_>) -> Option<()> {
    let tensor_count = file.length()?;
    let kv_count = file.length()?;
    cx.artifact.contents.meta("gguf.version", &file.version.to_string());
    // The shortest entry: an empty key with a type and one byte; an empty name without dimensions.
    let prefix = file.length_size();
    if !plausible(kv_count, prefix + 5, "metadata entries", file, cx)
        || !plausible(tensor_count, prefix + 16, "tensors", file, cx)
    {
        return None;
    }
    let alignment = metadata::read(file, kv_count, cx)?;
    tensors::read(file, tensor_count, alignment, cx)
}

/// Whether `count` things of at least `size` bytes can follow.
fn plausible(count: u64, size: u64, what: &str, file: &File<'_>, cx: &mut Cx<'_>) -> bool {
    let left = file.stream.remaining();
    let fits = count.checked_mul(size).is_some_and(|total| total <= left);
    if !fits {
        let message = format!("the header claims {count} {what}, but only {left} bytes follow");
        invalid(cx, what, &message, (8, file.stream.position().saturating_sub(8)));
    }
    fits
}

/// The file with its version and byte order.
struct File<'a> {
    stream: Stream<'a>,
    version: u32,
    big_endian: bool,
}

impl File<'_> {
    /// Bytes of a length or count.
    fn length_size(&self) -> u64 {
        if self.version == 1 { 4 } else { 8 }
    }

    fn u32(&mut self) -> Option<u32> {
        let bytes = self.stream.array()?;
        Some(if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    fn u64(&mut self) -> Option<u64> {
        let bytes = self.stream.array()?;
        Some(if self.big_endian { u64::from_be_bytes(bytes) } else { u64::from_le_bytes(bytes) })
    }

    /// A length or count: 32 bits in version 1, 64 since.
    fn length(&mut self) -> Option<u64> {
        if self.version == 1 { self.u32().map(u64::from) } else { self.u64() }
    }

    /// `len` bytes as text, of which at most `keep` are returned; none if the file ends before.
    fn text(&mut self, len: u64, keep: u64) -> Option<String> {
        if len > self.stream.remaining() {
            return None;
        }
        let start = self.stream.position();
        let mut bytes = Vec::new();
        self.stream.by_ref().take(len.min(keep)).read_to_end(&mut bytes).ok()?;
        let read = self.stream.position() - start;
        self.stream.skip(len - read)?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// A key or name: its length, and then text.
    fn name(&mut self, what: &str, cx: &mut Cx<'_>) -> Option<String> {
        const MAX_NAME: u64 = 65_535;
        let at = self.stream.position();
        let len = self.length()?;
        if len > MAX_NAME || len > self.stream.remaining() {
            let message = format!("{what} claims a length of {len} bytes, but {} follow", self.stream.remaining());
            invalid(cx, what, &message, (at, self.length_size()));
            return None;
        }
        self.text(len, MAX_NAME)
    }
}
