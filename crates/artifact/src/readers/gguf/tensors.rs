//! Tensor descriptions of a GGUF file, and whether they tile its data.
#![allow(clippy::option_option, reason = "the outer says whether reading can go on, the inner what was read")]

use std::collections::HashSet;

use super::types::by_number;
use super::{DUPLICATE, File, GAP, OUT_OF_BOUNDS, OVERLAP, invalid};
use crate::walk::Cx;
use redan_domain::Fact;

/// ggml tensors have at most four dimensions.
const MAX_DIMENSIONS: u32 = 4;

/// A tensor's bytes inside the data.
struct Span {
    start: u64,
    end: u64,
    name: String,
    /// Where its description stands.
    at: u64,
}

/// Reads the descriptions and checks the layout; none if they cannot be read to the end.
pub(super) fn read(file: &mut File<'_>, count: u64, alignment: u64, cx: &mut Cx<'_>) -> Option<()> {
    let mut seen = HashSet::new();
    let mut spans = Vec::new();
    let mut all_known = true;
    for _ in 0..count {
        if !cx.budget().nodes(1) {
            cx.over_budget("tensors");
            return None;
        }
        let at = file.stream.position();
        let name = file.name("a tensor name", cx)?;
        if !seen.insert(name.clone()) {
            let message = format!("the tensor name `{name}` stands twice; programs differ in which one they take");
            cx.fact(Fact::new(DUPLICATE, &name, message).at(at, file.stream.position() - at));
        }
        match tensor(file, name, at, cx)? {
            Some(span) => spans.push(span),
            None => all_known = false,
        }
    }
    let size = file.stream.position() + file.stream.remaining();
    let data = file.stream.position().next_multiple_of(alignment);
    layout(spans, data, size, alignment, all_known, cx);
    Some(())
}

/// One description; the inner none means that its size is not known.
fn tensor(file: &mut File<'_>, name: String, at: u64, cx: &mut Cx<'_>) -> Option<Option<Span>> {
    let dimensions = file.u32()?;
    if dimensions > MAX_DIMENSIONS {
        let message = format!("tensor `{name}` claims {dimensions} dimensions, more than ggml has");
        invalid(cx, &name, &message, (at, file.stream.position() - at));
        return None;
    }
    let mut shape = Vec::new();
    for _ in 0..dimensions {
        shape.push(file.length()?);
    }
    let kind = file.u32()?;
    let start = file.u64()?;
    let here = (at, file.stream.position() - at);
    let elements = shape.iter().try_fold(1u64, |product, dimension| product.checked_mul(*dimension));
    let Some(elements) = elements.filter(|elements| i64::try_from(*elements).is_ok()) else {
        let message = format!("tensor `{name}` claims the shape {shape:?}, which overflows");
        invalid(cx, &name, &message, here);
        return Some(None);
    };
    // ggml counts from the innermost dimension, everybody else from the outermost.
    shape.reverse();
    let Some(kind) = by_number(kind) else {
        cx.artifact.contents.tensor(&name, &format!("type {kind}"), &shape);
        if kind > 255 {
            invalid(cx, &name, &format!("tensor `{name}` has the unknown type {kind}"), here);
        } else {
            cx.incomplete(format!("unknown tensor type {kind}"));
        }
        return Some(None);
    };
    cx.artifact.contents.tensor(&name, kind.name, &shape);
    let bytes = elements.div_ceil(kind.block).checked_mul(kind.bytes);
    let row = shape.last().copied().unwrap_or(1);
    match bytes.and_then(|bytes| start.checked_add(bytes)) {
        Some(end) if row % kind.block == 0 => Some(Some(Span { start, end, name, at })),
        Some(_) => {
            let message = format!(
                "a row of tensor `{name}` has {row} elements, not a multiple of {} as {} needs",
                kind.block, kind.name
            );
            invalid(cx, &name, &message, here);
            Some(None)
        }
        None => {
            invalid(cx, &name, &format!("tensor `{name}` has a size that overflows"), here);
            Some(None)
        }
    }
}

fn layout(mut spans: Vec<Span>, data: u64, size: u64, alignment: u64, all_known: bool, cx: &mut Cx<'_>) {
    let available = size.saturating_sub(data);
    spans.sort_by_key(|span| (span.start, span.end));
    let mut reached = 0;
    for span in spans {
        let Span { start, end, name, at } = span;
        if end > available {
            let message = format!("tensor `{name}` lies at bytes {start}..{end} of the data, which has {available}");
            cx.fact(Fact::new(OUT_OF_BOUNDS, &name, message).at(at, 1));
            continue;
        }
        if start % alignment != 0 {
            let message = format!("tensor `{name}` starts at {start}, not a multiple of the alignment {alignment}");
            cx.fact(Fact::new(OVERLAP, &name, message).at(at, 1));
        }
        if start < reached && end > start {
            let message =
                format!("tensor `{name}` starts at {start}, inside the one before it, which ends at {reached}");
            cx.fact(Fact::new(OVERLAP, &name, message).at(at, 1));
        } else if all_known && start > reached.next_multiple_of(alignment) {
            gap(reached, start, data, cx);
        }
        reached = reached.max(end);
    }
    // Padding up to a page is how some writers end a file.
    if all_known && available > reached.next_multiple_of(alignment.max(4096)) {
        gap(reached, available, data, cx);
    }
}

fn gap(start: u64, end: u64, data: u64, cx: &mut Cx<'_>) {
    let message = format!("{} bytes at {start}..{end} of the data belong to no tensor", end - start);
    cx.fact(Fact::new(GAP, format!("{start}..{end}"), message).at(data.saturating_add(start), end - start));
}
