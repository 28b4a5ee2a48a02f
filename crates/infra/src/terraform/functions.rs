//! The functions of Terraform that infrastructure is written with; every other gives something unknown.

use crate::expr::Node;
use crate::terraform::eval::Scope;
use crate::terraform::module::join;
use crate::value::{Data, Entry, HOLE, Place, Val};

pub(super) fn call(scope: &Scope<'_, '_>, name: &str, arguments: &[Node], place: Place) -> Val {
    if name == "try" || name == "coalesce" || name == "coalescelist" {
        return first(scope, name, arguments, place);
    }
    let values: Vec<Val> = arguments.iter().map(|argument| scope.eval(argument)).collect();
    if name == "file" || name == "templatefile" {
        return file(scope, name, values.first(), place);
    }
    let value = apply(name, &values, place);
    value.unwrap_or_else(|| {
        let mut unknown = Val::given(format!("`{name}()` is not evaluated"), place);
        unknown.origin = values.into_iter().find_map(|value| value.origin);
        unknown
    })
}

/// The first that is there.
fn first(scope: &Scope<'_, '_>, name: &str, arguments: &[Node], place: Place) -> Val {
    for argument in arguments {
        let value = scope.eval(argument);
        let empty = value.is_null() || (name != "try" && matches!(&value.data, Data::Text(text) if text.is_empty()));
        match &value.data {
            Data::Unknown(unknown) if !unknown.present => {
                return Val::unknown(unknown.reason.clone(), place);
            }
            _ if empty => {}
            _ => return value,
        }
    }
    Val::new(Data::Null, place)
}

fn file(scope: &Scope<'_, '_>, name: &str, path: Option<&Val>, place: Place) -> Val {
    let unread = || Val::given(format!("what `{name}()` reads is not known"), place);
    let Some(path) = path.and_then(Val::text_or_partial) else { return unread() };
    // `path.module` is the only part that may be unknown.
    let path = path.trim_start_matches(HOLE).trim_start_matches('/');
    if path.contains(HOLE) || name != "file" {
        return unread();
    }
    let found =
        join(&scope.module.folder, path).and_then(|path| scope.module.project.texts.get(path.as_str()).copied());
    found.filter(|text| text.len() < 1 << 20).map_or_else(unread, |text| Val::text(text, place))
}

/// None for a function that is not evaluated.
fn apply(name: &str, values: &[Val], place: Place) -> Option<Val> {
    let one = values.first();
    let text = |at: usize| values.get(at).and_then(Val::scalar);
    let known = |value: &&Val| value.unknown_reason().is_none();
    Some(match name {
        // A document stays a tree: its readers take trees and texts alike.
        "jsonencode" | "yamlencode" | "tolist" | "toset" | "tomap" | "tostring" | "tonumber" | "sensitive"
        | "nonsensitive" | "flatten" | "distinct" | "compact" | "one" | "sort" | "reverse" | "ephemeralasnull"
            if one.is_some() =>
        {
            list_of(name, one?.clone())
        }
        "jsondecode" | "yamldecode" => {
            let document = redan_document::json(text(0)?);
            crate::value::plain(&document.root, place.file)
        }
        "tobool" => match text(0)? {
            "true" => Val::bool(true, place),
            "false" => Val::bool(false, place),
            _ => return None,
        },
        "lower" => Val::text(text(0)?.to_lowercase(), place),
        "upper" => Val::text(text(0)?.to_uppercase(), place),
        "trimspace" | "chomp" => Val::text(text(0)?.trim(), place),
        "trim" => Val::text(text(0)?.trim_matches(|c| text(1).unwrap_or_default().contains(c)), place),
        "trimprefix" => Val::text(text(0)?.strip_prefix(text(1)?).unwrap_or(text(0)?), place),
        "trimsuffix" => Val::text(text(0)?.strip_suffix(text(1)?).unwrap_or(text(0)?), place),
        "replace" if text(1).is_some_and(|from| !from.is_empty() && !from.starts_with('/')) => {
            Val::text(text(0)?.replace(text(1)?, text(2)?), place)
        }
        "startswith" => Val::bool(text(0)?.starts_with(text(1)?), place),
        "endswith" => Val::bool(text(0)?.ends_with(text(1)?), place),
        "strcontains" => Val::bool(text(0)?.contains(text(1)?), place),
        "length" if one.as_ref().is_some_and(known) => {
            let count = match &one?.data {
                Data::Text(text) => text.chars().count(),
                Data::Map(entries) => entries.len(),
                _ => one?.items().len(),
            };
            Val::new(Data::Number(count.to_string()), place)
        }
        "contains" if !values.iter().any(Val::has_unknown) => {
            Val::bool(one?.items().iter().any(|item| item.scalar() == text(1)), place)
        }
        "join" => {
            let parts: Vec<&str> =
                values.get(1)?.items().iter().map(|item| item.text_or_partial().unwrap_or("\u{0}")).collect();
            Val::template(parts.join(text(0)?), "a part of it is not known", place)
        }
        "format" => format(values, place)?,
        "split" => {
            let parts = text(1)?.split(text(0)?).take(4096).map(|part| Val::text(part, place));
            Val::new(Data::List(parts.collect()), place)
        }
        "concat" => {
            let items = values.iter().flat_map(|value| value.items().iter().cloned()).take(1 << 16);
            Val::new(Data::List(items.collect()), place)
        }
        "merge" => merge(values, place),
        "lookup" => match values.first().and_then(|map| map.exact(text(1)?)) {
            Some(value) => value.clone(),
            None if one.as_ref().is_some_and(known) => values.get(2)?.clone(),
            None => return None,
        },
        "element" => {
            let items = one?.items();
            items.get(text(1)?.parse::<usize>().ok()?.checked_rem(items.len())?)?.clone()
        }
        "keys" => {
            let keys = one?.entries().iter().map(|entry| Val::text(entry.key.clone(), entry.at));
            Val::new(Data::List(keys.collect()), place)
        }
        "values" => Val::new(Data::List(one?.entries().iter().map(|entry| entry.value.clone()).collect()), place),
        "base64encode" => one?.clone(),
        _ => return None,
    })
}

fn list_of(name: &str, value: Val) -> Val {
    let place = value.place;
    match (name, value.data) {
        ("flatten", Data::List(items)) => {
            let flat = items.into_iter().flat_map(|item| match item.data {
                Data::List(inner) => inner,
                data => vec![Val { data, ..item }],
            });
            Val::new(Data::List(flat.collect()), place)
        }
        ("compact", Data::List(items)) => {
            let full = items.into_iter().filter(|item| !item.is_null() && item.as_str() != Some(""));
            Val::new(Data::List(full.collect()), place)
        }
        ("one", Data::List(mut items)) => items.pop().unwrap_or_default(),
        (_, data) => Val { data, place, origin: value.origin },
    }
}

fn merge(values: &[Val], place: Place) -> Val {
    let mut out: Vec<Entry> = Vec::new();
    for value in values {
        if let Some(reason) = value.unknown_reason() {
            return Val::given(reason.to_string(), place);
        }
        for entry in value.entries() {
            out.retain(|known| known.key != entry.key);
            out.push(entry.clone());
        }
    }
    Val::map(out, place)
}

/// `format("%s-%d", a, b)` with the plain verbs.
fn format(values: &[Val], place: Place) -> Option<Val> {
    let (pattern, rest) = values.split_first()?;
    let mut rest = rest.iter();
    let mut out = String::new();
    let mut chars = pattern.as_str()?.chars();
    let mut origin = None;
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match chars.next()? {
            '%' => out.push('%'),
            's' | 'd' | 'v' | 'q' | 't' => {
                let value = rest.next()?;
                out.push_str(value.text_or_partial().unwrap_or("\u{0}"));
                origin = origin.or(value.origin.clone());
            }
            _ => return None,
        }
    }
    let mut value = Val::template(out, "a part of it is not known", place);
    value.origin = origin;
    Some(value)
}
