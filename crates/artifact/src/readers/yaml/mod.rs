//! YAML that lies around a model: tags that build Python objects, callables that are instantiated, and
//! what MLflow and conda read from it.

mod mlflow;
mod tags;
mod tree;

use redan_domain::ReadAt;

use crate::artifact::Status;
use crate::head::Head;
use crate::json::Json;
use crate::readers::config::checks::{self, Origin};
use crate::readers::{Match, Reader};
use crate::walk::Cx;
use redan_domain::{Fact, facts};

facts! {
    /// A tag makes an unsafe loader call something that runs code, or import such a module.
    PYTHON_TAG = "yaml-python-tag";
    /// A tag makes an unsafe loader call something unknown.
    UNKNOWN_CALL = "yaml-unknown-call";
    /// A tag makes an unsafe loader build an object of an unknown class.
    PYTHON_OBJECT = "yaml-python-object";
    /// A tag builds a Python object that is known and harmless; only an unsafe loader accepts it.
    PYTHON_CLASS = "yaml-python-class";
    /// A tag builds objects in another language's loader.
    FOREIGN_TAG = "yaml-foreign-tag";
    /// Aliases expand to far more than the document holds.
    ALIAS_BOMB = "yaml-alias-bomb";
    /// A model of MLflow is loaded by a module that is not MLflow's own.
    MLFLOW_LOADER = "mlflow-custom-loader";
    /// A model of MLflow adds code of its own to the path.
    MLFLOW_CODE = "mlflow-code";
    /// A path in `MLmodel` leads out of the model's folder.
    MLFLOW_PATH = "mlflow-path-escape";
}

/// Larger documents are data.
const MAX_SIZE: u64 = 8 << 20;

/// Endings of documents and source, in which words of YAML are examples.
const PROSE: &[&str] = &[
    "md", "rst", "py", "html", "ipynb", "toml", "rs", "go", "java", "kt", "js", "mjs", "cjs", "jsx", "ts", "tsx", "c",
    "cc", "cpp", "h", "hpp", "cs", "php", "rb", "sh",
];

pub(crate) struct Yaml;

impl Reader for Yaml {
    fn format(&self) -> &'static str {
        "yaml"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        if !head.is_text() || head.bytes.is_empty() {
            return Match::No;
        }
        let named = matches!(head.extension().as_str(), "yaml" | "yml") || head.base_name() == "mlmodel";
        // A tag or a flavour table is YAML whatever the file is called.
        let telling = [
            &b"!!python/"[..],
            b"!<tag:yaml.org,2002:python",
            b"tag:yaml.org,2002:python/",
            b"\nflavors:",
            b"_target_: ",
        ];
        let first = head.bytes.iter().find(|byte| !byte.is_ascii_whitespace());
        let prose = PROSE.contains(&head.extension().as_str());
        let told = telling.iter().any(|mark| memchr::memmem::find(head.bytes, mark).is_some());
        let inside = !prose && !matches!(first, Some(b'{' | b'<')) && (head.starts_with(b"flavors:") || told);
        if named || inside { Match::Hint } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let Ok(bytes) = input.read_vec_at(0, input.size().min(MAX_SIZE) as usize) else {
            return cx.incomplete("could not be read");
        };
        if input.size() > MAX_SIZE {
            cx.incomplete("YAML of more than 8 MiB is read only in part");
        }
        let text = String::from_utf8_lossy(&bytes);
        if matches!(text, std::borrow::Cow::Owned(_)) {
            cx.incomplete("not valid UTF-8");
        }
        read_text(text.strip_prefix('\u{feff}').unwrap_or(&text), cx);
    }
}

fn read_text(text: &str, cx: &mut Cx<'_>) {
    crate::metadata::judge_file(text, cx);
    let parsed = tree::parse(text, cx.budget());
    for tag in &parsed.tags {
        tags::judge(tag, text, cx);
    }
    if let Some(expanded) = parsed.bomb {
        let message = format!("aliases expand this document to more than {expanded} nodes");
        cx.fact(Fact::new(ALIAS_BOMB, "aliases", message));
    }
    if let Some(error) = &parsed.error {
        // What stands after an error in this parser may still be read by another one.
        tags::search(text, cx);
        cx.incomplete(format!("not valid YAML: {error}"));
    }
    let mut known = false;
    for document in &parsed.documents {
        known |= read_document(document, text, cx);
    }
    if !known && parsed.error.is_none() && parsed.tags.is_empty() && cx.artifact.facts.is_empty() {
        cx.artifact.status = Status::Unrecognised;
    }
}

/// Keys at the top of training and model recipes.
const RECIPE: &[&str] = &[
    "model",
    "_target_",
    "target",
    "hparams",
    "trainer",
    "model_type",
    "base_model",
    "hyperparameters",
    "train_ds",
    "preprocessor",
    "tokenizer",
    "optimizer",
];

/// Whether the document has to do with models.
fn read_document(document: &Json<'_>, text: &str, cx: &mut Cx<'_>) -> bool {
    let has = |key: &str| document.get(key).is_some();
    if has("flavors") {
        cx.artifact.format = "mlflow-config";
        mlflow::check(document, text, cx);
        checks::check(document, text, Origin::Yaml, cx);
        return true;
    }
    if has("dependencies") || has("build_dependencies") {
        cx.artifact.format = "conda-config";
        mlflow::dependencies(document, text, cx);
        return true;
    }
    let mut model = RECIPE.iter().any(|key| has(key));
    document.walk(&mut |_, node| {
        let telling = |key: &str| matches!(key, "_target_" | "class_path" | "trust_remote_code");
        model |= node.members().iter().any(|(key, _)| telling(key));
    });
    if model {
        cx.artifact.format = "yaml-config";
        checks::check(document, text, Origin::Yaml, cx);
    }
    model
}

#[cfg(test)]
mod tests;
