use crate::fixture::build;
use crate::{Artifact, Options, Status, inspect};

fn zip(body: &str) -> Artifact {
    inspect(&build("zip", body).unwrap(), "x", &Options::default())
}

fn kinds(artifact: &Artifact) -> Vec<&'static str> {
    artifact.facts.iter().map(|fact| fact.kind.0).collect()
}

fn names(artifact: &Artifact) -> Vec<&str> {
    artifact.members.iter().map(|member| member.name.as_str()).collect()
}

const MODEL: &str = "member m/data.pkl hex\n  80 02 7d 2e\nmember m/data/0 hex deflate\n  00 00 00 00 00 00 00 00 00 00 00 00\n\
    member m/version text\n  3\n";

#[test]
fn an_honest_archive_is_quiet() {
    let artifact = zip(MODEL);
    assert_eq!((artifact.format, kinds(&artifact)), ("pytorch-zip", vec![]));
    assert_eq!(names(&artifact), ["m/data.pkl", "m/data/0", "m/version"]);
}

#[test]
fn every_lie_is_told_apart() {
    for (body, expected) in [
        ("member a text central-name=b\n  x\n", vec!["zip-name-mismatch"]),
        ("member a text\n  x\nmember b text hidden\n  y\n", vec!["zip-hidden-entry", "zip-gap-data"]),
        ("member a text\n  x\nmember b text ghost\n  y\n", vec!["zip-missing-entry"]),
        ("member a text\n  x\nmember a text\n  y\n", vec!["zip-duplicate-entry"]),
        ("member a text\n  x\nmember A text\n  y\n", vec!["zip-case-collision"]),
        ("member a text flags=0x20\n  x\n", vec!["zip-false-flags"]),
        ("member a text flags=0x1\n  x\n", vec!["zip-false-flags"]),
        ("member a text flags=0x1 crc=5\n  x\n", vec!["zip-encrypted"]),
        ("member a text local-flags=0x1\n  x\n", vec!["zip-flag-mismatch", "zip-false-flags"]),
        ("member a text local-method=12\n  x\n", vec!["zip-method-mismatch"]),
        ("member a text crc=5\n  x\n", vec!["zip-crc-mismatch"]),
        ("member a text method=98\n  x\n", vec!["zip-method-unsupported"]),
        ("member a text\n  x\nmember b text overlap\n  x\n", vec!["zip-name-mismatch", "zip-overlap"]),
        ("prefix text\n  x\nmember a text\n  x\n", vec!["zip-prefix-data"]),
        ("suffix text\n  x\nmember a text\n  x\n", vec!["zip-trailing-data"]),
        ("member ../a text\n  x\n", vec!["archive-path-traversal"]),
        ("member /a text\n  x\n", vec!["archive-absolute-path"]),
        ("member a text mode=0xa000\n  ../b\n", vec!["archive-link-escape"]),
    ] {
        assert_eq!(kinds(&zip(body)), expected, "{body}");
    }
}

#[test]
fn hidden_members_are_read() {
    let artifact = zip("member a text\n  x\nmember m/data.pkl hex hidden\n  80 02 7d 2e\n");
    assert_eq!(names(&artifact), ["a", "m/data.pkl"]);
}

#[test]
fn both_methods_of_a_member_are_tried() {
    let artifact = zip("member a text deflate local-method=0\n  x\n");
    assert_eq!(names(&artifact), ["a", "a (by its local header)"]);
}

#[test]
fn an_archive_without_its_end_is_read_from_the_front() {
    let bytes = build("zip", MODEL).unwrap();
    let cut = bytes[..bytes.len() - 22].to_vec();
    let artifact = inspect(&cut, "x", &Options::default());
    assert_eq!((artifact.format, kinds(&artifact)), ("pytorch-zip", vec!["zip-truncated"]));
    assert_eq!(names(&artifact), ["m/data.pkl", "m/data/0", "m/version"]);
    assert!(matches!(artifact.status, Status::Incomplete(_)));
}

#[test]
fn a_second_archive_behind_the_first_is_told() {
    let mut bytes = build("zip", "member a text\n  x\n").unwrap();
    bytes.extend(build("zip", "member b text\n  y\n").unwrap());
    let artifact = inspect(&bytes, "x", &Options::default());
    assert!(kinds(&artifact).contains(&"zip-multiple-end-records"), "{:?}", kinds(&artifact));
    let mut names = names(&artifact);
    names.sort_unstable();
    assert_eq!(names, ["a", "b"]);
}

#[test]
fn an_archive_stored_in_an_archive_has_one_end() {
    let artifact = zip("member inner.zip zip\n  member a text\n    x\n");
    assert_eq!(kinds(&artifact), Vec::<&str>::new());
    assert_eq!(names(&artifact.members[0]), ["a"]);
}

#[test]
fn torchscript_source_is_kept_and_not_taken_for_python() {
    let artifact = zip(
        "member m/constants.pkl hex\n  80 02 29 2e\nmember m/code/__torch__.py text deflate\n  def f(x):\n    return x\n",
    );
    assert_eq!(artifact.format, "torchscript");
    assert_eq!(artifact.contents.code.len(), 1);
    assert_eq!(artifact.members[1].format, "torchscript-source");
}

#[test]
fn a_bomb_is_told_and_not_expanded_beyond_the_budget() {
    let zeros = format!("member a hex deflate\n  {}\n", "00 ".repeat(1 << 20));
    let bytes = build("zip", &zeros).unwrap();
    let limits = crate::Limits { expanded: 1000, ..crate::Limits::default() };
    let options = Options { limits, ..Options::default() };
    let artifact = inspect(&bytes, "x", &options);
    assert!(kinds(&artifact).contains(&"budget-hit"), "{:?}", kinds(&artifact));
    assert!(artifact.members[0].size <= 64 << 10);
}

#[test]
fn bytes_around_an_archive_do_not_hide_it() {
    let archive = build("zip", "member a text\n  x\n").unwrap();
    for (before, after) in [(&b"junk"[..], &b""[..]), (b"", b"junk"), (b"junk", b"junk")] {
        let bytes = [before, &archive, after].concat();
        let artifact = inspect(&bytes, "x", &Options::default());
        assert_eq!((artifact.format, names(&artifact)[0]), ("zip", "a"), "{before:?} {after:?}");
        assert!(!artifact.facts.is_empty());
    }
}

#[test]
fn a_program_with_an_archive_behind_it_is_both() {
    let program = "prefix hex\n  7f 45 4c 46 02 01 01 00 00 00 00 00 00 00 00 00 03 00 3e 00\nmember a text\n  x\n";
    let artifact = inspect(&build("zip", program).unwrap(), "model.gguf", &Options::default());
    assert_eq!(kinds(&artifact), ["zip-prefix-data", "extension-mismatch", "polyglot"]);
    assert_eq!(kinds(&artifact.members[1]), ["executable-disguised"]);
}

#[test]
fn the_first_torch_export_named_archives_json() {
    let member = |name: &str| format!("member {name} zip\n  member m/data.pkl hex\n    80 02 7d 2e\n");
    let body = member("serialized_state_dict.json") + &member("other.json");
    let artifact = zip(&(body + "member serialized_exported_program.json text\n  {}\n"));
    assert_eq!(artifact.format, "torch-export");
    assert_eq!((kinds(&artifact.members[0]), kinds(&artifact.members[1])), (vec![], vec!["extension-mismatch"]));
}

#[test]
fn a_renamed_member_does_not_change_what_the_archive_is() {
    let artifact = zip("member m/data.pkl hex central-name=m/readme\n  80 02 7d 2e\n");
    assert_eq!(artifact.format, "pytorch-zip");
}

#[test]
fn truncation_and_single_byte_changes_never_panic() {
    let bytes = build("zip", &format!("prefix text\n  p\n{MODEL}member b text hidden deflate\n  y\n")).unwrap();
    for end in 0..bytes.len() {
        let _ = inspect(&bytes[..end].to_vec(), "x.pt", &Options::default());
    }
    for at in 0..bytes.len() {
        for value in [0, 1, 0x7f, 0xff] {
            let mut changed = bytes.clone();
            changed[at] = value;
            let _ = inspect(&changed, "x.pt", &Options::default());
        }
    }
}
