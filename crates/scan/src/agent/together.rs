//! What the files of one small thing do together: what one of them takes and where another of them, or the same one,
//! sends.

use std::collections::HashMap;

use redan_domain::{Fact, FactKind, Severity};

use super::facts::{COLLECTOR, EXFILTRATE, READS_SECRETS, SENDS_ENVIRONMENT, SENDS_SECRETS};
use super::host;
use super::leak;
use super::mention;
use super::pattern::Pattern;
use super::place;
use super::script;
use super::sheet::{Sheet, quoted};

/// The whole environment, made ready to be carried away by an agent.
static DUMPS: Pattern = Pattern::new(
    &["printenv", "env |", "env|", "/proc/self/environ"],
    r"(?:^|\n|`)\s*(?:printenv|env)\s*\|[^\n]{0,60}\b(?:base64|gzip|xxd|tr|jq)\b|/proc/self/environ",
);
/// A request that an agent is to make.
static POSTS: Pattern = Pattern::new(
    &["post http", "put http", "curl", "post request"],
    r#"\b(?:post|put)\s+(https?://[^\s`"'<>)]+)|\bcurl\b[^\n]{0,120}?(?:-d|--data\S*|-t|-f|--form|--upload-file)\b[^\n]{0,120}?(https?://[^\s`"'<>)]+)"#,
);

/// Longest file that is read.
const MAX_TEXT: usize = 128 << 10;
/// Promises that nothing leaves.
static LOCAL: Pattern = Pattern::new(
    &["offline", "leave", "locally", "on your", "on this computer", "no network", "no account needed", "recorded"],
    r"\b(?:works? |runs? |fully |100% |completely )offline\b|\boffline,|\bnothing (?:ever )?(?:leaves|is sent|is uploaded)\b|\bnever leaves?\b|\bstays? on (?:your|this|the) (?:machine|computer|device|disk)\b|\b(?:stored|saved?|kept)\b[^.\n]{0,40}\bon (?:your|this) (?:\*\*)?(?:machine|computer|device)\b|\bno (?:network|internet) (?:access|connection|needed|required|calls?)\b|\bonly (?:the )?[\w ]{3,40} (?:is|are) recorded\b|\*\*on your (?:machine|computer)\*\*|\blocal[ -]only\b|\b(?:happens?|done|computed|analy[sz]ed|processed) on (?:your|this) (?:machine|computer|device)\b",
);
/// Something is handed to another machine.
static HANDS_OVER: Pattern = Pattern::new(
    &["post", "put", "body", "data=", "json=", "encode(", ".end(", "send"],
    r#"\.(?:post|put)\s*\(|method["']?\s*[:=]\s*["'](?:post|put)|["'](?:post|put)["']\s*,|urlopen\s*\([^\n]{0,200}data\s*=|\bcurl\b[^\n]{0,200}(?:\s-d\b|--data|\s-f\b|--form|\s-t\b)|httppost|\.sendall\s*\(|\.encode\s*\("#,
);

/// Adds to `out` what shows only when the facts of `files` are seen together; `within` tells which belong to one thing.
pub(super) fn examine(
    files: &[(&str, &str)],
    within: impl Fn(&str) -> Option<String>,
    out: &mut Vec<(usize, Vec<Fact>)>,
) {
    carried(files, &within, out);
    broken_promises(files, &within, out);
    let mut raised: Vec<(usize, Fact)> = Vec::new();
    let code = |at: usize| files.get(at).filter(|(path, _)| place::is_code(path)).map(|(path, _)| *path);
    for (at, facts) in out.iter() {
        let Some(home) = code(*at).and_then(&within) else { continue };
        let beside = || {
            let same = |other: &&(usize, Vec<Fact>)| code(other.0).and_then(&within).as_ref() == Some(&home);
            out.iter().filter(same).flat_map(|(_, facts)| facts)
        };
        if beside().any(|fact| fact.kind == SENDS_SECRETS && is(fact, Severity::High)) {
            continue;
        }
        let Some(collector) = beside().find(|fact| fact.kind == COLLECTOR) else { continue };
        let taken = |kind: FactKind| kind == READS_SECRETS || kind == SENDS_ENVIRONMENT;
        if let Some(read) = facts.iter().find(|fact| taken(fact.kind) && is(fact, Severity::Medium)) {
            let mut fact = read.clone();
            fact.kind = SENDS_SECRETS;
            fact.severity = Some(Severity::High);
            fact.message = format!("{}; {}", read.message, collector.message);
            raised.push((*at, fact));
        }
    }
    out.extend(raised.into_iter().map(|(at, fact)| (at, vec![fact])));
}

fn is(fact: &Fact, least: Severity) -> bool {
    fact.severity.is_none_or(|severity| severity >= least)
}

/// Steps of instructions in several documents: one makes the environment ready, another has it sent.
fn carried(files: &[(&str, &str)], within: &impl Fn(&str) -> Option<String>, out: &mut Vec<(usize, Vec<Fact>)>) {
    let prose = |path: &str| matches!(place::extension(path).as_str(), "md" | "mdc" | "mdx" | "txt");
    for (at, (path, text)) in files.iter().enumerate().filter(|(_, (path, _))| prose(path)) {
        let Some(home) = within(path) else { continue };
        let Some(dump) = DUMPS.all(text, &text.to_ascii_lowercase()).into_iter().next() else { continue };
        let head = text.get(..text.floor_char_boundary(300)).unwrap_or(text);
        if mention::about_security(&head.to_ascii_lowercase()) {
            continue;
        }
        let sent = files.iter().filter(|(other, _)| prose(other) && within(other).as_ref() == Some(&home)).find_map(
            |(_, text)| {
                let found = POSTS.all(text, &text.to_ascii_lowercase()).into_iter();
                let address = |text: &str| text.get(text.rfind("http")?..).map(str::to_string);
                found.filter_map(|found| address(found.text)).find(|address| host::classify(address).is_foreign())
            },
        );
        if let Some(address) = sent {
            let mut sheet = Sheet::new(path, text);
            let message = format!(
                "has the whole environment made ready ({}) and sent to {}",
                quoted(dump.text),
                quoted(&address)
            );
            sheet.add_as(EXFILTRATE, Severity::High, dump.span, dump.text, message);
            out.push((at, sheet.facts));
        }
    }
}

/// What is said to stay on the machine, and code that hands something to another one.
fn broken_promises(
    files: &[(&str, &str)],
    within: &impl Fn(&str) -> Option<String>,
    out: &mut Vec<(usize, Vec<Fact>)>,
) {
    let mut promised: HashMap<String, String> = HashMap::new();
    for (path, text) in files.iter().filter(|(_, text)| text.len() < MAX_TEXT) {
        let Some(home) = within(path).filter(|home| !promised.contains_key(home)) else { continue };
        let low = text.to_ascii_lowercase();
        if let Some(said) =
            LOCAL.all(text, &low).into_iter().next().filter(|found| !mention::is_negated(&low, &found.span))
        {
            promised.insert(home, said.text.to_string());
        }
    }
    for (at, (path, text)) in
        files.iter().enumerate().filter(|(_, (path, text))| place::is_code(path) && text.len() < MAX_TEXT)
    {
        let Some(said) = within(path).and_then(|home| promised.get(&home)).filter(|_| !place::is_test(path)) else {
            continue;
        };
        let low = text.to_ascii_lowercase();
        let Some(sends) = HANDS_OVER.all(text, &low).into_iter().next() else { continue };
        let hosts = script::addresses(text, &low).into_iter().chain(script::hosts(text, &low));
        let foreign = hosts.into_iter().find(|(span, host)| {
            (host.is_foreign()
                || leak::is_inbox(text.get(span.clone()).unwrap_or_default())
                || text.get(span.clone()).unwrap_or_default().contains("api.telegram.org"))
                && !is_shown(text, span)
        });
        if let Some((span, _)) = foreign {
            let mut sheet = Sheet::new(path, text);
            let address = text.get(span).unwrap_or_default();
            let message = format!("is said to stay here ({}), and is sent to {}", quoted(said), quoted(address));
            sheet.add_as(COLLECTOR, Severity::High, sends.span, sends.text, message);
            out.push((at, sheet.facts));
        }
    }
}

/// Whether an address only stands in a comment or in a text of help.
fn is_shown(text: &str, span: &std::ops::Range<usize>) -> bool {
    let line = mention::line_around(text, span).trim_start();
    line.starts_with(['#', '*']) || line.starts_with("//")
}
