//! Jinja text into tokens: literal text, and what stands between the delimiters.

/// One token with its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: Tok,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Tok {
    /// Literal text (raw blocks included).
    Text(String),
    /// `{{` and `}}`
    OpenOutput,
    CloseOutput,
    /// `{%` and `%}`
    OpenBlock,
    CloseBlock,
    Name(String),
    Str(String),
    Int(i64),
    Float(f64),
    Op(&'static str),
}

/// Why a text is no template, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SyntaxError {
    pub(super) at: usize,
    pub(super) message: String,
}

pub(super) fn fail<T>(at: usize, message: impl Into<String>) -> Result<T, SyntaxError> {
    Err(SyntaxError { at, message: message.into() })
}

/// Longest first.
const OPERATORS: [&str; 30] = [
    "//", "**", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "(", ")", "[", "]", "{", "}", ".", ",", ":", "|",
    "=", "<", ">", ";", "&", "@", "!", "?",
];

/// Splits a whole template. On an error the tokens before it are returned as well.
pub(super) fn lex(text: &str) -> (Vec<Token>, Option<SyntaxError>) {
    let mut lexer = Lexer { text, at: 0, tokens: Vec::new() };
    let error = lexer.run().err();
    (lexer.tokens, error)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn push(&mut self, start: usize, kind: Tok) {
        self.tokens.push(Token { start, end: self.at, kind });
    }

    fn run(&mut self) -> Result<(), SyntaxError> {
        while self.at < self.text.len() {
            let start = self.at;
            let opening = find_opening(self.rest()).map_or(self.text.len(), |at| start + at);
            if opening > start {
                self.at = opening;
                self.push(start, Tok::Text(self.text.get(start..opening).unwrap_or_default().to_string()));
            }
            match self.rest().as_bytes().get(1).copied() {
                None => return Ok(()),
                Some(b'#') => self.comment()?,
                Some(b'%') if self.raw()? => {}
                Some(second) => self.inside(second == b'%')?,
            }
        }
        Ok(())
    }

    fn comment(&mut self) -> Result<(), SyntaxError> {
        match self.rest().find("#}") {
            Some(end) => {
                self.at += end + 2;
                Ok(())
            }
            None => fail(self.at, "the comment has no end"),
        }
    }

    /// `{% raw %}…{% endraw %}` becomes text; false if this block is something else.
    fn raw(&mut self) -> Result<bool, SyntaxError> {
        let start = self.at;
        let Some(open) = block_word(self.rest(), "raw") else { return Ok(false) };
        let body = start + open;
        let mut from = body;
        loop {
            let Some(next) = self.text.get(from..).and_then(|rest| rest.find("{%")) else {
                return fail(start, "`raw` has no `endraw`");
            };
            let at = from + next;
            if let Some(close) = self.text.get(at..).and_then(|rest| block_word(rest, "endraw")) {
                self.at = at + close;
                let text = self.text.get(body..at).unwrap_or_default().to_string();
                self.tokens.push(Token { start: body, end: at, kind: Tok::Text(text) });
                return Ok(true);
            }
            from = at + 2;
        }
    }

    /// Everything from an opening to its closing delimiter.
    fn inside(&mut self, block: bool) -> Result<(), SyntaxError> {
        let opened = self.at;
        let (open, close, closing) =
            if block { (Tok::OpenBlock, Tok::CloseBlock, "%}") } else { (Tok::OpenOutput, Tok::CloseOutput, "}}") };
        self.at += 2;
        if self.rest().starts_with(['-', '+']) {
            self.at += 1;
        }
        self.push(opened, open);
        let mut brackets = 0u32;
        loop {
            self.at += self.rest().len() - self.rest().trim_start().len();
            let start = self.at;
            let rest = self.rest();
            let Some(first) = rest.chars().next() else { return fail(opened, format!("`{closing}` is missing")) };
            let trimmed = rest.strip_prefix(['-', '+']).unwrap_or(rest);
            if brackets == 0 && trimmed.starts_with(closing) {
                self.at += rest.len() - trimmed.len() + closing.len();
                self.push(start, close);
                return Ok(());
            }
            let kind = self.token(first)?;
            match kind {
                Tok::Op("(" | "[" | "{") => brackets += 1,
                Tok::Op(")" | "]" | "}") => brackets = brackets.saturating_sub(1),
                _ => {}
            }
            self.push(start, kind);
        }
    }

    fn token(&mut self, first: char) -> Result<Tok, SyntaxError> {
        if matches!(first, '\'' | '"') {
            return self.string(first);
        }
        if first.is_ascii_digit() {
            return Ok(self.number());
        }
        if first.is_alphabetic() || first == '_' {
            let len = self.rest().find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(self.rest().len());
            let name = self.rest().get(..len).unwrap_or_default().to_string();
            self.at += len;
            return Ok(Tok::Name(name));
        }
        match OPERATORS.iter().find(|op| self.rest().starts_with(**op)) {
            Some(op) => {
                self.at += op.len();
                Ok(Tok::Op(op))
            }
            None => fail(self.at, format!("`{first}` is unexpected")),
        }
    }

    fn number(&mut self) -> Tok {
        let rest = self.rest();
        let digits = |text: &str, radix: u32| text.find(|c: char| !c.is_digit(radix) && c != '_').unwrap_or(text.len());
        for (prefix, radix) in [("0x", 16), ("0X", 16), ("0b", 2), ("0B", 2), ("0o", 8), ("0O", 8)] {
            if let Some(body) = rest.strip_prefix(prefix) {
                let len = digits(body, radix);
                let text = body.get(..len).unwrap_or_default().replace('_', "");
                self.at += prefix.len() + len;
                return Tok::Int(i64::from_str_radix(&text, radix).unwrap_or(i64::MAX));
            }
        }
        let mut len = digits(rest, 10);
        let mut float = false;
        let tail = |len: usize| rest.get(len..).unwrap_or_default();
        if let Some(fraction) = tail(len).strip_prefix('.').filter(|f| f.starts_with(|c: char| c.is_ascii_digit())) {
            float = true;
            len += 1 + digits(fraction, 10);
        }
        if let Some(exponent) = tail(len).strip_prefix(['e', 'E']) {
            let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if unsigned.starts_with(|c: char| c.is_ascii_digit()) {
                float = true;
                len += 1 + exponent.len() - unsigned.len() + digits(unsigned, 10);
            }
        }
        let text = rest.get(..len).unwrap_or_default().replace('_', "");
        self.at += len;
        // What does not fit is at least very large, which is all that is asked of it.
        if float { Tok::Float(text.parse().unwrap_or(f64::MAX)) } else { Tok::Int(text.parse().unwrap_or(i64::MAX)) }
    }

    fn string(&mut self, quote: char) -> Result<Tok, SyntaxError> {
        let opened = self.at;
        let mut out = String::new();
        let mut chars = self.text.get(opened + 1..).unwrap_or_default().char_indices();
        while let Some((offset, c)) = chars.next() {
            if c == quote {
                self.at = opened + 1 + offset + 1;
                return Ok(Tok::Str(out));
            }
            if c == '\\' { escape(&mut chars, &mut out) } else { out.push(c) }
        }
        fail(opened, "the string has no end")
    }
}

/// Decodes what follows a backslash, as Python's `unicode-escape` does; an invalid escape stays as it is.
fn escape(chars: &mut std::str::CharIndices<'_>, out: &mut String) {
    let Some((_, c)) = chars.next() else { return };
    let behind = chars.clone();
    let mut digits = |radix: u32, min: usize, max: usize, first: Option<char>| {
        let mut text: String = first.into_iter().collect();
        while text.len() < max {
            match chars.clone().next() {
                Some((_, d)) if d.is_digit(radix) => {
                    text.push(d);
                    chars.next();
                }
                _ => break,
            }
        }
        let value = u32::from_str_radix(&text, radix).ok().and_then(char::from_u32);
        value.filter(|_| text.len() >= min)
    };
    let decoded = match c {
        'n' => Some('\n'),
        't' => Some('\t'),
        'r' => Some('\r'),
        'a' => Some('\u{7}'),
        'b' => Some('\u{8}'),
        'f' => Some('\u{c}'),
        'v' => Some('\u{b}'),
        '\n' => return,
        '\\' | '\'' | '"' => Some(c),
        'x' => digits(16, 2, 2, None),
        'u' => digits(16, 4, 4, None),
        'U' => digits(16, 8, 8, None),
        '0'..='7' => digits(8, 1, 3, Some(c)),
        'N' => {
            named(chars, out);
            return;
        }
        _ => None,
    };
    if let Some(decoded) = decoded {
        out.push(decoded);
    } else {
        *chars = behind;
        out.push('\\');
        out.push(c);
    }
}

/// `\N{LOW LINE}`: of all names only those that spell an attribute matter.
fn named(chars: &mut std::str::CharIndices<'_>, out: &mut String) {
    let rest = chars.as_str();
    let Some((name, tail)) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) else {
        return out.push_str("\\N");
    };
    let upper = name.trim().to_ascii_uppercase();
    match upper.as_str() {
        "LOW LINE" | "UNDERSCORE" => out.push('_'),
        "FULL STOP" => out.push('.'),
        _ => match upper.strip_prefix("LATIN SMALL LETTER ").filter(|letter| letter.len() == 1) {
            Some(letter) => out.push_str(&letter.to_ascii_lowercase()),
            None => out.push('\u{fffd}'),
        },
    }
    let consumed = rest.len() - tail.len();
    while rest.len() - chars.as_str().len() < consumed {
        chars.next();
    }
}

/// Offset of the next `{{`, `{%` or `{#`.
fn find_opening(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'{', bytes).find(|at| matches!(bytes.get(at + 1), Some(b'{' | b'%' | b'#')))
}

/// Length of `{% word %}` at the start of `text`, if that is what stands there.
fn block_word(text: &str, word: &str) -> Option<usize> {
    let rest = text.strip_prefix("{%")?;
    let rest = rest.strip_prefix(['-', '+']).unwrap_or(rest).trim_start().strip_prefix(word)?.trim_start();
    let rest = rest.strip_prefix(['-', '+']).unwrap_or(rest).strip_prefix("%}")?;
    Some(text.len() - rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Tok> {
        let (tokens, error) = lex(text);
        assert_eq!(error, None, "{text}");
        tokens.into_iter().map(|token| token.kind).collect()
    }

    #[test]
    fn splits_text_outputs_blocks_comments_and_raw() {
        assert_eq!(
            kinds("a{#- {{ no }} -#}{{- x.y -}} b{%+ raw -%} {{ {% {%- endraw %}"),
            [
                Tok::Text("a".into()),
                Tok::OpenOutput,
                Tok::Name("x".into()),
                Tok::Op("."),
                Tok::Name("y".into()),
                Tok::CloseOutput,
                Tok::Text(" b".into()),
                Tok::Text(" {{ {% ".into()),
            ]
        );
    }

    #[test]
    fn a_brace_in_a_dictionary_does_not_close() {
        assert_eq!(kinds("{{ {'a': {'b': 1}} }}").iter().filter(|t| **t == Tok::Op("}")).count(), 2);
    }

    #[test]
    fn decodes_escapes_as_python_does() {
        let text = r"{{ '\x5f\137\u005f\U0000005f\N{LOW LINE}\n\q\x5' }}";
        assert_eq!(kinds(text)[1], Tok::Str("_____\n\\q\\x".to_string() + "5"));
        assert_eq!(kinds("{{ 10**9 0x1F 1_000 2.5e3 }}")[4..7], [Tok::Int(31), Tok::Int(1000), Tok::Float(2500.0)]);
    }

    #[test]
    fn says_where_it_stops() {
        for (text, at) in [("a {{ 'x }}", 5), ("{% if x", 0), ("{# x", 0), ("{{ $ }}", 3), ("{% raw %} x", 0)] {
            assert_eq!(lex(text).1.map(|error| error.at), Some(at), "{text}");
        }
    }
}
