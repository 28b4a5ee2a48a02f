//! Reading blocks of an HDF5 file: addresses, sizes and the errors that hostile ones cause.

use std::cell::Cell;

use redan_domain::ReadAt;

use crate::bytes::Cursor;

/// Why a structure was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// The file lies: out of bounds, a loop, a wrong signature.
    Invalid(String),
    /// A part of the format that this reader does not know.
    Unsupported(String),
}

pub(super) type Result<T> = std::result::Result<T, Fault>;

pub(super) fn invalid<T>(message: impl Into<String>) -> Result<T> {
    Err(Fault::Invalid(message.into()))
}

pub(super) fn unsupported<T>(message: impl Into<String>) -> Result<T> {
    Err(Fault::Unsupported(message.into()))
}

/// An address that points nowhere.
pub(super) const UNDEFINED: u64 = u64::MAX;
/// No structure is read in a larger piece.
pub(super) const MAX_BLOCK: u64 = 64 << 20;

/// An open file: where it starts and how wide its numbers are.
#[derive(Clone, Copy)]
pub(super) struct File<'a> {
    pub(super) input: &'a dyn ReadAt,
    /// Offset of the superblock; all addresses count from here.
    pub(super) base: u64,
    /// Bytes of an address.
    pub(super) offset_size: u8,
    /// Bytes of a length.
    pub(super) length_size: u8,
    /// Bytes of structure that may still be read: structures can overlap, and be read again and again.
    pub(super) left: &'a Cell<u64>,
}

impl File<'_> {
    /// Exactly `len` bytes at an address; `what` names the structure in errors.
    pub(super) fn block(&self, address: u64, len: u64, what: &str) -> Result<Vec<u8>> {
        if len > MAX_BLOCK {
            return unsupported(format!("{what} of {len} bytes is larger than is read"));
        }
        let bytes = self.up_to(address, len, what)?;
        if (bytes.len() as u64) < len {
            return invalid(format!("{what} at {address:#x} ends {} bytes past the file", len - bytes.len() as u64));
        }
        Ok(bytes)
    }

    /// At most `len` bytes at an address, fewer where the file ends.
    pub(super) fn up_to(&self, address: u64, len: u64, what: &str) -> Result<Vec<u8>> {
        let start = self.base.checked_add(address).filter(|start| *start < self.input.size());
        let Some(start) = start else {
            return invalid(format!("{what} is said to be at {address:#x}, past the end of the file"));
        };
        let Some(left) = self.left.get().checked_sub(len.min(self.input.size() - start).saturating_add(64)) else {
            return unsupported("more structure than an honest file of this size has");
        };
        self.left.set(left);
        let bytes = self.input.read_vec_at(start, len.min(MAX_BLOCK) as usize);
        bytes.or_else(|error| unsupported(format!("{what} could not be read: {error}")))
    }

    /// A block that starts with a signature, cursor behind it.
    pub(super) fn signed(&self, address: u64, len: u64, signature: &[u8], what: &str) -> Result<Vec<u8>> {
        let bytes = self.up_to(address, len, what)?;
        if bytes.starts_with(signature) {
            Ok(bytes)
        } else {
            invalid(format!("{what} at {address:#x} has no `{}` signature", String::from_utf8_lossy(signature)))
        }
    }

    /// An address; [`UNDEFINED`] if all bits are set.
    pub(super) fn offset(&self, cursor: &mut Cursor<'_>) -> Option<u64> {
        number(cursor, self.offset_size).map(|value| undefined(value, self.offset_size))
    }

    /// A length; [`UNDEFINED`] if all bits are set.
    pub(super) fn length(&self, cursor: &mut Cursor<'_>) -> Option<u64> {
        number(cursor, self.length_size).map(|value| undefined(value, self.length_size))
    }
}

fn undefined(value: u64, size: u8) -> u64 {
    if value == UNDEFINED >> (64 - 8 * u32::from(size.clamp(1, 8))) { UNDEFINED } else { value }
}

/// A little-endian number of `size` bytes, at most eight.
pub(super) fn number(cursor: &mut Cursor<'_>, size: u8) -> Option<u64> {
    let bytes = cursor.take(usize::from(size))?;
    (size <= 8).then(|| bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// Text up to the first NUL, decoded lossily.
pub(super) fn until_nul(bytes: &[u8]) -> String {
    let end = memchr::memchr(0, bytes).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()
}
