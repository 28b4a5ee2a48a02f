use crate::artifact::Status;
use crate::testing::{facts_of, look, mutilate};

fn field(number: u32, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    varint(&mut out, u64::from(number) << 3 | 2);
    varint(&mut out, bytes.len() as u64);
    out.extend_from_slice(bytes);
    out
}

fn number(number: u32, value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    varint(&mut out, u64::from(number) << 3);
    varint(&mut out, value);
    out
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn node(domain: &str, op: &str, attributes: &[u8]) -> Vec<u8> {
    let mut out = [field(1, b"x"), field(2, b"y"), field(3, b"n0"), field(4, op.as_bytes())].concat();
    out.extend_from_slice(attributes);
    if !domain.is_empty() {
        out.extend(field(7, domain.as_bytes()));
    }
    field(1, &out)
}

fn model(graph: &[u8], rest: &[u8]) -> Vec<u8> {
    [
        number(1, 8),
        field(2, b"test"),
        field(7, graph),
        rest.to_vec(),
        field(8, &[field(1, b""), number(2, 17)].concat()),
    ]
    .concat()
}

fn external(location: &str) -> Vec<u8> {
    let entry = [field(1, b"location"), field(2, location.as_bytes())].concat();
    field(5, &[number(1, 2), number(2, 1), field(8, b"w"), field(13, &entry), number(14, 1)].concat())
}

fn facts(graph: &[u8]) -> Vec<String> {
    let artifact = look(&model(graph, b""), "m.bin");
    assert_eq!(artifact.format, "onnx");
    facts_of(&artifact)
}

#[test]
fn an_ordinary_model_is_silent() {
    let tensor = field(5, &[number(1, 2), number(1, 3), number(2, 1), field(8, b"w"), field(9, &[0; 24])].concat());
    let graph = [node("", "Relu", b""), node("com.microsoft", "Gelu", b""), field(2, b"g"), tensor, external("w.bin")];
    let artifact = look(&model(&graph.concat(), b""), "model");
    assert_eq!((facts_of(&artifact), &artifact.status), (vec![], &Status::Understood));
    assert_eq!((artifact.contents.tensor_count, artifact.contents.parameters), (2, 8));
    assert_eq!(artifact.contents.metadata["opset ai.onnx"], "17");
}

#[test]
fn operators_that_need_code() {
    assert_eq!(facts(&node("com.evil", "Op", b"")), ["onnx-custom-domain com.evil.Op"]);
    assert_eq!(facts(&node("", "EvilOp", b"")), ["onnx-unknown-operator EvilOp"]);
    assert_eq!(facts(&node("ai.onnx.contrib", "PyOp", b"")), ["onnx-python-operator ai.onnx.contrib.PyOp"]);
}

#[test]
fn a_subgraph_is_searched_and_a_function_of_the_model_is_known() {
    let attribute = field(5, &[field(1, b"then_branch"), field(6, &node("com.evil", "Op", b""))].concat());
    assert_eq!(facts(&node("", "If", &attribute)), ["onnx-custom-domain com.evil.Op"]);
    let function = field(25, &[field(1, b"Op"), field(10, b"com.evil"), field(7, &node("", "Bad", b"")[2..])].concat());
    let artifact = look(&model(&node("com.evil", "Op", b""), &function), "m");
    assert_eq!(facts_of(&artifact), ["onnx-unknown-operator Bad"]);
}

#[test]
fn external_data_must_stay_in_the_folder() {
    assert_eq!(facts(&external("../../etc/passwd")), ["onnx-external-path ../../etc/passwd"]);
    assert_eq!(facts(&external("/etc/passwd")), ["onnx-external-path /etc/passwd"]);
}

#[test]
fn shapes_must_fit() {
    let lie = field(5, &[number(1, 200), number(2, 1), field(8, b"w"), field(9, &[0; 24])].concat());
    assert_eq!(facts(&lie), ["onnx-size-mismatch w"]);
    let huge = field(5, &[number(1, 1 << 40), number(1, 1 << 40), number(2, 1), field(8, b"w")].concat());
    assert_eq!(facts(&huge), ["onnx-size-mismatch w"]);
}

#[test]
fn deep_nesting_and_damage_are_said() {
    let mut graph = node("", "Relu", b"");
    for _ in 0..200 {
        graph = node("", "If", &field(5, &field(6, &graph)));
    }
    assert!(matches!(look(&model(&graph, b""), "m").status, Status::Incomplete(_)));
    let good = model(&[node("com.evil", "Op", b""), external("/x")].concat(), b"");
    mutilate(&good, "m.onnx");
    let cut = look(&good[..good.len() - 3], "m.onnx");
    assert!(facts_of(&cut).contains(&"onnx-custom-domain com.evil.Op".to_string()));
    assert!(matches!(cut.status, Status::Incomplete(_)));
}
