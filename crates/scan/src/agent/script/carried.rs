//! What only a thief carries away: lists of private files, packed folders, names that are looked up.

use redan_domain::Severity;

use super::Look;
use super::steal::READS;
use crate::agent::facts::SENDS_SECRETS;
use crate::agent::host;
use crate::agent::pattern::Pattern;
use crate::agent::sheet::quoted;

/// A file that is private, as a whole literal.
static PRIVATE_NAME: Pattern = Pattern::new(
    &[
        ".env",
        ".npmrc",
        ".netrc",
        ".pypirc",
        "id_rsa",
        "id_ed25519",
        "credentials",
        ".pgpass",
        "\".",
        "'.",
        "service-account",
    ],
    r#"["']\.(?:openclaw|clawdbot|moltbot|claude|codex|gemini|cursor|aws|ssh|cargo|config/(?:gh|anthropic|openai|gcloud))/[\w./\-]+["']|["'](?:~?/)?(?:\.env(?:\.\w+)?|\.npmrc|\.netrc|\.pypirc|\.pgpass|\.git-credentials|id_rsa|id_ed25519|credentials(?:\.json)?|service-account\.json)["']"#,
);
/// Names of what is left out.
const LEFT: &[&str] =
    &["skip", "ignore", "exclu", "deny", "denied", "block", "forbid", "sensitive", "never", "protect", "refus"];
/// A folder that is packed and piped to another machine.
static PACKED: Pattern = Pattern::new(
    &["tar", "zip"],
    r"\b(?:tar|zip)\b[^\n|;]{0,160}\|[^\n]{0,200}\b(?:nc|ncat|netcat|socat)\s+[^\n]{1,60}|\b(?:tar|zip)\b[^\n|;]{0,160}\|[^\n]{0,120}\bcurl\b[^\n]{0,160}(?:@-|-t\s*-)[^\n]{0,120}/dev/null",
);
/// Names that are looked up and made of something.
static LOOKS_UP: Pattern = Pattern::new(
    &[
        "lookup",
        "getaddrinfo",
        "gethostbyname",
        "getbyname",
        "getallbyname",
        "dns.gethost",
        "resolve",
        "nslookup",
        "dig ",
    ],
    r#"\blookup(?:host|txt|ip|addr|cname)\s*\([^\n]{0,60}(?:sprintf|\+|`)|\b(?:inetaddress\.get(?:all)?byname|dns\.gethost\w+)\s*\([^\n]{0,60}(?:\+|\$")|\b(?:getaddrinfo|gethostbyname|resolve\w*|lookup)\s*\(\s*(?:f["'][^"'\n]*\{|`[^`\n]*\$\{|["'][^"'\n]*["']\s*\+|\w+\s*\+)|\b(?:getaddrinfo|gethostbyname|resolve\w*)\s*,\s*f["'][^"'\n]*\{"#,
);
/// A store of a cloud that asks nobody who he is, and what is put there.
static ANONYMOUS: Pattern = Pattern::new(&["unsigned"], r"\bsignature_version\s*=\s*(?:\w+\.)*unsigned\b");
static STORED: Pattern = Pattern::new(&["put_object", "upload_file"], r"\.put_object\s*\(|\.upload_file(?:obj)?\s*\(");
/// What is written so that it fits into a name.
static LABELS: Pattern = Pattern::new(
    &["base32", "b32encode", "hex", "encodetostring", "geturlencoder", "tobase64string"],
    r#"\bbase32\b|\bb32encode\b|\bhex\.encode|tostring\(\s*["']hex["']\s*\)|\bhexlify\b|\.hex\(\)|encodetostring|geturlencoder|tobase64string"#,
);
/// The environment, or what is confidential in it.
static CONFIDENTIAL: Pattern = Pattern::new(
    &["environ", "process.env", "getenv"],
    r"\bos\.environ\b|\bos\.environ\(\)|\bprocess\.env\b|\bgetenv\b",
);
/// A repository as one file, and that file on its way.
static BUNDLES: Pattern = Pattern::new(
    &["git bundle", "git archive"],
    r"\bgit\s+(?:bundle\s+create|archive)\b(?:[^\n]|\n){0,300}?\b(?:curl|wget)\b[^\n]{0,200}(?:\s-t\s|--upload-file|=@|--data-binary|--post-file)[^\n]{0,200}",
);
/// Something that is encoded, in a header that is for something else.
static IN_HEADER: Pattern = Pattern::new(
    &["if-none-match"],
    r#"["']if-none-match["']\s*[,:]\s*[^\n]{0,60}(?:tobase64string|b64encode|base64\.|btoa\s*\(|tostring\(\s*["'](?:base64|hex)|encodetostring)"#,
);
/// Who is logged in, as one of the things that are sent.
static LOGIN_SENT: Pattern = Pattern::new(
    &["authorization"],
    r#"["'`](https?://[^\s"'`]{6,200})["'`]\s*,\s*(?:new\b|\{|json\b|data\b|bytes\.|strings\.)[^;]{0,400}?\bheaders?\s*(?:\.|\[|\.get\s*\()\s*["']?authorization"#,
);

/// Files that only a thief lists, packed folders, and names that carry something away.
pub(super) fn look(look: &mut Look<'_, '_>, sends: bool) {
    if look.sheet.prose {
        return;
    }
    let named: Vec<_> = look
        .all(&PRIVATE_NAME)
        .into_iter()
        .filter(|found| {
            let from = look.text.floor_char_boundary(found.span.start.saturating_sub(120));
            let before = look.text.get(from..found.span.start).unwrap_or_default().to_ascii_lowercase();
            !LEFT.iter().any(|word| before.contains(word))
        })
        .collect();
    let kinds: std::collections::HashSet<String> = named.iter().map(|found| found.text.to_ascii_lowercase()).collect();
    if let Some(first) = named.first().filter(|_| kinds.len() >= 3 && sends && look.has(&READS)) {
        let message = format!("looks for private files ({} of them by name) and sends", kinds.len());
        look.add(SENDS_SECRETS, Severity::High, first, message);
    }
    for found in look.all(&PACKED).into_iter().take(1) {
        let message = format!("packs a folder and hands it to another machine: {}", quoted(found.text));
        look.add(SENDS_SECRETS, Severity::High, &found, message);
    }
    // Nothing else is written in base 32 to be looked up.
    let labels = look.lower.contains("b32encode") || look.lower.contains("base32.");
    for found in if look.has(&ANONYMOUS) { look.all(&STORED) } else { Vec::new() }.into_iter().take(1) {
        let message = format!("stores what it is given where anybody may write: {}", quoted(found.text));
        look.add(SENDS_SECRETS, Severity::High, &found, message);
    }
    if labels || look.has(&LABELS) && look.has(&CONFIDENTIAL) {
        for found in look.all(&LOOKS_UP).into_iter().take(1) {
            let message =
                format!("puts what it takes from the environment into names it looks up: {}", quoted(found.text));
            look.add(SENDS_SECRETS, Severity::High, &found, message);
        }
    }
    if !crate::agent::place::is_test(look.sheet.path) {
        aside(look);
    }
}

/// What leaves beside something else: the whole repository, logins, what a header is not for.
fn aside(look: &mut Look<'_, '_>) {
    let unseen = look.lower.contains("/dev/null") || look.lower.contains("disown");
    for found in if unseen { look.all(&BUNDLES) } else { Vec::new() }.into_iter().take(1) {
        if let Some((address, _)) = look.address_in(&found.span).filter(|(_, host)| host.is_foreign()) {
            let message = format!("sends the whole repository to {} where nobody sees it", quoted(address));
            look.add(SENDS_SECRETS, Severity::High, &found, message);
        }
    }
    for found in look.all(&IN_HEADER).into_iter().take(1) {
        let message = format!("carries something away in a header that is for something else: {}", quoted(found.text));
        look.add(SENDS_SECRETS, Severity::High, &found, message);
    }
    for found in look.all(&LOGIN_SENT) {
        let address = found.group.unwrap_or_default();
        let low = found.text.to_ascii_lowercase();
        // Who asks on behalf of somebody hands his login on as what it is.
        let handed_on = ["authorization:", "authorization =", "authorization\":", "headers:", "headers ="];
        let foreign = host::classify(address).is_foreign() && !look.is_own(address);
        if foreign && !handed_on.iter().any(|word| low.contains(word)) {
            let message = format!("sends the login of every request to {}", quoted(address));
            look.add(SENDS_SECRETS, Severity::High, &found, message);
        }
    }
}
