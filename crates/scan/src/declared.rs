//! What a team says that it has, in its `redan.toml`, against what was found.
//!
//! A `redan.toml` speaks of the files below its folder. It only adds findings: one that comes with a foreign project can
//! take nothing away.

use std::collections::BTreeMap;

use redan_document::{Document, Node};
use redan_domain::text::{excerpt, line_column, shown};
use redan_domain::{Asset, Confidence, Fact, FactKind, Persona, Value, facts};

use crate::FileScan;
use crate::project::Text;

/// Name of the file.
const FILE: &str = "redan.toml";

/// Declarations of one file that are compared, and assets that are compared with them.
const MAX_DECLARED: usize = 2_000;
const MAX_ASSETS: usize = 50_000;

facts! {
    /// It is declared and was not found.
    MISSING = "asset-missing";
    /// It is declared as absent and was found.
    FORBIDDEN = "asset-forbidden";
    /// It was found and the declaration, which is said to be complete, does not name it.
    UNDECLARED = "asset-undeclared";
    /// It is declared with another attribute than it has.
    DIFFERS = "asset-differs";
}

/// Every kind of fact that is reported here.
pub fn fact_kinds() -> Vec<FactKind> {
    FACTS.to_vec()
}

/// One `[[asset]]` table.
struct Declared<'d> {
    kind: &'d str,
    name: &'d str,
    path: &'d str,
    present: bool,
    attributes: Vec<(&'d str, &'d Node)>,
    at: usize,
}

/// Facts by index of the scan, and what of the declarations was not understood, by index of the text.
#[derive(Default)]
pub(crate) struct Comparison {
    pub(crate) facts: BTreeMap<usize, Vec<Fact>>,
    pub(crate) incomplete: Vec<(usize, String)>,
}

/// Compares every declaration among the texts with what was found below it. With `partial`, not everything was looked
/// at, so that nothing is said to be missing.
pub(crate) fn compare(scans: &[FileScan], texts: &[Text], partial: bool) -> Comparison {
    let mut out = Comparison::default();
    for (index, text) in texts.iter().enumerate().filter(|(_, text)| base(&text.path) == FILE) {
        let document = redan_document::toml(&text.text);
        if document.root.get("asset").is_some() || document.root.get("inventory").is_some() {
            one(scans, index, text, &document, partial, &mut out);
        }
    }
    out
}

fn one(scans: &[FileScan], index: usize, text: &Text, document: &Document, partial: bool, out: &mut Comparison) {
    let folder = text.path.strip_suffix(FILE).unwrap_or_default();
    let mut declared = Vec::new();
    for node in document.root.get("asset").and_then(Node::as_list).unwrap_or_default() {
        let key = |key: &str| node.get(key).and_then(Node::as_str).unwrap_or_default();
        if declared.len() >= MAX_DECLARED {
            out.incomplete.push((index, format!("only the first {MAX_DECLARED} [[asset]] tables are compared")));
            break;
        }
        if key("kind").is_empty() || key("name").is_empty() {
            let (line, _) = line_column(&text.text, node.span.start);
            out.incomplete.push((index, format!("line {line}: an [[asset]] table without kind or name")));
            continue;
        }
        let attributes = node.get("attributes").and_then(Node::as_map).unwrap_or_default();
        declared.push(Declared {
            kind: key("kind"),
            name: key("name"),
            path: key("path"),
            present: node.get("present").and_then(Node::as_bool).unwrap_or(true),
            attributes: attributes.iter().map(|pair| (pair.key.as_str(), &pair.value)).collect(),
            at: place(node),
        });
    }
    let complete = document.root.path("inventory.complete");
    let everything = complete.and_then(Node::as_bool) == Some(true);
    let kinds: Vec<&str> =
        complete.and_then(Node::as_list).unwrap_or_default().iter().filter_map(Node::as_str).collect();
    let mut seen = vec![false; declared.len()];
    let assets = scans.iter().enumerate().flat_map(|(at, scan)| scan.assets.iter().map(move |asset| (at, asset)));
    let below = assets.filter(|(_, asset)| asset.location.path.starts_with(folder));
    for (number, (at, asset)) in below.enumerate() {
        if number >= MAX_ASSETS {
            out.incomplete.push((index, format!("only the first {MAX_ASSETS} assets are compared")));
            break;
        }
        let path = asset.location.path.get(folder.len()..).unwrap_or_default();
        let mut known = false;
        for (declared, seen) in declared.iter().zip(&mut seen).filter(|(one, _)| one.is(asset, path)) {
            *seen = true;
            known |= declared.present;
            let facts = out.facts.entry(at).or_default();
            if declared.present {
                facts.extend(declared.attributes.iter().filter_map(|(key, wanted)| differs(asset, key, wanted)));
            } else {
                let message = format!("{} is here, and is declared as absent", titled(asset));
                facts.push(of_asset(FORBIDDEN, asset, message));
            }
        }
        // What is forbidden is said already.
        let named = known || declared.iter().any(|declared| !declared.present && declared.is(asset, path));
        if !named && (everything || kinds.contains(&asset.kind.as_str())) {
            let message = format!("{} is not declared in {}", titled(asset), quoted(&text.path));
            out.facts.entry(at).or_default().push(of_asset(UNDECLARED, asset, message));
        }
    }
    for (declared, _) in declared.iter().zip(seen).filter(|(one, seen)| one.present && !*seen && !partial) {
        let message = format!("the {} {} is declared and was not found", quoted(declared.kind), quoted(declared.name));
        let (line, column) = line_column(&text.text, declared.at);
        let fact = Fact::new(MISSING, format!("{} {}", declared.kind, declared.name), message)
            .at(declared.at as u64, 0)
            .line(line, column)
            .excerpt(excerpt(&text.text, declared.at, 1, ""));
        out.facts.entry(text.at).or_default().push(fact);
    }
}

/// Where a table stands: at its first value, since a table of TOML is spread over lines.
fn place(node: &Node) -> usize {
    let first = node.as_map().unwrap_or_default().iter().map(|pair| pair.key_span.start).min();
    first.unwrap_or(node.span.start)
}

impl Declared<'_> {
    fn is(&self, asset: &Asset, path: &str) -> bool {
        self.kind == asset.kind.as_str()
            && matches(self.name, &asset.name)
            && (self.path.is_empty() || matches(self.path, path))
    }
}

/// Whether a text is what a pattern says, in which `*` stands for anything.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    true
}

/// What is otherwise than declared; what cannot be told is for the auditor.
fn differs(asset: &Asset, key: &str, wanted: &Node) -> Option<Fact> {
    let wanted_text = wanted.scalar()?;
    let found = asset.attributes.get(key);
    let (is, certain) = match found.map(|attribute| &attribute.value) {
        Some(Value::Is(is)) => (is.to_string(), true),
        Some(Value::Text(text)) => (text.clone(), true),
        Some(Value::Unknown) => ("unknown".to_string(), false),
        None => ("not told".to_string(), false),
    };
    if certain && matches(wanted_text, &is) {
        return None;
    }
    let message =
        format!("{}: {} is declared as {} and is {}", titled(asset), quoted(key), quoted(wanted_text), quoted(&is));
    let mut fact = of_asset(DIFFERS, asset, message);
    fact.subject = format!("{} {key}", asset.id);
    if let Some(place) = found.and_then(|found| found.location.as_ref()).filter(|at| at.path == asset.location.path) {
        fact.line = place.line.map(|line| (line, place.column.unwrap_or(1)));
        fact.span = place.offset.map(|offset| (offset, place.len.unwrap_or(0)));
    }
    if !certain {
        fact.confidence = Some(Confidence::Low);
        fact.persona = Some(Persona::Auditor);
    }
    Some(fact)
}

fn of_asset(kind: FactKind, asset: &Asset, message: String) -> Fact {
    let place = &asset.location;
    let mut fact = Fact::new(kind, &asset.id, message);
    fact.line = place.line.map(|line| (line, place.column.unwrap_or(1)));
    fact.span = place.offset.map(|offset| (offset, place.len.unwrap_or(0)));
    fact
}

fn titled(asset: &Asset) -> String {
    format!("the {} {}", asset.kind, quoted(&asset.name))
}

fn quoted(text: &str) -> String {
    format!("`{}`", shown(text, 90).replace('`', "'"))
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use redan_domain::ReadAt;

    use super::*;
    use crate::{Settings, scan_files};

    #[test]
    fn patterns_match() {
        for (pattern, text, expected) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("a*", "ab", true),
            ("*b", "ab", true),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "a1c2b", false),
            ("ab*ba", "aba", false),
            ("*", "", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    fn findings(toml: &str, partial: bool) -> Vec<(String, String)> {
        let (toml, packages) = (toml.as_bytes().to_vec(), b"openai==1.2.3\nlangchain==0.3.0\n".to_vec());
        let files: [(&str, &dyn ReadAt); 3] =
            [("a/redan.toml", &toml), ("a/requirements.txt", &packages), ("b/requirements.txt", &packages)];
        let scans = scan_files(&files, &Settings { partial, ..Settings::default() });
        let found = scans.iter().flat_map(|scan| &scan.findings).filter(|finding| finding.rule.starts_with("asset-"));
        found.map(|finding| (finding.rule.clone(), finding.location.to_string())).collect()
    }

    #[test]
    fn a_declaration_speaks_of_its_folder() {
        let of = |toml: &str| findings(toml, false);
        let named = "[[asset]]\nkind = \"library\"\nname = \"openai\"\nattributes = { version = \"1.*\" }\n";
        assert_eq!(of(named), []);
        let all = of(&format!("[inventory]\ncomplete = [\"library\"]\n{named}"));
        assert_eq!(all, [("asset-undeclared".to_string(), "a/requirements.txt:2:1".to_string())]);
        let missing = "[[asset]]\nkind = \"mcp-server\"\nname = \"files\"\n";
        assert_eq!(of(missing), [("asset-missing".to_string(), "a/redan.toml:2:1".to_string())]);
        assert_eq!(findings(missing, true), []);
        assert_eq!(of(&named.replace("1.*", "2.*"))[0].0, "asset-differs");
        assert_eq!(of("[[asset]]\nkind = \"library\"\nname = \"*chain\"\npresent = false\n")[0].0, "asset-forbidden");
        assert_eq!(of("[[asset]]\nname = 3\n[[asset]\n"), []);
    }
}
