//! Broken, cut and monstrous texts of every language: no panic, and what was not gone through is said.

use std::fmt::Write as _;

/// A piece of each language with what its lowering looks at.
const PIECES: &[(&str, &str)] = &[
    (
        "a.py",
        "import os\nfrom flask import request\nclass A(B):\n    x: int = 1\n    @app.route('/')\n    async def f(self, *a, **k):\n        with open(f'{a}') as g:\n            try:\n                for x, y in g: yield {x: y for x in y if x}\n            except E as e:\n                raise\n        match x:\n            case 'a' | 'b' if y: return lambda z=1: z\n        os.system('ls ' + request.args['q'])\n",
    ),
    (
        "a.ts",
        "import e, {f as g} from './x';\nconst {a, b: [c]} = require('d');\nexport default class A<T> extends B { constructor(private x: T) { super() } async *m({q} = {}) { for (const k of q) { if (k?.y ?? `${k}z`) eval(k); else switch (k) { case 1: break; default: await f(k) } } } }\napp.get('/', (req, res) => res.send(req.query.x as string));\n",
    ),
    (
        "a.tsx",
        "export const A = ({x}: P) => <div dangerouslySetInnerHTML={{__html: x}} {...x}>{x && <b>y</b>}</div>;\n",
    ),
    (
        "A.java",
        "package a;\nimport java.util.*;\npublic class A extends B implements C { static int x = 1; @Override public <T> void m(@Q String s, int... n) throws E { for (var y : n) { try (var z = new F(y)) { switch (s) { case \"a\" -> s = \"b\"; default -> { return; } } } catch (E | G e) { throw e; } finally { Runtime.getRuntime().exec(s + (x > 1 ? \"c\" : s)); } } new Thread(() -> m(s)).start(); } }\n",
    ),
    (
        "a.go",
        "package a\nimport (\n\t\"net/http\"\n\tb \"os/exec\"\n)\ntype S struct { x string }\nfunc (s *S) f(w http.ResponseWriter, r *http.Request) (e error) {\n\tdefer func() { go s.f(w, r) }()\n\tfor i, v := range []string{\"a\"} { switch x := any(v).(type) { case string: fallthrough; default: b.Command(\"sh\", \"-c\", r.URL.Query().Get(x)) } ; _ = i }\n\tselect { case <-c: }\n\treturn\n}\n",
    ),
    (
        "a.rs",
        "use std::process::{Command, Stdio as T};\nmod m { pub struct S<'a> { x: &'a str } impl<'a> S<'a> { async fn f(&mut self, q: Option<String>) -> Result<(), E> { if let Some(x) = q && x.len() > 1 { Command::new(\"sh\").arg(format!(\"{x} {}\", self.x)).spawn()?; } let y = match z { A { b, .. } | C(b) if b => 1, _ => loop { break 2 } }; unsafe { *p = y }; Ok(()) } } }\n",
    ),
];

/// The same everywhere, so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }
}

#[test]
fn cut_and_mutated_texts_are_read_as_far_as_possible() {
    let mut random = Random(7);
    for (path, piece) in PIECES {
        assert!(redan_code::flows(path, piece).problems.is_empty(), "{path}: {:?}", redan_code::flows(path, piece));
        for _ in 0..150 {
            let mut bytes = piece.as_bytes().to_vec();
            for _ in 0..=random.below(6) {
                let at = random.below(bytes.len());
                match random.below(4) {
                    0 => bytes.truncate(at.max(1)),
                    1 => bytes[at] = b"(){}[]<>'\"`\n\t =.,:;@#$*&|"[random.below(25)],
                    2 => {
                        let end = (at + random.below(30)).min(bytes.len());
                        let again = bytes[at..end].to_vec();
                        bytes.splice(at..at, again);
                    }
                    _ => drop(bytes.remove(at)),
                }
                if bytes.is_empty() {
                    bytes.push(b'x');
                }
            }
            let _ = redan_code::flows(path, &String::from_utf8_lossy(&bytes));
        }
    }
}

/// What reads and writes one place, nested in itself: a copy of each level in the next would double 80 times.
#[test]
fn nested_updates_are_not_copied_over_and_over() {
    let nested = |open: &str, inner: &str, close: &str| format!("{}{inner}{}", open.repeat(80), close.repeat(80));
    for (path, text) in [
        ("a.ts", format!("x = {};\n", nested("++", "y", ""))),
        ("a.js", format!("function f() {{ return {}; }}\n", nested("a[", "b", " += 1]"))),
        ("A.java", format!("class A {{ int f() {{ return {}; }} }}\n", nested("a[", "b", "++]"))),
        ("A.java", format!("class A {{ int f() {{ return {}; }} }}\n", nested("a[", "b", " += 1]"))),
        ("a.py", format!("x = {}\n", nested("(1 < ", "a", " < 2)"))),
        ("a.rs", format!("fn f() {{ {}; }}\n", nested("write!(", "a", ", b)"))),
        ("a.py", format!("{}[{}]\n", "a = ".repeat(20_000), "1, ".repeat(20_000))),
        ("a.py", format!("class A:\n    {}z = [{}]\n", "a, ".repeat(20_000), "1, ".repeat(20_000))),
    ] {
        let _ = redan_code::flows(path, &text);
    }
}

/// A function that is decorated by a call which is handed the function itself.
#[test]
fn a_decorator_may_name_what_it_decorates() {
    let text = "from flask import request\napp = make()\n@app.tool(handler, request.args)\ndef handler(x):\n    return x\n\
                handler(request.args['q'])\n";
    let _ = redan_code::flows("a.py", text);
}

#[test]
fn monstrous_texts_end() {
    let deep = |open: &str, close: &str| format!("x = {}1{}\nos.system(x)\n", open.repeat(3_000), close.repeat(3_000));
    for (path, _) in PIECES {
        for (open, close) in
            [("(", ")"), ("[", "]"), ("{", "}"), ("f(", ")"), ("-", ""), ("a.b(lambda: ", ")"), ("<a>", "</a>")]
        {
            let _ = redan_code::flows(path, &deep(open, close));
        }
    }
    // Branches over many names, and functions that call each other.
    let mut names = String::from("import os\ndef f(q):\n");
    for at in 0..800 {
        let _ = writeln!(names, "    if q == x{at}: v{at} = [q, v{at}]");
    }
    names.push_str("    os.system(v1)\n");
    let _ = redan_code::flows("a.py", &names);
    let mut calls = String::from("import os\nfrom flask import request\n");
    for at in 0..300 {
        let _ = writeln!(calls, "def f{at}(x):\n    return f{}(x) + f{}(x) + f{}(x)", at + 1, at + 2, at + 3);
    }
    calls.push_str("@app.route('/')\ndef g():\n    os.system(f0(request.args['q']))\n");
    let found = redan_code::flows("a.py", &calls);
    assert!(!found.flows.is_empty() || !found.problems.is_empty());
}
