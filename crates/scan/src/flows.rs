//! Application code: where what a stranger, a model or a tool caller wrote ends up, and calls that are weak by
//! themselves.

use rayon::prelude::*;
use redan_code::{Flow, Found, Language, Place, Project, Source};
use redan_domain::text::Lines;
use redan_domain::{Confidence, Fact, FactKind, Location, Persona, Severity, Step, facts, text};

use crate::project::{Analysis, Text};

/// Flows of one file that are kept.
const MAX_FLOWS: usize = 500;

facts! {
    /// Text of a stranger, a model or a caller is run as code.
    RUNS_AS_CODE = "untrusted-text-runs-as-code";
    /// It stands in a command line for a shell.
    IN_SHELL = "untrusted-text-in-shell";
    /// It chooses a program or its arguments.
    IN_COMMAND = "untrusted-text-in-command";
    /// It stands in the text of a query.
    IN_SQL = "untrusted-text-in-sql";
    /// It names a file.
    IN_PATH = "untrusted-text-in-path";
    /// It names an address that is called.
    IN_ADDRESS = "untrusted-text-in-address";
    /// It decides where a visitor is sent.
    IN_REDIRECT = "untrusted-text-in-redirect";
    /// It is deserialised into objects.
    DESERIALISED = "untrusted-data-deserialised";
    /// It is the source of a template.
    IN_TEMPLATE = "untrusted-text-in-template";
    /// It is put into a page as markup.
    IN_HTML = "untrusted-text-in-html";
    /// It stands in a filter of a directory search.
    IN_LDAP = "untrusted-text-in-ldap";
    /// It stands in an XPath expression.
    IN_XPATH = "untrusted-text-in-xpath";
    /// A hash that can be forged.
    WEAK_HASH = "weak-hash";
    /// A cipher that can be broken.
    WEAK_CIPHER = "weak-cipher";
    /// Random numbers that can be foreseen.
    INSECURE_RANDOM = "insecure-random";
    /// A name for a temporary file that another can take first.
    TEMP_FILE = "unsafe-temp-file";
    /// The other side of a connection is not verified.
    TLS_OFF = "tls-not-verified";
    /// A server that hands its visitors a debugger.
    DEBUG_SERVER = "debug-server";
    /// Code of a model repository runs here.
    REMOTE_CODE = "remote-code-trusted";
    /// An index is unpickled.
    PICKLE_ALLOWED = "dangerous-deserialisation-allowed";
}

/// What a class of sink is, and what happens there.
fn sink(class: &str) -> Option<(FactKind, &'static str)> {
    Some(match class {
        "code" => (RUNS_AS_CODE, "runs it as code"),
        "shell" => (IN_SHELL, "hands it to a shell"),
        "command" => (IN_COMMAND, "starts a program with it"),
        "sql" => (IN_SQL, "runs it as a query"),
        "path" => (IN_PATH, "takes it for a path"),
        "url" => (IN_ADDRESS, "calls it as an address"),
        "redirect" => (IN_REDIRECT, "sends the visitor there"),
        "deserialise" => (DESERIALISED, "makes objects of it"),
        "template" => (IN_TEMPLATE, "renders it as a template"),
        "html" => (IN_HTML, "puts it into a page as markup"),
        "ldap" => (IN_LDAP, "searches a directory with it"),
        "xpath" => (IN_XPATH, "evaluates it as XPath"),
        _ => return None,
    })
}

fn weakness(kind: &str) -> Option<(FactKind, &'static str)> {
    Some(match kind {
        "weak-hash" => (WEAK_HASH, "uses a hash that can be forged"),
        "weak-cipher" => (WEAK_CIPHER, "uses a cipher that can be broken"),
        "insecure-random" => (INSECURE_RANDOM, "gives numbers that can be foreseen"),
        "unsafe-temp-file" => (TEMP_FILE, "gives a name that another process can take first"),
        "tls-not-verified" => (TLS_OFF, "does not verify whom it talks to"),
        "debug-server" => (DEBUG_SERVER, "starts a server with a debugger for its visitors"),
        "remote-code-trusted" => (REMOTE_CODE, "runs code that comes with the model"),
        "dangerous-deserialisation-allowed" => (PICKLE_ALLOWED, "unpickles what it loads"),
        _ => return None,
    })
}

/// Every kind of fact that is reported here.
pub fn fact_kinds() -> Vec<FactKind> {
    FACTS.to_vec()
}

/// Looks at every text in a language that is analysed, and at what it imports.
pub(crate) fn analyse(texts: &[Text]) -> Analysis {
    let wanted = |text: &&Text| Language::of(&text.path).is_some() || text.path.ends_with(".properties");
    if !texts.iter().any(|text| Language::of(&text.path).is_some()) {
        return Analysis::default();
    }
    let sources = texts.iter().map(|text| Source {
        path: &text.path,
        // Others are only there so that positions in the list stay the same.
        text: if wanted(&text) { &text.text } else { "" },
    });
    let project = Project::new(sources.collect());
    let look = |at: usize| Some((at, project.analyse(at)?));
    let found: Vec<(usize, Found)> = if texts.len() > 1 {
        (0..texts.len()).into_par_iter().filter_map(look).collect()
    } else {
        (0..texts.len()).filter_map(look).collect()
    };
    let mut analysis = Analysis::default();
    let mut flows: Vec<Flow> = Vec::new();
    for (at, found) in found {
        analysis.read.push((at, name(&texts[at].path)));
        analysis.incomplete.extend(found.problems.into_iter().map(|problem| (at, problem)));
        flows.extend(found.flows);
    }
    // The same place may be reached from several files: a known stranger counts more than a parameter.
    flows.sort_by(|a, b| key(a).cmp(&key(b)));
    flows.dedup_by(|next, kept| next.sink == kept.sink && next.kind == kept.kind);
    for of_file in flows.chunk_by(|a, b| a.sink.file == b.sink.file) {
        let Some(file) = of_file.first().map(|flow| flow.sink.file) else { continue };
        let lines = Places { texts, lines: Lines::new(&texts[file].text), file };
        let facts: Vec<Fact> = of_file.iter().take(MAX_FLOWS).filter_map(|flow| fact(&lines, flow)).collect();
        if !facts.is_empty() {
            analysis.facts.push((file, facts));
        }
    }
    analysis
}

fn key(flow: &Flow) -> (Place, &str, bool, Option<&str>) {
    (flow.sink, &flow.kind, flow.label == Some("unknown"), flow.label)
}

fn name(path: &str) -> &'static str {
    match Language::of(path) {
        Some(Language::Python) => "python",
        Some(Language::JavaScript) => "javascript",
        Some(Language::TypeScript | Language::Tsx) => "typescript",
        Some(Language::Java) => "java",
        Some(Language::Go) => "go",
        Some(Language::Rust) => "rust",
        None => "text",
    }
}

/// Lines of one file, and the texts of the others.
struct Places<'t> {
    texts: &'t [Text],
    lines: Lines<'t>,
    file: usize,
}

impl Places<'_> {
    fn step(&self, place: Place, what: String) -> Step {
        let (start, file) = (place.span.start as usize, self.texts.get(place.file));
        let (line, column) = match file {
            Some(text) if place.file != self.file => Lines::new(&text.text).line_column(start),
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

fn fact(places: &Places<'_>, flow: &Flow) -> Option<Fact> {
    let file = places.texts.get(places.file)?;
    let (start, end) = (flow.sink.span.start as usize, flow.sink.span.end as usize);
    let (kind, does) = match &flow.label {
        Some(_) => sink(&flow.kind)?,
        None => weakness(&flow.kind)?,
    };
    let who = flow.label.map(whose);
    let message = match &who {
        Some(who) => format!("{who} reaches `{}`, which {does}", flow.callee),
        None => format!("`{}` {does}", flow.callee),
    };
    let (line, column) = places.lines.line_column(start);
    let length = end.saturating_sub(start);
    let first = file.text.get(start..end).and_then(|text| text.lines().next()).map_or(1, str::len);
    let mut fact = Fact::new(kind, &flow.callee, message)
        .at(start as u64, length as u64)
        .line(line, column)
        .excerpt(places.lines.excerpt(start, first.max(1), does));
    if let (Some(source), Some(who)) = (flow.source, who) {
        fact.flow.push(places.step(source, format!("{who} comes in")));
        fact.flow.extend(flow.steps.iter().take(12).map(|(place, what)| places.step(*place, text::shown(what, 120))));
        fact.flow.push(places.step(flow.sink, format!("`{}` {does}", text::shown(&flow.callee, 80))));
    }
    grade(&mut fact, file, flow);
    Some(fact)
}

fn whose(label: &str) -> &'static str {
    match label {
        "user" => "what a user sends",
        "model" => "what a model wrote",
        "tool" => "a parameter of a tool",
        "retrieved" => "text that was fetched",
        "local" => "what the caller of the program gives",
        _ => "a parameter",
    }
}

/// A known stranger makes it worse; a parameter whose caller is not known, or a test, less.
fn grade(fact: &mut Fact, file: &Text, flow: &Flow) {
    let grave = matches!(flow.kind.as_str(), "code" | "shell" | "deserialise");
    match flow.label {
        Some("user" | "model" | "tool") => {}
        Some("retrieved") => fact.severity = Some(Severity::Medium),
        Some("local") => {
            fact.severity = Some(Severity::Low);
            fact.confidence = Some(Confidence::Low);
        }
        Some(_) => {
            fact.severity = Some(if grave { Severity::Medium } else { Severity::Low });
            fact.confidence = Some(Confidence::Low);
            if !grave {
                fact.persona = Some(Persona::Auditor);
            }
        }
        None => {}
    }
    if is_test(&file.path) {
        fact.severity = Some(Severity::Info);
    }
}

/// Whether a file is a test: what is wrong in it harms nobody.
fn is_test(path: &str) -> bool {
    let mut parts = path.split('/').rev();
    let name = parts.next().unwrap_or_default();
    name.starts_with("test_")
        || name.ends_with("_test.py")
        || name == "conftest.py"
        || parts.any(|it| it == "tests" || it == "test")
}
