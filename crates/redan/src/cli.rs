//! Every argument, with its help: man page, completions and the reference page are made from this.

mod inspect;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use redan_domain::{Persona, Severity};
use redan_inspect::Channel;
use redan_report::Format;

pub use inspect::{FitArgs, InspectArgs, InspectCommand, InspectInput, RedactArgs};

/// The work of an AI security engineer, in one binary.
#[derive(Debug, Parser)]
#[command(name = "redan", version, about, max_term_width = 100, disable_help_subcommand = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The commands.
#[derive(Debug, Subcommand)]
// The arguments of the other commands are not even built. What a command does is therefore said again at its arguments.
#[command(defer = true)]
pub enum Command {
    /// Say what is wrong with the AI in a project: models, code, agents, infrastructure
    Scan(ScanArgs),
    /// List what AI there is: models, agents, tools, prompts, keys, packages, services, and how they are connected
    Inventory(InventoryArgs),
    /// Say what AI was added, removed or changed between two revisions or two saved inventories
    Diff(DiffArgs),
    /// Say what in a text is dangerous or must not leave: secrets, personal data, injection, hidden text
    Inspect(Box<InspectArgs>),
    /// Write a small example project with honest and hostile model files, and scan it
    Demo(DemoArgs),
    /// List the rules
    Rules(RulesArgs),
    /// Explain a rule: what it finds, why it matters, how to fix it
    Explain(ExplainArgs),
    /// Record today's findings, so that only new ones count from now on
    Baseline(BaselineArgs),
    /// Approve what agents follow: servers, tools, skills, hooks, instructions
    Lock(LockArgs),
    /// Sign the digests of a model, in the OpenSSF model-signing format
    Sign(SignArgs),
    /// Verify a model against its signature
    Verify(VerifyArgs),
    /// Show the configuration in force
    Config(ConfigArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print the manual page
    Man(ManArgs),
}

/// Say what is wrong with the AI in a project: models, code, agents, infrastructure
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "Examples:
  redan scan models/                          annotated findings on the terminal
  redan scan model.pt --format json           one file, everything as JSON
  redan scan . -o report.html -o redan.sarif  several formats at once, chosen by extension
  redan scan . --fail-on medium --persona auditor
  redan scan . --changed-since origin/main    what a pull request brings
  redan scan hf://owner/model                 reads only the ranges it needs

Exit codes: 0 nothing at or above --fail-on, 1 something is, 2 usage, configuration or internal
error, 3 nothing to look at or a file that could not be examined.")]
pub struct ScanArgs {
    /// Files, folders, https:// addresses, s3://BUCKET/PREFIX, hf://OWNER/REPO[@REVISION] [default: .]
    pub targets: Vec<String>,
    /// Only report files that differ from this git revision, committed or not, for pull requests
    #[arg(long, env = "REDAN_CHANGED_SINCE", value_name = "REV")]
    pub changed_since: Option<String>,
    /// Where results go and how they look.
    #[command(flatten)]
    pub output: OutputArgs,
    /// What is looked at and what counts.
    #[command(flatten)]
    pub filter: FilterArgs,
}

/// How an inventory is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum InventoryFormat {
    /// A line an asset, by kind
    #[default]
    Table,
    /// What holds or uses what
    Tree,
    /// Everything; `redan diff` reads it
    Json,
    /// CycloneDX 1.6 bill of materials
    Cyclonedx,
    /// A Mermaid graph
    Mermaid,
}

/// List what AI there is: models, agents, tools, prompts, keys, packages, services, and how they are connected
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "Examples:
  redan inventory                              what AI is in this folder
  redan inventory services/ --format tree
  redan inventory . --format cyclonedx > bom.json
  redan inventory . --format json > approved.json, and later: redan diff approved.json .

Exit codes: 0 something was found, 2 usage, configuration or internal error, 3 nothing was found.")]
pub struct InventoryArgs {
    /// Files, folders, https:// addresses, s3://BUCKET/PREFIX, hf://OWNER/REPO[@REVISION] [default: .]
    pub targets: Vec<String>,
    /// How it is shown
    #[arg(long, short = 'f', default_value = "table")]
    pub format: InventoryFormat,
    /// No progress on stderr
    #[arg(long, short = 'q', env = "REDAN_QUIET")]
    pub quiet: bool,
    /// What is looked at and what counts.
    #[command(flatten)]
    pub filter: FilterArgs,
}

/// How a difference is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// A line a change
    #[default]
    Text,
    /// For a comment on a pull request
    Md,
    /// Everything
    Json,
}

/// Say what AI was added, removed or changed between two revisions or two saved inventories
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  redan diff main .                 what this branch and what is not committed yet add to `main`
  redan diff v1.0 v2.0 --format md  two revisions, for a comment
  redan diff approved.json .        against an inventory that was saved

Each side is a saved inventory (.json), a folder, or a revision of the git repository in the current folder.
Exit codes: 0 nothing changed, 1 something did, 2 usage, configuration or internal error.")]
pub struct DiffArgs {
    /// What was
    pub old: String,
    /// What is
    #[arg(default_value = ".")]
    pub new: String,
    /// How it is shown
    #[arg(long, short = 'f', default_value = "text")]
    pub format: DiffFormat,
    /// What is looked at and what counts.
    #[command(flatten)]
    pub filter: FilterArgs,
}

/// Where results go and how they look.
#[derive(Debug, Clone, Default, Args)]
pub struct OutputArgs {
    /// Format on stdout [default: full]
    #[arg(long, short = 'f', env = "REDAN_FORMAT", value_parser = format_parser())]
    pub format: Option<Format>,
    /// Write a file too, in the format its extension names; may be repeated
    #[arg(long, short = 'o', env = "REDAN_OUTPUT", value_name = "FILE", value_delimiter = ',')]
    pub output: Vec<PathBuf>,
    /// When to colour
    #[arg(long, env = "REDAN_COLOR", default_value = "auto", value_name = "WHEN")]
    pub color: Color,
    /// Show suppressed findings too, not only their number
    #[arg(long)]
    pub show_suppressed: bool,
    /// No progress and no closing line on stderr
    #[arg(long, short = 'q', env = "REDAN_QUIET")]
    pub quiet: bool,
}

/// What is looked at and what counts.
#[derive(Debug, Clone, Default, Args)]
pub struct FilterArgs {
    /// Exit with 1 if a finding is at least this severe; `none` never does [default: high]
    #[arg(long, env = "REDAN_FAIL_ON", value_name = "SEVERITY", value_parser = fail_on_parser())]
    pub fail_on: Option<String>,
    /// Leave out findings below this severity [default: info]
    #[arg(long, env = "REDAN_MIN_SEVERITY", value_name = "SEVERITY", value_parser = severity_parser())]
    pub min_severity: Option<Severity>,
    /// Whose view: `auditor` and `researcher` also see what is merely unusual [default: developer]
    #[arg(long, env = "REDAN_PERSONA", value_parser = persona_parser())]
    pub persona: Option<Persona>,
    /// Leave out paths that match this glob; may be repeated
    #[arg(long, env = "REDAN_EXCLUDE", value_name = "GLOB", value_delimiter = ',')]
    pub exclude: Vec<String>,
    /// Switch a rule off; may be repeated
    #[arg(long, env = "REDAN_DISABLE", value_name = "RULE", value_delimiter = ',')]
    pub disable: Vec<String>,
    /// Findings recorded in this file do not count
    #[arg(long, env = "REDAN_BASELINE", value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Which files to hash with SHA-256 [default: small, below 32 MiB]
    #[arg(long, env = "REDAN_DIGESTS", value_name = "WHICH")]
    pub digests: Option<Digests>,
    /// Exit with 1 as well if a file was not wholly understood
    #[arg(long, env = "REDAN_FAIL_ON_INCOMPLETE")]
    pub fail_on_incomplete: bool,
    /// Also look at what git ignores in folders that a build or a package manager made
    #[arg(long, env = "REDAN_ALL_FILES")]
    pub all_files: bool,
    /// Keep what was found here, so that only what changed is looked at again [default: the user's cache folder]
    #[arg(long, env = "REDAN_CACHE", value_name = "FOLDER")]
    pub cache: Option<PathBuf>,
    /// Look at everything again, and keep nothing
    #[arg(long, env = "REDAN_NO_CACHE")]
    pub no_cache: bool,
    /// Number of threads [default: number of cores]
    #[arg(long, short = 'j', env = "REDAN_JOBS", value_name = "N")]
    pub jobs: Option<usize>,
    /// Configuration file [default: redan.toml, from here up to the repository root]
    #[arg(long, env = "REDAN_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// When to colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Which files to hash.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Digests {
    /// None.
    None,
    /// Those below 32 MiB; larger ones would cost more than the scan itself.
    #[default]
    Small,
    /// All.
    All,
}

/// Write a small example project with honest and hostile model files, and scan it
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  redan demo                       write and scan ./redan-demo
  redan demo --output report.html  and write a report to look at in a browser")]
pub struct DemoArgs {
    /// Folder to write; it must not exist yet, or come from an earlier demo
    #[arg(default_value = "redan-demo")]
    pub folder: PathBuf,
    /// Where results go and how they look.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// List the rules
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  redan rules --min-severity high
  redan rules --maps atlas:AML.T0011.000
  redan rules pickle --json")]
pub struct RulesArgs {
    /// Only rules whose id, family or title contains this
    pub search: Option<String>,
    /// Only rules at least this severe
    #[arg(long, value_name = "SEVERITY", value_parser = severity_parser())]
    pub min_severity: Option<Severity>,
    /// Only rules that map to this, for example `cwe:CWE-502`
    #[arg(long, value_name = "FRAMEWORK:ID")]
    pub maps: Option<String>,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// Explain a rule: what it finds, why it matters, how to fix it
#[derive(Debug, Clone, Args)]
#[command(after_help = "Example:
  redan explain pickle-runs-code")]
pub struct ExplainArgs {
    /// Id of a rule
    pub id: String,
}

/// Record today's findings, so that only new ones count from now on
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  redan baseline models/ --reason \"accepted at the review of 3 March\" --expires 2027-06-30
  redan scan models/ --baseline redan-baseline.json")]
pub struct BaselineArgs {
    /// Files and folders to scan [default: .]
    pub targets: Vec<String>,
    /// File to write
    #[arg(long, short = 'o', default_value = "redan-baseline.json", value_name = "FILE")]
    pub output: PathBuf,
    /// Why these findings are accepted
    #[arg(long)]
    pub reason: String,
    /// Last day they are accepted
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub expires: Option<String>,
    /// What is looked at and what counts.
    #[command(flatten)]
    pub filter: FilterArgs,
}

/// Approve what agents follow: servers, tools, skills, hooks, instructions
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  redan lock            hashes of the present state into redan.lock; commit it
  redan lock --check    what differs from it; exit code 1 if anything does")]
pub struct LockArgs {
    /// Folder of the project
    #[arg(default_value = ".")]
    pub target: PathBuf,
    /// Compare with redan.lock instead of writing it
    #[arg(long)]
    pub check: bool,
}

/// How a model is hashed, the same for signing and verifying.
#[derive(Debug, Clone, Args)]
pub struct HashArgs {
    /// Remember digests here and hash only files whose size or modification time changed
    #[arg(long, env = "REDAN_DIGEST_CACHE", value_name = "FILE")]
    pub cache: Option<PathBuf>,
    /// Take digests from this list in the format of sha256sum instead of hashing those files
    #[arg(long, value_name = "FILE")]
    pub digest_list: Option<PathBuf>,
}

/// Sign the digests of a model, in the OpenSSF model-signing format
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  openssl ecparam -name prime256v1 -genkey -noout -out key.pem
  redan sign models/llama --key key.pem --signature llama.sig
  redan sign models/llama --key key.pem --certificate chain.pem --shard-size 1000000000")]
pub struct SignArgs {
    /// The model: a folder or a file
    pub model: PathBuf,
    /// Private key in PEM form, on P-256, P-384 or P-521
    #[arg(long, env = "REDAN_SIGN_KEY", value_name = "FILE")]
    pub key: PathBuf,
    /// Certificate of the key, then its chain, in PEM form
    #[arg(long, value_name = "FILE")]
    pub certificate: Option<PathBuf>,
    /// Signature file to write
    #[arg(long, default_value = "model.sig", value_name = "FILE")]
    pub signature: PathBuf,
    /// One digest per so many bytes instead of one per file
    #[arg(long, value_name = "BYTES")]
    pub shard_size: Option<u64>,
    /// Leave out this path, relative to the model; may be repeated
    #[arg(long, value_name = "PATH")]
    pub ignore: Vec<String>,
    /// Sign .git, .gitignore, .gitattributes and .github too
    #[arg(long)]
    pub no_ignore_git: bool,
    /// Follow symbolic links to files
    #[arg(long)]
    pub allow_symlinks: bool,
    /// How the model is hashed.
    #[command(flatten)]
    pub hash: HashArgs,
}

/// Verify a model against its signature
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  redan verify models/llama --key key.pub.pem --signature llama.sig
  redan verify models/llama --roots company-roots.pem --signature llama.sig

Exit codes: 0 the model is what was signed, 1 it is not, 2 usage error.")]
pub struct VerifyArgs {
    /// The model: a folder or a file
    pub model: PathBuf,
    /// Public key in PEM form
    #[arg(
        long,
        env = "REDAN_VERIFY_KEY",
        value_name = "FILE",
        required_unless_present = "roots",
        conflicts_with = "roots"
    )]
    pub key: Option<PathBuf>,
    /// Root certificates in PEM form, for a signature that carries a certificate
    #[arg(long, env = "REDAN_VERIFY_ROOTS", value_name = "FILE")]
    pub roots: Option<PathBuf>,
    /// Signature file
    #[arg(long, default_value = "model.sig", value_name = "FILE")]
    pub signature: PathBuf,
    /// Files that are not in the signature do not matter
    #[arg(long)]
    pub ignore_unsigned: bool,
    /// How the model is hashed.
    #[command(flatten)]
    pub hash: HashArgs,
}

/// Show the configuration in force
#[derive(Debug, Clone, Args)]
pub struct ConfigArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: ConfigCommand,
}

/// The commands of `redan config`.
#[derive(Debug, Clone, Subcommand)]
pub enum ConfigCommand {
    /// Print every setting with its value and where it comes from
    Show {
        /// What is looked at and what counts.
        #[command(flatten)]
        filter: Box<FilterArgs>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

/// Print a completion script for a shell
#[derive(Debug, Clone, Args)]
pub struct CompletionsArgs {
    /// The shell
    pub shell: clap_complete::Shell,
}

/// Print the manual page
#[derive(Debug, Clone, Args)]
pub struct ManArgs {
    /// Write one page per command into this folder instead of the main page to stdout
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
}

fn words<T, F>(all: &'static [&'static str], parse: F) -> impl clap::builder::TypedValueParser<Value = T>
where
    T: Clone + Send + Sync + 'static,
    F: Fn(String) -> T + Clone + Send + Sync + 'static,
{
    use clap::builder::TypedValueParser as _;
    clap::builder::PossibleValuesParser::new(all).map(parse)
}

const SEVERITIES: &[&str] = &["info", "low", "medium", "high", "critical"];

fn severity_parser() -> impl clap::builder::TypedValueParser<Value = Severity> {
    words(SEVERITIES, |text| text.parse().unwrap_or(Severity::High))
}

fn persona_parser() -> impl clap::builder::TypedValueParser<Value = Persona> {
    words(&["developer", "auditor", "researcher"], |text| text.parse().unwrap_or(Persona::Developer))
}

fn channel_parser() -> impl clap::builder::TypedValueParser<Value = Channel> {
    words(&["user", "tool", "document", "output", "system"], |text| text.parse().unwrap_or_default())
}

fn fail_on_parser() -> impl clap::builder::TypedValueParser<Value = String> {
    words(&["none", "info", "low", "medium", "high", "critical"], |text| text)
}

fn format_parser() -> impl clap::builder::TypedValueParser<Value = Format> {
    use clap::builder::TypedValueParser as _;
    clap::builder::PossibleValuesParser::new(Format::ALL.iter().map(|format| format.name()))
        .map(|text| text.parse().unwrap_or(Format::ALL[0]))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn a_command_says_the_same_of_itself_in_the_list_and_in_its_own_help() {
        let listed = Cli::command();
        let mut built = Cli::command();
        built.build();
        assert!(listed.get_subcommands().count() > 10);
        for (before, after) in listed.get_subcommands().zip(built.get_subcommands()) {
            let about = |command: &clap::Command| command.get_about().map(ToString::to_string);
            assert_eq!(about(before), about(after), "{}", before.get_name());
            assert!(after.get_long_about().is_none(), "{}", before.get_name());
        }
    }
}
