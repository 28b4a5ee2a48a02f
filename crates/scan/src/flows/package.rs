//! Which files of a folder are one package: what belongs together in Go and Java without being imported.

use std::collections::{HashMap, HashSet};

use crate::Text;

/// For each text whether it is part of a package of several files: in Java a folder, in Go files with one package
/// clause of which one names what another declares.
pub(super) fn packaged(texts: &[Text]) -> Vec<bool> {
    let mut groups: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
    for (at, text) in texts.iter().enumerate() {
        let is_go = text.path.ends_with(".go");
        if (is_go || text.path.ends_with(".java"))
            && let Some(package) = package_of(&text.text)
            && package != "main"
        {
            let folder = text.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            groups.entry((folder, if is_go { package } else { "" })).or_default().push(at);
        }
    }
    let mut out = vec![false; texts.len()];
    for ((_, package), members) in groups.iter().filter(|(_, members)| members.len() > 1) {
        if package.is_empty() {
            for at in members {
                if let Some(slot) = out.get_mut(*at) {
                    *slot = true;
                }
            }
            continue;
        }
        let mut declared: HashMap<&str, usize> = HashMap::new();
        for at in members {
            let names = texts.get(*at).map(|text| declares(&text.text)).unwrap_or_default();
            declared.extend(names.into_iter().map(|name| (name, *at)));
        }
        for at in members {
            let Some(text) = texts.get(*at) else { continue };
            let own = declares(&text.text);
            let named = words(&text.text).filter_map(|word| declared.get(word).filter(|_| !own.contains(word)));
            for other in named.filter(|other| *other != at) {
                for place in [*at, *other] {
                    if let Some(slot) = out.get_mut(place) {
                        *slot = true;
                    }
                }
            }
        }
    }
    out
}

/// `package a` in the first lines.
fn package_of(text: &str) -> Option<&str> {
    text.lines().take(60).find_map(|line| line.strip_prefix("package ")).map(|rest| rest.trim().trim_end_matches(';'))
}

/// What a file of Go declares at its top.
fn declares(text: &str) -> HashSet<&str> {
    let heads = ["func ", "type ", "var ", "const "];
    let names = text.lines().filter_map(|line| {
        let rest = heads.iter().find_map(|head| line.strip_prefix(head))?;
        // A method belongs to its type.
        (!rest.starts_with('(')).then(|| words(rest).next()).flatten()
    });
    names.filter(|name| name.len() > 1).collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(path: &str, text: &str) -> Text {
        Text { path: path.to_owned(), text: text.to_owned(), ..Text::default() }
    }

    #[test]
    fn files_that_name_each_other_are_a_package() {
        let texts = [
            text("a/x.go", "package a\nfunc Open() {}\n"),
            text("a/y.go", "package a\nfunc Run() { Open() }\n"),
            text("a/z.go", "package a\nfunc Alone() {}\n"),
            text("b/x.go", "package one\nfunc F() {}\n"),
            text("b/y.go", "package two\nfunc G() { F() }\n"),
            text("c/A.java", "package c;\nclass A {}\n"),
            text("c/B.java", "package c;\nclass B {}\n"),
        ];
        assert_eq!(packaged(&texts), [true, true, false, false, false, true, true]);
    }
}
