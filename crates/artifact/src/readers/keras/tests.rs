use crate::{Options, Status, inspect};

/// Kinds and subjects of the facts about one configuration.
fn facts(text: &str) -> Vec<(&'static str, String)> {
    let artifact = inspect(&text.as_bytes().to_vec(), "config.json", &Options::default());
    assert!(artifact.format.starts_with("keras-"), "{}: {text}", artifact.format);
    assert_eq!(artifact.status, Status::Understood, "{text}");
    artifact.facts.into_iter().map(|fact| (fact.kind.0, fact.subject)).collect()
}

fn model(layer: &str) -> String {
    format!(
        r#"{{"module": "keras", "class_name": "Sequential", "config": {{"name": "s", "layers": [{{"module": "keras.layers",
        "class_name": "InputLayer", "config": {{"batch_shape": [null, 4], "name": "i"}}, "registered_name": null}}, {layer}]}},
        "registered_name": null}}"#
    )
}

fn kinds(layer: &str) -> Vec<&'static str> {
    facts(&model(layer)).into_iter().map(|(kind, _)| kind).collect()
}

/// A lambda with these names and constants in the layout of Python 3.8 to 3.10, without bytecode.
fn marshalled(names: &[&str], constants: &[&str]) -> String {
    let name = |text: &&str| [b"u", &(text.len() as u32).to_le_bytes()[..], text.as_bytes()].concat();
    let tuple = |items: &[&str]| {
        let texts: Vec<u8> = items.iter().flat_map(name).collect();
        [b"(", &(items.len() as u32).to_le_bytes()[..], &texts].concat()
    };
    let mut out = vec![0x63];
    out.extend([0; 24]);
    out.extend([b's', 2, 0, 0, 0, 0x53, 0]);
    out.extend([tuple(constants), tuple(names), tuple(&["x"]), tuple(&[]), tuple(&[])].concat());
    out.extend([name(&"f.py"), name(&"<lambda>")].concat());
    out.extend([1, 0, 0, 0, b's', 0, 0, 0, 0]);
    encode(&out)
}

fn encode(data: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in data.chunks(3) {
        let bits = chunk.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for at in 0..=chunk.len() {
            out.push(char::from(ALPHABET[(bits >> (18 - 6 * at)) as usize & 63]));
        }
    }
    out.push_str(&"=".repeat((3 - data.len() % 3) % 3));
    out
}

#[test]
fn says_what_a_lambda_refers_to() {
    let code = marshalled(&["__import__", "system"], &["os", "true"]);
    for function in [
        format!(r#"{{"class_name": "__lambda__", "config": {{"code": "{code}", "defaults": null, "closure": null}}}}"#),
        format!(r#"{{"class_name": "__lambda__", "config": {{"value": "{code}"}}}}"#),
        format!(r#"["{code}", null, null], "function_type": "lambda""#),
    ] {
        let layer = format!(r#"{{"class_name": "Lambda", "config": {{"name": "l", "function": {function}}}}}"#);
        let wrapped = format!(
            r#"{{"module": "keras.layers", "class_name": "TimeDistributed", "config": {{"layer": {layer}}}, "registered_name": null}}"#
        );
        let expected = [("keras-lambda-dangerous", "__import__, os.system".to_string())];
        assert_eq!(facts(&model(&layer)), expected, "{layer}");
        assert_eq!(facts(&model(&wrapped)), expected);
    }
    let harmless = marshalled(&["tf", "reduce_mean"], &[]);
    let layer = format!(r#"{{"class_name": "Lambda", "config": {{"function": ["{harmless}", null, null]}}}}"#);
    assert_eq!(facts(&model(&layer)), [("keras-lambda", "`tf`, `reduce_mean`".to_string())]);
    assert_eq!(kinds(r#"{"class_name": "Lambda", "config": {"function": ["AAAA", null, null]}}"#), ["keras-lambda"]);
}

#[test]
fn finds_callables_that_are_not_layers() {
    for (layer, kind) in [
        (r#"{"class_name": "function", "config": "Popen", "module": "subprocess"}"#, "keras-arbitrary-callable"),
        (r#"{"class_name": "function", "config": "run", "module": "helpers.tools"}"#, "keras-arbitrary-callable"),
        (r#"{"class_name": "function", "config": "eval", "module": "builtins"}"#, "keras-arbitrary-callable"),
        (r#"{"class_name": "function", "config": "get_file", "module": "keras.utils"}"#, "keras-arbitrary-callable"),
        (r#"{"class_name": "get_file", "config": {}, "module": "keras.utils"}"#, "keras-arbitrary-callable"),
        (
            r#"{"class_name": "function", "config": "to_ordinal", "module": "keras.src.utils.x"}"#,
            "keras-arbitrary-callable",
        ),
        (
            r#"{"class_name": "Popen", "config": {}, "module": "subprocess", "registered_name": null}"#,
            "keras-arbitrary-callable",
        ),
        (
            r#"{"class_name": "function", "config": "enable_unsafe_deserialization", "module": "keras.config"}"#,
            "keras-disables-safe-mode",
        ),
        (
            r#"{"class_name": "Lambda", "config": {"function": "system", "function_type": "function", "module": "os"}}"#,
            "keras-arbitrary-callable",
        ),
        (r#"{"class_name": "X", "config": {}, "module": "a.b", "registered_name": null}"#, "keras-foreign-class"),
        (r#"{"class_name": "X", "config": {}, "module": "a.b", "registered_name": "a>X"}"#, "keras-custom-class"),
        (r#"{"class_name": "StringLookup", "config": {"vocabulary": "/etc/passwd"}}"#, "keras-file-read"),
        (r#"{"class_name": "TextVectorization", "config": {"vocabulary": "../secrets.txt"}}"#, "keras-file-read"),
        (r#"{"class_name": "StringLookup", "config": {"vocabulary": "words.txt"}}"#, "keras-local-file"),
        (
            r#"{"class_name": "Dense", "config": {"kernel_regularizer": {"class_name": "os.system", "config": {}}}}"#,
            "keras-arbitrary-callable",
        ),
        (r#"{"class_name": "TFSMLayer", "config": {"filepath": "/tmp/x"}}"#, "keras-external-model"),
        (r#"{"class_name": "KerasLayer", "config": {"handle": "https://example.com/m"}}"#, "keras-remote-layer"),
        (r#"{"class_name": "TorchModuleWrapper", "config": {"module": "gAJOLg=="}}"#, "keras-torch-module"),
        (r#"{"class_name": "TFOpLambda", "config": {"function": "io.write_file"}}"#, "keras-tensorflow-op"),
        (r#"{"class_name": "TFOpLambda", "config": {"function": "raw_ops.ReadFile"}}"#, "keras-tensorflow-op"),
        (
            r#"{"class_name": "TensorFlowOpLayer", "config": {"node_def": ["W", "{\"name\": \"w\", \"op\": \"WriteFile\"}"]}}"#,
            "keras-tensorflow-op",
        ),
    ] {
        assert_eq!(kinds(layer), [kind], "{layer}");
    }
    let twice = r#"{"class_name": "function", "class_name": "Dense", "config": "system", "module": "os"}"#;
    assert_eq!(kinds(twice), ["keras-duplicate-key", "keras-arbitrary-callable", "keras-arbitrary-callable"]);
    let escaped = r#"{"cl\u0061ss_name": "function", "config": "system", "module": "os", "registered_name": "system"}"#;
    assert_eq!(facts(escaped), [("keras-arbitrary-callable", "os.system".to_string())]);
}

#[test]
fn honest_models_are_silent() {
    for layer in [
        r#"{"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 2, "activation": "relu",
            "kernel_initializer": {"module": "keras.initializers", "class_name": "GlorotUniform", "config": {"seed": null},
            "registered_name": null}, "dtype": {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"},
            "registered_name": null}}, "registered_name": null, "build_config": {"input_shape": [null, 4]}}"#,
        r#"{"class_name": "Activation", "config": {"activation": {"module": "builtins", "class_name": "function",
            "config": "my_activation", "registered_name": "my_activation"}}}"#,
        r#"{"class_name": "Activation", "config": {"activation": {"module": "keras.activations", "class_name": "function",
            "config": "gelu", "registered_name": "gelu"}}}"#,
        r#"{"class_name": "StringLookup", "config": {"vocabulary": ["a", "b"], "idf_weights": null}}"#,
        r#"{"class_name": "TextVectorization", "config": {"vocabulary": null, "standardize": "lower_and_strip_punctuation"}}"#,
        r#"{"class_name": "Bidirectional", "config": {"layer": {"module": "keras.layers", "class_name": "LSTM", "config": {}}}}"#,
        r#"{"class_name": "TFOpLambda", "config": {"function": "math.multiply"}}"#,
        r#"{"class_name": "Lambda", "config": {"function": "my_function", "function_type": "function", "module": "__main__"}}"#,
        r#"{"class_name": "__numpy__", "config": {"value": [1, 2], "dtype": "int32"}}"#,
    ] {
        assert_eq!(kinds(layer), Vec::<&str>::new(), "{layer}");
    }
    assert_eq!(facts(r#"{"keras_version": "3.8.0", "date_saved": "2026-01-01@00:00:00"}"#), []);
}

#[test]
fn finds_configurations_in_other_encodings_and_inside_other_json() {
    let inner = r#"{"class_name": "function", "config": "system", "module": "os"}"#;
    for text in [
        format!("[{inner}]"),
        format!(r#"{{"format": "layers-model", "modelTopology": {{"a": [{inner}]}}}}"#),
        format!("\u{feff}{inner}"),
    ] {
        assert_eq!(facts(&text), [("keras-arbitrary-callable", "os.system".to_string())], "{text}");
    }
    let wide: Vec<u8> = inner.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let artifact = inspect(&wide, "config.json", &Options::default());
    assert_eq!(artifact.facts[0].kind.0, "keras-arbitrary-callable");
}

#[test]
fn other_json_is_left_alone() {
    for text in [
        r#"{"class_name": "first row", "count": 3}"#,
        r#"{"architectures": ["BertModel"], "model_type": "bert"}"#,
        r#"{"classes": [{"class_name": "cat", "config": 1}]}"#,
        r#"[{"class_name": "Document", "config": {}, "module": "index.schema"}]"#,
        r#"{"a": "\u00e9"}"#,
    ] {
        let artifact = inspect(&text.as_bytes().to_vec(), "config.json", &Options::default());
        assert!(!artifact.format.starts_with("keras"), "{text}");
    }
}

#[test]
fn a_cut_configuration_is_never_clean() {
    let text = model(r#"{"class_name": "function", "config": "system", "module": "os"}"#);
    for cut in 0..text.len() {
        let artifact = inspect(&text.as_bytes()[..cut].to_vec(), "config.json", &Options::default());
        assert_ne!(artifact.status, Status::Understood, "cut at {cut}");
    }
}
