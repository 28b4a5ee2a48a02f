//! Walking over a text byte by byte, within limits.

/// How deep expressions and blocks nest before reading stops.
pub(crate) const MAX_DEPTH: usize = 64;

/// Expressions and blocks of one file before reading stops.
pub(crate) const MAX_NODES: usize = 400_000;

/// A place in a text.
pub(crate) struct Cursor<'a> {
    pub(crate) text: &'a str,
    pub(crate) at: usize,
    pub(crate) depth: usize,
    pub(crate) nodes: usize,
    /// Inside brackets a line break is only space.
    pub(crate) brackets: usize,
    pub(crate) problems: Vec<(usize, String)>,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self { text, at, depth: 0, nodes: 0, brackets: 0, problems: Vec::new() }
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(crate) fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    pub(crate) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(crate) fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or_default()
    }

    pub(crate) fn looking_at(&self, word: &str) -> bool {
        self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes()))
    }

    /// Goes over `word` if it stands here.
    pub(crate) fn eat(&mut self, word: &str) -> bool {
        let found = self.looking_at(word);
        if found {
            self.at += word.len();
        }
        found
    }

    pub(crate) fn done(&self) -> bool {
        self.at >= self.text.len()
    }

    /// One character further.
    pub(crate) fn bump(&mut self) {
        self.at += self.rest().chars().next().map_or(0, char::len_utf8);
    }

    pub(crate) fn problem(&mut self, message: impl Into<String>) {
        if self.problems.len() < 16 {
            self.problems.push((self.at, message.into()));
        }
    }

    /// A name, if one starts here.
    pub(crate) fn word(&mut self, more: &[u8]) -> Option<&'a str> {
        let start = self.at;
        if !self.peek().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80) {
            return None;
        }
        while self
            .peek()
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80 || more.contains(&byte))
        {
            self.at += 1;
        }
        Some(self.slice(start, self.at))
    }

    /// A number, if one starts here.
    pub(crate) fn number(&mut self) -> Option<&'a str> {
        let start = self.at;
        if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return None;
        }
        while let Some(byte) = self.peek() {
            let exponent = matches!(byte, b'+' | b'-')
                && self.at > start
                && matches!(self.text.as_bytes().get(self.at - 1), Some(b'e' | b'E'));
            let dot = byte == b'.' && self.peek_at(1).is_some_and(|next| next.is_ascii_digit());
            if !(byte.is_ascii_alphanumeric() || dot || exponent) {
                break;
            }
            self.at += 1;
        }
        Some(self.slice(start, self.at))
    }

    /// Over spaces and comments; over line breaks too if `lines`.
    pub(crate) fn space(&mut self, lines: bool, hash_comments: bool) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\r') => self.at += 1,
                Some(b'\n') if lines || self.brackets > 0 => self.at += 1,
                Some(b'#') if hash_comments => self.line_end(),
                Some(b'/') if self.peek_at(1) == Some(b'/') => self.line_end(),
                Some(b'/') if self.peek_at(1) == Some(b'*') => {
                    self.at = self.rest().find("*/").map_or(self.text.len(), |length| self.at + length + 2);
                }
                _ => return,
            }
        }
    }

    /// To the end of the line.
    pub(crate) fn line_end(&mut self) {
        self.at = self.rest().find('\n').map_or(self.text.len(), |length| self.at + length);
    }

    /// Whether there may be one more node, one level deeper. [`Cursor::up`] ends it.
    pub(crate) fn down(&mut self) -> bool {
        self.depth += 1;
        self.nodes += 1;
        if self.depth > MAX_DEPTH || self.nodes > MAX_NODES {
            if self.problems.last().is_none_or(|(_, last)| !last.starts_with("nested")) {
                self.problem("nested too deeply or too large to read on");
            }
            self.at = self.text.len();
        }
        !self.done()
    }

    pub(crate) fn up(&mut self) {
        self.depth -= 1;
    }
}
