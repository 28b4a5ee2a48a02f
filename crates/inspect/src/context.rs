//! Where a text comes from and what belongs to its conversation.

use std::fmt;
use std::str::FromStr;

/// Who wrote the text. What an instruction means depends on it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// The person who talks to the model.
    #[default]
    User,
    /// The result of a tool call.
    Tool,
    /// A document, a web page, a file: content that nobody in the conversation wrote.
    Document,
    /// What the model answered.
    Output,
    /// The operator's own prompt: trusted, never judged by the injection model.
    System,
}

impl Channel {
    /// Every channel.
    pub const ALL: &'static [Self] = &[Self::User, Self::Tool, Self::Document, Self::Output, Self::System];

    /// The word used in flags and files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Tool => "tool",
            Self::Document => "document",
            Self::Output => "output",
            Self::System => "system",
        }
    }

    /// Whether the text is content rather than somebody's own words.
    pub const fn is_content(self) -> bool {
        matches!(self, Self::Tool | Self::Document)
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Channel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.iter().copied().find(|channel| channel.as_str() == text).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|channel| channel.as_str()).collect();
            format!("`{text}` is not one of {}", names.join(", "))
        })
    }
}

/// What is known about a text besides its bytes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Context {
    /// Who wrote it.
    pub channel: Channel,
    /// Domains seen in trusted input; links to them are no exfiltration. Each with its subdomains.
    pub trusted_domains: Vec<String>,
    /// Earlier texts of the conversation: a link that carries their content is exfiltration.
    pub conversation: Vec<String>,
    /// The operator's prompt, whose words must not be in the output.
    pub system_prompt: Option<String>,
    /// Random words planted in the prompt; one in the output proves that it leaked.
    pub canaries: Vec<String>,
}

impl Context {
    /// Only the channel is known.
    pub fn of(channel: Channel) -> Self {
        Self { channel, ..Self::default() }
    }
}
