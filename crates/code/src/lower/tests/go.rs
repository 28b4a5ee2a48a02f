use super::show::{name, show};
use crate::Language;
use crate::ir::{ExprKind, StmtKind, Unit};
use crate::lower::lower;

fn go(text: &str) -> Unit {
    lower("a.go", text, Language::Go)
}

/// The statements of a function's body.
fn function(body: &str) -> Vec<StmtKind> {
    let unit = go(&format!("package a\nfunc f(p string) {{\n{body}\n}}\n"));
    assert_eq!(unit.problems, Vec::<String>::new(), "{body}");
    let found = unit.functions.iter().find(|function| function.name == "f").expect("the function");
    found.body.iter().map(|statement| statement.kind.clone()).collect()
}

#[test]
fn go_expressions_keep_what_decides_where_data_goes() {
    let table = [
        (r#"r.URL.Query().Get("id")"#, r#"r.URL.Query().Get("id")"#),
        (r#""a\tb" + p + 'c'"#, r#"Add(Add("a\tb", p), "c")"#),
        ("`raw\\n`", r#""raw\\n""#),
        ("r.Form[\"q\"][0]", "r.Form[\"q\"][0]"),
        ("b[1:n]", "b[Other(1, n)]"),
        ("x.(string)", "x as string"),
        ("[]byte(p)", "p as []byte"),
        ("&tls.Config{InsecureSkipVerify: true}", "({\"InsecureSkipVerify\": Bool(true)} as tls.Config)"),
        ("map[string]string{p: q}", "{p: q}"),
        ("[]string{\"-c\", p}", "[\"-c\", p] as []string"),
        ("f(xs...)", "f(...xs)"),
        ("<-in", "(in)"),
        ("func(w int) int { return w }", "Lambda"),
        ("1_000", "1000"),
    ];
    for (text, wanted) in table {
        let body = function(&format!("v := {text}"));
        let Some(StmtKind::Assign { value, targets, .. }) = body.first() else { panic!("{text}: {body:?}") };
        assert_eq!((show(value).as_str(), targets.len()), (wanted, 1), "{text}");
    }
}

#[test]
fn go_control_flow_has_its_statement() {
    let body = function(
        "x, err := g(p)\nif y := h(x); y != nil { return } else if err != nil { i() }\nfor i := 0; i < 3; i++ { j(i) }\n\
         for k, v := range m { l(k, v) }\nfor x { break }\ndefer c()\ngo d()\nx += p\nch <- x\nvar z string\nx++",
    );
    let names: Vec<String> = body.iter().map(name).collect();
    let wanted = "Assign Assign If Assign Loop Loop Loop Block Block Assign Assign Assign Assign";
    assert_eq!(names.join(" "), wanted);
    let Some(StmtKind::Assign { targets, .. }) = body.first() else { panic!("{body:?}") };
    assert_eq!(targets.iter().map(show).collect::<Vec<_>>(), ["x", "err"]);
    let Some(StmtKind::If { other, .. }) = body.get(2) else { panic!("{body:?}") };
    assert!(matches!(other.first().map(|inner| &inner.kind), Some(StmtKind::If { .. })));
    let Some(StmtKind::Loop { cond: Some(_), each: None, body: turn }) = body.get(4) else { panic!("{body:?}") };
    assert_eq!(turn.len(), 2, "the update is the last statement");
    let Some(StmtKind::Loop { each: Some((target, over)), .. }) = body.get(5) else { panic!("{body:?}") };
    assert_eq!((show(target).as_str(), show(over).as_str()), ("v", "m"));
}

#[test]
fn a_go_case_ends_unless_it_says_otherwise() {
    let body = function("switch p { case \"a\", \"b\": g(); fallthrough; case \"c\": h(); default: i() }");
    let Some(StmtKind::Switch { subject, cases }) = body.first() else { panic!("{body:?}") };
    assert_eq!(show(subject), "p");
    let seen: Vec<(usize, usize, bool)> =
        cases.iter().map(|case| (case.values.len(), case.body.len(), case.falls_through)).collect();
    assert_eq!(seen, [(2, 1, true), (1, 1, false), (0, 1, false)]);
}

#[test]
fn go_declarations_have_names_types_and_methods() {
    let unit =
        go("package api\nimport (\n\"net/http\"\nt \"text/template\"\n. \"fmt\"\n_ \"embed\"\n\"gopkg.in/yaml.v3\"\n\
         \"github.com/labstack/echo/v4\"\n)\nvar Key = \"k\"\n\
         func (s *Server) Get(w http.ResponseWriter, r *http.Request, ids ...int) { s.run(r) }\n\
         type Server struct { Base; a, b string `json:\"a\"` }\n");
    assert_eq!(unit.problems, Vec::<String>::new());
    assert_eq!(unit.package.as_deref(), Some("api"));
    let locals: Vec<(&str, &str)> =
        unit.imports.iter().map(|import| (import.module.as_str(), import.local.as_str())).collect();
    let wanted = [
        ("net/http", "http"),
        ("text/template", "t"),
        ("fmt", "*"),
        ("embed", "_"),
        ("gopkg.in/yaml", "yaml"),
        ("github.com/labstack/echo", "echo"),
    ];
    assert_eq!(locals, wanted);
    let class = unit.classes.first().expect("Server");
    assert_eq!((class.name.as_str(), class.bases.as_slice()), ("Server", &["Base".to_owned()][..]));
    let fields: Vec<&str> = class.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(fields, ["a", "b"]);
    assert_eq!(class.methods, [1]);
    let get = unit.functions.get(1).expect("Get");
    assert!(get.exported && get.class == Some(0));
    let params: Vec<(&str, Option<&str>, bool, bool)> = get
        .params
        .iter()
        .map(|param| (param.name.as_str(), param.of_type.as_deref(), param.is_receiver, param.is_rest))
        .collect();
    let wanted = [
        ("s", Some("*Server"), true, false),
        ("w", Some("http.ResponseWriter"), false, false),
        ("r", Some("*http.Request"), false, false),
        ("ids", Some("int"), false, true),
    ];
    assert_eq!(params, wanted);
}

#[test]
fn hostile_depth_is_cut_and_said() {
    let nested = format!("package a\nvar x = {}1{}\n", "(".repeat(20_000), ")".repeat(20_000));
    assert!(go(&nested).problems.iter().any(|problem| problem.contains("nested too deeply")));
    let blocks = format!("package a\nfunc f() {{ {}{} }}\n", "{".repeat(5_000), "}".repeat(5_000));
    assert!(!go(&blocks).problems.is_empty());
    // A long chain of operators is not deep: every term is kept, and nothing is said.
    let unit = go(&format!("package a\nvar x = p{}\n", " + q".repeat(20_000)));
    assert_eq!(unit.problems, Vec::<String>::new());
    let top = unit.functions.first().and_then(|top| top.body.first()).map(|first| &first.kind);
    let Some(StmtKind::Assign { value, .. }) = top else { panic!("{top:?}") };
    assert!(matches!(&value.kind, ExprKind::Other(terms) if terms.len() == 20_001));
    assert!(!go(&" ".repeat((2 << 20) + 1)).problems.is_empty());
}

#[test]
fn broken_go_is_read_as_far_as_it_goes() {
    let text = "id := r.FormValue(\"id\"); db.Query(\"select \" + id)\n@#$ func é( { \u{0} switch { case";
    for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
        go(&text[..end]);
        go(&text[end..]);
    }
    let unit = go(text);
    assert!(unit.problems.iter().any(|problem| problem.contains("syntax errors")));
    assert!(unit.functions.first().is_some_and(|top| !top.body.is_empty()));
}
