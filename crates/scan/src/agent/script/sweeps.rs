//! What goes through everything and takes what is worth something: keys by their shape, files of every repository, the
//! whole environment.

use redan_domain::Severity;

use super::Look;
use crate::agent::facts::{PERSISTS, READS_SECRETS, REMOTE_CODE, SENDS_SECRETS};
use crate::agent::host::{self, Host};
use crate::agent::pattern::{Match, Pattern};
use crate::agent::sheet::quoted;

/// Shapes of keys in an expression that looks for them.
const SHAPES: &[&str] = &["private key", "akia", "gh[po", "ghp_", "gh[pousr", "xox[", "sk-", "aiza", "password\\s"];
/// Names of files that hold keys, in one that picks files out.
const FILES: &[&str] = &[
    ".env",
    ".pem",
    ".key",
    "id_rsa",
    "id_[",
    "id_(",
    "credential",
    "secret",
    "tfstate",
    "kdbx",
    "keystore",
    ".p12",
    ".npmrc",
];
/// An expression, in the languages that have one.
static EXPRESSION: Pattern = Pattern::new(
    &["private key", "akia", "ghp", "gh[p", "xox[", "sk-", "aiza", ".env", ".pem", "id_", "credential"],
    r"(?:=|\(|,|:|return)\s*/[^/\n]{10,300}/|\bre\.compile\s*\([^\n]{10,300}|\bnew\s+regex(?:p)?\s*\([^\n]{10,300}|regexp\.mustcompile\s*\([^\n]{10,300}|regex::new\s*\([^\n]{10,300}|pattern\.compile\s*\([^\n]{10,300}",
);
/// Whoever looks for keys to keep them in does this with them.
const KEEPS: &[&str] = &["redact", "mask", "sanitiz", "sanitis", "scrub", "censor", "***", "block", "refuse", "reject"];
static POSTS: Pattern = Pattern::new(
    &["post", "fetch(", "axios", "request(", "send", "requests.request"],
    r#"method["']?\s*:\s*["']post["']|\.post\s*\(|\brequests\.request\b|\bsendbeacon\s*\("#,
);
/// The key of a bot in the code, or the first part of one.
static BOT: Pattern = Pattern::new(&[":aa"], r#"["']\d{8,10}:aa[\w\-]{1,60}["']"#);
/// A file that goes to a chat.
static TO_CHAT: Pattern =
    Pattern::new(&["senddocument", "sendphoto", "sendmediagroup"], r"\bsend(?:document|photo|mediagroup)\b");
/// Keys and logins of the user, by the names of their files.
static KEY_FILES: Pattern = Pattern::new(
    &["ssh/id_", "netrc", "aws/credentials", "npmrc", "pypirc", "git-credentials", "kube/config"],
    r"\.ssh/id_\w+|\.netrc\b|\.aws/credentials|\.npmrc\b|\.pypirc\b|\.git-credentials|\.kube/config",
);
/// For whom they are the task.
const KEEPERS: &[&str] = &[
    "ssh",
    "credential",
    "secret",
    "backup",
    "dotfile",
    "security",
    "aws",
    "key",
    "scan",
    "audit",
    "leak",
    "password",
    "vault",
    "deploy",
];
/// What was typed into a shell or a database, by the name of its file.
static TYPED: Pattern = Pattern::new(&["history"], r#"["'][\w./~\-]{0,60}_history["']"#);
/// Copies to a place in the text, of which nothing is to be seen.
static COPIES: Pattern = Pattern::new(
    &["rclone", "restic", "s3 cp", "s3 sync", "azcopy", "gsutil", "lftp", "smbclient"],
    r"\b(?:rclone\s+(?:copy|copyto|sync|move)|restic\b[^\n]{0,40}\bbackup|aws\s+s3\s+(?:cp|sync)|azcopy\s+copy|gsutil\s+(?:cp|rsync)|lftp|smbclient)\b(?:\\\n|[^\n]){0,400}",
);
/// The environment, line for line, where an agent reads it.
static PRINTED: Pattern = Pattern::new(
    &["environ"],
    r"\bfor\s+\w+\s*,\s*\w+\s+in\s+(?:sorted\s*\(\s*)?os\.environ\.items\(\)\s*\)?\s*:\s*\n\s*print\s*\(",
);
/// The words that open a wallet, in what is sent.
static WORDS_SENT: Pattern = Pattern::new(
    &["mnemonic", "seed_phrase", "seedphrase", "recovery_phrase", "recoveryphrase", "private_key", "privatekey"],
    r#"["'](?:mnemonic|seed_?phrase|recovery_?phrase|private_?key)["']\s*:\s*[a-z_]"#,
);
/// Another file of keys that let in, and a key in the text.
static MORE_KEYS: Pattern = Pattern::new(
    &["authorizedkeysfile"],
    r"\bauthorizedkeysfile[ \t]+[^\n#]{0,80}[ \t]/\S+|\bauthorizedkeysfile[ \t]+/\S+",
);
static A_KEY: Pattern = Pattern::new(&["aaaa"], r"\b(?:ssh-(?:ed25519|rsa)|ecdsa-sha2-\w+)\s+aaaa[a-z0-9+/]{20,}");
/// Copies to a place that the configuration of the script itself names.
static OWN_CONFIG: Pattern = Pattern::new(
    &["rclone"],
    r#"\brclone_config=["']?\$(?:\\\n|[^\n]){0,400}|\brclone\b(?:\\\n|[^\n]){0,100}--config[= ]["']?\$(?:here|dir|script|\(dirname)(?:\\\n|[^\n]){0,300}"#,
);
/// A place to copy to that is described where it is used, with its address.
static OWN_PLACE: Pattern = Pattern::new(
    &[":webdav", ":sftp", ":ftp", ":s3", ":http"],
    r#"["'(\s=]:(?:webdav|sftp|ftp|s3|http),[^\n)]{0,60}(?:url|host|endpoint)=["']?(?:https?://)?([\w.\-]+\.[a-z]{2,})"#,
);
/// A rule of a mailbox that sends on what comes.
static FORWARDS: Pattern = Pattern::new(
    &["redirectto", "forwardto", "forwardasattachmentto", "forwardingemail", "forwarding_address", "forwardingaddress"],
    r#"\b(?:redirectto|forwardto|forwardasattachmentto|forwardingemail|forwarding_?address(?:es)?)\b(?:[^\n]|\n[^\n]){0,200}?["'`]([\w.+\-]{2,40}@[\w\-]{2,40}(?:\.[\w\-]{2,40}){1,4})["'`]"#,
);
/// The same by the name of a constant.
static FORWARDS_NAMED: Pattern = Pattern::new(
    &["redirectto", "forwardto", "forwardasattachmentto", "forwardingemail"],
    r#"\b(?:redirectto|forwardto|forwardasattachmentto|forwardingemail)\b["']?\s*[:=]\s*\[?\s*([a-z_]\w{2,40})\b"#,
);
/// Whoever logs in with git tells a program.
static HELPER: Pattern = Pattern::new(
    &["credential.helper"],
    r#"\bcredential\.helper\s+["']?![^\n]{0,200}\b(?:curl|wget|nc)\b[^\n]{0,120}"#,
);
/// Where packages come from from now on.
static REGISTRY: Pattern = Pattern::new(
    &["registry", "index-url", "index_url"],
    r#"(?:(?:^|\n)\s*registry\s*=\s*|\bnpm\s+config\s+set\s+(?:-\w+\s+|--\w+\s+)*registry[= ]\s*|\byarn\s+config\s+set\s+\w*registry\w*\s+|\bpip3?\s+config\s+(?:--\w+\s+)*set\s+\S*index-url\s+|(?:^|\n)\s*(?:extra-)?index-url\s*=\s*|--(?:extra-)?index-url[= ])["']?(https?://[^\s"'`)]+)"#,
);
/// Makers that have an index of packages of their own.
const INDEXES: &[&str] = &[
    "pytorch.org",
    "nvidia.com",
    "gemfury.io",
    "fury.io",
    "jfrog.io",
    "pkg.dev",
    "codeartifact",
    "visualstudio.com",
    "cloudsmith.io",
    "tsinghua.edu.cn",
    "aliyun.com",
    "npmmirror.com",
    "ustc.edu.cn",
    "tencent.com",
    "huaweicloud.com",
    "taobao.org",
    "intel.com",
    "rapids.ai",
    "googleusercontent.com",
    "piwheels.org",
];
/// Files of keys that are looked for by their names, wherever they are.
static FOUND: Pattern = Pattern::new(
    &["-name", "-iname"],
    r#"\bfind\b[^\n|]{0,200}-i?name\s+\\?["']?\*?(?:\.env|id_|\.pem|\.key\b|\.npmrc|\.netrc|\.pypirc|\.kdbx|wallet|credentials|\.p12)[^\n]{0,200}"#,
);
/// What a variable names is uploaded.
static UPLOADS: Pattern = Pattern::new(
    &["curl"],
    r#"\bcurl\b[^\n]{0,300}[=\s"']@["']?\$\{?\w+|\bcurl\b[^\n]{0,300}(?:-t|--upload-file)\s*["']?\$\{?\w+"#,
);
/// A package by the address of its file.
static PACKAGE_FILE: Pattern = Pattern::new(
    &[".whl", ".tgz", ".tar.gz", ".zip"],
    r#"\b(?:pip3?|uv|npm|pnpm|yarn|gem)\s+(?:pip\s+)?(?:install|add|i)\b[^\n;|&]{0,80}?\s["']?(https?://[^\s"'`]+\.(?:whl|tgz|tar\.gz|zip))"#,
);

pub(super) fn look(look: &mut Look<'_, '_>) {
    registries(look);
    packages(look);
    if look.sheet.prose || crate::agent::place::is_test(look.sheet.path) {
        return;
    }
    let foreign = look.worst_host().filter(|(address, host)| host.is_foreign() && !host::is_company_in_code(address));
    let foreign = foreign.map(|(address, _)| quoted(address));
    if let Some(place) = foreign.filter(|_| look.has(&POSTS) && !KEEPS.iter().any(|word| look.lower.contains(word))) {
        let shaped = |found: &Match<'_>| {
            let low = found.text.to_ascii_lowercase();
            let count = |words: &[&str]| words.iter().filter(|word| low.contains(*word)).count();
            count(SHAPES) >= 2 || count(FILES) >= 3
        };
        // One expression for each of them.
        let all = look
            .all(&EXPRESSION)
            .into_iter()
            .map(|found| found.text.to_ascii_lowercase())
            .collect::<Vec<_>>()
            .join("\n");
        let many = SHAPES.iter().filter(|shape| all.contains(*shape)).count() >= 3;
        if let Some(found) = look.all(&EXPRESSION).into_iter().find(|found| many || shaped(found)) {
            let message = format!("picks out keys or their files and sends to {place}: {}", quoted(found.text));
            look.sheet.add_as(SENDS_SECRETS, Severity::High, found.span, found.text, message);
        }
    }
    for found in look.all(&COPIES) {
        let unseen = found.text.contains("/dev/null");
        let place = look.address_in(&found.span).filter(|(_, host)| host.is_foreign());
        if let Some((address, _)) = place.filter(|_| unseen) {
            let message = format!("copies to {} where nobody sees it", quoted(address));
            look.add(SENDS_SECRETS, Severity::High, &found, message);
        }
    }
    let sends = super::steal::sends(look);
    chats(look);
    keys(look);
    typed(look, sends);
    let out = look.worst_host().filter(|(_, host)| host.is_foreign()).map(|(address, _)| quoted(address));
    for found in if sends && out.is_some() { look.all(&WORDS_SENT) } else { Vec::new() }.into_iter().take(1) {
        let place = out.clone().unwrap_or_default();
        look.add(SENDS_SECRETS, Severity::High, &found, format!("sends what opens a wallet to {place}"));
    }
    for found in if look.has(&A_KEY) { look.all(&MORE_KEYS) } else { Vec::new() }.into_iter().take(1) {
        let message = format!("lets a key log in by a file of its own: {}", quoted(found.text));
        look.add(PERSISTS, Severity::High, &found, message);
    }
    for found in look.all(&OWN_CONFIG).into_iter().filter(|found| found.text.contains("/dev/null")).take(1) {
        let message = format!("copies to a place of its own where nobody sees it: {}", quoted(found.text));
        look.add(SENDS_SECRETS, Severity::High, &found, message);
    }
    let named = look.all(&FORWARDS_NAMED).into_iter().filter_map(|found| Some((constant(look, found.group?)?, found)));
    let written = look.all(&FORWARDS).into_iter().map(|found| (found.group.unwrap_or_default(), found));
    for (address, found) in named.chain(written).collect::<Vec<_>>() {
        let address = address.to_ascii_lowercase();
        if crate::agent::intent::is_mailbox(&address, &look.sheet.about) {
            let message = format!("has a mailbox send on what comes, to {}", quoted(&address));
            look.add(SENDS_SECRETS, Severity::High, &found, message);
        }
    }
    for found in if out.is_some() && look.has(&UPLOADS) { look.all(&FOUND) } else { Vec::new() }.into_iter().take(1) {
        let place = out.clone().unwrap_or_default();
        let message = format!("looks for files of keys everywhere and sends them to {place}: {}", quoted(found.text));
        look.add(SENDS_SECRETS, Severity::High, &found, message);
    }
    for found in look.all(&OWN_PLACE).into_iter().take(1) {
        let address = format!("https://{}/", found.group.unwrap_or_default());
        if host::classify(&address).is_foreign() && !host::is_company_in_code(&address) {
            let message = format!("copies to a place of its own: {}", quoted(found.text));
            look.add(SENDS_SECRETS, Severity::High, &found, message);
        }
    }
    for found in look.all(&HELPER).into_iter().take(1) {
        let message = format!("hands every login of git to a program that sends: {}", quoted(found.text));
        look.add(SENDS_SECRETS, Severity::High, &found, message);
    }
    for found in look.all(&PRINTED).into_iter().take(1) {
        let message = "shows the agent the whole environment, keys and all".to_string();
        look.add(READS_SECRETS, Severity::High, &found, message);
    }
}

/// Files that go to a chat of somebody's.
fn chats(look: &mut Look<'_, '_>) {
    if look.has(&TO_CHAT) && look.lower.contains("telegram.org") {
        for found in look.all(&BOT).into_iter().take(1) {
            let message = format!("sends files to a chat whose key is in the code: {}", quoted(found.text));
            look.add(SENDS_SECRETS, Severity::High, &found, message);
        }
    }
}

/// Keys that are read in a skill that has no use for them.
fn keys(look: &mut Look<'_, '_>) {
    let keys: std::collections::HashSet<_> =
        look.all(&KEY_FILES).into_iter().map(|found| found.text.to_ascii_lowercase()).collect();
    let reads =
        ["open(", "read_text", "readfile", "read_to_string", "fs.read"].iter().any(|call| look.lower.contains(call));
    let task = KEEPERS
        .iter()
        .any(|word| look.sheet.about.contains(word) || look.sheet.path.to_ascii_lowercase().contains(word));
    if keys.len() >= 3 && reads && !task && !look.shell && !look.sheet.about.is_empty() {
        for found in look.all(&KEY_FILES).into_iter().take(1) {
            let message = format!(
                "reads {} files with keys that its task has no use for, {} first",
                keys.len(),
                quoted(found.text)
            );
            look.add(READS_SECRETS, Severity::High, &found, message);
        }
    }
}

/// The text that a name stands for, if it is given one right away.
fn constant<'s>(look: &Look<'s, '_>, name: &str) -> Option<&'s str> {
    look.text.match_indices(name).find_map(|(at, _)| {
        let value = look.text.get(at + name.len()..)?.trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\'' | '`'))?;
        let value = value.get(1..)?;
        value.split(quote).next().filter(|value| value.len() < 100)
    })
}

/// What was typed into shells, sent.
fn typed(look: &mut Look<'_, '_>, sends: bool) {
    let typed: std::collections::HashSet<_> = look.all(&TYPED).into_iter().map(|found| found.text).collect();
    if typed.len() >= 3
        && sends
        && (super::steal::has_inbox(look) || look.worst_host().is_some_and(|(_, it)| it.is_foreign()))
    {
        for found in look.all(&TYPED).into_iter().take(1) {
            let message = format!("sends what was typed into shells and databases, {} and more", quoted(found.text));
            look.add(SENDS_SECRETS, Severity::High, &found, message);
        }
    }
}

/// Packages come from somebody else's index from now on.
fn registries(look: &mut Look<'_, '_>) {
    for found in look.all(&REGISTRY) {
        let address = found.group.unwrap_or_default();
        if host::classify(address).is_foreign() && is_nobodys(look, address) {
            let message = format!("packages are to come from {}, of which nothing is known", quoted(address));
            look.add(PERSISTS, Severity::High, &found, message);
        }
    }
}

/// A package whose file lies on a machine of which nothing is known.
fn packages(look: &mut Look<'_, '_>) {
    for found in look.all(&PACKAGE_FILE) {
        let address = found.group.unwrap_or_default();
        if host::classify(address) == Host::Other && is_nobodys(look, address) {
            let message = format!("installs a package from {}, of which nothing is known", quoted(address));
            look.add(REMOTE_CODE, Severity::High, &found, message);
        }
    }
}

/// Whether a host is neither an index that many use, nor a company's, nor the maker's own.
fn is_nobodys(look: &Look<'_, '_>, address: &str) -> bool {
    let name = host::name(address);
    let known = INDEXES.iter().any(|index| name.contains(index));
    name.contains('.') && !known && !host::is_company(address) && !look.is_own(address)
}
