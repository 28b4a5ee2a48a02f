//! Lowered texts, looked at from outside.

use std::fmt::Write as _;

use super::lower;
use crate::Language;
use crate::ir::{Expr, ExprKind, Literal, StmtKind, Unit};

fn java(text: &str) -> Unit {
    lower("A.java", text, Language::Java)
}

/// The statements of a method's body, from a class around it.
fn method(body: &str) -> Vec<StmtKind> {
    let unit = java(&format!("class A {{ void m(String p) {{ {body} }} }}"));
    assert_eq!(unit.problems, Vec::<String>::new(), "{body}");
    let found = unit.functions.iter().find(|function| function.name == "m").expect("the method");
    found.body.iter().map(|statement| statement.kind.clone()).collect()
}

/// Names, members, calls and literals as one line; the rest by its Rust name.
fn show(value: &Expr) -> String {
    match &value.kind {
        ExprKind::Name(name) => name.clone(),
        ExprKind::Literal(Literal::Text(text)) => format!("{text:?}"),
        ExprKind::Literal(Literal::Number(number)) => number.clone(),
        ExprKind::Literal(other) => format!("{other:?}"),
        ExprKind::Member { object, name } => format!("{}.{name}", show(object)),
        ExprKind::Index { object, index } => format!("{}[{}]", show(object), show(index)),
        ExprKind::Same(inner) => format!("({})", show(inner)),
        ExprKind::Cast(inner, of_type) => format!("{} as {of_type}", show(inner)),
        ExprKind::Binary { op, left, right } => format!("{op:?}({}, {})", show(left), show(right)),
        ExprKind::Conditional { cond, then, other } => format!("{} ? {} : {}", show(cond), show(then), show(other)),
        ExprKind::List(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", ")),
        ExprKind::Assign(target, value) => format!("{} <- {}", show(target), show(value)),
        ExprKind::Call { callee, args, is_new } => {
            let args: Vec<String> = args.iter().map(|arg| show(&arg.value)).collect();
            format!("{}{}({})", if *is_new { "new " } else { "" }, show(callee), args.join(", "))
        }
        other => format!("{other:?}").split(['(', ' ']).next().unwrap_or_default().to_owned(),
    }
}

#[test]
fn expressions_keep_what_decides_where_data_goes() {
    let table = [
        (r#"r.getParameter("id")"#, r#"r.getParameter("id")"#),
        (r#""a\tb" + p + 'c'"#, r#"Add(Add("a\tb", p), "c")"#),
        ("new StringBuilder(p).append(1_0L).toString()", "new StringBuilder(p).append(10).toString()"),
        ("new java.io.File(p)", "new java.io.File(p)"),
        ("new ArrayList<String>()", "new ArrayList()"),
        ("(String) m.get(p)", "m.get(p) as String"),
        ("(7 * 42) - 86 > 200 ? p : null", "Gt(Sub((Mul(7, 42)), 86), 200) ? p : Null"),
        ("new String[] {p, 0xFFL}", "[p, 0xFF]"),
        ("a[0].b", "a[0].b"),
        ("x = y", "x <- y"),
        ("p -> p.trim()", "Lambda"),
        ("String::valueOf", "String.valueOf"),
    ];
    for (text, wanted) in table {
        let body = method(&format!("Object v = {text};"));
        let Some(StmtKind::Assign { value, of_type, .. }) = body.first() else { panic!("{text}: {body:?}") };
        assert_eq!(show(value), wanted, "{text}");
        assert_eq!(of_type.as_deref(), Some("Object"));
    }
}

#[test]
fn a_case_without_break_falls_through() {
    let body = method("switch (p) { case \"a\": f(); break; case \"b\": case \"c\": g(); default: h(); }");
    let Some(StmtKind::Switch { cases, .. }) = body.first() else { panic!("{body:?}") };
    let seen: Vec<(usize, usize, bool)> =
        cases.iter().map(|case| (case.values.len(), case.body.len(), case.falls_through)).collect();
    assert!(matches!(seen.as_slice(), [(1, 2, false), .., (0, 1, true)]), "{seen:?}");
    let labels: usize = cases.iter().map(|case| case.values.len()).sum();
    assert_eq!(labels, 3, "{seen:?}");
}

#[test]
fn control_flow_has_its_statement() {
    let body = method(
        "try (Reader r = open(p)) { use(r); } catch (IOException e) { log(e); } finally { end(); } \
         for (String s : list) { sink(s); } for (int i = 0; i < 3; i++) { f(i); } if (p == null) return; else g(); \
         while (true) { break; } throw new Error(p);",
    );
    let names: Vec<String> =
        body.iter().map(|kind| format!("{kind:?}").split(['(', ' ']).next().unwrap_or_default().to_owned()).collect();
    assert_eq!(names, ["With", "Loop", "Assign", "Loop", "If", "Loop", "Throw"]);
    let Some(StmtKind::With { items, body: inner }) = body.first() else { panic!("{body:?}") };
    assert!(matches!(items.as_slice(), [(_, Some(_))]));
    let Some(StmtKind::Try { handlers, finally, .. }) = inner.first().map(|first| &first.kind) else { panic!() };
    assert_eq!((handlers.first().and_then(|h| h.0.clone()), finally.len()), (Some("e".to_owned()), 1));
}

#[test]
fn declarations_have_names_types_and_annotations() {
    let unit = java(
        "package a.b; import java.sql.*; import javax.servlet.http.Cookie;\n\
         @RestController public class C extends Base implements I, J {\n\
           private static final String KEY = \"k\";\n\
           @GetMapping(value = \"/x\") public String get(@RequestParam String q, int... rest) { return q; }\n\
           static { init(); }\n\
           class Inner { String doIt(String s) { return s; } }\n\
           Object o() { return new Thing() { public void run() { go(); } }; }\n\
         }",
    );
    assert_eq!(unit.problems, Vec::<String>::new());
    assert_eq!(unit.package.as_deref(), Some("a.b"));
    let imports: Vec<(&str, Option<&str>)> =
        unit.imports.iter().map(|import| (import.module.as_str(), import.name.as_deref())).collect();
    assert_eq!(imports, [("java.sql", Some("*")), ("javax.servlet.http", Some("Cookie"))]);
    let class = unit.classes.first().expect("C");
    assert_eq!(class.bases, ["Base", "I", "J"]);
    assert_eq!(class.fields.first().map(|field| field.name.as_str()), Some("KEY"));
    let get = unit.functions.iter().find(|function| function.name == "get").expect("get");
    assert!(get.exported && !get.is_static && get.class == Some(0));
    assert_eq!(get.decorators.len(), 1);
    let params: Vec<(&str, Option<&str>, usize, bool)> = get
        .params
        .iter()
        .map(|param| (param.name.as_str(), param.of_type.as_deref(), param.decorators.len(), param.is_rest))
        .collect();
    assert_eq!(params, [("q", Some("String"), 1, false), ("rest", Some("int"), 0, true)]);
    let mut classes = String::new();
    for class in &unit.classes {
        let _ = write!(classes, "{}:{} ", class.name, class.methods.len());
    }
    assert_eq!(classes, "C:3 Inner:1 :1 ");
    assert_eq!(unit.classes.last().map(|class| class.bases.clone()), Some(vec!["Thing".to_owned()]));
}

#[test]
fn hostile_depth_is_cut_and_said() {
    let nested = format!("class A {{ void m() {{ x = {}1{}; }} }}", "(".repeat(20_000), ")".repeat(20_000));
    assert!(java(&nested).problems.iter().any(|problem| problem.contains("nested too deeply")));
    let blocks = format!("class A {{ void m() {{ {}{} }} }}", "{".repeat(5_000), "}".repeat(5_000));
    assert!(!java(&blocks).problems.is_empty());
    // Long chains are not deep: every term is kept, and nothing is said.
    let sum = format!("class A {{ void m() {{ x = p{}; }} }}", " + q".repeat(20_000));
    let calls = format!("class A {{ void m() {{ x = p{}; }} }}", ".add(q)".repeat(20_000));
    for text in [sum, calls] {
        let unit = java(&text);
        assert_eq!(unit.problems, Vec::<String>::new());
        let Some(StmtKind::Assign { value, .. }) = unit.functions.get(1).and_then(|f| f.body.first()).map(|s| &s.kind)
        else {
            panic!()
        };
        assert!(matches!(&value.kind, ExprKind::Other(terms) if terms.len() == 20_001));
    }
    assert!(!java(&" ".repeat((2 << 20) + 1)).problems.is_empty());
}

#[test]
fn broken_text_is_read_as_far_as_it_goes() {
    let text =
        "String id = request.getParameter(\"id\"); stmt.execute(\"select \" + id); @#$ class é { void m( { \u{0}";
    for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
        java(&text[..end]);
        java(&text[end..]);
    }
    let unit = java(text);
    assert!(unit.problems.iter().any(|problem| problem.contains("syntax errors")));
    assert!(unit.functions.first().is_some_and(|top| !top.body.is_empty()));
}
