//! Expressions of Terraform and Bicep, which have one shape.

/// An expression and its bytes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) expr: Expr,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// What is written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expr {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    /// Text with holes in it.
    Template(Vec<Node>),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
    /// A name that stands for something.
    Name(String),
    /// `a.b`
    Get(Box<Node>, String),
    /// `a[b]`
    Index(Box<Node>, Box<Node>),
    /// `a[*]` or `a.*`
    Splat(Box<Node>),
    Call(String, Vec<Node>),
    If(Box<Node>, Box<Node>, Box<Node>),
    Not(Box<Node>),
    Op(&'static str, Box<Node>, Box<Node>),
    /// Names, what is gone through, key if it makes a map, value, condition.
    For(Vec<String>, Box<Node>, Option<Box<Node>>, Box<Node>, Option<Box<Node>>),
    /// Something that is not evaluated, and what it is.
    Opaque(&'static str),
}

/// Operators, the loosest first.
pub(crate) const OPERATORS: &[&[&str]] =
    &[&["||", "??"], &["&&"], &["==", "!=", "=~", "!~"], &["<=", ">=", "<", ">"], &["+", "-"], &["*", "/", "%"]];

/// An expression and the bytes it stands at.
pub(crate) fn node(expr: Expr, start: usize, end: usize) -> Node {
    Node { expr, start, end }
}
