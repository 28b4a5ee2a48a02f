use super::*;
use crate::ir::{Literal, Unit};

fn script(text: &str) -> Unit {
    lower("a.ts", text, Language::TypeScript)
}

fn imports(unit: &Unit) -> Vec<(&str, Option<&str>, &str)> {
    unit.imports.iter().map(|i| (i.module.as_str(), i.name.as_deref(), i.local.as_str())).collect()
}

fn names(unit: &Unit) -> Vec<&str> {
    unit.functions.iter().skip(1).map(|function| function.name.as_str()).collect()
}

/// Names that the top level assigns to.
fn assigned(unit: &Unit) -> Vec<String> {
    let targets = unit.functions[0].body.iter().filter_map(|stmt| match &stmt.kind {
        StmtKind::Assign { targets, .. } => Some(format!("{:?}", targets[0].kind)),
        _ => None,
    });
    let name = |shown: String| shown.trim_start_matches("Name(\"").trim_end_matches("\")").to_owned();
    targets.map(name).collect()
}

#[test]
fn modules_of_both_kinds_bind_names() {
    let unit = script(
        "import fs, { readFile as r } from 'node:fs';\nimport * as path from 'path';\nimport db from './db';\nimport 'x';\nexport { a as b } from './c';\nexport * from './d';\nconst { exec } = require('child_process'), os = require('os');\nconst { z: y } = await import('zod');\nimport old = require('old');\n",
    );
    assert_eq!(
        imports(&unit),
        [
            ("fs", None, "fs"),
            ("fs", Some("readFile"), "r"),
            ("path", None, "path"),
            ("./db", Some("default"), "db"),
            ("./c", Some("a"), "b"),
            ("./d", Some("*"), "*"),
            ("child_process", Some("exec"), "exec"),
            ("os", None, "os"),
            ("zod", Some("z"), "y"),
            ("old", None, "old"),
        ]
    );
    assert!(unit.functions[0].body.is_empty());
    let inline = script("require('child_process').exec(cmd)\n");
    assert_eq!(imports(&inline), [("child_process", None, "require('child_process')")]);
}

#[test]
fn what_a_module_gives_is_a_name_of_it() {
    let unit = script(
        "function f() {}\nfunction g() {}\nexports.h = async (event) => event;\nmodule.exports = { f, i: () => 1, j() {}, k: 5 };\nexport { g };\nexport default class {}\n",
    );
    assert_eq!(names(&unit), ["f", "g", "h", "i", "j"]);
    assert!(unit.functions.iter().skip(1).all(|function| function.exported), "{:?}", unit.functions);
    assert_eq!(unit.functions[3].decorators.len(), 1);
    assert_eq!(assigned(&unit), ["k", "default"]);
    let route = script("'use server';\nexport async function POST(request) {}\nfunction inner() {}\n");
    assert_eq!(route.functions[1].decorators.len(), 2);
    assert!(route.functions[2].decorators.is_empty());
}

#[test]
fn patterns_are_assignments_from_members() {
    let unit = script(
        "const { a, b: { c = 1 }, ...rest } = f();\nconst [x, , y] = list;\nfunction g({ q }, z = 2) { return q; }\n",
    );
    assert_eq!(assigned(&unit), ["#6", "a", "c", "rest", "x", "y"]);
    let function = &unit.functions[1];
    assert!(function.params[0].name.starts_with('#') && function.params[1].default.is_some());
    assert!(matches!(&function.body[0].kind, StmtKind::Assign { value, .. }
        if matches!(&value.kind, ExprKind::Member { name, .. } if name == "q")));
}

#[test]
fn classes_know_fields_methods_and_decorators() {
    let unit = script(
        "@Controller('x')\nexport class A extends B<C> implements D {\n  private static n: number = 1;\n  @Inject() db: Db;\n  constructor(private readonly repo: Repo | null) { super(); }\n  @Get(':id')\n  async find(@Param('id') id: string) { return id; }\n  run = (q) => q;\n  static { init(); }\n}\ninterface P { id: number; name?: string }\nenum E { X = 'x', Y }\n",
    );
    let class = &unit.classes[0];
    assert_eq!((class.name.as_str(), class.bases.as_slice()), ("A", ["B".to_owned(), "D".to_owned()].as_slice()));
    assert_eq!((class.decorators.len(), class.methods.len()), (1, 4));
    let fields: Vec<_> = class.fields.iter().map(|field| (field.name.as_str(), field.of_type.as_deref())).collect();
    assert_eq!(fields, [("n", Some("number")), ("db", Some("Db")), ("repo", Some("Repo"))]);
    let find = unit.functions.iter().find(|function| function.name == "find").unwrap();
    assert_eq!((find.decorators.len(), find.params[0].decorators.len()), (1, 1));
    assert!(unit.functions.iter().any(|function| function.name == "run" && function.class == Some(0)));
    assert_eq!(unit.classes[1].fields[1].of_type.as_deref(), Some("string"));
    assert_eq!(unit.classes[2].fields.len(), 2);
}

#[test]
fn texts_templates_tags_and_elements() {
    let unit = lower(
        "a.jsx",
        "const a = 'x\\n\\u0041';\nconst b = `p ${q} r`;\nconst c = sql`s ${t}`;\nconst d = <p title=\"x\" {...more} onClick={() => f()}>{q} y</p>;\nconst e = 0x1F;\n",
        Language::JavaScript,
    );
    assert_eq!(unit.problems, Vec::<String>::new());
    let values = unit.functions[0].body.iter().filter_map(|stmt| match &stmt.kind {
        StmtKind::Assign { value, .. } => Some(&value.kind),
        _ => None,
    });
    let values: Vec<_> = values.collect();
    assert_eq!(*values[0], ExprKind::Literal(Literal::Text("x\nA".into())));
    assert!(matches!(values[1], ExprKind::Template(pieces) if pieces.len() == 3));
    assert!(matches!(values[2], ExprKind::Call { args, .. } if args.len() == 2));
    assert!(matches!(values[3], ExprKind::Element { name, attributes, children }
        if name == "p" && attributes.len() == 3 && !children.is_empty()));
    assert_eq!(*values[4], ExprKind::Literal(Literal::Number("31".into())));
}

#[test]
fn statements_of_every_kind() {
    let unit = script(
        "for (const k in o) f(k);\nfor (let i = 0, n = 2; i < n; i++) {}\nfor await (const [a, b] of m) {}\nswitch (x) { case 1: f(); break; case 2: default: g(); }\ntry { f() } catch { g() } finally { h() }\ndo { f() } while (y);\nlabel: while (1) { continue label; }\nif (a) b(); else if (c) d();\nx ??= y, z++;\ndelete o.p;\nnamespace N { f(); }\ntype T = { a: number };\nblock: { throw e; }\n",
    );
    assert_eq!(unit.problems, Vec::<String>::new());
    let StmtKind::Switch { cases, .. } =
        &unit.functions[0].body.iter().find(|stmt| matches!(stmt.kind, StmtKind::Switch { .. })).unwrap().kind
    else {
        unreachable!()
    };
    assert_eq!(cases.iter().map(|case| case.falls_through).collect::<Vec<_>>(), [false, true, true]);
    assert!(cases[2].values.is_empty());
    assert!(unit.functions[0].body.iter().any(|stmt| matches!(stmt.kind, StmtKind::Delete(_))));
}

#[test]
fn the_grammar_with_types_and_elements_helps_out() {
    let typed = lower("a.js", "function f(q: string): void { exec(q as any); }\n", Language::JavaScript);
    assert_eq!(typed.problems, Vec::<String>::new());
    assert_eq!(typed.functions[1].params[0].of_type.as_deref(), Some("string"));
    let element = script("const a = <div dangerouslySetInnerHTML={{ __html: x }} />;\n");
    assert_eq!(element.problems, Vec::<String>::new());
}

#[test]
fn fragments_and_hostile_texts_are_read_as_far_as_possible() {
    let broken = script("function f( {\n exec(x)\n}\nexec(y)\n");
    assert!(!broken.problems.is_empty());
    assert!(!broken.functions[0].body.is_empty() || broken.functions.len() > 1);
    for deep in [
        format!("x = {}1{}", "(".repeat(3000), ")".repeat(3000)),
        format!("x = {}1{}", "[".repeat(3000), "]".repeat(3000)),
        "if (a) {".repeat(2000),
        "a => ".repeat(3000),
        format!("const {}a{} = b", "{a: ".repeat(2000), "}".repeat(2000)),
        "<a>".repeat(2000),
    ] {
        assert!(!lower("a.tsx", &deep, Language::Tsx).problems.is_empty());
    }
    let long = script(&format!("x = {}1", "a + ".repeat(20_000)));
    assert_eq!(long.functions[0].body.len(), 1);
    let chain = script(&format!("p{}", ".then(f)".repeat(5000)));
    assert_eq!(chain.functions[0].body.len(), 1);
    let commas = script(&format!("{}1", "f(), ".repeat(5000)));
    assert_eq!(commas.functions[0].body.len(), 5001);
}
