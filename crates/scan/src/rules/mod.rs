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
#[path = "code-ai/mod.rs"]
mod code_ai;
#[path = "code-crypto/mod.rs"]
mod code_crypto;
#[path = "code-injection/mod.rs"]
mod code_injection;
#[path = "code-memory/mod.rs"]
mod code_memory;
#[path = "code-misc/mod.rs"]
mod code_misc;
#[path = "code-web/mod.rs"]
mod code_web;
mod config;
mod coreml;
mod engine;
mod executable;
mod gguf;
mod hdf5;
mod index;
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
mod inventory;
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

use std::sync::OnceLock;

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

/// Every rule that was needed so far, in the order of the registry: most scans need few or none.
static PARSED: [OnceLock<Option<Box<Rule>>>; index::ENTRIES] = [const { OnceLock::new() }; index::ENTRIES];

/// The rule of one registered file. None for one that does not parse; that cannot ship: `tests/entries.rs` parses
/// every one.
fn rule_at(at: usize) -> Option<&'static Rule> {
    let parse = || {
        let (path, text) = all_sources().nth(at)?;
        let family = path.split('/').next().unwrap_or_default();
        Entry::parse(text).ok().map(|entry| Box::new(Rule { family, entry }))
    };
    PARSED.get(at)?.get_or_init(parse).as_deref()
}

/// Every rule, by id.
pub fn rules() -> Vec<&'static Rule> {
    let mut all: Vec<&Rule> = (0..index::ENTRIES).filter_map(rule_at).collect();
    sort_by_id(&mut all);
    all
}

/// The rule with this id.
pub fn by_id(id: &str) -> Option<&'static Rule> {
    let is_it = |(path, _): (&str, &str)| path.strip_suffix(id).is_some_and(|folder| folder.ends_with('/'));
    all_sources().position(is_it).and_then(rule_at)
}

/// Path below `src/rules` and text of every registered entry.
pub fn sources() -> Vec<(&'static str, &'static str)> {
    all_sources().collect()
}

fn all_sources() -> impl Iterator<Item = (&'static str, &'static str)> {
    registry::FAMILIES.iter().flat_map(|family| family.pack.entries())
}

/// The rules that judge a kind of fact, by id.
pub(crate) fn for_fact(kind: FactKind) -> Vec<&'static Rule> {
    let names_it = |rule: &&Rule| rule.entry.facts.iter().any(|fact| fact == kind.0);
    let mut all: Vec<&Rule> = index::of(kind).filter_map(rule_at).filter(names_it).collect();
    sort_by_id(&mut all);
    all
}

fn sort_by_id(rules: &mut [&Rule]) {
    rules.sort_by(|a, b| a.entry.id.cmp(&b.entry.id));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_of_an_entry_leads_to_it() {
        assert_eq!(sources().len(), index::ENTRIES);
        for (path, text) in sources() {
            let entry = Entry::parse(text).unwrap();
            assert!(by_id(&entry.id).is_some_and(|rule| rule.entry == entry), "{path}");
            for fact in entry.facts.clone() {
                let kind = FactKind(Box::leak(fact.into_boxed_str()));
                assert!(for_fact(kind).iter().any(|rule| rule.entry == entry), "{path}: {kind}");
            }
        }
        assert!(for_fact(FactKind("pickle")).is_empty());
    }
}
