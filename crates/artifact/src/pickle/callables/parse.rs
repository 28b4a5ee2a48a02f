//! Reads the text of the table.
//!
//! ```text
//! # a comment, to the end of its line
//! os posix                            one or more modules, not indented
//!     system popen spawn* : process   names and patterns, then one effect
//! torch.nn.modules.**                 a package and everything below it
//!     @Class : newobj build           any single CamelCase name, then the vetted ways
//!     @name : import                  any single name, only to be named
//! ```
//!
//! A pattern is `text*`, `*text`, `a*b` or `*text*`. In a vetted row it stands for letters, digits and `_`; in a dangerous row also for
//! dots, and only there may it be the whole pattern. Whatever the ways, a vetted name may also be only named.

use std::fmt;

use super::Verdict;
use super::layout::Block;
#[cfg(test)]
use super::table::is_identifier;
use super::table::{Glob, Names, Table};
use super::words::{Effect, Way, Ways};

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

#[cfg(test)]
impl Table<'static> {
    /// Parses everything at once, for the tests that keep the shipped text right.
    pub(super) fn parse(sources: &[(&'static str, &'static str)]) -> Result<Self, TableError> {
        let sources: &'static _ = sources.to_vec().leak();
        let compiled: &'static _ = Box::leak(Box::new(super::compile::compile(sources)));
        let table = Table::new(sources, compiled.layout());
        for block in table.layout.blocks {
            if let Some(bad) = table.modules(block).find(|module| !is_module(module)) {
                let what = format!("`{bad}` is not a module: write `a.b` or `a.b.**`");
                return Err(TableError { line: block.line as usize - 1, ..table.error(block, what) });
            }
            table.read(block)?;
        }
        Ok(table)
    }
}

impl<'a> Table<'a> {
    /// Parses the names of a block.
    pub(super) fn read(&self, block: &Block) -> Result<Names<'a>, TableError> {
        let mut names = Names::default();
        for (index, line) in block.names.of(self.sources).lines().enumerate() {
            let fail = |what: String| {
                let error = self.error(block, what);
                TableError { line: error.line + index, ..error }
            };
            let content = line.split('#').next().unwrap_or_default().trim();
            if content.is_empty() {
                continue;
            }
            if self.modules(block).next().is_none() {
                return Err(fail("names before any module".to_owned()));
            }
            read_names(&mut names, content).map_err(fail)?;
        }
        Ok(names)
    }

    /// An error in the first line of the names.
    fn error(&self, block: &Block, what: String) -> TableError {
        let file = self.sources.get(usize::from(block.names.file)).map_or("", |(file, _)| *file);
        TableError { file: file.to_owned(), line: block.line as usize, what }
    }
}

fn read_names<'a>(block: &mut Names<'a>, line: &'a str) -> Result<(), String> {
    let (names, words) = line.split_once(" : ").ok_or("no ` : ` between the names and what they do")?;
    let verdict = read_verdict(words)?;
    for name in names.split_ascii_whitespace() {
        let twice = match Glob::read(name, verdict)? {
            None => block.exact.insert(name, verdict).is_some(),
            Some(glob) => {
                let known = block.globs.iter().any(|(other, ..)| *other == name);
                block.globs.push((name, glob, verdict));
                known
            }
        };
        if twice {
            return Err(format!("`{name}` is already in this block"));
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

#[cfg(test)]
fn is_module(text: &str) -> bool {
    text.strip_suffix(".**").unwrap_or(text).split('.').all(is_identifier)
}
