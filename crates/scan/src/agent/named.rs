//! Documents that instructions name: an agent that follows the instructions reads them too.

use std::collections::{HashMap, HashSet};

use super::place::{Place, place_of};

/// How far documents may name further ones.
const DEPTH: usize = 3;
/// Longest document that is looked through for names.
const MAX_TEXT: usize = 128 << 10;

/// The numbers of the documents that instructions and skills name, and that the documents named by them name.
pub(super) fn documents(files: &[(&str, &str)]) -> HashSet<usize> {
    let by_path: HashMap<&str, usize> = files
        .iter()
        .enumerate()
        .filter(|(_, (path, _))| is_document(path))
        .map(|(at, (path, _))| (*path, at))
        .collect();
    let mut open: Vec<usize> = files
        .iter()
        .enumerate()
        .filter(|(_, (path, text))| matches!(place_of(path, text, false), Some(Place::Instructions | Place::Skill)))
        .map(|(at, _)| at)
        .collect();
    let mut known: HashSet<usize> = open.iter().copied().collect();
    let mut named = HashSet::new();
    for _ in 0..DEPTH {
        let mut next = Vec::new();
        for at in open {
            let Some((path, text)) = files.get(at) else { continue };
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let text = text.get(..text.floor_char_boundary(MAX_TEXT)).unwrap_or(text);
            for word in words(text).filter(|word| is_document(word)) {
                let word = word.trim_start_matches("./").trim_start_matches('/');
                let beside = if folder.is_empty() { word.to_string() } else { format!("{folder}/{word}") };
                let found = by_path.get(beside.as_str()).or_else(|| by_path.get(word));
                if let Some(at) = found.filter(|at| known.insert(**at)) {
                    named.insert(*at);
                    next.push(*at);
                }
            }
        }
        open = next;
    }
    named
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| {
        c.is_whitespace() || matches!(c, '`' | '"' | '\'' | '(' | ')' | '[' | ']' | '<' | '>' | ',' | '*' | '@')
    })
    .map(|word| word.trim_end_matches(['.', ':', ';']))
}

fn is_document(path: &str) -> bool {
    [".md", ".mdx", ".txt"].iter().any(|end| path.ends_with(end)) && path.len() > 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_followed_by_their_names() {
        let files = [
            ("AGENTS.md", "Begin with the steps in `docs/a/1.md`."),
            ("docs/a/1.md", "Next: `2.md`"),
            ("docs/a/2.md", "Then stop."),
            ("docs/b.md", "Nobody names it."),
        ];
        assert_eq!(documents(&files), HashSet::from([1, 2]));
    }
}
