//! When a record holds: `Loader missing & 0!~safe`.

/// One condition on one argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition {
    /// Position or name, alternatives; `2.secure` is an entry of the third; `self` the receiver.
    pub(crate) arg: Vec<String>,
    /// What must be so.
    pub(crate) test: Test,
}

/// What is asked of an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Test {
    /// `=`: a constant that is one of these, in any case of letters.
    Is(Vec<String>),
    /// `!=`: a constant that is none of these.
    IsNot(Vec<String>),
    /// `~`: a constant or a dotted name that contains one of these.
    Has(Vec<String>),
    /// `!~`: absent, or a constant or dotted name that contains none of these.
    HasNot(Vec<String>),
    /// `missing`.
    Missing,
    /// `given`.
    Given,
    /// `constant`: any constant text or number.
    Constant,
    /// `variable`: given, and no constant.
    Variable,
    /// `empty`: a list into which nothing was put, such as an array of zeros.
    Empty,
    /// `sifts`: a pattern of everything but letters, digits and a few harmless signs.
    Sifts,
    /// `ambiguous`: a pattern that a backtracking engine may try in exponentially many ways.
    Ambiguous,
    /// `queries`: a text that begins like a statement of SQL.
    Queries,
    /// `with NAME`: has the mark.
    With(String),
    /// `without NAME`: is known well enough to say that it does not have the mark.
    Without(String),
}

/// Conditions joined by ` & `; None if one cannot be read.
pub(super) fn parse(text: &str) -> Option<Vec<Condition>> {
    text.split(" & ").filter(|part| !part.is_empty()).map(one).collect()
}

fn one(text: &str) -> Option<Condition> {
    let names = |arg: &str| arg.split('/').map(str::to_owned).collect();
    if let Some((arg, rest)) = text.split_once(' ') {
        let test = match rest.split_once(' ') {
            None if rest == "missing" => Test::Missing,
            None if rest == "given" => Test::Given,
            None if rest == "constant" => Test::Constant,
            None if rest == "empty" => Test::Empty,
            None if rest == "variable" => Test::Variable,
            None if rest == "sifts" => Test::Sifts,
            None if rest == "queries" => Test::Queries,
            None if rest == "ambiguous" => Test::Ambiguous,
            Some(("with", name)) => Test::With(name.to_owned()),
            Some(("without", name)) => Test::Without(name.to_owned()),
            _ => return compared(text),
        };
        return Some(Condition { arg: names(arg), test });
    }
    compared(text)
}

/// Whether a text begins like a statement of SQL.
pub(crate) fn queries(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(60).collect::<String>().to_ascii_lowercase();
    let Some((verb, rest)) = start.split_once(char::is_whitespace) else { return false };
    let rest = rest.trim_start();
    match verb {
        "select" => !rest.is_empty(),
        "insert" | "replace" => rest.starts_with("into ") || rest.starts_with("or "),
        "update" => text.to_ascii_lowercase().contains(" set ") || rest.is_empty() || !rest.contains(' '),
        "delete" => rest.starts_with("from"),
        "drop" | "create" | "alter" | "truncate" => {
            ["table", "database", "index", "view", "user", "role"].iter().any(|what| rest.starts_with(what))
        }
        _ => false,
    }
}

/// Whether a pattern stands for everything but letters, digits and a few harmless signs: `[^A-Za-z0-9_-]+`.
pub(crate) fn sifts(pattern: &str) -> bool {
    let inner = pattern.trim_end_matches(['+', '*']).strip_prefix("[^").and_then(|rest| rest.strip_suffix(']'));
    inner.is_some_and(|inner| {
        !inner.is_empty()
            && inner
                .replace("\\w", "")
                .replace("\\d", "")
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_-. ,@+\\".contains(c))
    })
}

fn compared(text: &str) -> Option<Condition> {
    let at = text.find(['=', '~', '!'])?;
    let (arg, rest) = text.split_at(at);
    // `\n` is the line break itself.
    let values = |text: &str| {
        let broken = |part: &str| if part == "\\n" { "\n".to_owned() } else { part.to_ascii_lowercase() };
        text.split('|').map(broken).collect()
    };
    let test = if let Some(rest) = rest.strip_prefix("!=") {
        Test::IsNot(values(rest))
    } else if let Some(rest) = rest.strip_prefix("!~") {
        Test::HasNot(values(rest))
    } else if let Some(rest) = rest.strip_prefix('=') {
        Test::Is(values(rest))
    } else {
        Test::Has(values(rest.strip_prefix('~')?))
    };
    Some(Condition { arg: arg.split('/').map(str::to_owned).collect(), test })
}
