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
    parsed: OnceLock<Option<Rule>>,
}

impl Source {
    /// None for a file that does not parse; that cannot ship: `tests/entries.rs` parses every one.
    fn rule(&self) -> Option<&Rule> {
        let parse = || {
            let family = self.path.split('/').next().unwrap_or_default();
            Entry::parse(self.text).ok().map(|entry| Rule { family, entry })
        };
        self.parsed.get_or_init(parse).as_ref()
    }

    fn id(&self) -> &'static str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
}

static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(|| {
    let source = |(path, text)| Source { path, text, parsed: OnceLock::new() };
    let mut all: Vec<Source> = sources().into_iter().map(source).collect();
    all.sort_by_cached_key(Source::id);
    all
});

/// Kind of fact → the files that name it, found without parsing them.
static BY_FACT: LazyLock<HashMap<&'static str, Vec<&'static Source>>> = LazyLock::new(|| {
    let mut map: HashMap<&'static str, Vec<&'static Source>> = HashMap::new();
    for source in SOURCES.iter() {
        for fact in Entry::facts_of(source.text) {
            map.entry(fact).or_default().push(source);
        }
    }
    map
});

/// Every rule, by id.
pub fn rules() -> Vec<&'static Rule> {
    SOURCES.iter().filter_map(Source::rule).collect()
}

/// The rule with this id.
pub fn by_id(id: &str) -> Option<&'static Rule> {
    SOURCES.iter().find(|source| source.id() == id).and_then(Source::rule)
}

/// Path below `src/rules` and text of every registered entry.
pub fn sources() -> Vec<(&'static str, &'static str)> {
    registry::FAMILIES.iter().flat_map(|family| family.entries()).collect()
}

pub(crate) fn for_fact(kind: FactKind) -> impl Iterator<Item = &'static Rule> {
    BY_FACT.get(kind.0).into_iter().flatten().filter_map(|source| source.rule())
}
