//! The tables of what calls mean: `specs/lines-*.txt`; the head of `lines-native.txt` explains a line.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::LazyLock;

use super::token::Dialect;
use crate::flow::Quick;

/// What a record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    /// A value from somebody: `user` or `local`.
    Source(Label),
    /// The result is harmless for these classes.
    Clean(u64),
    /// Arguments do harm; index of the class.
    Sink(usize),
    /// Weak by itself.
    Check(&'static str),
    /// Weak if this property is set so.
    Set(&'static str),
    /// Weak if this is named.
    Word(&'static str),
    /// Copies all of one argument into another.
    Copy,
    /// Copies as much as an argument says.
    Sized,
    /// Takes an argument for a format.
    Format,
    /// Writes by a format into an argument.
    Print,
    /// Reads by a format.
    Scan,
    /// Gives as much memory as its arguments say.
    Alloc,
    /// Gives memory back.
    Free,
    /// Writes what its other arguments say into one.
    Fill,
    /// Asks about a path.
    Ask,
    /// Uses a path.
    Use,
    /// Writes into an argument as much as another says.
    Measure,
    /// May leave its argument without a zero at the end.
    Terminate,
    /// Where it holds, its argument is harmless for these classes.
    Guard(u64),
    /// Must not stand in a handler of signals.
    Unsignal,
}

/// Who wrote a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    User,
    Local,
}

/// What has to hold besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    /// The argument is one of these words, without quotes and blanks.
    Equal(usize, Vec<&'static str>, bool),
    /// It has one of these in it, in any case.
    Has(usize, Vec<&'static str>, bool),
    /// A number below this.
    Below(usize, u64),
    /// It is, or is not, written down in the source.
    Literal(usize, bool),
    /// Somebody known wrote it.
    Known(usize),
    /// It is joined from pieces of which one is not known.
    Joined(usize),
    Given(usize, bool),
    /// The function around names one of these.
    Names(Vec<&'static str>, bool),
    /// The file has one of these in it.
    File(Vec<&'static str>, bool),
    /// The result is not looked at.
    Unchecked,
    /// The result decides something.
    Asked,
    /// An array that stands in the source.
    Fixed(usize),
    /// A pattern with exponentially many ways through it.
    Ambiguous(usize),
}

/// One line of a table.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) verb: Verb,
    /// Segments of the path in front of the last one, from the last to the first.
    pub(super) before: Vec<&'static str>,
    /// Anything may stand in front.
    pub(super) anywhere: bool,
    /// Only where an object is made.
    pub(super) is_new: bool,
    /// The property of this name is set, it is not called.
    pub(super) is_set: bool,
    pub(super) arguments: Vec<usize>,
    /// Every argument.
    pub(super) is_all: bool,
    pub(super) conditions: Vec<Condition>,
    /// Worth a look only to somebody who looks at everything.
    pub(super) is_faint: bool,
}

/// The records of a language by the last segment of their path.
pub(super) type Table = HashMap<&'static str, Vec<Record>, BuildHasherDefault<Quick>>;

/// Classes of sink, by their index in masks.
pub(super) const CLASSES: &[&str] = &[
    "code",
    "shell",
    "command",
    "sql",
    "path",
    "archive",
    "url",
    "redirect",
    "header",
    "deserialise",
    "xml",
    "html",
    "ldap",
    "xpath",
    "regex",
    "log",
    "reflection",
    "session",
    "unbounded-copy",
    "format-string",
    "length-not-checked",
    "allocation-overflow",
];

/// Where an index is known by its word.
pub(super) fn class(word: &str) -> Option<usize> {
    CLASSES.iter().position(|class| *class == word)
}

/// All classes.
pub(super) const ALL: u64 = (1 << CLASSES.len()) - 1;

/// Those for which a number is harmless: all but the ones of memory.
pub(super) const TEXT: u64 = (1 << (CLASSES.len() - 2)) - 1;

static NATIVE: LazyLock<Table> = LazyLock::new(|| table(&[include_str!("../specs/lines-native.txt")]));
static CSHARP: LazyLock<Table> = LazyLock::new(|| table(&[include_str!("../specs/lines-csharp.txt")]));
static PHP: LazyLock<Table> = LazyLock::new(|| table(&[include_str!("../specs/lines-php.txt")]));

/// The table of a language.
pub(super) fn of(dialect: Dialect) -> &'static Table {
    match dialect {
        Dialect::C | Dialect::Cpp => &NATIVE,
        Dialect::CSharp => &CSHARP,
        Dialect::Php => &PHP,
    }
}

/// Every word for a weakness or class that a table uses.
pub(super) fn words() -> impl Iterator<Item = (&'static str, bool)> {
    [&*NATIVE, &*CSHARP, &*PHP].into_iter().flat_map(|table| table.values().flatten()).filter_map(|record| match record
        .verb
    {
        Verb::Sink(class) => Some((*CLASSES.get(class)?, true)),
        Verb::Check(kind) | Verb::Set(kind) | Verb::Word(kind) => Some((kind, false)),
        _ => None,
    })
}

/// Lines that cannot be read, for the test that there are none.
#[cfg(test)]
pub(super) fn unread() -> Vec<&'static str> {
    [
        include_str!("../specs/lines-native.txt"),
        include_str!("../specs/lines-csharp.txt"),
        include_str!("../specs/lines-php.txt"),
    ]
    .into_iter()
    .flat_map(lines)
    .filter(|line| records(line).is_none_or(|records| records.is_empty()))
    .collect()
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn table(texts: &[&'static str]) -> Table {
    let mut table = Table::default();
    for line in texts.iter().flat_map(|text| lines(text)) {
        for (last, record) in records(line).unwrap_or_default() {
            table.entry(last).or_default().push(record);
        }
    }
    table
}

/// The records of one line: as many as its braces have alternatives.
fn records(line: &'static str) -> Option<Vec<(&'static str, Record)>> {
    let (line, is_faint) = line.strip_suffix(" faintly").map_or((line, false), |line| (line, true));
    let (head, conditions) = line.split_once(" when ").map_or((line, ""), |(head, rest)| (head, rest));
    let conditions: Vec<Condition> =
        conditions.split(" & ").filter(|one| !one.is_empty()).map(condition).collect::<Option<_>>()?;
    let (word, rest) = head.split_once(' ')?;
    let simple = |verb| Some((verb, rest));
    let worded = || rest.split_once(' ');
    let (verb, path) = match word {
        "source" => {
            let (label, path) = worded()?;
            let label = match label {
                "user" => Label::User,
                "local" => Label::Local,
                _ => return None,
            };
            (Verb::Source(label), path)
        }
        "clean" | "guard" => {
            let (words, path) = worded()?;
            let mut mask = 0;
            for class_word in words.split(',') {
                mask |= if class_word == "all" { ALL } else { 1 << class(class_word)? };
            }
            (if word == "clean" { Verb::Clean(mask) } else { Verb::Guard(mask) }, path)
        }
        "sink" => worded().and_then(|(word, path)| Some((Verb::Sink(class(word)?), path)))?,
        "check" => worded().map(|(kind, path)| (Verb::Check(kind), path))?,
        "set" => worded().map(|(kind, path)| (Verb::Set(kind), path))?,
        "word" => worded().map(|(kind, path)| (Verb::Word(kind), path))?,
        "copy" => simple(Verb::Copy)?,
        "sized" => simple(Verb::Sized)?,
        "format" => simple(Verb::Format)?,
        "print" => simple(Verb::Print)?,
        "scan" => simple(Verb::Scan)?,
        "alloc" => simple(Verb::Alloc)?,
        "free" => simple(Verb::Free)?,
        "fill" => simple(Verb::Fill)?,
        "ask" => simple(Verb::Ask)?,
        "use" => simple(Verb::Use)?,
        "measure" => simple(Verb::Measure)?,
        "terminate" => simple(Verb::Terminate)?,
        "unsignal" => simple(Verb::Unsignal)?,
        _ => return None,
    };
    let (path, arguments) = match path.strip_suffix(')').and_then(|path| path.rsplit_once('(')) {
        Some((path, arguments)) => (path, arguments),
        None => (path, ""),
    };
    let is_all = arguments == "*";
    let arguments: Vec<usize> = if is_all {
        Vec::new()
    } else {
        arguments.split(',').filter(|one| !one.is_empty()).map(|one| one.parse().ok()).collect::<Option<_>>()?
    };
    let (path, is_set) = path.strip_suffix('=').map_or((path, false), |path| (path, true));
    let (path, is_new) = path.strip_prefix("new ").map_or((path, false), |path| (path, true));
    let (path, anywhere) = path.strip_prefix("**.").map_or((path, false), |path| (path, true));
    // What is set or named may belong to anything.
    let anywhere = anywhere || matches!(verb, Verb::Set(_) | Verb::Word(_));
    let segments: Vec<Vec<&'static str>> = segments(path).into_iter().map(alternatives).collect();
    let (last, front) = segments.split_last()?;
    let mut fronts: Vec<Vec<&'static str>> = vec![Vec::new()];
    for segment in front.iter().rev() {
        fronts = fronts
            .iter()
            .flat_map(|front| segment.iter().map(move |one| front.iter().copied().chain([*one]).collect()))
            .collect();
    }
    let make = |last: &'static str, before: &Vec<&'static str>| {
        let (arguments, conditions, before) = (arguments.clone(), conditions.clone(), before.clone());
        (last, Record { verb, before, anywhere, is_new, is_set, arguments, is_all, conditions, is_faint })
    };
    Some(last.iter().flat_map(|last| fronts.iter().map(move |before| make(last, before))).collect())
}

/// Parts between dots that stand outside of braces.
fn segments(path: &'static str) -> Vec<&'static str> {
    let mut depth = 0;
    path.split(move |c: char| {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        c == '.' && depth == 0
    })
    .collect()
}

fn alternatives(segment: &'static str) -> Vec<&'static str> {
    match segment.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')) {
        Some(inner) => inner.split(',').map(str::trim).collect(),
        None => vec![segment],
    }
}

fn condition(text: &'static str) -> Option<Condition> {
    let list = |text: &'static str| text.split('|').collect::<Vec<_>>();
    if text == "unchecked" {
        return Some(Condition::Unchecked);
    }
    if text == "asked" {
        return Some(Condition::Asked);
    }
    let (first, rest) = text.split_at(text.find(|c: char| !c.is_ascii_alphanumeric())?);
    let rest = rest.trim_start();
    match first {
        "names" => return Some(Condition::Names(list(rest), true)),
        "lacks" => return Some(Condition::Names(list(rest), false)),
        "file" => return Some(Condition::File(list(rest), true)),
        "nofile" => return Some(Condition::File(list(rest), false)),
        _ => {}
    }
    let at = first.parse().ok()?;
    Some(match rest {
        "literal" => Condition::Literal(at, true),
        "open" => Condition::Literal(at, false),
        "fixed" => Condition::Fixed(at),
        "ambiguous" => Condition::Ambiguous(at),
        "known" => Condition::Known(at),
        "joined" => Condition::Joined(at),
        "given" => Condition::Given(at, true),
        "missing" => Condition::Given(at, false),
        _ => {
            if let Some(words) = rest.strip_prefix("!=") {
                Condition::Equal(at, list(words), false)
            } else if let Some(words) = rest.strip_prefix("!~") {
                Condition::Has(at, list(words), false)
            } else if let Some(words) = rest.strip_prefix('=') {
                Condition::Equal(at, list(words), true)
            } else if let Some(words) = rest.strip_prefix('~') {
                Condition::Has(at, list(words), true)
            } else {
                Condition::Below(at, rest.strip_prefix('<')?.parse().ok()?)
            }
        }
    })
}
