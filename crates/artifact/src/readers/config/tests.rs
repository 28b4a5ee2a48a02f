use crate::artifact::Status;
use crate::walk::{Options, inspect};

fn facts(name: &str, text: &str) -> Vec<&'static str> {
    let artifact = inspect(&text.as_bytes().to_vec(), name, &Options::default());
    artifact.facts.iter().map(|fact| fact.kind.0).collect()
}

#[test]
fn says_what_a_configuration_pulls_in() {
    for (text, kinds) in [
        (r#"{"model_type": "x", "auto_map": {"AutoModel": "them/other--modeling.Model"}}"#, vec!["config-remote-code"]),
        (r#"{"auto_map": {"AutoTokenizer": ["a/b--tok.Slow", null]}}"#, vec!["config-remote-code"]),
        (
            r#"{"auto_map": {"AutoConfig": "configuration_x.XConfig", "AutoModel": "modeling_x.X"}}"#,
            vec!["config-local-code"],
        ),
        (r#"{"model_type": "x", "trust_remote_code": true}"#, vec!["config-remote-code"]),
        (r#"{"model_type": "x", "trust_remote_code": false}"#, vec![]),
        (r#"{"bos_token_id": 1, "custom_generate": "them/decoding"}"#, vec!["config-remote-code"]),
        (r#"{"model": {"_target_": "subprocess.Popen", "args": ["echo"]}}"#, vec!["config-dangerous-callable"]),
        (r#"{"model": {"_target_": "torch.nn.Linear", "in_features": 4}}"#, vec![]),
        (r#"{"model": {"target": "my_project.models.Net", "params": {"a": 1}}}"#, vec![]),
        (r#"{"model": {"target": "os.system", "params": {"command": "id"}}}"#, vec!["config-dangerous-callable"]),
        (r#"{"model": {"__target__": "builtins.exec", "a": "1"}}"#, vec!["config-dangerous-callable"]),
        (r#"{"model": {"__target__": "diffusers.UNet2DModel"}}"#, vec![]),
        (r#"{"model": {"_target_": "hydra.utils.get_class", "path": "torch.nn.ReLU"}}"#, vec![]),
        (
            r#"{"model": {"_target_": "hydra.utils.get_method", "path": "shutil.rmtree"}}"#,
            vec!["config-dangerous-callable"],
        ),
        (
            r#"{"model": {"_target_": "hydra.utils.get_method", "path": "subprocess.run"}}"#,
            vec!["config-dangerous-callable"],
        ),
        (r#"{"model": {"_target_": "hydra.utils.instantiate", "config": {"_target_": "torch.nn.ReLU"}}}"#, vec![]),
        (
            r#"{"model": {"_target_": "hydra.utils.instantiate", "config": {"_target_": "os.system"}}}"#,
            vec!["config-dangerous-callable"],
        ),
        (r#"{"py/reduce": [{"py/function": "os.system"}, {"py/tuple": ["echo"]}]}"#, vec!["config-dangerous-callable"]),
        (r#"{"peft_type": "LORA", "base_model_name_or_path": "http://model.invalid/x"}"#, vec!["config-foreign-base"]),
        (r#"{"peft_type": "LORA", "base_model_name_or_path": "/home/me/llama"}"#, vec!["config-local-base"]),
        (r#"{"peft_type": "LORA", "base_model_name_or_path": "them/llama"}"#, vec![]),
        (r#"{"peft_type": "LORA", "base_model_name_or_path": "../../../../etc/passwd"}"#, vec!["config-path-escape"]),
        (r#"[{"idx": 0, "name": "0", "path": "", "type": "custom_st.Transformer"}]"#, vec!["config-local-code"]),
        (r#"[{"idx": 0, "name": "0", "path": "", "type": "subprocess.Popen"}]"#, vec!["config-dangerous-callable"]),
        (r#"[{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}]"#, vec![]),
        (r#"{"_class_name": "P", "_diffusers_version": "0.3", "unet": ["my_unet", "Net"]}"#, vec!["config-local-code"]),
        (
            r#"{"_class_name": "P", "_diffusers_version": "0.3", "unet": ["diffusers", "UNet"], "x": [null, null]}"#,
            vec![],
        ),
        (r#"{"model_type": "x", "note": "__import__('os').system('id')"}"#, vec!["config-code-in-value"]),
        (r#"{"model_type": "x", "vocab_file": "/home/me/.ssh/id_rsa"}"#, vec!["config-path-escape"]),
        (
            r#"{"model_type": "x", "auto_map": {}, "auto_map": {"AutoModel": "a/b--c.D"}}"#,
            vec!["config-remote-code", "config-duplicate-key"],
        ),
        (
            r#"{"schemaVersion": 2, "layers": [{"digest": "sha256:../../../../etc/ld.so.preload"}]}"#,
            vec!["oci-path-escape"],
        ),
    ] {
        assert_eq!(facts("config.json", text), kinds, "{text}");
    }
}

#[test]
fn other_json_is_not_a_model_and_broken_configuration_is_incomplete() {
    for text in ["{\"a\": 1}", "[1, 2]", "[section]\nkey = 1\n", "{\"a\": 1}\n{\"a\": 2}\n"] {
        let artifact = inspect(&text.as_bytes().to_vec(), "data.json", &Options::default());
        assert_eq!((artifact.status, artifact.facts.len()), (Status::Unrecognised, 0), "{text}");
    }
    let artifact = inspect(&b"{\"auto_map\": ".to_vec(), "x.json", &Options::default());
    assert!(matches!(artifact.status, Status::Incomplete(_)));
    // What is too long to be read may hold anything.
    let few = Options { limits: crate::Limits { nodes: 100, ..crate::Limits::default() }, ..Options::default() };
    let artifact = inspect(&b"{\"a\": [0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]}".to_vec(), "x.json", &few);
    assert!(matches!(artifact.status, Status::Incomplete(_)));
}

/// Finding the place of a fact takes the whole text before it, so it is done only for those that are kept.
#[test]
fn a_million_facts_are_counted() {
    let text = format!("{{\"model_type\": \"x\", \"a\": [{}0]}}", "{\"trust_remote_code\": true},".repeat(300_000));
    let artifact = inspect(&text.into_bytes(), "config.json", &Options::default());
    let listed = artifact.facts.iter().filter(|fact| fact.kind.0 == "config-remote-code").count();
    assert_eq!((listed, artifact.left_out.as_slice()), (100, &[(crate::FactKind("config-remote-code"), 299_900)][..]));
}

#[test]
fn no_truncation_panics() {
    let text = r#"{"model_type": "x", "auto_map": {"AutoTokenizer": ["a/b--tök.Slow", null]}, "chat_template": [{"name": "d", "template": "{{ x }}"}]}"#;
    for end in 0..text.len() {
        inspect(&text.as_bytes()[..end].to_vec(), "config.json", &Options::default());
    }
}

#[test]
fn shards_stay_in_the_folder_and_tokenizers_are_recognised() {
    let index = |file: &str| {
        let text =
            format!(r#"{{"metadata": {{"total_size": 1}}, "weight_map": {{"a": "x-1.safetensors", "b": "{file}"}}}}"#);
        crate::testing::facts_of(&crate::testing::look(text.as_bytes(), "model.safetensors.index.json"))
    };
    assert_eq!(index("x-2.safetensors"), [""; 0]);
    for file in ["../../x.safetensors", "/x.safetensors", "https://example.invalid/x.safetensors"] {
        assert_eq!(index(file), [format!("index-path-traversal {file}")]);
    }
    let tokenizer = br#"{"version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "model": {}}"#;
    let artifact = crate::testing::look(tokenizer, "tokenizer.json");
    assert_eq!((artifact.format, artifact.status), ("tokenizer", crate::Status::Understood));
}
