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
            Some(("with", name)) => Test::With(name.to_owned()),
            Some(("without", name)) => Test::Without(name.to_owned()),
            _ => return compared(text),
        };
        return Some(Condition { arg: names(arg), test });
    }
    compared(text)
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
