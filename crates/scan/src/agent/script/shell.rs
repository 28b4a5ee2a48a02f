//! Commands of shells, line by line: what variables and files hold, and where it goes.
//!
//! `key=$(cat ~/.ssh/id_rsa)` and `curl -d "$key" …` three lines below are one deed.

use std::collections::HashMap;
use std::ops::Range;

use redan_domain::Severity;

use super::lines::{MOST, blocks, commands, joined, variable, variables, words};
use super::{Host, Look};
use crate::agent::facts::{DROPS, PERSISTS, RUNS_ENCODED, SENDS_ENVIRONMENT, SENDS_SECRETS};
use crate::agent::host;
use crate::agent::leak::{is_inbox, is_self_service, vendors};
use crate::agent::pattern::Pattern;
use crate::agent::sheet::quoted;

/// What a name or a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Holds {
    /// A private file, or what a program says of one.
    Private(String),
    Environment,
    /// One variable of the environment that is a secret.
    Credential(String),
    /// What a hook is told.
    Told,
    Fetched(String),
    Decoded,
}

static SENDS: Pattern = Pattern::new(
    &[
        "curl",
        "wget",
        "nc ",
        "ncat",
        "netcat",
        "invoke-",
        "irm",
        "iwr",
        "scp ",
        "rsync",
        "nslookup",
        "dig ",
        "host ",
        "gh gist",
        "s_client",
        "sendmail",
        "mail ",
        "s3 cp",
        "http ",
        "uploadstring",
        "uploadfile",
        "git push",
    ],
    r#"\bcurl\b[^\n]*?(?:\s-\w*[df]\b|\s-[dft]["'@$]|--data|--json|--form|\s-t\s|--upload-file|-x\s*p(?:ost|ut)|[?&/=][^\s]{0,80}\$|-h\s*["'][^"']*\$)|\bwget\b[^\n]*(?:--post|--body|[?&/=][^\s]{0,80}\$)|\b(?:nc|ncat|netcat)\s+[^\n]*\S|\b(?:invoke-restmethod|invoke-webrequest|irm|iwr)\b[^\n]*(?:-body|-infile|-method\s+["']?p(?:ost|ut)|[?&/=][^\s]{0,80}\$)|\.upload(?:string|file|data)\s*\(|\bscp\s[^\n]*:|\b(?:nslookup|dig|host)\s[^\n]*\$|gh\s+gist\s+create|openssl\s+s_client|\bsendmail\b|\bmail\s+-s|aws\s+s3\s+cp|\bhttp\s+(?:post|put)\b|\bgit\s+(?:-\S+\s+)*push\b"#,
);
/// An account that is not the user's.
static KEYED: Pattern = Pattern::new(
    &["x-api-key", "authorization", "bearer"],
    r"(?:x-api-key|authorization|bearer)[^\n]{0,40}?(?:sk-[\w\-]{16,}|gh[pousr]_\w{20,}|xox[abp]-[\w\-]{10,})",
);
static GIVES_FILE: Pattern =
    Pattern::new(&["@"], r#"(?:-f|--form|-t|--data-binary|--upload-file|-d)\s*["']?[^\s"']*@["']?[$\w./~]"#);
static FETCHES: Pattern = Pattern::new(
    &[
        "curl",
        "wget",
        "invoke-",
        "iwr",
        "irm",
        "downloadfile",
        "downloadstring",
        "downloaddata",
        "bitstransfer",
        "certutil",
    ],
    r"\b(?:curl|wget|invoke-webrequest|invoke-restmethod|iwr|irm|start-bitstransfer|certutil)\b|\.download(?:file|string|data)\s*\(",
);
static DECODES: Pattern = Pattern::new(
    &["base64", "xxd", "openssl", "uudecode", "rev", "printf"],
    r"\|\s*rev\b|\bprintf\s+[^\n|;]{0,20}\\x\$|\bbase64\s+(?:-d|-D|--decode|-di)\b|\bxxd\s+-r|\bopenssl\s+(?:enc\s[^\n]*-d|base64\s+-d)|\buudecode\b|frombase64string",
);
/// Runs what it is given; the group is what.
static RUNS: Pattern = Pattern::new(
    &[
        "sh",
        "source",
        "eval",
        "chmod",
        "start",
        "iex",
        "invoke-expression",
        "python",
        "node",
        "perl",
        "ruby",
        "&",
        "./",
        ". ",
        "exec",
        "nohup",
        "open",
    ],
    r#"(?:^|[\s;&|(])(?:(?:ba|z|da|k)?sh(?:\s+-\w+)*|source|\.|eval|chmod\s+(?:\+x|a\+x|u\+x|0?7[0-7]{2})|start-process(?:\s+-\w+)*|start|iex|invoke-expression|python3?|node|perl|ruby|&|exec|nohup|setsid|open)\s+(?:-filepath\s+)?["']?(\$\{?[\w:]+\}?(?:[\\/][\w.\\/\-]+)?|[~./][\w./~\-]+|[\w\-]+\.\w{1,5})"#,
);
static DUMPS: Pattern = Pattern::new(
    &["env", "set", "export", "declare"],
    r"(?:^|[;&|(`]\s*|\$\(\s*)(?:printenv|env|export\s+-p|declare\s+-x|set)\s*(?:$|[|>)`;&])|(?:get-childitem|gci|dir|ls)\s+env:",
);
/// A command that is fetched for an interpreter.
static PIPED: Pattern =
    Pattern::new(&["|"], r#"\|\s*(?:sudo\s+)?["']?(?:/\S*/)?(?:(?:ba|z|da|k)?sh|python3?|perl|node)\b"#);
/// Whose machine asks.
static ASKER: Pattern =
    Pattern::new(&["hostname", "whoami", "id -u", "$user", "uname"], r"hostname|whoami|\bid\s+-u|\$\{?user|uname");
static TOLD: Pattern = Pattern::new(
    &["cat", "read", "$input", "stdin", "[console]"],
    r"\$\(\s*cat\s*(?:-\s*)?\)|`cat`|\$input\b|\[console\]::in|/dev/stdin",
);
static SET: Pattern = Pattern::new(
    &["="],
    r"^(?:export\s+|local\s+|readonly\s+|declare\s+(?:-\w+\s+)?|\$(?:env:|script:|global:)?)?(\w+)\s?\+?=\s?(?:[^=]|$)",
);
static LOOPS: Pattern = Pattern::new(&["for ", "foreach"], r"\b(?:for\s+(\w+)\s+in\b|foreach\s*\(\s*\$(\w+)\s+in\b)");
static INTO: Pattern = Pattern::new(
    &[">", "-o", "tee", "tar", "zip", "cp ", "bundle", "-outfile", "-destination", "downloadfile", "copy", "--output"],
    r#"(?:>>?\s*|\btee\s+(?:-a\s+)?|\s-\w*o\s+|--output(?:-document)?[= ]|-outfile\s+|-destination(?:path)?\s+|\btar\s+-?c\w*f\s+|\bbundle\s+create\s+|\bzip\s+(?:-\w+\s+)*|\s-\w*O\s+|\.downloadfile\s*\([^,\n]*,\s*)["']?((?:\$\{?[\w:]+\}?|~)?[\w.\\/\-~]*(?:\$\{?\w+\}?[\w.\\/\-~]*){0,3})"#,
);
static ROOTS: Pattern = Pattern::new(
    &[
        "authorized_keys",
        "scheduledtask",
        "schtasks",
        "crontab",
        "currentversion\\run",
        "launchctl",
        "systemctl",
        "rc.local",
        "sudoers",
    ],
    r"authorized_keys|register-scheduledtask|schtasks\s+/create|\|\s*crontab|currentversion\\run|launchctl\s+(?:load|bootstrap)|systemctl\s+(?:--user\s+)?enable|sudoers",
);

pub(super) fn look(look: &mut Look<'_, '_>) {
    if !look.shell {
        return;
    }
    // Of a document only what stands in blocks of commands is one.
    let fenced = look.sheet.prose.then(|| blocks(look.text));
    let text = fenced.as_deref().unwrap_or(look.text);
    let hook = ["hooks/", "bin/"].iter().any(|folder| look.sheet.path.contains(folder));
    let mut state = State { hook, ..State::default() };
    for (span, command) in commands(text).into_iter().take(MOST) {
        state.step(look, span, &command);
    }
}

#[derive(Default)]
struct State {
    held: HashMap<String, Vec<Holds>>,
    /// Values of variables that stand in the text.
    known: HashMap<String, String>,
    /// Its input is what an agent says.
    hook: bool,
}

impl State {
    fn step(&mut self, look: &mut Look<'_, '_>, span: Range<usize>, command: &str) {
        let whole = joined(&self.expanded(command));
        let lower = whole.to_ascii_lowercase();
        let holds = self.holds(command, &whole, &lower);
        if SENDS.is_in(&whole, &lower) {
            Self::sends(look, &span, &whole, &holds);
        }
        if KEYED.is_in(&whole, &lower) && GIVES_FILE.is_in(&whole, &lower) {
            let message = format!("sends a file with a key that stands in the text: {}", quoted(&whole));
            look.add_at(SENDS_SECRETS, Severity::High, span.clone(), &whole, message);
        }
        self.runs(look, &span, command);
        self.hides(look, &span, command, &whole);
        if ROOTS.is_in(&whole, &lower) {
            let fetched = holds.iter().find(|held| matches!(held, Holds::Fetched(_) | Holds::Decoded));
            if fetched.is_some() {
                look.add_at(
                    PERSISTS,
                    Severity::High,
                    span.clone(),
                    command,
                    format!("what was fetched starts again by itself: {}", quoted(command)),
                );
            }
        }
        self.keep(command, &whole, &lower, holds);
    }

    /// Commands that stand in variables: what they are shows only when they are put in, or is decoded before.
    fn hides(&self, look: &mut Look<'_, '_>, span: &Range<usize>, command: &str, whole: &str) {
        let places = command.split('|').map(|part| part.trim_start().trim_start_matches(['"', '\'']));
        // `$value,` is one of several arguments, `$value.Name` and `$value = …` are PowerShell.
        let runs = |part: &&str| {
            let after = part.get(variable(part).1..).unwrap_or_default();
            // So are keys of a document that is written there.
            let key = after.split_whitespace().next().is_some_and(|word| word.ends_with(':'));
            !key && !after.starts_with([',', '.', '[', ')', ':']) && !after.trim_start().starts_with(['=', '+'])
        };
        let named = places.filter(|part| part.starts_with('$') && !part.starts_with("$(")).filter(runs);
        let named = named.map(|part| variable(part).0);
        let decoded =
            |name: &str| self.held.get(&name.to_ascii_lowercase()).is_some_and(|held| held.contains(&Holds::Decoded));
        let Some(name) = named.into_iter().find(|name| !name.is_empty()) else { return };
        let pipes = |text: &str| PIPED.is_in(text, &text.to_ascii_lowercase());
        let into_shell = pipes(whole) && !pipes(command) && whole.contains("://");
        if into_shell || decoded(name) {
            let message = format!("hides a command in variables: {}", quoted(whole));
            look.add_at(RUNS_ENCODED, Severity::High, span.clone(), command, message);
        }
    }

    /// Variables whose values stand in the text, put in.
    fn expanded(&self, command: &str) -> String {
        let mut out = String::with_capacity(command.len());
        let mut rest = command;
        while let Some(at) = rest.find('$') {
            out.push_str(rest.get(..at).unwrap_or_default());
            rest = rest.get(at..).unwrap_or_default();
            let (name, length) = variable(rest);
            match self.known.get(&name.to_ascii_lowercase()).filter(|_| !name.is_empty()) {
                Some(value) if out.len() < 4_000 => {
                    out.push_str(value);
                    rest = rest.get(length..).unwrap_or_default();
                }
                _ => {
                    out.push('$');
                    rest = rest.get(1..).unwrap_or_default();
                }
            }
        }
        out.push_str(rest);
        out
    }

    /// What of interest a command has in its hands.
    fn holds(&self, command: &str, whole: &str, lower: &str) -> Vec<Holds> {
        let mut holds: Vec<Holds> = Vec::new();
        let mut add = |held: Holds| {
            if !holds.contains(&held) && holds.len() < 8 {
                holds.push(held);
            }
        };
        for name in variables(command) {
            self.held.get(&name.to_ascii_lowercase()).into_iter().flatten().cloned().for_each(&mut add);
            if name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
                && redan_code::names_secret(&name)
                && !self.known.contains_key(&name.to_ascii_lowercase())
                && !self.held.contains_key(&name.to_ascii_lowercase())
            {
                add(Holds::Credential(name));
            }
        }
        if whole.contains("git ") {
            self.held.get("cd").into_iter().flatten().cloned().for_each(&mut add);
        }
        for word in words(whole) {
            self.held.get(&word.to_ascii_lowercase()).into_iter().flatten().cloned().for_each(&mut add);
        }
        // A key that logs in, a folder that is looked for: nothing of it is read.
        let logs_in = [
            "ssh -i",
            "scp -i",
            "-e \"ssh",
            "-e 'ssh",
            "ssh-add",
            "ssh-keygen",
            "[ -f",
            "[ -e",
            "[[ -",
            "test -",
            "chmod ",
            "mkdir ",
            "test-path",
        ];
        if !logs_in.iter().any(|how| lower.contains(how))
            && let Some("private" | "talk" | "clip" | "env-file") = redan_code::names_private(whole)
        {
            add(Holds::Private(whole.to_string()));
        }
        if ["@/etc/passwd", "cat /etc/passwd", "@/etc/shadow", "cat /etc/shadow"]
            .iter()
            .any(|file| lower.contains(file))
        {
            add(Holds::Private("the list of accounts".to_string()));
        }
        if lower.contains("git bundle create") && lower.contains("--all") {
            add(Holds::Private("everything that the repository ever held".to_string()));
        }
        if DUMPS.is_in(whole, lower) {
            add(Holds::Environment);
        }
        if self.hook && TOLD.is_in(whole, lower) {
            add(Holds::Told);
        }
        if DECODES.is_in(whole, lower) {
            add(Holds::Decoded);
        }
        if FETCHES.is_in(whole, lower) {
            let address = super::addresses(whole, lower).into_iter().next();
            if let Some(address) = address.and_then(|(span, _)| whole.get(span).map(str::to_string)) {
                add(Holds::Fetched(address));
            }
        }
        holds
    }

    fn sends(look: &mut Look<'_, '_>, span: &Range<usize>, whole: &str, holds: &[Holds]) {
        let lower = whole.to_ascii_lowercase();
        // Only whether somebody listens there is asked.
        if lower.contains("nc -z") {
            return;
        }
        let address = super::addresses(whole, &lower).into_iter().next();
        let address = address.and_then(|(span, host)| Some((whole.get(span)?.to_string(), host)));
        let foreign = match &address {
            // A key in the address opens somebody's own place.
            Some((address, _)) if lower.contains("git ") && address.contains('@') => true,
            Some((address, host)) => host.is_foreign() && !look.is_own(address) || is_inbox(address),
            None => true,
        };
        // Whoever takes keys away may have a host of the skill's own name.
        let elsewhere = address.as_ref().is_some_and(|(_, host)| host.is_foreign());
        let local = address.as_ref().is_some_and(|(_, host)| *host == Host::Local);
        let place = address.as_ref().map_or_else(|| "another machine".to_string(), |(address, _)| quoted(address));
        for held in holds {
            let (kind, what) = match held {
                // Nothing on this machine is told what opens others, whatever listens there.
                Holds::Private(what) if local && opens_others(what) => {
                    (SENDS_SECRETS, format!("what {} says", quoted(what)))
                }
                _ if local => return,
                Holds::Private(what)
                    if (foreign || elsewhere && !is_self_service(what))
                        && (address.is_some() || !is_self_service(what)) =>
                {
                    (SENDS_SECRETS, format!("what {} says", quoted(what)))
                }
                Holds::Environment if foreign || elsewhere => (SENDS_ENVIRONMENT, "the whole environment".to_string()),
                Holds::Told if foreign && address.is_some() => {
                    (SENDS_SECRETS, "what the agent tells its hooks".to_string())
                }
                Holds::Credential(name)
                    if address.is_some() && foreign && is_of_another(name, address.as_ref(), &lower) =>
                {
                    (SENDS_SECRETS, format!("a credential of another service ({name})"))
                }
                _ => continue,
            };
            look.add_at(kind, Severity::High, span.clone(), whole, format!("sends {what} to {place}"));
        }
    }

    fn runs(&self, look: &mut Look<'_, '_>, span: &Range<usize>, command: &str) {
        for found in RUNS.all(command, &command.to_ascii_lowercase()) {
            let Some(what) = found.group else { continue };
            let name = what.trim_matches(['"', '\'', ')']);
            let key = if name.starts_with('$') { variable(name).0.to_string() } else { name.to_string() };
            let key = key.to_ascii_lowercase();
            let Some(held) = self.held.get(&key) else { continue };
            for held in held {
                match held {
                    Holds::Fetched(address) => {
                        let severity = match host::classify(address) {
                            Host::Local => continue,
                            Host::Known => Severity::Low,
                            // An answer of its own for each machine: nobody sees what others get.
                            _ if command.contains("eval ") && ASKER.is_in(address, &address.to_ascii_lowercase()) => {
                                Severity::High
                            }
                            Host::Other if look.is_own(address) && !address.starts_with("http://") => Severity::Low,
                            // Somebody reads it first.
                            _ if super::remote::is_shown(look.lower, &key) => Severity::Low,
                            // What it has to be stands in the script.
                            _ if is_pinned(look.lower) => Severity::Medium,
                            _ => Severity::High,
                        };
                        look.add_at(
                            DROPS,
                            severity,
                            span.clone(),
                            command,
                            format!("runs what it fetched from {}: {}", quoted(address), quoted(command)),
                        );
                    }
                    Holds::Decoded => {
                        look.add_at(
                            RUNS_ENCODED,
                            Severity::High,
                            span.clone(),
                            command,
                            format!("runs what it decoded before: {}", quoted(command)),
                        );
                    }
                    _ => {}
                }
            }
        }
    }

    /// Gives names and files what the command has in its hands.
    fn keep(&mut self, command: &str, whole: &str, lower: &str, holds: Vec<Holds>) {
        let mut names = Vec::new();
        let low = command.to_ascii_lowercase();
        if let Some(found) = SET.all(command, &low).into_iter().next() {
            let name = found.group.unwrap_or_default().to_ascii_lowercase();
            let value = command.get(found.span.end.saturating_sub(1)..).unwrap_or_default();
            // `'s''h'` is one word.
            let value = value.trim().trim_matches(['"', '\'']).replace("''", "").replace("\"\"", "");
            let value = self.expanded(&value);
            if value.contains("$(") || value.contains('`') || value.contains('(') || value.len() > 300 {
                self.known.remove(&name);
            } else {
                self.known.insert(name.clone(), value);
            }
            names.push(name);
        }
        for found in LOOPS.all(command, &low) {
            names.extend(
                found
                    .text
                    .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .filter(|word| !matches!(*word, "for" | "in" | "foreach" | ""))
                    .map(str::to_ascii_lowercase),
            );
        }
        if holds.is_empty() {
            for name in names {
                self.held.remove(&name);
            }
            return;
        }
        for text in [whole, command] {
            for found in INTO.all(text, &text.to_ascii_lowercase()) {
                let file = found.group.unwrap_or_default();
                let name = if file.starts_with('$') { variable(file).0.to_string() } else { file.to_string() };
                names.push(name.to_ascii_lowercase());
            }
        }
        if lower.starts_with("cp ") || lower.starts_with("mv ") || lower.starts_with("copy-item ") {
            let mut plain = command.split_whitespace().filter(|word| !word.contains('>') && !word.starts_with('-'));
            let last = plain.next_back().unwrap_or_default().trim_matches(['"', '\'']);
            let name = if last.starts_with('$') { variable(last).0 } else { last };
            names.push(name.to_ascii_lowercase());
        }
        if lower.starts_with("cd ") {
            names.push("cd".to_string());
        }
        for name in names.into_iter().filter(|name| !name.is_empty() && !name.starts_with("/dev/null")) {
            self.held.insert(name, holds.clone());
        }
    }
}

/// Whether it is a key itself, not a folder it may lie in.
fn opens_others(what: &str) -> bool {
    let low = what.to_ascii_lowercase();
    [".ssh/id_", ".aws/credentials", "login data", "wallet.dat", ".gnupg/private"].iter().any(|key| low.contains(key))
}

fn is_of_another(name: &str, address: Option<&(String, Host)>, lower: &str) -> bool {
    let host = address.map(|(address, _)| host::name(address)).unwrap_or_default();
    let own = vendors(name);
    let header = lower.contains("authorization") || lower.contains("api-key");
    !own.is_empty() && own.iter().all(|vendor| !host.contains(vendor)) && !header
}

/// Whether a script of PowerShell compares what it fetched with a hash that stands in it.
fn is_pinned(lower: &str) -> bool {
    let hash = lower.split(|c: char| !c.is_ascii_hexdigit()).any(|word| word.len() == 64);
    hash && lower.contains("get-filehash") && (lower.contains("-ne ") || lower.contains("-eq "))
}
