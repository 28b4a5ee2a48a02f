//! What a language's libraries do, as tables of one-line records; the head of `python.txt` explains them.

mod condition;
mod deeds;
mod leaks;
mod words;

use std::collections::{HashMap, HashSet};
use std::sync::{LazyLock, OnceLock};

pub(crate) use condition::{Condition, Test, queries, sifts};
pub use leaks::names_private;
pub use words::{check_kinds, sink_classes};

use crate::Language;
use crate::flow::Quick as Hash;

type Quick = std::hash::BuildHasherDefault<Hash>;

/// Kinds of place where data can do harm.
pub(crate) const CLASSES: &[&str] = &[
    "code",
    "shell",
    "command",
    "sql",
    "path",
    "url",
    "redirect",
    "deserialise",
    "template",
    "html",
    "ldap",
    "xpath",
    "nosql",
    "xml",
    "header",
    "log",
    "regex",
    "reflection",
    "session",
    "archive",
    "prototype",
    "system-prompt",
    "prompt",
    "model-name",
    "upstream-token",
    "tool-description",
    "response-detail",
    "argument",
    "attributes",
    // Only in the tables of leaks.
    "send",
];

/// One record.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record {
    pub(crate) verb: Verb,
    pattern: String,
    /// Positions and names of the arguments that matter, alternatives of each split by `/`.
    pub(crate) args: Vec<String>,
    /// All must hold.
    pub(crate) when: Vec<Condition>,
}

/// What a record says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verb {
    /// The value comes from there.
    Source(String),
    /// Data does harm here, by position in [`CLASSES`].
    Sink(usize),
    /// The result is harmless, bits by position in [`CLASSES`].
    Clean(u32),
    /// If the call holds, its subject is harmless.
    Guard(u32),
    /// If the call does not hold, its subject is harmless.
    Refuse(u32),
    /// Once the call has returned, its subject is harmless: it throws otherwise.
    Proves(u32),
    /// Calls of a function decorated so come from there.
    Gives(String),
    /// The result is a path or address without detours.
    Normal,
    /// The argument is where a path begins: unknown origins of it do not count in the result.
    Base,
    /// What the path gives is of this type.
    Type(String),
    /// Parameters of a function decorated so come from there.
    Entry(String),
    /// A parameter that is annotated so, or of this type, comes from there.
    Param(String),
    /// Functions that are handed over here are called with parameters of these types, or from there (`@tool`).
    Handler(Vec<String>),
    /// Weak by itself.
    Check(String),
    /// The receiver, or the result of a constructor, has this property from here on.
    Mark(String),
    /// A container or text that starts empty: `list`, `map`, `text`.
    New(String),
    /// The value is the argument itself, or the receiver (`self`).
    Same,
    /// Calls its first argument with what stands at the second.
    Calls,
    /// The result is the first argument, to be called with what stands at the second before anything else.
    Binds,
    /// What stands at these arguments holds afterwards what the receiver and the others hold.
    Fill,
    /// Looked up by the argument in the properties files of the project, else the next argument.
    Property,
    /// A library or service in use, and which arguments tell more.
    Use(String),
}

/// What of the tables a text is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Concern {
    /// Anything.
    pub(crate) any: bool,
    /// Something that a stranger, a model or a caller gives.
    pub(crate) source: bool,
    /// Words by number that end a pattern which the text may be about.
    hot: Vec<bool>,
}

/// Words without which a record says nothing.
#[derive(Debug)]
struct Need {
    /// The last word of the pattern first.
    all: Vec<usize>,
    /// Words of types, each in the text or given by a record that says something about it.
    given: Vec<usize>,
    /// One that a dot has to follow: `**model.run()` is about `model.run(x)`, not about every text on models that run.
    owner: Option<usize>,
    is_source: bool,
    /// Words of the type that the record gives; it says nothing else.
    gives: Vec<usize>,
}

impl Need {
    fn holds(&self, seen: &Seen, live: &[bool]) -> bool {
        let is = |of: &[bool], at: &usize| of.get(*at).is_some_and(|is| *is);
        self.all.iter().all(|at| is(&seen.words, at))
            && self.given.iter().all(|at| is(&seen.words, at) || is(live, at))
            && self.owner.is_none_or(|at| is(&seen.owners, &at) || is(live, &at))
    }
}

/// Words of the tables in a text, by number.
struct Seen {
    words: Vec<bool>,
    /// Those with a dot behind them.
    owners: Vec<bool>,
}

impl Seen {
    fn add(&mut self, at: usize, is_owner: bool) {
        for (of, is) in [(&mut self.words, true), (&mut self.owners, is_owner)] {
            of.get_mut(at).into_iter().for_each(|seen| *seen |= is);
        }
    }
}

/// The records of one language, by the last name of their path.
#[derive(Debug, Default)]
pub(crate) struct Table {
    by_last: HashMap<String, Vec<Record>, Quick>,
    /// First names of paths: modules that are known even where no import says so.
    roots: HashSet<String>,
    /// Last names of functions that prove something.
    proofs: HashSet<String, Quick>,
    /// What `type` records give.
    types: HashSet<String>,
    /// Words of patterns, and which of them each record needs; whether it is one of sources.
    words: HashMap<String, usize, Quick>,
    needs: Vec<Need>,
    /// Words of types: a text need not contain them.
    given: HashSet<String, Quick>,
    /// Last names of decorators that let something in.
    decorators: HashSet<String, Quick>,
    /// Requests are objects that other functions are handed: Java and Python.
    requests: bool,
    /// Labels of texts, with the parts that they are told by.
    texts: Vec<(String, Vec<String>)>,
    /// Finds all of them at once.
    parts: OnceLock<Option<leaks::Parts>>,
    /// Lines that are no records.
    pub(crate) wrong: Vec<String>,
}

static PYTHON: LazyLock<Table> = LazyLock::new(|| {
    Table::parse(concat!(include_str!("python.txt"), include_str!("python-weak.txt"), include_str!("python-ai.txt")))
});
static SCRIPT: LazyLock<Table> = LazyLock::new(|| Table::parse(include_str!("script.txt")));
static JAVA: LazyLock<Table> = LazyLock::new(|| Table::parse(include_str!("java.txt")));
static GO: LazyLock<Table> = LazyLock::new(|| Table::parse(include_str!("go.txt")));
static RUST: LazyLock<Table> = LazyLock::new(|| Table::parse(include_str!("rust.txt")));

impl Table {
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::Python => &PYTHON,
            Language::JavaScript | Language::TypeScript | Language::Tsx => &SCRIPT,
            Language::Java => &JAVA,
            Language::Go => &GO,
            Language::Rust => &RUST,
        }
    }

    fn parse(text: &str) -> Self {
        let mut table = Self::default();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if table.line(line).is_none() {
                table.wrong.push(line.to_owned());
            }
        }
        let records: Vec<(Verb, String)> =
            table.by_last.values().flatten().map(|record| (record.verb.clone(), record.pattern.clone())).collect();
        table.requests = text.contains("HttpServletRequest()") || text.contains("web.request");
        table.given = table.types.iter().flat_map(|of_type| words(of_type).map(str::to_owned)).collect();
        for (verb, pattern) in &records {
            table.need(verb, pattern);
        }
        table
    }

    fn line(&mut self, line: &str) -> Option<()> {
        let (line, when) = line.split_once(" when ").unwrap_or((line, ""));
        let when = condition::parse(when)?;
        let words: Vec<&str> = line.split(' ').collect();
        let (verb, path) = match *words.as_slice() {
            ["source", label, path] => (Verb::Source(label.to_owned()), path),
            ["sink", class, path] => (Verb::Sink(class_of(class)?), path),
            ["clean", classes, path] => (Verb::Clean(mask(classes)?), path),
            ["guard", classes, path] => (Verb::Guard(mask(classes)?), path),
            ["refuse", classes, path] => (Verb::Refuse(mask(classes)?), path),
            ["proves", classes, path] => (Verb::Proves(mask(classes)?), path),
            ["gives", label, path] => (Verb::Gives(label.to_owned()), path),
            ["normal", path] => (Verb::Normal, path),
            ["base", path] => (Verb::Base, path),
            ["type", path, of_type] => (Verb::Type(of_type.to_owned()), path),
            ["entry", label, path] => (Verb::Entry(label.to_owned()), path),
            ["param", label, path] => (Verb::Param(label.to_owned()), path),
            ["handler", path, types] => (Verb::Handler(types.split(',').map(str::to_owned).collect()), path),
            ["check", kind, path] => (Verb::Check(kind.to_owned()), path),
            ["mark", name, path] => (Verb::Mark(name.to_owned()), path),
            ["new", kind @ ("list" | "map" | "text" | "list-of" | "map-of"), path] => {
                (Verb::New(kind.to_owned()), path)
            }
            ["same", path] => (Verb::Same, path),
            ["calls", path] => (Verb::Calls, path),
            ["binds", path] => (Verb::Binds, path),
            ["fill", path] => (Verb::Fill, path),
            ["property", path] => (Verb::Property, path),
            ["use", kind, path] => (Verb::Use(kind.to_owned()), path),
            ["text", label, parts] => return self.text(label, parts),
            _ => return None,
        };
        let takes_args = matches!(
            verb,
            Verb::Sink(_)
                | Verb::Same
                | Verb::Use(_)
                | Verb::Guard(_)
                | Verb::Refuse(_)
                | Verb::Proves(_)
                | Verb::Fill
                | Verb::Calls
                | Verb::Binds
                | Verb::Base
                | Verb::Property
                | Verb::Source(_)
        );
        if let Verb::Type(of_type) = &verb {
            self.types.insert(of_type.clone());
        }
        for written in expanded(path) {
            // `a.b(0,x)` is the call `a.b()` and its arguments; `a.b=(0)` the assignment to `a.b`.
            let (path, args) = match written.rsplit_once('(') {
                Some((path, args)) if takes_args && written.ends_with(')') && path.ends_with('=') => {
                    (path.to_owned(), args.trim_end_matches(')'))
                }
                Some((path, args)) if takes_args && written.ends_with(')') => {
                    (format!("{path}()"), args.trim_end_matches(')'))
                }
                None if matches!(verb, Verb::Sink(_) | Verb::Same) => return None,
                _ => (written.clone(), ""),
            };
            let args = args.split(',').filter(|arg| !arg.is_empty()).map(str::to_owned).collect();
            let root = path.split(['.', '(']).next().unwrap_or_default();
            if !root.starts_with('*') {
                self.roots.insert(root.to_owned());
            }
            if matches!(verb, Verb::Proves(_)) {
                self.proofs.insert(last(&path).trim_end_matches("()").to_owned());
            }
            let record = Record { verb: verb.clone(), pattern: path.clone(), args, when: when.clone() };
            self.by_last.entry(last(&path).to_ascii_lowercase()).or_default().push(record);
        }
        Some(())
    }

    /// Records about this path.
    pub(crate) fn find<'t, 'p>(&'t self, path: &'p str) -> impl Iterator<Item = &'t Record> + use<'t, 'p> {
        let last = last(path);
        let found = if last.bytes().any(|byte| byte.is_ascii_uppercase()) {
            self.by_last.get(last.to_ascii_lowercase().as_str())
        } else {
            self.by_last.get(last)
        };
        found.into_iter().flatten().filter(move |record| matches(&record.pattern, path))
    }

    /// Whether functions of this name prove anything.
    pub(crate) fn has_proofs(&self, name: &str) -> bool {
        self.proofs.contains(name)
    }

    /// Whether it is a type that a record gives.
    pub(crate) fn is_type(&self, path: &str) -> bool {
        self.types.contains(path)
    }

    /// What of the tables can be in a text, by the words in it.
    pub(crate) fn concerns(&self, text: &str) -> Concern {
        let none = vec![false; self.words.len()];
        let mut seen = Seen { words: none.clone(), owners: none.clone() };
        let mut concern = Concern { hot: none, ..Concern::default() };
        for word in words(text) {
            let is_owner = || {
                let end = word.as_ptr().addr() - text.as_ptr().addr() + word.len();
                text.get(end..).is_some_and(|after| after.trim_start().starts_with(['.', '?']))
            };
            // `my_cursor` is a cursor too.
            let mut rest = Some(word);
            while let Some(part) = rest {
                if let Some(at) = self.words.get(part) {
                    seen.add(*at, is_owner());
                }
                rest = part.split_once('_').map(|(_, rest)| rest);
            }
            concern.any = concern.any || names_secret(word);
        }
        for decorator in memchr::memchr_iter(b'@', text.as_bytes()).filter_map(|at| text.get(at + 1..)) {
            let end = decorator.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.');
            let name = decorator.get(..end.unwrap_or(decorator.len())).unwrap_or_default();
            let known = last(name);
            concern.source |= !known.is_empty() && self.decorators.contains(known);
        }
        // A request that is handed on: what is read from it stands in another file.
        let handed = ["HttpServletRequest request", "HttpServletRequest req", "(request)", "(request,", ", request)"];
        let may = self.requests && memchr::memmem::find(text.as_bytes(), b"req").is_some();
        concern.source |= may && handed.iter().any(|written| text.contains(written));
        concern.any |= concern.source;
        // A type may come about by another.
        let mut live = vec![false; self.words.len()];
        let mut types: Vec<&Need> = self.needs.iter().filter(|need| !need.gives.is_empty()).collect();
        loop {
            let before = types.len();
            types.retain(|need| {
                let holds = need.holds(&seen, &live);
                for given in need.gives.iter().filter(|_| holds) {
                    live.get_mut(*given).into_iter().for_each(|live| *live = true);
                }
                !holds
            });
            if types.len() == before {
                break;
            }
        }
        for need in self.needs.iter().filter(|need| need.gives.is_empty() && need.holds(&seen, &live)) {
            concern.any = true;
            concern.source |= need.is_source;
            if let Some(hot) = need.all.first().and_then(|last| concern.hot.get_mut(*last)) {
                *hot = true;
            }
        }
        concern
    }

    /// Whether a part of a text is about what its whole is about.
    pub(crate) fn concerns_part(&self, concern: &Concern, part: &str) -> bool {
        words(part).any(|word| {
            let is_hot =
                |word: &str| self.words.get(word).is_some_and(|at| concern.hot.get(*at).is_some_and(|hot| *hot));
            is_hot(word) || names_secret(word)
        })
    }

    /// The words without which a record says nothing about a text.
    fn need(&mut self, verb: &Verb, path: &str) {
        let is_source = match verb {
            Verb::Source(label) | Verb::Entry(label) | Verb::Param(label) => {
                !matches!(label.as_str(), "local" | "none")
            }
            Verb::Handler(_) => true,
            Verb::Sink(_) | Verb::Check(_) | Verb::Use(_) | Verb::Type(_) => false,
            _ => return,
        };
        // `@app.get` counts, `x.get` does not.
        if matches!(verb, Verb::Entry(_) | Verb::Param(_)) && path.starts_with("**") {
            self.decorators.extend(words(path).last().map(str::to_owned));
            return;
        }
        let parts: Vec<&str> = match path {
            "message()" => vec!["role", "content"],
            _ => words(path).collect(),
        };
        let Some((last, before)) = parts.split_last() else { return };
        let (given, written): (Vec<&str>, Vec<&str>) = before.iter().partition(|part| self.given.contains(**part));
        let all = std::iter::once(last).chain(&written).map(|word| self.word(word)).collect();
        let mut given: Vec<usize> = given.into_iter().map(|word| self.word(word)).collect();
        let is_owned = path.starts_with("**") && path.trim_start_matches('*').split('.').count() == 2;
        let owner = if is_owned { given.pop() } else { None };
        let gives = match verb {
            Verb::Type(of_type) => words(of_type).map(|word| self.word(word)).collect(),
            _ => Vec::new(),
        };
        self.needs.push(Need { all, given, owner, is_source, gives });
    }

    fn word(&mut self, word: &str) -> usize {
        let next = self.words.len();
        *self.words.entry(word.to_owned()).or_insert(next)
    }

    pub(crate) fn is_root(&self, name: &str) -> bool {
        self.roots.contains(name)
    }
}

/// Identifiers.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let mut at = 0;
    std::iter::from_fn(move || {
        let bytes = text.as_bytes();
        let start = at + bytes.get(at..)?.iter().position(part)?;
        let rest = bytes.get(start..)?;
        at = start + rest.iter().position(|byte| !part(byte)).unwrap_or(rest.len());
        text.get(start..at)
    })
}

/// Names of what must not stand in code as it is.
fn names_secret(word: &str) -> bool {
    // Each of them ends like this.
    if !word.ends_with(['d', 't', 'y', 'n', 'D', 'T', 'Y', 'N']) {
        return false;
    }
    let tail = word.get(word.len().saturating_sub(6)..).unwrap_or_default().as_bytes();
    ["passwd", "ssword", "secret", "apikey", "pi_key", "_token", "ss_key", "pwd"].iter().any(|end| {
        tail.len() >= end.len()
            && tail.get(tail.len() - end.len()..).is_some_and(|t| t.eq_ignore_ascii_case(end.as_bytes()))
    })
}

fn class_of(name: &str) -> Option<usize> {
    CLASSES.iter().position(|known| *known == name)
}

fn mask(classes: &str) -> Option<u32> {
    if classes == "all" {
        return Some(u32::MAX);
    }
    classes.split(',').try_fold(0, |mask, class| Some(mask | 1 << class_of(class)?))
}

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path).trim_start_matches('*')
}

fn matches(pattern: &str, path: &str) -> bool {
    match pattern.strip_prefix("**") {
        Some(end) if path.len() >= end.len() => {
            let at = path.len() - end.len();
            let whole_word = end.starts_with('.')
                || at == 0
                || path.get(..at).is_some_and(|p| {
                    // `userStatement` is a statement; `SecureRandom` is another type than `Random`.
                    let camel = p.ends_with(|c: char| c.is_ascii_lowercase())
                        && path.as_bytes().get(at).is_some_and(u8::is_ascii_uppercase)
                        && !p.rsplit(['.', '/']).next().unwrap_or(p).starts_with(|c: char| c.is_ascii_uppercase());
                    camel || p.ends_with(['.', '_', '/'])
                });
            whole_word && path.get(at..).is_some_and(|tail| tail.eq_ignore_ascii_case(end))
        }
        Some(_) => false,
        None => pattern == path,
    }
}

/// Every text that the braces stand for.
fn expanded(pattern: &str) -> Vec<String> {
    let parts = pattern.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)));
    let Some((before, (choices, after))) = parts else { return vec![pattern.to_owned()] };
    let ends = expanded(after);
    choices.split(',').flat_map(|choice| ends.iter().map(move |end| format!("{before}{choice}{end}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_record() {
        for table in [&PYTHON, &SCRIPT, &JAVA, &GO, &RUST] {
            assert_eq!(table.wrong, Vec::<String>::new());
        }
        assert_eq!(Table::parse("sink nowhere a(0)\nsink sql a()\ncheck a b() when 0?x").wrong.len(), 2);
    }

    #[test]
    fn receivers_are_known_by_their_last_name() {
        let sinks = |path: &str| {
            PYTHON.find(path).filter(|record| matches!(record.verb, Verb::Sink(_)) && record.when.is_empty()).count()
        };
        assert_eq!(sinks("self.db.cursor().execute()"), 1);
        assert_eq!(sinks("executor.execute()"), 0);
        assert_eq!(sinks("os.system()"), 1);
    }
}
