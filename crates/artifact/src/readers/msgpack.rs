//! MessagePack as flax writes it: nested maps of arrays, arrays as extension type 1.

use redan_domain::{ReadAt, Window};

use crate::bytes::Cursor;
use crate::head::Head;
use crate::readers::{Match, Reader};
use crate::stream::Stream;
use crate::walk::Cx;
use redan_domain::{Fact, facts};

facts! {
    /// An extension type that neither the format nor flax defines.
    UNKNOWN_EXTENSION = "msgpack-unknown-extension";
    /// An array of Python objects, which only unpickling could restore.
    OBJECT_ARRAY = "msgpack-object-array";
    /// Lengths that do not fit the file, or bytes that are not MessagePack.
    INVALID = "msgpack-invalid";
    /// Bytes after the last object.
    TRAILING = "msgpack-trailing-data";
}

/// Deepest nesting that is followed; the reference implementation stops at 511.
const MAX_DEPTH: u32 = 256;
/// Enough of an array's payload for its shape and type.
const ARRAY_HEADER: usize = 1024;
/// Largest byte string that is looked into for a pickle.
const MAX_INNER: u64 = 16 << 20;

pub(crate) struct Msgpack;

/// What stands at a position: the head of one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    /// Numbers, nil and booleans.
    Scalar,
    Text(u64),
    Binary(u64),
    Array(u64),
    Map(u64),
    Extension(i8, u64),
}

/// Reads the head of one value; the payload of text, binary and extensions is not consumed.
fn token(next: &mut dyn FnMut() -> Option<u8>) -> Option<Token> {
    let mut number = |len: u32| {
        let mut value = 0u64;
        for _ in 0..len {
            value = value << 8 | u64::from(next()?);
        }
        Some(value)
    };
    let first = number(1)? as u8;
    Some(match first {
        0x00..=0x7f | 0xe0..=0xff | 0xc0 | 0xc2 | 0xc3 => Token::Scalar,
        0x80..=0x8f => Token::Map(u64::from(first & 15)),
        0x90..=0x9f => Token::Array(u64::from(first & 15)),
        0xa0..=0xbf => Token::Text(u64::from(first & 31)),
        0xc1 => return None,
        0xc4..=0xc6 => Token::Binary(number(1 << (first - 0xc4))?),
        0xc7..=0xc9 => {
            let len = number(1 << (first - 0xc7))?;
            Token::Extension((number(1)? as u8).cast_signed(), len)
        }
        0xca | 0xce | 0xd2 => number(4).map(|_| Token::Scalar)?,
        0xcb | 0xcf | 0xd3 => number(8).map(|_| Token::Scalar)?,
        0xcc | 0xd0 => number(1).map(|_| Token::Scalar)?,
        0xcd | 0xd1 => number(2).map(|_| Token::Scalar)?,
        0xd4..=0xd8 => Token::Extension((number(1)? as u8).cast_signed(), 1 << (first - 0xd4)),
        0xd9..=0xdb => Token::Text(number(1 << (first - 0xd9))?),
        0xdc | 0xdd => Token::Array(number(2 << (first - 0xdc))?),
        0xde | 0xdf => Token::Map(number(2 << (first - 0xde))?),
    })
}

/// Whether the head can be the beginning of a map with text keys. Random bytes fail within a few values.
fn plausible(head: &Head<'_>) -> bool {
    let mut cursor = Cursor::new(head.bytes);
    let whole = head.bytes.len() as u64 >= head.size;
    let mut open: Vec<(bool, u64)> = Vec::new();
    let mut values = 0;
    while cursor.remaining() > 0 && values < 500 {
        let Some(found) = token(&mut || cursor.u8()) else {
            return cursor.remaining() == 0 && values >= 2;
        };
        let is_key = open.last().is_some_and(|(map, left)| *map && left % 2 == 0);
        if values == 0 && !matches!(found, Token::Map(1..)) {
            return false;
        }
        if let Some((_, left)) = open.last_mut() {
            *left -= 1;
        }
        match found {
            Token::Text(len) => {
                let text = cursor.take((len as usize).min(cursor.remaining())).unwrap_or_default();
                let cut = (text.len() as u64) < len;
                let printable = std::str::from_utf8(text).is_ok_and(|text| !text.chars().any(char::is_control));
                if is_key && !cut && (text.is_empty() || !printable) || cut && whole && values < 2 {
                    return false;
                }
            }
            // Keys of parameter trees are text.
            _ if is_key => return false,
            Token::Scalar => {}
            Token::Binary(len) | Token::Extension(_, len) => {
                let _ = cursor.skip((len as usize).min(cursor.remaining()));
            }
            Token::Array(len) => open.push((false, len)),
            Token::Map(len) => open.push((true, len.saturating_mul(2))),
        }
        while open.last().is_some_and(|(_, left)| *left == 0) {
            open.pop();
        }
        values += 1;
        if open.is_empty() {
            break;
        }
    }
    values >= 3
}

impl Reader for Msgpack {
    fn format(&self) -> &'static str {
        "msgpack"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        let container = matches!(head.bytes.first(), Some(0x81..=0x9f | 0xdc..=0xdf));
        if container && plausible(head) {
            Match::Yes
        } else if container && head.extension() == "msgpack" {
            Match::Hint
        } else {
            Match::No
        }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let mut walk = Walk { input, stream: Stream::new(input, 0), cx, path: String::new(), stop: false };
        let mut objects = 0u32;
        while walk.stream.remaining() > 0 && !walk.stop {
            let start = walk.stream.position();
            match walk.value(0) {
                Ok(()) => objects += 1,
                Err(_) if objects > 0 => {
                    let message = format!("{} bytes follow the last object", input.size() - start);
                    walk.cx.fact(Fact::new(TRAILING, "end", message).at(start, input.size() - start));
                    return walk.cx.incomplete(format!("bytes at {start} are not MessagePack"));
                }
                Err(problem) => {
                    let at = walk.stream.position();
                    let message = format!("{problem} at byte {at}, in `{}`", crate::text::shown(&walk.path, 100));
                    walk.cx.fact(Fact::new(INVALID, problem, &message).at(at, 1));
                    return walk.cx.incomplete(message);
                }
            }
        }
    }
}

struct Walk<'i, 'c, 'b> {
    input: &'i dyn ReadAt,
    stream: Stream<'i>,
    cx: &'c mut Cx<'b>,
    /// Keys that lead here, joined with `/`.
    path: String,
    /// The budget has run out.
    stop: bool,
}

const TOO_LONG: &str = "a length goes past the end of the file";

impl Walk<'_, '_, '_> {
    fn value(&mut self, depth: u32) -> Result<(), &'static str> {
        if depth > MAX_DEPTH {
            self.stop = true;
            self.cx.over_budget("nested values");
            return Ok(());
        }
        if !self.cx.budget().nodes(1) {
            self.stop = true;
            self.cx.over_budget("values");
            return Ok(());
        }
        let at = self.stream.position();
        let stream = &mut self.stream;
        let Some(found) = token(&mut || stream.u8()) else {
            return Err(if self.stream.remaining() == 0 {
                "the file ends inside a value"
            } else {
                "a byte is no type"
            });
        };
        match found {
            Token::Scalar => Ok(()),
            Token::Text(len) => {
                let text = self.stream.text(len, 64 << 10).ok_or(TOO_LONG)?;
                let path = if self.path.is_empty() { "value".to_string() } else { self.path.clone() };
                crate::codelike::check(self.cx, &path, &text);
                Ok(())
            }
            Token::Binary(len) => {
                let start = self.stream.position();
                self.stream.skip(len).ok_or(TOO_LONG)?;
                self.look_inside(start, len);
                Ok(())
            }
            Token::Extension(code, len) => self.extension(code, len, at),
            Token::Array(len) => {
                // Every element takes a byte at least.
                if len > self.stream.remaining() {
                    return Err(TOO_LONG);
                }
                self.repeat(len, depth, false)
            }
            Token::Map(len) => {
                if len.saturating_mul(2) > self.stream.remaining() {
                    return Err(TOO_LONG);
                }
                self.repeat(len, depth, true)
            }
        }
    }

    fn repeat(&mut self, len: u64, depth: u32, keys: bool) -> Result<(), &'static str> {
        let outer = self.path.len();
        for _ in 0..len {
            if self.stop {
                break;
            }
            if keys {
                self.key(depth)?;
            }
            self.value(depth + 1)?;
            self.path.truncate(outer);
        }
        Ok(())
    }

    fn key(&mut self, depth: u32) -> Result<(), &'static str> {
        let text = if let Some(0xa0..=0xbf | 0xd9..=0xdb) = self.stream.peek() {
            let stream = &mut self.stream;
            let Some(Token::Text(len)) = token(&mut || stream.u8()) else {
                return Err("the file ends inside a key");
            };
            self.stream.text(len, 300).ok_or(TOO_LONG)?
        } else {
            self.value(depth + 1)?;
            "*".to_string()
        };
        crate::codelike::check(self.cx, "key", &text);
        if self.path.len() < 2000 {
            if !self.path.is_empty() {
                self.path.push('/');
            }
            self.path.push_str(&text);
        }
        Ok(())
    }

    fn extension(&mut self, code: i8, len: u64, at: u64) -> Result<(), &'static str> {
        let payload = self.stream.position();
        let head = self.stream.part(len, ARRAY_HEADER).ok_or(TOO_LONG)?;
        match code {
            // Arrays and numpy scalars have the same layout: shape, type name, bytes.
            1 | 3 => self.array(&head, len, payload),
            // A complex number of Python, and the time stamp of the format itself.
            2 | -1 => {}
            _ => {
                let message =
                    format!("extension type {code} in `{}` is not one of flax", crate::text::shown(&self.path, 100));
                self.cx.fact(Fact::new(UNKNOWN_EXTENSION, code.to_string(), message).at(at, payload - at + len));
                self.look_inside(payload, len);
            }
        }
        Ok(())
    }

    fn array(&mut self, head: &[u8], len: u64, at: u64) {
        let Some((shape, dtype, bytes)) = array_header(head) else {
            let message = format!("the array `{}` has no valid header", crate::text::shown(&self.path, 100));
            self.cx.fact(Fact::new(INVALID, "array header", &message).at(at, len));
            return self.cx.incomplete(message);
        };
        let path = std::mem::take(&mut self.path);
        self.cx.artifact.contents.tensor(&path, &dtype, &shape);
        let object = matches!(dtype.as_str(), "object" | "O" | "|O" | "object_" | "object0");
        if object {
            let message = format!("the array `{path}` holds Python objects, which only unpickling could restore");
            self.cx.fact(Fact::new(OBJECT_ARRAY, &path, message).at(at, len));
        }
        let needed = shape.iter().try_fold(1u64, |product, dim| product.checked_mul(*dim));
        let needed = item_size(&dtype).and_then(|size| needed?.checked_mul(size));
        let lies = bytes > len || item_size(&dtype).is_some() && needed != Some(bytes);
        if lies && !object {
            let message =
                format!("the array `{path}` of type {dtype} and shape {shape:?} does not fill its {bytes} bytes");
            self.cx.fact(Fact::new(INVALID, &path, message).at(at, len));
        }
        self.path = path;
    }

    /// A byte string that is a pickle is one, whoever reads it.
    fn look_inside(&mut self, start: u64, len: u64) {
        if !(4..=MAX_INNER).contains(&len) {
            return;
        }
        let head = self.input.read_vec_at(start, 2).unwrap_or_default();
        let last = self.input.read_vec_at(start + len - 1, 1).unwrap_or_default();
        if matches!(head.as_slice(), [0x80, 2..=5]) && last == b"." {
            let name = self.path.clone();
            self.cx.member(&name, &Window::new(self.input, start, len));
        }
    }
}

/// Shape, type name and number of data bytes of flax's array payload.
fn array_header(head: &[u8]) -> Option<(Vec<u64>, String, u64)> {
    let mut cursor = Cursor::new(head);
    let Some(Token::Array(3)) = token(&mut || cursor.u8()) else { return None };
    let Some(Token::Array(dims @ 0..=64)) = token(&mut || cursor.u8()) else { return None };
    let mut shape = Vec::new();
    for _ in 0..dims {
        shape.push(unsigned(&mut cursor)?);
    }
    let Some(Token::Text(len @ 0..=100)) = token(&mut || cursor.u8()) else { return None };
    let dtype = String::from_utf8_lossy(cursor.take(len as usize)?).into_owned();
    match token(&mut || cursor.u8())? {
        Token::Binary(bytes) | Token::Text(bytes) => Some((shape, dtype, bytes)),
        _ => None,
    }
}

fn unsigned(cursor: &mut Cursor<'_>) -> Option<u64> {
    Some(match cursor.u8()? {
        small @ 0..=0x7f => u64::from(small),
        0xcc => u64::from(cursor.u8()?),
        0xcd => u64::from(cursor.u16_be()?),
        0xce => u64::from(cursor.u32_be()?),
        0xcf => cursor.u64_be()?,
        _ => return None,
    })
}

fn item_size(dtype: &str) -> Option<u64> {
    Some(match dtype {
        "bool" | "int8" | "uint8" => 1,
        "int16" | "uint16" | "float16" | "bfloat16" => 2,
        "int32" | "uint32" | "float32" => 4,
        "int64" | "uint64" | "float64" | "complex64" => 8,
        "complex128" => 16,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use crate::artifact::Status;
    use crate::testing::{facts_of, look, mutilate};

    /// `{"params": {"w": <value>}}`
    fn with(value: &[u8]) -> Vec<u8> {
        [b"\x81\xa6params\x81\xa1w".as_slice(), value].concat()
    }

    /// Extension `code` with an array of two float32 (or another type).
    fn array(code: u8, dtype: &str, data: &[u8]) -> Vec<u8> {
        let mut inner = vec![0x93, 0x91, 2, 0xa0 | dtype.len() as u8];
        inner.extend(dtype.bytes());
        inner.extend([0xc4, data.len() as u8]);
        inner.extend(data);
        [vec![0xc7, inner.len() as u8, code], inner].concat()
    }

    #[test]
    fn flax_arrays_are_listed_and_silent() {
        let artifact = look(&with(&array(1, "float32", &[0; 8])), "x");
        assert_eq!((artifact.format, &artifact.status, facts_of(&artifact)), ("msgpack", &Status::Understood, vec![]));
        let tensor = &artifact.contents.tensors[0];
        assert_eq!(
            (tensor.name.as_str(), tensor.dtype.as_str(), tensor.shape.as_slice()),
            ("params/w", "float32", &[2][..])
        );
    }

    #[test]
    fn what_is_not_flax_is_said() {
        for (value, fact) in [
            (array(42, "float32", &[0; 8]), "msgpack-unknown-extension 42"),
            (array(1, "object", &[0; 8]), "msgpack-object-array params/w"),
            (array(1, "float32", &[0; 9]), "msgpack-invalid params/w"),
            (b"\xdd\xff\xff\xff\xff".to_vec(), "msgpack-invalid a length goes past the end of the file"),
            (b"\xd9\x1f__import__('os').system('id')!!".to_vec(), "metadata-is-code params/w"),
            (b"\xc0junk\xc1".to_vec(), "msgpack-trailing-data end"),
        ] {
            assert_eq!(facts_of(&look(&with(&value), "x")), [fact]);
            mutilate(&with(&value), "x.msgpack");
        }
        let bomb = [with(&[]), vec![0x91; 5000]].concat();
        assert!(matches!(look(&bomb, "x").status, Status::Incomplete(_)));
    }

    #[test]
    fn random_bytes_are_not_claimed() {
        let mut state = 7u64;
        for _ in 0..20_000 {
            let bytes: Vec<u8> = (0..64)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (state >> 56) as u8
                })
                .collect();
            assert_ne!(look(&bytes, "x.bin").format, "msgpack", "{bytes:x?}");
        }
    }
}
