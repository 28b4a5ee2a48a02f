//! Commits that go to somebody else's repository where nobody sees it.

use redan_domain::Severity;

use super::Look;
use crate::agent::facts::{SELF_MODIFY, SENDS_SECRETS};
use crate::agent::host;
use crate::agent::mention::line_around;
use crate::agent::pattern::{Match, Pattern};
use crate::agent::sheet::quoted;

/// Commits that go where a key in the script lets them.
static PUSHED_WITH_KEY: Pattern = Pattern::new(
    &["push"],
    r#"\bgit\b[^\n]{0,160}\bpush\b[^\n]{0,80}https://[^\s"'@/]{0,60}(?:glpat-|gh[pousr]_|github_pat_)[\w\-]{8,}@"#,
);
/// A remote that is added with its address.
static REMOTE: Pattern = Pattern::new(
    &["remote add"],
    r#"\bremote\s+add\s+(?:-\w+\s+)*["']?[\w$\{\}.\-]+["']?\s+["']?((?:https?|ssh|git)://[^\s"']+|[\w.\-]+@[\w.\-]+:[^\s"']+)"#,
);
/// `git("push", "-q", "ssh://…")`, `["git", "push", "--mirror", "https://…"]`.
static PUSHED_BY_LIST: Pattern = Pattern::new(
    &["push"],
    r#"["']push["']\s*,\s*(?:["']-[\w\-]+["']\s*,\s*)*["']((?:https?|ssh)://[^"']+|git@[^"']+)["']"#,
);
/// Whatever is pushed goes to a second place, too.
static SECOND: Pattern = Pattern::new(
    &["set-url"],
    r#"\bremote\s+set-url\s+(?:--add\s+)?--push\s+(?:--add\s+)?["']?[\w$\{\}.\-]+["']?\s+["']?((?:https?|ssh|git)://[^\s"'$]+|[\w.\-]+@[\w.\-]+:[^\s"'$]+)"#,
);
static PUSHES: Pattern = Pattern::new(&["push"], r"\bgit\b[^\n;|&]{0,60}\bpush\b[^\n;]{0,160}");
/// Commits that go to an address in the script instead of a remote of the repository.
static PUSHED: Pattern = Pattern::new(
    &["push"],
    r#"\bgit\s(?:[^\n;|&]|\\\n){0,160}?\bpush\s+(?:-[\w\-]+\s+)*["']?(https?://[^\s"']+|git@[^\s"']+|ssh://[^\s"']+)"#,
);

/// Every repository of the machine.
static REPOSITORIES: Pattern = Pattern::new(
    &[".git"],
    r#"\brglob\s*\(\s*["']\.git["']|\bglob\w*\s*\([^\n)]{0,60}\*\*/\.git\b|\bfind\b[^\n]{0,120}-name\s+["']?\.git\b"#,
);
/// It writes itself, or orders to agents, there.
static SPREADS: Pattern = Pattern::new(
    &["copytree", "agents.md", "claude.md", ".cursorrules", "skills", "cp -r"],
    r"\bcopytree\s*\(|\b(?:agents|claude)\.md\b|\.cursorrules\b|\bcp\s+-r\w*\s",
);
/// Secrets that are kept out of commits are added all the same.
static FORCED: Pattern =
    Pattern::new(&["git add"], r"\bgit\s+add\b[^\n]{0,40}\s(?:-\w*f|--force)\s[^\n]{0,40}\.env\b[^\n]{0,60}");

pub(super) fn look(look: &mut Look<'_, '_>) {
    let elsewhere = look.lower.contains("git push") && look.lower.contains("remote add");
    let forced = if elsewhere { look.all(&FORCED) } else { Vec::new() };
    let shared = ["example", "sample", "template"];
    if let Some(found) = forced.iter().find(|found| !shared.iter().any(|word| found.text.contains(word))) {
        tell(look, found);
    }
    if look.sheet.prose {
        return;
    }
    let publishes = look.has(&PUSHES) || look.lower.contains("npm publish");
    for found in if publishes && look.has(&SPREADS) { look.all(&REPOSITORIES) } else { Vec::new() }.into_iter().take(1)
    {
        let message = format!("writes into every repository of the machine and pushes them: {}", quoted(found.text));
        look.add(SELF_MODIFY, Severity::High, &found, message);
    }
    for found in look.all(&PUSHED_WITH_KEY).into_iter().take(1) {
        let message = format!("pushes with a key of somebody else that stands in the script: {}", quoted(found.text));
        look.add(SENDS_SECRETS, Severity::High, &found, message);
    }
    let second = look.all(&SECOND).into_iter().find(|found| is_foreign(look, found));
    if let Some(found) = second {
        tell(look, &found);
    }
    at_once(look);
    by_list(look);
    added(look);
}

/// `git push https://…`.
fn at_once(look: &mut Look<'_, '_>) {
    let forced = look.lower.contains("add -f .env") || look.lower.contains("add --force .env");
    let quiet = look.lower.contains("/dev/null") || look.lower.contains("--no-verify");
    for found in look.all(&PUSHED) {
        let address = found.group.unwrap_or_default();
        let line = line_around(look.text, &found.span);
        // What is pushed at the same time to somebody's own server is shown to who pushes.
        let hidden = line.contains("/dev/null") && (line.contains("&)") || line.trim_end().ends_with('&'));
        let foreign = host::classify(address).is_foreign();
        if forced || foreign && (hidden || quiet && !look.is_own(address)) {
            tell(look, &found);
        }
    }
}

/// The same by the arguments of a call.
fn by_list(look: &mut Look<'_, '_>) {
    let unseen = ["\"-q\"", "'-q'", "--quiet", "--mirror", "--force", "devnull"];
    for found in look.all(&PUSHED_BY_LIST) {
        if unseen.iter().any(|sign| found.text.contains(sign)) && is_foreign(look, &found) {
            tell(look, &found);
        }
    }
}

/// `git remote add s ssh://…` and a push that nobody sees.
fn added(look: &mut Look<'_, '_>) {
    // Whoever adds a place to push to and takes it away again does not want it to be seen.
    let gone = look.lower.contains("remote remove") || look.lower.contains("remote rm");
    let quiet = [" -q", "--quiet", "/dev/null", "|| true", "--mirror", "--no-verify"];
    let unseen = |push: &Match<'_>| gone || quiet.iter().any(|sign| push.text.contains(sign));
    if !look.all(&PUSHES).iter().any(unseen) {
        return;
    }
    for found in look.all(&REMOTE) {
        if is_foreign(look, &found) {
            tell(look, &found);
        }
    }
}

/// Whether the address in a match is of somebody else: `ssh://host/…`, `git@host:…`.
fn is_foreign(look: &Look<'_, '_>, found: &Match<'_>) -> bool {
    found.group.is_some_and(|address| {
        let path =
            address.split_once("://").map_or_else(|| address.replacen(':', "/", 1), |(_, path)| path.to_string());
        host::classify(&format!("https://{path}")).is_foreign() && !look.is_own(address)
    })
}

fn tell(look: &mut Look<'_, '_>, found: &Match<'_>) {
    let message = format!("pushes to a repository of somebody else, unseen: {}", quoted(found.text));
    look.add(SENDS_SECRETS, Severity::High, found, message);
}
