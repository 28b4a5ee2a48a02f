//! Application code: where what a stranger, a model or a tool caller wrote ends up, and calls that are weak by
//! themselves.

mod grade;
mod kinds;

use rayon::prelude::*;
use redan_code::ir::{Span, Unit};
use redan_code::{Flow, Language};
use redan_domain::text::Lines;
use redan_domain::{Fact, FactKind, Location, Step, text};

use crate::project::{Analysis, Text};

/// Flows of one file that are kept.
const MAX_FLOWS: usize = 500;

/// Every kind of fact that is reported here.
pub fn fact_kinds() -> Vec<FactKind> {
    kinds::all().map(|kind| kind.fact).collect()
}

/// Where a text stands among the others.
struct Place<'a> {
    /// Below the folder that all texts share: what leads to the project says nothing about it.
    path: &'a str,
    /// It stands for itself.
    fragment: bool,
}

/// Longest text without a project that counts as a fragment.
const FRAGMENT: usize = 16 << 10;

impl<'a> Place<'a> {
    fn of(text: &'a Text, shared: &str, is_alone: bool) -> Self {
        let path = text.path.strip_prefix(shared).unwrap_or(&text.path);
        let imports = |line: &str| {
            let line = line.trim_start();
            ["import ", "import(", "from ", "use ", "package "].iter().any(|word| line.starts_with(word))
                || line.contains("require(")
        };
        let fragment = text.text.len() <= FRAGMENT && (is_alone || !text.text.lines().any(imports));
        Self { path, fragment }
    }
}

/// The folder that all texts are in, with `/` behind it.
fn shared_folder(texts: &[Text]) -> &str {
    let folder = |path: &'_ str| path.rfind('/').map_or(0, |at| at + 1);
    let Some(first) = texts.first() else { return "" };
    let mut shared = first.path.get(..folder(&first.path)).unwrap_or_default();
    for text in texts {
        while !text.path.starts_with(shared) {
            let outer = shared.strip_suffix('/').unwrap_or(shared);
            shared = outer.get(..folder(outer)).unwrap_or_default();
        }
    }
    shared
}

/// Looks at every text in a language that is analysed.
pub(crate) fn analyse(texts: &[Text]) -> Analysis {
    let shared = shared_folder(texts);
    let look = |(index, text)| look(text, &Place::of(text, shared, texts.len() == 1)).map(|seen| (index, seen));
    let looked: Vec<(usize, (Vec<Fact>, Vec<String>))> = if texts.len() > 1 {
        texts.par_iter().enumerate().filter_map(look).collect()
    } else {
        texts.iter().enumerate().filter_map(look).collect()
    };
    let mut analysis = Analysis::default();
    for (index, (facts, problems)) in looked {
        analysis.read.push((index, "python"));
        if !facts.is_empty() {
            analysis.facts.push((index, facts));
        }
        analysis.incomplete.extend(problems.into_iter().map(|problem| (index, problem)));
    }
    analysis
}

fn look(text: &Text, place: &Place<'_>) -> Option<(Vec<Fact>, Vec<String>)> {
    let language = Language::of(&text.path).filter(|language| *language == Language::Python)?;
    let unit: Unit = redan_code::lower(&text.path, &text.text, language);
    let (flows, mut problems) = redan_code::flows(&unit);
    problems.extend(unit.problems);
    let lines = Lines::new(&text.text);
    let facts = flows.iter().take(MAX_FLOWS).filter_map(|flow| fact(text, &lines, flow, place)).collect();
    Some((facts, problems))
}

fn fact(file: &Text, lines: &Lines<'_>, flow: &Flow, place: &Place<'_>) -> Option<Fact> {
    let (start, end) = (flow.sink.start as usize, flow.sink.end as usize);
    let label = flow.label.as_deref();
    if !grade::is_reported(&flow.kind, label) {
        return None;
    }
    let kind = if label.is_some() { kinds::sink_of(&flow.kind) } else { kinds::weakness_of(&flow.kind) }?;
    let (callee, does) = (text::shown(&flow.callee, 80), kind.does);
    let who = label.map(whose);
    let message = match &who {
        Some(who) => format!("{who} reaches `{callee}`, which {does}"),
        None => format!("`{callee}` {does}"),
    };
    let (line, column) = lines.line_column(start);
    let length = end.saturating_sub(start);
    let first = file.text.get(start..end).and_then(|text| text.lines().next()).map_or(1, str::len);
    let mut fact = Fact::new(kind.fact, &flow.callee, message)
        .at(start as u64, length as u64)
        .line(line, column)
        .excerpt(lines.excerpt(start, first.max(1), does));
    if let (Some(source), Some(who)) = (flow.source, who) {
        fact.flow.push(step(file, lines, source, format!("{who} comes in")));
        fact.flow
            .extend(flow.steps.iter().take(12).map(|(span, what)| step(file, lines, *span, text::shown(what, 120))));
        fact.flow.push(step(file, lines, flow.sink, format!("`{callee}` {does}")));
    }
    let Place { path, fragment } = *place;
    grade::grade(&mut fact, grade::Circumstance { word: &flow.kind, label, path, context: "", fragment });
    Some(fact)
}

fn whose(label: &str) -> &'static str {
    match label {
        "user" => "what a user sends",
        "model" => "what a model wrote",
        "tool" => "a parameter of a tool",
        "retrieved" => "text that was fetched",
        "local" => "what the caller of the program gives",
        "token" => "the token of a caller",
        "error" => "the text of an error",
        _ => "a parameter",
    }
}

fn step(file: &Text, lines: &Lines<'_>, span: Span, what: String) -> Step {
    let (line, column) = lines.line_column(span.start as usize);
    let location = Location {
        offset: Some(u64::from(span.start)),
        line: Some(line),
        column: Some(column),
        ..Location::file(&file.path)
    };
    Step { location, text: what }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_the_project_says_nothing_about_it() {
        let text = |path: &str, text: &str| Text { path: path.into(), text: text.into(), ..Text::default() };
        let texts = [text("tests/p/src/a.py", "import x"), text("tests/p/b.py", "f(x)")];
        assert_eq!(shared_folder(&texts), "tests/p/");
        let place = Place::of(&texts[0], "tests/p/", false);
        assert_eq!((place.path, place.fragment), ("src/a.py", false));
        assert!(Place::of(&texts[0], "", true).fragment && Place::of(&texts[1], "", false).fragment);
        assert_eq!(shared_folder(&[text("a.py", ""), text("b/c.py", "")]), "");
    }
}
