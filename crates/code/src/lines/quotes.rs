//! Texts in quotes: plain, raw, verbatim, with holes, and over many lines.

use super::lexer::Lexer;
use super::token::{Dialect, Kind};

/// Holes of one text that are looked into.
const MAX_HOLES: usize = 64;

impl Lexer<'_> {
    /// A text from its quote on; `start` may lie before a prefix.
    pub(super) fn quoted(&mut self, start: usize) {
        let quote = self.byte(0);
        if self.dialect == Dialect::CSharp && self.starts("\"\"\"") {
            return self.raw_sharp(start, 0);
        }
        if quote == b'`' && self.dialect != Dialect::Php {
            self.at += 1;
            return;
        }
        let from = self.at + 1;
        let is_open = self.dialect == Dialect::Php && quote != b'\'';
        if quote == b'`' {
            self.at += 1;
            self.push(Kind::Name, start);
            self.sign(b"(", start);
        }
        self.at = from;
        // Only PHP lets a text run over lines.
        let one_line = self.dialect != Dialect::Php;
        loop {
            match self.byte(0) {
                0 if self.is_over() => break,
                b'\\' => self.at += 2,
                b'\n' if one_line => break,
                byte => {
                    self.at += 1;
                    if byte == quote {
                        break;
                    }
                }
            }
        }
        let to = self.at.saturating_sub(1);
        if is_open {
            self.open_text(start, from, to);
        } else {
            self.push(Kind::Text, start);
        }
        if quote == b'`' {
            self.sign(b")", to);
        }
    }

    /// A text of PHP in which variables stand.
    fn open_text(&mut self, start: usize, from: usize, to: usize) {
        let holes = self.variables(from, to);
        if holes.is_empty() {
            return self.push(Kind::Text, start);
        }
        self.push(Kind::Holed, start);
        self.holes(&holes);
    }

    fn holes(&mut self, holes: &[(usize, usize)]) {
        let at = self.at;
        self.sign(b"(", at);
        for (number, (from, to)) in holes.iter().enumerate() {
            if number > 0 {
                self.sign(b",", at);
            }
            self.hole(*from, *to);
        }
        self.sign(b")", at);
    }

    /// Where variables stand in a text of PHP: `$a`, `$a->b`, `$a[b]`, `{$a …}`.
    fn variables(&self, from: usize, to: usize) -> Vec<(usize, usize)> {
        let mut holes = Vec::new();
        let get = |at: usize| self.bytes.get(at).copied().filter(|_| at < to).unwrap_or(0);
        let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let mut at = from;
        while let Some(found) = self.bytes.get(at..to).and_then(|rest| memchr::memchr(b'$', rest)) {
            let start = at + found;
            at = start + 1;
            let is_escaped = (from..start).rev().take_while(|at| get(*at) == b'\\').count() % 2 == 1;
            if is_escaped || holes.len() >= MAX_HOLES {
                continue;
            }
            if start > from && get(start - 1) == b'{' || get(at) == b'{' {
                let inner = if get(at) == b'{' { at + 1 } else { start };
                let rest = self.bytes.get(inner..to).unwrap_or_default();
                let end = memchr::memchr(b'}', rest).map_or(to, |end| inner + end);
                holes.push((inner, end));
                at = end;
            } else if word(get(at)) && !get(at).is_ascii_digit() {
                while word(get(at)) {
                    at += 1;
                }
                if get(at) == b'-' && get(at + 1) == b'>' && word(get(at + 2)) {
                    at += 2;
                    while word(get(at)) {
                        at += 1;
                    }
                } else if get(at) == b'[' {
                    let rest = self.bytes.get(at..to).unwrap_or_default();
                    at = memchr::memchr(b']', rest).map_or(at, |end| at + end + 1);
                }
                holes.push((start, at));
            }
        }
        holes
    }

    /// `<<<NAME` and `<<<'NAME'` of PHP, up to a line that begins with the name.
    pub(super) fn heredoc(&mut self, start: usize) {
        self.at += 3;
        while self.byte(0) == b' ' {
            self.at += 1;
        }
        let quote = self.byte(0);
        if matches!(quote, b'"' | b'\'') {
            self.at += 1;
        }
        let name_from = self.at;
        while self.byte(0).is_ascii_alphanumeric() || self.byte(0) == b'_' {
            self.at += 1;
        }
        let name = self.source.get(name_from..self.at).unwrap_or("");
        if name.is_empty() {
            return self.sign(b"<<", start);
        }
        self.skip_past("\n");
        let from = self.at;
        loop {
            while matches!(self.byte(0), b' ' | b'\t') {
                self.at += 1;
            }
            if self.is_over() || self.starts(name) {
                break;
            }
            self.skip_past("\n");
        }
        let to = self.at;
        self.at = (self.at + if self.is_over() { 0 } else { name.len() }).min(self.bytes.len());
        if quote == b'\'' {
            self.push(Kind::Text, start);
        } else {
            self.open_text(start, from, to);
        }
    }

    /// `R"x(…)x"` of C++, from its quote on.
    pub(super) fn raw_native(&mut self, start: usize) {
        self.at += 1;
        let from = self.at;
        while !self.is_over() && self.byte(0) != b'(' && self.at - from < 17 {
            self.at += 1;
        }
        let end = format!("){}\"", self.source.get(from..self.at).unwrap_or(""));
        self.skip_past(&end);
        self.push(Kind::Text, start);
    }

    /// `@"…"`, `$"…"`, `$@"…"`, `$$"""…"""` of C#; an `@` before a name is left out.
    pub(super) fn prefixed(&mut self, start: usize) {
        let (mut holes, mut verbatim) = (0, false);
        while matches!(self.byte(0), b'$' | b'@') {
            holes += usize::from(self.byte(0) == b'$');
            verbatim |= self.byte(0) == b'@';
            self.at += 1;
        }
        if self.byte(0) != b'"' {
            return;
        }
        if self.starts("\"\"\"") {
            return self.raw_sharp(start, holes);
        }
        self.at += 1;
        let mut found = Vec::new();
        loop {
            match self.byte(0) {
                0 if self.is_over() => break,
                b'\\' if !verbatim => self.at += 2,
                b'\n' if !verbatim => break,
                b'"' if verbatim && self.byte(1) == b'"' => self.at += 2,
                b'{' if holes > 0 && self.byte(1) == b'{' => self.at += 2,
                b'{' if holes > 0 => self.sharp_hole(&mut found),
                byte => {
                    self.at += 1;
                    if byte == b'"' {
                        break;
                    }
                }
            }
        }
        self.finish(start, &found);
    }

    /// A hole of C#: code up to the bracket that closes it, with its own quotes.
    fn sharp_hole(&mut self, found: &mut Vec<(usize, usize)>) {
        self.at += 1;
        let (from, mut depth) = (self.at, 1);
        while !self.is_over() {
            match self.byte(0) {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                b'\n' => break,
                b'"' => {
                    self.at += 1;
                    while !self.is_over() && !matches!(self.byte(0), b'"' | b'\n') {
                        self.at += 1;
                    }
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
            self.at += 1;
        }
        if found.len() < MAX_HOLES {
            found.push((from, self.at));
        }
        self.at += 1;
    }

    fn finish(&mut self, start: usize, found: &[(usize, usize)]) {
        if found.is_empty() {
            return self.push(Kind::Text, start);
        }
        self.push(Kind::Holed, start);
        self.holes(found);
    }

    /// `"""…"""` of C#, with as many quotes as it begins with.
    fn raw_sharp(&mut self, start: usize, dollars: usize) {
        let from = self.at;
        while self.byte(0) == b'"' {
            self.at += 1;
        }
        let quotes = self.source.get(from..self.at).unwrap_or("\"\"\"");
        let from = self.at;
        self.skip_past(quotes);
        let to = self.at.saturating_sub(quotes.len()).max(from);
        let mut found = Vec::new();
        let open = "{".repeat(dollars.min(8));
        if dollars > 0 {
            let mut at = from;
            while let Some(next) = self.source.get(at..to).and_then(|rest| rest.find(&open)) {
                let inner = at + next + open.len();
                let end = self.source.get(inner..to).and_then(|rest| rest.find('}')).map_or(to, |end| inner + end);
                if found.len() < MAX_HOLES {
                    found.push((inner, end));
                }
                at = end;
            }
        }
        self.finish(start, &found);
    }
}
