//! skops: `schema.json` names the type of every object and how it is to be built. Types are imported while
//! loading, so every name is judged as a pickle's would be.

use redan_domain::ReadAt;

use crate::head::Head;
use crate::json::{Json, Value};
use crate::pickle::callables::{Callables, Verdict};
use crate::readers::{Match, Reader};
use crate::walk::Cx;
use redan_domain::{Fact, facts};

facts! {
    /// A type or function that can do harm.
    DANGEROUS_TYPE = "skops-dangerous-type";
    /// A type or function that nobody has judged.
    UNTRUSTED_TYPE = "skops-untrusted-type";
    /// A node that says it is of one type and builds another.
    MISMATCHED_TYPE = "skops-mismatched-type";
    /// Not what the format prescribes.
    INVALID = "skops-invalid";
}

/// Schemas describe structure; arrays are in members of their own.
const MAX_SCHEMA: u64 = 64 << 20;

/// Libraries whose classes (not functions) hold models and data only, besides those the table vets.
const LIBRARIES: &[&str] = &[
    "sklearn",
    "numpy",
    "scipy",
    "pandas",
    "lightgbm",
    "xgboost",
    "catboost",
    "quantile_forest",
    "imblearn",
    "category_encoders",
];

/// Nodes that build an object of the named class from data.
const OBJECT_NODES: &[&str] = &[
    "ObjectNode",
    "TreeNode",
    "LossNode",
    "SGDNode",
    "NdArrayNode",
    "MaskedArrayNode",
    "RandomStateNode",
    "RandomGeneratorNode",
    "DTypeNode",
    "SparseMatrixNode",
    "ConstructorFromReduceNode",
    "TypeNode",
    "DictNode",
    "DefaultDictNode",
    "ListNode",
    "TupleNode",
    "SetNode",
    "BytesNode",
    "BytearrayNode",
    "SliceNode",
    "JsonNode",
    "CachedNode",
    "_DictWithDeprecatedKeysNode",
    "DatetimeNode",
    "QuantileForestNode",
    "BunchNode",
    "MethodNode",
    "ReduceNode",
    "BitGeneratorNode",
    "DataFrameNode",
    "SeriesNode",
    "IndexNode",
];

/// Nodes that import a function, call one or bind arguments to it.
const FUNCTION_NODES: &[&str] = &["FunctionNode", "PartialNode", "OperatorFuncNode"];

pub(crate) struct Skops;

impl Reader for Skops {
    fn format(&self) -> &'static str {
        "skops-schema"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        if head.bytes.trim_ascii_start().first() != Some(&b'{') {
            return Match::No;
        }
        let has = |bytes: &[u8], key: &str| memchr::memmem::find(bytes, key.as_bytes()).is_some();
        let all =
            |bytes: &[u8]| has(bytes, "\"__loader__\"") && has(bytes, "\"__class__\"") && has(bytes, "\"__module__\"");
        if all(head.bytes) {
            return Match::Yes;
        }
        // Something else may stand first in the schema of an archive.
        let longer = || head.input().read_vec_at(0, 1 << 20).unwrap_or_default();
        if head.base_name() == "schema.json" && all(&longer()) { Match::Yes } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        if input.size() > MAX_SCHEMA {
            return cx.over_budget("schema size");
        }
        let Ok(bytes) = input.read_vec_at(0, input.size() as usize) else {
            return cx.incomplete("the schema could not be read");
        };
        let text = String::from_utf8_lossy(&bytes);
        let json = match Json::parse(&text, cx.budget()) {
            Ok(json) => json,
            Err(error) => {
                let message = format!("the schema is not JSON: {} at byte {}", error.message, error.offset);
                cx.fact(Fact::new(INVALID, "schema", &message).at(error.offset as u64, 1));
                return cx.incomplete(message);
            }
        };
        for key in ["protocol", "_skops_version"] {
            let value = json.get(key).map(|value| match &value.value {
                Value::Number(number) => (*number).to_string(),
                _ => value.str().unwrap_or_default().to_string(),
            });
            if let Some(value) = value {
                cx.artifact.contents.meta(key, &value);
            }
        }
        let mut imports = std::collections::BTreeSet::new();
        json.walk(&mut |pointer, node| {
            if node.is_object() {
                examine(pointer, node, &mut imports, cx);
            }
        });
        cx.artifact.contents.imports = imports.into_iter().take(500).collect();
    }
}

fn text<'a>(node: &'a Json<'_>, key: &str) -> Option<&'a str> {
    node.get(key).and_then(Json::str)
}

fn examine(pointer: &str, node: &Json<'_>, imports: &mut std::collections::BTreeSet<String>, cx: &mut Cx<'_>) {
    let loader = text(node, "__loader__");
    // Protocol 0 named functions in the content of a node.
    if let (Some(module), Some(function)) = (text(node, "module_path"), text(node, "function")) {
        judge(pointer, node, "FunctionNode", module, function, cx);
        imports.insert(format!("{module}.{function}"));
    }
    let (Some(class), Some(module)) = (text(node, "__class__"), text(node, "__module__")) else { return };
    if imports.len() < 10_000 {
        imports.insert(format!("{module}.{class}"));
    }
    let loader = loader.unwrap_or("TypeNode");
    if !OBJECT_NODES.contains(&loader) && !FUNCTION_NODES.contains(&loader) {
        let message = format!("node `{loader}` builds `{module}.{class}` in a way that skops does not have");
        report(UNTRUSTED_TYPE, pointer, node, loader, &message, cx);
    }
    match loader {
        "OperatorFuncNode" => return operator(pointer, node, module, class, cx),
        "MethodNode" => method(pointer, node, module, class, cx),
        _ => {}
    }
    judge(pointer, node, loader, module, class, cx);
}

/// Judges an import that loading the node makes.
fn judge(pointer: &str, node: &Json<'_>, loader: &str, module: &str, name: &str, cx: &mut Cx<'_>) {
    let full = format!("{module}.{name}");
    // Partial functions bind; what they bind is a node of its own. JSON is parsed as data.
    if matches!(loader, "JsonNode") || (loader, full.as_str()) == ("PartialNode", "functools.partial") {
        return;
    }
    match Callables::shipped().judge(module, name) {
        Verdict::Dangerous(effect) => {
            let message = format!("`{loader}` imports `{full}`, which {}", effect.does());
            report(DANGEROUS_TYPE, pointer, node, &full, &message, cx);
        }
        Verdict::Vetted(_) => {}
        Verdict::Unknown if is_data(loader, module, name) => {}
        Verdict::Unknown => {
            let message = format!("`{loader}` imports `{full}`, which nobody has judged");
            report(UNTRUSTED_TYPE, pointer, node, &full, &message, cx);
        }
    }
}

/// Classes of libraries of models, and numpy's and scipy's own functions on arrays.
fn is_data(loader: &str, module: &str, name: &str) -> bool {
    let root = module.split('.').next().unwrap_or_default();
    let plain = !name.contains('.') && !name.starts_with("__");
    if FUNCTION_NODES.contains(&loader) {
        // Functions on arrays; what reads files or fetches data is in the table, and left out here by name too.
        let touches = ["load", "save", "from", "fetch", "read", "write", "open", "exec", "eval"]
            .iter()
            .any(|word| name.contains(word));
        return plain && !touches && matches!(root, "numpy" | "scipy" | "sklearn");
    }
    // Extension modules of older versions of scikit-learn do not know their package.
    if loader == "LossNode" && matches!(module, "_loss" | "_sgd_fast") {
        return plain;
    }
    let builtin = module == "builtins"
        && matches!(
            name,
            "str"
                | "int"
                | "float"
                | "bool"
                | "list"
                | "tuple"
                | "dict"
                | "set"
                | "frozenset"
                | "bytes"
                | "bytearray"
                | "slice"
                | "complex"
                | "NoneType"
                | "object"
                | "range"
                | "map"
        );
    builtin || plain && LIBRARIES.contains(&root)
}

/// Versions before 0.12 took any class name from `operator`, whatever module was shown for trust (CVE-2025-54412).
fn operator(pointer: &str, node: &Json<'_>, module: &str, class: &str, cx: &mut Cx<'_>) {
    let full = format!("{module}.{class}");
    if !matches!(module, "operator" | "_operator") {
        let message = format!("the node shows `{full}` for trust, but builds `operator.{class}`");
        return report(MISMATCHED_TYPE, pointer, node, &full, &message, cx);
    }
    match class {
        "itemgetter" | "attrgetter" => {
            let arguments = node.get("attrs");
            let mut dunder = false;
            if let Some(arguments) = arguments {
                arguments.walk(&mut |_, value| {
                    dunder |=
                        value.str().is_some_and(|text| text.contains("__globals__") || text.contains("__builtins__"));
                });
            }
            if dunder {
                let message = format!("`{full}` reaches the interior of an object");
                report(DANGEROUS_TYPE, pointer, node, &full, &message, cx);
            }
        }
        "methodcaller" => {
            let message = format!("`{full}` calls a method that the file names");
            report(UNTRUSTED_TYPE, pointer, node, &full, &message, cx);
        }
        _ => {
            let message = format!("`{full}` is called while loading");
            report(DANGEROUS_TYPE, pointer, node, &full, &message, cx);
        }
    }
}

/// Versions before 0.12 showed the type of the node for trust, not that of the object it takes the method of
/// (CVE-2025-54413).
fn method(pointer: &str, node: &Json<'_>, module: &str, class: &str, cx: &mut Cx<'_>) {
    let content = node.get("content");
    let object = content.and_then(|content| content.get("obj"));
    let function = content.and_then(|content| text(content, "func")).unwrap_or_default();
    if let Some(object) = object {
        let shown = format!("{module}.{class}");
        let real =
            format!("{}.{}", text(object, "__module__").unwrap_or("?"), text(object, "__class__").unwrap_or("?"));
        if shown != real {
            let message = format!("the node shows `{shown}` for trust, but takes `{function}` of `{real}`");
            report(MISMATCHED_TYPE, pointer, node, &format!("{real}.{function}"), &message, cx);
        }
    }
    if function.starts_with("__") && function != "__call__" {
        let message = format!("the node takes the special method `{function}` of `{module}.{class}`");
        report(DANGEROUS_TYPE, pointer, node, &format!("{module}.{class}.{function}"), &message, cx);
    }
}

fn report(kind: redan_domain::FactKind, pointer: &str, node: &Json<'_>, subject: &str, message: &str, cx: &mut Cx<'_>) {
    let fact = Fact::new(kind, subject, message).at(node.start as u64, (node.end - node.start) as u64);
    cx.fact(fact.pointer(pointer));
}

#[cfg(test)]
mod tests {
    use crate::testing::{facts_of, look, mutilate};

    fn facts(root: &str) -> Vec<String> {
        let schema = format!("{{{root}, \"protocol\": 2, \"_skops_version\": \"0.11\"}}");
        mutilate(schema.as_bytes(), "schema.json");
        let artifact = look(schema.as_bytes(), "schema.json");
        assert_eq!(artifact.format, "skops-schema");
        facts_of(&artifact)
    }

    fn node(loader: &str, module: &str, class: &str, rest: &str) -> String {
        format!("\"__class__\": \"{class}\", \"__module__\": \"{module}\", \"__loader__\": \"{loader}\"{rest}")
    }

    #[test]
    fn models_and_data_are_silent() {
        let inner = node("FunctionNode", "numpy", "log1p", "");
        let content = format!(
            ", \"content\": {{{}, \"content\": {{\"func\": {{{inner}}}}}}}",
            node("DictNode", "builtins", "dict", "")
        );
        assert!(
            facts(&node("ObjectNode", "sklearn.preprocessing._function_transformer", "FunctionTransformer", &content))
                .is_empty()
        );
        assert!(facts(&node("LossNode", "sklearn.linear_model._sgd_fast", "Hinge", "")).is_empty());
        assert!(facts(&node("LossNode", "_loss", "CyHalfBinomialLoss", "")).is_empty());
        assert!(facts(&node("FunctionNode", "numpy.core._multiarray_umath", "log1p", "")).is_empty());
        assert!(
            facts(&node("FunctionNode", "sklearn.feature_selection._univariate_selection", "f_classif", "")).is_empty()
        );
        assert!(facts(&node("OperatorFuncNode", "operator", "itemgetter", ", \"attrs\": {}")).is_empty());
    }

    #[test]
    fn names_are_judged() {
        assert_eq!(facts(&node("FunctionNode", "os", "system", "")), ["skops-dangerous-type os.system"]);
        assert_eq!(facts(&node("TypeNode", "builtins", "eval", "")), ["skops-dangerous-type builtins.eval"]);
        assert_eq!(facts(&node("ObjectNode", "my_project", "Model", "")), ["skops-untrusted-type my_project.Model"]);
        assert_eq!(facts(&node("FunctionNode", "my_project", "f", "")), ["skops-untrusted-type my_project.f"]);
        let old = node(
            "FunctionNode",
            "types",
            "FunctionType",
            ", \"content\": {\"module_path\": \"os\", \"function\": \"system\"}",
        );
        assert!(facts(&old).contains(&"skops-dangerous-type os.system".to_string()));
    }

    #[test]
    fn what_is_shown_must_be_what_is_built() {
        let operator = node("OperatorFuncNode", "sklearn.linear_model._base", "call", ", \"attrs\": {}");
        assert_eq!(facts(&operator), ["skops-mismatched-type sklearn.linear_model._base.call"]);
        assert_eq!(facts(&node("OperatorFuncNode", "operator", "call", "")), ["skops-dangerous-type operator.call"]);
        let object = node("ObjectNode", "sklearn.pipeline", "Pipeline", "");
        let method = node(
            "MethodNode",
            "builtins",
            "str",
            &format!(", \"content\": {{\"func\": \"fit\", \"obj\": {{{object}}}}}"),
        );
        assert_eq!(facts(&method), ["skops-mismatched-type sklearn.pipeline.Pipeline.fit"]);
    }
}
