//! The outline of a large document: maps, texts and single numbers, but of lists of numbers only the length.

use std::fmt;
use std::io::{BufReader, Read};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Entries and elements that are kept; a model of ten thousand trees has a tenth of it.
const MAX_KEPT: u32 = 3_000_000;
/// Longest text that is kept whole.
const MAX_TEXT: usize = 4096;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outline {
    /// A number, a truth value or null, as text.
    Scalar(String),
    Text(String),
    /// Length, and those elements that are no numbers.
    List(u64, Vec<Outline>),
    Map(Vec<(String, Outline)>),
}

impl Outline {
    pub(crate) fn get(&self, key: &str) -> Option<&Outline> {
        match self {
            Self::Map(entries) => entries.iter().rev().find(|(known, _)| known == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// Follows keys.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Outline> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// A text or a number as text.
    pub(crate) fn word(&self) -> Option<&str> {
        if let Self::Text(text) | Self::Scalar(text) = self { Some(text) } else { None }
    }

    pub(crate) fn entries(&self) -> &[(String, Outline)] {
        if let Self::Map(entries) = self { entries } else { &[] }
    }

    /// Elements of a list.
    pub(crate) fn count(&self) -> Option<u64> {
        if let Self::List(count, _) = self { Some(*count) } else { None }
    }

    pub(crate) fn items(&self) -> &[Outline] {
        if let Self::List(_, items) = self { items } else { &[] }
    }

    /// Calls `visit` with every text and its place.
    pub(crate) fn texts(&self, place: &mut String, visit: &mut dyn FnMut(&str, &str)) {
        let len = place.len();
        match self {
            Self::Text(text) => visit(place, text),
            Self::Scalar(_) => {}
            Self::List(_, items) => {
                for item in items {
                    item.texts(place, visit);
                }
            }
            Self::Map(entries) => {
                for (key, value) in entries {
                    place.push('/');
                    place.push_str(key);
                    visit(place, key);
                    value.texts(place, visit);
                    place.truncate(len);
                }
            }
        }
    }
}

/// Text cut to what is kept.
pub(crate) fn cut(text: &str) -> String {
    let mut end = text.len().min(MAX_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().to_string()
}

/// Counts what is kept.
pub(crate) struct Kept(u32);

impl Kept {
    pub(crate) fn new() -> Self {
        Self(MAX_KEPT)
    }

    /// Takes one; false when there is no room.
    pub(crate) fn take(&mut self) -> bool {
        self.0 = self.0.saturating_sub(1);
        self.0 > 0
    }
}

/// Reads one JSON document in a stream. The error says what is wrong and where.
pub(crate) fn json(input: impl Read) -> Result<Outline, String> {
    let mut deserializer = serde_json::Deserializer::from_reader(BufReader::with_capacity(64 << 10, input));
    let mut kept = Kept::new();
    let outline = Seed(&mut kept).deserialize(&mut deserializer).map_err(|error| error.to_string())?;
    deserializer.end().map_err(|error| error.to_string())?;
    Ok(outline)
}

struct Seed<'a>(&'a mut Kept);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Outline;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Outline, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Outline;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Outline, E> {
        Ok(Outline::Scalar(value.to_string()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Outline, E> {
        Ok(Outline::Scalar(value.to_string()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Outline, E> {
        Ok(Outline::Scalar(value.to_string()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Outline, E> {
        Ok(Outline::Scalar(value.to_string()))
    }

    fn visit_unit<E: Error>(self) -> Result<Outline, E> {
        Ok(Outline::Scalar(String::new()))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Outline, E> {
        Ok(Outline::Text(cut(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Outline, A::Error> {
        let (mut count, mut items) = (0, Vec::new());
        while let Some(item) = list.next_element_seed(Element(&mut *self.0))? {
            count += 1;
            if let Some(item) = item {
                if !self.0.take() {
                    return Err(A::Error::custom("the document has too many parts"));
                }
                items.push(item);
            }
        }
        Ok(Outline::List(count, items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Outline, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            if !self.0.take() {
                return Err(A::Error::custom("the document has too many parts"));
            }
            entries.push((cut(&key), map.next_value_seed(Seed(&mut *self.0))?));
        }
        Ok(Outline::Map(entries))
    }
}

/// An element of a list: numbers are counted, not kept.
struct Element<'a>(&'a mut Kept);

impl<'de> DeserializeSeed<'de> for Element<'_> {
    type Value = Option<Outline>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Outline>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Element<'_> {
    type Value = Option<Outline>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Option<Outline>, E> {
        Ok(None)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Option<Outline>, E> {
        Ok(None)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Option<Outline>, E> {
        Ok(None)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Option<Outline>, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<Outline>, E> {
        Ok(None)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Option<Outline>, E> {
        Ok(Some(Outline::Text(cut(value))))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Option<Outline>, A::Error> {
        Seed(self.0).visit_seq(list).map(Some)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Option<Outline>, A::Error> {
        Seed(self.0).visit_map(map).map(Some)
    }
}
