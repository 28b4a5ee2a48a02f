//! Tables for the other question: not what a stranger's text reaches, but where what is confidential goes.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, Match};

use super::Table;
use crate::Language;

/// Longest text that names a file or is a command; longer ones are prose.
const LONGEST: usize = 400;
/// Records of the other tables that say what objects are, where a tool begins, and what runs a text.
const SHARED: &[&str] = &["type ", "new ", "same ", "fill ", "mark ", "entry tool ", "param "];
const RUNS: &[&str] = &["sink code ", "sink shell ", "sink command ", "source retrieved "];

static PYTHON: LazyLock<Table> = LazyLock::new(|| {
    Table::leaks(
        concat!(include_str!("python.txt"), include_str!("python-ai.txt")),
        concat!(include_str!("leak.txt"), include_str!("leak-python.txt")),
    )
});
static SCRIPT: LazyLock<Table> = LazyLock::new(|| {
    Table::leaks(include_str!("script.txt"), concat!(include_str!("leak.txt"), include_str!("leak-script.txt")))
});
static GO: LazyLock<Table> = LazyLock::new(|| {
    Table::leaks(include_str!("go.txt"), concat!(include_str!("leak.txt"), include_str!("leak-go.txt")))
});

/// The parts by which texts are told, all of which are looked for in one pass.
#[derive(Debug)]
pub(super) struct Parts {
    finder: AhoCorasick,
    /// For each pattern its record, and where it has to stand.
    of: Vec<(usize, Stands)>,
}

/// Where in a text a part has to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    Anywhere,
    AtEnd,
    Alone,
}

impl Parts {
    fn of(texts: &[(String, Vec<String>)]) -> Option<Self> {
        let (mut words, mut of) = (Vec::new(), Vec::new());
        for (record, (_, parts)) in texts.iter().enumerate() {
            for part in parts {
                let (word, stands) = match (part.strip_prefix('='), part.strip_suffix('$')) {
                    (Some(whole), _) => (whole, Stands::Alone),
                    (_, Some(end)) => (end, Stands::AtEnd),
                    _ => (part.as_str(), Stands::Anywhere),
                };
                words.push(word);
                of.push((record, stands));
            }
        }
        Some(Self { finder: AhoCorasick::new(words).ok()?, of })
    }

    /// The first record of which a part stands in the text.
    fn first_in(&self, text: &str) -> Option<usize> {
        let holds = |found: Match| {
            let (record, stands) = self.of.get(found.pattern().as_usize())?;
            let is_end = found.end() == text.len();
            let is = match stands {
                Stands::Anywhere => true,
                Stands::AtEnd => is_end,
                Stands::Alone => is_end && found.start() == 0,
            };
            is.then_some(*record)
        };
        self.finder.find_overlapping_iter(text).filter_map(holds).min()
    }
}

impl Table {
    /// The table of leaks of a language, if it has one.
    pub(crate) fn of_leaks(language: Language) -> Option<&'static Self> {
        match language {
            Language::Python => Some(&PYTHON),
            Language::JavaScript | Language::TypeScript | Language::Tsx => Some(&SCRIPT),
            Language::Go => Some(&GO),
            Language::Java | Language::Rust => None,
        }
    }

    fn leaks(shared: &str, own: &str) -> Self {
        // What is decoded is no longer what it was; what is read from a private file is.
        let is_shared = |line: &&str| {
            let handed = ["@tool", "@retrieved", " response"].iter().any(|what| line.contains(what));
            SHARED.iter().chain(RUNS).any(|start| line.starts_with(start)) && *line != "same Buffer.from(0)"
                || line.starts_with("handler ") && handed
        };
        let mut text: String = shared.lines().filter(is_shared).flat_map(|line| [line, "\n"]).collect();
        text.push_str(own);
        Self::parse(&text)
    }

    /// A record on texts; a space in a part is written `+`, `=` stands before what is the whole text, `$` behind what
    /// ends it.
    pub(super) fn text(&mut self, label: &str, parts: &str) -> Option<()> {
        let parts: Vec<String> = parts.split('|').map(|part| part.replace('+', " ")).collect();
        if parts.iter().any(|part| part.len() < 3) {
            return None;
        }
        self.texts.push((label.to_owned(), parts));
        Some(())
    }

    /// What a text of the source names; the first record counts.
    pub(crate) fn label_of(&self, text: &str) -> Option<&str> {
        if self.texts.is_empty() || text.len() < 3 || text.len() > LONGEST {
            return None;
        }
        let lower = text.to_ascii_lowercase().replace('\\', "/");
        let (label, _) =
            self.texts.get(self.parts.get_or_init(|| Parts::of(&self.texts)).as_ref()?.first_in(&lower)?)?;
        Some(label.as_str()).filter(|label| *label != "none")
    }
}

/// What kind of private file a path or a command names: `private`, `talk`, `env-file` and others of `leak.txt`.
#[must_use]
pub fn names_private(text: &str) -> Option<&'static str> {
    PYTHON.label_of(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_record() {
        for table in [&PYTHON, &SCRIPT, &GO] {
            assert_eq!(table.wrong, Vec::<String>::new());
        }
    }

    #[test]
    fn texts_name_private_files() {
        for (text, label) in [
            ("~/.ssh/id_rsa", Some("private")),
            ("~/.ssh/id_ed25519.pub", None),
            (".env", Some("env-file")),
            ("process.env", None),
            ("~/.bashrc", Some("startup")),
            ("hello", None),
        ] {
            assert_eq!(PYTHON.label_of(text), label, "{text}");
        }
    }
}
