//! What a YAML tag makes a loader do.

use redan_domain::percent_decoded;

use crate::readers::config::callable::{self, Verdict};
use crate::readers::yaml::tree::Tagged;
use crate::readers::yaml::{FOREIGN_TAG, PYTHON_CLASS, PYTHON_OBJECT, PYTHON_TAG, UNKNOWN_CALL};
use crate::walk::Cx;
use redan_domain::{Fact, FactKind};

/// Tags of the core schema and of YAML 1.1's type repository.
pub(super) fn is_core(suffix: &str) -> bool {
    matches!(
        suffix,
        "str"
            | "int"
            | "float"
            | "bool"
            | "null"
            | "map"
            | "seq"
            | "set"
            | "omap"
            | "pairs"
            | "binary"
            | "timestamp"
            | "merge"
            | "value"
            | "yaml"
    )
}

/// Python types that even the full loader builds without calling anything.
fn is_plain_type(name: &str) -> bool {
    matches!(
        name,
        "tuple"
            | "unicode"
            | "str"
            | "bytes"
            | "int"
            | "long"
            | "float"
            | "complex"
            | "list"
            | "dict"
            | "none"
            | "bool"
            | "set"
    )
}

/// How a tag reaches a name.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// Called with arguments.
    Call,
    /// Built without calling `__init__`, its state set.
    Build,
    /// Looked up only.
    Name,
    /// Imported.
    Module,
}

type Found = Option<(FactKind, String, String)>;

/// Adds the facts of one tag.
pub(super) fn judge(tagged: &Tagged, text: &str, cx: &mut Cx<'_>) {
    let tag = decoded(&tagged.tag);
    let found = match python(&tag) {
        Some(rest) => judge_python(rest, tagged.scalar.as_deref()),
        None => hyperpyyaml(&tag).or_else(|| foreign(&tag)),
    };
    if let Some((kind, subject, message)) = found {
        report(kind, &subject, &message, tagged.start, text, cx);
    }
}

/// Finds tags by their text, for what a parse error hides from the tree.
pub(super) fn search(text: &str, cx: &mut Cx<'_>) {
    for (count, at) in memchr::memmem::find_iter(text.as_bytes(), b"python/").enumerate() {
        let before = text.get(..at).unwrap_or_default();
        if count >= 100 || !before.ends_with(['!', ':']) {
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | ',' | '[' | '{')).unwrap_or(rest.len());
        let tag = format!("tag:yaml.org,2002:{}", rest.get(..end).unwrap_or_default());
        judge(&Tagged { tag, start: at, scalar: None }, text, cx);
    }
}

/// What follows `python/`, in a tag of the repository or a local one.
fn python(tag: &str) -> Option<&str> {
    let at = tag.find("python/")?;
    let before = tag.get(..at)?;
    let starts = before.is_empty() || before.ends_with([':', '!', '/', ',']);
    if starts { tag.get(at + "python/".len()..) } else { None }
}

fn judge_python(rest: &str, scalar: Option<&str>) -> Found {
    let (form, name) = rest.split_once(':').unwrap_or((rest, ""));
    let way = match form {
        plain if is_plain_type(plain) => return None,
        "object" => Way::Build,
        "name" => Way::Name,
        "module" => Way::Module,
        _ => Way::Call,
    };
    // `!!python/name os.system`: some loaders take the name from the scalar.
    let name = if name.is_empty() { scalar.unwrap_or(form) } else { name };
    Some(named(way, name, &format!("!!python/{form}")))
}

/// Tags of HyperPyYAML, which speech toolkits load from a model's repository.
fn hyperpyyaml(tag: &str) -> Found {
    let (form, name) = tag.strip_prefix('!')?.split_once(':')?;
    let way = match form {
        "new" | "apply" => Way::Call,
        "name" => Way::Name,
        "module" => Way::Module,
        _ => return None,
    };
    // Its honest files are made of such tags; only what is dangerous is worth a word.
    Some(named(way, name, &format!("!{form}"))).filter(|(kind, ..)| *kind == PYTHON_TAG)
}

fn named(way: Way, name: &str, tag: &str) -> (FactKind, String, String) {
    let verdict = match way {
        Way::Module => judge_module(name),
        _ => callable::judge(name),
    };
    let does = match way {
        Way::Call => "calls",
        Way::Build => "builds an object of",
        Way::Name => "looks up",
        Way::Module => "imports",
    };
    let message = |tail: &str| format!("`{tag}` {does} `{name}`{tail}");
    let (kind, message) = match (verdict, way) {
        (Verdict::Executes, _) => (PYTHON_TAG, message(", which runs code")),
        (Verdict::Touches, Way::Call) => (PYTHON_TAG, message(", which reads or writes files")),
        (Verdict::Vetted | Verdict::Touches, _) => (PYTHON_CLASS, message(" in a loader that accepts any class")),
        (Verdict::Unknown, Way::Call) => (UNKNOWN_CALL, message(", which is not known to be harmless")),
        (Verdict::Unknown, Way::Build | Way::Module) => (PYTHON_OBJECT, message(", which is not known to be harmless")),
        (Verdict::Unknown, Way::Name) => (PYTHON_CLASS, message(" in a loader that imports any name")),
    };
    (kind, name.to_string(), message)
}

/// A module is as dangerous as what people take from it.
fn judge_module(name: &str) -> Verdict {
    let worst = ["system", "Popen", "exec", "run", "call", "run_path"];
    let executes = worst.iter().any(|function| callable::judge(&format!("{name}.{function}")) == Verdict::Executes);
    if executes { Verdict::Executes } else { Verdict::Unknown }
}

/// Tags of loaders in other languages.
fn foreign(tag: &str) -> Found {
    const PACKAGES: &[&str] = &["java.", "javax.", "com.", "org.", "sun.", "jdk.", "net.", "groovy.", "ch."];
    const OTHERS: &[&str] = &["ruby/", "perl/", "php/", "js/function", "js/regexp"];
    let name = tag.strip_prefix("tag:yaml.org,2002:").unwrap_or(tag);
    let in_core = name.len() < tag.len();
    let bare = name.trim_start_matches('!');
    let is_class = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '$' | '[' | ']');
    let java = in_core && PACKAGES.iter().any(|start| bare.starts_with(start)) && bare.chars().all(is_class);
    let other = OTHERS.iter().any(|start| bare.starts_with(start) || bare.contains(&format!(":{start}")));
    if !(java || other) {
        return None;
    }
    Some((FOREIGN_TAG, bare.to_string(), format!("the tag `{bare}` builds an object in a loader of another language")))
}

/// Some loaders decode once, some the decoded text again.
fn decoded(tag: &str) -> String {
    let once = percent_decoded(tag);
    if once.contains('%') { percent_decoded(&once) } else { once }
}

/// The event points behind the tag; the eye wants the tag itself, which stands before it on the line.
fn report(kind: FactKind, subject: &str, message: &str, at: usize, text: &str, cx: &mut Cx<'_>) {
    if !cx.has_room(kind) {
        return;
    }
    let before = text.get(..at).unwrap_or_default();
    let line_start = memchr::memrchr(b'\n', before.trim_end().as_bytes()).map_or(0, |at| at + 1);
    let mark = text.get(line_start..at).and_then(|line| line.find('!')).map_or(at, |step| line_start + step);
    let len = text.get(mark..).and_then(|rest| rest.find(char::is_whitespace)).unwrap_or(1).max(1);
    let (line, column) = crate::text::line_column(text, mark);
    let excerpt = crate::text::excerpt(text, mark, len, "here");
    cx.fact(Fact::new(kind, subject, message).at(mark as u64, len as u64).line(line, column).excerpt(excerpt));
}
