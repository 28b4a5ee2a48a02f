//! `[[callable]]` entries of `redan.toml`: names of the user's own that the shipped table does not know.

use std::collections::HashMap;
use std::fmt;

use super::Verdict;
use super::table::{Table, is_identifier};
use super::words::{Effect, Way, Ways};

/// One entry as configured.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserCallable {
    /// Full dotted name, `mycompany.models.Ranker`; `mycompany.models.*` for every name of a module,
    /// `mycompany.**` for a package and everything below it.
    pub name: String,
    /// `vetted`, or the name of an [`Effect`].
    pub effect: String,
    /// How a vetted name may be used; every way when empty.
    #[serde(default)]
    pub ways: Vec<Way>,
    /// Why, for whoever reads the configuration next.
    pub reason: String,
}

/// What is wrong with an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallableError {
    /// The name is not dotted Python with an optional last `*` or `**`.
    Name(String),
    /// The effect is no word of the table.
    Effect {
        /// Of which entry.
        name: String,
        /// What was written.
        effect: String,
    },
    /// Ways are given for a dangerous name.
    Ways(String),
    /// The reason is empty.
    Reason(String),
    /// The shipped table calls it dangerous.
    Shipped {
        /// Of which entry.
        name: String,
        /// What it can do.
        effect: Effect,
    },
    /// Two entries have the same name.
    Twice(String),
}

impl fmt::Display for CallableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(
                f,
                "callable `{name}` is not a dotted name: write `package.module.Name`, `package.module.*` or `package.**`"
            ),
            Self::Effect { name, effect } => {
                write!(f, "callable `{name}` has the unknown effect `{effect}`: write `vetted`")?;
                Effect::ALL.iter().try_for_each(|effect| write!(f, ", `{effect}`"))
            }
            Self::Ways(name) => write!(f, "callable `{name}` is dangerous in every way: remove `ways`"),
            Self::Reason(name) => write!(f, "callable `{name}` has no reason: say why it is judged so"),
            Self::Shipped { name, effect } => write!(
                f,
                "callable `{name}` cannot be vetted because it {}: suppress the finding for the files you trust instead",
                effect.does()
            ),
            Self::Twice(name) => write!(f, "callable `{name}` is configured twice: keep one entry"),
        }
    }
}

impl std::error::Error for CallableError {}

/// The entries, ready to be asked.
#[derive(Debug, Clone, Default)]
pub(super) struct UserRules {
    exact: HashMap<String, Verdict>,
    modules: HashMap<String, Verdict>,
    packages: HashMap<String, Verdict>,
}

impl UserRules {
    pub(super) fn new(entries: &[UserCallable], table: &Table<'_>) -> Result<UserRules, CallableError> {
        let mut rules = UserRules::default();
        for entry in entries {
            let verdict = entry.verdict()?;
            let (map, key) = if let Some(package) = entry.name.strip_suffix(".**") {
                (&mut rules.packages, package)
            } else if let Some(module) = entry.name.strip_suffix(".*") {
                (&mut rules.modules, module)
            } else {
                (&mut rules.exact, entry.name.as_str())
            };
            if !key.split('.').all(is_identifier) {
                return Err(CallableError::Name(entry.name.clone()));
            }
            if map.insert(key.to_owned(), verdict).is_some() {
                return Err(CallableError::Twice(entry.name.clone()));
            }
            if let (Verdict::Vetted(_), Some((module, name))) = (verdict, entry.name.rsplit_once('.'))
                && let Verdict::Dangerous(effect) = table.judge(module, name)
            {
                return Err(CallableError::Shipped { name: entry.name.clone(), effect });
            }
        }
        Ok(rules)
    }

    /// The exact name first, then its module, then the longest package. A wildcard never vets a dotted
    /// `qualname`: attributes of vetted names lead anywhere.
    pub(super) fn judge(&self, module: &str, qualname: &str) -> Verdict {
        if self.exact.is_empty() && self.modules.is_empty() && self.packages.is_empty() {
            return Verdict::Unknown;
        }
        if let Some(verdict) = self.exact.get(&format!("{module}.{qualname}")) {
            return *verdict;
        }
        let packages = || {
            let depth = self.packages.keys().map(|key| key.split('.').count()).max().unwrap_or(0);
            let dots = module.match_indices('.').map(|(at, _)| at).take(depth);
            let prefixes: Vec<&str> = dots.filter_map(|at| module.get(..at)).chain([module]).collect();
            prefixes.into_iter().rev().find_map(|prefix| self.packages.get(prefix))
        };
        match self.modules.get(module).or_else(packages) {
            Some(Verdict::Vetted(_)) if !is_identifier(qualname) => Verdict::Unknown,
            Some(verdict) => *verdict,
            None => Verdict::Unknown,
        }
    }
}

impl UserCallable {
    fn verdict(&self) -> Result<Verdict, CallableError> {
        if self.reason.trim().is_empty() {
            return Err(CallableError::Reason(self.name.clone()));
        }
        if self.effect == "vetted" {
            let ways = self.ways.iter().fold(Ways::IMPORT, |ways, way| ways.with((*way).into()));
            return Ok(Verdict::Vetted(if self.ways.is_empty() { Ways::ALL } else { ways }));
        }
        let Some(effect) = Effect::from_name(&self.effect) else {
            return Err(CallableError::Effect { name: self.name.clone(), effect: self.effect.clone() });
        };
        if self.ways.is_empty() { Ok(Verdict::Dangerous(effect)) } else { Err(CallableError::Ways(self.name.clone())) }
    }
}
