//! The opcodes of pickle protocols 0 to 5: name and shape of the argument.
//!
//! Source: the opcode table of CPython's `Lib/pickletools.py`.

use super::stream::Stream;

/// What follows an opcode byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Argument {
    /// Nothing.
    None,
    /// A number of so many bytes, little-endian.
    Number(u8),
    /// A four-byte signed number.
    Signed,
    /// Eight bytes of big-endian float.
    Float,
    /// A line of text.
    Line,
    /// Two lines of text.
    Lines,
    /// A length of so many bytes, and that much data.
    Data(u8),
    /// A signed four-byte length, and that much data.
    DataSigned,
}

macro_rules! opcodes {
    ($($name:ident = $byte:literal $argument:expr;)+) => {
        /// Opcode bytes by name.
        pub(crate) mod op {
            $(pub(crate) const $name: u8 = $byte;)+
        }

        /// Name and argument of an opcode byte.
        pub(crate) const fn lookup(byte: u8) -> Option<(&'static str, Argument)> {
            use Argument::{Data, DataSigned, Float, Line, Lines, None as Nothing, Number, Signed};
            match byte {
                $($byte => Some((stringify!($name), $argument)),)+
                _ => None,
            }
        }

        /// The opcode byte of a name, as `pickletools` spells it, and its argument.
        pub(crate) fn by_name(name: &str) -> Option<(u8, Argument)> {
            use Argument::{Data, DataSigned, Float, Line, Lines, None as Nothing, Number, Signed};
            match name {
                $(stringify!($name) => Some(($byte, $argument)),)+
                _ => None,
            }
        }
    };
}

opcodes! {
    MARK = b'(' Nothing;
    STOP = b'.' Nothing;
    POP = b'0' Nothing;
    POP_MARK = b'1' Nothing;
    DUP = b'2' Nothing;
    FLOAT = b'F' Line;
    INT = b'I' Line;
    BININT = b'J' Signed;
    BININT1 = b'K' Number(1);
    LONG = b'L' Line;
    BININT2 = b'M' Number(2);
    NONE = b'N' Nothing;
    PERSID = b'P' Line;
    BINPERSID = b'Q' Nothing;
    REDUCE = b'R' Nothing;
    STRING = b'S' Line;
    BINSTRING = b'T' DataSigned;
    SHORT_BINSTRING = b'U' Data(1);
    UNICODE = b'V' Line;
    BINUNICODE = b'X' Data(4);
    APPEND = b'a' Nothing;
    BUILD = b'b' Nothing;
    GLOBAL = b'c' Lines;
    DICT = b'd' Nothing;
    EMPTY_DICT = b'}' Nothing;
    APPENDS = b'e' Nothing;
    GET = b'g' Line;
    BINGET = b'h' Number(1);
    INST = b'i' Lines;
    LONG_BINGET = b'j' Number(4);
    LIST = b'l' Nothing;
    EMPTY_LIST = b']' Nothing;
    OBJ = b'o' Nothing;
    PUT = b'p' Line;
    BINPUT = b'q' Number(1);
    LONG_BINPUT = b'r' Number(4);
    SETITEM = b's' Nothing;
    TUPLE = b't' Nothing;
    EMPTY_TUPLE = b')' Nothing;
    SETITEMS = b'u' Nothing;
    BINFLOAT = b'G' Float;
    PROTO = 0x80 Number(1);
    NEWOBJ = 0x81 Nothing;
    EXT1 = 0x82 Number(1);
    EXT2 = 0x83 Number(2);
    EXT4 = 0x84 Signed;
    TUPLE1 = 0x85 Nothing;
    TUPLE2 = 0x86 Nothing;
    TUPLE3 = 0x87 Nothing;
    NEWTRUE = 0x88 Nothing;
    NEWFALSE = 0x89 Nothing;
    LONG1 = 0x8a Data(1);
    LONG4 = 0x8b DataSigned;
    BINBYTES = b'B' Data(4);
    SHORT_BINBYTES = b'C' Data(1);
    SHORT_BINUNICODE = 0x8c Data(1);
    BINUNICODE8 = 0x8d Data(8);
    BINBYTES8 = 0x8e Data(8);
    EMPTY_SET = 0x8f Nothing;
    ADDITEMS = 0x90 Nothing;
    FROZENSET = 0x91 Nothing;
    NEWOBJ_EX = 0x92 Nothing;
    STACK_GLOBAL = 0x93 Nothing;
    MEMOIZE = 0x94 Nothing;
    FRAME = 0x95 Number(8);
    BYTEARRAY8 = 0x96 Data(8);
    NEXT_BUFFER = 0x97 Nothing;
    READONLY_BUFFER = 0x98 Nothing;
}

/// The table of [`lookup`], by byte.
const TABLE: [Option<(&str, Argument)>; 256] = {
    let mut table = [None; 256];
    let mut byte = 0;
    while byte < 256 {
        #[allow(clippy::indexing_slicing, reason = "evaluated by the compiler")]
        {
            table[byte] = lookup(byte as u8);
        }
        byte += 1;
    }
    table
};

/// One decoded instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Instruction {
    /// The opcode byte.
    pub(crate) code: u8,
    /// Where it stands.
    pub(crate) at: u64,
    /// The number, or the length of the data or the (first) line.
    pub(crate) number: u64,
    /// Where the data or the (first) line starts.
    pub(crate) data: u64,
    /// Where the second line starts.
    pub(crate) second: u64,
    /// Where the next instruction starts.
    pub(crate) next: u64,
}

/// Why there is no instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Undecodable {
    /// The input ends where an opcode should stand.
    End,
    /// Not an opcode.
    Invalid(u8),
    /// The input ends within the argument of this opcode.
    Cut(&'static str),
    /// A length that cannot be: this opcode, this many bytes.
    Length(&'static str, i64),
}

impl Instruction {
    pub(crate) fn name(self) -> &'static str {
        lookup(self.code).map_or("?", |(name, _)| name)
    }

    /// Signed reading of a four-byte number.
    pub(crate) fn signed(self) -> i64 {
        i64::from((self.number as u32).cast_signed())
    }
}

/// Reads one instruction and leaves `stream` behind it. Data is skipped, not read.
#[inline]
pub(crate) fn decode(stream: &mut Stream<'_>) -> Result<Instruction, Undecodable> {
    let at = stream.position();
    let Some(code) = stream.byte() else { return Err(Undecodable::End) };
    let Some(Some((name, argument))) = TABLE.get(usize::from(code)) else { return Err(Undecodable::Invalid(code)) };
    let mut out = Instruction { code, at, number: 0, data: at + 1, second: 0, next: at + 1 };
    let cut = Undecodable::Cut(name);
    match *argument {
        Argument::None => return Ok(out),
        Argument::Number(width) => out.number = stream.number(width).ok_or(cut)?,
        Argument::Signed => out.number = stream.number(4).ok_or(cut)?,
        Argument::Float => out.number = stream.number(8).ok_or(cut)?,
        Argument::Line => out.number = stream.line().ok_or(cut)?,
        Argument::Lines => {
            out.number = stream.line().ok_or(cut.clone())?;
            out.second = stream.position();
            stream.line().ok_or(cut)?;
        }
        Argument::Data(width) => {
            out.number = stream.number(width).ok_or(cut.clone())?;
            out.data = stream.position();
            stream.skip(out.number).ok_or(cut)?;
        }
        Argument::DataSigned => {
            let length = (stream.number(4).ok_or(cut.clone())? as u32).cast_signed();
            out.number = u64::try_from(length).map_err(|_| Undecodable::Length(name, i64::from(length)))?;
            out.data = stream.position();
            stream.skip(out.number).ok_or(cut)?;
        }
    }
    out.next = stream.position();
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_skipped_by_length_and_lines_by_line_feed() {
        let data = b"X\x03\0\0\0abccos\nsystem\nK\x07.".to_vec();
        let mut stream = Stream::new(&data, 0);
        let text = decode(&mut stream).unwrap();
        assert_eq!((text.name(), text.data, text.number, text.next), ("BINUNICODE", 5, 3, 8));
        let global = decode(&mut stream).unwrap();
        assert_eq!((global.name(), global.data, global.number, global.second), ("GLOBAL", 9, 2, 12));
        assert_eq!(decode(&mut stream).unwrap().number, 7);
        assert_eq!(decode(&mut stream).unwrap().name(), "STOP");
        assert_eq!(decode(&mut stream), Err(Undecodable::End));
    }

    #[test]
    fn hostile_lengths_are_refused() {
        for (bytes, error) in [
            (&b"B\xff\xff\xff\x7fabc"[..], Undecodable::Cut("BINBYTES")),
            (b"\x8e\xff\xff\xff\xff\xff\xff\xff\xffabc", Undecodable::Cut("BINBYTES8")),
            (b"T\xff\xff\xff\xffabc", Undecodable::Length("BINSTRING", -1)),
            (b"cos\nsystem", Undecodable::Cut("GLOBAL")),
            (b"\xff", Undecodable::Invalid(0xff)),
        ] {
            let data = bytes.to_vec();
            assert_eq!(decode(&mut Stream::new(&data, 0)), Err(error));
        }
    }
}
