//! Does what lies there equal what was signed?

use std::collections::BTreeMap;
use std::path::Path;

use crate::SignError;
use crate::bundle::Bundle;
use crate::cache::DigestCache;
use crate::key::PublicKey;
use crate::manifest::{Manifest, Resource};

/// Whom to believe.
pub enum Trust {
    /// One public key.
    Key(PublicKey),
    /// Root certificates in PEM.
    Certificates(Vec<u8>),
}

/// One way in which the model differs from what was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// Signed, but not there.
    Missing(String),
    /// There, but not signed.
    Extra(String),
    /// There with other content.
    Changed(String),
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing(name) => write!(f, "missing: {name}"),
            Self::Extra(name) => write!(f, "not signed: {name}"),
            Self::Changed(name) => write!(f, "changed: {name}"),
        }
    }
}

/// Verifies the signature, then hashes the model as the signature says and compares.
/// `own_name` is the signature file's path relative to the model, if it lies inside.
///
/// # Errors
/// When the signature does not hold or a file cannot be read. Differences are not errors.
pub fn verify(
    model: &Path,
    bundle: &Bundle,
    trust: &Trust,
    cache: &DigestCache,
    own_name: Option<&str>,
    ignore_unsigned: bool,
) -> Result<(Manifest, Vec<Difference>), SignError> {
    let signed = bundle.open(trust)?;
    let mut plan = signed.plan.clone();
    plan.ignore.extend(own_name.map(ToString::to_string));
    let actual = Manifest::build(model, &plan, cache)?;
    let mut differences = compare(&signed, &actual);
    if ignore_unsigned {
        differences.retain(|difference| !matches!(difference, Difference::Extra(_)));
    }
    Ok((signed, differences))
}

fn compare(signed: &Manifest, actual: &Manifest) -> Vec<Difference> {
    let by_name = |manifest: &Manifest| -> BTreeMap<String, String> {
        let pair = |resource: &Resource| (resource.name.clone(), resource.digest.to_lowercase());
        manifest.resources.iter().map(pair).collect()
    };
    let (expected, found) = (by_name(signed), by_name(actual));
    let mut differences = Vec::new();
    for (name, digest) in &expected {
        match found.get(name) {
            None => differences.push(Difference::Missing(name.clone())),
            Some(other) if other != digest => differences.push(Difference::Changed(name.clone())),
            Some(_) => {}
        }
    }
    differences
        .extend(found.keys().filter(|name| !expected.contains_key(*name)).map(|name| Difference::Extra(name.clone())));
    differences
}
