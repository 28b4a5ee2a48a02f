//! Credentials in text, by the shapes their issuers gave them: few kinds, nearly no false alarm, linear time.

use std::borrow::Cow;

/// One credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Secret {
    /// Byte offset and length in the text.
    pub(crate) at: usize,
    pub(crate) len: usize,
    /// What it opens.
    pub(crate) kind: &'static str,
}

/// A token: what it starts with, and how many characters follow at least and at most.
struct Shape {
    kind: &'static str,
    prefix: &'static str,
    alphabet: Alphabet,
    min: usize,
    max: usize,
}

#[derive(Clone, Copy)]
enum Alphabet {
    Upper,
    Alphanumeric,
    Word,
    Dashed,
}

use Alphabet::{Alphanumeric, Dashed, Upper, Word};

const fn shape(kind: &'static str, prefix: &'static str, alphabet: Alphabet, min: usize, max: usize) -> Shape {
    Shape { kind, prefix, alphabet, min, max }
}

const SHAPES: &[Shape] = &[
    shape("an AWS access key", "AKIA", Upper, 16, 16),
    shape("a temporary AWS access key", "ASIA", Upper, 16, 16),
    shape("an API key of a model provider", "sk-", Dashed, 40, 256),
    shape("a Hugging Face token", "hf_", Alphanumeric, 34, 40),
    shape("a GitHub token", "ghp_", Alphanumeric, 36, 255),
    shape("a GitHub token", "gho_", Alphanumeric, 36, 255),
    shape("a GitHub token", "ghs_", Alphanumeric, 36, 255),
    shape("a GitHub token", "ghu_", Alphanumeric, 36, 255),
    shape("a GitHub token", "github_pat_", Word, 60, 255),
    shape("a GitLab token", "glpat-", Dashed, 20, 64),
    shape("a Slack token", "xoxb-", Dashed, 24, 255),
    shape("a Slack token", "xoxp-", Dashed, 24, 255),
    shape("a Google API key", "AIza", Dashed, 35, 35),
    shape("a Stripe key", "sk_live_", Alphanumeric, 24, 255),
    shape("an npm token", "npm_", Alphanumeric, 36, 36),
];

impl Alphabet {
    fn holds(self, byte: u8) -> bool {
        match self {
            Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Alphanumeric => byte.is_ascii_alphanumeric(),
            Word => byte.is_ascii_alphanumeric() || byte == b'_',
            Dashed => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'),
        }
    }
}

/// Every credential in `text`, by place, at most 20.
pub(crate) fn find(text: &str) -> Vec<Secret> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    for shape in SHAPES {
        // A token starts at a word's start, so that a run of prefixes is looked at once.
        for at in starts(bytes, shape.prefix) {
            let body = at + shape.prefix.len();
            let len = run(bytes, body, shape.max + 1, shape.alphabet);
            let token = bytes.get(body..body + len).unwrap_or_default();
            if (shape.min..=shape.max).contains(&len) && random(token) {
                found.push(Secret { at, len: shape.prefix.len() + len, kind: shape.kind });
            }
        }
    }
    found.extend(starts(bytes, "eyJ").filter_map(|at| web_token(bytes, at)));
    found.extend(private_keys(text));
    found.sort_by_key(|secret| secret.at);
    found.dedup_by_key(|secret| secret.at);
    found.truncate(20);
    found
}

/// Offsets where `prefix` stands at the start of a word.
fn starts<'t>(bytes: &'t [u8], prefix: &'static str) -> impl Iterator<Item = usize> + 't {
    memchr::memmem::find_iter(bytes, prefix.as_bytes()).filter(|at| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at)).copied();
        !before.is_some_and(|byte| Dashed.holds(byte) || byte == b'.')
    })
}

/// Length of the run of an alphabet from `at`, at most `max`.
fn run(bytes: &[u8], at: usize, max: usize, alphabet: Alphabet) -> usize {
    bytes.get(at..).unwrap_or_default().iter().take(max).take_while(|byte| alphabet.holds(**byte)).count()
}

/// Placeholders repeat themselves or spell words; issued tokens mix digits and letters.
fn random(token: &[u8]) -> bool {
    let mut seen = [false; 256];
    for byte in token {
        if let Some(seen) = seen.get_mut(usize::from(*byte)) {
            *seen = true;
        }
    }
    let distinct = seen.iter().filter(|seen| **seen).count();
    let placeholder = memchr::memmem::find(&token.to_ascii_lowercase(), b"example").is_some();
    distinct >= 10 && !placeholder && token.iter().any(u8::is_ascii_digit) && token.iter().any(u8::is_ascii_alphabetic)
}

/// `header.payload.signature`, header and payload JSON objects in base64url.
fn web_token(bytes: &[u8], at: usize) -> Option<Secret> {
    const MAX: usize = 4096;
    let header = run(bytes, at, MAX, Dashed);
    let payload_at = at + header + 1;
    let payload = run(bytes, payload_at, MAX, Dashed);
    let signature_at = payload_at + payload + 1;
    let signature = run(bytes, signature_at, MAX, Dashed);
    let dots = bytes.get(payload_at - 1) == Some(&b'.') && bytes.get(signature_at - 1) == Some(&b'.');
    let object = bytes.get(payload_at..).is_some_and(|rest| rest.starts_with(b"eyJ"));
    (dots && object && header >= 16 && payload >= 24 && signature >= 32).then(|| Secret {
        at,
        len: signature_at + signature - at,
        kind: "a signed web token",
    })
}

fn private_keys(text: &str) -> impl Iterator<Item = Secret> + '_ {
    const BEGIN: &str = "-----BEGIN ";
    memchr::memmem::find_iter(text.as_bytes(), BEGIN.as_bytes()).filter_map(move |at| {
        let rest = text.as_bytes().get(at + BEGIN.len()..)?;
        let title = memchr::memchr(b'-', rest.get(..40.min(rest.len()))?)?;
        let after = rest.get(title..)?.strip_prefix(b"-----")?;
        let filled = after.iter().take(400).filter(|byte| byte.is_ascii_alphanumeric()).count() >= 60;
        let private = rest.get(..title)?.ends_with(b"PRIVATE KEY");
        (private && filled).then(|| Secret { at, len: BEGIN.len() + title + 5, kind: "a private key" })
    })
}

/// The first characters, which tell its kind and not its value.
pub(crate) fn hint(text: &str, secret: &Secret) -> String {
    let shown = if secret.kind == "a private key" { secret.len } else { 4 };
    format!("{}…", text.get(secret.at..secret.at + shown).unwrap_or_default())
}

/// `text` with every credential cut to its first characters.
pub(crate) fn redacted(text: &str) -> Cow<'_, str> {
    let secrets = find(text);
    if secrets.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut from = 0;
    for secret in &secrets {
        if secret.at < from {
            continue;
        }
        out.push_str(text.get(from..secret.at).unwrap_or_default());
        out.push_str(&hint(text, secret));
        // Of a private key only the title is known: nothing after it is shown.
        from = if secret.kind == "a private key" { text.len() } else { secret.at + secret.len };
    }
    out.push_str(text.get(from..).unwrap_or_default());
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "q3EgRiZ7abCdWxYz0192837465kLmNoPqRsTuVwXyZ0123456789abcdefGHIJ";

    fn kinds(text: &str) -> Vec<&'static str> {
        find(text).into_iter().map(|secret| secret.kind).collect()
    }

    #[test]
    fn finds_each_kind() {
        for shape in SHAPES {
            let body = if matches!(shape.alphabet, Upper) { BODY.to_uppercase() } else { BODY.to_string() };
            let body = &body[..shape.min.min(body.len())];
            assert_eq!(kinds(&format!("key=\"{}{body}\" ", shape.prefix)), [shape.kind]);
        }
        let token = format!("eyJ{}.eyJ{}.{}", &BODY[..20], &BODY[..30], &BODY[..43]);
        assert_eq!(kinds(&token), ["a signed web token"]);
        let pem = format!("-----BEGIN RSA {} KEY-----\n{BODY}{BODY}", "PRIVATE");
        assert_eq!(kinds(&pem), ["a private key"]);
        assert_eq!(redacted(&format!("a {pem}")), format!("a -----BEGIN RSA {} KEY-----…", "PRIVATE"));
    }

    #[test]
    fn placeholders_and_words_are_not_secrets() {
        for text in [
            &format!("hf_{}", "x".repeat(34)),
            "sk-learn-contrib-some-very-long-package-name-without-digits",
            "AKIAIOSFODNN7EXAMPLE",
            "task-0123456789abcdefghijklmnopqrstuvwxyzABCD",
            "-----BEGIN PUBLIC KEY-----\nabc",
            "-----BEGIN PRIVATE KEY-----\n...",
            "eyJhbGciOi.eyJ.x",
        ] {
            assert_eq!(find(text), [], "{text}");
        }
    }

    #[test]
    fn hides_the_value() {
        let text = format!("token hf_{} end", &BODY[..34]);
        assert_eq!(redacted(&text), "token hf_q… end");
        assert_eq!(redacted("nothing"), "nothing");
    }

    #[test]
    fn repeated_prefixes_cost_no_more() {
        let text = "eyJ.".repeat(100_000) + &"sk-".repeat(100_000);
        assert_eq!(find(&text), []);
    }
}
