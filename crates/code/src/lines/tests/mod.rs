//! Pairs: what fires, and what only looks so.

mod cpp;
mod csharp;
mod hostile;
mod lifetime;
mod native;
mod php;
mod tables;

/// Kinds found in a text, those that are worth a look only left out, with the line of each.
fn found(path: &str, text: &str) -> Vec<(String, usize)> {
    let found = super::look(path, 0, text).unwrap();
    let plain = found.flows.iter().filter(|flow| !flow.called && flow.label != Some("constant"));
    plain
        .map(|flow| {
            let line = text.get(..flow.sink.span.start as usize).unwrap().matches('\n').count() + 1;
            (flow.kind.clone(), line)
        })
        .collect()
}

/// Each: a kind, a text in which it is found, one in which it is not.
fn check(path: &str, pairs: &[(&str, &str, &str)]) {
    for (kind, fires, silent) in pairs {
        let bad = found(path, fires);
        assert!(bad.iter().any(|(own, _)| own == kind), "{kind} not in {bad:?} of\n{fires}");
        let good = found(path, silent);
        assert!(good.iter().all(|(own, _)| own != kind), "{kind} in {good:?} of\n{silent}");
    }
}

#[test]
fn a_finding_is_on_the_line_of_its_call() {
    let text = "void f(char *a) {\n  char b[4];\n  int x =\n    system(\n      a);\n  strcpy(b,\n    a);\n}\n";
    let found = found("a.c", text);
    assert_eq!(found, [("shell".to_owned(), 4), ("unbounded-copy".to_owned(), 6)]);
}

#[test]
fn whose_text_it_is_is_known() {
    let label = |path: &str, text: &str| super::look(path, 0, text).unwrap().flows.first().and_then(|flow| flow.label);
    assert_eq!(label("a.c", "int main(int c, char **argv) { return system(argv[1]); }"), Some("local"));
    assert_eq!(label("a.c", "int f(char *a) { return system(a); }"), Some("unknown"));
    assert_eq!(label("a.php", "<?php system($_GET['a']);"), Some("user"));
    assert_eq!(label("a.php", "<?php $a = $_GET['a']; $b = trim($a) . 'x'; system($b);"), Some("user"));
    assert_eq!(label("a.cs", "[HttpGet] public IActionResult F(string u) { return Redirect(u); }"), Some("user"));
}
