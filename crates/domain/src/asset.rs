//! What a team has: models, datasets, prompts, agents, endpoints, and how they are connected.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::location::Location;

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asset {
    /// Unique in one report; stable over runs for the same path.
    pub id: String,
    /// What it is.
    pub kind: AssetKind,
    /// What people call it.
    pub name: String,
    /// Where it was found.
    pub location: Location,
    /// Facts about it. What was looked for and could not be told is there as unknown; nothing is guessed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Attribute>,
}

/// One fact about an asset, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// What is known.
    pub value: Value,
    /// File and line that say so; None if the asset's own place does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}

/// What is known of an attribute. `null` in JSON is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no.
    Is(bool),
    /// A name, a number, a version.
    Text(String),
    /// It was looked for and could not be told.
    Unknown,
}

impl Attribute {
    /// With this value, where the asset stands.
    pub fn new(value: Value) -> Self {
        Self { value, location: None }
    }

    /// Says where it stands.
    #[must_use]
    pub fn at(mut self, location: Location) -> Self {
        self.location = Some(location);
        self
    }
}

impl From<&str> for Attribute {
    fn from(text: &str) -> Self {
        Self::new(Value::Text(text.to_string()))
    }
}

impl From<String> for Attribute {
    fn from(text: String) -> Self {
        Self::new(Value::Text(text))
    }
}

impl From<bool> for Attribute {
    fn from(is: bool) -> Self {
        Self::new(Value::Is(is))
    }
}

impl fmt::Display for Attribute {
    /// `yes`, `no`, `unknown`, or the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match &self.value {
            Value::Is(true) => "yes",
            Value::Is(false) => "no",
            Value::Unknown => "unknown",
            Value::Text(text) => text,
        })
    }
}

/// Declares an enum of words that are written in kebab-case, with the list of all and the word of each.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// As it is written in JSON.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

words! {
    /// Kinds of asset.
    AssetKind {
        /// Weights with or without a graph, or a hosted model behind an API.
        Model = "model",
        /// An adapter that changes another model.
        Adapter = "adapter",
        /// Tokenizer, processor or chat template.
        Template = "template",
        /// Training, evaluation or retrieval data.
        Dataset = "dataset",
        /// Program code shipped with a model.
        Code = "code",
        /// Configuration that decides how a model is loaded or an assistant behaves.
        Configuration = "configuration",
        /// An archive that holds others.
        Package = "package",
        /// A program that lets a model choose what is done.
        Agent = "agent",
        /// A system or task prompt.
        Prompt = "prompt",
        /// Instructions that an assistant reads: rules files, skills, commands.
        Instructions = "instructions",
        /// A function that a model may call.
        Tool = "tool",
        /// A server of tools.
        McpServer = "mcp-server",
        /// What an agent keeps between conversations.
        Memory = "memory",
        /// Embeddings that are searched.
        VectorStore = "vector-store",
        /// An address that serves or is called.
        Endpoint = "endpoint",
        /// What checks or filters what goes to or comes from a model.
        Guardrail = "guardrail",
        /// A command that runs at an event of an assistant.
        Hook = "hook",
        /// Training, tuning or evaluation.
        TrainingJob = "training-job",
        /// A notebook, or a server of them.
        Notebook = "notebook",
        /// A key, token or password, by name; never its value.
        Secret = "secret",
        /// A role, service account or policy.
        Identity = "identity",
        /// A bucket, database or queue.
        DataStore = "data-store",
        /// A container, function or virtual machine that runs something of the above.
        Workload = "workload",
        /// A continuous-integration job that trains, evaluates or lets an agent work.
        Pipeline = "pipeline",
        /// A package that the project depends on.
        Library = "library",
    }
}

words! {
    /// Kinds of edge.
    EdgeKind {
        /// `from` holds `to`.
        Contains = "contains",
        /// Loading `from` loads `to`.
        Loads = "loads",
        /// `from` was made from `to`.
        DerivedFrom = "derived-from",
        /// `from` calls `to`.
        Invokes = "invokes",
        /// `from` reads `to`.
        Reads = "reads",
        /// `from` writes `to`.
        Writes = "writes",
        /// `from` searches `to`.
        Retrieves = "retrieves",
        /// `from` learns from `to`.
        TrainsOn = "trains-on",
        /// `from` acts with the rights of `to`.
        RunsAs = "runs-as",
        /// `from` lets others reach `to`.
        Exposes = "exposes",
        /// `from` checks what goes through `to`.
        Guards = "guards",
        /// `from` runs in `to`.
        DeployedIn = "deployed-in",
        /// `from` needs `to`.
        Uses = "uses",
        /// `from` decides how `to` behaves.
        Configures = "configures",
    }
}

/// A directed connection between two assets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Edge {
    /// Id of the asset it starts from.
    pub from: String,
    /// Id of the asset it leads to.
    pub to: String,
    /// What it means.
    pub kind: EdgeKind,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_json() {
        for kind in AssetKind::ALL {
            assert_eq!(serde_json_word(kind), kind.as_str());
        }
        for kind in EdgeKind::ALL {
            assert_eq!(serde_json_word(kind), kind.as_str());
        }
    }

    fn serde_json_word(value: &impl Serialize) -> String {
        serde_json::to_value(value).unwrap().as_str().unwrap().to_string()
    }

    #[test]
    fn unknown_is_null_and_comes_back() {
        let all = [Attribute::new(Value::Unknown), true.into(), "gpt".into()];
        let text = serde_json::to_string(&all).unwrap();
        assert_eq!(text, r#"[{"value":null},{"value":true},{"value":"gpt"}]"#);
        assert_eq!(serde_json::from_str::<Vec<Attribute>>(&text).unwrap(), all);
    }
}
