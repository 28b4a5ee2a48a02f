//! Source to a syntax tree, within limits: hostile source makes the parser recover from errors at every token, or read
//! ahead to the end from every token.

use std::cell::Cell;
use std::ops::ControlFlow;

use tree_sitter::{Node, ParseOptions, ParseState, Parser, Tree};

use super::Budget;

/// Bytes that are parsed before it is looked at how many errors there are.
const WINDOW: usize = 32 << 10;
/// Errors after which no further window is parsed: recovery is dear, and no loader runs what Python cannot parse.
const MAX_ERRORS: usize = 300;
/// Rounds that one source may take; see [`Budget`].
const MAX_ROUNDS: u64 = 30_000;
/// Chunks that one source may take; the dearest honest one takes 4,700.
const MAX_CHUNKS: u64 = 50_000;
/// Bytes that the lexer gets at a time: small, because what it reads again inside a chunk is not counted.
const CHUNK: usize = 512;
/// Open brackets that Python itself allows.
const MAX_BRACKETS: u32 = 200;

/// A tree, and whether it is that of only the beginning of the source.
pub(super) struct Parsed {
    pub(super) tree: Option<Tree>,
    pub(super) cut: bool,
}

/// Parses what the limits allow: a beginning, then four times as much, and so on as long as there are few errors.
pub(super) fn parse(text: &str, budget: &mut Budget) -> Parsed {
    let mut parser = Parser::new();
    if parser.set_language(&tree_sitter_python::LANGUAGE.into()).is_err() {
        return Parsed { tree: None, cut: true };
    }
    let mut chunks = MAX_CHUNKS.min(budget.chunks);
    let before = chunks;
    let end = too_nested(text.as_bytes()).unwrap_or(text.len());
    let mut parsed = Parsed { tree: None, cut: end < text.len() };
    let mut window = WINDOW;
    while budget.errors > 0 {
        let to = line_end(text, window).min(end);
        let beginning = text.as_bytes().get(..to).unwrap_or_default();
        let mut rounds = MAX_ROUNDS.min(budget.rounds);
        let tree = step(&mut parser, beginning, &mut rounds, &mut chunks);
        budget.rounds = budget.rounds.saturating_sub(MAX_ROUNDS.min(budget.rounds) - rounds);
        let Some(tree) = tree else { break };
        let errors = errors(&tree);
        budget.errors = budget.errors.saturating_sub(errors as u64);
        parsed.tree = Some(tree);
        if to >= end {
            budget.chunks = budget.chunks.saturating_sub(before - chunks);
            return parsed;
        }
        if errors > MAX_ERRORS {
            break;
        }
        window *= 4;
    }
    budget.chunks = budget.chunks.saturating_sub(before - chunks);
    Parsed { cut: true, ..parsed }
}

/// One parse; none when the limits end it.
fn step(parser: &mut Parser, text: &[u8], rounds: &mut u64, chunks: &mut u64) -> Option<Tree> {
    let left = Cell::new(*chunks);
    let mut progress = |_: &ParseState| {
        *rounds = rounds.saturating_sub(1);
        if *rounds == 0 || left.get() == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let mut read = |at: usize, _| {
        left.set(left.get().saturating_sub(1));
        // Without chunks the source is at its end, so that the lexer comes back to where it can be stopped.
        let rest = if left.get() == 0 { &[] } else { text.get(at..).unwrap_or_default() };
        rest.get(..CHUNK).unwrap_or(rest)
    };
    let tree = parser.parse_with_options(&mut read, None, Some(ParseOptions::new().progress_callback(&mut progress)));
    *chunks = left.get();
    if *chunks == 0 || tree.is_none() {
        parser.reset();
        return None;
    }
    tree
}

/// The first end of a line at or after `from`, or the next boundary of characters if the line is a long one.
fn line_end(text: &str, from: usize) -> usize {
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    let near = rest.iter().take(WINDOW / 4).position(|byte| *byte == b'\n');
    let mut end = (from + near.map_or(0, |at| at + 1)).min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    end
}

/// Errors in the tree, not counting what is inside one; no more than one over the limit.
fn errors(tree: &Tree) -> usize {
    let (mut count, mut stack) = (0, vec![tree.root_node()]);
    while let Some(node) = stack.pop() {
        if count > MAX_ERRORS {
            break;
        }
        if node.is_error() || node.is_missing() {
            count += 1;
        }
        let mut cursor = node.walk();
        stack.extend(node.children(&mut cursor).filter(Node::has_error));
    }
    count
}

/// Where more brackets are open than Python itself takes. Approximate about strings, which it takes to end with
/// their line.
fn too_nested(text: &[u8]) -> Option<usize> {
    let mut depth = 0_u32;
    let mut quote = None;
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match (byte, quote) {
            (b'\\', Some(_)) => at += 1,
            (b'\n', _) => quote = None,
            (byte, Some(open)) if *byte == open => quote = None,
            (_, Some(_)) => {}
            (b'"' | b'\'', None) => quote = Some(*byte),
            (b'#', None) => at += memchr_line(text.get(at..).unwrap_or_default()),
            (b'(' | b'[' | b'{', None) => depth += 1,
            (b')' | b']' | b'}', None) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_BRACKETS {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// Bytes before the end of the line.
fn memchr_line(text: &[u8]) -> usize {
    text.iter().position(|byte| *byte == b'\n').map_or(text.len(), |end| end.saturating_sub(1))
}
