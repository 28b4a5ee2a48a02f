//! Universal Binary JSON, as XGBoost writes it: big-endian, lists with type and length up front.

use crate::outline::{Kept, Outline, cut};
use crate::stream::Stream;

/// Deepest nesting that is followed.
const MAX_DEPTH: u32 = 128;

const CUT: &str = "the document ends inside a value";
const LONG: &str = "a length goes past the end of the file";
const MARKER: &str = "a byte is no type";

/// Reads the document at the stream's position.
pub(super) fn read(stream: &mut Stream<'_>) -> Result<Outline, &'static str> {
    let marker = stream.u8().ok_or(CUT)?;
    value(stream, marker, 0, &mut Kept::new())
}

/// Bytes of a number; none for markers that are no numbers.
fn number_size(marker: u8) -> Option<u64> {
    Some(match marker {
        b'i' | b'U' | b'C' => 1,
        b'I' | b'u' | b'h' => 2,
        b'l' | b'd' | b'm' => 4,
        b'L' | b'D' | b'M' => 8,
        _ => return None,
    })
}

fn integer(stream: &mut Stream<'_>, marker: u8) -> Option<i64> {
    Some(match marker {
        b'i' => i64::from(stream.u8()?.cast_signed()),
        b'U' => i64::from(stream.u8()?),
        b'I' => i64::from(i16::from_be_bytes(stream.array()?)),
        b'l' => i64::from(i32::from_be_bytes(stream.array()?)),
        b'L' => i64::from_be_bytes(stream.array()?),
        _ => return None,
    })
}

fn length(stream: &mut Stream<'_>) -> Result<u64, &'static str> {
    let marker = stream.u8().ok_or(CUT)?;
    let number = integer(stream, marker).ok_or(MARKER)?;
    u64::try_from(number).map_err(|_| "a length is negative")
}

fn text(stream: &mut Stream<'_>) -> Result<String, &'static str> {
    let len = length(stream)?;
    stream.text(len, 4096).map(|text| cut(&text)).ok_or(LONG)
}

fn value(stream: &mut Stream<'_>, marker: u8, depth: u32, kept: &mut Kept) -> Result<Outline, &'static str> {
    if depth > MAX_DEPTH {
        return Err("the document is nested too deeply");
    }
    match marker {
        b'Z' | b'N' => Ok(Outline::Scalar(String::new())),
        b'T' => Ok(Outline::Scalar("true".into())),
        b'F' => Ok(Outline::Scalar("false".into())),
        b'd' => Ok(Outline::Scalar(f32::from_be_bytes(stream.array().ok_or(CUT)?).to_string())),
        b'D' => Ok(Outline::Scalar(f64::from_be_bytes(stream.array().ok_or(CUT)?).to_string())),
        b'C' => Ok(Outline::Scalar(stream.u8().ok_or(CUT)?.to_string())),
        b'i' | b'U' | b'I' | b'l' | b'L' => Ok(Outline::Scalar(integer(stream, marker).ok_or(CUT)?.to_string())),
        b'S' | b'H' => text(stream).map(Outline::Text),
        b'[' => list(stream, depth, kept),
        b'{' => map(stream, depth, kept),
        _ => Err(MARKER),
    }
}

/// `$type` and `#count` before the elements of a container.
fn prefix(stream: &mut Stream<'_>) -> Result<(Option<u8>, Option<u64>), &'static str> {
    let mut kind = None;
    if stream.peek() == Some(b'$') {
        stream.u8();
        kind = Some(stream.u8().ok_or(CUT)?);
    }
    if stream.peek() == Some(b'#') {
        stream.u8();
        return Ok((kind, Some(length(stream)?)));
    }
    if kind.is_some() { Err("a typed list has no length") } else { Ok((None, None)) }
}

fn list(stream: &mut Stream<'_>, depth: u32, kept: &mut Kept) -> Result<Outline, &'static str> {
    let (kind, count) = prefix(stream)?;
    if let (Some(kind), Some(count)) = (kind, count)
        && let Some(size) = number_size(kind)
    {
        let bytes = count.checked_mul(size).ok_or(LONG)?;
        stream.skip(bytes).ok_or(LONG)?;
        return Ok(Outline::List(count, Vec::new()));
    }
    if count.is_some_and(|count| count > stream.remaining()) {
        return Err(LONG);
    }
    let (mut seen, mut items) = (0, Vec::new());
    while count != Some(seen) {
        let marker = match kind {
            Some(kind) => kind,
            None => stream.u8().ok_or(CUT)?,
        };
        if count.is_none() && marker == b']' {
            break;
        }
        let item = value(stream, marker, depth + 1, kept)?;
        seen += 1;
        if !matches!(item, Outline::Scalar(_)) {
            if !kept.take() {
                return Err("the document has too many parts");
            }
            items.push(item);
        }
    }
    Ok(Outline::List(seen, items))
}

fn map(stream: &mut Stream<'_>, depth: u32, kept: &mut Kept) -> Result<Outline, &'static str> {
    let (kind, count) = prefix(stream)?;
    let (mut seen, mut entries) = (0, Vec::new());
    while count != Some(seen) {
        if count.is_none() && stream.peek() == Some(b'}') {
            stream.u8();
            break;
        }
        let key = text(stream)?;
        let marker = match kind {
            Some(kind) => kind,
            None => stream.u8().ok_or(CUT)?,
        };
        if !kept.take() {
            return Err("the document has too many parts");
        }
        entries.push((key, value(stream, marker, depth + 1, kept)?));
        seen += 1;
    }
    Ok(Outline::Map(entries))
}
