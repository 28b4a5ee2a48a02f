//! What the two readers of Python make of the parts that they have read.

use super::super::Lowering;
use super::super::again::{again, is_small};
use super::super::operators::{self, LONGEST_CHAIN};
use crate::ir::{
    BinaryOp, ClassId, Expr, ExprKind, Field, Function, FunctionId, Import, Literal, Param, Piece, Span, Stmt, StmtKind,
};

/// The names that a pattern with parts of its own binds: `Point(x=0, y=top)`, `{"path": path, **rest}`.
pub(super) fn captures(pattern: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut rest, mut before) = (pattern, ' ');
    while let Some(first) = rest.chars().next() {
        let len = if first.is_alphabetic() || first == '_' {
            let len = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            let name = rest.get(..len).unwrap_or_default();
            let after = rest.get(len..).unwrap_or_default().trim_start().chars().next();
            // A string may have letters before it.
            let bound = before != '.' && !matches!(after, Some('.' | '(' | '=' | '"' | '\''));
            if bound && !matches!(name, "_" | "as" | "True" | "False" | "None") {
                names.push(name.to_owned());
            }
            len
        } else if first == '"' || first == '\'' {
            let body = rest.get(1..).unwrap_or_default();
            body.find(first).map_or(rest.len(), |end| end + 2)
        } else {
            first.len_utf8()
        };
        if !first.is_whitespace() {
            before = first;
        }
        rest = rest.get(len..).unwrap_or_default();
    }
    names
}

/// Longest name of a module in bytes.
const LONGEST_MODULE: usize = 1000;
/// Targets of one assignment that each get a copy of what is assigned.
const COPIES: usize = 10;

/// A function whose body is being read.
pub(super) struct Opened {
    id: FunctionId,
    is_method: bool,
    outer: (Option<ClassId>, FunctionId),
}

impl Lowering<'_> {
    /// Enters a function.
    pub(super) fn py_open(
        &mut self,
        name: String,
        name_span: Span,
        params: Vec<Param>,
        decorators: Vec<Expr>,
    ) -> Opened {
        let is_static = decorators.iter().any(|d| matches!(&d.kind, ExprKind::Name(name) if name == "staticmethod"));
        let class = self.class;
        let function = Function {
            name,
            class,
            parent: Some(self.function),
            params,
            decorators,
            name_span,
            exported: true,
            is_static,
            ..Function::default()
        };
        let id = self.unit.functions.len() as FunctionId;
        self.unit.functions.push(function);
        let outer = (self.class.take(), std::mem::replace(&mut self.function, id));
        Opened { id, is_method: class.is_some() && !is_static, outer }
    }

    /// Leaves it, with what was read in it.
    pub(super) fn py_close(&mut self, opened: Opened, read: Function) -> FunctionId {
        (self.class, self.function) = opened.outer;
        if let Some(function) = self.unit.functions.get_mut(opened.id as usize) {
            if let (Some(first), true) = (function.params.first_mut(), opened.is_method) {
                first.is_receiver = true;
            }
            (function.body, function.doc, function.span) = (read.body, read.doc, read.span);
            function.is_opaque = read.is_opaque;
        }
        opened.id
    }

    /// One imported name.
    pub(super) fn py_imported(&mut self, from: Option<&str>, path: String, alias: Option<String>, span: Span) {
        // Each of many names would carry it along.
        if from.is_some_and(|from| from.len() > LONGEST_MODULE) || path.len() > LONGEST_MODULE {
            self.problem("a module of a very long name, left out");
            return;
        }
        let import = match (from, alias) {
            (Some(module), alias) => {
                Import { module: module.to_owned(), name: Some(path.clone()), local: alias.unwrap_or(path), span }
            }
            (None, Some(local)) => Import { module: path, name: None, local, span },
            // `import a.b` binds `a`; `a.b` is reached through it.
            (None, None) => {
                if path.contains('.') {
                    let import = Import { module: path.clone(), name: None, local: path.clone(), span };
                    self.unit.imports.push(import);
                }
                let root = path.split('.').next().unwrap_or_default().to_owned();
                Import { module: root.clone(), name: None, local: root, span }
            }
        };
        self.unit.imports.push(import);
    }
}

/// What stands in a class: methods, fields, and statements that are run.
pub(super) fn members(body: Vec<Stmt>) -> (Vec<FunctionId>, Vec<Field>, Vec<Stmt>) {
    let (mut methods, mut fields, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for inner in body {
        match inner.kind {
            StmtKind::Function(method) => methods.push(method),
            StmtKind::Assign { targets, op: None, value, of_type } => {
                let several = targets.len() > 1;
                let names = targets.into_iter().filter_map(|target| match target.kind {
                    ExprKind::Name(name) => Some(name),
                    _ => None,
                });
                for (at, name) in names.enumerate() {
                    let value = (at < COPIES).then(|| again(&value));
                    let of_type = of_type.clone().filter(|_| !several);
                    fields.push(Field { name, of_type, value, decorators: Vec::new(), span: inner.span });
                }
            }
            StmtKind::Expr(Expr { kind: ExprKind::Literal(_), .. }) => {}
            _ => others.push(inner),
        }
    }
    (methods, fields, others)
}

/// `a = b = c`: the innermost value is assigned to each target.
pub(super) fn assigned(targets: Vec<Expr>, mut value: Expr, of_type: Option<&str>, span: Span, out: &mut Vec<Stmt>) {
    let last = targets.len().saturating_sub(1);
    for (at, target) in targets.into_iter().enumerate() {
        // What is long is what the target before now holds.
        let copied = at < COPIES && is_small(&value);
        let next = (at < last).then(|| again(if copied { &value } else { &target }));
        let targets = match target.kind {
            ExprKind::List(parts) => parts,
            _ => vec![target],
        };
        let nothing = Expr { kind: ExprKind::Literal(Literal::Null), span };
        let value = std::mem::replace(&mut value, next.unwrap_or(nothing));
        let kind = StmtKind::Assign { targets, op: None, value, of_type: of_type.map(str::to_owned) };
        out.push(Stmt { kind, span });
    }
}

/// `elif`s become nested `if`s, built from the last one. A chain so long that dropping it could be too deep is read as
/// statements side by side.
pub(super) fn chained(clauses: Vec<(Expr, Vec<Stmt>, Span)>, mut other: Vec<Stmt>) -> Vec<Stmt> {
    let flat = clauses.len() >= LONGEST_CHAIN;
    for (cond, then, span) in clauses.into_iter().rev() {
        if flat {
            other.push(Stmt { kind: StmtKind::If { cond, then, other: Vec::new() }, span });
        } else {
            other = vec![Stmt { kind: StmtKind::If { cond, then, other }, span }];
        }
    }
    other
}

/// `a < b < c` is `a < b and b < c`.
pub(super) fn compared(operands: Vec<Expr>, ops: Vec<Option<BinaryOp>>, span: Span) -> ExprKind {
    if ops.len() > LONGEST_CHAIN {
        return ExprKind::Other(operands);
    }
    let mut operands = operands.into_iter();
    let Some(mut left) = operands.next() else { return ExprKind::Other(Vec::new()) };
    let (mut whole, mut others): (Option<ExprKind>, Vec<Expr>) = (None, Vec::new());
    let last = ops.len().saturating_sub(1);
    for (at, (right, op)) in operands.zip(ops).enumerate() {
        let Some(op) = op else {
            others.push(std::mem::replace(&mut left, right));
            continue;
        };
        let next = if at < last { again(&right) } else { Expr { kind: ExprKind::Other(Vec::new()), span: right.span } };
        let before = std::mem::replace(&mut left, next);
        let one = ExprKind::Binary { op, left: Box::new(before), right: Box::new(right) };
        let boxed = |kind| Box::new(Expr { kind, span });
        whole = Some(match whole {
            None => one,
            Some(before) => ExprKind::Binary { op: BinaryOp::And, left: boxed(before), right: boxed(one) },
        });
    }
    others.push(left);
    whole.unwrap_or(ExprKind::Other(others))
}

/// A text of pieces: a constant, if none of them is a value.
pub(super) fn text_of(pieces: Vec<Piece>, bytes: bool) -> ExprKind {
    if pieces.iter().any(|piece| matches!(piece, Piece::Expr(_))) {
        return ExprKind::Template(pieces);
    }
    let text = pieces.into_iter().fold(String::new(), |all, piece| match piece {
        Piece::Text(text) if all.is_empty() => text,
        Piece::Text(text) => all + &text,
        Piece::Expr(_) => all,
    });
    ExprKind::Literal(if bytes { Literal::Bytes(text) } else { Literal::Text(text) })
}

/// Escapes of one letter; others stay as they are written.
pub(super) fn unescaped(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('\n') | None => {}
            Some(quote @ ('\\' | '\'' | '"')) => out.push(quote),
            Some(other) => out.extend(['\\', other]),
        }
    }
    out
}

/// The operator that is written so.
pub(super) fn binary(text: &str) -> Option<BinaryOp> {
    Some(match text {
        "@" => BinaryOp::Mul,
        "//" => BinaryOp::FloorDiv,
        "**" => BinaryOp::Pow,
        "is" => BinaryOp::Eq,
        "<>" | "is not" => BinaryOp::Ne,
        "and" => BinaryOp::And,
        "or" => BinaryOp::Or,
        "in" => BinaryOp::In,
        "not in" => BinaryOp::NotIn,
        _ => return operators::binary_op(text),
    })
}
