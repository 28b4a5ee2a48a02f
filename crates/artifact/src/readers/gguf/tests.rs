//! GGUF headers: honest ones are silent, every lie is a fact, nothing panics.

use crate::testing::{facts_of, look, mutilate};
use crate::{Status, fixture};

const HONEST: &str = "general.architecture str llama\ngeneral.license str apache-2.0\ngeneral.alignment u32 32\n\
    a u8 1\nb i8 -1\nc u16 2\nd i16 -2\ne i32 -3\nf f32 1.5\ng bool true\nh u64 4\ni i64 -4\nj f64 2.5\n\
    tokenizer.ggml.tokens [str] a, b, c\ntokenizer.ggml.scores [f32] 0, 1, 2\n\
    tokenizer.chat_template str {% for m in messages %}{{ m.content }}{% endfor %}\n\
    tensor w F32 2x3 @0\ntensor v Q8_0 32x2 @32\ndata 100";

fn facts(body: &str) -> Vec<String> {
    facts_of(&look(&fixture::build("gguf", body).unwrap(), "model.gguf"))
}

#[test]
fn honest_files_of_every_version_and_byte_order_are_silent() {
    for start in ["", "version 1\n", "version 2\n", "big-endian\n", "version 1\nbig-endian\n"] {
        let bytes = fixture::build("gguf", &format!("{start}{HONEST}")).unwrap();
        let artifact = look(&bytes, "model.bin");
        assert_eq!(facts_of(&artifact), [""; 0], "{start}");
        assert_eq!((artifact.format, &artifact.status), ("gguf", &Status::Understood));
        let contents = &artifact.contents;
        assert_eq!((contents.tensor_count, contents.parameters), (2, 6 + 64));
        assert_eq!((contents.tensors[0].shape.as_slice(), contents.tensors[1].dtype.as_str()), (&[3, 2][..], "Q8_0"));
        assert_eq!(contents.licences, ["apache-2.0"]);
        assert_eq!((contents.metadata["b"].as_str(), contents.metadata["f"].as_str()), ("-1", "1.5"));
        assert_eq!(contents.metadata["tokenizer.ggml.tokens"], "[a, b, c]");
        assert_eq!(contents.templates[0].name, "tokenizer.chat_template");
    }
}

#[test]
fn a_vocabulary_is_stepped_over() {
    let tokens = (0..5000).map(|n| format!("t{n}")).collect::<Vec<_>>().join(", ");
    let bytes =
        fixture::build("gguf", &format!("t [str] {tokens}\nn [u32] {}\nx str y", "1, ".repeat(500) + "1")).unwrap();
    let artifact = look(&bytes, "m.gguf");
    assert_eq!(
        (artifact.contents.metadata["t"].as_str(), artifact.contents.metadata["x"].as_str()),
        ("[5000 elements]", "y")
    );
    assert_eq!(artifact.status, Status::Understood);
}

#[test]
fn every_lie_is_a_fact() {
    for (body, expected) in [
        ("kv-count 0x2000000000000000\na u8 1", "gguf-header-invalid metadata entries"),
        ("tensor-count 0xffffffffffffffff\na u8 1", "gguf-header-invalid tensors"),
        ("a str len=0xfffffffffffffff0 x", "gguf-header-invalid a"),
        ("a [str] len=0x1000000000000001 x", "gguf-header-invalid a"),
        ("a [u64] len=0x2000000000000001 1", "gguf-header-invalid a"),
        ("a 13 1", "gguf-header-invalid a"),
        ("general.alignment u32 24", "gguf-header-invalid general.alignment"),
        ("general.alignment u32 0", "gguf-header-invalid general.alignment"),
        ("a u8 1\na u8 2", "gguf-duplicate-name a"),
        ("tensor w F32 1 @0\ntensor w F32 1 @32\ndata 64", "gguf-duplicate-name w"),
        ("tensor w F32 18446744073709551615x2 @0", "gguf-header-invalid w"),
        ("tensor w F32 1x1x1x1x1 @0\ndata 4", "gguf-header-invalid w"),
        ("tensor w Q4_0 33 @0\ndata 64", "gguf-header-invalid w"),
        ("tensor w 99999 1 @0\ndata 4", "gguf-header-invalid w"),
        ("tensor w F32 8 @0\ndata 16", "gguf-out-of-bounds w"),
        ("tensor w F32 1 @0xfffffffffffffffe\ndata 4", "gguf-header-invalid w"),
        ("tensor w F32 16 @0\ntensor v F32 16 @32\ndata 128", "gguf-overlap v"),
        ("tensor w F32 1 @4\ndata 64", "gguf-overlap w"),
        ("tensor w F32 8 @0\ntensor v F32 8 @4096\ndata 4128", "gguf-gap 32..4096"),
        ("tensor w F32 8 @0\ndata 9000", "gguf-gap 32..9000"),
        ("version 4000000000\na u8 1", "gguf-header-invalid version"),
        ("tokenizer.chat_template.tool_use str {{ x.__globals__ }}", "template-code-execution __globals__"),
        ("tokenizer.chat_templates [str] default, {{ x.__globals__ }}", "template-code-execution __globals__"),
        ("general.description str {{ x.__globals__ }}", "template-code-execution __globals__"),
    ] {
        assert!(facts(body).contains(&expected.to_string()), "{body}\n{:?}", facts(body));
    }
}

#[test]
fn unknown_is_incomplete_not_clean() {
    let look = |body: &str| look(&fixture::build("gguf", body).unwrap(), "m.gguf").status;
    assert!(matches!(look("tensor w 99 1 @0\ndata 4"), Status::Incomplete(_)));
    assert!(matches!(look("version 9"), Status::Incomplete(_)));
    let old = crate::testing::look(&[b"tjgg".as_slice(), &[0; 64]].concat(), "m.bin");
    assert_eq!(old.format, "ggml");
    assert!(matches!(old.status, Status::Incomplete(_)));
}

#[test]
fn prose_with_braces_is_no_template() {
    assert_eq!(facts("general.description str Use {{ prompt in {% braces\nx str {{user}}"), [""; 0]);
}

#[test]
fn broken_files_do_not_panic() {
    mutilate(&fixture::build("gguf", HONEST).unwrap(), "m.gguf");
}
