//! Bytes to characters, one at a time, for text that may be cut or broken anywhere.

/// What the bytes of a stream are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Syntax {
    /// Plain text in UTF-8.
    #[default]
    Text,
    /// One JSON text, or the beginning of one. Escapes are read, and what is replaced leaves it valid.
    Json,
}

/// Where a character stands in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In a string; everywhere in plain text.
    Inside,
    /// The quote that begins or ends a string.
    Quote,
    /// Outside of strings.
    Outside,
}

/// One character and how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unit {
    /// Bytes of the stream.
    pub(super) len: usize,
    pub(super) character: char,
    pub(super) place: Place,
}

/// Stands for a byte that is no character; one byte long itself, and part of no word.
const BROKEN: char = '\u{1a}';

#[derive(Debug, Default)]
pub(super) struct Decoder {
    syntax: Syntax,
    in_string: bool,
}

impl Decoder {
    pub(super) fn new(syntax: Syntax) -> Self {
        Self { syntax, in_string: false }
    }

    /// A new text begins.
    pub(super) fn restart(&mut self) {
        self.in_string = false;
    }

    /// The first character; None if more bytes are needed to say. More bytes never change an answer.
    pub(super) fn next(&mut self, bytes: &[u8], last: bool) -> Option<Unit> {
        let first = *bytes.first()?;
        if self.syntax == Syntax::Text {
            let (len, character) = character(bytes, last)?;
            return Some(Unit { len, character, place: Place::Inside });
        }
        if first == b'"' {
            self.in_string = !self.in_string;
            return Some(Unit { len: 1, character: '"', place: Place::Quote });
        }
        let (len, character) =
            if first == b'\\' && self.in_string { escaped(bytes, last)? } else { character(bytes, last)? };
        let place = if self.in_string { Place::Inside } else { Place::Outside };
        Some(Unit { len, character, place })
    }
}

fn character(bytes: &[u8], last: bool) -> Option<(usize, char)> {
    let first = *bytes.first()?;
    if first.is_ascii() {
        return Some((1, char::from(first)));
    }
    let few = bytes.get(..bytes.len().min(4)).unwrap_or_default();
    let (valid, incomplete) = match std::str::from_utf8(few) {
        Ok(text) => (text, false),
        Err(error) => {
            let valid = few.get(..error.valid_up_to()).unwrap_or_default();
            (std::str::from_utf8(valid).unwrap_or_default(), error.error_len().is_none())
        }
    };
    match valid.chars().next() {
        Some(character) => Some((character.len_utf8(), character)),
        None if incomplete && !last => None,
        None => Some((1, BROKEN)),
    }
}

/// A JSON escape; a surrogate pair is one character.
fn escaped(bytes: &[u8], last: bool) -> Option<(usize, char)> {
    let Some(kind) = bytes.get(1) else { return last.then_some((1, BROKEN)) };
    let plain = match kind {
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'b' | b'f' => ' ',
        b'"' | b'\\' | b'/' => char::from(*kind),
        b'u' => return unicode(bytes, last),
        _ => return Some((1, BROKEN)),
    };
    Some((2, plain))
}

fn unicode(bytes: &[u8], last: bool) -> Option<(usize, char)> {
    let high = match hex(bytes, 2) {
        Hex::Code(code) => code,
        Hex::Bad => return Some((1, BROKEN)),
        Hex::Short => return last.then_some((1, BROKEN)),
    };
    if let Some(character) = char::from_u32(high) {
        return Some((6, character));
    }
    // A surrogate: with its partner one character, alone none.
    let alone = Some((6, BROKEN));
    if !(0xd800..0xdc00).contains(&high) {
        return alone;
    }
    for (at, expected) in [(6, b'\\'), (7, b'u')] {
        match bytes.get(at) {
            Some(byte) if *byte == expected => {}
            None if !last => return None,
            _ => return alone,
        }
    }
    match hex(bytes, 8) {
        Hex::Code(low) if (0xdc00..0xe000).contains(&low) => {
            char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)).map(|character| (12, character))
        }
        Hex::Short if !last => None,
        _ => alone,
    }
}

enum Hex {
    Code(u32),
    Bad,
    Short,
}

/// Four hexadecimal digits.
fn hex(bytes: &[u8], from: usize) -> Hex {
    let mut code = 0;
    for at in from..from + 4 {
        let Some(byte) = bytes.get(at) else { return Hex::Short };
        let Some(digit) = char::from(*byte).to_digit(16) else { return Hex::Bad };
        code = code * 16 + digit;
    }
    Hex::Code(code)
}
