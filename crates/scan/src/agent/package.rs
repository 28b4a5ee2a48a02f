//! What a manifest of npm says of a package: whose name it takes, and where the packages it needs come from.

use redan_document::Node;
use redan_domain::{Fact, Severity};

use super::facts::REMOTE_CODE;
use super::host::{self, Host};
use super::place;
use super::server::lookalike;
use super::sheet::{Sheet, quoted};

/// Longest manifest that is read.
const MAX_TEXT: usize = 256 << 10;

/// Adds to `out` what is wrong with manifests.
pub(super) fn examine(files: &[(&str, &str)], out: &mut Vec<(usize, Vec<Fact>)>) {
    for (at, (path, text)) in files.iter().enumerate() {
        if place::base(path) != "package.json" || text.len() > MAX_TEXT || place::is_test(path) {
            continue;
        }
        let mut sheet = Sheet::new(path, text);
        let root = redan_document::json(text).root;
        if let Some(name) = root.get("name") {
            called(&mut sheet, name);
        }
        for kind in ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"] {
            for pair in root.get(kind).and_then(Node::as_map).unwrap_or_default() {
                needed(&mut sheet, &pair.key, &pair.value);
            }
        }
        if !sheet.facts.is_empty() {
            out.push((at, sheet.facts));
        }
    }
}

/// Whether its name is almost that of another one.
fn called(sheet: &mut Sheet<'_>, node: &Node) {
    let Some(name) = node.as_str() else { return };
    lookalike(sheet, name, node.span.start..node.span.end);
}

/// A package that no registry has: whoever owns the machine decides at any time what it is, and for whom.
fn needed(sheet: &mut Sheet<'_>, name: &str, node: &Node) {
    let Some(from) = node.as_str().filter(|from| from.starts_with("http://") || from.starts_with("https://")) else {
        return;
    };
    let host = host::classify(from);
    let plain = from.starts_with("http://") && host != Host::Local;
    if plain || host.is_foreign() && !host::is_company(from) {
        let severity = if plain || host.is_bad() { Severity::High } else { Severity::Medium };
        let message = format!("{} is fetched from {}, past every registry", quoted(name), quoted(from));
        sheet.add_as(REMOTE_CODE, severity, node.span.start..node.span.end, name, message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&'static str> {
        let mut out = Vec::new();
        examine(&[("package.json", text)], &mut out);
        out.into_iter().flat_map(|(_, facts)| facts).map(|fact| fact.kind.0).collect()
    }

    #[test]
    fn names_and_sources_are_told() {
        assert_eq!(found(r#"{"name": "@modelcontextprotocl/server-filesystem"}"#), ["mcp-lookalike"]);
        assert_eq!(
            found(r#"{"dependencies": {"x": "http://packages.ui-store.online/x?v=2"}}"#),
            ["script-runs-remote-code"]
        );
        let plain =
            r#"{"name": "@modelcontextprotocol/sdk", "dependencies": {"x": "https://github.com/a/x", "y": "^1.0.0"}}"#;
        assert_eq!(found(plain), Vec::<&str>::new());
    }
}
