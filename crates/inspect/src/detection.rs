//! What an inspection says.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// What a detection is about; also the folder its entry lives in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    /// A credential.
    Secret,
    /// Data about a person.
    Personal,
    /// Text that tries to command a model.
    Injection,
    /// Text that a person does not see but a model reads.
    Hidden,
    /// A way for data to leave when the text is rendered or followed.
    Exfiltration,
    /// Output that does something to whoever displays it.
    Output,
}

impl Category {
    /// Every category.
    pub const ALL: &'static [Self] =
        &[Self::Secret, Self::Personal, Self::Injection, Self::Hidden, Self::Exfiltration, Self::Output];

    /// The word used in files and output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Personal => "personal",
            Self::Injection => "injection",
            Self::Hidden => "hidden",
            Self::Exfiltration => "exfiltration",
            Self::Output => "output",
        }
    }

    /// The category of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|category| category.as_str() == name)
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// In which reading of the text something was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum View {
    /// The text as it is.
    Raw,
    /// Without characters that nobody sees.
    Stripped,
    /// Look-alike characters replaced by what they look like (UTS #39).
    Skeleton,
    /// Leet spelling and spaced-out letters undone.
    Spelled,
    /// Something encoded in the text, decoded.
    Decoded,
}

impl View {
    /// The word used in output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Stripped => "stripped",
            Self::Skeleton => "skeleton",
            Self::Spelled => "spelled",
            Self::Decoded => "decoded",
        }
    }
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Detection {
    /// What it is: `EMAIL_ADDRESS`, `openai-api-key`, `hidden-tag-text`.
    pub kind: Arc<str>,
    /// Id of the entry that explains it.
    pub detector: Arc<str>,
    /// What it is about.
    pub category: Category,
    /// Bytes of the original text.
    pub span: Range<usize>,
    /// How sure, from 0 to 1.
    pub score: f32,
    /// In which reading of the text it was found.
    pub view: View,
    /// Why it is believed, or what it says when decoded: one line, never the secret itself.
    pub evidence: String,
}

/// What a text is, as an attack on a model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing speaks for an attack.
    #[default]
    Clean,
    /// It could not be judged: too short, or of a kind that was never measured.
    Abstain,
    /// Worth a look.
    Suspicious,
    /// Very likely an attack.
    Attack,
}

impl Verdict {
    /// The word used in output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Abstain => "abstain",
            Self::Suspicious => "suspicious",
            Self::Attack => "attack",
        }
    }
}

/// The layers' joint answer on injection and jailbreak. Never a security boundary.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Injection {
    /// From 0 to 1; 0.5 is the threshold of `suspicious` in every channel.
    pub score: f32,
    /// What follows from it.
    pub verdict: Verdict,
    /// The layers that spoke, in words.
    pub reasons: Vec<String>,
}

impl Injection {
    /// Adds the word of a classifier: it can only make the verdict worse.
    pub(crate) fn hear(&mut self, score: f32) {
        let verdict = match score {
            score if score >= 0.9 => Verdict::Attack,
            score if score >= 0.5 => Verdict::Suspicious,
            _ => return,
        };
        self.reasons.push(format!("classifier: {score:.2}"));
        self.score = self.score.max(score);
        self.verdict = self.verdict.max(verdict);
    }
}

/// Everything about one text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Inspection {
    /// By start of the span.
    pub detections: Vec<Detection>,
    /// Injection and jailbreak.
    pub injection: Injection,
    /// What was not looked at because a limit was reached, in words; empty if nothing.
    pub incomplete: Vec<String>,
}
