//! Arguments of `redan inspect`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use redan_inspect::Channel;

use super::{FilterArgs, OutputArgs, channel_parser};

/// Say what in a text is dangerous or must not leave: secrets, personal data, injection, hidden text
#[derive(Debug, Clone, Default, Args)]
#[command(
    after_help = "Examples:
  redan inspect notes.md                             annotated detections on the terminal
  git diff | redan inspect --entities secret         only credentials
  redan inspect page.html --channel document         content that nobody in the conversation wrote
  redan inspect prompts.jsonl --field messages --format jsonl
  redan inspect mail.txt --redact --replace CREDIT_CARD=mask:4
  redan inspect mail.txt --redact --vault case.vault --key-file vault.key > out.txt
  redan inspect answer.txt --restore --vault case.vault --key-file vault.key

Exit codes: 0 nothing at or above --fail-on, 1 something is, 2 usage, configuration or internal
error, 3 nothing to look at.",
    args_conflicts_with_subcommands = true
)]
pub struct InspectArgs {
    /// What else to do
    #[command(subcommand)]
    pub command: Option<InspectCommand>,
    /// Files, folders, `-` for stdin [default: -]
    pub targets: Vec<String>,
    /// How the input is read
    #[arg(long, env = "REDAN_INPUT", value_name = "FORM", default_value = "auto")]
    pub input: InspectInput,
    /// Field of each JSONL record that is looked at, as `a.b` or a JSON pointer [default: text, prompt, content, …]
    #[arg(long, value_name = "FIELD")]
    pub field: Option<String>,
    /// Who wrote the text: what an instruction means depends on it
    #[arg(long, env = "REDAN_CHANNEL", default_value = "user", value_parser = channel_parser())]
    pub channel: Channel,
    /// Only these kinds or categories, for example `secret,EMAIL_ADDRESS`; may be repeated
    #[arg(long, env = "REDAN_ENTITIES", value_name = "KIND", value_delimiter = ',')]
    pub entities: Vec<String>,
    /// Least score that is reported, from 0 to 1 [default: 0.5, or what redan.toml says for a kind]
    #[arg(long, env = "REDAN_MIN_SCORE", value_name = "SCORE")]
    pub min_score: Option<f32>,
    /// A domain of the user's own: links to it carry nothing away; may be repeated
    #[arg(long, value_name = "DOMAIN", value_delimiter = ',')]
    pub trusted_domain: Vec<String>,
    /// A file with an earlier text of the conversation, whose data must not leave in a link; may be repeated
    #[arg(long, value_name = "FILE")]
    pub conversation: Vec<PathBuf>,
    /// A file with the operator's prompt, whose words must not be in the text
    #[arg(long, value_name = "FILE")]
    pub system_prompt: Option<PathBuf>,
    /// A random word planted in the prompt, which must not be in the text; may be repeated
    #[arg(long, value_name = "WORD")]
    pub canary: Vec<String>,
    /// A file of `redan inspect fit`, instead of the injection model that ships
    #[arg(long, env = "REDAN_INJECTION_FIT", value_name = "FILE")]
    pub injection_fit: Option<PathBuf>,
    /// A text classifier of your own: a folder with model.onnx, tokenizer.json, config.json (built with --features onnx)
    #[arg(long, env = "REDAN_INJECTION_MODEL", value_name = "FOLDER")]
    pub injection_model: Option<PathBuf>,
    /// A token classifier of your own that finds names, in the same form
    #[arg(long, env = "REDAN_ENTITY_MODEL", value_name = "FOLDER")]
    pub entity_model: Option<PathBuf>,
    /// Show secrets whole in excerpts instead of their first characters
    #[arg(long)]
    pub show_secrets: bool,
    /// Taking out and putting back.
    #[command(flatten)]
    pub redact: RedactArgs,
    /// Where results go and how they look.
    #[command(flatten)]
    pub output: OutputArgs,
    /// What is looked at and what counts.
    #[command(flatten)]
    pub filter: FilterArgs,
}

/// What `redan inspect` does besides inspecting.
#[derive(Debug, Clone, Subcommand)]
pub enum InspectCommand {
    /// Fit the injection model to your own labelled texts, in seconds
    Fit(FitArgs),
}

/// Arguments of `redan inspect fit`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Example:
  redan inspect fit logs.jsonl -o injection.fit
  redan inspect prompts.jsonl --injection-fit injection.fit

Each record has a text, `label` (0 harmless, 1 attack) and, if it is known, `channel`. With few records only the
thresholds change; from 200 of each label on, the weights too.")]
pub struct FitArgs {
    /// JSONL files with labelled records
    #[arg(required = true)]
    pub logs: Vec<String>,
    /// File to write
    #[arg(long, short = 'o', default_value = "injection.fit", value_name = "FILE")]
    pub output: PathBuf,
    /// Field of the text
    #[arg(long, default_value = "text", value_name = "FIELD")]
    pub field: String,
    /// Channel of records that name none
    #[arg(long, default_value = "user", value_parser = channel_parser())]
    pub channel: Channel,
}

/// Taking out of a text what must not leave, and putting it back.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Redaction")]
pub struct RedactArgs {
    /// Write the text to stdout without secrets and personal data
    #[arg(long, conflicts_with = "restore")]
    pub redact: bool,
    /// Write the text to stdout with the values of a vault put back
    #[arg(long)]
    pub restore: bool,
    /// What stands in the place of a kind or category, `otherwise` for the rest; may be repeated. HOW is keep,
    /// redact, mask[:FIRST][:LAST], hash, placeholder, format[:FIRST][:LAST], surrogate or block
    #[arg(long, value_name = "KIND=HOW", value_delimiter = ',', requires = "redact")]
    pub replace: Vec<String>,
    /// Where the values behind placeholders are kept, encrypted; made if it does not exist
    #[arg(long, value_name = "FILE")]
    pub vault: Option<PathBuf>,
    /// The vault's key: 32 random bytes, or 64 hexadecimal digits
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// The same in the environment
    #[arg(long, env = "REDAN_VAULT_KEY", hide_env_values = true, hide = true)]
    pub key: Option<String>,
    /// Tenant or conversation that a vault belongs to: placeholders of one mean nothing in another
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub scope: String,
    /// Redact stdin as it comes, holding back at most 256 bytes
    #[arg(long, requires = "redact")]
    pub stream: bool,
}

/// How the input of `redan inspect` is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum InspectInput {
    /// By the file's ending: a record a line for `.jsonl` and `.ndjson`, else one text.
    #[default]
    Auto,
    /// One text a file.
    Text,
    /// A record a line.
    Jsonl,
}
