//! Python literals as they stand in numpy headers: strings, numbers, tuples, lists and dicts.

/// One literal. Tuples and lists are told apart only by what they hold.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    Text(String),
    Number(u64),
    /// `True`, `False`, `None`.
    Word(String),
    /// A tuple; a pair of parentheses around one value without comma is that value.
    Tuple(Vec<Literal>),
    List(Vec<Literal>),
    Dict(Vec<(Literal, Literal)>),
}

/// Parses a whole text; what is wrong otherwise.
pub(super) fn parse(text: &str) -> Result<Literal, &'static str> {
    let mut parser = Parser { rest: text.trim() };
    let value = parser.value(16)?;
    parser.space();
    if parser.rest.is_empty() { Ok(value) } else { Err("text follows the dictionary") }
}

impl Literal {
    /// The value of a key; of the last one, as Python takes it.
    pub(super) fn get(&self, key: &str) -> Option<&Literal> {
        let Literal::Dict(pairs) = self else { return None };
        pairs.iter().rev().find(|(name, _)| matches!(name, Literal::Text(name) if name == key)).map(|(_, value)| value)
    }
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, what: char) -> bool {
        self.space();
        match self.rest.strip_prefix(what) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn value(&mut self, depth: u32) -> Result<Literal, &'static str> {
        let depth = depth.checked_sub(1).ok_or("it is nested too deeply")?;
        self.space();
        match self.rest.chars().next() {
            Some('{') => self.dict(depth),
            Some('[') => Ok(Literal::List(self.sequence('[', ']', depth)?.0)),
            Some('(') => {
                let (mut values, comma) = self.sequence('(', ')', depth)?;
                match (values.len(), comma) {
                    (1, false) => values.pop().ok_or("it is cut"),
                    _ => Ok(Literal::Tuple(values)),
                }
            }
            Some('\'' | '"') => self.texts(),
            Some(c) if c.is_ascii_digit() => self.number(),
            Some(c) if c.is_ascii_alphabetic() => self.word(),
            Some(_) => Err("a character is out of place"),
            None => Err("it is cut"),
        }
    }

    /// Values and whether a comma stood behind the last.
    fn sequence(&mut self, open: char, close: char, depth: u32) -> Result<(Vec<Literal>, bool), &'static str> {
        self.eat(open);
        let mut values = Vec::new();
        let mut comma = false;
        while !self.eat(close) {
            if !values.is_empty() && !comma {
                return Err("a comma is missing");
            }
            values.push(self.value(depth)?);
            comma = self.eat(',');
        }
        Ok((values, comma))
    }

    fn dict(&mut self, depth: u32) -> Result<Literal, &'static str> {
        self.eat('{');
        let mut pairs = Vec::new();
        let mut comma = true;
        while !self.eat('}') {
            if !comma {
                return Err("a comma is missing");
            }
            let key = self.value(depth)?;
            if !self.eat(':') {
                return Err("a colon is missing");
            }
            pairs.push((key, self.value(depth)?));
            comma = self.eat(',');
        }
        Ok(Literal::Dict(pairs))
    }

    /// Strings that stand side by side are one.
    fn texts(&mut self) -> Result<Literal, &'static str> {
        let mut out = String::new();
        while let Some(quote @ ('\'' | '"')) = self.rest.chars().next() {
            out.push_str(&self.text(quote)?);
            self.space();
        }
        Ok(Literal::Text(out))
    }

    fn text(&mut self, quote: char) -> Result<String, &'static str> {
        let mut out = String::new();
        let mut chars = self.rest.char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some((at, escaped)) => {
                        let (unescaped, digits) = escape(escaped, self.rest.get(at + 1..).unwrap_or_default());
                        out.push(unescaped);
                        (0..digits).for_each(|_| {
                            chars.next();
                        });
                    }
                    None => break,
                },
                c if c == quote => {
                    self.rest = self.rest.get(at + 1..).unwrap_or_default();
                    return Ok(out);
                }
                c => out.push(c),
            }
        }
        Err("a string does not end")
    }

    fn number(&mut self) -> Result<Literal, &'static str> {
        let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        // Python 2 wrote long integers as `3L`.
        self.rest = rest.strip_prefix('L').unwrap_or(rest);
        digits.parse().map(Literal::Number).map_err(|_| "a number is too large")
    }

    fn word(&mut self) -> Result<Literal, &'static str> {
        let end = self.rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        match word {
            "True" | "False" | "None" => Ok(Literal::Word(word.to_string())),
            // A prefix of a string.
            "u" | "b" if self.rest.starts_with(['\'', '"']) => self.value(1),
            _ => Err("it holds more than literals"),
        }
    }
}

/// What a backslash and `escaped` stand for, and how many of the characters after them belong to it.
fn escape(escaped: char, rest: &str) -> (char, usize) {
    let code = |text: Option<&str>, radix| {
        text.and_then(|text| u32::from_str_radix(text, radix).ok()).and_then(char::from_u32)
    };
    let hex = |len| code(rest.get(..len), 16).map(|c| (c, len));
    match escaped {
        'x' => hex(2).unwrap_or(('x', 0)),
        'u' => hex(4).unwrap_or(('u', 0)),
        'U' => hex(8).unwrap_or(('U', 0)),
        '0'..='7' => {
            let more = rest.bytes().take(2).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
            let digits = format!("{escaped}{}", rest.get(..more).unwrap_or_default());
            (code(Some(&digits), 8).unwrap_or(escaped), more)
        }
        other => (other, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_numpy_writes() {
        let header =
            parse("{'descr': [('a', '<f8', (2,)), ('o', '|O')], 'fortran_order': False, 'shape': (3L, 2), }\n");
        let header = header.unwrap();
        assert_eq!(header.get("shape"), Some(&Literal::Tuple(vec![Literal::Number(3), Literal::Number(2)])));
        assert!(matches!(header.get("descr"), Some(Literal::List(fields)) if fields.len() == 2));
        assert_eq!(parse("{u'a': ()}").unwrap().get("a"), Some(&Literal::Tuple(vec![])));
    }

    #[test]
    fn reads_strings_as_python_does() {
        for (text, value) in
            [("'|' \"O\"", "|O"), (r"'\x4f'", "O"), (r"'\117b'", "Ob"), (r"'\u004F'", "O"), (r"'\x4'", "x4")]
        {
            assert_eq!(parse(text).unwrap(), Literal::Text(value.into()), "{text}");
        }
    }

    #[test]
    fn refuses_expressions_and_broken_text() {
        for text in ["{'a': f()}", "{'a': 1 2}", "{'a'", "{'a': 'x", "", "{} x", "(1 2)", &"(".repeat(1000)] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
