//! The tree of a Jinja template, with byte spans into its text.

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Expr {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Levels below, so that a long chain counts like deep nesting.
    pub(super) height: u16,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Str(String),
    Int(i64),
    Float(f64),
    Bool(bool),
    None,
    Name(String),
    /// Lists and tuples: nothing here depends on the difference.
    List(Vec<Expr>),
    Dict(Vec<(Expr, Expr)>),
    /// `base.name`
    Attr(Box<Expr>, String),
    /// `base[key]`
    Item(Box<Expr>, Box<Expr>),
    /// `base[start:stop:step]`
    Slice(Box<Expr>, [Option<Box<Expr>>; 3]),
    Call(Box<Expr>, Args),
    /// `base|name(args)`; no base in a filter block.
    Filter(Option<Box<Expr>>, String, Args),
    /// `base is name(args)`
    Test(Box<Expr>, String, Args),
    Not(Box<Expr>),
    Negative(Box<Expr>),
    /// `a ~ b ~ c`
    Concat(Vec<Expr>),
    /// `a + b + c`
    Sum(Vec<Expr>),
    /// Any other operator, comparisons and `in` included.
    Binary(&'static str, Box<Expr>, Box<Expr>),
    /// Test, value, and value otherwise.
    Cond(Box<Expr>, Box<Expr>, Option<Box<Expr>>),
}

/// What stands between the parentheses of a call.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Args {
    /// Starred arguments count as positional.
    pub(super) positional: Vec<Expr>,
    pub(super) keyword: Vec<(String, Expr)>,
}

impl Args {
    pub(super) fn first(&self) -> Option<&Expr> {
        self.positional.first()
    }

    pub(super) fn get(&self, key: &str) -> Option<&Expr> {
        self.keyword.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Expr> {
        self.positional.iter().chain(self.keyword.iter().map(|(_, value)| value))
    }
}

/// A statement, an output, or text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    /// Literal text from a byte offset.
    Text(usize, String),
    Output(Expr),
    Set(Vec<Expr>, Expr),
    /// `{% set target | filter %}body{% endset %}`
    SetBlock(Expr, Vec<Node>),
    /// Branches in order; a last branch without a test is `else`.
    If(Vec<(Option<Expr>, Vec<Node>)>),
    For(For),
    Macro(Macro),
    /// `{% call(params) expression %}body{% endcall %}`
    CallBlock(Expr, Macro),
    FilterBlock(Expr, Vec<Node>),
    /// `include`, `import`, `from`, `extends`: another template by this name.
    Load(&'static str, Expr),
    With(Vec<(Expr, Expr)>, Vec<Node>),
    /// `block`, `generation`, `autoescape` and anything else that only encloses.
    Block(Vec<Node>),
    /// `do`, `print` and statements of unknown extensions: what they evaluate.
    Do(Vec<Expr>),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct For {
    pub(super) targets: Vec<Expr>,
    pub(super) iter: Expr,
    pub(super) filter: Option<Expr>,
    pub(super) body: Vec<Node>,
    pub(super) otherwise: Vec<Node>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Macro {
    pub(super) name: String,
    pub(super) params: Vec<(String, Option<Expr>)>,
    pub(super) body: Vec<Node>,
}

impl Expr {
    /// The expressions directly below.
    pub(super) fn children(&self) -> Vec<&Expr> {
        match &self.kind {
            Kind::Str(_) | Kind::Int(_) | Kind::Float(_) | Kind::Bool(_) | Kind::None | Kind::Name(_) => Vec::new(),
            Kind::List(items) | Kind::Concat(items) | Kind::Sum(items) => items.iter().collect(),
            Kind::Dict(items) => items.iter().flat_map(|(key, value)| [key, value]).collect(),
            Kind::Attr(base, _) | Kind::Not(base) | Kind::Negative(base) => vec![base],
            Kind::Item(a, b) | Kind::Binary(_, a, b) => vec![a, b],
            Kind::Slice(base, parts) => {
                std::iter::once(&**base).chain(parts.iter().flatten().map(|part| &**part)).collect()
            }
            Kind::Call(base, args) | Kind::Test(base, _, args) => std::iter::once(&**base).chain(args.all()).collect(),
            Kind::Filter(base, _, args) => base.iter().map(|base| &**base).chain(args.all()).collect(),
            Kind::Cond(test, then, other) => {
                [&**test, &**then].into_iter().chain(other.iter().map(|other| &**other)).collect()
            }
        }
    }

    /// Whether `found` holds for this or any expression below.
    pub(super) fn any(&self, found: &dyn Fn(&Expr) -> bool) -> bool {
        found(self) || self.children().into_iter().any(|child| child.any(found))
    }
}
