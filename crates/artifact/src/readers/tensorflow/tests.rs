use crate::{Artifact, Options, Status, fixture, inspect};

fn build(description: &str) -> Vec<u8> {
    fixture::build("proto", description).unwrap()
}

fn read(description: &str) -> Artifact {
    inspect(&build(description), "model.pb", &Options::default())
}

fn kinds(artifact: &Artifact) -> Vec<(&'static str, &str)> {
    artifact.facts.iter().map(|fact| (fact.kind.0, fact.subject.as_str())).collect()
}

/// Indents a description below a line.
fn below(line: &str, body: &str) -> String {
    let body: String = body.lines().map(|line| format!("  {line}\n")).collect();
    format!("{line}\n{body}")
}

fn node(name: &str, op: &str, rest: &str) -> String {
    below("1", &format!("1 \"{name}\"\n2 \"{op}\"\n{rest}"))
}

fn saved_model(graph: &str) -> String {
    format!("1 1\n{}", below("2", &format!("{}{}", below("1", "4 \"serve\"\n5 \"2.15.0\"\n"), below("2", graph))))
}

fn text_attribute(key: &str, value: &str) -> String {
    below("5", &format!("1 \"{key}\"\n{}", below("2", &format!("2 \"{value}\"\n"))))
}

fn constant(name: &str, value: &str) -> String {
    let tensor = below("2", &below("8", &format!("1 7\n8 \"{value}\"\n")));
    node(name, "Const", &below("5", &format!("1 \"value\"\n{tensor}")))
}

#[test]
fn honest_graphs_are_silent() {
    let library = below(
        "2",
        &below(
            "1",
            &format!(
                "{}{}",
                below("1", "1 \"__inference__traced_save_12\"\n"),
                below("3", "1 \"MergeV2Checkpoints\"\n2 \"MergeV2Checkpoints\"\n"),
            ),
        ),
    );
    let graph = [
        node("x", "Placeholder", ""),
        node("y", "MatMul", "3 \"x\"\n3 \"w\"\n"),
        constant("save/filename", "model"),
        node("save/SaveV2", "SaveV2", "3 \"save/filename\"\n"),
        node("save/RestoreV2", "RestoreV2", "3 \"save/filename\"\n"),
        constant("vocabulary", "/home/user/vocabulary.txt"),
        node("table", "InitializeTableFromTextFileV2", "3 \"t\"\n3 \"vocabulary\"\n"),
        node("p", "PrintV2", &text_attribute("output_stream", "stderr")),
        node("call", "__inference__traced_save_12", ""),
        library,
    ]
    .concat();
    let artifact = read(&saved_model(&graph));
    assert_eq!((artifact.format, &artifact.status), ("tensorflow-saved-model", &Status::Understood));
    assert_eq!(kinds(&artifact), []);
    assert_eq!(artifact.contents.metadata["tensorflow_version"], "2.15.0");
    assert_eq!((read(&graph).format, kinds(&read(&graph))), ("tensorflow-graph", vec![]));
}

#[test]
fn finds_what_reaches_outside() {
    for (graph, expected) in [
        (node("r", "ReadFile", "3 \"path\"\n"), ("tf-reads-file", "ReadFile")),
        (node("w", "WriteFile", ""), ("tf-writes-file", "WriteFile")),
        (node("m", "MatchingFiles", ""), ("tf-reads-file", "MatchingFiles")),
        (node("p", "PyFunc", &text_attribute("token", "pyfunc_0")), ("tf-runs-code", "PyFunc")),
        (node("p", "EagerPyFunc", ""), ("tf-runs-code", "EagerPyFunc")),
        (node("p", "PrintV2", &text_attribute("output_stream", "file:///tmp/x")), ("tf-writes-file", "PrintV2")),
        (node("d", "DebugIdentityV3", ""), ("tf-writes-file", "DebugIdentityV3")),
        (
            node("i", "ImmutableConst", &text_attribute("memory_region_name", "/etc/passwd")),
            ("tf-reads-file", "ImmutableConst"),
        ),
        (node("e", "ShellExecute", ""), ("tf-runs-code", "ShellExecute")),
        (node("c", "MyVeryOwn", ""), ("tf-custom-op", "MyVeryOwn")),
        (
            node("c", "TFText>WhitespaceTokenizeWithOffsetsV2", ""),
            ("tf-extension-op", "TFText>WhitespaceTokenizeWithOffsetsV2"),
        ),
        (node("l", "TextLineDataset", ""), ("tf-input-pipeline", "TextLineDataset")),
    ] {
        let graph = format!("{}{graph}", node("x", "Placeholder", ""));
        for artifact in [read(&saved_model(&graph)), read(&graph), read(&below("2", &graph))] {
            assert_eq!(kinds(&artifact), [expected], "{graph}");
        }
    }
}

#[test]
fn says_which_file() {
    let graph = [
        constant("prefix", "/home/user/.ssh/authorized_keys"),
        node("join", "StringJoin", "3 \"prefix\"\n"),
        node("save", "SaveV2", "3 \"join:0\"\n"),
        node("w", "WriteFile", "3 \"^x\"\n3 \"prefix\"\n"),
        node("restore", "RestoreV2", "3 \"prefix\"\n"),
    ]
    .concat();
    let artifact = read(&saved_model(&graph));
    assert_eq!(
        kinds(&artifact),
        [("tf-writes-file", "SaveV2"), ("tf-writes-file", "WriteFile"), ("tf-fixed-checkpoint", "RestoreV2")]
    );
    assert!(artifact.facts.iter().all(|fact| fact.message.contains("`/home/user/.ssh/authorized_keys`")));
    let urls = below("5", &format!("1 \"debug_urls\"\n{}", below("2", &below("1", "2 \"grpc://203.0.113.9:80\"\n"))));
    let debug = read(&node("d", "DebugIdentityV2", &urls));
    assert_eq!(kinds(&debug), [("tf-network", "DebugIdentityV2")]);
}

#[test]
fn finds_operations_in_functions_and_leaving_assets() {
    let function = below("1", &format!("{}{}", below("1", "1 \"f\"\n"), below("3", "1 \"w\"\n2 \"WriteFile\"\n")));
    let graph = format!("{}{}", node("f", "f", ""), below("2", &function));
    let asset = below("6", "2 \"../../etc/cron.d/x\"\n");
    let model = format!("1 1\n{}", below("2", &format!("{}{asset}", below("2", &graph))));
    assert_eq!(kinds(&read(&model)), [("tf-writes-file", "WriteFile"), ("tf-asset-path", "../../etc/cron.d/x")]);
}

#[test]
fn judges_keras_metadata_in_both_places() {
    let json = r#"{"class_name": "function", "config": "system", "module": "os"}"#;
    let file = read(&below("1", &format!("2 1\n3 \"root.layer\"\n4 \"_tf_keras_layer\"\n5 \"{json}\"\n")));
    assert_eq!((file.format, kinds(&file)), ("keras-metadata-pb", vec![("keras-arbitrary-callable", "os.system")]));
    let object = below("7", &below("1", &below("4", &format!("1 \"_tf_keras_layer\"\n3 \"{json}\"\n"))));
    let model = format!("1 1\n{}", below("2", &format!("{}{object}", below("2", &node("x", "Placeholder", "")))));
    assert_eq!(kinds(&read(&model)), [("keras-arbitrary-callable", "os.system")]);
}

#[test]
fn reads_graphs_in_text() {
    let text = b"node {\n  name: \"x\"\n  op: \"Placeholder\"\n}\nnode {\n  name: \"w\"\n  op: \"Write\\106ile\"\n  input: \"x\"\n}\n# op: \"ReadFile\"\nnode { op: 'f' attr {} }\nlibrary { function { signature { name: \"f\" } } }\n";
    let artifact = inspect(&text.to_vec(), "graph.pbtxt", &Options::default());
    assert_eq!((artifact.format, kinds(&artifact)), ("tensorflow-graph-text", vec![("tf-writes-file", "WriteFile")]));
}

#[test]
fn lists_the_tensors_of_a_checkpoint() {
    let entry = build("1 1\n2\n  2\n    1 3\n  2\n    1 5\n5 60\n");
    let mut block = vec![0, 0, 2, 8, 1, 0, 6, entry.len() as u8];
    block.extend(b"kernel");
    block.extend(&entry);
    block.extend([0, 0, 0, 0, 1, 0, 0, 0]);
    let len = block.len() as u8;
    let index = [0, 1, 2, b'k', 0, len, 0, 0, 0, 0, 1, 0, 0, 0];
    let mut file = [&block[..], &[0; 5], &index, &[0; 5]].concat();
    let footer = [0, 0, len + 5, index.len() as u8];
    file.extend(footer);
    file.extend([0; 36]);
    file.extend(0xdb47_7524_8b80_fb57u64.to_le_bytes());
    let artifact = inspect(&file, "variables.index", &Options::default());
    assert_eq!((artifact.format, &artifact.status), ("tensorflow-checkpoint-index", &Status::Understood));
    assert_eq!(
        (artifact.contents.tensors[0].name.as_str(), artifact.contents.tensors[0].shape.as_slice()),
        ("kernel", &[3, 5][..])
    );
    for at in 0..file.len() - 8 {
        for byte in [0, 1, 0x7f, 0x80, 0xff] {
            let mut bent = file.clone();
            bent[at] = byte;
            inspect(&bent, "variables.index", &Options::default());
        }
    }
    let state = inspect(&b"model_checkpoint_path: \"model.ckpt-1\"\n".to_vec(), "checkpoint", &Options::default());
    assert_eq!(state.format, "tensorflow-checkpoint-state");
    let shard = inspect(&vec![7, 1, 2, 3], "variables.data-00000-of-00001", &Options::default());
    assert_eq!((shard.format, &shard.status), ("tensorflow-checkpoint-data", &Status::Understood));
}

#[test]
fn cut_and_bent_models_never_panic_and_are_never_clean() {
    let graph = format!("{}{}", constant("prefix", "/x/y"), node("w", "WriteFile", "3 \"prefix\"\n"));
    let data = build(&saved_model(&graph));
    for cut in 0..data.len() {
        let artifact = inspect(&data[..cut].to_vec(), "saved_model.pb", &Options::default());
        assert!(!matches!(artifact.status, Status::Understood), "cut at {cut}");
    }
    for at in 0..data.len() {
        for byte in [0, 1, 0x0a, 0x7f, 0x80, 0xff] {
            let mut bent = data.clone();
            bent[at] = byte;
            inspect(&bent, "saved_model.pb", &Options::default());
        }
    }
}
