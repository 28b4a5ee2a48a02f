//! The three ways R writes numbers and strings: big-endian (`X`), little-endian (`B`) and text (`A`).

use redan_domain::ReadAt;

use crate::stream::Stream;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    BigEndian,
    LittleEndian,
    Text,
}

/// Longest name or text constant that is kept.
const KEPT: usize = 4096;

pub(super) struct Source<'a> {
    stream: Stream<'a>,
    encoding: Encoding,
}

impl<'a> Source<'a> {
    pub(super) fn new(input: &'a dyn ReadAt, at: u64, encoding: Encoding) -> Self {
        Self { stream: Stream::new(input, at), encoding }
    }

    pub(super) fn position(&self) -> u64 {
        self.stream.position()
    }

    /// A 32-bit number; `NA` is the smallest, as R has it.
    pub(super) fn int(&mut self) -> Option<i32> {
        match self.encoding {
            Encoding::BigEndian => self.stream.array().map(i32::from_be_bytes),
            Encoding::LittleEndian => self.stream.array().map(i32::from_le_bytes),
            Encoding::Text => match self.word()?.as_str() {
                "NA" => Some(i32::MIN),
                text => text.parse().ok(),
            },
        }
    }

    /// A length: none past the end, or if it is not one.
    pub(super) fn length(&mut self) -> Option<u64> {
        match self.int()? {
            -1 => {
                let high = u64::try_from(self.int()?).ok()?;
                let low = self.int()?.cast_unsigned();
                Some(high << 32 | u64::from(low))
            }
            length => u64::try_from(length).ok(),
        }
    }

    /// Steps over `count` numbers of `size` bytes each.
    pub(super) fn skip_numbers(&mut self, count: u64, size: u64) -> Option<()> {
        if self.encoding != Encoding::Text {
            return self.stream.skip(count.checked_mul(size)?);
        }
        // Bytes of raw vectors are one word each, complex numbers two.
        let words = count.checked_mul(if size == 16 { 2 } else { 1 })?;
        for _ in 0..words {
            self.word()?;
        }
        Some(())
    }

    /// A string of `len` bytes; `NA` if negative.
    pub(super) fn string(&mut self, len: i64) -> Option<String> {
        let Ok(len) = u64::try_from(len) else { return Some(String::new()) };
        if self.encoding != Encoding::Text {
            return self.stream.text(len, KEPT);
        }
        self.space();
        let mut out = Vec::new();
        for _ in 0..len {
            let byte = match self.stream.u8()? {
                b'\\' => self.escape()?,
                byte => byte,
            };
            if out.len() < KEPT {
                out.push(byte);
            }
        }
        Some(String::from_utf8_lossy(&out).into_owned())
    }

    fn escape(&mut self) -> Option<u8> {
        Some(match self.stream.u8()? {
            b'n' => b'\n',
            b't' => b'\t',
            b'v' => 11,
            b'b' => 8,
            b'r' => b'\r',
            b'f' => 12,
            b'a' => 7,
            first @ b'0'..=b'7' => {
                let mut value = u32::from(first - b'0');
                for _ in 0..2 {
                    match self.stream.peek() {
                        Some(digit @ b'0'..=b'7') => {
                            value = value * 8 + u32::from(digit - b'0');
                            self.stream.u8();
                        }
                        _ => break,
                    }
                }
                value as u8
            }
            other => other,
        })
    }

    fn space(&mut self) {
        while self.stream.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.stream.u8();
        }
    }

    fn word(&mut self) -> Option<String> {
        self.space();
        let mut out = String::new();
        while let Some(byte) = self.stream.peek().filter(|byte| !byte.is_ascii_whitespace()) {
            if out.len() >= 64 {
                return None;
            }
            out.push(char::from(byte));
            self.stream.u8();
        }
        (!out.is_empty()).then_some(out)
    }
}
