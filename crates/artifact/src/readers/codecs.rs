//! Decompressors behind one enum, over any input, with bounded memory.

use std::cell::Cell;
use std::io::{self, BufRead, Read};

use flate2::{Decompress, FlushDecompress};
use redan_domain::ReadAt;

/// Dictionaries and windows larger than this are not allocated; the largest presets of the tools need 64 MiB.
const MAX_WINDOW: u32 = 128 << 20;

/// One compression method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Codec {
    Deflate,
    Deflate64,
    Zlib,
    Gzip,
    Bzip2,
    /// The `.lzma` file: properties, dictionary size, length, stream.
    LzmaAlone,
    /// As zip wraps it; the length comes from the directory, none if an end mark ends the stream.
    LzmaZip(Option<u64>),
    Xz,
    Zstd,
    Lz4,
}

impl Codec {
    /// One member or frame of this codec from `source`.
    pub(crate) fn decoder<'s>(self, source: &'s mut Source<'_>) -> io::Result<Box<dyn Read + 's>> {
        Ok(match self {
            Self::Deflate => Box::new(Inflate::new(source)),
            Self::Deflate64 => Box::new(deflate64::Deflate64Decoder::with_buffer(source)),
            Self::Zlib => Box::new(flate2::bufread::ZlibDecoder::new(source)),
            Self::Gzip => Box::new(flate2::bufread::GzDecoder::new(source)),
            Self::Bzip2 => Box::new(bzip2::bufread::BzDecoder::new(source)),
            Self::LzmaAlone => lzma_alone(source)?,
            Self::LzmaZip(size) => lzma_zip(source, size)?,
            Self::Xz => Box::new(lzma_rust2::XzReader::new_mem_limit(source, true, MAX_WINDOW / 1024)),
            Self::Zstd => Box::new(
                ruzstd::decoding::StreamingDecoder::new_with_max_window_size(source, u64::from(MAX_WINDOW))
                    .map_err(io::Error::other)?,
            ),
            Self::Lz4 => Box::new(lz4_flex::frame::FrameDecoder::new(source)),
        })
    }
}

/// Properties, dictionary size, length, then the raw stream.
fn lzma_alone<'s>(source: &'s mut Source<'_>) -> io::Result<Box<dyn Read + 's>> {
    let mut header = [0; 13];
    source.read_exact(&mut header)?;
    let [props, d0, d1, d2, d3, size @ ..] = header;
    lzma(source, props, [d0, d1, d2, d3], u64::from_le_bytes(size))
}

/// Two bytes of version, two of the length of the properties, five of properties, then the raw stream.
fn lzma_zip<'s>(source: &'s mut Source<'_>, size: Option<u64>) -> io::Result<Box<dyn Read + 's>> {
    let mut header = [0; 9];
    source.read_exact(&mut header)?;
    let [_, _, _, _, props, dictionary @ ..] = header;
    lzma(source, props, dictionary, size.unwrap_or(u64::MAX))
}

/// A dictionary that claims to be larger than the limit is cut to it: a claim alone must not keep a scanner out, and a
/// stream that really reaches back further fails and says so.
fn lzma<'s>(source: &'s mut Source<'_>, props: u8, dictionary: [u8; 4], size: u64) -> io::Result<Box<dyn Read + 's>> {
    let dictionary = u32::from_le_bytes(dictionary).min(MAX_WINDOW);
    Ok(Box::new(lzma_rust2::LzmaReader::new_with_props(source, size, props, dictionary, None)?))
}

thread_local! {
    /// One that is not in use. An archive has thousands of members: with a new one for each, what is kept of a member
    /// would take the place that its decompressor leaves, and memory would grow by that place every time.
    static DECOMPRESS: Cell<Option<Decompress>> = const { Cell::new(None) };
}

/// A raw deflate stream.
struct Inflate<'s, 'a> {
    source: &'s mut Source<'a>,
    state: Option<Decompress>,
}

impl<'s, 'a> Inflate<'s, 'a> {
    fn new(source: &'s mut Source<'a>) -> Self {
        let mut state = DECOMPRESS.take().unwrap_or_else(|| Decompress::new(false));
        state.reset(false);
        Self { source, state: Some(state) }
    }
}

impl Read for Inflate<'_, '_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Some(state) = &mut self.state else { return Ok(0) };
        loop {
            let input = self.source.fill_buf()?;
            let ended = input.is_empty();
            let (before_in, before_out) = (state.total_in(), state.total_out());
            let flush = if ended { FlushDecompress::Finish } else { FlushDecompress::None };
            let result = state.decompress(input, out, flush);
            self.source.consume((state.total_in() - before_in) as usize);
            let made = (state.total_out() - before_out) as usize;
            match result {
                Ok(flate2::Status::Ok | flate2::Status::BufError) if made == 0 && !ended && !out.is_empty() => {}
                Ok(_) => return Ok(made),
                Err(_) => return Err(io::Error::new(io::ErrorKind::InvalidInput, "corrupt deflate stream")),
            }
        }
    }
}

impl Drop for Inflate<'_, '_> {
    fn drop(&mut self) {
        DECOMPRESS.set(self.state.take());
    }
}

/// Reads an input from the front, and says how far it got.
pub(crate) struct Source<'a> {
    input: &'a dyn ReadAt,
    buffer: Vec<u8>,
    /// Offset of the first byte after the buffer.
    next: u64,
    used: usize,
}

impl<'a> Source<'a> {
    const BUFFER: usize = 32 << 10;

    pub(crate) fn new(input: &'a dyn ReadAt, at: u64) -> Self {
        Self { input, buffer: Vec::new(), next: at, used: 0 }
    }

    /// Offset of the next byte that a decoder would take.
    pub(crate) fn position(&self) -> u64 {
        self.next - (self.buffer.len() - self.used) as u64
    }
}

impl BufRead for Source<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.used >= self.buffer.len() {
            self.buffer = self.input.read_vec_at(self.next, Self::BUFFER)?;
            self.next += self.buffer.len() as u64;
            self.used = 0;
        }
        Ok(self.buffer.get(self.used..).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.used = self.used.saturating_add(amount).min(self.buffer.len());
    }
}

impl Read for Source<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.read(out)?;
        self.consume(n);
        Ok(n)
    }
}
