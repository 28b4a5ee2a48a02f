//! Texts that stand in code.

use std::ops::Range;

/// Texts in the literals of code, neighbours joined, each with the place where it begins.
pub(in crate::agent) fn literals(code: &str) -> Vec<(Range<usize>, String)> {
    let mut groups: Vec<(Range<usize>, String)> = Vec::new();
    let bytes = code.as_bytes();
    let mut at = 0;
    while let Some(c) = bytes.get(at) {
        let comment = (*c == b'#' && bytes.get(at + 1) == Some(&b' '))
            || (*c == b'/'
                && bytes.get(at + 1) == Some(&b'/')
                && at.checked_sub(1).and_then(|before| bytes.get(before)) != Some(&b':'));
        if comment {
            at = memchr::memchr(b'\n', bytes.get(at..).unwrap_or_default()).map_or(bytes.len(), |end| at + end);
            continue;
        }
        if !matches!(c, b'"' | b'\'' | b'`') {
            at += 1;
            continue;
        }
        let (start, quote) = (at, *c);
        let triple = bytes.get(at..at + 3) == Some(&[quote; 3]);
        let mut end = at + if triple { 3 } else { 1 };
        let inner = end;
        loop {
            match bytes.get(end) {
                None => break,
                Some(b'\\') => end += 2,
                Some(b'\n') if !triple && quote != b'`' => break,
                Some(c) if *c == quote && (!triple || bytes.get(end..end + 3) == Some(&[quote; 3])) => break,
                Some(_) => end += 1,
            }
        }
        let end = end.min(bytes.len());
        let text = code.get(inner..end).unwrap_or_default().replace("\\n", "\n");
        let close = (end + if triple { 3 } else { 1 }).min(bytes.len());
        let joins = groups.last().is_some_and(|(span, whole)| {
            let gap = code.get(span.end..start).unwrap_or_default();
            gap.len() < 80
                && whole.len() < 8_000
                && gap.chars().all(|c| c.is_whitespace() || matches!(c, '+' | '\\' | ',' | '(' | ')' | 'f' | 'r'))
        });
        match groups.last_mut().filter(|_| joins) {
            Some((span, whole)) => {
                // An item of a list is a line of its own, a part of a text goes on.
                let gap = code.get(span.end..start).unwrap_or_default();
                whole.push_str(if gap.contains(',') { "\n\n" } else { "" });
                whole.push_str(&text);
                span.end = close;
            }
            None => groups.push((start..close, text)),
        }
        at = close.max(at + 1);
    }
    groups.retain(|(_, text)| text.len() > 40 && text.contains(' '));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_joined() {
        let code = "x = (\"one two three four five \" +\n  \"six seven eight nine ten eleven\")\ny = 'short'\n";
        let found = literals(code);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1, "one two three four five six seven eight nine ten eleven");
    }
}
