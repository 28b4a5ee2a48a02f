//! Reads the text of the table.
//!
//! ```text
//! # a comment, to the end of its line
//! os posix                            one or more modules, not indented
//!     system popen spawn* : process   names and patterns, then one effect
//! torch.nn.modules.**                 a package and everything below it
//!     @Class : newobj build           any single CamelCase name, then the vetted ways
//! ```
//!
//! A pattern has one `*`. In a vetted row it stands for letters, digits and `_`; in a dangerous row also for
//! dots, and only there may it be the whole pattern. Whatever the ways, a vetted name may also be only named.

use std::fmt;

use super::table::{Glob, Patterns, Table, is_identifier};
use super::words::{Effect, Way, Ways};
use super::{Row, Verdict};

/// What is wrong with the text of the table, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TableError {
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) what: String,
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.what)
    }
}

impl<'a> Table<'a> {
    /// Reads (file name, text) pairs.
    pub(super) fn parse(sources: &[(&str, &'a str)]) -> Result<Table<'a>, TableError> {
        let mut table = Table::default();
        for (file, text) in sources {
            let mut modules: Vec<&'a str> = Vec::new();
            for (index, line) in text.lines().enumerate() {
                let fail = |what: String| TableError { file: (*file).to_owned(), line: index + 1, what };
                let content = line.split('#').next().unwrap_or_default().trim_end();
                if content.is_empty() {
                    continue;
                }
                if content.starts_with([' ', '\t']) {
                    if modules.is_empty() {
                        return Err(fail("names before any module".to_owned()));
                    }
                    read_names(&mut table, &modules, content.trim_start()).map_err(fail)?;
                } else {
                    modules.clear();
                    modules.extend(content.split_ascii_whitespace());
                    if let Some(bad) = modules.iter().find(|module| !is_module(module)) {
                        return Err(fail(format!("`{bad}` is not a module: write `a.b` or `a.b.**`")));
                    }
                }
            }
        }
        table.finish();
        Ok(table)
    }
}

fn read_names<'a>(table: &mut Table<'a>, modules: &[&'a str], line: &'a str) -> Result<(), String> {
    let (names, words) = line.split_once(" : ").ok_or("no ` : ` between the names and what they do")?;
    let verdict = read_verdict(words)?;
    for name in names.split_ascii_whitespace() {
        let glob = Glob::read(name, matches!(verdict, Verdict::Dangerous(_)))?;
        for module in modules {
            table.rows.push(Row { module, name, verdict });
            if table.patterns(module).add(name, glob, verdict).is_some() {
                return Err(format!("`{name}` of `{module}` is already in the table"));
            }
        }
    }
    Ok(())
}

fn read_verdict(words: &str) -> Result<Verdict, String> {
    let words: Vec<&str> = words.split_ascii_whitespace().collect();
    if let [word] = words.as_slice()
        && let Some(effect) = Effect::from_name(word)
    {
        return Ok(Verdict::Dangerous(effect));
    }
    let mut ways = Ways::IMPORT;
    for word in &words {
        let way = Way::ALL.into_iter().find(|way| way.name() == *word).ok_or_else(|| {
            format!("`{word}` is neither a way (reduce, newobj, import, build) nor an effect alone on its line")
        })?;
        ways = ways.with(way.into());
    }
    if words.is_empty() { Err("no effect and no way".to_owned()) } else { Ok(Verdict::Vetted(ways)) }
}

fn is_module(text: &str) -> bool {
    text.strip_suffix(".**").unwrap_or(text).split('.').all(is_identifier)
}

impl<'a> Patterns<'a> {
    /// Adds one row; gives back the verdict that was there for the same text.
    fn add(&mut self, name: &'a str, glob: Option<Glob<'a>>, verdict: Verdict) -> Option<Verdict> {
        let Some(glob) = glob else { return self.exact.insert(name, verdict) };
        let known = self.globs.iter().find(|(other, _)| *other == glob).map(|(_, verdict)| *verdict);
        self.globs.push((glob, verdict));
        known
    }
}
