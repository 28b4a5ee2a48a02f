//! The table is read, holds together, and judges known names right.

use std::collections::{HashMap, HashSet};

use super::table::Table;
use super::words::{Effect, Ways};
use super::{CallableError, Callables, Row, SOURCES, UserCallable, Verdict, reference_page};

fn judge(path: &str) -> Verdict {
    let (module, name) = path.split_once(':').unwrap();
    Callables::shipped().judge(module, name)
}

fn problem(text: &'static str) -> String {
    Table::parse(&[("own.txt", text)]).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn the_shipped_table_reads() {
    if let Err(error) = Table::parse(SOURCES) {
        panic!("{error}");
    }
    let (mut dangerous, mut vetted) = (0, 0);
    for row in Callables::shipped().rows() {
        match row.verdict {
            Verdict::Dangerous(_) => dangerous += 1,
            Verdict::Vetted(_) => vetted += 1,
            Verdict::Unknown => panic!("{row:?} says nothing"),
        }
    }
    assert!(dangerous > 5000 && vetted > 5000, "{dangerous} dangerous, {vetted} vetted");
}

/// `build.rs` reads just enough of a row to know this; `parse.rs` knows better.
#[test]
fn what_the_layout_bars_is_what_python_has_as_dangerous() {
    let is_python = |file: &str| ["builtins.txt", "stdlib_danger.txt", "stdlib_data.txt"].contains(&file);
    let python: Vec<_> = SOURCES.iter().copied().filter(|(file, _)| is_python(file)).collect();
    let rows = Table::parse(&python).unwrap();
    let dangerous = rows.rows().filter(|row| matches!(row.verdict, Verdict::Dangerous(_)));
    let dangerous: HashSet<&str> = dangerous.map(|row| row.name).collect();
    let shipped = Table::parse(SOURCES).unwrap();
    for row in shipped.rows().filter(|row| !row.name.contains(['*', '@'])) {
        assert_eq!(shipped.is_barred(row.name), dangerous.contains(row.name), "{}", row.name);
    }
}

#[test]
fn errors_name_the_place_and_the_fault() {
    for (text, message) in [
        ("  eval : code", "own.txt:1: names before any module"),
        ("a b-c\n", "own.txt:1: `b-c` is not a module: write `a.b` or `a.b.**`"),
        ("a\n\n  x code", "own.txt:3: no ` : ` between the names and what they do"),
        ("a # note\n  x : codes", "own.txt:2: `codes` is neither a way"),
        ("a\n  x : code reduce", "own.txt:2: `code` is neither a way"),
        ("a\n  x y x : code", "own.txt:2: `x` is already in this block"),
        ("a\n  x* : code\n  x* : reduce", "own.txt:3: `x*` is already in this block"),
        ("a\n  * : reduce", "own.txt:2: `*` may not be vetted"),
        ("a\n  A.* : reduce", "own.txt:2: `A.*` may not be vetted"),
        ("a\n  a*b*c : code", "own.txt:2: `a*b*c` is not a pattern"),
        ("a\n  9x : code", "own.txt:2: `9x` is not a name"),
        ("a\n  @name : reduce", "own.txt:2: `@name` may only be imported"),
        ("a\n  @Class.__globals__ : import", "own.txt:2: `@Class.__globals__` may only be imported"),
    ] {
        assert!(problem(text).starts_with(message), "{text:?}: {:?}", problem(text));
    }
}

#[test]
fn the_most_specific_row_wins_and_danger_wins_ties() {
    let text = "p.**\n @Class : newobj\n load_* : load\n Exact : network\np.q\n @Class : build\n load_model : reduce\n * : code\n\
                p.r.**\n @name : import\n Both : reduce\np.r.**\n Both : process\n";
    let table = Table::parse(&[("own.txt", text)]).unwrap();
    let newobj = Verdict::Vetted(Ways::NEWOBJ.with(Ways::IMPORT));
    for (module, name, verdict) in [
        ("p", "Thing", newobj),
        ("p.deep.er", "Thing", newobj),
        ("p.deep", "thing", Verdict::Unknown),
        ("p.deep", "load_all", Verdict::Dangerous(Effect::Load)),
        ("p.q", "Thing", Verdict::Vetted(Ways::BUILD.with(Ways::IMPORT))),
        ("p.q", "load_model", Verdict::Vetted(Ways::REDUCE.with(Ways::IMPORT))),
        ("p.q", "load_other", Verdict::Dangerous(Effect::Code)),
        ("p.q", "Exact", Verdict::Dangerous(Effect::Network)),
        ("p.r", "load_x", Verdict::Dangerous(Effect::Load)),
        ("p.r", "Both", Verdict::Dangerous(Effect::Process)),
        ("pq", "Thing", Verdict::Unknown),
    ] {
        assert_eq!(table.judge(module, name), verdict, "{module}.{name}");
    }
}

#[test]
fn no_module_has_a_name_twice_with_different_verdicts() {
    let mut seen: HashMap<(&str, &str), Verdict> = HashMap::new();
    let mut conflicts = Vec::new();
    for Row { module, name, verdict } in Callables::shipped().rows() {
        let known = *seen.entry((module, name)).or_insert(verdict);
        let differ = matches!(known, Verdict::Dangerous(_)) || matches!(verdict, Verdict::Dangerous(_));
        if known != verdict && differ {
            conflicts.push(format!("{module}: {name}: {known:?} and {verdict:?}"));
        }
    }
    assert!(conflicts.is_empty(), "{}", conflicts.join("\n"));
}

/// Whoever may be called without doing harm must not hand out what may not.
#[test]
fn no_vetted_call_is_a_resolver() {
    let judged_by_the_machine = ["partial", "_reconstructor", "__newobj__", "__newobj_ex__", "type", "_load_type"];
    let resolvers = [
        "getattr",
        "eval",
        "exec",
        "compile",
        "__import__",
        "import_module",
        "attrgetter",
        "methodcaller",
        "itemgetter",
        "reduce",
        "map",
        "filter",
        "apply",
        "starmap",
        "accumulate",
        "call",
        "resolve_name",
        "locate",
        "vars",
        "globals",
        "locals",
        "setattr",
        "delattr",
        "load",
        "loads",
        "FunctionType",
        "CodeType",
        "MethodType",
        "partialmethod",
        "_get_attr",
        "_getattr",
        "_import_dotted_name",
        "_ufunc_reconstruct",
        "subimport",
        "namedtuple",
        "deepcopy",
        "safe_eval",
        "lambdify",
        "sympify",
        "instantiate",
        "Popen",
        "system",
        "open",
        "execfile",
        "run",
        "spawn",
    ];
    for row in Callables::shipped().rows() {
        let Verdict::Vetted(ways) = row.verdict else { continue };
        let last = row.name.rsplit('.').next().unwrap();
        let pattern =
            ["re", "regex", "_regex_core", "regex._regex_core", "regex.regex", "_regex"].contains(&row.module);
        if ways.contains(Ways::REDUCE) && !judged_by_the_machine.contains(&last) && !(pattern && last == "compile") {
            assert!(!resolvers.contains(&last), "{row:?} hands out or calls others");
        }
    }
}

/// From a vetted name there is no vetted way on to the interpreter.
#[test]
fn attributes_of_vetted_names_lead_nowhere() {
    let chains = [
        "__init__.__globals__",
        "__class__",
        "__class__.__base__.__subclasses__",
        "__builtins__",
        "__dict__",
        "__reduce__",
        "__globals__.__getitem__",
        "mro",
        "os.system",
        "sys.modules",
        "subprocess.Popen",
        "builtins.eval",
        "x.os.popen",
        "__subclasses__",
        "__code__",
        "__self__",
        "func_globals",
        "__loader__.load_module",
        "load",
        "read",
    ];
    for row in Callables::shipped().rows().filter(|row| matches!(row.verdict, Verdict::Vetted(_))) {
        let module = row.module.trim_end_matches(".**");
        let name = row.name.replace("@Class", "Thing").replace("@name", "thing").replace('*', "x");
        for chain in chains {
            let verdict = Callables::shipped().judge(module, &format!("{name}.{chain}"));
            assert!(!matches!(verdict, Verdict::Vetted(_)), "{module}: {name}.{chain}: {verdict:?}");
        }
    }
}

/// A module below a vetted package may have imported anything.
#[test]
fn packages_with_vetted_patterns_do_not_vet_what_they_import() {
    let loose = Callables::shipped().rows().filter(|row| row.module.ends_with(".**") && row.name.starts_with('@'));
    for row in loose {
        let module = format!("{}.x", row.module.trim_end_matches(".**"));
        for dangerous in [
            "system",
            "popen",
            "eval",
            "exec",
            "compile",
            "open",
            "getattr",
            "setattr",
            "__import__",
            "Popen",
            "attrgetter",
            "import_module",
            "os.system",
            "sys.modules",
            "subprocess.run",
            "builtins.eval",
            "_os.system",
            "finalize",
            "FunctionType",
            "CodeType",
            "loads",
            "run_path",
            "FileHandler",
            "FileIO",
            "SourceFileLoader",
            "rmtree",
        ] {
            let verdict = Callables::shipped().judge(&module, dangerous);
            assert!(!matches!(verdict, Verdict::Vetted(_)), "{module}: {dangerous}: {verdict:?}");
        }
    }
}

#[test]
fn known_names_are_judged_right() {
    for line in include_str!("tests.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (path, expected) = line.split_once(' ').unwrap();
        let found = match judge(path) {
            Verdict::Dangerous(effect) => effect.to_string(),
            Verdict::Vetted(ways) => ways.to_string(),
            Verdict::Unknown => "unknown".to_owned(),
        };
        assert_eq!(found, expected, "{path}");
    }
}

#[test]
fn absurd_names_are_judged_quickly() {
    let long = "os.".repeat(200_000);
    assert_eq!(judge(&format!("a:{long}nothing_such")), Verdict::Dangerous(Effect::Interpreter));
    assert_eq!(Callables::shipped().judge(&"a.".repeat(300_000), "b"), Verdict::Unknown);
    assert_eq!(Callables::shipped().judge("", ""), Verdict::Unknown);
    assert_eq!(Callables::shipped().judge("..", "é.ß.…"), Verdict::Unknown);
    assert_eq!(Callables::shipped().judge("ünï.cödé", "os.système"), Verdict::Dangerous(Effect::Interpreter));
}

fn entry(name: &str, effect: &str) -> UserCallable {
    UserCallable { name: name.into(), effect: effect.into(), ways: Vec::new(), reason: "reviewed".into() }
}

#[test]
fn users_add_names_of_their_own() {
    let entries = [
        entry("mine.models.Ranker", "vetted"),
        entry("mine.layers.**", "vetted"),
        entry("mine.tools.*", "process"),
        entry("collections.Counter", "resource"),
    ];
    let callables = Callables::with_user(&entries).unwrap();
    for (module, name, verdict) in [
        ("mine.models", "Ranker", Verdict::Vetted(Ways::ALL)),
        ("mine.models", "Other", Verdict::Unknown),
        ("mine.layers.deep", "Layer", Verdict::Vetted(Ways::ALL)),
        ("mine.layers.deep", "Layer.__init__.__globals__", Verdict::Dangerous(Effect::Resolve)),
        ("mine.layers.deep", "os.system", Verdict::Dangerous(Effect::Process)),
        ("mine.tools", "anything", Verdict::Dangerous(Effect::Process)),
        ("collections", "Counter", Verdict::Dangerous(Effect::Resource)),
        ("os", "system", Verdict::Dangerous(Effect::Process)),
    ] {
        assert_eq!(callables.judge(module, name), verdict, "{module}.{name}");
    }
}

#[test]
fn user_entries_are_checked() {
    let shipped = CallableError::Shipped { name: "os.system".into(), effect: Effect::Process };
    assert_eq!(Callables::with_user(&[entry("os.system", "vetted")]).unwrap_err(), shipped);
    assert!(shipped.to_string().ends_with("suppress the finding for the files you trust instead"));
    let messages = [
        (entry("mine.a-b", "vetted"), "callable `mine.a-b` is not a dotted name"),
        (entry("mine.a", "harmless"), "callable `mine.a` has the unknown effect `harmless`: write `vetted`, `process`"),
        (UserCallable { reason: " ".into(), ..entry("mine.a", "vetted") }, "callable `mine.a` has no reason"),
        (
            UserCallable { ways: vec![super::Way::Reduce], ..entry("mine.a", "code") },
            "callable `mine.a` is dangerous in every way",
        ),
    ];
    for (entry, message) in messages {
        let error = Callables::with_user(&[entry]).unwrap_err().to_string();
        assert!(error.starts_with(message), "{error}");
    }
    let twice = Callables::with_user(&[entry("mine.a", "vetted"), entry("mine.a", "code")]).unwrap_err();
    assert_eq!(twice.to_string(), "callable `mine.a` is configured twice: keep one entry");
}

#[test]
fn the_reference_page_has_every_row() {
    let page = reference_page();
    let quoted: std::collections::HashSet<&str> = page.split('`').collect();
    for row in Callables::shipped().rows() {
        assert!(quoted.contains(row.name) && quoted.contains(row.module), "{row:?}");
    }
    assert!(page.contains("## Dangerous: process"));
}
