//! Python's marshal format, as far as code objects need it: which names and constants compiled code refers to.
//!
//! The layout of a code object changed four times and the bytes do not say which one they use, so each is
//! tried until one fits. Nothing is executed or disassembled.

use std::rc::Rc;

use crate::bytes::Cursor;

const MAX_DEPTH: u32 = 40;
const MAX_VALUES: usize = 200_000;
/// Names and constants that are kept for showing.
const MAX_KEPT: usize = 400;

/// What a code object, and those nested in it, refers to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CodeFacts {
    /// Globals, attributes and imported modules, in order of first use.
    pub(crate) names: Vec<String>,
    /// String constants.
    pub(crate) texts: Vec<String>,
    /// Source file names that the compiler noted.
    pub(crate) files: Vec<String>,
}

fn keep(list: &mut Vec<String>, text: &str) {
    if list.len() < MAX_KEPT && !text.is_empty() && !list.iter().any(|known| known == text) {
        list.push(text.to_string());
    }
}

/// Whether these bytes begin as a marshalled code object does.
pub(crate) fn looks_like_code(data: &[u8]) -> bool {
    matches!(data.first(), Some(0x63 | 0xe3)) && data.len() > 40
}

/// Reads one marshalled code object; none when no known layout fits.
pub(crate) fn read_code(data: &[u8]) -> Option<CodeFacts> {
    if !looks_like_code(data) {
        return None;
    }
    LAYOUTS.iter().find_map(|layout| {
        let mut reader =
            Reader { cursor: Cursor::new(data), layout, refs: Vec::new(), values: 0, facts: CodeFacts::default() };
        match reader.value(0)? {
            Item::Code => Some(reader.facts),
            _ => None,
        }
    })
}

/// Numbers before the bytecode, and whether local names come as one tuple with kinds (3.11 and later).
struct Layout {
    leading: usize,
    merged_locals: bool,
}

/// 3.11 and later, 3.8 to 3.10, 3.0 to 3.7, 2.x.
const LAYOUTS: [Layout; 4] = [
    Layout { leading: 5, merged_locals: true },
    Layout { leading: 6, merged_locals: false },
    Layout { leading: 5, merged_locals: false },
    Layout { leading: 4, merged_locals: false },
];

#[derive(Clone)]
enum Item {
    Text(Rc<str>),
    Bytes,
    /// Only the texts in it matter; the count of all items tells a tuple of names from others.
    Tuple(Vec<Rc<str>>, usize),
    Code,
    Other,
}

struct Reader<'a> {
    cursor: Cursor<'a>,
    layout: &'a Layout,
    refs: Vec<Item>,
    values: usize,
    facts: CodeFacts,
}

impl Reader<'_> {
    fn value(&mut self, depth: u32) -> Option<Item> {
        self.values += 1;
        if depth > MAX_DEPTH || self.values > MAX_VALUES {
            return None;
        }
        let tag = self.cursor.u8()?;
        let slot = (tag & 0x80 != 0).then(|| {
            self.refs.push(Item::Other);
            self.refs.len() - 1
        });
        let item = self.body(tag & 0x7f, depth)?;
        if let Some(place) = slot.and_then(|slot| self.refs.get_mut(slot)) {
            *place = match &item {
                // A reference to a large collection must not copy it again and again.
                Item::Tuple(texts, count) if texts.len() > 64 => Item::Tuple(Vec::new(), *count),
                other => other.clone(),
            };
        }
        Some(item)
    }

    fn body(&mut self, tag: u8, depth: u32) -> Option<Item> {
        let item = match tag {
            b'0' | b'N' | b'F' | b'T' | b'S' | b'.' => Item::Other,
            b'i' => self.skip(4)?,
            b'I' | b'g' => self.skip(8)?,
            b'y' => self.skip(16)?,
            b'f' => self.short_skip()?,
            b'x' => {
                self.short_skip()?;
                self.short_skip()?
            }
            b'l' => {
                let digits = self.cursor.i32()?.unsigned_abs() as usize;
                self.skip(digits.checked_mul(2)?)?
            }
            b's' => {
                let len = self.cursor.u32()? as usize;
                let bytes = self.cursor.take(len)?;
                // Python 2 has its names as byte strings.
                if self.layout.leading == 4 { Item::Text(text(bytes)) } else { Item::Bytes }
            }
            b't' | b'u' | b'a' | b'A' => {
                let len = self.cursor.u32()? as usize;
                let item = Item::Text(text(self.cursor.take(len)?));
                // Python 2 has no reference flag: every interned string can be referred to.
                if self.layout.leading == 4 && tag == b't' {
                    self.refs.push(item.clone());
                }
                item
            }
            b'z' | b'Z' => {
                let len = usize::from(self.cursor.u8()?);
                Item::Text(text(self.cursor.take(len)?))
            }
            b'r' | b'R' => {
                let index = self.cursor.u32()? as usize;
                self.refs.get(index)?.clone()
            }
            b')' => {
                let count = usize::from(self.cursor.u8()?);
                self.items(count, depth)?
            }
            b'(' | b'[' | b'<' | b'>' => {
                let count = self.cursor.u32()? as usize;
                self.items(count, depth)?
            }
            b'{' => {
                while self.cursor.peek()? != b'0' {
                    self.value(depth + 1)?;
                    self.value(depth + 1)?;
                }
                self.skip(1)?
            }
            b':' => {
                for _ in 0..3 {
                    self.value(depth + 1)?;
                }
                Item::Other
            }
            b'c' => self.code(depth)?,
            _ => return None,
        };
        Some(item)
    }

    fn skip(&mut self, len: usize) -> Option<Item> {
        self.cursor.skip(len).map(|()| Item::Other)
    }

    fn short_skip(&mut self) -> Option<Item> {
        let len = usize::from(self.cursor.u8()?);
        self.skip(len)
    }

    fn items(&mut self, count: usize, depth: u32) -> Option<Item> {
        // Every item takes at least one byte.
        if count > self.cursor.remaining() {
            return None;
        }
        let mut texts = Vec::new();
        for _ in 0..count {
            match self.value(depth + 1)? {
                Item::Text(text) => texts.push(text),
                Item::Tuple(inner, _) => texts.extend(inner.into_iter().take(MAX_KEPT)),
                _ => {}
            }
            texts.truncate(MAX_KEPT);
        }
        Some(Item::Tuple(texts, count))
    }

    fn code(&mut self, depth: u32) -> Option<Item> {
        self.cursor.skip(self.layout.leading * 4)?;
        match self.value(depth + 1)? {
            Item::Bytes => {}
            Item::Text(_) if self.layout.leading == 4 => {}
            _ => return None,
        }
        let constants = self.tuple(depth)?;
        let names = self.tuple(depth)?;
        self.tuple(depth)?;
        if self.layout.merged_locals {
            self.byte_string(depth)?;
        } else {
            self.tuple(depth)?;
            self.tuple(depth)?;
        }
        let file = self.text(depth)?;
        self.text(depth)?;
        if self.layout.merged_locals {
            self.text(depth)?;
        }
        self.cursor.skip(4)?;
        self.value(depth + 1)?;
        if self.layout.merged_locals {
            self.byte_string(depth)?;
        }
        for name in &names {
            keep(&mut self.facts.names, name);
        }
        for text in &constants {
            keep(&mut self.facts.texts, text);
        }
        keep(&mut self.facts.files, &file);
        Some(Item::Code)
    }

    fn tuple(&mut self, depth: u32) -> Option<Vec<Rc<str>>> {
        match self.value(depth + 1)? {
            Item::Tuple(texts, _) => Some(texts),
            _ => None,
        }
    }

    fn byte_string(&mut self, depth: u32) -> Option<()> {
        matches!(self.value(depth + 1)?, Item::Bytes).then_some(())
    }

    fn text(&mut self, depth: u32) -> Option<Rc<str>> {
        match self.value(depth + 1)? {
            Item::Text(text) => Some(text),
            _ => None,
        }
    }
}

fn text(bytes: &[u8]) -> Rc<str> {
    String::from_utf8_lossy(bytes.get(..bytes.len().min(2000)).unwrap_or_default()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap()).collect()
    }

    /// What Python 3.11 makes of `lambda x: [(lambda: __import__("os").system("echo hi"))(), x][1]`.
    const PYTHON_3_11: &str = "e30100000000000000000000000200000003000000f3280000009700020064018400a6000000ab00000000\
        00000000007c006702640219000000000000000000530029034e630000000000000000000000000300000013000000f3460000009700\
        7401000000000000000000006401a6010000ab010000000000000000a00100000000000000000000000000000000000000006402a601\
        0000ab010000000000000000530029034eda026f73fa076563686f2068692902da0a5f5f696d706f72745f5fda0673797374656da900\
        f300000000fa073c737464696e3efa083c6c616d6264613e7a1a3c6c616d6264613e2e3c6c6f63616c733e2e3c6c616d6264613e0200\
        0000731c0000008000956aa014d11626d41626d7162dd2162da869d11638d4163880007208000000e90100000072070000002901da01\
        787301000000207209000000720a000000720a00000002000000731d0000008000d00e38d00e38d00e38d10d3bd40d3bb851d00c3fc0\
        01d40c4280007208000000";

    /// The same in the layouts that came before, with no bytecode worth the name.
    fn old(leading: usize) -> Vec<u8> {
        let python2 = leading == 4;
        let name = |text: &str| {
            [if python2 { b"t" } else { b"u" }, &(text.len() as u32).to_le_bytes()[..], text.as_bytes()].concat()
        };
        let tuple = |items: &[Vec<u8>]| [b"(", &(items.len() as u32).to_le_bytes()[..], &items.concat()].concat();
        let mut out = vec![b'c'];
        out.extend(vec![0; 4 * leading]);
        out.extend([b's', 2, 0, 0, 0, 0x53, 0]);
        out.extend(tuple(&[b"N".to_vec(), name("os"), b"i\x01\0\0\0".to_vec()]));
        out.extend(tuple(&[name("__import__"), name("system")]));
        out.extend([tuple(&[name("x")]), tuple(&[]), tuple(&[]), name("f.py"), name("<lambda>")].concat());
        out.extend([1, 0, 0, 0, b's', 0, 0, 0, 0]);
        out
    }

    #[test]
    fn finds_what_code_refers_to_in_every_layout() {
        let facts = read_code(&hex(PYTHON_3_11)).unwrap();
        assert_eq!(facts.names, ["__import__", "system"]);
        assert_eq!(facts.texts, ["os", "echo hi"]);
        assert_eq!(facts.files, ["<stdin>"]);
        for leading in [4, 5, 6] {
            let facts = read_code(&old(leading)).unwrap_or_else(|| panic!("layout {leading}"));
            assert_eq!(
                (facts.names, facts.texts),
                (vec!["__import__".to_string(), "system".into()], vec!["os".to_string()])
            );
        }
    }

    #[test]
    fn cut_or_hostile_bytes_are_not_code() {
        let whole = hex(PYTHON_3_11);
        for cut in 0..whole.len() {
            assert_eq!(read_code(&whole[..cut]), None, "cut at {cut}");
        }
        let mut nested = vec![0xe3u8];
        nested.extend([0u8; 20]);
        nested.extend([0xa9u8, 1].repeat(100_000));
        assert_eq!(read_code(&nested), None);
        let mut wide = vec![0xe3u8];
        wide.extend([0u8; 20]);
        wide.extend([b'(', 0xff, 0xff, 0xff, 0xff]);
        wide.extend([b'N'; 100]);
        assert_eq!(read_code(&wide), None);
    }
}
