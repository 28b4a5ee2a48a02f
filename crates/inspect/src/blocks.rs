//! Texts of any size and any bytes, looked at block by block so that memory does not grow with the text.

use std::borrow::Cow;
use std::ops::Range;

use crate::context::Context;
use crate::detection::{Category, Inspection};
use crate::inspector::Inspector;

/// Bytes looked at in one go.
const BLOCK: usize = 1 << 20;

/// Bytes that two blocks share; what begins in the first half of them belongs to the earlier block.
const SHARED: usize = 16 << 10;

/// Most detections that are kept of one text.
const MOST: usize = 100_000;

/// Most of them that are of something hidden: their evidence is long, and the first thousands say all.
const MOST_HIDDEN: usize = 10_000;

impl Inspector {
    /// Looks at bytes, which may be text in part only: invalid UTF-8 counts as `?`, byte for byte, so that spans
    /// stay those of the input. A value longer than 8 KiB that crosses the border of a block is cut there.
    pub fn inspect_bytes(&self, bytes: &[u8], context: &Context) -> Inspection {
        self.inspect_blocks(bytes, context, |_| ())
    }

    /// The same, and calls `done` with the bytes that are not looked at again, block by block.
    pub fn inspect_blocks(&self, bytes: &[u8], context: &Context, mut done: impl FnMut(Range<usize>)) -> Inspection {
        let mut whole = Inspection::default();
        let mut start = 0_usize;
        let mut from = 0_usize;
        let mut hidden = 0;
        loop {
            let end = boundary(bytes, start.saturating_add(BLOCK));
            let last = end == bytes.len();
            let until = if last { usize::MAX } else { end - SHARED / 2 };
            let text = readable(bytes.get(start..end).unwrap_or_default());
            let part = self.inspect(&text, context);
            for mut detection in part.detections {
                detection.span = detection.span.start + start..detection.span.end + start;
                if !(from..until).contains(&detection.span.start) {
                    continue;
                }
                if whole.detections.len() == MOST {
                    whole
                        .incomplete
                        .push(format!("more than {MOST} detections: those after byte {start} are left out"));
                    break;
                }
                if detection.category == Category::Hidden {
                    hidden += 1;
                    if hidden > MOST_HIDDEN {
                        let reason = format!("more than {MOST_HIDDEN} hidden texts: the others are left out");
                        if !whole.incomplete.contains(&reason) {
                            whole.incomplete.push(reason);
                        }
                        continue;
                    }
                }
                whole.detections.push(detection);
            }
            for reason in part.incomplete {
                if !whole.incomplete.contains(&reason) {
                    whole.incomplete.push(reason);
                }
            }
            if part.injection.verdict > whole.injection.verdict || part.injection.score > whole.injection.score {
                whole.injection = part.injection;
            }
            if last || whole.detections.len() == MOST {
                return whole;
            }
            from = until;
            let next = boundary(bytes, end - SHARED);
            done(start..next);
            start = next;
        }
    }
}

/// The bytes as text of the same length: each byte that is not UTF-8 becomes `?`.
pub fn readable(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    Cow::Owned(text)
}

/// The end of the input, or the last place at or before `at` where no character is cut.
fn boundary(bytes: &[u8], at: usize) -> usize {
    if at >= bytes.len() {
        return bytes.len();
    }
    let continues = |at: &usize| bytes.get(*at).is_some_and(|byte| byte & 0xc0 == 0x80);
    (at.saturating_sub(3)..=at).rev().find(|at| !continues(at)).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspector::Options;

    #[test]
    fn a_long_text_is_seen_whole_and_once() {
        let inspector = Inspector::new(Options::default()).unwrap();
        let mut bytes = Vec::new();
        let mut expected = Vec::new();
        while bytes.len() < 3 * BLOCK {
            bytes.extend_from_slice("länger ".repeat(31).as_bytes());
            let start = bytes.len();
            bytes.extend_from_slice(b"jane@example.org");
            expected.push(start..bytes.len());
            bytes.extend_from_slice(b" \xff\xfe ");
        }
        let found = inspector.inspect_bytes(&bytes, &Context::default()).detections;
        let spans: Vec<_> =
            found.into_iter().filter(|found| &*found.kind == "EMAIL_ADDRESS").map(|found| found.span).collect();
        assert!(spans == expected, "{} of {}", spans.len(), expected.len());
    }
}
