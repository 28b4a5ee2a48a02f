//! What is fetched and run.

use std::collections::HashSet;

use redan_domain::Severity;

use super::{Host, Look};
use crate::agent::facts::{DROPS, REMOTE_CODE};
use crate::agent::host;
use crate::agent::pattern::Pattern;
use crate::agent::sheet::quoted;

/// A download whose output goes into an interpreter.
static PIPED: Pattern = Pattern::new(
    &["curl", "wget", "iwr", "irm", "invoke-", "fetch", "invoke-webrequest"],
    r"\b(?:curl|wget|fetch|iwr|irm|invoke-webrequest|invoke-restmethod)\b(?:[^|\n;]|\$\([^)\n]*\)){0,400}\|\s*(?:tee\s+\S+\s*\|\s*)?(?:\w+=\S+\s+)*(?:(?:sudo|nohup|env|exec)\s+(?:-\w+\s+)*)*(?:\w+=\S+\s+)*(?:/\S*/)?(?:(?:ba|z|da|k|fi|a)?sh|python[23]?|perl|ruby|node|osascript|php|iex|invoke-expression|source)\b",
);
/// The same, as an argument.
static SUBSTITUTED: Pattern = Pattern::new(
    &["curl", "wget", "iwr", "irm", "downloadstring", "invoke-", "invoke-webrequest"],
    r#"(?:(?:ba|z|da)?sh\s+(?:-\w+\s+)*<\(\s*|\b(?:source|\.)\s+(?:/dev/stdin\s+)?<\(\s*|(?:ba|z|da)?sh\s+-\w*c\s+["']?(?:\$\(|`)\s*|\beval\s+["']?(?:\$\(|`)\s*|\bpython3?\s+-c\s+["']?\$\(\s*|\biex\s*\(?\s*\(?\s*)(?:curl|wget|iwr|irm|invoke-\w+|\(?new-object\s+(?:system\.)?net\.webclient\)?\.downloadstring)[^\n]{0,300}"#,
);
/// The same, in Python and JavaScript.
static IN_CODE: Pattern = Pattern::new(
    &["exec(", "eval(", "function(", "(eval)", "compile(", "then(eval", "then( eval"],
    r"\b(?:exec|eval|compile)\s*\(\s*(?:await\s+)?(?:\(?\s*await\s+)?(?:requests\.get|httpx\.get|(?:\w+\.){0,3}urlopen|fetch|axios\.get|\(await\s+fetch)\s*\([^\n]{0,200}|\.then\(\s*eval\s*\)|\bfetch\s*\([^\n]{0,160}\.then\([^\n]{0,160}(?:new\s+function|\beval|vm\.run\w+)\s*\([^\n]{0,80}|new\s+function\s*\(\s*(?:await\s+)?\(?(?:await\s+)?(?:fetch|axios)[^\n]{0,200}",
);
/// A function of the language under a name that nobody can search for.
static BY_NAME: Pattern = Pattern::new(
    &["__import__", "__builtins__", "getattr"],
    r#"\bgetattr\s*\(\s*(?:__import__\s*\(\s*["']builtins["']\s*\)|__builtins__|builtins)\s*,\s*[^\n]{1,120}"#,
);
/// A name that holds what was fetched.
static FETCHED: Pattern = Pattern::new(
    &["requests.get", "urlopen", "httpx.get", "fetch(", "axios.get"],
    r"(?:^|\n|;|\{)\s*(?:const\s+|let\s+|var\s+)?(\w+)\s*(?::\s*\w+\s*)?=\s*(?:await\s+)?\(?\s*(?:await\s+)?(?:requests\.get|httpx\.get|[\w.]*urlopen|fetch|axios\.get)\s*\(",
);
static RUNS_NAME: Pattern = Pattern::new(
    &["exec(", "eval(", "function(", "compile(", "then(eval", "then( eval"],
    r#"(?:\b(?:exec|eval)|new\s+function)\s*\(\s*(?:compile\s*\(\s*)?(?:["']\w+["']\s*,\s*)*(\w+)"#,
);
/// A shell runs what a name holds.
static SHELL_RUNS: Pattern = Pattern::new(
    &["-c\"", "-c'", "system(", "execsync(", "shell=true", "popen(", "-lc"],
    r#"["'](?:/bin/)?(?:ba|z)?sh["']\s*,\s*(?:\{\s*args\s*:\s*)?\[?\s*["']-l?c["']\s*,\s*([a-z_$]\w*)\b|\b(?:os\.system|execsync|os\.popen)\s*\(\s*([a-z_$]\w*)\s*[,)]|\bsubprocess\.\w+\s*\(\s*([a-z_$]\w*)\s*,[^\n)]{0,80}shell\s*=\s*true"#,
);
/// What is fetched into a variable of a shell; the group is its name.
static HELD: Pattern = Pattern::new(&["curl", "wget"], r#"\b([a-z_]\w{0,30})=["']?\$\(\s*(?:curl|wget)\b[^\n]{0,200}"#);
/// A command of an agent is written anew.
static REWRITES: Pattern = Pattern::new(&["updatedinput"], r"\bupdatedinput\b");
/// What asks a server.
static ASKS: Pattern = Pattern::new(
    &["urlopen", "requests.", "httpx.", "fetch(", "axios", "curl"],
    r"\burlopen\s*\(|\b(?:requests|httpx)\.(?:get|post)\s*\(|\bfetch\s*\(|\baxios\b|\bcurl\s",
);
/// A file is made a program.
static CHMOD: Pattern = Pattern::new(&["chmod"], r"\bchmod(?:sync)?\s*\(\s*([a-z_]\w*)\s*,\s*(?:0o?7|\w*s_i[rx])");
/// A file that is fetched.
static SAVED: Pattern = Pattern::new(
    &["curl", "wget", "-outfile", "invoke-webrequest", "iwr"],
    r#"\b(?:curl|wget|iwr|invoke-webrequest)\b[^\n|;&]{0,250}?(?:\s-[a-z]*o\s*|--output[= ]|--output-document[= ]|-outfile\s+|>\s*)["']?((?:~|\$\{?\w+\}?|\$env:\w+|%\w+%)?[\w.\-/\\$]+)["']?"#,
);
/// The same, under the name that the address ends with.
static SAVED_AS: Pattern = Pattern::new(
    &["curl", "wget", "invoke-webrequest", "iwr"],
    r#"\b(?:wget|curl\s+[^\n|;&]{0,60}-\w*O)\b[^\n|;&]{0,120}?(https?://[^\s"'|;&]+)"#,
);
/// A program of Rust fetches another, makes it one and starts it.
static BUILT: Pattern = Pattern::new(
    &["command::new"],
    r#"\bcommand::new\s*\(\s*"(?:curl|wget)"\s*\)(?:[^\n]|\n){0,900}?(?:\bfrom_mode\s*\(\s*0o?[157][0-7]{2}|\bcommand::new\s*\(\s*"chmod"\s*\))(?:[^\n]|\n){0,900}?\bcommand::new\s*\(\s*(?:&?[a-z_]\w*|"(?:ba|z)?sh")\s*\)"#,
);
static MADE_TO_RUN: Pattern = Pattern::new(
    &["chmod", "start-process", "open "],
    r#"\bchmod\s+(?:\+x|a\+x|u\+x|0?7[0-7]{2})\s+["']?([^\s"';&|]{2,120})|start-process\s+(?:-\w+\s+)*["']?([^\s"';&|]{2,120})"#,
);
/// Programs of Windows that fetch, with what starts the file afterwards or at once.
static WINDOWS: Pattern = Pattern::new(
    &["downloadfile", "certutil", "bitsadmin", "bitstransfer", "mshta", "regsvr32", "msiexec"],
    r#"(?:\.downloadfile\s*\(\s*["']|\bcertutil(?:\.exe)?\s[^\n]{0,60}-urlcache[^\n]{0,60}?|\bbitsadmin\s[^\n]{0,80}?|start-bitstransfer\s[^\n]{0,80}?)https?://[^\n]{0,300}(?:\n[^\n]{0,200}){0,3}?(?:start-process|invoke-item|\bstart\s|&\s*["'$])|\bmshta(?:\.exe)?\s+["']?https?://\S+|\bregsvr32\s[^\n]{0,60}/i:https?://\S+|\bmsiexec\s[^\n]{0,40}/i\s*["']?https?://\S+"#,
);
/// A package from a bare address.
static PACKAGE: Pattern = Pattern::new(
    &["pip", "npm", "uv ", "yarn", "pnpm"],
    r#"\b(?:pip3?|uv|uvx|npm|pnpm|yarn|npx)\b[^\n;|&]{0,120}?\s(?:--(?:extra-)?index-url[= ]|-i\s+|--registry[= ]|install\s+|i\s+|add\s+)(?:git\+)?(https?://[^\s"'`]+)"#,
);
static QUIET: Pattern = Pattern::new(
    &[
        "/dev/null",
        "nohup",
        "-k",
        "--insecure",
        "disown",
        "$(hostname",
        "$(whoami",
        "-w hidden",
        "windowstyle hidden",
        "curl -",
    ],
    r">\s*/dev/null\s+2>&1|&>\s*/dev/null|\bnohup\b|\bdisown\b|\bcurl\s+-\w*k|--insecure|windowstyle\s+hidden|-w\s+hidden",
);

pub(super) fn look(look: &mut Look<'_, '_>) {
    piped(look);
    in_code(look);
    held(look);
    rewrites(look);
    drops_in_code(look);
    drops(look);
    for found in look.all(&BUILT).into_iter().take(1) {
        let message = format!("fetches a program and starts it when it is built: {}", quoted(found.text));
        look.add(DROPS, Severity::High, &found, message);
    }
    for found in look.all(&WINDOWS) {
        let Some((address, host)) = look.address_in(&found.span) else { continue };
        let (address, severity) = match host {
            Host::Local => continue,
            Host::Known => (address.to_string(), Severity::Low),
            _ => (address.to_string(), Severity::High),
        };
        let message = format!("fetches a program from {} and starts it: {}", host.described(), quoted(&address));
        look.add(DROPS, severity, &found, message);
    }
    for found in look.all(&PACKAGE) {
        let Some((address, host)) = look.address_in(&found.span) else { continue };
        if host.is_bad() {
            let message = format!("installs a package from {}: {}", host.described(), quoted(address));
            look.add(REMOTE_CODE, Severity::High, &found, message);
        }
    }
}

/// Whether a host is the one that is nobody's.
fn is_placeholder(address: &str) -> bool {
    let name = host::name(address);
    let plain = ["example.com", "example.org", "example.net"]
        .iter()
        .any(|nobody| name == *nobody || name == format!("www.{nobody}"));
    plain && !host::names_itself_hostile(&name)
}

fn piped(look: &mut Look<'_, '_>) {
    for found in look.all(&PIPED).into_iter().chain(look.all(&SUBSTITUTED)) {
        let rest = look.text.get(found.span.clone()).unwrap_or_default();
        let (address, host) = match look.address_in(&found.span) {
            Some((address, host)) => (address.to_string(), host),
            None => match bare_address(rest) {
                Some(address) => (address.to_string(), host::classify(address)),
                // `curl $URL | sh`: not known.
                None => (String::new(), Host::Local),
            },
        };
        let json = rest.contains("-m json")
            || rest.contains("python3 -c")
            || rest.contains("python -c")
            || rest.contains("node -e");
        // Data goes into a program that is there: `| python3 parse.py`, `| sh -c 'cat > a'`.
        let whole = crate::agent::mention::line_around(look.text, &found.span);
        let fed = whole.find(rest).and_then(|at| whole.get(at + rest.len()..)).map(str::trim_start).unwrap_or_default();
        let given = ["-c ", "-m json"].iter().any(|flag| fed.starts_with(flag))
            || fed.split_whitespace().next().is_some_and(|word| {
                word.contains('.') && word.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '.')
            });
        // The text of an expression: `/curl https:\/\/…/`.
        let json = json || given || rest.contains(":\\/\\/");
        if json && !rest.contains("exec(") && !rest.contains("eval(") {
            continue;
        }
        let insecure = address.starts_with("http://");
        let line = crate::agent::mention::line_around(look.text, &found.span).to_ascii_lowercase();
        let quiet = QUIET.is_in(&line, &line);
        let severity = match host {
            // What documentation writes where any host may stand.
            _ if is_placeholder(&address) => Severity::Low,
            Host::Local => Severity::Low,
            Host::Known if address.contains("githubusercontent") && !look.is_own(owner(&address)) => Severity::Medium,
            Host::Known => Severity::Low,
            Host::Other if look.is_own(&address) && !insecure && !quiet => Severity::Medium,
            // A vendor's own installer, as its page says it.
            Host::Other if is_installer(&address) && !insecure && !quiet => Severity::Medium,
            _ => Severity::High,
        };
        let message = format!("runs what it fetches from {}: {}", host.described(), quoted(found.text));
        look.add(REMOTE_CODE, severity, &found, message);
    }
}

/// `c=$(curl http://…); echo "$c" | bash`
fn held(look: &mut Look<'_, '_>) {
    for found in look.all(&HELD) {
        let name = found.group.unwrap_or_default().to_ascii_lowercase();
        let to = look.lower.floor_char_boundary((found.span.end + 600).min(look.lower.len()));
        let behind = look.lower.get(found.span.end..to).unwrap_or_default();
        let uses = [format!("\"${name}\""), format!("\"${{{name}}}\""), format!(" ${name} ")];
        let shell = |word: &str| ["sh", "bash", "zsh"].contains(&word.rsplit('/').next().unwrap_or_default());
        let runs = |line: &str, used: &str| {
            line.match_indices(used).any(|(at, _)| {
                let (before, after) =
                    (line.get(..at).unwrap_or_default(), line.get(at + used.len()..).unwrap_or_default());
                let piped = after.trim_start().strip_prefix('|').and_then(|piped| piped.split_whitespace().next());
                piped.is_some_and(shell) || ["eval ", "sh -c ", "sh <<< "].iter().any(|runs| before.ends_with(runs))
            })
        };
        let run = |line: &str| uses.iter().any(|used| runs(line, used));
        let Some((address, host)) = look.address_in(&found.span).filter(|_| behind.lines().any(run)) else { continue };
        if host.is_foreign() && !is_placeholder(address) {
            let message = format!("runs what it fetches from {}: {}", host.described(), quoted(found.text));
            look.add(REMOTE_CODE, Severity::High, &found, message);
        }
    }
}

/// A hook that changes what an agent runs by what a server says.
fn rewrites(look: &mut Look<'_, '_>) {
    let foreign = look.worst_host().filter(|(_, host)| host.is_foreign());
    let Some((address, _)) = foreign.filter(|_| !look.sheet.prose && look.has(&ASKS)) else { return };
    for found in look.all(&REWRITES).into_iter().take(1) {
        let message = format!("a server changes the commands of the agent: {}", quoted(address));
        look.add(REMOTE_CODE, Severity::High, &found, message);
    }
}

/// `https://acme.dev/install.sh`, `https://get.acme.dev`: how makers of tools write it, in prose that says so.
fn is_installer(address: &str) -> bool {
    let path = address.split_once("://").map_or(address, |(_, rest)| rest);
    let (host, path) = path.split_once('/').unwrap_or((path, ""));
    let plain = host.split('.').count() <= 3 && !host.contains("--");
    let short = path.trim_end_matches('/');
    let named = matches!(
        short,
        "" | "install" | "install.sh" | "install.ps1" | "setup" | "cli" | "sh" | "cli/install.sh" | "cli/install"
    );
    let good = [".dev", ".sh", ".com", ".io", ".ai", ".org", ".app", ".build", ".rs", ".run", ".tools"]
        .iter()
        .any(|end| host.ends_with(end));
    let odd = [
        "cdn",
        "update",
        "setup",
        "download",
        "dist",
        "evil",
        "attacker",
        "malicious",
        "payload",
        "static",
        "files",
        "c2",
        "host",
        "drop",
        "hack",
        "steal",
        "exfil",
        "install-",
        "-install",
    ];
    plain && named && good && !odd.iter().any(|word| host.contains(word)) && !host.contains("example")
}

fn owner(address: &str) -> &str {
    address.split('/').nth(3).unwrap_or_default()
}

/// `curl -s 1.2.3.4/x | sh`, `curl acme.dev/i | sh`.
fn bare_address(command: &str) -> Option<&str> {
    let words = command.split_whitespace().skip(1).map(|word| word.trim_matches(['"', '\'', '(', ')']));
    words
        .filter(|word| !word.starts_with(['-', '|', '$', '<']))
        .find(|word| word.contains('.') && !word.starts_with(['.', '/', '~']))
}

fn in_code(look: &mut Look<'_, '_>) {
    for found in if look.sheet.prose || !look.has(&ASKS) { Vec::new() } else { look.all(&BY_NAME) } {
        let message = format!("runs by a name that is put together, beside what it fetches: {}", quoted(found.text));
        look.add(REMOTE_CODE, Severity::High, &found, message);
    }
    for found in look.all(&IN_CODE) {
        look.add(REMOTE_CODE, Severity::High, &found, format!("runs what it fetches: {}", quoted(found.text)));
    }
    let names: Vec<String> = look.all(&FETCHED).iter().filter_map(|found| found.group.map(str::to_string)).collect();
    if names.is_empty() {
        return;
    }
    let derived = derived(look.text, &names);
    for found in look.all(&SHELL_RUNS) {
        let mut words = found.text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$')));
        if words.any(|word| derived.contains(word)) {
            let message = format!("a shell runs what was fetched before: {}", quoted(found.text));
            look.add(REMOTE_CODE, Severity::High, &found, message);
        }
    }
    for found in look.all(&RUNS_NAME) {
        let direct = found.group.is_some_and(|name| names.iter().any(|known| known == name));
        // One step between: `code = response.text`.
        let step = |name: &str| {
            names.iter().any(|known| {
                ["", "await "].iter().any(|wait| {
                    look.text.contains(&format!("{name} = {wait}{known}."))
                        || look.text.contains(&format!("{name}={wait}{known}."))
                })
            })
        };
        if direct || found.group.is_some_and(step) {
            look.add(
                REMOTE_CODE,
                Severity::High,
                &found,
                format!("runs what it fetched before: {}", quoted(found.text)),
            );
        }
    }
}

/// A program is fetched, made to run and started, in code: `os.chmod(path, 0o755)`, `Popen([path])`.
fn drops_in_code(look: &mut Look<'_, '_>) {
    let fetches =
        ["\"wget\"", "\"curl\"", "'wget'", "'curl'", "urlretrieve", "urlopen", "requests.get", "fetch(", "https.get"];
    let shown = look.sheet.prose || crate::agent::place::is_test(look.sheet.path);
    if shown || !fetches.iter().any(|how| look.lower.contains(how)) {
        return;
    }
    if look.addresses.iter().any(|(_, host)| *host == Host::Known) {
        return;
    }
    for found in look.all(&CHMOD) {
        let Some(name) = found.group.map(str::to_ascii_lowercase) else { continue };
        let starts =
            ["popen(", "run(", "call(", "system(", "spawn(", "execfile(", "execv(", "execfilesync(", "startfile("];
        let started =
            |how: &&str| look.lower.contains(&format!("{how}{name}")) || look.lower.contains(&format!("{how}[{name}"));
        if starts.iter().any(started) {
            let message = format!("fetches a program and starts it: {}", quoted(found.text));
            look.add(DROPS, Severity::High, &found, message);
        }
    }
}

/// Names that are made from names: `x = (await y.json()).z`, `for (const a of x.b)`.
fn derived(text: &str, names: &[String]) -> HashSet<String> {
    let mut known: HashSet<String> = names.iter().cloned().collect();
    let words = |text: &str| -> Vec<String> {
        let parts = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$')));
        parts.filter(|word| !word.is_empty()).map(str::to_string).collect()
    };
    for _ in 0..3 {
        let mut more = Vec::new();
        for line in text.lines().filter(|line| line.len() < 400) {
            let looped = [" of ", " in "]
                .iter()
                .find_map(|of| line.trim_start().starts_with("for").then(|| line.split_once(of))?);
            let Some((left, right)) = looped.or_else(|| line.split_once(" = ")) else { continue };
            if words(right).iter().any(|word| known.contains(word)) {
                let kept = |word: &String| {
                    !["for", "const", "let", "var", "await"].contains(&word.as_str()) && !known.contains(word)
                };
                more.extend(words(left).into_iter().filter(kept));
            }
        }
        if more.is_empty() || known.len() > 200 {
            break;
        }
        known.extend(more);
    }
    known
}

fn drops(look: &mut Look<'_, '_>) {
    let runs = look.all(&MADE_TO_RUN);
    let saved: Vec<_> = look.all(&SAVED).into_iter().chain(look.all(&SAVED_AS)).collect();
    for found in &saved {
        let Some(file) = found.group.map(base).filter(|file| file.len() > 1) else { continue };
        let after = look.text.get(found.span.end..).unwrap_or_default();
        let after = after.get(..after.floor_char_boundary(1500)).unwrap_or(after);
        let made = runs
            .iter()
            .any(|run| run.span.start > found.span.start && base(run.text).trim_end_matches(['"', '\'']) == file);
        let started =
            ["./", "bash ", "sh ", "python ", "python3 ", "open ", "start ", "source ", "nohup ", "/tmp/", "& "]
                .iter()
                .any(|how| after.contains(&format!("{how}{file}")))
                || ["bash", "sh", "open", "source", "&&"]
                    .iter()
                    .any(|how| found.group.is_some_and(|whole| after.contains(&format!("{how} {whole}"))));
        // Data that a program reads is not started.
        let data =
            [".diff", ".patch", ".json", ".csv", ".txt", ".md", ".pdf", ".png"].iter().any(|end| file.ends_with(end));
        if !made && (!started || data) {
            continue;
        }
        let line = found.span.start..found.span.end + after.find('\n').unwrap_or(after.len());
        // An address may be made elsewhere; what is then started unseen comes from the worst that there is.
        let unseen = |span: &std::ops::Range<usize>| {
            let part = look.text.get(span.clone()).unwrap_or_default();
            QUIET.is_in(part, &part.to_ascii_lowercase())
        };
        let elsewhere =
            || look.worst_host().filter(|(_, host)| host.is_foreign() && !look.sheet.prose && unseen(&line));
        let (address, host) = look.address_in(&line).or_else(elsewhere).unwrap_or(("", Host::Local));
        let hidden = found.group.is_some_and(|path| path.contains("/.") || path.starts_with("/dev/shm"));
        // Nobody who installs something is asked who he is.
        let command = crate::agent::mention::line_around(look.text, &found.span).to_ascii_lowercase();
        let asks = ["whoami", "id -u", "$(hostname"].iter().any(|who| command.contains(who));
        let severity = match host {
            Host::Local => Severity::Low,
            Host::Known if asks && look.sheet.prose => Severity::High,
            Host::Known if hidden => Severity::Medium,
            Host::Known => Severity::Low,
            _ if is_shown(after, file) && !hidden => Severity::Low,
            Host::Other if look.is_own(address) && !address.starts_with("http://") && !hidden => Severity::Low,
            _ => Severity::High,
        };
        let message = format!("fetches a program from {} and starts it: {}", host.described(), quoted(found.text));
        look.add(DROPS, severity, found, message);
    }
}

/// Whether somebody reads a file before it is started.
pub(super) fn is_shown(text: &str, file: &str) -> bool {
    let shows = ["less ", "more ", "cat ", "bat ", "vim ", "nano "];
    let line_shows = |line: &str| {
        let line = line.trim_start();
        shows.iter().any(|how| line.starts_with(how))
            && line.contains(file)
            && !line.contains('|')
            && !line.contains('>')
    };
    !file.is_empty() && text.lines().any(line_shows)
}

fn base(path: &str) -> &str {
    path.trim().rsplit(['/', '\\', ' ']).next().unwrap_or_default()
}
