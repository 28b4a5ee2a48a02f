//! What is assigned to a name, in the notations of programs, configuration and data: `name = "value"`,
//! `"name": "value"`, `name: Type = "value"`, `<name>value</name>`, `set("name", "value")`, `--name value`.
//!
//! Detectors whose value has no form of its own rest on the name; reading the assignment once by hand costs less
//! than a pattern for each of them, and most places where a common word stands are left after a few bytes.

use std::ops::Range;

/// Longest name and longest type that is followed, in bytes.
const NAME: usize = 48;

/// Longest value that is read, in bytes.
const VALUE: usize = 512;

/// Most assignments inside a value without quotes: `a=b=c=d` is a row of them, not a value. Without a limit each name
/// of a long row would have the rest of the row read again.
const INNER: usize = 6;

/// Words that may stand between the name and the operator: `token for the bot = …`, `var token string = …`.
const WORDS: usize = 3;

/// Operators that are followed by a value.
const OPERATORS: &[&[u8]] = &[
    b"=", b":", b":=", b"::=", b":::=", b"=>", b"->", b"?=", b"+=", b".=", b"??=", b"||=", b"||:", b"==", b"===", b">",
];

/// A name and its value, as byte ranges of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Assignment {
    /// The name, with the words that follow it.
    pub(crate) name: Range<usize>,
    /// The value, without quotes.
    pub(crate) value: Range<usize>,
    /// Whether the value stands in quotes.
    pub(crate) quoted: bool,
}

/// The assignment to the name in which the word at `word` stands, if there is one.
pub(crate) fn assignment(text: &str, word: Range<usize>) -> Option<Assignment> {
    let bytes = text.as_bytes();
    let before = bytes.get(word.start.saturating_sub(NAME)..word.start)?;
    let start = word.start - before.iter().rev().take_while(|byte| is_name(**byte)).count();
    let flag = bytes.get(start..).is_some_and(|name| name.starts_with(b"--"));
    let mut cursor = Cursor { bytes, at: word.end };
    cursor.skip(NAME, is_name);
    let mut name = start..cursor.at;
    let mut operator: &[u8] = b" ";
    if !(flag && cursor.skip(2, is_blank) > 0) {
        cursor.skip(2, is_blank);
        for _ in 0..WORDS {
            if cursor.skip(NAME, is_name) == 0 {
                break;
            }
            name.end = cursor.at;
            cursor.skip(2, is_blank);
        }
        let closed = cursor.close();
        operator = match cursor.value_attribute() {
            Some(operator) => operator,
            None => cursor.operator(closed)?,
        };
    }
    let (value, quoted) = cursor.value(operator)?;
    Some(Assignment { name, value, quoted })
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn skip(&mut self, most: usize, wanted: impl Fn(u8) -> bool) -> usize {
        let count = self.rest().iter().take(most).take_while(|byte| wanted(**byte)).count();
        self.at += count;
        count
    }

    /// What ends a quoted or indexed name: `"`, `']`, `\"`. Whether there was a quote.
    fn close(&mut self) -> bool {
        let from = self.at;
        self.skip(8, |byte| is_quote(byte) || is_blank(byte) || matches!(byte, b']' | b')' | b'\\'));
        self.bytes.get(from..self.at).is_some_and(|closed| closed.iter().any(|byte| is_quote(*byte)))
    }

    /// `name="…" value=`, `"name": "…", "value":` and `name: …` with `value:` on the next line.
    fn value_attribute(&mut self) -> Option<&'static [u8]> {
        let from = self.at;
        self.skip(24, |byte| byte.is_ascii_whitespace() || matches!(byte, b',' | b'"' | b'\''));
        if self.rest().get(..5).is_some_and(|word| word.eq_ignore_ascii_case(b"value")) {
            self.at += 5;
            self.close();
            if let Some(operator) = self.operator(false) {
                return Some(operator);
            }
        }
        self.at = from;
        None
    }

    /// The operator here; a comma only after a quoted name, a parenthesis only before a quote.
    fn operator(&mut self, closed: bool) -> Option<&'static [u8]> {
        match self.peek()? {
            b',' if closed => {
                self.at += 1;
                Some(b",")
            }
            b'(' if self.bytes.get(self.at + 1).is_some_and(|next| is_quote(*next)) => {
                self.at += 1;
                Some(b"(")
            }
            _ => {
                let run = self.rest().iter().take(5);
                let len = run.take_while(|byte| matches!(byte, b'=' | b':' | b'?' | b'+' | b'.' | b'|' | b'>' | b'-'));
                let run = self.rest().get(..len.count())?;
                let operator = OPERATORS.iter().find(|operator| **operator == run)?;
                self.at += operator.len();
                Some(operator)
            }
        }
    }

    fn value(&mut self, operator: &[u8]) -> Option<(Range<usize>, bool)> {
        self.skip(32, is_blank);
        if operator == b":" {
            self.skip_type();
        }
        if matches!(self.peek()?, b'\n' | b'\r') {
            // The value of a key that ends its line is a quoted one on the next, or the text of an element.
            let from = self.at;
            self.skip(48, |byte| byte.is_ascii_whitespace());
            if operator != b">" && !self.peek().is_some_and(is_quote) {
                self.at = from;
                return None;
            }
        }
        let from = self.at;
        // `b"…"`, `@"…"`, `\"…\"`.
        self.skip(2, |byte| matches!(byte, b'b' | b'r' | b'u' | b'f' | b'L' | b'@' | b'$' | b'&' | b'\\'));
        match self.peek().filter(|byte| is_quote(*byte)) {
            Some(quote) => self.quoted(quote).map(|value| (value, true)),
            None if matches!(operator, b"," | b"(") => None,
            None => {
                self.at = from;
                let value = self.bare()?;
                // The text of an element ends where the next tag begins.
                let after = self.bytes.get(value.end..).unwrap_or_default();
                let element = after.iter().take(48).find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<');
                (operator != b">" || element).then_some((value, false))
            }
        }
    }

    /// Passes over `Type =` of a declaration, when a quoted value follows.
    fn skip_type(&mut self) {
        let is_type = |byte: &u8| is_name(*byte) || b" &<>[]?:*'|".contains(byte);
        let len = self.rest().iter().take(NAME).take_while(|byte| is_type(byte)).count();
        let after = self.at + len;
        if len > 0 && self.bytes.get(after) == Some(&b'=') {
            let blanks = self.bytes.get(after + 1..).unwrap_or_default();
            let blanks = blanks.iter().take(8).take_while(|byte| is_blank(**byte)).count();
            if self.bytes.get(after + 1 + blanks).is_some_and(|byte| is_quote(*byte)) {
                self.at = after + 1 + blanks;
            }
        }
    }

    fn quoted(&mut self, quote: u8) -> Option<Range<usize>> {
        self.skip(3, |byte| byte == quote);
        let start = self.at;
        let len = self.rest().iter().take(VALUE).position(|byte| *byte == quote || matches!(byte, b'\\' | b'\n'))?;
        let end = start + len;
        (len > 0 && self.bytes.get(end) != Some(&b'\n')).then_some(start..end)
    }

    fn bare(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        let ends = |byte: &u8| {
            let quote_or_space = is_quote(*byte) || byte.is_ascii_whitespace();
            quote_or_space
                || matches!(
                    byte,
                    b',' | b';' | b'<' | b'>' | b'(' | b')' | b'{' | b'}' | b'[' | b']' | b'&' | b'|' | b'\\'
                )
        };
        let mut len = 0;
        let mut inner = 0;
        let mut joined = false;
        for byte in self.rest().iter().take(VALUE).take_while(|byte| !ends(byte)) {
            inner += usize::from(joined && byte.is_ascii_alphabetic());
            if inner > INNER {
                return None;
            }
            joined = matches!(byte, b'=' | b':');
            len += 1;
        }
        // A call, an index or a template is an expression, not a value.
        if matches!(self.bytes.get(start + len), Some(b'(' | b'[' | b'{')) {
            return None;
        }
        let value = self.bytes.get(start..start + len)?;
        let trailing = value.iter().rev().take_while(|byte| b".:!?".contains(byte)).count();
        (len > trailing).then(|| start..start + len - trailing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<&str> {
        let at = text.to_ascii_lowercase().find("token").unwrap();
        assignment(text, at..at + 5).map(|found| &text[found.value])
    }

    #[test]
    fn a_row_of_assignments_is_no_value() {
        assert_eq!(value("token=v4=lue=="), Some("v4=lue=="));
        assert_eq!(value(&"token=".repeat(5)), Some("token=token=token=token="));
        assert_eq!(value(&"token=".repeat(50)), None);
        assert_eq!(value(&"token:".repeat(50)), None);
    }

    #[test]
    fn notations() {
        for text in [
            "token = \"v4lue\"",
            "myToken=v4lue",
            "export MY_TOKEN=v4lue\nNEXT=1",
            "{\"my_token\": \"v4lue\"}",
            "{\\\"my_token\\\": \\\"v4lue\\\"}",
            "{\"config.ini\": \"MY_TOKEN=v4lue\\nNEXT=true\"}",
            "<myToken>v4lue</myToken>",
            "<myToken>\n    v4lue\n</myToken>",
            "<entry name=\"myToken\" value=\"v4lue\" />",
            "{\"name\": \"my_token\", \"value\": \"v4lue\"}",
            "- name: MY_TOKEN\n  value: v4lue",
            "my_token: v4lue",
            "my_token: 'v4lue'",
            "var myToken string = \"v4lue\"",
            "var myToken: string = \"v4lue\"",
            "const TOKEN: &'static str = \"v4lue\";",
            "token: Optional[str] = 'v4lue'",
            "myToken := `v4lue`",
            "$myToken .= \"v4lue\"",
            "$config['my_token'] = 'v4lue';",
            "System.setProperty(\"MY_TOKEN\", \"v4lue\")",
            "  \"myToken\" => \"v4lue\"",
            "MY_TOKEN ::= \"v4lue\"",
            "MY_TOKEN :::= \"v4lue\"",
            "MY_TOKEN ?= \"v4lue\"",
            "client.setToken(\"v4lue\")",
            "tool --token v4lue --next",
            "tool --token=v4lue",
            "https://example.com/?token=v4lue&next=1",
            "the token of the bot: v4lue.",
            "token = b'v4lue'",
            "TOKEN =\n    'v4lue'",
        ] {
            assert_eq!(value(text), Some("v4lue"), "{text}");
        }
    }

    #[test]
    fn what_is_no_value() {
        for text in [
            "the token, then the value",
            "token = get_token()",
            "token = os.environ['X']",
            "token = ${TOKEN}",
            "MY_TOKEN=\nNEXT=v4lue",
            "token != \"v4lue\"",
            "token",
            "token = ",
            "token = \"",
            "token (see below)",
            "<name>:<token>@host",
        ] {
            assert_eq!(value(text), None, "{text}");
        }
    }
}
