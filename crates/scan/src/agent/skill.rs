//! `SKILL.md`, commands, agents: front matter, what runs on load, what the text says.

use redan_document::{Document, Node};
use redan_domain::Severity;

use super::facts::{BROAD_TOOLS, ON_LOAD};
use super::pattern::{Pattern, lower};
use super::sheet::{Sheet, quoted};
use super::{hidden, mcp, mention, prose, script, server, settings};

/// Front matter with the offsets of the text, if there is any.
pub(super) fn front_matter(text: &str) -> Option<Document> {
    let start = text.strip_prefix('\u{feff}').map_or(0, |_| 3);
    let body = text.get(start..)?.strip_prefix("---")?;
    let end = body.find("\n---")?;
    let blank = " ".repeat(start + 3);
    let yaml = format!("{blank}{}", body.get(..end)?);
    redan_document::yaml(&yaml).into_iter().next()
}

/// What a skill says it is: name and description.
pub(super) fn identity(text: &str) -> (String, String) {
    let front = front_matter(text);
    let get = |key: &str| {
        front.as_ref().and_then(|front| front.root.get(key)).and_then(Node::scalar).unwrap_or_default().to_string()
    };
    (get("name"), get("description"))
}

/// What says whose skill it is: name, description, author, home page, first heading; in lower case.
pub(super) fn about(text: &str, path: &str) -> String {
    let mut about = String::new();
    if let Some(front) = front_matter(text) {
        for key in ["name", "description", "author", "homepage", "url", "website", "repository"] {
            about.push_str(front.root.get(key).and_then(Node::scalar).unwrap_or_default());
            about.push(' ');
        }
    }
    about.push_str(text.lines().find(|line| line.starts_with("# ")).unwrap_or_default());
    about.push(' ');
    about.push_str(path.rsplit('/').nth(1).unwrap_or_default());
    about.to_ascii_lowercase()
}

static DYNAMIC: Pattern = Pattern::new(&["!`"], r"(?:^|[\s>(:\-])!`([^`\n]{1,500})`");

/// Looks at a text that is read into an agent.
pub(super) fn examine(sheet: &mut Sheet<'_>) {
    let text = sheet.text;
    sheet.prose = true;
    if sheet.about.is_empty() {
        sheet.about = about(text, sheet.path);
    }
    sheet.about_security = mention::about_security(&sheet.about);
    hidden::examine(sheet, text);
    prose::examine(sheet, text);
    script::examine(sheet, text, true);
    super::tools::bcc(sheet, text);
    for found in DYNAMIC.all(text, &lower(text)) {
        let command = found.group.unwrap_or_default();
        let (severity, message) = match script::is_dangerous(command) {
            Some(what) => (Severity::High, format!("when it is loaded, it {what}")),
            None if script::uploads(command) => {
                (Severity::High, format!("when it is loaded, it sends something away: {}", quoted(command)))
            }
            None => (Severity::Info, format!("runs {} when it is loaded", quoted(command))),
        };
        sheet.add_as(ON_LOAD, severity, found.span.clone(), command, message);
    }
    if let Some(front) = front_matter(text) {
        front_facts(sheet, &front.root);
    }
}

fn front_facts(sheet: &mut Sheet<'_>, root: &Node) {
    for key in ["allowed-tools", "tools", "allowedTools"] {
        let Some(node) = root.get(key) else { continue };
        let single = node.as_str().map(|text| text.split(',').map(str::trim).map(str::to_string).collect::<Vec<_>>());
        let listed = node.as_list().map(|list| list.iter().filter_map(Node::as_str).map(str::to_string).collect());
        for rule in single.or(listed).unwrap_or_default() {
            if matches!(rule.as_str(), "*" | "Bash(*)" | "Bash(:*)" | "Bash(*:*)") {
                let message = format!("allows itself {}", quoted(&rule));
                sheet.add(BROAD_TOOLS, node.span.start..node.span.end, &rule, message);
            }
        }
    }
    settings::examine(sheet, root);
    for server in mcp::servers(root, "") {
        server::examine(sheet, &server);
    }
    // Installers that the manifest names, as OpenClaw has them.
    root.walk(&mut |pointer, node| {
        let command = pointer.contains("install") || pointer.contains("setup") || pointer.contains("command");
        if let Some(text) = node.as_str().filter(|text| command && text.contains("http")) {
            let (text, span) = (text.to_string(), node.span.start..node.span.end);
            sheet.inside(span, |sheet| script::examine(sheet, &text, true));
        }
        true
    });
}
