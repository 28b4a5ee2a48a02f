//! Streams that are compressed as a whole: gzip, zlib, bzip2, xz, lzma, zstd, lz4, and joblib's old `ZF` files.
//!
//! joblib writes any of these around a pickle. What comes out is examined like a member of an archive.

use std::io::Read;

use redan_domain::{ReadAt, Window};

use super::codecs::{Codec, Source};
use crate::head::Head;
use crate::readers::{Match, Reader};
use crate::walk::{Cx, Expanded};
use redan_domain::{Fact, facts};

facts! {
    /// The stream expands to far more than it holds.
    BOMB = "decompression-bomb";
    /// Bytes after the compressed stream.
    TRAILING_DATA = "compressed-trailing-data";
    /// The stream ends early or is damaged.
    DAMAGED = "compressed-damaged";
}

/// Concatenated streams that are followed; parallel compressors write one per block.
const MAX_STREAMS: u32 = 100_000;

pub(crate) struct Compressed;

impl Reader for Compressed {
    fn format(&self) -> &'static str {
        "compressed"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        if recognise(head.bytes, head.size).is_some() { Match::Yes } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let head = input.read_vec_at(0, Head::LEN).unwrap_or_default();
        let Some((codec, format, start)) = recognise(&head, input.size()) else { return };
        cx.artifact.format = format;
        let name = inner_name(&head, codec, cx.name());
        let (Expanded { data, error, cut }, end) = expand(codec, start, input, cx);
        check_bomb(&data, end, cx);
        if let Some(error) = &error {
            let message = format!("the {format} stream is damaged or cut short: {error}");
            cx.fact(Fact::new(DAMAGED, format, &message).at(end.min(input.size()), 0));
            cx.incomplete(message);
        }
        if !data.is_empty() {
            cx.member(&name, &data);
        }
        drop(data);
        // A stream that the budget cut off has no known end.
        if error.is_none() && !cut {
            trailing(input, end, format, cx);
        }
    }
}

/// Codec, format id and offset of the stream.
fn recognise(head: &[u8], size: u64) -> Option<(Codec, &'static str, u64)> {
    if let Some(at) = zfile(head) {
        return Some((Codec::Zlib, "joblib-zfile", at));
    }
    let (codec, format) = match head {
        [0x1f, 0x8b, 8, flags, ..] if flags & 0xe0 == 0 => (Codec::Gzip, "gzip"),
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..]
        | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, ..] => (Codec::Bzip2, "bzip2"),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => (Codec::Xz, "xz"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => (Codec::Zstd, "zstd"),
        [0x04, 0x22, 0x4d, 0x18, ..] => (Codec::Lz4, "lz4"),
        _ if is_lzma(head) => (Codec::LzmaAlone, "lzma"),
        _ if is_zlib(head, size) => (Codec::Zlib, "zlib"),
        _ => return None,
    };
    Some((codec, format, 0))
}

/// Length in hexadecimal, padded to 19 characters (20 from Python 2), before a zlib stream.
fn zfile(head: &[u8]) -> Option<u64> {
    let length = head.strip_prefix(b"ZF0x")?.get(..17)?;
    let padded = length.iter().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b'L' | b' '));
    let at = (21..=22).find(|at| head.get(*at) == Some(&0x78))?;
    padded.then_some(at as u64)
}

/// Properties, a dictionary size as encoders choose it, a length that is unknown or sane, and the zero with which
/// every range coder starts; then it must also decode.
fn is_lzma(head: &[u8]) -> bool {
    let Some(([props, dictionary @ .., zero], _)) = head.split_first_chunk::<14>() else { return false };
    let Some((dictionary, length)) = dictionary.split_first_chunk::<4>() else { return false };
    let Ok(length) = <[u8; 8]>::try_from(length) else { return false };
    let (dictionary, length) = (u32::from_le_bytes(*dictionary), u64::from_le_bytes(length));
    let usual = dictionary.count_ones() <= 2 && dictionary >= 4096 || dictionary == u32::MAX;
    let sane = length == u64::MAX || (length > 0 && length < 1 << 38);
    *props < 225 && usual && sane && *zero == 0 && decodes(Codec::LzmaAlone, head, true)
}

/// Two bytes are no signature: what the head holds of the stream must inflate.
fn is_zlib(head: &[u8], size: u64) -> bool {
    let [method, flags, ..] = head else { return false };
    let header = method & 0x0f == 8
        && method >> 4 <= 7
        && flags & 0x20 == 0
        && (u16::from(*method) << 8 | u16::from(*flags)).is_multiple_of(31);
    // Other window sizes than the usual one are rare enough to ask for the whole stream.
    header && decodes(Codec::Zlib, head, *method == 0x78 || size > head.len() as u64)
}

/// Whether `head` decodes: to its end, or (if `may_be_cut`) to the end of the head with something coming out.
fn decodes(codec: Codec, head: &[u8], may_be_cut: bool) -> bool {
    let head = head.to_vec();
    let mut source = Source::new(&head, 0);
    let Ok(decoder) = codec.decoder(&mut source) else { return false };
    let mut decoder = decoder.take(1 << 20);
    let mut buffer = [0; 4096];
    let mut produced = 0usize;
    loop {
        match decoder.read(&mut buffer) {
            Ok(0) => return true,
            Ok(n) => produced += n,
            Err(error) => {
                return may_be_cut && produced >= 1 && error.kind() == std::io::ErrorKind::UnexpectedEof;
            }
        }
    }
}

/// All streams one after the other, as the usual programs read them, and the offset reached.
fn expand(codec: Codec, start: u64, input: &dyn ReadAt, cx: &mut Cx<'_>) -> (Expanded, u64) {
    let mut source = Source::new(input, start);
    let mut all = Expanded { data: Vec::new(), error: None, cut: false };
    for _ in 0..MAX_STREAMS {
        let before = source.position();
        let part = match codec.decoder(&mut source) {
            Ok(decoder) => cx.expand(decoder),
            Err(error) => Expanded { data: Vec::new(), error: Some(error.to_string()), cut: false },
        };
        if all.data.is_empty() {
            all.data = part.data;
        } else {
            all.data.extend_from_slice(&part.data);
        }
        (all.error, all.cut) = (part.error, part.cut);
        let end = source.position();
        let next = input.read_vec_at(end, 16).unwrap_or_default();
        let more = recognise(&next, 0).is_some_and(|(next, _, at)| next == codec && at == 0);
        let concatenates = matches!(codec, Codec::Gzip | Codec::Bzip2 | Codec::Zstd | Codec::Lz4);
        if all.error.is_some() || all.cut || !more || !concatenates || end <= before {
            return (all, end);
        }
    }
    cx.over_budget("number of compressed streams");
    all.cut = true;
    (all, source.position())
}

/// More than 200 times the packed size, and more than 64 MiB: no weights compress like that.
fn check_bomb(data: &[u8], packed: u64, cx: &mut Cx<'_>) {
    let size = data.len() as u64;
    if size > 64 << 20 && size / 200 > packed {
        let message = format!("{packed} bytes expand to at least {size}");
        cx.fact(Fact::new(BOMB, "stream", message).at(0, packed));
    }
}

fn trailing(input: &dyn ReadAt, end: u64, format: &str, cx: &mut Cx<'_>) {
    let rest = Window::new(input, end, u64::MAX);
    let head = rest.read_vec_at(0, Head::LEN).unwrap_or_default();
    // Tapes pad with zeros.
    if head.iter().all(|byte| *byte == 0) {
        return;
    }
    let message = format!("{} bytes follow the {format} stream: some readers ignore them, others do not", rest.size());
    cx.fact(Fact::new(TRAILING_DATA, "trailing data", message).at(end, rest.size()));
    cx.member("(data after the compressed stream)", &rest);
}

/// What gzip says the file was called, or the outer name without its last extension.
fn inner_name(head: &[u8], codec: Codec, outer: &str) -> String {
    if codec == Codec::Gzip
        && let Some(name) = gzip_name(head)
    {
        return name;
    }
    let base = outer.rsplit(['/', '\\']).next().unwrap_or_default();
    match base.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => match extension.to_ascii_lowercase().as_str() {
            "tgz" | "tbz2" | "tbz" | "txz" => format!("{stem}.tar"),
            "gz" | "bz2" | "xz" | "lzma" | "zst" | "zstd" | "lz4" | "z" => stem.to_string(),
            _ => base.to_string(),
        },
        _ => base.to_string(),
    }
}

/// RFC 1952: with flag 8 the name follows, after the extra field if flag 4 says there is one.
fn gzip_name(head: &[u8]) -> Option<String> {
    let flags = head.get(3)?;
    let mut at = 10;
    if flags & 4 != 0 {
        at += 2 + usize::from(u16::from_le_bytes([*head.get(10)?, *head.get(11)?]));
    }
    if flags & 8 == 0 {
        return None;
    }
    let rest = head.get(at..)?;
    let name = rest.get(..memchr::memchr(0, rest)?)?;
    (!name.is_empty()).then(|| super::zip::name_text(name))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::{Artifact, Options, Status, inspect};

    const TEXT: &[u8] = b"some words that are long enough to be worth compressing, some words again and again";

    fn run(bytes: &[u8], name: &str) -> Artifact {
        inspect(&bytes.to_vec(), name, &Options::default())
    }

    fn kinds(artifact: &Artifact) -> Vec<&'static str> {
        artifact.facts.iter().map(|fact| fact.kind.0).collect()
    }

    fn gzip(data: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(data: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn bzip2(data: &[u8]) -> Vec<u8> {
        let mut encoder = ::bzip2::write::BzEncoder::new(Vec::new(), ::bzip2::Compression::best());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn lz4(data: &[u8]) -> Vec<u8> {
        let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(data: &[u8]) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(data, ruzstd::encoding::CompressionLevel::Fastest)
    }

    #[test]
    fn every_codec_is_recognised_by_content() {
        let zfile = [format!("ZF{:<19}", format!("{:#x}", TEXT.len())).into_bytes(), zlib(TEXT)].concat();
        for (bytes, format) in [
            (gzip(TEXT), "gzip"),
            (zlib(TEXT), "zlib"),
            (bzip2(TEXT), "bzip2"),
            (lz4(TEXT), "lz4"),
            (zstd(TEXT), "zstd"),
            (zfile, "joblib-zfile"),
        ] {
            let artifact = run(&bytes, "model.bin");
            assert_eq!((artifact.format, kinds(&artifact)), (format, vec![]));
            assert_eq!(artifact.members[0].size, TEXT.len() as u64, "{format}");
        }
    }

    #[test]
    fn concatenated_streams_are_one_content() {
        for pack in [gzip as fn(&[u8]) -> Vec<u8>, bzip2, lz4, zstd] {
            let artifact = run(&[pack(TEXT), pack(TEXT)].concat(), "x");
            assert_eq!((artifact.members[0].size, kinds(&artifact)), (2 * TEXT.len() as u64, vec![]));
        }
    }

    #[test]
    fn what_follows_the_stream_is_told_and_examined() {
        let artifact = run(&[zlib(TEXT), gzip(TEXT)].concat(), "x");
        assert_eq!(kinds(&artifact), ["compressed-trailing-data"]);
        assert_eq!(artifact.members[1].format, "gzip");
        let padded = [gzip(TEXT), vec![0; 700]].concat();
        assert_eq!(kinds(&run(&padded, "x")), Vec::<&str>::new());
    }

    #[test]
    fn a_cut_stream_gives_what_it_had() {
        let bytes = gzip(&TEXT.repeat(3000));
        let artifact = run(&bytes[..bytes.len() - 9], "x");
        assert_eq!(kinds(&artifact), ["compressed-damaged"]);
        assert!(artifact.members[0].size > 100_000 && matches!(artifact.status, Status::Incomplete(_)));
    }

    #[test]
    fn a_bomb_is_told() {
        let artifact = run(&gzip(&vec![0; 65 << 20]), "x");
        assert_eq!(kinds(&artifact), ["decompression-bomb"]);
    }

    #[test]
    fn names_come_from_the_header_or_lose_their_suffix() {
        for (name, inner) in
            [("a/model.pkl.gz", "model.pkl"), ("m.tgz", "m.tar"), ("m.joblib", "m.joblib"), (".gz", ".gz")]
        {
            assert_eq!(run(&gzip(TEXT), name).members[0].name, inner);
        }
        let mut encoder = flate2::GzBuilder::new()
            .filename("was.pkl")
            .extra(vec![1, 2])
            .write(Vec::new(), flate2::Compression::default());
        encoder.write_all(TEXT).unwrap();
        assert_eq!(run(&encoder.finish().unwrap(), "x.gz").members[0].name, "was.pkl");
    }

    #[test]
    fn text_and_numbers_are_not_taken_for_zlib() {
        let mut claimed = 0;
        for seed in 0..2000u32 {
            // A linear congruence is random enough for a header check.
            let mut state = seed;
            let mut bytes: Vec<u8> = std::iter::repeat_with(|| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            })
            .take(8192)
            .collect();
            bytes[..2].copy_from_slice(&[0x78, 0x9c]);
            claimed += u32::from(recognise(&bytes, 1 << 30).is_some());
        }
        assert_eq!(claimed, 0);
        assert!(recognise(b"Hello", 5).is_none() && recognise(b"x\x9c", 2).is_none());
    }

    #[test]
    fn truncation_and_changes_never_panic() {
        for bytes in [gzip(TEXT), zlib(TEXT), bzip2(TEXT), lz4(TEXT), zstd(TEXT)] {
            for end in 0..bytes.len() {
                let _ = run(&bytes[..end], "x");
            }
            for at in 0..bytes.len() {
                for value in [0, 0x41, 0xff] {
                    let mut changed = bytes.clone();
                    changed[at] = value;
                    let _ = run(&changed, "x");
                }
            }
        }
    }
}
