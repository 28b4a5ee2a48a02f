//! Every rule: one Markdown entry, registered by one line in its family's `mod.rs`.

mod archive;
mod boost;
mod config;
mod coreml;
mod engine;
mod executable;
mod gguf;
mod hdf5;
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
use std::sync::LazyLock;

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
        let entry = &self.entry;
        RuleInfo {
            id: entry.id.clone(),
            title: entry.title.clone(),
            severity: entry.severity,
            confidence: entry.confidence,
            persona: entry.persona,
            since: entry.since.clone(),
            family: self.family.to_string(),
            maps: entry
                .maps
                .iter()
                .flat_map(|(framework, ids)| ids.iter().map(move |id| format!("{framework}:{id}")))
                .collect(),
            fix: entry.fix.clone(),
            help: entry.prose.clone(),
        }
    }
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let mut rules: Vec<Rule> = sources()
        .iter()
        // A file that does not parse cannot ship: `tests/entries.rs` parses every one and names the line.
        .filter_map(|(path, text)| {
            let family = path.split('/').next().unwrap_or_default();
            Entry::parse(text).ok().map(|entry| Rule { family, entry })
        })
        .collect();
    rules.sort_by(|a, b| a.entry.id.cmp(&b.entry.id));
    rules
});

static BY_FACT: LazyLock<HashMap<&'static str, Vec<&'static Rule>>> = LazyLock::new(|| {
    let mut map: HashMap<&'static str, Vec<&'static Rule>> = HashMap::new();
    for rule in RULES.iter() {
        for fact in &rule.entry.facts {
            map.entry(fact.as_str()).or_default().push(rule);
        }
    }
    map
});

/// Every rule, by id.
pub fn rules() -> &'static [Rule] {
    &RULES
}

/// The rule with this id.
pub fn by_id(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.entry.id == id)
}

/// Path below `src/rules` and text of every registered entry.
pub fn sources() -> Vec<(&'static str, &'static str)> {
    registry::FAMILIES.iter().flat_map(|family| family.iter().copied()).collect()
}

pub(crate) fn for_fact(kind: FactKind) -> &'static [&'static Rule] {
    BY_FACT.get(kind.0).map_or(&[], Vec::as_slice)
}
