//! Judges one object of a Keras configuration after the other: which callable it names and what that does.

use std::collections::{HashMap, HashSet};

use super::modules::{has_model_functions, is_keras, is_layer_package, never_holds_layers, reaches_out, within};
use super::{
    ARBITRARY_CALLABLE, CUSTOM_CLASS, DISABLES_SAFE_MODE, DUPLICATE_KEY, Document, EXTERNAL_MODEL, FILE_READ,
    FOREIGN_CLASS, LOCAL_FILE, REMOTE_LAYER, TENSORFLOW_OP, TORCH_MODULE,
};
use crate::json::{Json, Value};
use crate::walk::Cx;
use redan_domain::{Fact, FactKind};

/// Largest pickled PyTorch module that is examined inside a configuration.
const MAX_MODULE: usize = 64 << 20;

/// Builtins of Python that a configuration could name; everything else under `builtins` is a name that
/// Keras looks up among its own activations, losses and so on.
const BUILTINS: &[&str] = &[
    "__import__",
    "__build_class__",
    "breakpoint",
    "compile",
    "delattr",
    "dir",
    "eval",
    "exec",
    "execfile",
    "exit",
    "getattr",
    "globals",
    "help",
    "input",
    "locals",
    "memoryview",
    "object",
    "open",
    "print",
    "quit",
    "setattr",
    "super",
    "type",
    "vars",
];

pub(super) struct Judge<'a, 'b, 't> {
    document: Document<'t>,
    cx: &'a mut Cx<'b>,
    custom: HashSet<String>,
    /// By kind: beyond what is kept, no more is put together.
    reports: HashMap<FactKind, u32>,
}

impl<'a, 'b, 't> Judge<'a, 'b, 't> {
    pub(super) fn new(document: Document<'t>, cx: &'a mut Cx<'b>) -> Self {
        Self { document, cx, custom: HashSet::new(), reports: HashMap::new() }
    }

    /// One value of the document, parents first.
    pub(super) fn value(&mut self, pointer: &str, json: &Json<'_>) {
        match &json.value {
            Value::Text(text) => self.maybe_code(pointer, json, text),
            Value::Object(members) => {
                self.duplicates(pointer, json);
                // Of duplicate keys every value is tried: which one counts depends on the parser.
                for (_, class) in members.iter().rev().filter(|(key, _)| key == "class_name").take(8) {
                    if let Some(class) = class.str() {
                        self.object(pointer, json, class);
                    }
                }
                self.reads_files(pointer, json);
            }
            _ => {}
        }
    }

    pub(super) fn report(
        &mut self,
        kind: FactKind,
        subject: impl AsRef<str>,
        message: impl AsRef<str>,
        pointer: &str,
        json: &Json<'_>,
    ) {
        let reports = self.reports.entry(kind).or_default();
        *reports += 1;
        if *reports > 200 {
            return;
        }
        let mut fact = Fact::new(kind, subject, message).pointer(format!("{}{pointer}", self.document.prefix));
        let len = json.end.saturating_sub(json.start);
        if let Some(base) = self.document.base {
            fact = fact.at(base + json.start as u64, len as u64);
        }
        fact = fact.excerpt(crate::text::excerpt(self.document.text, json.start, len.min(120), ""));
        self.cx.fact(fact);
    }

    fn duplicates(&mut self, pointer: &str, json: &Json<'_>) {
        const RESOLVED: &[&str] = &["class_name", "module", "registered_name", "config", "function", "function_type"];
        for key in RESOLVED {
            let mut same = json.members().iter().filter(|(name, _)| name == key);
            if let (Some((_, first)), Some(_)) = (same.next(), same.next()) {
                let message =
                    format!("the key `{key}` stands twice in one object; which value counts depends on the parser");
                self.report(DUPLICATE_KEY, key, message, pointer, first);
            }
        }
    }

    /// An object with a class name: what the loader would make of it.
    fn object(&mut self, pointer: &str, json: &Json<'_>, class: &str) {
        let config = json.get("config");
        let module = json.get("module").and_then(Json::str).unwrap_or_default();
        let registered = json.get("registered_name").and_then(Json::str);
        match class {
            "__lambda__" => {
                let code =
                    config.and_then(|config| config.get("code").or_else(|| config.get("value")).or(Some(config)));
                self.embedded_code(pointer, code.unwrap_or(json));
                return;
            }
            "function" | "builtin_function_or_method" => {
                let name = config.and_then(Json::str).or(registered).unwrap_or_default();
                self.callable(pointer, json, module, name, registered, true);
                return;
            }
            "__typespec__" => {
                let name = json.get("spec_name").and_then(Json::str).unwrap_or_default();
                if !module.is_empty() && !within(module, "tensorflow") {
                    self.callable(pointer, json, module, name, registered, true);
                }
                return;
            }
            _ => {}
        }
        let Some(config) = config else { return };
        self.callable(pointer, json, module, class, registered, false);
        match class.rsplit('>').next().unwrap_or(class) {
            "Lambda" => self.lambda_layer(pointer, config),
            "TFOpLambda" | "SlicingOpLambda" => {
                let function = config.get("function").and_then(Json::str).unwrap_or_default();
                self.tensorflow_function(pointer, config, function);
            }
            "TensorFlowOpLayer" => self.tensorflow_node(pointer, config),
            "TFSMLayer" => {
                let path = config.get("filepath").and_then(Json::str).unwrap_or_default();
                let message = format!("a layer loads and runs the SavedModel at `{path}`, outside this file");
                self.report(EXTERNAL_MODEL, path, message, pointer, config);
            }
            "KerasLayer" => {
                if let Some(handle) = config.get("handle").and_then(Json::str) {
                    let message = format!("a layer loads and runs the model at `{handle}`, outside this file");
                    self.report(REMOTE_LAYER, handle, message, pointer, config);
                }
            }
            "TorchModuleWrapper" => self.torch_module(pointer, config),
            _ => {}
        }
    }

    fn callable(
        &mut self,
        pointer: &str,
        json: &Json<'_>,
        module: &str,
        name: &str,
        registered: Option<&str>,
        function: bool,
    ) {
        let last = name.rsplit(['.', '>']).next().unwrap_or(name);
        let full = if module.is_empty() { name.to_string() } else { format!("{module}.{name}") };
        if last == "enable_unsafe_deserialization" {
            let message =
                format!("the configuration calls `{full}`, which turns off the check that refuses code in model files");
            return self.report(DISABLES_SAFE_MODE, full, message, pointer, json);
        }
        let ours = is_keras(module) || within(module, "tensorflow") || is_layer_package(module);
        let complaint = if module.is_empty() {
            // No Keras class has a dot in its name; some loaders split it into module and attribute.
            (name.contains('.') && never_holds_layers(name)).then(|| "which is no part of Keras".to_string())
        } else if ours {
            let by_name = reaches_out(last).map(|does| format!("which {does}"));
            let by_module = (function && is_keras(module) && !has_model_functions(module))
                .then(|| "a function that no layer computes with".to_string());
            by_name.or(by_module)
        } else if module == "builtins" || module == "__builtin__" {
            BUILTINS.contains(&last).then(|| "a builtin of Python, not of Keras".to_string())
        } else if never_holds_layers(module) {
            Some("which is no part of Keras".to_string())
        } else if function && module != "__main__" {
            Some("a function of a module that is imported for it".to_string())
        } else {
            None
        };
        if let Some(complaint) = complaint {
            let message = format!("the configuration makes the loader resolve `{full}`, {complaint}");
            return self.report(ARBITRARY_CALLABLE, full, message, pointer, json);
        }
        if !function && !ours && module != "builtins" {
            self.class(pointer, json, module, &full, registered);
        }
    }

    /// A class that is neither of Keras nor of a known package.
    fn class(&mut self, pointer: &str, json: &Json<'_>, module: &str, full: &str, registered: Option<&str>) {
        if module.is_empty() && registered.is_none_or(|name| !name.contains('>')) {
            // Old files name Keras classes without a module.
            return;
        }
        if !self.custom.insert(full.to_string()) {
            return;
        }
        if registered.is_none() && module != "__main__" {
            let message = format!(
                "the configuration makes the loader import `{module}` for the class `{full}`, without the registered name that Keras writes for classes of others"
            );
            self.report(FOREIGN_CLASS, full, message, pointer, json);
        } else {
            let message = format!("the class `{full}` is not part of Keras; the loading program has to provide it");
            self.report(CUSTOM_CLASS, full, message, pointer, json);
        }
    }

    /// `Lambda`: code as a list of three, as an object, or a function by name.
    fn lambda_layer(&mut self, pointer: &str, config: &Json<'_>) {
        for part in ["function", "output_shape", "mask"] {
            let Some(value) = config.get(part) else { continue };
            let kind = config.get(&format!("{part}_type")).and_then(Json::str).unwrap_or_default();
            let below = format!("{pointer}/config/{part}");
            match &value.value {
                Value::Array(items) if part == "function" || kind == "lambda" => {
                    self.embedded_code(&below, items.first().unwrap_or(value));
                }
                Value::Text(name) if kind == "function" || part == "function" => {
                    let key = if part == "function" { "module".to_string() } else { format!("{part}_module") };
                    let module = config.get(&key).and_then(Json::str).unwrap_or_default();
                    if kind == "lambda" {
                        self.embedded_code(&below, value);
                    } else if !module.is_empty() {
                        self.callable(&below, value, module, name, None, true);
                    }
                }
                _ => {}
            }
        }
    }

    /// A TensorFlow function that a functional model called on its tensors, for example `math.multiply`.
    fn tensorflow_function(&mut self, pointer: &str, config: &Json<'_>, function: &str) {
        let last = function.rsplit('.').next().unwrap_or(function);
        let raw = crate::readers::tensorflow::dangerous_op(last);
        if let Some(does) = reaches_out(last).or(raw) {
            let message = format!("a layer calls the TensorFlow function `{function}`, which {does}");
            self.report(TENSORFLOW_OP, function, message, pointer, config);
        }
    }

    /// A TensorFlow operation written into the configuration as a node, in JSON or in text.
    fn tensorflow_node(&mut self, pointer: &str, config: &Json<'_>) {
        let mut found = Vec::new();
        if let Some(node) = config.get("node_def") {
            node.walk(&mut |_, value| {
                if let Some(text) = value.str() {
                    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                    found.extend(
                        words.filter_map(|word| {
                            Some((word.to_string(), crate::readers::tensorflow::dangerous_op(word)?))
                        }),
                    );
                }
            });
        }
        for (op, does) in found {
            let message = format!("a layer holds the TensorFlow operation `{op}`, which {does}");
            self.report(TENSORFLOW_OP, op, message, pointer, config);
        }
    }

    fn torch_module(&mut self, pointer: &str, config: &Json<'_>) {
        let Some(text) = config.get("module").and_then(Json::str) else { return };
        let message = "a layer holds a pickled PyTorch module; a loader that accepts it unpickles it";
        self.report(TORCH_MODULE, "TorchModuleWrapper", message, pointer, config);
        let bytes = crate::base64::decode(text.as_bytes(), MAX_MODULE);
        if !bytes.is_empty() {
            self.cx.member(&format!("{pointer}/config/module"), &bytes);
        }
    }

    /// Vocabularies and weights given as a path instead of a list are read from that path.
    fn reads_files(&mut self, pointer: &str, json: &Json<'_>) {
        for key in ["vocabulary", "idf_weights", "vocabulary_file", "vocab_file"] {
            let Some(value) = json.get(key) else { continue };
            let Some(path) = value.str().filter(|path| !path.is_empty()) else { continue };
            let message = format!("a layer reads its {key} from `{path}`; the path comes from the model file");
            // Feature columns always name a file, the one that training used; lookup layers never do.
            let outside = path.starts_with(['/', '\\', '~'])
                || path.contains("://")
                || path.get(1..2) == Some(":")
                || path.split(['/', '\\']).any(|part| part == "..");
            let kind = if outside && !key.ends_with("_file") { FILE_READ } else { LOCAL_FILE };
            self.report(kind, path, message, &format!("{pointer}/{key}"), value);
        }
    }
}
