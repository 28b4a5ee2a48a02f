//! Comments that start with `#`, found between the scalars.

use crate::node::Span;

/// Every `#…` that starts a line or follows white space and lies in none of `scalars`.
pub(crate) fn find(text: &str, mut scalars: Vec<Span>) -> Vec<Span> {
    scalars.sort_unstable();
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut inside = scalars.into_iter().peekable();
    let mut from = 0;
    while let Some(step) = memchr::memchr(b'#', bytes.get(from..).unwrap_or_default()) {
        let at = from + step;
        from = at + 1;
        // Scalars may lie in each other, where an alias is expanded; the one that reaches farthest counts.
        let mut end = 0;
        while let Some(span) = inside.next_if(|span| span.start <= at) {
            end = end.max(span.end);
        }
        if at < end {
            from = end;
            continue;
        }
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        if before.is_none_or(u8::is_ascii_whitespace) {
            let line = memchr::memchr(b'\n', bytes.get(at..).unwrap_or_default()).map_or(bytes.len(), |len| at + len);
            let line = if line > at && bytes.get(line - 1) == Some(&b'\r') { line - 1 } else { line };
            out.push(Span { start: at, end: line });
            from = line.max(from);
        }
    }
    out
}
