use super::show::show;
use super::*;
use crate::ir::{Stmt, StmtKind, Unit};

fn rust(text: &str) -> Unit {
    lower("a.rs", text, Language::Rust)
}

/// The statements of a function's body, one line each.
fn function(body: &str) -> Vec<String> {
    let unit = rust(&format!("fn f(p: String) -> u8 {{\n{body}\n}}\n"));
    assert_eq!(unit.problems, Vec::<String>::new(), "{body}");
    let found = unit.functions.iter().find(|function| function.name == "f").expect("the function");
    lines(&found.body)
}

fn lines(body: &[Stmt]) -> Vec<String> {
    let optional = |value: &Option<Expr>| value.as_ref().map(show).unwrap_or_default();
    let line = |statement: &Stmt| match &statement.kind {
        StmtKind::Expr(value) => show(value),
        StmtKind::Assign { targets, op, value, .. } => {
            let targets: Vec<String> = targets.iter().map(show).collect();
            let op = op.map(|op| format!("{op:?}")).unwrap_or_default();
            format!("{} {op}= {}", targets.join(", "), show(value))
        }
        StmtKind::If { cond, then, other } => {
            format!("if {} {{ {} }} else {{ {} }}", show(cond), lines(then).join("; "), lines(other).join("; "))
        }
        StmtKind::Loop { cond, each, body } => {
            let each = each.as_ref().map(|(target, of)| format!("{} in {}", show(target), show(of)));
            format!("loop {}{} {{ {} }}", optional(cond), each.unwrap_or_default(), lines(body).join("; "))
        }
        StmtKind::Switch { subject, cases } => {
            let cases = cases.iter().map(|case| {
                let values: Vec<String> = case.values.iter().map(show).collect();
                let binds = case.binds.join(" ");
                format!("{}/{binds}/{} => {}", values.join("|"), optional(&case.guard), lines(&case.body).join("; "))
            });
            format!("switch {} {{ {} }}", show(subject), cases.collect::<Vec<_>>().join(", "))
        }
        StmtKind::Return(value) => format!("return {}", optional(value)),
        StmtKind::Yield(value) => format!("yield {}", optional(value)),
        StmtKind::Throw(value) => format!("throw {}", optional(value)),
        StmtKind::Assert(value) => format!("assert {}", show(value)),
        StmtKind::Block(body) => format!("{{ {} }}", lines(body).join("; ")),
        other => super::show::name(other),
    };
    body.iter().map(line).collect()
}

#[test]
fn rust_expressions_keep_what_decides_where_data_goes() {
    let table = [
        ("std::process::Command::new(\"sh\").arg(&p)?", "(std.process.Command.new(\"sh\").arg((p)))"),
        ("a.b.await.c", "(a.b).c"),
        ("p.parse::<i32>()", "p.parse::<i32>() as i32"),
        ("p.parse::<PathBuf>()", "p.parse()"),
        ("Vec::<u8>::with_capacity(1_000)", "Vec.with_capacity(1000)"),
        ("<T as Default>::default()", "T.default()"),
        ("Some(p)", "(p)"),
        ("None", "Null"),
        ("x as u8", "x as u8"),
        ("[0u8; 16]", "[0]"),
        ("(a, b'c', 'd', b\"e\\n\")", "[a, \"c\", \"d\", Bytes(\"e\\n\")]"),
        ("r#\"a\"b\"#", "\"a\\\"b\""),
        ("\"a\\\n    b\"", "\"ab\""),
        ("m[\"k\"]", "m[\"k\"]"),
        ("v[1..n]", "v[Other(1, n)]"),
        ("Point { x: 1, y, ..p }", "{\"x\": 1, \"y\": y, Null: ...p} as Point"),
        ("(if a { b } else { c })", "(if a then b else c)"),
        ("ALLOWED.contains(&p)", "In((p), ALLOWED)"),
        ("[\"a\", \"b\"].contains(&p)", "In((p), [\"a\", \"b\"])"),
        ("f(unsafe { *p })", "f(unsafe!(p))"),
        ("f(unsafe { p.add(1) })", "f(unsafe!(p, 1))"),
        ("f(p.push_str(q))", "f((p = Add(p, q)))"),
        ("p.add(1)", "p.add(1)"),
        ("*p", "(p)"),
        ("|x| x + 1", "Lambda"),
    ];
    for (text, wanted) in table {
        let body = function(&format!("let v = {text};"));
        assert_eq!(body, [format!("v = {wanted}")], "{text}");
    }
}

#[test]
fn rust_macros_are_read_as_what_they_stand_for() {
    let table = [
        ("format!(\"a {} {p} {:?} {0} {x:>3} {{}}\", b, c, x = d)", "`a {b} {p} {c}  {d} {}`"),
        ("sqlx::query!(\"select ?\", p)", "sqlx.query!(\"select ?\", p)"),
        ("vec![1, p]", "[1, p]"),
        ("vec![p; 3]", "[p]"),
        (
            "json!({\"role\": \"system\", \"content\": p.x, \"l\": [1, {\"a\": b}]})",
            "({\"role\": \"system\", \"content\": p.x, \"l\": [1, {\"a\": b}]})",
        ),
        ("matches!(p, \"a\" | \"b\")", "In(p, [\"a\", \"b\"])"),
        ("dbg!(p)", "(p)"),
        ("write!(out, \"{p}\")", "(out = Add(out, `{p}`))"),
        ("println!(\"{}\", format!(\"{p}\"))", "println!(`{`{p}`}`)"),
        ("unknown! { a => b }", "unknown!(Block)"),
    ];
    for (text, wanted) in table {
        let body = function(&format!("let v = {text};"));
        assert_eq!(body, [format!("v = {wanted}")], "{text}");
    }
    let table = [
        ("panic!(\"no {p}\");", "throw panic!(`no {p}`)"),
        ("bail!(\"no\");", "throw bail!(`no`)"),
        ("ensure!(a == b, \"no\");", "if Not(Eq(a, b)) { throw  } else {  }"),
        ("assert!(a);", "assert a"),
        ("assert_eq!(a, b);", "assert Eq(a, b)"),
        ("lazy_static! { static ref A: u8 = f(p); }", "{ A = f(p) }"),
    ];
    for (text, wanted) in table {
        assert_eq!(function(text), [wanted], "{text}");
    }
}

#[test]
fn rust_control_flow_has_its_statement() {
    let table = [
        ("p", "return p"),
        ("if a { b } else { return c; }", "if a { return b } else { return c }"),
        ("if let Some(x) = m.get(p) && x > 1 { g(x); }", "if And(Other((x = m.get(p))), Gt(x, 1)) { g(x) } else {  }"),
        ("while let Some(x) = it.next() { g(x); }", "loop Other((x = it.next())) { g(x) }"),
        ("for (i, x) in v { g(x); }", "loop [i, x] in v { g(x) }"),
        ("return Err(p);", "throw Err(p)"),
        ("x += p;", "x Add= p"),
        ("unsafe { *q = p; }", "{ unsafe!(q); (q) = p }"),
        ("loop { break p; }", "return Block"),
        (
            "match p { \"a\" | \"b\" => x, Some(y) if y > 1 => y, A::B => { g(); z } _ => panic!() }",
            "switch p { \"a\"|\"b\"// => return x, Other()/y/Gt(y, 1) => return y, A.B// => { g(); return z }, \
             // => throw panic!() }",
        ),
    ];
    for (text, wanted) in table {
        assert_eq!(function(text), [wanted], "{text}");
    }
    let body = function(
        "let Ok(x) = p else { return 1 };\nlet y = match x { 1 => a, _ => return b };\nf(match y { 1 => a, b => b })",
    );
    let switch = "switch x { 1// => y = a, // => return b }";
    assert_eq!(body, ["x = p", "if Other() { return 1 } else {  }", switch, "return f(Block)"]);
}

#[test]
fn rust_declarations_have_names_types_and_methods() {
    let unit = rust(
        "use std::{fs, io::{self, Read as R}, process::Command};\nuse a::*;\n\
         #[derive(Clone)]\npub struct Server { pub db: Arc<Mutex<Connection>>, id: u32 }\n\
         /// Runs.\n/// Really.\n#[tool(description = \"d\")]\n#[get]\n\
         pub async fn run(Path(id): Path<u32>, Query(q): Query<Params>, s: &mut String, f: &std::fs::File) {}\n\
         impl Tool for Server { const N: u8 = 1; fn go(&self, x: impl AsRef<Path>) -> Self { Self::go(x) } }\n\
         static mut COUNT: u32 = 0;\n#[cfg(test)]\nmod tests { fn t() {} }\nmod inner { fn i() {} }\n",
    );
    assert_eq!(unit.problems, Vec::<String>::new());
    let shown = |import: &crate::ir::Import| {
        format!("{} {} {}", import.module, import.name.as_deref().unwrap_or_default(), import.local)
    };
    let imports: Vec<String> = unit.imports.iter().map(shown).collect();
    assert_eq!(imports, ["std fs fs", "std io io", "std.io Read R", "std.process Command Command", "a * *"]);
    let names: Vec<&str> = unit.functions.iter().map(|function| function.name.as_str()).collect();
    assert_eq!(names, ["", "run", "go", "i"]);
    let run = unit.functions.get(1).expect("run");
    assert_eq!(run.doc.as_ref().map(|doc| doc.0.as_str()), Some("Runs.\nReally."));
    assert_eq!(run.decorators.iter().map(show).collect::<Vec<_>>(), ["tool(description=\"d\")", "get"]);
    let types: Vec<&str> = run.params.iter().filter_map(|param| param.of_type.as_deref()).collect();
    assert_eq!(types, ["u32", "Params", "String", "std.fs.File"]);
    let query = run.params.get(1).expect("q");
    assert_eq!(
        (query.name.as_str(), query.decorators.iter().map(show).collect::<Vec<_>>()),
        ("q", vec!["extract.Query".to_owned()])
    );
    let class = unit.classes.first().expect("Server");
    assert_eq!((class.bases.as_slice(), class.methods.as_slice()), (&["Tool".to_owned()][..], &[2][..]));
    let fields: Vec<&str> = class.fields.iter().filter_map(|field| field.of_type.as_deref()).collect();
    assert_eq!(fields, ["Connection", "u32"]);
    let go = unit.functions.get(2).expect("go");
    assert!(go.params.first().is_some_and(|param| param.is_receiver) && !go.is_static);
    assert_eq!(go.params.get(1).and_then(|param| param.of_type.as_deref()), Some("String"));
    assert_eq!(lines(&go.body), ["return Server.go(x)"]);
    let top = unit.functions.first().map(|top| lines(&top.body)).unwrap_or_default();
    assert_eq!(top, ["Class", "Function", "Server.N = 1", "static!()", "COUNT = 0", "Function"]);
}

#[test]
fn hostile_rust_is_cut_and_said() {
    let nested = format!("fn f() {{ let x = {}1{}; }}", "(".repeat(20_000), ")".repeat(20_000));
    assert!(rust(&nested).problems.iter().any(|problem| problem.contains("nested too deeply")));
    let macros = format!("fn f() {{ {}1{}; }}", "vec![".repeat(3_000), "]".repeat(3_000));
    assert!(!rust(&macros).problems.is_empty());
    let conditions = format!("fn f() {{ {} }}", "if let Some(x) = y { ".repeat(2_000));
    assert!(!rust(&conditions).problems.is_empty());
    // Long chains are not deep.
    let unit = rust(&format!("fn f() {{ let x = p{}; }}", " + q".repeat(20_000)));
    assert_eq!(unit.problems, Vec::<String>::new());
    let unit = rust(&format!("fn f() {{ let x = p{}; }}", ".route(\"/\", get(h))".repeat(300)));
    assert_eq!(unit.problems.len(), 1, "cut behind its first 400 links");
    let unit = rust(&format!("fn f() {{ let x = p{}; }}", ".route(\"/\", get(h))".repeat(150)));
    assert_eq!(unit.problems, Vec::<String>::new());
}

#[test]
fn broken_rust_is_read_as_far_as_it_goes() {
    let text =
        "let id = q.get(\"id\"); db.query(&format!(\"select {}\", id))?;\n@# fn é( { \u{0} match { json!({\"a\": [";
    for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
        rust(&text[..end]);
        rust(&text[end..]);
    }
    let unit = rust(text);
    assert!(unit.problems.iter().any(|problem| problem.contains("syntax errors")));
    let body = unit.functions.first().map(|top| lines(&top.body)).unwrap_or_default();
    assert_eq!(body.first().map(String::as_str), Some("id = q.get(\"id\")"));
    assert_eq!(body.get(1).map(String::as_str), Some("(db.query((`select {id}`)))"));
}
