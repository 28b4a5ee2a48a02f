//! Tables for a third question: what a tool does besides giving an answer, and which agent has it.

use std::sync::LazyLock;

use super::Table;
use crate::Language;

static PYTHON: LazyLock<Table> = LazyLock::new(|| Table::parse(include_str!("deeds-python.txt")));
static SCRIPT: LazyLock<Table> = LazyLock::new(|| Table::parse(include_str!("deeds-script.txt")));

impl Table {
    /// The table of deeds of a language, if it has one.
    pub(crate) fn of_deeds(language: Language) -> Option<&'static Self> {
        match language {
            Language::Python => Some(&PYTHON),
            Language::JavaScript | Language::TypeScript | Language::Tsx => Some(&SCRIPT),
            Language::Java | Language::Go | Language::Rust => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verb;
    use super::*;

    #[test]
    fn every_line_is_a_record_of_known_words() {
        const WORDS: &[&str] = &[
            "deletes",
            "deletes-file",
            "pays",
            "asks",
            "sends-to",
            "sends",
            "network",
            "fetches",
            "reads",
            "writes",
            "runs",
        ];
        for table in [&PYTHON, &SCRIPT] {
            assert_eq!(table.wrong, Vec::<String>::new());
            for record in table.by_last.values().flatten() {
                match &record.verb {
                    Verb::Check(kinds) => assert!(kinds.split(',').all(|kind| WORDS.contains(&kind)), "{kinds}"),
                    verb => assert_eq!(verb, &Verb::Use("team".to_owned())),
                }
            }
        }
    }
}
