//! Credentials without a form of their own: a value that looks drawn at random, or chosen as a password, assigned to
//! a name that says it is one.

use std::sync::{Arc, LazyLock};

use super::{Look, Probe};
use crate::check::{password, random};
use crate::detection::{Category, Detection};
use crate::pass::{Assignment, assignment};

/// Names whose values are no credentials although a word of one stands in them; compared without separators.
const OTHER_NAMES: &str = "\
    accessibility accessor authenticationresults authsource bucketkey cachekey checksum csrf donkey fingerprint \
    foreignkey hockey hotkey idempotencykey indexkey integrity jockey keyalias keyboard keycode keyer keyframe \
    keying keymap keypress keyring keystone keystore keytab keyvault keyword lasttoken masktoken monkey \
    naturalkey nexttoken objectkey pagetoken partitionkey passage passenger passive passthrough passwordpolicy \
    primarykey pubkey publickey publictoken routingkey rowkey s3key schemakey secretary sequencekey signature \
    sitekey sortkey synctoken thumbprint tokenizer turkey usersecretsid whiskey xsrf continuationtoken \
    publishablekey selector keycolor";

/// How names end that tell something about a credential and are none.
const OTHER_ENDS: &str = "\
    count sha sha1 sha256 md5 version url uri path file filename dir id ids name type size length len hash index \
    ref arn endpoint digest column field author authority label format algorithm expiry expires ttl time date \
    regex pattern prefix suffix hint policy source";

/// What stands before a plain `key` in the name of a credential.
const KEYS: &str = "\
    api secret access private auth encrypt encryption sign signing shared master account service client license \
    app application storage session admin deploy host server crypto cipher aes hmac jwt webhook subscription \
    functions root write read project platform consumer developer dev prod live user personal integration ingest \
    insert team org organization workspace salt cookie rails django flask";

/// A kind: the entry that explains it and how sure it is.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Key,
    Secret,
    Token,
    Password,
}

impl Kind {
    const ALL: [(&'static str, f32); 4] =
        [("generic-api-key", 0.7), ("generic-secret", 0.7), ("generic-token", 0.7), ("generic-password", 0.65)];

    fn entry(self) -> (Arc<str>, f32) {
        static IDS: LazyLock<[(Arc<str>, f32); 4]> = LazyLock::new(|| Kind::ALL.map(|(id, score)| (id.into(), score)));
        let [key, secret, token, password] = &*IDS;
        match self {
            Self::Key => key,
            Self::Secret => secret,
            Self::Token => token,
            Self::Password => password,
        }
        .clone()
    }
}

/// Values that are looked at inside one another.
const NESTED: usize = 8;

/// The detector.
#[derive(Debug)]
pub(super) struct Credential;

impl Probe for Credential {
    fn categories(&self) -> &'static [Category] {
        &[Category::Secret]
    }

    fn words(&self) -> &'static [&'static str] {
        &["key", "secret", "token", "pass", "pwd", "credential", "creds", "auth"]
    }

    fn run(&self, look: &Look<'_>, found: &mut Vec<Detection>) {
        let mut last = None;
        // `token=token=…` has a value in every value: then only the outer ones are looked at.
        let (mut until, mut nested) = (0, 0);
        for word in look.words {
            if word.start < until && nested > NESTED {
                continue;
            }
            let Some(assigned) = assignment(look.pass.text, word.start..word.end) else { continue };
            if last == Some(assigned.value.start) {
                continue;
            }
            nested = if assigned.value.start < until { nested + 1 } else { 0 };
            until = until.max(assigned.value.end);
            let (Some(name), Some(value)) =
                (look.pass.text.get(assigned.name.clone()), look.pass.text.get(assigned.value.clone()))
            else {
                continue;
            };
            // `AWS::IAM::AccessKey` is a type.
            if look.pass.text.as_bytes().get(assigned.name.start.wrapping_sub(1)) == Some(&b':') {
                continue;
            }
            let Some(kind) = named(name).filter(|kind| holds(*kind, name, value, &assigned)) else { continue };
            last = Some(assigned.value.start);
            let (id, score) = kind.entry();
            found.push(Detection {
                kind: Arc::clone(&id),
                detector: id,
                category: Category::Secret,
                span: assigned.value,
                score,
                view: look.pass.view,
                evidence: "name + form".to_string(),
            });
        }
    }
}

/// What a name says its value is.
fn named(name: &str) -> Option<Kind> {
    let lower = name.to_ascii_lowercase();
    let flat: String = lower.chars().filter(|letter| !matches!(letter, '_' | '-' | '.' | ' ')).collect();
    if OTHER_NAMES.split_whitespace().any(|other| flat.contains(other))
        || OTHER_ENDS.split_whitespace().any(|end| flat.ends_with(end))
    {
        return None;
    }
    let pass = ["passw", "passphrase", "pwd"].iter().any(|word| flat.contains(word));
    let short =
        flat == "pass" || ["_pass", "-pass", ".pass", "dbpass", "userpass"].iter().any(|end| lower.ends_with(end));
    if pass || short || name.ends_with("Pass") {
        return Some(Kind::Password);
    }
    if flat.contains("secret") {
        return Some(Kind::Secret);
    }
    if flat.contains("token") || flat.contains("credential") || flat.contains("creds") || flat.ends_with("auth") {
        return Some(Kind::Token);
    }
    let before = flat.find("key").and_then(|at| flat.get(..at))?;
    // `fooKey`, `FOO_KEY`: the key of something; a plain `key` may be any.
    KEYS.split_whitespace().any(|word| before.ends_with(word)).then_some(Kind::Key).or_else(|| {
        let separated =
            lower.find("key").and_then(|at| lower.get(..at)).is_some_and(|before| before.ends_with(['_', '-']));
        let cased = name.find("Key").is_some_and(|at| at > 0);
        (separated || cased).then_some(Kind::Key)
    })
}

fn holds(kind: Kind, name: &str, value: &str, assigned: &Assignment) -> bool {
    if kind != Kind::Password {
        return random(value) && !file(value);
    }
    // Without quotes most values in programs are expressions and most in prose are words.
    let likely = if assigned.quoted {
        password(value)
    } else {
        random(value) || (constant(name) && password(value) && !value.starts_with(['!', '@', '&', '*', '^']))
    };
    likely && !file(value) && !value.contains("://")
}

/// Whether a name is written as in an environment, a connection string or a key of a configuration file.
fn constant(name: &str) -> bool {
    !name.bytes().any(|byte| byte == b' ') && !name.contains('.')
}

/// Whether a value names a file or a place rather than holding anything.
fn file(value: &str) -> bool {
    let path = value.starts_with(['/', '.', '~', '#', '@']) && value.contains('/');
    let extension = value
        .rsplit_once('.')
        .is_some_and(|(_, end)| (2..=4).contains(&end.len()) && end.bytes().all(|byte| byte.is_ascii_lowercase()));
    path || extension || value.starts_with("http")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for name in
            ["api_key", "X-Api-Key", "clientSecret", "AUTH_TOKEN", "db.password", "TOMTOM_KEY", "userPass", "creds"]
        {
            assert!(named(name).is_some(), "{name}");
        }
        for name in ["key", "monkey", "public_key", "keyboard", "secretName", "primary-key", "token_url", "compass_x"] {
            assert!(named(name).is_none(), "{name}");
        }
    }
}
