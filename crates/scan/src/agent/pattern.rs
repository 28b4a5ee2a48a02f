//! Regular expressions that cost nothing until one of their words stands in a text.

use std::ops::Range;
use std::sync::OnceLock;

use regex_automata::Input;
use regex_automata::meta::Regex;
use regex_automata::util::syntax;

use super::grams::Grams;
use super::list::{self, List};

mod window;

/// Matches of one pattern in one text that are looked at.
const MAX_MATCHES: usize = 60;

/// Bytes of what one automaton remembers. Several hundred patterns remember; eight times as much costs 50 MB more and
/// no less time.
const CACHE: usize = 256 << 10;

/// One pattern; in any case, `.` does not match line breaks.
pub(super) struct Pattern {
    /// In lower case; one of them stands in every text that matches.
    words: List,
    source: &'static str,
    regex: OnceLock<Option<Regex>>,
    /// What of the words a match holds however it is spaced, and how far from that it may go; None if that is not bounded.
    reach: OnceLock<Option<(List, usize)>>,
}

/// One match: the whole, and the first group if there is one.
#[derive(Debug, Clone)]
pub(super) struct Match<'t> {
    pub(super) span: Range<usize>,
    pub(super) text: &'t str,
    pub(super) group: Option<&'t str>,
}

impl Pattern {
    pub(super) const fn new(words: List, pattern: &'static str) -> Self {
        Self { words, source: pattern, regex: OnceLock::new(), reach: OnceLock::new() }
    }

    fn regex(&self) -> Option<&Regex> {
        let build = || {
            let config = syntax::Config::new().case_insensitive(true).unicode(false).utf8(false);
            let limits = Regex::config().utf8_empty(false).nfa_size_limit(Some(4 << 20)).hybrid_cache_capacity(CACHE);
            Regex::builder().configure(limits).syntax(config).build(self.source).ok()
        };
        self.regex.get_or_init(build).as_ref()
    }

    fn may(&self, lower: &str) -> bool {
        self.words.is_empty() || list::any(lower, self.words)
    }

    /// Whether it may match a text of these rows. True is no promise, false is certain.
    pub(super) fn may_match(&self, grams: &Grams) -> bool {
        self.words.is_empty() || grams.may_hold(self.words)
    }

    /// Every match; `lower` is the text in lower case.
    pub(super) fn all<'t>(&self, text: &'t str, lower: &str) -> Vec<Match<'t>> {
        if !self.may(lower) {
            return Vec::new();
        }
        let Some(regex) = self.regex() else { return Vec::new() };
        let mut found = Vec::new();
        let windows = self.windows(lower);
        let inputs = windows.into_iter().map(|window| Input::new(text).range(window));
        for captures in inputs.flat_map(|input| regex.captures_iter(input)).take(MAX_MATCHES) {
            let Some(whole) = captures.get_match() else { continue };
            let group = captures.get_group(1).and_then(|span| text.get(span.start..span.end));
            // Bytes are matched: a match may end inside a character.
            if let Some(part) = text.get(whole.range()) {
                found.push(Match { span: whole.range(), text: part, group });
            }
        }
        found
    }

    /// Whether there is a match.
    pub(super) fn is_in(&self, text: &str, lower: &str) -> bool {
        let is_at = |regex: &Regex, window| regex.is_match(Input::new(text).range(window));
        self.may(lower)
            && self.regex().is_some_and(|regex| self.windows(lower).into_iter().any(|window| is_at(regex, window)))
    }

    /// Where a match can stand: each holds one of the words.
    fn windows(&self, lower: &str) -> Vec<Range<usize>> {
        let whole = || std::iter::once(0..lower.len()).collect();
        if self.words.is_empty() || lower.len() < window::WORTH {
            return whole();
        }
        let known = || window::cores(self.words).zip(window::reach(self.source));
        let reach = *self.reach.get_or_init(known);
        reach.and_then(|(cores, reach)| window::around(lower, cores, reach)).unwrap_or_else(whole)
    }

    /// Whether it compiles.
    #[cfg(test)]
    pub(super) fn compiles(&self) -> bool {
        self.regex().is_some()
    }
}

/// Text in lower case with the same offsets.
pub(super) fn lower(text: &str) -> String {
    text.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sources of the patterns in a file of this crate: a pattern with a mistake would find nothing and say nothing.
    fn sources(code: &str) -> Vec<String> {
        let mut found = Vec::new();
        for call in code.split("Pattern::new(").skip(1) {
            let Some(at) = call.find("r#\"").into_iter().chain(call.find("r\"")).min() else { continue };
            let raw = call.get(at..).unwrap_or_default();
            let (open, close) = if raw.starts_with("r#") { (3, "\"#") } else { (2, "\"") };
            let body = raw.get(open..).unwrap_or_default();
            found.extend(body.split_once(close).map(|(source, _)| source.to_string()));
        }
        found
    }

    fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
    }

    /// The words and the source of every pattern in a file of this crate.
    fn gates(code: &str) -> Vec<(Vec<String>, String)> {
        let mut found = Vec::new();
        for (call, source) in code
            .split("Pattern::new(")
            .skip(1)
            .filter(|call| call.contains("r\"") || call.contains("r#\""))
            .zip(sources(code))
        {
            let at = call.find("r#\"").into_iter().chain(call.find("r\"")).min().unwrap();
            let list = call[..at].rsplit_once(']').map_or("", |(list, _)| list);
            let mut words = Vec::new();
            let mut rest = list;
            while let Some(open) = rest.find('"') {
                let mut end = open + 1;
                while rest.as_bytes()[end] != b'"' {
                    end += if rest.as_bytes()[end] == b'\\' { 2 } else { 1 };
                }
                let word: serde_json::Value = serde_json::from_str(&unescaped(&rest[open..=end])).unwrap();
                words.push(word.as_str().unwrap().to_string());
                rest = &rest[end + 1..];
            }
            found.push((words, source));
        }
        found
    }

    /// A literal of Rust as one of JSON.
    fn unescaped(literal: &str) -> String {
        let mut out = literal.to_string();
        while let Some(at) = out.find("\\u{") {
            let end = out[at..].find('}').unwrap() + at;
            let c = char::from_u32(u32::from_str_radix(&out[at + 3..end], 16).unwrap()).unwrap();
            out.replace_range(at..=end, &c.to_string());
        }
        out.replace("\\'", "'")
    }

    /// Texts that a language of few texts has; none if they are too many.
    fn finite(hir: &regex_syntax::hir::Hir) -> Option<Vec<String>> {
        use regex_syntax::hir::{Class, HirKind};
        let few = |texts: Vec<String>| (texts.len() <= 300).then_some(texts);
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => Some(vec![String::new()]),
            HirKind::Literal(literal) => Some(vec![lower(&String::from_utf8_lossy(&literal.0))]),
            HirKind::Class(Class::Bytes(class)) => {
                let all = class.iter().flat_map(|range| range.start()..=range.end());
                let mut texts: Vec<String> =
                    all.map(|byte| char::from(byte.to_ascii_lowercase()).to_string()).collect();
                texts.sort();
                texts.dedup();
                // Blanks are written as one.
                if texts.iter().all(|text| text.trim().is_empty()) {
                    return Some(vec![" ".to_string()]);
                }
                (texts.len() <= 8).then_some(texts)
            }
            HirKind::Class(Class::Unicode(_)) => None,
            HirKind::Repetition(it) if it.max == Some(1) => {
                let mut texts = finite(&it.sub)?;
                texts.extend((it.min == 0).then(String::new));
                few(texts)
            }
            HirKind::Repetition(it) => {
                let blank = finite(&it.sub)? == [" "];
                blank.then(|| if it.min == 0 { vec![String::new(), " ".to_string()] } else { vec![" ".to_string()] })
            }
            HirKind::Capture(capture) => finite(&capture.sub),
            HirKind::Concat(parts) => {
                let mut texts = vec![String::new()];
                for part in parts {
                    let ends = finite(part)?;
                    texts = texts.iter().flat_map(|text| ends.iter().map(move |end| format!("{text}{end}"))).collect();
                    texts = few(texts)?;
                }
                Some(texts)
            }
            HirKind::Alternation(parts) => {
                few(parts.iter().map(finite).collect::<Option<Vec<_>>>()?.into_iter().flatten().collect())
            }
        }
    }

    /// The parts of an expression one after the other, those of groups too.
    fn flat<'h>(hir: &'h regex_syntax::hir::Hir, out: &mut Vec<&'h regex_syntax::hir::Hir>) {
        use regex_syntax::hir::HirKind;
        match hir.kind() {
            HirKind::Concat(parts) => parts.iter().for_each(|part| flat(part, out)),
            HirKind::Capture(capture) => flat(&capture.sub, out),
            _ => out.push(hir),
        }
    }

    /// Whether whatever an expression matches has one of the words; else what has none is added to `missing`.
    fn covered(hir: &regex_syntax::hir::Hir, words: &[String], missing: &mut Vec<String>) -> bool {
        use regex_syntax::hir::HirKind;
        // Blanks beside signs are nobody's habit; where a word ends is what follows' business.
        let plain = |text: &str| {
            let mut out = text.trim().to_string();
            for sign in "()[]{}<>=:,;'\"|&+".chars() {
                out =
                    out.replace(&format!(" {sign}"), &sign.to_string()).replace(&format!("{sign} "), &sign.to_string());
            }
            out
        };
        let known: Vec<String> = words.iter().map(|word| plain(word)).collect();
        let has = |texts: &[String]| {
            !texts.is_empty() && texts.iter().all(|text| known.iter().any(|word| plain(text).contains(word.as_str())))
        };
        if let Some(texts) = finite(hir) {
            let without = texts.iter().filter(|text| !has(std::slice::from_ref(text)));
            missing.extend(without.cloned());
            return has(&texts);
        }
        match hir.kind() {
            HirKind::Repetition(it) => it.min > 0 && covered(&it.sub, words, missing),
            HirKind::Capture(capture) => covered(&capture.sub, words, missing),
            HirKind::Alternation(parts) => {
                // Each of them, so that all that is missing is named.
                let lacking = parts.iter().filter(|part| !covered(part, words, missing)).count();
                lacking == 0
            }
            HirKind::Concat(_) => {
                let mut parts = Vec::new();
                flat(hir, &mut parts);
                let (mut run, mut best, mut ok) = (vec![String::new()], Vec::new(), false);
                let shortest = |texts: &[String]| texts.iter().map(String::len).min().unwrap_or(0);
                let mut inner = Vec::new();
                for part in parts {
                    let ends = finite(part).filter(|ends| run.len() * ends.len() <= 300);
                    if let Some(ends) = ends {
                        run = run.iter().flat_map(|text| ends.iter().map(move |end| format!("{text}{end}"))).collect();
                    } else {
                        let mut lacks = Vec::new();
                        let optional = matches!(part.kind(), HirKind::Repetition(it) if it.min == 0);
                        ok |= covered(part, words, &mut lacks);
                        inner.extend(if optional { Vec::new() } else { lacks });
                        run = finite(part).unwrap_or_else(|| vec![String::new()]);
                    }
                    ok |= has(&run);
                    if shortest(&run) > shortest(&best) {
                        best.clone_from(&run);
                    }
                }
                if !ok {
                    missing.extend(if shortest(&best) > 2 { best } else { inner });
                }
                ok
            }
            _ => false,
        }
    }

    /// Those of which that is not seen by rules as simple as these, by file and first word: looked at by hand.
    const BY_HAND: &[(&str, &str)] = &[
        ("carried.rs", ".env"),
        ("ci.rs", "huggingface.co"),
        ("ci.rs", "trust-remote-code"),
        ("clipboard.rs", "0x"),
        ("encoded.rs", "104,116"),
        ("gitlab.rs", "echo"),
        ("gitlab.rs", "eval"),
        ("harm.rs", "while true"),
        ("hidden.rs", "ignore"),
        ("memory.rs", "claude.md"),
        ("mod.rs", ".com"),
        ("parts.rs", "\\x"),
        ("parts.rs", "b64decode"),
        ("hides.rs", "tell"),
        ("remote.rs", "exec("),
        ("remote.rs", "pip"),
        ("remote.rs", "requests.get"),
        ("sabotage.rs", "\"ci\""),
        ("shell.rs", "sh"),
        ("steal.rs", "environ"),
        ("steal.rs", "id_rsa"),
        ("sweeps.rs", "private key"),
        ("tools.rs", "<important"),
        ("tools.rs", "read_file"),
        ("tricks.rs", "--dangerously"),
        ("tricks.rs", "popen"),
    ];

    /// A word that is missing in front of an expression keeps it from ever being asked, and says nothing.
    #[test]
    fn every_pattern_is_asked_for_what_it_matches() {
        let all = files(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/agent"));
        let mut kept_out = Vec::new();
        for file in all.iter().filter(|file| !file.ends_with("pattern.rs") && !file.ends_with("tests.rs")) {
            for (words, source) in gates(&std::fs::read_to_string(file).unwrap()) {
                let mut parser =
                    regex_syntax::ParserBuilder::new().case_insensitive(true).unicode(false).utf8(false).build();
                let hir = parser.parse(&source).unwrap();
                let mut missing = Vec::new();
                let name = file.file_name().unwrap().to_string_lossy().into_owned();
                let by_hand =
                    BY_HAND.iter().any(|(file, word)| *file == name && words.first().is_some_and(|it| it == word));
                if !words.is_empty() && !by_hand && !covered(&hir, &words, &mut missing) {
                    missing.sort();
                    missing.dedup();
                    kept_out.push(format!("{name}\t{:?}\t{missing:?}", &words));
                }
            }
        }
        assert!(kept_out.is_empty(), "{} keep something out:\n{}", kept_out.len(), kept_out.join("\n"));
    }

    #[test]
    fn every_pattern_compiles() {
        let mut seen = 0;
        let all = files(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/agent"));
        for file in all.iter().filter(|file| !file.ends_with("pattern.rs") && !file.ends_with("tests.rs")) {
            for source in sources(&std::fs::read_to_string(file).unwrap()) {
                let pattern = Pattern::new(&[], Box::leak(source.into_boxed_str()));
                assert!(pattern.compiles(), "{}: {}", file.display(), pattern.source);
                seen += 1;
            }
        }
        assert!(seen > 100, "{seen}");
    }
}
