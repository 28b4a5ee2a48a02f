//! A detector of the user: one `[[detector]]` table of `redan.toml`.

use serde::Deserialize;

use super::Spec;
use crate::detection::Category;
use crate::error::InspectError;

/// The keys of a `detect` block, as a table. `digits` and `token` are texts such as `"9"` or `"13-19"`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct UserDetector {
    /// What its detections are called.
    pub id: String,
    /// What they are about; `secret` unless said otherwise.
    pub category: Option<Category>,
    /// Words that open a window.
    pub keywords: Vec<String>,
    /// Or: a row of so many digits.
    pub digits: Option<String>,
    /// Or: a word with digits of so many characters.
    pub token: Option<String>,
    /// Regular expression; the first group is the value.
    pub pattern: String,
    /// Named checks that the value has to satisfy.
    pub check: Vec<String>,
    /// Least entropy of the value, bits a byte.
    pub entropy: Option<f32>,
    /// The value contains none of these.
    pub stop: Vec<String>,
    /// Words that make it more likely when they stand near.
    pub context: Vec<String>,
    /// Score without a context word; 0.9 unless said otherwise.
    pub score: Option<f32>,
    /// Score with one; the same unless said otherwise.
    pub score_with_context: Option<f32>,
}

impl UserDetector {
    /// The same as a declarative detector.
    ///
    /// # Errors
    /// Names the key that is missing or not understood.
    pub fn spec(self) -> Result<Spec, InspectError> {
        if self.id.trim().is_empty() {
            return Err(InspectError::spec("", "it has no `id`"));
        }
        let mut lines = Vec::new();
        let quoted = |words: &[String]| words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
        for (key, words) in
            [("keywords", &self.keywords), ("check", &self.check), ("stop", &self.stop), ("context", &self.context)]
        {
            if !words.is_empty() {
                lines.push(format!("{key}: {}", quoted(words)));
            }
        }
        lines.extend(self.digits.map(|digits| format!("digits: {digits}")));
        lines.extend(self.token.map(|token| format!("token: {token}")));
        lines.extend(self.entropy.map(|entropy| format!("entropy: {entropy}")));
        let score = self.score.unwrap_or(0.9);
        lines.push(format!("score: {score}, {}", self.score_with_context.unwrap_or(score)));
        lines.push(format!("pattern: {}", self.pattern));
        Spec::parse(&self.id, self.category.unwrap_or(Category::Secret), &lines.join("\n"))
    }
}
