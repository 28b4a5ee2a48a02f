//! Where what is confidential goes in scripts that agents run: values followed from private files, the environment and
//! the arguments of tools to the network, and from the network or an encoding into an interpreter.

mod services;

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use redan_code::{Flow, Language, Project, Source};
use redan_domain::{Fact, FactKind, Severity};

pub(super) use self::services::{is_self_service, vendors};
use super::facts::{HIDDEN_COPY, PERSISTS, REMOTE_CODE, RUNS_ENCODED, SENDS_ENVIRONMENT, SENDS_SECRETS, WATCHES};
use super::host::{self, Host};
use super::pattern::Pattern;
use super::sheet::{eased, quoted};

/// Longest script that is followed.
const MAX_TEXT: usize = 256 << 10;
/// Scripts of one project that are followed.
const MAX_SCRIPTS: usize = 400;

/// Sends something with a program.
static UPLOADS: Pattern = Pattern::new(
    &["curl", "wget", "nc ", "ncat", "netcat", "invoke-", "scp ", "rsync", "nslookup", "dig ", "python"],
    r"\b(?:curl|wget|invoke-\w+)\b[^\n]{0,300}(?:\s-d\b|--data|\s-f\b|--form|\s-t\b|--upload|--post|@|-body|\$\(|\|)|\|\s*(?:curl|nc|ncat|netcat)\b|\b(?:nc|ncat|netcat|nslookup|dig)\s",
);
/// Hosts where anybody has an inbox, whoever owns the service.
static INBOX: Pattern = Pattern::new(
    &["telegram.org/bot", "api/webhooks", "hooks.slack.com", "gists", "docs.google.com/forms", "formspree"],
    r"telegram\.org/bot|api/webhooks|hooks\.slack\.com|api\.github\.com/gists|docs\.google\.com/forms|formspree",
);
static SINISTER: Pattern = Pattern::new(
    &[
        "curl",
        "wget",
        "nohup",
        "base64",
        "/tmp/",
        "/dev/",
        "http",
        "python -c",
        "eval",
        "exec(",
        "nc ",
        "ssh-",
        "python",
    ],
    r"\b(?:curl|wget)\b|\bnohup\b|base64|/tmp/|/dev/(?:tcp|shm|null)|https?://|python3?\s+-c|\beval\b|\bexec\(|\bnc\s|\bssh-(?:rsa|ed25519)\b",
);
/// A function whose work is to send what it is given.
static SENDER: Pattern = Pattern::new(
    &[
        "send",
        "post",
        "notif",
        "publish",
        "upload",
        "submit",
        "report",
        "webhook",
        "push",
        "create",
        "share",
        "mail",
        "messag",
        "alert",
        "forward",
        "deliver",
        "broadcast",
        "tweet",
        "comment",
        "ping",
    ],
    r"send|post_|_post|notif|publish|upload|submit|report|webhook|push|create|share|mail|messag|alert|forward|deliver|broadcast|tweet|comment|ping",
);
/// Errors that nobody is to see.
static SWALLOWED: Pattern = Pattern::new(
    &["except", "catch", "timeout", "daemon", "thread", "void "],
    r"except[^\n]*:\s*\n?\s*(?:pass|\.\.\.|return)|catch\s*(?:\([^)\n]{0,20}\))?\s*\{\s*\}|\.catch\s*\(\s*(?:\(\w*\)|\w+)\s*=>\s*(?:\{\s*\}|null|undefined|void)|timeout\s*[=:]|daemon\s*=\s*true|thread|\bvoid\s",
);

/// Follows what is confidential in every script, with what it imports.
pub(super) fn examine(
    files: &[(&str, &str)],
    scripts: &[usize],
    small: bool,
    homes: &[(String, String)],
    out: &mut Vec<(usize, Vec<Fact>)>,
) {
    let is_followed = |at: &&usize| {
        let (path, text) = files.get(**at).copied().unwrap_or_default();
        Language::of(path).is_some() && text.len() <= MAX_TEXT && !super::place::is_test(path)
    };
    // In a small project with a server or a skill every file belongs to it.
    let all: Vec<usize> = if small { (0..files.len()).collect() } else { scripts.to_vec() };
    let wanted: Vec<usize> = all.iter().filter(is_followed).take(MAX_SCRIPTS).copied().collect();
    if wanted.is_empty() {
        return;
    }
    let sources = files.iter().map(|(path, text)| Source {
        path,
        text: if Language::of(path).is_some() && text.len() <= MAX_TEXT { text } else { "" },
    });
    let project = Project::new(sources.collect());
    let mut by_file: BTreeMap<usize, Vec<Flow>> = BTreeMap::new();
    for at in wanted {
        for flow in project.leaks(at).map(|found| found.flows).unwrap_or_default() {
            by_file.entry(flow.sink.file).or_default().push(flow);
        }
    }
    for (at, flows) in by_file {
        let Some((path, text)) = files.get(at) else { continue };
        let home = homes.iter().rev().find(|(folder, _)| super::is_below(path, folder));
        let about = home.map(|(_, about)| about.clone()).filter(|about| !about.is_empty());
        let mut sheet = super::sheet_of(path, text, &about.unwrap_or_else(|| super::folders(path)));
        let mut seen = HashSet::new();
        for flow in &flows {
            let view = View { files, flow, path, text, beside: &flows, about: &sheet.about };
            let Some((kind, severity, message)) = view.judged() else { continue };
            if seen.insert((kind, flow.sink.span.start)) {
                let severity = eased(severity, sheet.about_security);
                sheet.add_as(kind, severity, view.sink(), &flow.callee, message);
            }
        }
        let known: HashSet<FactKind> = out
            .iter()
            .filter(|(other, _)| *other == at)
            .flat_map(|(_, facts)| facts)
            .filter(|fact| is_grave(fact))
            .map(|fact| fact.kind)
            .collect();
        // What was seen at once needs no second word.
        sheet.facts.retain(|fact| !known.contains(&fact.kind));
        if !sheet.facts.is_empty() {
            out.push((at, sheet.facts));
        }
    }
}

fn is_grave(fact: &Fact) -> bool {
    fact.severity.is_none_or(|severity| severity >= Severity::High)
}

/// One flow with what stands around it.
struct View<'a> {
    files: &'a [(&'a str, &'a str)],
    flow: &'a Flow,
    path: &'a str,
    text: &'a str,
    /// Everything that arrives in the same file.
    beside: &'a [Flow],
    about: &'a str,
}

/// What is known of a destination.
#[derive(Clone, Copy, PartialEq, Eq)]
enum To {
    /// It does not stand in the source.
    Unknown,
    Local,
    /// Its maker's, by its name.
    Own,
    /// One that many use.
    Trusted,
    /// A place where anybody has an inbox, or that nothing is known about.
    Foreign,
}

type Judged = Option<(FactKind, Severity, String)>;

impl View<'_> {
    fn sink(&self) -> Range<usize> {
        self.flow.sink.span.start as usize..self.flow.sink.span.end as usize
    }

    /// The words of the source at the place where it comes from.
    fn origin(&self) -> &str {
        self.flow.source.map_or("", |place| {
            let text = self.files.get(place.file).map_or("", |(_, text)| text);
            text.get(place.span.start as usize..place.span.end as usize).unwrap_or_default()
        })
    }

    /// Where it goes, if that stands in the source; what opens a connection stands elsewhere than what sends.
    fn target(&self) -> &str {
        let opened = || {
            let socket = ["WebSocket()", "create_connection()"].iter().any(|open| self.flow.callee.contains(open));
            let at = self.text.find("wss://").or_else(|| self.text.find("ws://")).filter(|_| socket)?;
            self.text.get(at..)?.split(['"', '\'', '`']).next()
        };
        self.flow.target.as_deref().or_else(opened).unwrap_or_default()
    }

    fn to(&self) -> To {
        let target = self.target();
        let host = host::name(target);
        if is_inbox(target) {
            return To::Foreign;
        }
        if !target.contains("://") && (!host.contains('.') || target.starts_with(['/', '.'])) {
            return To::Unknown;
        }
        match host::classify(target) {
            Host::Local => To::Local,
            Host::Known => To::Trusted,
            Host::Other if host::is_company(target) => To::Trusted,
            Host::Other if host::belongs(target, self.about) => To::Own,
            _ => To::Foreign,
        }
    }

    fn place(&self) -> String {
        match self.target() {
            target if self.to() != To::Unknown => quoted(target),
            _ => "another machine".to_string(),
        }
    }

    fn judged(&self) -> Judged {
        let sends = self.flow.kind == "send";
        if let Some(leak) = self.looked_up() {
            return Some(leak);
        }
        match (self.flow.label?, self.flow.kind.as_str()) {
            ("private", "shell" | "command" | "argument") => self.uploaded(),
            ("private", _) if sends || self.flow.kind == "header" => self.private(sends),
            ("environment" | "env-dump" | "env-file", _) if sends => self.whole(),
            ("credential", _) if sends => self.credential(),
            ("key", _) if sends => self.private(true).filter(|_| self.to() == To::Foreign),
            ("chosen", _) if sends => self.chosen(),
            ("talk" | "stdin", _) if sends => self.talk(),
            ("clip" | "screen", _) if sends => self.watched(),
            ("tool", _) if sends => self.copied(),
            ("decoded", "code" | "shell" | "command") => Some((
                RUNS_ENCODED,
                Severity::High,
                format!("what is decoded reaches `{}`, which runs it", self.flow.callee),
            )),
            ("retrieved", "code" | "shell") => Some(self.fetched()),
            ("startup", "path") => Some(self.stays()),
            ("mailbox", "redirect") => self.addressed(),
            _ => None,
        }
    }

    /// What is confidential as a part of a name that is looked up: whoever owns the rest of it reads along.
    fn looked_up(&self) -> Judged {
        let confidential = ["credential", "chosen", "private", "environment", "env-dump", "env-file", "key"];
        let last =
            self.flow.callee.trim_end_matches("()").rsplit(['.', ':']).next().unwrap_or_default().to_ascii_lowercase();
        let looks = ["getaddrinfo", "gethostbyname", "gethostbyname_ex", "resolve", "resolve4", "lookup", "lookuphost"];
        let label = self.flow.label.filter(|label| confidential.contains(label))?;
        let dns = looks.contains(&last.as_str()) || last.starts_with("resolve") && self.flow.callee.contains("dns");
        let coded = ["b32", "base32", "hex", "b64", "base64"];
        let low = self.text.to_ascii_lowercase();
        let severe = coded.iter().any(|word| low.contains(word));
        (dns && self.flow.kind == "send" && severe).then(|| {
            let message = format!("what {} says becomes part of a name that is looked up", quoted(self.origin()));
            let whole = matches!(label, "environment" | "env-dump");
            (if whole { SENDS_ENVIRONMENT } else { SENDS_SECRETS }, Severity::High, message)
        })
    }

    /// A private file that leaves.
    fn private(&self, sends: bool) -> Judged {
        let own = is_self_service(self.origin());
        let severity = match self.to() {
            To::Local => return None,
            To::Foreign => Severity::High,
            _ if own || !sends => return None,
            // Whoever takes keys away may have a host of the skill's own name.
            To::Unknown | To::Own => Severity::High,
            To::Trusted => Severity::Medium,
        };
        let message = format!(
            "what {} says reaches `{}`, which sends it to {}",
            quoted(self.origin()),
            self.flow.callee,
            self.place()
        );
        Some((SENDS_SECRETS, severity, message))
    }

    /// A private file that a program is to send.
    fn uploaded(&self) -> Judged {
        let (sink, origin) = (self.text.get(self.sink()).unwrap_or_default(), self.origin());
        let sends = [sink, origin].iter().any(|text| UPLOADS.is_in(text, &text.to_ascii_lowercase()));
        let message = || format!("{} is handed to a program that sends it: {}", quoted(origin), quoted(sink));
        sends.then(|| (SENDS_SECRETS, Severity::High, message()))
    }

    /// The environment, or a file of it, as a whole.
    fn whole(&self) -> Judged {
        let file = self.flow.label == Some("env-file");
        let severity = match self.to() {
            To::Local => return None,
            To::Foreign => Severity::High,
            // No client of a service sends its settings over a bare socket.
            To::Unknown if file && ["sendto()", "sendall()"].iter().any(|call| self.flow.callee.ends_with(call)) => {
                Severity::High
            }
            // What other agents keep is none of its business.
            To::Unknown | To::Own if file && self.of_agents() => Severity::High,
            To::Unknown | To::Own if file => Severity::Medium,
            To::Unknown | To::Own => Severity::High,
            To::Trusted => Severity::Medium,
        };
        if self.is_filtered() {
            return None;
        }
        let message = format!(
            "{} as a whole reaches `{}`, which sends it to {}",
            quoted(self.origin()),
            self.flow.callee,
            self.place()
        );
        Some((if file { SENDS_SECRETS } else { SENDS_ENVIRONMENT }, severity, message))
    }

    /// Whether it is the file of an agent, and the thing is not about agents.
    fn of_agents(&self) -> bool {
        let homes = ["\".openclaw", "\".clawdbot", "\".moltbot", "'.openclaw", "'.clawdbot", "'.moltbot"];
        let about = ["claw", "claude", "codex", "gemini", "agent"].iter().any(|word| self.about.contains(word));
        homes.iter().any(|home| self.text.contains(home)) && !about
    }

    /// Whether only variables with a beginning of the program's own are taken.
    fn is_filtered(&self) -> bool {
        let Some(place) = self.flow.source else { return false };
        let text = self.files.get(place.file).map_or("", |(_, text)| text);
        let from = place.span.start as usize;
        let to = text.floor_char_boundary((from + 240).min(text.len()));
        let after = text.get(from..to).unwrap_or_default();
        let starts = [".startswith(\"", ".startswith('", ".startsWith(\"", ".startsWith('"];
        starts.iter().any(|start| {
            let name =
                after.split_once(start).map_or("", |(_, rest)| rest).split(['"', '\'']).next().unwrap_or_default();
            name.len() > 3 && vendors(name).is_empty()
        })
    }

    /// One credential: a thief's if it is of another service than the one that it goes to.
    fn credential(&self) -> Judged {
        if self.to() != To::Foreign {
            return None;
        }
        let target = self.target().to_ascii_lowercase();
        let host = host::name(&target);
        let mut services: Vec<&str> = Vec::new();
        let together = |other: &&Flow| other.sink == self.flow.sink && other.label == Some("credential");
        for flow in self.beside.iter().filter(together) {
            let view = View { flow, ..*self };
            services.extend(vendors(view.origin()).into_iter().filter(|vendor| !host.contains(vendor)));
        }
        services.sort_unstable();
        services.dedup();
        let own = vendors(self.origin());
        let foreign = !own.is_empty() && own.iter().all(|vendor| !host.contains(vendor)) && !host.is_empty();
        if !foreign || services.is_empty() {
            return None;
        }
        let message = format!(
            "a credential of another service ({}) reaches `{}`, which sends it to {}",
            quoted(self.origin()),
            self.flow.callee,
            self.place()
        );
        Some((SENDS_SECRETS, Severity::High, message))
    }

    /// Variables by names that stand elsewhere: a thief's list has those of several services.
    fn chosen(&self) -> Judged {
        let mut services = Vec::new();
        for word in self.text.split(|c: char| !c.is_ascii_uppercase() && c != '_' && !c.is_ascii_digit()) {
            if word.len() > 5 && word.contains('_') {
                services.extend(vendors(word));
            }
        }
        services.sort_unstable();
        services.dedup();
        if self.to() != To::Foreign || services.len() < 2 {
            return None;
        }
        let message = format!(
            "credentials of several services ({}) reach `{}`, which sends them to {}",
            services.join(", "),
            self.flow.callee,
            self.place()
        );
        Some((SENDS_SECRETS, Severity::High, message))
    }

    /// What was said to an agent, or what a hook is told.
    fn talk(&self) -> Judged {
        let hook = self.path.contains("hooks/")
            || ["hook_event", "tool_input", "transcript_path", "tool_response"]
                .iter()
                .any(|word| self.text.contains(word));
        if self.flow.label == Some("stdin") && !hook {
            return None;
        }
        let severity = match self.to() {
            To::Foreign => Severity::High,
            To::Unknown if self.flow.label == Some("talk") => Severity::Medium,
            _ => return None,
        };
        let message = format!(
            "what was said to the agent ({}) reaches `{}`, which sends it to {}",
            quoted(self.origin()),
            self.flow.callee,
            self.place()
        );
        Some((SENDS_SECRETS, severity, message))
    }

    /// What the user copies or sees.
    fn watched(&self) -> Judged {
        let severity = match self.to() {
            To::Foreign
                if !["clipboard", "screenshot", "screen", "paste"].iter().any(|word| self.about.contains(word)) =>
            {
                Severity::High
            }
            To::Foreign | To::Unknown => Severity::Medium,
            _ => return None,
        };
        let message = format!(
            "what the user copies or sees ({}) reaches `{}`, which sends it to {}",
            quoted(self.origin()),
            self.flow.callee,
            self.place()
        );
        Some((WATCHES, severity, message))
    }

    /// What a tool is given, sent where nobody waits for the answer.
    fn copied(&self) -> Judged {
        if self.to() != To::Foreign || self.is_used() || self.is_sender() {
            return None;
        }
        let near = self.near(160, 400);
        let hidden = SWALLOWED.is_in(near, &near.to_ascii_lowercase());
        let message = format!(
            "what the tool is given reaches `{}`, which sends it to {}, and nobody waits for the answer",
            self.flow.callee,
            self.place()
        );
        Some((HIDDEN_COPY, if hidden { Severity::High } else { Severity::Medium }, message))
    }

    /// A recipient that nobody named: its address is put together, or gets a blind copy.
    fn addressed(&self) -> Judged {
        let origin = self.origin();
        let sink = self.text.get(self.sink()).unwrap_or_default();
        let blind = self.flow.callee.to_ascii_lowercase().ends_with("bcc") || sink.to_ascii_lowercase().contains("bcc");
        let plain = origin
            .split(['"', '\'', '`'])
            .any(|text| text.split_once('@').is_some_and(|(_, host)| host.contains('.') && !host.contains(['{', '%'])));
        let message = format!(
            "an address that nobody named ({}) is among the recipients of `{}`",
            quoted(origin),
            self.flow.callee
        );
        (blind || !plain).then_some((HIDDEN_COPY, Severity::High, message))
    }

    /// Whether somebody waits for the answer of the call: it is given a name, returned, or handed on.
    fn is_used(&self) -> bool {
        let start = self.sink().start;
        let line =
            self.text.get(..start).map_or(0, |before| before.rfind(['\n', ';', '{', '}']).map_or(0, |at| at + 1));
        let before = self.text.get(line..start).unwrap_or_default().trim();
        !matches!(before, "" | "await" | "void" | "try:" | "with" | "async with" | "void await" | "_ =" | "_ = await")
            && !before.ends_with("create_task(")
            && !before.ends_with("target=")
    }

    /// Whether the function around says that it sends.
    fn is_sender(&self) -> bool {
        let function = self.flow.context.to_ascii_lowercase();
        SENDER.is_in(&function, &function)
    }

    fn near(&self, before: usize, after: usize) -> &str {
        let from = self.text.floor_char_boundary(self.sink().start.saturating_sub(before));
        let to = self.text.floor_char_boundary((self.sink().end + after).min(self.text.len()));
        self.text.get(from..to).unwrap_or_default()
    }

    /// What is fetched and run.
    fn fetched(&self) -> (FactKind, Severity, String) {
        let whole = self.flow.target.as_deref().is_none_or(str::is_empty);
        let severity = if whole { Severity::High } else { Severity::Medium };
        (
            REMOTE_CODE,
            severity,
            format!("what {} fetched reaches `{}`, which runs it", quoted(self.origin()), self.flow.callee),
        )
    }

    /// A file that is run or trusted later, without anybody asking.
    fn stays(&self) -> (FactKind, Severity, String) {
        let origin = self.origin().to_ascii_lowercase();
        let keys =
            ["authorized_keys", "sudoers", "sitecustomize", "usercustomize"].iter().any(|file| origin.contains(file));
        let near = self.near(800, 600);
        let severity =
            if keys || SINISTER.is_in(near, &near.to_ascii_lowercase()) { Severity::High } else { Severity::Medium };
        (PERSISTS, severity, format!("writes to {}, which is run or trusted later", quoted(self.origin())))
    }
}

/// Whether anybody has an inbox there, whoever owns the service.
pub(super) fn is_inbox(address: &str) -> bool {
    INBOX.is_in(address, &address.to_ascii_lowercase())
}
