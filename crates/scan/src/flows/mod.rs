//! Application code: where what a stranger, a model or a tool caller wrote ends up, and calls that are weak by
//! themselves.

mod grade;
mod kinds;
mod notebook;
mod package;
mod tools;
mod uses;

pub(crate) use tools::TRIFECTA;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use redan_code::lines::{self, Dialect};
use redan_code::{Flow, Found, Language, Place, Project, Source, with_stack};
use redan_domain::text::Lines;
use redan_domain::{Fact, FactKind, Location, Step, text};

use crate::project::{Analysis, Text};

/// Flows of one file that are kept.
const MAX_FLOWS: usize = 500;

/// Every kind of fact that is reported here.
pub fn fact_kinds() -> Vec<FactKind> {
    kinds::all().map(|kind| kind.fact).chain(tools::FACTS).collect()
}

/// Where a text stands among the others.
struct Setting<'a> {
    /// Below the folder that all texts share: what leads to the project says nothing about it.
    path: &'a str,
    /// It stands for itself.
    fragment: bool,
    /// It offers tools to the whole network.
    offered: bool,
}

/// Longest text without a project that counts as a fragment.
const FRAGMENT: usize = 16 << 10;

impl<'a> Setting<'a> {
    fn of(text: &'a Text, shared: &str, is_connected: bool) -> Self {
        let path = text.path.strip_prefix(shared).unwrap_or(&text.path);
        Self { path, fragment: text.text.len() <= FRAGMENT && !is_connected, offered: false }
    }
}

fn imports(line: &str) -> bool {
    let line = line.trim_start();
    ["import ", "import(", "from ", "use ", "export ", "#include \""].iter().any(|word| line.starts_with(word))
        || line.contains("require(")
}

/// Name without folder and ending.
fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split('.').next().unwrap_or(name)
}

/// Which texts belong together: one imports another by its name, tests aside. What belongs to nothing has no other
/// callers than those nobody sees. Packages of Go and Java need no imports among themselves.
fn connected(texts: &[Text]) -> Vec<bool> {
    let mut by_stem: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, text) in texts.iter().enumerate() {
        if Language::of(&text.path).is_some() || Dialect::of(&text.path).is_some() {
            by_stem.entry(stem(&text.path)).or_default().push(at);
        }
    }
    let packaged = package::packaged(texts);
    let mut out = vec![false; texts.len()];
    for (at, text) in texts.iter().enumerate() {
        let is_code = Language::of(&text.path).is_some() || Dialect::of(&text.path).is_some();
        if !is_code || grade::is_rehearsal(&text.path) {
            continue;
        }
        let mut together = packaged.get(at).copied().unwrap_or_default();
        for line in text.text.lines().filter(|line| imports(line)) {
            let words = line.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '-');
            for word in words.filter(|word| !matches!(*word, "import" | "from" | "use" | "export" | "require")) {
                for other in by_stem.get(word).into_iter().flatten().filter(|other| **other != at) {
                    together = true;
                    if let Some(other) = out.get_mut(*other) {
                        *other = true;
                    }
                }
            }
        }
        if let Some(own) = out.get_mut(at) {
            *own |= together;
        }
    }
    out
}

/// What stands near a place: some lines before it, more behind it.
fn around(text: &str, at: usize) -> &str {
    let from = (at.saturating_sub(400)..=at).find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let end = at.saturating_add(2_000).min(text.len());
    let to = (at.min(end)..=end).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    text.get(from..to).unwrap_or_default()
}

/// The line of a place, as far as it is worth reading.
fn line_at(text: &str, at: usize) -> &str {
    let from = text.get(..at).map_or(0, |before| before.rfind('\n').map_or(0, |at| at + 1));
    let line = text.get(from..).unwrap_or_default().lines().next().unwrap_or_default();
    line.get(..line.floor_char_boundary(300)).unwrap_or_default()
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

/// Whether a build made a script: nobody writes such lines, and what is wrong in it is wrong where it was made from.
/// It stays among the files that were not read.
fn is_bundle(text: &Text) -> bool {
    let is_script = Language::of(&text.path).is_some_and(Language::is_script);
    is_script && text.text.len() > 4096 && text.text.len() / text.text.lines().count().max(1) > 400
}

/// Looks at every text in a language that is analysed, and at what it imports; then at the code in notebooks.
pub(crate) fn analyse(texts: &[Text]) -> Analysis {
    let mut analysis = analyse_code(texts);
    let Analysis { facts, read, incomplete, assets, edges } = notebook::analyse(texts);
    analysis.facts.extend(facts);
    analysis.read.extend(read);
    analysis.incomplete.extend(incomplete);
    analysis.assets.extend(assets);
    analysis.edges.extend(edges);
    analysis
}

fn analyse_code(texts: &[Text]) -> Analysis {
    if !texts.iter().any(|text| Language::of(&text.path).is_some() || Dialect::of(&text.path).is_some()) {
        return Analysis::default();
    }
    let wanted =
        |text: &Text| (Language::of(&text.path).is_some() && !is_bundle(text)) || text.path.ends_with(".properties");
    // Others are only there so that positions in the list stay the same.
    let sources =
        texts.iter().map(|text| Source { path: &text.path, text: if wanted(text) { &text.text } else { "" } });
    let project = Project::new(sources.collect());
    // Languages without a grammar are looked at file by file.
    let look = |at: usize| {
        let text = texts.get(at)?;
        Some((at, lines::look(&text.path, at, &text.text).or_else(|| project.analyse(at))?))
    };
    let found = in_order(texts.len(), look);
    let mut analysis = Analysis::default();
    let (mut flows, mut used) = (Vec::new(), Vec::new());
    let (mut offered, mut teams) = (Vec::new(), Vec::new());
    for (at, found) in found {
        let format = texts.get(at).map_or("text", |text| name(&text.path));
        analysis.read.push((at, format));
        analysis.incomplete.extend(found.problems.into_iter().map(|problem| (at, problem)));
        flows.extend(found.flows);
        used.extend(found.uses);
        offered.extend(found.tools);
        teams.extend(found.teams);
    }
    // The same place may be reached from several files: a known stranger counts more than a parameter.
    flows.sort_by(|a, b| key(a).cmp(&key(b)));
    flows.dedup_by(|next, kept| next.sink == kept.sink && next.kind == kept.kind);
    let (shared, connected) = (shared_folder(texts), connected(texts));
    for of_file in flows.chunk_by(|a, b| a.sink.file == b.sink.file) {
        let Some(file) = of_file.first().map(|flow| flow.sink.file) else { continue };
        let Some(text) = texts.get(file) else { continue };
        let places = Places::of(texts, file);
        let open = of_file.iter().any(|flow| matches!(flow.kind.as_str(), "mcp-server-open" | "binds-all-interfaces"));
        let setting = Setting {
            offered: open && text.text.contains("mcp"),
            ..Setting::of(text, shared, connected.get(file).is_some_and(|connected| *connected))
        };
        let facts: Vec<Fact> =
            of_file.iter().take(MAX_FLOWS).filter_map(|flow| fact(&places, flow, &setting)).collect();
        if !facts.is_empty() {
            analysis.facts.push((file, facts));
        }
        if of_file.len() > MAX_FLOWS {
            analysis.incomplete.push((file, format!("{} flows, the first {MAX_FLOWS} are listed", of_file.len())));
        }
    }
    tools::add(texts, &offered, &teams, &mut analysis);
    uses::add(texts, used, &mut analysis);
    analysis
}

/// Looks at every text in the order in which they stand, so that those at work at the same time are near each other and
/// import the same; by as many threads as the others have.
fn in_order(texts: usize, look: impl Fn(usize) -> Option<(usize, Found)> + Sync) -> Vec<(usize, Found)> {
    if texts <= 1 {
        return (0..texts).filter_map(look).collect();
    }
    let next = AtomicUsize::new(0);
    let work = |_: usize| {
        let all = || {
            let one = || next.fetch_add(1, Ordering::Relaxed);
            std::iter::repeat_with(one).take_while(|at| *at < texts).filter_map(&look).collect::<Vec<_>>()
        };
        // Without a thread of its own, each source that needs one says so.
        with_stack(all).unwrap_or_else(|_| all())
    };
    let threads = rayon::current_num_threads().min(texts);
    let mut found: Vec<(usize, Found)> = if threads > 1 {
        (0..threads).into_par_iter().with_max_len(1).flat_map_iter(work).collect()
    } else {
        (0..threads).flat_map(work).collect()
    };
    found.sort_by_key(|(at, _)| *at);
    found
}

fn key(flow: &Flow) -> (Place, &str, u8, Option<&str>) {
    (flow.sink, &flow.kind, flow.weight(), flow.label)
}

fn name(path: &str) -> &'static str {
    match Language::of(path) {
        Some(Language::Python) => "python",
        Some(Language::JavaScript) => "javascript",
        Some(Language::TypeScript | Language::Tsx) => "typescript",
        Some(Language::Java) => "java",
        Some(Language::Go) => "go",
        Some(Language::Rust) => "rust",
        None => Dialect::of(path).map_or("text", Dialect::name),
    }
}

/// Lines of one file, and the texts of the others.
struct Places<'t> {
    texts: &'t [Text],
    lines: Lines<'t>,
    file: usize,
}

impl<'t> Places<'t> {
    fn of(texts: &'t [Text], file: usize) -> Self {
        Self { texts, lines: Lines::new(texts.get(file).map_or("", |text| &text.text)), file }
    }

    fn step(&self, place: Place, what: String) -> Step {
        let (start, file) = (place.span.start as usize, self.texts.get(place.file));
        let (line, column) = match file {
            Some(text) if place.file != self.file => text::line_column(&text.text, start),
            _ => self.lines.line_column(start),
        };
        let location = Location {
            offset: Some(u64::from(place.span.start)),
            line: Some(line),
            column: Some(column),
            ..Location::file(file.map_or("", |text| &text.path))
        };
        Step { location, text: what }
    }
}

fn fact(places: &Places<'_>, flow: &Flow, setting: &Setting<'_>) -> Option<Fact> {
    if !grade::is_reported(&flow.kind, flow.label) {
        return None;
    }
    let kind = if flow.label.is_some() { kinds::sink_of(&flow.kind) } else { kinds::weakness_of(&flow.kind) }?;
    let file = places.texts.get(places.file)?;
    let (start, end) = (flow.sink.span.start as usize, flow.sink.span.end as usize);
    // What a page of a component shows is called so by its reader only.
    let callee = match flow.callee.as_str() {
        "$h" | "$h()" if file.path.ends_with(".vue") => "v-html",
        "$h" | "$h()" => "{@html}",
        callee => callee,
    };
    let (callee, does) = (text::shown(callee, 80), kind.does);
    let who = flow.label.map(whose);
    let message = match &who {
        Some(who) => format!("{who} reaches `{callee}`, which {does}"),
        None => format!("`{callee}` {does}"),
    };
    let (line, column) = places.lines.line_column(start);
    let length = end.saturating_sub(start);
    let first = file.text.get(start..end).and_then(|text| text.lines().next()).map_or(1, str::len);
    let mut fact = Fact::new(kind.fact, &flow.callee, message)
        .at(start as u64, length as u64)
        .line(line, column)
        .excerpt(places.lines.excerpt(start, first.max(1), does));
    // Loops of a page are run behind its end.
    let within = |place: &Place| (place.span.start as usize) < file.text.len() || place.file != flow.sink.file;
    if let (Some(source), Some(who)) = (flow.source.filter(within), who) {
        fact.flow.push(places.step(source, format!("{who} comes in")));
        fact.flow.extend(
            flow.steps
                .iter()
                .filter(|(place, _)| within(place))
                .take(12)
                .map(|(place, what)| places.step(*place, text::shown(what, 120))),
        );
        fact.flow.push(places.step(flow.sink, format!("`{callee}` {does}")));
    }
    let Setting { path, fragment, offered } = *setting;
    let (label, context, called) = (flow.label, flow.context.as_str(), flow.called);
    let around = around(&file.text, start);
    let line = line_at(&file.text, start);
    let seen = grade::Circumstance { word: &flow.kind, label, path, context, line, around, fragment, called };
    grade::grade(&mut fact, seen);
    if label == Some("tool") && flow.kind == "sql" && grade::connects_to_read(&file.text) {
        fact.severity = Some(redan_domain::Severity::Medium);
    }
    // What the whole network may ask for is worse than what one agent may.
    if offered && label == Some("tool") && matches!(flow.kind.as_str(), "path" | "url") && fact.severity.is_none() {
        fact.severity = Some(redan_domain::Severity::High);
    }
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
        "constant" => "a text of the source",
        "mac" => "a signature that was computed",
        _ => "a parameter",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_build_made_is_left_to_its_source() {
        let script = |text: String| Text { path: "a.js".into(), text, ..Text::default() };
        assert!(is_bundle(&script("a();".repeat(5_000))));
        assert!(!is_bundle(&script("a();\n".repeat(5_000))) && !is_bundle(&script("a();".repeat(100))));
    }

    #[test]
    fn the_way_to_the_project_says_nothing_about_it() {
        let text = |path: &str, text: &str| Text { path: path.into(), text: text.into(), ..Text::default() };
        let texts = [text("tests/p/src/a.py", "import x"), text("tests/p/b.py", "f(x)")];
        assert_eq!(shared_folder(&texts), "tests/p/");
        let setting = Setting::of(&texts[0], "tests/p/", true);
        assert_eq!((setting.path, setting.fragment), ("src/a.py", false));
        assert_eq!(shared_folder(&[text("a.py", ""), text("b/c.py", "")]), "");
    }

    #[test]
    fn scripts_of_components_are_read() {
        let text = "<template>\n<div id='x'></div>\n</template>\n<script setup lang=\"ts\">\nimport OpenAI from 'openai';\nconst client = new OpenAI();\nconst answer = await client.chat.completions.create({ model: 'gpt-4o', max_tokens: 9, messages: [] });\ndocument.querySelector('#x').innerHTML = answer.choices[0].message.content;\n</script>\n";
        let found = analyse(&[Text { path: "A.vue".into(), text: text.into(), ..Text::default() }]);
        let facts: Vec<_> = found.facts.iter().flat_map(|(_, facts)| facts).collect();
        let html = facts.iter().find(|fact| fact.kind.0 == "untrusted-text-in-html").expect("a flow");
        assert_eq!(html.line.map(|(line, _)| line), Some(8));
        let ask = "import OpenAI from 'openai';\nconst client = new OpenAI();\nasync function send() { const r = await client.chat.completions.create({ model: 'm', max_tokens: 9, messages: [] });\n";
        let vue = format!(
            "<template>\n<p v-for=\"(m, i) in all\" :key=\"i\" v-html=\"m.text\" />\n</template>\n<script setup>\n{ask}all.value.push({{ text: r.choices[0].message.content }}); }}\nconst all = ref([]);\n</script>\n"
        );
        let svelte = format!(
            "<script>\n{ask}a = r.choices[0].message.content; }}\nlet a = '';\n</script>\n<b>{{a}}</b>\n<p>{{@html a}}</p>\n"
        );
        for (path, text, place) in [("A.vue", vue, (2, 40)), ("a.svelte", svelte, (9, 8))] {
            let found = analyse(&[Text { path: path.into(), text, ..Text::default() }]);
            let facts: Vec<_> = found.facts.iter().flat_map(|(_, facts)| facts).collect();
            let html: Vec<_> = facts.iter().filter(|fact| fact.kind.0 == "untrusted-text-in-html").collect();
            assert_eq!(html.len(), 1, "{path}");
            assert_eq!(html[0].line, Some(place), "{path}");
        }
    }

    #[test]
    fn what_nobody_imports_stands_for_itself() {
        let text = |path: &str, text: &str| Text { path: path.into(), text: text.into(), ..Text::default() };
        let texts = [
            text("a.py", "from b import f\n"),
            text("b.py", "import os\n"),
            text("c.py", "import os\n"),
            text("tests/test_c.py", "import c\n"),
            text("x/A.java", "package x;\n"),
            text("x/B.java", "package x;\n"),
            text("y/m.go", "package main\n"),
        ];
        assert_eq!(connected(&texts), [true, true, false, false, true, true, false]);
    }
}
