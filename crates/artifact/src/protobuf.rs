//! The protobuf wire format: fields with their places, from a slice or from an input that is never read whole.
//!
//! There is no schema here. A reader asks for field numbers; what it does not ask for is skipped, as every
//! protobuf parser skips unknown fields, groups included. Parsing ends at the first byte that is not wire
//! format, and says so: what came before has been seen.

use redan_domain::ReadAt;

use crate::bytes::Cursor;

/// Nested groups that are skipped; the reference parsers stop at 100.
const MAX_GROUPS: usize = 100;
/// A tag and a length, or a tag and a number: the longest encodings are ten bytes each.
const LONGEST_HEADER: usize = 20;

/// The value of one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// Wire type 0.
    Varint(u64),
    /// Wire type 1.
    Fixed64(u64),
    /// Wire type 2: a string, bytes, a message or packed numbers.
    Bytes(&'a [u8]),
    /// Wire type 5.
    Fixed32(u32),
}

/// One field of a message in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Field<'a> {
    /// Field number, from 1.
    pub(crate) number: u32,
    pub(crate) value: Value<'a>,
    /// Where the value starts, counted from the start of the message (of bytes: after the length).
    pub(crate) offset: usize,
}

impl<'a> Field<'a> {
    /// The bytes of a length-delimited field; none for numbers.
    pub(crate) fn bytes(&self) -> Option<&'a [u8]> {
        if let Value::Bytes(bytes) = self.value { Some(bytes) } else { None }
    }

    /// A length-delimited field as text; none for numbers and for what is not UTF-8.
    pub(crate) fn text(&self) -> Option<&'a str> {
        self.bytes().and_then(|bytes| std::str::from_utf8(bytes).ok())
    }

    /// A varint; none for other types.
    pub(crate) fn varint(&self) -> Option<u64> {
        if let Value::Varint(value) = self.value { Some(value) } else { None }
    }

    /// A length-delimited field as a message of its own.
    pub(crate) fn message(&self) -> Option<Fields<'a>> {
        self.bytes().map(Fields::new)
    }
}

/// The fields of a message in memory, in file order, up to what is not wire format.
#[derive(Clone)]
pub(crate) struct Fields<'a> {
    cursor: Cursor<'a>,
    broken: bool,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(message: &'a [u8]) -> Self {
        Self { cursor: Cursor::new(message), broken: false }
    }

    /// Whether iteration stopped at something that is not wire format.
    #[cfg(test)]
    pub(crate) fn broken(&self) -> bool {
        self.broken
    }

    /// The last field with this number, as parsers take it for a field that is not repeated.
    pub(crate) fn last(self, number: u32) -> Option<Field<'a>> {
        self.filter(|field| field.number == number).last()
    }

    #[allow(clippy::option_option, reason = "the outer says whether reading can go on, the inner what was read")]
    fn field(&mut self) -> Option<Option<Field<'a>>> {
        let (number, wire) = tag(&mut self.cursor)?;
        let mut offset = self.cursor.position();
        let value = match wire {
            0 => Value::Varint(varint(&mut self.cursor)?),
            1 => Value::Fixed64(self.cursor.u64()?),
            2 => {
                let len = usize::try_from(varint(&mut self.cursor)?).ok()?;
                offset = self.cursor.position();
                Value::Bytes(self.cursor.take(len)?)
            }
            3 => return skip_group(&mut self.cursor, number).map(|()| None),
            5 => Value::Fixed32(self.cursor.u32()?),
            _ => return None,
        };
        Some(Some(Field { number, value, offset }))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        while !self.broken && self.cursor.remaining() > 0 {
            match self.field() {
                Some(Some(field)) => return Some(field),
                Some(None) => {}
                None => self.broken = true,
            }
        }
        None
    }
}

/// Seven bits a byte, least significant first, at most ten bytes.
pub(crate) fn varint(cursor: &mut Cursor<'_>) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..70).step_by(7) {
        let byte = cursor.u8()?;
        value |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn tag(cursor: &mut Cursor<'_>) -> Option<(u32, u8)> {
    let tag = u32::try_from(varint(cursor)?).ok()?;
    (tag >> 3 != 0).then_some((tag >> 3, (tag & 7) as u8))
}

fn skip_group(cursor: &mut Cursor<'_>, number: u32) -> Option<()> {
    let mut open = vec![number];
    while let Some(innermost) = open.last().copied() {
        let (number, wire) = tag(cursor)?;
        match wire {
            0 => drop(varint(cursor)?),
            1 => cursor.skip(8)?,
            2 => {
                let len = usize::try_from(varint(cursor)?).ok()?;
                cursor.skip(len)?;
            }
            3 if open.len() < MAX_GROUPS => open.push(number),
            4 if number == innermost => drop(open.pop()),
            5 => cursor.skip(4)?,
            _ => return None,
        }
    }
    Some(())
}

/// A field of a message that is not in memory: numbers are read, bytes are a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Wire types 0, 1 and 5.
    Number(u64),
    /// Wire type 2: absolute offset and length.
    Bytes { start: u64, len: u64 },
}

/// One field of a message in an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Located {
    /// Field number, from 1.
    pub(crate) number: u32,
    pub(crate) place: Place,
}

impl Located {
    /// Absolute offset and length of a length-delimited field.
    pub(crate) fn span(&self) -> Option<(u64, u64)> {
        if let Place::Bytes { start, len } = self.place { Some((start, len)) } else { None }
    }

    /// The number in a field of another type.
    pub(crate) fn number_value(&self) -> Option<u64> {
        if let Place::Number(value) = self.place { Some(value) } else { None }
    }
}

/// The fields of a message inside an input, length-delimited ones skipped over without reading them.
pub(crate) struct Stream<'a> {
    input: &'a dyn ReadAt,
    at: u64,
    end: u64,
    broken: bool,
}

impl<'a> Stream<'a> {
    /// The message at `start`, `len` bytes long, cut where the input ends.
    pub(crate) fn new(input: &'a dyn ReadAt, start: u64, len: u64) -> Self {
        Self { input, at: start, end: start.saturating_add(len).min(input.size()), broken: false }
    }

    /// Whether iteration stopped at something that is not wire format, at the end of the input, or at a read error.
    pub(crate) fn broken(&self) -> bool {
        self.broken
    }

    /// Where the next field starts, or where parsing broke off.
    pub(crate) fn position(&self) -> u64 {
        self.at
    }

    #[allow(clippy::option_option, reason = "the outer says whether reading can go on, the inner what was read")]
    fn field(&mut self) -> Option<Option<Located>> {
        let header = self.input.read_vec_at(self.at, LONGEST_HEADER.min((self.end - self.at) as usize)).ok()?;
        let mut cursor = Cursor::new(&header);
        let (number, wire) = tag(&mut cursor)?;
        let place = match wire {
            0 => Place::Number(varint(&mut cursor)?),
            1 => Place::Number(cursor.u64()?),
            2 => {
                let len = varint(&mut cursor)?;
                let start = self.at + cursor.position() as u64;
                let end = start.checked_add(len).filter(|end| *end <= self.end)?;
                self.at = end;
                return Some(Some(Located { number, place: Place::Bytes { start, len } }));
            }
            3 => {
                self.at += cursor.position() as u64;
                return self.skip_group(number).map(|()| None);
            }
            5 => Place::Number(u64::from(cursor.u32()?)),
            _ => return None,
        };
        self.at += cursor.position() as u64;
        Some(Some(Located { number, place }))
    }

    fn skip_group(&mut self, number: u32) -> Option<()> {
        /// No writer makes groups of this size; a larger one ends the reading.
        const MAX_GROUP: u64 = 1 << 20;
        let bytes = self.input.read_vec_at(self.at, (self.end - self.at).min(MAX_GROUP) as usize).ok()?;
        let mut cursor = Cursor::new(&bytes);
        skip_group(&mut cursor, number)?;
        self.at += cursor.position() as u64;
        Some(())
    }
}

impl Iterator for Stream<'_> {
    type Item = Located;

    fn next(&mut self) -> Option<Located> {
        while !self.broken && self.at < self.end {
            match self.field() {
                Some(Some(field)) => return Some(field),
                Some(None) => {}
                None => self.broken = true,
            }
        }
        None
    }
}

/// A message inside the input: absolute offset and length.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    pub(crate) start: u64,
    pub(crate) len: u64,
}

impl Part {
    pub(crate) fn fields(self, input: &dyn ReadAt) -> Stream<'_> {
        Stream::new(input, self.start, self.len)
    }

    /// The beginning as text, at most `max` bytes.
    pub(crate) fn text(self, input: &dyn ReadAt, max: usize) -> String {
        let bytes = input.read_vec_at(self.start, self.len.min(max as u64) as usize).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// A message of two strings, fields 1 and 2: a map entry with text values, or ONNX's `StringStringEntryProto`.
    pub(crate) fn entry(self, input: &dyn ReadAt) -> (String, String) {
        let mut pair = (String::new(), String::new());
        for field in self.fields(input) {
            match (field.number, field.place) {
                (1, Place::Bytes { start, len }) => pair.0 = Part { start, len }.text(input, 300),
                (2, Place::Bytes { start, len }) => pair.1 = Part { start, len }.text(input, 4096),
                _ => {}
            }
        }
        pair
    }
}

/// Whether `prefix`, the beginning of `size` bytes, is a message whose top-level fields are all `allowed`
/// (field number, wire type). Bytes that run on past the prefix are fine while they stay inside `size`.
/// Returns how many fields it saw, none if it is not such a message.
pub(crate) fn looks_like_message(prefix: &[u8], size: u64, allowed: impl Fn(u32, u8) -> bool) -> Option<usize> {
    let whole = prefix.len() as u64 >= size;
    let mut cursor = Cursor::new(prefix);
    let mut seen = 0;
    while cursor.remaining() > 0 {
        let room = cursor.remaining();
        let Some((number, wire)) = tag(&mut cursor) else {
            return (!whole && room < LONGEST_HEADER && seen > 0).then_some(seen);
        };
        if !allowed(number, wire) {
            return None;
        }
        let complete = match wire {
            0 => varint(&mut cursor).map(|_| ()),
            1 => cursor.skip(8),
            5 => cursor.skip(4),
            2 => match varint(&mut cursor) {
                Some(len) if len <= size.saturating_sub(cursor.position() as u64) => {
                    usize::try_from(len).ok().and_then(|len| cursor.skip(len))
                }
                Some(_) => return None,
                None => None,
            },
            _ => return None,
        };
        seen += 1;
        if complete.is_none() {
            // Cut by the end of the prefix, unless the prefix is all there is.
            return (!whole && (wire == 2 || room < LONGEST_HEADER)).then_some(seen);
        }
    }
    (seen > 0).then_some(seen)
}

/// The numbers of a packed repeated field; stops at the first that is cut.
pub(crate) fn packed_varints(bytes: &[u8]) -> impl Iterator<Item = u64> {
    let mut cursor = Cursor::new(bytes);
    std::iter::from_fn(move || if cursor.remaining() == 0 { None } else { varint(&mut cursor) })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1: 150; 2: "testing"; 3: { 1: 150 }; 4: fixed32; 5: fixed64; group 6 { 1: 1; group 7 {} }; 8: 0
    fn sample() -> Vec<u8> {
        let mut out = vec![0x08, 0x96, 0x01, 0x12, 7];
        out.extend(b"testing");
        out.extend([0x1a, 3, 0x08, 0x96, 0x01, 0x25, 1, 0, 0, 0, 0x29, 2, 0, 0, 0, 0, 0, 0, 0]);
        out.extend([0x33, 0x08, 1, 0x3b, 0x3c, 0x34, 0x40, 0]);
        out
    }

    #[test]
    fn reads_every_wire_type_and_skips_groups() {
        let data = sample();
        let mut fields = Fields::new(&data);
        let seen: Vec<Field<'_>> = fields.by_ref().collect();
        assert!(!fields.broken());
        let numbers: Vec<u32> = seen.iter().map(|field| field.number).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5, 8]);
        assert_eq!(seen[0].varint(), Some(150));
        assert_eq!((seen[1].text(), seen[1].offset), (Some("testing"), 5));
        assert_eq!(seen[2].message().unwrap().last(1).unwrap().varint(), Some(150));
        assert_eq!(seen[3].value, Value::Fixed32(1));
        assert_eq!(seen[4].value, Value::Fixed64(2));
    }

    #[test]
    fn a_stream_sees_the_same_fields_without_reading_them() {
        let data = sample();
        let mut stream = Stream::new(&data, 0, u64::MAX);
        let seen: Vec<Located> = stream.by_ref().collect();
        assert!(!stream.broken());
        assert_eq!(seen.iter().map(|field| field.number).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 8]);
        assert_eq!(seen[0].number_value(), Some(150));
        assert_eq!(seen[1].span(), Some((5, 7)));
    }

    #[test]
    fn a_cut_message_is_broken_exactly_between_fields_it_is_not() {
        let data = sample();
        let ends = [0, 3, 12, 17, 22, 31, 37, 39];
        for cut in 0..=data.len() {
            let mut fields = Fields::new(&data[..cut]);
            let count = fields.by_ref().count();
            let mut stream = Stream::new(&data, 0, cut as u64);
            assert_eq!(stream.by_ref().count(), count, "cut at {cut}");
            assert_eq!(fields.broken(), !ends.contains(&cut), "cut at {cut}");
            assert_eq!(stream.broken(), fields.broken(), "cut at {cut}");
        }
    }

    #[test]
    fn refuses_what_is_not_wire_format() {
        for bad in [
            &[0x00u8][..],                                                          // field number zero
            &[0x0e],                                                                // wire type 6
            &[0x0c],                                                                // an end without a start
            &[0x0b, 0x14],                                                          // the wrong end
            &[0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],       // absurd length
            &[0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], // eleven bytes
        ] {
            let mut fields = Fields::new(bad);
            assert_eq!((fields.by_ref().count(), fields.broken()), (0, true), "{bad:?}");
        }
        let deep = [0x0bu8].repeat(100_000);
        let mut fields = Fields::new(&deep);
        assert_eq!((fields.by_ref().count(), fields.broken()), (0, true));
    }

    #[test]
    fn recognises_a_message_by_its_fields() {
        let data = &sample()[..17];
        let schema = |number: u32, wire: u8| matches!((number, wire), (1, 0) | (2 | 3, 2));
        assert_eq!(looks_like_message(data, 17, schema), Some(3));
        assert_eq!(looks_like_message(data, 17, |number, _| number == 1), None);
        assert_eq!(looks_like_message(&data[..9], 17, schema), Some(2));
        assert_eq!(looks_like_message(&data[..9], 9, schema), None);
        assert_eq!(looks_like_message(b"", 0, schema), None);
        assert_eq!(packed_varints(&[1, 0x96, 1, 0x80]).collect::<Vec<_>>(), [1, 150]);
    }
}
