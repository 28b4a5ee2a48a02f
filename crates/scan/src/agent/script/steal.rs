//! Credentials that are read, and what leaves.

use redan_domain::Severity;

use super::{Host, Look};
use crate::agent::facts::{COLLECTOR, READS_SECRETS, SENDS_ENVIRONMENT, SENDS_SECRETS};
use crate::agent::host;
use crate::agent::pattern::{Match, Pattern};
use crate::agent::sheet::quoted;

/// What only a thief reads.
static STRONG: Pattern = Pattern::new(
    &[
        "id_rsa",
        "id_ed25519",
        "id_ecdsa",
        "aws",
        "login data",
        "login.keychain",
        "keychain",
        "wallet",
        "metamask",
        "exodus",
        "nkbihfbeogaeaoehlefnkodbefgpgknn",
        "local extension settings",
        "cookies.sqlite",
        "logins.json",
        "key4.db",
        "/etc/shadow",
        "solana",
        "keystore",
        "gnupg",
        "git-credentials",
        "local state",
        "cookies",
        "credential",
        "cmdkey",
        "mimikatz",
        "tdata",
        "lsass",
        ".ssh",
        ".kube",
        "browser_cookie3",
        "find-generic-password",
        "find-internet-password",
        "get_password",
        "getpassword",
        "logindata",
        "localextension",
    ],
    r#"\.ssh[/\\"', ]{1,6}id_(?:rsa|ed25519|ecdsa|dsa|\*)|\.ssh/\*|\.aws[/\\"', ]{1,6}credentials|login\s?data["']|login\.keychain|find-(?:generic|internet)-password|dump-keychain|wallet\.dat|local\s?extension\s?settings|nkbihfbeogaeaoehlefnkodbefgpgknn|exodus/exodus\.wallet|cookies\.sqlite|logins\.json|\bkey4\.db|/etc/shadow\b|\.config/solana/id\.json|\.ethereum/keystore|\.gnupg[/\\"', ]{1,6}(?:private|secring)|\.git-credentials|network[/\\]cookies|default[/\\]cookies|cmdkey\s*/list|mimikatz|telegram\s?desktop[/\\]tdata|browser_cookie3|get_?password\s*\(\s*\*|gcloud/(?:application_default_credentials|credentials\.db|legacy_credentials)|\.kube[/\\"', ]{1,6}config["'\s)]"#,
);
/// What may be read for a good reason.
static WEAK: Pattern = Pattern::new(
    &[
        ".ssh",
        ".env",
        ".netrc",
        ".npmrc",
        ".pypirc",
        "/etc/passwd",
        ".docker",
        ".openclaw",
        ".clawdbot",
        ".claude",
        ".cursor",
        ".codex",
        "bash_history",
        "zsh_history",
        "mcp.json",
        "credentials",
        "memory.md",
        "soul.md",
        "secrets",
        ".config",
    ],
    r#"(?:~|home|expanduser|\$home|\$\{home\}|homedir\(\)|/root|/home/\w+|userprofile)[^\n]{0,40}\.(?:ssh|netrc|npmrc|pypirc|docker|openclaw|clawdbot|moltbot|bash_history|zsh_history|codex|cursor|kube|azure|gnupg)\b|(?:cat|open|read\w*|path|glob|<|@|join|type|get-content|copy\w*|cp)\b?[\s("'\[,]{1,4}[^\n"']{0,80}(?:\.env\b|/etc/passwd|\.netrc|\.npmrc|\.pypirc|\.ssh\b|mcp\.json|\.openclaw|\.clawdbot|bash_history|zsh_history|soul\.md|memory\.md|credentials\.json)"#,
);
/// The environment as a whole, in a form that is sent rather than handed on.
static ENVIRONMENT: Pattern = Pattern::new(
    &[
        "environ",
        "process.env",
        "printenv",
        "env",
        "export -p",
        "get-childitem",
        "vars(os",
        "vars( os",
        "os.__dict__",
        "getenv()",
    ],
    r#"(?:json\.dumps|str|urlencode|b64encode|repr)\s*\(\s*(?:dict\s*\(\s*)?os\.environ\b|["'](?:data|json|env|environ\w*|env_vars|vars)["']\s*:\s*(?:dict\s*\(\s*)?os\.environ\b|=\s*dict\s*\(\s*os\.environ\s*\)|(?:json|data)\s*=\s*(?:dict\s*\(\s*)?os\.environ\b|\bfor\s+\w+\s*,\s*\w+\s+in\s+(?:sorted\s*\(\s*)?os\.environ\.items|in\s+os\.environ\.(?:items|keys)\(\)|json\.stringify\s*\(\s*(?:\{[^}\n]{0,60})?(?:\.\.\.)?process\.env\s*[\},)]|json\.stringify\s*\(\s*\w+\s*\(\s*process\.env\b|object\.(?:entries|keys|assign)\s*\(\s*(?:\{\}\s*,\s*)?process\.env\b|\$\(\s*(?:printenv|env|export\s+-p|set)\s*(?:\||\))|`(?:env|printenv)`|(?:^|\n|;|&&)\s*(?:env|printenv|export\s+-p|set)\s*(?:\||>)|@<\(\s*(?:env|printenv)|get-childitem\s+env:|\bos\.environ\(\)|\bvars\(\s*os\s*\)|getattr\(\s*os\s*,\s*["']environ|\bos\.__dict__\b|\bsystem\.getenv\(\)\s*\.\s*(?:entryset|foreach|values)\b"#,
);
/// What credentials look like, in code that looks for them.
static SHAPES: Pattern = Pattern::new(
    &["private key", "ghp", "sk-", "akia", "){11}", "xox[", "re.compile("],
    r"/[^/\n]{0,60}(?:private key|\bghp_?\b|xox\[|akia\[|\{3,8\}\\s\+\)\{11\})[^\n]{0,80}/|re\.compile\([^\n]{0,60}(?:private key|ghp_|xox\[|akia\[|\{3,8\}\\s\+\)\{11\})",
);
/// What is found is put into an address.
static INTO_ADDRESS: Pattern = Pattern::new(
    &["http"],
    r#"(?:get|fetch|urlopen|request)\s*\(\s*f?["'`]https?://[^"'`\n]{4,100}(?:["'`]\s*\+|\{|\$\{)"#,
);
/// A connection without an address that has a scheme, to which something is piped.
static RAW: Pattern = Pattern::new(
    &["/dev/tcp/", "/dev/udp/", "nc ", "ncat", "netcat"],
    r#">\s*["']?/dev/(?:tcp|udp)/\S+|\b(?:nc|ncat|netcat)\s+(?:-(?:w|q)\s*\d+\s+|-[nuv]+\s+)*["']?[\w.$\{\}\-]+["']?\s+["']?[$\d]"#,
);
/// Every secret of a cluster, or the credentials with which it is reached.
static CLUSTER: Pattern = Pattern::new(
    &["secret", "--raw", "serviceaccount/token"],
    r#"\bget["',\s]{1,6}secrets?["',\s]{1,6}[^\n]{0,60}(?:-a\b|--all-namespaces)[^\n]{0,40}|\bconfig["',\s]{1,6}view["',\s]{1,6}[^\n]{0,40}--raw|kubernetes\.io/serviceaccount/token"#,
);
/// Every secret of a pipeline.
static PIPELINE: Pattern = Pattern::new(&["tojson"], r"tojson\s*\(\s*secrets\s*\)");
static SINK: Pattern = Pattern::new(
    &[
        "requests.",
        "urlopen",
        "httpx",
        "session.post",
        "fetch(",
        "axios",
        "http.request",
        "https.request",
        "curl",
        "wget",
        "nc ",
        "sendall",
        "smtplib",
        "sendmail",
        "invoke-",
        "nslookup",
        "dig ",
        "scp ",
        "rsync",
        "client.post",
        "socket",
        "urllib",
        "got.",
        "request(",
        "gethostbyname",
        "aws s3",
        "put_object",
        "http.post",
        "http.client",
        "putrequest",
        "websocket",
        "dns.",
        "net.connect",
        "createconnection",
        "sendto",
        "ftplib",
        "sendbeacon",
        "superagent",
        "needle",
        "->post",
        "curl_exec",
        "httparty",
        "faraday",
        "getaddrinfo",
        "getbyname",
        ".dial",
        "pycurl",
        "tls.connect",
        "http2.connect",
        "undici",
        "gists.create",
        "tcpstream::connect",
        "postasync",
        "putasync",
        "sendasync",
        "httprequest.newbuilder",
        "openconnection",
        "reqwest::",
        "ureq::",
        ".post(",
        ".put(",
        "upload_file",
        "netcat",
        "socat",
        "net/http",
        "http.get",
        "https.get",
        "httpconnection",
        "httpsconnection",
        "resolver.resolve",
        "| nc",
        "|nc",
    ],
    r#"\brequests\.(?:post|put|patch|request)\s*\(|\brequests\.get\s*\(\s*f?["'][^"'\n]*\{|\b(?:httpx|session|client|aiohttp)\.(?:post|put)\s*\(|urllib\.request\.(?:request|urlopen)\s*\(|\burlopen\s*\(|\bfetch\s*\([^\n]{0,300}|\baxios(?:\.(?:post|put|request))?\s*\(|\bhttps?\.(?:request|get)\s*\(|\bcurl\b[^\n|;]{0,400}?(?:\s-d\b|\s-d@|--data|\s-f\b|--form|\s-t\b|--upload-file|-x\s*post|-x\s*put|\$\(|\$\{?\w)|\bwget\b[^\n]{0,200}--post|\|\s*(?:curl|nc|ncat|netcat|socat)\b|\b(?:nc|ncat|netcat)\s+(?:-\w+\s+)*[\w.\-$]+\s+\d{2,5}|\.sendall\s*\(|smtplib\.smtp|\.sendmail\s*\(|invoke-(?:restmethod|webrequest)\b[^\n]{0,200}-(?:body|infile|form|method\s+(?:post|put))|\b(?:nslookup|dig)\s+[^\n]{0,40}(?:\$|`)|gethostbyname\s*\(\s*f?["'][^"'\n]*\{|\b(?:scp|rsync)\b[^\n]{0,120}\s\w+@[\w.\-]+:|https?connection\s*\(|got\.post\s*\(|net/http|http\.post\s*\(|new\s+websocket\s*\(|\bdns(?:\.promises)?\.(?:resolve\w*|lookup)\s*\(|resolver\.resolve\s*\(|net\.(?:connect|createconnection)\s*\(|\.sendto\s*\(|ftplib\.ftp|sendbeacon\s*\(|superagent\.post|needle\.post|\brequest\.post\s*\(|->post\s*\(|\bcurl_exec\s*\(|\b(?:httparty|faraday)\.(?:post|put)|\binetaddress\.get(?:all)?byname\s*\(\s*\w+\s*\+|\bgetaddrinfo\s*\(\s*[a-z_]+\b|\b(?:net|tls)\.dial(?:timeout|context)?\s*\(|\bpycurl\b|\b(?:tls|http2)\.connect\s*\(|\bundici\b|\.(?:post|put|send)async\s*\(|\bhttprequest\.newbuilder\b|\.openconnection\s*\(|["'](?:curl|wget)["']\s*[,)]|\btcpstream::connect\s*\(|\breqwest::|\bureq::|\bgists\.create\s*\(|\b\w+\.post\s*\(\s*\w+\s*,\s*(?:data|json|files|content)\s*=|\.upload_file(?:obj)?\s*\(|\.put_object\s*\(|\b\w+\.(?:post|put)\s*\(\s*f?["']https?://"#,
);
static HOOK: Pattern = Pattern::new(
    &["discord", "/bot", "hooks.slack.com"],
    r"(?:discord(?:app)?\.com/api/webhooks/\d{6,}/[\w\-]{10,}|(?:api\.telegram\.org)?/bot\d{6,}:[\w\-]{20,}|hooks\.slack\.com/services/t\w{6,}/b\w{6,}/\w{10,})",
);
/// Services where anybody has an inbox, whoever owns the service.
static INBOX: Pattern = Pattern::new(
    &[
        "telegram.org/bot",
        "api/webhooks",
        "hooks.slack.com",
        "api.github.com/gists",
        "docs.google.com/forms",
        "formspree",
        "gists.create",
    ],
    r"gists\.create\s*\(|api\.telegram\.org/bot|discord(?:app)?\.com/api/webhooks|hooks\.slack\.com/services|api\.github\.com/gists|docs\.google\.com/forms/\S*formresponse|formspree\.io/f/",
);
/// A file that is sent in the background, with nothing shown.
static UNSEEN: Pattern = Pattern::new(
    &["curl", "wget"],
    r#"\b(?:curl|wget)\b[^\n]{0,300}(?:=@|\s-t\s|--upload-file|--post-file|-d\s*["']?@|--data-binary\s*["']?@)[^\n]{0,300}/dev/null(?:\s*2>&1)?\s*&(?:\s|$)"#,
);
/// One credential in what is sent, of a service that has nothing to do with the receiver.
static ONE_KEY: Pattern = Pattern::new(
    &["process.env", "environ", "getenv"],
    r#"(?:json\.stringify\s*\(|json\.dumps\s*\(|\b(?:json|data|body|params)\s*[:=])[^\n]{0,200}?(?:process\.env\.|process\.env\[["']|os\.environ\[["']|os\.environ\.get\(["']|getenv\(["'])((?:database_url|\w*_dsn|aws_\w+|gh_token|github_token|gitlab_token|npm_token|openai_\w+|anthropic_\w+|stripe_\w+|ssh_\w+|\w*private_key|\w*mnemonic|\w*seed_phrase|pgpassword|\w*db_pass\w*))"#,
);
/// Folders and files that are read whole only to be taken away.
static TAKEN: Pattern = Pattern::new(
    &[".ssh", ".npmrc", ".pypirc", ".docker", "bash_history", "zsh_history"],
    r"\.ssh\b|\.npmrc|\.pypirc|\.docker/config|(?:bash|zsh)_history",
);
pub(super) static READS: Pattern = Pattern::new(
    &["read", "open(", "cat ", "glob", "tar ", "cp "],
    r"\bread(?:file|filesync|_text|_bytes|dir|dirsync)?\w*\s*\(|\bopen\s*\(|\bcat\s|\btar\s|\bglob\b|\bcp\s",
);
/// An account of a cloud whose key is in the code.
static ACCOUNT: Pattern = Pattern::new(&["akia"], r#"(?:access_?key_?(?:id)?)["']?\s*[=:]\s*["']akia[a-z0-9]{16}["']"#);
/// Somebody's account, by its number, may read.
static GRANTS: Pattern = Pattern::new(
    &["grant", "id="],
    r#"grant(?:read|fullcontrol|readacp)["']?\s*[:=](?:[^\n]|\n[^\n]){0,80}|["']id=[0-9a-f]{64}["']"#,
);
static STORES: Pattern = Pattern::new(
    &["upload_file", "put_object", "putobject", "upload_fileobj", "send_message", "put_record"],
    r"\b(?:upload_file(?:obj)?|put_object|putobject\w*|send_message|put_records?)\b",
);
/// What was said to the agent.
static TALK: Pattern = Pattern::new(
    &[
        "transcript_path",
        ".claude/projects",
        ".claude\"",
        ".codex/sessions",
        "chat_history",
        "conversation_history",
        "state.vscdb",
        "'projects",
        "\"projects",
    ],
    r#"\btranscript_path\b|\.claude/projects|\.claude["'\s,)/]{1,8}["']projects|\.codex/sessions|\b(?:chat|conversation)_history\b|state\.vscdb"#,
);
/// Tokens that let somebody act for the user, put into a message.
static GRANT: Pattern = Pattern::new(
    &["refresh_token", "client_secret", "access_token", ".token", "._token"],
    r#"["'][\w-]{1,30}["']\s*:\s*\w+\.(?:refresh_token|client_secret|access_token|_?token)\b"#,
);
/// What is told of a machine or a person.
static PRIVATE: Pattern = Pattern::new(
    &[
        "hostname",
        "whoami",
        "getuser",
        "gethostname",
        "platform.",
        "conversation",
        "messages",
        "history",
        "userinfo",
        "prompt",
        "getpass",
        "read_text",
        ".read()",
        "readfile",
        "input",
        "uname",
        "id",
        "glob",
    ],
    r"\bhostname\b|\bwhoami\b|getpass\.getuser|gethostname|os\.userinfo|platform\.(?:node|uname)|conversation|chat_?history|\.read_text\(|\.read\(\)|readfile(?:sync)?\s*\(|\$\(id\)|\buname\s+-a|@[~/.$]|glob\.glob|os\.walk",
);

/// Private files that a script names whose language is not followed, beside something that sends.
fn unfollowed(look: &mut Look<'_, '_>, place: &str) {
    if look.sheet.prose || look.shell || redan_code::Language::of(look.sheet.path).is_some() {
        return;
    }
    let mut at = 0;
    for line in look.text.split_inclusive('\n') {
        let span = at..at + line.trim_end().len();
        at += line.len();
        let mut literals = line.split(['"', '\'', '`']).skip(1).step_by(2);
        let private = literals.find(|text| redan_code::names_private(text) == Some("private"));
        if let Some(file) = private.filter(|_| READS.is_in(line, &line.to_ascii_lowercase())) {
            let message = format!("reads {} and sends to {place}", quoted(file));
            look.add_at(SENDS_SECRETS, Severity::High, span, file, message);
        }
    }
}

/// Whether something leaves.
pub(super) fn sends(look: &Look<'_, '_>) -> bool {
    look.has(&SINK)
}

/// Whether a key is what documentation writes where one may stand.
fn is_made_up(key: &Match<'_>) -> bool {
    let key = key.text.to_ascii_lowercase();
    key.contains("t00000000") || key.contains("xxxxxxxx")
}

/// Whether the text names a service where anybody has an inbox.
pub(super) fn has_inbox(look: &Look<'_, '_>) -> bool {
    look.has(&INBOX)
}

pub(super) fn look(look: &mut Look<'_, '_>) {
    let sends = sends(look);
    let worst = look.worst_host();
    // A host that is known, or is the maker's own, gets what it asks for.
    let foreign = worst.filter(|(address, host)| {
        matches!(host, Host::Other | Host::Paste | Host::Address | Host::Collector | Host::Short)
            && !look.is_own(address)
    });
    let hook = look.all(&HOOK).into_iter().find(|found| !is_made_up(found));
    let collects = foreign.is_some_and(|(_, host)| matches!(host, Host::Collector | Host::Address)) || hook.is_some();
    // A raw socket or a name look-up needs no address with a scheme.
    let bare = look.addresses.is_empty() && sends && !look.lower.contains("import requests");
    let inbox = look.all(&INBOX).into_iter().next().filter(|_| sends);
    let raw = !look.sheet.prose && look.has(&RAW);
    let sends = sends || raw;
    let goes = raw || sends && (foreign.is_some() || hook.is_some() || bare || (inbox.is_some() && !look.sheet.prose));
    let inbox = inbox.map(|found| quoted(found.text));
    let place = foreign.map(|(address, _)| quoted(address)).or(inbox).unwrap_or_else(|| "another machine".to_string());

    // Whoever sends keys away may have a host of the skill's own name.
    let anywhere = worst.filter(|(_, host)| host.is_foreign());
    let place_any = anywhere.map_or_else(|| place.clone(), |(address, _)| quoted(address));
    let leaves = goes || (sends && anywhere.is_some());

    let close = |look: &Look<'_, '_>, span: &std::ops::Range<usize>| -> bool {
        // In a document every block stands for itself.
        if !look.sheet.prose {
            return true;
        }
        let from = look.text.floor_char_boundary(span.start.saturating_sub(300));
        let to = look.text.floor_char_boundary((span.end + 300).min(look.text.len()));
        let near = look.text.get(from..to).unwrap_or_default();
        SINK.is_in(near, &near.to_ascii_lowercase())
    };
    for found in look.all(&STRONG) {
        if is_left_out(look, &found.span) {
            continue;
        }
        if leaves && close(look, &found.span) && (goes || !look.sheet.prose) {
            let message = format!("reads {} and sends to {place_any}", quoted(found.text));
            look.add(SENDS_SECRETS, Severity::High, &found, message);
        } else {
            let severity = if look.sheet.prose { Severity::Low } else { Severity::Medium };
            look.add(READS_SECRETS, severity, &found, format!("reads credentials of others: {}", quoted(found.text)));
        }
    }
    for found in look.all(&WEAK) {
        let sent = goes && close(look, &found.span);
        let whole = !look.sheet.prose
            && foreign.is_some()
            && TAKEN.is_in(found.text, &found.text.to_ascii_lowercase())
            && look.has(&READS)
            && !is_public(look, &found.span);
        if sent && (collects || raw || direct(look, &found.span) || whole) {
            let message = format!("reads {} and sends to {place}", quoted(found.text));
            look.add(SENDS_SECRETS, Severity::High, &found, message);
        } else if sent && !look.sheet.prose {
            look.add(
                READS_SECRETS,
                Severity::Medium,
                &found,
                format!("reads {} and sends to {place}", quoted(found.text)),
            );
        }
    }
    for found in look.all(&ENVIRONMENT) {
        let severity = match (
            leaves && (goes || !look.sheet.prose) && close(look, &found.span),
            collects
                || raw
                || direct(look, &found.span)
                || is_payload(found.text)
                || found.text.contains("dict(os.environ")
                || is_written_out(look, &found.span),
        ) {
            (true, true) => Severity::High,
            (true, false) if picks_keys(look, &found.span) || is_body(look, &found) => Severity::High,
            (true, false) if !look.sheet.prose => Severity::Medium,
            _ => continue,
        };
        let message = format!("takes the whole environment ({}) and sends to {place_any}", quoted(found.text));
        look.add(SENDS_ENVIRONMENT, severity, &found, message);
    }
    let leaves_cluster = (foreign.is_some() || hook.is_some()) && sends && !look.sheet.prose;
    let cluster = if leaves_cluster { look.all(&CLUSTER) } else { Vec::new() };
    for found in cluster {
        let message = format!("takes the secrets of a cluster ({}) and sends to {place}", quoted(found.text));
        look.add(SENDS_SECRETS, Severity::High, &found, message);
    }
    let shaped = !look.sheet.prose && foreign.is_some() && !look.sheet.about_security && look.has(&INTO_ADDRESS);
    for found in if shaped { look.all(&SHAPES) } else { Vec::new() }.into_iter().take(1) {
        let message =
            format!("looks for credentials in what it is given and puts what it finds into an address: {place}");
        look.sheet.add_as(SENDS_SECRETS, Severity::High, found.span, found.text, message);
    }
    for found in look.all(&PIPELINE) {
        let to = look.text.floor_char_boundary((found.span.end + 600).min(look.text.len()));
        let near = look.text.get(found.span.start..to).unwrap_or_default();
        if SINK.is_in(near, &near.to_ascii_lowercase()) || near.contains("curl ") {
            let message = format!("takes every secret of the pipeline and sends to {place_any}");
            look.add(SENDS_SECRETS, Severity::High, &found, message);
        } else if near.contains("base64") || near.contains("xxd") || near.contains("| rev") {
            let message = "takes every secret of the pipeline and writes it so that nothing masks it".to_string();
            look.add(SENDS_SECRETS, Severity::High, &found, message);
        }
    }
    if let Some((address, _)) = foreign.filter(|_| sends && !look.sheet.prose) {
        for found in look.all(&ONE_KEY) {
            let name = found.group.unwrap_or_default().to_ascii_lowercase();
            let maker = name.split('_').next().unwrap_or_default();
            if !host::name(address).contains(maker) {
                let message =
                    format!("puts a credential of another service ({}) into what is sent to {place}", quoted(&name));
                look.add(SENDS_SECRETS, Severity::High, &found, message);
            }
        }
    }
    if leaves && anywhere.is_some() {
        unfollowed(look, &place_any);
    }
    for found in look.all(&UNSEEN) {
        if look.address_in(&found.span).is_some_and(|(_, host)| host.is_foreign()) && !look.sheet.prose {
            let message = format!("sends a file where nobody sees it: {}", quoted(found.text));
            look.add(SENDS_SECRETS, Severity::High, &found, message);
        }
    }
    if goes && !look.sheet.prose && (foreign.is_some() || bare) {
        let taken = [(&TALK, "what was said to the agent"), (&GRANT, "tokens of the user")];
        // A large program hands tokens on between its own parts.
        for (pattern, what) in taken.into_iter().take(if look.sheet.large { 1 } else { 2 }) {
            for found in look.all(pattern).into_iter().take(1) {
                let line = crate::agent::mention::line_around(look.text, &found.span).to_ascii_lowercase();
                // A token that goes to where it was made is a login.
                let login = foreign.is_some_and(|(address, _)| is_login(address)) || line.contains("authorization");
                if !login {
                    let message = format!("takes {what} ({}) and sends to {place}", quoted(found.text));
                    look.add(SENDS_SECRETS, Severity::High, &found, message);
                }
            }
        }
    }
    for found in if look.sheet.prose { Vec::new() } else { look.all(&GRANTS) }
        .into_iter()
        .filter(|found| found.text.contains("id="))
        .take(1)
    {
        let message = format!("lets an account in the code read what it stores: {}", quoted(found.text));
        look.add(COLLECTOR, Severity::High, &found, message);
    }
    if !look.sheet.prose && look.has(&STORES) {
        for found in look.all(&ACCOUNT).into_iter().take(1) {
            let message = "stores what it reads in an account whose key is in the code".to_string();
            look.add(COLLECTOR, Severity::High, &found, message);
        }
    }
    super::carried::look(look, sends);
    collectors(look, sends);
}

/// Whether it stands in a list of what is not touched: `REFUSE = ["id_rsa*", "wallet.dat"]`, and something is left out.
fn is_left_out(look: &Look<'_, '_>, span: &std::ops::Range<usize>) -> bool {
    let line = crate::agent::mention::line_around(look.text, span).trim_start();
    let Some((name, list)) = line.split_once('=') else { return false };
    let name = name.trim().trim_start_matches("const ").to_ascii_lowercase();
    let left = ["refus", "skip", "ignor", "exclu", "deny", "denied", "block", "forbid"];
    let named = left.iter().any(|word| name.starts_with(word)) && list.trim_start().starts_with(['[', '{', '(']);
    // Everywhere else it is only asked whether something is in the list.
    let asks = |line: &str| ["any(", "not in ", ".includes(", ".some("].iter().any(|how| line.contains(how));
    let others = look.lower.lines().filter(|line| line.contains(&name) && !line.trim_start().starts_with(&name));
    let mut used =
        others.filter(|line| !line.contains(&format!("{name} =")) && !line.contains(&format!("{name}="))).peekable();
    named && used.peek().is_some() && used.all(asks)
}

/// `~/.ssh/config`, `known_hosts` and public keys are no secrets.
fn is_public(look: &Look<'_, '_>, span: &std::ops::Range<usize>) -> bool {
    let line = crate::agent::mention::line_around(look.text, span);
    ["config", "known_hosts", ".pub"].iter().any(|name| line.contains(name)) && !line.contains(".docker")
}

fn is_login(address: &str) -> bool {
    let path = address.split_once("://").map_or("", |(_, rest)| rest).to_ascii_lowercase();
    ["oauth", "/token", "login", "auth/", "auth.", "accounts.", "sso", "identity", "connect/"]
        .iter()
        .any(|word| path.contains(word))
}

/// Whether the environment is a value of what is put into a message.
fn is_body(look: &Look<'_, '_>, found: &crate::agent::pattern::Match<'_>) -> bool {
    let from = look.text.floor_char_boundary(found.span.start.saturating_sub(120));
    let before = look.text.get(from..found.span.start).unwrap_or_default().to_ascii_lowercase();
    let named = found.text.starts_with(['"', '\'']) && !found.text.starts_with("\"data") && !before.contains("env=");
    named
        && ["json.dumps", "json=", "data=", "body", "payload", "urlencode", "stringify"]
            .iter()
            .any(|it| before.contains(it))
}

/// Whether what is taken is chosen by names of credentials.
fn picks_keys(look: &Look<'_, '_>, span: &std::ops::Range<usize>) -> bool {
    let to = look.text.floor_char_boundary((span.end + 160).min(look.text.len()));
    let after = look.text.get(span.start..to).unwrap_or_default().to_ascii_lowercase();
    ["\"key\"", "'key'", "token", "secret", "passw"].iter().any(|word| after.contains(word))
}

/// Whether a line of Go makes what it takes ready to be sent.
fn is_written_out(look: &Look<'_, '_>, span: &std::ops::Range<usize>) -> bool {
    let line = crate::agent::mention::line_around(look.text, span).to_ascii_lowercase();
    line.contains("os.environ()")
        && ["encode(", "marshal(", "write(", "join(", "fprint"].iter().any(|it| line.contains(it))
}

fn is_payload(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    // Nobody reads the environment like this who has nothing to hide.
    if ["vars(", "getattr(", "__dict__"].iter().any(|form| lower.contains(form)) {
        return true;
    }
    ["json.dumps", "json.stringify", "b64encode", "$(", "`", "json=", "data=", "\"data\"", "urlencode", "@<("]
        .iter()
        .any(|form| lower.contains(form))
}

/// Whether what is read and what is sent stand in one command.
fn direct(look: &Look<'_, '_>, span: &std::ops::Range<usize>) -> bool {
    let line = crate::agent::mention::line_around(look.text, span);
    SINK.is_in(line, &line.to_ascii_lowercase())
}

/// Hosts that are made for collecting, and hooks with their key in the code.
fn collectors(look: &mut Look<'_, '_>, sends: bool) {
    let private = look.has(&PRIVATE);
    for (span, host) in look.addresses.clone() {
        let bad = matches!(host, Host::Collector) || (host == Host::Address && sends && private && !look.sheet.prose);
        if !bad {
            continue;
        }
        let address = look.text.get(span.clone()).unwrap_or_default();
        let severity = if sends && private && !(look.sheet.prose && host != Host::Collector) {
            Severity::High
        } else {
            Severity::Medium
        };
        let severity = if look.sheet.prose && !look.shell { Severity::Medium } else { severity };
        look.add_at(
            COLLECTOR,
            severity,
            span,
            address,
            format!("speaks with {}: {}", host.described(), quoted(address)),
        );
    }
    for found in look.all(&HOOK).into_iter().filter(|found| !is_made_up(found)) {
        let severity = if private && !look.sheet.prose { Severity::High } else { Severity::Medium };
        look.add(
            COLLECTOR,
            severity,
            &found,
            format!("sends to a chat whose key is in the code: {}", quoted(found.text.get(..40).unwrap_or(found.text))),
        );
    }
    // The user's own chat would be named by the user: by the environment, a setting, an argument.
    let asked = ["environ", "getenv", "process.env", "env.", "config", "settings", "params", "$1"];
    if look.sheet.prose || !look.all(&HOOK).is_empty() || asked.iter().any(|how| look.lower.contains(how)) {
        return;
    }
    for found in look.all(&INBOX).into_iter().filter(|_| sends && private).take(1) {
        let message = format!("sends what it reads to a chat that nobody but its author names: {}", quoted(found.text));
        look.add(COLLECTOR, Severity::High, &found, message);
    }
}
