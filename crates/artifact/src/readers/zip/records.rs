//! The records of a zip file: end records, central directory, local headers; parsed, not yet believed.

use redan_domain::ReadAt;

use crate::bytes::Cursor;

pub(super) const LOCAL: &[u8; 4] = b"PK\x03\x04";
pub(super) const CENTRAL: &[u8; 4] = b"PK\x01\x02";
pub(super) const END: &[u8; 4] = b"PK\x05\x06";
const END64: &[u8; 4] = b"PK\x06\x06";
const LOCATOR64: &[u8; 4] = b"PK\x06\x07";
const END_LEN: u64 = 22;
const LOCATOR_LEN: u64 = 20;
/// Fixed part of a local header.
pub(super) const LOCAL_LEN: u64 = 30;

/// General purpose flags that matter here.
pub(super) mod flag {
    pub(in super::super) const ENCRYPTED: u16 = 0x1;
    pub(in super::super) const DESCRIPTOR: u16 = 0x8;
    pub(in super::super) const PATCH: u16 = 0x20;
    pub(in super::super) const STRONG: u16 = 0x40;
    pub(in super::super) const MASKED: u16 = 0x2000;
}

/// An end record with its zip64 extension already applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct End {
    /// Offset of the signature.
    pub(super) at: u64,
    /// Offset where the directory must end: this record or, before it, the zip64 one.
    pub(super) before: u64,
    pub(super) entries: u64,
    pub(super) directory_size: u64,
    pub(super) directory_offset: u64,
    pub(super) disk: u32,
    /// Offset after the comment, as claimed.
    pub(super) reach: u64,
    /// The zip64 record that the locator promises is not there.
    pub(super) zip64_missing: bool,
}

impl End {
    /// Every end record that starts in `tail`, which begins at `tail_at`; in file order, at most 64, the last ones.
    pub(super) fn find_all(input: &dyn ReadAt, tail: &[u8], tail_at: u64) -> Vec<Self> {
        let places: Vec<usize> = memchr::memmem::find_iter(tail, END).collect();
        let last = places.iter().skip(places.len().saturating_sub(64));
        last.filter_map(|at| Self::parse(input, tail.get(*at..)?, tail_at + *at as u64)).collect()
    }

    fn parse(input: &dyn ReadAt, bytes: &[u8], at: u64) -> Option<Self> {
        let mut cursor = Cursor::from(bytes, 4);
        let disk = u32::from(cursor.u16()?);
        cursor.skip(4)?;
        let entries = u64::from(cursor.u16()?);
        let directory_size = u64::from(cursor.u32()?);
        let directory_offset = u64::from(cursor.u32()?);
        let comment = u64::from(cursor.u16()?);
        let plain = Self {
            at,
            before: at,
            entries,
            directory_size,
            directory_offset,
            disk,
            reach: at + END_LEN + comment,
            zip64_missing: false,
        };
        Some(plain.with_zip64(input))
    }

    /// Readers take the zip64 record whenever its locator stands right before the end record.
    fn with_zip64(self, input: &dyn ReadAt) -> Self {
        let Some(locator_at) = self.at.checked_sub(LOCATOR_LEN) else { return self };
        let locator = input.read_vec_at(locator_at, LOCATOR_LEN as usize).unwrap_or_default();
        if !locator.starts_with(LOCATOR64) {
            return self;
        }
        let claimed = Cursor::from(&locator, 8).u64().unwrap_or(u64::MAX);
        // Its claimed offset ignores data put before the archive; then it stands right before the locator.
        let places = [Some(claimed), locator_at.checked_sub(56)];
        places
            .into_iter()
            .flatten()
            .find_map(|at| self.zip64_at(input, at))
            .unwrap_or(Self { zip64_missing: true, ..self })
    }

    fn zip64_at(self, input: &dyn ReadAt, at: u64) -> Option<Self> {
        let record = input.read_vec_at(at, 56).ok()?;
        if !record.starts_with(END64) {
            return None;
        }
        let mut cursor = Cursor::from(&record, 16);
        let disk = cursor.u32()?;
        cursor.skip(12)?;
        Some(Self {
            before: at,
            disk,
            entries: cursor.u64()?,
            directory_size: cursor.u64()?,
            directory_offset: cursor.u64()?,
            ..self
        })
    }
}

/// One entry as one of the two kinds of header tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// Offset of the header itself.
    pub(super) at: u64,
    /// Bytes of the header with name, extra field and comment.
    pub(super) len: u64,
    pub(super) name: Vec<u8>,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) packed: u64,
    pub(super) size: u64,
    /// Offset of the local header, not yet shifted; central headers only.
    pub(super) local: u64,
    /// Unix file mode; central headers made on Unix only.
    pub(super) mode: u32,
    pub(super) disk: u32,
    /// The name in the Info-ZIP Unicode path field.
    pub(super) unicode_name: Option<Vec<u8>>,
    /// The method that the AES field says is used before encryption.
    pub(super) aes_method: Option<u16>,
}

impl Entry {
    /// A central header at `at` of `directory`, which starts at `base` of the file.
    pub(super) fn central(directory: &[u8], at: usize, base: u64) -> Option<Self> {
        let mut cursor = Cursor::from(directory, at);
        if cursor.take(4)? != CENTRAL {
            return None;
        }
        let made_by = cursor.u16()?;
        cursor.skip(2)?;
        let (flags, method) = (cursor.u16()?, cursor.u16()?);
        cursor.skip(4)?;
        let crc = cursor.u32()?;
        let (packed, size) = (u64::from(cursor.u32()?), u64::from(cursor.u32()?));
        let (name, extra, comment) = (cursor.u16()?, cursor.u16()?, cursor.u16()?);
        let disk = u32::from(cursor.u16()?);
        cursor.skip(2)?;
        let attributes = cursor.u32()?;
        let local = u64::from(cursor.u32()?);
        let name = cursor.take(usize::from(name))?.to_vec();
        // Python takes what is there when these lengths reach beyond the directory.
        let extra = cursor.take(usize::from(extra).min(cursor.remaining()))?;
        cursor.skip(usize::from(comment).min(cursor.remaining()))?;
        let mode = if matches!(made_by >> 8, 3 | 19) { attributes >> 16 } else { 0 };
        let len = (cursor.position() - at) as u64;
        let mut entry = Self {
            at: base + at as u64,
            len,
            name,
            flags,
            method,
            crc,
            packed,
            size,
            local,
            mode,
            disk,
            ..Self::default()
        };
        entry.extra(extra, true);
        Some(entry)
    }

    /// The local header at `at`.
    pub(super) fn local(input: &dyn ReadAt, at: u64) -> Option<Self> {
        let marked = input.read_vec_at(at, LOCAL.len()).ok()?.starts_with(LOCAL);
        if marked { Self::unmarked_local(input, at) } else { None }
    }

    /// A local header whatever its first four bytes are: some readers do not look at them.
    pub(super) fn unmarked_local(input: &dyn ReadAt, at: u64) -> Option<Self> {
        // Most headers with their name fit; torch pads the extra field to 64 bytes.
        let mut bytes = input.read_vec_at(at, 512).ok()?;
        let lengths = (Cursor::from(&bytes, 26).u16()?, Cursor::from(&bytes, 28).u16()?);
        let len = LOCAL_LEN + u64::from(lengths.0) + u64::from(lengths.1);
        if len > bytes.len() as u64 {
            bytes = input.read_vec_at(at, len as usize).ok()?;
        }
        let mut cursor = Cursor::from(&bytes, 6);
        let (flags, method) = (cursor.u16()?, cursor.u16()?);
        cursor.skip(4)?;
        let crc = cursor.u32()?;
        let (packed, size) = (u64::from(cursor.u32()?), u64::from(cursor.u32()?));
        cursor.skip(4)?;
        let name = cursor.take(usize::from(lengths.0))?.to_vec();
        let extra = cursor.take(usize::from(lengths.1))?;
        let mut entry = Self { at, len, name, flags, method, crc, packed, size, ..Self::default() };
        entry.extra(extra, false);
        Some(entry)
    }

    fn extra(&mut self, extra: &[u8], central: bool) {
        let mut cursor = Cursor::new(extra);
        while let (Some(id), Some(len)) = (cursor.u16(), cursor.u16()) {
            let Some(field) = cursor.take(usize::from(len)) else { return };
            match id {
                0x0001 => self.zip64(field, central),
                // Version, CRC of the header's name, then the name.
                0x7075 => self.unicode_name = field.get(5..).map(<[u8]>::to_vec),
                // Version, vendor, strength, then the method.
                0x9901 => self.aes_method = Cursor::from(field, 5).u16(),
                _ => {}
            }
        }
    }

    fn zip64(&mut self, field: &[u8], central: bool) {
        let mut cursor = Cursor::new(field);
        let mut widen = |value: &mut u64| {
            if *value == u64::from(u32::MAX)
                && let Some(wide) = cursor.u64()
            {
                *value = wide;
            }
        };
        widen(&mut self.size);
        widen(&mut self.packed);
        if central {
            widen(&mut self.local);
        }
    }

    pub(super) fn has(&self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    /// The name as text; what is not UTF-8 is read as Latin-1, so that no two names become one.
    pub(super) fn text(&self) -> String {
        name_text(&self.name)
    }

    pub(super) fn is_directory(&self) -> bool {
        self.name.ends_with(b"/")
    }
}

/// A member name as text.
pub(crate) fn name_text(name: &[u8]) -> String {
    match std::str::from_utf8(name) {
        Ok(text) => text.to_string(),
        Err(_) => name.iter().copied().map(char::from).collect(),
    }
}
