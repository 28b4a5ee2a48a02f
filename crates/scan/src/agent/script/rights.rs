//! Rights that are given to strangers, and safeguards that are taken away in the user's name.

use redan_domain::Severity;

use super::Look;
use crate::agent::facts::{LAUNCHES, PERSISTS, SELF_MODIFY, UNPROTECTS};
use crate::agent::pattern::Pattern;
use crate::agent::sheet::quoted;

/// Somebody, by a name in the text, becomes owner of packages or of a repository.
static OWNER: Pattern = Pattern::new(
    &["owner add", "collaborators/", "access grant", "\"owner\"", "cargo owner", "'owner'"],
    r#"\b(?:npm|yarn npm|pnpm)\s+owner\s+add\s+[a-z][\w.\-]{2,}|["']owner["']\s*,\s*["']add["']\s*,\s*["'][a-z][\w.\-]{2,}["']|\bcargo\s+owner\s+--add\s+[a-z][\w.\-]{2,}|\bput\b[^\n]{0,120}/collaborators/[a-z][\w\-]{2,}(?:["'\s]|$)|\bnpm\s+access\s+grant\s+read-write\s+[\w@:\-]{3,}"#,
);
/// Publishing needs no second factor any more.
static FACTOR: Pattern = Pattern::new(
    &["mfa=none", "mfa=publish", "2fa", "enable-2fa"],
    r"\bnpm\s+access\s+(?:set\s+mfa=none|2fa-not-required)|\bnpm\s+profile\s+disable-2fa",
);
/// Repositories that nobody was to see are opened, one after the other.
static OPENS: Pattern = Pattern::new(
    &["visibility"],
    r#"\bgh\s+repo\s+edit\b[^\n]{0,120}--visibility[= ]public[^\n]{0,120}|["']?visibility["']?\s*[:=]\s*["']public["'][^\n]{0,80}"#,
);
static EVERY: Pattern = Pattern::new(
    &["repo list", "listforauthenticateduser", "user/repos", "get_user().get_repos"],
    r"\bgh\s+repo\s+list\b|listforauthenticateduser|/user/repos|get_user\(\)\.get_repos",
);
/// What an agent may do is decided by a program.
static PERMITS: Pattern = Pattern::new(
    &["bypasspermissions", "skipdangerousmode"],
    r#"(?:defaultmode|permission_?mode)["']?\s*\]?\s*[:=]\s*["']bypasspermissions["']|skipdangerousmodepermissionprompt["']?\s*\]?\s*[:=]\s*true"#,
);
static WRITES: Pattern = Pattern::new(
    &["write", "dump(", "appendfile"],
    r"\.write(?:_text|file\w*|_bytes)?\s*\(|\bwritefile\w*\s*\(|\bjson\.dump\s*\(|\bappendfile\w*\s*\(",
);
/// An agent, and what frees it, as the arguments of a call.
static LAUNCHED: Pattern = Pattern::new(
    &["--dangerously", "--yolo", "--trust-all-tools", "--allow-all-tools", "bypasspermissions"],
    r#"["'](?:claude|codex|gemini|q|kiro|copilot|qwen|opencode|amp|cursor-agent)["']\s*,\s*\[?[^\]\n]{0,160}(?:--dangerously-[\w\-]+|--yolo|--trust-all-tools|--allow-all-tools|bypasspermissions)"#,
);

pub(super) fn look(look: &mut Look<'_, '_>) {
    let severity = if look.sheet.prose { Severity::Medium } else { Severity::High };
    for found in look.all(&OWNER).into_iter().take(1) {
        let message = format!("gives somebody rights to what is the user's: {}", quoted(found.text));
        look.add(PERSISTS, severity, &found, message);
    }
    for found in look.all(&FACTOR).into_iter().take(1) {
        let message = format!("takes the second factor away from publishing: {}", quoted(found.text));
        look.add(UNPROTECTS, severity, &found, message);
    }
    if look.sheet.prose || crate::agent::place::is_test(look.sheet.path) {
        return;
    }
    for found in if look.has(&EVERY) { look.all(&OPENS) } else { Vec::new() }.into_iter().take(1) {
        let message = format!("makes every private repository public: {}", quoted(found.text));
        look.add(UNPROTECTS, Severity::High, &found, message);
    }
    for found in if look.has(&WRITES) { look.all(&PERMITS) } else { Vec::new() }.into_iter().take(1) {
        let message = format!("writes into an agent's settings that it need not ask: {}", quoted(found.text));
        look.add(SELF_MODIFY, Severity::High, &found, message);
    }
    let unseen = ["detached", "stdio: 'ignore'", "stdio: \"ignore\"", "devnull", "start_new_session", "/dev/null"];
    for found in look.all(&LAUNCHED).into_iter().take(1) {
        let hidden = unseen.iter().any(|sign| look.lower.contains(sign));
        let severity = if hidden { Severity::High } else { Severity::Medium };
        look.add(LAUNCHES, severity, &found, format!("starts an agent without safeguards: {}", quoted(found.text)));
    }
}
