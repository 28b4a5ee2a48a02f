use super::*;
use crate::ir::{BinaryOp, Literal, Unit};

fn python(text: &str) -> Unit {
    lower("a.py", text, Language::Python)
}

#[test]
fn functions_know_their_class_decorators_and_parameters() {
    let unit = python(
        "class A(B):\n    'doc'\n    x = 1\n    @app.route('/')\n    def f(self, q: str = 'a', *rest, **kw):\n        return q\n",
    );
    assert_eq!(unit.problems, Vec::<String>::new());
    let (class, method) = (&unit.classes[0], &unit.functions[1]);
    assert_eq!((class.name.as_str(), class.bases[0].as_str(), class.methods[0]), ("A", "B", 1));
    assert_eq!((class.doc.as_ref().map(|doc| doc.0.as_str()), class.fields[0].name.as_str()), (Some("doc"), "x"));
    let names: Vec<_> = method.params.iter().map(|param| param.name.as_str()).collect();
    assert_eq!(names, ["self", "q", "rest", "kw"]);
    assert!(method.params[0].is_receiver && method.params[2].is_rest && method.params[3].is_named_rest);
    assert_eq!(method.params[1].of_type.as_deref(), Some("str"));
    assert!(matches!(method.decorators[0].kind, ExprKind::Call { .. }));
    assert!(matches!(method.body[0].kind, StmtKind::Return(Some(_))));
}

#[test]
fn imports_bind_local_names() {
    let unit = python("import os.path\nimport numpy as np\nfrom .a import b as c\nfrom d import *\n");
    let imports: Vec<_> =
        unit.imports.iter().map(|i| (i.module.as_str(), i.name.as_deref(), i.local.as_str())).collect();
    let (dotted, imports) = imports.split_first().unwrap();
    assert_eq!(*dotted, ("os.path", None, "os.path"), "the file that is reached through the folder");
    assert_eq!(imports, [("os", None, "os"), ("numpy", None, "np"), (".a", Some("b"), "c"), ("d", Some("*"), "*")]);
}

#[test]
fn texts_and_templates_are_decoded() {
    let unit = python("a = 'x\\n' 'y'\nb = f'{p} z'\nc = r'\\n'\nd = x + 1 < y\n");
    let values = unit.functions[0].body.iter().filter_map(|stmt| match &stmt.kind {
        StmtKind::Assign { value, .. } => Some(&value.kind),
        _ => None,
    });
    let values: Vec<_> = values.collect();
    assert_eq!(*values[0], ExprKind::Literal(Literal::Text("x\ny".into())));
    assert!(matches!(values[1], ExprKind::Template(pieces) if pieces.len() == 2));
    assert_eq!(*values[2], ExprKind::Literal(Literal::Text("\\n".into())));
    assert!(matches!(values[3], ExprKind::Binary { op: BinaryOp::Lt, .. }));
}

#[test]
fn fragments_and_hostile_texts_are_read_as_far_as_possible() {
    let broken = python("def f(:\n  os.system(x)\nos.system(y)\n");
    assert!(!broken.problems.is_empty());
    let deep = python(&format!("x = {}1{}", "(".repeat(2000), ")".repeat(2000)));
    assert!(!deep.problems.is_empty());
    let long = python(&format!("x = {}1", "a + ".repeat(20_000)));
    assert_eq!(long.functions[0].body.len(), 1);
}
