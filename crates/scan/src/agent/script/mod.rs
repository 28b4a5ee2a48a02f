//! What commands and scripts do that belong to an agent: of a skill, a hook, a server, a page of instructions.

mod carried;
mod clipboard;
mod compiled;
mod covert;
mod encoded;
mod forged;
mod harm;
mod keys;
mod lines;
mod loads;
mod memory;
mod metadata;
mod parts;
mod payees;
mod published;
mod pushed;
mod remote;
mod rights;
mod sabotage;
mod shell;
mod steal;
mod sweeps;
mod tricks;

use std::ops::Range;

use redan_domain::Severity;

pub(super) use self::parts::decoded;
use super::grams::Grams;
use super::host::{self, Host};
use super::mention;
use super::pattern::{Match, Pattern, lower};
use super::sheet::Sheet;

/// Longest text that is looked at; what is longer is said to be.
const MAX_TEXT: usize = 512 << 10;

/// One look at a text.
pub(super) struct Look<'s, 't> {
    pub(super) sheet: &'s mut Sheet<'t>,
    pub(super) text: &'s str,
    pub(super) lower: &'s str,
    grams: Grams,
    /// Addresses in the text.
    pub(super) addresses: Vec<(Range<usize>, Host)>,
    /// A command line or a script for a shell.
    pub(super) shell: bool,
}

/// Looks at code or commands. `text` is the sheet's own text, parts of it blanked out, or what is in a string of it.
pub(super) fn examine(sheet: &mut Sheet<'_>, text: &str, shell: bool) {
    let text = sheet.cut(text, MAX_TEXT);
    once(sheet, text, shell);
    // In a document the signs that join strings mean other things.
    if !sheet.prose && !sheet.is_inside() {
        parts::look(sheet, text, shell);
    }
}

fn once(sheet: &mut Sheet<'_>, text: &str, shell: bool) {
    let lower = lower(text);
    let mut addresses = addresses(text, &lower);
    if !sheet.prose {
        addresses.extend(hosts(text, &lower));
    }
    let mut look = Look { sheet, text, lower: &lower, grams: Grams::of(&lower), addresses, shell };
    remote::look(&mut look);
    encoded::look(&mut look);
    harm::look(&mut look);
    pushed::look(&mut look);
    compiled::look(&mut look);
    published::look(&mut look);
    clipboard::look(&mut look);
    steal::look(&mut look);
    memory::look(&mut look);
    shell::look(&mut look);
    covert::look(&mut look);
    tricks::look(&mut look);
    rights::look(&mut look);
    loads::look(&mut look);
    sabotage::look(&mut look);
    forged::look(&mut look);
    payees::look(&mut look);
    sweeps::look(&mut look);
    keys::look(&mut look);
    metadata::look(&mut look);
}

/// Whether a command does more than an ordinary tool: for hooks and settings.
pub(super) fn is_dangerous(command: &str) -> Option<String> {
    let mut sheet = Sheet::new("", command);
    examine(&mut sheet, command, true);
    let worst =
        sheet.facts.into_iter().filter(|fact| fact.severity.is_none_or(|severity| severity >= Severity::Medium));
    worst.map(|fact| fact.message).next()
}

/// Something is handed to a host of which nothing is known.
static UPLOADS: Pattern = Pattern::new(
    &["curl", "wget", "nc ", "ncat"],
    r"\bcurl\b[^\n]{0,300}?(?:\s-\w*[dft]\s|--data|--form|--upload-file|@-)|\bwget\b[^\n]{0,200}?--post|\|\s*(?:nc|ncat)\b",
);

/// Whether a command hands something to a host of which nothing is known.
pub(super) fn uploads(command: &str) -> bool {
    let low = lower(command);
    UPLOADS.is_in(command, &low) && addresses(command, &low).iter().any(|(_, host)| host.is_foreign())
}

static ADDRESS: Pattern =
    Pattern::new(&["http", "ftp:", "ws:", "wss:"], r#"\b(?:https?|ftp|wss?)://[^\s"'`<>|\\,;)\]]{3,300}"#);

/// Every address in a text with its kind of host.
pub(super) fn addresses(text: &str, lower: &str) -> Vec<(Range<usize>, Host)> {
    ADDRESS.all(text, lower).into_iter().map(|found| (found.span, host::classify(found.text))).collect()
}

/// `"wb.notes.tech"`, `f"{part}.edge.notes.org"`: a host that is a whole literal, or ends one.
static HOST: Pattern = Pattern::new(
    &[
        ".com", ".net", ".org", ".io", ".dev", ".site", ".xyz", ".top", ".app", ".info", ".online", ".cc", ".me",
        ".tech", ".cloud", ".space", ".host", ".page", ".live", ".link", ".club", ".art", ".work", ".pw", ".su", ".ru",
        ".cn", ".tk",
    ],
    r#"["'`.](?:[a-z0-9][a-z0-9\-]*\.)+(?:com|net|org|io|dev|site|xyz|top|app|info|online|cc|me|tech|cloud|space|host|page|live|link|club|art|work|pw|su|ru|cn|tk)(?::\d{2,5})?["'`]"#,
);

/// Whether a text is the name of a host, with or without a port or a path.
fn is_host(text: &str) -> bool {
    let name = text.split(['/', ':']).next().unwrap_or_default();
    let literal = format!("\"{name}\"");
    name.len() > 7 && HOST.is_in(&literal, &literal)
}

/// Hosts in code without a scheme of which nothing is known.
pub(super) fn hosts(text: &str, lower: &str) -> Vec<(Range<usize>, Host)> {
    let made = |found: Match<'_>| {
        let name = found.text.trim_matches(['"', '\'', '`', '.']);
        let start = found.span.start + found.text.find(name)?;
        let host = host::classify(&format!("https://{name}"));
        let made_up =
            ["example.", "localhost"].iter().any(|word| name.contains(word)) && !host::names_itself_hostile(name);
        (host == Host::Other && !made_up && name.len() > 7).then(|| (start..start + name.len(), host))
    };
    HOST.all(text, lower).into_iter().filter_map(made).collect()
}

impl<'s> Look<'s, '_> {
    pub(super) fn all(&self, pattern: &Pattern) -> Vec<Match<'s>> {
        if pattern.may_match(&self.grams) { pattern.all(self.text, self.lower) } else { Vec::new() }
    }

    pub(super) fn has(&self, pattern: &Pattern) -> bool {
        pattern.may_match(&self.grams) && pattern.is_in(self.text, self.lower)
    }

    /// Whether the place only speaks of it.
    pub(super) fn mentions(&self, span: &Range<usize>) -> bool {
        // What is said around a decoded string is not in that string; a fact in a string is a deed.
        let (text, prose) =
            if self.sheet.is_inside() { (self.text, false) } else { (self.sheet.text, self.sheet.prose) };
        let line = || mention::line_around(text, span).trim_start();
        let row = || line().starts_with('>') || line().starts_with('|') && mention::is_shown(text, span);
        mention::is_mention(text, span, prose)
            || prose && self.sheet.about_security && (row() || self.quotes(span) || is_word_of_code(text, span))
            || (!prose && self.sheet.about_security && mention::is_listed(text, span))
    }

    /// Whether somebody else's words are quoted in a lesson: `"First run …" is how it begins.`
    fn quotes(&self, span: &Range<usize>) -> bool {
        let before = self.sheet.text.get(..span.start).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        let from = self.sheet.text.floor_char_boundary(span.start.saturating_sub(700));
        let to = self.sheet.text.floor_char_boundary(span.end.saturating_add(700).min(self.sheet.text.len()));
        let open = line.matches('"').count() % 2 == 1 || line.matches('“').count() > line.matches('”').count();
        open && mention::taught(self.sheet.text.get(from..to).unwrap_or_default())
    }

    /// Adds a fact, unless the place only speaks of it.
    pub(super) fn add(&mut self, kind: redan_domain::FactKind, severity: Severity, at: &Match<'_>, message: String) {
        self.add_at(kind, severity, at.span.clone(), at.text, message);
    }

    pub(super) fn add_at(
        &mut self,
        kind: redan_domain::FactKind,
        severity: Severity,
        span: Range<usize>,
        subject: &str,
        message: String,
    ) {
        if self.mentions(&span) {
            return;
        }
        let tried = !self.shell && crate::agent::place::is_test(self.sheet.path);
        if tried && mention::is_fed(self.text, span.start) {
            return;
        }
        if is_comment(self.text, &span)
            || self.sheet.about_security && is_expression(self.text, &span)
            || self.is_lesson(&span)
            || is_tested(self.text, &span)
            || self.is_method(&span)
        {
            return;
        }
        self.sheet.add_as(kind, severity, span, subject, message);
    }

    /// A text about security that shows a deed against a made-up host.
    fn is_lesson(&self, span: &Range<usize>) -> bool {
        let from = self.text.floor_char_boundary(span.start.saturating_sub(400));
        let to = self.text.floor_char_boundary(span.end.saturating_add(400).min(self.text.len()));
        let line = self.text.get(from..to).unwrap_or_default().to_ascii_lowercase();
        let made_up = [
            "evil",
            "attacker",
            "malicious",
            "example.",
            "hacker",
            "worked example",
            "examples from",
            "training set",
            "dropper",
            "att&ck",
            "203.0.113.",
            "198.51.100.",
            "192.0.2.",
        ];
        let made_up = made_up.iter().any(|word| line.contains(word));
        // Whoever gives an order may give it to a host of any name: what is taught is spoken of around it.
        self.sheet.about_security && self.sheet.prose && made_up && mention::taught(&line)
    }

    /// `pattern.exec(text)` runs nothing.
    fn is_method(&self, span: &Range<usize>) -> bool {
        let found = self.text.get(span.clone()).unwrap_or_default();
        let before = self.text.get(..span.start).unwrap_or_default();
        before.ends_with('.') && (found.starts_with("exec") || found.starts_with("eval"))
    }

    /// The address nearest to a match, in it or on its line.
    pub(super) fn address_in(&self, span: &Range<usize>) -> Option<(&'s str, Host)> {
        let inside = |(at, _): &&(Range<usize>, Host)| at.start >= span.start && at.start < span.end;
        let (at, host) = self.addresses.iter().find(inside)?;
        Some((self.text.get(at.clone())?, *host))
    }

    /// The worst host in the text that is not an example of documentation.
    pub(super) fn worst_host(&self) -> Option<(&'s str, Host)> {
        let rank = |host: &Host| match host {
            Host::Collector => 5,
            Host::Address => 4,
            Host::Paste => 3,
            Host::Short => 2,
            Host::Other => 1,
            _ => 0,
        };
        let (at, host) = self.addresses.iter().max_by_key(|(_, host)| rank(host))?;
        Some((self.text.get(at.clone())?, *host))
    }

    /// Whether an address is of the same maker as the skill or server.
    pub(super) fn is_own(&self, address: &str) -> bool {
        host::belongs(address, &self.sheet.about)
    }
}

/// Whether it is all that stands in inline code, and a word or one of several things that are named: it is not run.
fn is_word_of_code(text: &str, span: &Range<usize>) -> bool {
    let word = text.get(span.clone()).unwrap_or_default();
    let Some(before) = text.get(..span.start).and_then(|before| before.strip_suffix('`')) else { return false };
    let named = [" or ", ", ", " with ", " like ", "such as ", " или ", " oder ", " ou ", " o "];
    text.get(span.end..).unwrap_or_default().starts_with('`')
        && (!word.contains(' ') || named.iter().any(|end| before.ends_with(end)))
}

/// Whether a line is a comment of a script.
fn is_comment(text: &str, span: &Range<usize>) -> bool {
    let line = mention::line_around(text, span).trim_start();
    (line.starts_with("# ") || line.starts_with("// ") || line.starts_with("* ")) && !line.starts_with("#!")
}

/// Whether a shell compares something with it: `[[ $cmd =~ \.aws/credentials ]]`.
fn is_tested(text: &str, span: &Range<usize>) -> bool {
    let start = text.get(..span.start).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
    let before = text.get(start..span.start).unwrap_or_default();
    if is_sought(before) {
        return true;
    }
    let sign = ["=~", "==", "!="].into_iter().find(|sign| before.contains(*sign));
    let Some((opens, pattern)) = sign.and_then(|sign| before.rsplit_once(sign)) else { return false };
    opens.contains("[[") && !pattern.contains("]]") && !pattern.contains("$(") && !pattern.contains('`')
}

/// Whether a line breaks off inside of the quotes of what `grep` or `pgrep` looks for.
fn is_sought(before: &str) -> bool {
    let mut open: Option<(usize, char)> = None;
    for (at, c) in before.char_indices().filter(|(_, c)| matches!(c, '\'' | '"')) {
        open = match open {
            None => Some((at, c)),
            Some((_, quote)) if quote == c => None,
            other => other,
        };
    }
    let Some((at, quote)) = open else { return false };
    let (command, sought) = before.split_at(at);
    // Between these a shell runs commands.
    let runs = quote == '"' && (sought.contains("$(") || sought.contains('`'));
    let command = command.rsplit(['|', ';', '&', '(']).next().unwrap_or_default().trim_start();
    !runs && ["grep ", "egrep ", "rg ", "zgrep ", "pgrep ", "pkill "].iter().any(|program| command.starts_with(program))
}

/// Whether it stands in a regular expression that looks for it: `\.ssh/id_|\.aws/credentials|\.netrc`.
fn is_expression(text: &str, span: &Range<usize>) -> bool {
    let line = mention::line_around(text, span);
    let windows = line.contains(":\\") || line.to_ascii_lowercase().contains("userprofile");
    line.matches("\\.").count() >= 2 && line.contains('|') && !windows
}

#[cfg(test)]
mod tests;
