//! An entry: everything a user can read, list, disable or map, as one Markdown file with front matter.
//!
//! ````text
//! ---
//! id: pickle-runs-code
//! title: Loading the pickle runs code
//! severity: critical
//! facts: [pickle-runs-code]
//! maps:
//!   atlas: [AML.T0011.000]
//! fix: one line
//! ---
//! Prose in Markdown.
//!
//! ## Examples
//! ```fires model.pkl pickle
//! PROTO 4
//! ```
//! ````
//!
//! The front matter is a small part of YAML: `key: value`, `key: [a, b]`, and one level of nesting.
//! Fenced blocks whose info string starts with `fires` or `silent` are examples and are executed by tests.

use std::collections::BTreeMap;
use std::fmt;

use crate::level::{Confidence, Persona, Severity};

/// One parsed entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Readable id, kebab-case; unique and never reused.
    pub id: String,
    /// One line, no full stop.
    pub title: String,
    /// Severity unless a finding says otherwise.
    pub severity: Severity,
    /// Confidence unless a finding says otherwise.
    pub confidence: Confidence,
    /// Who wants to see it.
    pub persona: Persona,
    /// Version it first appeared in.
    pub since: String,
    /// One-line fix a developer can apply.
    pub fix: String,
    /// Kinds of fact that make it fire, for a declarative entry.
    pub facts: Vec<String>,
    /// `framework key` → ids.
    pub maps: BTreeMap<String, Vec<String>>,
    /// Advisory ids and addresses.
    pub references: Vec<String>,
    /// The prose before the examples.
    pub prose: String,
    /// The executed examples.
    pub examples: Vec<Example>,
}

/// What an example must do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expectation {
    /// The entry must fire.
    Fires,
    /// The entry must stay silent.
    Silent,
}

/// One fenced example: ```` ```fires FILENAME KIND ````.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// What must happen.
    pub expect: Expectation,
    /// Name the content is given.
    pub name: String,
    /// How the body describes the content (`text`, `hex`, `pickle`, …); `text` if absent.
    pub kind: String,
    /// The body.
    pub body: String,
    /// Line of the fence in the file, from 1.
    pub line: usize,
}

/// Why a file is not an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryError {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for EntryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for EntryError {}

fn fail<T>(line: usize, message: impl Into<String>) -> Result<T, EntryError> {
    Err(EntryError { line, message: message.into() })
}

/// A front-matter value: its line and the words.
type Field = (usize, Vec<String>);

impl Entry {
    /// Parses one file.
    ///
    /// # Errors
    /// Names the line and what is missing or unknown there.
    pub fn parse(text: &str) -> Result<Self, EntryError> {
        let (mut fields, maps, body_line) = front_matter(text)?;
        let body = text.lines().skip(body_line).collect::<Vec<_>>().join("\n");
        let mut one = |key: &str| -> Result<(usize, String), EntryError> {
            match fields.remove(key) {
                Some((line, words)) => Ok((line, words.join(", "))),
                None => fail(1, format!("`{key}` is missing from the front matter")),
            }
        };
        let (id_line, id) = one("id")?;
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
            return fail(id_line, format!("id `{id}` is not kebab-case"));
        }
        let title = one("title")?.1;
        let severity = level::<Severity>(one("severity")?)?;
        let confidence = level::<Confidence>(one("confidence")?)?;
        let persona = level::<Persona>(one("persona").unwrap_or((1, "developer".into())))?;
        let since = one("since")?.1;
        let fix = one("fix")?.1;
        let facts = fields.remove("facts").map(|(_, words)| words).unwrap_or_default();
        let references = fields.remove("references").map(|(_, words)| words).unwrap_or_default();
        if let Some((key, (line, _))) = fields.into_iter().next() {
            return fail(line, format!("`{key}` is not a field of an entry"));
        }
        let (prose, examples) = body_parts(&body, body_line)?;
        Ok(Self { id, title, severity, confidence, persona, since, fix, facts, maps, references, prose, examples })
    }
}

/// The files of one family of entries, without a pointer for each: pointers are relocated at every start of the
/// program. Made by [`pack!`](crate::pack).
#[derive(Debug, Clone, Copy)]
pub struct Pack {
    /// Path and text of each, one behind the other.
    pub text: &'static str,
    /// Bytes of each path and of each text.
    pub lengths: &'static [(u32, u32)],
}

impl Pack {
    /// Path without extension, and text, of each.
    pub fn entries(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let mut rest = self.text;
        self.lengths.iter().map_while(move |(path, text)| {
            let (path, behind) = rest.split_at_checked(*path as usize)?;
            let (text, behind) = behind.split_at_checked(*text as usize)?;
            rest = behind;
            Some((path, text))
        })
    }
}

/// Packs `FOLDER/ID.md` files that stand beside the file that calls it, with their paths: `pack!("folder", "", "id", …)`;
/// the second literal leads from the calling file to them.
#[macro_export]
macro_rules! pack {
    ($folder:expr, $way:expr, $($id:literal),+ $(,)?) => {
        $crate::entry::Pack {
            text: concat!($($folder, "/", $id, include_str!(concat!($way, $id, ".md"))),+),
            lengths: &[$((
                concat!($folder, "/", $id).len() as u32,
                include_str!(concat!($way, $id, ".md")).len() as u32,
            )),+],
        }
    };
}

/// The `facts: [a, b]` of files that stand beside the file that calls it, a line a file, gathered when the program is
/// built: to go through the files at every start would read megabytes.
#[macro_export]
macro_rules! pack_facts {
    ($($id:literal),+ $(,)?) => {{
        const TEXTS: &[&str] = &[$(include_str!(concat!($id, ".md"))),+];
        const BYTES: [u8; $crate::entry::facts_len(TEXTS)] = $crate::entry::facts_bytes(TEXTS);
        match ::core::str::from_utf8(&BYTES) {
            Ok(lines) => lines,
            Err(_) => "",
        }
    }};
}

/// Bytes that [`facts_bytes`] gives.
#[allow(clippy::indexing_slicing)] // while the program is built
pub const fn facts_len(texts: &[&str]) -> usize {
    let mut len = texts.len();
    let mut at = 0;
    while at < texts.len() {
        let (start, end) = facts_span(texts[at].as_bytes());
        len += end - start;
        at += 1;
    }
    len
}

/// The lists of facts of these files, each with a line feed behind it.
#[allow(clippy::indexing_slicing)] // while the program is built
pub const fn facts_bytes<const LEN: usize>(texts: &[&str]) -> [u8; LEN] {
    let mut bytes = [b'\n'; LEN];
    let mut to = 0;
    let mut at = 0;
    while at < texts.len() {
        let text = texts[at].as_bytes();
        let (mut from, end) = facts_span(text);
        while from < end {
            bytes[to] = text[from];
            to += 1;
            from += 1;
        }
        to += 1;
        at += 1;
    }
    bytes
}

/// Where the list stands inside its brackets; nowhere if the front matter has none.
#[allow(clippy::indexing_slicing)] // while the program is built
const fn facts_span(text: &[u8]) -> (usize, usize) {
    const KEY: &[u8] = b"facts: [";
    let mut line = 4;
    while line + KEY.len() < text.len() && !(text[line] == b'-' && text[line + 1] == b'-') {
        let mut same = 0;
        while same < KEY.len() && text[line + same] == KEY[same] {
            same += 1;
        }
        let mut end = line + same;
        let stop = if same == KEY.len() { b']' } else { b'\n' };
        while end < text.len() && text[end] != stop {
            end += 1;
        }
        if stop == b']' {
            return (line + same, end);
        }
        line = end + 1;
    }
    (0, 0)
}

fn level<T: std::str::FromStr<Err = String>>((line, text): (usize, String)) -> Result<T, EntryError> {
    text.parse().map_err(|message| EntryError { line, message })
}

type FrontMatter = (BTreeMap<String, Field>, BTreeMap<String, Vec<String>>, usize);

fn front_matter(text: &str) -> Result<FrontMatter, EntryError> {
    let mut lines = text.lines().enumerate();
    if lines.next().map(|(_, line)| line) != Some("---") {
        return fail(1, "an entry starts with `---`");
    }
    let mut fields = BTreeMap::new();
    let mut maps = BTreeMap::new();
    let mut in_maps = false;
    for (index, line) in lines {
        let number = index + 1;
        if line == "---" {
            return Ok((fields, maps, number));
        }
        let Some((key, value)) = line.split_once(':') else {
            return fail(number, "expected `key: value`");
        };
        let words = words(value.trim());
        if let Some(key) = key.strip_prefix("  ") {
            if !in_maps {
                return fail(number, "only `maps` may be nested");
            }
            maps.insert(key.to_string(), words);
        } else if key == "maps" {
            in_maps = true;
        } else if fields.insert(key.to_string(), (number, words)).is_some() {
            return fail(number, format!("`{key}` is given twice"));
        } else {
            in_maps = false;
        }
    }
    fail(1, "the front matter has no closing `---`")
}

fn words(value: &str) -> Vec<String> {
    match value.strip_prefix('[').and_then(|v| v.strip_suffix(']')) {
        Some(list) => list.split(',').map(|word| word.trim().to_string()).filter(|word| !word.is_empty()).collect(),
        None => vec![value.to_string()],
    }
}

fn body_parts(body: &str, first_line: usize) -> Result<(String, Vec<Example>), EntryError> {
    let mut prose = Vec::new();
    let mut examples = Vec::new();
    let mut lines = body.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let info = line.strip_prefix("```").unwrap_or_default();
        let mut parts = info.split_whitespace();
        let expect = match parts.next() {
            Some("fires") => Expectation::Fires,
            Some("silent") => Expectation::Silent,
            _ => {
                prose.push(line);
                continue;
            }
        };
        let line = first_line + index + 1;
        let Some(name) = parts.next() else {
            return fail(line, "an example needs a file name: ```fires NAME KIND");
        };
        let kind = parts.next().unwrap_or("text").to_string();
        let mut text = String::new();
        loop {
            match lines.next() {
                Some((_, "```")) => break,
                Some((_, inner)) => {
                    text.push_str(inner);
                    text.push('\n');
                }
                None => return fail(line, "the example has no closing fence"),
            }
        }
        examples.push(Example { expect, name: name.to_string(), kind, body: text, line });
    }
    let mut prose = prose.join("\n");
    if let Some(at) = prose.find("\n## Examples") {
        prose.truncate(at);
    }
    Ok((prose.trim().to_string(), examples))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "---\nid: a-rule\ntitle: A rule\nseverity: high\nconfidence: low\nsince: 0.1.0\nfacts: [x, y]\n\
        maps:\n  cwe: [CWE-502]\nfix: do it\n---\nWhy, how.\n\n## Examples\n\n```fires a.json\n{}\n```\n\n```silent b hex\n00\n```\n";

    #[test]
    fn reads_front_matter_prose_and_examples() {
        let entry = Entry::parse(GOOD).unwrap();
        assert_eq!((entry.id.as_str(), entry.severity, entry.persona), ("a-rule", Severity::High, Persona::Developer));
        assert_eq!(entry.facts, ["x", "y"]);
        assert_eq!(entry.maps["cwe"], ["CWE-502"]);
        assert_eq!(entry.prose, "Why, how.");
        assert_eq!(entry.examples.len(), 2);
        assert_eq!((entry.examples[0].kind.as_str(), entry.examples[0].body.as_str()), ("text", "{}\n"));
        assert_eq!((entry.examples[1].expect, entry.examples[1].line), (Expectation::Silent, 20));
    }

    #[test]
    fn gathers_the_lists_of_facts() {
        let texts: &[&str] = &[GOOD, "---\nid: none\n---\nfacts: [not, this]\n", "---\nfacts: [z]\n---\n", ""];
        assert_eq!(facts_len(texts), 4 + 4 + 1);
        assert_eq!(&facts_bytes::<9>(texts), b"x, y\n\nz\n\n");
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        for (text, message) in [
            ("id: x", "line 1: an entry starts with `---`"),
            ("---\nid: Bad Id\n---\n", "line 2: id `Bad Id` is not kebab-case"),
            (&GOOD.replace("high", "awful"), "line 4: `awful` is not one of info, low, medium, high, critical"),
            (&GOOD.replace("since", "sicne"), "line 1: `since` is missing from the front matter"),
            (&GOOD.replace("fix: do it", "fix: do it\nfoo: 1"), "line 11: `foo` is not a field of an entry"),
            (GOOD.trim_end().trim_end_matches('`'), "line 20: the example has no closing fence"),
        ] {
            assert_eq!(Entry::parse(text).unwrap_err().to_string(), message);
        }
    }
}
