//! What a written value means: on or off, a secret or a placeholder, everybody or somebody.

use crate::value::{Data, HOLE, Val};

const ON: &[&str] = &["true", "on", "yes", "enabled", "enable", "1", "required", "active"];
const OFF: &[&str] = &["false", "off", "no", "disabled", "disable", "0", "none", "notrequired"];

/// Switched on, in any of the words that providers use.
pub(crate) fn is_on(value: &Val) -> bool {
    value.scalar().is_some_and(|text| ON.iter().any(|word| text.eq_ignore_ascii_case(word)))
}

/// Switched off, in any of the words that providers use.
pub(crate) fn is_off(value: &Val) -> bool {
    value.scalar().is_some_and(|text| OFF.iter().any(|word| text.eq_ignore_ascii_case(word)))
}

/// Written, but with nothing in it.
pub(crate) fn is_empty(value: &Val) -> bool {
    match &value.data {
        Data::Null => true,
        Data::Text(text) => text.is_empty(),
        Data::List(items) => items.is_empty(),
        Data::Map(entries) => entries.is_empty(),
        _ => false,
    }
}

/// Written out, not taken from a variable when it runs.
pub(crate) fn is_literal(text: &str) -> bool {
    ![
        "$(",
        "${",
        "{{",
        "$",
        "%{",
        "<",
        "ref+",
        "vault:",
        "secretref:",
        "@microsoft.keyvault",
        "op://",
        "os.environ/",
        "env:",
        "env/",
    ]
    .iter()
    .any(|mark| text.trim_start().to_ascii_lowercase().starts_with(mark))
        && !text.contains("${")
        && !text.contains("$(")
        && !text.contains("{{")
        && !text.contains(HOLE)
}

/// Names under which credentials are handed to AI software.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    let ends = [
        "_arn",
        "_file",
        "_path",
        "_name",
        "_id",
        "_url",
        "_uri",
        "_ref",
        "_version",
        "_dir",
        "_header",
        "_type",
        "_length",
        "_ttl",
        "_enabled",
        "_limit",
        "_endpoint",
        "_region",
        "_algorithm",
        "_provider",
        "_users",
        "_user",
        "_names",
    ];
    if ends.iter().any(|end| name.ends_with(end)) {
        return false;
    }
    let words = [
        "token",
        "secret",
        "password",
        "passwd",
        "api_key",
        "apikey",
        "access_key",
        "private_key",
        "master_key",
        "auth_key",
        "credential",
        "salt",
        "encryption_key",
        "connection_string",
        "signing_key",
        "secret_key",
        "license_key",
    ];
    let plural = ["tokens", "tokenizer", "tokenization"];
    words.iter().any(|word| name.contains(word)) && !plural.iter().any(|word| name.contains(word))
        || name.ends_with("_key") && !name.contains("public") && !name.contains("cache") && !name.contains("partition")
}

/// Prefixes that only credentials have.
const PREFIXES: &[(&str, usize)] = &[
    ("hf_", 20),
    ("sk-", 20),
    ("sk_", 20),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghs_", 20),
    ("github_pat_", 30),
    ("glpat-", 20),
    ("AKIA", 20),
    ("ASIA", 20),
    ("AIza", 30),
    ("xoxb-", 20),
    ("xoxp-", 20),
    ("dapi", 30),
    ("gsk_", 30),
    ("pplx-", 30),
    ("r8_", 30),
    ("nvapi-", 30),
    ("pcsk_", 30),
    ("lsv2_", 20),
    ("pk-lf-", 20),
    ("xai-", 30),
    ("Bearer ", 20),
    ("eyJ", 40),
    ("wandb_", 20),
    ("tvly-", 20),
    ("fw_", 20),
    ("ya29.", 20),
    ("-----BEGIN", 20),
];

/// Text that is a credential by its own form.
pub(crate) fn is_secret(text: &str) -> bool {
    let text = text.trim();
    if !is_literal(text) {
        return false;
    }
    let known = PREFIXES.iter().any(|(prefix, length)| text.starts_with(prefix) && text.len() >= *length);
    known || has_password_in_url(text)
}

fn has_password_in_url(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else { return false };
    let Some((user, _)) = rest.split('/').next().unwrap_or_default().rsplit_once('@') else { return false };
    user.split_once(':').is_some_and(|(_, password)| !password.is_empty() && is_literal(password))
}

/// A password that everybody knows or guesses.
pub(crate) fn is_weak(text: &str) -> bool {
    const WEAK: &[&str] = &[
        "admin",
        "password",
        "passwd",
        "pass",
        "secret",
        "mysecret",
        "mysalt",
        "salt",
        "changeme",
        "change-me",
        "change_me",
        "changeit",
        "default",
        "test",
        "demo",
        "root",
        "guest",
        "user",
        "minioadmin",
        "minio123",
        "postgres",
        "redis",
        "sk-1234",
        "1234",
        "12345",
        "123456",
        "12345678",
        "123456789",
        "letmein",
        "qwerty",
        "langfuse",
        "clickhouse",
        "myredissecret",
        "dify",
        "dify-sandbox",
        "difyai123456",
        "milvus",
        "neo4j",
        "example",
        "secretkey",
        "supersecret",
        "token",
        "mytoken",
        "apikey",
        "api-key",
        "key",
        "foobar",
        "jupyter",
        "airflow",
        "mlflow",
    ];
    let lower = text.trim().to_ascii_lowercase();
    WEAK.contains(&lower.as_str()) || lower.trim_matches('0').is_empty() && lower.len() >= 8
}

/// A range of addresses that is everybody.
pub(crate) fn is_open_range(text: &str) -> bool {
    matches!(
        text.trim(),
        "0.0.0.0/0" | "::/0" | "0.0.0.0" | "*" | "Internet" | "Any" | "any" | "<all>" | "0.0.0.0/1" | "/0"
    )
}

/// `*` stands for anything, `?` for one character; letters of either case are equal.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().flat_map(char::to_lowercase).collect();
    let text: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    let (mut p, mut t) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while t < text.len() {
        match (pattern.get(p), text.get(t)) {
            (Some('*'), _) => {
                back = Some((p, t));
                p += 1;
            }
            (Some('?'), Some(_)) => {
                p += 1;
                t += 1;
            }
            (Some(a), Some(b)) if a == b => {
                p += 1;
                t += 1;
            }
            _ => match &mut back {
                Some((star, from)) => {
                    *from += 1;
                    p = *star + 1;
                    t = *from;
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).is_none_or(|rest| rest.iter().all(|c| *c == '*'))
}

/// Whether text with holes may be this text.
pub(crate) fn could_be(partial: &str, text: &str) -> bool {
    glob(&partial.replace('*', "?").replace(HOLE, "*"), text)
}

/// Whether text with holes may match this pattern: what stands before the first hole and star has to agree.
pub(crate) fn could_match(partial: &str, pattern: &str) -> bool {
    let before = partial.split(HOLE).next().unwrap_or_default().to_lowercase();
    let fixed = pattern.split(['*', '?']).next().unwrap_or_default().to_lowercase();
    let length = before.len().min(fixed.len());
    let after = partial.rsplit(HOLE).next().unwrap_or_default().to_lowercase();
    let end = pattern.rsplit(['*', '?']).next().unwrap_or_default().to_lowercase();
    let tail = after.len().min(end.len());
    before.as_bytes().get(..length) == fixed.as_bytes().get(..length)
        && after.as_bytes().get(after.len() - tail..) == end.as_bytes().get(end.len() - tail..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match() {
        for (pattern, text, wanted) in [
            ("bedrock:*", "bedrock:InvokeModel", true),
            ("*", "", true),
            ("a*b*c", "axxbyyc", true),
            ("a?c", "ac", false),
            ("", "x", false),
        ] {
            assert_eq!(glob(pattern, text), wanted, "{pattern} {text}");
        }
        assert!(could_be("arn:\0:x/*", "arn:aws:x/*"));
        assert!(!could_be("arn:\0/*", "*"));
        assert!(!could_match("s3://\0", "hf://*"));
    }

    #[test]
    fn secrets_are_told_from_references() {
        assert!(is_secret("postgresql://user:hunter2@db/x"));
        assert!(!is_secret("postgresql://user:${PASSWORD}@db/x"));
        assert!(is_secret_name("HF_TOKEN") && is_secret_name("OPENAI_API_KEY"));
        assert!(
            !is_secret_name("HF_TOKEN_SECRET_ARN") && !is_secret_name("MAX_TOKENS") && !is_secret_name("TOKENIZER")
        );
    }
}
