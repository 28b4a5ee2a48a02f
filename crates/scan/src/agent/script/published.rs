//! What lets in, made a page or an issue that others read.

use redan_domain::Severity;

use super::Look;
use crate::agent::facts::SENDS_SECRETS;
use crate::agent::pattern::Pattern;
use crate::agent::sheet::quoted;

/// Texts of repositories become public.
static GIST: Pattern = Pattern::new(
    &["gists.create", "create_gist", "/gists"],
    r"\bgists\.create\s*\([^\n]{0,120}|\bcreate_gist\s*\([^\n]{0,80}|\bpost\b[^\n]{0,60}/gists\b",
);
static PUBLIC: Pattern = Pattern::new(&["public"], r#"\bpublic["']?\s*[:=]\s*true"#);
static PRIVATE_FILE: Pattern = Pattern::new(
    &[".env", "secrets", "tfvars", "credentials", "id_rsa", "secret.y"],
    r#"["'](?:[\w./\-]*/)?(?:\.env(?:\.\w+)?|secrets?\.ya?ml|terraform\.tfvars|credentials(?:\.json)?|id_rsa)["']"#,
);
/// Files that let in, on their way to a page that has an address.
static GIST_COMMAND: Pattern = Pattern::new(
    &["gh gist"],
    r"\bgh\s+gist\s+create\b[^\n]{0,200}(?:\.env\b|\.pem\b|\.ssh/|id_rsa|id_ed25519|credentials|\.npmrc|\.netrc)",
);
/// Files below a folder, by kinds that hold what lets in.
const KINDS: &[&str] = &["wallet", "keystore", ".env", "id_rsa", "id_ed25519", ".pem", "*.key", "metamask", ".kdbx"];
/// A list becomes a page that everybody can read.
static PUBLISHES: Pattern = Pattern::new(&["gist create"], r"\bgh\s+gist\s+create\b[^\n]{0,60}(?:--public|-p)\b");
/// What is read from private repositories goes into another's issue.
static ISSUE_ELSEWHERE: Pattern = Pattern::new(
    &["issues.create", "createcomment", "create_issue"],
    r#"\bissues\.create(?:comment)?\s*\(\s*\{\s*owner\s*:\s*["'][\w\-]+["']\s*,\s*repo\s*:\s*["'][\w.\-]+["']"#,
);

pub(super) fn look(look: &mut Look<'_, '_>) {
    let private = look.lower.contains("visibility private");
    let searches = ["$home", "find ", "search", "walk"].iter().any(|word| look.lower.contains(word));
    let kinds = KINDS.iter().filter(|kind| look.lower.contains(*kind)).count();
    let searched = private || searches && kinds >= 3;
    for found in if searched { look.all(&PUBLISHES) } else { Vec::new() }.into_iter().take(1) {
        let message = format!("looks for files that let in, and makes a page public: {}", quoted(found.text));
        look.add(SENDS_SECRETS, Severity::High, &found, message);
    }
    for found in if look.has(&PRIVATE_FILE) { look.all(&ISSUE_ELSEWHERE) } else { Vec::new() }.into_iter().take(1) {
        let message = format!("puts private files into an issue elsewhere: {}", quoted(found.text));
        look.add(SENDS_SECRETS, Severity::High, &found, message);
    }
    for found in look.all(&GIST_COMMAND).into_iter().take(1) {
        let message = format!("puts files that let in onto a page: {}", quoted(found.text));
        look.add(SENDS_SECRETS, Severity::High, &found, message);
    }
    if look.sheet.prose || crate::agent::place::is_test(look.sheet.path) {
        return;
    }
    if look.has(&PUBLIC) && look.has(&PRIVATE_FILE) {
        for found in look.all(&GIST).into_iter().take(1) {
            let message = format!("makes private files public: {}", quoted(found.text));
            look.add(SENDS_SECRETS, Severity::High, &found, message);
        }
    }
}
