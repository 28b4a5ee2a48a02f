//! Source to a syntax tree, within limits: hostile source makes the parser recover from errors at every token, or read
//! ahead to the end from every token.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tree_sitter::{LogType, Node, ParseOptions, ParseState, Parser, Tree};

/// Source up to this length is parsed without watching for errors, as long as no source of the same file had many.
const UNWATCHED: usize = 32 << 10;
/// Longer source is first parsed unwatched too, because the log costs more than the parse; but no longer than this, about
/// what a megabyte of honest source takes. Time only decides which of two ways leads to the tree.
const HURRY: Duration = Duration::from_millis(200);
/// Work of one round of the parser, a hundred operations.
const ROUND: u64 = 50;
/// Work of one error: the parser tries every token that could be missing. It does not count that as operations, so
/// that only its log tells.
const ERROR: u64 = 20;
/// Lines of the log that take one unit of work.
const LINES: u64 = 8;
/// Work of one chunk that the lexer asks for; it comes back to the same ones when it has to look far ahead.
const CHUNK_WORK: u64 = 12;
/// Bytes that the lexer gets at a time: small, because what it reads again inside a chunk is not counted.
const CHUNK: usize = 512;
/// Open brackets that Python itself allows.
const MAX_BRACKETS: u32 = 200;
/// Errors up to which the beginning of a source is worth a tree of its own; honest source in another dialect has fewer.
const MAX_ERRORS: u64 = 100;

/// A tree, and whether it is that of only the beginning of the source.
pub(super) struct Parsed {
    pub(super) tree: Option<Tree>,
    pub(super) cut: bool,
    /// Whether there are more errors than in honest source.
    pub(super) odd: bool,
}

/// What keeps a parse within bounds beside the operations that the parser counts itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Watch {
    /// Its log, which tells of errors.
    Log,
    /// The clock, or nothing for source so short that it does not matter.
    Clock(Option<Instant>),
}

impl Watch {
    fn is_over(self) -> bool {
        matches!(self, Self::Clock(Some(until)) if Instant::now() > until)
    }
}

/// Parses what two thirds of `work` allow, and takes from it. Source that needs more is parsed up to its errors.
pub(super) fn parse(text: &str, work: &mut u64, wary: bool) -> Parsed {
    let mut parser = Parser::new();
    if parser.set_language(&tree_sitter_python::LANGUAGE.into()).is_err() {
        return Parsed { tree: None, cut: true, odd: false };
    }
    let bytes = text.as_bytes();
    let end = too_nested(bytes).unwrap_or(bytes.len());
    let source = bytes.get(..end).unwrap_or_default();
    let mut slow = false;
    if !wary {
        let mut left = *work;
        let until = (end > UNWATCHED).then(|| Instant::now() + HURRY);
        if let Ok((tree, _)) = attempt(&mut parser, source, &mut left, Watch::Clock(until)) {
            let errors = count_errors(&tree);
            *work = left.saturating_sub(errors * ERROR);
            return Parsed { tree: Some(tree), cut: end < bytes.len(), odd: errors > MAX_ERRORS };
        }
        slow = true;
    }
    match attempt(&mut parser, source, work, Watch::Log) {
        Ok((tree, errors)) => Parsed { tree: Some(tree), cut: end < bytes.len(), odd: slow || errors > MAX_ERRORS },
        Err(sound) => {
            let before = bytes.get(..sound).unwrap_or_default();
            let to = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
            let tree = attempt(&mut parser, bytes.get(..to).unwrap_or_default(), work, Watch::Log).ok();
            Parsed { tree: tree.filter(|_| to > 0).map(|(tree, _)| tree), cut: true, odd: true }
        }
    }
}

/// One parse with two thirds of the work that is left: the tree and the errors that were seen, or, when that is not enough,
/// how far the source is sound.
fn attempt(parser: &mut Parser, text: &[u8], work: &mut u64, watch: Watch) -> Result<(Tree, u64), usize> {
    let (errors, lines) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    if watch == Watch::Log {
        let (errors, lines) = (Arc::clone(&errors), Arc::clone(&lines));
        parser.set_logger(Some(Box::new(move |kind, line| {
            lines.fetch_add(1, Ordering::Relaxed);
            if kind == LogType::Parse && line.starts_with("detect_error") {
                errors.fetch_add(1, Ordering::Relaxed);
            }
        })));
    }
    let allowed = *work / 3 * 2;
    let (spent, sound) = (Cell::new(0_u64), Cell::new(0_usize));
    let all = || {
        let logged = lines.load(Ordering::Relaxed) / LINES + errors.load(Ordering::Relaxed) * ERROR;
        spent.get().saturating_add(logged)
    };
    let mut progress = |state: &ParseState| {
        spent.set(spent.get() + ROUND);
        if errors.load(Ordering::Relaxed) <= MAX_ERRORS {
            sound.set(state.current_byte_offset().max(sound.get()));
        }
        if all() >= allowed || watch.is_over() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let mut read = |at: usize, _| {
        spent.set(spent.get() + CHUNK_WORK);
        // Without work the source is at its end, so that the lexer comes back to where it can be stopped.
        let rest = if all() >= allowed || watch.is_over() { &[] } else { text.get(at..).unwrap_or_default() };
        // A character in two chunks would be read on at the end, of which there is nothing: the parser does not survive that.
        let is_inside = |at: &usize| rest.get(*at).is_some_and(|byte| byte & 0xc0 == 0x80);
        let end = (0..=CHUNK).rev().find(|at| !is_inside(at)).unwrap_or(CHUNK);
        rest.get(..end).unwrap_or(rest)
    };
    let tree = parser.parse_with_options(&mut read, None, Some(ParseOptions::new().progress_callback(&mut progress)));
    parser.set_logger(None);
    let cost = all();
    *work = work.saturating_sub(cost);
    match tree {
        Some(tree) if cost < allowed && !watch.is_over() => Ok((tree, errors.load(Ordering::Relaxed))),
        _ => {
            parser.reset();
            Err(sound.get())
        }
    }
}

/// Errors in the tree, each counted with the pieces that it is made of.
fn count_errors(tree: &Tree) -> u64 {
    let (mut count, mut stack) = (0, vec![tree.root_node()]);
    while let Some(node) = stack.pop() {
        if node.is_error() || node.is_missing() {
            count += 1 + u64::from(node.child_count());
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
            (b'#', None) => at += before_line_end(text.get(at..).unwrap_or_default()),
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
fn before_line_end(text: &[u8]) -> usize {
    memchr::memchr(b'\n', text).map_or(text.len(), |end| end.saturating_sub(1))
}
