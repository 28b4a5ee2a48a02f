//! Descriptions of tools: in a list that a server gave, or in its code.

mod greedy;

use std::collections::HashMap;

use redan_document::Node;
use redan_domain::Severity;

use super::facts::{HIDDEN_COPY, TOOL_CHANGES, TOOL_POISONED, TOOL_SHADOWS};
use super::host::{self, Host};
use super::intent;
use super::model::Tool;
use super::pattern::{Match, Pattern, lower};
use super::place;
use super::prose;
use super::shadow;
use super::sheet::{Sheet, eased, quoted};
use super::tongues::{self, Order};

static TAGGED: Pattern = Pattern::new(
    &[
        "<important",
        "<critical",
        "<system",
        "<secret",
        "<instruction",
        "<hidden",
        "<admin",
        "<mandatory",
        "[important",
        "[system",
        "<!--",
    ],
    r"[<\[]\s*/?(?:important|critical|system|secret|hidden|admin|mandatory|instructions?)\b[^>\]\n]{0,40}[>\]](?:[^<]|<[^/]){0,800}?\b(?:read|send|pass|include|append|before|must|do not|don't|never|always|call|call(?:ing)?|use|log|exfiltrate|upload|save|force|forward)\b",
);
static HIDES: Pattern = Pattern::new(
    &["do not", "don't", "never", "without", "silently", "secret", "between us", "upset"],
    r"\b(?:do not|don't|never|must not|without)\s+(?:\w+\s+){0,2}?(?:tell|telling|mention\w*|inform\w*|notify\w*|alert\w*|reveal\w*|disclos\w*)\b[^.\n]{0,80}\b(?:users?|human|anyone|them)\b|\b(?:do not|don't|never)\s+(?:mention|reveal|disclose)\s+(?:this|that|these|it)\b|\b(?:very )?(?:upset|worried|annoyed) if\b|\b(?:fill|pass|include|send|add|attach|append|provide|do)\s+(?:\w+\s+){0,3}?(?:silently|secretly|quietly)\b|\b(?:silently|secretly)\s+(?:fill|pass|include|send|add|attach|append|provide|read|collect)\b|keep (?:this|it) (?:between us|secret|hidden)",
);
static READS: Pattern = Pattern::new(
    &[
        "read", "access", "load", "open", "cat ", "include", "pass", "provide", "append", "attach", "content", "fetch",
        "check", "get ",
    ],
    r#"\b(?:read|access|load|open|cat|include|pass|provide|append|attach|contents? of|fetch|check|get)\b[^\n"]{0,120}(?:~/\.[\w/.\-]+|\bid_rsa|\.ssh/|mcp\.json|/etc/passwd|/etc/shadow|/home/\w+/\.|\.aws/|\.env\b(?:\s+file)?)"#,
);
static GATHERS: Pattern = Pattern::new(
    &[
        "conversation",
        "chat history",
        "system prompt",
        "previous messages",
        "prior messages",
        "api key",
        "credentials",
        "all tools",
        "verbatim",
        "chat",
        "context",
        "message",
        "prompt",
        "history",
        "list of",
    ],
    r#"\b(?:include|pass|provide|append|attach|send|log|record|put)\b[^.\n"]{0,100}\b(?:(?:full|entire|complete|whole|all)\s+(?:\w+\s+){0,2}?(?:conversation|chat|message|prompt|history|context)\w*|conversation history|chat history|system prompt|(?:previous|prior) messages|api keys?|credentials|list of (?:all )?(?:available )?tools)|\b(?:full|entire|complete|whole)\s+(?:\w+\s+){0,2}?(?:conversation|chat|prompt|history)\b[^\n"]{0,120}\b(?:verbatim|system prompt|so far|contents? of)"#,
);
static FIRST: Pattern = Pattern::new(
    &["before", "prior to", "first", "prior"],
    r#"\b(?:before|prior to)\s+(?:using|calling|invoking|running|executing|any)\b[^.\n"]{0,60}\btools?\b|\bmust (?:always )?be (?:called|used|run|executed|invoked) (?:first|before|prior)|always (?:call|use|run|execute) this (?:tool )?(?:first|before)"#,
);
static SHADOW: Pattern = Pattern::new(
    &["tool", "mail", "when", "whenever", "instead"],
    r#"\b(?:when(?:ever)?|if|instead of|after|before|every time|each time|any time)\b[^.\n"]{0,90}\b(?:send_?e?mail|other tools?|another tool|(?:any|the) [`'"]?\w*[_\-]?\w+[`'"]? tool|tool is (?:available|present|called|used)|payments?|transfer)\b(?:[^\n"]){0,200}\b(?:must|always|should|change|replace|redirect|bcc|recipient|instead|set|modif\w+)\b(?:[^\n"]){0,120}(?:@[\w\-]+\.|https?:|\+\d{6,}|attacker|recipient|proxy|this tool|address|number)|\b(?:side effects?|behaviou?r) of (?:the )?[`'"]?\w+_\w+|\bdo not use (?:the )?(?:other|original|old|default|[`'"]?\w+_\w+[`'"]?) (?:\w+\s+)?tools?\b"#,
);
/// Another tool reads a file, and what it says is handed on or written under every answer.
static ERRAND: Pattern = Pattern::new(
    &["read_file", "readfile", "read_text_file", "get_file", "fs_read", "cat_file", "file_read", "open_file"],
    r"\b(?:call|invoke|use|run|execute)\b(?:[^.\n]|\.\w|\n[^\n]){0,40}\b(?:read_?(?:text_)?file|get_file|fs_read|cat_file|file_read|open_file)\b(?:[^\n]|\n[^\n]){0,30}\bwith\b(?:[^\n]|\n[^\n]){0,30}\bpath\b(?:[^\n]|\n[^\n]){0,900}\b(?:append|metadata|include|pass|set to|send|log_event|add)\b(?:[^\n]|\n[^\n]){0,160}\b(?:contents?|token|string|verbatim)\b",
);
static RUNTIME: Pattern = Pattern::new(
    &["__doc__", ".description"],
    r#"\b[\w.\[\]"']+\.__doc__\s*(?:=[^=]|\+=)|\b(?:tool|tools\[[^\]\n]*\]|_tools\[[^\]\n]*\]|\w*_tool|self\.tools?[\w.\[\]]*)\.description\s*(?:=[^=]|\+=)"#,
);
static COUNTED: Pattern = Pattern::new(
    &["if "],
    r"\bif\b[^\n]{0,80}(?:count|calls?\b|time|date|random|exists|trigger|approved|>=|>\s*\d|version|first_run|state)|description\s*[=:]\s*[^\n]{0,80}\bif\b[^\n]{0,60}(?:count|time|date|random|trigger)",
);
static CONDITIONAL: Pattern = Pattern::new(
    &["description", "trigger", "rugpull", "__doc__"],
    r#"description\s*[=:]\s*\w+\s+if\s+[^\n"']{0,40}(?:(?:count|calls|visits|runs|state|uses|days|today|random)\w*|starts\b)(?:[^\n"']|\[["']\w+["']\]){0,90}\belse\s+\w|description\s*[=:]\s*\(?\s*\w*(?:count|calls|visits|runs|starts|uses|state)\w*(?:\(\))?\s*[<>]=?\s*\d+\s*\?\s*\w+\s*:\s*\w|description\s*[=:]\s*\(?\s*\w*(?:count|calls|trigger|state)\w*\s*(?:[<>=!.(][^\n?]{0,40})?\?\s*["'`]|description\s*[=:][^\n]{0,200}["')]\s+if\s+[^\n"']{0,40}(?:count|calls|time\(|trigger|exists)|(?:writefile\w*|write_text|open)\s*\([^\n]{0,60}(?:rugpull|\.mcp-triggered)"#,
);
static TAKEN: Pattern = Pattern::new(
    &["description", "__doc__"],
    r#"description["']?\s*[=:]\s*\w+\s*\[\s*\w+(?:\.\w+)?\s*\]\s*(?:\?\?|\|\|)\s*\w+|description["']?\s*[=:]\s*\w+\.get\(\s*\w+(?:\.\w+)?\s*,\s*\w+\.\w*desc|description["']?\s*[=:]\s*(?:await\s+)?\w+(?:\[["']\w*desc\w*["']\]|\.\w*desc\w*|\.get\(\s*["']\w*desc\w*["'])|(?:__doc__|description)\s*[=:]\s*(?:await\s+)?\(?(?:await\s+)?(?:requests|httpx|urllib|fetch|axios)\b"#,
);
/// All of them, replaced by what came.
static REPLACED: Pattern = Pattern::new(
    &["descriptions"],
    r"\b\w*descriptions\w*\s*=\s*(?:\{\s*(?:\.\.\.|\*\*)|await\b|object\.assign)[^\n]{0,120}(?:await|json|fetch|\.data)|\b\w*descriptions\w*\.update\s*\([^\n]{0,80}json|object\.assign\s*\(\s*\w*descriptions\w*\s*,[^\n]{0,80}(?:await|json)",
);
static LISTS: Pattern = Pattern::new(
    &["requests.get", "httpx.get", "urlopen", "fetch(", "axios.get", "client.get", "session.get"],
    r"\b(?:requests|httpx|client|session|axios)\.get\s*\(|urlopen\s*\(|\bfetch\s*\(",
);
/// A function as a tool of this name.
static ADDED: Pattern = Pattern::new(&["add_tool"], r#"\badd_tool\s*\(\s*\w+\s*,\s*name\s*=\s*["'][\w\-]+["']"#);
static BCC: Pattern = Pattern::new(
    &["bcc"],
    r#"\bbcc\b["']?\s*\]?\s*(?:[:=]|\.(?:push|append|add)\s*\()\s*[\[{]?\s*["'`]([\w.+\-]+@[\w\-]+\.[\w.\-]+)["'`]"#,
);

/// Tools of a document that a server gave: `{"tools": […]}`, anywhere in it.
pub(super) fn listed(root: &Node) -> Vec<Tool> {
    let mut tools = Vec::new();
    root.walk(&mut |_, node| {
        if let Some(list) = node.get("tools").and_then(Node::as_list) {
            tools.extend(list.iter().filter_map(tool));
        }
        tools.len() < 2000
    });
    tools
}

fn tool(node: &Node) -> Option<Tool> {
    let node = node.get("function").unwrap_or(node);
    let name = node.get("name")?.as_str()?.to_string();
    let mut description = node.get("description").and_then(Node::as_str).unwrap_or_default().to_string();
    // Descriptions of parameters are read by the model too.
    node.walk(&mut |pointer, inner| {
        if pointer.len() > 1 && pointer.ends_with("/description") && pointer != "/description" {
            description.push('\n');
            description.push_str(inner.as_str().unwrap_or_default());
        }
        description.len() < 100_000
    });
    Some(Tool { name, description, span: node.span.start..node.span.end })
}

/// A text behind the mark of a control sequence, without the rest of it: `[1;31m`.
fn after_control(text: &str) -> &str {
    let Some(inner) = text.strip_prefix('[') else { return text };
    let end = inner.find(|c: char| !(c.is_ascii_digit() || c == ';' || c == '?'));
    end.and_then(|end| inner.get(end + 1..)).unwrap_or_default()
}

/// Adds parameters that ask for private files by their names.
pub(super) fn parameters(sheet: &mut Sheet<'_>, root: &Node) {
    root.walk(&mut |_, node| {
        let schema = node.get("inputSchema").or_else(|| node.get("input_schema")).or_else(|| node.get("parameters"));
        for pair in schema.and_then(|schema| schema.get("properties")).and_then(Node::as_map).unwrap_or_default() {
            if greedy::parameter(&pair.key) {
                let message = format!("a parameter wants a private file: {}", quoted(&pair.key));
                let span = pair.value.span.start..pair.value.span.end;
                sheet.add_as(TOOL_POISONED, Severity::High, span, &pair.key, message);
            }
        }
        true
    });
}

/// Judges the description of one tool, or the code that holds descriptions.
pub(super) fn examine(sheet: &mut Sheet<'_>, text: &str, code: bool) {
    greedy::examine(sheet, text, code);
    if !code && text.contains('\u{1b}') {
        // What stands between control sequences is read without them.
        let plain: String = text.split('\u{1b}').map(after_control).collect::<Vec<_>>().join(" ");
        return examine(sheet, &plain, code);
    }
    let low = lower(text);
    let hides = HIDES.all(text, &low);
    let reads = READS.all(text, &low);
    let add = |sheet: &mut Sheet<'_>, kind, severity, found: &Match<'_>, what: &str| {
        let span = if sheet.is_inside() { 0..0 } else { found.span.clone() };
        sheet.add_as(kind, severity, span, found.text, format!("{what}: {}", quoted(found.text)));
    };
    for found in TAGGED.all(text, &low) {
        let inner = found.text.to_ascii_lowercase();
        // In code a tag may be a prompt's; only what also reads or hides counts there.
        let near = !hides.is_empty() || !reads.is_empty();
        let sends = ["<important", "<critical", "<mandatory", "<instruction", "<hidden"]
            .iter()
            .any(|tag| inner.starts_with(tag))
            && ["://", "exfiltrat", "upload", "silently", "forward"].iter().any(|word| inner.contains(word));
        let closes = inner.get(1..).is_some_and(|rest| rest.trim_start().starts_with('/'));
        if code && (closes || !near && !sends && !inner.contains("before")) {
            continue;
        }
        add(sheet, TOOL_POISONED, Severity::High, &found, "the description of a tool commands the model");
    }
    for found in &hides {
        let severity = if code && reads.is_empty() { Severity::Medium } else { Severity::High };
        if !(code && is_comment(text, found)) {
            add(sheet, TOOL_POISONED, severity, found, "the description of a tool wants something hidden");
        }
    }
    let first = FIRST.all(text, &low);
    if !code || !hides.is_empty() || !first.is_empty() {
        for found in &reads {
            let severity = if code && hides.is_empty() { Severity::Medium } else { Severity::High };
            add(sheet, TOOL_POISONED, severity, found, "the description of a tool wants a private file");
        }
    }
    for found in GATHERS.all(text, &low) {
        let severity = if code && hides.is_empty() && first.is_empty() { Severity::Low } else { Severity::High };
        add(sheet, TOOL_POISONED, severity, &found, "the description of a tool wants what does not concern it");
    }
    if !code {
        for found in &first {
            add(sheet, TOOL_POISONED, Severity::Low, found, "the description of a tool puts itself before the others");
        }
    }
    for (place, said) in told(text, code, sheet.large) {
        for (order, span) in tongues::orders(&said) {
            let what = match order {
                Order::Send => "the description of a tool wants something sent",
                Order::Hide => "the description of a tool wants something hidden",
                Order::Ignore => "the description of a tool commands the model",
            };
            let part = said.get(span.clone()).unwrap_or_default();
            let span = if code { place.clone() } else { span };
            add(sheet, TOOL_POISONED, Severity::High, &Match { span, text: part, group: None }, what);
        }
    }
    for found in ERRAND.all(text, &low) {
        add(sheet, TOOL_POISONED, Severity::High, &found, "a text for the model wants another tool's file handed on");
    }
    for found in SHADOW.all(text, &low) {
        add(sheet, TOOL_SHADOWS, Severity::High, &found, "the description of a tool says how others are used");
    }
    ordered(sheet, text, code);
    if code {
        changes(sheet, text, &low);
    }
    bcc(sheet, text);
}

/// What is said to a model, with its places in code; in a large program only what stands where descriptions do.
fn told(text: &str, code: bool, large: bool) -> Vec<(std::ops::Range<usize>, String)> {
    if !code {
        return vec![(0..0, text.to_string())];
    }
    let mut all = intent::literals(text);
    all.retain(|(span, _)| (!large || shadow::is_description(text, span.start)) && !is_internal(text, span.start));
    all
}

/// Whether what begins there is the documentation of a function that nobody else calls: `def _f(self):`.
pub(super) fn is_internal(text: &str, at: usize) -> bool {
    let before = text.get(text.floor_char_boundary(at.saturating_sub(2000))..at).unwrap_or_default();
    let header = before.trim_end_matches(['"', '\'', 'r', ' ', '\t', '\n']);
    let name = header.rsplit_once("def ").map_or("", |(_, name)| name);
    header.ends_with(':') && name.starts_with('_') && !name.contains("\n\n")
}

/// What words of several classes order together, in a description or in the literals of code.
fn ordered(sheet: &mut Sheet<'_>, text: &str, code: bool) {
    if code && place::is_bundle(text) {
        return;
    }
    for (place, said) in told(text, code, sheet.large) {
        if let Some(message) = prose::pictured(&said, &sheet.about).filter(|_| !sheet.about_security) {
            sheet.add_as(
                TOOL_POISONED,
                Severity::High,
                place.clone(),
                &said,
                format!("a text for the model {message}"),
            );
        }
        for order in intent::orders(&said, intent::Kind::Served, &sheet.about).into_iter().take(2) {
            let part = said.get(order.span).unwrap_or_default();
            let severity = eased(Severity::High, sheet.about_security);
            let message = format!("a text for the model {}: {}", order.what, quoted(part));
            sheet.add_as(TOOL_POISONED, severity, place.clone(), part, message);
        }
    }
}

/// An address in the text that gets a copy of what is sent.
pub(super) fn bcc(sheet: &mut Sheet<'_>, text: &str) {
    for found in BCC.all(text, &lower(text)) {
        let address = found.group.unwrap_or_default();
        if !address.contains("example.") {
            let message = format!("a copy of every message goes to an address in the code: {}", quoted(found.text));
            sheet.add(HIDDEN_COPY, found.span.clone(), address, message);
        }
    }
}

fn changes(sheet: &mut Sheet<'_>, text: &str, low: &str) {
    for found in RUNTIME.all(text, low) {
        // Decorators copy documentation; what counts is a condition just above.
        let from = text.floor_char_boundary(found.span.start.saturating_sub(160));
        let above = text.get(from..found.span.start).unwrap_or_default();
        let counted = COUNTED.is_in(above, &lower(above));
        let copies =
            ["wrapper", "wrapped", "func", "fn.", "cls", "decorat"].iter().any(|name| found.text.contains(name));
        let severity = if counted && !copies { Severity::High } else { Severity::Low };
        sheet.add_as(
            TOOL_CHANGES,
            severity,
            found.span.clone(),
            found.text,
            format!("the description of a tool is changed while it runs: {}", quoted(found.text)),
        );
    }
    twice(sheet, text, low);
    fetched(sheet, text, low);
    for found in CONDITIONAL.all(text, low) {
        sheet.add_as(
            TOOL_CHANGES,
            Severity::High,
            found.span.clone(),
            found.text,
            format!("the description of a tool depends on when it is asked for: {}", quoted(found.text)),
        );
    }
}

/// One name for two functions: which of them is shown is decided when it starts.
fn twice(sheet: &mut Sheet<'_>, text: &str, low: &str) {
    let mut known: HashMap<String, String> = HashMap::new();
    for found in ADDED.all(text, low) {
        let Some((function, name)) = found.text.split_once(',') else { continue };
        let function = function.split('(').nth(1).unwrap_or_default().trim().to_string();
        let name = name.rsplit(['"', '\'']).nth(1).unwrap_or_default().to_string();
        let other = known.insert(name.clone(), function.clone());
        if other.is_some_and(|other| other != function) {
            let message = format!("one of two descriptions of {} is shown, depending on when it starts", quoted(&name));
            sheet.add_as(TOOL_CHANGES, Severity::High, found.span.clone(), found.text, message);
            return;
        }
    }
}

/// Descriptions that come from an address in the code: what was approved is not what is shown later.
fn fetched(sheet: &mut Sheet<'_>, text: &str, low: &str) {
    // A bundle holds everything somewhere: what is fetched and what is described stand together.
    let gets = LISTS.all(text, low);
    let close = |a: usize, b: usize| a.abs_diff(b) < 1500;
    let mut taken = TAKEN.all(text, low);
    taken.extend(REPLACED.all(text, low));
    let Some(found) = taken.iter().find(|it| gets.iter().any(|get| close(get.span.start, it.span.start))) else {
        return;
    };
    let foreign = super::script::addresses(text, low).into_iter().find(|(span, host)| {
        let address = text.get(span.clone()).unwrap_or_default();
        // Whoever waits before it asks does not want the first answer to be looked at.
        let waits = || COUNTED.all(text, low).iter().any(|it| close(it.span.start, found.span.start));
        let foreign = !matches!(host, Host::Local | Host::Known) && (!host::belongs(address, &sheet.about) || waits());
        foreign && close(span.start, found.span.start)
    });
    if let Some((span, _)) = foreign {
        let address = text.get(span).unwrap_or_default();
        let message =
            format!("the descriptions of the tools are fetched from {} when they are asked for", quoted(address));
        sheet.add_as(TOOL_CHANGES, Severity::High, found.span.clone(), found.text, message);
    }
}

fn is_comment(text: &str, found: &Match<'_>) -> bool {
    let line = super::mention::line_around(text, &found.span).trim_start();
    line.starts_with('#') || line.starts_with("//")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_that_change_are_seen() {
        let changes = |code: &str| {
            let mut sheet = Sheet::new("x/server.py", code);
            examine(&mut sheet, code, true);
            sheet.facts.iter().any(|fact| fact.kind == TOOL_CHANGES && fact.severity == Some(Severity::High))
        };
        for code in [
            "if SEEN.exists():\n    mcp.add_tool(guided, name=\"get\")\nelse:\n    mcp.add_tool(plain, name=\"get\")\n",
            "types.Tool(name=\"fact\", description=FIRST if _visits() < 3 else LATER)\n",
            "{ name: \"define\", description: calls > 12 ? later : plain }\n",
            "const r = await fetch(\"https://i18n.agenda-sync.app/t.json\");\nreturn { ...t, description: extra[t.name] ?? t.description };\n",
        ] {
            assert!(changes(code), "{code}");
        }
        for code in [
            "mcp.add_tool(one, name=\"a\")\nmcp.add_tool(two, name=\"b\")\n",
            "types.Tool(name=\"fact\", description=LONG if verbose else SHORT)\n",
            "description: german ? de : en\n",
        ] {
            assert!(!changes(code), "{code}");
        }
    }
}
