use super::*;

fn one(text: &str) -> Document {
    let mut documents = yaml(text);
    assert_eq!(documents.len(), 1, "{text}");
    documents.remove(0)
}

#[test]
fn scalars_are_those_of_the_core_schema() {
    let root = one("a: yes\nb: true\nc: 0x1F\nd: ~\ne: '1'\nf: 1.5e3\ng: !!str 12\nh: 1.2.3\ni: on\n").root;
    let at = |key: &str| root.get(key).unwrap().value.clone();
    let text = |text: &str| Value::Text(text.to_string());
    assert_eq!((at("a"), at("b"), at("d")), (text("yes"), Value::Bool(true), Value::Null));
    assert_eq!((at("c"), at("f")), (Value::Number("0x1F".into()), Value::Number("1.5e3".into())));
    assert_eq!((at("e"), at("g"), at("h"), at("i")), (text("1"), text("12"), text("1.2.3"), text("on")));
}

#[test]
fn spans_are_bytes_of_the_text() {
    let text = "é: ü\nlist:\n  - one\n  - {k: \"two\"}\nrun: |\n  a # not a comment\n  b\nend: x # why\n";
    let document = one(text);
    let shown = |node: &Node| &text[node.span.start..node.span.end];
    assert_eq!(shown(document.root.get("é").unwrap()), "ü");
    assert_eq!(shown(document.root.path("list.1.k").unwrap()), "\"two\"");
    assert_eq!(shown(document.root.path("list.1").unwrap()), "{k: \"two\"}");
    assert_eq!(shown(document.root.get("list").unwrap()), "- one\n  - {k: \"two\"}");
    assert!(shown(document.root.get("run").unwrap()).contains("a # not a comment\n  b"));
    assert_eq!(document.comments.iter().map(|at| &text[at.start..at.end]).collect::<Vec<_>>(), ["# why"]);
}

#[test]
fn anchors_merges_tags_and_documents() {
    let text = "base: &b {a: 1, n: [x]}\nuse:\n  <<: *b\n  a: 2\nref: !Ref Name\nsub: !Sub [a, b]\n---\nsecond: 1\n";
    let documents = yaml(text);
    let [first, second] = documents.as_slice() else { panic!("{documents:?}") };
    assert_eq!(first.root.path("use.a").and_then(Node::as_i64), Some(2));
    assert_eq!(first.root.path("use.n.0").and_then(Node::as_str), Some("x"));
    assert!(matches!(&first.root.get("ref").unwrap().value, Value::Tagged(tag, _) if tag == "!Ref"));
    assert_eq!(first.root.path("sub.1").and_then(Node::as_str), Some("b"));
    assert_eq!(second.root.get("second").and_then(Node::as_i64), Some(1));
}

#[test]
fn duplicates_are_kept_and_the_last_one_counts() {
    let root = one("a: 1\na: 2\n").root;
    assert_eq!((root.as_map().unwrap().len(), root.get("a").and_then(Node::as_i64)), (2, Some(2)));
}

#[test]
fn an_error_keeps_what_was_read_and_the_next_document() {
    let documents = yaml("a: 1\nb: [1, 2\nc: {{ .Values.x }}\n---\nd: 4\n");
    assert_eq!(documents[0].root.get("a").and_then(Node::as_i64), Some(1));
    assert!(!documents[0].problems.is_empty());
    assert_eq!(documents.last().unwrap().root.get("d").and_then(Node::as_i64), Some(4));
}

#[test]
fn bombs_end_in_problems() {
    let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_string();
    for level in 1..30 {
        bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 10].join(",")));
    }
    let document = one(&bomb);
    assert_eq!(document.problems[0].message, TOO_MANY);
    assert!(document.root.get("a0").is_some());

    let mut tower = "a0: &a0 [x]\n".to_string();
    for level in 1..5000 {
        tower.push_str(&format!("a{level}: &a{level} [*a{}]\n", level - 1));
    }
    assert_eq!(one(&tower).problems[0].message, TOO_DEEP);
    assert_eq!(one("a: &a [*a]").problems.len(), 1);
    assert_eq!(one("a: &a\n  b: 1\n  <<: *a\n").problems.len(), 1);
}

#[test]
fn depth_and_length_are_bounded() {
    for text in ["[".repeat(50_000), "{a: ".repeat(50_000), "- ".repeat(50_000), "? ".repeat(50_000)] {
        let documents = yaml(&text);
        assert!(documents.iter().any(|document| !document.problems.is_empty()));
    }
    let limits = Limits { bytes: 10, ..Limits::default() };
    assert_eq!(yaml_within("a: 1\nb: 2\nc: 3\n", &limits)[0].problems[0].message, TOO_LONG);
    assert!(yaml("").is_empty());
}
