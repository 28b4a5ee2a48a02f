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
use super::table::{Block, Glob, Table, is_identifier};
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
    /// Reads (file name, text) pairs; the names of files about Python itself start with `builtins` or `stdlib`.
    pub(super) fn parse(sources: &[(&str, &'a str)]) -> Result<Table<'a>, TableError> {
        let mut table = Table::default();
        for (file, text) in sources {
            let standard = file.starts_with("builtins") || file.starts_with("stdlib");
            let mut block = Block::default();
            for (index, line) in text.lines().enumerate() {
                let fail = |what: String| TableError { file: (*file).to_owned(), line: index + 1, what };
                let content = line.split('#').next().unwrap_or_default().trim_end();
                if content.is_empty() {
                    continue;
                }
                if content.starts_with([' ', '\t']) {
                    if block.modules.is_empty() {
                        return Err(fail("names before any module".to_owned()));
                    }
                    read_names(&mut block, content.trim_start()).map_err(fail)?;
                    continue;
                }
                let modules: Vec<&str> = content.split_ascii_whitespace().collect();
                if let Some(bad) = modules.iter().find(|module| !is_module(module)) {
                    return Err(fail(format!("`{bad}` is not a module: write `a.b` or `a.b.**`")));
                }
                table.add(std::mem::replace(&mut block, Block { modules, ..Block::default() }), standard);
            }
            table.add(block, standard);
        }
        Ok(table)
    }
}

fn read_names<'a>(block: &mut Block<'a>, line: &'a str) -> Result<(), String> {
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

fn is_module(text: &str) -> bool {
    text.strip_suffix(".**").unwrap_or(text).split('.').all(is_identifier)
}
