//! What a language's libraries do, as tables of one-line records; see the head of `python.txt`.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::Language;

/// Kinds of place where data can do harm.
pub(crate) const CLASSES: &[&str] =
    &["code", "shell", "command", "sql", "path", "url", "redirect", "deserialise", "template", "html", "ldap", "xpath"];

/// One record.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record {
    pub(crate) verb: Verb,
    pattern: String,
    /// Positions and names of the arguments that matter.
    pub(crate) args: Vec<String>,
    /// A named argument and the constant it must have.
    pub(crate) when: Option<(String, String)>,
}

/// What a record says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verb {
    Source(String),
    Sink(usize),
    /// Bits by position in [`CLASSES`].
    Clean(u32),
    Type(String),
    Entry(String),
    Check(String),
}

/// The records of one language, by the last name of their path.
#[derive(Debug, Default)]
pub(crate) struct Table {
    by_last: HashMap<String, Vec<Record>>,
    /// First names of paths: modules that are known even where no import says so.
    roots: std::collections::HashSet<String>,
    /// Lines that are no records.
    pub(crate) wrong: Vec<String>,
}

static PYTHON: LazyLock<Table> = LazyLock::new(|| Table::parse(include_str!("python.txt")));
static NONE: LazyLock<Table> = LazyLock::new(Table::default);

impl Table {
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::Python => &PYTHON,
            _ => &NONE,
        }
    }

    fn parse(text: &str) -> Self {
        let mut table = Self::default();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if table.line(line).is_none() {
                table.wrong.push(line.to_owned());
            }
        }
        table
    }

    fn line(&mut self, line: &str) -> Option<()> {
        let (line, when) = match line.split_once(" when ") {
            Some((line, when)) => (line, Some(when.split_once('=')?)),
            None => (line, None),
        };
        let when = when.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let words: Vec<&str> = line.split(' ').collect();
        let (verb, path) = match *words.as_slice() {
            ["source", label, path] => (Verb::Source(label.to_owned()), path),
            ["sink", class, path] => (Verb::Sink(CLASSES.iter().position(|known| *known == class)?), path),
            ["clean", classes, path] => (Verb::Clean(mask(classes)?), path),
            ["type", path, of_type] => (Verb::Type(of_type.to_owned()), path),
            ["entry", label, path] => (Verb::Entry(label.to_owned()), path),
            ["check", kind, path] => (Verb::Check(kind.to_owned()), path),
            _ => return None,
        };
        for path in expanded(path) {
            let (path, args) = match (&verb, path.rsplit_once('(')) {
                (Verb::Sink(_), Some((path, args))) => (format!("{path}()"), args.trim_end_matches(')')),
                (Verb::Sink(_), None) => return None,
                _ => (path, ""),
            };
            let args = args.split(',').filter(|arg| !arg.is_empty()).map(str::to_owned).collect();
            let root = path.split(['.', '(']).next().unwrap_or_default();
            if !root.starts_with('*') {
                self.roots.insert(root.to_owned());
            }
            let record = Record { verb: verb.clone(), pattern: path.clone(), args, when: when.clone() };
            self.by_last.entry(last(&path).to_owned()).or_default().push(record);
        }
        Some(())
    }

    /// Records about this path.
    pub(crate) fn find<'t>(&'t self, path: &'t str) -> impl Iterator<Item = &'t Record> {
        self.by_last.get(last(path)).into_iter().flatten().filter(move |record| matches(&record.pattern, path))
    }

    pub(crate) fn is_root(&self, name: &str) -> bool {
        self.roots.contains(name)
    }
}

fn mask(classes: &str) -> Option<u32> {
    if classes == "all" {
        return Some(u32::MAX);
    }
    classes.split(',').try_fold(0, |mask, class| Some(mask | 1 << CLASSES.iter().position(|known| *known == class)?))
}

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

fn matches(pattern: &str, path: &str) -> bool {
    match pattern.strip_prefix("**") {
        Some(end) if path.len() >= end.len() => {
            let at = path.len() - end.len();
            let whole_word = end.starts_with('.') || at == 0 || path.get(..at).is_some_and(|p| p.ends_with(['.', '_']));
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
        assert_eq!(PYTHON.wrong, Vec::<String>::new());
        assert_eq!(Table::parse("sink nowhere a(0)").wrong.len(), 1);
    }

    #[test]
    fn receivers_are_known_by_their_last_name() {
        let sinks = |path: &str| PYTHON.find(path).filter(|record| matches!(record.verb, Verb::Sink(_))).count();
        assert_eq!(sinks("self.db.cursor().execute()"), 1);
        assert_eq!(sinks("executor.execute()"), 0);
        assert_eq!(sinks("os.system()"), 1);
    }
}
