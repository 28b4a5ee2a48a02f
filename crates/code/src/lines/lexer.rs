//! Source to tokens. Never refuses a text: what does not end, ends with the file.

use std::cell::Cell;

use super::token::{Dialect, Kind, NONE, Sign, Token, Tokens};

/// Tokens that are kept; what comes behind is not read.
const MAX_TOKENS: usize = 600_000;
/// Texts within texts that are looked into.
const MAX_NESTING: usize = 4;

pub(super) struct Lexer<'t> {
    pub(super) source: &'t str,
    pub(super) bytes: &'t [u8],
    pub(super) at: usize,
    end: usize,
    pub(super) dialect: Dialect,
    pub(super) out: Vec<Token>,
    open: Vec<u32>,
    nesting: usize,
    /// Depths of brackets at the `#if`s that are open.
    branches: Vec<usize>,
    /// Depth of brackets before a `#define`; its line ends it.
    define: Option<usize>,
    is_cut: bool,
}

/// Splits a source into tokens.
pub(super) fn tokens(source: &str, dialect: Dialect) -> Tokens<'_> {
    let (bytes, end) = (source.as_bytes(), source.len());
    let out = Vec::with_capacity(end / 5);
    let mut lexer = Lexer {
        source,
        bytes,
        at: 0,
        end,
        dialect,
        out,
        open: Vec::new(),
        branches: Vec::new(),
        nesting: 0,
        define: None,
        is_cut: false,
    };
    // A piece of PHP without tags is code.
    if dialect == Dialect::Php && source.contains("<?") && source.find("<?") < source.find("?>").or(Some(end)) {
        lexer.page();
    }
    lexer.run();
    Tokens { source, dialect, list: lexer.out, is_cut: lexer.is_cut, work: Cell::default() }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

impl Lexer<'_> {
    pub(super) fn byte(&self, ahead: usize) -> u8 {
        let at = self.at + ahead;
        if at < self.end { self.bytes.get(at).copied().unwrap_or(0) } else { 0 }
    }

    pub(super) fn is_over(&self) -> bool {
        self.at >= self.end
    }

    pub(super) fn starts(&self, text: &str) -> bool {
        self.bytes.get(self.at..self.end).is_some_and(|rest| rest.starts_with(text.as_bytes()))
    }

    /// Moves behind the next `text`, or to the end.
    pub(super) fn skip_past(&mut self, text: &str) {
        let rest = self.bytes.get(self.at..self.end).unwrap_or_default();
        self.at = memchr::memmem::find(rest, text.as_bytes()).map_or(self.end, |found| self.at + found + text.len());
    }

    pub(super) fn push(&mut self, kind: Kind, start: usize) {
        self.token(kind, start, self.at, Sign::NO);
    }

    #[expect(clippy::cast_possible_truncation, reason = "sources are cut to a megabyte")]
    fn token(&mut self, kind: Kind, start: usize, end: usize, sign: Sign) {
        if self.out.len() >= MAX_TOKENS {
            self.is_cut = true;
            self.end = self.at;
            return;
        }
        self.out.push(Token { kind, start: start as u32, end: end as u32, pair: NONE, sign });
    }

    /// A sign, also one that the source only implies.
    #[expect(clippy::cast_possible_truncation, reason = "there are fewer tokens than bytes")]
    pub(super) fn sign(&mut self, text: &[u8], start: usize) {
        let index = self.out.len() as u32;
        self.token(Kind::Sign, start, self.at, Sign::of(text));
        match text {
            [b'(' | b'[' | b'{'] => self.open.push(index),
            [close @ (b')' | b']' | b'}')] => self.close(*close, index),
            _ => {}
        }
    }

    /// Joins a closing bracket to what it closes. One that does not fit closes what is unfinished before it, if `}`.
    fn close(&mut self, close: u8, index: u32) {
        let wanted = match close {
            b')' => b'(',
            b']' => b'[',
            _ => b'{',
        };
        let is = |lexer: &Self, at: u32| lexer.out.get(at as usize).is_some_and(|token| token.sign.0[0] == wanted);
        while let Some(&last) = self.open.last() {
            if is(self, last) {
                self.open.pop();
                for (at, pair) in [(last, index), (index, last)] {
                    if let Some(token) = self.out.get_mut(at as usize) {
                        token.pair = pair;
                    }
                }
                return;
            }
            let is_brace = self.out.get(last as usize).is_some_and(|token| token.sign.0[0] == b'{');
            if close != b'}' || is_brace {
                return;
            }
            self.open.pop();
        }
    }

    fn run(&mut self) {
        while !self.is_over() {
            self.next();
        }
    }

    fn next(&mut self) {
        let (start, byte) = (self.at, self.byte(0));
        match byte {
            b'\n' if self.define.is_some() => {
                self.at += 1;
                self.end_define(start);
            }
            b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
            b'\\' if matches!(self.byte(1), b'\n' | b'\r') => self.at += if self.byte(2) == b'\n' { 3 } else { 2 },
            b'/' if self.byte(1) == b'*' => {
                self.at += 2;
                self.skip_past("*/");
            }
            b'/' if self.byte(1) == b'/' => self.line_comment(),
            b'#' if self.dialect == Dialect::Php && self.byte(1) != b'[' => self.line_comment(),
            b'#' if self.dialect != Dialect::Php => self.directive(),
            b'?' if self.dialect == Dialect::Php && self.byte(1) == b'>' => {
                self.at += 2;
                self.sign(b";", start);
                self.page();
            }
            b'"' | b'\'' | b'`' => self.quoted(start),
            b'0'..=b'9' => self.number(start),
            b'$' | b'@' if self.dialect == Dialect::CSharp => self.prefixed(start),
            b'$' if is_word(self.byte(1)) => self.word(start),
            b'<' if self.dialect == Dialect::Php && self.starts("<<<") => self.heredoc(start),
            _ if is_word(byte) => self.word(start),
            _ => self.operator(start),
        }
    }

    fn line_comment(&mut self) {
        let rest = self.bytes.get(self.at..self.end).unwrap_or_default();
        let line = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let tag = if self.dialect == Dialect::Php {
            memchr::memmem::find(rest.get(..line).unwrap_or_default(), b"?>")
        } else {
            None
        };
        self.at += tag.unwrap_or(line).max(1);
    }

    /// What stands between `?>` and `<?php` is not code; `<?=` is an `echo`.
    pub(super) fn page(&mut self) {
        let rest = self.bytes.get(self.at..self.end).unwrap_or_default();
        let Some(found) = memchr::memmem::find(rest, b"<?") else {
            self.at = self.end;
            return;
        };
        self.at += found;
        let start = self.at;
        if self.starts("<?=") {
            self.at += 3;
            self.push(Kind::Name, start);
        } else {
            self.at += if self.starts("<?php") { 5 } else { 2 };
        }
    }

    fn word(&mut self, start: usize) {
        self.at += 1;
        while is_word(self.byte(0)) {
            self.at += 1;
        }
        // `L"…"`, `u8"…"`, `R"x(…)x"`.
        if self.dialect.is_native() && matches!(self.byte(0), b'"' | b'\'') && self.at - start <= 3 {
            let prefix = self.source.get(start..self.at).unwrap_or("");
            if self.byte(0) == b'"' && prefix.ends_with('R') {
                return self.raw_native(start);
            }
            if matches!(prefix, "L" | "u" | "U" | "u8") {
                return self.quoted(start);
            }
        }
        self.push(Kind::Name, start);
    }

    fn number(&mut self, start: usize) {
        self.at += 1;
        loop {
            let byte = self.byte(0);
            let is_fraction = byte == b'.' && self.byte(1).is_ascii_digit();
            let is_separator = byte == b'\'' && self.dialect.is_native() && self.byte(1).is_ascii_alphanumeric();
            if !(is_word(byte) || is_fraction || is_separator) {
                break;
            }
            self.at += 1;
        }
        self.push(Kind::Number, start);
    }

    /// A line of the preprocessor. A `#define` with a value becomes an assignment, others are left out.
    fn directive(&mut self) {
        let rest = self.source.get(self.at + 1..self.end).unwrap_or("").trim_start_matches([' ', '\t']);
        if self.dialect.is_native()
            && self.define.is_none()
            && let Some(rest) = rest.strip_prefix("define")
            && rest.starts_with([' ', '\t'])
        {
            self.at = self.end.saturating_sub(rest.len());
            self.define = Some(self.open.len());
            while matches!(self.byte(0), b' ' | b'\t') {
                self.at += 1;
            }
            let start = self.at;
            if is_word(self.byte(0)) {
                self.word(start);
            }
            if self.byte(0) != b'(' {
                self.sign(b"=", self.at);
            }
            return;
        }
        // What stands behind one of two conditions does not follow what stands behind the other.
        let start = self.at;
        if rest.starts_with("if") {
            self.branches.push(self.open.len());
            self.sign(b"#", start);
        } else if rest.starts_with("el") {
            let depth = self.branches.last().copied().unwrap_or(usize::MAX);
            self.open.truncate(depth);
            self.sign(b"#", start);
        } else if rest.starts_with("endif") {
            self.branches.pop();
            self.sign(b"#", start);
        }
        loop {
            let rest = self.bytes.get(self.at..self.end).unwrap_or_default();
            let Some(line) = memchr::memchr(b'\n', rest) else {
                self.at = self.end;
                return;
            };
            let is_continued = rest.get(..line).is_some_and(|line| line.trim_ascii_end().ends_with(b"\\"));
            self.at += line;
            if !is_continued {
                return;
            }
            self.at += 1;
        }
    }

    fn end_define(&mut self, start: usize) {
        if let Some(depth) = self.define.take() {
            self.open.truncate(depth);
            self.sign(b";", start);
        }
    }

    fn operator(&mut self, start: usize) {
        const THREE: &[&[u8]] = &[b"===", b"!==", b"<=>", b"??=", b"...", b"?->"];
        const TWO: &[&[u8]] = &[
            b"->", b"::", b"=>", b"==", b"!=", b"<=", b">=", b"&&", b"||", b"+=", b"-=", b".=", b"*=", b"/=", b"|=",
            b"&=", b"%=", b"++", b"--", b"??", b"?.", b"<<",
        ];
        let rest = self.bytes.get(self.at..self.end).unwrap_or_default();
        let known = THREE.iter().chain(TWO).find(|known| rest.starts_with(known));
        let text: &[u8] = match known {
            Some(known) => known,
            None => rest.get(..1).unwrap_or_default(),
        };
        self.at += text.len().max(1);
        self.sign(text, start);
    }

    /// Reads what stands in a hole of a text as code.
    pub(super) fn hole(&mut self, from: usize, to: usize) {
        if self.nesting >= MAX_NESTING || from >= to {
            return;
        }
        let (at, end) = (self.at, self.end);
        (self.at, self.end) = (from, to);
        self.nesting += 1;
        let depth = self.open.len();
        let define = self.define.take();
        while !self.is_over() {
            self.next();
        }
        self.open.truncate(depth);
        self.define = define;
        self.nesting -= 1;
        (self.at, self.end) = (at, if self.is_cut { at } else { end });
    }
}
