//! The words that structure is made of, by class, in some twenty languages.

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// What a word is for; `lexicon.txt` says it in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    Drop,
    DropSoft,
    Earlier,
    Told,
    ToldSoft,
    Persona,
    Unbound,
    SecretPrompt,
    Comply,
    Secrecy,
    SecretData,
    Machine,
    Answer,
    Token,
    Turn,
    Question,
    Break,
    Pieces,
    Disguise,
    Wanted,
    About,
    Fence,
}

impl Class {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "drop" => Self::Drop,
            "dropsoft" => Self::DropSoft,
            "earlier" => Self::Earlier,
            "told" => Self::Told,
            "toldsoft" => Self::ToldSoft,
            "persona" => Self::Persona,
            "unbound" => Self::Unbound,
            "secretprompt" => Self::SecretPrompt,
            "comply" => Self::Comply,
            "secrecy" => Self::Secrecy,
            "secretdata" => Self::SecretData,
            "machine" => Self::Machine,
            "answer" => Self::Answer,
            "token" => Self::Token,
            "turn" => Self::Turn,
            "question" => Self::Question,
            "break" => Self::Break,
            "pieces" => Self::Pieces,
            "disguise" => Self::Disguise,
            "wanted" => Self::Wanted,
            "about" => Self::About,
            "fence" => Self::Fence,
            _ => return None,
        })
    }
}

/// How a word stands in a text.
#[derive(Debug, Clone)]
pub(super) struct Form {
    /// A word may be of several classes.
    pub(super) classes: Vec<Class>,
    /// A letter before or after it makes it another word.
    pub(super) closed: (bool, bool),
}

/// Every word once, and its form at the same place.
#[derive(Debug)]
pub(super) struct Lexicon {
    pub(super) words: Vec<&'static str>,
    pub(super) forms: Vec<Form>,
    /// Verbs of showing and of sending. They are everywhere, so they are looked for only near their object.
    pub(super) reveal: Vec<String>,
    pub(super) send: Vec<String>,
}

/// The lexicon, read when it is first asked for.
pub(super) fn lexicon() -> &'static Lexicon {
    static LEXICON: OnceLock<Lexicon> = OnceLock::new();
    LEXICON.get_or_init(|| parse(include_str!("lexicon.txt")))
}

fn parse(text: &str) -> Lexicon {
    let mut forms: BTreeMap<String, Form> = BTreeMap::new();
    let (mut reveal, mut send) = (Vec::new(), Vec::new());
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    for (class, words) in lines.filter_map(|line| line.split_once(": ")) {
        let words = words.split(", ").map(str::trim).filter(|word| !word.is_empty());
        let Some(class) = Class::named(class) else {
            let verbs = if class == "reveal" { &mut reveal } else { &mut send };
            verbs.extend(words.map(|word| word.trim_end_matches('*').to_lowercase()));
            continue;
        };
        for word in words {
            let (word, open) = word.strip_suffix('*').map_or((word, false), |word| (word, true));
            let blank = |blank: &str| spellings(&word.replace('~', blank));
            let lines = if word.contains('~') { blank("\n") } else { Vec::new() };
            for spelling in blank(" ").into_iter().chain(lines) {
                let closed = closed(&spelling, open);
                let form = forms.entry(spelling).or_insert(Form { classes: Vec::new(), closed });
                if !form.classes.contains(&class) {
                    form.classes.push(class);
                }
            }
        }
    }
    let (words, forms): (Vec<String>, Vec<Form>) = forms.into_iter().unzip();
    // Built once and kept for the life of the program, as the automaton borrows them.
    Lexicon { words: words.into_iter().map(|word| &*word.leak()).collect(), forms, reveal, send }
}

/// The automaton knows the case of ASCII only: other first letters are given in both.
fn spellings(word: &str) -> Vec<String> {
    let mut letters = word.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let capital = first + letters.as_str();
    if word.starts_with(|first: char| first.is_ascii()) || capital == word {
        vec![word.to_string()]
    } else {
        vec![word.to_string(), capital]
    }
}

/// Whether the word has a boundary before and after it: not in scripts without spaces, nor before Arabic words,
/// which take articles and conjunctions in front.
fn closed(word: &str, open: bool) -> (bool, bool) {
    let spaceless =
        |letter: char| matches!(letter, '\u{e00}'..='\u{e7f}' | '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{d7ff}');
    let arabic = |letter: char| matches!(letter, '\u{600}'..='\u{6ff}');
    let first = word.chars().next().unwrap_or(' ');
    let last = word.chars().next_back().unwrap_or(' ');
    (
        first.is_alphanumeric() && !spaceless(first) && !arabic(first),
        !open && last.is_alphanumeric() && !spaceless(last) && !arabic(last),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_a_class_and_every_word_a_form() {
        for line in include_str!("lexicon.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let class = line.split_once(": ").and_then(|(class, _)| Class::named(class));
            assert!(class.is_some() || line.starts_with("reveal: ") || line.starts_with("send: "), "{line}");
        }
        let lexicon = lexicon();
        assert_eq!(lexicon.words.len(), lexicon.forms.len());
        assert!(lexicon.words.contains(&"Önceki") && lexicon.words.contains(&"önceki"));
        assert!(lexicon.words.iter().all(|word| !word.contains('*')), "only an end can be open");
    }
}
