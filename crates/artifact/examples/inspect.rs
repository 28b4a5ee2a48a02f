//! Prints what `redan_artifact::inspect` says of the files named on the command line.

use redan_artifact::{Artifact, Options, inspect};

fn main() {
    for path in std::env::args().skip(1) {
        match std::fs::read(&path) {
            Ok(bytes) => print(&inspect(&bytes, &path, &Options::default()), 0),
            Err(error) => eprintln!("{path}: {error}"),
        }
    }
}

fn print(artifact: &Artifact, depth: usize) {
    let indent = "  ".repeat(depth);
    println!("{indent}{} [{}] {:?} {} bytes", artifact.name, artifact.format, artifact.status, artifact.size);
    for fact in &artifact.facts {
        let at = fact.span.map(|(offset, _)| format!(" @ {offset:#x}")).unwrap_or_default();
        println!("{indent}  - {}{at}: {}", fact.kind, fact.message);
    }
    for member in &artifact.members {
        print(member, depth + 1);
    }
}
