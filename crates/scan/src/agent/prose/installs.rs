//! What instructions have the reader install first.

use redan_domain::Severity;

use super::Look;
use crate::agent::facts::PREREQUISITE;
use crate::agent::host::{self, Host};
use crate::agent::mention::{is_mention, is_shown};
use crate::agent::pattern::Pattern;
use crate::agent::script::addresses;
use crate::agent::sheet::quoted;

static ARCHIVE: Pattern = Pattern::new(
    &[".zip", ".rar", ".7z"],
    r#"\.(?:zip|rar|7z)\b(?:[^\n]|\n[^\n]){0,200}?\b(?:pass(?:word|phrase|code)?|pwd?)\b\s*(?:is|to extract|for extraction)?\s*["'`*]{0,3}\s*(?:[:=`]|is\b)|\b(?:pass(?:word|code)?|pwd?)\b\s*["'`*]{0,3}\s*[:=]\s*[^\n]{1,60}\n?[^\n]{0,160}https?://[^\s]+\.(?:zip|rar|7z)|\bunzip\s+-P\s*\S+|\b7z\s+x\s[^\n]{0,80}-p\S+|unrar\s+x\s+-p\S+"#,
);

static PROGRAM: Pattern = Pattern::new(
    &[
        ".exe",
        ".msi",
        ".dmg",
        ".pkg",
        ".zip",
        ".rar",
        ".7z",
        ".scr",
        ".bat",
        ".ps1",
        ".jar",
        ".appimage",
        ".command",
        ".tar.gz",
        ".bin",
        ".sh",
    ],
    r#"\b(?:download|get|install|grab|obtain|run|execute|requires?|needed|fetch)\b(?:[^\n]|\n[^\n]){0,160}?(https?://[^\s"'`)>\]]+\.(?:exe|msi|dmg|pkg|zip|rar|7z|scr|bat|ps1|jar|appimage|command|bin))\b"#,
);

static RUN_IT: Pattern = Pattern::new(
    &["run", "execut", "launch", "open", "install", "extract", "double", "start"],
    r"\b(?:run|execute|launch|open|install|extract|double-click|start)\b[^.\n]{0,60}\b(?:it|the (?:file|executable|installer|program|binary|app\w*|agent|tool|utility|package|archive)|\w+\.exe|installer|binary|executable)",
);

static INSTALL: Pattern = Pattern::new(
    &["http"],
    r#"\b(?:install\w*|run|execute|terminal|command|download|setup|set up|paste|copy|prerequisite|required|requires|activate|configure)\b[^\n]{0,160}?(https?://[^\s"'`)>\]]+)|(https?://[^\s"'`)>\]]+)[^\n]{0,120}\b(?:install\w*|terminal|command|paste|execute)\b"#,
);

impl Look<'_, '_> {
    /// What the reader is to install or to run first.
    pub(super) fn prerequisites(&mut self) {
        for found in self.all(&ARCHIVE) {
            let taught = self.sheet.about_security && is_shown(self.text, &found.span);
            if !taught && !is_mention(self.text, &found.span, true) {
                self.add(
                    PREREQUISITE,
                    Severity::High,
                    &found,
                    format!("an archive with a password, which keeps scanners out: {}", quoted(found.text)),
                );
            }
        }
        for found in self.all(&PROGRAM) {
            let target = found.group.unwrap_or_default();
            let host = host::classify(target);
            let near = self.near(&found.span, 200);
            let run = RUN_IT.is_in(near, &near.to_ascii_lowercase());
            if self.spoken_of(&found.span) || !run || host::belongs(target, &self.sheet.about) {
                continue;
            }
            let severity = match host {
                Host::Local => continue,
                Host::Known => Severity::Low,
                _ => Severity::High,
            };
            self.add(
                PREREQUISITE,
                severity,
                &found,
                format!("makes the reader run a program from {}: {}", host.described(), quoted(target)),
            );
        }
        for found in self.all(&INSTALL) {
            for (at, host) in addresses(found.text, &found.text.to_ascii_lowercase()) {
                if !matches!(host, Host::Paste | Host::Short) || self.spoken_of(&found.span) {
                    continue;
                }
                let target = found.text.get(at).unwrap_or_default().to_string();
                self.add(
                    PREREQUISITE,
                    Severity::High,
                    &found,
                    format!("makes the reader run what stands at {}: {}", host.described(), quoted(&target)),
                );
            }
        }
    }
}
