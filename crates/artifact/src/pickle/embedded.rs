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
    /// A zip archive: how torch and skorch keep a model in a model.
    Archive,
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
            [b'P', b'K', 3, 4, ..] => Some(Embedding::Archive),
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
            Embedding::Bytes | Embedding::Archive => "the data of this",
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
            Embedding::Bytes | Embedding::Archive => raw,
            Embedding::Base64 => crate::base64::decode(&raw, Self::REACH),
            Embedding::Hex => {
                let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
                let pairs = raw.chunks_exact(2);
                pairs.map_while(|pair| Some((digit(*pair.first()?)? << 4) | digit(*pair.get(1)?)?)).collect()
            }
        }
    }
}
