//! Whether something dangerous is done, or only spoken of: a warning, a list of patterns, a test.

use std::ops::Range;

/// Words before something dangerous that forbid it or speak of attacks.
const WARNING: &[&str] = &[
    "never ",
    "do not ",
    "don't ",
    "avoid",
    "must not",
    "should not",
    "refuse",
    "reject",
    "forbid",
    "forbidden",
    "prohibit",
    "block",
    "deny",
    "denied",
    "disallow",
    "detect",
    "malicious",
    "attack",
    "suspicious",
    "red flag",
    "dangerous",
    "vulnerab",
    "unsafe",
    "insecure",
    "anti-pattern",
    "antipattern",
    "bad example",
    "bad:",
    "wrong",
    "threat",
    "warning sign",
    "exploit",
    "payload",
    "injection",
    "instead of",
    "rather than",
    "not allowed",
    "flag ",
    "flags ",
    "beware",
    "watch for",
    "look for",
    "check for",
    "scan for",
    "scans for",
    "❌",
    "🚫",
    "⛔",
    "🚩",
    "pattern",
    "example of",
    "e.g.",
    "such as",
    "credential theft",
    "exfiltrat",
    "reverse shell",
    "malware",
];

/// Those that say it wherever they stand in the line.
const STRONG: &[&str] = &[
    "malicious",
    "attack",
    "red flag",
    "suspicious",
    "vulnerab",
    "anti-pattern",
    "❌",
    "🚫",
    "⛔",
    "🚩",
    "dangerous",
    "malware",
    "injection attempt",
    "is detected",
    "detects",
    "do not follow",
    "reverse shell",
    "credential theft",
    "exfiltration",
];

/// Those that say it of a whole section.
const TOPIC: &[&str] = &[
    "attack",
    "threat",
    "malicious",
    "vulnerab",
    "red flag",
    "detection",
    "detect",
    "anti-pattern",
    "antipattern",
    "unsafe",
    "dangerous",
    "security check",
    "security scan",
    "indicator",
    "exploit",
    "never",
    "avoid",
    "don't",
    "do not",
    "forbidden",
    "prohibited",
    "blocked",
    "deny",
    "bad practice",
    "security rule",
    "injection",
    "payload",
    "test case",
    "what not",
    "not allowed",
    "malware",
    "suspicious",
];

/// Whether the line, or in a document what stands above it, speaks of danger rather than doing it.
pub(super) fn is_mention(text: &str, span: &Range<usize>, prose: bool) -> bool {
    let line = line_around(text, span);
    let own = line.to_ascii_lowercase();
    // What the match itself says does not count.
    let matched = text.get(span.clone()).unwrap_or_default().to_ascii_lowercase();
    let (before, after) = own.split_once(&matched).unwrap_or(("", ""));
    // In code a comment may say anything; in a sentence what comes first governs.
    if is_regex(&own) || !prose {
        return is_regex(&own);
    }
    if STRONG.iter().any(|word| before.contains(word) || after.contains(word)) {
        return true;
    }
    let sentence = before.rsplit(['.', '!', ';']).next().unwrap_or_default();
    forbids(sentence)
        || previous_line_warns(text, span)
        || heading_warns(text, span.start)
        || own.trim_start().starts_with('|')
}

/// Whether words forbid; `do not skip this step` demands.
fn forbids(words: &str) -> bool {
    let demands = ["skip", "forget", "proceed", "without installing", "work without", "ignore this", "close"];
    WARNING.iter().any(|word| words.contains(word)) && !demands.iter().any(|word| words.contains(word))
}

/// Whether only the line itself forbids what it says.
pub(super) fn is_negated(text: &str, span: &Range<usize>) -> bool {
    let before = text.get(text.floor_char_boundary(span.start.saturating_sub(60))..span.start).unwrap_or_default();
    let before = before.rsplit(['.', '\n', '!', ';']).next().unwrap_or_default().to_ascii_lowercase();
    [
        "never", "not ", "don't", "avoid", "without", "refuse", "forbid", "cannot", "can't", "won't", "no ", "n't ",
        "prevent", "stop ", "block",
    ]
    .iter()
    .any(|word| before.contains(word))
}

/// Whether a line is written in the signs of a regular expression.
fn is_regex(line: &str) -> bool {
    [".*", "\\s", "\\b", "\\|", "[^", "(?i", "\\d", "\\w", "\\.", ".+"]
        .iter()
        .filter(|sign| line.contains(*sign))
        .count()
        >= 2
}

pub(super) fn line_around<'t>(text: &'t str, span: &Range<usize>) -> &'t str {
    let start = text.get(..span.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let end = text.get(span.end..).and_then(|after| after.find('\n')).map_or(text.len(), |at| span.end + at);
    text.get(start..end).unwrap_or_default()
}

/// The nearest line above that is not empty and not a fence, outside of a block of code.
fn previous_line_warns(text: &str, span: &Range<usize>) -> bool {
    let before = text.get(..span.start).unwrap_or_default();
    let lines = before.lines().rev().skip(1).map(str::trim).filter(|line| !line.is_empty());
    let mut lines = lines.filter(|line| !line.starts_with("```") && !line.starts_with("~~~")).take(2);
    lines.any(|line| forbids(&line.to_ascii_lowercase()))
}

/// Whether the heading above speaks of attacks.
fn heading_warns(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let mut fenced = false;
    let mut heading = "";
    for line in before.lines() {
        let line = line.trim_start();
        if line.starts_with("```") || line.starts_with("~~~") {
            fenced = !fenced;
        } else if !fenced && line.starts_with('#') {
            heading = line;
        }
    }
    let heading = heading.to_ascii_lowercase();
    TOPIC.iter().any(|word| heading.contains(word))
}

/// Whether a line of code is only text in a list, as scanners keep what they look for.
pub(super) fn is_listed(text: &str, span: &Range<usize>) -> bool {
    let line = line_around(text, span).trim_start();
    ["\"", "'", "r\"", "r'", "(r\"", "(\"", "{\"", "[\"", "('", "re.compile", "/", "- "]
        .iter()
        .any(|start| line.starts_with(start))
}

/// Whether a name and description say that it is about security.
pub(super) fn about_security(about: &str) -> bool {
    [
        "secur",
        "audit",
        "pentest",
        "penetration",
        "vulnerab",
        "malware",
        "threat",
        "injection",
        "guardrail",
        "red team",
        "red-team",
        "exploit",
        "ctf",
        "forensic",
        "hardening",
        "scanner",
        "jailbreak",
        "owasp",
        "soc ",
        "incident response",
        "sandbox escape",
    ]
    .iter()
    .any(|word| about.contains(word))
}
