//! Every rule: one Markdown entry, registered by one line in its family's `mod.rs`.

#[path = "agent-ci/mod.rs"]
mod agent_ci;
#[path = "agent-config/mod.rs"]
mod agent_config;
#[path = "agent-lock/mod.rs"]
mod agent_lock;
#[path = "agent-mcp/mod.rs"]
mod agent_mcp;
#[path = "agent-script/mod.rs"]
mod agent_script;
#[path = "agent-text/mod.rs"]
mod agent_text;
#[path = "agent-tool/mod.rs"]
mod agent_tool;
mod archive;
mod boost;
mod code;
mod config;
mod coreml;
mod engine;
mod executable;
mod gguf;
mod hdf5;
#[path = "infra-agent/mod.rs"]
mod infra_agent;
#[path = "infra-aws/mod.rs"]
mod infra_aws;
#[path = "infra-azure/mod.rs"]
mod infra_azure;
#[path = "infra-databricks/mod.rs"]
mod infra_databricks;
#[path = "infra-google/mod.rs"]
mod infra_google;
#[path = "infra-platform/mod.rs"]
mod infra_platform;
#[path = "infra-serving/mod.rs"]
mod infra_serving;
mod keras;
mod metadata;
mod mlflow;
mod msgpack;
mod numpy;
mod onnx;
mod pickle;
mod python;
mod r;
mod registry;
mod requirements;
mod run;
mod safetensors;
mod secrets;
mod skops;
mod template;
mod tensorflow;
mod torchscript;
mod xml;
mod yaml;

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use redan_artifact::FactKind;
use redan_domain::{Entry, RuleInfo};

/// A registered entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The folder it lives in.
    pub family: &'static str,
    /// The parsed file.
    pub entry: Entry,
}

impl Rule {
    /// What reports say about it.
    pub fn info(&self) -> RuleInfo {
        RuleInfo::of(&self.entry, self.family)
    }
}

/// A registered file; parsed when it is first needed, because most scans need few or none.
struct Source {
    path: &'static str,
    text: &'static str,
    /// The kinds of fact that it judges, separated by commas.
    facts: &'static str,
    /// Boxed, so that what is not parsed takes no memory.
    parsed: OnceLock<Option<Box<Rule>>>,
}

impl Source {
    /// None for a file that does not parse; that cannot ship: `tests/entries.rs` parses every one.
    fn rule(&self) -> Option<&Rule> {
        let parse = || {
            let family = self.path.split('/').next().unwrap_or_default();
            Entry::parse(self.text).ok().map(|entry| Box::new(Rule { family, entry }))
        };
        self.parsed.get_or_init(parse).as_deref()
    }

    fn id(&self) -> &'static str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    fn has_id(&self, id: &str) -> bool {
        self.path.strip_suffix(id).is_some_and(|folder| folder.ends_with('/'))
    }
}

/// Every registered file, by family.
static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(|| {
    let mut all = Vec::with_capacity(registry::FAMILIES.iter().map(|family| family.pack.lengths.len()).sum());
    for family in registry::FAMILIES {
        let entries = family.pack.entries().zip(family.facts.split('\n'));
        all.extend(entries.map(|((path, text), facts)| Source { path, text, facts, parsed: OnceLock::new() }));
    }
    all
});

/// Kind of fact → the files that name it.
static BY_FACT: LazyLock<HashMap<&'static str, Vec<&'static Source>>> = LazyLock::new(|| {
    let mut map: HashMap<&'static str, Vec<&'static Source>> = HashMap::with_capacity(2 * SOURCES.len());
    for source in SOURCES.iter() {
        for fact in Entry::facts_in(source.facts) {
            map.entry(fact).or_default().push(source);
        }
    }
    map.values_mut().filter(|list| list.len() > 1).for_each(|list| list.sort_by_key(|source| source.id()));
    map
});

/// Every rule, by id.
pub fn rules() -> Vec<&'static Rule> {
    let mut all: Vec<&Rule> = SOURCES.iter().filter_map(Source::rule).collect();
    all.sort_by(|a, b| a.entry.id.cmp(&b.entry.id));
    all
}

/// The rule with this id.
pub fn by_id(id: &str) -> Option<&'static Rule> {
    SOURCES.iter().find(|source| source.has_id(id)).and_then(Source::rule)
}

/// Path below `src/rules` and text of every registered entry.
pub fn sources() -> Vec<(&'static str, &'static str)> {
    registry::FAMILIES.iter().flat_map(|family| family.pack.entries()).collect()
}

pub(crate) fn for_fact(kind: FactKind) -> impl Iterator<Item = &'static Rule> {
    BY_FACT.get(kind.0).into_iter().flatten().filter_map(|source| source.rule())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_of_an_entry_leads_to_it() {
        for source in SOURCES.iter() {
            let entry = Entry::parse(source.text).unwrap();
            assert_eq!(Entry::facts_in(source.facts).collect::<Vec<_>>(), entry.facts, "{}", source.path);
            for fact in &entry.facts {
                assert!(BY_FACT[fact.as_str()].iter().any(|found| found.path == source.path), "{fact}");
            }
            assert!(by_id(&entry.id).is_some_and(|rule| rule.entry == entry));
        }
    }
}
