use super::super::look;

/// What a file does not have to be: balanced, finished, short in its lines.
#[test]
fn nothing_breaks_it() {
    let many = 6_000;
    let texts = [
        "(".repeat(many),
        "{".repeat(many),
        ")]}".repeat(many / 3),
        "f(".repeat(many / 2),
        "strcpy(a, ".repeat(many / 10),
        "a.".repeat(many / 2),
        "a[".repeat(many / 2),
        "x = ".repeat(many / 4),
        "free(a);".repeat(many / 8),
        "$\"{".repeat(many / 3),
        "\"{$a".repeat(many / 4),
        "`$a".repeat(many / 3),
        "<<<A\n".repeat(many / 5),
        "R\"x(".repeat(many / 4),
        "\"\"\"".repeat(many / 3),
        "$\"\"\"{".repeat(many / 5),
        "#define A(".repeat(many / 10),
        "#if a\n{\n#else\n".repeat(many / 14),
        "/*".repeat(many / 2),
        "<?php ?>".repeat(many / 8),
        "<?= ".repeat(many / 4),
        "for (i = 0; i <= sizeof(".repeat(many / 24),
        "foreach ($a as ".repeat(many / 15),
        "malloc(a * b".repeat(many / 12),
        "a == \"".repeat(many / 6),
        "é$\u{200b}\"ü{".repeat(many / 10),
        "echo $_GET[a] . ".repeat(many / 16),
        "\\\"".repeat(many / 2),
        "? : ".repeat(many / 4),
        "void f(int a) : a(1), ".repeat(many / 22),
        "i = atoi(s); t[i] = 1;".repeat(many / 22),
        "p = malloc(9); if (!p) return; ".repeat(many / 32),
        "v.push_back(v[0]); T& r = v[0];".repeat(many / 32),
        "char b[9]; return b;".repeat(many / 20),
        "for (i = 0; i < n; i++) {".repeat(many / 25),
        "free(p); goto a; a: free(p);".repeat(many / 28),
        "strstr(a, \"..\") ".repeat(many / 16),
    ];
    for text in &texts {
        for path in ["a.c", "a.cpp", "a.cs", "a.php"] {
            for text in [text.clone(), format!("<?php {text}"), format!("void f(char *a) {{ {text}")] {
                assert!(look(path, 0, &text).is_some());
            }
        }
    }
}

#[test]
fn every_beginning_of_a_text_is_read() {
    let text = "<?php function f($a) { $q = \"x {$a['b']} $c[d] $e->f\"; `ls $a`; echo <<<T\n$a\nT; }\n\
        #define A \"x\"\nvoid f(char *a) { char b[8]; strcpy(b, a); x = $@\"{a}\" + R\"y(z)y\"; delete[] a; }";
    for end in 0..text.len() {
        for path in ["a.c", "a.cpp", "a.cs", "a.php"] {
            assert!(look(path, 0, &text[..end]).is_some());
        }
    }
}

#[test]
fn what_is_left_out_is_said() {
    let long = "int a;\n".repeat(200_000);
    assert_eq!(look("a.c", 0, &long).unwrap().problems, ["read up to the first megabyte"]);
    let many = "a ".repeat(500_000);
    assert!(look("a.c", 0, &many).unwrap().problems.is_empty());
    let signs = "+ ".repeat(520_000);
    assert!(look("a.c", 0, &signs).unwrap().problems.is_empty());
    let findings = "gets(a);\n".repeat(2_000);
    assert_eq!(look("a.c", 0, &findings).unwrap().problems, ["too many findings, the rest is not listed"]);
}

/// What is looked at again and again is counted, and more than honest source needs ends the look, said.
#[test]
fn work_is_bounded() {
    let cut = |path: &str, text: &str| {
        let found = look(path, 0, text).unwrap();
        found.problems.iter().any(|problem| problem.contains("too much work"))
    };
    assert!(cut("a.cpp", &"x = ".repeat(100_000)));
    assert!(cut("a.php", &format!("<?php {}", "echo (".repeat(100_000))));
    // Whether a word stands in the file is asked once, not for every call of 200,000.
    assert!(look("a.php", 0, &format!("<?php {}", "f->exec(\"a\");".repeat(80_000))).is_some());
    let honest = "int f(char *path, size_t n) {\n  char buf[64];\n  size_t used = strlen(path) + n * 2;\n  if (used < sizeof(buf)) { strcpy(buf, path); }\n  printf(\"%s %zu\\n\", buf, used);\n  return open(buf, O_RDONLY);\n}\n";
    assert!(!cut("a.c", &honest.repeat(3_000)));
}
