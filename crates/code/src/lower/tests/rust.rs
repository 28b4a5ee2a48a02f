use super::*;
use super::show::show;
use crate::ir::StmtKind;

#[test]
fn probe() {
    for text in std::fs::read_to_string("/tmp/probe.rs").unwrap().split("=====\n") {
        let unit = lower("a.rs", text, Language::Rust);
        println!("{:?} imports {:?}", unit.problems, unit.imports.iter().map(|i| format!("{}|{:?}|{}", i.module, i.name, i.local)).collect::<Vec<_>>());
        for function in &unit.functions {
            println!("--- fn {} {:?} {:?} {:?}", function.name, function.params.iter().map(|p| (&p.name, &p.names, &p.of_type)).collect::<Vec<_>>(), function.decorators.iter().map(show).collect::<Vec<_>>(), function.doc);
            print(&function.body, 1);
        }
        for class in &unit.classes { println!("class {} {:?} {:?} {:?}", class.name, class.bases, class.methods, class.fields.iter().map(|f| (&f.name, &f.of_type)).collect::<Vec<_>>()); }
    }
}

fn print(body: &[crate::ir::Stmt], depth: usize) {
    let pad = "  ".repeat(depth);
    for statement in body {
        match &statement.kind {
            StmtKind::Expr(v) => println!("{pad}{}", show(v)),
            StmtKind::Assign { targets, op, value, of_type } => println!("{pad}{} {op:?}= {} : {of_type:?}", targets.iter().map(show).collect::<Vec<_>>().join(", "), show(value)),
            StmtKind::If { cond, then, other } => { println!("{pad}if {}", show(cond)); print(then, depth + 1); println!("{pad}else"); print(other, depth + 1); }
            StmtKind::Loop { cond, each, body } => { println!("{pad}loop {:?} {:?}", cond.as_ref().map(show), each.as_ref().map(|(a, b)| (show(a), show(b)))); print(body, depth + 1); }
            StmtKind::Switch { subject, cases } => { println!("{pad}switch {}", show(subject)); for c in cases { println!("{pad} case {:?} binds {:?} if {:?}", c.values.iter().map(show).collect::<Vec<_>>(), c.binds, c.guard.as_ref().map(show)); print(&c.body, depth + 1); } }
            StmtKind::Return(v) => println!("{pad}return {:?}", v.as_ref().map(show)),
            StmtKind::Yield(v) => println!("{pad}yield {:?}", v.as_ref().map(show)),
            StmtKind::Throw(v) => println!("{pad}throw {:?}", v.as_ref().map(show)),
            StmtKind::Block(b) => { println!("{pad}{{"); print(b, depth + 1); println!("{pad}}}"); }
            other => println!("{pad}{other:?}"),
        }
    }
}
