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
#[cfg(test)]
use super::table::is_identifier;
use super::table::{Block, Glob, Names, Table};
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

impl<'a> Table<'a> {
    /// Indexes (file name, text) pairs by module; the names below a module are parsed when somebody asks for it.
    /// The names of files about Python itself start with `builtins` or `stdlib`.
    pub(super) fn index(sources: &[(&'a str, &'a str)]) -> Table<'a> {
        let mut table = Table::default();
        for (file, text) in sources {
            let standard = file.starts_with("builtins") || file.starts_with("stdlib");
            let mut block = Block { file, lines: (1, 0, 0), ..Block::default() };
            let mut start = 0;
            for (number, line) in text.split_inclusive('\n').enumerate() {
                let end = start + line.len();
                if line.starts_with([' ', '\t', '#', '\n', '\r']) {
                    block.lines.2 = end;
                } else {
                    let content = line.split('#').next().unwrap_or_default();
                    let modules = content.split_ascii_whitespace().collect();
                    let next = Block { modules, file, lines: (number + 2, end, end), ..Block::default() };
                    table.add(std::mem::replace(&mut block, next).cut(text), standard);
                }
                start = end;
            }
            table.add(block.cut(text), standard);
        }
        table
    }

    /// Parses everything at once, for the tests that keep the shipped text right.
    #[cfg(test)]
    pub(super) fn parse(sources: &[(&'a str, &'a str)]) -> Result<Table<'a>, TableError> {
        let table = Table::index(sources);
        for block in &table.blocks {
            if let Some(bad) = block.modules.iter().find(|module| !is_module(module)) {
                let what = format!("`{bad}` is not a module: write `a.b` or `a.b.**`");
                return Err(TableError { file: block.file.to_owned(), line: block.lines.0 - 1, what });
            }
            block.read()?;
        }
        Ok(table)
    }
}

impl<'a> Block<'a> {
    /// Keeps the text between this heading and the next.
    fn cut(mut self, text: &'a str) -> Self {
        let (_, from, to) = self.lines;
        self.text = text.get(from..to).unwrap_or_default();
        self
    }

    /// Parses the names.
    pub(super) fn read(&self) -> Result<Names<'a>, TableError> {
        let mut names = Names::default();
        for (index, line) in self.text.lines().enumerate() {
            let fail = |what: String| TableError { file: self.file.to_owned(), line: self.lines.0 + index, what };
            let content = line.split('#').next().unwrap_or_default().trim();
            if content.is_empty() {
                continue;
            }
            if self.modules.is_empty() {
                return Err(fail("names before any module".to_owned()));
            }
            read_names(&mut names, content).map_err(fail)?;
        }
        Ok(names)
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
