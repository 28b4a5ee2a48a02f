//! A text as commands of a shell: its lines, its words, its variables.

use std::ops::Range;

/// Commands of one text that are followed.
pub(super) const MOST: usize = 4_000;

/// A command as a shell reads it: `c\\url` and `c''url` are `curl`.
pub(super) fn joined(command: &str) -> String {
    let mut out = String::with_capacity(command.len());
    let mut rest = command.chars().peekable();
    while let Some(c) = rest.next() {
        let within = out.ends_with(|c: char| c.is_ascii_alphabetic());
        let letter = |c: Option<&char>| c.is_some_and(char::is_ascii_lowercase);
        match c {
            '\\' if within && letter(rest.peek()) => {}
            '\'' | '"' if within && rest.peek() == Some(&c) => {
                let mut ahead = rest.clone();
                ahead.next();
                if letter(ahead.peek()) {
                    rest.next();
                } else {
                    out.push(c);
                }
            }
            _ => out.push(c),
        }
    }
    out
}

/// The name of the variable that a text begins with, and how long its reference is.
pub(super) fn variable(text: &str) -> (&str, usize) {
    let after = text.strip_prefix('$').unwrap_or_default();
    let (open, inner) = after.strip_prefix('{').map_or((0, after), |inner| (1, inner));
    let mut start = 0;
    for scope in ["env:", "script:", "global:"] {
        if inner.get(..scope.len()).is_some_and(|head| head.eq_ignore_ascii_case(scope)) {
            start = scope.len();
        }
    }
    let named = inner.get(start..).unwrap_or_default();
    let end = named.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(named.len());
    let closed = usize::from(open == 1 && named.get(end..).is_some_and(|rest| rest.starts_with('}')));
    (named.get(..end).unwrap_or_default(), 1 + open + start + end + closed)
}

pub(super) fn variables(text: &str) -> Vec<String> {
    text.match_indices('$')
        .map(|(at, _)| variable(text.get(at..).unwrap_or_default()).0.to_string())
        .filter(|name| !name.is_empty())
        .collect()
}

pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| {
        c.is_whitespace() || matches!(c, '"' | '\'' | '(' | ')' | ';' | '@' | '=' | '<' | '>' | '|' | '&' | ',' | '`')
    })
    .filter(|word| word.len() > 2)
}

/// The text with blanks for all that does not stand in blocks of commands.
pub(super) fn blocks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = None;
    for line in text.split_inclusive('\n') {
        let mark = line.trim();
        if let Some(language) = mark.strip_prefix("```") {
            let shells = ["bash", "sh", "shell", "zsh", "console", "powershell", "ps1", "cmd", "bat"];
            inside = if inside.is_some() { None } else { Some(shells.contains(&language.trim())) };
            out.extend(line.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        } else if inside == Some(true) {
            out.push_str(line);
        } else {
            out.extend(line.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        }
    }
    out
}

/// Commands with their places: lines that go on are one, what `;` and `&&` part are two; pipes stay together.
pub(super) fn commands(text: &str) -> Vec<(Range<usize>, String)> {
    let mut out = Vec::new();
    let (mut start, mut command) = (None, String::new());
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let body = line.trim_end_matches(['\n', '\r']);
        let trimmed = body.trim();
        let begin = at + (body.len() - body.trim_start().len());
        at += line.len();
        if trimmed.starts_with('#') && start.is_none() {
            continue;
        }
        let goes_on =
            trimmed.ends_with('\\') || trimmed.ends_with('|') || (trimmed.ends_with('`') && !trimmed.ends_with("``"));
        start.get_or_insert(begin);
        command.push_str(trimmed.trim_end_matches(['\\', '`']));
        command.push(' ');
        if goes_on && command.len() < 4_000 {
            continue;
        }
        let whole = std::mem::take(&mut command);
        let begin = start.take().unwrap_or(begin);
        let end = (at.min(text.len())).max(begin);
        for part in parts(&whole) {
            if !part.trim().is_empty() {
                out.push((begin..end, part.trim().to_string()));
            }
        }
    }
    out
}

/// Splits a line at `;`, `&&` and `||` outside of quotes and brackets.
fn parts(line: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let (mut quote, mut depth) = (None, 0usize);
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        let pair = matches!(c, '&' | '|') && chars.peek() == Some(&c);
        if quote.is_none() && depth == 0 && (c == ';' || pair) {
            if pair {
                chars.next();
            }
            out.push(String::new());
        } else if let Some(last) = out.last_mut() {
            last.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_told_apart() {
        let found: Vec<String> =
            commands("a \\\n b; c && d\n# e\nf | \\\n g 'x;y'\n").into_iter().map(|(_, text)| text).collect();
        assert_eq!(found, ["a  b", "c", "d", "f |  g 'x;y'"]);
        assert_eq!(variable("${ABC}x"), ("ABC", 6));
        assert_eq!(variable("$env:TEMP\\a"), ("TEMP", 9));
    }
}
