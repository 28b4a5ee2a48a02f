//! Judges infrastructure as code: the checks that stand in the entries, run on the typed model of all files together.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use redan_artifact::{Fact, FactKind};
use redan_domain::text::Lines;
use redan_domain::{Asset, AssetKind, Attribute, Confidence, Entry, Location, Persona};
use redan_infra::check::{Check, Hit, parse, run};
use redan_infra::{File, Model, Resource, Syntax, syntax_of};

use crate::project::{Analysis, Text};
use crate::rules::sources;

/// Facts of one file that are kept.
const MAX_FACTS: usize = 5000;

struct Rule {
    kind: FactKind,
    title: String,
    persona: Persona,
    check: Check,
}

/// The entries with a `check` block; those that do not parse cannot ship: a test parses every one.
static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let with_check = checks().into_iter().filter_map(|(kind, entry, check)| {
        let entry = Entry::parse(entry).ok()?;
        Some(Rule { kind, title: entry.title, persona: entry.persona, check: parse(check).ok()? })
    });
    with_check.collect()
});

/// Kind of fact, entry and check of every entry with a check. The fact is called like the rule.
pub fn checks() -> Vec<(FactKind, &'static str, &'static str)> {
    let with_check = sources().into_iter().filter_map(|(path, entry)| {
        let (_, rest) = entry.split_once("\n```check\n")?;
        let (check, _) = rest.split_once("\n```")?;
        Some((FactKind(path.rsplit('/').next().unwrap_or_default()), entry, check))
    });
    with_check.collect()
}

/// Every kind of fact that [`examine`] can report.
pub fn fact_kinds() -> Vec<FactKind> {
    checks().into_iter().map(|(kind, ..)| kind).collect()
}

/// What is wrong in these files, looked at together: the facts of each file that has any.
pub fn examine(files: &[(&str, &str)]) -> Vec<(String, Vec<Fact>)> {
    let files = files.iter().map(|(path, text)| File { path: (*path).to_string(), text: (*text).to_string() });
    let files: Vec<File> = files.collect();
    let model = redan_infra::analyse(&files);
    judge(&model, &files)
}

/// What is wrong in a model of these files.
pub fn judge(model: &Model, files: &[File]) -> Vec<(String, Vec<Fact>)> {
    let mut facts: Vec<Vec<Fact>> = vec![Vec::new(); files.len()];
    let lines: Vec<OnceCell<Lines<'_>>> = files.iter().map(|_| OnceCell::new()).collect();
    let mut seen = HashSet::new();
    for rule in RULES.iter() {
        for hit in run(&rule.check, model) {
            let at = hit.place.file as usize;
            // A module that is called twice is wrong once.
            if !seen.insert((rule.kind, hit.place, hit.unknown.is_some())) {
                continue;
            }
            if let (Some(file), Some(facts), Some(lines)) = (files.get(at), facts.get_mut(at), lines.get(at))
                && facts.len() < MAX_FACTS
            {
                facts.push(fact(rule, &hit, &file.text, lines.get_or_init(|| Lines::new(&file.text))));
            }
        }
    }
    for list in &mut facts {
        list.sort_by_key(|fact| (fact.span, fact.kind));
    }
    let named = files.iter().map(|file| file.path.clone()).zip(facts);
    named.filter(|(_, facts)| !facts.is_empty()).collect()
}

fn fact(rule: &Rule, hit: &Hit<'_>, source: &str, lines: &Lines<'_>) -> Fact {
    let what = hit.message.clone().unwrap_or_else(|| lower_first(&rule.title));
    let mut message = format!("`{}`: {what}", hit.resource.address);
    if let Some(reason) = &hit.unknown {
        message = format!("{message}? It could not be decided: {reason}");
    }
    let (start, end) = (hit.place.start as usize, hit.place.end as usize);
    let (line, column) = lines.line_column(start);
    let length = end.saturating_sub(start);
    let mut fact =
        Fact::new(rule.kind, &hit.resource.address, message).at(start as u64, length as u64).line(line, column);
    if !rule.check.hides() {
        let first = source.get(start..end).and_then(|text| text.lines().next()).map_or(1, str::len);
        fact = fact.excerpt(lines.excerpt(start, first.max(1), ""));
    }
    fact.severity = hit.severity;
    fact.persona = hit.persona;
    if hit.unknown.is_some() {
        fact.confidence = Some(Confidence::Low);
        fact.persona = Some(rule.persona.max(Persona::Auditor));
    }
    fact
}

fn lower_first(title: &str) -> String {
    // Names stay as they are written.
    let second_is_lower = title.chars().nth(1).is_some_and(|c| c.is_lowercase() || c == ' ');
    let mut chars = title.chars();
    match chars.next() {
        Some(first) if second_is_lower => first.to_lowercase().chain(chars).collect(),
        _ => title.to_string(),
    }
}

/// Whether a file may be infrastructure, by its name alone.
pub(crate) fn is_wanted(path: &str) -> bool {
    const ENDINGS: &[&str] = &["tf", "tfvars", "tofu", "bicep", "yaml", "yml", "json", "template", "properties"];
    let lock = path.ends_with("package-lock.json") || path.ends_with("pnpm-lock.yaml");
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    path.ends_with("_config.py")
        || name.contains("dockerfile")
        || name.contains("containerfile")
        || name == "kustomization"
        || !lock && path.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending))
}

/// Looks at the infrastructure of a project.
pub(crate) fn analysis(texts: &[Text]) -> Analysis {
    let mut analysis = Analysis::default();
    let mut files = Vec::new();
    let mut indices = Vec::new();
    for (index, text) in texts.iter().enumerate().filter(|(_, text)| is_wanted(&text.path)) {
        let Some(format) = format_of(&text.path, &text.text) else { continue };
        analysis.read.push((index, format));
        files.push(File { path: text.path.clone(), text: text.text.clone() });
        indices.push(index);
    }
    if files.is_empty() {
        // The checks are not even read then.
        return analysis;
    }
    let model = redan_infra::analyse(&files);
    for (status, index) in model.files().iter().zip(&indices) {
        analysis.incomplete.extend(status.incomplete.iter().map(|reason| (*index, reason.clone())));
    }
    let by_path: HashMap<&str, usize> = files.iter().map(|file| file.path.as_str()).zip(indices).collect();
    let lines: Vec<OnceCell<Lines<'_>>> = files.iter().map(|_| OnceCell::new()).collect();
    for resource in model.resources() {
        let at = resource.place.file as usize;
        let (Some(file), Some(lines)) = (files.get(at), lines.get(at)) else { continue };
        if let (Some(asset), Some(index)) = (asset(resource, file, lines), by_path.get(file.path.as_str())) {
            analysis.assets.push((*index, asset));
        }
    }
    for (path, facts) in judge(&model, &files) {
        if let Some(index) = by_path.get(path.as_str()) {
            analysis.facts.push((*index, facts));
        }
    }
    analysis
}

/// Kinds of resource that are AI assets by themselves. Containers are found by their images elsewhere.
const ASSETS: &[(AssetKind, &[&str])] = &[
    (
        AssetKind::Agent,
        &["bedrock_agent", "agentcore_runtime", "dialogflow_agent", "dialogflow_cx_agent", "kagent_agent"],
    ),
    (AssetKind::Agent, &["vertex_reasoning_engine", "lex_alias", "azure_bot", "q_application", "bedrock_flow"]),
    (AssetKind::Guardrail, &["bedrock_guardrail", "azure_ai_filter", "model_armor", "model_armor_floor"]),
    (AssetKind::VectorStore, &["bedrock_knowledge_base", "opensearch_collection", "azure_search", "vertex_index"]),
    (AssetKind::VectorStore, &["databricks_vector_index", "databricks_vector_endpoint", "kendra_index"]),
    (AssetKind::Notebook, &["notebook", "studio_domain", "workbench", "notebook_instance", "notebook_runtime"]),
    (AssetKind::Notebook, &["kubeflow_notebook", "azure_ml_instance", "colab_template"]),
    (AssetKind::Endpoint, &["sagemaker_endpoint", "vertex_endpoint", "vertex_deployment", "azure_ai_deployment"]),
    (AssetKind::Endpoint, &["azure_ml_endpoint", "databricks_serving", "inference_service", "azure_ai_account"]),
    (AssetKind::Model, &["sagemaker_model", "bedrock_custom_model"]),
    (AssetKind::TrainingJob, &["sagemaker_training", "sagemaker_processing"]),
    (AssetKind::Pipeline, &["sagemaker_pipeline", "workflow"]),
    (AssetKind::Tool, &["bedrock_action_group", "agentcore_gateway", "agentcore_interpreter", "agentcore_browser"]),
    (AssetKind::McpServer, &["mcp_object", "mcp_server"]),
    (AssetKind::Memory, &["agentcore_memory"]),
    (AssetKind::Prompt, &["bedrock_prompt"]),
    (AssetKind::Dataset, &["vertex_dataset", "bedrock_data_source"]),
];

/// The asset that a resource is, if it is one of AI.
fn asset<'f>(resource: &Resource, file: &'f File, lines: &OnceCell<Lines<'f>>) -> Option<Asset> {
    let (kind, _) = ASSETS.iter().find(|(_, kinds)| kinds.iter().any(|kind| resource.is(kind)))?;
    let offset = resource.place.start as usize;
    let (line, column) = lines.get_or_init(|| Lines::new(&file.text)).line_column(offset);
    let location =
        Location { offset: Some(offset as u64), line: Some(line), column: Some(column), ..Location::file(&file.path) };
    let mut attributes = BTreeMap::new();
    attributes.insert("type".to_string(), Attribute::from(resource.native.as_str()));
    if !resource.platform.is_empty() {
        attributes.insert("platform".to_string(), Attribute::from(resource.platform));
    }
    let id = format!("{}#{}", file.path, resource.address);
    Some(Asset { id, kind: *kind, name: resource.name.clone(), location, attributes })
}

/// What reports call a syntax.
fn format_of(path: &str, text: &str) -> Option<&'static str> {
    Some(match syntax_of(path, text)? {
        Syntax::Terraform => "terraform",
        Syntax::TerraformPlan => "terraform-plan",
        Syntax::CloudFormation => "cloudformation",
        Syntax::Arm => "arm-template",
        Syntax::Bicep => "bicep",
        Syntax::Kubernetes => "kubernetes",
        Syntax::Compose => "compose",
        Syntax::Dockerfile => "dockerfile",
        Syntax::Settings => "settings",
    })
}
