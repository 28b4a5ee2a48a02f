//! The keys of one scope (a tenant, a session): derived from one key of the caller, wiped when dropped.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Keys for placeholders, values, digests and numbers. Two scopes share nothing, so that a placeholder of one
/// tenant says nothing in another's conversation.
///
/// Derived as in the expand step of HKDF (RFC 5869): HMAC-SHA256 under the caller's key over a label and the
/// scope. The caller's key must be random; a password is not.
#[derive(Clone)]
pub struct Keys {
    scope: String,
    ids: Zeroizing<[u8; 32]>,
    values: Zeroizing<[u8; 32]>,
    nonces: Zeroizing<[u8; 32]>,
    files: Zeroizing<[u8; 32]>,
    digests: Zeroizing<[u8; 32]>,
    numbers: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("scope", &self.scope).finish_non_exhaustive()
    }
}

/// What a key is for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Use {
    Ids,
    Nonces,
    Files,
    Digests,
    Surrogates,
}

impl Keys {
    /// From 32 random bytes and the name of a scope: `tenant/session`.
    pub fn new(key: &[u8; 32], scope: &str) -> Self {
        let derive =
            |label: &str| Zeroizing::new(hmac(key, &[b"redan deidentify 1", label.as_bytes(), scope.as_bytes()]));
        Self {
            scope: scope.to_string(),
            ids: derive("ids"),
            values: derive("values"),
            nonces: derive("nonces"),
            files: derive("files"),
            digests: derive("digests"),
            numbers: derive("numbers"),
        }
    }

    pub(super) fn scope(&self) -> &str {
        &self.scope
    }

    /// The key that seals values.
    pub(super) fn values(&self) -> &[u8; 32] {
        &self.values
    }

    /// The key of format-preserving encryption.
    pub(super) fn numbers(&self) -> &[u8; 32] {
        &self.numbers
    }

    /// A keyed digest of these parts; no two lists of parts are the same to it.
    pub(super) fn digest(&self, purpose: Use, parts: &[&[u8]]) -> [u8; 32] {
        match purpose {
            Use::Ids => hmac(&self.ids, parts),
            Use::Nonces => hmac(&self.nonces, parts),
            Use::Files => hmac(&self.files, parts),
            Use::Digests => hmac(&self.digests, parts),
            Use::Surrogates => {
                let parts: Vec<&[u8]> = std::iter::once(&b"surrogate"[..]).chain(parts.iter().copied()).collect();
                hmac(&self.digests, &parts)
            }
        }
    }

    /// Whether a digest is the one of these parts, in constant time.
    pub(super) fn verify(&self, parts: &[&[u8]], digest: &[u8]) -> bool {
        mac(&self.files, parts).is_some_and(|mac| mac.verify_slice(digest).is_ok())
    }
}

fn mac(key: &[u8; 32], parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    Some(mac)
}

fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes keys of any length, so there is always one.
    mac(key, parts).map(|mac| mac.finalize().into_bytes().into()).unwrap_or_default()
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
