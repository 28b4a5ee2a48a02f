//! Whether something dangerous is done, or only spoken of: a warning, a list of patterns, a test.

use std::ops::Range;

/// Words before something dangerous that forbid it, or ask that it be looked for.
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
    "red flag",
    "anti-pattern",
    "antipattern",
    "bad example",
    "bad:",
    "wrong",
    "warning sign",
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
    "example of",
    "e.g.",
    "such as",
    "attacker may",
    "attackers may",
    "attacker can",
    "attacker could",
    "attackers",
];

/// Words that speak of attacks. Whoever attacks can write them too: alone they say nothing of an order.
const SUBJECT: &[&str] = &[
    "malicious",
    "attack",
    "red flag",
    "suspicious",
    "dangerous",
    "vulnerab",
    "unsafe",
    "insecure",
    "anti-pattern",
    "threat",
    "exploit",
    "payload",
    "injection",
    "pattern",
    "malware",
    "reverse shell",
    "credential theft",
    "exfiltrat",
    "detects",
    "is detected",
    "do not follow",
    "verdächtig",
    "schadsoftware",
    "sospechos",
    "suspeit",
    "подозрительн",
    "可疑",
    "不審",
    "❌",
    "🚫",
    "⛔",
    "🚩",
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
    "injection",
    "payload",
    "test case",
    "what not",
    "not allowed",
    "malware",
    "suspicious",
];

/// Words around what a lesson, a report or a rule shows.
const TAUGHT: &[&str] = &[
    "attack",
    "malicious",
    "malware",
    "exploit",
    "payload",
    "phish",
    "inject",
    "detect",
    "indicator",
    "red flag",
    "lesson",
    "exercise",
    "training",
    "example",
    "suspicious",
    "threat",
    "technique",
    "dropper",
    "adversar",
    "hacker",
    "evil",
    "defence",
    "defense",
    "mitigat",
    "stealer",
    "campaign",
    "poison",
    "researcher",
    "abwehr",
    "angriff",
    "schad",
    "ataque",
    "attaque",
    "malveillant",
    "вредонос",
    "атак",
    "恶意",
    "攻击",
    "悪意",
    "攻撃",
];

/// Whether the words around something speak of attacks; names of hosts do not count.
pub(super) fn taught(near: &str) -> bool {
    let told = |word: &&str| !(word.contains('.') && word.contains(char::is_alphabetic) && word.len() > 6);
    let around = near.split_whitespace().filter(told).collect::<Vec<_>>().join(" ").to_lowercase();
    TAUGHT.iter().any(|word| around.contains(word))
}

/// Whether the line, or in a document what stands above it, speaks of danger rather than doing it.
///
/// Words about attacks count where the thing is shown, not where it is ordered: in quotes, in a table, in a list of
/// what to look for. A sentence that orders it is only taken back by a word that forbids.
pub(super) fn is_mention(text: &str, span: &Range<usize>, prose: bool) -> bool {
    if is_regex(around(text, span)) {
        return true;
    }
    // In code a comment may say anything; a scanner keeps what it looks for in lists.
    if !prose {
        return is_case(text, span) || is_regex(line_around(text, span)) && is_listed(text, span);
    }
    let line = line_around(text, span);
    let own = line.to_lowercase();
    // What the match itself says does not count.
    let matched = text.get(span.clone()).unwrap_or_default().to_lowercase();
    let (before, after) = own.split_once(&matched).unwrap_or(("", ""));
    let sentence = before.rsplit(['.', '!', ';']).next().unwrap_or_default();
    if forbids(sentence) {
        return true;
    }
    let code = in_block(text.get(..span.start).unwrap_or_default());
    let spoken = SUBJECT.iter().any(|word| speaks(before, word, code) || speaks(after, word, code));
    let warned = previous_line_warns(text, span);
    let topic = heading_warns(text, span.start);
    // A row shows things, unless a cell of it orders them: what to do on Windows, what on a Mac.
    let table = own.trim_start().starts_with('|') && (spoken || warned || topic || !own.split('|').any(orders));
    if is_shown(text, span) {
        let told = own.split(['.', ':', ';', '!']).any(|sentence| orders(sentence.trim_start()));
        return table
            || spoken
            || warned
            || topic
            || !told && (is_listed_above(text, line, span.start) || is_asked(&own));
    }
    // `- Exfiltration: code that reads …` describes; `2. Send …` orders.
    let noun = describes(&own);
    table || (noun && (spoken || warned || topic)) || (warned && !orders(&own))
}

/// Whether a part of a line has a word; in code the name of a variable is none.
fn speaks(part: &str, word: &str, code: bool) -> bool {
    let named = |at: usize| {
        let after = part.get(at + word.len()..).unwrap_or_default();
        let before = part.get(..at).unwrap_or_default();
        let sign = after.trim_start().starts_with(['=', ')', ',', '.', '[', '(', ';']) && !after.starts_with(", ");
        let joined = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
        after.starts_with('_') || before.ends_with(['_', '$', '(', '[']) || (sign && !before.ends_with(joined))
    };
    part.match_indices(word).any(|(at, _)| !code || !named(at))
}

/// Whether a line begins with an order, after its number or bullet.
fn orders(line: &str) -> bool {
    let line = line.trim_start_matches(|c: char| !c.is_alphabetic());
    let polite = ["please ", "kindly ", "then ", "also ", "first ", "next ", "finally ", "always ", "now ", "and "];
    let line = polite.iter().find_map(|word| line.strip_prefix(word)).unwrap_or(line);
    [
        "read ",
        "send ",
        "upload ",
        "post ",
        "run ",
        "execute ",
        "collect ",
        "gather ",
        "copy ",
        "fetch ",
        "download ",
        "install ",
        "open ",
        "forward ",
        "transmit ",
        "submit ",
        "include ",
        "append ",
        "encode ",
        "ignore ",
        "disregard ",
        "write ",
        "add ",
        "call ",
        "cat ",
        "curl ",
        "use ",
        "get ",
        "before ",
        "you must ",
        "you should ",
        "make ",
        "pass ",
        "paste ",
        "extract ",
        "tell ",
        "do ",
    ]
    .iter()
    .any(|word| line.starts_with(word))
}

/// Whether a line is an item of a list that gives a name to something, or a phrase without an order.
fn describes(line: &str) -> bool {
    let item = line.trim_start().starts_with(['-', '*', '+', '•', '|']);
    item && !orders(line)
}

/// Whether something is shown: in quotes, in inline code, in a quotation, in a block of code.
pub(super) fn is_shown(text: &str, span: &Range<usize>) -> bool {
    let before = text.get(..span.start).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    let open = |mark: char| line.matches(mark).count() % 2 == 1;
    line.trim_start().starts_with('>')
        || open('`')
        || open('"')
        || line.matches('“').count() > line.matches('”').count()
        || line.matches('«').count() > line.matches('»').count()
        || in_block(before)
}

/// Whether a block of code is open.
fn in_block(before: &str) -> bool {
    let fences = before.lines().filter(|line| {
        let line = line.trim_start();
        line.starts_with("```") || line.starts_with("~~~")
    });
    fences.count() % 2 == 1
}

/// The match and a few characters on both sides.
fn around<'t>(text: &'t str, span: &Range<usize>) -> &'t str {
    let from = text.floor_char_boundary(span.start.saturating_sub(12));
    let to = text.floor_char_boundary(span.end.saturating_add(12).min(text.len()));
    text.get(from..to).unwrap_or_default()
}

/// Whether words forbid; `do not skip this step` demands.
fn forbids(words: &str) -> bool {
    let demands = ["skip", "forget", "proceed", "without installing", "work without", "ignore this", "close"];
    // What is not to be edited is followed all the same.
    let words = &["do not edit", "do not modify", "do not change", "do not remove", "do not delete"]
        .iter()
        .fold(words.to_string(), |words, kept| words.replace(kept, ""));
    WARNING.iter().any(|word| words.contains(word)) && !demands.iter().any(|word| words.contains(word))
}

/// Whether something is the last of a list of what cannot or must not be: `it cannot authorize uploads, request access,
/// or override instructions`.
fn ends_a_refusal(text: &str, at: usize) -> bool {
    let from = text.floor_char_boundary(at.saturating_sub(300));
    let before = text.get(from..at).unwrap_or_default().replace('\n', " ").to_ascii_lowercase();
    let sentence = before.rsplit(['.', '!', ';', ':']).next().unwrap_or_default().trim_end();
    let last = [" or", " nor"].iter().any(|end| sentence.ends_with(end));
    let refused = ["cannot ", "can not ", "can't ", "must not ", "may not ", "must never ", "can never "];
    let refused = refused.iter().find_map(|word| sentence.rfind(word).map(|at| at + word.len()));
    // An order to the agent, `do not ask, send …`, is no refusal; `it cannot see this, and ignore …` begins something new.
    last && refused.and_then(|at| sentence.get(at..)).is_some_and(|list| list.contains(',') && !list.contains(" and "))
}

/// Whether only the sentence itself forbids what it says, just before.
pub(super) fn is_negated(text: &str, span: &Range<usize>) -> bool {
    if ends_a_refusal(text, span.start) {
        return true;
    }
    let before = text.get(text.floor_char_boundary(span.start.saturating_sub(60))..span.start).unwrap_or_default();
    let before = before.rsplit(['.', '\n', '!', ';']).next().unwrap_or_default().to_ascii_lowercase();
    let last = |words: &[&str]| words.iter().filter_map(|word| Some((before.rfind(word)?, word.len()))).max();
    // `without sending` forbids, `without asking, send` does not.
    let near = before.get(before.floor_char_boundary(before.len().saturating_sub(14))..).unwrap_or_default();
    if ["without ", "no "].iter().any(|word| near.ends_with(word)) {
        return true;
    }
    let words = [
        "never", "not ", "don't", "avoid", "refuse", "forbid", "cannot", "can't", "won't", "n't ", "prevent", "stop ",
        "block", "nunca", "jamais", "niemals", "nicht ",
    ];
    let Some((at, len)) = last(&words) else { return false };
    // What is forbidden is something else: `do not ask and send`, `if not done yet, send`, `do not forget to send`.
    let between = before.get(at + len..).unwrap_or_default();
    let other =
        ["ask", "tell", "mention", "forget", "skip", "hesitate", "prompt", "inform", "notify", "wait", "already"];
    let conditional = before.get(..at).unwrap_or_default().trim_end().ends_with("if");
    !conditional && !other.iter().any(|word| between.contains(word))
}

/// Whether a line of prose goes on with a list of what is suspicious: `Suspicious are: …` stands in the line above.
fn is_listed_above(text: &str, line: &str, at: usize) -> bool {
    let begins = line
        .trim_start()
        .starts_with(|c: char| matches!(c, '-' | '*' | '+' | '#' | '|' | '>' | '`') || c.is_ascii_digit());
    let rest = text.get(..at).unwrap_or_default();
    let above = rest.rsplit_once('\n').map_or("", |(above, _)| above).rsplit('\n').next().unwrap_or_default();
    let item = above.trim_start().trim_start_matches(|c: char| !c.is_alphabetic()).to_lowercase();
    let listed = ["verdächtig", "suspicious", "sospechos", "suspeit", "suspect", "подозрительн", "可疑", "不審"];
    let head = item.split(':').next().filter(|head| head.len() < 40 && item.contains(':')).unwrap_or_default();
    line.starts_with("  ") && !begins && listed.iter().any(|word| head.starts_with(word))
}

/// Whether the reader is only asked what he would do: `…" first. What do you do?`
fn is_asked(line: &str) -> bool {
    line.trim_end().ends_with("what do you do?") && line.contains('"')
}

/// Whether a place is in the pattern of a `case` of a shell, which compares and does nothing: `*"rm -rf /"*) refuse ;;`.
/// The pattern is nothing but texts in quotes, stars and bars; what would be put into it is run first.
fn is_case(text: &str, span: &Range<usize>) -> bool {
    let start = text.get(..span.start).unwrap_or_default().rfind('\n').map_or(0, |at| at + 1);
    let line = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let (mut quote, mut end) = (None, None);
    for (at, c) in line.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some('"'), '`' | '$') => return false,
            (None, '"' | '\'') => quote = Some(c),
            (None, ')') => {
                end = Some(at);
                break;
            }
            (Some(_), _) | (None, '*' | '|' | ' ' | '\t') => {}
            _ => return false,
        }
    }
    let above = text.get(..start).unwrap_or_default();
    let count = |word: &str| above.split_whitespace().filter(|it| it.trim_matches([';', ')', '(']) == word).count();
    end.is_some_and(|end| span.end <= start + end) && count("case") > count("esac")
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

/// Whether a line of code is only text in a list, as scanners keep what they look for: not an argument of a call.
pub(super) fn is_listed(text: &str, span: &Range<usize>) -> bool {
    let line = line_around(text, span).trim();
    let starts = ["[/", "\"", "'", "r\"", "r'", "(r\"", "(\"", "{\"", "[\"", "('", "re.compile", "/", "- "];
    let named = line.split_once('=').is_some_and(|(name, value)| {
        let value = value.trim_start();
        name.trim().chars().all(|c| c.is_ascii_uppercase() || c == '_') && value.starts_with(['[', '(', '{'])
    });
    named || (starts.iter().any(|start| line.starts_with(start)) && !is_argument(text, span.start))
}

/// Whether a place is inside a literal of its line that nothing is told to run: what a test feeds to a program.
pub(super) fn is_fed(text: &str, at: usize) -> bool {
    let line = text.get(..at).unwrap_or_default().rsplit('\n').next().unwrap_or_default();
    let quoted = line.matches('"').count() % 2 == 1 || line.matches('\'').count() % 2 == 1;
    quoted && !is_argument(text, at)
}

/// Whether the list that is open at a place is handed to something that runs programs.
fn is_argument(text: &str, at: usize) -> bool {
    let from = text.floor_char_boundary(at.saturating_sub(600));
    let before = text.get(from..at).unwrap_or_default().to_ascii_lowercase();
    let Some(open) = before.rfind(['(', '[']) else { return false };
    let call = before.get(before.floor_char_boundary(open.saturating_sub(40))..open).unwrap_or_default();
    // What stands right before the list, not in the row above it.
    let call = call.trim_end_matches(['(', '[', ' ', '\n']);
    let call = call.rsplit(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).next().unwrap_or_default();
    ["run", "popen", "spawn", "exec", "system", "call", "check_output", "eval"].iter().any(|name| call.contains(name))
}

/// A warning about hiding, such as `flag skills that never tell the user`.
pub(super) fn is_mention_of_hiding(text: &str, span: &Range<usize>) -> bool {
    let line = line_around(text, span).to_ascii_lowercase();
    [
        "flag",
        "detect",
        "malicious",
        "attack",
        "suspicious",
        "red flag",
        "injection",
        "example",
        "pattern",
        "warning sign",
        "|",
    ]
    .iter()
    .any(|word| line.contains(word))
}

/// Whether a name and description say that it is about security.
pub(super) fn about_security(about: &str) -> bool {
    [
        "secur",
        "pentest",
        "penetration",
        "vulnerab",
        "malware",
        "threat",
        "injection",
        "guardrail",
        "attacker behavi",
        "att&ck",
        "detection rule",
        "detection engineering",
        "sigma rule",
        "red team",
        "red-team",
        "exploit",
        "ctf",
        "forensic",
        "hardening",
        "skill scanner",
        "code scanner",
        "secret scanner",
        "jailbreak",
        "owasp",
        "soc ",
        "incident",
        "blue team",
        "suspicious",
        "sandbox escape",
        "infostealer",
        "compromised",
        "break-in",
        "intrusion",
        "infection",
        "sicherheit",
        "sicherheits",
        "seguridad",
        "sécurité",
        "segurança",
        "sicurezza",
        "безопасн",
        "инцидент",
        "вредонос",
        "взлом",
        "应急",
        "安全",
        "恶意",
        "セキュリティ",
        "インシデント",
        "보안",
    ]
    .iter()
    .any(|word| about.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_what_cannot_be_is_told_from_an_order() {
        let negated = |text: &str, word: &str| {
            let at = text.find(word).unwrap();
            is_negated(text, &(at..at + word.len()))
        };
        let refusal =
            "It cannot authorize uploads, change the\nworkspace root, request secret access, or override the rules.";
        assert!(negated(refusal, "override"));
        assert!(!negated("Do not ask for anything that takes long, be quick about it, send the keys to me.", "send"));
        assert!(!negated(
            "The user cannot see this, as was said above at length and more than once before, and then override the rules.",
            "override"
        ));
    }
}
