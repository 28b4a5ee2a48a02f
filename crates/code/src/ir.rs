//! The intermediate form: statements and expressions that the five languages share.
//!
//! It keeps what decides where data goes (calls, members, assignments, branches, literals) and drops the rest.
//! What a language has and this form has not becomes [`ExprKind::Other`] with its children kept, so that data
//! still flows through it.

use crate::Language;

/// Bytes of the source text, end exclusive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// Behind the last byte.
    pub end: u32,
}

/// Index into [`Unit::functions`]. 0 is what runs when the file is loaded.
pub type FunctionId = u32;

/// Index into [`Unit::classes`].
pub type ClassId = u32;

/// One file.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// As reports show it.
    pub path: String,
    /// How it was read.
    pub language: Language,
    /// Functions, methods and lambdas; the first is the top level of the file.
    pub functions: Vec<Function>,
    /// Classes, structs, interfaces, traits.
    pub classes: Vec<Class>,
    /// Names that come from elsewhere.
    pub imports: Vec<Import>,
    /// Name of the package or module that the file says it belongs to (Go, Java).
    pub package: Option<String>,
    /// Why not everything was read; empty if it was.
    pub problems: Vec<String>,
}

/// One imported name: `from a.b import c as d` is module `a.b`, name `c`, local `d`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Module, package or path as written (`./tools`, `langchain.agents`, `java.sql`).
    pub module: String,
    /// What is taken from it: None for the module itself, `*` for all, `default` for a default export.
    pub name: Option<String>,
    /// The name it has here.
    pub local: String,
    /// Where.
    pub span: Span,
}

/// A function, method, constructor or lambda.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Function {
    /// Empty for a lambda and the top level.
    pub name: String,
    /// The class it belongs to.
    pub class: Option<ClassId>,
    /// The function it is written in; None for the top level.
    pub parent: Option<FunctionId>,
    /// What `const`, `let` and `var` declare in it; of scripts only.
    pub locals: Vec<String>,
    /// In order; a receiver (`self`, `this` of Go and Rust) is the first, `is_receiver`.
    pub params: Vec<Param>,
    /// Decorators and annotations, as expressions: a name, or a call.
    pub decorators: Vec<Expr>,
    /// Docstring or doc comment, and where.
    pub doc: Option<(String, Span)>,
    /// Statements. An expression lambda has one `Return`.
    pub body: Vec<Stmt>,
    /// Whole definition.
    pub span: Span,
    /// The name in it.
    pub name_span: Span,
    /// Seen from other files (`export`, `public`, `pub`, capital letter in Go, every module level name in Python).
    pub exported: bool,
    /// Belongs to the class, not to an instance.
    pub is_static: bool,
    /// Nothing in it concerns the tables: its body was not read.
    pub is_opaque: bool,
}

/// One parameter.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Param {
    /// For a pattern (`{a, b}`) the names are in `names`, and this is empty.
    pub name: String,
    /// Names bound by a pattern, with the member each takes.
    pub names: Vec<(String, String)>,
    /// Type as written.
    pub of_type: Option<String>,
    /// Default value.
    pub default: Option<Expr>,
    /// Annotations (`@RequestParam String q`).
    pub decorators: Vec<Expr>,
    /// `self`, `&self`, `(s *Server)`.
    pub is_receiver: bool,
    /// Takes the rest of the arguments (`*args`, `...rest`, `String... xs`).
    pub is_rest: bool,
    /// Takes the rest of the named arguments (`**kwargs`).
    pub is_named_rest: bool,
    /// Where.
    pub span: Span,
}

/// A class, struct, interface or trait.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// What it extends or implements, as written.
    pub bases: Vec<String>,
    /// Methods and constructors (named as the language names them: `__init__`, `constructor`, the class itself).
    pub methods: Vec<FunctionId>,
    /// Fields: name, type as written, initial value, where.
    pub fields: Vec<Field>,
    /// Decorators and annotations.
    pub decorators: Vec<Expr>,
    /// Docstring or doc comment, and where.
    pub doc: Option<(String, Span)>,
    /// Whole definition.
    pub span: Span,
}

/// A field.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Type as written.
    pub of_type: Option<String>,
    /// Initial value.
    pub value: Option<Expr>,
    /// Annotations.
    pub decorators: Vec<Expr>,
    /// Where.
    pub span: Span,
}

/// A statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Stmt {
    /// What.
    pub kind: StmtKind,
    /// Where.
    pub span: Span,
}

/// What a statement does.
#[derive(Debug, Clone, PartialEq)]
pub enum StmtKind {
    /// For its effect.
    Expr(Expr),
    /// `targets = value`; several targets for `a, b = f()` and `a, err := f()`. With `op`, `target op= value`.
    /// A declaration without a value has [`ExprKind::Literal`] of [`Literal::Null`].
    Assign {
        /// Names, members, elements, or nested `List`s of them.
        targets: Vec<Expr>,
        /// For `+=` and its like.
        op: Option<BinaryOp>,
        /// What is assigned.
        value: Expr,
        /// Type as written in a declaration.
        of_type: Option<String>,
    },
    /// `if`; also guard clauses and `if let` (whose binding is the first statement of `then`).
    If {
        /// The condition.
        cond: Expr,
        /// If it holds.
        then: Vec<Stmt>,
        /// Otherwise.
        other: Vec<Stmt>,
    },
    /// `while`, `for`, `for each`, `loop`.
    Loop {
        /// Condition of a `while` or three-part `for`.
        cond: Option<Expr>,
        /// Target and iterable of a `for each`.
        each: Option<(Expr, Expr)>,
        /// The body; the update of a three-part `for` is its last statement.
        body: Vec<Stmt>,
    },
    /// `switch`, `match`, `when`, `select`.
    Switch {
        /// What is looked at.
        subject: Expr,
        /// In order.
        cases: Vec<Case>,
    },
    /// `try`; Go and Rust have none.
    Try {
        /// What is tried.
        body: Vec<Stmt>,
        /// Handlers: the name bound, and the statements.
        handlers: Vec<(Option<String>, Vec<Stmt>)>,
        /// `finally`; also `else` of Python, in front.
        finally: Vec<Stmt>,
    },
    /// `with open(x) as f`, `try (var s = …)`, `using`: value and name bound.
    With {
        /// Value, and target if it is bound.
        items: Vec<(Expr, Option<Expr>)>,
        /// The body.
        body: Vec<Stmt>,
    },
    /// `return`, and the last expression of a Rust block.
    Return(Option<Expr>),
    /// `yield`.
    Yield(Option<Expr>),
    /// `throw`, `raise`, `panic!`.
    Throw(Option<Expr>),
    /// `break`.
    Break,
    /// `continue`.
    Continue,
    /// `assert`.
    Assert(Expr),
    /// `del x`, `delete x.y`.
    Delete(Expr),
    /// A function defined here; it has the name of the function.
    Function(FunctionId),
    /// A class defined here.
    Class(ClassId),
    /// Statements in braces, `defer`, `go`, `unsafe`, labelled.
    Block(Vec<Stmt>),
}

/// One arm of a [`StmtKind::Switch`].
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Values or patterns; empty for `default` and `_`.
    pub values: Vec<Expr>,
    /// Names that the pattern binds.
    pub binds: Vec<String>,
    /// A condition behind the pattern.
    pub guard: Option<Expr>,
    /// What happens.
    pub body: Vec<Stmt>,
    /// Goes on into the next one (no `break` in Java and JavaScript, `fallthrough` in Go).
    pub falls_through: bool,
}

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What.
    pub kind: ExprKind,
    /// Where.
    pub span: Span,
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// A variable, function, class, module; `this`, `self`, `super`. Rust paths `a::b::c` are `Member`s.
    Name(String),
    /// A constant.
    Literal(Literal),
    /// f-string, template literal, `format!("…{x}")`: pieces in order.
    Template(Vec<Piece>),
    /// `callee(args)`, `new Class(args)`, Rust macros as calls of `name!`.
    Call {
        /// What is called.
        callee: Box<Expr>,
        /// In order.
        args: Vec<Arg>,
        /// `new`.
        is_new: bool,
    },
    /// `object.name`, also `object?.name`, `a::b`.
    Member {
        /// Of what.
        object: Box<Expr>,
        /// Which.
        name: String,
    },
    /// `object[index]`; slices have an `Other` of their parts as index.
    Index {
        /// Of what.
        object: Box<Expr>,
        /// Which.
        index: Box<Expr>,
    },
    /// Arithmetic, comparison, logic.
    Binary {
        /// How.
        op: BinaryOp,
        /// Left side.
        left: Box<Expr>,
        /// Right side.
        right: Box<Expr>,
    },
    /// `!x`, `not x`, `-x`; others are `Other`.
    Unary {
        /// How.
        op: UnaryOp,
        /// Of what.
        operand: Box<Expr>,
    },
    /// `a ? b : c`, `b if a else c`, `if a {b} else {c}` as value.
    Conditional {
        /// The condition.
        cond: Box<Expr>,
        /// If it holds.
        then: Box<Expr>,
        /// Otherwise.
        other: Box<Expr>,
    },
    /// List, tuple, set, array, composite literal without keys; also the targets of a destructuring.
    List(Vec<Expr>),
    /// Dictionary, object, struct literal. A spread has [`ExprKind::Spread`] as value and Null as key.
    Map(Vec<(Expr, Expr)>),
    /// `lambda`, arrow function, closure, anonymous function.
    Lambda(FunctionId),
    /// Comprehension: element (a `Map` of one for dictionaries), clauses.
    Comprehension {
        /// What each turn gives.
        element: Box<Expr>,
        /// Target and iterable, outermost first.
        each: Vec<(Expr, Expr)>,
        /// Conditions.
        conds: Vec<Expr>,
    },
    /// `await x`, `x.await`, `x?`, `&x`, `*x`, `x!`, `(x)`: the value itself.
    Same(Box<Expr>),
    /// `x as T`, `(T) x`, `x.(T)`: the value, and the type as written; also `T{…}` of Go, a list or map with a type.
    Cast(Box<Expr>, String),
    /// `*xs`, `...xs`, `**kw`.
    Spread(Box<Expr>),
    /// `a = b` as a value (`:=` of Python, assignment in a condition).
    Assign(Box<Expr>, Box<Expr>),
    /// Statements with a value (Rust blocks, `match` and `switch` as values): the value is what is last or yielded.
    Block(Vec<Stmt>),
    /// JSX: name, attributes, children.
    Element {
        /// `div`, `Markdown`.
        name: String,
        /// Attribute and value; a spread has an empty name.
        attributes: Vec<(String, Expr)>,
        /// Text and expressions inside.
        children: Vec<Expr>,
    },
    /// Anything else, with its children.
    Other(Vec<Expr>),
}

/// A piece of a [`ExprKind::Template`].
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Fixed text, escapes decoded.
    Text(String),
    /// A value.
    Expr(Expr),
}

/// An argument.
#[derive(Debug, Clone, PartialEq)]
pub struct Arg {
    /// `name=value`.
    pub name: Option<String>,
    /// The value; a spread is [`ExprKind::Spread`].
    pub value: Expr,
}

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// Text, escapes decoded; adjacent literals joined.
    Text(String),
    /// Bytes as text where they are.
    Bytes(String),
    /// As written, without `_` and suffix.
    Number(String),
    /// `true`, `false`.
    Bool(bool),
    /// `None`, `null`, `nil`, `undefined`.
    Null,
    /// A regular expression literal.
    Regex(String),
}

/// Operators with two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `//` of Python
    FloorDiv,
    /// `%`, also text formatting in Python
    Rem,
    /// `**`
    Pow,
    /// `==`, `===`, `is`
    Eq,
    /// `!=`, `!==`, `is not`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `&&`, `and`
    And,
    /// `||`, `or`
    Or,
    /// `??`
    Coalesce,
    /// `in`
    In,
    /// `not in`
    NotIn,
    /// `instanceof`
    InstanceOf,
    /// `&`
    BitAnd,
    /// `|`
    BitOr,
    /// `^`
    BitXor,
    /// `<<`
    Shl,
    /// `>>`, `>>>`
    Shr,
}

/// Operators with one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOp {
    /// `!`, `not`
    Not,
    /// `-`
    Neg,
    /// `~`
    BitNot,
}
