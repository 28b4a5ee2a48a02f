//! JSON as a tree with byte spans, duplicate keys kept: what two parsers could disagree on stays visible.

use std::borrow::Cow;

use crate::budget::Budget;

/// Deepest nesting that is followed.
const MAX_DEPTH: u32 = 256;

/// One value with its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Json<'a> {
    /// Byte offset of the first character.
    pub(crate) start: usize,
    /// Byte offset after the last character.
    pub(crate) end: usize,
    pub(crate) value: Value<'a>,
}

/// What stands there. Numbers keep their text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    Number(&'a str),
    Text(Cow<'a, str>),
    Array(Vec<Json<'a>>),
    /// Members in file order, duplicates included.
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

/// What one value takes of the budget: here all of them are in memory at once.
const NODES: u64 = 8;
/// The message when the budget ends the parse.
pub(crate) const TOO_MANY: &str = "too many values";

/// Why a text is not JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JsonError {
    pub(crate) offset: usize,
    pub(crate) message: &'static str,
}

impl<'a> Json<'a> {
    /// Parses one document; trailing white space is allowed, anything else is not.
    pub(crate) fn parse(text: &'a str, budget: &Budget) -> Result<Self, JsonError> {
        let mut parser = Parser { text, at: 0, budget };
        let value = parser.value(0)?;
        parser.space();
        if parser.at < text.len() { parser.fail("trailing characters") } else { Ok(value) }
    }

    /// Last member with this key, as most parsers choose.
    pub(crate) fn get(&self, key: &str) -> Option<&Json<'a>> {
        self.members().iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    pub(crate) fn members(&self) -> &[(Cow<'a, str>, Json<'a>)] {
        if let Value::Object(members) = &self.value { members } else { &[] }
    }

    pub(crate) fn items(&self) -> &[Json<'a>] {
        if let Value::Array(items) = &self.value { items } else { &[] }
    }

    pub(crate) fn str(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }

    pub(crate) fn bool(&self) -> Option<bool> {
        if let Value::Bool(value) = self.value { Some(value) } else { None }
    }

    pub(crate) fn u64(&self) -> Option<u64> {
        if let Value::Number(text) = self.value { text.parse().ok() } else { None }
    }

    pub(crate) fn is_object(&self) -> bool {
        matches!(self.value, Value::Object(_))
    }

    /// Calls `visit` with the JSON pointer of every value below and including this one, parents first.
    pub(crate) fn walk(&self, visit: &mut dyn FnMut(&str, &Json<'a>)) {
        let mut pointer = String::new();
        self.walk_from(&mut pointer, visit);
    }

    fn walk_from(&self, pointer: &mut String, visit: &mut dyn FnMut(&str, &Json<'a>)) {
        visit(pointer, self);
        let len = pointer.len();
        for (key, value) in self.members() {
            pointer.push('/');
            pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            value.walk_from(pointer, visit);
            pointer.truncate(len);
        }
        for (index, value) in self.items().iter().enumerate() {
            pointer.push('/');
            pointer.push_str(&index.to_string());
            value.walk_from(pointer, visit);
            pointer.truncate(len);
        }
    }
}

struct Parser<'a, 'b> {
    text: &'a str,
    at: usize,
    budget: &'b Budget,
}

impl<'a> Parser<'a, '_> {
    fn fail<T>(&self, message: &'static str) -> Result<T, JsonError> {
        Err(JsonError { offset: self.at, message })
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        self.space();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self, depth: u32) -> Result<Json<'a>, JsonError> {
        self.space();
        let start = self.at;
        if depth > MAX_DEPTH {
            return self.fail("nested too deeply");
        }
        if !self.budget.nodes(NODES) {
            return self.fail(TOO_MANY);
        }
        let value = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Value::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => self.word()?,
            None => return self.fail("unexpected end"),
        };
        Ok(Json { start, end: self.at, value })
    }

    fn object(&mut self, depth: u32) -> Result<Value<'a>, JsonError> {
        self.at += 1;
        let mut members = Vec::new();
        if self.eat(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return self.fail("expected a key");
            }
            let key = self.string()?;
            if !self.eat(b':') {
                return self.fail("expected `:`");
            }
            members.push((key, self.value(depth + 1)?));
            if self.eat(b'}') {
                members.shrink_to_fit();
                return Ok(Value::Object(members));
            }
            if !self.eat(b',') {
                return self.fail("expected `,` or `}`");
            }
        }
    }

    fn array(&mut self, depth: u32) -> Result<Value<'a>, JsonError> {
        self.at += 1;
        let mut items = Vec::new();
        if self.eat(b']') {
            return Ok(Value::Array(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.eat(b']') {
                items.shrink_to_fit();
                return Ok(Value::Array(items));
            }
            if !self.eat(b',') {
                return self.fail("expected `,` or `]`");
            }
        }
    }

    fn number(&mut self) -> Value<'a> {
        let start = self.at;
        while matches!(self.peek(), Some(b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')) {
            self.at += 1;
        }
        Value::Number(self.text.get(start..self.at).unwrap_or_default())
    }

    /// `NaN` and `Infinity` are not JSON, but Python writes and reads them.
    fn word(&mut self) -> Result<Value<'a>, JsonError> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        for (word, value) in [
            ("true", Value::Bool(true)),
            ("false", Value::Bool(false)),
            ("null", Value::Null),
            ("NaN", Value::Number("NaN")),
            ("Infinity", Value::Number("Infinity")),
        ] {
            if rest.starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        self.fail("expected a value")
    }

    fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        self.at += 1;
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut owned: Option<String> = None;
        let mut run = start;
        loop {
            let rest = bytes.get(self.at..).unwrap_or_default();
            let Some(step) = memchr::memchr2(b'"', b'\\', rest) else {
                self.at = bytes.len();
                return self.fail("string has no end");
            };
            self.at += step;
            let part = self.text.get(run..self.at).unwrap_or_default();
            if self.peek() == Some(b'"') {
                self.at += 1;
                return Ok(match owned {
                    Some(mut text) => {
                        text.push_str(part);
                        Cow::Owned(text)
                    }
                    None => Cow::Borrowed(part),
                });
            }
            let text = owned.get_or_insert_default();
            text.push_str(part);
            self.at += 1;
            let c = self.escape()?;
            owned.get_or_insert_default().push(c);
            run = self.at;
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let byte = self.peek();
        self.at += 1;
        Ok(match byte {
            Some(b'n') => '\n',
            Some(b't') => '\t',
            Some(b'r') => '\r',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(c @ (b'"' | b'\\' | b'/')) => char::from(c),
            Some(b'u') => {
                let first = self.hex4()?;
                if !(0xd800..0xdc00).contains(&first) {
                    return Ok(char::from_u32(first).unwrap_or('\u{fffd}'));
                }
                if self.text.get(self.at..self.at.saturating_add(2)) != Some("\\u") {
                    return Ok('\u{fffd}');
                }
                self.at += 2;
                let second = self.hex4()?;
                let joined = 0x10000 + ((first - 0xd800) << 10) + second.wrapping_sub(0xdc00);
                char::from_u32(joined).unwrap_or('\u{fffd}')
            }
            _ => return self.fail("unknown escape"),
        })
    }

    fn hex4(&mut self) -> Result<u32, JsonError> {
        let digits = self.text.get(self.at..self.at.saturating_add(4));
        match digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()) {
            Some(value) => {
                self.at += 4;
                Ok(value)
            }
            None => self.fail("expected four hex digits"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Limits;

    fn parse(text: &str) -> Result<Json<'_>, JsonError> {
        Json::parse(text, &Budget::new(Limits::default()))
    }

    #[test]
    fn keeps_duplicates_spans_and_escapes() {
        let json = parse(r#"{"a": [1, -2.5e3], "a": "x\u00e9\ud83d\ude00\n", "b": {"c/d": null}}"#).unwrap();
        assert_eq!(json.members().len(), 3);
        assert_eq!(json.get("a").unwrap().str(), Some("xé😀\n"));
        assert_eq!((json.members()[0].1.start, json.members()[0].1.end), (6, 17));
        let mut pointers = Vec::new();
        json.walk(&mut |pointer, _| pointers.push(pointer.to_string()));
        assert_eq!(pointers, ["", "/a", "/a/0", "/a/1", "/a", "/b", "/b/c~1d"]);
    }

    #[test]
    fn refuses_what_is_not_json() {
        for text in ["", "{", "[1,]", "{\"a\" 1}", "\"abc", "[1] x", "{\"a\":\"\\q\"}", "\"\\u12"] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert_eq!(parse(&"[".repeat(100_000)).unwrap_err().message, "nested too deeply");
    }
}
