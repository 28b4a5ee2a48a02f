use crate::artifact::Status;
use crate::fixture::build;
use crate::testing::{facts_of, look, mutilate};

fn facts(bytes: &[u8], format: &str) -> Vec<String> {
    mutilate(bytes, "m");
    let artifact = look(bytes, "m");
    assert_eq!(artifact.format, format);
    facts_of(&artifact)
}

fn proto(body: &str, format: &str) -> Vec<String> {
    facts(&build("proto", body).unwrap(), format)
}

#[test]
fn paddle_programs() {
    let program = |kind: &str| {
        format!(
            "1\n  1 0\n  2 0xffffffffffffffff\n  4\n    3 \"{kind}\"\n    4\n      1 \"file_path\"\n      2 2\n      5 \"/tmp/x\"\n4\n  1 0\n"
        )
    };
    assert!(proto(&program("relu"), "paddle-program").is_empty());
    assert_eq!(proto(&program("py_func"), "paddle-program"), ["engine-python-operator py_func"]);
    assert_eq!(proto(&program("save_combine"), "paddle-program"), ["engine-file-operator save_combine"]);
    let json = |kind: &str| {
        format!(
            r##"{{"base_code": {{"magic": "pir"}}, "program": {{"regions": [{{"blocks": [{{"ops": [{{"#": "1.{kind}"}}]}}]}}]}}}}"##
        )
    };
    assert!(facts(json("relu").as_bytes(), "paddle-json").is_empty());
    assert_eq!(facts(json("py_func_").as_bytes(), "paddle-json"), ["engine-python-operator 1.py_func_"]);
}

#[test]
fn paddle_parameters() {
    let params = |dim: u8| [vec![0; 16], vec![4, 0, 0, 0, 8, 5, 16, dim], vec![0; 8]].concat();
    let artifact = look(&params(2), "m");
    assert_eq!((facts_of(&artifact), artifact.contents.parameters), (vec![], 2));
    assert_eq!(facts(&params(9), "paddle-params"), ["engine-invalid tensor"]);
}

#[test]
fn engines() {
    let engine = |text: &[u8]| [b"ptrt\0\0\0\0".as_slice(), text, b"\0\0\0"].concat();
    assert_eq!(facts(&engine(b"input"), "tensorrt"), ["tensorrt-opaque-engine engine"]);
    let plugin = facts(&engine(b"libmyplugin.so"), "tensorrt");
    assert_eq!(plugin, ["tensorrt-opaque-engine engine", "tensorrt-plugin libmyplugin.so"]);
    let library = facts(&engine(b"\x7fELF\x02\x01\x01"), "tensorrt");
    assert_eq!(library, ["tensorrt-opaque-engine engine", "tensorrt-embedded-library ELF"]);
    assert!(matches!(look(b"tjgg\x03\0\0\0", "m").status, Status::Incomplete(_)));
}

#[test]
fn caffe_layers() {
    let text = |kind: &str, rest: &str| {
        format!("name: \"n\"\nlayer {{\n  name: \"l\"\n  type: \"{kind}\"\n  top: \"y\"\n{rest}}}\n")
    };
    assert!(facts(text("ReLU", "").as_bytes(), "caffe-prototxt").is_empty());
    let python = text("Python", "  python_param {\n    module: \"evil\"\n    layer: \"L\"\n  }\n");
    assert_eq!(facts(python.as_bytes(), "caffe-prototxt"), ["engine-python-operator evil.L"]);
    let model = |kind: &str, rest: &str| format!("1 \"n\"\n100\n  1 \"l\"\n  2 \"{kind}\"\n{rest}");
    assert!(proto(&model("ReLU", ""), "caffe-model").is_empty());
    let python = model("Python", "  130\n    1 \"evil\"\n    2 \"L\"\n");
    assert_eq!(proto(&python, "caffe-model"), ["engine-python-operator evil.L"]);
}

#[test]
fn mxnet_graphs() {
    let symbol = |op: &str| {
        format!(
            r#"{{"nodes": [{{"op": "null", "name": "x", "inputs": []}}, {{"op": "{op}", "name": "y", "attrs": {{"op_type": "mine"}}, "inputs": []}}], "heads": []}}"#
        )
    };
    assert!(facts(symbol("relu").as_bytes(), "mxnet-symbol").is_empty());
    assert_eq!(facts(symbol("Custom").as_bytes(), "mxnet-symbol"), ["engine-python-operator Custom mine"]);
    let params = |count: u64| [vec![0x12, 1], vec![0; 14], count.to_le_bytes().to_vec(), vec![0; 16]].concat();
    assert!(facts(&params(2), "mxnet-params").is_empty());
    assert_eq!(facts(&params(1 << 60), "mxnet-params"), ["engine-invalid count"]);
}

/// A program with one plan, one operator and one delegate.
fn executorch(operator: &str, backend: &str) -> Vec<u8> {
    let mut out = vec![0; 8];
    out[4..8].copy_from_slice(b"ET12");
    let string = |out: &mut Vec<u8>, text: &str| {
        let at = out.len();
        out.extend((text.len() as u32).to_le_bytes());
        out.extend(text.bytes());
        out.push(0);
        at
    };
    let vtable = |slots: &[u16]| {
        let mut bytes = ((slots.len() * 2 + 4) as u16).to_le_bytes().to_vec();
        bytes.extend(((slots.iter().filter(|slot| **slot > 0).count() * 4 + 4) as u16).to_le_bytes());
        for slot in slots {
            bytes.extend(slot.to_le_bytes());
        }
        bytes
    };
    // Places: each object at a fixed offset, so that every reference can be written down.
    let (plan_vt, leaf_vt, program_vt) = (vtable(&[0, 0, 0, 0, 0, 0, 4, 8]), vtable(&[4]), vtable(&[0, 4]));
    let place = |out: &mut Vec<u8>, bytes: &[u8]| {
        let at = out.len();
        out.extend(bytes);
        at
    };
    let program_vt = place(&mut out, &program_vt);
    let plan_vt = place(&mut out, &plan_vt);
    let leaf_vt = place(&mut out, &leaf_vt);
    let table = |out: &mut Vec<u8>, vt: usize, fields: usize| {
        let at = out.len();
        out.extend(((at - vt) as u32).to_le_bytes());
        out.extend(vec![0; fields * 4]);
        at
    };
    let program = table(&mut out, program_vt, 1);
    let plans = place(&mut out, &[1, 0, 0, 0, 0, 0, 0, 0]);
    let plan = table(&mut out, plan_vt, 2);
    let lists = [place(&mut out, &[1, 0, 0, 0, 0, 0, 0, 0]), place(&mut out, &[1, 0, 0, 0, 0, 0, 0, 0])];
    let leaves = [table(&mut out, leaf_vt, 1), table(&mut out, leaf_vt, 1)];
    let texts = [string(&mut out, operator), string(&mut out, backend)];
    let mut link = |from: usize, to: usize| out[from..from + 4].copy_from_slice(&((to - from) as u32).to_le_bytes());
    link(0, program);
    link(program + 4, plans);
    link(plans + 4, plan);
    for index in 0..2 {
        link(plan + 4 + index * 4, lists[index]);
        link(lists[index] + 4, leaves[index]);
        link(leaves[index] + 4, texts[index]);
    }
    out
}

#[test]
fn executorch_programs() {
    assert!(facts(&executorch("aten::add", "XnnpackBackend"), "executorch").is_empty());
    assert_eq!(facts(&executorch("evil::add", "XnnpackBackend"), "executorch"), ["engine-custom-operator evil::add"]);
    assert_eq!(facts(&executorch("aten::add", "EvilBackend"), "executorch"), ["engine-custom-operator EvilBackend"]);
}
