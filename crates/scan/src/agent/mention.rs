//! Whether something dangerous is done, or only spoken of: a warning, a list of patterns, a test.

use std::ops::Range;

/// Words of a line or heading that speak of attacks or forbid something.
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
    "grep",
    "❌",
    "🚫",
    "⛔",
    "🚩",
    "ioc",
    "pattern",
    "example of",
    "e.g.",
    "such as",
    "risk",
    "credential theft",
    "exfiltrat",
    "reverse shell",
    "malware",
    "without ",
    "protect",
    "guard",
];

/// Those that speak of attacks, wherever they stand above.
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
    "what it detects",
    "pattern",
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
    "guardrail",
    "warning",
    "injection",
    "payload",
    "test case",
    "security",
    "risk",
    "what not",
    "not allowed",
    "limitations",
    "troubleshoot",
];

/// Whether the line, or in a document the heading above it, speaks of danger.
pub(super) fn is_mention(text: &str, span: &Range<usize>, prose: bool) -> bool {
    let line = line_around(text, span);
    let own = line.to_ascii_lowercase();
    // What the match itself says does not count.
    let matched = text.get(span.clone()).unwrap_or_default().to_ascii_lowercase();
    let rest = own.replacen(&matched, " ", 1);
    if WARNING.iter().any(|word| rest.contains(word)) {
        return true;
    }
    if is_regex(&own) {
        return true;
    }
    prose && (previous_line_warns(text, span) || heading_warns(text, span.start) || own.trim_start().starts_with('|'))
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
    lines.any(|line| {
        let line = line.to_ascii_lowercase();
        WARNING.iter().any(|word| line.contains(word))
    })
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
