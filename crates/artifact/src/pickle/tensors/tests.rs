//! Tensors: what is listed, under which names, and which views are too long.

use super::reach;
use crate::artifact::{Artifact, Tensor};
use crate::fixture::build;
use crate::pickle::STORAGE_MISMATCH;
use crate::walk::{Options, inspect};

const MODEL: &str = "PROTO 2
GLOBAL collections OrderedDict
EMPTY_TUPLE
REDUCE
MARK
BINUNICODE \"layer.weight\"
GLOBAL torch._utils _rebuild_parameter
GLOBAL torch._utils _rebuild_tensor_v2
MARK
MARK
BINUNICODE \"storage\"
GLOBAL torch FloatStorage
BINUNICODE \"0\"
BINUNICODE \"cpu\"
BININT1 12
TUPLE
BINPERSID
BININT1 4
BININT1 2
BININT1 4
TUPLE2
BININT1 4
BININT1 1
TUPLE2
NEWFALSE
GLOBAL collections OrderedDict
EMPTY_TUPLE
REDUCE
TUPLE
REDUCE
NEWTRUE
GLOBAL collections OrderedDict
EMPTY_TUPLE
REDUCE
TUPLE3
REDUCE
SETITEMS
PUT 1
POP
EMPTY_DICT
BINUNICODE \"model\"
GET 1
SETITEM
STOP";

fn read(text: &str) -> Artifact {
    inspect(&build("pickle", text).unwrap(), "data.pkl", &Options::default())
}

#[test]
fn a_tensor_has_its_keys_its_shape_and_its_type() {
    let artifact = read(MODEL);
    assert!(artifact.facts.is_empty(), "{:?}", artifact.facts);
    let tensor = Tensor { name: "model.layer.weight".into(), dtype: "float32".into(), shape: vec![2, 4] };
    assert_eq!(artifact.contents.tensors, [tensor]);
    assert_eq!((artifact.contents.tensor_count, artifact.contents.parameters), (1, 8));
    assert_eq!(artifact.contents.storages.get("0"), Some(&48));
}

#[test]
fn a_tensor_longer_than_its_storage_is_told() {
    for (from, to) in [
        ("BININT1 12\n", "BININT1 11\n"),
        ("BININT1 4\nBININT1 2\n", "BININT1 5\nBININT1 2\n"),
        ("BININT1 4\nBININT1 1\nTUPLE2", "BININT1 4\nBININT1 9\nTUPLE2"),
        ("BININT1 4\nBININT1 1\nTUPLE2", "BININT1 4\nBININT 0xffffffff\nTUPLE2"),
    ] {
        let artifact = read(&MODEL.replacen(from, to, 1));
        let kinds: Vec<_> = artifact.facts.iter().map(|fact| fact.kind).collect();
        assert_eq!(kinds, [STORAGE_MISMATCH], "{to}");
    }
}

#[test]
fn views_reach_as_far_as_their_last_element() {
    assert_eq!(reach(0, &[], &[]), Some(1));
    assert_eq!(reach(100, &[0, 5], &[5, 1]), Some(0));
    assert_eq!(reach(4, &[2, 4], &[4, 1]), Some(12));
    assert_eq!(reach(0, &[1000], &[0]), Some(1));
    assert_eq!(reach(0, &[2], &[-1]), None);
    assert_eq!(reach(0, &[u64::MAX], &[i64::MAX]), None);
}

#[test]
fn a_storage_member_that_is_too_short_is_told() {
    let body: String = MODEL.lines().map(|line| format!("  {line}\n")).collect();
    for (bytes, expected) in [(48, 0), (47, 1), (0, 1)] {
        let zip = format!("member m/data.pkl pickle\n{body}member m/data/0 hex\n  {}\n", "00".repeat(bytes));
        let artifact = inspect(&build("zip", &zip).unwrap(), "model.pt", &Options::default());
        let found = artifact.facts.iter().filter(|fact| fact.kind == STORAGE_MISMATCH).count();
        assert_eq!(found, expected, "{bytes} {:?}", artifact.facts);
    }
}
