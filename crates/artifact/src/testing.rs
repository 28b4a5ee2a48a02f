//! What the unit tests of the readers share.

use crate::{Artifact, Options, inspect};

/// The artifact of these bytes.
pub(crate) fn look(bytes: &[u8], name: &str) -> Artifact {
    inspect(&bytes.to_vec(), name, &Options::default())
}

/// Kinds and subjects of all facts, members included, as `kind subject`.
pub(crate) fn facts_of(artifact: &Artifact) -> Vec<String> {
    let mut out: Vec<String> = artifact.facts.iter().map(|fact| format!("{} {}", fact.kind, fact.subject)).collect();
    for member in &artifact.members {
        out.extend(facts_of(member));
    }
    out
}

/// Reads every proper prefix of `bytes`, and every single-byte change of it (all bits flipped): none may panic.
pub(crate) fn mutilate(bytes: &[u8], name: &str) {
    for end in 0..bytes.len() {
        look(&bytes[..end], name);
    }
    let mut changed = bytes.to_vec();
    for at in 0..changed.len().min(2000) {
        changed[at] ^= 0xff;
        look(&changed, name);
        changed[at] ^= 0xff;
    }
}
