//! JSON as people write it: with comments, trailing commas, a byte order mark, single quotes, bare keys.

use crate::limits::{Limits, TOO_DEEP, TOO_LONG, TOO_MANY};
use crate::node::{Document, Node, Pair, Problem, Span, Value};

/// Reads JSON and JSON with comments; keeps what was read before an error.
pub fn json(text: &str) -> Document {
    json_within(text, &Limits::default())
}

/// Reads JSON within limits.
pub fn json_within(text: &str, limits: &Limits) -> Document {
    let (read, whole) = limits.cut(text);
    let mut reader =
        Reader { text: read, at: 0, limits, nodes: 0, problems: Vec::new(), comments: Vec::new(), stopped: false };
    if read.starts_with('\u{feff}') {
        reader.at = 3;
    }
    reader.skip();
    let root = if reader.peek().is_some() { reader.value(1) } else { Node::default() };
    if !reader.stopped {
        reader.skip();
        if reader.peek().is_some() {
            reader.stop("text after the end of the document");
        }
    }
    if !whole {
        reader.problems.push(Problem { at: read.len(), message: TOO_LONG.to_string() });
    }
    Document { root, problems: reader.problems, comments: reader.comments }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    limits: &'t Limits,
    nodes: usize,
    problems: Vec<Problem>,
    comments: Vec<Span>,
    /// Nothing more is read; the collections that are open end here.
    stopped: bool,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn stop(&mut self, message: &str) {
        if !self.stopped {
            self.note(message);
            self.stopped = true;
        }
    }

    fn note(&mut self, message: &str) {
        if self.problems.len() < 100 {
            self.problems.push(Problem { at: self.at, message: message.to_string() });
        }
    }

    /// White space and comments.
    fn skip(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.at += 1,
                Some(b'/') if self.rest().starts_with("//") => {
                    let len = memchr::memchr2(b'\n', b'\r', self.rest().as_bytes()).unwrap_or(self.rest().len());
                    self.comments.push(Span { start: self.at, end: self.at + len });
                    self.at += len;
                }
                Some(b'/') if self.rest().starts_with("/*") => {
                    let end = memchr::memmem::find(self.rest().as_bytes(), b"*/");
                    let len = end.map_or(self.rest().len(), |end| end + 2);
                    self.comments.push(Span { start: self.at, end: self.at + len });
                    self.at += len;
                }
                _ => return,
            }
        }
    }

    fn value(&mut self, depth: usize) -> Node {
        let start = self.at;
        self.nodes += 1;
        if self.nodes > self.limits.nodes {
            self.stop(TOO_MANY);
        } else if depth > self.limits.depth {
            self.stop(TOO_DEEP);
        }
        let value = match self.peek() {
            _ if self.stopped => Value::Null,
            Some(b'{') => self.map(depth),
            Some(b'[') => self.list(depth),
            Some(quote @ (b'"' | b'\'')) => Value::Text(self.string(quote)),
            Some(_) => self.word(),
            None => {
                self.stop("the document ends where a value is expected");
                Value::Null
            }
        };
        Node { value, span: Span { start, end: self.at } }
    }

    fn list(&mut self, depth: usize) -> Value {
        self.at += 1;
        let mut items = Vec::new();
        while !self.closes(b']') {
            let item = self.value(depth + 1);
            if self.stopped && item.span.is_empty() {
                break;
            }
            items.push(item);
            self.comma();
        }
        Value::List(items)
    }

    fn map(&mut self, depth: usize) -> Value {
        self.at += 1;
        let mut pairs = Vec::new();
        while !self.closes(b'}') {
            let start = self.at;
            let key = match self.peek() {
                Some(quote @ (b'"' | b'\'')) => self.string(quote),
                _ => self.bare().to_string(),
            };
            let key_span = Span { start, end: self.at };
            if key_span.is_empty() {
                self.stop("a key is expected");
                break;
            }
            self.skip();
            let value = if self.peek() == Some(b':') {
                self.at += 1;
                self.skip();
                self.value(depth + 1)
            } else {
                self.stop("a colon is expected");
                Node { value: Value::Null, span: Span { start: self.at, end: self.at } }
            };
            pairs.push(Pair { key, key_span, value });
            self.comma();
        }
        Value::Map(pairs)
    }

    /// Whether the collection ends here.
    fn closes(&mut self, close: u8) -> bool {
        self.skip();
        match self.peek() {
            _ if self.stopped => true,
            Some(byte) if byte == close => {
                self.at += 1;
                true
            }
            Some(b']' | b'}') => {
                self.stop("the wrong bracket closes");
                true
            }
            None => {
                self.stop("the document ends inside a list or a map");
                true
            }
            Some(_) => false,
        }
    }

    fn comma(&mut self) {
        if self.stopped {
            return;
        }
        self.skip();
        match self.peek() {
            Some(b',') => self.at += 1,
            Some(b']' | b'}') | None => {}
            Some(_) => self.note("a comma is expected"),
        }
    }

    fn bare(&mut self) -> &str {
        let start = self.at;
        let ends = |c: char| c.is_whitespace() || matches!(c, ',' | ':' | '[' | ']' | '{' | '}' | '"' | '\'' | '/');
        self.at += self.rest().find(ends).unwrap_or(self.rest().len());
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn word(&mut self) -> Value {
        let word = self.bare().to_string();
        match word.as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            _ if is_number(&word) => Value::Number(word),
            "" => {
                self.stop("a value is expected");
                Value::Null
            }
            _ => {
                self.note("a bare word is not a value");
                Value::Text(word)
            }
        }
    }

    fn string(&mut self, quote: u8) -> String {
        self.at += 1;
        let mut out = String::new();
        loop {
            let bytes = self.rest().as_bytes();
            let Some(len) = memchr::memchr2(quote, b'\\', bytes) else {
                out.push_str(self.rest());
                self.at = self.text.len();
                self.stop("the document ends inside a string");
                return out;
            };
            let escape = bytes.get(len) == Some(&b'\\');
            out.push_str(self.rest().get(..len).unwrap_or_default());
            self.at += len + 1;
            if !escape {
                return out;
            }
            self.escape(&mut out);
        }
    }

    fn escape(&mut self, out: &mut String) {
        let Some(c) = self.rest().chars().next() else { return };
        self.at += c.len_utf8();
        out.push(match c {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            '\n' => return,
            'u' => self.unicode(),
            other => other,
        });
    }

    fn unicode(&mut self) -> char {
        let Some(first) = self.hex4() else { return char::REPLACEMENT_CHARACTER };
        if (0xd800..0xdc00).contains(&first) && self.rest().starts_with("\\u") {
            let back = self.at;
            self.at += 2;
            if let Some(second @ 0xdc00..0xe000) = self.hex4() {
                let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
            }
            self.at = back;
        }
        char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    fn hex4(&mut self) -> Option<u32> {
        let digits = self.rest().get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        let code = u32::from_str_radix(digits, 16).ok();
        self.at += 4;
        code
    }
}

fn is_number(word: &str) -> bool {
    let digits = word.trim_start_matches(['-', '+']);
    let hex = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"));
    matches!(digits, "Infinity" | "NaN")
        || hex.is_some_and(|hex| !hex.is_empty() && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
        || (digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') && digits.parse::<f64>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(node: &Node) -> String {
        match &node.value {
            Value::Null => "null".into(),
            Value::Bool(value) => value.to_string(),
            Value::Number(text) => text.clone(),
            Value::Text(text) => format!("{text:?}"),
            Value::List(items) => format!("[{}]", items.iter().map(shape).collect::<Vec<_>>().join(",")),
            Value::Map(pairs) => {
                let pairs = pairs.iter().map(|pair| format!("{}:{}", pair.key, shape(&pair.value)));
                format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
            }
            Value::Tagged(tag, inner) => format!("{tag} {}", shape(inner)),
        }
    }

    #[test]
    fn reads_what_people_write() {
        let cases = [
            (r#"{"a": [1, -2.5e3, true, null, "x\n\u00e9\ud83d\ude00"]}"#, r#"{a:[1,-2.5e3,true,null,"x\né😀"]}"#, 0),
            ("\u{feff}// c\n{\"a\": 1, /* d */ \"b\": [1,],}", "{a:1,b:[1]}", 0),
            ("{a: 'it''s'}", "{a:\"it\",s:null}", 2),
            ("{\"a\": 1 \"b\": 2}", "{a:1,b:2}", 1),
            ("{\"a\": {\"b\": [1, 2", "{a:{b:[1,2]}}", 1),
            ("{\"a\": \"unfinished", "{a:\"unfinished\"}", 1),
            ("{\"a\": 1, \"a\": 2}", "{a:1,a:2}", 0),
            ("[1] 2", "[1]", 1),
            ("", "null", 0),
            ("\"\\ud800\\u0041\"", "\"\u{fffd}A\"", 0),
        ];
        for (text, expected, problems) in cases {
            let document = json(text);
            assert_eq!(shape(&document.root), expected, "{text}");
            assert!((problems == 0) == document.problems.is_empty(), "{text}: {:?}", document.problems);
        }
    }

    #[test]
    fn knows_where_everything_stands() {
        let text = "{\n  \"né\": [\"x\", 12] // why\n}";
        let document = json(text);
        let pair = &document.root.as_map().unwrap()[0];
        assert_eq!(&text[pair.key_span.start..pair.key_span.end], "\"né\"");
        let item = pair.value.at(1).unwrap();
        assert_eq!(&text[item.span.start..item.span.end], "12");
        assert_eq!(&text[document.comments[0].start..document.comments[0].end], "// why");
    }

    #[test]
    fn hostile_text_ends_in_problems() {
        for unit in ["[", "{\"a\":", "{'", "//", "/*", "\\", "\"", "]", ",", "{a", "[{", "\u{e9}:"] {
            let document = json(&unit.repeat(200_000));
            assert!(!document.problems.is_empty() || unit == "//" || unit == "/*", "{unit}");
        }
        let limits = Limits { nodes: 5, ..Limits::default() };
        let document = json_within("[1,2,3,4,5,6,7]", &limits);
        assert_eq!((document.root.as_list().unwrap().len(), document.problems.len()), (4, 1));
        let limits = Limits { bytes: 4, ..Limits::default() };
        assert_eq!(json_within("[1, 2]", &limits).problems.last().unwrap().message, TOO_LONG);
    }
}
