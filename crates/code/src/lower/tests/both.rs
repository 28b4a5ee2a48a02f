//! Python read directly and by the grammar is the same.

use crate::Language;
use crate::ir::{Span, Stmt, StmtKind, Unit};
use crate::lower::{Lowering, by_grammar, python};

/// A form without the ends of blocks: the grammar takes comments behind a block for a part of it.
fn open_ended(mut unit: Unit) -> Unit {
    let open = |span: &mut Span| span.end = span.start;
    for function in &mut unit.functions {
        open(&mut function.span);
        function.body.iter_mut().for_each(open_stmt);
    }
    for class in &mut unit.classes {
        open(&mut class.span);
    }
    unit
}

fn open_stmt(stmt: &mut Stmt) {
    match &mut stmt.kind {
        StmtKind::If { then, other, .. } => then.iter_mut().chain(other).for_each(open_stmt),
        StmtKind::Loop { body, .. } | StmtKind::With { body, .. } | StmtKind::Block(body) => {
            body.iter_mut().for_each(open_stmt);
        }
        StmtKind::Try { body, handlers, finally } => {
            let handled = handlers.iter_mut().flat_map(|(_, body)| body);
            body.iter_mut().chain(handled).chain(finally).for_each(open_stmt);
        }
        StmtKind::Function(_) | StmtKind::Class(_) => {}
        _ => return,
    }
    stmt.span.end = stmt.span.start;
}

fn direct(path: &str, text: &str) -> Option<Unit> {
    python::direct::read(Lowering::new(path, text, Language::Python, &|_| true))
}

/// What the grammar makes of a source, which has to be what is read directly.
fn same(text: &str) {
    let read = direct("a.py", text).unwrap_or_else(|| panic!("not read directly:\n{text}"));
    let by_grammar = by_grammar("a.py", text, Language::Python, &|_| true);
    assert_eq!(by_grammar.problems, Vec::<String>::new(), "{text}");
    let (by_grammar, read) = (open_ended(by_grammar), open_ended(read));
    let lines = |unit: &Unit| format!("{unit:#?}").lines().map(str::trim).collect::<Vec<_>>().join("\n");
    let (left, right) = (lines(&by_grammar), lines(&read));
    let from = left.bytes().zip(right.bytes()).take_while(|(a, b)| a == b).count();
    let near =
        |text: &str| text.chars().skip(from.saturating_sub(200)).take(400).collect::<String>().replace('\n', " ");
    assert!(by_grammar == read, "{text}\nby the grammar … {}\ndirectly … {}", near(&left), near(&right));
}

#[test]
fn statements() {
    same(
        r#"import os, a.b as c, d.e
from . import x
from ..y.z import (p, q as r,)
from m import *
from __future__ import annotations
if a: b(); c = 1
elif d:
    pass
elif e:
    global f, g
else:
    raise E("x") from None
while x := f(1):
    break
else:
    g()
for i, (j, *k) in z.items():
    continue
for (n) in 1, 2:
    del n, m[0]
with open(a) as f, b.c() as (d, e):
    return
with (open(a) as f, g as h,):
    yield
with (a):
    yield from b
try:
    assert a, "b"
except (A, B) as e:
    raise
except C:
    raise D
except:
    x = yield 1
else:
    a.b[c] += d
finally:
    a = b, *c = d = e, f
x: dict[str, int] = {}
y: int
z: Callable[[int], str] = yield
a, b
return a, b
print(a)
type(x)
match = 1
"#,
    );
}

#[test]
fn patterns() {
    same(
        r#"match command.split():
    case ["go", direction] if direction in exits:
        go(direction)
    case {"cmd": cmd, **rest}:
        run(cmd)
    case "a" | "b":
        pass
    case 1 | 2.5 | None | True: pass
    case Color.RED | a.b.c:
        pass
    case Point(x=0, y=top) | geo.Point(top):
        pass
    case str(), [x, *others], other:
        pass
    case whole:
        match whole:
            case ("x", _):
                return
            case _:
                pass
match a, b:
    case _: pass
match f(x=1):
    case {}: pass
x = {"match": match}
match[0] = 1
class A:
    field: Annotated[int, Field(exclude_if=lambda value: value == 0)] = 0
"#,
    );
    let unit = direct("a.py", "match a:\n    case {'cmd': cmd, 'n': Point(x=y)}:\n        pass\n").unwrap();
    let StmtKind::Switch { cases, .. } = &unit.functions[0].body[0].kind else { panic!("{unit:?}") };
    assert_eq!(cases[0].binds, ["cmd", "y"]);
}

#[test]
fn definitions() {
    same(
        r#"@a.b(c=1)
@staticmethod
async def f(a, /, b: int, *args: str, c: Callable[[int], str] = lambda x, *y, z=1, **w: x, **kw) -> dict[str, int]:
    """What it does."""
    async with a as b:
        await c
    async for d in e:
        def inner(): return d
    return inner

class A(B, c.D[int], *E, metaclass=F):
    "doc"; x = y = 1
    name: str = "a"
    other: int
    def m(self, a=(1, 2)):
        # nothing
        pass

    @property
    def p(self):
        return self

    if True:
        g()

def generic[T](x: T) -> T:
    return x

class C: pass
"#,
    );
}

#[test]
fn expressions() {
    same(
        r#"x = a or b and not c in d is not e not in f < g <= h == i != j
x = a + b - c * d / e // f % g @ h << 1 >> 2 & 3 | 4 ** -5 ** 6
x = -a ** +b, ~c
x = (a), (b,), (), [], {}, {a}, {a: b, **c, "d": e}, [*a, b], (yield)
x = a if b else c if d else e
x = f(a, *b, c=d, **e)(g)[h][1:2, ...][::3][a:][:b](lambda: 0)
x = [i async for i in j if k if l for m, n in o]
x = {k: v for k, v in a}, {i for i in j}, (i for i in j), sum(i for i in j)
x = await a.b(c)
x = 0x1f, 1_000, 1.5e-3, .5, 3j, 10
x = (  # why
    a
    .b  # and how
    .c(d,  # one
       e)
)
if (y := f(x)) and \
        z:
    pass
lambda *, a, b=1: (yield)
"#,
    );
}

#[test]
fn texts() {
    same(
        r#"x = "a" 'b' """c
"d" """ r'\n' R"" b"\x00" rb'\d' u"e" ''
x = f"a{b}c{d!r:>{e}}f{g=}{h:%Y-%m-%d}{{}}{i['j']}{k, l}" "m" f''
x = f"""
{a
}
""", rf"\d{a}", f"{f'{b}'}", f"{ {'a': 1}['a'] }"
"\
"
'it\'s'
"#,
    );
}

#[test]
fn levels() {
    same("if a:\n\tif b:\n\t\tc\n\n# comment\n\td\ne\n");
    same("def f():\r\n    return 1\r\n\r\nf()\r\n");
    same("if a:\n    b\n  # less\n    c");
    same("x = 1");
}

#[test]
fn what_is_broken_rare_or_deep_goes_to_the_grammar() {
    for text in [
        "def f(:\n    pass\n",
        "x = 'a\n",
        "if a:\n    b\n  c\n",
        "print a\n",
        "match a:\n    case 1 | 2 as b:\n        b()\n",
        "match a:\n    case -1:\n        b()\n",
        "x = (1\n",
        "f'{a'\n",
        "type A = int\n",
        "def f():\n    a\n\\\n    b\n",
        "x = f'{a:{\"}\"}{\"\"\"}}'\nb()\n# \"\"\" }'\n",
        "x = f'{a(\"\"\"\n\"\"\")}'\n",
        &format!("x = {}1{}\n", "(".repeat(100), ")".repeat(100)),
        &format!("x = a{}\n", ".b".repeat(200)),
        &format!("x = a{}\n", " + b".repeat(100)),
        &format!("x = {}a\n", "not ".repeat(200)),
        &format!("x = a{}\n", " < a".repeat(200)),
        &format!("x = a{}\n", "[b".repeat(100)),
    ] {
        assert!(direct("a.py", text).is_none(), "{text}");
    }
    let deep = format!("x = {}1{}\n", "(".repeat(200), ")".repeat(200));
    assert!(!crate::lower("a.py", &deep, Language::Python).problems.is_empty());
}

#[test]
fn long_functions_that_say_nothing_are_not_read() {
    let long = "    x = 1\n".repeat(100);
    let text = format!("def f(a):\n    'doc'\n{long}\ndef g(a):\n{long}    hot(a)\n");
    let concerns = |part: &str| part.contains("hot");
    let read = python::direct::read(Lowering::new("a.py", &text, Language::Python, &concerns)).unwrap();
    let by_grammar = by_grammar("a.py", &text, Language::Python, &concerns);
    assert_eq!(open_ended(by_grammar), open_ended(read.clone()));
    let opaque: Vec<bool> = read.functions.iter().map(|function| function.is_opaque).collect();
    assert_eq!(opaque, [false, true, false]);
}

/// Source whose form would be many times as large, or as deep, as itself.
#[test]
fn what_multiplies_stays_small() {
    let of = |text: &str| crate::lower("a.py", text, Language::Python);
    let deep = format!("y = {}x{}\n", "x[*".repeat(60_000), "]".repeat(60_000));
    assert!(direct("a.py", &deep).is_none());
    let imports = of(&format!("from {} import {}\n", "m".repeat(50_000), vec!["a"; 50_000].join(",")));
    assert!(imports.imports.is_empty() && !imports.problems.is_empty());
    let fields = of(&format!("class A:\n    {} = 1\n", vec!["a"; 10_000].join(", ")));
    assert!(fields.classes[0].fields.iter().filter(|field| field.value.is_some()).count() < 100);
    let chain = of(&format!("{}f('{}')\n", "a = ".repeat(20_000), "x".repeat(100_000)));
    assert!(format!("{chain:?}").len() < 20 << 20);
    for source in ["y = f(a CHAIN for b in c)\n", "y = {a CHAIN: 1 for b in c}\n", "y = a CHAIN\n"] {
        let unit = of(&source.replace("CHAIN", &"< a ".repeat(10_000)));
        assert_eq!(unit.functions.len(), 1);
    }
}

/// It ends a line for the interpreter, whatever an editor shows.
#[test]
fn a_lone_carriage_return_ends_a_line() {
    let unit = crate::lower("a.py", "x = 1 # nothing\ry = 2\r\nz = 3\r", Language::Python);
    assert_eq!(unit.functions[0].body.len(), 3);
    assert_eq!(crate::lower::with_line_feeds("a\r\nb\rc\r"), "a\r\nb\nc\n");
}
