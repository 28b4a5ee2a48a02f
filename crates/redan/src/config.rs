//! `redan.toml`: found by walking up to the repository root; flags and `REDAN_*` variables overrule it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use redan_artifact::Limits;
use redan_artifact::callables::{Callables, UserCallable};
use redan_domain::{AssetKind, Persona, Severity};
use redan_inspect::{Category, UserDetector};
use serde::Deserialize;

use crate::cli::{Digests, FilterArgs, InspectArgs};

/// The file as written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct File {
    scan: ScanSection,
    limits: LimitsSection,
    suppress: Vec<SuppressEntry>,
    callable: Vec<UserCallable>,
    inspect: InspectSection,
    detector: Vec<UserDetector>,
    /// The scan reads them itself, in every `redan.toml` of a project; here they are only checked.
    inventory: InventorySection,
    asset: Vec<DeclaredAsset>,
}

/// What is declared of the inventory.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct InventorySection {
    /// Whether everything is declared, or of which kinds everything is.
    #[allow(dead_code, reason = "read by the scan")]
    complete: Option<Complete>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
#[allow(dead_code, reason = "read by the scan")]
enum Complete {
    Everything(bool),
    Kinds(Vec<AssetKind>),
}

/// One `[[asset]]` table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[allow(dead_code, reason = "read by the scan")]
struct DeclaredAsset {
    kind: AssetKind,
    name: String,
    #[serde(default)]
    path: String,
    present: Option<bool>,
    #[serde(default)]
    attributes: BTreeMap<String, toml::Value>,
}

/// What `redan inspect` looks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct InspectSection {
    /// Kinds and categories that are not looked for.
    disable: Vec<String>,
    /// Values that are never reported.
    allow: Vec<String>,
    /// Domains of the user's own.
    trusted_domains: Vec<String>,
    /// Least score by kind or category.
    thresholds: BTreeMap<String, f32>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct ScanSection {
    fail_on: Option<String>,
    min_severity: Option<String>,
    persona: Option<String>,
    exclude: Option<Vec<String>>,
    disable: Option<Vec<String>>,
    baseline: Option<PathBuf>,
    digests: Option<String>,
    fail_on_incomplete: Option<bool>,
    all_files: Option<bool>,
    jobs: Option<usize>,
    cache: Option<CacheSetting>,
    /// Globs of files whose inline suppressions are not honoured, because others wrote them.
    untrusted: Option<Vec<String>>,
}

/// `cache = false`, or a folder.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum CacheSetting {
    Switch(bool),
    Folder(PathBuf),
}

/// Where results of earlier scans are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CacheChoice {
    Off,
    /// Where the system keeps caches of this user, if the project is large enough.
    User,
    Folder(PathBuf),
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct LimitsSection {
    depth: Option<u32>,
    members: Option<u64>,
    expanded: Option<u64>,
    opcodes: Option<u64>,
    nodes: Option<u64>,
}

/// One `[[suppress]]` table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct SuppressEntry {
    /// Rule id; absent means every rule.
    pub(crate) rule: Option<String>,
    /// Glob on the path; absent means every path.
    pub(crate) path: Option<String>,
    /// One finding by its fingerprint.
    pub(crate) fingerprint: Option<String>,
    /// Why.
    pub(crate) reason: String,
    /// Last day, `YYYY-MM-DD`.
    pub(crate) expires: Option<String>,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    Default,
    File(PathBuf),
    /// A flag or its variable.
    CommandLine,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::CommandLine => f.write_str("command line or environment"),
        }
    }
}

/// A value with its origin.
#[derive(Debug, Clone)]
pub(crate) struct Setting<T> {
    pub(crate) value: T,
    pub(crate) origin: Origin,
}

/// Everything that is in force.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// The file that was read.
    pub(crate) file: Option<PathBuf>,
    /// None: never fail on findings.
    pub(crate) fail_on: Setting<Option<Severity>>,
    pub(crate) min_severity: Setting<Severity>,
    pub(crate) persona: Setting<Persona>,
    pub(crate) exclude: Setting<Vec<String>>,
    pub(crate) disable: Setting<Vec<String>>,
    pub(crate) baseline: Setting<Option<PathBuf>>,
    pub(crate) digests: Setting<Digests>,
    pub(crate) fail_on_incomplete: Setting<bool>,
    /// What git ignores in build folders is looked at, too.
    pub(crate) all_files: Setting<bool>,
    /// None: as many as there are cores.
    pub(crate) jobs: Setting<Option<usize>>,
    pub(crate) cache: Setting<CacheChoice>,
    pub(crate) untrusted: Setting<Vec<String>>,
    pub(crate) limits: Setting<Limits>,
    pub(crate) suppress: Vec<SuppressEntry>,
    /// The user's additions to the table of callables.
    pub(crate) callable: Vec<UserCallable>,
    inspect: InspectSection,
    detector: Vec<UserDetector>,
}

/// Picks command line before file before default.
struct Pick<'a>(&'a Option<PathBuf>);

impl Pick<'_> {
    fn one<T>(&self, line: Option<T>, file: Option<T>, default: T) -> Setting<T> {
        match (line, file, self.0) {
            (Some(value), _, _) => Setting { value, origin: Origin::CommandLine },
            (None, Some(value), Some(path)) => Setting { value, origin: Origin::File(path.clone()) },
            _ => Setting { value: default, origin: Origin::Default },
        }
    }
}

impl Config {
    /// Reads the configuration for one command line.
    ///
    /// # Errors
    /// Names the file, and the line in it, that is not understood.
    pub(crate) fn load(args: &FilterArgs) -> Result<Self> {
        let path = match &args.config {
            Some(path) => Some(path.clone()),
            None => find(&std::env::current_dir().context("the current folder cannot be read")?),
        };
        let file = match &path {
            Some(path) => read(path)?,
            None => File::default(),
        };
        let bad = |key: &str| format!("`{key}` in `{}`", path.as_deref().unwrap_or(Path::new("redan.toml")).display());
        let level = |key: &str, text: &Option<String>| -> Result<Option<Severity>> {
            text.as_deref().map(str::parse).transpose().map_err(anyhow::Error::msg).with_context(|| bad(key))
        };
        let pick = Pick(&path);
        let fail_on = match args.fail_on.as_ref().or(file.scan.fail_on.as_ref()).map(String::as_str) {
            Some("none") => None,
            Some(text) => Some(text.parse().map_err(anyhow::Error::msg).with_context(|| bad("fail-on"))?),
            None => Some(Severity::High),
        };
        let persona = file
            .scan
            .persona
            .as_deref()
            .map(str::parse)
            .transpose()
            .map_err(anyhow::Error::msg)
            .with_context(|| bad("persona"))?;
        let digests =
            file.scan.digests.as_deref().map(|text| digests(text).with_context(|| bad("digests"))).transpose()?;
        let list = |line: &[String]| (!line.is_empty()).then(|| line.to_vec());
        let defaults = Limits::default();
        let some_limit = file.limits.depth.is_some()
            || [file.limits.members, file.limits.expanded, file.limits.opcodes, file.limits.nodes]
                .iter()
                .any(Option::is_some);
        let limits = Limits {
            depth: file.limits.depth.unwrap_or(defaults.depth),
            members: file.limits.members.unwrap_or(defaults.members),
            expanded: file.limits.expanded.unwrap_or(defaults.expanded),
            opcodes: file.limits.opcodes.unwrap_or(defaults.opcodes),
            nodes: file.limits.nodes.unwrap_or(defaults.nodes),
        };
        let config = Self {
            fail_on: pick.one(
                args.fail_on.as_ref().map(|_| fail_on),
                file.scan.fail_on.as_ref().map(|_| fail_on),
                fail_on,
            ),
            min_severity: pick.one(args.min_severity, level("min-severity", &file.scan.min_severity)?, Severity::Info),
            persona: pick.one(args.persona, persona, Persona::Developer),
            exclude: pick.one(list(&args.exclude), file.scan.exclude, Vec::new()),
            disable: pick.one(list(&args.disable), file.scan.disable, Vec::new()),
            baseline: pick.one(
                args.baseline.clone().map(Some),
                file.scan.baseline.map(|base| Some(beside(path.as_deref(), base))),
                None,
            ),
            digests: pick.one(args.digests, digests, Digests::Small),
            all_files: pick.one(args.all_files.then_some(true), file.scan.all_files, false),
            fail_on_incomplete: pick.one(args.fail_on_incomplete.then_some(true), file.scan.fail_on_incomplete, false),
            jobs: pick.one(args.jobs.map(Some), file.scan.jobs.map(Some), None),
            cache: pick.one(
                if args.no_cache { Some(CacheChoice::Off) } else { args.cache.clone().map(CacheChoice::Folder) },
                file.scan.cache.map(|setting| match setting {
                    CacheSetting::Switch(true) => CacheChoice::User,
                    CacheSetting::Switch(false) => CacheChoice::Off,
                    CacheSetting::Folder(folder) => CacheChoice::Folder(beside(path.as_deref(), folder)),
                }),
                CacheChoice::User,
            ),
            untrusted: pick.one(None, file.scan.untrusted, Vec::new()),
            limits: pick.one(None, some_limit.then(|| limits.clone()), limits.clone()),
            suppress: file.suppress,
            callable: file.callable,
            inspect: file.inspect,
            detector: file.detector,
            file: path,
        };
        config.check()?;
        Ok(config)
    }

    /// Number of threads. Counting cores reads half a dozen files, so it is left until somebody needs to know.
    pub(crate) fn threads(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        self.jobs.value.unwrap_or_else(cores)
    }

    /// How to look into files.
    ///
    /// # Errors
    /// A `[[callable]]` table that is not allowed.
    pub(crate) fn options(&self) -> Result<redan_artifact::Options> {
        let file = || self.file.as_deref().unwrap_or(Path::new("redan.toml")).display().to_string();
        let callables = match self.callable.as_slice() {
            [] => None,
            entries => {
                Some(Callables::with_user(entries).with_context(|| format!("a [[callable]] table of `{}`", file()))?)
            }
        };
        Ok(redan_artifact::Options { limits: self.limits.value.clone(), callables })
    }

    /// What `redan inspect` looks for: the file's settings, overruled by the command line's.
    ///
    /// # Errors
    /// A `[[detector]]` table that is not understood.
    pub(crate) fn inspect_options(&self, args: &InspectArgs) -> Result<redan_inspect::Options> {
        let file = || self.file.as_deref().unwrap_or(Path::new("redan.toml")).display().to_string();
        let custom = self.detector.iter().cloned().map(UserDetector::spec).collect::<Result<_, _>>();
        let mut thresholds = self.inspect.thresholds.clone();
        if let Some(least) = args.min_score {
            thresholds = Category::ALL.iter().map(|category| (category.as_str().to_string(), least)).collect();
        }
        Ok(redan_inspect::Options {
            custom: custom.with_context(|| format!("a [[detector]] table of `{}`", file()))?,
            only: args.entities.clone(),
            disabled: self.inspect.disable.clone(),
            thresholds,
            allow: self.inspect.allow.clone(),
            ..redan_inspect::Options::default()
        })
    }

    /// Domains to which links carry nothing away.
    pub(crate) fn trusted_domains(&self) -> &[String] {
        &self.inspect.trusted_domains
    }

    /// Unknown rule ids are refused: a misspelt suppression would silently do nothing.
    fn check(&self) -> Result<()> {
        let named = self.suppress.iter().filter_map(|entry| entry.rule.as_ref()).chain(&self.disable.value);
        for id in named {
            if crate::catalogue::entry(id).is_none() {
                bail!("there is no rule `{id}`{}", crate::catalogue::hint(id));
            }
        }
        for entry in &self.suppress {
            if entry.reason.trim().is_empty() {
                bail!("a [[suppress]] table has an empty reason: say why");
            }
            if entry.rule.is_none() && entry.path.is_none() && entry.fingerprint.is_none() {
                bail!("a [[suppress]] table names neither rule, path nor fingerprint: it would suppress everything");
            }
        }
        Ok(())
    }
}

fn digests(text: &str) -> Result<Digests> {
    clap::ValueEnum::from_str(text, false).map_err(|_| anyhow::anyhow!("`{text}` is not one of none, small, all"))
}

/// A path in the file is relative to the file.
fn beside(file: Option<&Path>, path: PathBuf) -> PathBuf {
    file.and_then(Path::parent).map_or(path.clone(), |folder| folder.join(path))
}

/// `redan.toml` in `from` or a folder above it, up to the repository root.
fn find(from: &Path) -> Option<PathBuf> {
    for folder in from.ancestors() {
        let candidate = folder.join("redan.toml");
        if candidate.is_file() {
            return Some(candidate);
        }
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}

fn read(path: &Path) -> Result<File> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("configuration `{}` cannot be read", path.display()))?;
    // toml's message shows the line with a caret and lists the fields that exist.
    toml::from_str(&text).map_err(|error| anyhow::anyhow!("configuration `{}`:\n{error}", path.display()))
}
