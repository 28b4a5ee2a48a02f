//! Data inside a pickle that starts as a pickle does: as bytes, in base64, in hexadecimal.

use super::opcode::Instruction;
use super::stream::Stream;
use super::text;

/// How a pickle is written into data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Embedding {
    Bytes,
    Base64,
    Hex,
}

impl Embedding {
    /// Data shorter than this does no harm.
    pub(crate) const LEAST: u64 = 16;
    /// Candidates of one file.
    pub(crate) const MOST: usize = 64;
    /// How much of one is looked at.
    const REACH: usize = 1 << 20;

    /// What these first bytes of a byte string look like.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Option<Embedding> {
        match bytes {
            [0x80, 2..=5, ..] => Some(Embedding::Bytes),
            _ => Self::of_text(bytes),
        }
    }

    /// What these first bytes of a string look like. Protocols 2 to 5 start with `gAI` to `gAW` in base64.
    pub(crate) fn of_text(bytes: &[u8]) -> Option<Embedding> {
        match bytes {
            [b'g', b'A', b'I'..=b'X', ..] => Some(Embedding::Base64),
            [b'8', b'0', b'0', b'2'..=b'5', ..] => Some(Embedding::Hex),
            _ => None,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Embedding::Bytes => "the data of this",
            Embedding::Base64 => "the base64 text of this",
            Embedding::Hex => "the hexadecimal text of this",
        }
    }

    /// The pickle, as far as it is looked at.
    pub(crate) fn decode(self, stream: &Stream<'_>, found: Instruction) -> Vec<u8> {
        let raw = match text::string(stream, found.at, Self::REACH) {
            Some((text, _)) => text.into_bytes(),
            None => stream.fetch(found.data, found.number.min(Self::REACH as u64) as usize).into_owned(),
        };
        match self {
            Embedding::Bytes => raw,
            Embedding::Base64 => base64(&raw),
            Embedding::Hex => {
                let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
                let pairs = raw.chunks_exact(2);
                pairs.map_while(|pair| Some((digit(*pair.first()?)? << 4) | digit(*pair.get(1)?)?)).collect()
            }
        }
    }
}

/// Standard and URL-safe alphabet, white space allowed, up to the first other character.
fn base64(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let mut bits = 0u32;
    let mut count = 0;
    for byte in text {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'\n' | b'\r' | b' ' => continue,
            _ => break,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_decoded() {
        assert_eq!(base64(b"gASVCgAAAAA="), b"\x80\x04\x95\x0a\0\0\0\0");
        assert_eq!(base64(b"aGVs\nbG8"), b"hello");
    }
}
