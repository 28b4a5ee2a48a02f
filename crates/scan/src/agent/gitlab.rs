//! Pipelines of GitLab: the checks of workflows, in the words of GitLab.
//!
//! Variables are put in by the shell, not into the text of a script. What a stranger writes therefore becomes a command
//! only where a script is evaluated once more, but it reaches an agent wherever it stands in what that is told.

use redan_document::Node;
use redan_domain::Severity;

use super::ci::{AGENT_STEP, BYPASS, sheet_text};
use super::facts::{CI_AGENT_BYPASS, CI_AGENT_INPUT, CI_INJECTION, CI_PRINTS_SECRET, CI_UNPINNED};
use super::pattern::{Pattern, lower};
use super::sheet::{Sheet, quoted};

/// Variables whose text comes from whoever opens a merge request, pushes a branch, or calls a trigger.
static UNTRUSTED: Pattern = Pattern::new(
    &["ci_", "trigger_payload", "$[["],
    r"\$\{?(?:ci_commit_(?:message|title|description|author|tag_message|ref_name|branch|tag)|ci_merge_request_(?:title|description|labels|source_branch_name)|ci_external_pull_request_source_branch_name|trigger_payload)\b\}?|\$\[\[\s*inputs\.\w+[^\]\n]{0,60}\]\]",
);
/// What a merge request or an issue says, fetched by a script.
static FETCHED: Pattern = Pattern::new(
    &["merge_requests/", "issues/", "glab "],
    r"/(?:merge_requests|issues)/[^\s]{0,80}(?:notes|discussions)?|\bglab\s+(?:mr|issue)\s+(?:view|note|list|diff)",
);
/// A script that is evaluated once more.
static EVALUATES: Pattern =
    Pattern::new(&["eval", "-c"], r"\beval\s|\b(?:ba|z|da)?sh\s+-\w*c\s|\bpython3?\s+-c\s|\bnode\s+-e\s");
/// A token with which the job can change something.
static WRITES: Pattern = Pattern::new(
    &["token", "git push", "glab ", "kubectl", "terraform apply", "ssh "],
    r"\$\{?\w*(?:gitlab|project|access|bot|api|deploy|push|write|npm|pypi)\w*_token\b|\bgit\s+push\b|\bglab\s+(?:mr|issue|release|api)\b|\bkubectl\s+(?:apply|delete|exec)|\bterraform\s+apply|private-token",
);
static PRINTS: Pattern = Pattern::new(
    &["echo", "printf", "printenv", "env", "set"],
    r"(?m)\b(?:echo|printf)\b[^\n|>&;]{0,120}\$\{?\w*(?:_token|_password|_secret|_api_key|_private_key)\b\}?[^\n|>&;]{0,60}$|^\s*-?\s*(?:printenv|env|export\s+-p|set)\s*$",
);

/// Keys on top that are no jobs.
const NO_JOBS: &[&str] = &[
    "stages",
    "variables",
    "include",
    "workflow",
    "default",
    "image",
    "services",
    "cache",
    "before_script",
    "after_script",
    "spec",
];

/// Whether this is a pipeline of GitLab.
pub(super) fn is(path: &str) -> bool {
    path.ends_with(".gitlab-ci.yml") || path.ends_with(".gitlab-ci.yaml") || path.contains(".gitlab/ci/")
}

/// One document of a pipeline.
pub(super) fn pipeline(sheet: &mut Sheet<'_>, root: &Node) {
    includes(sheet, root);
    let jobs = root.as_map().unwrap_or_default();
    let shared: Vec<&Node> =
        ["variables", "before_script", "after_script", "default"].iter().filter_map(|key| root.get(key)).collect();
    for pair in jobs.iter().filter(|pair| !NO_JOBS.contains(&pair.key.as_str())).take(2000) {
        let job = &pair.value;
        if job.as_map().is_none() {
            continue;
        }
        // What a job takes from templates of the same file belongs to it.
        let mut parts = vec![job];
        for name in extended(job) {
            parts.extend(root.get(name));
        }
        self::job(sheet, job, &parts, &shared);
    }
}

/// Names after `extends`.
fn extended(job: &Node) -> Vec<&str> {
    let Some(extends) = job.get("extends") else { return Vec::new() };
    let listed = extends.as_list().unwrap_or_default().iter().filter_map(Node::as_str);
    extends.as_str().into_iter().chain(listed).take(16).collect()
}

/// Pipelines of others that are named by something that moves.
fn includes(sheet: &mut Sheet<'_>, root: &Node) {
    let Some(include) = root.get("include") else { return };
    let one = std::slice::from_ref(include);
    for item in include.as_list().unwrap_or(one) {
        let address =
            item.get("remote").or(Some(item)).filter(|node| node.as_str().is_some_and(|text| text.contains("://")));
        if let Some(node) = address.filter(|_| item.get("integrity").is_none()) {
            let text = node.as_str().unwrap_or_default();
            let message = format!("the pipeline takes in whatever {} holds today", quoted(text));
            sheet.add(CI_UNPINNED, node.span.start..node.span.end, text, message);
        }
        let moving = |node: &&Node| {
            item.get("ref").and_then(Node::as_str).is_none_or(|name| ["main", "master", "HEAD"].contains(&name))
                && node.as_str().is_some()
        };
        if let Some(node) = item.get("project").filter(moving) {
            let text = node.as_str().unwrap_or_default();
            let message = format!("the pipeline takes in whatever stands in {} today", quoted(text));
            sheet.add_as(CI_UNPINNED, Severity::Low, node.span.start..node.span.end, text, message);
        }
    }
}

fn job(sheet: &mut Sheet<'_>, job: &Node, parts: &[&Node], shared: &[&Node]) {
    let text = sheet.text;
    let whole = |node: &Node| sheet_text(text, node);
    let own = whole(job);
    let low = lower(own);
    for found in PRINTS.all(own, &low) {
        let span = job.span.start + found.span.start..job.span.start + found.span.end;
        sheet.add(CI_PRINTS_SECRET, span, "secret", format!("prints a secret: {}", quoted(found.text.trim())));
    }
    let mut at = job.span.start;
    for line in own.split_inclusive('\n') {
        let low = lower(line);
        if EVALUATES.is_in(line, &low) {
            for found in UNTRUSTED.all(line, &low) {
                let span = at + found.span.start..at + found.span.end;
                let message = format!("text that anybody can write becomes part of a script: {}", quoted(found.text));
                sheet.add(CI_INJECTION, span, found.text, message);
            }
        }
        at += line.len();
    }
    let scripts = || parts.iter().chain(shared).map(|node| (*node, whole(node)));
    let says = |pattern: &'static Pattern| scripts().any(|(_, text)| pattern.is_in(text, &lower(text)));
    if !parts.iter().any(|part| AGENT_STEP.is_in(whole(part), &lower(whole(part)))) {
        return;
    }
    let bypass = parts.iter().find_map(|part| {
        let found = BYPASS.all(whole(part), &lower(whole(part))).into_iter().next()?;
        Some((part.span.start + found.span.start..part.span.start + found.span.end, found.text))
    });
    let writes = says(&WRITES);
    let guarded = is_guarded(job);
    let severity = match (guarded, writes || bypass.is_some()) {
        (true, _) => Severity::Low,
        (false, true) => Severity::High,
        (false, false) => Severity::Medium,
    };
    let mut told = Vec::new();
    for (node, text) in scripts() {
        let low = lower(text);
        // Conditions compare; what they name goes nowhere.
        let rules: Vec<_> =
            ["rules", "only", "except", "environment", "workflow"].iter().filter_map(|key| node.get(key)).collect();
        for found in UNTRUSTED.all(text, &low).into_iter().chain(FETCHED.all(text, &low)) {
            let span = node.span.start + found.span.start..node.span.start + found.span.end;
            if !rules.iter().any(|rule| rule.span.start <= span.start && span.start < rule.span.end) {
                told.push((span, found.text));
            }
        }
    }
    for (span, found) in told {
        let rights = if writes { " that may write" } else { "" };
        let message = format!("text that anybody can write reaches an agent in a job{rights}: {}", quoted(found));
        sheet.add_as(CI_AGENT_INPUT, severity, span, found, message);
    }
    if let Some((span, found)) = bypass {
        let severity = if guarded { Severity::Low } else { Severity::Medium };
        let message = format!("an agent runs without its safeguards: {}", quoted(found));
        sheet.add_as(CI_AGENT_BYPASS, severity, span, found, message);
    }
}

/// Whether only people of the project start the job: by hand, on a protected branch, on a schedule.
fn is_guarded(job: &Node) -> bool {
    let by_hand = job.get("when").and_then(Node::as_str) == Some("manual");
    let conditions: Vec<&str> = job
        .get("rules")
        .and_then(Node::as_list)
        .unwrap_or_default()
        .iter()
        .filter(|rule| rule.get("when").and_then(Node::as_str) != Some("never"))
        .map(|rule| match rule.get("when").and_then(Node::as_str) {
            Some("manual") => "manual",
            _ => rule.get("if").and_then(Node::as_str).unwrap_or_default(),
        })
        .collect();
    let trusted = |condition: &&str| {
        ["manual", "schedule", "$CI_DEFAULT_BRANCH", "CI_COMMIT_REF_PROTECTED", "GITLAB_USER_LOGIN =="]
            .iter()
            .any(|word| condition.contains(word))
    };
    by_hand || (!conditions.is_empty() && conditions.iter().all(trusted))
}
