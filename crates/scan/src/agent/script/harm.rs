//! Shells to other machines, what stays, what is deleted, what is watched.

use redan_domain::Severity;

use super::{Host, Look};
use crate::agent::facts::{DESTROYS, LAUNCHES, MINES, PERSISTS, REVERSE_SHELL, UNPROTECTS, WATCHES};
use crate::agent::host;
use crate::agent::pattern::{Match, Pattern};
use crate::agent::sheet::{eased, quoted};

static REVERSE: Pattern = Pattern::new(
    &[
        "/dev/tcp",
        "/dev/udp",
        "nc ",
        "ncat",
        "netcat",
        "mkfifo",
        "socat",
        "pty.spawn",
        "dup2",
        "tcpclient",
        "socket",
        "sh -i",
        ".connect(",
    ],
    r#"(?:ba|z|k)?sh\s+-i[^\n]{0,20}>&?\s*/dev/(?:tcp|udp)/[^\s"']+|exec\s+\d+<>\s*["']?/dev/tcp/[^\s"']+|\b(?:ba|z|k)?sh\s+-i\s*[<>]&\s*\d[^\n]{0,20}[<>]&|0<&\d+[^\n]{0,40}/dev/tcp/\S+|/dev/tcp/[^\n]{0,60}0>&1|\b(?:nc|ncat|netcat)\b[^\n|;]{0,80}\s(?:-e|-c|--exec|--sh-exec)\s*["']?(?:/bin/)?(?:ba|z)?(?:sh|cmd|powershell)|\b(?:nc|ncat|netcat)\b[^\n|;]{0,80}\|\s*(?:/\S*/)?(?:ba|z|da)?sh\b|mkfifo\s[^\n]{0,160}\b(?:nc|ncat|netcat|openssl)\b|\bsocat\b[^\n]{0,120}exec:|os\.dup2\s*\(\s*\w+\.fileno\(\)|\bpty\.spawn\s*\(\s*["'](?:/bin/)?(?:ba|z)?sh|new-object\s+(?:system\.)?net\.sockets\.tcpclient|\.connect\s*\([^\n]{0,80}\)\s*;?\s*\n?[^\n]{0,60}(?:spawn|exec)\w*\s*\(\s*["'](?:/bin/)?(?:(?:ba|z)?sh|cmd)"#,
);
/// Lines of a connection for a shell.
static GO_RUNS_LINES: Pattern =
    Pattern::new(&["exec.command"], r#"exec\.command(?:context)?\s*\([^\n]{0,60}["']-c["']\s*,\s*\w+\.text\(\)"#);
/// A program of Go whose streams are a connection.
static GO_SHELL: Pattern = Pattern::new(
    &[".stdin"],
    r"\.stdin\s*,\s*\w+\.stdout\s*(?:,\s*\w+\.stderr\s*)?=\s*(?:c|conn|sock|s|nc|\w*conn)\s*,|\.stdin\s*=\s*(?:c|conn|sock|nc|\w*conn)\b",
);
static NODE_SHELL: Pattern = Pattern::new(
    &["net.socket", "net.connect", "createconnection"],
    r"(?:net\.socket|net\.connect|createconnection)\b",
);
static SPAWNS_SHELL: Pattern =
    Pattern::new(&["spawn"], r#"spawn\w*\s*\(\s*["'](?:/bin/)?(?:(?:ba|z)?sh|cmd(?:\.exe)?|powershell(?:\.exe)?)["']"#);
static KEYS: Pattern = Pattern::new(
    &["authorized_keys"],
    r#"(?:>>?|tee\s+-a|open\s*\(|append\w*\s*\(|write\w*\s*\(|appendfile\w*\s*\()[^\n]{0,120}authorized_keys|authorized_keys["')\s,]{1,6}["']a[+b]?["']"#,
);
static RC: Pattern = Pattern::new(
    &["rc", "profile", "zshenv", "bash_login"],
    r#"(?:echo|printf|cat)\b([^\n]{0,300})>>\s*["']?(?:~|\$home|\$\{home\}|/root|/home/\w+|/etc)?/?\.?(?:bashrc|zshrc|profile|bash_profile|zprofile|zshenv|bash_login|rc\.local)\b"#,
);
static RC_CODE: Pattern = Pattern::new(
    &["bashrc", "zshrc", "bash_profile", ".profile", "zshenv"],
    r#"open\s*\([^\n]{0,100}\.(?:bashrc|zshrc|bash_profile|profile|zshenv)["'][^\n]{0,20}["']a|appendfile\w*\s*\([^\n]{0,100}\.(?:bashrc|zshrc|bash_profile|profile)"#,
);
static CRON: Pattern = Pattern::new(
    &[
        "crontab",
        "/etc/cron",
        "schtasks",
        "launchagents",
        "launchdaemons",
        "launchctl",
        "systemctl",
        "currentversion\\run",
        "startup\\",
        "systemd/user",
        "autostart",
    ],
    r#"[^\n]{0,300}\|\s*crontab\s+-|crontab\s+[^\-\s|]\S*|>\s*["']?/etc/cron[^\n]{0,60}|schtasks\s+/create[^\n]{0,200}|library/launch(?:agents|daemons)/[^\s"']{1,80}|launchctl\s+(?:load|bootstrap)\b[^\n]{0,100}|systemctl\s+(?:--user\s+)?enable\b[^\n]{0,80}|currentversion\\{1,2}run\b[^\n]{0,160}|\.config/(?:systemd/user|autostart)/[^\s"']{1,80}"#,
);
static FETCHED_SHELL: Pattern = Pattern::new(
    &["curl", "wget", "setsid"],
    r"(?:\b|\\n)(?:curl|wget)\b[^\n]{0,200}https?://[^\n]{0,200}\|\s*(?:/\S*/)?(?:ba|z)?sh\b",
);
/// What an ordinary line of a start-up file is.
static HARMLESS: Pattern = Pattern::new(
    &["export", "alias", "path", "init", "completion", "source", "eval", "hook", "fpath", "activate", "env", ". "],
    r#"export\s+\w+=|\balias\s+\w+|\bpath[+=]|(?:init|completion|hook|activate|env)\b|\bsource\s|\.\s+["'~$/]"#,
);
static SINISTER: Pattern = Pattern::new(
    &[
        "curl", "wget", "nohup", "base64", "nc ", "/tmp/", "/dev/shm", "/dev/tcp", "python", "node ", "/.", "http",
        "setsid",
    ],
    r"\b(?:curl|wget)\b|\bnohup\b|base64|\bncat?\s|/tmp/|/dev/shm|/dev/tcp|https?://|setsid",
);
static WIPE: Pattern = Pattern::new(
    &[
        "rm ",
        "rmtree",
        "mkfs",
        "of=/dev",
        "rmsync",
        "find ",
        ":(){",
        "remove-item",
        "format ",
        "shred",
        "rimraf",
        "--no-preserve-root",
    ],
    r#"\brm\s+(?:-\w+\s+)*-\w*r\w*\s+(?:-\w+\s+|--[\w-]+\s+)*["']?(?:/|~/?|\$home/?|\$\{home\}/?|/\*|~/\*|\$home/\*|/home|/users|/etc|c:\\)["']?(?:\s|$|;|&|\)|"|')|\brm\s+(?:-\w+\s+)*-\w*r\w*\s+(?:[^\n;|&]{0,60}\s)?["']?(?:~|\$home|\$\{home\})/(?:documents|desktop|pictures|projects|downloads|music|\.config|\.ssh|\.aws|\.local|library)/?\*?["']?(?:\s|$|;|&|\)|`)|--no-preserve-root|shutil\.rmtree\s*\(\s*(?:os\.path\.expanduser\s*\(\s*["']~/?["']|(?:pathlib\.)?path\.home\(\)\s*(?:/\s*\w+\s*)?[,)]|["']/["']|os\.environ\[["']home)|\bmkfs\.\w+\s+/dev|\bdd\s+if=/dev/(?:zero|u?random)\s+of=/dev/[sn]|\bfind\s+(?:/|~|\$home)\s+[^\n]{0,60}-delete|rmsync\s*\(\s*(?:os\.homedir\(\)|["']/["'])|:\(\)\s*\{\s*:\|:&\s*\}|remove-item\s+(?:-\w+\s+)*["']?(?:c:\\|\$env:userprofile|\$home)["']?\s*(?:-|$)"#,
);
static MINER: Pattern = Pattern::new(
    &["xmrig", "stratum", "minerd", "cryptonight", "coinhive", "minexmr", "supportxmr", "nicehash", "randomx"],
    r"\bxmrig\b|stratum\+(?:tcp|ssl)://[\w\-]+\.[\w.\-]+|\bminerd\b|cryptonight|coinhive|minexmr|supportxmr|--donate-level",
);
/// A miner is started, or where it works for is named.
static MINES_FOR: Pattern = Pattern::new(
    &["stratum", "--donate-level", "xmrig", "minerd", "pool", "coinhive", "minexmr", "nicehash", "supportxmr"],
    r"stratum\+|--donate-level|[./]xmrig\b|\b(?:run|exec|popen|spawn|start|nohup|curl|wget)\b[^\n]{0,120}(?:xmrig|minerd)|(?:xmrig|minerd)\S*\s+-|minexmr|supportxmr|nicehash|coinhive|pool\.\w",
);
/// An account of a database with a password that stands in the code.
static ACCOUNT: Pattern =
    Pattern::new(&["create user"], r#"\bcreate\s+user\b[^;\n]{0,160}\bidentified\s+by\s+["'][^"'$\{\n]{4,60}["']"#);
static ALL_RIGHTS: Pattern = Pattern::new(&["grant all"], r"\bgrant\s+all\s+(?:privileges\s+)?on\s+\*\.\*");
static WATCHER: Pattern = Pattern::new(
    &[
        "pynput",
        "keyboard",
        "getasynckeystate",
        "iohook",
        "key-listener",
        "keyboardlistener",
        "setwindowshook",
        "pyhook",
        "evdev",
        "cgeventtap",
        "imagegrab",
        "pyautogui.screenshot",
        "screencapture",
        "mss",
    ],
    r"pynput[^\n]{0,40}keyboard|keyboard\.(?:on_press|on_release|hook|record)\b|keyboard\.listener|global-?key-?(?:board)?-?listener|globalkeyboardlistener|\buiohook|setwindowshookex|\bpyhook|evdev\.inputdevice|getasynckeystate|\biohook\b|cgeventtap",
);
/// Pictures and sound of whoever sits there.
static CAPTURE: Pattern = Pattern::new(
    &["imagegrab", "screenshot", "mss", "screencapture", "videocapture", "sounddevice", "pyaudio", "desktopcapturer"],
    r"imagegrab\.grab|pyautogui\.screenshot|\bmss\.mss\s*\(|\bscreencapture\s+-|videocapture\s*\(\s*0|sounddevice\.rec|pyaudio\.pyaudio|desktopcapturer|screenshot-desktop",
);
/// Again and again, asked by nobody.
static LOOP: Pattern = Pattern::new(
    &["while true", "while 1", "setinterval", "while(true", "while (true", "while :"],
    r"while\s*\(?\s*(?:true|1)\b|setinterval\s*\(|while\s+:",
);
/// More rights than the user gave, for later.
static RIGHTS: Pattern = Pattern::new(
    &["nopasswd", "chpasswd", "u+s", "4755", "setcap"],
    r#"(?:echo|printf|tee|>>?)[^\n]{0,160}nopasswd:\s*all|nopasswd:\s*all[^\n]{0,80}(?:>>?|\btee\b)|["'][\w$\-{}]+:[^\n"']{4,60}["']\s*\|\s*(?:sudo\s+)?chpasswd|chmod\s+(?:u\+s|[0-7]?4755)\s+\S*/(?:ba|z|da)?sh\b|setcap\s+cap_setuid\S*\s+\S+"#,
);
/// What visitors of a page type, sent elsewhere.
static SKIMS: Pattern = Pattern::new(
    &["addeventlistener"],
    r#"addeventlistener\s*\(\s*\\?["'](?:submit|input|change|blur|key\w+)\\?["'](?:[^\n]|\n[^\n]){0,500}?(?:sendbeacon|fetch\s*\(|new\s+image|xmlhttprequest)[^\n]{0,60}//[^\n]{0,200}"#,
);
static TYPED: Pattern =
    Pattern::new(&["card", "cvv", "cvc", "pass", "ssn", "formdata"], r"card|cvv|cvc|pass|ssn|formdata");
static UNPROTECT: Pattern = Pattern::new(
    &[
        "xattr",
        "spctl",
        "mppreference",
        "setenforce",
        "csrutil",
        "histfile",
        "bash_history",
        "ufw ",
        "iptables",
        "history -c",
        "defender",
        "vssadmin",
        "wevtutil",
        "netsh",
        "disableallhooks",
        "audit",
    ],
    r#"\bxattr\s+-\w*[cd]\w*\s[^\n]{0,80}|spctl\s+--(?:master|global)-disable|(?:set|add)-mppreference\s+-(?:disable|exclusion)[^\n]{0,80}|\bsetenforce\s+0|csrutil\s+disable|unset\s+histfile|histfile=/dev/null|>\s*~/\.bash_history|history\s+-c\b|\bufw\s+disable|iptables\s+-f\b|vssadmin[\s\x22\x27,]+delete|wevtutil\s+cl|netsh\s+advfirewall\s+set\s+\w+\s+state\s+off|disableallhooks["']?\s*[:= ]\s*true|\brm\s+-\w+\s+["']?(?:~|\$home|\$\{home\})/\.(?:claude|codex|cursor|gemini)\S*(?:audit|logs?/)\S*"#,
);
/// Takes away what watches an agent, not only what is in somebody's way.
static BLINDS: &[&str] = &["mppreference", "vssadmin", "wevtutil", "disableallhooks", "audit", "logs/"];
static LAUNCH: Pattern = Pattern::new(
    &["--dangerously", "--yolo", "--trust-all-tools", "--allow-all-tools", "bypasspermissions"],
    r#"\b(?:claude|codex|gemini|q|kiro|copilot|qwen|opencode|amp|cursor-agent)\b[^\n"']{0,120}(?:--dangerously-skip-permissions|--dangerously-bypass-approvals-and-sandbox|--dangerously-allow-all|--yolo|--trust-all-tools|--allow-all-tools|--permission-mode[= ]bypasspermissions)"#,
);

pub(super) fn look(look: &mut Look<'_, '_>) {
    shells(look);
    stays(look);
    for found in look.all(&WIPE) {
        look.add(DESTROYS, Severity::High, &found, format!("deletes what is not its own: {}", quoted(found.text)));
    }
    let mines = look.has(&MINES_FOR);
    for found in look.all(&MINER) {
        let severity = if mines { Severity::High } else { Severity::Low };
        look.add(MINES, severity, &found, format!("mines a currency: {}", quoted(found.text)));
    }
    let lets_in = !look.sheet.prose && !look.sheet.path.ends_with(".sql") && look.has(&ALL_RIGHTS);
    for found in if lets_in { look.all(&ACCOUNT) } else { Vec::new() }.into_iter().take(1) {
        let message = format!("makes an account with all rights and a password of its own: {}", quoted(found.text));
        look.add(PERSISTS, Severity::High, &found, message);
    }
    let sends = super::steal::sends(look);
    for found in look.all(&WATCHER) {
        let severity = if sends { Severity::High } else { Severity::Medium };
        look.add(WATCHES, severity, &found, format!("records what is typed: {}", quoted(found.text)));
    }
    if sends && !look.sheet.prose && look.has(&LOOP) && look.worst_host().is_some_and(|(_, host)| host.is_foreign()) {
        for found in look.all(&CAPTURE).into_iter().take(1) {
            let message = format!("records the screen or the room and sends it: {}", quoted(found.text));
            look.add(WATCHES, Severity::High, &found, message);
        }
    }
    for found in look.all(&RIGHTS) {
        let severity = if look.sheet.prose { Severity::Medium } else { Severity::High };
        look.add(PERSISTS, severity, &found, format!("keeps rights that nobody gave it: {}", quoted(found.text)));
    }
    for found in look.all(&SKIMS) {
        if TYPED.is_in(found.text, &found.text.to_ascii_lowercase()) {
            look.add(
                WATCHES,
                Severity::High,
                &found,
                format!("sends what visitors of a page type: {}", quoted(found.text)),
            );
        }
    }
    for found in look.all(&UNPROTECT) {
        let tried = found.text.to_ascii_lowercase();
        let line = crate::agent::mention::line_around(look.text, &found.span).to_ascii_lowercase();
        let fetched = tried.starts_with("xattr") && (line.contains("curl ") || line.contains("wget "));
        let severity =
            if fetched || BLINDS.iter().any(|word| tried.contains(word)) { Severity::High } else { Severity::Medium };
        // Whoever contains an incident switches hooks off, and keeps what they wrote.
        let severity = eased(severity, look.sheet.about_security && tried.starts_with("disable"));
        look.add(UNPROTECTS, severity, &found, format!("weakens a protection of the machine: {}", quoted(found.text)));
    }
    for found in look.all(&LAUNCH) {
        look.add(
            LAUNCHES,
            Severity::Medium,
            &found,
            format!("starts an agent without safeguards: {}", quoted(found.text)),
        );
    }
}

fn shells(look: &mut Look<'_, '_>) {
    for found in look.all(&REVERSE) {
        // `</dev/tcp/localhost/5432` asks whether a port is open.
        let target = found.text.split("/dev/tcp/").nth(1).map(host::classify);
        if target != Some(Host::Local) || found.text.contains('$') {
            // A lesson shows what it speaks of.
            let severity = eased(Severity::Critical, look.sheet.prose && look.sheet.about_security);
            look.add(
                REVERSE_SHELL,
                severity,
                &found,
                format!("opens a shell to another machine: {}", quoted(found.text)),
            );
        }
    }
    let dials = look.lower.contains("net.dial") || look.lower.contains("tls.dial");
    for found in if dials { look.all(&GO_RUNS_LINES) } else { Vec::new() } {
        let message = format!("a shell runs what comes over a connection: {}", quoted(found.text));
        look.add(REVERSE_SHELL, Severity::Critical, &found, message);
    }
    for found in look.all(&GO_SHELL).into_iter().take(1) {
        if dials {
            let message =
                format!("opens a shell to another machine: its streams are a connection: {}", quoted(found.text));
            look.add(REVERSE_SHELL, Severity::Critical, &found, message);
        }
    }
    if let (Some(socket), true) = (look.all(&NODE_SHELL).into_iter().next(), look.has(&SPAWNS_SHELL))
        && look.lower.contains(".pipe(")
    {
        look.add(
            REVERSE_SHELL,
            Severity::Critical,
            &socket,
            "opens a shell to another machine: a socket is piped into it".to_string(),
        );
    }
}

/// Whether a place is in the quoted command of a function that hands it to `ssh`: `on() { ssh "$@"; }`, `on "$h" '…'`.
fn goes_over(lower: &str, at: usize) -> bool {
    let before = lower.get(..at).unwrap_or_default();
    let line = before.get(before.rfind('\n').map_or(0, |end| end + 1)..).unwrap_or_default();
    let Some((command, quoted)) = line.rsplit_once('\'') else { return false };
    let mut words = command.split_whitespace().rev().skip_while(|word| word.contains('$'));
    let function = words.next().unwrap_or_default();
    let named = !function.is_empty() && function.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let hands = |line: &str| {
        let body = line.trim_start().strip_prefix(function).and_then(|rest| rest.trim_start().strip_prefix("()"));
        body.is_some_and(|body| body.trim_start_matches([' ', '{']).starts_with("ssh "))
    };
    // The last quotation mark opens the command.
    command.matches('\'').count() % 2 == 0 && !quoted.is_empty() && named && lower.lines().any(hands)
}

fn stays(look: &mut Look<'_, '_>) {
    for found in look.all(&KEYS) {
        // `ssh host "… >> ~/.ssh/authorized_keys"`: whoever looks after machines does so with a key that opens them.
        let line = crate::agent::mention::line_around(look.text, &found.span).to_ascii_lowercase();
        let over = line.trim_start_matches(['i', 'f', ' ', '!']).starts_with("ssh ") && line.contains('$');
        let rolls_out = over || goes_over(look.lower, found.span.start);
        // `authorized_keys.txt` is another file, and lets nobody in.
        let after = look.text.get(found.span.end..).unwrap_or_default();
        let copied = found.text.ends_with("authorized_keys")
            && after.strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()));
        let given = is_argument(look.text, &line);
        let removed = line.contains("grep -v");
        let severity = if rolls_out || copied || removed {
            Severity::Low
        } else if given {
            Severity::Medium
        } else {
            Severity::High
        };
        look.add(PERSISTS, severity, &found, format!("lets a key log in: {}", quoted(found.text)));
    }
    for found in look.all(&RC) {
        let line = found.group.unwrap_or_default();
        let lower = line.to_ascii_lowercase();
        if sinister(line) {
            look.add(PERSISTS, Severity::High, &found, format!("runs at every login: {}", quoted(found.text)));
        } else if !HARMLESS.is_in(line, &lower) {
            look.add(PERSISTS, Severity::Low, &found, format!("changes a start-up file: {}", quoted(found.text)));
        }
    }
    for found in look.all(&RC_CODE) {
        let around = around(look.text, &found);
        let severity = if sinister(around) { Severity::High } else { Severity::Medium };
        look.add(PERSISTS, severity, &found, format!("changes a start-up file: {}", quoted(found.text)));
    }
    // What is started again may be written a few lines above.
    let fetches = look.has(&FETCHED_SHELL);
    for found in look.all(&CRON) {
        let severity =
            if (fetches || sinister(found.text)) && !look.sheet.prose { Severity::High } else { Severity::Low };
        look.add(PERSISTS, severity, &found, format!("starts again by itself: {}", quoted(found.text)));
    }
}

/// Whether what is written is a file that was named when the script was started: `clave="$2"`, `cat "$clave" >> …`.
fn is_argument(text: &str, line: &str) -> bool {
    let given = line.rsplit_once("cat \"$").or_else(|| line.rsplit_once("< \"$"));
    let Some((_, after)) = given else { return false };
    let name = after.split('"').next().unwrap_or_default().trim_matches(['{', '}']);
    let is_number = name.len() == 1 && name.bytes().all(|byte| byte.is_ascii_digit());
    let assigned = [format!("{name}=\"${{"), format!("{name}=\"$"), format!("{name}=$"), format!("{name}=${{")];
    let digit = |begun: &String| {
        text.match_indices(begun.as_str())
            .any(|(at, _)| text.get(at + begun.len()..).unwrap_or_default().starts_with(|c: char| c.is_ascii_digit()))
    };
    is_number || !name.is_empty() && assigned.iter().any(digit)
}

fn sinister(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    SINISTER.is_in(line, &lower)
}

fn around<'t>(text: &'t str, found: &Match<'_>) -> &'t str {
    let end = text.floor_char_boundary(found.span.end.saturating_add(300));
    text.get(found.span.start..end).unwrap_or_default()
}
