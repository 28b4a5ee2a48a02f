//! What is no call: arrays, comparisons, attributes, passwords that stand in the source.

use super::functions::Function;
use super::names::Value;
use super::token::{Dialect, Kind};
use super::walk::{Shape, Walk};

/// Kinds of weakness that are found here.
pub(super) const KINDS: &[&str] = &[
    "off-by-one",
    "stack-allocation",
    "hard-coded-credential",
    "loose-comparison",
    "variables-overwritten",
    "csrf-off",
    "unsafe-signal-handler",
    "race-on-path",
];

/// Words for what only its owner should know.
const SECRETS: &[&str] = &["password", "passwd", "pwd", "passphrase", "secret", "apikey", "passcode"];
/// Two words that together are such a word.
const SECRET_PAIRS: &[(&str, &str)] = &[
    ("api", "key"),
    ("access", "key"),
    ("private", "key"),
    ("secret", "key"),
    ("auth", "token"),
    ("access", "token"),
    ("encryption", "key"),
    ("db", "pass"),
    ("user", "pass"),
    ("admin", "pass"),
];
/// Words that make a name one of something about a secret.
const ABOUT: &[&str] = &[
    "field",
    "name",
    "label",
    "hint",
    "prompt",
    "url",
    "uri",
    "path",
    "file",
    "header",
    "column",
    "param",
    "regex",
    "pattern",
    "message",
    "msg",
    "error",
    "type",
    "env",
    "policy",
    "placeholder",
    "title",
    "id",
    "reset",
    "text",
    "input",
    "format",
    "prefix",
    "property",
    "var",
    "variable",
    "query",
    "page",
    "form",
    "view",
    "template",
];

/// Words of a name in any style, in lower case.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in name.chars().take(80) {
        if !c.is_ascii_alphanumeric() || was_lower && c.is_ascii_uppercase() {
            words.push(String::new());
        }
        was_lower = c.is_ascii_lowercase();
        if let (true, Some(word)) = (c.is_ascii_alphanumeric(), words.last_mut()) {
            word.push(c.to_ascii_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a name is one of a secret itself.
pub(super) fn is_secret_name(name: &str) -> bool {
    let words = words(name);
    let has = |word: &str| words.iter().any(|own| own == word);
    let is_secret = words.iter().any(|word| SECRETS.contains(&word.as_str()))
        || SECRET_PAIRS.iter().any(|(a, b)| words.windows(2).any(|two| matches!(two, [x, y] if x == a && y == b)))
        || words.len() == 1 && (has("pass") || has("pw"));
    is_secret && !words.iter().any(|word| ABOUT.contains(&word.as_str()))
}

/// Whether a text may be a secret, and not a name or a gap to be filled.
fn is_secret_text(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let is_gap = ["your", "<", "{", "example", "xxx", "***", "${", "%", "placeholder", "todo", "changethis"]
        .iter()
        .any(|gap| lower.contains(gap));
    (4..=200).contains(&text.len())
        && !text.contains([' ', '\n', '$'])
        && !is_gap
        && !is_secret_name(text)
        && text.bytes().any(|byte| byte.is_ascii_alphanumeric())
        && !lower.starts_with("http")
}

/// Whether a text is a piece of a page.
fn is_markup(text: &str) -> bool {
    const TAGS: &[&str] = &[
        "<html", "<body", "<h1", "<h2", "<h3", "<p>", "<p ", "<div", "<li>", "<td", "<span", "<b>", "<title",
        "<a href", "<script",
    ];
    text.contains('<') && TAGS.iter().any(|tag| text.contains(tag))
}

impl<'t> Walk<'_, 't> {
    pub(super) fn extra_name(&mut self, at: usize) {
        let tokens = self.tokens;
        match tokens.text(at) {
            "delete" if self.dialect == Dialect::Cpp && !tokens.is(at.wrapping_sub(1), "=") => self.deleted(at),
            "cin" => self.streamed(at),
            _ if self.dialect.is_native() && tokens.is(at + 1, "(") => self.used_at_once(at),
            "char" | "wchar_t" | "int" | "uint8_t" | "TCHAR" | "BYTE" | "WCHAR" | "CHAR" if tokens.is(at + 1, "*") => {
                // `char *a, *b;`
                for next in at + 2..(at + 12).min(tokens.len()) {
                    if let Some(name) = tokens.name(next).filter(|_| tokens.is(next - 1, "*")) {
                        self.shapes.insert(name, Shape::Pointer);
                    } else if tokens.is_any(next, &[";", "=", ")", "("]) {
                        break;
                    }
                }
            }
            _ => {}
        }
    }

    /// `cin >> buf` reads a word of any length, unless `setw` or `width` bounds it.
    fn streamed(&mut self, at: usize) {
        let tokens = self.tokens;
        let end = tokens.expression_end(at, false);
        if self.mentions(&["setw", "width"]) {
            return;
        }
        for at in at + 3..end {
            if let Some(name) = tokens.name(at).filter(|_| tokens.is(at - 1, ">") && tokens.is(at - 2, ">"))
                && matches!(self.shapes.get(name), Some(Shape::Array(..)))
                && self.characters.contains(name)
                && !tokens.is(at + 1, "[")
            {
                self.report("unbounded-copy", Some("local"), at, Some(at), false);
            }
        }
    }

    pub(super) fn extra_sign(&mut self, at: usize) {
        let tokens = self.tokens;
        match self.dialect {
            Dialect::C | Dialect::Cpp => {
                if tokens.is(at, "[") {
                    self.bracket(at);
                } else if tokens.is(at, "<=") {
                    self.bound(at);
                }
            }
            Dialect::Php if tokens.is(at, "$") && tokens.text(at + 1).starts_with('$') => {
                let value = self.value((at + 1, at + 2));
                let is_known = value.user | value.local != 0;
                self.report("variables-overwritten", None, at, None, !is_known);
            }
            _ => {}
        }
        if tokens.is_any(at, &["==", "!=", "===", "!=="]) {
            self.compared(at);
        } else if tokens.is(at, "=>")
            && tokens.kind(at.wrapping_sub(1)) == Some(Kind::Text)
            && tokens.kind(at + 1) == Some(Kind::Text)
            && tokens.is_any(at + 2, &[",", "]", ")", "}"])
            && is_secret_name(tokens.said(at - 1))
            && is_secret_text(tokens.said(at + 1))
        {
            self.report("hard-coded-credential", None, at + 1, None, false);
        }
    }

    /// `char name[64]`, and `name[64]` behind it.
    fn bracket(&mut self, at: usize) {
        let tokens = self.tokens;
        let (Some(name), Some(close)) = (tokens.name(at.wrapping_sub(1)), tokens.pair(at)) else { return };
        let before = at.wrapping_sub(2);
        let is_type = tokens
            .name(before)
            .is_some_and(|word| !matches!(word, "return" | "case" | "else" | "delete" | "new" | "sizeof"));
        if !is_type {
            if let Some(Shape::Array(Some(size), (from, to))) = self.shapes.get(name).copied()
                && !tokens.is_any(before, &[".", "->", "*", ","])
                && (tokens.slice(from, to) == tokens.slice(at + 1, close)
                    || self
                        .value((at + 1, close))
                        .literal
                        .and_then(super::copies::number)
                        .is_some_and(|index| index >= size))
            {
                self.report("off-by-one", None, at - 1, None, false);
            }
            return;
        }
        let value = self.value((at + 1, close));
        let size = value.literal.and_then(super::copies::number);
        if self.inside.is_some_and(|function| at > function.body) {
            self.shapes.insert(name, Shape::Array(size, (at + 1, close)));
            if matches!(tokens.text(before), "char" | "wchar_t" | "TCHAR" | "CHAR") {
                self.characters.insert(name);
            }
            if close > at + 1
                && !value.is_constant()
                && !tokens.is_name(before, "new")
                && !self.is_guarded(at, (at + 1, close))
            {
                let is_known = value.user | value.local != 0;
                self.report("stack-allocation", None, at - 1, None, !is_known);
            }
        }
    }

    /// `i <= sizeof(buf)`, `i <= strlen(s)`, `i <= N` for `buf[N]`.
    fn bound(&mut self, at: usize) {
        let tokens = self.tokens;
        let start = at.saturating_sub(14);
        let Some(opening) = (start..at).rev().find(|at| tokens.is_name(*at, "for") || tokens.is_any(*at, &["{", "}"]))
        else {
            return;
        };
        if !tokens.is_name(opening, "for") {
            return;
        }
        let next = at + 1;
        if tokens.is_name(next, "sizeof")
            || tokens.is_any(next + 1, &[".", "->"]) && matches!(tokens.text(next + 2), "size" | "length")
        {
            let close = (next..next + 6).find(|at| tokens.is(*at, ")")).unwrap_or(next);
            if !tokens.is_any(close + 1, &["-", "/"]) && self.is_index(at) {
                self.report("off-by-one", None, next, None, false);
            }
        } else if matches!(tokens.text(next), "strlen" | "wcslen") {
            if !tokens.is(tokens.close(next + 1) + 1, "-") && self.is_index(at) {
                self.report("off-by-one", None, next, None, true);
            }
        } else if tokens.is(next + 1, ";") {
            let (size, number) = (tokens.text(next), super::copies::number(tokens.text(next)));
            // The name that counts must be an index of the array.
            let index = tokens.text(at - 1);
            let end = tokens.len().min(at + 120);
            let found = (next..end).find(|at| {
                let same = |size_: Option<u64>, (from, to)| tokens.slice(from, to) == size || number.is_some() && size_ == number;
                tokens.is(*at, "[") && tokens.is_name(at + 1, index) && tokens.is(at + 2, "]")
                    && matches!(self.shapes.get(tokens.text(at - 1)), Some(Shape::Array(size_, range)) if same(*size_, *range))
            });
            if found.is_some() {
                self.report("off-by-one", None, at - 1, None, false);
            }
        }
    }

    /// Whether the name before this place picks an element behind it, one by one.
    fn is_index(&self, at: usize) -> bool {
        let tokens = self.tokens;
        let index = tokens.text(at - 1);
        let end = tokens.len().min(at + 100);
        tokens.is_any(at.wrapping_sub(2), &[";"])
            && (at..at + 20).any(|at| tokens.is(at, "++"))
            && (at..end).any(|at| tokens.is(at, "[") && tokens.is_name(at + 1, index) && tokens.is(at + 2, "]"))
    }

    /// Comparisons with what stands in the source, and those of PHP that convert.
    fn compared(&mut self, at: usize) {
        let tokens = self.tokens;
        let Some(before) = at.checked_sub(1) else { return };
        // The name on the left: `a`, `f(…)`, `a['b']`.
        let left = match tokens.pair(before).filter(|pair| *pair < before && *pair > 0) {
            Some(open) if tokens.is(before, "]") && tokens.kind(open + 1) == Some(Kind::Text) => tokens.said(open + 1),
            Some(open) => tokens.text(open - 1),
            None => tokens.text(before),
        };
        let right_end = (at + 1..at + 8)
            .take_while(|at| matches!(tokens.kind(*at), Some(Kind::Name)) || tokens.is_any(*at, &["->", "::", "."]))
            .last();
        let right = right_end.map_or("", |at| tokens.text(at));
        let text = |at: usize| (tokens.kind(at) == Some(Kind::Text)).then(|| tokens.said(at));
        let secret = match (text(before), text(at + 1)) {
            (None, Some(text)) if is_secret_name(left) => Some((text, at + 1)),
            (Some(text), None) if is_secret_name(right) => Some((text, before)),
            _ => None,
        };
        if let Some((_, place)) = secret.filter(|(text, _)| is_secret_text(text)) {
            self.report("hard-coded-credential", None, place, None, false);
        }
        if self.dialect != Dialect::Php || !tokens.is_any(at, &["==", "!="]) {
            return;
        }
        let is_hash = |name: &str| {
            words(name).iter().any(|word| {
                matches!(
                    word.as_str(),
                    "md5"
                        | "sha1"
                        | "hash"
                        | "crypt"
                        | "hmac"
                        | "token"
                        | "signature"
                        | "digest"
                        | "password"
                        | "passwd"
                        | "csrf"
                        | "nonce"
                )
            })
        };
        let is_fixed = matches!(tokens.kind(at + 1), Some(Kind::Number))
            || text(at + 1).is_some_and(|text| text.len() < 2)
            || matches!(right, "null" | "false" | "true" | "NULL" | "FALSE" | "TRUE");
        if !is_fixed && (is_hash(left) || is_hash(right)) {
            self.report("loose-comparison", None, at, None, false);
        }
    }

    pub(super) fn extra_text(&mut self, at: usize) {
        let tokens = self.tokens;
        if tokens.kind(at) != Some(Kind::Text) {
            return;
        }
        if self.dialect == Dialect::Cpp && tokens.is_any(at + 1, &["+", "<<"]) && is_markup(tokens.said(at)) {
            let end = tokens.expression_end(at + 2, false);
            let value = self.value((at + 2, end));
            if let Some(label) = super::record::class("html").and_then(|class| value.label(class)) {
                self.report("html", Some(label), at, Some(value.from), false);
            }
        }
        // `Server=…;Password=…;`
        let text = tokens.said(at);
        if !text.contains(';') || text.len() > 500 {
            return;
        }
        let is_secret = text.split(';').filter_map(|part| part.split_once('=')).any(|(key, value)| {
            matches!(key.trim().to_ascii_lowercase().as_str(), "password" | "pwd") && is_secret_text(value.trim())
        });
        if is_secret {
            self.report("hard-coded-credential", None, at, None, false);
        }
    }

    pub(super) fn extra_assign(&mut self, first: usize, last: usize, at: usize, end: usize, value: Value<'t>) {
        let tokens = self.tokens;
        if self.dialect.is_native() {
            // Casts and brackets before the call do not matter.
            let from = (at + 1..end).find(|at| !tokens.is_any(*at, &["(", ")", "*"])).unwrap_or(at + 1);
            self.assigned.insert(tokens.slice(first, last + 1), (at + 1, end));
            self.made(first, last, from, end);
            self.got(tokens.slice(first, last + 1), last - first + 1, from, end);
        }
        let is_text = end == at + 2 && tokens.kind(at + 1) == Some(Kind::Text);
        if is_text && let Some(text) = value.literal {
            let name = tokens.text(last);
            // `$config['password'] = '…'`
            let key = if tokens.is(at - 1, "]") && tokens.kind(at.wrapping_sub(2)) == Some(Kind::Text) {
                tokens.said(at - 2)
            } else {
                name
            };
            if is_secret_name(key) && is_secret_text(text) {
                self.report("hard-coded-credential", None, last, None, false);
            }
        }
    }

    /// Whether visitors call this method; if one changes something on a form's word alone, that is noted.
    pub(super) fn is_action(&mut self, function: &Function<'t>) -> bool {
        if self.dialect != Dialect::CSharp {
            return false;
        }
        let tokens = self.tokens;
        let (mut is_action, mut changes, mut is_checked) = (false, false, false);
        for at in function.head..function.close {
            let Some(name) = tokens.name(at) else { continue };
            let is_attribute = tokens.is_any(at.wrapping_sub(1), &["[", ","]) && at < function.open;
            is_action |= name.ends_with("ActionResult")
                || is_attribute && (name.starts_with("Http") || matches!(name, "Route" | "WebMethod"));
            changes |= is_attribute && matches!(name, "HttpPost" | "HttpPut" | "HttpDelete" | "HttpPatch");
            is_checked |= name.contains("AntiForgery")
                || name.contains("Antiforgery")
                || matches!(name, "FromBody" | "ApiController" | "AllowAnonymous");
        }
        if changes
            && !is_checked
            && !["AutoValidateAntiforgeryToken", "ApiController", "ControllerBase"].iter().any(|word| self.says(word))
        {
            self.report("csrf-off", None, function.open.saturating_sub(1), None, false);
        }
        is_action
    }

    /// Which functions are called for signals.
    pub(super) fn find_handlers(&mut self) {
        let tokens = self.tokens;
        for at in 0..tokens.len() {
            let Some(name) = tokens.name(at) else { continue };
            let handler = match name {
                "signal" | "bsd_signal" if tokens.is(at + 1, "(") => {
                    (at + 2..at + 8).find(|at| tokens.is(*at, ",")).map(|comma| comma + 1)
                }
                "sa_handler" | "sa_sigaction" if tokens.is(at + 1, "=") => Some(at + 2),
                _ => None,
            };
            if let Some(name) = handler.and_then(|at| tokens.name(at)) {
                self.handlers.insert(name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known() {
        for name in ["password", "dbPassword", "DB_PASS", "api_key", "$secret", "ApiKey", "pw"] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in ["passwordField", "password_hash_path", "compass", "key", "token", "secretName", "bypass"] {
            assert!(!is_secret_name(name), "{name}");
        }
        assert!(is_secret_text("hunter2-prod") && !is_secret_text("your-password-here") && !is_secret_text("password"));
    }
}
