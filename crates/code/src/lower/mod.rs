//! Syntax trees to the intermediate form, one module per language.

mod again;
mod component;
mod go;
mod java;
mod operators;
mod python;
mod rust;
mod script;

use std::cell::{OnceCell, RefCell};
use std::ops::ControlFlow;

use tree_sitter::{Node, ParseOptions, ParseState, Parser, Tree};

use crate::Language;
use crate::ir::{Arg, BinaryOp, Expr, ExprKind, Function, Literal, Piece, Span, Stmt, StmtKind, Unit};

/// Longer texts are not parsed.
const LONGEST: usize = 384 << 10;
/// Bodies up to this many bytes are always read.
const SHORT: usize = 300;
/// Deeper nesting is cut, so that neither building nor dropping the form can exhaust the stack.
const DEEPEST: usize = 120;
/// Steps that the parser reports before it has to stop, beyond one per byte.
const PATIENCE: usize = 100_000;

/// Reads one file. Never fails: what could not be read is in [`Unit::problems`].
#[must_use]
pub fn lower(path: &str, text: &str, language: Language) -> Unit {
    lower_where(path, text, language, &|_| true)
}

/// The same without the bodies of long functions of whose text `concerns` says no.
pub(crate) fn lower_where(path: &str, text: &str, language: Language, concerns: &dyn Fn(&str) -> bool) -> Unit {
    // It ends a line, and with it a comment.
    let lines = has_lone_return(text).then(|| with_line_feeds(text));
    let text = lines.as_deref().unwrap_or(text);
    if let Some(whole) = component::scripts(path, text) {
        let unit = by_grammar(path, &whole, language, concerns);
        // Nothing of a page may keep its script from being read.
        return match component::script_alone(text).filter(|_| !unit.problems.is_empty()) {
            Some(script) => by_grammar(path, &script, language, concerns),
            None => unit,
        };
    }
    if language == Language::Python
        && text.len() <= LONGEST
        && let Some(unit) = python::direct::read(Lowering::new(path, text, language, concerns))
    {
        return unit;
    }
    by_grammar(path, text, language, concerns)
}

/// Whether a carriage return stands by itself.
fn has_lone_return(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'\r', bytes).any(|at| bytes.get(at + 1) != Some(&b'\n'))
}

/// The text with a line feed for each carriage return that stands by itself; everything stays where it was.
fn with_line_feeds(text: &str) -> String {
    let mut next = text.chars().skip(1);
    let feed = |c: char| {
        let next = next.next();
        if c == '\r' && next != Some('\n') { '\n' } else { c }
    };
    text.chars().map(feed).collect()
}

/// The same by a syntax tree, which broken source has too.
fn by_grammar(path: &str, text: &str, language: Language, concerns: &dyn Fn(&str) -> bool) -> Unit {
    let mut lowering = Lowering::new(path, text, language, concerns);
    if text.len() > LONGEST {
        lowering.problem("longer than 384 KiB, not parsed");
        return lowering.unit;
    }
    let (grammar, file): (tree_sitter::Language, fn(&mut Lowering, Node)) = match language {
        Language::Python => (tree_sitter_python::LANGUAGE.into(), python::file),
        Language::Java => (tree_sitter_java::LANGUAGE.into(), java::file),
        Language::Go => (tree_sitter_go::LANGUAGE.into(), go::file),
        Language::JavaScript => (tree_sitter_javascript::LANGUAGE.into(), script::file),
        Language::TypeScript => (tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(), script::file),
        Language::Tsx => (tree_sitter_typescript::LANGUAGE_TSX.into(), script::file),
        Language::Rust => (tree_sitter_rust::LANGUAGE.into(), rust::file),
    };
    let mut tree = match parsed(text, &grammar) {
        Ok(tree) => tree,
        Err(problem) => {
            lowering.problem(problem);
            return lowering.unit;
        }
    };
    // Types in a file of JavaScript, elements in one of TypeScript: the grammar that has both.
    if tree.root_node().has_error()
        && matches!(language, Language::JavaScript | Language::TypeScript)
        && let Ok(other) = parsed(text, &tree_sitter_typescript::LANGUAGE_TSX.into())
        && !other.root_node().has_error()
    {
        tree = other;
    }
    if tree.root_node().has_error()
        && language.is_script()
        && let Some(wrapped) = method_alone(text)
        && let Ok(other) = parsed(&wrapped, &tree_sitter_typescript::LANGUAGE_TSX.into())
        && (!other.root_node().has_error() || wrong_bytes(&other) < wrong_bytes(&tree))
    {
        tree = other;
    }
    let root = tree.root_node();
    if root.has_error() {
        lowering.problem("syntax errors, read as far as possible");
    }
    file(&mut lowering, root);
    lowering.unit
}

/// A fragment that begins with a method of a class that is not there, as one of an object. Everything stays in its
/// place: the parenthesis takes that of blanks.
fn method_alone(text: &str) -> Option<String> {
    let start = text.len() - text.trim_start().len();
    let head = text.get(start..)?.lines().next()?.trim_end();
    let named = head.strip_prefix("async ").or_else(|| head.strip_prefix("static ")).unwrap_or(head);
    let name = named.split('(').next()?;
    let is_method = head.ends_with('{')
        && named.len() > name.len()
        && !name.is_empty()
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '#'))
        && !matches!(name, "if" | "for" | "while" | "switch" | "function" | "catch" | "with");
    let blanks = text.get(..start)?;
    if !is_method || !blanks.ends_with("  ") || text.len() > LONGEST {
        return None;
    }
    Some(format!("{}({{{}\n}})", blanks.get(..start - 2)?, text.get(start..)?.trim_end()))
}

/// Bytes of a tree that no rule of the grammar fits.
fn wrong_bytes(tree: &Tree) -> usize {
    let (mut bytes, mut around) = (0, vec![tree.root_node()]);
    while let Some(node) = around.pop() {
        if node.is_error() {
            bytes += node.end_byte() - node.start_byte();
        } else if node.has_error() {
            let mut cursor = node.walk();
            around.extend(node.children(&mut cursor));
        }
    }
    bytes
}

thread_local! {
    /// One for all sources of a thread: it keeps what it has allocated.
    static PARSER: RefCell<Parser> = RefCell::new(Parser::new());
}

/// The tree of a text, or why there is none.
fn parsed(text: &str, grammar: &tree_sitter::Language) -> Result<Tree, &'static str> {
    PARSER.with_borrow_mut(|parser| {
        if parser.set_language(grammar).is_err() {
            return Err("grammar does not fit the parser");
        }
        let tree = parse(parser, text, text.len()).ok_or("parsing took too many steps");
        // Otherwise it would go on where it stopped.
        parser.reset();
        tree
    })
}

/// Parses within a budget of steps that `bytes` of text are worth.
fn parse(parser: &mut Parser, text: &str, bytes: usize) -> Option<Tree> {
    let mut steps = 0usize;
    let budget = bytes + PATIENCE;
    let mut progress = |_: &ParseState| {
        steps += 1;
        if steps > budget { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    let all = text.as_bytes();
    parser.parse_with_options(&mut |at, _| all.get(at..).unwrap_or_default(), None, Some(options))
}

/// What every language's lowering carries along.
struct Lowering<'t> {
    text: &'t str,
    unit: Unit,
    depth: usize,
    class: Option<u32>,
    function: u32,
    concerns: &'t dyn Fn(&str) -> bool,
    /// Whether `ref` is that of Vue.
    refs: OnceCell<bool>,
}

impl<'t> Lowering<'t> {
    fn new(path: &str, text: &'t str, language: Language, concerns: &'t dyn Fn(&str) -> bool) -> Self {
        let unit = Unit {
            path: path.to_owned(),
            language,
            functions: vec![Function::default()],
            classes: Vec::new(),
            imports: Vec::new(),
            package: None,
            problems: Vec::new(),
        };
        Self { text, unit, depth: 0, class: None, function: 0, concerns, refs: OnceCell::new() }
    }

    /// Whether the body of a function need not be read: a short one is, since it may be what others are made of.
    fn is_opaque(&self, body: Node) -> bool {
        self.is_aside(self.slice(body))
    }

    /// The same of its text.
    fn is_aside(&self, body: &str) -> bool {
        body.len() > SHORT && !(self.concerns)(body)
    }

    /// Whether so many levels more are not too deep.
    fn fits(&self, levels: usize) -> Option<()> {
        (self.depth + levels < DEEPEST).then_some(())
    }

    fn problem(&mut self, what: &str) {
        if !self.unit.problems.iter().any(|known| known == what) {
            self.unit.problems.push(what.to_owned());
        }
    }

    fn slice(&self, node: Node) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    fn owned(&self, node: Option<Node>) -> String {
        node.map(|node| self.slice(node).to_owned()).unwrap_or_default()
    }

    /// Runs `inner` one level deeper, or notes that it is too deep.
    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= DEEPEST {
            self.problem("nested too deeply, cut");
            return None;
        }
        self.depth += 1;
        let value = inner(self);
        self.depth -= 1;
        Some(value)
    }
}

fn span(node: Node) -> Span {
    let bound = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span { start: bound(node.start_byte()), end: bound(node.end_byte()) }
}

/// Where a call in a chain stands: at the name that it calls, if the chain began on a line before.
fn link_span(node: Node, function: &str, field: &str) -> Span {
    let whole = span(node);
    let callee = node.child_by_field_name(function);
    // `a.b::<T>(c)` has the name one deeper.
    let callee = callee.map(|callee| callee.child_by_field_name(function).unwrap_or(callee));
    match callee.and_then(|callee| callee.child_by_field_name(field)) {
        Some(name) if name.start_position().row != node.start_position().row => {
            Span { start: span(name).start, ..whole }
        }
        _ => whole,
    }
}

fn expr(node: Node, kind: ExprKind) -> Expr {
    Expr { kind, span: span(node) }
}

fn stmt(node: Node, kind: StmtKind) -> Stmt {
    Stmt { kind, span: span(node) }
}

/// Named children without comments.
fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| !child.is_extra() || child.is_error()).collect()
}

fn child_of<'n>(node: Node<'n>, kind: &str) -> Option<Node<'n>> {
    children(node).into_iter().find(|child| child.kind() == kind)
}

/// Elements of pages that are seldom words of anything else.
pub(crate) const TAGS: &[&str] =
    &["html", "body", "h1", "h2", "h3", "h4", "div", "span", "strong", "iframe", "td", "li", "img", "br", "href"];

/// The element by which a text is known for markup.
fn markup(text: &str) -> Option<&'static str> {
    if !text.contains('<') {
        return None;
    }
    TAGS.iter().copied().find(|tag| {
        text.match_indices(tag).any(|(at, _)| {
            let before = text.get(..at).unwrap_or_default();
            let after = text.get(at + tag.len()..).unwrap_or_default();
            match *tag {
                "href" => before.contains("<a ") && after.starts_with('='),
                _ => before.ends_with('<') && after.starts_with(['>', ' ', '/']),
            }
        })
    })
}

/// A text with markup and values in it is a page; the tables know it as a call of the element: `h1!`.
fn page(node: Node, kind: ExprKind) -> ExprKind {
    let tag = |value: &Expr| match &value.kind {
        ExprKind::Literal(Literal::Text(text)) => markup(text),
        _ => None,
    };
    let (found, values) = match &kind {
        ExprKind::Template(pieces) => {
            let of_text = |piece: &Piece| match piece {
                Piece::Text(text) => markup(text),
                Piece::Expr(_) => None,
            };
            (pieces.iter().find_map(of_text), pieces.iter().any(|piece| matches!(piece, Piece::Expr(_))))
        }
        ExprKind::Binary { op: BinaryOp::Add, left, right } => {
            let (mut at, mut found, mut values) = (left, tag(right), !is_literal(right));
            while let ExprKind::Binary { op: BinaryOp::Add, left, right } = &at.kind {
                found = found.or_else(|| tag(right));
                values |= !is_literal(right);
                at = left;
            }
            (found.or_else(|| tag(at)), values || !is_literal(at))
        }
        _ => (None, false),
    };
    let Some(found) = found.filter(|_| values) else { return kind };
    let callee = Box::new(expr(node, ExprKind::Name(format!("{found}!"))));
    let args = vec![Arg { name: None, value: expr(node, kind) }];
    ExprKind::Call { callee, args, is_new: false }
}

fn is_literal(value: &Expr) -> bool {
    matches!(value.kind, ExprKind::Literal(_))
}

#[cfg(test)]
mod tests;
