//! Keras model configurations: the JSON that says which layers to build, and so which callables loading runs.
//!
//! It stands in `config.json` of a `.keras` archive, in the `model_config` attribute of an HDF5 file, and in
//! the metadata of a SavedModel; [`judge`] reads all of them.

mod encoding;
mod lambda;
mod modules;
mod objects;

use redan_domain::ReadAt;

use crate::head::Head;
use crate::json::{Json, Value};
use crate::readers::{Match, Reader};
use crate::walk::Cx;
use redan_domain::facts;

facts! {
    /// Compiled Python code stands in the configuration.
    LAMBDA = "keras-lambda";
    /// Compiled Python code that refers to processes, files, the network or other code.
    LAMBDA_DANGEROUS = "keras-lambda-dangerous";
    /// The configuration names a callable that no layer needs, of Keras or of any other module.
    ARBITRARY_CALLABLE = "keras-arbitrary-callable";
    /// The configuration turns off the check that refuses code.
    DISABLES_SAFE_MODE = "keras-disables-safe-mode";
    /// A class from a module that is not Keras, without the name that Keras writes for registered classes.
    FOREIGN_CLASS = "keras-foreign-class";
    /// A class that the loading program has to provide.
    CUSTOM_CLASS = "keras-custom-class";
    /// A layer reads a file outside of the model, or an address, that the configuration names.
    FILE_READ = "keras-file-read";
    /// A layer reads a file by a name that stays beside the model.
    LOCAL_FILE = "keras-local-file";
    /// A layer loads another model from a path.
    EXTERNAL_MODEL = "keras-external-model";
    /// A layer fetches a model from an address.
    REMOTE_LAYER = "keras-remote-layer";
    /// A layer holds a pickled PyTorch module.
    TORCH_MODULE = "keras-torch-module";
    /// A layer holds a TensorFlow operation that touches files or runs code.
    TENSORFLOW_OP = "keras-tensorflow-op";
    /// A key stands twice in one object of the configuration.
    DUPLICATE_KEY = "keras-duplicate-key";
}

/// No real configuration is larger: the longest hold vocabularies of some hundred thousand words.
const MAX_CONFIG: usize = 64 << 20;

pub(crate) struct KerasConfig;

impl Reader for KerasConfig {
    fn format(&self) -> &'static str {
        "keras-config"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        let opening = head
            .bytes
            .iter()
            .take(64)
            .find(|byte| !matches!(byte, 0 | b' ' | b'\t' | b'\r' | b'\n' | 0xef | 0xbb | 0xbf | 0xfe | 0xff));
        if !matches!(opening, Some(b'{' | b'[')) {
            return Match::No;
        }
        // Weights that happen to have zeros where a wide encoding has them are not decoded to their end.
        if !encoding::begins_like_json(head.bytes) {
            return Match::No;
        }
        let copy;
        let bytes = if let Some(bytes) = head.input().bytes() {
            bytes.get(..bytes.len().min(MAX_CONFIG)).unwrap_or_default()
        } else {
            copy = head.input().read_vec_at(0, MAX_CONFIG).unwrap_or_default();
            &copy
        };
        let Some((text, _)) = encoding::text(bytes) else { return Match::No };
        // Keys can be written with escapes, so that a search for the plain word finds nothing.
        let telling = ["class_name", "keras_version", "\\u005", "\\u006", "\\u007"];
        if !telling.iter().any(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some()) {
            return Match::No;
        }
        let budget = crate::budget::Budget::new(crate::budget::Limits::default());
        match Json::parse(&text, &budget) {
            Ok(json) if is_config(&json) || is_metadata(&json) || holds_config(&json) => Match::Yes,
            _ => Match::No,
        }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let Ok(bytes) = input.read_vec_at(0, MAX_CONFIG) else {
            return cx.incomplete("the configuration could not be read");
        };
        if input.size() > MAX_CONFIG as u64 {
            cx.over_budget("size of a Keras configuration");
        }
        match encoding::text(&bytes) {
            Some((text, base)) => judge(&text, base, "", cx),
            None => cx.incomplete("the configuration is not text"),
        }
    }
}

/// An object that Keras would build: a class with its configuration, told from other JSON by a further key or
/// by what the class is.
fn is_config(json: &Json<'_>) -> bool {
    let Some(class) = json.get("class_name").and_then(Json::str) else { return false };
    let Some(config) = json.get("config") else { return false };
    let marked = ["module", "registered_name", "keras_version", "build_config", "compile_config", "backend"]
        .iter()
        .any(|key| json.get(key).is_some());
    marked
        || matches!(class, "Sequential" | "Functional" | "Model" | "Lambda" | "function")
        || config.get("layers").is_some()
        || config.items().iter().any(|layer| layer.get("class_name").is_some())
}

/// Whether an object that only Keras writes stands somewhere inside: loaders build lists and dictionaries of
/// configurations, too, and other tools wrap them (TensorFlow.js, for one).
fn holds_config(json: &Json<'_>) -> bool {
    let mut found = false;
    json.walk(&mut |_, value| {
        let text = |key: &str| value.get(key).and_then(Json::str).unwrap_or_default();
        let class = text("class_name");
        let of_keras = modules::is_keras(text("module")) || value.get("registered_name").is_some();
        let telling = matches!(class, "Lambda" | "__lambda__" | "function" | "Sequential" | "Functional");
        found |= !class.is_empty() && value.get("config").is_some() && (of_keras || telling);
    });
    found
}

/// `metadata.json` of a `.keras` archive.
fn is_metadata(json: &Json<'_>) -> bool {
    json.get("keras_version").is_some_and(|version| matches!(version.value, Value::Text(_)))
        && json.members().len() <= 8
        && json.get("class_name").is_none()
}

/// A configuration that is being judged.
pub(super) struct Document<'t> {
    pub(super) text: &'t str,
    /// Offset of the text in the artifact, where it has one.
    pub(super) base: Option<u64>,
    /// What comes before the JSON pointer, for example `@model_config`.
    pub(super) prefix: &'t str,
}

/// Judges one configuration: every object in it that a loader would resolve to a callable.
pub(crate) fn judge(text: &str, base: Option<u64>, prefix: &str, cx: &mut Cx<'_>) {
    let trimmed = text.trim_end_matches('\0');
    let json = match Json::parse(trimmed, cx.budget()) {
        Ok(json) => json,
        Err(error) => {
            return cx.incomplete(format!(
                "the Keras configuration is not JSON: {} at byte {}",
                error.message, error.offset
            ));
        }
    };
    if cx.artifact.format == "keras-config" && is_metadata(&json) {
        cx.artifact.format = "keras-metadata";
    }
    for key in ["keras_version", "backend"] {
        if let Some(value) = json.get(key).and_then(Json::str) {
            cx.artifact.contents.meta(key, value);
        }
    }
    if let Some(class) = json.get("class_name").and_then(Json::str) {
        cx.artifact.contents.meta("class_name", class);
    }
    let document = Document { text: trimmed, base, prefix };
    let mut judge = objects::Judge::new(document, cx);
    json.walk(&mut |pointer, value| judge.value(pointer, value));
}

#[cfg(test)]
mod tests;
