//! The tree.

/// Bytes of the text, end exclusive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

impl Span {
    /// Number of bytes.
    pub fn len(&self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Whether it has no bytes.
    pub fn is_empty(&self) -> bool {
        self.end <= self.start
    }
}

/// A value and where it stands, quotes included.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it stands. What an alias stands for keeps the place where it is written.
    pub span: Span,
}

/// What a node is.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Value {
    /// Nothing.
    #[default]
    Null,
    /// True or false.
    Bool(bool),
    /// A number, as it is written.
    Number(String),
    /// Text, escapes resolved.
    Text(String),
    /// Values in order.
    List(Vec<Node>),
    /// Keys and values in order, duplicates kept.
    Map(Vec<Pair>),
    /// A value with a tag of its own, such as `!Ref`.
    Tagged(String, Box<Node>),
}

/// One entry of a map.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// The key, as text.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub value: Node,
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Byte of the text.
    pub at: usize,
    /// What is wrong, lower case, no full stop.
    pub message: String,
}

/// One document.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    /// The tree; null for an empty text.
    pub root: Node,
    /// What could not be read; empty for a sound document.
    pub problems: Vec<Problem>,
    /// Comments, with their marks.
    pub comments: Vec<Span>,
}

impl Node {
    /// The value under `key`; the last one of duplicates, as parsers have it. Tags are looked through.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_map()?.iter().rfind(|pair| pair.key == key).map(|pair| &pair.value)
    }

    /// The pair under `key`; the last one of duplicates.
    pub fn pair(&self, key: &str) -> Option<&Pair> {
        self.as_map()?.iter().rfind(|pair| pair.key == key)
    }

    /// The value at a way of keys and indices with dots between: `spec.containers.0.image`.
    pub fn path(&self, path: &str) -> Option<&Node> {
        path.split('.').try_fold(self, |node, step| match node.untagged().value {
            Value::List(_) => node.at(step.parse().ok()?),
            _ => node.get(step),
        })
    }

    /// The element with this index.
    pub fn at(&self, index: usize) -> Option<&Node> {
        self.as_list()?.get(index)
    }

    /// The value without its tags.
    pub fn untagged(&self) -> &Node {
        let mut node = self;
        while let Value::Tagged(_, inner) = &node.value {
            node = inner;
        }
        node
    }

    /// The text, if it is text.
    pub fn as_str(&self) -> Option<&str> {
        match &self.untagged().value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Text, number, boolean as text.
    pub fn scalar(&self) -> Option<&str> {
        match &self.untagged().value {
            Value::Text(text) | Value::Number(text) => Some(text),
            Value::Bool(true) => Some("true"),
            Value::Bool(false) => Some("false"),
            _ => None,
        }
    }

    /// The boolean, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self.untagged().value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The number, if it is a whole one that fits.
    pub fn as_i64(&self) -> Option<i64> {
        let Value::Number(text) = &self.untagged().value else { return None };
        let text = text.replace('_', "");
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(&text)),
        };
        let radix = [("0x", 16), ("0o", 8), ("0b", 2)].into_iter().find_map(|(prefix, radix)| {
            let digits = digits.strip_prefix(prefix)?;
            Some(i64::from_str_radix(digits, radix).ok())
        });
        let value = radix.unwrap_or_else(|| digits.parse().ok())?;
        Some(if negative { -value } else { value })
    }

    /// The elements, if it is a list.
    pub fn as_list(&self) -> Option<&[Node]> {
        match &self.untagged().value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The pairs, if it is a map.
    pub fn as_map(&self) -> Option<&[Pair]> {
        match &self.untagged().value {
            Value::Map(pairs) => Some(pairs),
            _ => None,
        }
    }

    /// Calls `visit` with the JSON pointer of every node, parents first. What it answers says whether to go deeper.
    pub fn walk(&self, visit: &mut dyn FnMut(&str, &Node) -> bool) {
        self.walk_below(&mut String::new(), visit);
    }

    // As deep as the tree, which has a limit.
    fn walk_below(&self, pointer: &mut String, visit: &mut dyn FnMut(&str, &Node) -> bool) {
        if !visit(pointer, self) {
            return;
        }
        let length = pointer.len();
        match &self.value {
            Value::Tagged(_, inner) => inner.walk_below(pointer, visit),
            Value::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    pointer.push('/');
                    pointer.push_str(&index.to_string());
                    item.walk_below(pointer, visit);
                    pointer.truncate(length);
                }
            }
            Value::Map(pairs) => {
                for pair in pairs {
                    pointer.push('/');
                    pointer.push_str(&pair.key.replace('~', "~0").replace('/', "~1"));
                    pair.value.walk_below(pointer, visit);
                    pointer.truncate(length);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Value, json};

    #[test]
    fn finds_by_key_path_and_index() {
        let root = json(r#"{"a": {"b/c": [1, {"d": true}]}, "a2": 1, "a2": -0x10, "n": 12}"#).root;
        assert_eq!(root.path("a.b/c.1.d").and_then(crate::Node::as_bool), Some(true));
        assert_eq!(root.get("a").and_then(|node| node.at(0)), None);
        assert_eq!(root.get("n").and_then(crate::Node::as_i64), Some(12));
        let mut seen = Vec::new();
        root.walk(&mut |pointer, node| {
            seen.push(pointer.to_string());
            !matches!(node.value, Value::List(_))
        });
        assert_eq!(seen, ["", "/a", "/a/b~1c", "/a2", "/a2", "/n"]);
    }
}
