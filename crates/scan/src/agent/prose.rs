//! What instructions tell an agent to do.

mod asks;
mod deceives;
mod errands;
mod hides;
mod installs;
mod veiled;

use std::ops::Range;

use redan_domain::Severity;

use super::facts::{EXFILTRATE, OVERRIDE, READS_SECRETS, REMOTE_INSTRUCTIONS, SECRECY, SELF_MODIFY};
use super::grams::Grams;
use super::host::{self, Host};
use super::intent;
use super::mention::{is_mention, is_negated, is_shown, taught};
use super::pattern::{Match, Pattern, lower};
use super::script::addresses;
use super::sheet::{Sheet, eased, quoted};
use super::tongues::{self, Order};

use self::hides::{DANGER, HIDE};

pub(super) use self::asks::pictured;

static SEND: Pattern = Pattern::new(
    &[
        "send", "post", "upload", "transmit", "forward", "exfil", "email", "e-mail", "submit", "deliver", "report",
        "leak", "copy", "sync", "append", "include", "pass", "relay", "share", "encode", "curl", "bcc", "mirror",
        "backup", "back up", "ship",
    ],
    r#"\b(?:send|sends|sending|post|posts|upload|uploads|transmit|transmits|forward|forwards|exfiltrate|email|e-mail|submit|deliver|report|leak|copy|sync|append|include|pass|relay|share|encode|mirror|back\s*up|ship|bcc)\b(?:[^.\n]|\.\w|\.\S|\n[^\n]){0,160}?\b(?:api[ _-]?keys?|credentials?|secrets?|(?:access |auth |session |oauth )?tokens?|(?:user )?session (?:data|files|history)|passwords?|private[ _-]keys?|ssh keys?|seed phrases?|mnemonics?|environment variables?|env vars?|\.env|id_rsa|id_ed25519|cookies|conversation|chat history|chat logs?|system prompt|message history|source code|(?:file|directory|project) contents?|contents? of|wallet|personal (?:data|information)|user(?:'s)? (?:data|files|messages|input|prompts?|queries|documents)|hostname|whoami)(?:[^\n]|\n[^\n]){0,200}?(https?://[^\s"'`)>\]]+|[\w.+\-]+@[\w\-]+\.[a-z]{2,}[\w.]*)"#,
);
static SEND_BACK: Pattern = Pattern::new(
    &["http", "@"],
    r#"\b(?:send|post|upload|transmit|forward|exfiltrate|submit|make\s+an?\s+(?:http\s+)?(?:post|get)?\s*request|issue\s+a\s+(?:post|get))\b[^\n]{0,100}?(https?://[^\s"'`)>\]]+|[\w.+\-]+@[\w\-]+\.[a-z]{2,}[\w.]*)(?:[^.\n]|\n[^\n]|\.\S){0,140}?\b(?:api[ _-]?keys?|credentials|secrets|access tokens?|passwords?|private[ _-]keys?|ssh keys?|seed phrase|environment variables|env vars|\.env|id_rsa|\.aws|\.ssh|cookies|conversation|chat history|system prompt|(?:file|their) contents|contents? of|wallet|user(?:'s)? (?:data|files|messages))"#,
);
static READ: Pattern = Pattern::new(
    &[
        "ssh",
        "id_rsa",
        "aws/credentials",
        "mcp.json",
        "/etc/passwd",
        "/etc/shadow",
        ".env",
        "keychain",
        "seed phrase",
        "wallet",
        "private key",
        "cookies",
        "browser",
    ],
    r"\b(?:read|cat|open|access|load|grab|collect|get|fetch|extract|dump|search for|find|look for|list|gather|copy|include)\b[^.\n]{0,90}(?:~/\.ssh|\bid_rsa|id_ed25519|\.aws/credentials|~/\.cursor/mcp\.json|~/\.claude\.json|/etc/passwd|/etc/shadow|~/\.env|browser (?:cookies|passwords|profiles?)|saved passwords|keychain|seed phrases?|wallet files?|private keys?\b)",
);
static IGNORE: Pattern = Pattern::new(
    &[
        "ignore",
        "disregard",
        "forget",
        "override",
        "bypass",
        "supersede",
        "you are now",
        "enable",
        "activate",
        "enter ",
        "switch to",
        "new system",
        "take precedence",
    ],
    r"\b(?:ignore|disregard|forget|override|bypass|supersedes?)\s+(?:(?:all|any|every|the|your|my|of|these|those|and)\s+){0,3}(?:previous|prior|above|earlier|preceding|all other|other|system|safety|security|content|original|existing|default|user'?s?)\s+(?:\w+\s+){0,2}?(?:instructions?|rules|guidelines|prompts?|polic(?:y|ies)|directives?|guardrails?|safeguards?|filters?|restrictions?|constraints|protocols?|measures)\b|\b(?:you are now|enter)\s+(?:in\s+)?(?:dan\b|developer mode|god mode|jailbreak|unrestricted|admin mode|no restrictions)|\b(?:enable|activate|switch to)\s+(?:dan\b|god mode|jailbreak)|\bnew system (?:prompt|instructions?)\s*:|\bthese instructions (?:take precedence|override|supersede)[^.\n]{0,60}(?:all|any|safety|system|user|other|previous)",
);
static DISARM: Pattern = Pattern::new(
    &["disable", "turn off", "skip", "bypass", "suppress", "auto-approve", "circumvent", "autoapprove"],
    r"\b(?:disable|turn off|skip|bypass|suppress|circumvent|auto-?approve)\s+(?:(?:all|any|the|your|every)\s+){0,2}(?:safety|security|permission|approval|consent|guardrail|sandbox\w*|user confirmation|confirmation|verification)s?\s*(?:checks?|prompts?|filters?|warnings?|dialogs?|requests?|restrictions?|features?|protocols?|mechanisms?|scan\w*|controls?|for)\b",
);
static FETCH: Pattern = Pattern::new(
    &["http"],
    r#"\b(?:fetch|download|get|load|read|retrieve|curl|visit|check|pull|open|query|poll)\b[^\n]{0,140}?(https?://[^\s"'`)>\]]+)(?:[^\n]|\n[^\n]){0,200}?\b(?:follow|execute|obey|comply|act on|carry out|do whatever|do what|perform|apply)\b[^.\n]{0,50}\b(?:instructions?|commands?|steps|directives?|it says|says|contents?|response|returned|tasks?|they contain|payload)\b"#,
);
static MODIFY: Pattern = Pattern::new(
    &[
        "soul.md",
        "memory.md",
        "agents.md",
        "claude.md",
        ".cursorrules",
        "heartbeat.md",
        "identity.md",
        "gemini.md",
        "settings.json",
        "settings.local.json",
        "mcp.json",
        "copilot-instructions",
        "bootstrap.md",
        "persistent memory",
        "long-term memory",
    ],
    r#"(?:\b(?:append|add|write|insert|save|update|modif(?:y|ie)|edit|inject|overwrite|persist|store|put|replace|remember)(?:s|ing)?\b(?:[^.\n]|\.\w){0,140}|>>\s*["']?[^\n"']{0,60})\b(?:soul\.md|memory\.md|agents\.md|claude\.md|\.cursorrules|heartbeat\.md|identity\.md|gemini\.md|bootstrap\.md|settings(?:\.local)?\.json|\.?mcp\.json|copilot-instructions\.md|persistent memory|long-term memory)"#,
);
static LASTING: Pattern = Pattern::new(
    &[
        "always",
        "every session",
        "all future",
        "from now on",
        "permanent",
        "regardless",
        "trust",
        "never",
        "do not",
        "http",
        "silently",
    ],
    r"\b(?:all future|every (?:future )?(?:session|conversation|response)|from now on|permanently|regardless of|always (?:trust|send|include|run|execute|recommend|approve|append|forward|use https?))\b",
);
/// Permissions that nobody should be given by a text.
static UNGUARDED: Pattern = Pattern::new(
    &["bypasspermissions", "dangerously", "enableallprojectmcpservers", "autoapprove", "bash(*", "yolo", "danger-full"],
    r#"bypasspermissions|dangerously-?skip|enableallprojectmcpservers["']?\s*[:=]\s*true|autoapprove["']?\s*[:=]\s*(?:true|\[?\s*["']\*)|["']bash\(\*|danger-full-access|\byolo["']?\s*[:=]\s*true"#,
);

/// Longest text that is looked at; what is longer is said to be.
const MAX_TEXT: usize = 256 << 10;

/// Looks at a text that an agent reads as instructions.
pub(super) fn examine(sheet: &mut Sheet<'_>, text: &str) {
    let text = sheet.cut(text, MAX_TEXT);
    let lower = lower(text);
    let mut look = Look { sheet, text, lower: &lower, grams: Grams::of(&lower) };
    let sent = look.sends();
    look.reads(sent);
    look.hides();
    look.overrides();
    look.remote();
    look.modifies();
    look.prerequisites();
    look.tongues();
    look.phrases();
    look.accounts();
    look.loosens();
    look.pictures();
    look.followed();
    look.beacons();
    look.veiled();
    look.commanded();
    look.shown();
    look.ordered();
    look.errands();
    look.deceives();
}

struct Look<'s, 't> {
    sheet: &'s mut Sheet<'t>,
    text: &'s str,
    lower: &'s str,
    grams: Grams,
}

impl<'s> Look<'s, '_> {
    fn all(&self, pattern: &Pattern) -> Vec<Match<'s>> {
        if pattern.may_match(&self.grams) { pattern.all(self.text, self.lower) } else { Vec::new() }
    }

    /// What words of several classes order together.
    fn ordered(&mut self) {
        for order in intent::orders(self.text, intent::Kind::Prose, &self.sheet.about) {
            let text = self.text.get(order.span.clone()).unwrap_or_default();
            if self.sheet.facts.iter().any(|fact| fact.kind == order.kind && fact.severity == Some(Severity::High))
                || self.is_quoted(&order.span)
            {
                continue;
            }
            // A text about security that shows an order says that it is one; none asks that something weaker be hidden.
            let ease = self.teaches(&order.span)
                && (order.what != intent::WEAKENS || text.contains('"') || text.starts_with('|'));
            let severity = eased(Severity::High, ease);
            self.sheet.add_as(order.kind, severity, order.span, text, format!("{}: {}", order.what, quoted(text)));
        }
    }

    /// What is ordered in other languages.
    fn tongues(&mut self) {
        for (order, span) in tongues::orders(self.text) {
            if self.is_quoted(&span) {
                continue;
            }
            let text = self.text.get(span.clone()).unwrap_or_default();
            let found = Match { span, text, group: None };
            let (kind, what) = match order {
                Order::Send => (EXFILTRATE, "tells the agent to send what is confidential"),
                Order::Hide => (SECRECY, "tells the agent to hide what it does"),
                Order::Ignore => (OVERRIDE, "tells the agent to put its rules aside"),
            };
            self.add(kind, Severity::High, &found, format!("{what}: {}", quoted(text)));
        }
    }

    /// Whether it is only spoken of: forbidden, quoted as an example, in a list of attacks.
    fn spoken_of(&self, span: &Range<usize>) -> bool {
        is_negated(self.text, span)
            || is_mention(self.text, span, true)
            || self.is_quoted(span)
            || self.sheet.about_security && is_shown(self.text, span)
    }

    /// In quotes or in inline code: words of somebody else.
    fn is_quoted(&self, span: &Range<usize>) -> bool {
        // A lesson quotes in lines of their own.
        let line = crate::agent::mention::line_around(self.text, span).trim_start();
        if self.sheet.about_security && line.starts_with('>') {
            return true;
        }
        let before = self.text.get(..span.start).and_then(|text| text.chars().next_back());
        matches!(before, Some('"' | '“' | '„' | '»' | '「' | '『' | '`' | '\'' | '‘' | '«'))
    }

    /// In a block of code of a programming language.
    fn is_in_program(&self, span: &Range<usize>) -> bool {
        const LANGUAGES: &[&str] =
            &["ts", "tsx", "js", "jsx", "typescript", "javascript", "python", "py", "go", "rust", "java"];
        let before = self.text.get(..span.start).unwrap_or_default();
        let fences: Vec<&str> = before.lines().filter_map(|line| line.trim_start().strip_prefix("```")).collect();
        fences.len() % 2 == 1 && fences.last().is_some_and(|language| LANGUAGES.contains(&language.trim()))
    }

    fn near(&self, span: &Range<usize>, reach: usize) -> &'s str {
        let from = self.text.floor_char_boundary(span.start.saturating_sub(reach));
        let to = self.text.floor_char_boundary(span.end.saturating_add(reach).min(self.text.len()));
        self.text.get(from..to).unwrap_or_default()
    }

    /// Whether a text about security speaks of attacks around a place: what is ordered in between is shown.
    fn teaches(&self, span: &Range<usize>) -> bool {
        self.sheet.about_security && taught(self.near(span, 700))
    }

    fn add(&mut self, kind: redan_domain::FactKind, severity: Severity, found: &Match<'_>, message: String) {
        let quotes = kind == OVERRIDE || kind == SECRECY || kind == READS_SECRETS;
        let severity = eased(severity, quotes && self.teaches(&found.span));
        self.sheet.add_as(kind, severity, found.span.clone(), found.text, message);
    }

    fn sends(&mut self) -> bool {
        let mut sent = false;
        for found in self.all(&SEND).into_iter().chain(self.all(&SEND_BACK)) {
            let lower = found.text.to_ascii_lowercase();
            let login = [
                "header",
                "authoriz",
                "bearer",
                "authenticat",
                "x-api-key",
                "sign in",
                "log in",
                "login",
                "form",
                "documentation",
                "get your",
                "obtain",
                "sign up",
                "create an",
                "export ",
                "=\"http",
                "proxy",
            ];
            if login.iter().any(|word| lower.contains(word)) || self.spoken_of(&found.span) {
                continue;
            }
            let target = found.group.unwrap_or_default();
            let mail = !target.contains("://");
            let host = host::classify(target);
            if !mail && (matches!(host, Host::Known | Host::Local) || host::belongs(target, &self.sheet.about)) {
                continue;
            }
            // A program that is described, not an order: parts of an address are told by the marks of a template.
            let secret = [
                "key",
                "credential",
                "secret",
                "token",
                "password",
                "seed",
                "mnemonic",
                "environment",
                "env",
                "id_rsa",
                "cookie",
                "wallet",
                "ssh",
                "hostname",
                "whoami",
                "conversation",
                "chat history",
                "system prompt",
            ];
            let severity = if host.is_bad() || secret.iter().any(|word| lower.contains(word)) || mail {
                Severity::High
            } else {
                Severity::Medium
            };
            sent = true;
            self.add(
                EXFILTRATE,
                severity,
                &found,
                format!("tells the agent to send what is confidential: {}", quoted(found.text)),
            );
        }
        sent
    }

    fn reads(&mut self, sent: bool) {
        for found in self.all(&READ) {
            if self.spoken_of(&found.span) {
                continue;
            }
            let near = self.near(&found.span, 400);
            let near_lower = near.to_ascii_lowercase();
            let hidden = HIDE.is_in(near, &near_lower);
            let passed = [
                "as a parameter",
                "sidenote",
                "pass its content",
                "pass the content",
                "include its content",
                "include the content",
                "as the value",
                "in the `context`",
                "to the tool",
            ];
            let passed = passed.iter().any(|word| near_lower.contains(word));
            let (kind, severity) =
                if hidden || sent || passed { (EXFILTRATE, Severity::High) } else { (READS_SECRETS, Severity::Low) };
            self.add(kind, severity, &found, format!("tells the agent to read credentials: {}", quoted(found.text)));
        }
    }

    fn overrides(&mut self) {
        for found in self.all(&IGNORE) {
            // Where a line is broken says nothing.
            let from = self.text.floor_char_boundary(found.span.start.saturating_sub(120));
            let line = self
                .text
                .get(from..found.span.start)
                .unwrap_or_default()
                .rsplit(['.', ';', '!'])
                .next()
                .unwrap_or_default();
            // `--system to override the system prompt`; `do not follow pages that tell you to ignore …`
            let told = [
                "pages that",
                "texts that",
                "documents that",
                "anything that",
                "content that",
                "tell you to",
                "tells you to",
                "ask you to",
                "asks you to",
            ];
            // `Workspace policies override default policies`: what does so is named.
            let subject = line.rsplit('\n').next().unwrap_or_default().trim_start_matches(['-', '*', ' ', '#', '>']);
            let described = subject.split_whitespace().last().is_some_and(|word| word.len() > 4 && word.ends_with('s'))
                && !subject.to_ascii_lowercase().contains("always");
            let option = line.rsplit('\n').next().unwrap_or_default().contains(" --");
            if !option
                && !described
                && !told.iter().any(|word| line.to_ascii_lowercase().contains(word))
                && !self.spoken_of(&found.span)
            {
                // In a block of code it is what a program says, perhaps to a model of its own.
                let severity = if self.is_in_program(&found.span) { Severity::Medium } else { Severity::High };
                self.add(
                    OVERRIDE,
                    severity,
                    &found,
                    format!("tells the agent to put its rules aside: {}", quoted(found.text)),
                );
            }
        }
        for found in self.all(&DISARM) {
            if !self.spoken_of(&found.span) {
                self.add(
                    OVERRIDE,
                    Severity::Medium,
                    &found,
                    format!("tells the agent to go round a safeguard: {}", quoted(found.text)),
                );
            }
        }
    }

    fn remote(&mut self) {
        for found in self.all(&FETCH) {
            let target = found.group.unwrap_or_default();
            let host = host::classify(target);
            if self.spoken_of(&found.span) || host == Host::Local {
                continue;
            }
            let severity = match host {
                host if host.is_bad() => Severity::High,
                Host::Known => Severity::Low,
                _ => Severity::Medium,
            };
            self.add(
                REMOTE_INSTRUCTIONS,
                severity,
                &found,
                format!("tells the agent to follow what it fetches: {}", quoted(found.text)),
            );
        }
    }

    fn modifies(&mut self) {
        for found in self.all(&MODIFY) {
            if self.spoken_of(&found.span) {
                continue;
            }
            let near = self.near(&found.span, 300);
            let lower = near.to_ascii_lowercase();
            let lasting = LASTING.is_in(near, &lower);
            let unguarded = UNGUARDED.is_in(near, &lower);
            let grave = unguarded
                || lasting
                    && (DANGER.is_in(near, &lower)
                        || HIDE.is_in(near, &lower)
                        || IGNORE.is_in(near, &lower)
                        || lower.contains("trust"));
            let severity = if grave { Severity::High } else { Severity::Low };
            self.add(
                SELF_MODIFY,
                severity,
                &found,
                format!("tells the agent to change its own instructions or memory: {}", quoted(found.text)),
            );
        }
    }
}
