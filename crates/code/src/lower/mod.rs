//! Syntax trees to the intermediate form, one module per language.

mod go;
mod java;
mod python;
mod script;

use std::ops::ControlFlow;

use tree_sitter::{Node, ParseOptions, ParseState, Parser, Tree};

use crate::Language;
use crate::ir::{Expr, ExprKind, Function, Span, Stmt, StmtKind, Unit};

/// Longer texts are not parsed.
const LONGEST: usize = 2 << 20;
/// Deeper nesting is cut, so that neither building nor dropping the form can exhaust the stack.
const DEEPEST: usize = 120;
/// Steps that the parser reports before it has to stop, beyond one per byte.
const PATIENCE: usize = 100_000;

/// Reads one file. Never fails: what could not be read is in [`Unit::problems`].
#[must_use]
pub fn lower(path: &str, text: &str, language: Language) -> Unit {
    let unit = Unit {
        path: path.to_owned(),
        language,
        functions: vec![Function::default()],
        classes: Vec::new(),
        imports: Vec::new(),
        package: None,
        problems: Vec::new(),
    };
    let mut lowering = Lowering { text, unit, depth: 0, class: None, function: 0 };
    if text.len() > LONGEST {
        lowering.problem("longer than 2 MiB, not parsed");
        return lowering.unit;
    }
    let (grammar, file): (tree_sitter::Language, fn(&mut Lowering, Node)) = match language {
        Language::Python => (tree_sitter_python::LANGUAGE.into(), python::file),
        Language::Java => (tree_sitter_java::LANGUAGE.into(), java::file),
        Language::Go => (tree_sitter_go::LANGUAGE.into(), go::file),
        Language::JavaScript => (tree_sitter_javascript::LANGUAGE.into(), script::file),
        Language::TypeScript => (tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(), script::file),
        Language::Tsx => (tree_sitter_typescript::LANGUAGE_TSX.into(), script::file),
        Language::Rust => {
            lowering.problem("no lowering for this language yet");
            return lowering.unit;
        }
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
    let root = tree.root_node();
    if root.has_error() {
        lowering.problem("syntax errors, read as far as possible");
    }
    file(&mut lowering, root);
    lowering.unit
}

/// The tree of a text, or why there is none.
fn parsed(text: &str, grammar: &tree_sitter::Language) -> Result<Tree, &'static str> {
    let mut parser = Parser::new();
    if parser.set_language(grammar).is_err() {
        return Err("grammar does not fit the parser");
    }
    let mut steps = 0usize;
    let budget = text.len() + PATIENCE;
    let mut progress = |_: &ParseState| {
        steps += 1;
        if steps > budget { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    let bytes = text.as_bytes();
    let tree = parser.parse_with_options(&mut |at, _| bytes.get(at..).unwrap_or_default(), None, Some(options));
    tree.ok_or("parsing took too many steps")
}

/// What every language's lowering carries along.
struct Lowering<'t> {
    text: &'t str,
    unit: Unit,
    depth: usize,
    class: Option<u32>,
    function: u32,
}

impl<'t> Lowering<'t> {
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

#[cfg(test)]
mod tests;
