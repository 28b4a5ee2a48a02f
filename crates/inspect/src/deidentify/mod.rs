//! Takes out of a text what must not leave, and puts it back into the answer.
//!
//! [`Policy`] says what is done by kind, a [`Session`] does it, a [`Vault`] remembers what was replaced by
//! placeholders. The same value gets the same placeholder as long as the vault is the same, which is what a
//! conversation needs.
//!
//! ```
//! use redan_inspect::deidentify::{Ids, Keys, Operator, Policy, Session, Vault};
//! use redan_inspect::{Context, Inspector, Options};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let inspector = Inspector::new(Options::default())?;
//! let key = [7; 32]; // thirty-two random bytes that the caller keeps
//! let vault = Vault::new(Keys::new(&key, "tenant-1/session-9"), Ids::Keyed);
//! let mut session = Session::with_vault(Policy::all(Operator::Placeholder), vault);
//!
//! let prompt = "Write to jane@example.com.";
//! let found = inspector.inspect(prompt, &Context::default()).detections;
//! let sent = session.deidentify(prompt, &found).text;
//! assert!(sent.starts_with("Write to <EMAIL_ADDRESS_"));
//!
//! let answer = sent.replace("Write", "I wrote");
//! assert_eq!(session.restore(&answer)?, "I wrote to jane@example.com.");
//!
//! let stored = serde_json::to_string(&session.vault().ok_or("no vault")?.file()?)?;
//! assert!(!stored.contains("jane"));
//! let vault = Vault::open(serde_json::from_str(&stored)?, Keys::new(&key, "tenant-1/session-9"))?;
//! assert!(Vault::open(vault.file()?, Keys::new(&key, "tenant-2/session-1")).is_err());
//! # Ok(())
//! # }
//! ```

mod format;
pub(crate) mod json;
mod keys;
mod placeholder;
mod policy;
mod restore;
mod spans;
mod surrogate;
mod vault;

use std::ops::Range;
use std::sync::Arc;

use crate::context::Context;
use crate::detection::{Category, Detection, View};
use crate::inspector::Inspector;

pub use keys::Keys;
pub use policy::{Operator, Policy};
pub use restore::Restorer;
pub(crate) use spans::{Cluster, clusters};
pub use vault::{Ids, Vault, VaultError, VaultFile};

use format::Way;
use keys::{Use, hex};
use restore::Names;
use vault::LITERAL;

/// What is to happen to a detection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It stays.
    Keep,
    /// It is replaced.
    Replace,
    /// A stream ends before it.
    Block,
}

/// Decides about detections and makes what stands in their place. A [`Session`] does; a caller who wants to be
/// asked wraps one.
pub trait Replace {
    /// Must always say the same about the same detection.
    fn decide(&self, detection: &Detection) -> Decision;

    /// What stands in the place of a value.
    fn replacement(&mut self, detection: &Detection, value: &str) -> String;
}

impl<R: Replace + ?Sized> Replace for &mut R {
    fn decide(&self, detection: &Detection) -> Decision {
        (**self).decide(detection)
    }

    fn replacement(&mut self, detection: &Detection, value: &str) -> String {
        (**self).replacement(detection, value)
    }
}

/// One replacement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// What was there.
    pub kind: Arc<str>,
    /// Its bytes in the original text.
    pub original: Range<usize>,
    /// The bytes of the new text that stand for it.
    pub new: Range<usize>,
}

/// A text without what must not leave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deidentified {
    /// The new text.
    pub text: String,
    /// By place.
    pub replacements: Vec<Replacement>,
    /// Something was found that the policy blocks; it was redacted.
    pub blocked: bool,
}

/// Replaces values by a policy, the same way throughout.
#[derive(Debug)]
pub struct Session {
    policy: Policy,
    vault: Option<Vault>,
    /// The names of the vault when it had so many.
    names: Option<(usize, Names)>,
}

impl Session {
    /// Without keys: keeps, redacts and masks.
    ///
    /// # Errors
    /// The policy has an operator that needs keys.
    pub fn new(policy: Policy) -> Result<Self, VaultError> {
        let named = policy.by_kind.iter().find(|(_, operator)| operator.needs_keys()).map(|(kind, _)| kind.clone());
        let needs = named.or_else(|| policy.otherwise.needs_keys().then(|| "otherwise".to_string()));
        match needs {
            Some(kind) => Err(VaultError::NeedsKeys(kind)),
            None => Ok(Self { policy, vault: None, names: None }),
        }
    }

    /// With the keys of a vault, in which it keeps what it replaces.
    pub fn with_vault(policy: Policy, vault: Vault) -> Self {
        Self { policy, vault: Some(vault), names: None }
    }

    /// What was replaced up to now.
    pub fn vault(&self) -> Option<&Vault> {
        self.vault.as_ref()
    }

    /// Replaces what was detected in a text. Overlapping detections are replaced as one.
    ///
    /// What reads like a placeholder of the vault before anything was replaced is replaced by a placeholder of
    /// its own (`<LITERAL_…>`) and restored to itself: nobody gets another's value by writing its placeholder.
    pub fn deidentify(&mut self, text: &str, detections: &[Detection]) -> Deidentified {
        let literals = self.literals(text);
        let all: Vec<Detection>;
        let detections = if literals.is_empty() {
            detections
        } else {
            all = detections.iter().cloned().chain(literals).collect();
            &all
        };
        let mut out = Deidentified { text: String::with_capacity(text.len()), ..Deidentified::default() };
        let mut from = 0;
        for cluster in clusters(detections, |detection| wanted(self, detection)) {
            let span = spans::whole(text, &cluster.span);
            out.text.push_str(text.get(from..span.start).unwrap_or_default());
            let start = out.text.len();
            out.text.push_str(&self.replacement(cluster.chief, text.get(span.clone()).unwrap_or_default()));
            let new = start..out.text.len();
            from = span.end;
            out.blocked |= cluster.stops;
            out.replacements.push(Replacement { kind: Arc::clone(&cluster.chief.kind), original: span, new });
        }
        out.text.push_str(text.get(from..).unwrap_or_default());
        out
    }

    /// The same for the strings and numbers of a JSON text: keys, and every byte that need not change, stay, and
    /// the result is JSON. A key is context of its values. A number that is replaced by words becomes a string.
    ///
    /// # Errors
    /// The text is not JSON.
    pub fn deidentify_json(
        &mut self,
        inspector: &Inspector,
        context: &Context,
        text: &str,
    ) -> Result<String, serde_json::Error> {
        serde_json::from_str::<serde::de::IgnoredAny>(text)?;
        let mut out = String::with_capacity(text.len());
        let (mut from, mut key) = (0, String::new());
        for scalar in json::scalars(text) {
            let raw = text.get(scalar.span.clone()).unwrap_or_default();
            let value = if scalar.string { serde_json::from_str(raw)? } else { raw.to_string() };
            if scalar.key {
                key = value + ": ";
                continue;
            }
            let whole = format!("{key}{value}");
            let mut found = inspector.inspect(&whole, context).detections;
            found.retain(|detection| detection.span.end > key.len());
            for detection in &mut found {
                detection.span = detection.span.start.saturating_sub(key.len())..detection.span.end - key.len();
            }
            let new = self.deidentify(&value, &found).text;
            if new != value {
                out.push_str(text.get(from..scalar.span.start).unwrap_or_default());
                let number = !scalar.string && serde_json::from_str::<serde_json::Number>(&new).is_ok();
                out.push_str(&if number { new } else { json::quote(&new) });
                from = scalar.span.end;
            }
        }
        out.push_str(text.get(from..).unwrap_or_default());
        Ok(out)
    }

    /// Puts values back where their placeholders stand: in any case and spacing, in brackets of any kind or none.
    /// Only what this vault issued is restored.
    ///
    /// # Errors
    /// A value that does not open.
    pub fn restore(&self, text: &str) -> Result<String, VaultError> {
        let Some(vault) = &self.vault else { return Ok(text.to_string()) };
        let mut restorer = Restorer::new(vault);
        let mut out = restorer.push(text.as_bytes())?;
        out.extend(restorer.finish()?);
        String::from_utf8(out).map_err(|_| VaultError::Seal)
    }

    /// The number that format-preserving encryption turned into `value`; None if the kind's operator is another.
    pub fn decrypt(&self, kind: &str, value: &str) -> Option<String> {
        let operator = self.policy.by_kind.get(kind).unwrap_or(&self.policy.otherwise);
        let (Operator::FormatPreserving { first, last }, Some(vault)) = (operator, &self.vault) else { return None };
        format::digits(vault.keys(), kind, value, (*first, *last), Way::Decrypt)
    }

    fn literals(&mut self, text: &str) -> Vec<Detection> {
        let Some(vault) = &mut self.vault else { return Vec::new() };
        vault.avoid_numbers_in(text);
        if self.names.as_ref().is_none_or(|(count, _)| *count != vault.len()) {
            self.names = Some((vault.len(), Names::new(vault)));
        }
        let spans = self.names.as_ref().map(|(_, names)| restore::find(names, text)).unwrap_or_default();
        let literal = |span| Detection {
            kind: LITERAL.into(),
            detector: "".into(),
            category: Category::Personal,
            span,
            score: 1.0,
            view: View::Raw,
            evidence: String::new(),
        };
        spans.into_iter().map(literal).collect()
    }

    /// What stands for a value; None if the operator cannot do it.
    fn apply(&mut self, detection: &Detection, value: &str) -> Option<String> {
        let kind = &*detection.kind;
        let operator = if is_literal(detection) { &Operator::Placeholder } else { self.policy.operator(detection) };
        Some(match operator {
            Operator::Keep => value.to_string(),
            Operator::Redact | Operator::Block => return None,
            Operator::Mask { first, last, with } => format::mask(value, *first, *last, *with),
            Operator::Hash => {
                let normal = placeholder::normalise(kind, value);
                let digest = self.vault.as_ref()?.keys().digest(Use::Digests, &[kind.as_bytes(), normal.as_bytes()]);
                format!("<{}:{}>", placeholder::label(kind), hex(digest.get(..8)?))
            }
            Operator::Placeholder => format!("<{}>", self.vault.as_mut()?.issue(kind, value).ok()?),
            Operator::FormatPreserving { first, last } => {
                format::digits(self.vault.as_ref()?.keys(), kind, value, (*first, *last), Way::Encrypt)?
            }
            Operator::Surrogate => surrogate::surrogate(self.vault.as_ref()?.keys(), kind, value)?,
        })
    }
}

impl Replace for Session {
    fn decide(&self, detection: &Detection) -> Decision {
        if is_literal(detection) {
            return Decision::Replace;
        }
        match self.policy.operator(detection) {
            Operator::Keep => Decision::Keep,
            Operator::Block => Decision::Block,
            _ => Decision::Replace,
        }
    }

    fn replacement(&mut self, detection: &Detection, value: &str) -> String {
        self.apply(detection, value).unwrap_or_else(|| redacted(&detection.kind))
    }
}

fn is_literal(detection: &Detection) -> bool {
    &*detection.kind == LITERAL && detection.detector.is_empty()
}

/// Whether a detection is to be replaced, and if so whether it blocks.
pub(crate) fn wanted(by: &(impl Replace + ?Sized), detection: &Detection) -> Option<bool> {
    match by.decide(detection) {
        Decision::Keep => None,
        Decision::Replace => Some(false),
        Decision::Block => Some(true),
    }
}

/// `<EMAIL_ADDRESS>`.
pub(crate) fn redacted(kind: &str) -> String {
    format!("<{}>", placeholder::label(kind))
}
