//! Placeholders and the values they stand for, sealed.
//!
//! A value is sealed with AES-256-GCM-SIV (RFC 8452), its placeholder, scope and tag as associated data. There is
//! no source of randomness here: the nonce is a keyed digest of the associated data and the value. So a nonce
//! comes twice only with the same message, and even a nonce that did come twice would tell no more than that two
//! messages are equal: that is what the SIV construction is for.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aes_gcm_siv::aead::{Aead, KeyInit, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::keys::{Keys, Use, hex};
use super::placeholder::{label, normalise};

const NONCE: usize = 12;

/// Stands for the placeholder where numbers are sealed; no placeholder is written in lower case.
const TAKEN: &str = "taken";

/// Numbers above this give way to keyed ids: whether they were taken is not remembered.
const LARGEST_NUMBER: u32 = 9_999;

/// The label of what looked like a placeholder before anything was replaced.
pub(super) const LITERAL: &str = "LITERAL";

/// How placeholders are told apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ids {
    /// `<EMAIL_ADDRESS_5e1f09ab>`: a keyed digest of the value. Nobody without the key can write one that stands
    /// for something.
    #[default]
    Keyed,
    /// `<EMAIL_ADDRESS_3>`: easier on the eye, but whoever can talk to the model can guess it.
    Numbered,
}

/// Why a vault gave nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The file was written with another key or for another scope, or was changed.
    #[error("the vault does not open: it belongs to another key or scope, or was changed")]
    Seal,
    /// The file was written by a newer version.
    #[error("the vault has format {0}, this version reads 1")]
    Format(u32),
    /// An operator of the policy needs keys.
    #[error("the operator for `{0}` needs a vault: give a key")]
    NeedsKeys(String),
    /// No free placeholder was found.
    #[error("there is no free placeholder for `{0}`")]
    Full(String),
}

/// A vault as it is stored: no value is readable in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VaultFile {
    format: u32,
    ids: Ids,
    entries: Vec<Entry>,
    /// Numbers that stood behind a word in a text, sealed: they may be parts of values.
    taken: String,
    /// Over all of the above.
    seal: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// Without brackets.
    placeholder: String,
    /// Keyed digest of kind and normalised value.
    tag: String,
    /// Nonce and sealed value, in Base64.
    sealed: String,
}

/// Placeholders of one scope. Holds no value in the clear.
#[derive(Debug, Clone)]
pub struct Vault {
    keys: Keys,
    ids: Ids,
    entries: Vec<Entry>,
    by_tag: HashMap<String, usize>,
    names: BTreeSet<String>,
    numbers: BTreeMap<String, u32>,
    taken: BTreeSet<u32>,
}

impl Vault {
    /// An empty one.
    pub fn new(keys: Keys, ids: Ids) -> Self {
        Self {
            keys,
            ids,
            entries: Vec::new(),
            by_tag: HashMap::new(),
            names: BTreeSet::new(),
            numbers: BTreeMap::new(),
            taken: BTreeSet::new(),
        }
    }

    /// Opens a stored one.
    ///
    /// # Errors
    /// Another key, another scope, a changed file, a newer format. Nothing is taken from such a file.
    pub fn open(file: VaultFile, keys: Keys) -> Result<Self, VaultError> {
        if file.format != 1 {
            return Err(VaultError::Format(file.format));
        }
        let seal = STANDARD.decode(&file.seal).map_err(|_| VaultError::Seal)?;
        let parts = file.parts();
        let parts: Vec<&[u8]> = parts.iter().map(String::as_bytes).collect();
        if !keys.verify(&parts, &seal) {
            return Err(VaultError::Seal);
        }
        let mut vault = Self::new(keys, file.ids);
        let taken = vault.unseal(TAKEN, "", &file.taken)?;
        vault.taken = taken.split_whitespace().filter_map(|number| number.parse().ok()).collect();
        for entry in file.entries {
            vault.insert(entry);
        }
        Ok(vault)
    }

    /// The form in which it is stored; `serde` writes it to JSON or anything else.
    ///
    /// # Errors
    /// Only a cipher that refuses to encrypt.
    pub fn file(&self) -> Result<VaultFile, VaultError> {
        let taken: Vec<_> = self.taken.iter().map(u32::to_string).collect();
        let mut file = VaultFile {
            format: 1,
            ids: self.ids,
            entries: self.entries.clone(),
            taken: self.seal(TAKEN, "", &taken.join(" "))?,
            seal: String::new(),
        };
        let parts = file.parts();
        let parts: Vec<&[u8]> = parts.iter().map(String::as_bytes).collect();
        file.seal = STANDARD.encode(self.keys.digest(Use::Files, &parts));
        Ok(file)
    }

    /// How many placeholders were issued.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none was issued.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The keys it seals with.
    pub(super) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The placeholder of a value, without brackets: a new one, or the one it already has.
    pub(super) fn issue(&mut self, kind: &str, value: &str) -> Result<String, VaultError> {
        let normal = normalise(kind, value);
        let tag = self.keys.digest(Use::Ids, &[b"tag", kind.as_bytes(), normal.as_bytes()]);
        let tag = hex(tag.get(..16).unwrap_or_default());
        if let Some(entry) = self.by_tag.get(&tag).and_then(|index| self.entries.get(*index)) {
            return Ok(entry.placeholder.clone());
        }
        let placeholder = self.name(kind, &normal)?;
        let sealed = self.seal(&placeholder, &tag, value)?;
        self.insert(Entry { placeholder: placeholder.clone(), tag, sealed });
        Ok(placeholder)
    }

    fn name(&mut self, kind: &str, normal: &str) -> Result<String, VaultError> {
        let label = label(kind);
        // What looked like a placeholder is as guessable as its number, so it always has a keyed id.
        if self.ids == Ids::Numbered && kind != LITERAL {
            let number = self.numbers.entry(label.clone()).or_insert(0);
            while *number < LARGEST_NUMBER {
                *number += 1;
                let name = format!("{label}_{number}");
                if !self.taken.contains(number) && !self.names.contains(&name) {
                    return Ok(name);
                }
            }
        }
        for round in 0..64_u8 {
            let digest = self.keys.digest(Use::Ids, &[b"id", kind.as_bytes(), normal.as_bytes(), &[round]]);
            let id = hex(digest.get(1..5).unwrap_or_default());
            // The first character is a digit: an id never reads as another word of the label.
            let digit = digest.first().map_or(0, |byte| byte % 10);
            let name = format!("{label}_{digit}{}", id.get(1..).unwrap_or_default());
            if !self.names.contains(&name) {
                return Ok(name);
            }
        }
        Err(VaultError::Full(kind.to_string()))
    }

    fn insert(&mut self, entry: Entry) {
        self.by_tag.insert(entry.tag.clone(), self.entries.len());
        self.names.insert(entry.placeholder.clone());
        let (label, id) = entry.placeholder.rsplit_once('_').unwrap_or_default();
        if let Some(number) =
            id.parse::<u32>().ok().filter(|number| self.ids == Ids::Numbered && *number <= LARGEST_NUMBER)
        {
            let last: &mut u32 = self.numbers.entry(label.to_string()).or_insert(0);
            *last = number.max(*last);
        }
        self.entries.push(entry);
    }

    /// Remembers numbers behind words, so that none of them is issued: whoever wrote `EMAIL_ADDRESS_1` into a text
    /// before there was one does not get the first address.
    pub(super) fn avoid_numbers_in(&mut self, text: &str) {
        if self.ids != Ids::Numbered {
            return;
        }
        let bytes = text.as_bytes();
        let (mut at, mut since_letter) = (0, usize::MAX);
        while let Some(byte) = bytes.get(at) {
            if byte.is_ascii_digit() {
                let run = bytes.get(at..).unwrap_or_default();
                let len = run.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(run.len());
                let number = text.get(at..at + len).filter(|_| len <= 4 && since_letter <= 12);
                self.taken.extend(number.and_then(|number| number.parse::<u32>().ok()));
                at += len;
                since_letter = usize::MAX;
                continue;
            }
            since_letter = if byte.is_ascii_alphabetic() { 0 } else { since_letter.saturating_add(1) };
            at += 1;
        }
    }

    fn seal(&self, placeholder: &str, tag: &str, value: &str) -> Result<String, VaultError> {
        let bound = self.bound(placeholder, tag);
        let digest = self.keys.digest(Use::Nonces, &[&bound, value.as_bytes()]);
        let nonce = Nonce::try_from(digest.get(..NONCE).unwrap_or_default()).map_err(|_| VaultError::Seal)?;
        let cipher = Aes256GcmSiv::new(self.keys.values().into());
        let sealed = cipher
            .encrypt(&nonce, Payload { msg: value.as_bytes(), aad: &bound })
            .map_err(|_| VaultError::Full(placeholder.to_string()))?;
        Ok(STANDARD.encode([&nonce[..], &sealed].concat()))
    }

    /// The value of the issued placeholder with this number.
    pub(super) fn value(&self, index: usize) -> Result<Zeroizing<String>, VaultError> {
        let entry = self.entries.get(index).ok_or(VaultError::Seal)?;
        self.unseal(&entry.placeholder, &entry.tag, &entry.sealed)
    }

    fn unseal(&self, placeholder: &str, tag: &str, sealed: &str) -> Result<Zeroizing<String>, VaultError> {
        let stored = STANDARD.decode(sealed).map_err(|_| VaultError::Seal)?;
        let (nonce, sealed) = stored.split_at_checked(NONCE).ok_or(VaultError::Seal)?;
        let nonce = Nonce::try_from(nonce).map_err(|_| VaultError::Seal)?;
        let bound = self.bound(placeholder, tag);
        let cipher = Aes256GcmSiv::new(self.keys.values().into());
        let value = cipher.decrypt(&nonce, Payload { msg: sealed, aad: &bound }).map_err(|_| VaultError::Seal)?;
        String::from_utf8(value).map(Zeroizing::new).map_err(|_| VaultError::Seal)
    }

    fn bound(&self, placeholder: &str, tag: &str) -> Vec<u8> {
        [self.keys.scope(), placeholder, tag].join("\0").into_bytes()
    }

    /// Every issued placeholder, without brackets, in order of issue.
    pub(super) fn placeholders(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.placeholder.as_str())
    }
}

impl VaultFile {
    /// What the seal is over.
    fn parts(&self) -> Vec<String> {
        let mut parts = vec![format!("{} {:?} {}", self.format, self.ids, self.entries.len())];
        for entry in &self.entries {
            parts.extend([entry.placeholder.clone(), entry.tag.clone(), entry.sealed.clone()]);
        }
        parts.push(self.taken.clone());
        parts
    }
}
