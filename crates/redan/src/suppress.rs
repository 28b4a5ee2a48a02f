//! Which findings do not count: `[[suppress]]`, the baseline file, and comments in the user's own files.
//!
//! A comment is honoured only in a local text file below the folder of the `redan.toml` in force and not
//! matched by `untrusted`: whoever ships a hostile model could otherwise ship its absolution with it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use globset::{Glob, GlobMatcher, GlobSet, GlobSetBuilder};
use redan_domain::{Finding, Suppression, SuppressionSource};
use serde::{Deserialize, Serialize};

use crate::config::{Config, SuppressEntry};

/// The baseline file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Baseline {
    /// Version of this format.
    pub(crate) version: u32,
    /// Accepted findings.
    pub(crate) findings: Vec<BaselineEntry>,
}

/// One accepted finding. Rule and place are for people; only the fingerprint decides.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BaselineEntry {
    pub(crate) fingerprint: String,
    pub(crate) rule: String,
    pub(crate) location: String,
    pub(crate) reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expires: Option<String>,
}

/// Everything that can suppress, compiled.
pub(crate) struct Suppressions {
    entries: Vec<(SuppressEntry, Option<GlobMatcher>)>,
    baseline: HashMap<String, BaselineEntry>,
    /// Folder of the configuration file, canonical.
    root: Option<PathBuf>,
    untrusted: GlobSet,
    today: String,
}

impl Suppressions {
    /// Compiles what the configuration says.
    ///
    /// # Errors
    /// A pattern that is no glob, a date that is no date, a baseline that cannot be read.
    pub(crate) fn new(config: &Config) -> Result<Self> {
        let mut entries = Vec::new();
        for entry in &config.suppress {
            let glob = |pattern: &String| Glob::new(pattern).map(|glob| glob.compile_matcher());
            let matcher = entry.path.as_ref().map(glob).transpose().context("`path` of a [[suppress]] table")?;
            check_date(entry.expires.as_deref()).context("`expires` of a [[suppress]] table")?;
            entries.push((entry.clone(), matcher));
        }
        let mut untrusted = GlobSetBuilder::new();
        for pattern in &config.untrusted.value {
            untrusted.add(Glob::new(pattern).context("`untrusted`")?);
        }
        let baseline = config.baseline.value.as_deref().map(read_baseline).transpose()?.unwrap_or_default();
        let root = config.file.as_deref().and_then(|file| file.canonicalize().ok()?.parent().map(Path::to_path_buf));
        // In UTC: reading the time zone database would cost more than scanning a small file.
        let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
        Ok(Self { entries, baseline, root, untrusted: untrusted.build()?, today })
    }

    /// Whether nothing is suppressed, whatever is found.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.baseline.is_empty() && self.root.is_none()
    }

    /// Marks the findings of one file that do not count. `local` is the file on disk, if there is one.
    pub(crate) fn apply(&self, findings: &mut [Finding], local: Option<&Path>) {
        let mut text = None;
        for finding in findings {
            finding.suppressed = self.configured(finding).or_else(|| self.accepted(finding)).or_else(|| {
                let text = text.get_or_insert_with(|| local.and_then(|path| self.own_text(path, finding)));
                text.as_deref().and_then(|text| self.inline(finding, text))
            });
        }
    }

    fn holds(&self, expires: Option<&str>) -> bool {
        // ISO dates compare as text.
        expires.is_none_or(|last| last >= self.today.as_str())
    }

    fn configured(&self, finding: &Finding) -> Option<Suppression> {
        let hit = self.entries.iter().find(|(entry, glob)| {
            entry.rule.as_ref().is_none_or(|rule| *rule == finding.rule)
                && glob.as_ref().is_none_or(|glob| glob.is_match(&finding.location.path))
                && entry.fingerprint.as_ref().is_none_or(|print| *print == finding.fingerprint)
                && self.holds(entry.expires.as_deref())
        });
        hit.map(|(entry, _)| Suppression {
            reason: entry.reason.clone(),
            expires: entry.expires.clone(),
            source: SuppressionSource::Config,
        })
    }

    fn accepted(&self, finding: &Finding) -> Option<Suppression> {
        let entry = self.baseline.get(&finding.fingerprint).filter(|entry| self.holds(entry.expires.as_deref()))?;
        Some(Suppression {
            reason: entry.reason.clone(),
            expires: entry.expires.clone(),
            source: SuppressionSource::Baseline,
        })
    }

    /// The text of a file whose comments may be honoured; others give an empty text.
    fn own_text(&self, path: &Path, finding: &Finding) -> Option<String> {
        let root = self.root.as_ref()?;
        let inside = path.canonicalize().ok()?.strip_prefix(root).ok()?.to_path_buf();
        if self.untrusted.is_match(&inside) || self.untrusted.is_match(&finding.location.path) {
            return None;
        }
        let small = std::fs::metadata(path).ok()?.len() < 4 << 20;
        small.then(|| std::fs::read_to_string(path).ok()).flatten()
    }

    /// `redan: ignore[RULE] until DATE: REASON` on the finding's line or the line above.
    fn inline(&self, finding: &Finding, text: &str) -> Option<Suppression> {
        if !finding.location.members.is_empty() {
            return None;
        }
        let line = finding.location.line? as usize;
        let near = text.lines().skip(line.saturating_sub(2)).take(if line > 1 { 2 } else { 1 });
        near.filter_map(parse_inline).find_map(|(rules, expires, reason)| {
            let named = rules.split(',').any(|rule| rule.trim() == finding.rule);
            (named && self.holds(expires)).then(|| Suppression {
                reason: reason.to_string(),
                expires: expires.map(ToString::to_string),
                source: SuppressionSource::Inline,
            })
        })
    }
}

/// Rules, expiry and reason of a comment; none if it is not one, or gives no reason.
fn parse_inline(line: &str) -> Option<(&str, Option<&str>, &str)> {
    let (_, rest) = line.split_once("redan: ignore[")?;
    let (rules, rest) = rest.split_once(']')?;
    let (until, reason) = rest.split_once(':')?;
    let expires = until.trim().strip_prefix("until ").map(str::trim);
    let reason = reason.trim().trim_end_matches("*/").trim_end_matches("-->").trim_end_matches("#}").trim();
    (!reason.is_empty() && check_date(expires).is_ok()).then_some((rules, expires, reason))
}

/// Whether a date is one.
///
/// # Errors
/// Says what it should look like.
pub(crate) fn check_date(date: Option<&str>) -> Result<()> {
    if let Some(date) = date {
        let parsed: jiff::civil::Date =
            date.parse().with_context(|| format!("`{date}` is not a date like 2027-06-30"))?;
        anyhow::ensure!(parsed.to_string() == date, "`{date}` is not a date like 2027-06-30");
    }
    Ok(())
}

fn read_baseline(path: &Path) -> Result<HashMap<String, BaselineEntry>> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("baseline `{}` cannot be read; `redan baseline` makes one", path.display()))?;
    let baseline: Baseline = serde_json::from_str(&text).with_context(|| format!("baseline `{}`", path.display()))?;
    anyhow::ensure!(
        baseline.version == 1,
        "baseline `{}` has version {}, this Redan reads 1",
        path.display(),
        baseline.version
    );
    for entry in &baseline.findings {
        check_date(entry.expires.as_deref()).with_context(|| format!("baseline `{}`", path.display()))?;
    }
    Ok(baseline.findings.into_iter().map(|entry| (entry.fingerprint.clone(), entry)).collect())
}

#[cfg(test)]
mod tests {
    use super::parse_inline;

    #[test]
    fn a_comment_needs_rule_and_reason() {
        let parsed = parse_inline("x = 1  # redan: ignore[a-rule, b-rule] until 2027-01-31: vendored, reviewed");
        assert_eq!(parsed, Some(("a-rule, b-rule", Some("2027-01-31"), "vendored, reviewed")));
        assert_eq!(parse_inline("<!-- redan: ignore[a]: ok -->"), Some(("a", None, "ok")));
        for bad in ["# redan: ignore[a]", "# redan: ignore[a]:  ", "# redan: ignore[a] until soon: x", "# ignore[a]: x"]
        {
            assert_eq!(parse_inline(bad), None, "{bad}");
        }
    }
}
