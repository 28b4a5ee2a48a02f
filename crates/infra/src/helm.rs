//! Templates of Helm charts, line by line: values of the chart are put in, everything else is unknown.

use crate::value::{Data, HOLE, Unknown, Val, plain};

/// Stands in YAML for what a template expression would give.
const MARK: &str = "__not_rendered__";

/// Whether a file is a template.
pub(crate) fn is_template(text: &str) -> bool {
    text.contains("{{")
}

/// The values of the chart that a template belongs to: path of `values.yaml`.
pub(crate) fn values_of(path: &str) -> Option<String> {
    let (chart, _) = path.split_once("templates/")?;
    Some(format!("{chart}values.yaml"))
}

/// The template with as many lines as before, and whether something in it could not be rendered.
pub(crate) fn render(text: &str, values: Option<&str>) -> (String, bool) {
    let document = values.map(redan_document::yaml).unwrap_or_default();
    let values = document.first().map(|document| plain(&document.root, 0)).unwrap_or_default();
    let mut whole = true;
    let mut out = String::with_capacity(text.len());
    let mut skipping: Vec<bool> = Vec::new();
    for line in text.split_inclusive('\n') {
        let bare = line.trim();
        let control =
            bare.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")).filter(|inner| !inner.contains("{{"));
        let words = control.map(|inner| inner.trim_matches(['-', ' ']).trim());
        if let Some(words) = words.filter(|words| is_control(words)) {
            branch(words, &values, &mut skipping, &mut whole);
            out.push('\n');
            continue;
        }
        // A line that only includes something else cannot be told; it is left out.
        if words.is_some() && !bare.contains(": ") {
            whole = false;
            out.push('\n');
            continue;
        }
        if skipping.contains(&true) {
            out.push('\n');
        } else {
            expressions(line, &values, &mut out, &mut whole);
        }
    }
    (out, whole)
}

fn is_control(words: &str) -> bool {
    let first = words.split_whitespace().next().unwrap_or_default();
    matches!(first, "if" | "else" | "end" | "with" | "range" | "define" | "block" | "template")
        || words.starts_with(['$', '/'])
}

/// Conditions on a single value are decided; all other blocks are read as if they were there.
fn branch(words: &str, values: &Val, skipping: &mut Vec<bool>, whole: &mut bool) {
    let mut parts = words.split_whitespace();
    match parts.next() {
        Some("if" | "with") => {
            let rest: Vec<&str> = parts.collect();
            let truth = match rest.as_slice() {
                [path] => path.strip_prefix(".Values.").map(|path| values.path(path).is_some_and(is_true)),
                ["not", path] => path.strip_prefix(".Values.").map(|path| !values.path(path).is_some_and(is_true)),
                _ => None,
            };
            *whole &= truth.is_some();
            skipping.push(truth == Some(false));
        }
        Some("range" | "define" | "block") => {
            *whole = false;
            skipping.push(false);
        }
        Some("else") => {
            if let Some(last) = skipping.last_mut() {
                *last = !*last;
            }
        }
        Some("end") => _ = skipping.pop(),
        _ => {}
    }
}

fn is_true(value: &Val) -> bool {
    match &value.data {
        Data::Null | Data::Bool(false) => false,
        Data::Text(text) => !text.is_empty(),
        Data::List(items) => !items.is_empty(),
        Data::Map(entries) => !entries.is_empty(),
        Data::Number(text) => text != "0",
        _ => true,
    }
}

fn expressions(line: &str, values: &Val, out: &mut String, whole: &mut bool) {
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((inner, tail)) = after.split_once("}}") else {
            *whole = false;
            out.push_str(MARK);
            rest = if after.ends_with('\n') { "\n" } else { "" };
            break;
        };
        match rendered(inner.trim_matches(['-', ' ']), values) {
            Some(text) => out.push_str(&text),
            None => {
                *whole = false;
                out.push_str(MARK);
            }
        }
        rest = tail;
    }
    out.push_str(rest);
}

/// `.Values.a.b`, with `quote`, `default`, `toString`, `trunc` and their kind after it.
fn rendered(inner: &str, values: &Val) -> Option<String> {
    let mut parts = inner.split('|').map(str::trim);
    let path = parts.next()?.strip_prefix(".Values.")?;
    let mut text = values.path(path).and_then(Val::scalar).map(str::to_string);
    let mut quoted = false;
    for filter in parts {
        let (name, argument) = filter.split_once(' ').unwrap_or((filter, ""));
        match name {
            "quote" | "squote" => quoted = true,
            "default" => {
                if text.as_deref().is_none_or(str::is_empty) {
                    text = Some(argument.trim().trim_matches('"').to_string()).filter(|text| !text.starts_with('.'));
                }
            }
            "toString" | "trim" | "int" | "trimSuffix" | "trunc" | "lower" => {}
            _ => return None,
        }
    }
    let text = text.filter(|text| !text.contains('\n'))?;
    Some(if quoted { format!("\"{}\"", text.replace('"', "'")) } else { text })
}

/// Turns marks into unknown values, and places in the rendered text into places in the template.
pub(crate) fn restore(value: &mut Val, rendered: &Lines, source: &Lines) {
    let map = |at: u32| {
        let (line, column) = rendered.locate(at);
        source.offset(line, column)
    };
    value.place.start = map(value.place.start);
    value.place.end = map(value.place.end).max(value.place.start);
    match &mut value.data {
        Data::Text(text) if text.contains(MARK) => {
            let partial = text.replace(MARK, &HOLE.to_string());
            let reason = "the template was not rendered here".to_string();
            value.data = Data::Unknown(Box::new(Unknown { reason, partial: Some(partial), present: true }));
        }
        Data::List(items) => items.iter_mut().for_each(|item| restore(item, rendered, source)),
        Data::Map(entries) => entries.iter_mut().for_each(|entry| {
            entry.at.start = map(entry.at.start);
            entry.at.end = map(entry.at.end).max(entry.at.start);
            restore(&mut entry.value, rendered, source);
        }),
        _ => {}
    }
}

/// Where the lines of a text begin.
pub(crate) struct Lines {
    starts: Vec<u32>,
    end: u32,
}

impl Lines {
    pub(crate) fn of(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at as u32 + 1));
        Self { starts, end: text.len() as u32 }
    }

    fn locate(&self, at: u32) -> (usize, u32) {
        let line = self.starts.partition_point(|start| *start <= at).saturating_sub(1);
        (line, at - self.starts.get(line).copied().unwrap_or_default().min(at))
    }

    fn offset(&self, line: usize, column: u32) -> u32 {
        let start = self.starts.get(line).copied().unwrap_or(self.end);
        let end = self.starts.get(line + 1).map_or(self.end, |next| next.saturating_sub(1));
        (start + column).min(end.max(start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn puts_values_in_and_keeps_lines() {
        let (text, whole) = render(
            "a: {{ .Values.x.y | quote }}\n{{- if .Values.on }}\nb: 1\n{{- else }}\nb: 2\n{{- end }}\nc: {{ include \"n\" . }}\n",
            Some("x: {y: v}\non: false\n"),
        );
        assert_eq!(text, format!("a: \"v\"\n\n\n\nb: 2\n\nc: {MARK}\n"));
        assert!(!whole);
    }
}
