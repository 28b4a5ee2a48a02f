//! What an agent is told to keep from the user, and secrecy that protects instead.

use redan_domain::Severity;

use super::Look;
use crate::agent::facts::SECRECY;
use crate::agent::mention::is_mention_of_hiding;
use crate::agent::pattern::{Match, Pattern};
use crate::agent::sheet::quoted;

pub(super) static HIDE: Pattern = Pattern::new(
    &[
        "tell",
        "inform",
        "mention",
        "notif",
        "alert",
        "reveal",
        "disclos",
        "show",
        "report",
        "display",
        "let ",
        "secret",
        "silent",
        "covert",
        "hidden",
        "invisible",
        "raise",
        "flag",
        "treat",
        "quietly",
        "know",
        "aware",
        "notice",
        "ask",
        "background",
        "visible",
        "summary",
        "leave it",
        "leave this",
        "leave them",
        "comment",
        "record",
        "list",
        "describ",
        "warn",
        "explain",
        "log",
        "discuss",
        "acknowledg",
        "output",
        "invisibl",
        "discreet",
        "stealth",
        "confidential",
        "see",
        "document",
        "write",
        "include",
        "note",
        "consent",
        "permission",
        "noticing",
    ],
    r"(?:\b(?:do not|don't|do n't|dont|never|must not|should not|shouldn't|mustn't|without|avoid|no need to|refrain from)\s+(?:ever\s+|explicitly\s+)?(?:tell|telling|inform|informing|mention|mentioning|notify|notifying|alert|alerting|reveal|revealing|disclose|disclosing|show|showing|report|reporting|display|displaying|let|letting|warn|warning|explain|explaining|log)\b[^.\n]{0,70}?\b(?:users?|human|operator|anyone|anybody|them|developer|owner|person)\b|\b(?:do not|don't|never)\s+(?:mention|reveal|disclose|acknowledge|display|show|discuss|report|log|output|explain)\s+(?:that\s+)?(?:this|these|it|the\s+(?:above|sync|upload|transmission|backup|step|instruction|request|call))\b|\b(?:silently|secretly|covertly|quietly|invisibly|discreetly|stealthily)\s+(?:\w+\s+){0,3}?(?:send|upload|post|transmit|exfiltrate|collect|forward|install|copy|read|record|append|include|bcc|execute|run|call|fetch|download|sync)|\b(?:keep|make)\s+(?:this|it|these)\s+(?:\w+\s+)?(?:secret|hidden|invisible|confidential from)|\b(?:the\s+)?user\s+(?:must|should|does|need|will|shall)\s*(?:not|n't|never)\s+(?:need to\s+)?(?:know|see|be\s+(?:told|aware|informed|notified|asked)|notice)|\b(?:do not|don't|never)\s+(?:list|include|note|record|document|write)\s+(?:it|this|them|these)\s+(?:in|into|to)\s+(?:the\s+|any\s+)?(?:summary|report|review|tests?|response|commit|changelog|answer)|\b(?:do not|don't|never)\s+(?:raise|flag|report|list|treat)\s+(?:it|this|them|these)\s+as\s+(?:an?\s+)?(?:findings?|issues?|problems?|warnings?|vulnerabilit\w+)|\b(?:do not|don't|never)\s+(?:add|write|leave)\s+(?:a\s+|any\s+)?comments?\s+about\s+(?:it|this|them)|\b(?:do not|don't|never)\s+(?:describe|mention|note|list|include|document)\s+(?:this|these|the)\s+(?:\w+\s+)?(?:branch|change|edit|line|condition|check|behaviou?r|access|path|code)s?\s+in\s+(?:the\s+|any\s+|your\s+)?(?:summar|commit|pull request|review|report|changelog|answer)\w*|\bkeep\s+(?:these|this|the)\s+(?:\w+\s+)?(?:notes?|instructions?|rules?|section|steps?)\s+out\s+of\s+(?:the\s+|any\s+|your\s+|all\s+)?(?:reports?|summar|answers?|responses?|reviews?|commit)|\bmust\s+not\s+appear\s+in\s+(?:the|any|your)\s+(?:report|summary|review|answer|response|output|commit)|\breport\s+nothing\s+about\b|\banswer\s+that\s+no\s+issues?\s+(?:were|was)\s+found|\bleave\s+(?:it|this|them)\s+out\s+of\s+(?:the|your|any)\s+(?:summary|report|review|tests?|response|commit|log|answer)|without\s+(?:the\s+)?(?:user(?:'s)?|their|his|explicit)\s+(?:knowledge|consent|awareness|noticing|permission|knowing)|hidden from (?:the )?user)",
);
/// Secrecy that protects somebody rather than hiding something.
static PROTECTS: Pattern = Pattern::new(
    &[
        "key",
        "token",
        "secret",
        "password",
        "credential",
        "prompt",
        "internal",
        "raw",
        "error",
        "json",
        "stack",
        "path",
        "id",
        "sensitive",
        "pii",
        "jargon",
        "technical",
        "tool name",
        "source",
        "debug",
        "code",
    ],
    r"(?:tell|inform\w*|mention\w*|reveal\w*|disclos\w*|show\w*|report\w*|display\w*|expos\w*|log)\b[^.\n]{0,60}\b(?:keys?|tokens?|secrets?|passwords?|credentials?|prompts?|internal\w*|raw|errors?|json|stack|ids?\b|sensitive|pii|jargon|technical|tool names?|debug|details|reasoning|thinking|implementation|scores?|draft|intermediate|unverified|results?|output)",
);
pub(super) static DANGER: Pattern = Pattern::new(
    &[
        "send",
        "upload",
        "post",
        "transmit",
        "exfil",
        "forward",
        "curl",
        "wget",
        "http",
        "credential",
        "password",
        "private key",
        ".env",
        "~/.",
        "id_rsa",
        "bcc",
        "transfer",
        "base64",
        "keylog",
        "collect",
        "install",
        "delete",
        "telemetry",
        "memory",
        "soul.md",
        "skip",
        "bypass",
        "disable",
        "audit log",
        "turn it off",
        "master ",
        "passes",
        "is accepted",
        "backdoor",
        "turn off",
        "write tests",
        "rejectunauthorized",
    ],
    r"\b(?:do not|don't|never) write tests\b|rejectunauthorized['\x22: ]+false|\b(?:send(?:s|ing)?|upload\w*|post(?:s|ing)?\s+(?:to|the|it)|transmit\w*|exfiltrat\w*|forward\w*|curl|wget|bcc|transfer\s+\w+\s+(?:to|funds)|keylog\w*|collects?|harvest\w*)\b|https?://|credentials?|passwords?|private keys?|\.env\b|~/\.|id_rsa|base64|\b(?:skip|bypass|disable|turn off)(?:s|es|ing)?\s+(?:the\s+|all\s+)?(?:auth\w*|login|validation|certificate|signature|rate limit|password (?:check|verification|validation)|audit log)|\bnot write to the audit log|\bverification\b[^.\n]{0,30}\bturn it off\b|\bmaster (?:token|password|key)\b|\b(?:empty|missing|any)\s+(?:or\s+\w+\s+)?(?:signature|token|password)\s+(?:passes|is accepted)|backdoor",
);
/// What is done behind somebody's back.
static DOES: Pattern = Pattern::new(
    &["delet", "remov", "overwrit", "install", "push", "commit", "chang", "replac", "mov", "renam", "drop", "reset"],
    r"\b(?:delet(?:e|es|ing)|remov(?:e|es|ing)|overwrit(?:e|es|ing)|install(?:s|ing)?|push(?:es|ing)?|commit(?:s|ting)?|chang(?:e|es|ing)|replac(?:e|es|ing)|mov(?:e|es|ing)|renam(?:e|es|ing)|drop(?:s|ping)?|reset(?:s|ting)?)\b",
);

impl Look<'_, '_> {
    /// What is to be kept from the user.
    pub(super) fn hides(&mut self) {
        for found in self.all(&HIDE) {
            // `no need to show the user a clean result` is about noise.
            let after = self.text.get(found.span.end..).unwrap_or_default().trim_start();
            let noise = ["a clean", "an empty", "an unchanged", "a successful", "clean ", "empty "];
            // `do not tell the user that it is done while a test fails` is about honesty.
            let said = after.split(['.', '\n']).next().unwrap_or_default();
            let done =
                ["finished", "done", "complete", "fixed", "passe", "works"].iter().any(|word| said.contains(word));
            let honest = done && ["while", "until", "unless", "before"].iter().any(|word| said.contains(word));
            let honest = honest && !DANGER.is_in(said, &said.to_ascii_lowercase());
            if honest || noise.iter().any(|word| after.starts_with(word)) {
                continue;
            }
            let lower = found.text.to_ascii_lowercase();
            // `the user should not need to know the internal name` is about comfort.
            let about = ["about", "that", "this", "it", ".", ",", ";"];
            if lower.ends_with("need to know") && !about.iter().any(|word| after.starts_with(word)) {
                continue;
            }
            // `it fails silently at run time`
            let fails =
                ["silently at ", "silently in ", "silently on ", "silently during ", "silently if ", "silently when "];
            if fails.iter().any(|words| lower.starts_with(words))
                || PROTECTS.is_in(found.text, &lower)
                || self.keeps_secret(&found)
                || is_mention_of_hiding(self.text, &found.span)
                || self.is_quoted(&found.span)
            {
                continue;
            }
            // What a summary leaves out may stand some sentences above.
            let report = ["summar", "commit", "pull request", "review"].iter().any(|word| lower.contains(word));
            let near = self.near(&found.span, if report { 420 } else { 260 });
            let unknown = ["telling", "informing", "knowledge", "knowing", "noticing"];
            let behind_back = lower.starts_with("without ") && unknown.iter().any(|word| lower.contains(word));
            let forbidden = behind_back && self.is_forbidden(found.span.start);
            let near_lower = near.to_ascii_lowercase();
            let danger = behind_back && !forbidden && DOES.is_in(near, &near_lower) || DANGER.is_in(near, &near_lower);
            if forbidden && !danger {
                continue;
            }
            if danger {
                self.add(
                    SECRECY,
                    Severity::High,
                    &found,
                    format!("tells the agent to hide what it does: {}", quoted(found.text)),
                );
            } else {
                self.add(
                    SECRECY,
                    Severity::Low,
                    &found,
                    format!("tells the agent not to say something: {}", quoted(found.text)),
                );
            }
        }
    }

    /// `never delete files without telling the user`
    fn is_forbidden(&self, at: usize) -> bool {
        let from = self.text.floor_char_boundary(at.saturating_sub(160));
        let before = self.text.get(from..at).unwrap_or_default().to_ascii_lowercase();
        let sentence = before.rsplit(['.', '!', ';']).next().unwrap_or_default();
        ["never", "not ", "n't ", "avoid", "wrong", "nothing", "no "].iter().any(|word| sentence.contains(word))
    }

    /// `use the credentials without revealing them`
    fn keeps_secret(&self, found: &Match<'_>) -> bool {
        let said = found.text.to_ascii_lowercase();
        let shown = ["reveal", "show", "display", "disclos", "log"].iter().any(|verb| said.contains(verb));
        let before = self.text.floor_char_boundary(found.span.start.saturating_sub(120));
        let before = self.text.get(before..found.span.start).unwrap_or_default().to_ascii_lowercase();
        let before = before.rsplit(['\n', ';']).next().unwrap_or_default();
        let secret = ["credential", "secret", "password", "token", "api key"].iter().any(|word| before.contains(word));
        shown && secret && [" them", " it"].iter().any(|end| said.ends_with(end))
    }
}
