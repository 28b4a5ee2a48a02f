//! Lowered texts, looked at from outside.

use std::fmt::Write as _;

use super::lower;
use crate::Language;
use crate::ir::{Expr, ExprKind, Function, Literal, Piece, StmtKind, Unit};

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
        ExprKind::Other(parts) => format!("<{}>", parts.iter().map(show).collect::<Vec<_>>().join(" ")),
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
        ("Thing::new", "Thing.new"),
        ("Thing.class", "Thing.class"),
        ("a.b.Thing.class.getName()", "a.b.Thing.class.getName()"),
        ("names[i++]", "names[Sub(i <- Add(i, 1), 1)]"),
        ("--i", "i <- Sub(i, 1)"),
        ("o instanceof String s && s.isEmpty()", "And(InstanceOf(s <- o, String), s.isEmpty())"),
        ("o instanceof Point(int x, Line(var y, Object z))", "InstanceOf([x, y, z] <- o, Point)"),
        ("new int[] {1, 2}[0]", "[1, 2][0]"),
        ("new String[3]", "[]"),
        ("(a, b) -> a", "Lambda"),
        ("(String a) -> { return a; }", "Lambda"),
        ("a.<String>get(p)", "a.get(p)"),
        ("x += y", "x <- Add(x, y)"),
        ("'\\n' + '\\'' + '\\u0041'", r#"Add(Add("\n", "'"), "A")"#),
        ("-1 & ~2 | 3 >>> 1", "BitOr(BitAnd(Unary, Unary), Shr(3, 1))"),
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
    let marks: Vec<String> = get.decorators.iter().map(show).collect();
    assert_eq!(marks, ["GetMapping(\"/x\")", "web_page"]);
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

/// Every function with its parameters and the kinds of its statements.
fn functions(unit: &Unit) -> Vec<String> {
    let one = |function: &Function| {
        let params: Vec<&str> = function.params.iter().map(|param| param.name.as_str()).collect();
        let body: Vec<String> = function.body.iter().map(|statement| sketch(&statement.kind)).collect();
        format!("{}({}) {}", function.name, params.join(", "), body.join("; "))
    };
    unit.functions.iter().map(one).collect()
}

fn sketch(kind: &StmtKind) -> String {
    match kind {
        StmtKind::Expr(value) => show(value),
        StmtKind::Assign { targets, value, .. } => {
            format!("{} = {}", targets.iter().map(show).collect::<Vec<_>>().join(", "), show(value))
        }
        StmtKind::Return(Some(value)) => format!("return {}", show(value)),
        StmtKind::Yield(Some(value)) => format!("yield {}", show(value)),
        StmtKind::Block(body) => {
            format!("{{{}}}", body.iter().map(|inner| sketch(&inner.kind)).collect::<Vec<_>>().join("; "))
        }
        other => format!("{other:?}").split(['(', ' ']).next().unwrap_or_default().to_owned(),
    }
}

#[test]
fn what_the_compiler_writes_is_written() {
    let unit = java("record P(String a, int b) { P { a = a.trim(); } int b() { return 1; } }");
    let wanted = ["() Class", "P(a, b) a = a.trim(); this.a = a; this.b = b", "b() return 1", "a() return this.a"];
    assert_eq!(functions(&unit), wanted);
    let unit = java("record P(String a) {}");
    assert_eq!(functions(&unit), ["() Class", "P(a) this.a = a", "a() return this.a"]);
    let unit = java("@Data @AllArgsConstructor class D { private String name; private boolean ok; }");
    let wanted = [
        "() Class",
        "getName() return this.name",
        "setName(name) this.name = name",
        "isOk() return this.ok",
        "setOk(ok) this.ok = ok",
        "D(name, ok) this.name = name; this.ok = ok",
    ];
    assert_eq!(functions(&unit), wanted);
    let unit = java("class E { private String name; }");
    assert_eq!(functions(&unit), ["() Class"]);
}

#[test]
fn a_method_without_a_body_gives_what_it_is_given() {
    let unit = java("interface T { String run(String a, String b); default String same(String c) { return c; } }");
    assert_eq!(functions(&unit), ["() Class", "run(a, b) return <a b>", "same(c) return c"]);
}

#[test]
fn enums_interfaces_and_anonymous_classes_have_their_members() {
    let unit = java(
        "enum E implements I { A(\"x\") { String f() { return \"y\"; } }, B; private String v; E(String v) { this.v = v; } }\n\
         @interface Mark { String value() default \"\"; }\n\
         class O { Runnable r = new Runnable() { public void run() { go(); } }; { init(); } static { start(); } }",
    );
    assert_eq!(unit.problems, Vec::<String>::new());
    let classes: Vec<(&str, Vec<String>)> =
        unit.classes.iter().map(|class| (class.name.as_str(), class.bases.clone())).collect();
    let wanted = [
        ("E", vec!["I".to_owned(), "Enum".to_owned()]),
        ("", vec!["E".to_owned()]),
        ("Mark", vec![]),
        ("O", vec![]),
        ("", vec!["Runnable".to_owned()]),
    ];
    assert_eq!(classes, wanted);
    let fields: Vec<&str> = unit.classes.iter().flat_map(|class| &class.fields).map(|f| f.name.as_str()).collect();
    assert_eq!(fields, ["A", "B", "v", "r"]);
    let initialisers: Vec<bool> =
        unit.functions.iter().skip(1).filter(|f| f.name.is_empty()).map(|f| f.is_static).collect();
    assert_eq!(initialisers, [false, true]);
}

#[test]
fn text_blocks_and_templates_are_decoded() {
    let body =
        method("String q = \"\"\"\n        select \\\"a\\\"\n          from t \\\n        where\n        \"\"\";");
    let Some(StmtKind::Assign { value, .. }) = body.first() else { panic!("{body:?}") };
    let ExprKind::Literal(Literal::Text(text)) = &value.kind else { panic!("{value:?}") };
    assert_eq!(text, "select \"a\"\n  from t where\n");
    let body = method("String q = STR.\"a \\{p} b\";");
    let Some(StmtKind::Assign { value, .. }) = body.first() else { panic!("{body:?}") };
    let ExprKind::Template(pieces) = &value.kind else { panic!("{value:?}") };
    assert!(matches!(pieces.as_slice(), [Piece::Text(a), Piece::Expr(_), Piece::Text(b)] if a == "a " && b == " b"));
}

#[test]
fn a_switch_with_arrows_has_values_patterns_and_guards() {
    let body = method(
        "String v = switch (p) { case \"a\", \"b\" -> \"x\"; case String s when s.isEmpty() -> { f(); yield s; } \
         case Point(int x, var y) -> g(x); case null, default -> throw new Error(); };",
    );
    let Some(StmtKind::Assign { value, .. }) = body.first() else { panic!("{body:?}") };
    let ExprKind::Block(inner) = &value.kind else { panic!("{value:?}") };
    let Some(StmtKind::Switch { cases, .. }) = inner.first().map(|first| &first.kind) else { panic!("{inner:?}") };
    let seen: Vec<String> = cases
        .iter()
        .map(|case| {
            let body: Vec<String> = case.body.iter().map(|inner| sketch(&inner.kind)).collect();
            format!("{} {:?} {} {}", case.values.len(), case.binds, case.guard.is_some(), body.join("; "))
        })
        .collect();
    let wanted = [
        "2 [] false yield \"x\"",
        "1 [\"s\"] true {f(); yield s}",
        "1 [\"x\", \"y\"] false yield g(x)",
        "0 [] false Throw",
    ];
    assert_eq!(seen, wanted);
    assert!(cases.iter().all(|case| !case.falls_through));
}

#[test]
fn conventions_of_libraries_are_calls() {
    let unit = java(
        "class T implements X509TrustManager { public void checkClientTrusted(X509Certificate[] c, String a) {} \
         public void checkServerTrusted(X509Certificate[] c, String a) {} \
         public X509Certificate[] getAcceptedIssuers() { return null; } }\n\
         class H implements HostnameVerifier { public boolean verify(String h, SSLSession s) { return true; } }\n\
         class G implements HostnameVerifier { public boolean verify(String h, SSLSession s) { return h.equals(s); } }\n\
         interface V { boolean verify(String h, SSLSession s); void checkServerTrusted(X509Certificate[] c, String a); }",
    );
    let accepting: Vec<String> =
        functions(&unit).into_iter().filter(|function| function.contains("accept_everything()")).collect();
    let wanted = ["checkServerTrusted(c, a) accept_everything()", "verify(h, s) accept_everything(); return True"];
    assert_eq!(accepting.len(), wanted.len(), "{accepting:?}");
    assert!(accepting.iter().zip(["checkServerTrusted", "verify"]).all(|(one, name)| one.starts_with(name)));
    for (text, wanted) in [
        ("c.setHostnameVerifier((h, s) -> true)", "c.setHostnameVerifier(accept_everything())"),
        ("c.setHostnameVerifier((h, s) -> { return true; })", "c.setHostnameVerifier(accept_everything())"),
        ("c.setHostnameVerifier((h, s) -> h.equals(\"a\"))", "c.setHostnameVerifier(Lambda)"),
        ("list.filter((h, s) -> true)", "list.filter(Lambda)"),
    ] {
        let body = method(&format!("{text};"));
        let Some(StmtKind::Expr(value)) = body.first() else { panic!("{body:?}") };
        assert_eq!(show(value), wanted);
    }
    let unit = java(
        "@Controller class C { @GetMapping(\"/a\") String a(String u) { if (u == null) return \"a\"; return \"redirect:\" + u; } \
         @GetMapping(\"/b\") String b(String u) { return \"redirect:/users/\" + u; } \
         @GetMapping(\"/c\") String c(String u) { return \"users/\" + u + \"/home\"; } String d(String u) { return u; } \
         public static void main(String[] args) {} }",
    );
    let wanted = [
        "() Class",
        "a(u) If; return redirect_view(Add(\"redirect:\", u))",
        "b(u) return Add(\"redirect:/users/\", u)",
        "c(u) return named_view(Add(Add(\"users/\", u), \"/home\"))",
        "d(u) return u",
        "main(args) ",
    ];
    assert_eq!(functions(&unit), wanted);
    let main = unit.functions.last().and_then(|main| main.params.first());
    assert_eq!(main.map(|args| args.decorators.iter().map(show).collect()), Some(vec!["program_arguments".to_owned()]));
}

#[test]
fn fragments_keep_their_statements_functions_and_types() {
    let unit = java("Statement s = c.createStatement();\ns.execute(q);");
    assert_eq!(functions(&unit), ["() s = c.createStatement(); s.execute(q)"]);
    let unit = java("@GetMapping(\"/x\")\npublic String get(@RequestParam String q) throws Exception { return q; }");
    assert_eq!(functions(&unit), ["() Function", "get(q) return q"]);
    assert!(unit.functions.get(1).is_some_and(|get| get.decorators.len() == 1 && get.exported));
    // Two methods, the second without an end.
    let unit = java("private void a(String x) { f(x); }\nprivate void b(File y) { g(y);\n h(y);");
    let all = functions(&unit).join("\n");
    assert!(all.contains("a(x) f(x)") && all.contains("g(y)") && all.contains("h(y)"), "{all}");
    // A class without an end.
    let unit =
        java("public class A {\n  void m(HttpServletRequest r) {\n    f(r.getParameter(\"a\"));\n    if (x) {\n");
    let all = functions(&unit).join("\n");
    assert!(all.contains("f(r.getParameter(\"a\"))"), "{all}");
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
