//! The machine against tricks: each row is a pickle as text and what must be said of it.

use crate::artifact::{Artifact, Status};
use crate::fixture::build;
use crate::walk::{Options, inspect};

fn assemble(lines: &str) -> Vec<u8> {
    build("pickle", &lines.replace("; ", "\n")).unwrap_or_else(|error| panic!("{error} in {lines}"))
}

fn read(bytes: &[u8]) -> Artifact {
    inspect(&bytes.to_vec(), "model.pkl", &Options::default())
}

/// `kind subject` of every fact, also of members.
fn told(artifact: &Artifact) -> Vec<String> {
    let own = artifact.facts.iter().map(|fact| format!("{} {}", fact.kind, fact.subject));
    own.chain(artifact.members.iter().flat_map(told)).collect()
}

#[track_caller]
fn says(lines: &str, expected: &[&str]) {
    let artifact = read(&assemble(lines));
    assert_eq!(told(&artifact), expected, "{lines}");
}

const SYSTEM: &str = "pickle-starts-process os.system";

#[test]
fn every_way_to_call() {
    for lines in [
        "GLOBAL os system; MARK; STRING 'id'; TUPLE; REDUCE; STOP",
        "PROTO 2; GLOBAL os system; BINUNICODE \"id\"; TUPLE1; REDUCE; STOP",
        "MARK; STRING 'id'; INST os system; STOP",
        "MARK; GLOBAL os system; STRING 'id'; OBJ; STOP",
        "PROTO 2; GLOBAL os system; BINUNICODE \"id\"; TUPLE1; NEWOBJ; STOP",
        "PROTO 4; GLOBAL os system; SHORT_BINUNICODE \"id\"; TUPLE1; EMPTY_DICT; NEWOBJ_EX; STOP",
        "PROTO 4; SHORT_BINUNICODE \"os\"; SHORT_BINUNICODE \"system\"; STACK_GLOBAL; SHORT_BINUNICODE \"id\"; TUPLE1; REDUCE; STOP",
        "PROTO 5; BINUNICODE8 \"os\"; UNICODE syst\\u0065m; STACK_GLOBAL; SHORT_BINUNICODE \"id\"; TUPLE1; REDUCE; STOP",
        "PROTO 4; STRING 'o\\x73'; SHORT_BINSTRING \"system\"; STACK_GLOBAL; EMPTY_TUPLE; REDUCE; STOP",
        "PROTO 2; GLOBAL copy_reg _reconstructor; GLOBAL os system; GLOBAL __builtin__ object; NONE; TUPLE3; REDUCE; STOP",
        "PROTO 4; GLOBAL copyreg __newobj__; GLOBAL os system; TUPLE1; REDUCE; STOP",
    ] {
        says(lines, &[SYSTEM]);
    }
}

#[test]
fn stack_and_memo_tricks() {
    for lines in [
        // Decoys that are popped again.
        "PROTO 4; SHORT_BINUNICODE \"os\"; NONE; POP; SHORT_BINUNICODE \"system\"; SHORT_BINUNICODE \"x\"; POP; STACK_GLOBAL; EMPTY_TUPLE; REDUCE; STOP",
        "PROTO 4; SHORT_BINUNICODE \"os\"; MARK; SHORT_BINUNICODE \"collections\"; NONE; POP_MARK; SHORT_BINUNICODE \"system\"; STACK_GLOBAL; EMPTY_TUPLE; REDUCE; STOP",
        // A mark that POP takes away.
        "PROTO 4; SHORT_BINUNICODE \"os\"; MARK; POP; SHORT_BINUNICODE \"system\"; STACK_GLOBAL; EMPTY_TUPLE; REDUCE; STOP",
        // The memo, skewed, overwritten, sparse.
        "PROTO 4; SHORT_BINUNICODE \"collections\"; BINPUT 7; POP; SHORT_BINUNICODE \"os\"; PUT 7; POP; SHORT_BINUNICODE \"system\"; LONG_BINPUT 4000000000; POP; GET 7; LONG_BINGET 4000000000; STACK_GLOBAL; EMPTY_TUPLE; REDUCE; STOP",
        "PROTO 4; SHORT_BINUNICODE \"os\"; BINPUT 9; MEMOIZE; POP; SHORT_BINUNICODE \"system\"; MEMOIZE; POP; BINGET 1; BINGET 2; STACK_GLOBAL; EMPTY_TUPLE; REDUCE; STOP",
        "PROTO 4; GLOBAL os system; MEMOIZE; POP; GLOBAL collections OrderedDict; POP; BINGET 0; DUP; POP; EMPTY_TUPLE; REDUCE; POP; NONE; STOP",
        // A persistent id, a buffer and a second PROTO between.
        "PROTO 4; SHORT_BINUNICODE \"storage\"; BINPERSID; POP; PROTO 2; NEXT_BUFFER; READONLY_BUFFER; POP; GLOBAL os system; EMPTY_TUPLE; REDUCE; STOP",
    ] {
        says(lines, &[SYSTEM]);
    }
}

#[test]
fn names_come_down_to_what_they_reach() {
    for (lines, expected) in [
        (
            "PROTO 4; SHORT_BINUNICODE \"torch.serialization\"; SHORT_BINUNICODE \"os.system\"; STACK_GLOBAL; EMPTY_TUPLE; REDUCE; STOP",
            &[SYSTEM][..],
        ),
        ("GLOBAL __builtin__ eval; MARK; STRING '1'; TUPLE; REDUCE; STOP", &["pickle-runs-code builtins.eval"]),
        ("GLOBAL io open; MARK; STRING 'a'; STRING 'rb'; TUPLE; REDUCE; STOP", &["pickle-reads-file io.open"]),
        ("GLOBAL __builtin__ open; MARK; STRING 'a'; TUPLE; REDUCE; STOP", &["pickle-reads-file builtins.open"]),
        ("GLOBAL io open; MARK; STRING 'a'; STRING 'r+'; TUPLE; REDUCE; STOP", &["pickle-writes-file io.open"]),
        ("GLOBAL io open; MARK; STRING 'a'; NONE; TUPLE; REDUCE; STOP", &["pickle-writes-file io.open"]),
        (
            "GLOBAL commands getoutput; MARK; STRING 'id'; TUPLE; REDUCE; STOP",
            &["pickle-starts-process subprocess.getoutput"],
        ),
        (
            "PROTO 4; GLOBAL builtins getattr; GLOBAL builtins __import__; SHORT_BINUNICODE \"os\"; TUPLE1; REDUCE; SHORT_BINUNICODE \"system\"; TUPLE2; REDUCE; SHORT_BINUNICODE \"id\"; TUPLE1; REDUCE; STOP",
            &["pickle-imports-module builtins.__import__", SYSTEM],
        ),
        (
            "PROTO 4; GLOBAL operator attrgetter; SHORT_BINUNICODE \"system\"; TUPLE1; REDUCE; GLOBAL importlib import_module; SHORT_BINUNICODE \"os\"; TUPLE1; REDUCE; TUPLE1; REDUCE; EMPTY_TUPLE; REDUCE; STOP",
            &[
                "pickle-resolves-names operator.attrgetter",
                "pickle-imports-module importlib.import_module",
                "pickle-resolves-names operator.attrgetter(\"system\")",
                SYSTEM,
            ],
        ),
        (
            "PROTO 4; GLOBAL operator methodcaller; SHORT_BINUNICODE \"system\"; SHORT_BINUNICODE \"id\"; TUPLE2; REDUCE; GLOBAL importlib import_module; SHORT_BINUNICODE \"os\"; TUPLE1; REDUCE; TUPLE1; REDUCE; STOP",
            &["pickle-resolves-names operator.methodcaller", "pickle-imports-module importlib.import_module", SYSTEM],
        ),
        ("PROTO 4; GLOBAL operator attrgetter; SHORT_BINUNICODE \"loc.start\"; TUPLE1; REDUCE; STOP", &[]),
        (
            "PROTO 4; GLOBAL pkgutil resolve_name; SHORT_BINUNICODE \"os:system\"; TUPLE1; REDUCE; EMPTY_TUPLE; REDUCE; STOP",
            &["pickle-resolves-names pkgutil.resolve_name", SYSTEM],
        ),
        (
            "PROTO 4; GLOBAL numpy.core _ufunc_reconstruct; SHORT_BINUNICODE \"numpy.core._multiarray_umath\"; \
             SHORT_BINUNICODE \"log1p\"; TUPLE2; REDUCE; STOP",
            &[],
        ),
        (
            "PROTO 4; GLOBAL numpy.core _ufunc_reconstruct; SHORT_BINUNICODE \"os\"; SHORT_BINUNICODE \"system\"; TUPLE2; \
             REDUCE; SHORT_BINUNICODE \"id\"; TUPLE1; REDUCE; STOP",
            &["pickle-resolves-names numpy.core._ufunc_reconstruct", SYSTEM],
        ),
        (
            "PROTO 4; GLOBAL functools partial; GLOBAL os system; SHORT_BINUNICODE \"id\"; TUPLE2; REDUCE; STOP",
            &[SYSTEM],
        ),
        (
            "PROTO 4; GLOBAL operator getitem; GLOBAL sys modules; SHORT_BINUNICODE \"os\"; TUPLE2; REDUCE; STOP",
            &["pickle-resolves-names operator.getitem", "pickle-imports-dangerous sys.modules"],
        ),
    ] {
        says(lines, expected);
    }
}

#[test]
fn a_message_shows_the_call_its_chain_and_the_place() {
    let lines = "PROTO 4; GLOBAL builtins getattr; GLOBAL builtins __import__; SHORT_BINUNICODE \"os\"; TUPLE1; REDUCE; SHORT_BINUNICODE \"system\"; TUPLE2; REDUCE; SHORT_BINUNICODE \"id\"; TUPLE1; REDUCE; STOP";
    let artifact = read(&assemble(lines));
    let fact = artifact.facts.last().unwrap();
    assert_eq!(
        fact.message,
        "calls `getattr(__import__(\"os\"), \"system\")(\"id\")` (`os.system`), which starts programs"
    );
    let steps: Vec<&str> = fact.steps.iter().map(|(_, step)| step.as_str()).collect();
    assert_eq!(
        steps,
        [
            "imports `builtins.getattr`",
            "imports `builtins.__import__`",
            "`__import__(\"os\")`, which is `os`",
            "`getattr(__import__(\"os\"), \"system\")`, which is `os.system`",
            "argument `\"id\"`",
            fact.message.as_str()
        ]
    );
    let excerpt = fact.excerpt.as_ref().unwrap();
    let shown: Vec<&str> = excerpt.lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(shown, ["REDUCE", "SHORT_BINUNICODE \"id\"", "TUPLE1", "REDUCE"]);
    assert_eq!(excerpt.lines[3].label, format!("{:#x}", fact.span.unwrap().0));
    assert_eq!(artifact.contents.imports, ["builtins.__import__", "builtins.getattr", "os.system"]);
}

#[test]
fn states_and_items_that_reach_further_than_the_pickle() {
    for (lines, expected) in [
        (
            "PROTO 4; GLOBAL numpy size; EMPTY_DICT; SHORT_BINUNICODE \"shape\"; NONE; SETITEM; BUILD; STOP",
            "pickle-changes-interpreter numpy.size",
        ),
        (
            "PROTO 4; GLOBAL sys modules; SHORT_BINUNICODE \"x\"; NONE; SETITEM; STOP",
            "pickle-changes-interpreter sys.modules",
        ),
        (
            "PROTO 4; GLOBAL builtins getattr; GLOBAL collections OrderedDict; SHORT_BINUNICODE \"__dict__\"; TUPLE2; REDUCE; MARK; SHORT_BINUNICODE \"x\"; NONE; SETITEMS; STOP",
            "pickle-changes-interpreter collections.OrderedDict.__dict__",
        ),
        (
            "PROTO 4; GLOBAL collections OrderedDict; EMPTY_TUPLE; REDUCE; EMPTY_DICT; SHORT_BINUNICODE \"__setstate__\"; GLOBAL os system; SETITEM; BUILD; SHORT_BINUNICODE \"id\"; BUILD; STOP",
            "pickle-starts-process os.system",
        ),
        (
            "PROTO 4; EMPTY_LIST; SHORT_BINUNICODE \"a\"; NONE; SETITEM; STOP",
            "pickle-type-confusion a built-in container",
        ),
    ] {
        let artifact = read(&assemble(lines));
        assert!(told(&artifact).contains(&expected.to_string()), "{lines}: {:?}", told(&artifact));
    }
}

#[test]
fn what_is_not_known_is_told_apart_by_use() {
    says("PROTO 4; GLOBAL acme.tools run; EMPTY_TUPLE; REDUCE; STOP", &["pickle-unknown-call acme.tools.run"]);
    says("PROTO 4; GLOBAL acme.tools Thing; EMPTY_TUPLE; NEWOBJ; STOP", &["pickle-unknown-class acme.tools.Thing"]);
    says("PROTO 4; GLOBAL acme.tools Thing; STOP", &["pickle-unknown-import acme.tools.Thing"]);
    says("MARK; INST acme.tools Thing; STOP", &["pickle-unknown-class acme.tools.Thing"]);
    says("MARK; INST acme.tools run; STOP", &["pickle-unknown-call acme.tools.run"]);
    says(
        "PROTO 2; EXT1 5; EMPTY_TUPLE; REDUCE; STOP",
        &["pickle-extension-code extension 5", "pickle-unknown-call <extension 5>"],
    );
    says("PROTO 4; GLOBAL os system; STOP", &["pickle-imports-dangerous os.system"]);
    says("PROTO 4; GLOBAL numpy __builtins__; STOP", &["pickle-imports-dangerous numpy.__builtins__"]);
}

#[test]
fn honest_pickles_are_silent() {
    for lines in [
        "PROTO 2; EMPTY_DICT; BINPUT 0; BINUNICODE \"os\"; BINUNICODE \"system\"; SETITEM; STOP",
        "PROTO 4; FRAME 30; GLOBAL collections OrderedDict; MEMOIZE; EMPTY_TUPLE; REDUCE; MEMOIZE; STOP",
        "MARK; LIST; PUT 0; INT 1; APPEND; FLOAT 1.5; APPEND; LONG 99L; APPEND; STOP",
        "PROTO 2; GLOBAL _codecs encode; BINUNICODE \"abc\"; BINUNICODE \"latin1\"; TUPLE2; REDUCE; STOP",
        "PROTO 4; GLOBAL builtins type; NONE; TUPLE1; REDUCE; STOP",
        "PROTO 5; BYTEARRAY8 \"abc\"; MEMOIZE; STOP",
    ] {
        let artifact = read(&assemble(lines));
        assert_eq!(
            (told(&artifact), &artifact.status, artifact.format),
            (vec![], &Status::Understood, "pickle"),
            "{lines}"
        );
    }
}

#[test]
fn streams_follow_each_other_also_behind_junk() {
    let honest = assemble("PROTO 4; EMPTY_LIST; STOP");
    let evil = assemble("PROTO 4; GLOBAL os system; EMPTY_TUPLE; REDUCE; STOP");
    let old = assemble("GLOBAL os system; MARK; TUPLE; REDUCE; STOP");
    for payload in [&evil, &old] {
        assert_eq!(told(&read(&[honest.repeat(9), payload.clone()].concat())), [SYSTEM]);
        for junk in [vec![0xff; 7], vec![0; 70_000], b"text\n\x80junk\n".repeat(500)] {
            let bytes = [honest.clone(), junk, payload.clone()].concat();
            assert_eq!(told(&read(&bytes)), ["pickle-hidden-stream stream", SYSTEM]);
        }
    }
    assert_eq!(told(&read(&[honest, vec![1; 9]].concat())), ["pickle-trailing-data trailing data"]);
}

#[test]
fn broken_streams_keep_what_ran() {
    let call = "PROTO 4; GLOBAL os system; EMPTY_TUPLE; REDUCE";
    for (rest, place) in [
        ("RAW ff", "stream"),
        ("BINBYTES len=2147483647 \"abc\"", "stream"),
        ("", "stream"),
        ("BINGET 9; STOP", "stream"),
    ] {
        let artifact = read(&assemble(&format!("{call}; {rest}")));
        assert_eq!(told(&artifact), [SYSTEM.to_string(), format!("pickle-broken {place}")], "{rest}");
        assert!(matches!(artifact.status, Status::Incomplete(_)));
    }
    says("PROTO 4; EMPTY_LIST; MARK; NONE; NONE; NONE; BINBYTES len=99 \"abc\"", &["pickle-truncated stream"]);
}

#[test]
fn frames_that_lie_are_read_both_ways() {
    let evil = "PROTO 4; GLOBAL os system; EMPTY_TUPLE; REDUCE; STOP";
    // The frame ends inside the string.
    says("PROTO 4; FRAME 2; SHORT_BINUNICODE \"abcdef\"; STOP", &["pickle-frame-mismatch frame"]);
    says("PROTO 4; FRAME 99999; SHORT_BINUNICODE \"abcdef\"; STOP", &["pickle-frame-mismatch frame"]);
    // A reader that takes whole frames goes on behind one that hides the start of another pickle.
    let decoy = assemble("PROTO 4; FRAME 11; NONE; STOP; PROTO 4; SHORT_BINUNICODE len=40 \"ab\"");
    let bytes = [decoy, assemble(evil), vec![b'x'; 30], b"0N.".to_vec()].concat();
    assert!(told(&read(&bytes)).contains(&SYSTEM.to_string()), "{:?}", told(&read(&bytes)));
}

#[test]
fn pickles_inside_pickles() {
    let inner = assemble("PROTO 4; GLOBAL os system; SHORT_BINUNICODE \"id\"; TUPLE1; REDUCE; STOP");
    let inner = inner.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    says(
        &format!("PROTO 4; GLOBAL pickle loads; SHORT_BINBYTES hex {inner}; TUPLE1; REDUCE; STOP"),
        &["pickle-loads-again pickle.loads", SYSTEM],
    );
    says(
        &format!("PROTO 4; EMPTY_DICT; SHORT_BINUNICODE \"data\"; SHORT_BINBYTES hex {inner}; SETITEM; STOP"),
        &["pickle-embedded-pickle embedded pickle", SYSTEM],
    );
    says(
        &format!("PROTO 4; EMPTY_DICT; SHORT_BINUNICODE \"data\"; SHORT_BINUNICODE \"{inner}\"; SETITEM; STOP"),
        &["pickle-embedded-pickle embedded pickle", SYSTEM],
    );
    // skorch keeps what torch saved, a zip archive, in the state of a model.
    let archive = crate::fixture::build(
        "zip",
        "member a/data.pkl pickle\n  PROTO 4\n  GLOBAL os system\n  \
        SHORT_BINUNICODE \"id\"\n  TUPLE1\n  REDUCE\n  STOP\n",
    );
    let archive = archive.unwrap().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    says(
        &format!(
            "PROTO 4; EMPTY_DICT; SHORT_BINUNICODE \"cuda_dependent_attributes_\"; BINBYTES hex {archive}; SETITEM; STOP"
        ),
        &[SYSTEM],
    );
}

/// joblib's layout: the description, BUILD, a padding of three bytes, six floats; then more pickle.
fn with_array(code: &str, data: &[u8], rest: &str) -> Vec<u8> {
    let lines = format!(
        "PROTO 4; GLOBAL joblib.numpy_pickle NumpyArrayWrapper; EMPTY_TUPLE; NEWOBJ; EMPTY_DICT; MARK; \
         SHORT_BINUNICODE \"shape\"; BININT1 2; BININT1 3; TUPLE2; \
         SHORT_BINUNICODE \"dtype\"; GLOBAL numpy dtype; SHORT_BINUNICODE \"{code}\"; NEWFALSE; NEWTRUE; TUPLE3; REDUCE; \
         MARK; BININT1 3; SHORT_BINUNICODE \"<\"; NONE; NONE; NONE; BININT 4294967295; BININT 4294967295; BININT1 0; TUPLE; BUILD; \
         SHORT_BINUNICODE \"numpy_array_alignment_bytes\"; BININT1 16; SETITEMS; BUILD"
    );
    [assemble(&lines), data.to_vec(), assemble(rest)].concat()
}

#[test]
fn arrays_of_joblib_are_stepped_over() {
    let raw = [vec![3, 0xff, 0xff, 0xff], vec![b'.'; 48]].concat();
    let artifact = read(&with_array("f8", &raw, "STOP"));
    assert_eq!((told(&artifact), artifact.format), (vec![], "joblib"));
    let evil = "POP; GLOBAL os system; EMPTY_TUPLE; REDUCE; STOP";
    assert_eq!(told(&read(&with_array("f8", &raw, evil))), [SYSTEM]);
    let object = assemble("PROTO 4; GLOBAL os system; EMPTY_TUPLE; REDUCE; STOP");
    assert_eq!(told(&read(&with_array("O8", &object, "STOP"))), [SYSTEM]);
}

#[test]
fn the_old_format_of_torch_is_stepped_through() {
    let magic = "PROTO 2; LONG1 hex 6cfc9c46f9206aa85019; STOP; PROTO 2; BININT2 1001; STOP; PROTO 2; EMPTY_DICT; STOP";
    let object = "PROTO 2; MARK; BINUNICODE \"storage\"; GLOBAL torch FloatStorage; BINUNICODE \"k\"; BINUNICODE \"cpu\"; BININT1 4; NONE; TUPLE; BINPERSID; STOP; PROTO 2; EMPTY_LIST; BINUNICODE \"k\"; APPEND; STOP";
    let raw = [4u64.to_le_bytes().to_vec(), b"\x80\x02c.".repeat(4)].concat();
    let artifact = read(&[assemble(&format!("{magic}; {object}")), raw.clone()].concat());
    assert_eq!((told(&artifact), artifact.format, &artifact.status), (vec![], "pytorch-legacy", &Status::Understood));
    let evil = "PROTO 2; GLOBAL os system; EMPTY_TUPLE; REDUCE; STOP; PROTO 2; EMPTY_LIST; STOP";
    assert_eq!(told(&read(&assemble(&format!("{magic}; {evil}")))), [SYSTEM]);
    let cut = read(&[assemble(&format!("{magic}; {object}")), raw[..10].to_vec()].concat());
    assert_eq!(told(&cut), ["pickle-truncated storages"]);
}

#[test]
fn text_json_and_random_bytes_are_no_pickles() {
    let mut seed = 1u64;
    let mut random = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) as u8
    };
    let mut samples = vec![
        b"cos\nsystem is a word\n".to_vec(),
        b"import os\nclass Model:\n  pass\n".to_vec(),
        b"{\"a\": [1, 2]}".to_vec(),
        b"I am a readme.\nNice.\n".to_vec(),
        b"cat\ndog\n.\nbird\n".to_vec(),
        b"PK\x03\x04 not really\n".to_vec(),
        (0..4096u32).flat_map(|i| (i as f32).to_le_bytes()).collect(),
    ];
    samples.extend((0..200).map(|_| (0..5000).map(|_| random()).collect()));
    for sample in samples {
        let artifact = read(&sample);
        assert!(artifact.format != "pickle", "{:?}", &sample[..20]);
        assert!(!artifact.facts.iter().any(|fact| fact.kind.0.starts_with("pickle")));
    }
}

#[test]
fn no_truncation_and_no_flipped_byte_panics() {
    let lines = "PROTO 4; FRAME 60; GLOBAL builtins getattr; GLOBAL builtins __import__; SHORT_BINUNICODE \"os\"; TUPLE1; REDUCE; SHORT_BINUNICODE \"system\"; TUPLE2; REDUCE; STRING 'i\\x64'; TUPLE1; REDUCE; BINPUT 3; EMPTY_DICT; MARK; BINGET 3; LONG 12L; SETITEMS; BUILD; STOP";
    let whole = [assemble(lines), with_array("f8", &[0; 49], "STOP")].concat();
    for end in 0..whole.len() {
        read(&whole[..end]);
        for flip in [0x01, 0x80, 0xff] {
            let mut bytes = whole.clone();
            bytes[end] ^= flip;
            read(&bytes);
        }
    }
}

#[test]
fn instructions_in_any_order_cost_linear_time() {
    let opcodes: Vec<u8> = (0..=255u8).filter(|byte| super::opcode::lookup(*byte).is_some()).collect();
    let mut seed = 7usize;
    for round in 0..60 {
        let mut bytes = vec![0x80, 4];
        while bytes.len() < 4000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let pick = opcodes[(seed >> 33) % opcodes.len()];
            if pick != b'.' || round % 7 == 0 {
                bytes.push(pick);
            }
            if seed & 0x3_0000 == 0 {
                bytes.extend(b"os\nsystem\n");
            }
        }
        read(&bytes);
    }
    // Deep nesting, wide marks, many memo entries and calls of calls.
    let pieces: [(&[u8], usize); 5] =
        [(b"(", 200_000), (b"]\x94", 200_000), (b"(t", 200_000), (b"cos\nsystem\n)R", 20_000), (b"}}s0", 100_000)];
    for (piece, count) in pieces {
        read(&[b"\x80\x04N".to_vec(), piece.repeat(count)].concat());
    }
    let nested =
        [b"\x80\x04".to_vec(), b"cfunctools\npartial\n".repeat(30_000), b")".to_vec(), b"R\x85".repeat(30_000)]
            .concat();
    read(&nested);
}

#[test]
fn states_that_a_class_runs_as_code() {
    let state = |source: &str| {
        format!(
            "PROTO 2; GLOBAL scipy.stats._continuous_distns norm_gen; EMPTY_TUPLE; NEWOBJ; EMPTY_DICT; \
             BINUNICODE \"_parse_arg_template\"; UNICODE {source}; SETITEM; BUILD; STOP"
        )
    };
    says(&state("import os"), &["pickle-runs-code _parse_arg_template"]);
    // However many pairs come first, and however the dictionary is written.
    let padding: String = (0..200).map(|n| format!("BININT1 {n}; NONE; ")).collect();
    let late = format!(
        "PROTO 2; GLOBAL scipy.stats._continuous_distns norm_gen; EMPTY_TUPLE; NEWOBJ; MARK; {padding}\
         BINUNICODE \"_parse_arg_template\"; UNICODE import os; DICT; BUILD; STOP"
    );
    says(&late, &["pickle-runs-code _parse_arg_template"]);
    says(&state("def _parse_args(self, loc=0):\\u000a    return (), loc"), &[]);
}
