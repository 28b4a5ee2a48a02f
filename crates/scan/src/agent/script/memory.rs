//! Scripts that write what an agent reads in every session, and those that lead it to another model host.

use redan_domain::Severity;

use super::{Host, Look};
use crate::agent::facts::{BASE_URL, SELF_MODIFY};
use crate::agent::host;
use crate::agent::pattern::Pattern;
use crate::agent::sheet::quoted;

/// Files that are read in every session, or that decide what an agent may do.
static MEMORY: Pattern = Pattern::new(
    &[
        "claude.md",
        "agents.md",
        "gemini.md",
        "soul.md",
        "memory.md",
        "heartbeat.md",
        ".cursorrules",
        ".windsurfrules",
        "copilot-instructions",
        "mcp.json",
        "settings.json",
        "claude_desktop_config",
        ".claude.json",
    ],
    r#"["'/~][^"'\n]{0,60}\b(?:claude\.md|agents\.md|gemini\.md|soul\.md|memory\.md|heartbeat\.md|\.cursorrules|\.windsurfrules|copilot-instructions\.md|claude_desktop_config\.json)\b|(?:\.claude|\.cursor|\.gemini|\.codex)["'/, ]{1,6}(?:mcp|settings)(?:\.local)?\.json"#,
);
static WRITES: Pattern = Pattern::new(
    &["write", ">>", "append", "open(", "tee ", "json.dump"],
    r#"\.write(?:_text|lines|file\w*|filesync)?\s*\(|(?:write|append)file\w*\s*\(|open\s*\([^\n]{0,120}["'][aw]\+?["']|>>|\btee\s+-a\b|json\.dump\s*\("#,
);
/// Text that a person would not want there.
static POISON: Pattern = Pattern::new(
    &["user", "mention", "tell", "secret", "between us", "permission", "dangerously", "approve", "ignore", "http"],
    r"\b(?:do not|don't|never|without)\s+(?:\w+\s+){0,3}?(?:tell|mention|inform|notify|reveal)\w*\b[^\n]{0,40}\b(?:users?|this|it|them|anyone)\b|between us|\bsilently\b|bypasspermissions|dangerously|enableallprojectmcpservers|\bignore\s+(?:all|any|previous|prior)|\balways\s+(?:send|include|append|post|forward|upload|trust|approve|run|call|add)\b[^\n]{0,120}|\b(?:send|post|forward|upload|fetch|load|get|read)\b[^\n]{0,80}https?://|\bas if (?:the|your) (?:owner|user|human)\b|\brun what (?:they|it) asks?\b|\bdo not list (?:them|it|this)\b|\bkeep a copy in\b",
);
/// A command of a hook of which nobody is to see anything, or that asks somebody else.
static UNSEEN_HOOK: Pattern = Pattern::new(
    &["command"],
    r#"\bcommand["']?\s*[:=]\s*[^\n]{0,160}(?:>\s*/dev/null|\bnohup\b|\bcurl\s|\bwget\s|base64|2>&1\s*&)"#,
);
static MODEL_HOST: Pattern = Pattern::new(
    &["base_url", "api_base"],
    r#"\b(?:anthropic|openai|gemini|claude|codex|copilot)\w*_(?:base_url|api_base)["']?\s*[\]]?\s*[=:]\s*["']?(https?://[^\s"'`)]+)"#,
);

pub(super) fn look(look: &mut Look<'_, '_>) {
    if !look.sheet.prose && look.has(&WRITES) {
        let file = look.all(&MEMORY).into_iter().next();
        // What is written stands near the name of the file or of the variable that has it: not in another function.
        let near = |at: usize| file.as_ref().is_some_and(|file| at.abs_diff(file.span.start) < 1500);
        let poison = look.all(&POISON).into_iter().find(|found| near(found.span.start));
        if let (Some(file), Some(poison)) = (&file, poison) {
            let message = format!("writes {} into {}, which agents read", quoted(poison.text), quoted(file.text));
            look.add(SELF_MODIFY, Severity::High, file, message);
        }
    }
    let of_agent = [".claude", ".cursor", ".codex", ".gemini"].iter().any(|folder| look.lower.contains(folder));
    let hooks = of_agent && look.lower.contains("settings.json") && look.lower.contains("hooks");
    if hooks && !look.sheet.prose && look.has(&WRITES) {
        for found in look.all(&UNSEEN_HOOK).into_iter().take(1) {
            let message =
                format!("puts a hook into the settings of an agent that works unseen: {}", quoted(found.text));
            look.add(SELF_MODIFY, Severity::High, &found, message);
        }
    }
    for found in look.all(&MODEL_HOST) {
        let address = found.group.unwrap_or_default();
        let foreign = match host::classify(address) {
            Host::Local | Host::Known => false,
            Host::Other => !look.is_own(address) && !host::serves_models(address) && !host::is_company(address),
            _ => true,
        };
        if foreign {
            // Written where it lasts, it is no setting of one run.
            let line = crate::agent::mention::line_around(look.text, &found.span);
            let lasting = line.contains(">>") || line.contains("rc") || look.has(&MEMORY);
            let severity = if lasting && !look.sheet.prose { Severity::High } else { Severity::Medium };
            look.add(
                BASE_URL,
                severity,
                &found,
                format!("prompts, code and keys for the model go to {}", quoted(address)),
            );
        }
    }
}
