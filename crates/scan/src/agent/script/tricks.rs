//! Ways to run what comes from elsewhere, and to stay, that no honest tool of an agent takes.

use redan_domain::Severity;

use super::{Host, Look};
use crate::agent::facts::{DROPS, ENCODED, LAUNCHES, PERSISTS, REMOTE_CODE, REVERSE_SHELL, WATCHES};
use crate::agent::host;
use crate::agent::pattern::Pattern;
use crate::agent::sheet::quoted;

/// What a program prints goes back over a connection.
static TALKS_BACK: Pattern = Pattern::new(
    &["stdout", "stderr"],
    r#"\b(?:stdout|stderr)\.(?:on\s*\(\s*["']data["']\s*,[^\n]{0,40}\b(?:ws|sock(?:et)?|conn|client|c|s)\.(?:send|write)\s*\(|pipe\s*\(\s*(?:ws|sock(?:et)?|conn|client)\b)"#,
);
/// A connection that lasts.
static CONNECTS: Pattern = Pattern::new(
    &["https", "http", "websocket", "net.connect", "createconnection", "tls.connect", "socket.io", "new ws("],
    r#"\brequire\s*\(\s*["']https?["']\s*\)\.get\s*\(|\bnew\s+websocket\s*\(|\bnet\.(?:connect|createconnection)\s*\(|\btls\.connect\s*\(|socket\.io-client|\bnew\s+ws\s*\(|\bwebsockets?\.connect\s*\("#,
);
/// Code is made of a text.
static MADE: Pattern = Pattern::new(
    &["function(", "vm.", "asyncfunction"],
    r#"\bnew\s+(?:async)?function\s*\((?:\s*["'][\w, ]*["']\s*,)*\s*[a-z_$][\w$.]*\s*\)|\bvm\.runin(?:this|new)?context\s*\(\s*[a-z_$]"#,
);
/// A file is fetched and written.
static WRITES: Pattern = Pattern::new(
    &[
        "-outfile",
        ".content",
        ".read(",
        "iter_content",
        "urlretrieve",
        "createwritestream",
        "writefilesync",
        "arraybuffer",
        "\"curl\"",
        "\"wget\"",
    ],
    r"-outfile\s+\$|\.write(?:_bytes)?\s*\(\s*[\w.]*(?:\.content\b|\.read\(\)|\bchunk\b|\bblock\b)|\burlretrieve\s*\(|\bcreatewritestream\s*\(|\bwritefilesync\s*\(|\x22(?:curl|wget)\x22\s*,[^\n\]]{0,80}\x22-\w*o\x22",
);
static MARKED: Pattern = Pattern::new(
    &["chmod", "unblock-file", "-windowstyle", "mode:", "mode :"],
    r"\bunblock-file\b|-windowstyle\s+hidden|\bmode\s*:\s*0o?[157][0-7]{2}\b|\bchmod(?:sync)?\s*\([^\n]{0,80}(?:s_ix|s_irwx|0o[0-7]?[157][0-7]{2}|\b0[157][0-7]{2}\b)",
);
static STARTS: Pattern = Pattern::new(
    &["popen", "subprocess", "spawn", "exec", "os.system", "startfile", "start-process", "scheduledtask"],
    r"\bstart-process\s+\$|\b(?:register|new)-scheduledtask\w*\b|\bpopen\s*\(\s*\[?\s*(?:str\s*\(\s*)?[a-z_]|\bsubprocess\.(?:run|call|check_\w+)\s*\(\s*\[?\s*(?:str\s*\(\s*)?[a-z_]|\b(?:spawn|execfile)(?:sync)?\s*\(\s*[a-z_]|\bos\.(?:exec\w+|spawn\w+|startfile|system)\s*\(\s*[a-z_]",
);
/// What shows that it is the file that its maker meant.
const CHECKED: &[&str] = &[
    "hexdigest",
    "digest(\"hex\")",
    "digest('hex')",
    "get-filehash",
    "get-authenticodesignature",
    "gpg --verify",
    "minisign",
    "cosign",
    "verify_signature",
];
/// A password is asked for in somebody else's name.
static WRAPS: Pattern = Pattern::new(
    &["sudo", "su()", "ssh()", "doas", "gpg()"],
    r"(?:^|\n|;)\s*(?:function\s+)?(?:sudo|su|ssh|doas|gpg)\s*\(\)\s*\{(?:[^\n]|\n[^\n]){0,200}?\bread\b[^\n;]{0,40}",
);
/// A standing instruction for an agent is written by a script.
static INSTRUCTS: Pattern = Pattern::new(
    &["claude.md", "agents.md", "gemini.md"],
    r#">>?\s*["']?(?:~|\$home|\$\{home\})/\.(?:claude|codex|gemini|config/\w+)/(?:claude|agents|gemini)\.md["']?"#,
);
const TRUSTED: &[&str] = &[
    "no confirm",
    "without ask",
    "without confirm",
    "trusted",
    "do not ask",
    "never ask",
    "curl ",
    "run ~",
    "run `",
    "execute",
];
/// Letters moved by thirteen places.
static MOVED: Pattern = Pattern::new(
    &["tr "],
    r#"(?:printf|echo)\s+(?:-\w+\s+)*(?:["']?%s["']?\s+)?["']([^"'\n]{8,200})["']\s*\|\s*tr\s+["']?(?:a-z|a-za-z)["']?\s+["']?n-za-m(?:n-za-m)?["']?"#,
);
/// An interpreter runs what does not look like a program.
static DISGUISED: Pattern = Pattern::new(
    &[
        ".woff", ".ttf", ".otf", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".ico", ".mp3", ".mp4", ".pdf", ".css",
        ".eot", ".wav",
    ],
    r#"\b(?:node|python3?|bash|sh|zsh|ruby|perl|php|deno run|bun)[ \t]+(?:-\S+[ \t]+)*["']?[\w./\\\-$\{\}]+\.(?:woff2?|ttf|otf|eot|png|jpe?g|gif|svg|ico|mp3|wav|mp4|pdf|css)\b"#,
);
/// Agents in a table, each with what frees it.
static TABLE: Pattern = Pattern::new(
    &["--dangerously", "--yolo", "--trust-all-tools", "--allow-all-tools"],
    r#"\b(?:claude|codex|gemini|q|kiro|copilot|qwen|opencode|amp)["']?\s*[:,(]\s*\[?\s*\[?\s*["'][^\n]{0,60}?(?:--dangerously-[\w\-]+|--yolo|--trust-all-tools|--allow-all-tools)"#,
);
/// Servers are written into the configuration of assistants.
static WIRES: Pattern = Pattern::new(
    &["mcpservers"],
    r#"\bmcpservers["']?\s*\]?(?:\s*\[[^\]\n]{1,60}\])?\s*(?:=|\.update|\.setdefault|\?\?=|\|\|=)[^=]"#,
);
static OF_CLIENTS: Pattern = Pattern::new(
    &["mcp.json", "claude_desktop_config.json", "mcp_config.json", ".claude.json", ".cursor", ".codeium"],
    r"claude_desktop_config\.json|mcp_config\.json|\.cursor\b|\.claude\.json|\.codeium",
);
/// Somebody is asked, or calls it with words of his own.
const CONSENTS: &[&str] =
    &["readline", "prompt", "confirm", "inquirer", "question(", "input(", "argv", "argparse", "click", "dry"];
pub(super) fn look(look: &mut Look<'_, '_>) {
    for found in look.all(&DISGUISED).into_iter().take(1) {
        if look.shell || !look.sheet.prose {
            let message = format!("runs as a program what does not look like one: {}", quoted(found.text));
            look.add(DROPS, Severity::High, &found, message);
        }
    }
    if look.sheet.prose || crate::agent::place::is_test(look.sheet.path) {
        return;
    }
    let foreign = look.worst_host().filter(|(_, host)| host.is_foreign());
    let connects = look.has(&CONNECTS);
    for found in if connects { look.all(&TALKS_BACK) } else { Vec::new() }.into_iter().take(1) {
        let message = format!("what a program prints goes back over a connection: {}", quoted(found.text));
        look.add(REVERSE_SHELL, Severity::High, &found, message);
    }
    for found in if connects && foreign.is_some() { look.all(&MADE) } else { Vec::new() }.into_iter().take(1) {
        let message = format!("makes code of what may come over a connection: {}", quoted(found.text));
        look.add(REMOTE_CODE, Severity::High, &found, message);
    }
    dropped(look, foreign);
    for found in look.all(&WRAPS).into_iter().take(1) {
        let message = format!("asks for a password in another program's name: {}", quoted(found.text));
        look.add(WATCHES, Severity::High, &found, message);
    }
    for found in look.all(&INSTRUCTS) {
        let to = look.text.floor_char_boundary((found.span.end + 600).min(look.text.len()));
        let after = look.text.get(found.span.end..to).unwrap_or_default().to_ascii_lowercase();
        if TRUSTED.iter().any(|word| after.contains(word)) {
            let message = format!("writes a standing order for the agent: {}", quoted(found.text));
            look.add(PERSISTS, Severity::High, &found, message);
        }
    }
    for found in look.all(&MOVED).into_iter().take(1) {
        let said: String = found.group.unwrap_or_default().chars().map(rot13).collect();
        if said.contains("://") || said.contains("/.") || said.contains("curl") {
            let message = format!("hides what it says in moved letters: {}", quoted(&said));
            look.add(ENCODED, Severity::High, &found, message);
        }
    }
    for found in look.all(&TABLE).into_iter().take(1) {
        let message = format!("starts whatever agent there is without safeguards: {}", quoted(found.text));
        look.add(LAUNCHES, Severity::High, &found, message);
    }
    let asked = CONSENTS.iter().any(|word| look.lower.contains(word));
    for found in if look.has(&OF_CLIENTS) { look.all(&WIRES) } else { Vec::new() }.into_iter().take(1) {
        let message = format!("gives assistants a server by itself: {}", quoted(found.text));
        look.add(PERSISTS, if asked { Severity::Low } else { Severity::High }, &found, message);
    }
}

/// A shell is given a file of the moment.
static SHELL_RUNS_TEMP: Pattern = Pattern::new(
    &["popen", "run", "call", "spawn"],
    r#"\b(?:popen|run|call|check_call|spawn(?:sync)?)\s*\(\s*\[?\s*["'](?:/bin/)?(?:(?:ba|z)?sh|python3?)["']\s*,\s*\[?\s*[a-z_]\w*(?:\.name)?\b"#,
);
static MOMENTARY: Pattern = Pattern::new(
    &["namedtemporaryfile", "mkstemp", "gettempdir", "tmpdir", "mkdtemp"],
    r"\bnamedtemporaryfile\s*\(|\bmkstemp\s*\(|\bgettempdir\s*\(|\btmpdir\s*\(|\bmkdtemp\s*\(",
);
static GETS: Pattern = Pattern::new(
    &["urlopen", "requests.get", "httpx.get", "fetch(", "https.get"],
    r"\burlopen\s*\(|\brequests\.get\s*\(|\bhttpx\.get\s*\(|\bfetch\s*\(|\bhttps\.get\s*\(",
);

/// Whether something shows that a file is the one that its maker meant.
pub(super) fn is_checked(look: &Look<'_, '_>) -> bool {
    CHECKED.iter().any(|word| look.lower.contains(word))
}

/// A file that is fetched, made a program and started, in code.
fn dropped(look: &mut Look<'_, '_>, foreign: Option<(&str, Host)>) {
    let Some((address, _)) = foreign else { return };
    if look.has(&MOMENTARY) && look.has(&GETS) && !is_checked(look) {
        for found in look.all(&SHELL_RUNS_TEMP).into_iter().take(1) {
            let message =
                format!("fetches a script from {}, unchecked, and runs it: {}", quoted(address), quoted(found.text));
            look.add(DROPS, Severity::High, &found, message);
        }
    }
    let checked = is_checked(look);
    // The makers of a program may have it fetched, in the open.
    let own = host::belongs(address, &look.sheet.about)
        && !look.lower.contains("devnull")
        && !look.lower.contains("'ignore'");
    if checked || own || !look.has(&WRITES) || !look.has(&STARTS) {
        return;
    }
    for found in look.all(&MARKED).into_iter().take(1) {
        let message = format!("fetches a program from {}, unchecked, and starts it", quoted(address));
        look.add(DROPS, Severity::High, &found, message);
    }
}

fn rot13(c: char) -> char {
    let moved = |first: u8| char::from((c as u8 - first + 13) % 26 + first);
    match c {
        'a'..='z' => moved(b'a'),
        'A'..='Z' => moved(b'A'),
        _ => c,
    }
}
