//! The value every syntax is read into: known, unknown with a reason, and always with its place.

/// A place in one of the files of the model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Index into the files of the model.
    pub file: u32,
    /// First byte.
    pub start: u32,
    /// Byte after the last.
    pub end: u32,
}

impl Place {
    /// Bytes `start..end` of the file with this index.
    pub fn new(file: u32, start: usize, end: usize) -> Self {
        let narrow = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { file, start: narrow(start), end: narrow(end) }
    }
}

/// A value and where it is written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Val {
    /// What it is.
    pub data: Data,
    /// Where it is written.
    pub place: Place,
    /// Address of the resource it was taken from, as far as it is a reference.
    pub origin: Option<Box<str>>,
}

/// What a value is.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Data {
    /// Explicitly nothing.
    #[default]
    Null,
    /// True or false.
    Bool(bool),
    /// A number, as written.
    Number(String),
    /// Text.
    Text(String),
    /// Values in order.
    List(Vec<Val>),
    /// Keys in order.
    Map(Vec<Entry>),
    /// Not decided by these files.
    Unknown(Box<Unknown>),
}

/// One entry of a map.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key is written.
    pub at: Place,
    /// The value.
    pub value: Val,
}

/// Why a value is not known, and what is known of it nevertheless.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Unknown {
    /// Why, as a clause without full stop.
    pub reason: String,
    /// Text whose unknown parts are [`HOLE`]s.
    pub partial: Option<String>,
    /// The value is there, whatever it is: a reference, a required variable.
    pub present: bool,
}

/// Stands for an unknown part of a text.
pub(crate) const HOLE: char = '\u{0}';

/// Keys are compared as people read them: `publicNetworkAccess`, `PublicNetworkAccess` and `public_network_access` are one.
pub(crate) fn same_key(a: &str, b: &str) -> bool {
    let letters = |text: &'_ str| {
        text.bytes()
            .filter(|byte| !matches!(byte, b'_' | b'-'))
            .map(|byte| byte.to_ascii_lowercase())
            .collect::<Vec<_>>()
    };
    a == b || (a.len().abs_diff(b.len()) <= 8 && letters(a) == letters(b))
}

impl Val {
    /// A value at a place.
    pub fn new(data: Data, place: Place) -> Self {
        Self { data, place, origin: None }
    }

    /// Text at a place.
    pub fn text(text: impl Into<String>, place: Place) -> Self {
        Self::new(Data::Text(text.into()), place)
    }

    /// A truth value at a place.
    pub fn bool(value: bool, place: Place) -> Self {
        Self::new(Data::Bool(value), place)
    }

    /// A value that these files do not decide, and that may be absent.
    pub fn unknown(reason: impl Into<String>, place: Place) -> Self {
        Self::new(Data::Unknown(Box::new(Unknown { reason: reason.into(), ..Unknown::default() })), place)
    }

    /// A value that is certainly there but not decided by these files.
    pub fn given(reason: impl Into<String>, place: Place) -> Self {
        Self::new(Data::Unknown(Box::new(Unknown { reason: reason.into(), partial: None, present: true })), place)
    }

    /// Something that belongs to another resource.
    pub fn reference(address: &str, what: &str, place: Place) -> Self {
        let mut value = Self::given(format!("`{address}{what}` is known when it is deployed"), place);
        value.origin = Some(address.into());
        value
    }

    /// Text with [`HOLE`]s, or known text when it has none.
    pub fn template(text: String, reason: &str, place: Place) -> Self {
        if text.contains(HOLE) {
            let unknown = Unknown { reason: reason.to_string(), partial: Some(text), present: true };
            return Self::new(Data::Unknown(Box::new(unknown)), place);
        }
        Self::text(text, place)
    }

    /// A map with these entries.
    pub fn map(entries: Vec<Entry>, place: Place) -> Self {
        Self::new(Data::Map(entries), place)
    }

    /// The value at a key, exactly; the last one of duplicates.
    pub fn exact(&self, key: &str) -> Option<&Val> {
        self.entries().iter().rfind(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// The value at a key, however its words are joined.
    pub fn get(&self, key: &str) -> Option<&Val> {
        let entries = self.entries();
        let exact = entries.iter().rfind(|entry| entry.key == key);
        exact.or_else(|| entries.iter().rfind(|entry| same_key(&entry.key, key))).map(|entry| &entry.value)
    }

    /// The value at a way of keys with dots between; a list stands for its first element.
    pub fn path(&self, path: &str) -> Option<&Val> {
        path.split('.').try_fold(self, |value, key| {
            let value = match &value.data {
                Data::List(items) => items.first()?,
                _ => value,
            };
            value.get(key)
        })
    }

    /// Entries of a map; none for anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.data {
            Data::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Elements of a list, or the value itself as the only one; none for null.
    pub fn items(&self) -> &[Val] {
        match &self.data {
            Data::List(items) => items,
            Data::Null => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// Known text.
    pub fn as_str(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Known text, number or truth value as text.
    pub fn scalar(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) | Data::Number(text) => Some(text),
            Data::Bool(true) => Some("true"),
            Data::Bool(false) => Some("false"),
            _ => None,
        }
    }

    /// Known text, or text with holes.
    pub fn text_or_partial(&self) -> Option<&str> {
        match &self.data {
            Data::Unknown(unknown) => unknown.partial.as_deref(),
            _ => self.scalar(),
        }
    }

    /// Why it is unknown, if it is.
    pub fn unknown_reason(&self) -> Option<&str> {
        match &self.data {
            Data::Unknown(unknown) => Some(&unknown.reason),
            _ => None,
        }
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self.data, Data::Null)
    }

    /// Whether anything in it is unknown.
    pub fn has_unknown(&self) -> bool {
        match &self.data {
            Data::Unknown(_) => true,
            Data::List(items) => items.iter().any(Val::has_unknown),
            Data::Map(entries) => entries.iter().any(|entry| entry.value.has_unknown()),
            _ => false,
        }
    }

    /// The number, if it is one or reads as one.
    pub fn as_f64(&self) -> Option<f64> {
        match &self.data {
            Data::Number(text) | Data::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// Adds an entry to a map; nothing happens to anything else.
    pub fn insert(&mut self, key: &str, value: Val) {
        if let Data::Map(entries) = &mut self.data {
            entries.push(Entry { key: key.to_string(), at: value.place, value });
        }
    }

    /// Number of values in it, itself included.
    pub fn size(&self) -> usize {
        match &self.data {
            Data::List(items) => 1 + items.iter().map(Val::size).sum::<usize>(),
            Data::Map(entries) => 1 + entries.iter().map(|entry| entry.value.size()).sum::<usize>(),
            _ => 1,
        }
    }
}

/// A tree of a document as a value; tags are left to `tagged`, which answers for a node it understands.
pub(crate) fn from_node(
    node: &redan_document::Node,
    file: u32,
    tagged: &mut dyn FnMut(&redan_document::Node) -> Option<Val>,
) -> Val {
    use redan_document::Value;
    let place = Place::new(file, node.span.start, node.span.end);
    if let Some(value) = tagged(node) {
        return value;
    }
    let data = match &node.value {
        Value::Null => Data::Null,
        Value::Bool(value) => Data::Bool(*value),
        Value::Number(text) => Data::Number(text.clone()),
        Value::Text(text) => Data::Text(text.clone()),
        Value::List(items) => Data::List(items.iter().map(|item| from_node(item, file, tagged)).collect()),
        Value::Map(pairs) => Data::Map(
            pairs
                .iter()
                .map(|pair| Entry {
                    key: pair.key.clone(),
                    at: Place::new(file, pair.key_span.start, pair.key_span.end),
                    value: from_node(&pair.value, file, tagged),
                })
                .collect(),
        ),
        Value::Tagged(_, inner) => return from_node(inner, file, tagged),
    };
    Val::new(data, place)
}

/// A tree of a document as a value, tags dropped.
pub(crate) fn plain(node: &redan_document::Node, file: u32) -> Val {
    from_node(node, file, &mut |_| None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_compared_as_people_read_them() {
        assert!(same_key("publicNetworkAccess", "public_network_access"));
        assert!(same_key("PublicNetworkAccess", "public-network-access"));
        assert!(!same_key("public_network", "public_network_access"));
    }
}
