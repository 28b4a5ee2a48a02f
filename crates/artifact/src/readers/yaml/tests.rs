use crate::artifact::Status;
use crate::walk::{Options, inspect};

fn facts(name: &str, text: &str) -> Vec<&'static str> {
    let artifact = inspect(&text.as_bytes().to_vec(), name, &Options::default());
    artifact.facts.iter().map(|fact| fact.kind.0).collect()
}

#[test]
fn says_what_tags_do() {
    for (text, kinds) in [
        ("model: !!python/object/apply:os.system ['echo']", vec!["yaml-python-tag"]),
        ("a: !!python/object/new:subprocess.Popen\n  args: [x]", vec!["yaml-python-tag"]),
        ("a: !<tag:yaml.org,2002:python/object/apply:os.system> [x]", vec!["yaml-python-tag"]),
        ("%TAG !p! tag:yaml.org,2002:python/\n---\na: !p!object/apply:os.system [x]", vec!["yaml-python-tag"]),
        ("%TAG ! tag:yaml.org,2002:python/\n---\na: !name:os.system", vec!["yaml-python-tag"]),
        ("a: !!python/object%2fapply:os.system [x]", vec!["yaml-python-tag"]),
        ("a: !!python/name:os.system ''", vec!["yaml-python-tag"]),
        ("a: !!python/module:os ''", vec!["yaml-python-tag"]),
        ("a: !python/object/apply:os.system [x]", vec!["yaml-python-tag"]),
        ("a: !!python/object/apply:evil.run [x]", vec!["yaml-unknown-call"]),
        ("a: !!python/object:evil.Thing {}", vec!["yaml-python-object"]),
        ("a: !!python/tuple [1, 2]\nb: !!python/unicode 'x'\nc: !!str 1", vec![]),
        ("a: !apply:os.system [x]\nb: !new:torch.nn.Linear\n  x: 1", vec!["yaml-python-tag"]),
        ("a: !!javax.script.ScriptEngineManager [x]", vec!["yaml-foreign-tag"]),
        ("a: !ruby/object:Gem::Installer\n  i: x", vec!["yaml-foreign-tag"]),
        ("b: [\nc: }\n!!python/object/apply:os.system [x]", vec!["yaml-python-tag"]),
    ] {
        assert_eq!(facts("hparams.yaml", text), kinds, "{text}");
    }
}

#[test]
fn a_bomb_is_counted_not_expanded() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_string();
    for level in 1..20 {
        let list = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{list}]\n"));
    }
    assert_eq!(facts("x.yaml", &text), ["yaml-alias-bomb"]);
}

#[test]
fn reads_what_mlflow_loads() {
    let model = |loader: &str, data: &str| {
        facts("MLmodel", &format!("flavors:\n  python_function:\n    loader_module: {loader}\n    data: {data}\n"))
    };
    assert_eq!(model("mlflow.sklearn", "model.pkl"), Vec::<&str>::new());
    assert_eq!(model("evil_loader", "model.pkl"), ["mlflow-custom-loader"]);
    assert_eq!(model("mlflow.sklearn", "../../etc/x"), ["mlflow-path-escape"]);
    let conda =
        "channels: [defaults]\ndependencies:\n- python=3.11\n- pip:\n  - torch\n  - x @ http://evil.invalid/x.tar.gz\n";
    assert_eq!(facts("conda.yaml", conda), ["requirements-alternate-source"]);
}

#[test]
fn hydra_targets_and_other_yaml() {
    assert_eq!(facts("x.yaml", "model:\n  _target_: os.system\n  x: 1\n"), ["config-dangerous-callable"]);
    assert_eq!(facts("x.yaml", "model:\n  _target_: torch.nn.Linear\n  x: 1\n"), Vec::<&str>::new());
    let artifact = inspect(&b"a: 1\nb: [x]\n".to_vec(), "x.yaml", &Options::default());
    assert_eq!(artifact.status, Status::Unrecognised);
}

#[test]
fn no_truncation_panics() {
    let text = "%TAG !p! tag:yaml.org,2002:python/\n---\nä: &x !p!object/apply:os.system [*x, \"é\"]\nflavors: {a: {loader_module: b}}\n--- |\n x";
    for end in 0..text.len() {
        inspect(&text.as_bytes()[..end].to_vec(), "x.yaml", &Options::default());
    }
}
