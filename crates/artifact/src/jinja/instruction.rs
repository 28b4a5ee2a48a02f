//! Templates that instruct the model behind the user's back: conservative patterns on constant text.

use std::collections::HashSet;

use super::ast::{Expr, Kind, Node};

/// One suspicious instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) subject: String,
    /// Completes “the template …”.
    pub(super) why: &'static str,
    pub(super) text: String,
    pub(super) span: (usize, usize),
}

/// A sentence is suspicious when it holds one of each group. Groups are words or phrases, lower case.
struct Pattern {
    subject: &'static str,
    why: &'static str,
    groups: &'static [&'static [&'static str]],
    /// What makes an honest sentence of it: a policy about such attempts, or a rule against them.
    unless: &'static [&'static str],
}

const PATTERNS: &[Pattern] = &[
    Pattern {
        subject: "override",
        why: "tells the model to set earlier instructions aside",
        groups: &[
            &["ignore", "disregard", "forget", "override"],
            &[
                "all previous",
                "previous instruction",
                "prior instruction",
                "above instruction",
                "earlier instruction",
                "instructions above",
                "safety guideline",
                "safety polic",
                "safety instruction",
                "system prompt",
                "content polic",
                "ethical guideline",
                "safety filter",
            ],
        ],
        unless: UNLESS_TRIED,
    },
    Pattern {
        subject: "concealment",
        why: "tells the model to hide something from the user",
        groups: &[&[
            "do not tell",
            "don't tell",
            "never tell",
            "do not inform",
            "don't inform",
            "never inform",
            "do not alert",
            "without telling",
            "without informing",
            "without mentioning",
            "without the user",
            "do not let the user",
            "don't let the user",
            "never let the user",
            "hide this from",
            "conceal this from",
            "and secretly",
            "then secretly",
            "must secretly",
            "should secretly",
            "you secretly",
            "always secretly",
            "do not mention this",
            "don't mention this",
            "never mention this",
            "do not disclose this",
            "never disclose this",
            "do not reveal this",
            "never reveal this",
            "keep this secret",
            "keep this hidden",
        ]],
        unless: UNLESS_TOOLS,
    },
    Pattern {
        subject: "link",
        why: "tells the model to plant a link or code in its answers",
        groups: &[
            &[
                "include", "insert", "append", "embed", "inject", "add", "attach", "always", "replace", "redirect",
                "every",
            ],
            &["http://", "https://", "<script", "<iframe", "<img", "javascript:"],
            &[
                "response",
                "answer",
                "output",
                "reply",
                "replies",
                "code",
                "page",
                "html",
                "message",
                "user",
                "link",
                "recommend",
                "visit",
                "click",
                "download",
            ],
        ],
        unless: UNLESS_REFUSED,
    },
    Pattern {
        subject: "command",
        why: "tells the model to have something downloaded and run",
        groups: &[
            &["curl ", "wget ", "invoke-webrequest", "iwr ", "certutil "],
            &["| sh", "|sh", "| bash", "|bash", "| iex", "|iex", "&& sh", "; sh", "&& bash", "chmod +x", "| python"],
        ],
        unless: UNLESS_REFUSED,
    },
    Pattern {
        subject: "exfiltration",
        why: "tells the model to send data away",
        groups: &[
            &["send", "post", "upload", "forward", "exfiltrate", "leak", "transmit", "encode"],
            &[
                "api key",
                "apikey",
                "password",
                "credential",
                "secret key",
                "private key",
                "access token",
                "environment variable",
                "conversation history",
                "system prompt",
                "user's data",
                "personal data",
                "chat history",
                "entire conversation",
                "ssh key",
            ],
            &["http://", "https://", " to ", "url", "webhook"],
        ],
        unless: UNLESS_REFUSED,
    },
    Pattern {
        subject: "backdoor",
        why: "tells the model to write harmful code",
        groups: &[
            &["insert", "add", "include", "introduce", "inject", "embed", "write", "generate", "leave"],
            &[
                "backdoor",
                "a vulnerability",
                "vulnerabilities into",
                "subtle bug",
                "subtle vulnerab",
                "security flaw",
                "insecure code",
                "vulnerable code",
                "reverse shell",
                "malicious code",
                "malicious script",
                "keylogger",
                "disable authentication",
                "disables authentication",
                "hardcoded credential",
            ],
            &["code", "script", "program", "function", "implementation", "output", "response", "answer"],
        ],
        unless: UNLESS_REFUSED,
    },
];

/// A refusal is not an instruction to do it.
const UNLESS_REFUSED: &[&str] = &[
    "do not insert",
    "do not include",
    "do not add",
    "do not write",
    "do not generate",
    "never",
    "must not",
    "should not",
    "refuse",
    "cannot",
    "prohibited",
    "unsafe content",
    "not allowed",
    "policy",
];

/// A policy speaks of people who try.
const UNLESS_TRIED: &[&str] = &[
    "attempt",
    "tries to",
    "try to",
    "trying to",
    "users may",
    "user may",
    "if the user",
    "if a user",
    "asks you to",
    "asked to",
    "even if",
    "jailbreak",
    "prompt injection",
    "never",
    "do not",
    "don't",
    "must not",
    "cannot",
    "refuse",
];

/// How a model calls tools is no secret worth a finding.
const UNLESS_TOOLS: &[&str] = &["function call", "tool", "function"];

/// Everything suspicious that the template itself says.
pub(super) fn find(nodes: &[Node]) -> Vec<Found> {
    let mut found = Vec::new();
    let mut texts = Vec::new();
    constants(nodes, &mut texts);
    for constant in &texts {
        for sentence in sentences(&constant.text) {
            if found.len() < 20 {
                found.extend(suspicious(sentence, constant.span));
            }
        }
    }
    let mut names = HashSet::new();
    content_names(nodes, &mut names);
    triggers(nodes, &names, &mut found);
    found
}

fn suspicious(sentence: &str, span: (usize, usize)) -> Option<Found> {
    let lower = sentence.to_lowercase();
    let holds = |group: &[&str]| group.iter().any(|word| holds_word(&lower, word));
    let pattern =
        PATTERNS.iter().find(|pattern| pattern.groups.iter().all(|group| holds(group)) && !holds(pattern.unless))?;
    Some(Found { subject: pattern.subject.to_string(), why: pattern.why, text: sentence.trim().to_string(), span })
}

/// `word` at the start of a word.
fn holds_word(text: &str, word: &str) -> bool {
    let letter = |c: char| c.is_alphanumeric();
    text.match_indices(word)
        .any(|(at, _)| !word.starts_with(letter) || !text.get(..at).is_some_and(|before| before.ends_with(letter)))
}

/// A piece of constant text.
struct Constant {
    text: String,
    span: (usize, usize),
}

/// Text between roles: everything literal that rendering may put into a prompt.
fn constants(nodes: &[Node], out: &mut Vec<Constant>) {
    for node in nodes {
        match node {
            Node::Text(start, text) => {
                out.push(Constant { text: text.clone(), span: (*start, start + text.len()) });
            }
            Node::Output(expr) | Node::Set(_, expr) => strings(expr, out),
            Node::If(branches) => branches.iter().for_each(|(_, body)| constants(body, out)),
            Node::For(block) => {
                constants(&block.body, out);
                constants(&block.otherwise, out);
            }
            Node::Macro(block) => constants(&block.body, out),
            Node::CallBlock(call, block) => {
                strings(call, out);
                constants(&block.body, out);
            }
            Node::SetBlock(_, body) | Node::FilterBlock(_, body) | Node::With(_, body) | Node::Block(body) => {
                constants(body, out);
            }
            Node::Load(..) => {}
            Node::Do(exprs) => exprs.iter().for_each(|expr| strings(expr, out)),
        }
    }
}

/// Constant strings that an expression may yield, adjacent ones of a concatenation joined.
fn strings(expr: &Expr, out: &mut Vec<Constant>) {
    match &expr.kind {
        Kind::Str(text) => out.push(Constant { text: text.clone(), span: (expr.start, expr.end) }),
        Kind::Concat(items) | Kind::Sum(items) => {
            let mut joined: Option<Constant> = None;
            for item in items {
                if let Kind::Str(text) = &item.kind {
                    let joined = joined.get_or_insert(Constant { text: String::new(), span: (item.start, item.end) });
                    joined.text.push_str(text);
                    joined.span.1 = item.end;
                } else {
                    out.extend(joined.take());
                    strings(item, out);
                }
            }
            out.extend(joined);
        }
        // Comparisons read text, they do not add it.
        Kind::Test(..) => {}
        Kind::Binary(op, ..) if !matches!(*op, "or" | "and" | "*" | "%") => {}
        // An error that stops rendering is no part of a prompt.
        Kind::Call(callee, _) if matches!(&callee.kind, Kind::Name(name) if name == "raise_exception") => {}
        Kind::Cond(_, then, other) => {
            strings(then, out);
            if let Some(other) = other {
                strings(other, out);
            }
        }
        _ => expr.children().into_iter().for_each(|child| strings(child, out)),
    }
}

/// Sentences and lines.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n')
        .flat_map(|line| line.split_inclusive(". ").flat_map(|part| part.split_inclusive("! ")))
        .filter(|part| part.len() >= 12)
}

/// Names that hold what the user wrote, or a part of it.
fn content_names<'t>(nodes: &'t [Node], names: &mut HashSet<&'t str>) {
    for node in nodes {
        if let Node::Set(targets, value) = node
            && let [target] = targets.as_slice()
            && is_content(value, names)
        {
            match &target.kind {
                Kind::Name(name) | Kind::Attr(_, name) => {
                    names.insert(name);
                }
                _ => {}
            }
        }
        for body in bodies(node) {
            content_names(body, names);
        }
    }
}

/// What a statement encloses.
fn bodies(node: &Node) -> Vec<&[Node]> {
    match node {
        Node::If(branches) => branches.iter().map(|(_, body)| body.as_slice()).collect(),
        Node::For(block) => vec![&block.body, &block.otherwise],
        Node::Macro(block) | Node::CallBlock(_, block) => vec![&block.body],
        Node::SetBlock(_, body) | Node::FilterBlock(_, body) | Node::With(_, body) | Node::Block(body) => vec![body],
        Node::Text(..) | Node::Output(_) | Node::Set(..) | Node::Load(..) | Node::Do(_) => Vec::new(),
    }
}

/// Branches that add an instruction when the user's message holds a plain word.
fn triggers(nodes: &[Node], names: &HashSet<&str>, found: &mut Vec<Found>) {
    for node in nodes {
        match node {
            Node::If(branches) => {
                for (test, body) in branches {
                    if let Some(word) = test.as_ref().and_then(|test| trigger_word(test, names)) {
                        triggered(&word, body, found);
                    }
                }
            }
            Node::Output(expr) | Node::Set(_, expr) => inline_trigger(expr, names, found),
            _ => {}
        }
        for body in bodies(node) {
            triggers(body, names, found);
        }
    }
}

/// `'instruction' if 'word' in content else ''`
fn inline_trigger(expr: &Expr, names: &HashSet<&str>, found: &mut Vec<Found>) {
    if let Kind::Cond(test, then, _) = &expr.kind
        && let Some(word) = trigger_word(test, names)
    {
        let mut texts = Vec::new();
        strings(then, &mut texts);
        report(&word, texts, found);
    }
    expr.children().into_iter().for_each(|child| inline_trigger(child, names, found));
}

fn triggered(word: &str, body: &[Node], found: &mut Vec<Found>) {
    let mut texts = Vec::new();
    constants(body, &mut texts);
    report(word, texts, found);
}

fn report(word: &str, texts: Vec<Constant>, found: &mut Vec<Found>) {
    if let Some(constant) = texts.into_iter().find(|constant| instructs(&constant.text)).filter(|_| found.len() < 20) {
        found.push(Found {
            subject: format!("trigger {word}"),
            why: "adds an instruction when the conversation holds a certain word",
            text: format!("{word} … {}", constant.text.trim()),
            span: constant.span,
        });
    }
}

/// A plain word that is looked for in what the user wrote: `'invoice' in message.content|lower`.
fn trigger_word(test: &Expr, names: &HashSet<&str>) -> Option<String> {
    let plain_word = |expr: &Expr| match &expr.kind {
        Kind::Str(word) if plain(word) => Some(word.trim().to_string()),
        _ => None,
    };
    match &test.kind {
        Kind::Binary("in", needle, haystack) if is_content(haystack, names) => plain_word(needle),
        Kind::Binary("==", a, b) if is_content(a, names) => plain_word(b),
        Kind::Test(base, name, args) if name == "in" && args.first().is_some_and(|arg| is_content(arg, names)) => {
            plain_word(base)
        }
        Kind::Call(callee, args) => match &callee.kind {
            Kind::Attr(base, method)
                if matches!(method.as_str(), "startswith" | "endswith" | "count" | "find")
                    && is_content(base, names) =>
            {
                args.first().and_then(plain_word)
            }
            _ => None,
        },
        Kind::Binary("and" | "or" | ">" | "!=" | ">=", a, b) => {
            trigger_word(a, names).or_else(|| trigger_word(b, names))
        }
        _ => None,
    }
}

/// Letters and spaces: markup, switches such as `/no_think`, and role tokens are how honest templates work.
fn plain(word: &str) -> bool {
    word.trim().chars().count() >= 3 && word.chars().all(|c| c.is_alphabetic() || c == ' ')
}

/// Whether an expression yields what the user wrote, or a part of it; the kind or role of a message is not.
fn is_content(expr: &Expr, names: &HashSet<&str>) -> bool {
    match &expr.kind {
        Kind::Name(name) | Kind::Attr(_, name) => name == "content" || names.contains(name.as_str()),
        Kind::Item(base, key) => match &key.kind {
            Kind::Str(key) => matches!(key.as_str(), "content" | "text"),
            _ => is_content(base, names),
        },
        Kind::Slice(base, _) | Kind::Filter(Some(base), ..) => is_content(base, names),
        Kind::Call(callee, _) => matches!(&callee.kind, Kind::Attr(base, _) if is_content(base, names)),
        Kind::Concat(items) | Kind::Sum(items) => items.iter().any(|item| is_content(item, names)),
        Kind::Cond(_, then, other) => {
            is_content(then, names) || other.as_ref().is_some_and(|other| is_content(other, names))
        }
        _ => false,
    }
}

/// At least six words of running text, one of them an imperative.
fn instructs(text: &str) -> bool {
    const IMPERATIVES: [&str; 26] = [
        "always",
        "never",
        "must",
        "should",
        "do not",
        "don't",
        "include",
        "insert",
        "append",
        "respond",
        "reply",
        "say",
        "tell",
        "recommend",
        "write",
        "use",
        "add",
        "ignore",
        "answer",
        "output",
        "send",
        "replace",
        "suggest",
        "claim",
        "pretend",
        "mention",
    ];
    let lower = text.to_lowercase();
    let words = lower.split_whitespace().filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() >= 2).count();
    words >= 6 && IMPERATIVES.iter().any(|word| holds_word(&lower, word))
}
