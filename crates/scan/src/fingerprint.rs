//! A finding's identity over unrelated edits.

use std::collections::HashMap;
use std::fmt::Write as _;

use redan_domain::Finding;
use sha2::{Digest, Sha256};

/// Fills in fingerprints: a hash of rule, path, members and matched content with an occurrence index,
/// never an offset or a line.
pub(crate) fn assign(findings: &mut [Finding], subjects: &[String]) {
    let mut seen: HashMap<String, u32> = HashMap::new();
    for (finding, subject) in findings.iter_mut().zip(subjects) {
        let location = &finding.location;
        let key = format!("{}\0{}\0{}\0{subject}", finding.rule, location.path, location.members.join("\0"));
        let occurrence = seen.entry(key.clone()).or_default();
        finding.fingerprint = fingerprint_of(&format!("{key}\0{occurrence}"));
        *occurrence += 1;
    }
}

/// 32 hexadecimal digits that stand for what a finding is about.
pub fn fingerprint_of(subject: &str) -> String {
    Sha256::digest(subject).iter().take(16).fold(String::with_capacity(32), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
