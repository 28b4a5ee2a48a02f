use crate::{Artifact, Options, Status, fixture, inspect};

fn bytes(description: &str) -> Vec<u8> {
    fixture::build("hdf5", description).unwrap()
}

fn read(description: &str) -> Artifact {
    inspect(&bytes(description), "model.h5", &Options::default())
}

fn facts(artifact: &Artifact) -> Vec<(&'static str, &str)> {
    artifact.facts.iter().map(|fact| (fact.kind.0, fact.subject.as_str())).collect()
}

const MODEL: &str = r#"attr model_config text
  {"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense", "config": {"units": 2}}]}}
attr keras_version text
  2.15.0
group model_weights
  soft back /model_weights
  group dense
    numbers kernel 12
"#;

#[test]
fn an_honest_model_is_understood_and_silent() {
    let artifact = read(MODEL);
    assert_eq!((artifact.format, &artifact.status), ("keras-h5", &Status::Understood));
    assert_eq!(facts(&artifact), []);
    let tensor = &artifact.contents.tensors[0];
    assert_eq!(
        (tensor.name.as_str(), tensor.dtype.as_str(), tensor.shape.as_slice()),
        ("model_weights/dense/kernel", "float32", &[12][..])
    );
    assert_eq!(artifact.contents.metadata["keras_version"], "2.15.0");
}

#[test]
fn weights_of_both_keras_generations_are_named() {
    assert_eq!(read("attr layer_names text\n  dense\n").format, "keras-weights-h5");
    assert_eq!(read("group layers\n  numbers k 1\ngroup vars\n  numbers k 1\n").format, "keras-weights-h5");
    assert_eq!(read("numbers x 3\n").format, "hdf5");
}

#[test]
fn finds_what_reaches_outside() {
    let artifact = read(
        "link a /etc/passwd /x\nlink b /etc/passwd /y\nexternal raw ../secret\nnumbers w 2\ncustom c 200\nfiltered f 32001\nfiltered g 1\n",
    );
    let expected = [
        ("hdf5-external-link", "/etc/passwd"),
        ("hdf5-custom-link", "/c"),
        ("hdf5-external-storage", "../secret"),
        ("hdf5-filter", "32001"),
    ];
    assert_eq!(facts(&artifact), expected);
    assert_eq!(artifact.status, Status::Understood);
}

#[test]
fn judges_configurations_and_objects_inside() {
    let lambda = r#"attr model_config text
  {"class_name": "Sequential", "config": {"layers": [{"class_name": "function", "config": "system", "module": "os"}]}}
"#;
    assert_eq!(facts(&read(lambda)), [("keras-arbitrary-callable", "os.system")]);
    assert_eq!(
        read("attr model_config text\n  {nonsense\n").status,
        Status::Incomplete(vec!["the Keras configuration is not JSON: expected a key at byte 1".to_string()])
    );
    let pickles = read("attr a hex\n  80 02 4e 2e\ndataset d hex\n  80 02 4e 2e\n");
    assert_eq!(pickles.members.iter().map(|member| member.name.as_str()).collect::<Vec<_>>(), ["@a", "/d"]);
}

#[test]
fn finds_the_superblock_behind_a_user_block() {
    for size in [512, 1024, 4096, 65536] {
        let artifact = read(&format!("user-block {size}\nlink a f x\n"));
        assert_eq!(facts(&artifact), [("hdf5-user-block", "user block"), ("hdf5-external-link", "f")], "{size}");
    }
    let mut data = bytes("user-block 512\nnumbers w 1\n");
    data[..10].copy_from_slice(b"hello you!");
    assert_eq!(inspect(&data, "x", &Options::default()).members[0].name, "(user block)");
    let odd = [vec![0; 700], bytes("numbers w 1\n")].concat();
    assert_ne!(inspect(&odd, "x.h5", &Options::default()).format, "hdf5");
}

#[test]
fn a_cut_file_is_never_clean_and_bent_ones_never_panic() {
    let data = bytes(&format!("{MODEL}link a /etc/passwd /x\nexternal raw ../secret\ndataset d hex\n  80 02 4e 2e\n"));
    for cut in 8..data.len() {
        let artifact = inspect(&data[..cut].to_vec(), "model.h5", &Options::default());
        assert!(matches!(artifact.status, Status::Incomplete(_)), "cut at {cut}");
        assert!(artifact.facts.iter().all(|fact| fact.kind.0 != "hdf5-invalid"), "cut at {cut}");
    }
    for at in 8..data.len() {
        for byte in [0, 1, 0x10, 0x40, 0x7f, 0xff] {
            let mut bent = data.clone();
            bent[at] = byte;
            inspect(&bent, "model.h5", &Options::default());
        }
    }
}

#[test]
fn lies_are_facts() {
    let data = bytes("group g\n  numbers w 2\n");
    // The link to the group is made to lead into the middle of the superblock.
    let at = data.windows(10).position(|bytes| bytes[..5] == [1, 8, 0, 1, b'g']).unwrap();
    for (address, kind) in [(8u64, "hdf5-invalid"), (1 << 40, "hdf5-invalid")] {
        let mut bent = data.clone();
        bent[at + 5..at + 13].copy_from_slice(&address.to_le_bytes());
        let artifact = inspect(&bent, "x.h5", &Options::default());
        assert_eq!(facts(&artifact)[0].0, kind);
        assert!(matches!(artifact.status, Status::Incomplete(_)));
    }
    // A group that contains itself is a circle of hard links, which the format allows.
    let mut bent = data.clone();
    let root = u64::from_le_bytes(data[64..72].try_into().unwrap());
    bent[at + 5..at + 13].copy_from_slice(&root.to_le_bytes());
    assert_eq!(facts(&inspect(&bent, "x.h5", &Options::default())), []);
}
