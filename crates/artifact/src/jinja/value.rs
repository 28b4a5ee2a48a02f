//! What an expression can be known to yield without rendering: constants, parts of constants, alternatives.
#![allow(
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "lengths and lists are bounded far below the sign bit"
)]

/// Stands in a string for a part that is not known.
pub(super) const HOLE: char = '\u{fffc}';

/// Longest string that is built; attribute names are short.
pub(super) const MAX_TEXT: usize = 256 << 10;

/// Most alternatives that are followed.
const MAX_ALTERNATIVES: usize = 16;

/// Most elements of a list that are followed.
pub(super) const MAX_ITEMS: usize = 256;

/// Deepest list of lists that is followed.
const MAX_NESTING: u32 = 100;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Unknown,
    None,
    Bool(bool),
    Int(i64),
    /// Text, with [`HOLE`] where a part is unknown.
    Str(String),
    List(Vec<Value>),
    Dict(Vec<(Value, Value)>),
    /// One of these, depending on what is not known.
    Any(Vec<Value>),
}

impl Value {
    pub(super) fn str(text: impl Into<String>) -> Self {
        Self::Str(text.into())
    }

    /// Every alternative.
    pub(super) fn alternatives(&self) -> &[Value] {
        if let Self::Any(values) = self { values } else { std::slice::from_ref(self) }
    }

    /// Either this or `other`. An unknown alternative says nothing and is dropped.
    pub(super) fn or(self, other: Value) -> Value {
        let mut values: Vec<Value> = Vec::new();
        for value in [self, other] {
            for one in value.alternatives() {
                if *one != Value::Unknown && !values.contains(one) && values.len() < MAX_ALTERNATIVES {
                    values.push(one.clone());
                }
            }
        }
        match values.len() {
            0 => Value::Unknown,
            1 => values.remove(0),
            _ => Value::Any(values),
        }
    }

    /// Applies `apply` to every alternative.
    pub(super) fn map(&self, apply: &mut dyn FnMut(&Value) -> Value) -> Value {
        match self {
            Value::Any(values) => values.iter().fold(Value::Unknown, |all, value| all.or(apply(value))),
            value => apply(value),
        }
    }

    /// The text it renders as; what is not known is a [`HOLE`].
    pub(super) fn text(&self) -> String {
        match self {
            Value::Str(text) => text.clone(),
            Value::Int(number) => number.to_string(),
            Value::Bool(value) => if *value { "True" } else { "False" }.to_string(),
            Value::None => "None".to_string(),
            Value::Any(values) => values.first().map(Value::text).unwrap_or_default(),
            Value::Unknown | Value::List(_) | Value::Dict(_) => HOLE.to_string(),
        }
    }

    /// About how many bytes the value takes; none if that is more than `most` or it is nested very deeply.
    pub(super) fn weight(&self, most: u64) -> Option<u64> {
        let mut left = most;
        self.weigh(&mut left, 0)?;
        Some(most - left)
    }

    fn weigh(&self, left: &mut u64, depth: u32) -> Option<()> {
        let own = size_of::<Self>() + if let Self::Str(text) = self { text.len() } else { 0 };
        *left = left.checked_sub(own as u64).filter(|_| depth <= MAX_NESTING)?;
        match self {
            Self::List(items) | Self::Any(items) => items.iter().try_for_each(|item| item.weigh(left, depth + 1)),
            Self::Dict(items) => items.iter().try_for_each(|(key, value)| {
                key.weigh(left, depth + 1)?;
                value.weigh(left, depth + 1)
            }),
            _ => Some(()),
        }
    }

    pub(super) fn int(&self) -> Option<i64> {
        match self {
            Value::Int(number) => Some(*number),
            Value::Bool(value) => Some(i64::from(*value)),
            _ => None,
        }
    }

    /// Elements when iterated: characters, items, or keys.
    pub(super) fn items(&self) -> Option<Vec<Value>> {
        match self {
            Value::Str(text) if !text.contains(HOLE) => {
                Some(text.chars().take(MAX_ITEMS).map(|c| Value::str(c.to_string())).collect())
            }
            Value::List(items) => Some(items.clone()),
            Value::Dict(items) => Some(items.iter().map(|(key, _)| key.clone()).collect()),
            _ => None,
        }
    }

    pub(super) fn get(&self, key: &Value) -> Value {
        match (self, key) {
            (Value::Dict(items), key) => {
                items.iter().rev().find(|(name, _)| name == key).map_or(Value::Unknown, |(_, value)| value.clone())
            }
            (Value::List(items), Value::Int(index)) => {
                let index = if *index < 0 { index + items.len() as i64 } else { *index };
                usize::try_from(index).ok().and_then(|index| items.get(index).cloned()).unwrap_or(Value::Unknown)
            }
            (Value::Str(text), Value::Int(index)) => {
                let index = if *index < 0 { index + text.chars().count() as i64 } else { *index };
                let found = usize::try_from(index).ok().and_then(|index| text.chars().nth(index));
                found.map_or(Value::Unknown, |c| Value::Str(c.into()))
            }
            _ => Value::Unknown,
        }
    }

    /// `self[start:stop:step]`, as Python has it.
    pub(super) fn slice(&self, parts: [Option<i64>; 3]) -> Value {
        let Some(items) = self.items() else { return Value::Unknown };
        let len = items.len() as i64;
        let step = parts[2].unwrap_or(1);
        if step == 0 {
            return Value::Unknown;
        }
        let clamp = |at: i64, low: i64, high: i64| (if at < 0 { at.saturating_add(len) } else { at }).clamp(low, high);
        let mut picked = Vec::new();
        let mut take = |index: i64| picked.extend(usize::try_from(index).ok().and_then(|at| items.get(at).cloned()));
        if step > 0 {
            let (mut at, end) =
                (parts[0].map_or(0, |at| clamp(at, 0, len)), parts[1].map_or(len, |at| clamp(at, 0, len)));
            while at < end {
                take(at);
                at = at.saturating_add(step);
            }
        } else {
            let (mut at, end) = (
                parts[0].map_or(len - 1, |at| clamp(at, -1, len - 1)),
                parts[1].map_or(-1, |at| clamp(at, -1, len - 1)),
            );
            while at > end {
                take(at);
                at = at.saturating_add(step);
            }
        }
        match self {
            Value::Str(_) => Value::Str(picked.iter().map(Value::text).collect()),
            _ => Value::List(picked),
        }
    }

    /// Text concatenation; too long becomes unknown.
    pub(super) fn concat(&self, other: &Value) -> Value {
        let mut text = self.text();
        let more = other.text();
        if text.len() + more.len() > MAX_TEXT {
            return Value::Unknown;
        }
        text.push_str(&more);
        Value::Str(text)
    }
}

/// Every combination of alternatives of two values, bounded.
pub(super) fn combine(a: &Value, b: &Value, apply: &mut dyn FnMut(&Value, &Value) -> Value) -> Value {
    a.map(&mut |a| b.map(&mut |b| apply(a, b)))
}

/// Joins as `|join` does.
pub(super) fn join(items: &[Value], separator: &str) -> Value {
    let mut text = String::new();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push_str(separator);
        }
        text.push_str(&item.text());
        if text.len() > MAX_TEXT {
            return Value::Unknown;
        }
    }
    Value::Str(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_like_python() {
        let text = Value::str("abcdef");
        for (parts, expected) in [
            ([None, None, Some(-1)], "fedcba"),
            ([Some(1), Some(-1), None], "bcde"),
            ([Some(-2), None, None], "ef"),
            ([Some(4), Some(1), Some(-2)], "ec"),
            ([Some(9), Some(-99), Some(-1)], "fedcba"),
            ([Some(i64::MIN), Some(i64::MAX), Some(i64::MAX)], "a"),
        ] {
            assert_eq!(text.slice(parts), Value::str(expected), "{parts:?}");
        }
    }

    #[test]
    fn alternatives_combine() {
        let a = Value::str("x").or(Value::str("y")).or(Value::Unknown);
        let joined = combine(&a, &Value::str("z"), &mut |a, b| a.concat(b));
        assert_eq!(joined, Value::Any(vec![Value::str("xz"), Value::str("yz")]));
    }
}
