//! Jinja's filters and Python's string methods on constants, as far as they can spell a name.
#![allow(
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "lengths and lists are bounded far below the sign bit"
)]

use super::value::{HOLE, MAX_TEXT, Value, join};

/// Evaluates `value|name(args)`; unknown for every filter that cannot spell a name from constants.
pub(super) fn filter(value: &Value, name: &str, args: &[Value], keyword: &dyn Fn(&str) -> Value) -> Value {
    let arg = |index: usize| args.get(index).cloned().unwrap_or(Value::Unknown);
    match name {
        "string" | "safe" | "e" | "escape" | "forceescape" | "trim" | "striptags" if args.is_empty() => match value {
            Value::Str(text) if matches!(name, "trim" | "striptags") => Value::str(text.trim()),
            Value::Str(_) | Value::Int(_) => Value::Str(value.text()),
            _ => Value::Unknown,
        },
        "default" | "d" => value.clone().or(arg(0)),
        "reverse" => match value {
            Value::Str(_) => value.slice([None, None, Some(-1)]),
            _ => value.items().map_or(Value::Unknown, |mut items| {
                items.reverse();
                Value::List(items)
            }),
        },
        "join" => {
            let separator = if args.is_empty() { keyword("d") } else { arg(0) };
            let separator = if separator == Value::Unknown { String::new() } else { separator.text() };
            value.items().map_or(Value::Unknown, |items| join(&items, &separator))
        }
        "first" => value.get_at(0),
        "last" => value.get_at(-1),
        "random" => value.items().map_or(Value::Unknown, |items| items.into_iter().fold(Value::Unknown, Value::or)),
        "list" | "unique" => value.items().map_or(Value::Unknown, Value::List),
        "sort" => value.items().map_or(Value::Unknown, |mut items| {
            items.sort_by_key(Value::text);
            Value::List(items)
        }),
        "length" | "count" => value.items().map_or(Value::Unknown, |items| Value::Int(items.len() as i64)),
        "int" => value.text().trim().parse().map_or(Value::Unknown, Value::Int),
        "abs" => value.int().map_or(Value::Unknown, |number| Value::Int(number.saturating_abs())),
        "items" | "dictsort" => pairs(value),
        "format" => percent(&value.text(), args, keyword),
        "map" => map(value, args, keyword),
        "replace" | "lower" | "upper" | "title" | "capitalize" | "center" => method(value, name, args),
        "truncate" => match arg(0).int().and_then(|len| usize::try_from(len).ok()) {
            Some(len) if args.len() > 2 && arg(2) == Value::str("") => {
                Value::Str(value.text().chars().take(len).collect())
            }
            _ => Value::Unknown,
        },
        _ => Value::Unknown,
    }
}

impl Value {
    fn get_at(&self, index: i64) -> Value {
        match self {
            Value::Dict(_) => self.items().map_or(Value::Unknown, |keys| Value::List(keys).get(&Value::Int(index))),
            _ => self.get(&Value::Int(index)),
        }
    }
}

fn pairs(value: &Value) -> Value {
    match value {
        Value::Dict(items) => {
            Value::List(items.iter().map(|(key, value)| Value::List(vec![key.clone(), value.clone()])).collect())
        }
        _ => Value::Unknown,
    }
}

/// `|map('upper')`, `|map('replace', 'a', 'b')`, `|map(attribute='x')`.
fn map(value: &Value, args: &[Value], keyword: &dyn Fn(&str) -> Value) -> Value {
    let Some(items) = value.items() else { return Value::Unknown };
    let attribute = keyword("attribute");
    let mapped = items.iter().map(|item| match args.split_first() {
        _ if attribute != Value::Unknown => item.get(&attribute),
        Some((Value::Str(name), rest)) if name != "map" => filter(item, name, rest, keyword),
        _ => Value::Unknown,
    });
    Value::List(mapped.collect())
}

/// Evaluates a method of a constant string, list or dictionary.
pub(super) fn method(value: &Value, name: &str, args: &[Value]) -> Value {
    let arg = |index: usize| args.get(index).map(Value::text);
    match (value, name) {
        (Value::Dict(items), "keys") => Value::List(items.iter().map(|(key, _)| key.clone()).collect()),
        (Value::Dict(items), "values") => Value::List(items.iter().map(|(_, value)| value.clone()).collect()),
        (Value::Dict(_), "items") => pairs(value),
        (Value::Dict(_), "get" | "pop" | "setdefault") => {
            let other = args.get(1).cloned().unwrap_or(Value::Unknown);
            args.first().map_or(Value::Unknown, |key| value.get(key)).or(other)
        }
        (Value::List(items), "pop") => items.last().cloned().unwrap_or(Value::Unknown),
        (Value::List(_), "copy") | (Value::Dict(_), "copy") => value.clone(),
        (Value::Str(text), _) => string_method(text, name, args, &arg),
        _ => Value::Unknown,
    }
}

fn string_method(text: &str, name: &str, args: &[Value], arg: &dyn Fn(usize) -> Option<String>) -> Value {
    let strip = |text: &str, start: bool, end: bool| {
        let set: Option<String> = arg(0);
        let inside = |c: char| set.as_ref().map_or(c.is_whitespace(), |set| set.contains(c));
        let text = if start { text.trim_start_matches(inside) } else { text };
        Value::str(if end { text.trim_end_matches(inside) } else { text })
    };
    match name {
        "lower" | "casefold" => Value::Str(text.to_lowercase()),
        "upper" => Value::Str(text.to_uppercase()),
        "title" | "capitalize" => capitalize(text, name == "title"),
        "swapcase" => Value::Str(
            text.chars()
                .map(|c| if c.is_uppercase() { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() })
                .collect(),
        ),
        "strip" => strip(text, true, true),
        "lstrip" => strip(text, true, false),
        "rstrip" => strip(text, false, true),
        "removeprefix" => Value::str(arg(0).and_then(|prefix| text.strip_prefix(prefix.as_str())).unwrap_or(text)),
        "removesuffix" => Value::str(arg(0).and_then(|suffix| text.strip_suffix(suffix.as_str())).unwrap_or(text)),
        "fromhex" => arg(0).map_or(Value::Unknown, |digits| from_hex(&digits)),
        // A cycler's next element, where the cycler stands for its elements.
        "next" | "encode" | "decode" | "expandtabs" | "center" | "ljust" | "rjust" | "zfill" => Value::str(text),
        "join" => args.first().and_then(Value::items).map_or(Value::Unknown, |items| join(&items, text)),
        "split" | "rsplit" => match arg(0) {
            Some(separator) if !separator.is_empty() => Value::List(text.split(&separator).map(Value::str).collect()),
            _ => Value::List(text.split_whitespace().map(Value::str).collect()),
        },
        "replace" => match (arg(0), arg(1)) {
            // Replacing nothing puts the new text between all characters.
            (Some(from), Some(to)) if text.len().saturating_mul(to.len() + 1) < MAX_TEXT => {
                Value::Str(text.replace(&from, &to))
            }
            _ => Value::Unknown,
        },
        "format" => braces(text, args),
        _ => Value::Unknown,
    }
}

/// Text from `bytes.fromhex`.
fn from_hex(digits: &str) -> Value {
    let digits: Vec<u32> = digits.chars().filter_map(|c| c.to_digit(16)).collect();
    let byte = |pair: &[u32]| pair.iter().fold(0, |byte, digit| byte * 16 + digit);
    Value::Str(digits.chunks(2).map(|pair| char::from(byte(pair) as u8)).collect())
}

fn capitalize(text: &str, every: bool) -> Value {
    let mut start = true;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if start {
            out.extend(c.to_uppercase());
        } else {
            out.extend(c.to_lowercase());
        }
        start = every && !c.is_alphabetic();
    }
    Value::Str(out)
}

/// Python's `format % args`, positional or by name.
pub(super) fn percent(format: &str, args: &[Value], keyword: &dyn Fn(&str) -> Value) -> Value {
    let mut out = String::new();
    let mut next = args.iter();
    let mut rest = format;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let mut spec = after;
        let mut value = None;
        if let Some((name, tail)) = spec.strip_prefix('(').and_then(|tail| tail.split_once(')')) {
            value = Some(match args.first() {
                Some(dict @ Value::Dict(_)) => dict.get(&Value::str(name)),
                _ => keyword(name),
            });
            spec = tail;
        }
        spec = spec.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | ' ' | '#'));
        let Some(conversion) = spec.chars().next() else { break };
        rest = spec.get(conversion.len_utf8()..).unwrap_or_default();
        if conversion == '%' {
            out.push('%');
            continue;
        }
        let value = value.or_else(|| next.next().cloned()).unwrap_or(Value::Unknown);
        out.push_str(&converted(&value, conversion));
        if out.len() > MAX_TEXT {
            return Value::Unknown;
        }
    }
    out.push_str(rest);
    Value::Str(out)
}

fn converted(value: &Value, conversion: char) -> String {
    match (conversion, value.int()) {
        ('c', Some(code)) => {
            u32::try_from(code).ok().and_then(char::from_u32).map_or(HOLE.to_string(), |c| c.to_string())
        }
        ('x', Some(number)) => format!("{number:x}"),
        _ => value.text(),
    }
}

/// Python's `str.format`; attribute look-ups in fields are judged elsewhere and unknown here.
fn braces(format: &str, args: &[Value]) -> Value {
    let mut out = String::new();
    let mut next = 0;
    let mut rest = format;
    while let Some(open) = rest.find('{') {
        out.push_str(rest.get(..open).unwrap_or_default());
        rest = rest.get(open + 1..).unwrap_or_default();
        if let Some(tail) = rest.strip_prefix('{') {
            out.push('{');
            rest = tail;
            continue;
        }
        let Some((field, tail)) = rest.split_once('}') else { break };
        rest = tail;
        let (name, spec) = field.split_once(':').unwrap_or((field, ""));
        let index = name.parse().unwrap_or(next);
        next += 1;
        let value =
            if name.contains(['.', '[']) { &Value::Unknown } else { args.get(index).unwrap_or(&Value::Unknown) };
        out.push_str(&converted(value, spec.chars().next_back().unwrap_or('s')));
        if out.len() > MAX_TEXT {
            return Value::Unknown;
        }
    }
    out.push_str(rest);
    Value::Str(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_like_python() {
        let none: &dyn Fn(&str) -> Value = &|_| Value::Unknown;
        assert_eq!(percent("%c%c%s%%", &[Value::Int(95), Value::Int(95), Value::str("x")], none), Value::str("__x%"));
        assert_eq!(braces("{0}{1:c}{0}{{", &[Value::str("__"), Value::Int(97)]), Value::str("__a__{"));
        assert_eq!(filter(&Value::str("__ssalc__"), "reverse", &[], none), Value::str("__class__"));
        assert_eq!(method(&Value::str("a-b"), "split", &[Value::str("-")]).items().unwrap().len(), 2);
    }
}
