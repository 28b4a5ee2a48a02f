//! Jobs that run agents, files of environment variables, and commands that load models.

use redan_document::{Document, Node};
use redan_domain::Severity;

use super::facts::{
    CI_AGENT_ANYONE, CI_AGENT_BYPASS, CI_AGENT_INPUT, CI_INJECTION, CI_PRINTS_SECRET, CI_UNPINNED, ENV_SECRET,
    MODEL_DOWNLOAD, TRUST_REMOTE_CODE,
};
use super::pattern::{Pattern, lower};
use super::sheet::{Sheet, quoted};
use super::{gitlab, server, settings};

/// Text of an event that anybody can write.
static UNTRUSTED: Pattern = Pattern::new(
    &["github.", "inputs."],
    r"\$\{\{[^}\n]*\bgithub\.(?:event\.(?:issue\.(?:title|body)|pull_request\.(?:title|body|head\.(?:ref|label|repo\.default_branch))|comment\.body|review\.body|review_comment\.body|discussion\.(?:title|body)|pages\.[^}\n]*page_name|commits[^}\n]*\.(?:message|author\.(?:email|name))|head_commit\.(?:message|author\.(?:email|name))|workflow_run\.(?:head_branch|head_commit\.message|display_title|pull_requests[^}\n]*)|client_payload[^}\n]*)|head_ref)[^}\n]*\}\}",
);
pub(super) static AGENT_STEP: Pattern = Pattern::new(
    &[
        "claude",
        "codex",
        "gemini",
        "copilot",
        "aider",
        "opencode",
        "goose",
        "openhands",
        "cursor",
        "ai-inference",
        "qwen",
        "droid",
        "amp",
    ],
    r"anthropics/claude-code|claude-code-action|openai/codex-action|google-github-actions/run-gemini-cli|run-gemini-cli|actions/ai-inference|\bclaude\s+(?:-p|--print|-\w)|\bcodex\s+(?:exec|-\w)|\bgemini\s+(?:-p|--\w|-\w)|\baider\s+-|\bopencode\s+run|\bgoose\s+run|sst/opencode|opencode/github|cursor-agent\s|\bcopilot\s+-p|openhands-resolver|factory-ai/droid|\bqwen\s+-",
);
pub(super) static BYPASS: Pattern = Pattern::new(
    &[
        "--dangerously",
        "--yolo",
        "bypasspermissions",
        "--full-auto",
        "danger-full-access",
        "--trust-all-tools",
        "--allow-all",
        "--approval-mode",
        "unsafe",
    ],
    r"--dangerously-[\w-]+|--yolo\b|bypasspermissions|danger-full-access|--trust-all-tools|--allow-all-tools|--approval-mode[= ]yolo|\bunsafe\b",
);
static PRINTS: Pattern = Pattern::new(
    &["secrets."],
    r"\b(?:echo|printf|cat\s*<<<?)\b[^\n|>]{0,120}\$\{\{\s*secrets\.\w+\s*\}\}[^\n|>]{0,80}(?:\n|$)",
);
static REMOTE_FLAG: Pattern = Pattern::new(
    &["trust-remote-code", "trust_remote_code"],
    r"--trust[-_]remote[-_]code(?:[= ](?:true|1))?|\btrust_remote_code\s*[:=]\s*(?:true|1)\b",
);
static MODEL: Pattern = Pattern::new(
    &["huggingface.co", "hf.co", ".gguf", ".safetensors", ".onnx", ".pt", ".bin", ".ckpt"],
    r"\b(?:curl|wget|aria2c)\b[^\n]{0,300}https?://[^\s]{1,300}\.(?:gguf|safetensors|onnx|pt|pth|ckpt|pkl|ggml|tflite)\b",
);
static CHECKED: Pattern = Pattern::new(
    &["sha256", "sha512", "shasum", "--checksum", "cosign", "gpg"],
    r"sha(?:256|512)|shasum|--checksum|cosign|\bgpg\b",
);

/// A workflow or pipeline.
pub(super) fn pipeline(sheet: &mut Sheet<'_>, documents: &[Document]) {
    let text = sheet.text;
    let low = lower(text);
    for document in documents {
        if gitlab::is(sheet.path) {
            gitlab::pipeline(sheet, &document.root);
        } else {
            workflow(sheet, &document.root);
        }
    }
    for found in PRINTS.all(text, &low) {
        sheet.add(CI_PRINTS_SECRET, found.span.clone(), "secret", format!("prints a secret: {}", quoted(found.text)));
    }
    shell(sheet);
}

/// What events start it, as text.
fn events(root: &Node) -> Vec<&str> {
    // `on` is a key of YAML 1.2; older writers quote it, or it was read as true.
    let Some(on) = root.get("on").or_else(|| root.get("true")) else { return Vec::new() };
    if let Some(one) = on.as_str() {
        return vec![one];
    }
    let listed = on.as_list().unwrap_or_default().iter().filter_map(Node::as_str);
    listed.chain(on.as_map().unwrap_or_default().iter().map(|pair| pair.key.as_str())).collect()
}

fn workflow(sheet: &mut Sheet<'_>, root: &Node) {
    let events = events(root);
    let outsiders = [
        "issue_comment",
        "issues",
        "pull_request_target",
        "discussion",
        "discussion_comment",
        "workflow_run",
        "pull_request_review_comment",
        "pull_request_review",
        "repository_dispatch",
    ];
    let open = events.iter().any(|event| outsiders.contains(event));
    let jobs: Vec<&Node> =
        root.get("jobs").and_then(Node::as_map).unwrap_or_default().iter().map(|pair| &pair.value).collect();
    let composite = root.get("runs").into_iter();
    for job in jobs.into_iter().chain(composite) {
        let writes = may_write(job.get("permissions")).or_else(|| may_write(root.get("permissions")));
        let guarded = job.get("if").and_then(Node::scalar).is_some_and(is_guard);
        for step in job.get("steps").and_then(Node::as_list).unwrap_or_default() {
            self::step(sheet, step, open, writes, guarded);
        }
    }
}

/// Whether a condition lets only people of the project through.
fn is_guard(condition: &str) -> bool {
    let condition = condition.to_ascii_lowercase();
    ["author_association", "github.actor ==", "sender.login ==", "collaborator", "user.login ==", "permission"]
        .iter()
        .any(|word| condition.contains(word))
}

/// Whether a token may change something; unknown where nothing is said.
fn may_write(permissions: Option<&Node>) -> Option<bool> {
    let node = permissions?;
    if let Some(word) = node.as_str() {
        return Some(word == "write-all");
    }
    let pairs = node.as_map()?;
    Some(pairs.iter().any(|pair| pair.key != "id-token" && pair.value.as_str() == Some("write")))
}

fn step(sheet: &mut Sheet<'_>, step: &Node, open: bool, writes: Option<bool>, guarded: bool) {
    let part = |node: &Node| sheet_text(sheet.text, node);
    let whole = part(step);
    let uses = step.get("uses").and_then(Node::as_str).unwrap_or_default();
    let run = step.get("run");
    let own = step.get("if").and_then(Node::scalar).is_some_and(is_guard);
    let low = lower(whole);
    let is_agent = AGENT_STEP.is_in(whole, &low);
    let base = step.span.start;
    if let Some(run) = run {
        let script = sheet_text(sheet.text, run);
        for found in UNTRUSTED.all(script, &lower(script)) {
            let span = run.span.start + found.span.start..run.span.start + found.span.end;
            let severity = if open || writes != Some(false) { Severity::High } else { Severity::Medium };
            let message = format!("text that anybody can write becomes part of a script: {}", quoted(found.text));
            sheet.add_as(CI_INJECTION, severity, span, found.text, message);
        }
    } else if uses.contains("github-script")
        && let Some(script) = step.path("with.script")
    {
        let code = sheet_text(sheet.text, script);
        for found in UNTRUSTED.all(code, &lower(code)) {
            let span = script.span.start + found.span.start..script.span.start + found.span.end;
            let message = format!("text that anybody can write becomes part of a script: {}", quoted(found.text));
            sheet.add(CI_INJECTION, span, found.text, message);
        }
    }
    if is_agent {
        agent_step(sheet, step, whole, base, (open, writes, guarded || own));
    }
    if let Some((action, version)) = uses.split_once('@') {
        let first_party = action.starts_with("actions/") || action.starts_with("github/") || action.starts_with("./");
        let hash = version.len() == 40 && version.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !hash
            && !first_party
            && let Some(node) = step.get("uses")
        {
            let message = format!("{} is whatever {} names today", quoted(action), quoted(version));
            sheet.add(CI_UNPINNED, node.span.start..node.span.end, action, message);
        }
    }
}

fn agent_step(
    sheet: &mut Sheet<'_>,
    step: &Node,
    whole: &str,
    base: usize,
    (open, writes, guarded): (bool, Option<bool>, bool),
) {
    let low = lower(whole);
    let bypass = BYPASS.all(whole, &low).into_iter().next();
    for found in UNTRUSTED.all(whole, &low) {
        let severity =
            if (open && writes != Some(false)) || bypass.is_some() { Severity::High } else { Severity::Medium };
        let severity = if guarded { Severity::Low } else { severity };
        let message = format!(
            "text that anybody can write reaches an agent in a job{}: {}",
            if writes == Some(true) { " that may write" } else { "" },
            quoted(found.text)
        );
        sheet.add_as(CI_AGENT_INPUT, severity, base + found.span.start..base + found.span.end, found.text, message);
    }
    if let Some(found) = bypass {
        let severity = if open && !guarded { Severity::High } else { Severity::Medium };
        let message = format!("an agent runs without its safeguards: {}", quoted(found.text));
        sheet.add_as(CI_AGENT_BYPASS, severity, base + found.span.start..base + found.span.end, found.text, message);
    }
    for key in [
        "with.allowed_non_write_users",
        "with.allowed_bots",
        "with.allow-users",
        "with.allow-bot-users",
        "with.allowed-non-write-users",
    ] {
        if let Some(node) = step.path(key).filter(|node| node.as_str() == Some("*")) {
            let severity = if key.contains("bots") || key.contains("bot-") { Severity::Medium } else { Severity::High };
            let message =
                format!("anybody may start the agent: {} is {}", quoted(key.trim_start_matches("with.")), quoted("*"));
            sheet.add_as(CI_AGENT_ANYONE, severity, node.span.start..node.span.end, key, message);
        }
    }
    for key in ["with.claude_args", "with.allowed_tools", "with.settings"] {
        let Some(node) = step.path(key) else { continue };
        let value = node.as_str().unwrap_or_default();
        if open && ["Bash(*)", "Bash,", "\"Bash\"", "Bash(:*)"].iter().any(|rule| value.contains(rule)) {
            settings::permission(sheet, "Bash(*)", node.span.start..node.span.end);
        }
    }
}

pub(super) fn sheet_text<'t>(text: &'t str, node: &Node) -> &'t str {
    text.get(node.span.start..node.span.end).unwrap_or_default()
}

/// Names and values of a file of environment variables.
pub(super) fn environment(sheet: &mut Sheet<'_>) {
    let text = sheet.text;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim();
        let assignment = content.strip_prefix("export ").unwrap_or(content);
        if let Some((name, value)) = assignment.split_once('=').filter(|(name, _)| !name.starts_with('#')) {
            let value = value.trim().trim_matches(['"', '\'']);
            let span = start..start + line.trim_end().len();
            if let Some(kind) = server::secret(name.trim(), value) {
                let message = format!("a credential ({kind}) stands in the file, as {}", quoted(name));
                sheet.add(ENV_SECRET, span, name.trim(), message);
            } else {
                settings::environment(sheet, name.trim(), value, span);
            }
        }
        start += line.len();
    }
}

/// Whether it stands in the command of an image: that is judged with the container.
fn is_start_of_image(path: &str, text: &str, at: usize) -> bool {
    let name = super::place::base(path).to_ascii_lowercase();
    if !name.contains("dockerfile") {
        return false;
    }
    let before = text.get(..at).unwrap_or_default();
    let mut first = before.rsplit('\n').next().unwrap_or_default();
    for line in before.lines().rev().skip(usize::from(!first.is_empty())) {
        if !line.trim_end().ends_with('\\') {
            break;
        }
        first = line;
    }
    let word = first.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
    matches!(word.as_str(), "CMD" | "ENTRYPOINT" | "ENV")
}

/// Commands of the project itself that load models.
pub(super) fn shell(sheet: &mut Sheet<'_>) {
    let text = sheet.text;
    let low = lower(text);
    for found in REMOTE_FLAG.all(text, &low) {
        let line = super::mention::line_around(text, &found.span);
        if is_start_of_image(sheet.path, text, found.span.start) {
            continue;
        }
        if !line.trim_start().starts_with(['#', ';']) {
            sheet.add(
                TRUST_REMOTE_CODE,
                found.span.clone(),
                "trust-remote-code",
                format!("a model may bring code of its own: {}", quoted(line)),
            );
        }
    }
    let checked = CHECKED.is_in(text, &low);
    for found in MODEL.all(text, &low).into_iter().filter(|_| !checked) {
        sheet.add(
            MODEL_DOWNLOAD,
            found.span.clone(),
            "model",
            format!("a model is downloaded and nothing is compared: {}", quoted(found.text)),
        );
    }
}
