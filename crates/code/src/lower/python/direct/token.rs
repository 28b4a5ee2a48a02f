//! Source to tokens, with the lines and levels that Python counts in.

use memchr::{memchr, memchr2, memchr3};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Name,
    Number,
    Text,
    /// `+=` and its like.
    Augmented,
    /// An operator with two sides that stands for nothing else.
    Operator,
    /// End of a logical line.
    Line,
    /// A level more; `end` is the place of its [`Kind::Dedent`] among the tokens.
    Indent,
    Dedent,
    /// End of the source.
    End,
    // Signs.
    ParenOpen,
    ParenClose,
    SquareOpen,
    SquareClose,
    BraceOpen,
    BraceClose,
    Comma,
    Colon,
    Semicolon,
    Dot,
    Ellipsis,
    Equal,
    Arrow,
    Walrus,
    At,
    Plus,
    Minus,
    Tilde,
    Star,
    Power,
    Less,
    Greater,
    Compare,
    // Words.
    And,
    As,
    Assert,
    Async,
    Await,
    Break,
    Class,
    Continue,
    Def,
    Del,
    Elif,
    Else,
    Except,
    False,
    Finally,
    For,
    From,
    Global,
    If,
    Import,
    In,
    Is,
    Lambda,
    None,
    Nonlocal,
    Not,
    Or,
    Pass,
    Raise,
    Return,
    True,
    Try,
    While,
    With,
    Yield,
}

/// A token and where it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// Interpolations within interpolations that are read.
const MOST_NESTED: usize = 3;

/// The tokens of a source; None if it is not well formed.
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut lexer = Lexer::new(text, 0);
    lexer.out.reserve(text.len() / 4);
    // A mark of the order of bytes.
    if text.starts_with('\u{feff}') {
        lexer.at = '\u{feff}'.len_utf8();
    }
    lexer.lines()?;
    Some(lexer.out)
}

/// A piece of a text with interpolations.
pub(super) enum Part {
    /// Fixed.
    Text(usize, usize),
    /// A value, as tokens.
    Value(Vec<Token>),
}

/// The pieces of an f-string: from behind its opening quote at `start` to its closing quote at `end`.
pub(super) fn parts(text: &str, start: usize, end: usize, triple: bool, quote: u8) -> Option<Vec<Part>> {
    let mut lexer = Lexer::new(text, start);
    let mut out = Vec::new();
    let mut from = start;
    while lexer.at < end {
        match lexer.go_on(end, quote, triple)? {
            Stop::Value(open) => {
                if open > from {
                    out.push(Part::Text(from, open));
                }
                out.push(Part::Value(lexer.interpolation(quote, triple)?));
                from = lexer.at;
            }
            Stop::End => break,
        }
    }
    if end > from {
        out.push(Part::Text(from, end));
    }
    Some(out)
}

/// How a literal of text begins: letters before the quote, and the quote.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opening {
    pub(super) raw: bool,
    pub(super) bytes: bool,
    pub(super) formatted: bool,
    pub(super) triple: bool,
    pub(super) quote: u8,
    /// Length of letters and quote.
    pub(super) length: usize,
}

impl Opening {
    /// None if no literal begins here, or one of a kind that is not read.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let letters = bytes.iter().take(3).take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (prefix, rest) = bytes.split_at_checked(letters)?;
        let quote = *rest.first().filter(|quote| matches!(quote, b'"' | b'\''))?;
        let has = |letter: u8| prefix.iter().any(|byte| byte.to_ascii_lowercase() == letter);
        if !prefix.iter().all(|byte| matches!(byte.to_ascii_lowercase(), b'r' | b'b' | b'u' | b'f')) {
            return None;
        }
        let triple = rest.starts_with(&[quote; 3]);
        Some(Self {
            raw: has(b'r'),
            bytes: has(b'b'),
            formatted: has(b'f'),
            triple,
            quote,
            length: letters + if triple { 3 } else { 1 },
        })
    }
}

/// What comes next in an f-string.
enum Stop {
    /// A value, whose bracket is here.
    Value(usize),
    End,
}

struct Lexer<'t> {
    bytes: &'t [u8],
    at: usize,
    out: Vec<Token>,
    /// Open brackets.
    brackets: usize,
    /// Open levels: their width, and where they began among the tokens.
    levels: Vec<(usize, usize)>,
    /// Interpolations that are open.
    nested: usize,
}

impl<'t> Lexer<'t> {
    fn new(text: &'t str, at: usize) -> Self {
        Self { bytes: text.as_bytes(), at, out: Vec::new(), brackets: 0, levels: Vec::new(), nested: 0 }
    }

    #[inline]
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn is_over(&self) -> bool {
        self.at >= self.bytes.len()
    }

    fn rest(&self) -> &'t [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn push(&mut self, kind: Kind, start: usize) {
        let bound = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.out.push(Token { kind, start: bound(start), end: bound(self.at) });
    }

    fn lines(&mut self) -> Option<()> {
        loop {
            let mut width = 0;
            loop {
                match self.peek(0) {
                    b' ' => width += 1,
                    b'\t' => width += 8,
                    b'\x0c' => width = 0,
                    _ => break,
                }
                self.at += 1;
            }
            match self.peek(0) {
                b'#' => self.skip_comment(),
                b'\n' => self.at += 1,
                b'\r' if self.peek(1) == b'\n' => self.at += 2,
                _ if self.is_over() => break,
                // Which level goes on behind it depends on the version.
                b'\\' => return None,
                _ => {
                    self.level(width)?;
                    self.line()?;
                }
            }
        }
        self.level(0)?;
        self.push(Kind::End, self.at);
        Some(())
    }

    /// Levels that begin or end before a line of this width.
    fn level(&mut self, width: usize) -> Option<()> {
        let open = |levels: &[(usize, usize)]| levels.last().map_or(0, |level| level.0);
        if width > open(&self.levels) {
            self.levels.push((width, self.out.len()));
            self.push(Kind::Indent, self.at);
        }
        while width < open(&self.levels) {
            let (_, began) = self.levels.pop()?;
            let place = u32::try_from(self.out.len()).ok()?;
            self.out.get_mut(began)?.end = place;
            self.push(Kind::Dedent, self.at);
        }
        (width == open(&self.levels)).then_some(())
    }

    fn skip_comment(&mut self) {
        self.at += memchr(b'\n', self.rest()).unwrap_or(self.rest().len());
    }

    /// One logical line and its end.
    fn line(&mut self) -> Option<()> {
        loop {
            match self.peek(0) {
                b' ' | b'\t' | b'\x0c' => self.at += 1,
                b'#' => self.skip_comment(),
                byte @ (b'\n' | b'\r') => {
                    if self.brackets == 0 {
                        self.push(Kind::Line, self.at);
                    }
                    self.at += if byte == b'\n' { 1 } else { self.break_after(0)? };
                    if self.brackets == 0 {
                        return Some(());
                    }
                }
                b'\\' => self.at += 1 + self.break_after(1)?,
                _ if self.is_over() => {
                    self.push(Kind::Line, self.at);
                    return (self.brackets == 0).then_some(());
                }
                _ => self.token()?,
            }
        }
    }

    /// Bytes of the line break that has to be here.
    fn break_after(&self, ahead: usize) -> Option<usize> {
        match (self.peek(ahead), self.peek(ahead + 1)) {
            (b'\n', _) => Some(1),
            (b'\r', b'\n') => Some(2),
            _ => None,
        }
    }

    fn token(&mut self) -> Option<()> {
        let start = self.at;
        match self.peek(0) {
            b'"' | b'\'' => self.text(start)?,
            byte if byte == b'_' || byte.is_ascii_alphabetic() || byte >= 0x80 => {
                while matches!(self.peek(0), b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | 0x80..) {
                    self.at += 1;
                }
                let word = self.bytes.get(start..self.at)?;
                if word.len() <= 2 && matches!(self.peek(0), b'"' | b'\'') {
                    self.at = start;
                    return self.text(start);
                }
                self.push(keyword(word), start);
            }
            b'0'..=b'9' => self.number(start),
            b'.' if self.peek(1).is_ascii_digit() => self.number(start),
            _ => self.sign(start)?,
        }
        Some(())
    }

    fn number(&mut self, start: usize) {
        let radix = self.peek(0) == b'0' && matches!(self.peek(1).to_ascii_lowercase(), b'x' | b'o' | b'b');
        loop {
            match self.peek(0) {
                b'e' | b'E' if !radix && matches!(self.peek(1), b'+' | b'-') && self.peek(2).is_ascii_digit() => {
                    self.at += 2;
                }
                b'e' | b'E' if !radix && self.peek(1).is_ascii_digit() => self.at += 1,
                b'0'..=b'9' | b'_' => self.at += 1,
                b'.' if !radix => self.at += 1,
                b'j' | b'J' if !radix => self.at += 1,
                b'a'..=b'f' | b'A'..=b'F' | b'x' | b'X' | b'o' | b'O' if radix => self.at += 1,
                _ => break,
            }
        }
        self.push(Kind::Number, start);
    }

    fn sign(&mut self, start: usize) -> Option<()> {
        let (kind, length) = match (self.peek(0), self.peek(1), self.peek(2)) {
            (b'(', ..) => (Kind::ParenOpen, 1),
            (b')', ..) => (Kind::ParenClose, 1),
            (b'[', ..) => (Kind::SquareOpen, 1),
            (b']', ..) => (Kind::SquareClose, 1),
            (b'{', ..) => (Kind::BraceOpen, 1),
            (b'}', ..) => (Kind::BraceClose, 1),
            (b',', ..) => (Kind::Comma, 1),
            (b';', ..) => (Kind::Semicolon, 1),
            (b'~', ..) => (Kind::Tilde, 1),
            (b':', b'=', _) => (Kind::Walrus, 2),
            (b':', ..) => (Kind::Colon, 1),
            (b'.', b'.', b'.') => (Kind::Ellipsis, 3),
            (b'.', ..) => (Kind::Dot, 1),
            (b'-', b'>', _) => (Kind::Arrow, 2),
            (b'*', b'*', b'=') | (b'/', b'/', b'=') | (b'<', b'<', b'=') | (b'>', b'>', b'=') => (Kind::Augmented, 3),
            (b'*', b'*', _) => (Kind::Power, 2),
            (b'/', b'/', _) | (b'<', b'<', _) | (b'>', b'>', _) => (Kind::Operator, 2),
            (b'<' | b'>' | b'=' | b'!', b'=', _) => (Kind::Compare, 2),
            (b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^' | b'@', b'=', _) => (Kind::Augmented, 2),
            (b'+', ..) => (Kind::Plus, 1),
            (b'-', ..) => (Kind::Minus, 1),
            (b'*', ..) => (Kind::Star, 1),
            (b'@', ..) => (Kind::At, 1),
            (b'/' | b'%' | b'&' | b'|' | b'^', ..) => (Kind::Operator, 1),
            (b'<', b'>', _) => return None,
            (b'<', ..) => (Kind::Less, 1),
            (b'>', ..) => (Kind::Greater, 1),
            (b'=', ..) => (Kind::Equal, 1),
            _ => return None,
        };
        match kind {
            Kind::ParenOpen | Kind::SquareOpen | Kind::BraceOpen => self.brackets += 1,
            Kind::ParenClose | Kind::SquareClose | Kind::BraceClose => self.brackets = self.brackets.checked_sub(1)?,
            _ => {}
        }
        self.at += length;
        self.push(kind, start);
        Some(())
    }

    /// A literal of text, its letters in front included.
    fn text(&mut self, start: usize) -> Option<()> {
        let opening = Opening::of(self.rest())?;
        let (quote, triple) = (opening.quote, opening.triple);
        self.at += opening.length;
        if opening.formatted {
            while let Stop::Value(_) = self.go_on(self.bytes.len(), quote, triple)? {
                self.interpolation(quote, triple)?;
            }
        } else {
            loop {
                let rest = self.rest();
                let next = if triple { memchr2(quote, b'\\', rest)? } else { memchr3(quote, b'\\', b'\n', rest)? };
                self.at += next;
                match self.peek(0) {
                    b'\\' => self.skip_escape(),
                    b'\n' => return None,
                    _ if triple && !self.rest().starts_with(&[quote; 3]) => self.at += 1,
                    _ => break,
                }
            }
        }
        self.at += if triple { 3 } else { 1 };
        if self.at > self.bytes.len() {
            return None;
        }
        self.push(Kind::Text, start);
        Some(())
    }

    fn skip_escape(&mut self) {
        self.at += if self.peek(1) == b'\r' && self.peek(2) == b'\n' { 3 } else { 2 };
    }

    /// Goes on in an f-string to the next interpolation, behind its bracket, or to its closing quote or the end that is
    /// known.
    fn go_on(&mut self, end: usize, quote: u8, triple: bool) -> Option<Stop> {
        while self.at < end {
            match self.peek(0) {
                b'\\' if matches!(self.peek(1), b'{' | b'}') => self.at += 1,
                // A character by its name, which stands in brackets.
                b'\\' if self.peek(1) == b'N' && self.peek(2) == b'{' => return None,
                b'\\' => self.skip_escape(),
                b'{' if self.peek(1) == b'{' => self.at += 2,
                b'{' => {
                    self.at += 1;
                    return Some(Stop::Value(self.at - 1));
                }
                b'\n' if !triple => return None,
                byte if byte == quote && (!triple || self.rest().starts_with(&[quote; 3])) => return Some(Stop::End),
                _ => self.at += 1,
            }
        }
        Some(Stop::End)
    }

    /// An interpolation from behind its bracket to behind the other: the tokens of its value.
    fn interpolation(&mut self, quote: u8, triple: bool) -> Option<Vec<Token>> {
        self.nested += 1;
        if self.nested > MOST_NESTED {
            return None;
        }
        let outer = std::mem::take(&mut self.out);
        let brackets = std::mem::take(&mut self.brackets);
        let mut ended = false;
        loop {
            let next = (self.peek(0), self.peek(1));
            match next {
                (b' ' | b'\t', _) => self.at += 1,
                (b'\n' | b'\r', _) if triple => self.at += 1,
                (b'}', _) if self.brackets == 0 => {
                    self.at += 1;
                    break;
                }
                (b':', _) if self.brackets == 0 => {
                    self.specifier(quote)?;
                    break;
                }
                // How it is shown: `!r`, `=`.
                (b'!', b'r' | b's' | b'a') if self.brackets == 0 && !ended => (ended, self.at) = (true, self.at + 2),
                (b'=', b'}' | b'!' | b':' | b' ') if self.brackets == 0 && !ended => self.at += 1,
                _ if self.is_over() || ended => return None,
                _ => {
                    let from = self.at;
                    self.token()?;
                    // Only some versions let a line of a text go on in a literal inside of it.
                    if !triple && self.bytes.get(from..self.at)?.contains(&b'\n') {
                        return None;
                    }
                }
            }
        }
        self.push(Kind::End, self.at);
        self.brackets = brackets;
        self.nested -= 1;
        Some(std::mem::replace(&mut self.out, outer))
    }

    /// How a value is formatted, and the bracket behind it.
    fn specifier(&mut self, quote: u8) -> Option<()> {
        let mut open = 0_usize;
        loop {
            match self.peek(0) {
                b'{' => open += 1,
                b'}' if open == 0 => {
                    self.at += 1;
                    return Some(());
                }
                b'}' => open -= 1,
                // What is inside of a literal is not counted.
                b'"' | b'\'' if open > 0 => return None,
                byte if byte == quote || matches!(byte, b'\n' | b'\\' | 0) => return None,
                _ => {}
            }
            self.at += 1;
        }
    }
}

fn keyword(word: &[u8]) -> Kind {
    if !(2..=8).contains(&word.len()) {
        return Kind::Name;
    }
    match word {
        b"and" => Kind::And,
        b"as" => Kind::As,
        b"assert" => Kind::Assert,
        b"async" => Kind::Async,
        b"await" => Kind::Await,
        b"break" => Kind::Break,
        b"class" => Kind::Class,
        b"continue" => Kind::Continue,
        b"def" => Kind::Def,
        b"del" => Kind::Del,
        b"elif" => Kind::Elif,
        b"else" => Kind::Else,
        b"except" => Kind::Except,
        b"False" => Kind::False,
        b"finally" => Kind::Finally,
        b"for" => Kind::For,
        b"from" => Kind::From,
        b"global" => Kind::Global,
        b"if" => Kind::If,
        b"import" => Kind::Import,
        b"in" => Kind::In,
        b"is" => Kind::Is,
        b"lambda" => Kind::Lambda,
        b"None" => Kind::None,
        b"nonlocal" => Kind::Nonlocal,
        b"not" => Kind::Not,
        b"or" => Kind::Or,
        b"pass" => Kind::Pass,
        b"raise" => Kind::Raise,
        b"return" => Kind::Return,
        b"True" => Kind::True,
        b"try" => Kind::Try,
        b"while" => Kind::While,
        b"with" => Kind::With,
        b"yield" => Kind::Yield,
        _ => Kind::Name,
    }
}
