use crate::artifact::Status;
use crate::testing::{facts_of, look, mutilate};

fn facts(bytes: &[u8], format: &str) -> Vec<String> {
    mutilate(bytes, "m");
    let artifact = look(bytes, "m");
    assert_eq!(artifact.format, format);
    facts_of(&artifact)
}

fn json(features: &str, trees: &str, attribute: &str, list: &str) -> String {
    format!(
        r#"{{"version": [2, 0, 0], "learner": {{"attributes": {{"note": "{attribute}"}}, "feature_names": ["a"],
        "learner_model_param": {{"num_feature": "{features}", "num_class": "0", "base_score": "5E-1"}},
        "gradient_booster": {{"name": "gbtree", "model": {{"gbtree_model_param": {{"num_trees": "{trees}"}}, "trees": {list}}}}}}}}}"#
    )
}

const TREE: &str = r#"[{"tree_param": {"num_nodes": "1"}, "left_children": [-1], "right_children": [-1]}]"#;

#[test]
fn xgboost_json() {
    let check = |text: String| facts(text.as_bytes(), "xgboost-json");
    assert!(check(json("5", "1", "best model", TREE)).is_empty());
    assert_eq!(check(json("-5", "1", "", TREE)), ["model-absurd-count /learner/learner_model_param/num_feature"]);
    assert_eq!(
        check(json("5", "99999999999", "", TREE)),
        ["model-absurd-count /learner/gradient_booster/model/gbtree_model_param/num_trees"]
    );
    assert_eq!(check(json("5", "2", "", TREE)), ["model-count-mismatch num_trees"]);
    assert_eq!(check(json("5", "1", "", &TREE.replace("[-1]", "[-1, 2]")))[0], "model-count-mismatch left_children");
    assert_eq!(
        check(json("5", "1", "__import__('os').system('true')", TREE)),
        ["metadata-is-code /learner/attributes/note"]
    );
    let cut = json("5", "1", "", TREE);
    assert!(matches!(look(&cut.as_bytes()[..cut.len() - 2], "m").status, Status::Incomplete(_)));
}

fn key(name: &str) -> Vec<u8> {
    [vec![b'U', name.len() as u8], name.as_bytes().to_vec()].concat()
}

fn long_key(name: &str) -> Vec<u8> {
    [vec![b'L', 0, 0, 0, 0, 0, 0, 0, name.len() as u8], name.as_bytes().to_vec()].concat()
}

#[test]
fn xgboost_ubj() {
    let model = |features: &str, count: u8| {
        let parameters = [key("num_feature"), b"S".to_vec(), key(features), b"}".to_vec()].concat();
        let list = [b"[$l#U".to_vec(), vec![count], vec![0; 8]].concat();
        [
            b"{".to_vec(),
            long_key("learner"),
            b"{".to_vec(),
            key("learner_model_param"),
            b"{".to_vec(),
            parameters,
            key("numbers"),
            list,
            b"}}".to_vec(),
        ]
        .concat()
    };
    assert!(facts(&model("5", 2), "xgboost-ubj").is_empty());
    assert_eq!(facts(&model("-5", 2), "xgboost-ubj"), ["model-absurd-count /learner/learner_model_param/num_feature"]);
    assert_eq!(facts(&model("5", 200), "xgboost-ubj"), ["boost-invalid a length goes past the end of the file"]);
    let deep = [b"{".to_vec(), long_key("learner"), vec![b'['; 100_000]].concat();
    assert_eq!(facts_of(&look(&deep, "m")), ["boost-invalid the document is nested too deeply"]);
}

#[test]
fn xgboost_binary() {
    let model = |classes: i32, trees: i32| {
        let mut out = vec![0; 136];
        out[4..8].copy_from_slice(&5u32.to_le_bytes());
        out[8..12].copy_from_slice(&classes.to_le_bytes());
        for name in ["reg:squarederror", "gbtree"] {
            out.extend((name.len() as u64).to_le_bytes());
            out.extend(name.bytes());
        }
        out.extend(trees.to_le_bytes());
        out
    };
    assert!(facts(&model(0, 3), "xgboost-binary").is_empty());
    assert_eq!(
        facts(&model(-1, -3), "xgboost-binary"),
        ["model-absurd-count num_class", "model-absurd-count num_trees"]
    );
    assert!(facts(&[b"binf".to_vec(), model(0, 3)].concat(), "xgboost-binary").is_empty());
}

fn lightgbm(last_feature: &str, sizes: &str, leaves: &str) -> String {
    format!(
        "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx={last_feature}\n\
         objective=regression\nfeature_names=a b\nfeature_infos=[0:1] [0:1]\ntree_sizes={sizes}\n\n\
         Tree=0\nnum_leaves={leaves}\nleaf_value=1\n\n\nend of trees\n\nparameters:\nend of parameters\n"
    )
}

#[test]
fn lightgbm_text() {
    let check = |text: String| facts(text.as_bytes(), "lightgbm");
    assert!(check(lightgbm("1", "35", "1")).is_empty());
    assert_eq!(check(lightgbm("1", "35", "-"))[0], "model-absurd-count Tree 0 num_leaves");
    assert_eq!(check(lightgbm("-1", "35", "1")), ["model-absurd-count max_feature_idx"]);
    assert_eq!(check(lightgbm("7", "35", "1")), ["model-count-mismatch feature_names"]);
    assert_eq!(check(lightgbm("1", "3500000", "1")), ["boost-invalid tree_sizes"]);
    assert_eq!(check(lightgbm("1", "12", "1")), ["boost-invalid end of trees"]);
}

#[test]
fn catboost_core() {
    // A table with one field, the string "v1".
    let core = [vec![12, 0, 0, 0, 0, 0, 6, 0, 8, 0, 4, 0], vec![6, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0, b'v', b'1', 0, 0]]
        .concat();
    let file = |len: u32| [b"CBM1".to_vec(), len.to_le_bytes().to_vec(), core.clone()].concat();
    assert!(facts(&file(core.len() as u32), "catboost").is_empty());
    assert_eq!(facts(&file(5000), "catboost"), ["boost-invalid core"]);
    let text = r#"{"features_info": {"float_features": []}, "model_info": {"note": "os.system('true')"}, "oblivious_trees": []}"#;
    assert_eq!(facts(text.as_bytes(), "catboost-json"), ["metadata-is-code /model_info/note"]);
}
