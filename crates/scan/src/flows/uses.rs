//! What code uses of AI, as assets: models it asks, agents and tools it defines, stores it searches.

use std::collections::{BTreeMap, BTreeSet};

use redan_code::Use;
use redan_domain::text::{self, Lines};
use redan_domain::{Asset, AssetKind, Attribute, Edge, EdgeKind, Location, Value};

use crate::project::{Analysis, Text};

/// What a word in front of the `:` of a record means.
struct Meaning {
    word: &'static str,
    kind: AssetKind,
    /// What the code does with it.
    edge: EdgeKind,
    /// One thing for the whole project, known by its name; others belong to the file that defines them.
    shared: bool,
    /// A service of somebody else.
    hosted: Option<bool>,
}

const MEANINGS: &[Meaning] = &[
    meaning("model", AssetKind::Model, EdgeKind::Invokes, true, Some(true)),
    meaning("embedding", AssetKind::Model, EdgeKind::Invokes, true, None),
    meaning("local-model", AssetKind::Model, EdgeKind::Loads, true, Some(false)),
    meaning("agent", AssetKind::Agent, EdgeKind::Contains, false, None),
    meaning("tool", AssetKind::Tool, EdgeKind::Contains, false, None),
    meaning("mcp-server", AssetKind::McpServer, EdgeKind::Contains, false, None),
    meaning("mcp-client", AssetKind::McpServer, EdgeKind::Uses, false, None),
    meaning("vector-store", AssetKind::VectorStore, EdgeKind::Retrieves, true, None),
    meaning("dataset", AssetKind::Dataset, EdgeKind::Reads, true, None),
    meaning("training", AssetKind::TrainingJob, EdgeKind::Contains, false, None),
    meaning("guardrail", AssetKind::Guardrail, EdgeKind::Uses, false, None),
    meaning("endpoint", AssetKind::Endpoint, EdgeKind::Invokes, true, None),
    meaning("interface", AssetKind::Endpoint, EdgeKind::Exposes, false, None),
    meaning("prompt", AssetKind::Prompt, EdgeKind::Contains, false, None),
    meaning("memory", AssetKind::Memory, EdgeKind::Uses, false, None),
];

const fn meaning(word: &'static str, kind: AssetKind, edge: EdgeKind, shared: bool, hosted: Option<bool>) -> Meaning {
    Meaning { word, kind, edge, shared, hosted }
}

/// Things of one file that a single agent or server of it is taken to hold.
#[derive(Default)]
struct Held {
    agents: Vec<String>,
    servers: Vec<String>,
    tools: Vec<String>,
    models: BTreeSet<String>,
    stores: BTreeSet<String>,
}

/// Adds assets and edges for what is used.
pub(super) fn add(texts: &[Text], mut uses: Vec<Use>, analysis: &mut Analysis) {
    // Of two names for one place the more exact wins: `openai` before `openai-compatible`.
    uses.sort_by(|a, b| (a.place, &a.kind).cmp(&(b.place, &b.kind)));
    uses.dedup_by(|next, kept| next.place == kept.place && word(&next.kind) == word(&kept.kind));
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for of_file in uses.chunk_by(|a, b| a.place.file == b.place.file) {
        let Some((at, text)) = of_file.first().and_then(|one| Some((one.place.file, texts.get(one.place.file)?)))
        else {
            continue;
        };
        let lines = Lines::new(&text.text);
        let mut held = Held::default();
        let mut edges = BTreeSet::new();
        for one in of_file {
            let Some(meaning) = MEANINGS.iter().find(|meaning| meaning.word == word(&one.kind)) else { continue };
            let asset = asset(&text.path, &lines, one, meaning);
            edges.insert((asset.id.clone(), meaning.edge));
            held.keep(&asset);
            if let std::collections::btree_map::Entry::Vacant(entry) = known.entry(asset.id.clone()) {
                entry.insert(at);
                analysis.assets.push((at, asset));
            }
        }
        if edges.is_empty() {
            continue;
        }
        let name = text.path.rsplit('/').next().unwrap_or(&text.path).to_string();
        let location = Location::file(&text.path);
        let attributes = BTreeMap::from([("format".to_string(), Attribute::from(super::name(&text.path)))]);
        let code = Asset { id: text.path.clone(), kind: AssetKind::Code, name, location, attributes };
        analysis.assets.push((at, code));
        let edge = |(to, kind)| Edge { from: text.path.clone(), to, kind };
        analysis.edges.extend(edges.into_iter().map(edge));
        analysis.edges.extend(held.edges());
    }
}

fn word(kind: &str) -> &str {
    kind.split(':').next().unwrap_or(kind)
}

impl Held {
    fn keep(&mut self, asset: &Asset) {
        let id = asset.id.clone();
        match asset.kind {
            AssetKind::Agent => self.agents.push(id),
            AssetKind::McpServer => self.servers.push(id),
            AssetKind::Tool => self.tools.push(id),
            AssetKind::Model => {
                self.models.insert(id);
            }
            AssetKind::VectorStore => {
                self.stores.insert(id);
            }
            _ => {}
        }
    }

    /// Only where there is no choice: the one agent of a file asks its one model, and has its tools.
    fn edges(self) -> Vec<Edge> {
        let edge = |from: &str, to: &str, kind| Edge { from: from.to_owned(), to: to.to_owned(), kind };
        let mut edges = Vec::new();
        if let [agent] = self.agents.as_slice() {
            if self.servers.is_empty() {
                edges.extend(self.tools.iter().map(|tool| edge(agent, tool, EdgeKind::Invokes)));
            }
            if self.models.len() == 1 {
                edges.extend(self.models.iter().map(|model| edge(agent, model, EdgeKind::Invokes)));
            }
            edges.extend(self.stores.iter().map(|store| edge(agent, store, EdgeKind::Retrieves)));
        }
        if let ([server], true) = (self.servers.as_slice(), self.agents.is_empty()) {
            edges.extend(self.tools.iter().map(|tool| edge(server, tool, EdgeKind::Exposes)));
        }
        edges
    }
}

fn asset(path: &str, lines: &Lines<'_>, one: &Use, meaning: &Meaning) -> Asset {
    let provider = one.kind.split_once(':').map_or("", |(_, provider)| provider);
    // What stands behind `?` or before `@` may be a key; a prompt is long.
    let given = one.names.first().map(|name| shown_name(name, meaning.kind)).filter(|name| !name.is_empty());
    let start = one.place.span.start as usize;
    let (line, column) = lines.line_column(start);
    let location =
        Location { offset: Some(start as u64), line: Some(line), column: Some(column), ..Location::file(path) };
    let own = given.clone().or_else(|| one.function.clone());
    let id = match (&given, meaning.shared) {
        (Some(name), true) => format!("{}/{name}", one.kind),
        (None, true) => format!("{path}#{}", one.kind),
        (_, false) => match &own {
            Some(own) if meaning.kind == AssetKind::Tool => format!("{path}#{own}"),
            Some(own) => format!("{path}#{}/{own}", one.kind),
            None => format!("{path}#{}:{line}", one.kind),
        },
    };
    let mut attributes = BTreeMap::from([
        ("provider".to_string(), Attribute::from(provider)),
        ("call".to_string(), Attribute::from(text::shown(&one.callee, 120))),
    ]);
    if let Some(hosted) = meaning.hosted {
        attributes.insert("hosted".to_string(), hosted.into());
    }
    if meaning.kind == AssetKind::Model {
        let model = given.clone().map_or(Attribute::new(Value::Unknown), Attribute::from);
        attributes.insert("model".to_string(), model);
        if word(&one.kind) == "embedding" {
            attributes.insert("task".to_string(), "embedding".into());
        }
    }
    if let Some(function) = &one.function {
        attributes.insert("function".to_string(), text::shown(function, 120).into());
    }
    let name = own.filter(|_| meaning.kind != AssetKind::Model).or(given);
    let name = name.unwrap_or_else(|| provider.to_string());
    Asset { id, kind: meaning.kind, name, location, attributes }
}

fn shown_name(name: &str, kind: AssetKind) -> String {
    let name = if kind == AssetKind::Prompt {
        name.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default()
    } else {
        name
    };
    let name = match name.split_once("://") {
        Some((scheme, rest)) => {
            let rest = rest.split(['?', '#']).next().unwrap_or_default();
            let authority = rest.find('/').unwrap_or(rest.len());
            let start = rest.get(..authority).and_then(|host| host.rfind('@')).map_or(0, |at| at + 1);
            format!("{scheme}://{}", rest.get(start..).unwrap_or_default())
        }
        None => name.to_string(),
    };
    text::shown(&name, 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
        let texts: Vec<Text> = files
            .iter()
            .enumerate()
            .map(|(at, (path, text))| Text { at, path: (*path).into(), text: (*text).into() })
            .collect();
        let analysis = crate::flows::analyse(&texts);
        let assets = analysis.assets.iter().map(|(_, asset)| format!("{} {}", asset.kind, asset.id)).collect();
        let edges = analysis.edges.iter().map(|edge| format!("{} {} {}", edge.from, edge.kind, edge.to)).collect();
        (assets, edges)
    }

    #[test]
    fn a_model_is_one_thing_in_all_files() {
        let ask = "from openai import OpenAI\nc = OpenAI()\nc.chat.completions.create(model='gpt-4o', messages=[])\n";
        let (assets, edges) = found(&[("a.py", ask), ("b.py", ask)]);
        assert_eq!(assets, ["model model:openai/gpt-4o", "code a.py", "code b.py"]);
        assert_eq!(edges, ["a.py invokes model:openai/gpt-4o", "b.py invokes model:openai/gpt-4o"]);
    }

    #[test]
    fn a_server_exposes_its_tools() {
        let server = "from fastmcp import FastMCP\nmcp = FastMCP('notes')\n@mcp.tool()\ndef read(name: str):\n    return name\n@mcp.tool\ndef write(name: str):\n    return name\n";
        let (assets, edges) = found(&[("s.py", server)]);
        assert!(assets.contains(&"mcp-server s.py#mcp-server:fastmcp/notes".to_string()), "{assets:?}");
        for tool in ["s.py#read", "s.py#write"] {
            assert!(edges.contains(&format!("s.py#mcp-server:fastmcp/notes exposes {tool}")), "{assets:?} {edges:?}");
        }
    }

    #[test]
    fn a_name_that_is_not_known_is_unknown() {
        let text =
            "import anthropic\nc = anthropic.Anthropic()\nc.messages.create(model=name, max_tokens=1, messages=[])\n";
        let texts = [Text { path: "a.py".into(), text: text.into(), ..Text::default() }];
        let analysis = crate::flows::analyse(&texts);
        let model = analysis.assets.iter().find(|(_, asset)| asset.kind == AssetKind::Model).unwrap();
        assert_eq!(model.1.attributes["model"].value, Value::Unknown);
        assert_eq!(model.1.name, "anthropic");
    }

    #[test]
    fn keys_do_not_stand_in_names() {
        assert_eq!(shown_name("http://u:p@a.example/v1?key=x", AssetKind::Endpoint), "http://a.example/v1");
        assert_eq!(shown_name("gpt-4o", AssetKind::Model), "gpt-4o");
    }
}
